"""What `play` asks at a terminal before a session and after it, and what follows for the rest of the day."""

from __future__ import annotations

import os
import select
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.answers import keep_answers
from tests.conftest import Run
from tests.terminal import read_all
from tests.test_journal import BEGAN, bare
from voiceguide.commands._pain import Questions, may_play
from voiceguide.entry import Entry, stop_of_day, stops
from voiceguide.folders import private_folder, user_folder
from voiceguide.journal import FILE, Journal
from voiceguide.session_log import Log

TONE = ("--voice", "tone", "--backend", "null")
PAINS = st.none() | st.integers(0, 10)
STOP = "Press no more today, and ask a doctor."


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path) as opened:
        yield opened


def answered(journal: Journal, *keys: str, entry: Entry | None = None) -> tuple[Entry, bool]:
    """Return what is stored of a session after these keys, and whether a note may follow."""
    log = Log(journal, entry or bare(), tell=pytest.fail)
    log.begin(BEGAN)
    may_follow = Questions(log, iter(keys)).ask_after()
    return journal.get(log.number or 0), may_follow


# ── the questions ──


def test_each_question_takes_one_key_and_is_stored_at_once(journal: Journal) -> None:
    entry, may_follow = answered(journal, "t", "n", "u")
    assert (entry.pain_after, entry.leg_worse, entry.side) == (10, False, "unsure")
    assert may_follow


@pytest.mark.parametrize(("key", "pain"), [*((str(number), number) for number in range(10)), ("t", 10)])
def test_digits_are_the_pain_and_t_is_ten(key: str, pain: int, journal: Journal) -> None:
    assert answered(journal, key)[0].pain_after == pain


def test_enter_skips_one(journal: Journal) -> None:
    entry, may_follow = answered(journal, "enter", "y", "enter")
    assert (entry.pain_after, entry.leg_worse, entry.side) == (None, True, None)
    assert may_follow


@pytest.mark.parametrize("key", ["q", "escape"])
def test_q_and_escape_skip_the_rest_and_what_was_said_stays(key: str, journal: Journal) -> None:
    entry, may_follow = answered(journal, "3", key, "y", "l")
    assert (entry.pain_after, entry.leg_worse, entry.side) == (3, None, None)
    assert not may_follow


def test_a_terminal_that_is_closed_loses_nothing(journal: Journal) -> None:
    entry, may_follow = answered(journal, "3")
    assert (entry.pain_after, may_follow) == (3, False)


