"""MP3 in which every place is found exactly; no format itself.

A browser goes to a place in an MP3 by counting bytes. Where the bitrate varies it is led by a table of 100
entries, and in a session that is quiet most of the time it lands up to 14 s away (Chromium 156, 40 minutes).
With a constant bitrate it lands where it should. But where frames are small, LAME 3.100 leaves out the one
that says how long its delay is, and all is late by 20 to 70 ms. So that frame is added here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from voiceguide.formats import _libsndfile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from voiceguide.track import Track

_RANGES = {True: (32, 320), False: (8, 160)}
"""Kilobits a second, for MPEG-1 (from 32 kHz on) and below, between which libsndfile places its level."""
_BITRATES = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""The same, by the number in the header of a frame (ISO 11172-3 and 13818-3, layer III)."""
_TAG, _FURTHEST = b"Info", 25
"""What the first frame is known by, and by which byte of the file it is over."""
_DELAY = 576
"""Frames of silence that LAME 3.100 puts before the sound; a decoder adds its own, and knows that."""


def check(suffix: str) -> None:
    """Return if libsndfile is here and writes MP3; else raise `Unavailable`."""
    _libsndfile.check("MP3", "MPEG_LAYER_III", suffix)


def encode(
    path: Path, track: Track, blocks: Iterator[NDArray[np.int16]], bitrate: int, size: int
) -> Iterator[bytes]:
    """Yield a whole MP3 in pieces of `size` bytes, the last one smaller. Blocks; memory stays constant.

    Until it is done a folder stands beside `path`, called like it: how long the sound is has to be known
    before its first byte. The bitrate is in kilobits a second; the nearest one that MP3 knows is taken.

    Raises
    ------
    OSError
        If the disk is full or nothing can be written there.
    """
    # Where there is room for what is made of it, there most likely is for the sound alone.
    beside = f".{path.name.lstrip('.')}-"
    with TemporaryDirectory(prefix=beside, dir=path.parent, ignore_cleanup_errors=True) as folder:
        sound = Path(folder) / "sound.mp3"
        _write(sound, track, blocks, bitrate)
        yield from _read(sound, track, size)


def _write(path: Path, track: Track, blocks: Iterator[NDArray[np.int16]], bitrate: int) -> None:
    """Write the sound, perhaps without the first frame: `_read` adds it."""
    low, high = _RANGES[track.samplerate >= 32_000]
    # 1 itself, which stands for the lowest bitrate, is refused (libsndfile 1.2.2).
    level = min((high - bitrate) / (high - low), 0.999)
    how = {"bitrate_mode": "CONSTANT", "compression_level": level}
    _libsndfile.write(path, track, blocks, kind="MP3", subtype="MPEG_LAYER_III", **how)


def _read(path: Path, track: Track, size: int) -> Iterator[bytes]:
    """Yield the whole MP3 of what was written there, in pieces of `size` bytes, the last one smaller."""
    with path.open("rb") as file:
        begin = file.read(_FURTHEST)
        file.seek(0)
        first = b"" if _TAG in begin else _first_frame(begin[:4], path.stat().st_size, track)
        piece = first + file.read(size - len(first))
        while piece:
            yield piece
            piece = file.read(size)


def _first_frame(header: bytes, sound: int, track: Track) -> bytes:
    """Return the frame with the tag, for so many bytes of sound that begin with this header.

    Laid out as in http://gabriel.mp3-tech.org/mp3infotag.html, without the table of places.
    """
    is_mpeg_1 = track.samplerate >= 32_000
    samples = 1152 if is_mpeg_1 else 576
    # All our samplerates make frames of one size: none is padded.
    size = samples // 8 * _BITRATES[is_mpeg_1][header[2] >> 4] * 1000 // track.samplerate
    count = sound // size
    padding = count * samples - _DELAY - track.frames
    side_information = bytes(17 if is_mpeg_1 else 9)
    tag = struct.pack(">4sIII9s", _TAG, 0b11, count, size + sound, b"LAME3.100")
    delays = (_DELAY << 12 | padding).to_bytes(3, "big")
    return (header + side_information + tag + bytes(12) + delays).ljust(size, b"\0")
