"""Room tone: a hush under everything, because digital silence sounds broken and lets Bluetooth fall asleep.

A loop of noise, the same every time. It has no seam, as it is put together from waves of which each fits into
it a whole number of times.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voiceguide.clip import Block, to_int16
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


class RoomTone:
    """The hush at one samplerate."""

    def __init__(self, samplerate: int) -> None:
        """`samplerate` is in hertz, with a whole number of frames in a millisecond."""
        self.full = in_frames(FADE, samplerate)
        """Frames of a fade."""
        self._loop = _make_loop(samplerate)
        self._rounded = to_int16(self._loop)
        self._rounded.flags.writeable = False

    @property
    def frames(self) -> int:
        """Length of the loop in frames."""
        return len(self._loop)

    @property
    def peak(self) -> float:
        """Its highest sample, linear."""
        return float(np.abs(self._loop).max())

    def read(self, frame: int, frames: int, *, since: int | None = None, left: int | None = None) -> Block:
        """Return `frames` frames from any frame on, shape (frames,), float32; an array of its own.

        Parameters
        ----------
        frame
            How many were heard before it, or any other number: it goes round and round.
        frames
            How many.
        since
            Steps of a fade, a frame each, that it has come up already; None if all.
        left
            Frames to the end, by which it is gone; None if there is none in sight.
        """
        since = self.full if since is None else since
        sound = _cut(self._loop, frame, frames).copy()
        if not self.is_steady(since, left, frames):
            steps = np.minimum(since + np.arange(frames), self.full)
            if left is not None:
                steps = np.maximum(np.minimum(steps, left - np.arange(frames)), 0)
            sound *= (steps / self.full).astype(np.float32)
        return sound

    def read_rounded(self, frame: int, frames: int) -> NDArray[np.int16]:
        """Return the same at its full level in 16 bit, which may be read-only."""
        return _cut(self._rounded, frame, frames)

    def is_steady(self, since: int, left: int | None, frames: int) -> bool:
        """Return True if it neither comes nor goes within the next frames."""
        return since >= self.full and (left is None or left - frames >= self.full)


class Hush:
    """Room tone as it is heard: on and on, whatever keys make of a session."""

    def __init__(self, tone: RoomTone | None) -> None:
        """None is no room tone at all."""
        self._tone = tone
        self._frame = self._step = 0

    def take(self, frames: int, left: int | None) -> Block | None:
        """Return the next `frames` frames, float32; None without room tone.

        `left` are the frames to the end, by which it is gone; None if that is not in sight.
        """
        if self._tone is None:
            return None
        sound = self._tone.read(self._frame, frames, since=self._step, left=left)
        self._frame += frames
        self._step = min(self._step + frames, self._tone.full)
        if left is not None:
            self._step = max(min(self._step, left - frames), 0)
        return sound


def _cut(loop: NDArray[Any], frame: int, frames: int) -> NDArray[Any]:
    start = frame % len(loop)
    if start + frames <= len(loop):
        return loop[start : start + frames]
    return np.take(loop, np.arange(start, start + frames), mode="wrap")


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
