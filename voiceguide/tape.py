"""Tape: a session and all that a key may call for, end to end, to be heard in pieces. Frames, not seconds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import NamedTuple

from voiceguide.ending import Span, splice
from voiceguide.scheduler.timeline import Event, Timeline
from voiceguide.units import SECOND, Milliseconds

_QUIET = Milliseconds(60 * SECOND)
"""Milliseconds of silence at the end of the tape, to be heard where a piece is left out or put in."""


class Piece(NamedTuple):
    """A stretch of the tape."""

    start: int
    """Its first frame."""
    end: int
    """The first frame that is not heard."""
    is_owed: bool = False
    """True if no key may leave it out: a release, or the ice taken off."""


class Dose(NamedTuple):
    """How long a stop's dose is, and may get."""

    chosen: Milliseconds
    """Milliseconds."""
    largest: Milliseconds
    """Milliseconds."""


class Tape:
    """A session and all that a key may call for, end to end."""

    def __init__(
        self,
        timeline: Timeline,
        samplerate: int,
        *,
        ways_up: Mapping[str, Timeline] = {},
        asides: Mapping[str, Timeline] = {},
        doses: Mapping[str, Dose] = {},
    ) -> None:
        """Lay everything end to end.

        Parameters
        ----------
        timeline
            The session.
        samplerate
            Hertz, with a whole number of frames in a millisecond.
        ways_up
            How it ends early, by pose.
        asides
            What is said when a key asks for it, by key; where one is missing, nothing is said.
        doses
            By stop; where one is missing, it cannot get longer.
        """
        self.session = timeline
        self.doses = doses
        self._a_millisecond = samplerate // 1000
        quiet = {"quiet": Timeline(_QUIET, (), (), ())}
        spliced, self.ways_up = splice(timeline, ways_up)
        spliced, self._asides = splice(spliced, asides)
        self.timeline, self._quiet = splice(spliced, quiet)
        self._event_starts = [event.start for event in self.timeline.events]
        self._segment_starts = [segment.start for segment in timeline.segments]

    def frame(self, time: int) -> int:
        """Return the frame at a time in milliseconds."""
        return time * self._a_millisecond

    def time(self, frame: int) -> Milliseconds:
        """Return the time of a frame, in whole milliseconds."""
        return Milliseconds(frame // self._a_millisecond)

    @property
    def silent_from(self) -> int:
        """The frame from which the tape is silent, to its end."""
        return self.frame(self._quiet["quiet"].start)

    @property
    def end(self) -> int:
        """The frame at which the session ends."""
        return self.frame(self.session.duration)

    def end_of_chapter(self, index: int) -> int:
        """Return the frame at which a chapter of the session ends."""
        following = self.session.chapters[index + 1 : index + 2]
        return self.frame(following[0].start) if following else self.end

    def piece(self, span: Span) -> Piece:
        """Return a span, which is in milliseconds, as a piece."""
        return Piece(self.frame(span.start), self.frame(span.end))

    def aside(self, *keys: str) -> tuple[Piece, ...]:
        """Return the asides with these keys, without those there are no words for."""
        return tuple(self.piece(self._asides[key]) for key in keys if key in self._asides)

    def quiet(self, frames: int) -> tuple[Piece, ...]:
        """Return so much silence."""
        quiet = self.piece(self._quiet["quiet"])
        whole, left = divmod(frames, quiet.end - quiet.start)
        rest = (Piece(quiet.start, quiet.start + left),) if left else ()
        return (*[quiet] * whole, *rest)

    def event_at(self, frame: int) -> Event | None:
        """Return the event that sounds at a frame, or None."""
        event = self.last_event(frame)
        return event if event and self.time(frame) < event.start + event.duration else None

    def last_event(self, frame: int) -> Event | None:
        """Return the event that started last, at this frame or before it; None if none did."""
        index = bisect_right(self._event_starts, self.time(frame)) - 1
        return self.timeline.events[index] if index >= 0 else None

    def segment_index(self, frame: int) -> int:
        """Return the index of the session's segment at a frame; of the last one after its end."""
        return max(bisect_right(self._segment_starts, self.time(frame)) - 1, 0)
