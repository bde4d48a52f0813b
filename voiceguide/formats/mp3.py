"""MP3: small, and played by everything that plays anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.formats import _steady_mp3, _tags

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from voiceguide.track import Track

_ENOUGH = 48
"""Kilobits a second: 40 minutes are then 14 MB, which can be sent by mail."""
_PIECE = 1 << 18
"""Bytes that are copied at once."""


class Format:
    """Mono MP3, by libsndfile, in a constant bitrate: a player then finds every chapter."""

    title = "MP3: plays everywhere, small (0.4 MB a minute)"
    bitrates = range(32, 161)

    def check(self) -> None:
        """Return if libsndfile is here and writes MP3; else raise `Unavailable`."""
        _steady_mp3.check("mp3")

    def write(self, path: Path, track: Track, blocks: Iterator[NDArray[np.int16]]) -> None:
        """Write the blocks to `path`, replacing it. Blocks until done; memory stays constant.

        Raises
        ------
        OSError
            If the disk is full or `path` cannot be written.
        """
        with path.open("wb") as file:
            for piece in _steady_mp3.encode(path, track, blocks, track.bitrate or _ENOUGH, _PIECE):
                file.write(piece)
        _tags.add_mp3(path, track)
