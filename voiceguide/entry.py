"""Entry: one session in a person's journal, and what follows from its numbers alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from unicodedata import category

from voiceguide.units import Milliseconds

LEAST_PAIN, MOST_PAIN = 0, 10
"""Pain as a number: none, and the worst there is."""
MUCH_MORE = 2
"""X18: pain that went up by so many of ten means stop for today."""
SOON = timedelta(hours=6)
"""After a session late in the evening it is still the same day for the back."""
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
        """True if no more is to be pressed that day: pain went up much, or moved further down a leg (X18)."""
        before, after = self.pain_before, self.pain_after
        went_up = before is not None and after is not None and after - before >= MUCH_MORE
        return went_up or bool(self.leg_worse)


def start_of_day(now: datetime) -> datetime:
    """Return when the day began, as far as a back is concerned: at midnight, or six hours ago if sooner."""
    return min(now.replace(hour=0, minute=0, second=0, microsecond=0), now - SOON)


def is_of_today(entry: Entry, now: datetime) -> bool:
    """Return True if a session belongs to the day that `now` is in."""
    return start_of_day(now) <= entry.began <= now + AHEAD


def day_means_stop(entries: Sequence[Entry]) -> bool:
    """Return True if no more is to be pressed after a day's sessions, the first of which comes first (X18).

    Pain counts as gone up much by the day, too: it may go up by a little in each session.
    """
    before = [one.pain_before for one in entries if one.pain_before is not None]
    after = [one.pain_after for one in entries if one.pain_after is not None]
    went_up = bool(before and after) and after[-1] - min(before) >= MUCH_MORE
    return went_up or any(one.means_stop for one in entries)


def tidied(text: str) -> str:
    """Return a text with its lines ending alike, and a mark for what no file and no screen can take."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    unfit = {"Cc", "Cs"}  # control characters, and halves of a character
    return "".join("\ufffd" if category(one) in unfit and one not in "\n\t" else one for one in text)
