"""A file of a person's own under the voice: read as it is heard, without a seam, or refused at once."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.conftest import Run
from tests.made_up import Sound, Stretch, make_session
from voiceguide.background import LEAST_UNDER_SPEECH, find_background, lay_bed
from voiceguide.clip import Block, Clip, resample
from voiceguide.endless import Heard
from voiceguide.errors import InvalidContent, Unavailable, UsageError
from voiceguide.loudness import loudest
from voiceguide.own_sound import SHORTEST, OwnSound, listen
from voiceguide.player import Player

Samples = NDArray[np.float64]


def noise(seconds: float, rate: int = 44_100, channels: int = 2) -> Samples:
    """Return steady noise, none of it like the rest."""
    return np.random.default_rng(7).uniform(-0.3, 0.3, (round(seconds * rate), channels))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with sounds of one kind and another."""
    folder = tmp_path_factory.mktemp("own")
    for name, rate, channels in (("cd.wav", 44_100, 2), ("old.flac", 22_050, 1), ("surround.ogg", 48_000, 3)):
        soundfile.write(folder / name, noise(12.4, rate, channels), rate)
    soundfile.write(folder / "small.mp3", noise(12.4), 44_100)
    time = np.arange(48_000 * 9) / 48_000
    soundfile.write(folder / "hum.wav", 0.3 * np.sin(2 * np.pi * 200.3 * time), 48_000, "FLOAT")
    soundfile.write(folder / "one second.wav", noise(1), 44_100)
    soundfile.write(folder / "silent.wav", np.zeros((441_000, 2)), 44_100)
    broken = noise(9, 48_000)
    broken[200_000] = np.nan
    soundfile.write(folder / "broken numbers.wav", broken, 48_000, "FLOAT")
    soundfile.write(folder / "ticks.wav", noise(60, 3), 3)
    soundfile.write(folder / "ultrasound.wav", noise(6, 192_001, 1), 192_001)
    (folder / "text.wav").write_text("no sound at all")
    (folder / "nothing.mp3").touch()
    whole = (folder / "old.flac").read_bytes()
    (folder / "cut off.flac").write_bytes(whole[: len(whole) // 2])
    return folder


def opened(path: Path, rate: int) -> OwnSound:
    return OwnSound(path, listen(path).seconds, rate)


FILES = ["cd.wav", "old.flac", "surround.ogg", "small.mp3"]


@pytest.mark.parametrize("name", FILES)
def test_any_file_is_read_at_any_rate_its_channels_as_one(name: str, folder: Path) -> None:
    known = listen(folder / name)
    assert known.seconds == 12
    samples, rate = soundfile.read(folder / name, dtype="float32", always_2d=True)
    for wanted_rate in (16_000, 48_000):
        wanted = resample(Clip(samples.mean(axis=1), rate), wanted_rate).samples
        found = opened(folder / name, wanted_rate).cut(wanted_rate, 8 * wanted_rate)
        assert np.abs(found - wanted[wanted_rate : 9 * wanted_rate]).max() < 2e-4


@cache
def gone_round(folder: Path) -> Block:
    """Return three turns of a file."""
    return OwnSound(folder / "old.flac", 12, 16_000).cut(0, 30 * 16_000)


@given(frame=st.integers(0, 25 * 16_000), frames=st.integers(0, 40_000))
@settings(max_examples=25)
def test_any_stretch_is_that_stretch_of_what_goes_round(folder: Path, frame: int, frames: int) -> None:
    found = OwnSound(folder / "old.flac", 12, 16_000)
    whole = gone_round(folder)
    found.cut(frame // 2, 100)
    assert np.array_equal(found.cut(frame, frames), whole[frame : frame + frames])
    turn = found.frames
    assert turn == 10 * 16_000, "its last two seconds are over its first two"
    assert np.array_equal(whole[turn : 2 * turn], found.cut(5 * turn, turn))


def test_its_end_goes_over_into_its_beginning_without_a_click(folder: Path) -> None:
    found = opened(folder / "hum.wav", 48_000)
    around = found.cut(found.frames - 96_000, 4 * 96_000).astype(float)
    spectrum = np.fft.rfft(around * np.hanning(len(around)))
    spectrum[: 2_000 * len(around) // 48_000] = 0
    assert np.abs(np.fft.irfft(spectrum)).max() < 10 ** (-50 / 20)


@pytest.mark.parametrize("name", FILES)
def test_it_is_as_loud_there_as_everywhere(name: str, folder: Path) -> None:
    found = opened(folder / name, 48_000)
    seam = found.cut(found.frames + 12_000, 72_000)
    assert loudest(seam) == pytest.approx(loudest(found.cut(96_000, 72_000)), abs=1)
    assert loudest(found.cut(0, 30 * 48_000)) <= listen(folder / name).loudness + 0.2


def test_under_a_voice_it_is_as_far_away_as_any_other(folder: Path) -> None:
    background = find_background(str(folder / "cd.wav"), level=10, duck=0)
    assert background is not None
    bed = lay_bed(background, (), 48_000, -16)
    usual = loudest(bed.sound.cut(0, 30 * 48_000))
    assert usual == pytest.approx(-26, abs=0.3)
    assert usual + 20 * np.log10(bed.ducking.low) == pytest.approx(-16 - LEAST_UNDER_SPEECH, abs=0.3)


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("one second.wav", f"1.0 s is too short to lie under a session; take {SHORTEST} seconds or more"),
        ("silent.wav", "nothing is heard in it; see in another program"),
        ("broken numbers.wav", "at 0:04 it holds numbers that are no sound; make a .wav"),
        ("ticks.wav", "it has 3 samples a second, and sound has from 8000 to 192000; make a .wav"),
        ("ultrasound.wav", "it has 192001 samples a second, and sound has from 8000"),
        ("text.wav", "this is no sound that can be read here; make a .wav"),
        ("nothing.mp3", "this is no sound that can be read here; make a .wav"),
        ("cut off.flac", "it is damaged, and breaks off at 0:06; make a .wav"),
    ],
)
def test_a_file_that_will_not_do_is_refused_before_anything_is_made(
    name: str, complaint: str, folder: Path, run: Run, tmp_path: Path
) -> None:
    with pytest.raises(InvalidContent) as caught:
        find_background(str(folder / name))
    assert f"{caught.value.message}; {caught.value.hint}".startswith(complaint)
    target = tmp_path / "hands.wav"
    done = run("export", "hands", "-o", str(target), "--voice", "tone", "--background", str(folder / name))
    assert done.code == 1
    assert f"{name}: " in done.err
    assert not target.exists()


@pytest.mark.parametrize("name", ["nosuch.wav", "."])
def test_a_file_that_is_not_there_is_told(name: str, folder: Path) -> None:
    with pytest.raises(UsageError, match=r"is not there|is a folder"):
        listen(folder / name)


def test_a_kept_file_that_is_gone_says_how_to_forget_it(run: Run, tmp_path: Path) -> None:
    assert run("config", "set", "background", str(tmp_path / "gone.wav")).code == 0
    done = run("export", "hands", "-o", str(tmp_path / "x.wav"), "--voice", "tone")
    assert done.code == 2
    assert "`voiceguide config unset background` forgets it" in done.err
    assert run("show", "hands", "--voice", "tone").code == 0, "what has no sound does not ask for it"


class _Gone(OwnSound):
    """A file on a disk that somebody pulls out after a while."""

    def cut(self, frame: int, frames: int) -> NDArray[np.float32]:
        if frame > 40_000:
            raise Unavailable("'rain.wav' cannot be read any more")
        return super().cut(frame, frames)


def test_when_a_file_goes_away_while_it_is_played_the_voice_goes_on(folder: Path) -> None:
    session = make_session([Stretch("hold", 12_000, (Sound(8_000, 500),))], 8_000)
    player = Player(replace(session, background=find_background(str(folder / "cd.wav"))).as_session)
    player.under._bed = Heard(_Gone(folder / "cd.wav", 12, 8_000))
    heard = np.concatenate([player.pull(800) for _ in range(120)])
    assert player.under.lost is not None
    assert np.array_equal(heard[56_000:], np.concatenate(list(session.mixer().blocks()))[56_000:])
    assert player.ended


def test_an_hour_of_it_takes_no_more_memory_than_a_minute(tmp_path: Path) -> None:
    with soundfile.SoundFile(tmp_path / "hour.wav", "w", 8_000, 2) as file:
        for _ in range(60):
            file.write(noise(60, 8_000))
    program = f"""
import tracemalloc
from pathlib import Path
from voiceguide.own_sound import OwnSound
path = Path({str(tmp_path / "hour.wav")!r})
def most(seconds):
    tracemalloc.start()
    sound = OwnSound(path, seconds, 16_000)
    for frame in range(0, 16_000 * 120, 16_000):
        sound.cut(frame, 16_000)
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return held
most(60)
print(most(60), most(3_600))
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    minute, hour = map(int, told.stdout.split())
    assert hour <= minute * 1.1
