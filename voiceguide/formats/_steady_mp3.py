"""MP3 in which every place is found exactly; no format itself.

A browser goes to a place in an MP3 by counting bytes. Where the bitrate varies it is led by a table of 100
entries, and in a session that is quiet most of the time it lands up to 14 s away (Chromium 156, 40 minutes).
With a constant bitrate it lands where it should. But where frames are small, LAME 3.100 leaves out the one
that says how long its delay is, and all is late by 20 to 70 ms. So that frame is added here.
"""

from __future__ import annotations

import errno
import struct
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from voiceguide.formats import _libsndfile, _mp3_frames, _pieces

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from voiceguide.formats._mp3_frames import Frame
    from voiceguide.formats._pieces import Frames
    from voiceguide.track import Track

_RANGES = {True: (32, 320), False: (8, 160)}
"""Kilobits a second, for MPEG-1 (from 32 kHz on) and below, between which libsndfile places its level."""
_TAG = b"Info"
"""What the first frame is known by."""
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
    """Write the sound without the first frame: `_read` adds it."""
    codec = _Codec(track, bitrate)
    with path.open("wb") as file, closing(_pieces.encode(blocks, codec, path)) as frames:
        # The first run is never one of quiet, in which the bitrate varies.
        first = next(frames, None)
        if first is None:
            raise OSError(errno.EIO, "there is no sound to write")
        file.writelines(_mp3_frames.pack(chain([first], frames), first.header, track.samplerate))


class _Codec:
    """Frames of MP3 at one samplerate and bitrate."""

    count = 5

    def __init__(self, track: Track, bitrate: int) -> None:
        self._layout = _mp3_frames.layout_for(track.samplerate)
        self.samples = self._layout.samples
        self._track = track
        low, high = _RANGES[track.samplerate >= 32_000]
        bitrate = min(self._layout.bitrates[1:], key=lambda known: abs(known - bitrate))
        self._size = self.samples // 8 * bitrate * 1000 // track.samplerate
        # 1 itself, which stands for the lowest bitrate, is refused (libsndfile 1.2.2).
        level = min((high - bitrate) / (high - low), 0.999)
        self._how = {"kind": "MP3", "subtype": "MPEG_LAYER_III", "compression_level": level}

    def encode(self, blocks: Iterable[NDArray[np.int16]], path: Path | None, *, quiet: bool) -> Frames[Frame]:
        """Return the frames of a sound, as `_pieces.Codec` says."""
        # Quiet that takes no more than it needs leaves room for the run after it.
        mode = "AVERAGE" if quiet else "CONSTANT"
        file = _libsndfile.encode(path, self._track, blocks, bitrate_mode=mode, **self._how)
        return _mp3_frames.read(file, self._track.samplerate)

    def may_part(self, frames: Iterable[Frame]) -> bool:
        """Return True if they fit where nothing is free before them, and leave all that a run may use."""
        return _mp3_frames.fill(frames, self._layout, self._size) == self._layout.furthest


def _read(path: Path, track: Track, size: int) -> Iterator[bytes]:
    """Yield the whole MP3 of what was written there, in pieces of `size` bytes, the last one smaller."""
    with path.open("rb") as file:
        first = _first_frame(file.read(4), path.stat().st_size, track)
        file.seek(0)
        piece = first + file.read(size - len(first))
        while piece:
            yield piece
            piece = file.read(size)


def _first_frame(header: bytes, sound: int, track: Track) -> bytes:
    """Return the frame with the tag, for so many bytes of sound that begin with this header.

    Laid out as in http://gabriel.mp3-tech.org/mp3infotag.html, without the table of places.
    """
    layout = _mp3_frames.layout_for(track.samplerate)
    size = layout.size(header, track.samplerate)
    count = sound // size
    padding = count * layout.samples - _DELAY - track.frames
    tag = struct.pack(">4sIII9s", _TAG, 0b11, count, size + sound, b"LAME3.100")
    delays = (_DELAY << 12 | padding).to_bytes(3, "big")
    return (header + bytes(layout.side) + tag + bytes(12) + delays).ljust(size, b"\0")
