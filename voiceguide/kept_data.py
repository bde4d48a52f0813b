"""What is kept about a person: which files there are, a copy of them all, and their end.

Everything lies in the private folder, whichever part of voiceguide put it there; what an earlier one kept
lies in the folder above it. No link is followed here: what they lead to is not ours to copy or to remove.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import zipfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from tempfile import TemporaryDirectory

from voiceguide.errors import VoiceguideError
from voiceguide.private_files import OWNERS_FILE, in_the_way

_DATABASE = ".sqlite3"
WHAT = {
    "profile.json": "what you answered before the first session",
    "profile-unused-*.json": "answers that could not be used, kept aside",
    "journal.sqlite3": "your journal: what was done, and how it felt",
    "journal.sqlite3-wal": "the journal's latest changes",
    "journal.sqlite3-shm": "a help to read the journal",
    ".voiceguide-*": "a file that was being written",
    "journal.sqlite3.new-*": "a journal that was being made",
    "journal.sqlite3.broken-*": "a journal that could not be read, kept aside",
    "plan.json": "your plan of six sessions",
    "resume.json": "where a session was interrupted",
    "earlier/played.jsonl": "what was played, from an earlier voiceguide, in the folder above",
    "earlier/resume.json": "where a session was interrupted, from an earlier voiceguide, in the folder above",
}
"""What a file is, by its name; the first pattern that fits."""
_EARLIER = ("played.jsonl", "resume.json")
"""What an earlier voiceguide kept in the folder above the private one."""
_UNKNOWN = "something else that was put here"


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One file that is kept about a person."""

    path: Path
    """Where it is."""
    name: str
    """What it is called in the folder, and in a copy."""
    size: int
    """Bytes."""
    leads_to: str | None = None
    """If it is a link, where to; else None."""

    @property
    def what(self) -> str:
        """What it is, in words."""
        if self.leads_to is not None:
            return f"a link to {self.leads_to}, which is yours to copy and to remove"
        return next((what for pattern, what in WHAT.items() if fnmatch(self.name, pattern)), _UNKNOWN)


def kept_files(folder: Path) -> list[KeptFile]:
    """Return what is kept in the private folder, by name, and above it as `earlier/...`; empty if nothing is.

    Raises
    ------
    OSError
        If it cannot be looked into.
    VoiceguideError
        If there is something else in the place of the folder.
    """
    if folder.is_symlink():
        found = [_kept(folder, folder.name)]
    elif wrong := in_the_way(folder):
        raise wrong
    else:
        found = list(_inside(folder, "")) if folder.exists() else []
    return sorted((*found, *_above(folder)), key=lambda one: one.name)


def _kept(path: Path, name: str) -> KeptFile:
    is_link = path.is_symlink()
    return KeptFile(path, name, path.lstat().st_size, os.path.realpath(path) if is_link else None)


def _above(folder: Path) -> Iterator[KeptFile]:
    for name in _EARLIER:
        path = folder.parent / name
        with suppress(FileNotFoundError, NotADirectoryError):
            yield _kept(path, f"earlier/{name}")


def _inside(folder: Path, above: str) -> Iterator[KeptFile]:
    with os.scandir(folder) as entries:
        for entry in entries:
            name = f"{above}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from _inside(Path(entry.path), f"{name}/")
                continue
            with suppress(FileNotFoundError):  # a session that goes on tidied up
                yield _kept(Path(entry.path), name)


def copy_kept(files: list[KeptFile], target: Path) -> list[KeptFile]:
    """Write the files into a ZIP file that only its owner can read; return those left out.

    A database is copied as it stands at one moment, also while a session writes to it: so its latest changes,
    which lie beside it, are in the copy already. What is neither file nor folder is left out, as links are.

    Raises
    ------
    VoiceguideError
        If a file cannot be read, or none of it is a file here.
    OSError
        If the copy cannot be written.
    """
    target.chmod(OWNERS_FILE)
    plain = [one for one in files if one.leads_to is None and _is_file(one.path)]
    if not plain:
        raise VoiceguideError(
            "there is nothing to copy: none of what is kept is a file here",
            hint="`voiceguide data path` shows where.",
        )
    databases = {one.name for one in plain if one.name.endswith(_DATABASE) and _is_database(one)}
    beside = {f"{name}{suffix}" for name in databases for suffix in ("-wal", "-shm")}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for one in plain:
            if one.name in beside:
                continue
            entry = zipfile.ZipInfo(one.name)  # of 1980: when it was written is nobody's business
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (stat.S_IFREG | OWNERS_FILE) << 16
            copy.writestr(entry, _content(one, is_database=one.name in databases))
    return [one for one in files if one not in plain]


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:
        return False  # a session that goes on tidied up


def _is_database(one: KeptFile) -> bool:
    """Return True if SQLite can read it; what it cannot is copied as it is."""
    try:
        with closing(_opened(one)) as database:
            database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError:
        return False
    return True


def _content(one: KeptFile, *, is_database: bool) -> bytes:
    try:
        return _database(one) if is_database else one.path.read_bytes()
    except (OSError, sqlite3.Error) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise VoiceguideError(
            f"it cannot be read: {why}",
            where=str(one.path),
            hint="nothing is copied without it; is a session going on, or is it somebody else's file?",
        ) from None


def _database(one: KeptFile) -> bytes:
    with TemporaryDirectory() as folder:  # which only its owner may enter
        target = Path(folder) / "copy.sqlite3"
        with closing(_opened(one)) as database, closing(sqlite3.connect(target)) as copy:
            database.backup(copy)
        return target.read_bytes()


def _opened(one: KeptFile) -> sqlite3.Connection:
    return sqlite3.connect(f"{one.path.absolute().as_uri()}?mode=ro", uri=True)


def erase_kept(folder: Path) -> None:
    """Remove all that is kept about a person, above the folder too, and the folder; of a link, the link.

    Raises
    ------
    VoiceguideError
        If some of it could not be removed: with its name.
    """
    try:
        for one in _above(folder):
            one.path.unlink(missing_ok=True)
        if folder.is_symlink():
            folder.unlink()
        elif folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        raise VoiceguideError(
            f"it could not be removed: {error.strerror or error}",
            where=str(error.filename or folder),
            hint="end a session that goes on, and try again; `voiceguide data path` shows what is left.",
        ) from None
