"""Six sessions in two weeks: when they are, and how they are kept from one `plan` to the next. S13, S16."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from voiceguide.errors import VoiceguideError
from voiceguide.private_files import alone_in, not_kept, read_private, write_private
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
_KINDS = {
    **dict.fromkeys(("version", "sequence", "minutes"), int),
    **dict.fromkeys(("id", "start", "at", "zone", "routine"), str),
}
_KEYS = _KINDS.keys()
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


def moved_or_new(running: Appointments | None, **wanted: Any) -> Appointments:
    """Return the six that are not over as they are wanted now, or new ones if there are none."""
    return running.changed(**wanted) if running else new_appointments(**wanted)


def first_day(at: time, zone: ZoneInfo, now: datetime) -> date:
    """Return the next day on which the clock there shows `at`: today, if that is still to come."""
    today = now.astimezone(zone).date()
    # Compared in UTC: two times of one zone are compared by their clocks, which may show the same hour twice.
    return today if datetime.combine(today, at, zone).astimezone(UTC) > now else today + timedelta(days=1)


def load_appointments(folder: Path) -> Appointments | None:
    """Return the six sessions that are kept, or None if there are none.

    Raises
    ------
    VoiceguideError
        If what was kept cannot be read.
    """
    path = folder / FILE
    try:
        found = read_private(path, _VERSION)
        return None if found is None else _parse(found)
    except ValueError as error:
        raise VoiceguideError(
            f"your plan cannot be used: {error}",
            where=str(path),
            hint="`voiceguide plan --new -o plan.ics` begins a new one in its place.",
        ) from None


def _parse(found: Mapping[str, Any]) -> Appointments:
    """Return the six sessions that a file describes; raise ValueError that says in words what is wrong."""
    if wrong := _KEYS ^ found.keys():
        key = min(wrong)
        raise ValueError(f"'{key}' is missing" if key in _KEYS else f"{key[:40]!r} does not belong there")
    for key, kind in _KINDS.items():
        if type(found[key]) is not kind:
            raise ValueError(f"'{key}' is no {'whole number' if kind is int else 'text'}")
    if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", found["id"]):
        raise ValueError("'id' is no UUID")
    try:
        start, at = date.fromisoformat(found["start"]), time.fromisoformat(found["at"])
    except ValueError:
        raise ValueError("'start' is no day, or 'at' is no time of day") from None
    if not re.fullmatch(r"[0-9]{2}:[0-9]{2}", found["at"]):
        raise ValueError("'at' is no time of day")
    try:
        zone = find_zone(found["zone"])
    except VoiceguideError:
        raise ValueError(f"{found['zone'][:40]!r} is no time zone") from None
    within = (
        0 <= found["sequence"] < 2**31  # an INTEGER of RFC 5545
        and 1 <= found["minutes"] <= _MOST_MINUTES
        and 1900 < start.year < _LAST_YEAR
    )
    if not within:
        raise ValueError("a number in it is out of range")
    return Appointments(
        id=found["id"],
        start=start,
        at=at,
        zone=zone.key,
        sequence=found["sequence"],
        minutes=found["minutes"],
        routine=found["routine"],
    )


def keep_appointments(folder: Path, now: datetime, *, is_new: bool, **wanted: Any) -> Appointments:
    """Return six sessions that are kept from now on: those that are not over as they are wanted, or new ones.

    Of several processes that begin six at once the first one makes them, and the others move these.

    Raises
    ------
    VoiceguideError
        If they cannot be kept, or what was kept cannot be used.
    """
    try:
        with alone_in(folder):
            last = None if is_new else load_appointments(folder)
            running = last if last and not last.is_over(now) else None
            appointments = moved_or_new(running, **wanted)
            save_appointments(appointments, folder)
    except OSError as error:
        raise not_kept("your plan", folder / FILE, error) from None
    return appointments


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
        raise not_kept("your plan", folder / FILE, error) from None
