"""`voiceguide progress`, as it is typed: lines first, a chart where it is seen, a picture on request."""

from __future__ import annotations

import json
import os
import sys
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.drawings import parse, session, shapes, words_in
from tests.terminal import at_a_terminal
from voiceguide.appointments import new_appointments, save_appointments
from voiceguide.folders import private_folder
from voiceguide.journal import Journal

MONDAY = datetime(2026, 10, 12, 19, 30, tzinfo=timezone(timedelta(hours=2)))
PAINS = ((6, 4), (7, 5), (5, None), (None, None))


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep four sessions, one every other day, the second in part."""
    monkeypatch.setenv("VOICEGUIDE_DATA", str(tmp_path / "data"))
    done = [
        session(
            MONDAY + timedelta(days=2 * at), id=at + 1, pain_before=before, pain_after=after, is_whole=at != 1
        )
        for at, (before, after) in enumerate(PAINS)
    ]
    with Journal(private_folder()) as journal:
        journal.insert(done)
    return tmp_path


LINES = [
    "12 October 2026, 19:30, lower-back, 24 min, pain before 6, after 4",
    "14 October 2026, 19:30, lower-back, part of 24 min, pain before 7, after 5",
    "16 October 2026, 19:30, lower-back, 24 min, pain before 5, after not given",
    "18 October 2026, 19:30, lower-back, 24 min, pain not given",
]


@pytest.mark.usefixtures("kept")
def test_into_a_pipe_each_session_is_a_line_and_there_is_no_chart(run: Run) -> None:
    done = run("progress")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[:4] == LINES
    assert "|" not in done.out


@pytest.mark.usefixtures("kept")
def test_the_plan_stands_below_the_sessions(run: Run) -> None:
    plan = new_appointments(
        start=date(2026, 10, 12), at=MONDAY.time(), zone="Europe/Berlin", minutes=24, routine="lower-back"
    )
    save_appointments(plan, private_folder())
    assert "Planned: 3 of 6 dates kept." in run("progress").out.splitlines()
    states = [one["state"] for one in json.loads(run("progress", "--json").out)["planned"]]
    assert states.count("kept") == 3


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("content", ["{", "[]", '{"version": 99}', '{"version": 1}'])
def test_a_plan_that_cannot_be_read_is_told_and_the_sessions_are_there(content: str, run: Run) -> None:
    (private_folder() / "plan.json").write_text(content, encoding="utf-8")
    done = run("progress")
    assert (done.code, done.out.splitlines()[:4]) == (0, LINES)
    assert done.err.startswith("Your plan is left out: ")
    assert "plan.json" in done.err
    assert "Planned" not in done.out
    assert json.loads(run("progress", "--json").out)["planned"] == []


@pytest.mark.usefixtures("kept")
def test_a_program_reads_the_same(run: Run) -> None:
    sessions = json.loads(run("progress", "--json").out)["sessions"]
    assert [(one["before"], one["after"]) for one in sessions] == [*PAINS]
    assert sessions == json.loads(run("journal", "list", "--json").out)


@pytest.mark.usefixtures("kept")
def test_a_session_is_told_as_in_the_journal(run: Run) -> None:
    listed = run("journal", "list").out.splitlines()[:4]
    assert listed == [f"{number}: {line}" for number, line in enumerate(LINES, start=1)]


def test_a_picture_is_written_and_nothing_is_replaced_unasked(run: Run, kept: Path) -> None:
    file = kept / "mine.svg"
    done = run("progress", "-o", str(file))
    assert (done.code, done.out) == (0, f"{file}: any browser shows it, and prints it\n")
    drawing = parse(file.read_text(encoding="utf-8"))
    assert len([one for at in range(1, 5) for one in shapes(drawing, "g", data_session=str(at))]) == 4
    assert "pain" in {one.text for one in words_in(drawing)}
    again = run("progress", "-o", str(file))
    assert again.code == 1
    assert "--force" in again.err
    assert run("progress", "-o", str(file), "--force").code == 0


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps a person's folders apart by itself")
def test_a_picture_of_pain_can_be_read_by_its_owner_alone(run: Run, kept: Path) -> None:
    file = kept / "mine.svg"
    before = os.umask(0)
    try:
        assert run("progress", "-o", str(file)).code == 0
        assert file.stat().st_mode & 0o777 == 0o600
        file.chmod(0o644)
        assert run("progress", "-o", str(file), "--force").code == 0
    finally:
        os.umask(before)
    assert file.stat().st_mode & 0o777 == 0o600


def test_with_nothing_kept_it_says_what_to_do_first_and_makes_no_folder(run: Run, tmp_path: Path) -> None:
    done = run("progress")
    assert done.code == 0
    assert "play hands" in done.out
    picture = run("progress", "-o", str(tmp_path / "mine.svg"))
    assert picture.code == 1
    assert "play hands" in picture.err
    assert not (tmp_path / "mine.svg").exists()
    assert not private_folder().exists()


@pytest.mark.usefixtures("kept")
@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
@pytest.mark.parametrize(("words", "has_chart"), [((), True), (("--plain",), False)])
def test_at_a_terminal_there_is_a_chart_unless_plain_text_is_wanted(
    words: tuple[str, ...], *, has_chart: bool
) -> None:
    code, said = at_a_terminal("progress", *words)
    shown = said.replace("\r\n", "\n")
    assert code == 0
    assert LINES[0] in shown
    assert ("\n 6 | o\n" in shown) is has_chart
