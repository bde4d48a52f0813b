"""What each key makes of a score. Pure: a score in, a score out."""

from __future__ import annotations

from dataclasses import replace

from voiceguide.ending import Span, ending, way_out
from voiceguide.scheduler.asides import LATEST, tell_all_left, tell_left
from voiceguide.scheduler.bells import BELLS, name_of
from voiceguide.scheduler.timeline import Segment
from voiceguide.score import (
    DOSED,
    ICE,
    Score,
    break_off,
    cut_out,
    jump,
    say,
    standing,
    without,
)
from voiceguide.tape import Piece, Tape
from voiceguide.units import SECOND, Milliseconds

_BACK_TWICE = Milliseconds(4 * SECOND)
"""Milliseconds from its start within which a key that leads back leads to the stop before."""


def greet(score: Score, starts_in: Milliseconds | None) -> Score:
    """Return the score that first says a sentence to set the volume by, then waits: for a key, or so long."""
    tape = score.tape
    if starts_in is None:
        return replace(score, detour=tape.aside("volume"), is_paused=True)
    return replace(score, detour=(*tape.aside("volume_soon"), *tape.quiet(tape.frame(starts_in))))


def tell_return(score: Score) -> Score:
    """Return the score, in a pause, that says that the sound is back."""
    return score if score.is_ending else say(break_off(score), score.tape.aside("sound_back"))


def pause(score: Score) -> Score:
    """Return the score in a pause: an event that was broken off will start again, a silence goes on."""
    return score if score.is_over else replace(break_off(score), is_paused=True)


def resume(score: Score) -> Score:
    """Return the score after a pause.

    It is told where it goes on. Within a dose its press comes again, as hands let go in a pause; the dose
    then goes on where it was, so that it is as long as was said.
    """
    if score.is_waiting:
        return replace(score, detour=(), is_paused=False)
    if not score.is_paused:
        return go_on(score) if score.staying is not None else score
    if score.staying is not None:
        return replace(score, is_paused=False)
    if score.is_ending:
        return say(replace(score, is_paused=False), score.tape.aside("going_on"))
    if score.left is not None:
        chapters = (one for one in score.tape.session.segments if one.chapter == score.left)
        score = _without_points(score, next(one for one in chapters if one.action in DOSED))
    segment = score.segment
    if segment.action == "press":
        # It begins again, but for a millisecond: whoever ends it now has pressed, and is told to let go.
        score = jump(score, min(score.place, score.tape.frame(Milliseconds(segment.start + 1))))
    told = f"going_on.{segment.stop}" if segment.stop else "going_on"
    again: tuple[Piece, ...] = ()
    if segment.action in DOSED and segment.action != "massage":
        again = _last(score, "press", segment)
    return replace(score, detour=(*score.detour, *score.tape.aside(told), *again), is_paused=False, left=None)


def go_on(score: Score) -> Score:
    """Return the score that stays no longer where it waits for a key: at an alarm, or for the person.

    Whoever answers an alarm before its first words are over hears them first.
    """
    tape = score.tape
    if score.staying is not None:
        return replace(jump(break_off(score), score.staying.goes_on_at), is_paused=False)
    if not score.is_alarm:
        return score
    segment = score.segment
    left = replace(jump(score, tape.frame(segment.start + segment.duration)), is_paused=False)
    told = tape.piece(way_out(tape.session, segment.start)[0])
    if score.place >= told.end:
        return replace(left, detour=())
    return replace(left, detour=(told._replace(start=break_off(score).place, is_owed=True),))


def tell_late(score: Score, minutes: int) -> Score:
    """Return the score that first says by how many minutes it ends later than it was to."""
    return say(score, score.tape.aside(f"late.{min(minutes, LATEST)}"))


def say_again(score: Score) -> Score:
    """Return the score that says the last sentence again, or what the last bell said, and goes on."""
    tape = score.tape
    if not score.is_under_way:
        return score if score.is_waiting or score.is_over else break_off(score)
    cut = break_off(score)
    if cut.at != score.at and not score.detour:
        return cut  # the very sentence that was broken off starts again
    told = (event for event in tape.session.events if event.text or event.name in BELLS)
    before = [event for event in told if tape.frame(event.start) < cut.place]
    if not before:
        return cut
    last = before[-1]
    if last.name in BELLS:
        return say(cut, tape.aside(name_of(last.name)))
    return say(cut, (tape.piece(Span(last.start, Milliseconds(last.start + last.duration))),))


