"""The journal: what is stored stays, whatever happens to the file."""

from __future__ import annotations

import errno
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Thread, Timer
from typing import IO, Any

import pytest

from voiceguide.entry import LONGEST_NOTE, Entry
from voiceguide.errors import UnknownName, UsageError, VoiceguideError
from voiceguide.journal import FILE, Journal
from voiceguide.journal_tables import MIGRATIONS, migrate
from voiceguide.session_log import _TRY_AGAIN, Log
from voiceguide.shown_text import tidied
from voiceguide.units import Milliseconds

BEGAN = datetime(2026, 11, 21, 22, 10, 5, 123456, tzinfo=UTC)
ENTRY = Entry(
    id=0,
    began=BEGAN,
    routine="hands",
    length=Milliseconds(360_500),
    stops=("li4.left", "li4.right"),
    done={"li4.left": 30.0, "li4.right": 12.5},
    is_whole=True,
    pain_before=6,
    pain_after=0,
    leg_worse=False,
    side="unsure",
    note="Slept well.",
)
TOO_LONG = 60
"""Seconds after which another program hangs, and is given up."""
POSIX = pytest.mark.skipif(os.name != "posix", reason="Windows keeps a person's folders apart by itself")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "private") as opened:
        yield opened


def files(journal: Journal) -> list[str]:
    return sorted(path.name for path in journal.path.parent.iterdir())


def bare(number: int = 0, **changes: object) -> Entry:
    """Return a session of which nothing was told, so many minutes after the first."""
    began = BEGAN + timedelta(minutes=number)
    entry = Entry(id=0, began=began, routine="hands", length=Milliseconds(1000))
    return replace(entry, **changes)  # type: ignore[arg-type]


# ── what is stored ──


def test_a_session_comes_back_as_it_was_stored(journal: Journal) -> None:
    number = journal.begin(ENTRY)
    journal.close()
    assert journal.get(number) == replace(ENTRY, id=number)
    assert journal.entries() == [replace(ENTRY, id=number)]


def test_to_look_whether_there_is_a_journal_makes_none(journal: Journal) -> None:
    assert journal.entries() == []
    for ask in (journal.get, journal.delete, lambda number: journal.update(number, note="x")):
        with pytest.raises(UnknownName):
            ask(1)
    assert not journal.path.parent.exists()


def test_stays_at_the_same_stop_are_added_up_in_the_order_they_came(journal: Journal) -> None:
    number = journal.begin(bare())
    for stop, seconds in (("li4.right", 10.1), ("li4.left", 1), ("li4.right", 0.2)):
        journal.update(number, stays=[(stop, seconds)])
    assert list(journal.get(number).done.items()) == [("li4.right", 10.3), ("li4.left", 1.0)]


def test_sessions_are_listed_by_when_they_began_whatever_the_clock_showed(journal: Journal) -> None:
    elsewhere = datetime.fromisoformat("2026-11-21T23:00:00+05:30")  # earlier than ten past ten in London
    second, first = journal.begin(ENTRY), journal.begin(bare(began=elsewhere))
    assert [one.id for one in journal.entries()] == [first, second]
    assert journal.entries()[0].began.isoformat() == elsewhere.isoformat()
    assert [one.id for one in journal.entries(since=BEGAN)] == [second]


def test_two_that_begin_in_one_instant_are_two(journal: Journal) -> None:
    assert journal.begin(ENTRY) != journal.begin(ENTRY)
    assert len(journal.entries()) == 2


def test_what_is_there_already_is_not_inserted_again_nor_changed(journal: Journal) -> None:
    number = journal.begin(ENTRY)
    again = replace(ENTRY, note="another", began=BEGAN.astimezone())
    same = replace(ENTRY, began=BEGAN.astimezone(timezone(timedelta(hours=9))))
    found = journal.insert([again, same, bare(1), bare(1), bare(1, note="another")])
    new = found[2].number
    assert found == [
        (number, False, False),
        (number, False, True),
        (new, True, True),
        (new, False, True),
        (new, False, False),
    ]
    assert [one.id for one in journal.entries()] == [number, new]
    assert [one.note for one in journal.entries()] == [ENTRY.note, ""]


def test_all_are_inserted_or_none(journal: Journal) -> None:
    with pytest.raises(VoiceguideError):
        journal.insert([bare(1), bare(2, pain_before=11)])
    assert journal.entries() == []


