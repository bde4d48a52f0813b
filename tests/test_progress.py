"""What was done against what was planned, and how it is told: in lines, and in a chart of letters."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.drawings import session
from voiceguide.leaflet import Leaflet
from voiceguide.library import load_leaflet
from voiceguide.progress import KEPT, MISSED, OPEN, make_progress
from voiceguide.progress_text import draw_chart, tell_plan, tell_progress

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 10, 12, 19, 30, tzinfo=BERLIN)
PLAN = [MONDAY + timedelta(days=days) for days in (0, 2, 4, 7, 9, 11)]
LATER = date(2027, 1, 1)


@pytest.fixture
def leaflet() -> Leaflet:
    return load_leaflet("en")


def states(*days: float, today: date = LATER) -> str:
    done = [session(MONDAY + timedelta(days=one)) for one in days]
    return " ".join(one.state for one in make_progress(done, PLAN, today).planned)


def test_sessions_stand_in_the_order_in_which_they_began_wherever_that_was() -> None:
    first = session(datetime(2026, 10, 13, 8, 0, tzinfo=ZoneInfo("Pacific/Auckland")), id=1)
    then = session(datetime(2026, 10, 12, 17, 0, tzinfo=ZoneInfo("America/New_York")), id=2)
    progress = make_progress([then, first], (), LATER)
    assert [one.id for one in progress.sessions] == [1, 2]
    assert [day.date.day for day in progress.days] == [12, 13]


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ((0, 2, 4, 7, 9, 11), "kept kept kept kept kept kept"),
        ((1, 3, 5, 8, 10, 12), "kept kept kept kept kept kept"),
        ((-1, 6), "missed missed missed missed missed missed"),
        ((0, 0.1, 1), "kept missed missed missed missed missed"),
        ((), "missed missed missed missed missed missed"),
    ],
)
def test_a_date_is_kept_by_a_session_on_that_day_or_the_day_after(days: tuple[float, ...], told: str) -> None:
    assert states(*days) == told


def test_a_date_that_can_still_be_kept_is_not_missed() -> None:
    assert states(0, today=date(2026, 10, 15)) == "kept open open open open open"
    assert states(0, today=date(2026, 10, 16)) == "kept missed open open open open"


def test_a_session_in_part_keeps_a_date_too() -> None:
    part = session(MONDAY, is_whole=False)
    assert make_progress([part], PLAN, LATER).dates(KEPT) == (MONDAY.date(),)


def test_a_day_is_that_of_the_clock_on_the_wall_whatever_the_zone_or_the_season() -> None:
    # The clock goes back in the night of 25 October; half past eleven in the evening is the next day in UTC.
    planned = datetime(2026, 10, 24, 23, 30, tzinfo=BERLIN)
    late = session(datetime(2026, 10, 25, 23, 59, tzinfo=BERLIN))
    too_late = session(datetime(2026, 10, 26, 0, 0, tzinfo=BERLIN))
    far_away = session(datetime(2026, 10, 25, 23, 0, tzinfo=ZoneInfo("Pacific/Auckland")))
    for one, told in ((late, KEPT), (too_late, MISSED), (far_away, KEPT)):
        assert make_progress([one], [planned], LATER).planned[0].state == told


@given(
    st.lists(st.integers(-3, 20), max_size=20),
    st.lists(st.integers(0, 15), max_size=8, unique=True),
    st.integers(-2, 25),
)
def test_no_session_counts_twice_and_nothing_is_lost(done: list[int], planned: list[int], now: int) -> None:
    entries = [session(MONDAY + timedelta(days=one), id=at) for at, one in enumerate(done)]
    today = MONDAY.date() + timedelta(days=now)
    progress = make_progress(entries, [MONDAY + timedelta(days=one) for one in planned], today)
    assert sorted(one.id for one in progress.sessions) == sorted(one.id for one in entries)
    assert [one.began for one in progress.sessions] == sorted(one.began for one in entries)
    assert sum(len(progress.dates(state)) for state in (KEPT, MISSED, OPEN)) == len(planned)
    assert len(progress.dates(KEPT)) <= len(done)
    for when in progress.dates(KEPT):
        assert any(timedelta(0) <= one.began.date() - when <= timedelta(days=1) for one in entries)
    for when in progress.dates(MISSED):
        assert when + timedelta(days=1) < today


def test_two_sessions_of_one_day_are_one_day() -> None:
    both = [session(MONDAY + timedelta(hours=3), id=2), session(MONDAY, id=1)]
    progress = make_progress(both, (), LATER)
    assert [(day.date, [one.id for one in day.sessions]) for day in progress.days] == [
        (MONDAY.date(), [1, 2])
    ]


def test_what_became_of_the_plan_is_told_with_the_rule_that_counts(leaflet: Leaflet) -> None:
    progress = make_progress([session(MONDAY)], PLAN, date(2026, 10, 20))
    assert tell_progress(progress, leaflet)[1:] == tell_plan(progress, leaflet)
    assert tell_plan(progress, leaflet) == [
        "Planned: 1 of 6 dates kept.",
        "Not kept: 14 October 2026, 16 October 2026.",
        "Still to come: 19 October 2026, 21 October 2026, 23 October 2026.",
        "A date is kept by a session on that day or the day after, whole or in part.",
    ]


def test_who_has_done_nothing_yet_is_told_what_to_do_first(leaflet: Leaflet) -> None:
    lines = tell_progress(make_progress([], [], LATER), leaflet)
    assert len(lines) == 1
    assert "`voiceguide play hands`" in lines[0]


def chart(leaflet: Leaflet, columns: int, *pains: tuple[int | None, int | None]) -> list[str]:
    done = [
        session(MONDAY + timedelta(days=at), pain_before=before, pain_after=after)
        for at, (before, after) in enumerate(pains)
    ]
    return draw_chart(make_progress(done, (), LATER), leaflet, columns)[1:]


def test_the_chart_has_a_letter_at_each_number(leaflet: Leaflet) -> None:
    drawn = chart(leaflet, 80, (6, 4), (5, 5), (None, 0), (10, None), (None, None))
    assert drawn == [
        "10 |          o",
        " 9 |",
        " 8 |",
        " 7 |",
        " 6 | o",
        " 5 |    =",
        " 4 | x",
        " 3 |",
        " 2 |",
        " 1 |",
        " 0 |       x",
        "   +------------",
        "    12 13 14 15",
    ]


@given(
    st.integers(0, 120),
    st.lists(st.tuples(*[st.none() | st.integers(0, 10)] * 2), max_size=60),
)
def test_the_chart_fits_and_shows_the_last_sessions(
    columns: int, pains: list[tuple[int | None, int | None]]
) -> None:
    drawn = chart(load_leaflet("en"), columns, *pains)
    told = [one for one in pains if one != (None, None)]
    assert bool(drawn) == bool(told and columns >= 7)
    assert all(len(line) <= columns for line in drawn)
    for at, (before, after) in enumerate(told[::-1] if drawn else ()):
        column = len(drawn[-2]) - 2 - 3 * at
        if column < 4:
            break
        for pain, line in zip(range(10, -1, -1), drawn, strict=False):
            mark = line.ljust(columns)[column]
            assert (mark in "o=") == (before == pain)
            assert (mark in "x=") == (after == pain)


def test_where_no_number_was_told_there_is_no_chart(leaflet: Leaflet) -> None:
    assert draw_chart(make_progress([session(MONDAY)], (), LATER), leaflet, 80) == []


def test_years_of_sessions_are_told_one_in_a_line(leaflet: Leaflet) -> None:
    many = [session(datetime(2016, 1, 1, tzinfo=UTC) + timedelta(days=2 * at), id=at) for at in range(2000)]
    lines = tell_progress(make_progress(many, (), LATER), leaflet)
    assert len(lines) == 2000
    assert all(re.match(r"\d+ \w+ 20\d\d, 00:00, lower-back, ", line) for line in lines)
