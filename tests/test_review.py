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


@pytest.mark.parametrize(
    ("count", "today", "told"),
    [
        (4, TODAY, "after 2 more sessions or in 3 days"),
        (5, date(2026, 11, 15), "after one more session or in one day"),
        (1, date(2026, 10, 1), "after 5 more sessions or in 14 days"),  # a first session in the future
    ],
)
def test_before_it_is_due_it_says_how_much_is_to_come(count: int, today: date, told: str) -> None:
    assert (
        looked_back(SIX[:count], today) == f"Your numbers are looked at here {told}, whichever comes first."
    )


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


def test_pairs_and_counts_are_told_plainly() -> None:
    said = looked_back(SIX)
    assert "Sessions since 2 November 2026: 6. Of these, done in part: 0; without a number: 0." in said
    assert "  2 November 2026: before 7, after 5" in said
    assert "it hurt less after 4, the same after 1, more after 1." in said
    assert "Before the session of 2 November 2026 it was 7; before that of 12 November 2026 it was 4." in said


N = None
SAID = "lower same higher unknown rise later_unknown mostly_more stop_these go_on ask_somebody".split()
"""The lines that follow from the numbers, in their order."""


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        # All are there.
        ([(7, 5), (6, 6), (6, 4), (5, 6), (5, 3), (4, 3)], "lower go_on ask_somebody"),
        ([(5, 4)] * 6, "same ask_somebody"),
        ([(at, at + 1) for at in range(4, 10)], "higher mostly_more stop_these"),
        ([(4, 3), (4, 3), (5, 4)], "higher stop_these"),
        ([(7, 8), (6, 7), (5, 6), (4, 3)], "lower mostly_more stop_these"),
        ([(5, 6), (5, 6), (5, 5)], "same mostly_more stop_these"),
        ([(5, 6), (5, 5)], "same ask_somebody"),
        ([(5, 4)], "unknown go_on ask_somebody"),
        ([(5, 6)], "unknown go_on ask_somebody"),
        # None at all, or only of one kind.
        ([(N, N)] * 6, "unknown go_on ask_somebody"),
        ([(7, N), (6, N), (5, N)], "lower go_on ask_somebody"),
        ([(5, N), (6, N)], "higher stop_these"),
        ([(N, 5), (N, 4)], "lower go_on ask_somebody"),
        ([(N, at) for at in range(3, 9)], "higher stop_these"),
        # The first or the last are missing.
        ([(N, N), (7, 5), (5, 4)], "lower go_on ask_somebody"),
        ([(7, 5), (5, 4), (N, N)], "lower later_unknown ask_somebody"),
        ([(N, N), (5, 5), (5, 4), (N, N)], "same later_unknown ask_somebody"),
        ([(N, N), (7, 6), (5, 4), (N, 9), (N, 9), (N, 9)], "lower rise stop_these"),
        ([(7, 6), (3, 3), (N, 5)], "lower rise ask_somebody"),
        ([(7, 6), (3, 3), (N, 4)], "lower go_on ask_somebody"),
        ([(N, 4), (6, N)], "unknown go_on ask_somebody"),  # it comes back between two sessions
        ([(4, N), (N, 9)], "rise stop_these"),
    ],
    ids=str,
)
def test_whatever_numbers_are_missing_nothing_is_said_that_is_not_so(
    pairs: list[tuple[int | None, int | None]], told: str
) -> None:
    lines, names = review(sessions(*pairs), date(2026, 12, 1), LEAFLET), told.split()
    assert [name for line in lines for name in SAID if is_line(name, line)] == names
    assert is_line(names[-1], lines[-1])


def is_line(name: str, line: str) -> bool:
    """Return True if this is the line of that name, whatever fills it."""
    return bool(re.fullmatch(re.sub(r"\\{\w+\\}", ".+", re.escape(LEAFLET.journal[name])), line))


def test_two_numbers_are_told_with_the_days_they_are_from() -> None:
    pairs = [(N, N), (7, 6), (5, 4), *[(N, 9)] * 3]
    said = looked_back(sessions(*pairs))
    assert "Before the session of 4 November 2026 it was 7; before that of 6 November 2026 it was 5." in said
    assert "After the session of 12 November 2026 it was 9, up from 5 before that of 6 November 2026." in said
    assert "without a number: 1." in said
    one_day = [replace(one, began=FIRST + timedelta(hours=one.id)) for one in sessions((6, 5), (5, 4))]
    said = looked_back(one_day, date(2026, 12, 1))
    assert "of 2 November 2026, 19:30 it was 6; before that of 2 November 2026, 20:30 it was 5." in said
    said = looked_back(sessions((N, 5), (N, 4)), date(2026, 12, 1))
    assert "After the session of 2 November 2026 it was 5; after that of 4 November 2026 it was 4." in said


