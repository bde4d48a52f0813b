"""Room tone: as soft as was meant, without a seam, under everything that is heard."""

from __future__ import annotations

import subprocess
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.conftest import Run
from tests.made_up import MadeUp, Sound, Stretch, make_routine, make_session
from tests.test_mixer import sessions
from voiceguide.clip import to_int16
from voiceguide.endless import Heard
from voiceguide.player import Player
from voiceguide.room_tone import FADE, LENGTH, LEVEL, RoomTone
from voiceguide.units import SAMPLERATE

RATES = [8_000, 16_000, 24_000, 48_000]
HUSHED = replace(make_routine(), room_tone=True)


def file_of(session: MadeUp) -> NDArray[np.int16]:
    """Return what an export of a made-up session holds."""
    return np.concatenate(list(session.mixer().blocks()))


def hushed(*stretches: Stretch) -> MadeUp:
    """Return a session of these stretches with room tone."""
    return replace(make_session(stretches, 8_000), room_tone=True)


@pytest.mark.parametrize("rate", RATES)
def test_it_is_as_soft_as_was_meant_and_as_long_as_frames_of_every_format(rate: int) -> None:
    tone = RoomTone(rate)
    loop = tone.read(0, tone.frames).astype(float)
    assert tone.frames == LENGTH * rate // 1000
    assert 10 * np.log10(np.mean(loop**2)) == pytest.approx(LEVEL, abs=1)
    assert tone.peak == np.abs(loop).max() < 0.01
    if rate == SAMPLERATE:
        assert [tone.frames % size for size in (1_152, 960, 4_096)] == [0, 0, 0]


@pytest.mark.parametrize("rate", RATES)
def test_it_has_no_seam(rate: int) -> None:
    tone = RoomTone(rate)
    for samples in (tone.read(0, 2 * tone.frames), tone.read_rounded(0, 2 * tone.frames).astype(np.float32)):
        steps = np.abs(np.diff(samples))
        bends = np.abs(np.diff(samples, 2))
        at = tone.frames
        assert steps[at - 2 : at + 1].max() <= steps[: at - 2].max()
        assert bends[at - 3 : at + 1].max() <= bends[: at - 3].max()


@given(st.integers(0, 3 * 92_160), st.integers(0, 5_000))
def test_any_stretch_of_it_is_that_stretch_of_the_loop(frame: int, frames: int) -> None:
    tone = RoomTone(8_000)
    round_and_round = np.tile(tone.read(0, tone.frames), 4)
    assert np.array_equal(tone.read(frame, frames), round_and_round[frame : frame + frames])
    assert np.array_equal(tone.read_rounded(frame, frames), to_int16(tone.read(frame, frames)))


