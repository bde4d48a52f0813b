"""Appointments -> the bytes of a calendar file (RFC 5545), for any calendar to import."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from voiceguide.appointments import Appointments
from voiceguide.leaflet import Leaflet

if TYPE_CHECKING:
    from icalendar import Component

ALARM = timedelta(minutes=15)
"""How long before a session a calendar tells of it: time to fetch what is needed."""
_AROUND = timedelta(days=2)
"""How far the rules of a zone reach beyond the sessions, which others may look at from any other zone."""


@dataclass(frozen=True, slots=True)
class Commands:
    """What can be typed at the time of a session, as it is typed here."""

    play: str
    """Starts it."""
    export: str
    """Makes a page of it, for a phone."""


def calendar_file(
    appointments: Appointments,
    leaflet: Leaflet,
    commands: Commands,
    now: datetime,
    *,
    first: Sequence[str] = (),
) -> bytes:
    """Return a calendar of six sessions.

    A calendar that has them already, by their UIDs, moves those it has: it is the same six. `first` is what
    each of them says before all else.
    """
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//voiceguide//plan//EN")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    if _zone_named(appointments):
        calendar.add_component(_rules_of_zone(appointments))
    for event in _events(appointments, leaflet, commands, now, first):
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _zone_named(appointments: Appointments) -> bool:
    """Return False for UTC, which RFC 5545, 3.2.19 forbids to name: a Z at the end of the time says it."""
    return appointments.zone not in _UTC


_UTC = {"UTC", "Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu", "UCT", "Universal", "Zulu"}


def _events(
    appointments: Appointments, leaflet: Leaflet, commands: Commands, now: datetime, first: Sequence[str]
) -> Iterator[Component]:
    from icalendar import Alarm, Event

    words = leaflet.appointments
    zone = ZoneInfo(appointments.zone)
    count = len(appointments.dates)
    for number, start in enumerate(appointments.dates, start=1):
        named = {"number": str(number), "count": str(count)}
        text = [
            *first,
            words["start"].format(command=commands.play),
            words["phone"].format(command=commands.export),
            words["unknown"],
            words["daily"],
            words["care"],
            *([words["look_back"]] if number == count else []),
        ]
        # Its length is a stretch of time, not a difference of clocks: they may change while it lasts.
        end = (start.astimezone(UTC) + timedelta(minutes=appointments.minutes)).astimezone(zone)
        event = Event()
        event.add("uid", appointments.uid(number))
        event.add("sequence", appointments.sequence)
        event.add("dtstamp", now.astimezone(UTC))
        event.add("last-modified", now.astimezone(UTC))
        for name, when in (("dtstart", start), ("dtend", end)):
            _add_time(event, name, when, appointments)
        event.add("summary", words["summary"].format(**named))
        event.add("description", "\n\n".join(text))
        event.add("status", "CONFIRMED")
        event.add("class", "PRIVATE")  # whoever shares a calendar need not share this
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", -ALARM)
        alarm.add("description", words["alarm"].format(minutes=str(ALARM.seconds // 60), **named))
        event.add_component(alarm)
        yield event


def _add_time(event: Component, name: str, when: datetime, appointments: Appointments) -> None:
    """Add a time as it stands on the wall, beside the name of its zone."""
    # The second of two times that look alike can only be told in UTC: the first would end before it began.
    if not _zone_named(appointments) or when.fold:
        event.add(name, when.astimezone(UTC))
        return
    # The name is given, as the library writes some zones under the name of another one.
    event.add(name, when.replace(tzinfo=None), parameters={"TZID": appointments.zone})


def _rules_of_zone(appointments: Appointments) -> Component:
    """Return the zone as a calendar that has never heard of it can reckon with it.

    Not the library's own: it dates the change to summer time by the clock after it (7.3.0), where RFC 5545,
    3.6.5 wants the one before, so that the change would come an hour late.
    """
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

    zone = ZoneInfo(appointments.zone)
    rules = Timezone()
    rules.add("tzid", appointments.zone)
    dates = appointments.dates
    start, end = dates[0] - _AROUND, dates[-1] + _AROUND
    for onset in (start.astimezone(UTC), *_changes(zone, start, end)):
        here = onset.astimezone(zone)
        before = (onset - _SECOND).astimezone(zone).utcoffset() or timedelta()
        part: Any = TimezoneDaylight() if here.dst() else TimezoneStandard()
        part.add("dtstart", (onset + before).replace(tzinfo=None))
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", here.utcoffset() or timedelta())
        part.add("tzname", here.tzname() or appointments.zone)
        rules.add_component(part)
    return rules


_SECOND = timedelta(seconds=1)


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the moments, in UTC, at which the clocks of a zone change."""

    def offset(at: datetime) -> tuple[timedelta | None, str | None]:
        here = at.astimezone(zone)
        return here.utcoffset(), here.tzname()

    hour = timedelta(hours=1)
    at, last = (when.astimezone(UTC).replace(microsecond=0) for when in (start, end))
    while at < last:
        if offset(at) != offset(at + hour):
            low, high = at, at + hour
            while high - low > _SECOND:
                middle = low + timedelta(seconds=(high - low).seconds // 2)
                low, high = (middle, high) if offset(middle) == offset(at) else (low, middle)
            yield high
        at += hour