def test_who_gets_worse_is_sent_to_a_doctor_and_to_nobody_else() -> None:
    said = looked_back(sessions(*((at, at + 1) for at in range(4, 10))))
    assert "it hurt more." in said
    assert said.endswith("Stop these sessions, and see a doctor before you go on.")
    assert "practitioner" not in said


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        ([(N, N)] * 6, None),
        ([(5, N), *[(N, N)] * 5], "Numbers from one session prove little"),
        ([(5, 4), (N, 4), *[(N, N)] * 4], "Numbers from 2 sessions of one person prove little"),
    ],
)
def test_how_little_numbers_prove_counts_those_that_are_there(
    pairs: list[tuple[int | None, int | None]], told: str | None
) -> None:
    said = looked_back(sessions(*pairs))
    assert ("prove little" in said) == (told is not None)
    assert (told or "") in said
    assert f"without a number: {sum(one == (N, N) for one in pairs)}." in said
    assert "How many sessions are right is not known." in said


def test_sessions_in_part_alone_are_looked_at_as_others() -> None:
    said = looked_back([replace(one, is_whole=False) for one in SIX])
    assert "Of these, done in part: 6; without a number: 0." in said
    assert said.count("(partial)") == 6
    assert "it hurt less." in said


def test_nobody_is_told_to_go_on_after_a_last_session_that_meant_stop() -> None:
    said = looked_back([*SIX[:-1], replace(SIX[-1], pain_after=6)])
    assert "go on as you like" not in said
    assert "Tell a doctor" in said


@pytest.mark.parametrize("pairs", [((7, 5), (6, 4)), ((None, 5), (6, 4)), ((7, 5), (None, None))], ids=str)
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
    assert said.startswith("Tell a doctor before you go on, if you have not: ")
    assert said.splitlines()[1] == "That was on 11 November 2026."


def test_a_last_session_after_which_it_hurt_much_more_is_not_called_the_same() -> None:
    said = looked_back(sessions(*[(3, 3)] * 5, (3, 6)))
    assert "it was 6, up from 3 before" in said
    assert "Stop these sessions" in said


def test_pain_that_went_up_over_a_night_is_named() -> None:
    late, after_midnight = sessions((3, 4), (4, 5))
    night = [
        replace(late, began=FIRST.replace(hour=23)),
        replace(after_midnight, began=FIRST.replace(hour=23) + timedelta(hours=2)),
    ]
    assert "That was on 3 November 2026." in looked_back(night)


def test_nothing_is_made_of_the_numbers_that_they_do_not_bear() -> None:
    said = looked_back(SIX)
    assert not re.search(
        r"%|percent|signific|average|\bp\b|improve|works|\bcure|heal|\bsafe", said, re.IGNORECASE
    )


def test_partial_sessions_count_and_are_said_to_be_partial() -> None:
    entries = [replace(SIX[0], is_whole=False), *SIX[1:]]
    said = looked_back(entries)
    assert "Sessions since 2 November 2026: 6. Of these, done in part: 1; without a number: 0." in said
    assert "  2 November 2026: before 7, after 5 (partial)" in said


def test_what_was_not_said_is_not_guessed() -> None:
    said = looked_back(sessions((None, None), (None, 4), (6, None), *[(None, None)] * 3))
    assert "before not given, after 4" in said
    assert "before 6, after not given" in said
    assert "both numbers" not in said
    assert "of these two" not in said
    assert "only you can say" in said
    assert "before and after, session by session" not in looked_back(sessions(*[(None, None)] * 6))


@pytest.mark.parametrize("count", [2, 6])
def test_days_that_meant_stop_are_named_first_early_and_late_and_once(count: int) -> None:
    worse = replace(SIX[1], pain_before=4, pain_after=6)
    leg = replace(SIX[1], began=SIX[1].began + timedelta(hours=1), leg_worse=True)
    said = looked_back([SIX[0], worse, leg, *SIX[3 : count + 1]])
    assert said.startswith("Tell a doctor before you go on, if you have not: ")
    assert said.splitlines()[1] == "That was on 4 November 2026."
    assert said.count("Tell a doctor") == 1


def test_of_many_days_that_meant_stop_the_last_are_named_and_all_are_counted() -> None:
    said = looked_back(sessions(*[(4, 6), (5, 4)] * 250), date(2032, 1, 1))
    told = said.splitlines()[1]
    assert told == "That was on 250 days, the last ones: 17 July 2029, 21 July 2029, 25 July 2029."
    assert "go on as you like" not in said


def test_of_many_years_the_last_sessions_are_listed() -> None:
    said = looked_back(sessions(*[(5, 4)] * 1000), date(2032, 1, 1))
    assert "Earlier ones not listed here: 988." in said
    assert len(said.splitlines()) < 25
    assert "it hurt less after 1000," in said