def test_it_is_the_same_in_every_process() -> None:
    code = (
        "import zlib, voiceguide.room_tone as r; print(zlib.crc32(r.RoomTone(8_000).read_rounded(0, 92_160)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    assert int(told) == zlib.crc32(RoomTone(8_000).read_rounded(0, 92_160).tobytes())


def test_a_file_with_it_is_the_file_without_it_and_the_loop() -> None:
    without, under = file_of(make_routine()), file_of(HUSHED)
    tone = RoomTone(SAMPLERATE)
    steady = slice(tone.full, len(without) - tone.full)
    difference = under.astype(int) - without
    loop = tone.read_rounded(0, len(without)).astype(int)
    assert np.abs(difference - loop)[steady].max() <= 1
    silent = without == 0
    assert np.array_equal(difference[steady][silent[steady]], loop[steady][silent[steady]])
    rms = np.sqrt(np.mean(np.square(difference[steady] / 32_767)))
    assert 20 * np.log10(rms) == pytest.approx(LEVEL, abs=1)


def test_it_comes_over_the_first_second_of_a_file_and_goes_over_the_last() -> None:
    difference = file_of(HUSHED).astype(int) - file_of(make_routine())
    loop = RoomTone(SAMPLERATE).read_rounded(0, len(difference)).astype(int)
    full = FADE * SAMPLERATE // 1000
    rising = np.arange(full) / full
    assert np.abs(difference[:full] - loop[:full] * rising).max() <= 1.5
    assert np.abs(difference[-full:] - loop[-full:] * (1 - rising)).max() <= 1.5


def test_without_it_silence_is_silence_and_the_events_alone_can_always_be_read() -> None:
    assert make_routine().mixer().room_tone is None
    assert np.array_equal(HUSHED.mixer().read(0, 96_000), make_routine().mixer().read(0, 96_000))


@given(sessions(), st.integers(1, 2_000))
def test_every_blocksize_gives_the_same_samples(session: MadeUp, blocksize: int) -> None:
    mixer = replace(session, room_tone=True).mixer()
    nothing = np.zeros(0, np.int16)
    one, other = (np.concatenate([nothing, *mixer.blocks(size)]) for size in (blocksize, 4_800))
    assert np.array_equal(one, other)


def pulled(player: Player, size: int, frames: int) -> NDArray[np.int16]:
    """Return so many frames of what a player gives, in blocks of a size."""
    blocks = [np.zeros(0, np.int16)]
    while frames:
        blocks.append(player.pull(min(size, frames)))
        frames -= len(blocks[-1])
    return np.concatenate(blocks)


@pytest.mark.parametrize("length", [500, 1_500, 5_000])
@given(size=st.integers(50, 50_000))
@settings(max_examples=20, deadline=None)
def test_without_a_key_what_is_played_is_what_is_exported_to_its_last_frame(length: int, size: int) -> None:
    session = hushed(Stretch("hold", length, (Sound(100, 200), Sound(length - 100, 100))))
    exported = file_of(session)
    player = Player(session.as_session)
    assert np.array_equal(pulled(player, size, len(exported)), exported)
    assert player.ended
    assert not player.pull(1_000).any()


def test_it_goes_on_through_a_pause_from_where_it_was() -> None:
    session = hushed(Stretch("hold", 9_000, (Sound(5_000, 500),)))
    player = Player(session.as_session)
    first = pulled(player, 480, 24_000)
    player.pause()
    paused = pulled(player, 480, 100_000)
    player.resume()
    rest = pulled(player, 480, 72_000 - 24_000)
    heard = np.concatenate((first, paused, rest))
    tone = RoomTone(8_000)
    quiet = slice(tone.full, 24_000 + 100_000 + 16_000)
    assert np.array_equal(heard[quiet], tone.read_rounded(0, len(heard))[quiet])
    assert player.ended


def test_a_key_in_the_last_second_lets_it_come_back() -> None:
    session = hushed(Stretch("hold", 4_000, (Sound(100, 200),)))
    player = Player(session.as_session)
    pulled(player, 480, 4_000 * 8 - 80)
    player.pause()
    paused = pulled(player, 480, 3 * 8_000).astype(float)
    assert np.sqrt(np.mean(paused[16_000:] ** 2)) > 0.7 * 10 ** (LEVEL / 20) * 32_767
    assert np.abs(paused[:80]).max() < 5, "not at once"


def test_who_stops_is_not_kept_waiting_for_it() -> None:
    session = hushed(Stretch("hold", 4_000, (Sound(100, 200),)))
    player = Player(session.as_session)
    pulled(player, 480, 16_000)
    player.stop()
    player.pull(12 * 8)
    assert player.ended
    assert not player.pull(1_000).any()


@given(st.lists(st.tuples(st.integers(1, 9_000), st.sampled_from([None, 0, 100, 20_000])), max_size=8))
def test_it_never_jumps_but_where_the_end_came_suddenly(asked: list[tuple[int, int | None]]) -> None:
    hush = Heard(RoomTone(8_000))
    for frames, left in asked:
        before = hush._step
        hush.take(frames, left)
        assert 0 <= hush._step <= 8_000
        assert hush._step - before <= frames


def sizes(run: Run, folder: Path, engine: str, *options: str) -> dict[str, int]:
    """Return the bytes of `hands` in each small format."""
    found = {}
    for suffix in ("flac", "mp3", "opus"):
        target = folder / f"hands.{suffix}"
        done = run("export", "hands", "-o", str(target), "--voice", engine, "--force", *options)
        assert done.code == 0, done.err
        found[suffix] = target.stat().st_size
    return found


@pytest.mark.slow
def test_it_keeps_files_small(run: Run, tmp_path: Path) -> None:
    without = sizes(run, tmp_path, "espeak", "--no-room-tone")
    under = sizes(run, tmp_path, "espeak")
    grown = {suffix: under[suffix] / without[suffix] for suffix in under}
    assert max(grown.values()) < 2, grown
    assert grown["mp3"] < 1.05, "its smallest frame has room enough"


def test_the_command_line_has_it_unless_it_is_switched_off(run: Run, tmp_path: Path) -> None:
    found = {}
    for name, options in (("on", ()), ("off", ("--no-room-tone",))):
        target = tmp_path / f"{name}.wav"
        done = run("export", "hands", "-o", str(target), "--voice", "tone", "--samplerate", "16000", *options)
        assert done.code == 0, done.err
        found[name], _ = soundfile.read(target, dtype="int16")
    zeros = {name: float((sound == 0).mean()) for name, sound in found.items()}
    assert zeros["on"] < 0.05
    assert zeros["off"] > 0.5
    difference = found["on"].astype(int) - found["off"]
    loop = RoomTone(16_000).read_rounded(0, len(difference))
    assert np.abs(difference - loop)[16_000:-16_000].max() <= 1
