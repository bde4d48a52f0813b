"""Earcons: exact, repeatable, and where ears and small speakers hear them."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from tests.conftest import Run
from voiceguide.clip import to_int16
from voiceguide.earcons import EARCON_LENGTHS, MEANINGS, NAMES, make_earcon
from voiceguide.errors import UnknownName
from voiceguide.loudness import loudness_of
from voiceguide.scheduler.bells import BELLS
from voiceguide.units import LOUDNESS, SAMPLERATE

EXPECTED = {
    "lead_in": (400, -25.5),
    "soft_tone": (600, -21.5),
    "alarm": (600, -10.5),
    "key": (200, -25.5),
    "tick": (240, -22.5),
    "bell_move": (980, -10.5),
    "bell_find": (620, -12.5),
    "bell_press": (750, -12.5),
    "bell_let_go": (800, -12.5),
    "bell_other_side": (780, -12.5),
}
"""Length in milliseconds and peak in decibels."""


def test_these_are_the_earcons_there_are() -> None:
    assert set(NAMES) == set(EARCON_LENGTHS) == set(EXPECTED)


@pytest.mark.parametrize("name", NAMES)
def test_an_earcon_is_exactly_as_long_as_the_scheduler_was_told(name: str) -> None:
    clip = make_earcon(name)
    assert clip.samplerate == SAMPLERATE
    assert clip.samples.dtype == np.float32
    assert clip.frames == EARCON_LENGTHS[name] * SAMPLERATE // 1000
    assert clip.duration == EARCON_LENGTHS[name] == EXPECTED[name][0]


@pytest.mark.parametrize("gain", [0.0, -24.0])
@pytest.mark.parametrize("name", NAMES)
def test_the_first_and_the_last_frame_sound_also_when_turned_down(name: str, gain: float) -> None:
    samples = to_int16(make_earcon(name).samples * np.float32(10 ** (gain / 20)))
    assert samples[0] != 0
    assert samples[-1] != 0


@pytest.mark.parametrize("name", NAMES)
def test_an_earcon_is_the_same_every_time(name: str) -> None:
    assert np.array_equal(make_earcon(name).samples, make_earcon(name).samples)


@pytest.mark.parametrize("name", NAMES)
def test_an_earcon_is_as_loud_as_was_meant(name: str) -> None:
    peak = 20 * np.log10(np.max(np.abs(make_earcon(name).samples)))
    assert peak == pytest.approx(EXPECTED[name][1], abs=0.1)


def test_each_means_one_thing_and_is_long_enough_to_be_no_fault(run: Run) -> None:
    assert len({*MEANINGS.values()}) == len(NAMES)
    assert min(EARCON_LENGTHS.values()) >= 200
    listed = run("list", "earcons").out
    assert all(MEANINGS[name] in listed for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_its_lowest_tone_is_a_fundamental_that_small_speakers_and_older_ears_hear(name: str) -> None:
    """By its spectrum: below 300 Hz lies nothing that comes near the tones above it."""
    samples = make_earcon(name).samples * np.hanning(make_earcon(name).frames)
    power = np.abs(np.fft.rfft(samples, 8 * len(samples))) ** 2
    pitches = np.fft.rfftfreq(8 * len(samples), 1 / SAMPLERATE)
    tones = pitches[power > power.max() / 100]
    assert tones.min() >= 300
    assert power[pitches < 280].max() < power.max() / 1_000


@pytest.mark.parametrize("name", NAMES)
def test_the_strongest_tone_and_nearly_all_energy_lie_where_small_speakers_and_older_ears_hear(
    name: str,
) -> None:
    samples = make_earcon(name).samples
    power = np.abs(np.fft.rfft(samples)) ** 2
    pitches = np.fft.rfftfreq(len(samples), 1 / SAMPLERATE)
    heard = (pitches >= 300) & (pitches <= 3_000)
    assert heard[np.argmax(power)]
    assert power[heard].sum() > 0.95 * power.sum()


@pytest.mark.parametrize("name", NAMES)
def test_an_earcon_swells_in_and_dies_away(name: str) -> None:
    samples = np.abs(make_earcon(name).samples)
    loudest = samples.max()
    assert samples[: SAMPLERATE // 100].max() < 0.1 * loudest
    assert samples[-SAMPLERATE // 100 :].max() < 0.1 * loudest
    assert np.abs(np.diff(make_earcon(name).samples)).max() < 0.4 * loudest


def test_the_alarm_rises_note_by_note_in_pitch_and_loudness() -> None:
    samples = make_earcon("alarm").samples
    # Where one note is at its loudest and the next has not begun, or has all but gone.
    parts = [samples[start * 48 : end * 48] for start, end in ((0, 170), (170, 340), (340, 600))]
    peaks = [float(np.abs(part).max()) for part in parts]
    pitches = [float(np.argmax(np.abs(np.fft.rfft(part)))) / len(part) for part in parts]
    assert peaks == sorted(peaks)
    assert pitches == sorted(set(pitches))


@pytest.mark.parametrize("name", BELLS)
def test_a_bell_is_heard_over_a_background_and_does_not_startle(name: str) -> None:
    """A background stays 12 LU below speech, and bells lie in the middle between the two."""
    loudest, length = np.max(np.abs(make_earcon(name).samples)), len(make_earcon(name).samples)
    assert length >= 0.2 * SAMPLERATE
    assert loudness_of([make_earcon(name).samples]) == pytest.approx(LOUDNESS - 6, abs=1)
    swelling = np.flatnonzero(np.abs(make_earcon(name).samples) > 0.9 * loudest)[0]
    assert swelling >= 0.02 * SAMPLERATE


def test_no_two_bells_go_the_same_way() -> None:
    """Pressing falls, letting go rises, a place is knocked at twice, the other side is there and back."""
    assert [pitches_of(name) for name in ("bell_press", "bell_let_go", "bell_find", "bell_other_side")] == [
        [784, 523],
        [523, 784],
        [659, 659],
        [659, 988, 659],
    ]
    chord = make_earcon("bell_move").samples
    power = np.abs(np.fft.rfft(chord * np.hanning(len(chord)), SAMPLERATE))
    assert sorted(np.argsort(power[:900])[-3:].tolist()) == [523, 659, 784]


def test_every_earcon_says_what_it_means() -> None:
    assert set(MEANINGS) == set(NAMES)
    assert len(set(MEANINGS.values())) == len(NAMES), "one meaning each"


def pitches_of(name: str) -> list[int]:
    """Return the pitch of each note of a bell, in hertz, where the note is at its loudest."""
    samples = make_earcon(name).samples
    starts = {"bell_press": (40, 300), "bell_let_go": (60, 340), "bell_find": (30, 350)}
    pitches = []
    for start in starts.get(name, (30, 230, 420)):
        note = samples[start * 48 : (start + 130) * 48]
        power = np.abs(np.fft.rfft(note * np.hanning(len(note)), SAMPLERATE))
        pitches.append(int(np.argmax(power)))
    return pitches


def test_a_tick_is_shorter_and_softer_than_the_soft_tone_and_still_no_silence_to_a_player() -> None:
    """ExoPlayer takes what is below 1024 for silence, keeps 20 ms around it, and cuts the rest."""
    tick, tone = (to_int16(make_earcon(name).samples) for name in ("tick", "soft_tone"))
    assert len(tick) < len(tone)
    assert np.abs(tick).max() < np.abs(tone).max()
    heard = np.flatnonzero(np.abs(tick) > 1024)
    assert heard[-1] - heard[0] > 0.06 * SAMPLERATE


def test_an_unknown_earcon_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="unknown earcon 'alarn'") as caught:
        make_earcon("alarn")
    assert "'alarm'" in (caught.value.hint or "")


def test_the_scheduler_gets_the_lengths_without_numpy() -> None:
    code = "import sys, voiceguide.earcons as e; assert e.EARCON_LENGTHS; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
