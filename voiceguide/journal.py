"""Journal: the sessions a person did, in a file of their own that only they can read.

A session is there from the moment it sounds, and each stay at a stop once it is over: what is stored outlives
a crash. What cannot be read is moved aside, never removed; what a newer voiceguide wrote is left alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from voiceguide.entry import Entry
from voiceguide.errors import UsageError, VoiceguideError
from voiceguide.journal_tables import (
    MIGRATIONS,
    START,
    Broken,
    add_stays,
    decoded,
    delete_entry,
    find_entries,
    find_id,
    get_entry,
    insert_entry,
    instant_of,
    migrate,
    prepare,
    transaction,
    unknown,
    update_entry,
)
from voiceguide.private_files import OWNERS_FILE, make_private_folder

if TYPE_CHECKING:  # `play` looks whether there is a journal before it needs it
    import sqlite3

FILE = "journal.sqlite3"
"""Its name in the private folder."""
_PATIENCE = 5.0
"""Seconds to wait for another process that writes; a write takes milliseconds."""
_BESIDE = ("-wal", "-shm")
"""What SQLite keeps beside the file while it is open."""
_MICROSECOND = timedelta(microseconds=1)
Result = TypeVar("Result")


class Journal:
    """The sessions of one person. Opened when it is first needed; to be used in one thread."""

    def __init__(self, folder: Path, *, tell: Callable[[str], None] = lambda _: None) -> None:
        """`folder` is the private one; `tell` is called with a line if a broken journal was moved aside."""
        self.path = folder / FILE
        self.tell = tell
        """Who is told."""
        self._open: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self.opened = 0
        """How many files it has had: another one, if the last was moved aside or went away."""

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file; what is called next opens it again."""
        if self._open is not None:
            self._open.close()
        self._open = None

    def begin(self, entry: Entry) -> int:
        """Store a session and return its number; the one that `entry` has does not count.

        If another session of the routine began in the same microsecond, this one began a little later.
        """

        def store(db: sqlite3.Connection) -> int:
            began = entry.began
            while find_id(db, began, entry.routine) is not None:
                began += _MICROSECOND
            return insert_entry(db, replace(entry, began=began))

        return self._write(store)

    def insert(self, entries: Iterable[Entry]) -> int:
        """Store all of the sessions or none, and return how many were new; their numbers do not count.

        One that began at the same instant with the same routine is there already, and stays as it is.
        """
        given = tuple(entries)

        def store(db: sqlite3.Connection) -> int:
            new = 0
            for entry in given:
                if find_id(db, entry.began, entry.routine) is None:
                    insert_entry(db, entry)
                    new += 1
            return new

        return self._write(store)

    def add_stay(self, number: int, stop: str, seconds: float) -> None:
        """Store that so many seconds of a stop's dose were heard. Raises `UnknownName` for no session."""
        self.update(number, stays=((stop, seconds),))

    def update(self, number: int, *, stays: Iterable[tuple[str, float]] = (), **changes: Any) -> None:
        """Store fields of a session that have changed, and stays that are over; both or none of it.

        Raises
        ------
        UnknownName
            If there is no session of that number.
        UsageError
            If it would begin when another one of its routine did.
        """
        over = tuple(stays)

        def store(db: sqlite3.Connection) -> None:
            entry = replace(get_entry(db, number), **changes)
            at = find_id(db, entry.began, entry.routine)
            if at not in {None, number}:
                raise UsageError(
                    f"session {at} began then, with the same routine",
                    hint=f"`voiceguide journal show {at}` shows it.",
                )
            update_entry(db, entry)
            add_stays(db, number, over)

        self._write(store)

    def delete(self, number: int) -> None:
        """Remove a session for good. Raises `UnknownName` if there is none of that number."""
        self._write(lambda db: delete_entry(db, number))

    def get(self, number: int) -> Entry:
        """Return the session of a number. Raises `UnknownName` if there is none."""
        if not self.path.exists():
            raise unknown(number)
        return self._do(lambda db: get_entry(db, number))

    def entries(self, since: datetime = START) -> list[Entry]:
        """Return the sessions that began at a time or later, the oldest first."""
        if not self.path.exists():
            return []  # to look whether there is one makes none
        return self._do(lambda db: list(find_entries(db, "instant >= ?", instant_of(since))))

    def _write(self, change: Callable[[sqlite3.Connection], Result]) -> Result:
        def store(db: sqlite3.Connection) -> Result:
            with transaction(db):
                return change(db)

        return self._do(store)

    def _do(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Return what `work` makes of the file. What is broken is moved aside first, and a new one begun."""
        import sqlite3

        for is_last in (False, True):
            try:
                return work(self._connected())
            except Broken:
                self._broke(is_last=is_last, why="it is no journal")
            except sqlite3.DatabaseError as error:
                if _code_of(error) not in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
                    raise self._explained(error) from None
                self._broke(is_last=is_last, why=str(error))
            except OSError as error:
                raise self._fault(error.strerror or str(error)) from None
        raise AssertionError  # the second time returns or raises

    def _connected(self) -> sqlite3.Connection:
        """Return the open file: another one, if the one that was open is no longer there."""
        if self._open is not None and self._file == _identity(self.path):
            return self._open
        if self._open is not None:
            self._file = None  # a new one may well get the number of the old one
        self.close()
        make_private_folder(self.path.parent)
        with suppress(FileExistsError):
            # Before SQLite does: what it keeps beside the file gets the same permission bits.
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWNERS_FILE))
            make_private_folder(self.path.parent)
        if os.name == "posix" and self.path.stat().st_mode & 0o077:
            self.path.chmod(OWNERS_FILE)
        self._refuse_newer(_version_of(self.path))
        import sqlite3

        db = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None)
        db.text_factory = decoded
        try:
            self._refuse_newer(prepare(db))
            migrate(db, MIGRATIONS)
        except BaseException:
            db.close()
            raise
        found = _identity(self.path)
        self.opened += found != self._file
        self._open, self._file = db, found
        return db

    def _refuse_newer(self, version: int) -> None:
        if version > len(MIGRATIONS):
            raise VoiceguideError(
                f"a newer voiceguide wrote this journal (version {version}, known here: {len(MIGRATIONS)})",
                where=str(self.path),
                hint="use that one again, or update this one; nothing in the journal was changed.",
            )

    def _broke(self, *, is_last: bool, why: str) -> None:
        """Move the file aside, with what lies beside it."""
        if is_last:
            raise self._fault(why)
        broken = _identity(self.path)
        self._file = None
        self.close()  # before it is moved: SQLite removes what lies beside it by its name
        if broken is None or broken != _identity(self.path):
            return  # another process was quicker
        stem = f"{self.path.name}.broken-{datetime.now().astimezone():%Y%m%d-%H%M%S}"
        aside, number = self.path.with_name(stem), 1
        while any(Path(f"{aside}{end}").exists() for end in ("", *_BESIDE)):
            number += 1
            aside = self.path.with_name(f"{stem}-{number}")
        try:
            self._move_to(aside)
        except OSError as error:
            raise self._fault(f"{why}, and it cannot be moved aside: {error.strerror}") from None
        self.tell(f"The journal could not be read ({why}). It is kept as {aside}, and a new one is begun.")

    def _move_to(self, aside: Path) -> None:
        """Move the file, and then what lies beside it: all of it or nothing. Raises `OSError`."""
        # The file first: without it SQLite would remove the changes that lie beside it.
        with suppress(FileNotFoundError):
            self.path.rename(aside)
        try:
            for end in _BESIDE:
                with suppress(FileNotFoundError):
                    Path(f"{self.path}{end}").rename(f"{aside}{end}")
        except OSError:
            for end in ("", *_BESIDE):
                with suppress(OSError):
                    Path(f"{aside}{end}").rename(f"{self.path}{end}")
            raise

    def _explained(self, error: sqlite3.Error) -> VoiceguideError:
        import sqlite3

        faults = {
            sqlite3.SQLITE_BUSY: "another program is using it",
            sqlite3.SQLITE_LOCKED: "another program is using it",
            sqlite3.SQLITE_FULL: "the disk is full",
            sqlite3.SQLITE_READONLY: "it cannot be written",
            sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
        }
        return self._fault(faults.get(_code_of(error), str(error)))

    def _fault(self, what: str) -> VoiceguideError:
        return VoiceguideError(
            f"the journal cannot be used: {what}",
            where=str(self.path),
            hint="is there room, may you read and write there, and does no other program hold it?",
        )


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from another one of its name; None if there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _code_of(error: sqlite3.Error) -> int:
    """Return SQLite's primary result code; 0 for an error of Python's own, which has none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _version_of(path: Path) -> int:
    """Return the version that the file's first bytes name, read without SQLite, which may write; 0 if none.

    It stands at byte 60, as https://sqlite.org/fileformat.html has it.
    """
    with path.open("rb") as file:
        start = file.read(64)
    return int.from_bytes(start[60:64], "big") if start.startswith(b"SQLite format 3\0") else 0