def test_every_answer_is_echoed_once_and_other_keys_are_told(
    journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    answered(journal, "x", "space", "4", "5", "y", "enter")
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "It is session 1 in your journal. `voiceguide journal edit 1` changes what is kept."
    assert lines[1].startswith("How much does your back hurt now?")
    assert "0 is no pain, 10 the worst there is" in lines[1]
    wrong = "That key is not one of them. Press 0 to 9, or t for ten, or Enter to skip this."
    assert lines[2:5] == [wrong, wrong, "4 of ten."]
    assert lines[5].startswith("Has pain in a leg moved further down?")
    assert lines[6].endswith("Press y for yes, or n for no, or Enter to skip this.")
    assert lines[7] == "Yes."
    assert STOP in lines[8]
    assert lines[9].startswith("Which side hurts more?")
    assert lines[10:] == ["Skipped."]


@pytest.mark.parametrize(
    ("before", "keys", "stops"),
    [
        (4, ("6", "y", "enter"), True),
        (4, ("6", "q"), True),
        (4, ("5", "n", "enter"), False),
        (None, ("t", "n", "enter"), False),
        (None, ("enter", "y", "q"), True),
    ],
    ids=str,
)
def test_what_means_stop_for_today_is_said_once_as_soon_as_it_is_known(
    before: int | None,
    keys: tuple[str, ...],
    journal: Journal,
    capsys: pytest.CaptureFixture[str],
    *,
    stops: bool,
) -> None:
    answered(journal, *keys, entry=bare(pain_before=before))
    assert capsys.readouterr().err.count(STOP) == stops


def test_before_a_session_nothing_is_stored_until_it_begins(journal: Journal) -> None:
    log = Log(journal, bare(), tell=pytest.fail)
    Questions(log, iter(["7"])).ask_before()
    assert journal.entries() == []
    log.begin(BEGAN)
    assert journal.entries()[0].pain_before == 7


def test_a_session_that_goes_on_is_not_asked_again(
    journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    Questions(Log(journal, bare(pain_before=7), tell=pytest.fail), iter([])).ask_before()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("typed", "note"),
    [
        ("slept well\n", "slept well"),
        ("\n", ""),
        ("", ""),
        ("q\n", ""),
        (" Q \n", ""),
        ("quiet\n", "quiet"),
        ("\x1b[31mred\0\n", "red"),
        ("\x0c\n", ""),
        ("\x1b[D\x1bOCa\tb\x7f\n", "a b"),
    ],
    ids=["a line", "Enter", "the end", "q", "Q", "a word", "controls", "Ctrl-L", "arrows"],
)
def test_a_note_is_one_line(typed: str, note: str, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    os.write(write, typed.encode())
    os.close(write)
    with open(read, encoding="utf-8") as stdin:  # noqa: PTH123 - a handle has no path
        monkeypatch.setattr(sys, "stdin", stdin)
        log = Log(journal, bare(), tell=pytest.fail)
        log.begin(BEGAN)
        Questions(log, iter([])).ask_note()
    assert journal.entries()[0].note == note


# ── the rest of the day ──

NOON = datetime.now().astimezone().replace(hour=12)
WORSE = bare(pain_before=4, pain_after=6)


@pytest.mark.parametrize(
    ("began", "now", "is_told"),
    [
        (NOON - timedelta(hours=11), NOON, True),
        (NOON - timedelta(hours=13), NOON, False),
        (NOON - timedelta(hours=13), NOON - timedelta(hours=11), True),
        (NOON - timedelta(days=1), NOON, False),
    ],
    ids=["today", "last night", "an hour ago, before midnight", "yesterday"],
)
def test_after_a_session_that_means_stop_that_is_said_for_the_rest_of_the_day(
    began: datetime, now: datetime, journal: Journal, capsys: pytest.CaptureFixture[str], *, is_told: bool
) -> None:
    journal.begin(replace(WORSE, began=began))
    journal.begin(replace(bare(), began=began + timedelta(minutes=1)))
    assert may_play(journal, now, asks=False), "without somebody to ask it is only said"
    assert (STOP in capsys.readouterr().err) == is_told


@pytest.mark.parametrize(
    ("pains", "is_told"),
    [
        ([(3, 4), (4, 5), (5, 6)], True),
        ([(3, 4), (4, 5)], True),
        ([(3, 4), (4, 5), (5, None)], True),
        ([(3, 4), (4, 4)], False),
        ([(6, 5), (5, 6), (6, 7)], True),
        ([(None, 4), (4, 5)], False),
        ([(3, 4), (4, 3)], False),
        ([(6, 4), (2, None)], False),
        ([(3, 4), (4, 5), (5, 4)], True),
    ],
    ids=str,
)
def test_pain_that_goes_up_a_little_in_each_session_means_stop_by_the_day(
    pains: list[tuple[int, int]], journal: Journal, capsys: pytest.CaptureFixture[str], *, is_told: bool
) -> None:
    for hour, (before, after) in enumerate(pains):
        journal.begin(bare(began=NOON - timedelta(hours=9 - hour), pain_before=before, pain_after=after))
    assert may_play(journal, NOON, asks=False)
    assert (STOP in capsys.readouterr().err) == is_told


def at(when: str, before: int | None = None, after: int | None = None) -> Entry:
    """Return a session that began at a time, with its pains."""
    return bare(began=datetime.fromisoformat(when), pain_before=before, pain_after=after)


CLOCKS_GO_BACK = at("2026-10-25T00:30+02:00", 3, 7)
NIGHT = (at("2026-11-01T23:30+01:00", 3, 4), at("2026-11-02T00:30+01:00", 4, 5))
EVENING = datetime.fromisoformat("2026-11-02T22:00+01:00")


@pytest.mark.parametrize(
    ("entries", "now"),
    [
        ((CLOCKS_GO_BACK,), datetime.fromisoformat("2026-10-25T22:00+01:00")),
        (NIGHT, NIGHT[1].began),
        (NIGHT, EVENING),
    ],
    ids=["clocks go back", "at night", "a stop of that night, in the evening after it"],
)
def test_a_day_is_that_of_the_clock_where_a_session_began_and_a_night_is_one(
    entries: tuple[Entry, ...], now: datetime
) -> None:
    assert stop_of_day(entries, now) == entries[-1]
    assert stop_of_day(entries, now + timedelta(days=1)) is None


@given(st.lists(st.tuples(PAINS, PAINS, st.integers(0, 20)), max_size=6))
def test_no_session_takes_back_that_an_earlier_one_meant_stop(
    told: list[tuple[int | None, int | None, int]],
) -> None:
    entries = [
        bare(began=EVENING - timedelta(hours=hour), pain_before=before, pain_after=after)
        for before, after, hour in sorted(told, key=lambda one: -one[2])
    ]
    found = [stops(entries[:number]) for number in range(len(entries) + 1)]
    assert all(more[: len(less)] == less for less, more in pairwise(found))
    assert [one for one in entries if one.means_stop and one not in found[-1]] == []


def test_what_means_stop_by_the_day_is_said_at_once(
    journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    journal.begin(bare(-60, pain_before=3, pain_after=4))
    answered(journal, "5", "n", "enter", entry=bare(pain_before=4))
    assert capsys.readouterr().err.count(STOP) == 1


def test_a_session_that_cannot_be_read_hides_no_stop(
    journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    journal.begin(bare(began=NOON - timedelta(days=30)))
    journal.begin(bare(began=NOON - timedelta(hours=1), pain_before=3, pain_after=8))
    journal.begin(bare(began=NOON - timedelta(hours=2)))
    with closing(sqlite3.connect(journal.path)) as db:
        db.execute("UPDATE sessions SET began = 'once' WHERE id <> 2")
        db.commit()
    assert may_play(journal, NOON, asks=False)
    assert "Press no more today" in capsys.readouterr().err
    journal.delete(2)
    assert may_play(journal, NOON, asks=False)
    told = " ".join(capsys.readouterr().err.split())
    assert "should stop for today is not known: session 1" in told
    assert "`voiceguide journal delete 1`" in told


def test_a_stop_by_the_day_is_not_taken_back_by_answers_after_its_rest(journal: Journal) -> None:
    journal.begin(bare(-60, pain_before=3, pain_after=4))
    number = journal.begin(bare(pain_before=4, pain_after=5))
    assert Log(journal, bare(9), tell=pytest.fail, continues=number).number is None


@pytest.mark.parametrize(
    ("pains", "is_told"),
    [
        ([(1, 3, 5)], True),
        ([(40, 3, 4), (40, 4, 5)], True),
        ([(400, 3, 5)], False),
        ([(2, 3, 5), (1, None, None)], False),
        ([(1, 4, 5)], False),
        ([], False),
    ],
    ids=str,
)
def test_a_stop_is_asked_about_on_later_days_until_there_is_a_newer_session(
    pains: list[tuple[int, int | None, int | None]],
    journal: Journal,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_told: bool,
) -> None:
    for number, (days, before, after) in enumerate(pains):
        began = NOON - timedelta(days=days, minutes=-number)
        journal.begin(bare(began=began, pain_before=before, pain_after=after))
    assert may_play(journal, NOON, asks=False), "without somebody to ask it is only said"
    when = NOON - timedelta(days=pains[0][0] if pains else 0)
    assert (f"On {when.day} {when:%B %Y} your pain was up" in capsys.readouterr().err) == is_told
    for answer, may in [("\n", False), ("n\n", False), ("y\n", True)]:
        monkeypatch.setattr(sys, "stdin", StringIO(answer))
        assert may_play(journal, NOON, asks=True) == (may or not is_told)
        said = capsys.readouterr()
        assert ("Nothing is played." in said.err) == (is_told and not may)
        assert STOP not in said.err


@pytest.mark.parametrize(("minutes", "is_told"), [(59, True), (61, False)])
def test_a_session_in_the_future_does_not_count(
    minutes: int, journal: Journal, capsys: pytest.CaptureFixture[str], *, is_told: bool
) -> None:
    journal.begin(replace(WORSE, began=NOON + timedelta(minutes=minutes)))
    assert may_play(journal, NOON, asks=False)
    assert (STOP in capsys.readouterr().err) == is_told


def test_play_says_it_in_a_line_where_nobody_can_be_asked(run: Run) -> None:
    with Journal(private_folder()) as journal:
        journal.begin(replace(WORSE, began=datetime.now().astimezone()))
    done = run("play", "hands", *TONE)
    assert (done.code, done.err.count(STOP)) == (0, 1)
    assert STOP in run("play", "hands", "--no-journal", *TONE).err


# ── at a terminal ──


class Person:
    """Somebody at a pseudo-terminal in which `play` runs."""

    def __init__(self, keyboard: int) -> None:
        self._keyboard = keyboard
        self.seen = b""
        self._read = 0

    def type(self, text: bytes) -> None:
        os.write(self._keyboard, text)

    def read_until(self, text: bytes) -> None:
        """Read on until it was printed after what the last call read."""
        while (found := self.seen.find(text, self._read)) < 0:
            ready, _, _ = select.select([self._keyboard], [], [], 60)
            assert ready, f"it hangs, and has not said {text!r}"
            self.seen += os.read(self._keyboard, 1000)
        self._read = found + len(text)

    def read_all(self) -> None:
        self.seen += read_all(self._keyboard)


@contextmanager
def at_a_terminal(*words: str, routine: str = "hands") -> Iterator[tuple[Person, list[int]]]:
    """Run `play` at a terminal, and give somebody who types there; and its exit code, once it is over."""
    pty = pytest.importorskip("pty", reason="there are no pseudo-terminals on Windows")
    import subprocess
    import termios

    keep_answers(user_folder())  # or it would ask for more than pain
    keyboard, end = pty.openpty()
    before = termios.tcgetattr(end)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    # In a session of its own whose terminal this is, so that Ctrl-C reaches it.
    program = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    program += "from voiceguide.commands import main; main()"
    command = [sys.executable, "-c", program, "play", routine, *TONE, "--plain", *words]
    player = subprocess.Popen(
        command, stdin=end, stdout=end, stderr=end, env=environment, start_new_session=True
    )
    person, code = Person(keyboard), [-1]
    try:
        yield person, code
        code[0] = player.wait(60)
        assert termios.tcgetattr(end) == before, "the terminal is as it was"
    finally:
        player.kill()
        player.wait(60)
        os.close(end)
        person.read_all()
        os.close(keyboard)
    assert b"Traceback" not in person.seen


def only_entry() -> Entry:
    with Journal(private_folder()) as journal:
        (entry,) = journal.entries()
    return entry


def test_play_asks_before_and_after_and_stays_shut_for_the_rest_of_the_day() -> None:
    with at_a_terminal() as (person, code):
        person.read_until(b"How much does your back hurt now?")
        person.type(b"6")
        person.read_until(b"6 of ten.")
        person.read_until(b"Space begins.")
        person.type(b" ")
        person.read_until(b"The session is over. Well done.")
        person.read_until(b"How much does your back hurt now?")
        person.type(b"t")
        person.read_until(b"10 of ten.")
        person.read_until(STOP.encode())
        person.read_until(b"moved further down?")
        person.type(b"n")
        person.read_until(b"No.")
        person.type(b"l")
        person.read_until(b"Left.")
        person.read_until(b"Enter ends it.")
        person.type(b"slept well\n")
    assert code == [0]
    entry = only_entry()
    assert (entry.pain_before, entry.pain_after, entry.leg_worse, entry.side) == (6, 10, False, "left")
    assert (entry.note, entry.is_whole) == ("slept well", True)
    with at_a_terminal() as (person, code):
        person.read_until(b"against this advice? [y/N]")
        person.type(b"\n")
        person.read_until(b"Nothing is played.")
    assert code == [1], "as where a sign stops it"


@pytest.mark.slow
def test_ctrl_c_while_it_asks_leaves_the_session_stored() -> None:
    with at_a_terminal("--no-preflight") as (person, code):
        person.read_until(b"How much does your back hurt now?")
        assert b"The session is over. Well done." in person.seen, "it began by itself"
        person.type(b"\x03")
        person.read_until(b"Stopped.")
    assert code == [130]
    entry = only_entry()
    assert (entry.is_whole, entry.pain_after) == (True, None)


@pytest.mark.slow
def test_without_a_journal_nothing_is_asked(stranger: Path) -> None:
    with at_a_terminal("--no-journal") as (person, code):
        person.read_until(b"Space begins.")
        person.type(b" ")
        person.read_until(b"The session is over. Well done.")
    assert code == [0]
    assert b"hurt now" not in person.seen
    assert not (stranger / "private" / FILE).exists()


@pytest.mark.slow
def test_whoever_ends_early_is_asked_too_and_it_counts_as_partial() -> None:
    with at_a_terminal("--wait-for-me", routine="tennis-ball") as (person, code):
        person.read_until(b"hurt now?")
        person.type(b"\r")
        person.read_until(b"Space begins.")
        person.type(b" ")
        person.read_until(b"Wait for my word.")  # where it stays until Space
        person.type(b"qq")
        person.read_until(b"hurt now?")
        person.type(b"2q")
        person.read_until(b"No more questions.")
    assert code == [0]
    entry = only_entry()
    assert (entry.pain_before, entry.pain_after, entry.is_whole) == (None, 2, False)
