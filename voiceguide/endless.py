"""A sound without an end that comes and goes: what lies under a voice."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voiceguide.clip import Block
from voiceguide.units import Milliseconds

FADE = Milliseconds(5000)
"""In which a background comes, and goes: slowly enough that neither is an event."""


class Endless(ABC):
    """A sound of which any stretch can be read, at one samplerate."""

    full: int
    """Frames of a fade."""

    @abstractmethod
    def cut(self, frame: int, frames: int) -> Block:
        """Return `frames` frames from any frame on at its full level, float32; they may be read-only."""

    def read(self, frame: int, frames: int, *, since: int | None = None, left: int | None = None) -> Block:
        """Return `frames` frames from any frame on, shape (frames,), float32; an array of its own.

        Parameters
        ----------
        frame
            How many were heard before it, or any other number: it never ends.
        frames
            How many.
        since
            Steps of a fade, a frame each, that it has come up already; None if all.
        left
            Frames to the end, by which it is gone; None if there is none in sight.
        """
        since = self.full if since is None else since
        sound = self.cut(frame, frames).copy()
        if not self.is_steady(since, left, frames):
            steps: NDArray[Any] = np.minimum(since + np.arange(frames), self.full)
            if left is not None and left < since:
                # The end comes sooner than a whole fade takes: to break it off would click.
                steps = np.maximum(left - np.arange(frames), 0) * (since / max(left, 1))
            elif left is not None:
                steps = np.maximum(np.minimum(steps, left - np.arange(frames)), 0)
            sound *= (steps / self.full).astype(np.float32)
        return sound

    def is_steady(self, since: int, left: int | None, frames: int) -> bool:
        """Return True if it neither comes nor goes within the next frames."""
        return since >= self.full and (left is None or left - frames >= self.full)


class Loop(Endless):
    """What goes round and round."""

    def __init__(self, samples: Block, full: int) -> None:
        """`full` are the frames in which it comes, and goes."""
        self._loop = samples
        self.full = full

    @property
    def frames(self) -> int:
        """Length of the loop in frames."""
        return len(self._loop)

    @property
    def peak(self) -> float:
        """Its highest sample, linear."""
        return float(np.abs(self._loop).max())

    def cut(self, frame: int, frames: int) -> Block:
        """Return `frames` frames from any frame on at its full level."""
        return cut_loop(self._loop, frame, frames)


class Heard:
    """Such a sound as it is heard: on and on, whatever keys make of a session."""

    def __init__(self, sound: Endless) -> None:
        self._sound = sound
        self._frame = 0
        self._step = 0

    def take(self, frames: int, left: int | None) -> Block:
        """Return the next `frames` frames, float32.

        `left` are the frames to the end, by which it is gone; None if that is not in sight.
        """
        sound = self._sound.read(self._frame, frames, since=self._step, left=left)
        self._frame += frames
        before, self._step = self._step, min(self._step + frames, self._sound.full)
        if left is not None and left < before:
            self._step = before * max(left - frames, 0) // left if left else 0
        elif left is not None:
            self._step = max(min(self._step, left - frames), 0)
        return sound


def cut_loop(loop: NDArray[Any], frame: int, frames: int) -> NDArray[Any]:
    """Return `frames` frames of what goes round and round; a view of it if that can be."""
    start = frame % len(loop)
    if start + frames <= len(loop):
        return loop[start : start + frames]
    return np.take(loop, np.arange(start, start + frames), mode="wrap")
