"""Room tone: a hush under everything, because digital silence sounds broken and lets Bluetooth fall asleep.

A loop of noise, the same every time. It has no seam, as it is put together from waves of which each fits into
it a whole number of times.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from voiceguide.clip import Block, to_int16
from voiceguide.endless import Loop, cut_loop
from voiceguide.units import Milliseconds, in_frames

LEVEL = -60.0
"""Decibels of full scale, RMS: 44 below the voice, heard when it ends and never while it is there."""
LENGTH = Milliseconds(11_520)
"""At 48 kHz that is a whole number of frames of MP3 (1152), Opus (960) and FLAC (4096)."""
FADE = Milliseconds(1000)
"""In which it comes, and goes."""

_SEED = 1
_LOWEST, _HIGHEST = 40, 6_000
"""Hertz between which it lies: no speaker makes what is below, and 16 bit has no room for what is above."""
_TURN = 300
"""Hertz. Above, it falls so steeply that FLAC takes less than two bits a sample; below, distant rain."""


class RoomTone(Loop):
    """The hush at one samplerate."""

    def __init__(self, samplerate: int) -> None:
        """`samplerate` is in hertz, with a whole number of frames in a millisecond."""
        loop = _make_loop(samplerate)
        super().__init__(loop, in_frames(FADE, samplerate))
        self._rounded = to_int16(loop)
        self._rounded.flags.writeable = False

    def read_rounded(self, frame: int, frames: int) -> NDArray[np.int16]:
        """Return the same at its full level in 16 bit, which may be read-only."""
        return cut_loop(self._rounded, frame, frames)


@cache
def _make_loop(samplerate: int) -> Block:
    """Return one turn of the loop, float32; its lower waves are the same at each samplerate."""
    frames = in_frames(LENGTH, samplerate)
    hertz = np.arange(frames // 2 + 1) * 1000 / LENGTH
    heard = (hertz >= _LOWEST) & (hertz <= min(_HIGHEST, 0.45 * samplerate))
    pitches = hertz[heard]
    spectrum = np.zeros(frames // 2 + 1, np.complex128)
    phases = np.random.default_rng(_SEED).random(len(pitches))
    spectrum[heard] = np.exp(2j * np.pi * phases) / np.sqrt(pitches) / (1 + (pitches / _TURN) ** 2)
    noise = np.fft.irfft(spectrum, frames)
    noise *= 10 ** (LEVEL / 20) / np.sqrt(np.mean(np.square(noise)))
    return noise.astype(np.float32)
