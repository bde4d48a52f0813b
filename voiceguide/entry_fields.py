"""What each field of a session may be, as it stands in a file or is typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from voiceguide.entry import LEAST_PAIN, LONGEST_NOTE, MOST_PAIN, SIDES
from voiceguide.shown_text import shown, tidied
from voiceguide.units import LONGEST_SESSION, SECOND, Milliseconds

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Before that nobody had a session to tell of; it is a slip."""
_YEARS = range(1901, 9000)
"""More than wrong clocks show. Near the ends of the calendar there is no room for weeks and zones."""
_LEEWAY = timedelta(minutes=1)
"""By how much the clocks of two machines may differ."""
_FLAGS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
HINTS = {
    "began": "such as 2026-11-20T21:30+01:00.",
    "routine": "as it is called on the command line, in one line.",
    "seconds": f"how long it was to take, up to {LONGEST_SESSION // SECOND}.",
    "whole": "yes or no.",
    "before": "a whole number from 0 to 10, or nothing.",
    "after": "a whole number from 0 to 10, or nothing.",
    "leg_worse": "yes, no, or nothing.",
    "side": f"{', '.join(SIDES)}, or nothing.",
    "note": f"up to {LONGEST_NOTE} characters.",
    "stops": "such as li4.left li4.right.",
    "done": "such as li4.left=30 li4.right=12.5, in seconds.",
}
"""What each column of a file may hold."""


def parse_began(text: Any) -> datetime:
    """Return the time that a text names, in the zone here if it names none. Raises `ValueError`.

    Any time that a clock shows will do: it may have been wrong, and what it told is in the journal. One that
    the clocks here jump over is moved on by as much, as RFC 5545, 3.3.5 reads it.
    """
    try:
        when = datetime.fromisoformat(text.strip())
        here = when if when.tzinfo else when.astimezone()
        if here.replace(tzinfo=None) != when.replace(tzinfo=None):  # `astimezone` alone moves it back
            here = datetime.fromtimestamp(when.timestamp(), UTC).astimezone()
    except (ValueError, TypeError, AttributeError, OverflowError, OSError):
        raise ValueError(f"{shown(text)} is no date and time") from None
    if here.year not in _YEARS:
        raise ValueError(f"{shown(text)} is of a year that no clock shows")
    return here


def check_began(when: datetime, now: datetime) -> None:
    """Raise `ValueError` if nobody would tell of a session then: in the future, or before 2000."""
    if not EARLIEST <= when <= now + _LEEWAY:
        raise ValueError(f"{shown(when.isoformat())} is {'in the future' if when > now else 'too long ago'}")


def parse_routine_name(text: Any) -> str:
    """Return the name of a routine, which need not be here. Raises `ValueError`."""
    if not isinstance(text, str) or not text.strip() or "\n" in text or tidied(text) != text:
        raise ValueError(f"{shown(text)} is no name of a routine")
    return text


def parse_seconds(value: Any) -> Milliseconds:
    """Return the length of a session from its seconds, to the millisecond. Raises `ValueError`."""
    number = _number(value)
    length = Milliseconds(round(number * SECOND))
    if not 0 < length <= LONGEST_SESSION:
        raise ValueError(f"{shown(value)} is not the length of a session")
    return length


def parse_pain(value: Any) -> int:
    """Return pain as it is told: a whole number from 0 to 10. Raises `ValueError`."""
    text = str(value).strip()
    is_number = re.fullmatch(r"\d{1,2}", text, re.ASCII)
    if isinstance(value, bool) or not is_number or not LEAST_PAIN <= int(text) <= MOST_PAIN:
        raise ValueError(f"{shown(value)} is not a whole number from {LEAST_PAIN} to {MOST_PAIN}")
    return int(text)


def parse_flag(value: Any) -> bool:
    """Return yes or no as a truth. Raises `ValueError`."""
    try:
        return _FLAGS[str(value).strip().lower()]
    except KeyError:
        raise ValueError(f"{shown(value)} is neither yes nor no") from None


def parse_side(value: Any) -> str:
    """Return one of `SIDES`. Raises `ValueError`."""
    if value not in SIDES:
        raise ValueError(f"{shown(value)} is none of {', '.join(SIDES)}")
    return str(value)


def parse_note(value: Any) -> str:
    """Return a note as it can be kept. Raises `ValueError` if it is too long."""
    if not isinstance(value, str):
        raise ValueError(f"{shown(value)} is no text")  # noqa: TRY004 - as all that is wrong in a file
    if len(tidied(value)) > LONGEST_NOTE:
        raise ValueError(f"the note has {len(value)} characters, and {LONGEST_NOTE} can be kept")
    return tidied(value)


def parse_stops(value: Any) -> tuple[str, ...]:
    """Return the ids of stops, from a text or a list. Raises `ValueError`."""
    words: Sequence[Any] = value.split() if isinstance(value, str) else value
    if not isinstance(words, list) or not all(map(_is_stop, words)):
        raise ValueError(f"{shown(value)} are no stops")
    return tuple(words)


def parse_done(value: Any) -> dict[str, float]:
    """Return the seconds that were heard, by stop, from a text or a mapping. Raises `ValueError`."""
    found = value
    if isinstance(value, str):
        pairs = [word.rpartition("=")[::2] for word in value.split()]
        found = dict(pairs) if len(dict(pairs)) == len(pairs) else None
    if not isinstance(found, dict) or not all(map(_is_stop, found)):
        raise ValueError(f"{shown(value)} are no stops with their seconds")
    return {stop: round(_number(seconds), 3) for stop, seconds in found.items()}


def _is_stop(word: Any) -> bool:
    return isinstance(word, str) and bool(word) and not re.search(r"\s", word) and tidied(word) == word


def _number(value: Any) -> float:
    """Return the seconds that something stands for, at most a week of them."""
    with suppress(ValueError, TypeError, OverflowError):
        number = float(value)
        if not isinstance(value, bool) and 0 <= number <= 604_800 and "_" not in str(value):
            return number
    raise ValueError(f"{shown(value)} are no seconds")
