"""`voiceguide journal`: listed, shown, changed, taken along and brought back."""

from __future__ import annotations

import csv
import json
import os
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import Run
from tests.test_bad_input import assert_told
from tests.test_journal import ENTRY
from voiceguide.entry import LONGEST_NOTE, SIDES, Entry
from voiceguide.errors import InvalidContent, VoiceguideError
from voiceguide.folders import private_folder
from voiceguide.journal import FILE, Journal
from voiceguide.journal_file import COLUMNS, LARGEST, read_entries, write_entries
from voiceguide.private_files import make_private_folder
from voiceguide.shown_text import tidied
from voiceguide.units import LONGEST_SESSION, Milliseconds

HEAD = "began,routine,seconds"
ROW = "2026-11-20T21:30+01:00,hands,360"
ADD = ("journal", "add", "--minutes", "45")

PAINS = st.none() | st.integers(0, 10)
NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=9) | st.text(
    "'=+-@1", min_size=1, max_size=5
)
SECONDS = st.integers(0, 600_000).map(lambda one: one / 1000)
ENTRIES = st.builds(
    Entry,
    id=st.just(0),
    began=st.datetimes(
        datetime(1901, 1, 1),  # noqa: DTZ001 - the zone comes with it
        datetime(8999, 12, 31),  # noqa: DTZ001
        timezones=st.integers(-86399, 86399).map(lambda seconds: timezone(timedelta(seconds=seconds))),
    ),
    routine=NAMES,
    length=st.integers(1, LONGEST_SESSION).map(Milliseconds),
    stops=st.lists(NAMES, max_size=3).map(tuple),
    done=st.dictionaries(NAMES, SECONDS, max_size=3),
    is_whole=st.booleans(),
    pain_before=PAINS,
    pain_after=PAINS,
    leg_worse=st.none() | st.booleans(),
    side=st.sampled_from((None, *SIDES)),
    note=(st.text(max_size=40) | st.text("'=+-@\t1", max_size=5)).map(tidied),
)


def kept() -> list[Entry]:
    with Journal(private_folder()) as journal:
        return journal.entries()


TONE = ("--backend", "null", "--voice", "tone")
STOP = "that means to stop for that day"


def put(*entries: Entry) -> list[int]:
    with Journal(private_folder()) as journal:
        return [journal.begin(entry) for entry in entries]


# ── list and show ──


def test_an_empty_journal_says_how_a_session_gets_there(run: Run, stranger: Path) -> None:
    done = run("journal", "list")
    assert done.code == 0
    assert "No session is in the journal yet" in done.out
    assert json.loads(run("journal", "list", "--json").out) == []
    assert [*stranger.iterdir()] == []


def test_a_list_has_a_line_for_each_session_and_ends_with_a_look_back(run: Run) -> None:
    put(ENTRY, replace(ENTRY, routine="knees", is_whole=False, pain_before=None, leg_worse=True, note=""))
    lines = run("journal", "list").out.splitlines()
    assert re.fullmatch(r"1: .*, hands, 6 min, pain before 6, after 0, sorer .*, with a note", lines[0])
    assert re.fullmatch(
        r"2: .*, knees, part of 6 min, .*, leg pain further down, sorer side unsure", lines[1]
    )
    assert lines[2:4] == ["", "A look back:"]
    assert lines[4].startswith("Tell a doctor before you go on")
    assert "after 4 more sessions" in lines[-1]


def test_programs_get_all_of_it(run: Run) -> None:
    (number,) = put(ENTRY)
    (listed,) = json.loads(run("journal", "list", "--json").out)
    assert listed == json.loads(run("journal", "show", str(number), "--json").out)
    assert listed["id"] == number
    assert listed["title"].startswith("hands, 2026-11-21")
    assert (listed["before"], listed["after"], listed["done"]) == (6, 0, ENTRY.done)