def test_only_what_changed_is_changed(journal: Journal) -> None:
    number = journal.begin(ENTRY)
    journal.update(number, note="edited meanwhile")
    journal.update(number, pain_after=3, stays=(("li4.left", 1.0),))
    entry = journal.get(number)
    assert (entry.note, entry.pain_after, entry.pain_before) == ("edited meanwhile", 3, 6)
    assert entry.done["li4.left"] == 31.0


def test_a_session_cannot_be_moved_onto_another(journal: Journal) -> None:
    first, second = journal.begin(bare(1)), journal.begin(bare(2))
    with pytest.raises(UsageError, match=f"session {first} began then"):
        journal.update(second, began=bare(1).began)


def test_what_is_deleted_is_gone_with_its_stays_and_its_number_is_never_used_again(journal: Journal) -> None:
    number = journal.begin(replace(ENTRY, note="a secret of mine"))
    journal.delete(number)
    with pytest.raises(UnknownName, match=f"unknown session '{number}'"):
        journal.delete(number)
    assert journal.begin(ENTRY) > number
    journal.close()
    assert b"a secret of mine" not in journal.path.read_bytes()
    with closing(sqlite3.connect(journal.path)) as db:
        assert db.execute("SELECT count(*) FROM stays").fetchone() == (2,)


@pytest.mark.parametrize("number", [0, -1, 2**63, 10**30])
def test_a_number_that_no_session_has_is_unknown(number: int, journal: Journal) -> None:
    journal.begin(ENTRY)
    for ask in (journal.get, journal.delete, journal.update):
        with pytest.raises(UnknownName):
            ask(number)


@pytest.mark.parametrize(
    "note",
    [
        "'); DROP TABLE sessions; --",
        "<script>alert(1)</script>",
        "two\nlines\tand a tab",
        "ש \U0001f9d8‍♀️",
        "x" * LONGEST_NOTE,
    ],
    ids=["SQL", "HTML", "lines", "scripts", "long"],
)
def test_a_note_is_kept_to_the_letter(note: str, journal: Journal) -> None:
    assert tidied(note) == note
    number = journal.begin(replace(ENTRY, note=note))
    assert journal.get(number).note == note


def test_what_no_text_file_can_hold_is_marked_in_a_note(journal: Journal) -> None:
    note = tidied("a\0b\udcffc\r\nd\re\x1b[31m")
    assert note == "a\ufffdb\ufffdc\nd\ne\ufffd[31m"
    assert journal.get(journal.begin(replace(ENTRY, note=note))).note == note


@pytest.mark.parametrize(
    "wrong",
    [
        {"pain_before": 11},
        {"pain_after": -1},
        {"pain_after": "five"},
        {"side": "middle"},
        {"leg_worse": 2},
        {"length": 0},
        {"routine": ""},
        {"note": "x" * (LONGEST_NOTE + 1)},
        {"done": {"li4.left": -1.0}},
    ],
    ids=str,
)
def test_the_file_itself_refuses_what_cannot_be(wrong: dict[str, object], journal: Journal) -> None:
    with pytest.raises(VoiceguideError, match="constraint failed"):
        journal.begin(replace(ENTRY, **wrong))  # type: ignore[arg-type]
    assert journal.entries() == []


@POSIX
def test_only_its_owner_can_read_it_also_while_it_is_open_and_where_others_could(tmp_path: Path) -> None:
    folder = tmp_path / "private"
    with Journal(folder) as journal:
        journal.begin(ENTRY)
    folder.chmod(0o755)
    (folder / FILE).chmod(0o644)
    before = os.umask(0)
    try:
        with Journal(folder) as journal:
            journal.begin(bare(1))
            assert files(journal) == [FILE, f"{FILE}-shm", f"{FILE}-wal"]
            assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    finally:
        os.umask(before)
    assert folder.stat().st_mode & 0o777 == 0o700


# ── the file ──


