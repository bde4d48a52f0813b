"""Files that only their owner can read: what is kept about a person, never half written, never half read."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from voiceguide.errors import ExportError, VoiceguideError
from voiceguide.whole_files import temporary_beside

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment,unused-ignore]

OWNERS_FOLDER, OWNERS_FILE = 0o700, 0o600
"""Permission bits: nobody but the owner may look. Windows keeps a person's folders apart by itself."""
_OTHERS = 0o077
_LARGEST = 100_000
"""Bytes: what is larger was not written here."""


def make_private_folder(folder: Path) -> None:
    """Make a folder which only its owner may enter, and those above it as usual; close it if others could.

    Raises
    ------
    OSError
        If it cannot be made, or cannot be closed.
    """
    folder.mkdir(mode=OWNERS_FOLDER, parents=True, exist_ok=True)
    if os.name == "posix" and folder.stat().st_mode & _OTHERS:
        folder.chmod(OWNERS_FOLDER)


def close_to_others(path: Path) -> None:
    """Leave a file or a folder to its owner alone, if whoever asks may decide that."""
    with suppress(OSError):
        mode = path.stat().st_mode
        if os.name == "posix" and mode & _OTHERS:
            path.chmod(OWNERS_FOLDER if stat.S_ISDIR(mode) else OWNERS_FILE)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read; a crash leaves the old one or the new one, whole.

    On disk when it returns. Its folder is made if it is missing. Where the path is a link, the file that it
    leads to is written.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    make_private_folder(path.parent)
    place = Path(os.path.realpath(path))
    with temporary_beside(place, mode=OWNERS_FILE) as beside:
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(place)
    if os.name == "posix":
        with suppress(OSError), _opened(place.parent) as folder:  # some network folders cannot
            os.fsync(folder)


def read_private(path: Path, version: int) -> dict[str, Any] | None:
    """Return what a file of JSON holds, of this version; None if there is none. Others may not read it then.

    Where the path is a link, the file that it leads to is read.

    Raises
    ------
    ValueError
        If it cannot be read, or is nothing that was written here: in words for a person.
    VoiceguideError
        If there is no folder for it, and something else in its place.
    """
    close_to_others(path.parent)
    close_to_others(path)
    try:
        return _parse(_read(path), version)
    except (FileNotFoundError, NotADirectoryError):
        if path.is_symlink():
            raise ValueError(f"it is a link to '{path.readlink()}', which is not there") from None
        if wrong := in_the_way(path.parent):
            raise wrong from None
        return None
    except OSError as error:
        raise ValueError(f"it cannot be read: {error.strerror}") from None


def _read(path: Path) -> bytes:
    # Not to wait for whoever might write into a pipe. Windows has neither such pipes nor the flag.
    with _opened(path, getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)) as handle:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise ValueError("it is no file")
        with os.fdopen(os.dup(handle), "rb") as file:
            return file.read(_LARGEST + 1)


@contextmanager
def _opened(path: Path, flags: int = 0) -> Iterator[int]:
    handle = os.open(path, os.O_RDONLY | flags)
    try:
        yield handle
    finally:
        os.close(handle)


class _SaidTwice(ValueError):
    """The same name stands twice, and so one of two values would be lost."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _SaidTwice
    return found


def _parse(text: bytes, version: int) -> dict[str, Any]:
    if len(text) > _LARGEST:
        raise ValueError("it is too large")
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except _SaidTwice:
        raise ValueError("something is said twice in it") from None
    except (ValueError, RecursionError):
        raise ValueError("it is no JSON") from None
    if not isinstance(found, dict):
        raise ValueError("nothing in it has a name")  # noqa: TRY004 - of the file, not of the program
    told = found.get("version")
    if type(told) is int and told > version:
        raise ValueError("a newer voiceguide wrote it")
    if type(told) is not int or told != version:
        raise ValueError("its version is not known")
    return found


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other process is in here, for this folder; it is made if it is missing.

    Not on Windows, nor on network folders that know no locks.

    Raises
    ------
    OSError
        If there is no such folder and none can be made.
    """
    make_private_folder(folder)
    if fcntl is None:
        yield
        return
    with _opened(folder) as handle:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def in_the_way(folder: Path) -> VoiceguideError | None:
    """Return the error that something is no folder which should be one, here or above; None if nothing is."""
    for one in (folder, *folder.parents):
        with suppress(OSError):  # of what nobody may look at something else is told
            if one.is_dir():
                return None
        if os.path.lexists(one):
            what = "a link that leads nowhere" if one.is_symlink() else "no folder"
            return VoiceguideError(
                f"it is {what}, and what is kept about you needs a folder there",
                where=str(one),
                hint="move it away, or name another folder by VOICEGUIDE_DATA.",
            )
    return None


def not_kept(what: str, path: Path, error: OSError) -> VoiceguideError:
    """Return the error that something cannot be kept in a file, with what to do about it."""
    return in_the_way(path.parent) or ExportError(
        f"{what} cannot be kept: {error.strerror}",
        where=str(path),
        hint="is there room, and may you write there? VOICEGUIDE_DATA names another folder.",
    )