def test_show_says_all_that_is_kept(run: Run) -> None:
    (number,) = put(replace(ENTRY, note="two\nlines", stops=(*ENTRY.stops, "ice.back"), leg_worse=True))
    said = run("journal", "show", str(number)).out
    for line in (
        "Routine: hands",
        "Was to take: 6:00",
        "Pain before, of ten: 6",
        "Leg pain moved further down: Yes",
        "Heard: li4.left 30 s, li4.right 12.5 s",
        "Planned, but not heard: ice.back",
        "    two\n    lines\n",
        "that means to stop for that day",
    ):
        assert line in said


@pytest.mark.parametrize(
    "words", [("show", "7"), ("edit", "7", "--note", "x"), ("delete", "7", "--yes")], ids=str
)
def test_a_session_that_is_not_there_is_told(words: tuple[str, ...], run: Run) -> None:
    put(ENTRY)
    done = run("journal", *words)
    assert (done.code, done.err.splitlines()[0]) == (2, "Error: unknown session '7'")
    assert "journal list` shows all." in done.err


UNFIT = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029"


def test_what_turns_a_line_round_never_gets_to_the_screen_and_letters_of_every_script_do(run: Run) -> None:
    (number,) = put(replace(ENTRY, routine=f"גב{UNFIT}", note=f"ظهري{UNFIT}"))  # as somebody else wrote it
    for words in (("journal", "list"), ("journal", "show", str(number)), ("progress",)):
        said = run(*words).out
        assert not {*UNFIT} & {*said}
        assert "גב" in said
    assert "ظهري\ufffd" in run("journal", "show", str(number)).out
    assert kept()[0].note == f"ظهري{UNFIT}", "it is kept as it was"


# ── add, edit, delete ──


def test_a_session_from_elsewhere_is_added(run: Run) -> None:
    done = run(
        *("journal", "add", "--date", "2025-11-20T21:30", "--routine", "an old tape", "--minutes", "12.5"),
        *("--before", "6", "--after", "4", "--side", "left", "--no-leg-worse", "--partial", "--note", "late"),
    )
    assert done.code == 0
    (entry,) = kept()
    here = datetime(2025, 11, 20, 21, 30).astimezone()
    assert (entry.began, entry.routine, entry.length) == (here, "an old tape", 750_000)
    assert (entry.pain_before, entry.pain_after, entry.side, entry.leg_worse) == (6, 4, "left", False)
    assert (entry.is_whole, entry.note) == (False, "late")


def test_what_is_not_said_of_a_session_stays_unsaid_and_it_was_now(run: Run) -> None:
    assert run(*ADD).code == 0
    (entry,) = kept()
    assert abs(datetime.now(tz=UTC) - entry.began) < timedelta(minutes=5)
    assert (entry.routine, entry.is_whole, entry.note) == ("lying-down", True, "")
    assert {entry.pain_before, entry.pain_after, entry.leg_worse, entry.side} == {None}