def test_an_older_file_is_brought_up_to_date_step_by_step(tmp_path: Path) -> None:
    # As the first version left it, made by hand; and a second one, as a later voiceguide may have it.
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as db:
        for statement in MIGRATIONS[0]:
            db.execute(statement)
        db.execute("PRAGMA user_version = 1")
        db.execute(
            "INSERT INTO sessions VALUES (7, 0, '1970-01-01T00:00:00+00:00', 'hands', 1000, 'li4.left', 1,"
            " 6, 4, 0, 'left', 'old')"
        )
        later = (
            *MIGRATIONS,
            ("ALTER TABLE sessions ADD COLUMN slept TEXT", "UPDATE sessions SET slept = 'well'"),
        )
        migrate(db, later)
        assert db.execute("PRAGMA user_version").fetchone() == (2,)
        assert db.execute("SELECT id, note, slept FROM sessions").fetchall() == [(7, "old", "well")]
        with pytest.raises(sqlite3.OperationalError):
            migrate(db, (*later, ("ALTER TABLE sessions ADD COLUMN woke TEXT", "no SQL")))
        assert db.execute("PRAGMA user_version").fetchone() == (2,)
        assert "woke" not in [row[1] for row in db.execute("PRAGMA table_info(sessions)")]


def test_a_journal_without_a_byte_is_broken_and_the_changes_that_lie_beside_it_are_kept(
    tmp_path: Path,
) -> None:
    told: list[str] = []
    with Journal(tmp_path) as journal:
        journal.begin(ENTRY)
        changes = Path(f"{journal.path}-wal").read_bytes()
    journal.path.write_bytes(b"")
    Path(f"{journal.path}-wal").write_bytes(changes)
    with Journal(tmp_path, tell=told.append) as journal:
        assert journal.entries() == []
    (aside,) = tmp_path.glob(f"{FILE}.broken-*-wal")
    assert (aside.read_bytes(), len(changes) > 1000) == (changes, True)
    (line,) = told
    assert "could not be read (it is empty)" in line
    assert str(aside).removesuffix("-wal") in line


