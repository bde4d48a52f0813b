"""Session -> file, or a folder of parts: picks a format by suffix and writes all or nothing."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

from voiceguide import registry
from voiceguide.cover import make_cover
from voiceguide.errors import ExportError, UnknownName, UsageError
from voiceguide.library import load_leaflet
from voiceguide.playlist import make_playlist, name_part
from voiceguide.subtitles import SUBTITLES
from voiceguide.track import make_bare_track, make_track, split_track
from voiceguide.units import in_frames
from voiceguide.whole_files import (
    check_file_target,
    check_folder,
    explained,
    replacing,
    replacing_folder,
    temporary_beside,
    write_utf8,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from voiceguide.formats import Format
    from voiceguide.session import Session, Sound
    from voiceguide.track import Track

Progress = Callable[[int, int], None]
"""Is told the frames written so far and the frames in all, at most 101 times: at 0 and at every percent."""

FORMATS = "voiceguide.formats"


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
    with replacing(target, force=force) as beside:
        _find_format(target).write(beside, track, _counted(session, progress))


def export_parts(
    session: Sound,
    target: Path,
    track: Track,
    *,
    subtitles: Collection[str] = (),
    force: bool = False,
    progress: Progress | None = None,
) -> tuple[Path, ...]:
    """Return the files written to a folder named like `target` without its suffix. Blocks until done.

    One for each chapter of `track`, in the format the suffix names and with the subtitles that are asked for,
    and a playlist of them. Joined, the parts hold the samples that `export` writes, if the format keeps every
    sample. With `force`, files of these names are replaced in a folder that exists; all others stay.

    Raises
    ------
    UnknownName, UsageError, Unavailable
        As `export` does.
    ExportError
        If the folder exists (without `force`) or cannot be written.
    """
    check_parts_target(target, force=force, bitrate=track.bitrate)
    folder, parts, sound = folder_of(target), split_track(track), _find_format(target)
    names = [name_part(part, target.suffix) for part in parts]
    with replacing_folder(folder, force=force) as beside:
        for part, name in zip(parts, names, strict=True):
            start = in_frames(part.start, track.samplerate)
            blocks = _counted(session, progress, start=start, end=start + part.track.frames)
            sound.write(beside / name, part.track, blocks)
            for kind in subtitles:
                write_utf8(beside / name_beside(name, kind), SUBTITLES[kind](part.track))
        write_utf8(beside / name_beside(target.name, "m3u8"), make_playlist(parts, names))
        written = sorted(path.name for path in beside.iterdir())
    return tuple(folder / name for name in written)


def folder_of(target: Path) -> Path:
    """Return the folder for the parts of what would be one file."""
    return target.with_suffix("")


def name_beside(name: str, suffix: str) -> str:
    """Return the name of a file that lies beside another one and is called like it."""
    return f"{Path(name).stem}.{suffix}"


def describe(session: Session, *, bitrate: int | None = None, reads_clips: bool = True) -> Track:
    """Return what a file of a session says of itself, its cover and how to play it included.

    How loud it is takes its clips; without `reads_clips` that is left out.
    """
    loudness, peak = session.measure() if reads_clips else (None, None)
    leaflet = load_leaflet(session.language.tag)
    return make_track(
        session,
        comment=leaflet.label("file_comment"),
        cover=make_cover(session.title),
        labels=leaflet.page,
        bitrate=bitrate,
        loudness=loudness,
        peak=peak,
    )


def check_target(target: Path, *, force: bool = False, bitrate: int | None = None) -> None:
    """Return if `export` can be expected to succeed: to call before anything is synthesised.

    Raises what `export` raises; only what happens later, such as a disk that fills up, is not foreseen.
    """
    _check_format(target, bitrate)
    check_file_target(target, force=force)


def check_parts_target(target: Path, *, force: bool = False, bitrate: int | None = None) -> None:
    """Return if `export_parts` can be expected to succeed, as `check_target` does for `export`."""
    _check_format(target, bitrate)
    if getattr(_find_format(target), "is_page", False):
        hint = "without `--split` it has every part in it; `-o session.mp3 --split` makes a file for each."
        raise UsageError("a page does not go into a playlist", hint=hint)
    folder = folder_of(target)
    try:
        is_there = folder.is_dir()
        if is_there and not force:
            hint = "add --force to replace the parts in it, and nothing else; or choose another name."
            raise ExportError(f"the folder '{folder}' exists already", hint=hint)
        if folder.exists() and not is_there:
            hint = "the parts get a folder of that name: choose another one."
            raise ExportError(f"'{folder}' is a file, not a folder", hint=hint)
        check_folder(folder.parent)
        with temporary_beside(folder / folder.name if is_there else folder):
            pass
    except OSError as error:
        raise explained(error, folder) from error


def bitrate_for(target: Path, bitrate: int | None) -> int | None:
    """Return the bitrate if the format of a target can have it, else None: what it takes by itself."""
    bitrates = _find_format(target).bitrates
    return bitrate if bitrates is not None and bitrate in bitrates else None


def _check_format(target: Path, bitrate: int | None) -> None:
    found = _find_format(target)
    if bitrate is not None and found.bitrates is None:
        raise UsageError(
            f"'{target.suffix}' has no bitrate to choose: it keeps every sample",
            hint="name the file .mp3 or .opus: these are small.",
        )
    if bitrate is not None and found.bitrates is not None and bitrate not in found.bitrates:
        low, high = found.bitrates[0], found.bitrates[-1]
        raise UsageError(
            f"'{target.suffix}' takes {low} to {high} kilobits a second, not {bitrate}",
            hint="without `--bitrate` it takes what is enough for a voice.",
        )
    found.check()


def _find_format(target: Path) -> Format:
    suffix = target.suffix.lower().removeprefix(".")
    known = registry.names(FORMATS)
    spelled = " ".join(f".{name}" for name in known)
    if not suffix and target.is_dir():
        inside = shlex.quote(str(target / "session.mp3"))
        raise ExportError(f"'{target}' is a folder", hint=f"name a file in it: `-o {inside}`")
    if not suffix:
        raise UsageError(
            f"'{target}' has no suffix to pick a format by",
            hint=f"`-o {shlex.quote(f'{target}.mp3')}` writes MP3. There are: {spelled}",
        )
    if suffix not in known:
        raise UnknownName("format", f".{suffix}", [f".{name}" for name in known])
    return cast("Format", registry.find(FORMATS, suffix).Format())


def _counted(
    session: Sound, progress: Progress | None, *, start: int = 0, end: int | None = None
) -> Iterator[NDArray[np.int16]]:
    """Yield the blocks between two frames, telling `progress` when another percent has been taken."""
    mixer = session.mixer()
    blocks = mixer.blocks(start=start, end=end)
    if progress is None:
        yield from blocks
        return
    done, percent = start, start * 100 // mixer.frames
    if not start:
        progress(0, mixer.frames)
    for block in blocks:
        yield block
        done += len(block)
        if done * 100 // mixer.frames > percent:
            percent = done * 100 // mixer.frames
            progress(done, mixer.frames)
