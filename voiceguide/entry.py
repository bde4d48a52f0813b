"""Entry: one session in a person's journal, and what follows from its numbers alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from voiceguide.units import Milliseconds

LEAST_PAIN, MOST_PAIN = 0, 10
"""Pain as a number: none, and the worst there is."""
MUCH_MORE = 2
"""X18: pain that went up by so many of ten means stop for today."""
SOON = timedelta(hours=6)
"""After a session late in the evening it is still the same day for the back."""
A_DAY_AT_MOST = timedelta(days=3)
"""Sessions that began longer ago are of another day, whatever the time zones they began in."""
AHEAD = timedelta(hours=1)
"""By how much a clock may have been put back since a session; one further ahead never was."""
LONGEST_NOTE = 10_000
"""Characters: some four pages."""
SIDES = ("left", "right", "both", "unsure")
"""Which side hurt; not knowing is an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One session that was done, whole or in part."""

    id: int
    """Its number in the journal, from 1."""
    began: datetime
    """When it began, with its time zone."""
    routine: str
    """What was played, as it is called on the command line."""
    length: Milliseconds
    """Milliseconds that it was to take."""
    stops: tuple[str, ...] = ()
    """Ids of the stops that were planned, such as `li4.left` and `ice.back`, in order; empty if not known."""
    done: Mapping[str, float] = field(default_factory=dict)
    """Seconds of its dose that were really heard, by stop."""
    is_whole: bool = False
    """True if it was gone through to its end; else it counts as partial."""
    pain_before: int | None = None
    """0 to 10; None if nothing was said."""
    pain_after: int | None = None
    """0 to 10; None if nothing was said."""
    leg_worse: bool | None = None
    """True if pain in a leg moved further down; None if nothing was said."""
    side: str | None = None
    """One of `SIDES`; None if nothing was said."""
    note: str = ""
    """What the person wrote."""

    @property
    def is_numbered(self) -> bool:
        """True if pain was given as a number, before it or after it."""
        return self.pain_before is not None or self.pain_after is not None

    @property
    def means_stop(self) -> bool:
        """True if after it alone no more is to be pressed that day; `stops` sees the whole day."""
        return _ends_in_a_stop((self,))


def is_of_today(entry: Entry, now: datetime) -> bool:
    """Return True if a session belongs to the day that `now` is in: it began at its date, or hours ago."""
    is_this_day = entry.began.date() == now.date() or entry.began >= now - SOON
    return is_this_day and entry.began <= now + AHEAD


def stops(entries: Iterable[Entry]) -> list[Entry]:
    """Return the sessions after which no more was to be pressed that day; the oldest comes first (X18).

    Pain counts as gone up by the day, too: it may go up by a little in each session.
    """
    day: list[Entry] = []
    found = []
    for entry in entries:
        day = [*(one for one in day if is_of_today(one, entry.began)), entry]
        if _ends_in_a_stop(day):
            found.append(entry)
    return found


def stop_of_day(entries: Iterable[Entry], now: datetime) -> Entry | None:
    """Return the last of `stops` that belongs to the day that `now` is in; None if there is none."""
    return next((one for one in reversed(stops(entries)) if is_of_today(one, now)), None)


def is_part_of_a_stop(entry: Entry, entries: Iterable[Entry]) -> bool:
    """Return True if one of `stops` is this session, or a later one of its day."""
    at = (entry.began, entry.id)
    return any((one.began, one.id) >= at and is_of_today(entry, one.began) for one in stops(entries))


def _ends_in_a_stop(day: Sequence[Entry]) -> bool:
    """Return True if after the last of a day's sessions pain was up much, or had moved further down a leg."""
    before, after = [one.pain_before for one in day if one.pain_before is not None], day[-1].pain_after
    # The least that was told until then: what is told later says nothing of an answer before it.
    went_up = bool(before) and after is not None and after - min(before) >= MUCH_MORE
    return went_up or bool(day[-1].leg_worse)