def test_the_same_session_is_not_added_twice(run: Run) -> None:
    words = (*ADD, "--date", "2025-11-20T21:30")
    assert run(*words).code == 0
    assert run(*words).code == 2
    assert len(kept()) == 1


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (("--date", "2026-02-30"), "is no date and time"),
        (("--date", "tomorrow"), "is no date and time"),
        (("--date", "today 25:00"), "is no date and time"),
        (("--date", "2999-01-01T10:00"), "is in the future"),
        (("--date", "0001-01-01T10:00"), "is"),
        (("--date", "1999-12-31T10:00"), "is too long ago"),
        (("--date", "2025-11-20"), "names no time of that day"),
        (("--date", "today"), "names no time of that day"),
        (("--before", "11"), "'11' is not a whole number from 0 to 10"),
        (("--after", "-1"), "'-1' is not a whole number from 0 to 10"),
        (("--after", "five"), "'five' is not a whole number"),
        (("--after", "4.5"), "'4.5' is not a whole number"),
        (("--side", "middle"), "'middle' is none of left, right, both, unsure"),
        (("--minutes", "0"), "is no number of minutes"),
        (("--minutes", "361"), "is no number of minutes"),
        (("--minutes", "nan"), "is no number of minutes"),
        (("--routine", ""), "is no name of a routine"),
        (("--note", "x" * (LONGEST_NOTE + 1)), "the note has 10001 characters"),
    ],
    ids=lambda one: " ".join(one)[:24],
)
def test_what_cannot_be_is_told_and_not_added(wrong: tuple[str, ...], message: str, run: Run) -> None:
    done = run(*ADD, *wrong)
    assert done.code == 2
    assert message in done.err.splitlines()[0]
    assert done.err.splitlines()[1].startswith("Hint:  ")
    assert kept() == []


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the clock on the wall be the one of Berlin."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows has its zone elsewhere")
@pytest.mark.usefixtures("berlin")
def test_a_time_that_the_clocks_jump_over_is_moved_on_and_that_is_said(run: Run) -> None:
    done = run(*ADD, "--date", "2026-03-29T02:30")
    assert done.err == "Note: the clocks went forward over 2026-03-29T02:30. It is kept as 03:30.\n"
    assert [one.began.isoformat() for one in kept()] == ["2026-03-29T03:30:00+02:00"]
    done = run(*ADD, "--date", "2025-10-26T02:30")  # it came twice: the first is meant
    assert (done.code, done.err) == (0, "")
    assert kept()[0].began.isoformat() == "2025-10-26T02:30:00+02:00"


@pytest.mark.parametrize(
    ("typed", "days", "at"),
    [("yesterday 00:10", 1, "00:10"), ("Yesterday 21:30", 1, "21:30"), ("today 00:00", 0, "00:00")],
)
def test_a_day_may_be_called_today_or_yesterday(typed: str, days: int, at: str, run: Run) -> None:
    today = datetime.now().astimezone().date()
    assert run(*ADD, "--date", typed).code == 0
    assert f"{kept()[0].began:%Y-%m-%d %H:%M}" == f"{today - timedelta(days=days)} {at}"


def test_what_is_named_is_changed_and_the_rest_stays(run: Run) -> None:
    (number,) = put(ENTRY)
    assert run("journal", "edit", str(number), "--after", "8", "--note", "").code == 0
    assert kept() == [replace(ENTRY, id=number, pain_after=8, note="")]
    assert run("journal", "edit", str(number)).code == 2


def test_an_answer_can_be_taken_back(run: Run) -> None:
    (number,) = put(ENTRY)
    words = ("--before", "none", "--after", "", "--side", "None", "--leg-unsaid")
    assert run("journal", "edit", str(number), *words).code == 0
    unsaid = {"pain_before": None, "pain_after": None, "side": None, "leg_worse": None}
    assert kept() == [replace(ENTRY, id=number, **unsaid)]  # type: ignore[arg-type]
    assert run("journal", "edit", str(number), "--leg-worse", "--leg-unsaid").code == 2
    said = run("journal", "edit", "--help").out
    assert "`none` for --before" in said
    assert "--leg-unsaid" in said


def test_to_edit_or_remove_a_session_where_none_is_kept_makes_no_journal(run: Run, stranger: Path) -> None:
    for words in (("edit", "3", "--note", "x"), ("delete", "3", "--yes")):
        done = run("journal", *words)
        assert (done.code, done.err.splitlines()[0]) == (2, "Error: unknown session '3'")
    assert [*stranger.iterdir()] == []


def test_a_session_is_added_whatever_is_wrong_with_another_one(run: Run) -> None:
    put(replace(ENTRY, began=datetime.now(tz=UTC)))
    with closing(sqlite3.connect(private_folder() / FILE)) as db:
        db.execute("UPDATE sessions SET began = 'yesterday'")
        db.commit()
    done = run(*ADD, "--date", "2025-11-20T21:30")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("2: 20 November 2025, 21:30, lying-down, 45 min")


