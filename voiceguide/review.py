"""What can be said of the sessions in the journal after six of them, or two weeks. Pure.

Pairs of numbers, counted: six prove too little for more, and no more is made of them. Any of them may be
missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from voiceguide.entry import MUCH_MORE, Entry, stops
from voiceguide.entry_text import tell_pair
from voiceguide.leaflet import Leaflet

SESSIONS, TIME = 6, timedelta(weeks=2)
"""After which of the two a look back is due: three sessions a week for two weeks (S13)."""
_LISTED = 12
"""Pairs that are listed at most, the last ones."""
_NAMED = 3
"""Days that meant stop and are named at most, the last ones."""


def review(entries: Sequence[Entry], today: date, leaflet: Leaflet) -> list[str]:
    """Return the lines of a look back at sessions, the oldest of which comes first.

    Before it is due a line says how much is to come; without a session there is none. What meant stop is
    said first, due or not.
    """
    if not entries:
        return []
    stopped, since = _stop_days(entries), today - entries[0].began.date()
    stop = _tell_stop(stopped, leaflet)
    if len(entries) < SESSIONS and since < TIME:
        return [*stop, _tell_to_come(SESSIONS - len(entries), min(TIME - since, TIME).days, leaflet)]
    counted = leaflet.journal["counted"].format(
        first=leaflet.day(entries[0].began),
        sessions=len(entries),
        partial=sum(not entry.is_whole for entry in entries),
        without=sum(not entry.is_numbered for entry in entries),
    )
    numbers = _compare(entries)
    pairs = _tell_pairs(entries, numbers, leaflet)
    return [*stop, counted, *pairs, *_tell_change(numbers, leaflet), *_advise(numbers, leaflet, stopped)]


@dataclass(frozen=True, slots=True)
class _Numbers:
    """What the numbers that were given say, and what they leave open."""

    count: int
    """Sessions with a number."""
    changes: tuple[int, ...]
    """By how much pain went up over each session with both."""
    compared: tuple[tuple[Entry, int], ...]
    """The first and the last number of one kind; empty where there are no two of a kind."""
    is_before: bool
    """True if these are of pain before a session."""
    rise: tuple[tuple[Entry, int], ...]
    """The last number before a session and a later one after a session that is much higher; else empty."""
    is_above_first: bool
    """True if that one is much higher than the first number before a session, too."""
    later: int
    """Sessions without a number after the last one with a number."""

    @property
    def change(self) -> int | None:
        """By how much the last of the two that are compared is higher; None if there are no two."""
        return self.compared[1][1] - self.compared[0][1] if self.compared else None

    @property
    def is_mostly_more(self) -> bool:
        """True if it hurt more after most sessions; of one alone that is not said."""
        more = sum(one > 0 for one in self.changes)
        return more > 1 and 2 * more > len(self.changes)

    @property
    def is_worse(self) -> bool:
        """True if it hurts more than at the start, or does so after most sessions."""
        return (self.change or 0) > 0 or self.is_above_first or self.is_mostly_more


def _compare(entries: Sequence[Entry]) -> _Numbers:
    before = [(at, one.pain_before) for at, one in enumerate(entries) if one.pain_before is not None]
    after = [(at, one.pain_after) for at, one in enumerate(entries) if one.pain_after is not None]
    told = before if len(before) > 1 else after
    # Pain often comes back between two sessions: only one after a session is held against one before it.
    rise = [before[-1], after[-1]] if before and after else []
    if rise and not (rise[1][0] >= rise[0][0] and rise[1][1] - rise[0][1] >= MUCH_MORE):
        rise = []
    return _Numbers(
        count=sum(one.is_numbered for one in entries),
        changes=tuple(
            one.pain_after - one.pain_before
            for one in entries
            if one.pain_before is not None and one.pain_after is not None
        ),
        compared=tuple((entries[at], pain) for at, pain in (told[0], told[-1])) if len(told) > 1 else (),
        is_before=told is before,
        rise=tuple((entries[at], pain) for at, pain in rise),
        is_above_first=bool(rise) and rise[1][1] - before[0][1] >= MUCH_MORE,
        later=len(entries) - 1 - max((at for at, _ in (*before, *after)), default=-1),
    )


def _tell_to_come(sessions: int, days: int, leaflet: Leaflet) -> str:
    words = leaflet.journal
    return words["to_come"].format(
        sessions=words["after_one" if sessions == 1 else "after_more"].format(number=sessions),
        days=words["in_a_day" if days == 1 else "in_days"].format(number=days),
    )


def _tell_stop(days: Sequence[date], leaflet: Leaflet) -> Iterator[str]:
    if days:
        words, named = leaflet.journal, ", ".join(map(leaflet.day, days[-_NAMED:]))
        yield words["stop_advice"]
        yield words["stop_days" if len(days) <= _NAMED else "many_stop_days"].format(
            days=named, number=len(days)
        )


def _tell_pairs(entries: Sequence[Entry], numbers: _Numbers, leaflet: Leaflet) -> Iterator[str]:
    words = leaflet.journal
    told = [one for one in entries if one.is_numbered]
    if not told:
        return
    yield words["pairs"]
    if len(told) > _LISTED:
        yield words["pairs_left_out"].format(number=len(told) - _LISTED)
    for entry in told[-_LISTED:]:
        note = "" if entry.is_whole else f" ({words['partial']})"
        yield f"  {leaflet.day(entry.began)}: {tell_pair(entry, leaflet)}{note}"
    changes = numbers.changes
    if changes:
        less, more = sum(one < 0 for one in changes), sum(one > 0 for one in changes)
        yield words["how_often"].format(less=less, same=changes.count(0), more=more)


def _tell_change(numbers: _Numbers, leaflet: Leaflet) -> Iterator[str]:
    words, change = leaflet.journal, numbers.change
    if change is not None:
        line = "first_last_before" if numbers.is_before else "first_last_after"
        yield _tell_two(line, numbers.compared, leaflet)
        yield words["lower" if change < 0 else "higher" if change else "same"]
    elif not numbers.rise:
        yield words["unknown"]
    if numbers.rise:
        yield _tell_two("rise", numbers.rise, leaflet)
    if change is not None and numbers.later:
        yield words["later_unknown"].format(number=numbers.later)
    if numbers.is_mostly_more:
        yield words["mostly_more"]


def _tell_two(line: str, two: Sequence[tuple[Entry, int]], leaflet: Leaflet) -> str:
    (first, pain), (last, pain_then) = two
    tell = leaflet.day if first.began.date() != last.began.date() else leaflet.moment
    return leaflet.journal[line].format(
        first=pain, first_day=tell(first.began), last=pain_then, last_day=tell(last.began)
    )


def _advise(numbers: _Numbers, leaflet: Leaflet, stopped: Sequence[date]) -> Iterator[str]:
    words, change = leaflet.journal, numbers.change
    if numbers.count:
        yield words["one_proves_little" if numbers.count == 1 else "proves_little"].format(
            number=numbers.count
        )
    yield words["varies"]
    if numbers.is_worse:
        yield words["stop_these"]
        return
    may_be_better = change is None or (change < 0 and not numbers.later)
    if may_be_better and not numbers.rise and not stopped:
        yield words["go_on"]
    yield words["ask_somebody"]


def _stop_days(entries: Sequence[Entry]) -> list[date]:
    return list(dict.fromkeys(one.began.date() for one in stops(entries)))
