"""The name of a time zone -> the zone: the one of this computer, or one that was typed."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from voiceguide.errors import UsageError, did_you_mean

_EXAMPLE = "`--timezone Europe/Berlin`"


def find_zone(name: str) -> ZoneInfo:
    """Return the zone of a name in the IANA's list.

    Raises
    ------
    UsageError
        If there is no such zone.
    """
    known = available_timezones()
    # Not by trying: in the folder of zones lie files that are none, and names may lead out of it.
    if name in known:
        return ZoneInfo(name)
    typed = name.strip().lower().replace(" ", "_")
    same = sorted(zone for zone in known if typed in {zone.lower(), zone.lower().rpartition("/")[2]})
    near = f"did you mean '{same[0]}'?" if same else did_you_mean(name, sorted(known))
    raise UsageError(
        f"unknown time zone '{name}'",
        hint=near or f"write a continent and a city of it, such as {_EXAMPLE}.",
    )


def local_zone(now: datetime) -> str:
    """Return the name of this computer's zone in the IANA's list.

    Raises
    ------
    UsageError
        If it has none, as where only a difference to UTC is set.
    """
    import tzlocal

    unknown = UsageError("the time zone of this computer has no name", hint=f"{_EXAMPLE} says which it is.")
    try:
        name = tzlocal.get_localzone_name()
    except (LookupError, ValueError, OSError):
        raise unknown from None
    # What it cannot read it takes for UTC, which is told by the computer's own clock.
    if not name or now.astimezone(find_zone(name)).utcoffset() != now.astimezone().utcoffset():
        raise unknown
    return name
