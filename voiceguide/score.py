"""Score: what is still to be heard, as pieces of one tape; and what each key makes of it. Pure.

The tape is the session's timeline with everything behind its end that a key may call for: the ways up, the
asides, and a stretch of silence. A key never changes the tape. It changes the order in which pieces of it
are heard: a *detour* first (an aside, a release, a press), then the session from where it stands. So what
is heard is a function of the session and of the frame at which each key was pressed, and nothing else.

All numbers are frames of the tape, unless they say otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from voiceguide.scheduler.timeline import Segment
from voiceguide.tape import Piece, Tape

DOSED = frozenset({"hold", "roll", "massage"})
"""Actions that have a dose."""
ICE = frozenset({"ice_on", "ice", "ice_off"})
"""Actions while ice is on, or may be."""


class Stay(NamedTuple):
    """A place at which the session does not go on by itself: at an alarm, or where it waits for a person."""

    goes_on_at: int
    """The frame from which it goes on after a key."""
    loop: tuple[Piece, ...]
    """What is heard meanwhile, again and again."""
    limit: int | None
    """How many frames it stays at most, in whole loops; None if only a key ends it."""


@dataclass(frozen=True, slots=True)
class Score:
    """What is still to be heard."""

    tape: Tape
    """Where the pieces are cut from."""
    pieces: tuple[Piece, ...]
    """The session from its start to its end, as keys have changed it."""
    stays: Mapping[int, Stay] = field(default_factory=dict)
    """By the frame at which each begins; none for a session that nobody could answer."""
    index: int = 0
    """The piece at which the session stands; the number of pieces once it is over."""
    at: int = 0
    """The frame at which it stands."""
    detour: tuple[Piece, ...] = ()
    """What is heard before it goes on; the first piece from its start on."""
    is_paused: bool = False
    """True if the session does not go on after the detour."""
    is_ending: bool = False
    """True once it was asked to end."""
    staying: Stay | None = None
    """Where it stays until a key is pressed; None while it goes on."""
    stayed: int = 0
    """Frames of whole loops that it has stayed there for."""
    left: int | None = None
    """The index of the chapter that was too much, while it is not settled whether it is tried again."""

    @property
    def is_over(self) -> bool:
        """True if nothing is left to be heard."""
        return not self.detour and self.index >= len(self.pieces)

    @property
    def is_waiting(self) -> bool:
        """True before the session has begun, while something else is heard or awaited."""
        return not self.index and not self.at and (self.is_paused or bool(self.detour))

    @property
    def is_under_way(self) -> bool:
        """True once the session has begun, and until it is over or asked to end."""
        return not (self.is_waiting or self.is_ending or self.is_over)

    @property
    def is_alarm(self) -> bool:
        """True while ice is called off to somebody who can answer."""
        if not self.stays or not self.is_under_way:
            return False
        segment = self.segment if self.staying is None else self.before
        return segment.action == "ice_off"

    @property
    def now(self) -> int:
        """The frame that is heard next, or in a pause would be; that of the end if there is none."""
        if self.detour:
            return self.detour[0].start
        return self.at if self.index < len(self.pieces) else self.tape.end

    @property
    def place(self) -> int:
        """The frame of the session at which it stands, also while a silence is heard that was put in."""
        if self.index >= len(self.pieces):
            return self.tape.end
        if self.at < self.tape.end:
            return self.at
        before = [piece.end for piece in self.pieces[: self.index] if piece.end <= self.tape.end]
        return before[-1] if before else 0

    @property
    def segment(self) -> Segment:
        """The segment at which the session stands."""
        return self.tape.session.segments[self.tape.segment_index(self.place)]

    @property
    def before(self) -> Segment:
        """The segment of the session that was heard last."""
        return self.tape.session.segments[self.tape.segment_index(max(self.place - 1, 0))]

    @property
    def frames_left(self) -> int:
        """How many frames of the session are left, detours apart."""
        return sum(piece.end - piece.start for piece in self.rest)

    @property
    def frames_to_end(self) -> int | None:
        """How many frames are left, detours and all; None in a pause or a stay, which only a key ends."""
        if self.is_paused or self.staying is not None:
            return None
        return sum(piece.end - piece.start for piece in self.detour) + self.frames_left

    def frames_to(self, frame: int) -> int:
        """Return how many frames are heard before one of the session, with what was put in before it."""
        left = 0
        for piece in self.rest:
            is_put_in = piece.end > self.tape.end
            left += (piece.end if is_put_in else max(min(piece.end, frame), piece.start)) - piece.start
            if not is_put_in and piece.end >= frame:
                break
        return left

    @property
    def rest(self) -> tuple[Piece, ...]:
        """What is still to be heard of the session, detours apart."""
        if self.index >= len(self.pieces):
            return ()
        return Piece(self.at, self.pieces[self.index].end), *self.pieces[self.index + 1 :]


def start(tape: Tape, stays: Mapping[int, Stay] = {}) -> Score:
    """Return the score of a session from its start."""
    return Score(tape, (Piece(0, tape.end),), stays)


def advance(score: Score, frames: int) -> tuple[tuple[Piece, ...], Score]:
    """Return the pieces that are heard next, `frames` in all or fewer, and what is left after them.

    Fewer come at the end, and in a pause once the detour has been heard.
    """
    heard: list[Piece] = []
    while frames and not score.is_over:
        if score.staying is not None and not score.detour and not score.is_paused:
            score = _stay_on(score, score.staying)
            continue
        if score.is_paused and not score.detour:
            if score.segment.action != "ice" or score.is_waiting:
                break
            # Ice goes on in a pause: its time runs in silence, and when it is over the pause is, too.
            segment = score.segment
            until = score.tape.frame(segment.start + segment.duration)
            count = min(frames, until - score.place)
            heard.extend(score.tape.quiet(count))
            frames -= count
            score = replace(jump(score, score.place + count), is_paused=score.place + count < until)
            continue
        piece = score.detour[0] if score.detour else _up_to_a_stay(score)
        count = min(frames, piece.end - piece.start)
        frames -= count
        heard.append(Piece(piece.start, piece.start + count))
        rest = piece._replace(start=piece.start + count)
        is_done = rest.start == rest.end
        if score.detour:
            score = replace(score, detour=score.detour[1:] if is_done else (rest, *score.detour[1:]))
        else:
            stay = score.stays.get(rest.start) if is_done else None
            is_done = is_done and rest.start == score.pieces[score.index].end
            score = standing(score, score.index + 1) if is_done else replace(score, at=rest.start)
            score = replace(score, staying=stay)
    return tuple(heard), score


def _up_to_a_stay(score: Score) -> Piece:
    """Return what is left of the piece at which the session stands, or of it up to the next stay."""
    end = score.pieces[score.index].end
    return Piece(score.at, min([end, *(one for one in score.stays if score.at < one < end)]))


def _stay_on(score: Score, stay: Stay) -> Score:
    """Return the score in the next loop of a stay, or going on where no other one fits into its limit."""
    stayed = score.stayed + sum(piece.end - piece.start for piece in stay.loop)
    if stay.limit is not None and stayed > stay.limit:
        return jump(score, stay.goes_on_at)
    return replace(score, detour=stay.loop, stayed=stayed)


def break_off(score: Score) -> Score:
    """Return the score without its detour but for what is owed, at the start of the event that sounds now."""
    owed = tuple(piece for piece in score.detour if piece.is_owed)
    if owed and owed[0] is score.detour[0]:
        event = score.tape.event_at(owed[0].start)
        if event is not None:
            owed = (owed[0]._replace(start=score.tape.frame(event.start)), *owed[1:])
    if score.staying is not None:
        # What it stays for begins anew: the time that was told is not counted from before the question.
        return replace(score, detour=owed, stayed=0)
    if score.detour or score.index >= len(score.pieces):
        return replace(score, detour=owed)
    event = score.tape.event_at(score.at)
    piece = score.pieces[score.index]
    return score if event is None else replace(score, at=max(score.tape.frame(event.start), piece.start))


def cut_out(score: Score, old: Piece) -> Score:
    """Return the score without a stretch of the session and what was put into it; it must lie ahead."""
    pieces: list[Piece] = []
    inside = False
    for piece in score.pieces:
        if piece.end <= score.tape.end:
            inside = old.start < piece.end < old.end or (inside and piece.end <= old.start)
            parts = Piece(piece.start, min(piece.end, old.start)), Piece(max(piece.start, old.end), piece.end)
            pieces.extend(part for part in parts if part.start < part.end)
        elif not inside:
            pieces.append(piece)
    # Where it stood may be gone: it then stands at what comes next.
    return jump(replace(score, pieces=tuple(pieces)), score.place)


def say(score: Score, pieces: tuple[Piece, ...]) -> Score:
    """Return the score with something said before all else."""
    return replace(score, detour=(*pieces, *score.detour))


def standing(score: Score, index: int) -> Score:
    """Return the score standing at the start of a piece, or over if there is none."""
    at = score.pieces[index].start if index < len(score.pieces) else score.tape.end
    return replace(score, index=index, at=at, staying=None, stayed=0)


def jump(score: Score, frame: int) -> Score:
    """Return the score standing at a frame of the session."""
    index = next(
        (
            number
            for number, piece in enumerate(score.pieces)
            if piece.end <= score.tape.end and piece.end > frame
        ),
        len(score.pieces),
    )
    if index == len(score.pieces):
        return standing(score, index)
    at = max(score.pieces[index].start, frame)
    return replace(score, index=index, at=at, staying=None, stayed=0)


def insert(score: Score, frame: int, frames: int) -> Score:
    """Return the score with so much silence put in at a frame of the session, or after the event there."""
    event = score.tape.event_at(frame)
    if event is not None and score.tape.frame(event.start) < frame:
        frame = score.tape.frame(event.start + event.duration)
    return put_in_place_of(score, Piece(frame, frame), score.tape.quiet(frames))


def put_in_place_of(score: Score, old: Piece, new: tuple[Piece, ...]) -> Score:
    """Return the score with other pieces where a stretch of the session would be heard; it must be ahead."""
    pieces: list[Piece] = []
    done = False
    index, at = score.index, score.at
    for number, piece in enumerate(score.pieces):
        is_here = not done and piece.end <= score.tape.end and piece.start <= old.start < piece.end
        if not is_here:
            pieces.append(piece)
            continue
        done = True
        before = Piece(piece.start, old.start)
        after = Piece(old.end, piece.end)
        added = [one for one in (before, *new, after) if one.start < one.end]
        if number == score.index and score.at >= old.start:
            # It stands at the very place: what is put in is heard first.
            index = len(pieces) + (1 if before.start < before.end else 0)
            at = added[1 if before.start < before.end else 0].start
        elif number < score.index:
            index += len(added) - 1
        pieces.extend(added)
    return replace(score, pieces=tuple(pieces), index=index, at=at)


def without(score: Score, segment: Segment, name: str) -> Score:
    """Return the score with silence for what a segment has still to say under a name."""
    tape = score.tape
    for event in tape.session.events:
        is_inside = segment.start <= event.start < segment.start + segment.duration
        ahead = tape.frame(event.start) >= score.place
        if is_inside and ahead and (event.name.startswith(name) or event.name.endswith(name)):
            piece = Piece(tape.frame(event.start), tape.frame(event.start + event.duration))
            score = put_in_place_of(score, piece, tape.quiet(piece.end - piece.start))
    return score


def stops_of(score: Score) -> Iterator[str]:
    """Yield the stops whose last dose lies before the place where the session stands, in order."""
    tape = score.tape
    ends: dict[str, int] = {}
    for one in tape.session.segments:
        if one.stop and one.action in {*DOSED, "ice"}:
            ends[one.stop] = one.start + one.duration
    yield from (stop for stop, until in ends.items() if tape.frame(until) <= score.place)
