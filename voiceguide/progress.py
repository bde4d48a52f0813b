"""Entries + planned dates + today -> Progress: what was done, what was planned, and the pain told. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from voiceguide.entry import Entry

KEPT, MISSED, OPEN = "kept", "missed", "open"
"""What became of a planned date; `open` while it can still be kept."""
GRACE = timedelta(days=1)
"""A planned date is kept by a session on that day or the day after: the next one is two days away (S13)."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day on which something was done."""

    date: date
    """By the clock where the person was."""
    sessions: tuple[Entry, ...]
    """In the order in which they began; at least one."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A session that was planned."""

    at: datetime
    """When, with its time zone."""
    state: str
    """`KEPT`, `MISSED` or `OPEN`."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What was done, against what was planned."""

    days: tuple[Day, ...]
    """In order; days without a session are left out."""
    planned: tuple[Planned, ...]
    """In order."""

    @property
    def sessions(self) -> tuple[Entry, ...]:
        """Every session, in the order in which they began: whoever travels may be a day ahead of it."""
        return tuple(sorted((one for day in self.days for one in day.sessions), key=_in_order))

    def dates(self, state: str) -> tuple[date, ...]:
        """Return the days that were planned and became of that state."""
        return tuple(one.at.date() for one in self.planned if one.state == state)


def _in_order(entry: Entry) -> tuple[datetime, int]:
    return entry.began, entry.id


def make_progress(entries: Iterable[Entry], planned: Iterable[datetime], today: date) -> Progress:
    """Return the progress of a person up to today.

    A session counts for one planned date at most, and counts whether whole or in part. What matters is the
    day as the clock showed it, where the person was and where the plan was made: so no change of the clock
    or of the time zone makes a session late.
    """
    by_day: dict[date, list[Entry]] = {}
    for entry in sorted(entries, key=_in_order):
        by_day.setdefault(entry.began.date(), []).append(entry)
    days = tuple(Day(when, tuple(by_day[when])) for when in sorted(by_day))
    free = [day.date for day in days for _ in day.sessions]
    states = []
    for at in sorted(planned):
        wanted = at.date()
        kept_on = next((when for when in free if wanted <= when <= wanted + GRACE), None)
        if kept_on is not None:
            free.remove(kept_on)
            states.append(Planned(at, KEPT))
        else:
            states.append(Planned(at, OPEN if today <= wanted + GRACE else MISSED))
    return Progress(days, tuple(states))
