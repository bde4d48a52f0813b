"""The sounds to lie under a voice: without a seam, at any samplerate, and not heard to come back."""

from __future__ import annotations

import subprocess
import sys
import zlib
from functools import cache

import numpy as np
import pytest

from voiceguide.clip import Block, Clip, resample
from voiceguide.endless import Loop
from voiceguide.errors import UnknownName
from voiceguide.loops import LENGTH, LEVEL, NAMES, make_loop
from voiceguide.loudness import loudest
from voiceguide.units import SAMPLERATE


@cache
def loop_of(name: str) -> Block:
    """Return a loop at the usual samplerate, kept for all tests."""
    return make_loop(name, SAMPLERATE)


@pytest.mark.parametrize("name", NAMES)
def test_a_loop_is_whole_frames_of_every_format_and_as_loud_as_was_meant(name: str) -> None:
    loop = loop_of(name)
    assert loop.dtype == np.float32
    assert len(loop) == LENGTH * SAMPLERATE // 1000
    assert [len(loop) % size for size in (1_152, 960, 4_096)] == [0, 0, 0]
    assert loudest(np.concatenate((loop, loop[:48_000]))) == pytest.approx(LEVEL, abs=0.1)


@pytest.mark.parametrize("name", NAMES)
def test_it_has_no_seam(name: str) -> None:
    """Where it comes back, no step and no bend is larger than elsewhere."""
    loop = loop_of(name)
    twice = Loop(loop, 1).cut(len(loop) - 96_000, 192_000)
    for order in (1, 2, 3):
        change = np.abs(np.diff(twice.astype(float), order))
        at = slice(96_000 - order - 2, 96_000 + 2)
        assert change[at].max() <= change[: 96_000 - 10].max()


@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000])
def test_at_another_samplerate_it_is_the_same_sound(rate: int) -> None:
    name = "waves"
    loop = make_loop(name, rate)
    assert len(loop) == LENGTH * rate // 1000
    wanted = resample(Clip(loop_of(name), SAMPLERATE), rate).samples
    middle = slice(rate, 20 * rate)
    assert (loop - wanted)[middle].std() < 0.1 * wanted[middle].std(), "but for its highest pitches"


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_it_comes_back_within_half_a_minute(name: str) -> None:
    """Its loudness, ten times a second, is at no distance under 30 s like itself."""
    loop = loop_of(name).astype(float)
    levels = np.log(np.square(loop[: 691 * 4_800].reshape(-1, 4_800)).mean(axis=1))
    levels -= levels.mean()
    power = np.abs(np.fft.rfft(levels)) ** 2
    likeness = np.fft.irfft(power) / np.fft.irfft(power)[0]
    assert likeness[30:301].max() < 0.6, "from 3 s to 30 s"


@pytest.mark.parametrize("name", ["rain", "waves", "brown"])
def test_noise_has_no_tone_in_it(name: str) -> None:
    """In no stretch of a quarter of an octave does one pitch stand out."""
    parts = loop_of(name)[: 48_000 * 60].reshape(-1, 48_000) * np.hanning(48_000)
    power = np.square(np.abs(np.fft.rfft(parts, axis=1))).mean(axis=0)
    for low in (100, 200, 400, 800, 1_600, 3_200, 6_400):
        near = power[low : round(low * 1.19)]
        assert 10 * np.log10(near.max() / np.median(near)) < 6


def test_a_small_speaker_makes_some_of_each() -> None:
    """Above 300 Hz lies no less than 20 dB below all of it."""
    for name in NAMES:
        power = np.abs(np.fft.rfft(loop_of(name)[: 48_000 * 30])) ** 2
        assert power[300 * 30 :].sum() > 0.01 * power.sum(), name


def test_it_is_the_same_in_every_process() -> None:
    code = (
        "import zlib; from voiceguide.loops import make_loop; print(zlib.crc32(make_loop('drone', 48_000)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    assert int(told) == zlib.crc32(loop_of("drone").tobytes())


def test_an_unknown_one_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="unknown background 'rian'") as caught:
        make_loop("rian", 48_000)
    assert "'rain'" in (caught.value.hint or "")


def test_their_names_are_known_without_numpy() -> None:
    code = "import sys, voiceguide.known_settings; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
