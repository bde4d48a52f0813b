"""A dose that a key makes longer, and that of the other side by as much. Pure: a score in, a score out."""

from __future__ import annotations

from voiceguide.scheduler.asides import MORE
from voiceguide.scheduler.timeline import Segment
from voiceguide.score import Score, break_off, insert, say, without
from voiceguide.tape import Tape
from voiceguide.units import SECOND, Milliseconds

_AFTER_PRESS = Milliseconds(SECOND)
"""Milliseconds from the start of a dose after which it is made longer: no word of a dose comes so soon."""

_COUNTED_DOWN = Milliseconds(4 * SECOND)
"""Milliseconds before the end of a dose from which it is counted down, and cannot get longer any more."""


def go_on_longer(score: Score) -> Score:
    """Return the score with this dose longer, and that of the other side by as much.

    By `MORE`, or by what is left to the largest dose. What is said from the end backwards stays true;
    "halfway" would not, and is left out.
    """
    if not score.is_under_way:
        return score
    tape, segment = score.tape, score.segment
    dose = tape.doses.get(segment.stop or "")
    cut = break_off(score)
    second = _second_side(tape, segment)
    left = tape.frame(segment.start + segment.duration) - cut.place
    if segment.action not in {"hold", "roll"} or dose is None or left < tape.frame(_COUNTED_DOWN):
        return say(cut, tape.aside("longest"))
    if second is not None and segment.stop == second.stop:
        return say(cut, tape.aside("as_the_first"))
    more = min(int(MORE), dose.largest - _length_of(cut, segment))
    if more < SECOND:
        return say(cut, tape.aside("longest"))
    longer = insert(cut, max(cut.place, tape.frame(segment.start + _AFTER_PRESS)), tape.frame(more))
    longer = _without_halfway(longer, segment)
    if second is not None:
        longer = insert(longer, tape.frame(second.start + _AFTER_PRESS), tape.frame(more))
        longer = _without_halfway(longer, second)
        longer = _without_told_dose(longer, second)
    told = f"longer_each.{more // SECOND}" if second is not None else f"longer.{more // SECOND}"
    return say(longer, tape.aside(told))


def _without_halfway(score: Score, segment: Segment) -> Score:
    return without(score, segment, "hold.halfway")


def _without_told_dose(score: Score, second: Segment) -> Score:
    """Return the score without the words that tell the other side's dose, which is longer now."""
    tape = score.tape
    for one in tape.session.segments:
        if one.stop == second.stop and one.action == "locate" and tape.frame(one.start) >= score.place:
            score = without(score, one, "dose.")
            score = without(score, one, f".{second.method}.dose")
    return score


def _length_of(score: Score, segment: Segment) -> int:
    """Return how many milliseconds a segment lasts with the silence that was put in."""
    tape = score.tape
    begin, until = tape.frame(segment.start), tape.frame(segment.start + segment.duration)
    total, inside = 0, False
    for piece in score.pieces:
        if piece.end <= tape.end:
            inside = piece.start < until and piece.end > begin
            total += max(0, min(piece.end, until) - max(piece.start, begin))
            inside = inside and piece.end < until
        elif inside:
            total += piece.end - piece.start
    return tape.time(total)


def _second_side(tape: Tape, segment: Segment) -> Segment | None:
    """Return the same dose on the second side: this very one, or one to come; None if there is no other."""
    same = [
        one
        for one in tape.session.segments
        if one.points == segment.points and one.action == segment.action and one.repeat == segment.repeat
    ]
    return same[1] if len(same) == 2 else None
