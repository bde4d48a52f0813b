"""FLAC: the same samples as WAV in an eighth of the size or so."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.errors import Unavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from voiceguide.session import Sound


class Format:
    """16-bit mono FLAC, by libsndfile."""

    title = "FLAC: the same sound as WAV, an eighth of the size or so"

    def check(self) -> None:
        """Return if libsndfile is here and writes FLAC; else raise `Unavailable`."""
        hint = "`pip install soundfile` adds it; or name the file session.wav, which needs nothing."
        try:
            import soundfile
        except (ImportError, OSError) as error:  # OSError: soundfile is here and libsndfile is not
            raise Unavailable(f"format 'flac' needs soundfile: {error}", hint=hint) from error
        if not soundfile.check_format("FLAC", "PCM_16"):
            raise Unavailable("this libsndfile was built without FLAC", hint=hint)

    def write(self, path: Path, session: Sound, blocks: Iterator[NDArray[np.int16]]) -> None:
        """Write the blocks to `path`, replacing it. Blocks until done; memory stays constant.

        Raises
        ------
        OSError
            If the disk is full or `path` cannot be written.
        """
        import soundfile

        frames = 0
        try:
            # At level 5 of 8: libsndfile's own, and the one it keeps to whatever it is told (1.2.2).
            with soundfile.SoundFile(path, "w", session.samplerate, 1, "PCM_16", format="FLAC") as file:
                for block in blocks:
                    file.write(block)
                    frames += len(block)
            # A disk that fills up in the last write, on closing, is not reported by libsndfile 1.2.2: the
            # file is short and nobody says so. Its last frame can then not be read.
            with soundfile.SoundFile(path) as file:
                file.seek(max(frames - 1, 0))
                complete = file.frames == frames and len(file.read(1)) == min(frames, 1)
        except soundfile.LibsndfileError as error:
            raise OSError(errno.EIO, f"{error}; is the disk full?") from error
        if not complete:
            raise OSError(errno.EIO, "the file came out too short; is the disk full?")
