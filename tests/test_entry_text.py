"""A session in a line, the same wherever one is told."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.drawings import session
from voiceguide.entry_text import tell_session
from voiceguide.library import load_leaflet

LEAFLET = load_leaflet("en")
MONDAY = datetime(2026, 10, 12, 19, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (6, 4, "pain before 6, after 4"),
        (0, 10, "pain before 0, after 10"),
        (6, None, "pain before 6, after not given"),
        (None, 0, "pain before not given, after 0"),
        (None, None, "pain not given"),
    ],
)
def test_a_session_is_one_line_with_what_was_said_of_the_pain(
    before: int | None, after: int | None, told: str
) -> None:
    whole = session(MONDAY, pain_before=before, pain_after=after)
    part = session(MONDAY, pain_before=before, pain_after=after, is_whole=False)
    assert tell_session(whole, LEAFLET) == f"12 October 2026, 19:30, lower-back, 24 min, {told}"
    assert tell_session(part, LEAFLET) == f"12 October 2026, 19:30, lower-back, part of 24 min, {told}"


def test_what_else_was_said_stands_at_the_end() -> None:
    line = tell_session(session(MONDAY, leg_worse=True, side="left", note="late"), LEAFLET)
    assert line.endswith("pain not given, leg pain further down, sorer side left, with a note")
    assert "leg" not in tell_session(session(MONDAY, leg_worse=False), LEAFLET)


def test_a_name_with_markup_or_line_ends_stays_in_its_line() -> None:
    told = tell_session(session(MONDAY, routine="<b>{x}</b>\n\x1b[2J ערב"), LEAFLET)
    assert "<b>{x}</b> [2J ערב" in told
    assert told.isprintable()


@pytest.mark.parametrize("month", range(1, 13))
def test_a_month_is_told_by_its_name(month: int) -> None:
    when = date(2026, month, 3)
    assert LEAFLET.day(when) == f"3 {when:%B} 2026"
    assert LEAFLET.day_of_year(when) == f"3 {when:%B}"
