"""A stretch of a step, before its length is chosen: how long it is at a pace, and where its cues then lie.

To lay a step and to find out how long it would be is thus one and the same thing, and the second is cheap.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from voiceguide.scheduler.actions import FIRST_CUE, LEAST_GAP
from voiceguide.scheduler.cue import Cue, Sounding
from voiceguide.units import Milliseconds


@dataclass(frozen=True, slots=True)
class LocalEvent:
    """A cue or earcon within a stretch or a step."""

    start: Milliseconds
    """From the start of the stretch, or of the step."""
    duration: Milliseconds
    """Milliseconds."""
    cue: Cue | None
    """What is said or rung; None for an earcon that stands for nothing."""
    earcon: str = ""
    """The name of such an earcon; empty for a cue."""
    gain: float = 0.0
    """Decibels."""


class Placement(NamedTuple):
    """Where the cues of a stretch lie."""

    events: Sequence[LocalEvent]
    """In the stretch's own time."""
    dropped: Sequence[Cue] = ()
    """Cues that found no room."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a step with one action."""

    action: str
    """One of `actions.ACTIONS`."""
    lasts: Callable[[int], int]
    """Pace, from -1000 (quickest) to 1000 (slowest) -> milliseconds."""
    place: Callable[[int], Placement]
    """Milliseconds it lasts -> where its cues lie."""
    repeat: int = 1
    """1-based, within the side."""
    wait: Milliseconds | None = None
    """How long it may loop until a key is pressed."""


class Talk:
    """Cues one after another; what silence there is beyond the least is shared over them by their gaps."""

    __slots__ = ("_cues", "_first", "_lengths", "_pauses", "least", "spoken")

    def __init__(self, cues: Sequence[Cue], sounding: Sounding, *, first: int = FIRST_CUE) -> None:
        """`first` is where the first cue starts, in milliseconds."""
        self._cues = cues
        self._first = first
        self._lengths = [sounding(cue) for cue in cues]
        self._pauses = [max(LEAST_GAP, cue.pause) for cue in cues]
        self.spoken = sum(self._lengths)
        """Milliseconds that the cues sound."""
        self.least = first + self.spoken + sum(self._pauses)
        """Milliseconds, with the smallest gaps."""

    def beside(self, silence: int) -> int:
        """Return how many milliseconds the cues take with so much silence, or as little as they need."""
        return max(self.spoken + silence, self.least)

    def within(self, total: int) -> int:
        """Return `total` milliseconds, or as many as the cues need."""
        return max(total, self.least)

    def place(self, length: int) -> Placement:
        """Return where the cues lie in a stretch of that many milliseconds."""
        free = max(length - self.least, 0)
        shares = sum(cue.gap for cue in self._cues) or 1
        events: list[LocalEvent] = []
        at, shared = self._first, 0
        for cue, lasts, pause in zip(self._cues, self._lengths, self._pauses, strict=True):
            events.append(LocalEvent(Milliseconds(at), lasts, cue))
            before = free * shared // shares
            shared += cue.gap
            at += lasts + pause + free * shared // shares - before
        return Placement(events)