def tell_place(score: Score) -> Score:
    """Return the score that says where it is, what is left here and in all, and what comes next."""
    if not score.is_under_way:
        return score
    tape, segment = score.tape, score.segment
    cut = break_off(score)
    keys = [f"here.{segment.stop}"] if segment.stop else []
    here = tape.time(_frames_left_here(cut))
    if segment.stop:
        keys.append(tell_left(here))
    keys.append(tell_all_left(tape.time(cut.frames_left)))
    following = _next_chapter(cut)
    if following is not None:
        keys.append(_called(tape, following))
    return say(cut, tape.aside(*keys))


def go_forth(score: Score) -> Score:
    """Return the score that goes on with the next stop; what is pressed is let go first, ice comes off."""
    if score.left is not None:
        return resume(score)
    if not score.is_under_way:
        return score
    tape = score.tape
    needed = _needed_first(score)
    if needed is not None:
        return needed
    cut = break_off(score)
    moving = _next_move(score)
    if moving is not None:
        # Nobody is taken to lie who has not been told to.
        return replace(jump(cut, max(cut.place, tape.frame(moving.start))), is_paused=False)
    following = _next_chapter(score)
    if following is None:
        return say(cut, tape.aside("last"))
    return _leave_for(score, tape.frame(tape.session.chapters[following].start))


def go_back(score: Score) -> Score:
    """Return the score from the start of this stop; from there, of the one before, in the same pose."""
    if not score.is_under_way or score.segment.action in ICE:
        return score
    tape = score.tape
    if score.left is not None:
        return replace(_leave_for(score, _landing(score, score.left)), left=None)
    here = score.segment.chapter
    begun = tape.time(score.place - _landing(score, here))
    target = here
    if begun < _BACK_TWICE:
        target = here - 1
        if target < 0 or not _same_pose(tape, target, here):
            return say(_leave_for(score, _landing(score, here)), tape.aside("first"))
    return _leave_for(score, _landing(score, target))


def too_much(score: Score) -> Score:
    """Return the score that lets go at once, then waits; it goes on without this point, on either side.

    Where nothing is pressed or iced it is a pause.
    """
    if not score.is_under_way:
        return pause(score)
    tape = score.tape
    cut = break_off(score)
    if score.left is not None:
        return replace(cut, detour=(*cut.detour, *tape.aside("waiting")), is_paused=True)
    release = _way_out(cut)
    if not release:
        # Nothing is pressed, or it is being let go already.
        return replace(say(cut, tape.aside("too_much") if cut.detour else ()), is_paused=True)
    here = cut.segment
    following = here.chapter + 1
    chapters = tape.session.chapters
    goal = tape.frame(chapters[following].start) if following < len(chapters) else tape.end
    pieces = (*tape.aside("too_much"), *cut.detour, *release, *tape.aside("waiting"))
    left = (
        here.chapter
        if any(one.action in DOSED and one.chapter == here.chapter for one in tape.session.segments)
        else None
    )
    return replace(jump(cut, goal), detour=pieces, is_paused=True, left=left)


def end(score: Score) -> Score:
    """Return the score with a gentle end instead of the rest: the release, the ice off, the way up."""
    if score.is_over:
        return score
    tape = score.tape
    spans = ending(tape.session, tape.time(score.place), tape.ways_up)
    pieces = [tape.piece(span) for span in spans]
    if spans and spans[0].start == tape.time(score.place):
        # It goes on where it is, even in the middle of a word or a millisecond.
        pieces[0] = Piece(score.place, pieces[0].end)
    owed = break_off(score).detour
    ended = replace(score, pieces=tuple(pieces), index=0, detour=owed, is_paused=False, is_ending=True)
    return standing(ended, 0)


def ask_to_end(score: Score) -> Score:
    """Return the score that says what ends it, and goes on where it was."""
    return (
        score if score.is_waiting or score.is_over else say(break_off(score), score.tape.aside("end_again"))
    )


def stop(score: Score) -> Score:
    """Return the score with nothing left."""
    return replace(score, pieces=(), index=0, detour=(), is_paused=False, is_ending=True)


def _way_out(score: Score) -> tuple[Piece, ...]:
    """Return how what is done now is left: the release, or the ice taken off."""
    tape = score.tape
    spans = way_out(tape.session, tape.time(score.place))
    pieces = [tape.piece(span)._replace(is_owed=True) for span in spans]
    if spans and spans[0].start == tape.time(score.place):
        pieces[0] = pieces[0]._replace(start=score.place)
    return tuple(pieces)


