"""`voiceguide plan`, as a person types it: what it shows, what it writes, and what it keeps."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.answers import keep_answers
from tests.conftest import Run
from tests.test_bad_input import assert_told
from voiceguide.appointments import (
    Appointments,
    keep_appointments,
    load_appointments,
    new_appointments,
    save_appointments,
)
from voiceguide.folders import private_folder

BERLIN = ("--timezone", "Europe/Berlin")
MONTHS = "January February March April May June July August September October November December".split()
LINE = re.compile(
    rf"^\d\. (Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d+ ({'|'.join(MONTHS)}) \d{{4}}, \d\d:\d\d$",
    re.MULTILINE,
)


@pytest.fixture(autouse=True)
def asked(stranger: Path) -> None:
    """Whoever plans here was asked about their health."""
    keep_answers(stranger)


def today() -> date:
    return datetime.now(tz=ZoneInfo("Europe/Berlin")).date()


def ahead(days: int) -> str:
    return (today() + timedelta(days=days)).isoformat()


def document(run: Run, *words: str) -> Any:
    done = run("plan", *BERLIN, "--json", *words)
    assert (done.code, done.err) == (0, "")
    return json.loads(done.out)


def days_of(found: Any) -> list[date]:
    return [datetime.fromisoformat(one["start"]).date() for one in found["sessions"]]


def kept() -> Appointments:
    found = load_appointments(private_folder())
    assert found is not None
    return found


# ── what it shows ──


def test_six_days_are_shown_and_nothing_is_written_or_kept(run: Run, stranger: Path) -> None:
    done = run("plan", *BERLIN)
    assert (done.code, done.err) == (0, "")
    assert len(LINE.findall(done.out)) == 6
    assert "not well established" in done.out
    assert "daily is possible" in " ".join(done.out.split())
    assert f"plan {' '.join(BERLIN)} -o plan.ics" in done.out
    assert [one.name for one in (stranger / "private").iterdir()] == ["profile.json"]


def test_a_day_is_told_with_its_name_and_its_year(run: Run) -> None:
    start = today() + timedelta(days=3)
    month = MONTHS[start.month - 1]
    done = run("plan", *BERLIN, "--start", start.isoformat(), "--at", "7:05")
    assert f"1. {start:%A}, {start.day} {month} {start.year}, 07:05\n" in done.out


def test_no_line_is_wider_than_a_terminal(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for more in ((), ("-o", "plan.ics")):
        done = run("plan", *BERLIN, *more)
        assert max(map(len, done.out.splitlines())) <= 80, done.out


@pytest.mark.parametrize(("typed", "days"), [("today", 0), ("tomorrow", 1), ("TOMORROW", 1)])
def test_a_day_near_by_has_a_name(typed: str, days: int, run: Run) -> None:
    now = datetime.now(tz=UTC)
    noon = f"Etc/GMT{now.hour - 12:+}"  # a zone where it is between twelve and one
    done = run("plan", "--timezone", noon, "--json", "--start", typed, "--at", "15:00")
    wanted = now.astimezone(ZoneInfo(noon)).date() + timedelta(days=days)
    assert days_of(json.loads(done.out))[0] == wanted


@pytest.mark.parametrize("name", "monday tuesday wednesday thursday friday saturday sunday Mon sun".split())
def test_a_weekday_is_the_next_one_that_can_be(name: str, run: Run) -> None:
    for at in ("00:00", "23:59"):
        first = days_of(document(run, "--start", name, "--at", at))[0]
        assert f"{first:%a}".lower() == name.lower()[:3]
        assert timedelta() <= first - today() <= timedelta(days=7)


def test_without_a_start_it_is_the_next_time_that_the_clock_shows(run: Run) -> None:
    now = datetime.now(tz=ZoneInfo("Europe/Berlin"))
    passed = (now - timedelta(minutes=1)).strftime("%H:%M")
    first = datetime.fromisoformat(document(run, "--at", passed)["sessions"][0]["start"])
    assert timedelta() < first - now <= timedelta(days=1, hours=1)


def test_what_the_clocks_do_to_a_session_is_told(run: Run) -> None:
    def offset(day: date) -> timedelta | None:
        return datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Europe/Berlin")).utcoffset()

    days = [today() + timedelta(days=number) for number in range(1, 300)]
    change = next(day for day in days if offset(day) != offset(day - timedelta(days=1)))
    done = run("plan", *BERLIN, "--start", change.isoformat(), "--at", "02:30")
    is_spring = change.month == 3
    told = f"{change.day} {MONTHS[change.month - 1]} {change.year}, {'03:30' if is_spring else '02:30'}"
    assert f"The clocks go {'forward' if is_spring else 'back'}" in done.out
    assert " ".join(done.out.split()).count(told) == 2


def test_the_zone_is_that_of_this_computer(run: Run) -> None:
    found = json.loads(run("plan", "--json").out)
    offset = datetime.fromisoformat(found["sessions"][0]["start"]).utcoffset()
    start = datetime.fromisoformat(found["sessions"][0]["start"])
    assert start.replace(tzinfo=None).astimezone().utcoffset() == offset


# ── what it writes ──


def test_a_calendar_file_is_written_and_said_how_it_is_used(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("plan", *BERLIN, "-o", "plan.ics")
    assert (done.code, done.err) == (0, "")
    text = (tmp_path / "plan.ics").read_bytes().decode("utf-8").replace("\r\n ", "")
    assert text.count("BEGIN:VEVENT") == 6
    assert "voiceguide play lying-down" in text
    assert "voiceguide export lying-down -o session.html" in text
    told = " ".join(done.out.split())
    for words in ("Written: plan.ics", "import", "the six are moved, and none is there twice"):
        assert words in told


def test_a_session_is_as_long_as_the_routine_that_is_chosen(run: Run, tmp_path: Path) -> None:
    rows = {row["id"]: row["minutes"] for row in json.loads(run("list", "--json").out)}
    for name in ("hands", "full"):
        found = document(run, "--routine", name, "-o", str(tmp_path / f"{name}.ics"))
        assert (found["routine"], found["minutes"]) == (name, rows[name])


def test_a_routine_in_a_file_is_found_from_anywhere(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    steps = "steps:\n  - posture: supine\n  - press: li4\n"
    (tmp_path / "mine.yaml").write_text(f"version: 1\nid: mine\n{steps}")
    assert document(run, "--routine", "mine.yaml")["routine"] == str(tmp_path / "mine.yaml")


def test_what_is_kept_of_it_only_its_owner_can_read(run: Run, tmp_path: Path) -> None:
    run("plan", *BERLIN, "-o", str(tmp_path / "plan.ics"))
    assert stat.S_IMODE((private_folder() / "plan.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(private_folder().stat().st_mode) == 0o700


def test_a_file_that_exists_is_kept_and_so_is_the_plan(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "plan.ics"
    file.write_text("mine")
    done = run("plan", *BERLIN, "-o", str(file))
    assert_told(done, 1, "exists already")
    assert file.read_text() == "mine"
    assert load_appointments(private_folder()) is None
    assert run("plan", *BERLIN, "-o", str(file), "--force").code == 0
    assert file.read_text().startswith("BEGIN:VCALENDAR")


# ── the next time ──


def test_the_next_one_moves_the_same_six(run: Run, tmp_path: Path) -> None:
    file = ("-o", str(tmp_path / "plan.ics"), "--force")
    first = document(run, "--start", ahead(2), *file)
    moved = document(run, "--at", "08:15", *file)
    assert (first["sequence"], moved["sequence"]) == (0, 1)
    assert [one["uid"] for one in moved["sessions"]] == [one["uid"] for one in first["sessions"]]
    assert days_of(moved) == days_of(first)
    assert {one["start"][11:16] for one in moved["sessions"]} == {"08:15"}
    again = document(run, "--start", ahead(5), *file)
    assert (again["sequence"], again["id"]) == (2, first["id"])
    assert {one["start"][11:16] for one in again["sessions"]} == {"08:15"}


def test_what_was_said_before_stays_unless_it_is_said_otherwise(run: Run, tmp_path: Path) -> None:
    zone = ("--timezone", "Asia/Kolkata")
    run("plan", *zone, "--routine", "hands", "--at", "6:00", "-o", str(tmp_path / "plan.ics"))
    found = json.loads(run("plan", "--json").out)
    assert (found["routine"], found["timezone"]) == ("hands", "Asia/Kolkata")
    assert found["sessions"][0]["start"].endswith("06:00:00+05:30")


def running(start: date, **more: Any) -> Appointments:
    """Keep a plan that began on a day, and return it."""
    fields = {"at": datetime(2026, 1, 1, 21, 45, tzinfo=UTC).time(), "zone": "Europe/Berlin", "minutes": 6}
    plan = new_appointments(**{**fields, "start": start, "routine": "hands", **more})
    save_appointments(plan, private_folder())
    return plan


def test_a_plan_that_has_begun_goes_on(run: Run, tmp_path: Path) -> None:
    begun = running(today() - timedelta(days=13))
    found = document(run, "-o", str(tmp_path / "plan.ics"))
    assert (found["id"], found["sequence"], days_of(found)[0]) == (begun.id, 0, begun.start)


def test_after_its_two_weeks_a_new_one_begins_at_the_same_time_of_day(run: Run, tmp_path: Path) -> None:
    over = running(today() - timedelta(days=14))
    found = document(run, "-o", str(tmp_path / "plan.ics"))
    assert found["id"] != over.id
    assert {one["start"][11:16] for one in found["sessions"]} == {"21:45"}
    assert days_of(found)[0] >= today()
    assert kept().id == found["id"]


def test_a_new_one_can_be_begun_before_and_what_stays_in_the_calendar_is_told(
    run: Run, tmp_path: Path
) -> None:
    before = running(today() - timedelta(days=3))
    done = run("plan", *BERLIN, "--new", "-o", str(tmp_path / "plan.ics"))
    assert "The sessions of the plan before stay in your calendar" in done.out
    assert kept().id != before.id
    assert kept().sequence == 0


def test_a_new_one_has_the_time_of_day_that_was_said_last(run: Run, tmp_path: Path) -> None:
    running(today() - timedelta(days=3))
    found = document(run, "--new", "-o", str(tmp_path / "plan.ics"))
    assert {one["start"][11:16] for one in found["sessions"]} == {"21:45"}


def test_six_that_another_process_began_meanwhile_are_moved_not_doubled() -> None:
    wanted = {"start": today(), "at": time(21, 45), "zone": "Europe/Berlin", "minutes": 6, "routine": "hands"}
    first, second, third = (
        keep_appointments(
            private_folder(), datetime.now(tz=UTC), is_new=False, **{**wanted, "minutes": minutes}
        )
        for minutes in (6, 6, 13)
    )
    assert (first.id, first.sequence) == (second.id, second.sequence) == (third.id, 0)
    assert (third.sequence, third.minutes) == (1, 13)


@pytest.mark.slow
def test_of_several_at_once_one_makes_the_six_and_all_calendars_have_them(tmp_path: Path) -> None:
    several = [
        subprocess.Popen(
            [sys.executable, "-m", "voiceguide", "plan", "-o", f"{number}.ics"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        )
        for number in range(3)
    ]
    assert [one.wait(timeout=120) for one in several] == [0, 0, 0]
    texts = [(tmp_path / f"{number}.ics").read_text() for number in range(3)]
    assert len({line for text in texts for line in text.splitlines() if line.startswith("UID:")}) == 6


def test_nonsense_that_is_kept_is_told_and_a_new_plan_takes_its_place(run: Run, tmp_path: Path) -> None:
    running(today())
    (private_folder() / "plan.json").write_text("{")
    assert_told(run("plan", *BERLIN), 1, "your plan cannot be used: it is no JSON")
    assert run("plan", *BERLIN, "--new", "-o", str(tmp_path / "plan.ics")).code == 0
    assert kept().zone == "Europe/Berlin"


# ── what cannot be ──


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--start", "2026-02-30"), "no day of the calendar"),
        (("--start", "2027-02-29"), "no day of the calendar"),
        (("--start", "23.11.2026"), "no day of the calendar"),
        (("--start", ""), "no day of the calendar"),
        (("--start", "someday"), "no day of the calendar"),
        (("--start", "2020-01-01"), "that day is past"),
        (("--start", "0001-01-01"), "that day is past"),
        (("--start", "9999-12-31"), "more than a year away"),
        (("--at", "25:00"), "no time of day"),
        (("--at", "7.30"), "no time of day"),
        (("--at", ""), "no time of day"),
        (("--at", "19:60"), "no time of day"),
        (("--timezone", "Berlin"), "did you mean 'Europe/Berlin'?"),
        (("--timezone", "../etc"), "unknown time zone"),
        (("--routine", "hnds"), "did you mean 'hands'?"),
        (("-o", "plan.txt"), "does not end in .ics"),
        (("-o", "plan"), "does not end in .ics"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_written(
    words: tuple[str, ...],
    complaint: str,
    run: Run,
    stranger: Path,
) -> None:
    assert_told(run("plan", *words), 2, complaint)
    assert [one.name for one in (stranger / "private").iterdir()] == ["profile.json"]


def test_a_time_that_is_past_today_is_told(run: Run) -> None:
    done = run("plan", *BERLIN, "--start", "today", "--at", "00:00")
    assert_told(done, 2, "the time is past today")
    assert f"--start {ahead(1)}" in done.err


def test_a_folder_that_is_not_there_is_told_and_no_plan_is_kept(run: Run, tmp_path: Path) -> None:
    assert_told(run("plan", *BERLIN, "-o", str(tmp_path / "no" / "plan.ics")), 1, "there is no folder")
    assert load_appointments(private_folder()) is None


def test_where_the_plan_cannot_be_kept_no_calendar_is_written(
    run: Run, stranger: Path, tmp_path: Path
) -> None:
    shutil.rmtree(stranger / "private")
    (stranger / "private").write_text("a file where the folder should be")
    done = run("plan", *BERLIN, "--new", "-o", str(tmp_path / "plan.ics"))
    assert_told(done, 1, "private: it is no folder")
    assert list(tmp_path.iterdir()) == []


# ── the first time ──

ONCE = "Do `voiceguide play hands` once before"


def test_somebody_new_is_told_of_a_good_first_one_unless_it_is_planned(run: Run, tmp_path: Path) -> None:
    assert ONCE in run("plan", *BERLIN).out
    assert ONCE not in run("plan", *BERLIN, "--routine", "hands").out
    assert ONCE in run("plan", *BERLIN, "-o", str(tmp_path / "plan.ics")).out
    assert ONCE not in run("plan", *BERLIN).out, "it was told"


def test_whoever_did_a_session_or_may_not_press_hands_is_not_told_of_it(run: Run, stranger: Path) -> None:
    keep_answers(stranger, pregnancy="yes")
    assert ONCE not in run("plan", *BERLIN).out
    keep_answers(stranger)
    assert ONCE in run("plan", *BERLIN).out
    (private_folder() / "journal.sqlite3").touch()
    assert ONCE not in run("plan", *BERLIN).out
