"""The look back at six sessions, or two weeks: numbers counted, and no more made of them than they bear."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from voiceguide.entry import Entry
from voiceguide.library import load_leaflet
from voiceguide.review import review
from voiceguide.units import Milliseconds

LEAFLET = load_leaflet("en")
FIRST = datetime(2026, 11, 2, 19, 30, tzinfo=UTC)
TODAY = date(2026, 11, 13)


def sessions(*pairs: tuple[int | None, int | None]) -> list[Entry]:
    """Return whole sessions, every other day, of these pains before and after."""
    return [
        Entry(
            id=number,
            began=FIRST + timedelta(days=2 * number),
            routine="hands",
            length=Milliseconds(360_000),
            is_whole=True,
            pain_before=before,
            pain_after=after,
        )
        for number, (before, after) in enumerate(pairs)
    ]


SIX = sessions((7, 5), (6, 6), (6, 4), (5, 6), (5, 3), (4, 3))


def looked_back(entries: list[Entry], today: date = TODAY) -> str:
    return "\n".join(review(entries, today, LEAFLET))


def test_without_a_session_there_is_nothing_to_say() -> None:
    assert review([], TODAY, LEAFLET) == []


def test_before_it_is_due_it_says_how_much_is_to_come() -> None:
    said = looked_back(SIX[:4])
    assert "Until then, sessions: 2." in said
    assert "days: 3." in said
    assert "less" not in said


@pytest.mark.parametrize(
    ("count", "today", "is_due"),
    [
        (5, date(2026, 11, 15), False),
        (5, date(2026, 11, 16), True),
        (6, TODAY, True),
        (1, date(2030, 1, 1), True),
    ],
)
def test_it_is_due_after_six_sessions_or_two_weeks(count: int, today: date, *, is_due: bool) -> None:
    assert ("How many sessions are right is not known." in looked_back(SIX[:count], today)) == is_due


def test_a_first_session_in_the_future_leaves_no_more_than_two_weeks_to_go() -> None:
    assert "days: 14." in looked_back(SIX[:1], date(2026, 10, 1))


def test_pairs_and_counts_are_told_plainly() -> None:
    said = looked_back(SIX)
    assert "Sessions since 2 November 2026: 6. Of these, done in part: 0." in said
    assert "  2 November 2026: before 7, after 5" in said
    assert "it hurt less: 4. The same: 1. More: 1." in said
    assert "Before the first of these sessions it was 7, before the last one 4." in said


def test_better_goes_on_and_no_better_sees_somebody() -> None:
    better, same = looked_back(SIX), looked_back(sessions(*[(5, 4)] * 6))
    assert "go on as you like" in better
    assert "go on as you like" not in same
    assert "as much as before the first, or more" in same
    for said in (better, same):
        assert "If it is no better, see a doctor or a practitioner" in said
        assert "prove little: a sore back gets better and worse by itself, too" in said


def test_nobody_is_told_to_go_on_after_a_last_session_that_meant_stop() -> None:
    said = looked_back([*SIX[:-1], replace(SIX[-1], pain_after=6)])
    assert "go on as you like" not in said
    assert "Tell a doctor" in said


@pytest.mark.parametrize("pairs", [((7, 5), (6, 4)), ((None, None), (6, 4)), ((7, 5), (None, None))], ids=str)
@pytest.mark.parametrize("leg_worse", [True, False])
def test_nobody_is_told_to_go_on_after_a_day_that_meant_stop_whatever_came_after_it(
    pairs: tuple[tuple[int | None, int | None], ...], *, leg_worse: bool
) -> None:
    first, last = sessions(*pairs)
    earlier = replace(last, began=last.began - timedelta(hours=1), pain_before=None, leg_worse=leg_worse)
    said = looked_back([first, earlier, last], date(2026, 12, 1))
    assert ("go on as you like" in said) is not leg_worse
    assert ("Tell a doctor" in said) is leg_worse


def test_pain_that_went_up_by_two_over_a_day_means_stop_as_in_one_session() -> None:
    day = [replace(one, began=FIRST + timedelta(hours=one.id)) for one in sessions((3, 4), (4, 5))]
    said = looked_back(
        [*sessions((7, 5)), *(replace(one, began=one.began + timedelta(days=9)) for one in day)]
    )
    assert said.endswith("on: 11 November 2026. Tell a doctor, if you have not.")


def test_nothing_is_made_of_the_numbers_that_they_do_not_bear() -> None:
    said = looked_back(SIX)
    assert not re.search(
        r"%|percent|signific|average|\bp\b|improve|works|\bcure|heal|\bsafe", said, re.IGNORECASE
    )


def test_partial_sessions_count_and_are_said_to_be_partial() -> None:
    entries = [replace(SIX[0], is_whole=False), *SIX[1:]]
    said = looked_back(entries)
    assert "Sessions since 2 November 2026: 6. Of these, done in part: 1." in said
    assert "  2 November 2026: before 7, after 5 (partial)" in said


def test_what_was_not_said_is_not_guessed() -> None:
    said = looked_back(sessions((None, None), (None, 4), (6, None), *[(None, None)] * 3))
    assert "before not given, after 4" in said
    assert "before 6, after not given" in said
    assert "hurt less" not in said
    assert "Before the first" not in said
    assert "only you can say" in said
    assert "before and after, session by session" not in looked_back(sessions(*[(None, None)] * 6))


@pytest.mark.parametrize("count", [2, 6])
def test_days_that_meant_stop_are_named_early_and_late_and_once(count: int) -> None:
    worse = replace(SIX[1], pain_before=4, pain_after=6)
    leg = replace(SIX[1], began=SIX[1].began + timedelta(hours=1), leg_worse=True)
    said = looked_back([SIX[0], worse, leg, *SIX[3 : count + 1]])
    assert said.endswith("on: 4 November 2026. Tell a doctor, if you have not.")


def test_of_many_years_the_last_sessions_are_listed() -> None:
    said = looked_back(sessions(*[(5, 4)] * 1000), date(2032, 1, 1))
    assert "Earlier ones not listed here: 988." in said
    assert len(said.splitlines()) < 25
    assert "it hurt less: 1000." in said
