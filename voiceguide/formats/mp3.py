"""MP3: small, and played by everything that plays anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.formats import _libsndfile, _tags

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from voiceguide.track import Track

_ENOUGH = 0.6
"""libsndfile's `compression_level`, from 0 to 1: with a variable bitrate about 40 kbit/s for a session."""
_RANGES = {True: (32, 320), False: (8, 160)}
"""Kilobits a second between which libsndfile 1.2.2 places that level, from 32 kHz on (MPEG-1) and below."""


class Format:
    """Mono MP3, by libsndfile, in a variable bitrate."""

    title = "MP3: plays everywhere, small (0.3 MB a minute)"
    bitrates = range(32, 161)

    def check(self) -> None:
        """Return if libsndfile is here and writes MP3; else raise `Unavailable`."""
        _libsndfile.check("MP3", "MPEG_LAYER_III", "mp3")

    def write(self, path: Path, track: Track, blocks: Iterator[NDArray[np.int16]]) -> None:
        """Write the blocks to `path`, replacing it. Blocks until done; memory stays constant.

        Raises
        ------
        OSError
            If the disk is full or `path` cannot be written.
        """
        # Never a constant bitrate: libsndfile then leaves out how long the encoder's delay is, and everything
        # would be heard 46 ms late (measured with 1.2.2).
        how: dict[str, object] = {"bitrate_mode": "VARIABLE", "compression_level": _ENOUGH}
        if track.bitrate is not None:
            low, high = _RANGES[track.samplerate >= 32_000]
            level = (high - track.bitrate) / (high - low)
            how = {"bitrate_mode": "AVERAGE", "compression_level": level}
        _libsndfile.write(path, track, blocks, kind="MP3", subtype="MPEG_LAYER_III", **how)
        _tags.add_mp3(path, track)
