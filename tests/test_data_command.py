"""`voiceguide data`: what is kept about a person can be seen, taken along and removed, all of it."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.test_bad_input import assert_told
from voiceguide import appointments, bookmark
from voiceguide.folders import private_folder
from voiceguide.kept_data import WHAT, copy_kept, kept_files
from voiceguide.private_files import write_private

ROOT = Path(__file__).parents[1]
POSIX = pytest.mark.skipif(os.name != "posix", reason="links and permission bits as POSIX has them")


@pytest.fixture
def kept() -> Iterator[Path]:
    """A folder with something of everything in it, a journal that is being written to as well."""
    folder = private_folder()
    for name in ("profile.json", "plan.json", "resume.json"):
        write_private(folder / name, f"{name}: öäü")
    write_private(folder / "aside" / "old.json", "older")
    write_private(folder / "journal.sqlite3", "")
    with closing(sqlite3.connect(folder / "journal.sqlite3")) as journal:
        journal.execute("PRAGMA journal_mode=WAL")
        journal.execute("CREATE TABLE sessions (note TEXT)")
        journal.execute("INSERT INTO sessions VALUES ('felt better')")
        journal.commit()
        journal.execute("INSERT INTO sessions VALUES ('not yet said')")  # and not committed
        yield folder


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


# ── path ──


def test_every_file_is_named_with_what_it_is(run: Run, kept: Path) -> None:
    done = run("data", "path")
    lines = done.out.splitlines()
    assert (done.code, done.err, lines[0]) == (0, "", str(kept))
    assert {line.split(":")[0].strip() for line in lines[1:]} == files_in(kept)
    assert "  plan.json: your plan of six sessions, 17 bytes" in lines
    assert all("kB" in line or "bytes" in line for line in lines[1:])


def test_where_nothing_is_kept_it_is_said(run: Run, tmp_path: Path) -> None:
    assert run("data", "path").out == f"{private_folder()}\n  Nothing is kept about you.\n"
    assert run("data", "export", "-o", str(tmp_path / "mine.zip")).out == "Nothing is kept about you.\n"
    assert run("data", "erase").out == "Nothing is kept about you.\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("is_alone", [True, False])
def test_what_an_earlier_voiceguide_kept_in_the_folder_above_is_seen_copied_and_removed(
    run: Run, stranger: Path, tmp_path: Path, *, is_alone: bool
) -> None:
    old = {name: stranger / name for name in ("played.jsonl", "resume.json")}
    for name, path in old.items():
        path.write_text(f"old {name}", encoding="utf-8")
    if not is_alone:
        write_private(private_folder() / "resume.json", "new")
    told = run("data", "path").out
    assert all(f"  earlier/{name}: " in told for name in old)
    assert "something else" not in told
    assert run("data", "export", "-o", str(tmp_path / "mine.zip")).code == 0
    with zipfile.ZipFile(tmp_path / "mine.zip") as copy:
        names = {f"earlier/{name}" for name in old} | (set() if is_alone else {"resume.json"})
        assert set(copy.namelist()) == names
        assert all(copy.read(f"earlier/{name}").decode() == f"old {name}" for name in old)
    assert run("data", "erase", "--yes").code == 0
    assert not any(path.exists() for path in old.values())
    assert run("data", "path").out.endswith("Nothing is kept about you.\n")


@POSIX
def test_a_link_in_the_folder_above_goes_and_what_it_leads_to_stays(
    run: Run, stranger: Path, tmp_path: Path
) -> None:
    (tmp_path / "letter").write_text("not ours")
    (stranger / "resume.json").symlink_to(tmp_path / "letter")
    assert "  earlier/resume.json: a link" in run("data", "path").out
    assert run("data", "erase", "--yes").code == 0
    assert not (stranger / "resume.json").is_symlink()
    assert (tmp_path / "letter").read_text() == "not ours"


def test_what_voiceguide_keeps_has_words() -> None:
    assert {appointments.FILE, bookmark.FILE} <= WHAT.keys()


def test_settings_that_are_broken_keep_nobody_from_their_data(run: Run, stranger: Path, kept: Path) -> None:
    (stranger / "config.toml").write_text("rate = ")
    assert run("data", "path").code == 0
    assert run("data", "erase", "--yes").code == 0
    assert not kept.exists()


# ── export ──


def test_a_copy_holds_every_file_and_the_journal_as_it_stands(run: Run, kept: Path, tmp_path: Path) -> None:
    target = tmp_path / "mine.zip"
    done = run("data", "export", "-o", str(target))
    assert (done.code, done.err) == (0, "")
    with zipfile.ZipFile(target) as copy:
        assert copy.testzip() is None
        names = set(copy.namelist())
        assert names == {
            "aside/old.json",
            "journal.sqlite3",
            "plan.json",
            "profile.json",
            "resume.json",
        }
        assert copy.read("plan.json").decode("utf-8") == "plan.json: öäü"
        (tmp_path / "journal").write_bytes(copy.read("journal.sqlite3"))
    with closing(sqlite3.connect(tmp_path / "journal")) as journal:
        assert journal.execute("SELECT note FROM sessions").fetchall() == [("felt better",)]
    assert "plan.json" in files_in(kept)


@POSIX
def test_only_its_owner_can_read_a_copy(run: Run, kept: Path, tmp_path: Path) -> None:
    assert kept.is_dir()
    target = tmp_path / "mine.zip"
    target.touch(mode=0o644)
    assert run("data", "export", "-o", str(target), "--force").code == 0
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with zipfile.ZipFile(target) as copy:
        assert {one.external_attr >> 16 & 0o777 for one in copy.infolist()} == {0o600}


def test_a_journal_that_is_none_is_copied_as_it_is(run: Run, tmp_path: Path) -> None:
    write_private(private_folder() / "journal.sqlite3", "no database " * 100)
    write_private(private_folder() / "journal.sqlite3-wal", "its changes")
    assert run("data", "export", "-o", str(tmp_path / "mine.zip")).code == 0
    with zipfile.ZipFile(tmp_path / "mine.zip") as copy:
        assert copy.read("journal.sqlite3") == b"no database " * 100
        assert copy.read("journal.sqlite3-wal") == b"its changes"


def test_a_file_that_exists_is_not_replaced_unasked(run: Run, kept: Path, tmp_path: Path) -> None:
    assert kept.is_dir()
    (tmp_path / "mine.zip").write_text("other")
    assert_told(run("data", "export", "-o", str(tmp_path / "mine.zip")), 1, "exists already")
    assert (tmp_path / "mine.zip").read_text() == "other"
    assert_told(run("data", "export", "-o", str(tmp_path / "mine.txt")), 2, "does not end in .zip")
    assert_told(run("data", "export"), 2, "Missing option '-o'")


def test_a_file_that_vanishes_meanwhile_keeps_nobody_from_the_others(kept: Path, tmp_path: Path) -> None:
    files = kept_files(kept)
    (kept / "resume.json").unlink()
    target = tmp_path / "mine.zip"
    target.touch()
    assert [one.name for one in copy_kept(files, target)] == ["resume.json"]
    with zipfile.ZipFile(target) as copy:
        assert "plan.json" in copy.namelist()


@POSIX
def test_a_link_is_named_and_neither_copied_nor_followed(run: Run, kept: Path, tmp_path: Path) -> None:
    secret = tmp_path / "elsewhere"
    secret.mkdir()
    (secret / "letter").write_text("not ours")
    (kept / "there").symlink_to(secret)
    (kept / "letter").symlink_to(secret / "letter")
    (kept / "gone").symlink_to(secret / "gone")
    (kept / "other.sqlite3").symlink_to(secret / "letter")
    os.mkfifo(kept / "pipe")
    os.mkfifo(kept / "pipe.sqlite3")
    assert f"  there: a link to {secret}, which is yours to copy and to remove, " in run("data", "path").out
    done = run("data", "export", "-o", str(tmp_path / "mine.zip"))
    assert done.code == 0
    left_out = {"gone", "letter", "other.sqlite3", "pipe", "pipe.sqlite3", "there"}
    told = [line.removeprefix("Note: left out: ").split(": ", 1) for line in done.err.splitlines()]
    assert {name for name, _ in told} == left_out
    assert dict(told)["letter"] == f"a link to {secret / 'letter'}, which is yours to copy and to remove"
    assert dict(told)["pipe"] == "it is no file"
    with zipfile.ZipFile(tmp_path / "mine.zip") as copy:
        assert not {*left_out, "there/letter"} & set(copy.namelist())
    done = run("data", "erase", "--yes")
    assert done.code == 0
    assert not kept.exists()
    assert (secret / "letter").read_text() == "not ours"
    stays = [line for line in done.out.splitlines() if line.startswith("This stays, for you to remove: ")]
    assert {line.rpartition(": ")[2] for line in stays} == {str(secret), str(secret / "letter")}


# ── erase ──


def test_all_of_it_goes_and_what_stays_is_said(run: Run, kept: Path, stranger: Path) -> None:
    (stranger / "routines").mkdir()
    (stranger / "routines" / "mine.yaml").write_text("mine")
    (stranger / "config.toml").write_text('voice = "tone"\n')
    names = files_in(kept)
    done = run("data", "erase", "--yes")
    assert done.code == 0
    assert not kept.exists()
    assert files_in(stranger) == {"routines/mine.yaml", "config.toml"}
    assert all(f"  {name}: " in done.err for name in names)
    assert str(stranger / "config.toml") in done.out
    assert run("data", "path").out.endswith("Nothing is kept about you.\n")


def test_without_a_terminal_nothing_goes_unless_it_was_said(run: Run, kept: Path) -> None:
    names = files_in(kept)
    done = run("data", "erase")
    assert (done.code, done.out) == (2, "")
    assert "no terminal to ask" in done.err
    assert "data erase --yes" in done.err
    assert files_in(kept) == names


@POSIX
def test_a_folder_that_is_itself_a_link_goes_and_what_it_leads_to_stays(run: Run, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    write_private(disk / "profile.json", "answers")
    private_folder().symlink_to(disk)
    assert f"  private: a link to {disk}, which is yours to copy and to remove, " in run("data", "path").out
    assert_told(run("data", "export", "-o", str(tmp_path / "mine.zip")), 1, "there is nothing to copy")
    assert not (tmp_path / "mine.zip").exists(), "an empty copy is none"
    assert f"This stays, for you to remove: {disk}\n" in run("data", "erase", "--yes").out
    assert not private_folder().is_symlink()
    assert (disk / "profile.json").read_text() == "answers"


@pytest.mark.parametrize("words", [("path",), ("export", "-o", "mine.zip"), ("erase", "--yes")])
def test_a_file_where_the_folder_should_be_is_told_and_left_alone(
    words: tuple[str, ...], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VOICEGUIDE_DATA", str(tmp_path / "file"))
    (tmp_path / "file").write_text("not ours")
    done = run("data", *words)
    assert done.code == 1
    assert f"Error: {tmp_path / 'file'}: it is no folder" in done.err
    assert "move it away, or name another folder by VOICEGUIDE_DATA" in done.err
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("file", "not ours")]


@POSIX
@pytest.mark.parametrize(("answer", "is_there"), [("n", True), ("", True), ("y", False)])
def test_at_a_terminal_it_asks_first(answer: str, is_there: bool, kept: Path) -> None:  # noqa: FBT001 - a case
    pty = pytest.importorskip("pty")
    master, terminal = pty.openpty()
    os.write(master, f"{answer}\n".encode())
    words = [sys.executable, "-m", "voiceguide", "data", "erase"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        words, stdin=terminal, env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    os.close(master)
    os.close(terminal)
    assert "Remove it for good? [y/N]" in done.stderr
    assert kept.exists() == is_there
    assert ("Nothing is removed." in done.stdout) == is_there
