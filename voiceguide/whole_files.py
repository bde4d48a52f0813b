"""Files and folders that appear whole or not at all.

What is written goes to something new beside the target, which takes the target's place only when it is
complete. Whatever happens before that (a full disk, Ctrl-C, a fault) leaves nothing new and what was there
untouched; what a killed process leaves, the next one removes.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import shlex
import shutil
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path

from voiceguide.errors import ExportError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment,unused-ignore]

_BESIDE = re.compile(r"\.voiceguide-[0-9a-f]{16}(?=$|[.-])")
"""How the names begin of what is being written: alike, if a format needs a second file beside the first."""
_JUST_MADE = 1.0 if os.name == "posix" else 86_400.0
"""Seconds: what is younger may not be locked yet, or, where nothing can be locked, may be in use."""
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def write_text(target: Path, text: str, *, force: bool = False) -> None:
    """Write `text` in UTF-8 to `target`, all or nothing, or raise and leave what was there.

    Raises
    ------
    ExportError
        If the target exists (without `force`) or cannot be written.
    """
    check_file_target(target, force=force)
    with replacing(target, force=force) as beside:
        write_utf8(beside, text)


def write_utf8(path: Path, text: str) -> None:
    """Write `text` to a file that need not appear whole, as it lies in a folder that does."""
    path.write_text(text, encoding="utf-8", newline="\n")


def check_file_target(target: Path, *, force: bool = False) -> None:
    """Return if a file can be expected to be written there. Raises `ExportError` if not."""
    try:
        _check_existing(target, force=force)
        check_folder(target.parent)
        # Permission bits do not tell on Windows, on network folders or for root: only trying does.
        with temporary_beside(target):
            pass
    except OSError as error:
        raise explained(error, target) from error


def _check_existing(target: Path, *, force: bool) -> None:
    try:
        mode = target.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return  # what is wrong with its folder, if anything, is told next
    if stat.S_ISDIR(mode):
        inside = shlex.quote(str(target / "session.wav"))
        raise ExportError(f"'{target}' is a folder", hint=f"name a file in it: {inside}")
    if not stat.S_ISREG(mode):
        # Replacing would put a file in the place of a device or a pipe.
        raise ExportError(f"'{target}' is a device or a pipe", hint="name a file, such as session.wav")
    if not force:
        raise _exists(target)


def check_folder(folder: Path) -> None:
    """Return if there is such a folder. Raises `ExportError` if not."""
    if not folder.exists():
        raise ExportError(
            f"there is no folder '{folder}'", hint=f"make it first: `mkdir -p {shlex.quote(str(folder))}`"
        )
    if not folder.is_dir():
        raise ExportError(f"'{folder}' is a file, not a folder", hint="choose another place for the file.")


def _sweep(folder: Path) -> None:
    """Remove what a process was writing here when it was killed."""
    written: dict[str, list[Path]] = {}
    for path in folder.glob(".voiceguide-*"):
        if found := _BESIDE.match(path.name):
            written.setdefault(found[0], []).append(path)
    for paths in written.values():
        with suppress(OSError), ExitStack() as locks:
            if all(path.stat().st_mtime < time.time() - _JUST_MADE for path in paths):
                for path in paths:
                    locks.enter_context(_locked(path, is_own=False))
                for path in paths:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()


@contextmanager
def _locked(path: Path, *, is_own: bool) -> Iterator[None]:
    """Lock a file or a folder; raise `OSError` if it is not our own and a living process has it locked.

    Not on Windows, which would keep from being moved what is open, nor on network folders that know no such
    locks: what is our own is written there all the same.
    """
    if fcntl is None:
        yield
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        with suppress(OSError) if is_own else nullcontext():
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


@contextmanager
def temporary_beside(target: Path, *, mode: int = 0o666) -> Iterator[Path]:
    """Give a new empty file in the target's folder, gone afterwards unless it was moved away.

    `mode` is its permission bits, of which the umask takes away.
    """
    _sweep(target.parent)
    # As long as this and no longer, whatever the target is called; the suffix stays for libraries that look.
    beside = target.with_name(f".voiceguide-{secrets.token_hex(8)}{target.suffix}")
    try:
        # Not by `tempfile`, whose files only their owner may read.
        beside.touch(mode, exist_ok=False)
        with _locked(beside, is_own=True):
            yield beside
    finally:
        # A file that does not go cannot be helped, and the error that brought us here matters more.
        with suppress(OSError):
            beside.unlink(missing_ok=True)


@contextmanager
def replacing(target: Path, *, force: bool) -> Iterator[Path]:
    """Give a new file to write to, which takes the target's place if nothing was raised."""
    try:
        # Where the target is a link, the file it leads to is written, as by any other program.
        place = Path(os.path.realpath(target))
        with temporary_beside(place) as beside:
            yield beside
            if force:
                beside.replace(place)
            else:
                _move_without_replacing(beside, place)
    except FileExistsError as error:
        raise _exists(target) from error
    except OSError as error:
        raise explained(error, target) from error


