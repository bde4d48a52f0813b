"""Timeline -> how far a sound lowers itself for the voice: known before a word begins, as the timeline is.

It goes down before the first word and comes up after the last one, both along half a cosine. Only speech, the
alarm and bells, which stand for words, are made room for: if every tone pressed it down, a hold would pump.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from voiceguide.clip import Block
from voiceguide.units import Milliseconds, in_frames

if TYPE_CHECKING:
    from voiceguide.scheduler.timeline import Event

DOWN = Milliseconds(300)
"""In which it goes down, so that it is down when a word begins."""
UP = Milliseconds(1000)
"""In which it comes up again."""
STAYS = Milliseconds(1500)
"""Up to so long between two words it stays down: to rise and fall within a sentence would be heard."""
AT_A_KEY = Milliseconds(200)
"""In which it goes down where a key left it no time: an aside begins with as much silence."""
PAUSED = 0.18
"""Linear; what is left of it in a pause: 15 dB less, so that a pause is heard and nothing sounds broken."""


class Ducking:
    """The gain at each frame of a timeline."""

    def __init__(self, events: Iterable[Event], samplerate: int, low: float) -> None:
        """`low` is the gain while somebody speaks, linear."""
        self.samplerate = samplerate
        self.low = np.float32(low)
        stays = in_frames(STAYS, samplerate)
        starts: list[int] = []
        ends: list[int] = []
        for event in events:
            if not _has_to_be_heard(event):
                continue
            start = in_frames(event.start, samplerate)
            if not ends or start - ends[-1] > stays:
                starts.append(start)
                ends.append(start)
            ends[-1] = start + in_frames(event.duration, samplerate)
        down, up = (_half_cosine(in_frames(time, samplerate), low) for time in (DOWN, UP))
        self._down, self._up = down, up[::-1]
        self._begins = np.array(starts, np.int64) - len(down)
        self._ends = np.array(ends, np.int64) + len(up)

    def read(self, frame: int, frames: int) -> Block:
        """Return the gains of `frames` frames from a frame on, float32; the caller's own."""
        gains = np.ones(frames, np.float32)
        first = int(np.searchsorted(self._ends, frame, "right"))
        # What is spoken lies so far apart that no two of these stretches meet.
        for begin, end in zip(self._begins[first:], self._ends[first:], strict=True):
            if begin >= frame + frames:
                break
            up = end - len(self._up)
            down = begin + len(self._down)
            _lay(gains, int(begin) - frame, self._down)
            gains[max(down - frame, 0) : max(up - frame, 0)] = self.low
            _lay(gains, int(up) - frame, self._up)
        return gains

    def is_off(self, frame: int, frames: int) -> bool:
        """Return True if the gain is 1 all through these frames."""
        first = int(np.searchsorted(self._ends, frame, "right"))
        return first == len(self._begins) or bool(self._begins[first] >= frame + frames)


class Ridden:
    """The gains as they are heard: where a key makes the session jump, they do not."""

    def __init__(self, ducking: Ducking) -> None:
        self._ducking = ducking
        self._lowest = min(float(ducking.low), PAUSED)
        self._next: int | None = None
        """The frame of the timeline that would follow; None in a pause."""
        self._gain = np.float32(PAUSED)
        self._off = np.float32(0.0)
        """By how much the gain was elsewhere when it was to jump."""
        self._since = 0
        """Frames since then."""
        self._ease = np.zeros(0, np.float32)
        self._is_first = True
        """True before anything was heard."""

    def stay(self, frames: int) -> Block:
        """Return the gain as it is, for frames that are of no timeline."""
        return np.full(frames, self._gain, np.float32)

    def take(self, frame: int | None, frames: int) -> Block:
        """Return the next gains: of frames of the timeline from `frame` on, or of a pause if it is None."""
        paused = np.full(frames, PAUSED, np.float32)
        gains = paused if frame is None else self._ducking.read(frame, frames)
        if not frames:
            return gains
        if not self._is_first and frame != self._next:
            self._off, self._since = self._gain - gains[0], 0
            time = AT_A_KEY if self._off > 0 else UP
            self._ease = _half_cosine(in_frames(time, self._ducking.samplerate), 0.0)
        if self._off:
            ease = self._ease[self._since : self._since + frames]
            gains[: len(ease)] += self._off * ease
            np.clip(gains, self._lowest, 1.0, out=gains)
            self._since += frames
            if self._since >= len(self._ease):
                self._off = np.float32(0.0)
        self._gain = gains[-1]
        self._next = None if frame is None else frame + frames
        self._is_first = False
        return gains


def _has_to_be_heard(event: Event) -> bool:
    return event.kind == "speech" or event.name == "alarm" or event.name.startswith("bell_")


def _half_cosine(frames: int, low: float) -> Block:
    """Return a way down from 1 to almost `low`."""
    curve = low + (1 - low) * (0.5 + 0.5 * np.cos(np.pi * np.arange(frames) / frames))
    return curve.astype(np.float32)


def _lay(gains: Block, at: int, curve: Block) -> None:
    """Put a curve where it lies among the gains, as far as it does."""
    part = curve[max(-at, 0) : max(len(gains) - at, 0)]
    gains[max(at, 0) : max(at, 0) + len(part)] = part