def _without_points(score: Score, segment: Segment) -> Score:
    """Return the score without what is still to come of the same points, if the body lies as it does now."""
    tape = score.tape
    chapters = tape.session.chapters
    for index in range(segment.chapter + 1, len(chapters)):
        inside = [one for one in tape.session.segments if one.chapter == index]
        same = any(one.points == segment.points and one.points for one in inside)
        if not same or {one.pose for one in inside} != {segment.pose}:
            continue
        end = inside[-1].start + inside[-1].duration
        before = tape.session.segments[tape.session.segments.index(inside[0]) - 1]
        score = without(score, before, "then.")
        score = cut_out(score, Piece(tape.frame(inside[0].start), tape.frame(end)))
    return score


def _leave_for(score: Score, frame: int) -> Score:
    """Return the score that leaves what is done now as it has to be left, then goes on at a frame."""
    cut = break_off(score)
    owed = (*cut.detour, *(_way_out(score) if not score.detour else _way_out(cut)))
    return replace(jump(cut, frame), detour=owed, is_paused=False)


def _frames_left_here(score: Score) -> int:
    """Return how many frames are left of this dose, or, if it is none, of this stop."""
    tape, segment = score.tape, score.segment
    if segment.action in {*DOSED, "ice"}:
        return score.frames_to(tape.frame(segment.start + segment.duration))
    return score.frames_to(tape.end_of_chapter(segment.chapter))


def _last(score: Score, action: str, segment: Segment) -> tuple[Piece, ...]:
    """Return the last segment with an action at the same stop, before this one."""
    tape = score.tape
    found = [
        one
        for one in tape.session.segments
        if one.stop == segment.stop and one.action == action and one.start < segment.start
    ]
    return tuple(tape.piece(Span(one.start, Milliseconds(one.start + one.duration))) for one in found[-1:])


def _next_chapter(score: Score) -> int | None:
    """Return the index of the next chapter that is still to be heard, or None."""
    tape = score.tape
    for index, chapter in enumerate(tape.session.chapters):
        start = tape.frame(chapter.start)
        if start > score.place and any(piece.start <= start < piece.end for piece in score.pieces):
            return index
    return None


def _needed_first(score: Score) -> Score | None:
    """Return the score at what must still be heard before anything is pressed; None if all of it was."""
    tape = score.tape
    cut = break_off(score)
    needed = [
        tape.frame(event.start)
        for event in tape.session.events
        if event.required and event.text and tape.frame(event.start) >= cut.place
    ]
    if score.segment.chapter or not needed or tape.segment_index(needed[0]) >= _first_of(tape, 1):
        return None
    sounding = None if score.detour or score.is_paused else tape.event_at(score.at)
    if sounding is not None and sounding.required:
        return score  # it goes on being heard; to begin it again would take longer
    return replace(jump(cut, needed[0]), is_paused=False)


def _next_move(score: Score) -> Segment | None:
    """Return what is left of this chapter's way into another pose: the segment that leads there, or None."""
    segments = score.tape.session.segments
    index = score.tape.segment_index(score.place)
    for number in range(max(index, 1), len(segments)):
        if segments[number].chapter != segments[index].chapter:
            return None
        if segments[number].pose != segments[number - 1].pose:
            return segments[number]
    return None


def _landing(score: Score, chapter: int) -> int:
    """Return the frame at which a chapter is begun again: behind the way into the pose that is held now."""
    tape, here = score.tape, score.segment
    segments = tape.session.segments
    if score.left is not None:
        here = next(one for one in reversed(segments) if one.chapter == score.left)
    for number, one in enumerate(segments):
        is_there = one.pose == here.pose and (not number or segments[number - 1].pose == one.pose)
        if one.chapter == chapter and (is_there or one is here):
            return tape.frame(one.start)
    return tape.frame(tape.session.chapters[chapter].start)


def _first_of(tape: Tape, chapter: int) -> int:
    """Return the index of the first segment of a chapter, or the number of segments if there is none."""
    found = (index for index, one in enumerate(tape.session.segments) if one.chapter == chapter)
    return next(found, len(tape.session.segments))


def _called(tape: Tape, chapter: int) -> str:
    """Return the key of the aside that names a chapter as the next one."""
    stop = tape.session.chapters[chapter].stop
    if stop:
        return f"next.{stop}"
    inside = [one for one in tape.session.segments if one.chapter == chapter]
    if any(one.action == "ice" for one in inside):
        return "next.ice"
    return "next.rest" if any(one.action == "rest" for one in inside) else "next.end"


def _same_pose(tape: Tape, chapter: int, other: int) -> bool:
    """Return True if the body lies or sits in two chapters in the same way, all through."""
    poses = {one.pose for one in tape.session.segments if one.chapter in {chapter, other}}
    return len(poses) == 1 and tape.session.chapters[chapter].stop is not None
