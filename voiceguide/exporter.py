"""Session -> file: picks a format by suffix and writes all or nothing.

The sound goes to a new file beside the target, which takes the target's place only when it is complete.
Whatever happens before that (a full disk, Ctrl-C, a fault) leaves no file behind and an older one untouched.
"""

from __future__ import annotations

import errno
import os
import secrets
import shlex
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

from voiceguide import registry
from voiceguide.errors import ExportError, UnknownName, UsageError
from voiceguide.track import make_bare_track

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from voiceguide.formats import Format
    from voiceguide.session import Sound
    from voiceguide.track import Track

Progress = Callable[[int, int], None]
"""Is told the frames written so far and the frames in all, at most 101 times: at 0 and at every percent."""

FORMATS = "voiceguide.formats"

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def export(
    session: Sound,
    target: Path,
    track: Track | None = None,
    *,
    force: bool = False,
    progress: Progress | None = None,
) -> None:
    """Write the session's sound to `target` in the format its suffix names. Blocks until done.

    Parameters
    ----------
    session
        What to write. Memory stays constant, whatever its length.
    target
        A file in a folder that exists.
    track
        What the file says of itself; None for nothing.
    force
        Replace an older file.
    progress
        See `Progress`. What it raises ends the export and leaves nothing behind.

    Raises
    ------
    UnknownName, UsageError
        If the suffix names no format.
    Unavailable
        If the format cannot be written on this machine.
    ExportError
        If the target exists (without `force`) or cannot be written.
    """
    track = track or make_bare_track(session)
    check_target(target, force=force, bitrate=track.bitrate)
    with _replacing(target, force=force) as beside:
        _find_format(target).write(beside, track, _counted(session, progress))


def write_text(target: Path, text: str, *, force: bool = False) -> None:
    """Write `text` in UTF-8 to `target`, all or nothing, by the same rules as `export`.

    Raises
    ------
    ExportError
        If the target exists (without `force`) or cannot be written.
    """
    check_text_target(target, force=force)
    with _replacing(target, force=force) as beside:
        beside.write_text(text, encoding="utf-8", newline="\n")


def check_target(target: Path, *, force: bool = False, bitrate: int | None = None) -> None:
    """Return if `export` can be expected to succeed: to call before anything is synthesised.

    Raises what `export` raises; only what happens later, such as a disk that fills up, is not foreseen.
    """
    found = _find_format(target)
    if bitrate is not None and found.bitrates is None:
        raise UsageError(
            f"'{target.suffix}' has no bitrate to choose: it keeps every sample",
            hint="`--samplerate 24000` halves it; .mp3 and .opus are small.",
        )
    if bitrate is not None and found.bitrates is not None and bitrate not in found.bitrates:
        low, high = found.bitrates[0], found.bitrates[-1]
        raise UsageError(f"'{target.suffix}' takes {low} to {high} kilobits a second, not {bitrate}")
    found.check()
    check_text_target(target, force=force)


def check_text_target(target: Path, *, force: bool = False) -> None:
    """Return if `write_text` can be expected to succeed. Raises `ExportError` if not."""
    try:
        _check_existing(target, force=force)
        _check_folder(target.parent)
        # Permission bits do not tell on Windows, on network folders or for root: only trying does.
        with _beside(target):
            pass
    except OSError as error:
        raise _explained(error, target) from error


def _find_format(target: Path) -> Format:
    suffix = target.suffix.lower().removeprefix(".")
    known = registry.names(FORMATS)
    spelled = " ".join(f".{name}" for name in known)
    if not suffix:
        raise UsageError(
            f"'{target}' has no suffix to pick a format by",
            hint=f"`-o {shlex.quote(f'{target}.wav')}` writes WAV. There are: {spelled}",
        )
    if suffix not in known:
        raise UnknownName("format", f".{suffix}", [f".{name}" for name in known])
    return cast("Format", registry.find(FORMATS, suffix).Format())


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


def _check_folder(folder: Path) -> None:
    if not folder.exists():
        raise ExportError(
            f"there is no folder '{folder}'", hint=f"make it first: `mkdir -p {shlex.quote(str(folder))}`"
        )
    if not folder.is_dir():
        raise ExportError(f"'{folder}' is a file, not a folder", hint="choose another place for the file.")


def _counted(session: Sound, progress: Progress | None) -> Iterator[NDArray[np.int16]]:
    """Yield the session's blocks, telling `progress` when another percent has been taken."""
    mixer = session.mixer()
    if progress is None:
        yield from mixer.blocks()
        return
    done, percent = 0, 0
    progress(0, mixer.frames)
    for block in mixer.blocks():
        yield block
        done += len(block)
        if done * 100 // mixer.frames > percent:
            percent = done * 100 // mixer.frames
            progress(done, mixer.frames)


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Give a new empty file in the target's folder, gone afterwards unless it was moved away."""
    # As long as this and no longer, whatever the target is called; the suffix stays for libraries that look.
    beside = target.with_name(f".voiceguide-{secrets.token_hex(8)}{target.suffix}")
    try:
        # Not by `tempfile`, whose files only their owner may read: `open` follows the umask.
        beside.open("xb").close()
        yield beside
    finally:
        # A file that does not go cannot be helped, and the error that brought us here matters more.
        with suppress(OSError):
            beside.unlink(missing_ok=True)


@contextmanager
def _replacing(target: Path, *, force: bool) -> Iterator[Path]:
    """Give a new file to write to, which takes the target's place if nothing was raised."""
    try:
        # Where the target is a link, the file it leads to is written, as by any other program.
        place = Path(os.path.realpath(target))
        with _beside(place) as beside:
            yield beside
            if force:
                beside.replace(place)
            else:
                _move_without_replacing(beside, place)
    except FileExistsError as error:
        raise _exists(target) from error
    except OSError as error:
        raise _explained(error, target) from error


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


def _explained(error: OSError, target: Path) -> ExportError:
    """Return what the system said, in words that say what to do."""
    if error.errno in _FULL:
        return ExportError(
            f"'{target}' was not written: no room left ({error.strerror})",
            hint="make room or choose another place; .flac takes a tenth of the room of .wav.",
        )
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return ExportError(
            f"'{target}' was not written: its folder may not be written to ({error.strerror})",
            hint=f"choose a folder of your own: `-o {shlex.quote(str(Path('~') / target.name))}`",
        )
    if error.errno == errno.ENAMETOOLONG:
        return ExportError(f"'{target.name[:40]}…' is too long for a file name", hint="choose a shorter one.")
    return ExportError(
        f"'{target}' was not written: {error.strerror or error}",
        hint="check the disk and the room on it, or choose another place.",
    )
