"""What can be said of the sessions in the journal after six of them, or two weeks. Pure.

Pairs of numbers, counted: six prove too little for more, and no more is made of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from voiceguide.entry import Entry, day_means_stop
from voiceguide.entry_text import tell_pair
from voiceguide.leaflet import Leaflet

SESSIONS, TIME = 6, timedelta(weeks=2)
"""After which of the two a look back is due: three sessions a week for two weeks (S13)."""
_LISTED = 12
"""Pairs that are listed at most, the last ones."""


def review(entries: Sequence[Entry], today: date, leaflet: Leaflet) -> list[str]:
    """Return the lines of a look back at sessions, the oldest of which comes first.

    Before it is due a line says how much is to come; without a session there is none.
    """
    if not entries:
        return []
    words, since = leaflet.journal, today - entries[0].began.date()
    if len(entries) < SESSIONS and since < TIME:
        to_come = {"sessions": SESSIONS - len(entries), "days": min(TIME - since, TIME).days}
        return [words["to_come"].format(**to_come), *_stop_days(entries, leaflet)]
    partial = sum(not entry.is_whole for entry in entries)
    first = leaflet.day(entries[0].began)
    counted = words["counted"].format(sessions=len(entries), first=first, partial=partial)
    return [counted, *_pairs(entries, leaflet), *_verdict(entries, leaflet), *_stop_days(entries, leaflet)]


def _pairs(entries: Sequence[Entry], leaflet: Leaflet) -> Iterator[str]:
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
    changes = [
        entry.pain_after - entry.pain_before
        for entry in told
        if entry.pain_before is not None and entry.pain_after is not None
    ]
    if changes:
        less, more = sum(one < 0 for one in changes), sum(one > 0 for one in changes)
        yield words["how_often"].format(less=less, same=changes.count(0), more=more)


def _verdict(entries: Sequence[Entry], leaflet: Leaflet) -> Iterator[str]:
    words = leaflet.journal
    before = [one.pain_before for one in entries if one.pain_before is not None]
    if len(before) > 1:
        yield words["first_last"].format(first=before[0], last=before[-1])
    yield words["proves_little"].format(number=len(entries))
    yield words["varies"]
    if len(before) < 2:
        yield words["unknown"]
    else:
        yield words["lower" if before[-1] < before[0] else "no_lower"]
    may_be_better = len(before) < 2 or before[-1] < before[0]
    if may_be_better and not day_means_stop(_days(entries)[entries[-1].began.date()]):
        yield words["go_on"]
    yield words["ask_somebody"]


def _stop_days(entries: Sequence[Entry], leaflet: Leaflet) -> Iterator[str]:
    days = [leaflet.day(when) for when, sessions in _days(entries).items() if day_means_stop(sessions)]
    if days:
        yield leaflet.journal["stop_days"].format(days=", ".join(days))


def _days(entries: Sequence[Entry]) -> dict[date, list[Entry]]:
    days: dict[date, list[Entry]] = {}
    for entry in entries:
        days.setdefault(entry.began.date(), []).append(entry)
    return days
