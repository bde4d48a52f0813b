"""Six sessions in two weeks: their days, what a calendar is told of them, and what is kept of them."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
import vobject
from dateutil import tz
from hypothesis import example, given, settings
from hypothesis import strategies as st

from voiceguide.appointments import (
    DAYS,
    FILE,
    Appointments,
    first_day,
    load_appointments,
    new_appointments,
    save_appointments,
)
from voiceguide.calendar_file import Commands, calendar_file
from voiceguide.errors import UsageError, VoiceguideError
from voiceguide.library import load_leaflet
from voiceguide.zones import find_zone

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
COMMANDS = Commands(play="voiceguide play hands", export="voiceguide export hands -o session.html")
ZONES = sorted(available_timezones())
EVENT = re.compile(r"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", re.DOTALL)


def six(
    start: str = "2026-11-23", at: str = "19:30", zone: str = "Europe/Berlin", minutes: int = 47
) -> Appointments:
    return new_appointments(
        start=date.fromisoformat(start),
        at=time.fromisoformat(at),
        zone=zone,
        minutes=minutes,
        routine="lying-down",
    )


def written(appointments: Appointments, now: datetime = NOW) -> bytes:
    return calendar_file(appointments, load_leaflet("en"), COMMANDS, now)


def unfolded(content: bytes) -> str:
    return content.decode("utf-8").replace("\r\n ", "")


UTCS = {f"{folder}{name}" for folder in ("", "Etc/") for name in ("UTC", "UCT", "Universal", "Zulu")}
"""The names of UTC, which a calendar must not name."""
plans = st.builds(
    lambda start, at, zone, minutes: new_appointments(
        start=start, at=at, zone=zone, minutes=minutes, routine="hands"
    ),
    start=st.dates(date(2026, 1, 1), date(2036, 12, 31)),
    at=st.builds(time, st.integers(0, 23), st.integers(0, 59)),
    zone=st.sampled_from(ZONES),
    minutes=st.integers(1, 360),
)


# ── their days ──


@given(plans)
@example(six("2027-03-28", "02:30"))
@example(six("2026-10-25", "02:30"))
@example(six("2026-12-25"))
@example(six("2028-02-27"))
def test_six_sessions_lie_in_two_weeks_never_on_two_days_running_at_the_time_on_the_wall(
    plan: Appointments,
) -> None:
    days = [when.date() for when in plan.dates]
    assert len(days) == 6
    assert all((after - before).days >= 2 for before, after in pairwise(days))
    assert [(day - plan.start).days for day in days] == [0, 2, 4, 7, 9, 11]
    for when in plan.dates:
        assert when.astimezone(UTC).astimezone(when.tzinfo) == when
        if when not in plan.missing:
            assert (when.hour, when.minute) == (plan.at.hour, plan.at.minute)
        else:
            assert plan.at < when.time()


@given(plans, st.times())
def test_the_plan_after_one_that_is_over_leaves_two_days_between_as_well(
    plan: Appointments, hour: time
) -> None:
    zone = ZoneInfo(plan.zone)
    day = next(
        plan.start + timedelta(days=ahead)
        for ahead in range(DAYS - 1, DAYS + 3)
        if plan.is_over(datetime.combine(plan.start + timedelta(days=ahead), hour, zone))
    )
    following = first_day(plan.at, zone, datetime.combine(day, hour, zone))
    assert (following - plan.dates[-1].date()).days >= 2


def test_half_past_seven_stays_half_past_seven_when_the_clocks_change() -> None:
    plan = six("2026-10-19")
    assert {f"{when:%H:%M}" for when in plan.dates} == {"19:30"}
    assert {str(when.utcoffset()) for when in plan.dates} == {"2:00:00", "1:00:00"}
    assert not plan.missing
    assert not plan.twice


def test_a_time_that_the_clocks_jump_over_is_moved_on_by_as_much() -> None:
    plan = six("2027-03-28", "02:30")
    assert plan.missing == (plan.dates[0],)
    assert f"{plan.dates[0]:%H:%M %z}" == "03:30 +0200"
    assert {f"{when:%H:%M}" for when in plan.dates[1:]} == {"02:30"}


def test_of_a_time_that_comes_twice_it_is_the_first() -> None:
    plan = six("2026-10-25", "02:30")
    assert plan.twice == (plan.dates[0],)
    assert f"{plan.dates[0]:%H:%M %z}" == "02:30 +0200"


def test_the_first_day_is_today_while_the_time_is_still_to_come() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    early, late = (datetime(2026, 12, 31, hour, 30, tzinfo=berlin) for hour in (19, 20))
    assert first_day(time(19, 31), berlin, early) == date(2026, 12, 31)
    assert first_day(time(19, 30), berlin, early) == date(2027, 1, 1)
    assert first_day(time(19, 31), berlin, late) == date(2027, 1, 1)
    # There the day has changed already.
    assert first_day(time(19, 31), ZoneInfo("Pacific/Auckland"), late) == date(2027, 1, 1)


def test_a_plan_is_over_when_its_two_weeks_are_over_where_it_is() -> None:
    plan = six("2026-11-23", zone="Pacific/Auckland")
    there = ZoneInfo("Pacific/Auckland")
    assert not plan.is_over(datetime(2026, 12, 6, 23, 59, tzinfo=there))
    assert plan.is_over(datetime(2026, 12, 7, 0, 0, tzinfo=there).astimezone(UTC))
    assert not plan.is_over(NOW)


def test_what_is_changed_keeps_its_ids_and_counts_on_and_what_is_not_does_neither() -> None:
    plan = six()
    moved = plan.changed(at=time(18, 0))
    assert (moved.sequence, plan.changed(at=plan.at)) == (1, plan)
    assert [moved.uid(number) for number in range(1, 7)] == [plan.uid(number) for number in range(1, 7)]
    assert len({plan.uid(number) for number in range(1, 7)} | {six().uid(1)}) == 7


# ── what a calendar is told ──


@settings(max_examples=60)
@given(plans)
@example(six("2027-03-28", "02:30"))
@example(six("2027-03-28", "03:15"))
@example(six("2026-10-25", "02:30"))
@example(six("2026-10-04", "02:10", "Australia/Lord_Howe"))
@example(six("2026-11-23", "19:30", "Asia/Kathmandu"))
@example(six("2026-12-28", "23:59", "UTC"))
def test_by_the_rules_in_the_file_alone_each_session_is_when_it_should_be(plan: Appointments) -> None:
    content = unfolded(written(plan))
    rules, names_zone = (
        re.search(r"BEGIN:VTIMEZONE.*?END:VTIMEZONE\r\n", content, re.DOTALL),
        plan.zone not in UTCS,
    )
    assert bool(rules) == names_zone
    zone = tz.tzical(io.StringIO(rules[0])).get(plan.zone) if rules else None

    def moments(name: str) -> list[datetime]:
        events = "".join(EVENT.findall(content))
        found = re.findall(rf"{name}(?:;TZID=(.*))?:(\d+T\d+)(Z?)\r\n", events)
        assert {named for named, _, is_utc in found if not is_utc} <= {plan.zone}
        read = [(datetime.strptime(text, "%Y%m%dT%H%M%S"), is_utc) for _, text, is_utc in found]  # noqa: DTZ007 - next
        return [wall.replace(tzinfo=UTC if is_utc else zone).astimezone(UTC) for wall, is_utc in read]

    starts, ends = moments("DTSTART"), moments("DTEND")
    assert starts == [when.astimezone(UTC) for when in plan.dates]
    assert ends == [start + timedelta(minutes=plan.minutes) for start in starts]
    assert content.count(f"DTSTART;TZID={plan.zone}:") == (6 if names_zone else 0)


@given(plans)
@example(six("2027-03-28", "03:15"))
@example(six("2026-10-04", "02:10", "Australia/Lord_Howe"))
def test_a_change_of_the_clocks_is_dated_by_the_clock_before_it(plan: Appointments) -> None:
    """RFC 5545, 3.6.5: DTSTART minus TZOFFSETFROM is the moment from which TZOFFSETTO holds."""
    pattern = r"DTSTART:(\d+T\d+)\r\nTZNAME:.*\r\nTZOFFSETFROM:(.*)\r\nTZOFFSETTO:(.*)\r\n"
    zone = ZoneInfo(plan.zone)
    for wall, before, after in re.findall(pattern, unfolded(written(plan))):
        change = datetime.strptime(f"{wall}{before}", "%Y%m%dT%H%M%S%z").astimezone(UTC)
        assert f"{(change - timedelta(seconds=1)).astimezone(zone):%z}" == before
        assert f"{change.astimezone(zone):%z}" == after


@given(plans)
@settings(max_examples=20)
def test_a_line_has_at_most_75_bytes_and_ends_as_the_rules_want(plan: Appointments) -> None:
    content = written(plan)
    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 for line in lines)
    assert not re.search(rb"[\r\n]", b"".join(lines))
    assert content.decode("utf-8").isascii() == all(byte < 128 for byte in content)


def test_a_character_of_several_bytes_is_not_torn_where_a_line_is_folded() -> None:
    command = Commands(play=f"voiceguide play {'ü€' * 60}.yaml", export="")
    content = calendar_file(six(), load_leaflet("en"), command, NOW)
    assert "ü€" * 60 in unfolded(content)
    assert all(len(line) <= 75 and line.decode("utf-8") for line in content.split(b"\r\n")[:-1])


def test_another_reader_finds_all_that_a_calendar_needs() -> None:
    plan = six()
    calendar = vobject.readOne(written(plan).decode("utf-8"))
    assert calendar.validate(raiseException=True)
    assert calendar.method.value == "PUBLISH"
    events = calendar.vevent_list
    assert len(events) == 6
    for number, (event, when) in enumerate(zip(events, plan.dates, strict=True), start=1):
        assert event.uid.value == plan.uid(number)
        assert event.sequence.value == "0"
        assert event.dtstart.value == when
        assert event.dtend.value - event.dtstart.value == timedelta(minutes=47)
        assert event.dtstamp.value == event.last_modified.value == NOW
        assert event.status.value == "CONFIRMED"
        assert f"session {number} of 6" in event.summary.value
        assert event.valarm.action.value == "DISPLAY"
        assert event.valarm.trigger.value == -timedelta(minutes=15)
        assert f"session {number} of 6" in event.valarm.description.value
        for words in (
            COMMANDS.play,
            COMMANDS.export,
            "is not well established",
            "daily is possible",
            "get medical help",
        ):
            assert words in event.description.value, words
        assert ("After the sixth, look back" in event.description.value) == (number == 6)


def test_the_same_plan_at_the_same_moment_is_the_same_file() -> None:
    plan = six()
    assert written(plan) == written(plan)
    assert written(plan) != written(plan, NOW + timedelta(seconds=1))


def test_a_moved_session_has_the_same_id_and_a_higher_number() -> None:
    plan = six()
    before, after = (unfolded(written(one)) for one in (plan, plan.changed(at=time(18, 0))))
    ids = [re.findall(r"UID:(.*)\r", text) for text in (before, after)]
    assert ids[0] == ids[1]
    assert set(re.findall(r"SEQUENCE:(\d+)", after)) == {"1"}


KHAL = Path(sys.executable).parent / "khal"
SETTINGS_OF_KHAL = """
[calendars]
[[own]]
path = {folder}/calendar
[locale]
local_timezone = Europe/Berlin
default_timezone = Europe/Berlin
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[default]
default_calendar = own
[sqlite]
path = {folder}/khal.db
"""


@pytest.mark.slow
def test_a_calendar_that_imports_a_moved_plan_has_six_sessions_not_twelve(tmp_path: Path) -> None:
    if not KHAL.exists():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("not here: khal")
    (tmp_path / "calendar").mkdir()
    (tmp_path / "config").write_text(SETTINGS_OF_KHAL.format(folder=tmp_path))

    def khal(*words: str) -> str:
        done = subprocess.run(
            [KHAL, "-c", tmp_path / "config", *words], capture_output=True, text=True, check=True
        )
        return done.stdout

    def listed(plan: Appointments) -> list[str]:
        (tmp_path / "plan.ics").write_bytes(written(plan))
        khal("import", "--batch", "-a", "own", str(tmp_path / "plan.ics"))
        lines = khal("list", "2026-11-01", "90d", "--format", "at {start} {title}").splitlines()
        return [line.split(" ", 1)[1][:16] for line in lines if line.startswith("at ")]

    plan = six()
    assert listed(plan) == [f"{when:%Y-%m-%d %H:%M}" for when in plan.dates]
    moved = plan.changed(start=date(2026, 11, 30), at=time(7, 15))
    assert listed(moved) == [f"{when:%Y-%m-%d %H:%M}" for when in moved.dates]


def test_of_an_hour_that_comes_twice_the_first_one_counts() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    for at, day in (("00:00", 25), ("00:59", 26), ("01:15", 26)):  # 02:30 there is 00:30 in UTC, and 01:30
        now = datetime.fromisoformat(f"2026-10-25T{at}+00:00")
        assert first_day(time(2, 30), berlin, now) == date(2026, 10, day), at


# ── what is kept ──


@settings(max_examples=20)
@given(plans, st.integers(0, 99))
def test_what_is_kept_is_read_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, plan: Appointments, count: int
) -> None:
    folder = tmp_path_factory.getbasetemp() / "kept plan"
    wanted = plan.changed(sequence=count)
    save_appointments(wanted, folder)
    assert load_appointments(folder) == wanted


def test_where_nothing_is_kept_there_is_no_plan(tmp_path: Path) -> None:
    assert load_appointments(tmp_path / "nowhere") is None


GOOD = {
    "version": 1,
    "id": "78ecb5bc-fe2e-40e9-8a0a-c197da05e609",
    "start": "2026-11-23",
    "at": "19:30",
    "zone": "Europe/Berlin",
    "sequence": 0,
    "minutes": 47,
    "routine": "hands",
}
NONSENSE = {
    "no JSON": "{",
    "bytes": "\x00\x01",
    "a list": "[]",
    "a number": "5",
    "deep": "[" * 100_000,
    "a key too few": json.dumps({key: value for key, value in GOOD.items() if key != "id"}),
    **{
        f"{key} {value!r}": json.dumps({**GOOD, key: value})
        for key, value in [
            ("more", 1),
            ("version", 0),
            ("version", True),
            ("version", 2),
            ("id", "x"),
            ("id", "x\r\nATTENDEE:me"),
            ("start", "2026-02-30"),
            ("start", "9999-12-31"),
            ("start", "0001-01-01"),
            ("start", 5),
            ("at", "25:00"),
            ("at", "19:30:15"),
            ("zone", "Europe/Berln"),
            ("zone", "../../etc/passwd"),
            ("sequence", -1),
            ("sequence", 1.5),
            ("sequence", 10**20),
            ("minutes", 0),
            ("minutes", "47"),
            ("routine", None),
        ]
    },
}


@pytest.mark.parametrize("content", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_in_a_kept_plan_is_told_with_what_begins_a_new_one(content: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(content, encoding="utf-8")
    with pytest.raises(VoiceguideError) as told:
        load_appointments(tmp_path)
    assert told.value.exit_code == 1
    assert told.value.where == str(tmp_path / FILE)
    assert "plan --new" in (told.value.hint or "")


def test_the_good_one_among_the_nonsense_is_read(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(json.dumps(GOOD), encoding="utf-8")
    kept = load_appointments(tmp_path)
    assert kept is not None
    assert kept.start == date(2026, 11, 23)


# ── time zones ──


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("Berlin", "did you mean 'Europe/Berlin'?"),
        ("europe/berlin", "did you mean 'Europe/Berlin'?"),
        ("new york", "did you mean 'America/New_York'?"),
        ("Europe/Berln", "did you mean 'Europe/Berlin'?"),
        ("zzzz", "such as `--timezone Europe/Berlin`"),
        ("", "such as `--timezone Europe/Berlin`"),
        ("Europe", "such as"),
        ("../../etc/passwd", "such as"),
    ],
)
def test_an_unknown_zone_is_told_with_the_one_that_may_be_meant(typed: str, hint: str) -> None:
    with pytest.raises(UsageError) as told:
        find_zone(typed)
    assert hint in (told.value.hint or "")
