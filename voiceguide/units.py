"""Times and their spellings. The scheduler counts in whole milliseconds, everywhere.

People and documents see seconds; arrays see frames. The conversions are here and nowhere else.
"""

from __future__ import annotations

import re
from datetime import time
from typing import NewType

Milliseconds = NewType("Milliseconds", int)
"""A length or an absolute time, in whole milliseconds."""

NOTHING = Milliseconds(0)
SECOND = Milliseconds(1000)
MINUTE = Milliseconds(60_000)
SAMPLERATE = 48_000
"""Hertz. A session's: whole frames in a millisecond, and what most devices run at."""
LOWEST_RATE, HIGHEST_RATE = 8_000, 192_000
"""Hertz of a sound from elsewhere: from a telephone's to a studio's. Others are no sound."""
LOUDNESS = -16
"""LUFS of speech: what podcasts and audiobooks are set to in mono, and what voices are kept at."""
LONGEST_SESSION = Milliseconds(6 * 60 * MINUTE)
"""Six hours: nothing a person does lying down takes longer, and a typing mistake often does."""

DURATION = re.compile(r"(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9}(?:\.[0-9]{1,3})?)s)?")
"""Hours, minutes and seconds as they are written; at least one of them must be there."""


def parse_duration(text: str) -> Milliseconds:
    """Return the milliseconds in `90s`, `2m`, `1m30s`, `1h` or `0.7s`.

    Raises
    ------
    ValueError
        If there is no unit, the number is negative or has more than three decimals, or there is nothing.
    """
    found = DURATION.fullmatch(text.strip())
    if not text.strip() or found is None or not any(found.groups()):
        raise ValueError(f"'{text}' is not a duration: write it with a unit, such as 90s, 2m or 1m30s")
    hours, minutes, seconds = found.groups()
    milliseconds = int(hours or 0) * 3_600_000 + int(minutes or 0) * 60_000
    whole, _, decimals = (seconds or "0").partition(".")
    return Milliseconds(milliseconds + int(whole) * 1000 + int(decimals.ljust(3, "0") or 0))


def parse_length(text: str) -> Milliseconds:
    """Return the milliseconds in a length as it is typed: `20` (minutes), `20m`, `12:30`, `1h` or `750s`.

    Raises
    ------
    ValueError
        If it is none, or nothing, or longer than a session may be.
    """
    text = text.strip()
    on_a_clock = re.fullmatch(r"(?:([0-9]{1,2}):)?([0-9]{1,3}):([0-5][0-9])", text)
    if re.fullmatch(r"[0-9]{1,3}", text):
        time = Milliseconds(int(text) * MINUTE)
    elif on_a_clock:
        hours, minutes, seconds = (int(part or 0) for part in on_a_clock.groups())
        time = Milliseconds(((hours * 60 + minutes) * 60 + seconds) * SECOND)
    elif DURATION.fullmatch(text) and text:
        time = parse_duration(text)
    else:
        raise ValueError(f"'{text}' is no length: write minutes, or a time such as 12:30, 90s or 1h")
    if not 0 < time <= LONGEST_SESSION:
        raise ValueError(f"'{text}' is out of range: up to {LONGEST_SESSION // MINUTE} minutes")
    return time


def parse_time_of_day(text: str) -> time:
    """Return the time of day in `HH:MM`.

    Raises
    ------
    ValueError
        If it is none.
    """
    found = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", text.strip())
    if not found:
        raise ValueError(f"'{text}' is no time of day: write hours and minutes, such as 22:30")
    return time(int(found[1]), int(found[2]))


def in_seconds(time: Milliseconds) -> float:
    """Return seconds with at most three decimals, as documents show them."""
    return time // 1000 if time % 1000 == 0 else time / 1000


def in_frames(time: Milliseconds, samplerate: int) -> int:
    """Return how many frames `time` lasts; exact, as a samplerate has whole frames in a millisecond."""
    return time * (samplerate // 1000)


def to_milliseconds(frames: int, samplerate: int) -> Milliseconds:
    """Return the length of `frames`, rounded up to the next whole millisecond."""
    return Milliseconds(-(-frames * 1000 // samplerate))


def whole_minutes(time: Milliseconds) -> int:
    """Return a length in whole minutes, rounded; at least one."""
    return max(1, round(time / MINUTE))


def up_to_seconds(time: Milliseconds) -> Milliseconds:
    """Return a time rounded up to the next whole second, in milliseconds."""
    return Milliseconds(-(-time // SECOND) * SECOND)


def clock(time: Milliseconds) -> str:
    """Return `m:ss`, or `h:mm:ss` from an hour on, rounded down to the second: as a clock shows it."""
    minutes, seconds = divmod(time // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
