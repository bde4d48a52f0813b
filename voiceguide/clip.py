"""Clip: a short piece of sound, and the one rounding to 16 bit."""

from __future__ import annotations

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voiceguide.units import Milliseconds, to_milliseconds

Block = NDArray[np.float32]
"""Mono samples, shape (frames,), float32 in [-1, 1]."""

FULL_SCALE = 32_767
"""What 1.0 becomes in 16 bit, so that +1 and -1 are equally loud."""


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """The sound of one cue or earcon."""

    samples: Block
    """Shape (frames,), float32 in [-1, 1]."""
    samplerate: int
    """Hertz."""

    @property
    def frames(self) -> int:
        """Length in frames."""
        return len(self.samples)

    @property
    def duration(self) -> Milliseconds:
        """Length in milliseconds, rounded up."""
        return to_milliseconds(self.frames, self.samplerate)


def resample(clip: Clip, samplerate: int) -> Clip:
    """Return a clip at another samplerate, as long as before; itself if it has that one already."""
    if samplerate == clip.samplerate:
        return clip
    import soxr

    return Clip(soxr.resample(clip.samples, clip.samplerate, samplerate, "HQ").astype(np.float32), samplerate)


def read_wav(path: Path) -> Clip | None:
    """Return the clip in a mono 16-bit WAV, as engines write them; None if it is damaged or no such file."""
    try:
        with wave.open(str(path), "rb") as file:
            if file.getsampwidth() != 2 or file.getnchannels() != 1:
                return None
            samplerate, sound = file.getframerate(), file.readframes(file.getnframes())
    except (OSError, EOFError, wave.Error):
        return None
    return Clip(np.frombuffer(sound, dtype="<i2").astype(np.float32) / np.float32(32_768), samplerate)


def to_int16(block: Block) -> NDArray[np.int16]:
    """Return the samples as 16-bit integers: times 32767, half to even, clipped, no dither.

    Everything that leaves the mixer, to a device or a file, is rounded here and only here.
    """
    scaled = np.rint(block * np.float32(FULL_SCALE))
    rounded: NDArray[np.int16] = np.clip(scaled, -32_768, FULL_SCALE).astype(np.int16)
    return rounded
