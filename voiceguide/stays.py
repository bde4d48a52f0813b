"""Where a session that is played to somebody stays until a key is pressed. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from voiceguide.ending import Span
from voiceguide.scheduler.asides import PATIENCE
from voiceguide.scheduler.timeline import Segment
from voiceguide.score import Stay
from voiceguide.tape import Tape
from voiceguide.units import SECOND, Milliseconds

_REMIND = Milliseconds(50 * SECOND)
"""Milliseconds of silence before it says again that it waits: no silence is longer than a minute."""


def find_stays(tape: Tape, *, waits_for_me: bool = False, busy: Collection[str] = ()) -> Mapping[int, Stay]:
    """Return the stays of a session by the frame at which each begins.

    Parameters
    ----------
    tape
        The session, and what is said while it waits.
    waits_for_me
        True if it is to wait for a key once a point has been looked for, and where the script waits. Ice is
        called off until a key is pressed in any case.
    busy
        The stops at which no hand is free for a key: there it goes on by itself, after a time that it says.
    """
    stays: dict[int, Stay] = {}
    for number, one in enumerate(tape.session.segments):
        end = Milliseconds(one.start + one.duration)
        if one.wait is not None:
            again = (tape.piece(Span(one.start, end)),)
            stays[tape.frame(end)] = Stay(tape.frame(end), again, tape.frame(one.wait - one.duration))
        elif waits_for_me and one.action in {"locate", "wait"}:
            is_busy = one.action == "locate" and one.stop in busy
            begin = _last_word(tape, number, one) if one.action == "wait" else end
            stays[tape.frame(begin)] = _wait_for_a_key(tape, tape.frame(end), is_busy=is_busy)
    return stays


def _wait_for_a_key(tape: Tape, goes_on_at: int, *, is_busy: bool) -> Stay:
    told = tape.aside("by_itself" if is_busy else "your_word")
    loop = (*told, *tape.quiet(tape.frame(PATIENCE if is_busy else _REMIND)))
    return Stay(goes_on_at, loop, sum(piece.end - piece.start for piece in loop) if is_busy else None)


def _last_word(tape: Tape, number: int, segment: Segment) -> Milliseconds:
    """Return when the last thing is said in a segment; its start if nothing is."""
    said = [one.start + one.duration for one in tape.session.events if one.segment == number]
    return Milliseconds(max(said, default=segment.start))