def test_one_session_tells_by_itself_too_that_its_day_meant_stop(run: Run) -> None:
    first, second = (
        replace(ENTRY, began=ENTRY.began + timedelta(hours=one), leg_worse=None) for one in (0, 1)
    )
    put(replace(first, pain_before=3, pain_after=4), replace(second, pain_before=4, pain_after=5))
    assert STOP in run("journal", "show", "2").out
    run("journal", "edit", "2", "--after", "4")
    assert STOP not in run("journal", "show", "2").out


def test_what_is_exported_with_marks_of_direction_comes_back_as_it_was(run: Run, tmp_path: Path) -> None:
    (number,) = put(replace(ENTRY, routine="my \u2067a\u2069", note="a \u2068b\u2069"))
    for suffix in ("csv", "json"):
        file = tmp_path / f"all.{suffix}"
        assert run("journal", "export", "-o", str(file)).code == 0
        assert run("journal", "import", str(file)).out == f"{file}: 0 sessions added, 1 there already\n"
    assert kept()[0].id == number


def test_a_journal_behind_a_link_that_leads_nowhere_is_not_taken_for_none(run: Run, tmp_path: Path) -> None:
    make_private_folder(private_folder())
    (private_folder() / FILE).symlink_to(tmp_path / "gone.sqlite3")
    assert_told(run("journal", "list"), 1, "which is not there")
    assert "should stop for today is not known" in run("play", "hands", "--backend", "null", *TONE).err


def test_a_routine_that_is_not_here_is_kept_and_what_is_near_is_named(run: Run) -> None:
    assert run(*ADD, "--routine", "hand").err == (
        "Note: no routine here is called 'hand': did you mean 'hands'?\n"
    )
    assert run("journal", "edit", "1", "--routine", "an old tape").err == (
        "Note: no routine here is called 'an old tape'.\n"
    )
    assert run("journal", "edit", "1", "--routine", "hands").err == ""
    assert [one.routine for one in kept()] == ["hands"]


def test_pain_that_went_up_by_two_says_what_that_means(run: Run) -> None:
    assert "to stop for that day" in run(*ADD, "--before", "4", "--after", "6").out
    assert "to stop for that day" not in run(*ADD, "--routine", "hands", "--before", "4", "--after", "5").out


def test_pain_that_went_up_by_two_over_a_day_says_it_too_whichever_of_its_sessions_is_told(run: Run) -> None:
    later = replace(ENTRY, began=ENTRY.began + timedelta(hours=1), pain_before=4, pain_after=5)
    put(replace(ENTRY, pain_before=4, pain_after=4), later)
    assert "to stop for that day" in run("journal", "edit", "1", "--before", "3").out
    assert "to stop for that day" in run("journal", "edit", "2", "--note", "worse").out
    assert "to stop for that day" not in run("journal", "edit", "2", "--after", "4").out


def test_a_session_is_removed_with_yes_and_never_unasked(run: Run) -> None:
    (number,) = put(ENTRY)
    done = run("journal", "delete", str(number))
    assert done.code == 2
    assert "--yes removes it" in done.err
    assert len(kept()) == 1
    assert run("journal", "delete", str(number), "--yes").code == 0
    assert kept() == []


# ── export and import ──


