"""What the formats that libsndfile writes have in common; no format itself."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from voiceguide.errors import Unavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from voiceguide.track import Track


def check(kind: str, subtype: str, suffix: str) -> None:
    """Return if libsndfile is here and writes this kind of file; else raise `Unavailable`."""
    hint = "`pip install --upgrade soundfile` adds it; or name the file session.wav, which needs nothing."
    try:
        import soundfile
    except (ImportError, OSError) as error:  # OSError: soundfile is here and libsndfile is not
        raise Unavailable(f"format '{suffix}' needs soundfile: {error}", hint=hint) from error
    if not soundfile.check_format(kind, subtype):
        raise Unavailable(f"this libsndfile was built without what '{suffix}' needs", hint=hint)


def write(
    path: Path, track: Track, blocks: Iterator[NDArray[np.int16]], *, kind: str, subtype: str, **how: Any
) -> None:
    """Write the blocks to `path`, replacing it. Blocks until done; memory stays constant.

    Raises
    ------
    OSError
        If the disk is full or `path` cannot be written.
    """
    frames = _write(path, track, blocks, kind=kind, subtype=subtype, **how)
    import soundfile

    try:
        # A disk that fills up in the last write, on closing, is not reported by libsndfile 1.2.2: the file is
        # short and nobody says so. Its last frame can then not be read.
        with soundfile.SoundFile(path) as file:
            file.seek(max(frames - 1, 0))
            complete = file.frames >= frames and len(file.read(1)) == min(frames, 1)
    except soundfile.LibsndfileError as error:
        raise OSError(errno.EIO, f"{error}; is the disk full?") from error
    if not complete:
        raise OSError(errno.EIO, "the file came out too short; is the disk full?")


def encode(path: Path | None, track: Track, blocks: Iterable[NDArray[np.int16]], **how: Any) -> BinaryIO:
    """Return a file to read of what `write` would write, in memory without a path; for the caller to close.

    Raises `OSError` as `write` does.
    """
    if path is not None:
        write(path, track, iter(blocks), **how)
        return path.open("rb")
    file = BytesIO()
    _write(file, track, blocks, **how)
    file.seek(0)
    return file


def _write(
    target: Path | BytesIO,
    track: Track,
    blocks: Iterable[NDArray[np.int16]],
    *,
    kind: str,
    subtype: str,
    **how: Any,
) -> int:
    """Return how many frames were written."""
    import soundfile

    frames = 0
    try:
        with soundfile.SoundFile(target, "w", track.samplerate, 1, subtype, format=kind, **how) as file:
            for block in blocks:
                file.write(block)
                frames += len(block)
    except soundfile.LibsndfileError as error:
        raise OSError(errno.EIO, f"{error}; is the disk full?") from error
    return frames
