"""Cues inside a hold, placed by rule: what is said, when, and what gives way when there is no room.

Words inside a hold never change its length. By priority: the last three digits, the
coming release, the minutes left, thirty seconds, halfway, then a quiet word in every long quiet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from voiceguide.scheduler.cue import Cue, Sounding, Words
from voiceguide.units import MINUTE, SECOND, Milliseconds

Measure = Callable[[str], Milliseconds]
"""Spoken text -> how long it sounds, in milliseconds."""

FIRST_WORD = 8 * SECOND
"""Nothing is said sooner: the hand is still settling."""
AIR = SECOND // 2
"""Between any two cues but the digits."""
LONG_QUIET = 30 * SECOND
"""Beyond it a person wonders whether it still runs."""
DIGITS_FROM = 20 * SECOND
"""Shorter holds are not counted down."""
NEXT_AT = 12 * SECOND
"""Before the end: long enough to hear it and get ready, short enough to remember."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A cue with its place in a hold."""

    start: Milliseconds
    """From the start of the hold."""
    duration: Milliseconds
    """How long it sounds."""
    cue: Cue
    """What is said."""

    @property
    def end(self) -> Milliseconds:
        """Where its sound ends, from the start of the hold."""
        return Milliseconds(self.start + self.duration)


def place_in_hold(
    dose: Milliseconds, words: Words, sounding: Sounding
) -> tuple[tuple[Placed, ...], tuple[Cue, ...]]:
    """Return the cues of one dose in order of start, and the cues that found no room."""
    placed = _digits(dose, words, sounding)
    dropped = [] if placed or dose < DIGITS_FROM else list(words["digits"])
    for at, cue in _marks(dose, words):
        wanted = Placed(Milliseconds(at), sounding(cue), cue)
        if _fits(wanted, placed, dose):
            placed.append(wanted)
        else:
            dropped.append(cue)
    dropped.extend(_fill_quiets(dose, words, sounding, placed))
    return tuple(sorted(placed, key=lambda one: one.start)), tuple(dropped)


def place_in_massage(
    time: Milliseconds, words: Words, sounding: Sounding
) -> tuple[tuple[Placed, ...], tuple[Cue, ...]]:
    """Return the cues of a massage in order of start, and the cues that found no room.

    Nothing is released at its end, so nothing is counted down: it is said what comes next.
    """
    said = {**words, "digits": (), "next": words["after_massage"], "reassure": words["massage"]}
    return place_in_hold(time, said, sounding)


def place_in_middle(dose: Milliseconds, cue: Cue, sounding: Sounding) -> Placed | None:
    """Return a short word centred in a repeated hold, or None if the hold is too short for it."""
    length = sounding(cue)
    if length + 2 * AIR > dose:
        return None
    return Placed(Milliseconds((dose - length) // 2), length, cue)


def _digits(dose: Milliseconds, words: Words, sounding: Sounding) -> list[Placed]:
    digits = words["digits"]
    lengths = [sounding(cue) for cue in digits]
    if dose < DIGITS_FROM or max(lengths, default=0) > SECOND:
        return []
    starts = range(dose - len(digits) * SECOND, dose, SECOND)
    return [
        Placed(Milliseconds(at), length, cue) for at, length, cue in zip(starts, lengths, digits, strict=True)
    ]


def _marks(dose: Milliseconds, words: Words) -> Iterator[tuple[int, Cue]]:
    """Yield every mark of a dose and where it starts, the most important first."""
    if dose >= DIGITS_FROM:
        yield from ((dose - NEXT_AT, cue) for cue in words["next"])
    halfway = dose // 2
    marks = [
        (dose - minutes * MINUTE, cue)
        for minutes, cue in enumerate(words["minutes_left"], start=1)
        if dose >= minutes * MINUTE + 45 * SECOND
    ]
    if dose >= 75 * SECOND:
        marks.extend((dose - 30 * SECOND, cue) for cue in words["thirty"])
    if dose == 2 * MINUTE:
        marks = [
            (at, next(iter(words["halfway_one_minute"]), cue) if at == halfway else cue) for at, cue in marks
        ]
    yield from marks
    if dose >= 45 * SECOND and all(abs(at - halfway) > 10 * SECOND for at, _ in marks):
        yield from ((halfway, cue) for cue in words["halfway"])


def _fits(wanted: Placed, placed: list[Placed], dose: Milliseconds) -> bool:
    if wanted.start < FIRST_WORD or wanted.end + AIR > dose:
        return False
    return all(wanted.end + AIR <= other.start or other.end + AIR <= wanted.start for other in placed)


def _fill_quiets(dose: Milliseconds, words: Words, sounding: Sounding, placed: list[Placed]) -> list[Cue]:
    """Put a quiet word into the middle of every long quiet; return those that did not fit."""
    unsaid = list(words["reassure"])
    while unsaid:
        edges = sorted([(0, 0), *((one.start, one.end) for one in placed), (dose, dose)])
        quiets = [(after[0] - before[1], before[1]) for before, after in pairwise(edges)]
        length, begin = next(((length, begin) for length, begin in quiets if length > LONG_QUIET), (0, 0))
        if not length:
            return []
        cue = unsaid.pop(0)
        lasts = sounding(cue)
        wanted = Placed(Milliseconds(begin + (length - lasts) // 2), lasts, cue)
        if not _fits(wanted, placed, dose):
            return [cue]
        placed.append(wanted)
    return []
