"""Opus in Ogg: the smallest. `opus.py` and `ogg.py` are two names for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.formats import _libsndfile, _tags

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from voiceguide.track import Track

_ENOUGH = 32
"""Kilobits a second: transparent for a voice (https://wiki.xiph.org/Opus_Recommended_Settings)."""
_LOWEST, _HIGHEST = 6, 256
"""Kilobits a second between which libsndfile 1.2.2 places its `compression_level`, from 1 to 0."""


class Opus:
    """Mono Opus, by libsndfile."""

    bitrates = range(_LOWEST, _HIGHEST + 1)

    def check(self) -> None:
        """Return if libsndfile is here and writes Opus; else raise `Unavailable`."""
        _libsndfile.check("OGG", "OPUS", "opus")

    def write(self, path: Path, track: Track, blocks: Iterator[NDArray[np.int16]]) -> None:
        """Write the blocks to `path`, replacing it. Blocks until done; memory stays constant.

        Raises
        ------
        OSError
            If the disk is full or `path` cannot be written.
        """
        level = (_HIGHEST - (track.bitrate or _ENOUGH)) / (_HIGHEST - _LOWEST)
        _libsndfile.write(path, track, blocks, kind="OGG", subtype="OPUS", compression_level=level)
        _tags.add_opus(path, track)
