"""Journal: the sessions a person did, in a file of their own that only they can read.

A session is there from the moment it sounds, and each stay at a stop once it is over: what is stored outlives
a crash. What cannot be read is moved aside, never removed; what a newer voiceguide wrote is left alone.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeVar

from voiceguide.entry import Entry
from voiceguide.errors import UsageError, VoiceguideError
from voiceguide.journal_disk import identity, make_if_missing, move_aside, open_to_read, start_version
from voiceguide.journal_tables import (
    EARLIEST,
    MIGRATIONS,
    Broken,
    LeftOut,
    UnreadableEntry,
    add_stays,
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
from voiceguide.private_files import close_to_others, in_the_way, make_private_folder

if TYPE_CHECKING:  # `play` looks whether there is a journal before it needs it
    import sqlite3

FILE = "journal.sqlite3"
"""Its name in the private folder."""
_PATIENCE = 5.0
"""Seconds to wait for another process that writes; a write takes milliseconds."""
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
"""What a system answers where nothing can be written."""
_MICROSECOND = timedelta(microseconds=1)
Result = TypeVar("Result")


class Inserted(NamedTuple):
    """What became of a session that was to be stored."""

    number: int
    """Its number in the journal, or the one of the session that was there already."""
    is_new: bool
    """False if one that began at the same instant with the same routine was there already."""
    is_same: bool
    """True if what the journal has is what was to be stored."""


class _Unwritable(VoiceguideError):
    """A journal that cannot be written; it may still be read."""


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

    def insert(self, entries: Iterable[Entry]) -> list[Inserted]:
        """Store all of the sessions or none, and return what became of each; their numbers do not count.

        One that began at the same instant with the same routine is there already, and stays as it is.
        """
        given = tuple(entries)
        return self._write(lambda db: [_insert(db, entry) for entry in given])

    def update(self, number: int, *, stays: Iterable[tuple[str, float]] = (), **changes: Any) -> None:
        """Store fields of a session that have changed, and stays that are over; both or none of it.

        Raises
        ------
        UnknownName
            If there is no session of that number.
        UsageError
            If it would begin when another one of its routine did.
        """
        self._check_begun(number)
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
        self._check_begun(number)
        self._write(lambda db: delete_entry(db, number))

    def get(self, number: int) -> Entry:
        """Return the session of a number. Raises `UnknownName` if there is none."""
        if not self._is_there():
            raise unknown(number)
        return self._read(lambda db: get_entry(db, number))

    def entries(self, since: datetime | None = None, *, left_out: LeftOut | None = None) -> list[Entry]:
        """Return the sessions that began at a time or later, or all of them, the oldest first.

        `left_out` is called with the fault of each that cannot be read; without it the first one is raised.
        """
        if not self._is_there():
            return []  # to look whether there is one makes none
        first = EARLIEST if since is None else instant_of(since)
        return self._read(lambda db: list(find_entries(db, "instant >= ?", first, left_out)))

    def _is_there(self) -> bool:
        try:
            is_there = identity(self.path) is not None
        except OSError as error:
            raise self._refused(error) from None
        if not is_there and self.path.is_symlink():
            raise self._fault(f"it is a link to '{self.path.readlink()}', which is not there")
        if not is_there and (wrong := in_the_way(self.path.parent)):
            raise wrong
        return is_there

    def _check_begun(self, number: int) -> None:
        """Raise `UnknownName` if there is no journal, and was none: to change a session makes none."""
        if not self.opened and not self._is_there():
            raise unknown(number)

    def _write(self, change: Callable[[sqlite3.Connection], Result]) -> Result:
        def store(db: sqlite3.Connection) -> Result:
            with transaction(db):
                return change(db)

        return self._do(store)

    def _read(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Return what `work` makes of the file, also where nothing can be written."""
        import sqlite3

        try:
            return self._do(work)
        except _Unwritable:
            try:
                self._refuse_newer(start_version(self.path))
                with closing(open_to_read(self.path)) as db:
                    return work(db)
            except Broken as error:
                raise self._fault(str(error)) from None
            except sqlite3.Error as error:
                raise self._explained(error) from None
            except OSError as error:
                raise self._refused(error) from None

    def _do(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Return what `work` makes of the file. What is broken is moved aside first, and a new one begun."""
        import sqlite3

        for is_last in (False, True):
            try:
                return work(self._connected())
            except Broken as error:
                self._broke(is_last=is_last, why=str(error))
            except sqlite3.DatabaseError as error:
                if _code_of(error) not in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
                    raise self._explained(error) from None
                self._broke(is_last=is_last, why=str(error))
            except OSError as error:
                raise self._refused(error) from None
        raise AssertionError  # the second time returns or raises

    def _connected(self) -> sqlite3.Connection:
        """Return the open file: another one, if the one that was open is no longer there."""
        if self._open is not None and self._file == identity(self.path):
            return self._open
        if self._open is not None:
            self._file = None  # a new one may well get the number of the old one
        self.close()
        make_private_folder(self.path.parent)
        make_if_missing(self.path)
        if not self.path.is_file():
            raise self._fault("it is no file")
        close_to_others(self.path)
        self._refuse_newer(start_version(self.path))
        import sqlite3

        db = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None)
        try:
            self._refuse_newer(prepare(db))
            migrate(db, MIGRATIONS)
        except BaseException:
            db.close()
            raise
        found = identity(self.path)
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
        broken = identity(self.path)
        self._file = None
        self.close()  # before it is moved: SQLite removes what lies beside it by its name
        if broken is None or broken != identity(self.path):
            return  # another process was quicker
        try:
            aside = move_aside(self.path)
        except OSError as error:
            raise self._fault(f"{why}, and it cannot be moved aside: {error.strerror}") from None
        self.tell(f"The journal could not be read ({why}). It is kept as {aside}, and a new one is begun.")

    def _explained(self, error: sqlite3.Error) -> VoiceguideError:
        import sqlite3

        faults = {
            sqlite3.SQLITE_BUSY: "another program is using it",
            sqlite3.SQLITE_LOCKED: "another program is using it",
            sqlite3.SQLITE_FULL: "the disk is full",
            sqlite3.SQLITE_READONLY: "it cannot be written",
            sqlite3.SQLITE_CANTOPEN: "it cannot be opened, or nothing can be written beside it",
        }
        is_forbidden = _code_of(error) in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
        return self._fault(faults.get(_code_of(error), str(error)), is_forbidden=is_forbidden)

    def _refused(self, error: OSError) -> VoiceguideError:
        wrong = in_the_way(self.path.parent)
        return wrong or self._fault(error.strerror or str(error), is_forbidden=error.errno in _FORBIDDEN)

    def _fault(self, what: str, *, is_forbidden: bool = False) -> VoiceguideError:
        return (_Unwritable if is_forbidden else VoiceguideError)(
            f"the journal cannot be used: {what}",
            where=str(self.path),
            hint="is there room, may you read and write there, and does no other program hold it?",
        )


def _insert(db: sqlite3.Connection, entry: Entry) -> Inserted:
    number = find_id(db, entry.began, entry.routine)
    if number is None:
        return Inserted(insert_entry(db, entry), is_new=True, is_same=True)
    try:
        is_same = get_entry(db, number) == replace(entry, id=number)
    except UnreadableEntry:
        is_same = False
    return Inserted(number, is_new=False, is_same=is_same)


def _code_of(error: sqlite3.Error) -> int:
    """Return SQLite's primary result code; 0 for an error of Python's own, which has none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
