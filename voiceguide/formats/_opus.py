"""Opus in Ogg: the smallest. `opus.py` and `ogg.py` are two names for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

from voiceguide.formats import _libsndfile, _ogg, _pieces, _tags

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from voiceguide.formats._pieces import Frames
    from voiceguide.track import Track

_ENOUGH = 32
"""Kilobits a second: transparent for a voice (https://wiki.xiph.org/Opus_Recommended_Settings)."""
_LOWEST, _HIGHEST = 6, 256
"""Kilobits a second between which libsndfile 1.2.2 places its `compression_level`, from 1 to 0."""


class Opus:
    """Mono Opus, by libsndfile, which never encodes the same quiet twice."""

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
        with path.open("wb") as file:
            codec = _Codec(track)
            packets = _pieces.encode(blocks, codec, path)
            frames = track.frames * _ogg.RATE // track.samplerate
            serial = crc32(f"{track.album} {track.number} {track.frames}".encode())
            with closing(packets):
                file.writelines(_ogg.write(packets, codec.heads, frames, serial))
        _tags.add_opus(path, track)


class _Codec:
    """Packets of Opus at one samplerate and bitrate."""

    count = 6

    def __init__(self, track: Track) -> None:
        import numpy as np

        self.samples = _ogg.PACKET * track.samplerate // _ogg.RATE
        self._track = track
        level = (_HIGHEST - (track.bitrate or _ENOUGH)) / (_HIGHEST - _LOWEST)
        self._how = {"kind": "OGG", "subtype": "OPUS", "compression_level": level}
        head, tags, *_ = self._packets([np.zeros(self.samples, np.int16)], None)
        self.heads = head, tags
        """The packets that come before the sound."""

    def encode(self, blocks: Iterable[NDArray[np.int16]], path: Path | None, *, quiet: bool) -> Frames[bytes]:
        """Return the packets of a sound, as `_pieces.Codec` says."""
        del quiet  # Opus spends what is needed anyway
        packets = self._packets(blocks, path)
        for _ in self.heads:
            next(packets)
        return packets

    def may_part(self, frames: Iterable[bytes]) -> bool:
        """Return True: a packet needs no other."""
        del frames
        return True

    def _packets(self, blocks: Iterable[NDArray[np.int16]], path: Path | None) -> Frames[bytes]:
        file = _libsndfile.encode(path, self._track, blocks, **self._how)
        return _ogg.read(file)