@contextmanager
def replacing_folder(folder: Path, *, force: bool, without: Iterable[str] = ()) -> Iterator[Path]:
    """Give a new folder to write to; what is in it takes its place if nothing was raised.

    Of a folder that is there the files named in `without` go, and all others stay.
    """
    try:
        place = Path(os.path.realpath(folder))
        is_there = place.is_dir()
        around = place if is_there else place.parent
        _sweep(around)
        beside = around / f".voiceguide-{secrets.token_hex(8)}"
        try:
            beside.mkdir()
            with _locked(beside, is_own=True):
                yield beside
                if is_there and force:
                    _move_into(beside, place, without)
                elif place.exists():  # a rename could take the place of an empty folder
                    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(place))
                else:
                    beside.rename(place)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except FileExistsError as error:
        raise _exists(folder) from error
    except OSError as error:
        raise explained(error, folder) from error


def _move_into(source: Path, place: Path, without: Iterable[str]) -> None:
    """Move the files of a folder into another one, over files of the same names: all of them, or none."""
    new = sorted(source.iterdir())
    old = source / "old"
    old.mkdir()

    def put_away(target: Path) -> None:
        target.replace(old / target.name)
        undo.callback((old / target.name).replace, target)

    with ExitStack() as undo:
        for name in without:
            if (place / name).is_file():
                put_away(place / name)
        for path in new:
            target = place / path.name
            if target.is_dir():
                raise ExportError(f"'{target}' is a folder", hint="move it away, or choose another name.")
            if target.exists():
                put_away(target)
            path.replace(target)
            undo.callback(target.unlink, missing_ok=True)
        undo.pop_all()


def _move_without_replacing(source: Path, place: Path) -> None:
    """Give the file its name, unless something has taken that name while it was being written."""
    try:
        # A hard link fails if the name is taken, in one step: there is no moment between looking and moving.
        os.link(source, place)
    except FileExistsError:
        raise
    except OSError as error:
        # FAT, some network folders and phones know no hard links: look, then move.
        if place.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(place)) from error
        source.replace(place)


def _exists(target: Path) -> ExportError:
    return ExportError(
        f"'{target}' exists already", hint="add --force to replace it, or choose another name."
    )


def explained(error: OSError, target: Path) -> ExportError:
    """Return what the system said, in words that say what to do."""
    if error.errno in _FULL:
        return ExportError(
            f"'{target}' was not written: no room left ({error.strerror})",
            hint="make room or choose another place; .flac takes a quarter of the room of .wav.",
        )
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return ExportError(
            f"'{target}' was not written: its folder may not be written to ({error.strerror})",
            hint=f"choose a folder of your own: `-o ~/{shlex.quote(target.name)}`",
        )
    if error.errno == errno.ENAMETOOLONG:
        return ExportError(f"'{target.name[:40]}…' is too long for a file name", hint="choose a shorter one.")
    return ExportError(
        f"'{target}' was not written: {error.strerror or error}",
        hint="check the disk and the room on it, or choose another place.",
    )
