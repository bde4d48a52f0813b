"""What was really heard of a session: every stay at a stop, with the seconds of its dose."""

from __future__ import annotations

from collections.abc import Iterable

from voiceguide.scheduler.timeline import Segment
from voiceguide.score import DOSED
from voiceguide.tape import Piece, Tape
from voiceguide.units import in_seconds

_MOST = {"ice": 0.5}
"""Of an action, the part of its dose that has to be heard: it is well done to take ice off early."""
_ALMOST = 0.9
"""The part of any other: a key pressed a breath early leaves nothing out."""


def needed(segments: Iterable[Segment]) -> dict[str, float]:
    """Return the seconds that have to be heard of each stop's dose for the stop to count as done."""
    seconds: dict[str, float] = {}
    for one in segments:
        if one.stop and one.action in {*DOSED, "ice"}:
            part = _MOST.get(one.action, _ALMOST) * in_seconds(one.duration)
            seconds[one.stop] = round(seconds.get(one.stop, 0.0) + part, 3)
    return seconds


class Played:
    """Counts what is heard at each stop. For the thread that pulls, and the one that asks."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._stop = ""
        self._frames = 0
        self._over: list[tuple[str, int]] = []

    def add(self, pieces: tuple[Piece, ...]) -> None:
        """Count pieces that were pulled, in order."""
        for piece in pieces if self._tape.session.segments else ():
            at = piece.start
            while at < piece.end:
                if at >= self._tape.end:
                    # An aside or a silence that was put in: not of the dose, and the stay goes on.
                    break
                segment = self._tape.session.segments[self._tape.segment_index(at)]
                until = min(piece.end, self._tape.frame(segment.start + segment.duration))
                self._stay_at(segment.stop or "")
                if segment.action in {*DOSED, "ice"}:
                    self._frames += until - at
                at = until

    def take(self, *, is_end: bool = False) -> list[tuple[str, float]]:
        """Return the stays that are over and not taken yet: the stop, and the seconds of its dose heard."""
        if is_end:
            self._stay_at("")
        over, self._over = self._over, []
        return [(stop, round(self._tape.time(frames) / 1000, 3)) for stop, frames in over]

    def _stay_at(self, stop: str) -> None:
        if stop != self._stop:
            if self._stop and self._frames:
                self._over.append((self._stop, self._frames))
            self._stop, self._frames = stop, 0
