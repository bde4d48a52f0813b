"""The journal's file: made whole, told from another one, moved aside whole, read where nothing is written."""

from __future__ import annotations

import os
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.journal_tables import MIGRATIONS, NO_JOURNAL, Broken, decoded, migrate, whole_version

if TYPE_CHECKING:  # `play` looks whether there is a journal before it needs it
    import sqlite3


def identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from another one of its name; None if there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def make_if_missing(path: Path) -> None:
    """Put a journal without a session there if there is none, whole: one without a byte is broken, therefore.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    # Before looking for it: what another process puts beside a new one is not seen here.
    left = [(one, identity(one)) for one in _beside(path)]
    if identity(path) is not None:
        return
    import sqlite3
    import tempfile

    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.new-")  # only its owner can read it
    os.close(handle)
    new = Path(name)
    try:
        with closing(sqlite3.connect(new, isolation_level=None)) as db:
            migrate(db, MIGRATIONS)
        for (one, found), aside in zip(left, _beside(_free_name(path)), strict=True):
            if found is not None and found == identity(one):
                one.rename(aside)  # SQLite would take it for changes to the new one
        _put(new, path)
    finally:
        new.unlink(missing_ok=True)


def _put(new: Path, path: Path) -> None:
    """Give a new file its name, unless another process was quicker."""
    try:
        os.link(new, path)
    except FileExistsError:
        return
    except OSError:  # there are no links, as on a memory stick
        if identity(path) is None:
            with suppress(FileExistsError):  # another process was quicker all the same; Windows tells
                new.rename(path)


def start_version(path: Path) -> int:
    """Return the version that the file's first bytes name, read without SQLite, which may write; 0 if none.

    It stands at byte 60, as https://sqlite.org/fileformat.html has it. Raises `Broken` if there are no bytes:
    SQLite would take it for a new one, and remove the changes that lie beside it.
    """
    with path.open("rb") as file:
        start = file.read(64)
    if not start:
        raise Broken("it is empty")
    return int.from_bytes(start[60:64], "big") if start.startswith(b"SQLite format 3\0") else 0


def open_to_read(path: Path) -> sqlite3.Connection:
    """Return a file that cannot be written, opened.

    Raises
    ------
    Broken
        If it is no journal.
    sqlite3.Error
        If it cannot be opened.
    """
    import sqlite3

    # Where SQLite may put nothing beside a file, it reads only one that nobody changes meanwhile. Of changes
    # that lie there already it would know nothing then.
    changes, _ = _beside(path)
    how = "mode=ro" if changes.exists() and changes.stat().st_size else "immutable=1"
    db = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)
    db.text_factory = decoded
    try:
        if whole_version(db) != len(MIGRATIONS):
            raise Broken(NO_JOURNAL)  # noqa: TRY301 - as one that SQLite tells of
    except BaseException:
        db.close()
        raise
    return db


def move_aside(path: Path) -> Path:
    """Move a file that is broken, with what lies beside it, and return where it is now: all of it or nothing.

    Raises
    ------
    OSError
        If it cannot be moved.
    """
    aside = _free_name(path)
    # The file first: without it SQLite would remove the changes that lie beside it.
    with suppress(FileNotFoundError):
        path.rename(aside)
    try:
        for here, there in zip(_beside(path), _beside(aside), strict=True):
            with suppress(FileNotFoundError):
                here.rename(there)
    except OSError:
        for here, there in zip((path, *_beside(path)), (aside, *_beside(aside)), strict=True):
            with suppress(OSError):
                there.rename(here)
        raise
    return aside


def _free_name(path: Path) -> Path:
    """Return where a broken file may be kept, and what lies beside it."""
    stem = f"{path.name}.broken-{datetime.now().astimezone():%Y%m%d-%H%M%S}"
    aside, number = path.with_name(stem), 1
    while any(one.exists() for one in (aside, *_beside(aside))):
        number += 1
        aside = path.with_name(f"{stem}-{number}")
    return aside


def _beside(path: Path) -> tuple[Path, Path]:
    """Return what SQLite keeps beside a file while it is open."""
    return path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")
