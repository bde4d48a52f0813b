"""What the sources ask of the schedule, number by number: S13 to S16, each with a check of its own."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from click.testing import CliRunner

from tests.requirements import CHECKS, requirement
from voiceguide.appointments import new_appointments
from voiceguide.calendar_file import Commands, calendar_file
from voiceguide.commands import cli
from voiceguide.library import load_leaflet

STARTS = [date(2027, 1, 1) + timedelta(days=number) for number in range(366)]


def shown(*words: str) -> str:
    """Return what `plan` prints, in one line."""
    done = CliRunner().invoke(cli, ["plan", "--timezone", "Europe/Berlin", *words])
    assert done.exit_code == 0, done.output
    return " ".join(done.stdout.split())


def days_from(start: date) -> list[date]:
    plan = new_appointments(
        start=start, at=time(19, 30), zone="Europe/Berlin", minutes=47, routine="lying-down"
    )
    return [when.date() for when in plan.dates]


@requirement("S13", "by default three sessions a week, every other day, for two weeks, then a look back")
def s13() -> None:
    for start in STARTS:
        days = days_from(start)
        weeks = [sum(0 <= (day - start).days - first < 7 for day in days) for first in (0, 7)]
        assert weeks == [3, 3]
    assert "three a week, every other day" in shown()
    assert "After the sixth, look back." in shown()


@requirement("S14", "how many sessions are needed is not well established, and that is said")
def s14() -> None:
    plan = new_appointments(start=STARTS[0], at=time(19, 30), zone="UTC", minutes=47, routine="hands")
    now = datetime(2026, 12, 31, tzinfo=UTC)
    content = calendar_file(plan, load_leaflet("en"), Commands("play", "export"), now).decode("utf-8")
    words = "How many sessions are right is not well established."
    assert words in shown()
    assert content.replace("\r\n ", "").count(words) == 6


@requirement("S15", "daily use is possible, and nothing bars it")
def s15() -> None:
    assert "Doing it daily is possible, too." in shown()


@requirement("S16", "the calendar never proposes two days running")
def s16() -> None:
    for start in STARTS:
        assert all((after - before).days >= 2 for before, after in pairwise(days_from(start)))


@pytest.mark.parametrize("number", ["S13", "S14", "S15", "S16"])
def test_what_the_sources_ask_of_the_schedule_is_kept(number: str) -> None:
    CHECKS[number][1]()