@pytest.mark.parametrize("error", [errno.EPERM, errno.EEXIST], ids=["no links", "another was quicker"])
def test_a_new_journal_is_whole_wherever_it_is_made(
    error: int, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def refuse(new: Path, path: Path) -> None:
        if error == errno.EEXIST:
            link(new, path)
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(os, "link", refuse)
    number = journal.begin(ENTRY)
    assert journal.entries() == [replace(ENTRY, id=number)]
    journal.close()
    assert files(journal) == [FILE]


def test_a_journal_of_a_newer_voiceguide_is_told_and_never_touched(journal: Journal) -> None:
    journal.begin(ENTRY)
    journal.close()
    with closing(sqlite3.connect(journal.path)) as db:
        db.execute("PRAGMA user_version = 99")
    before = journal.path.read_bytes()
    for ask in (journal.entries, lambda: journal.begin(ENTRY), lambda: journal.get(1)):
        with pytest.raises(VoiceguideError, match="a newer voiceguide wrote this journal") as caught:
            ask()
        assert caught.value.where == str(journal.path)
    assert journal.path.read_bytes() == before
    assert files(journal) == [FILE]


def damaged(path: Path) -> dict[str, bytes]:
    """Return what may be found where a journal was, by what happened to it."""
    whole = path.read_bytes()
    middle = len(whole) // 2
    return {
        "not a database": b"Dear diary, " * 1000,
        "truncated": whole[: len(whole) - 5000],
        "its half": whole[:middle],
        "a hole in it": whole[:5000] + bytes(4096) + whole[9096:],
        "a page of rubbish": whole[:4096] + bytes(range(256)) * 16 + whole[8192:],
        "another database": other_database(path.with_name("other")),
    }


def other_database(path: Path) -> bytes:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE bookmarks (url TEXT)")
    data = path.read_bytes()
    path.unlink()
    return data


@pytest.mark.parametrize(
    "what",
    ["not a database", "truncated", "its half", "a hole in it", "a page of rubbish", "another database"],
)
def test_a_broken_journal_is_kept_aside_and_told_in_a_line_and_a_new_one_begun(
    what: str, tmp_path: Path
) -> None:
    with Journal(tmp_path) as journal:
        journal.insert([bare(number, note="some words" * 20) for number in range(50)])
    rubbish = damaged(journal.path)[what]
    journal.path.write_bytes(rubbish)
    told: list[str] = []
    with Journal(tmp_path, tell=told.append) as journal:
        number = journal.begin(ENTRY)
        assert journal.entries() == [replace(ENTRY, id=number)]
    (aside,) = tmp_path.glob(f"{FILE}.broken-*")
    assert aside.read_bytes()[100:] == rubbish[100:], (
        "but for a few counters of SQLite's it is what was found"
    )
    (line,) = told
    assert str(aside) in line
    assert "a new one is begun" in line


def test_every_broken_journal_is_kept_beside_the_others(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / FILE).write_bytes(b"rubbish" * (number + 1))
        with Journal(tmp_path) as journal:
            journal.begin(ENTRY)
    sizes = sorted(path.stat().st_size for path in tmp_path.glob(f"{FILE}.broken-*"))
    assert sizes == [7, 14, 21]


@pytest.mark.parametrize("began", ["yesterday", "2026-11-20T21:30"])
def test_a_row_that_somebody_else_wrote_is_named_and_can_be_removed(began: str, journal: Journal) -> None:
    number = journal.begin(ENTRY)
    journal.close()
    with closing(sqlite3.connect(journal.path)) as db:
        db.execute("UPDATE sessions SET began = ?", (began,))
        db.commit()
    with pytest.raises(VoiceguideError, match=f"session {number} in the journal cannot be read") as caught:
        journal.entries()
    assert f"journal delete {number}" in (caught.value.hint or "")
    journal.delete(number)
    assert journal.entries() == []


@pytest.mark.parametrize(
    "change",
    ["UPDATE sessions SET note = CAST(x'ff' AS TEXT)", "UPDATE stays SET stop = CAST(x'6cff' AS TEXT)"],
    ids=["a note", "a stop"],
)
def test_a_row_with_text_that_is_none_is_named_and_the_others_stay(change: str, journal: Journal) -> None:
    number = journal.begin(ENTRY)
    journal.close()
    with closing(sqlite3.connect(journal.path)) as db:
        db.execute(change)
        db.commit()
    other = journal.begin(bare(1))
    for ask in (journal.entries, lambda: journal.get(number)):
        with pytest.raises(VoiceguideError, match=f"session {number} in the journal cannot be read"):
            ask()
    journal.delete(number)
    assert [one.id for one in journal.entries()] == [other]


def test_an_error_of_python_s_own_is_explained(journal: Journal) -> None:
    journal.begin(ENTRY)
    caught: list[Exception] = []

    def look() -> None:  # in a thread that the file was not opened in: an error without a code of SQLite's
        try:
            journal.entries()
        except VoiceguideError as error:
            caught.append(error)

    thread = Thread(target=look)
    thread.start()
    thread.join(30)
    (error,) = caught
    assert "the journal cannot be used" in str(error)


@pytest.mark.parametrize("stuck", ["", "-wal"], ids=["the file", "what lies beside it"])
def test_a_broken_journal_that_cannot_be_moved_aside_is_told_and_stays_whole(
    stuck: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def refuse(path: Path, target: str | Path) -> Path:
        if path.name == f"{FILE}{stuck}":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with closing(sqlite3.connect(tmp_path / FILE)) as other:  # it holds the file, and its changes beside it
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("CREATE TABLE bookmarks (url TEXT)")
        other.execute("INSERT INTO bookmarks VALUES ('mine')")
        other.commit()
        told = pytest.raises(VoiceguideError, match="cannot be moved aside: Permission denied")
        with Journal(tmp_path, tell=pytest.fail) as journal, told as caught:
            journal.begin(ENTRY)
        assert caught.value.where == str(tmp_path / FILE)
        assert {path.name for path in tmp_path.iterdir()} == {FILE, f"{FILE}-wal", f"{FILE}-shm"}
        with closing(sqlite3.connect(tmp_path / FILE)) as again:
            assert again.execute("SELECT url FROM bookmarks").fetchall() == [("mine",)]


def test_a_file_that_another_program_holds_is_told(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceguide.journal._PATIENCE", 0.0)
    journal.begin(ENTRY)
    with closing(sqlite3.connect(journal.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with Journal(journal.path.parent) as second, pytest.raises(VoiceguideError, match="another program"):
            second.begin(ENTRY)
        assert len(journal.entries()) == 1, "it can still be read"


def test_a_folder_where_the_file_should_be_is_told_and_stays(journal: Journal) -> None:
    (journal.path / "mine").mkdir(parents=True)
    with pytest.raises(VoiceguideError, match="the journal cannot be used"):
        journal.begin(ENTRY)
    assert (journal.path / "mine").is_dir()


@pytest.mark.parametrize("where", ["", "private"])
def test_a_file_where_its_folder_should_be_is_told_as_that(where: str, tmp_path: Path) -> None:
    blocked = tmp_path / "data" / where
    blocked.parent.mkdir(exist_ok=True)
    blocked.touch()
    with Journal(tmp_path / "data" / "private") as journal:
        for ask in (journal.entries, lambda: journal.get(1), lambda: journal.begin(ENTRY)):
            with pytest.raises(VoiceguideError, match="it is no folder") as caught:
                ask()
            assert caught.value.where == str(blocked)


LOCKED = """
import sys
from pathlib import Path
from tests.test_journal import ENTRY
from voiceguide.errors import VoiceguideError
from voiceguide.journal import Journal
with Journal(Path(sys.argv[1]), tell=print) as journal:
    for ask in (journal.entries, lambda: [journal.get(1)], lambda: journal.begin(ENTRY), journal.entries):
        try:
            print(*[one.note for one in ask()])
        except VoiceguideError as error:
            print(error.message)
"""


def as_nobody_special(folder: Path) -> list[str]:
    """Return what the program says that looks into a journal, and writes, without the rights of root."""
    if not shutil.which("setpriv"):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("not here: setpriv")
    rights = "-dac_override,-dac_read_search,-fowner"
    words = ["setpriv", f"--bounding-set={rights}", f"--inh-caps={rights}", "--"] if not os.geteuid() else []
    return python(LOCKED, folder, before=words).splitlines()


@pytest.mark.slow
@POSIX
@pytest.mark.parametrize("what", ["closed", "left open", "its folder alone", "its file alone"])
def test_where_nothing_can_be_written_sessions_can_be_read(what: str, tmp_path: Path) -> None:
    folder = tmp_path / "private"
    with Journal(folder) as journal:
        journal.begin(ENTRY)
        kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    for name, content in kept.items() if what == "left open" else ():  # as after a power cut
        (folder / name).write_bytes(content)
    for path in folder.iterdir():
        path.chmod(0o600 if what == "its folder alone" else 0o400)
    folder.chmod(0o700 if what == "its file alone" else 0o500)
    read, shown, refused, again = as_nobody_special(folder)
    assert {read, shown, again} == {ENTRY.note}
    assert refused.startswith("the journal cannot be used: ")
    folder.chmod(0o000)
    assert {*as_nobody_special(folder)} == {"the journal cannot be used: Permission denied"}
    folder.chmod(0o700)


@pytest.mark.slow
@POSIX
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("PRAGMA user_version = 99", "a newer voiceguide wrote this journal (version 99, known here: 1)"),
        ("PRAGMA user_version = 0", "the journal cannot be used: it is no journal"),
    ],
    ids=["newer", "none"],
)
def test_what_is_no_journal_of_ours_is_not_read_where_nothing_can_be_written_either(
    change: str, said: str, tmp_path: Path
) -> None:
    folder = tmp_path / "private"
    with Journal(folder) as journal:
        journal.begin(ENTRY)
    with closing(sqlite3.connect(folder / FILE)) as db:
        db.execute(change)
    (folder / FILE).chmod(0o400)
    folder.chmod(0o500)
    found = as_nobody_special(folder)
    folder.chmod(0o700)
    assert found[0] == said


@POSIX
def test_a_full_disk_is_told_and_what_was_stored_stays(tmp_path: Path) -> None:
    program = """
import resource, signal, sys
from pathlib import Path
from tests.test_journal import bare
from voiceguide.errors import VoiceguideError
from voiceguide.journal import Journal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Journal(Path(sys.argv[1])) as journal:
    journal.begin(bare(0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
    for number in range(1, 1000):
        try:
            journal.begin(bare(number, note="x" * 9000))
        except VoiceguideError as error:
            print(number, error)
            break
"""
    done = python(program, tmp_path)
    count, said = done.split(" ", 1)
    assert "the journal cannot be used: " in said
    with Journal(tmp_path) as journal:
        assert len(journal.entries()) == int(count)


def python(program: str, *arguments: object, before: Sequence[str] = ()) -> str:
    """Return what a program of its own prints; `before` is typed before it."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    words = [*before, sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.run(
        words,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        timeout=TOO_LONG,
    ).stdout


# ── while a session goes on ──


def test_a_session_is_there_from_its_start_and_each_stay_once_it_is_over(journal: Journal) -> None:
    told: list[str] = []
    log = Log(journal, replace(ENTRY, done={}, is_whole=False, pain_before=None, note=""), tell=told.append)
    log.keep(pain_before=4)
    assert journal.entries() == [], "nothing sounds yet"
    log.begin(BEGAN + timedelta(minutes=2))
    (entry,) = journal.entries()
    assert (entry.began, entry.pain_before) == (BEGAN + timedelta(minutes=2), 4)
    log.begin(BEGAN + timedelta(minutes=9))
    log.write([("li4.left", 30.0)])
    assert journal.get(entry.id).done == {"li4.left": 30.0}
    log.finish(is_through=True)
    assert not journal.get(entry.id).is_whole, "nothing was heard of the right hand"
    log.write([("li4.right", 12.5)])
    log.finish(is_through=True)
    assert journal.get(entry.id).is_whole
    assert (log.number, told) == (entry.id, [])


@pytest.mark.parametrize(
    ("heard", "is_whole"),
    [((30.0, 300.0), True), ((27.0, 150.0), True), ((26.9, 300.0), False), ((30.0, 149.0), False)],
    ids=str,
)
def test_a_session_is_whole_if_enough_was_heard_of_each_stop(
    heard: tuple[float, float], journal: Journal, *, is_whole: bool
) -> None:
    stops = ("li4.left", "ice.back")
    needed = {"li4.left": 27.0, "ice.back": 150.0}
    log = Log(journal, bare(stops=stops), tell=pytest.fail, needed=needed)
    log.begin(BEGAN)
    log.write([(stops[0], heard[0] - 10), (stops[1], heard[1])])
    log.write([(stops[0], 10.0)])
    log.finish(is_through=True)
    assert journal.entries()[0].is_whole == is_whole


def test_a_journal_that_cannot_be_written_is_told_once_and_written_when_it_can(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.write_text("a file where the folder should be", encoding="utf-8")
    told: list[str] = []
    with Journal(folder) as journal:
        log = Log(journal, bare(), tell=told.append)
        log.begin(BEGAN)
        log.write([("li4.left", 30.0)])
        log.keep(pain_after=2)
        (said,) = told
        assert said.startswith("What is played cannot be kept: ")
        folder.unlink()
        log.write([("li4.right", 30.0)])
        (entry,) = journal.entries()
    assert entry.done == {"li4.left": 30.0, "li4.right": 30.0}
    assert entry.pain_after == 2
    assert len(told) == 1


@contextmanager
def blocked(journal: Journal) -> Iterator[None]:
    """Put something in its way, so that nothing can be written."""
    journal.close()
    journal.path.parent.mkdir(exist_ok=True)
    aside = journal.path.parent.rename(journal.path.parent.with_name("aside"))
    journal.path.parent.write_text("a file where the folder should be", encoding="utf-8")
    yield
    journal.path.parent.unlink()
    aside.rename(journal.path.parent)


def test_a_last_stay_that_could_not_be_written_is_written_at_the_end(journal: Journal) -> None:
    log = Log(journal, bare(), tell=lambda _: None)
    log.begin(BEGAN)
    with blocked(journal):
        log.write([("li4.left", 30.0)])
        log.write([])
    assert journal.entries()[0].done == {}
    log.finish(is_through=False)
    assert journal.entries() == [bare(id=1, done={"li4.left": 30.0})]


def test_what_could_not_be_written_is_tried_again_while_the_session_goes_on(journal: Journal) -> None:
    log = Log(journal, bare(), tell=lambda _: None)
    with blocked(journal):
        log.begin(BEGAN)
    assert journal.entries() == []
    for _ in range(_TRY_AGAIN):
        log.write([])
    assert [one.began for one in journal.entries()] == [BEGAN]


def test_what_is_edited_while_a_session_goes_on_stays_edited(journal: Journal) -> None:
    log = Log(journal, bare(), tell=pytest.fail)
    log.begin(BEGAN)
    with Journal(journal.path.parent) as other:
        other.update(log.number or 0, note="from elsewhere", pain_before=3)
    log.write([("li4.left", 30.0)])
    log.keep(pain_after=2)
    entry = journal.get(log.number or 0)
    assert (entry.note, entry.pain_before, entry.pain_after) == ("from elsewhere", 3, 2)


def test_a_session_that_is_deleted_while_it_goes_on_stays_deleted(journal: Journal) -> None:
    log = Log(journal, bare(), tell=pytest.fail)
    log.begin(BEGAN)
    journal.delete(log.number or 0)
    log.write([("li4.left", 30.0)])
    log.keep(pain_after=2)
    assert journal.entries() == []


@POSIX
def test_a_file_that_vanishes_meanwhile_is_written_anew_with_all_of_the_session(journal: Journal) -> None:
    log = Log(journal, bare(), tell=pytest.fail)
    journal.begin(ENTRY)
    log.begin(BEGAN)
    log.write([("li4.left", 30.0)])
    journal.path.unlink()
    log.write([("li4.right", 12.0)])
    (entry,) = journal.entries()
    assert entry.done == {"li4.left": 30.0, "li4.right": 12.0}
    assert log.number == entry.id
    assert len([*journal.path.parent.glob(f"{FILE}.broken-*-wal")]) == 1, (
        "what was stored before is kept aside"
    )


def test_a_file_that_breaks_meanwhile_is_moved_aside_and_the_session_goes_into_the_new_one(
    journal: Journal,
) -> None:
    told: list[str] = []
    journal.tell = told.append
    log = Log(journal, bare(), tell=pytest.fail)
    log.begin(BEGAN)
    log.write([("li4.left", 30.0)])
    journal.close()
    journal.path.write_bytes(b"rubbish")
    log.write([("li4.right", 12.0)])
    (entry,) = journal.entries()
    assert entry.done == {"li4.left": 30.0, "li4.right": 12.0}
    assert len(told) == 1


def test_a_session_that_goes_on_goes_on_in_its_own_row(journal: Journal) -> None:
    first = Log(journal, bare(pain_before=5), tell=pytest.fail)
    first.begin(BEGAN)
    first.write([("li4.left", 30.0)])
    second = Log(journal, bare(9), tell=pytest.fail, continues=first.number)
    assert second.entry.pain_before == 5
    second.begin(BEGAN + timedelta(hours=1))
    second.write([("li4.right", 30.0)])
    (entry,) = journal.entries()
    assert entry.began == BEGAN
    assert entry.done == {"li4.left": 30.0, "li4.right": 30.0}


def test_what_was_passed_too_soon_stays_so_when_a_session_goes_on(journal: Journal) -> None:
    needed = {"li4.left": 27.0, "li4.right": 27.0}
    first = Log(journal, bare(stops=ENTRY.stops), tell=pytest.fail, needed=needed)
    first.begin(BEGAN)
    first.write([("li4.left", 2.0)])
    number, left, right = first.number, ("li4.left",), {"li4.right": 27.0}
    assert first.too_little(left) == left
    rest = bare(stops=(*right,))
    second = Log(journal, rest, tell=pytest.fail, needed=right, continues=number, too_little=left)
    assert second.too_little(left) == left, "nothing of it is heard here"
    second.write([("li4.right", 30.0)])
    assert second.too_little((*left, *right)) == left
    second.finish(is_through=True)
    assert not journal.entries()[0].is_whole


@pytest.mark.parametrize(
    ("found", "hours", "goes_on"),
    [
        ({}, 1, True),
        ({}, 5, True),  # after midnight
        ({}, 7, False),
        ({}, 48, False),
        ({}, -2, False),
        ({"routine": "knees"}, 1, False),
        ({"stops": ("li4.left",)}, 1, False),
        ({"leg_worse": True}, 1, False),
        ({"pain_after": 7}, 1, False),
    ],
    ids=str,
)
def test_a_row_goes_on_if_it_is_of_the_same_session_and_day(
    found: dict[str, Any], hours: int, journal: Journal, *, goes_on: bool
) -> None:
    number = journal.begin(bare(**{"stops": ENTRY.stops, "pain_before": 5, **found}))
    rest = bare(60 * hours, stops=("li4.right",))
    log = Log(journal, rest, tell=pytest.fail, continues=number)
    assert log.entry.pain_before == (5 if goes_on else None), "a new session is asked anew"
    before = journal.get(number)
    log.begin(rest.began)
    log.write([("li4.right", 30.0)])
    assert (log.number == number) == goes_on
    assert len(journal.entries()) == 2 - goes_on
    assert goes_on or journal.get(number) == before


def test_if_the_row_was_removed_since_a_session_that_goes_on_gets_a_new_one(journal: Journal) -> None:
    log = Log(journal, bare(), tell=pytest.fail, continues=12)
    log.begin(BEGAN)
    assert [one.id for one in journal.entries()] == [log.number]


def test_without_a_journal_nothing_is_written(stranger: Path) -> None:
    log = Log(None, bare(), tell=pytest.fail)
    log.begin(BEGAN)
    log.write([("li4.left", 30.0)])
    log.finish(is_through=True)
    assert log.number is None
    assert [*stranger.iterdir()] == []


# ── two at once, and sudden ends ──

WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from voiceguide.entry import Entry
from voiceguide.journal import Journal
from voiceguide.units import Milliseconds
journal = Journal(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    entry = Entry(id=0, began=datetime.now(UTC), routine=sys.argv[3], length=Milliseconds(1000))
    stored = journal.begin(entry)
    print(stored, flush=True)
    for stop in ("li4.left", "li4.right"):
        journal.update(stored, stays=[(stop, 30.0)])
        print(stored, stop, flush=True)
"""


def start_writer(folder: Path, many: int, name: str) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    words = [sys.executable, "-c", WRITER, str(folder), str(many), name]
    return subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True)


def test_two_sessions_at_once_both_write(tmp_path: Path) -> None:
    writers = [start_writer(tmp_path, 20, name) for name in ("hands", "knees")]
    for writer in writers:
        writer.communicate(timeout=TOO_LONG)
        assert writer.returncode == 0
    with Journal(tmp_path) as journal:
        entries = journal.entries()
    assert sorted(one.routine for one in entries) == ["hands"] * 20 + ["knees"] * 20
    assert all(one.done == {"li4.left": 30.0, "li4.right": 30.0} for one in entries)


@contextmanager
def killed_at_last(writer: subprocess.Popen[str]) -> Iterator[IO[str]]:
    """Give what a writer prints, and kill it in the end, or if it hangs."""
    out: IO[str] = writer.stdout  # type: ignore[assignment]
    timer = Timer(TOO_LONG, writer.kill)
    timer.start()
    try:
        yield out
    finally:
        writer.kill()
        writer.wait(TOO_LONG)
        timer.cancel()
        timer.join(TOO_LONG)
        out.close()


@pytest.mark.slow
@POSIX
def test_of_two_hundred_sudden_deaths_none_loses_what_was_stored(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    sys.stdout.write(f"seed: {seed}\n")  # seen if it fails
    chance = random.Random(seed)
    stored: set[int] = set()
    stays: set[tuple[int, str]] = set()
    for _ in range(200):
        writer = start_writer(tmp_path, 1000, "hands")
        with killed_at_last(writer) as out:
            for _ in range(chance.randrange(1, 12)):
                line = out.readline()
                assert line, "it hung or ended by itself"
                note(line, stored, stays)
            # It is in the midst of the next writes by now, and nobody knows where.
            for _ in range(chance.randrange(20_000)):
                continue
            writer.kill()
            for line in out:
                note(line, stored, stays)
        assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    with Journal(tmp_path, tell=pytest.fail) as journal:
        entries = {one.id: one for one in journal.entries()}
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert stored <= set(entries)
    assert {(number, stop) for number, stop in stays if stop not in entries[number].done} == set()
    assert len(stored) > 200


@pytest.mark.slow
@POSIX
def test_a_sudden_death_while_a_journal_is_made_keeps_nobody_from_the_next(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    sys.stdout.write(f"seed: {seed}\n")  # seen if it fails
    chance = random.Random(seed)
    found: set[tuple[str, ...]] = set()
    for round_ in range(60):
        folder = tmp_path / str(round_)
        folder.mkdir()
        with killed_at_last(start_writer(folder, 1000, "hands")):
            # From its first file on it is a few milliseconds until its first line.
            until = time.monotonic() + TOO_LONG
            while not any(folder.iterdir()):
                assert time.monotonic() < until, "it hangs"
            for _ in range(chance.randrange(200_000)):
                continue
        found.add(tuple(sorted(path.name for path in folder.iterdir())))
        with Journal(folder, tell=pytest.fail) as journal:
            before = journal.entries()
            number = journal.begin(bare(note="the next"))
            assert [one.id for one in journal.entries() if one not in before] == [number]
        with closing(sqlite3.connect(folder / FILE)) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    assert len(found) > 1, "they died at different steps"


def note(line: str, stored: set[int], stays: set[tuple[int, str]]) -> None:
    """Note down what a writer has said to be stored, if it could say all of it."""
    number, _, stop = line.removesuffix("\n").partition(" ")
    if line.endswith("\n"):
        stored.add(int(number))
        if stop:
            stays.add((int(number), stop))