@settings(max_examples=25)
@given(st.lists(ENTRIES, max_size=4), st.sampled_from([".csv", ".json"]))
def test_what_is_written_comes_back_exactly(entries: list[Entry], suffix: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"journal{suffix}"
        path.write_text(write_entries(entries, suffix), encoding="utf-8", newline="")
        again = read_entries(path)
    assert again == entries
    assert [one.began.isoformat() for one in again] == [one.began.isoformat() for one in entries]


@pytest.mark.parametrize("note", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "'=1", "''=1"])
def test_no_spreadsheet_takes_a_note_for_a_formula(note: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(write_entries([replace(ENTRY, note=note)], ".csv"), encoding="utf-8", newline="")
    with path.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["note"] == f"'{note}"
    assert [one.note for one in read_entries(path)] == [note]


def test_an_apostrophe_that_keeps_nothing_from_a_spreadsheet_stays(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    text = write_entries([replace(ENTRY, note="'twas fine")], ".csv")
    assert "'twas fine" in text
    assert "''twas" not in text
    path.write_text(text, encoding="utf-8", newline="")
    assert read_entries(path)[0].note == "'twas fine"


@pytest.mark.parametrize(
    "column", ["began", "routine", "seconds", "whole", "before", "side", "stops", "done"]
)
def test_a_value_that_is_told_is_short_and_no_screen_obeys_it(column: str, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    session = {"began": "2026-11-20T21:30:00+01:00", "routine": "hands", "seconds": 360}
    wrong = {**session, column: "\x1b[2J\n\u202e" + "x" * 1_000_000}
    file.write_text(json.dumps({"version": 1, "sessions": [wrong]}), encoding="utf-8")
    done = run("journal", "import", str(file))
    first = done.err.splitlines()[0]
    assert done.code == 1
    assert "…'" in first
    assert len(first) < len(str(file)) + 150
    assert first.isprintable()
    assert len(done.err.splitlines()) == 2


def test_a_column_that_is_told_is_short_too(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(f"{HEAD},\x1b[2J{'x' * 1000}\n{ROW},1\n", encoding="utf-8")
    first = run("journal", "import", str(file)).err.splitlines()[0]
    assert "no column of ours: '\ufffd[2Jx" in first
    assert len(first) < len(str(file)) + 100


@pytest.mark.parametrize("name", ["mine.csv", "mine.JSON"])
def test_a_journal_can_be_taken_along_and_imported_twice_makes_no_doubles(
    name: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(ENTRY, replace(ENTRY, routine="unknown here", note='"quoted", <b>\nand in lines'))
    before = kept()
    file = str(tmp_path / name)
    assert run("journal", "export", "-o", file).out == f"{file}: 2 sessions\n"
    assert run("journal", "export", "-o", file).code == 1, "it is there already"
    assert run("journal", "export", "-o", file, "--force").code == 0
    assert run("journal", "import", file).out == f"{file}: 0 sessions added, 2 there already\n"
    monkeypatch.setenv("VOICEGUIDE_DATA", str(tmp_path / "elsewhere"))
    assert run("journal", "import", file).out == f"{file}: 2 sessions added, 0 there already\n"
    assert kept() == before
    assert run("journal", "import", file).code == 0
    assert kept() == before


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps a person's folders apart by itself")
def test_what_is_taken_along_can_be_read_by_its_owner_alone(run: Run, tmp_path: Path) -> None:
    assert run("journal", "export", "-o", str(tmp_path / "mine.csv")).code == 0
    assert (tmp_path / "mine.csv").stat().st_mode & 0o777 == 0o600


def test_a_session_of_which_the_file_says_other_things_is_named_and_stays(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(f"{HEAD},note\n{ROW},first\n{ROW},second\n{ROW},first\n", encoding="utf-8")
    other = "  2026-11-20 21:30, hands: the file says other things of it; session 1 stays as it is.\n"
    assert run("journal", "import", str(file)).out == f"{file}: 1 session added, 2 there already\n{other}"
    assert [one.note for one in kept()] == ["first"]
    file.write_text(f"{HEAD},note\n{ROW},third\n", encoding="utf-8")
    assert run("journal", "import", str(file)).out == f"{file}: 0 sessions added, 1 there already\n{other}"
    with closing(sqlite3.connect(private_folder() / FILE)) as db:
        db.execute("UPDATE sessions SET began = 'yesterday'")
        db.commit()
    assert other in run("journal", "import", str(file)).out


def test_sessions_of_a_clock_that_was_wrong_are_taken_along_too(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks = ("1901-01-01T00:00+14:00", "1970-01-01T00:00+01:00", "8999-12-31T00:00Z")
    put(ENTRY, *(replace(ENTRY, began=datetime.fromisoformat(one)) for one in clocks))
    before, file = kept(), str(tmp_path / "mine.csv")
    assert len(before) == 4
    assert run("journal", "export", "-o", file).code == 0
    monkeypatch.setenv("VOICEGUIDE_DATA", str(tmp_path / "elsewhere"))
    assert run("journal", "import", file).code == 0
    assert [replace(one, id=0) for one in kept()] == [replace(one, id=0) for one in before]
    assert run("journal", "list").code == 0
    assert run("progress", "-o", str(tmp_path / "mine.svg")).code == 0


def test_the_help_of_import_names_every_column_and_which_are_needed(run: Run) -> None:
    said = " ".join(run("journal", "import", "--help").out.split())
    assert "needs the columns began, routine and seconds." in said
    assert not [name for name in COLUMNS if name not in re.findall(r"\w+", said)]


def test_a_session_of_which_nothing_else_is_said_was_whole_as_with_add(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(f"{HEAD},whole\n{ROW},\n", encoding="utf-8")
    (tmp_path / "mine.json").write_text(rows(), encoding="utf-8")
    found = [one for name in ("mine.csv", "mine.json") for one in read_entries(tmp_path / name)]
    assert [one.is_whole for one in found] == [True, True]


def test_another_ending_is_told(run: Run, tmp_path: Path) -> None:
    for words in (("export", "-o", str(tmp_path / "mine.xlsx")), ("import", str(tmp_path / "mine.xlsx"))):
        done = run("journal", *words)
        assert (done.code, "does not end in .csv or .json" in done.err) == (2, True)


def test_a_mark_before_the_text_and_lines_of_windows_are_no_fault(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_bytes(f"\ufeff{HEAD},note\r\n{ROW},für mich\r\n\r\n".encode())
    assert run("journal", "import", str(tmp_path / "mine.csv")).code == 0
    assert kept()[0].note == "für mich"


def test_every_wrong_line_is_told_and_nothing_is_imported(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    rows = [
        "2026-02-30,hands,360,,,,",
        "tomorrow,hands,360,,,,",
        "0001-01-01,hands,360,,,,",
        "9999-12-31,hands,360,,,,",
        ",hands,360,,,,",
        "2026-11-20,,360,,,,",
        "2026-11-20,hands,99999,,,,",
        '2026-11-20,hands,360,11,-1,"two\nlines",x',
        "2026-11-20,hands,360,five,4.5,,middle",
    ]
    file.write_text(
        "\n".join([f"{HEAD},before,after,note,side", f"{ROW},6,4,,left", *rows]), encoding="utf-8"
    )
    done = run("journal", "import", str(file))
    assert done.code == 1
    told = [line for line in done.err.splitlines() if line.startswith("Error: ")]
    lines = [int(re.match(rf"Error: {re.escape(str(file))}:(\d+): ", line)[1]) for line in told]  # type: ignore[index]
    assert lines == [3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 12, 12, 12]
    assert kept() == []


JSON_ROW = '{"began": "2026-11-20T21:30:00+01:00", "routine": "hands", "seconds": 360'
WRONG_FILES: dict[str, tuple[str, bytes]] = {
    "empty.csv": ("the file is empty", b""),
    "blank.json": ("the file is empty", b"\xef\xbb\xbf \n"),
    "cp1252.csv": ("this is no UTF-8 text", f"{HEAD},note\n{ROW},für mich\n".encode("cp1252")),
    "utf16.csv": ("this is no UTF-8 text", f"{HEAD}\n{ROW}\n".encode("utf-16")),
    "foreign.csv": ("no column of ours: 'weight'", f"{HEAD},weight\n{ROW},80\n".encode()),
    "semicolons.csv": ("no column of ours: 'began;routine;seconds'", b"began;routine;seconds\n"),
    "missing.csv": ("the column 'seconds' is missing", b"began,routine\n2026-11-20,hands\n"),
    "twice.csv": ("a column stands there twice", f"{HEAD},seconds\n{ROW},360\n".encode()),
    "ragged.csv": ("there are 4 values for 3 columns", f"{HEAD}\n{ROW},6\n".encode()),
    "quote.csv": ("this is no CSV", f'{HEAD}\n{ROW}\n"never ended\n'.encode()),
    "huge cell.csv": ("this is no CSV", f"{HEAD}\n{'x' * 200_000},hands,360\n".encode()),
    "rubbish.json": ("this is no JSON", b"{"),
    "deep.json": ("this is no JSON of ours", b"[" * 100_000),
    "list.json": ("this is no exported journal", b"[]"),
    "number.json": ("this is no session", b'{"version": 1, "sessions": [7]}'),
    "newer.json": ("it is of version '2', known here: 1", b'{"version": 2, "sessions": []}'),
    "foreign.json": ("'weight'", f'{{"version": 1, "sessions": [{JSON_ROW}, "weight": 80}}]}}'.encode()),
    "flag.json": (
        "'True' is not a whole",
        f'{{"version": 1, "sessions": [{JSON_ROW}, "before": true}}]}}'.encode(),
    ),
    "infinite.json": (
        "are no seconds",
        JSON_ROW.replace("360", "Infinity").join(('{"version": 1, "sessions": [', "}]}")).encode(),
    ),
    "stops.json": ("are no stops", f'{{"version": 1, "sessions": [{JSON_ROW}, "stops": [7]}}]}}'.encode()),
}


@pytest.mark.parametrize("name", WRONG_FILES)
def test_a_file_that_is_no_journal_is_told_and_nothing_is_imported(
    name: str, run: Run, tmp_path: Path
) -> None:
    message, content = WRONG_FILES[name]
    (tmp_path / name).write_bytes(content)
    done = run("journal", "import", str(tmp_path / name))
    assert done.code == 1
    assert message in done.err.splitlines()[0]
    assert str(tmp_path / name) in done.err.splitlines()[0]
    assert done.err.splitlines()[1].startswith("Hint:  ")
    assert not (private_folder() / FILE).exists()


def test_a_file_that_is_far_too_large_or_missing_or_a_folder_is_told(run: Run, tmp_path: Path) -> None:
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(LARGEST + 1)
    (tmp_path / "folder.csv").mkdir()
    for name, message in (
        ("large", "larger than 32 MB"),
        ("folder", "cannot be read"),
        ("none", "cannot be read"),
    ):
        done = run("journal", "import", str(tmp_path / f"{name}.csv"))
        assert (done.code, message in done.err) == (1, True)
    assert kept() == []


@settings(max_examples=40)
@given(st.binary(max_size=300), st.sampled_from([".csv", ".json"]))
def test_whatever_a_file_holds_it_is_read_or_told(content: bytes, suffix: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"mine{suffix}"
        path.write_bytes(content)
        with suppress(VoiceguideError):
            assert read_entries(path) == []


def rows(**changes: Any) -> str:
    row = {"began": "2026-11-20T21:30:00+01:00", "routine": "hands", "seconds": 360, **changes}
    return json.dumps({"version": 1, "sessions": [row]})


VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=9)
    | st.lists(st.text(max_size=3))
)


@settings(max_examples=40)
@given(
    st.dictionaries(
        st.sampled_from("began routine seconds whole before side note stops done".split()), VALUES
    )
)
def test_whatever_stands_in_a_session_it_is_one_or_told(changes: dict[str, Any]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mine.json"
        path.write_text(rows(**changes), encoding="utf-8")
        with suppress(InvalidContent), Journal(Path(folder)) as journal:
            assert [one.is_new for one in journal.insert(read_entries(path))] == [True]
