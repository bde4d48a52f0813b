"""Six sessions in two weeks: when they are, and how they are kept from one `plan` to the next. S13, S16."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from voiceguide.errors import VoiceguideError
from voiceguide.private_files import write_private
from voiceguide.zones import find_zone

FILE = "plan.json"
"""Its name in the private folder."""
OFFSETS = (0, 2, 4, 7, 9, 11)
"""Days from the start: three a week, every other day, never two days running."""
DAYS = 14
"""Days that a plan lasts; then it is time to look back."""
USUAL_TIME = time(19, 30)
"""An evening, when nothing has to be done afterwards."""
_VERSION = 1
_KEYS = {"version", "id", "start", "at", "zone", "sequence", "minutes", "routine"}
_MOST_MINUTES = 24 * 60
_LAST_YEAR = 9000
"""Beyond it there would be no room for two weeks and a time zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointments:
    """Six sessions, as they stand in a calendar."""

    id: str
    """A UUID, the same for as long as these six are moved about."""
    start: date
    """The day of the first one."""
    at: time
    """Time of day of all six, by the clock on the wall there."""
    zone: str
    """Name of the time zone in the IANA's list."""
    sequence: int = 0
    """How often they were changed: a calendar takes what has the higher number."""
    minutes: int
    """How long one takes."""
    routine: str
    """What is played, as it is called on the command line."""

    @property
    def dates(self) -> tuple[datetime, ...]:
        """When the six begin, each a time that its zone really has.

        A time that the clocks jump over is moved on by as much, and of one that comes twice it is the first,
        both as RFC 5545, 3.3.5 reads them.
        """
        zone = self._zone
        return tuple(wall.astimezone(UTC).astimezone(zone) for wall in self._walls)

    @property
    def missing(self) -> tuple[datetime, ...]:
        """Those of the dates that had to be moved, as their time is jumped over that day."""
        both = zip(self.dates, self._walls, strict=True)
        return tuple(when for when, wall in both if when.replace(tzinfo=None) != wall.replace(tzinfo=None))

    @property
    def twice(self) -> tuple[datetime, ...]:
        """Those of the dates whose time comes twice that day."""
        return tuple(
            when
            for when in self.dates
            if when not in self.missing and when.utcoffset() != when.replace(fold=1).utcoffset()
        )

    def uid(self, number: int) -> str:
        """Return what a calendar knows the session by, from 1 to 6."""
        return f"{self.id}-{number}@voiceguide"

    def is_over(self, now: datetime) -> bool:
        """Return True once its two weeks are over."""
        return now.astimezone(self._zone).date() >= self.start + timedelta(days=DAYS)

    def changed(self, **changes: Any) -> Appointments:
        """Return the same six with some fields changed; with a higher number if that changes anything."""
        new = replace(self, **changes)
        return replace(new, sequence=self.sequence + 1) if new != self else self

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def _walls(self) -> tuple[datetime, ...]:
        return tuple(
            datetime.combine(self.start + timedelta(days=days), self.at, self._zone) for days in OFFSETS
        )


def new_appointments(*, start: date, at: time, zone: str, minutes: int, routine: str) -> Appointments:
    """Return six sessions that no calendar knows yet."""
    return Appointments(id=str(uuid.uuid4()), start=start, at=at, zone=zone, minutes=minutes, routine=routine)


def first_day(at: time, zone: ZoneInfo, now: datetime) -> date:
    """Return the next day on which the clock there shows `at`: today, if that is still to come."""
    here = now.astimezone(zone)
    return here.date() if datetime.combine(here.date(), at, zone) > here else here.date() + timedelta(days=1)


def load_appointments(folder: Path) -> Appointments | None:
    """Return the six sessions that are kept, or None if there are none.

    Raises
    ------
    VoiceguideError
        If what was kept cannot be read.
    """
    path = folder / FILE
    hint = "`voiceguide plan --new -o plan.ics` begins a new one in its place."
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise VoiceguideError(f"it cannot be read: {error.strerror}", where=str(path), hint=hint) from None
    except (ValueError, RecursionError):
        raise VoiceguideError("this is not what voiceguide keeps here", where=str(path), hint=hint) from None
    if isinstance(found, dict) and isinstance(found.get("version"), int) and found["version"] > _VERSION:
        newer = "a newer voiceguide wrote this; use that one, or: " + hint
        raise VoiceguideError("this is a plan of a later kind", where=str(path), hint=newer)
    try:
        return _parse(found)
    except (ValueError, TypeError, KeyError, OverflowError, VoiceguideError) as error:
        raise VoiceguideError(
            f"this is not what voiceguide keeps here: {error}", where=str(path), hint=hint
        ) from None


def _parse(found: Any) -> Appointments:
    if not isinstance(found, dict):
        raise TypeError("no mapping")
    if wrong := _KEYS ^ found.keys():
        raise ValueError(f"'{min(wrong)}' is {'missing' if min(wrong) in _KEYS else 'unknown'}")
    for key in ("version", "sequence", "minutes"):
        if type(found[key]) is not int:
            raise ValueError(f"'{key}' is no whole number")
    for key in ("id", "start", "at", "zone", "routine"):
        if not isinstance(found[key], str):
            raise TypeError(f"'{key}' is no text")
    start, at = date.fromisoformat(found["start"]), found["at"]
    if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", found["id"]):
        raise ValueError("'id' is no UUID")
    if not re.fullmatch(r"[0-9]{2}:[0-9]{2}", at):
        raise ValueError("'at' is no time of day")
    within = (
        found["version"] == _VERSION
        and 0 <= found["sequence"] < 2**31  # an INTEGER of RFC 5545
        and 1 <= found["minutes"] <= _MOST_MINUTES
        and 1900 < start.year < _LAST_YEAR
    )
    if not within:
        raise ValueError("a number in it is out of range")
    return Appointments(
        id=found["id"],
        start=start,
        at=time.fromisoformat(at),
        zone=find_zone(found["zone"]).key,
        sequence=found["sequence"],
        minutes=found["minutes"],
        routine=found["routine"],
    )


def save_appointments(appointments: Appointments, folder: Path) -> None:
    """Keep six sessions, so that the next `plan` moves these instead of making six more.

    Raises
    ------
    VoiceguideError
        If they cannot be kept.
    """
    kept = appointments
    found = {
        "version": _VERSION,
        "id": kept.id,
        "start": kept.start.isoformat(),
        "at": kept.at.isoformat(timespec="minutes"),
        "zone": kept.zone,
        "sequence": kept.sequence,
        "minutes": kept.minutes,
        "routine": kept.routine,
    }
    try:
        write_private(folder / FILE, json.dumps(found, indent=2) + "\n")
    except OSError as error:
        raise VoiceguideError(
            f"the plan cannot be kept: {error.strerror}",
            where=str(folder / FILE),
            hint="is there room, and may you write there?",
        ) from None
