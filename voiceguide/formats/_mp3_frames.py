"""MP3 taken apart into frames and put together again; no format itself.

What a frame sounds like may lie in the frames before it, as far back as its side information says: so frames
of different encoders cannot just be put in a row. Here each frame is read with what belongs to it, and all
are packed anew into frames of one size (ISO 11172-3 and 13818-3, layer III; mono, and no checksums).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

_HEADER = 4
"""Bytes."""
_LENGTH = 12
"""Bits in which the length of a granule is."""
_TAGS = {b"Xing", b"Info"}
"""What a frame without sound is known by."""


class Frame(NamedTuple):
    """A frame and what it sounds like, wherever that lay."""

    header: bytes
    """Four bytes."""
    side: bytes
    """Its side information; where its sound begins has to be set anew."""
    main: bytes
    """Its sound."""


@dataclass(frozen=True)
class Layout:
    """How frames of one samplerate are laid out."""

    samples: int
    """Of a frame."""
    granules: int
    """Parts of a frame, each with a length of its own in the side information."""
    side: int
    """Bytes of side information."""
    before: int
    """Bits at its beginning that say how many bytes before the frame its sound begins."""
    preface: int
    """Bits of it before the first granule."""
    granule: int
    """Bits of it for a granule, which begin with its length in bits."""
    bitrates: tuple[int, ...]
    """Kilobits a second, by the number in the header."""

    @property
    def furthest(self) -> int:
        """Bytes before a frame at which its sound begins at most."""
        return (1 << self.before) - 1

    def room(self, size: int) -> int:
        """Return the bytes for sound in a frame of `size` bytes."""
        return size - _HEADER - self.side

    def size(self, header: bytes, samplerate: int) -> int:
        """Return the bytes of a frame with this header.

        Raises
        ------
        ValueError
            If no frame begins like that.
        """
        bitrate = header[2] >> 4 if len(header) == _HEADER and header[0] == 0xFF else 0
        if not 0 < bitrate < len(self.bitrates):
            raise ValueError(f"no frame of MP3 begins with {header.hex()}")
        # All our samplerates make frames of one size: none is padded.
        return self.samples // 8 * self.bitrates[bitrate] * 1000 // samplerate


MPEG_1 = Layout(
    1152, 2, 17, 9, 18, 59, (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
)  # fmt: skip
MPEG_2 = Layout(576, 1, 9, 8, 9, 63, (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160))


def layout_for(samplerate: int) -> Layout:
    """Return how frames are laid out at so many hertz: from 32 kHz on that is MPEG-1."""
    return MPEG_1 if samplerate >= 32_000 else MPEG_2


def read(file: BinaryIO, samplerate: int) -> Generator[Frame, None, None]:
    """Yield the frames of an MP3, but not the one without sound that may come first, and close it.

    Raises
    ------
    ValueError
        If it is something else, or not whole.
    """
    layout = layout_for(samplerate)
    width = layout.side * 8
    data = b""  # of the frames up to this one, as far back as it may reach
    with file:
        while header := file.read(_HEADER):
            rest = file.read(layout.size(header, samplerate) - _HEADER)
            side, body = rest[: layout.side], rest[layout.side :]
            if body[:4] in _TAGS:
                continue
            bits = int.from_bytes(side, "big")
            start = len(data) - (bits >> (width - layout.before))
            ends = (width - layout.preface - layout.granule * number for number in range(layout.granules))
            length = sum(bits >> (end - _LENGTH) & ((1 << _LENGTH) - 1) for end in ends)
            data += body
            main = data[start : start + -(-length // 8)]
            if start < 0 or len(main) * 8 < length:
                raise ValueError("a frame of MP3 is not whole")
            yield Frame(header, side, main)
            data = data[-layout.furthest :]


def fill(frames: Iterable[Frame], layout: Layout, size: int) -> int | None:
    """Return the bytes left free behind these frames, if none are before them; None if they do not fit.

    More than a frame can reach back to are not counted.
    """
    room, free = layout.room(size), 0
    for frame in frames:
        free += room - len(frame.main)
        if free < 0:
            return None
        free = min(free, layout.furthest)
    return free


def pack(frames: Iterable[Frame], header: bytes, samplerate: int) -> Iterator[bytes]:
    """Yield the frames with this header, all of one size, each with as much sound as there is room for.

    Raises
    ------
    ValueError
        If the sound of a frame has no room in it and in those before it.
    """
    layout = layout_for(samplerate)
    room = layout.room(layout.size(header, samplerate))
    begun: deque[bytes] = deque()  # frames that are not full yet
    data = bytearray()  # what is in them
    for frame in frames:
        start = len(begun) * room
        data.extend(bytes(max(start - len(data) - layout.furthest, 0)))
        begun.append(header + _placed(frame.side, start - len(data), layout))
        data += frame.main
        if len(data) > start + room:
            raise ValueError(f"a frame of MP3 has {len(data) - start - room} bytes too many")
        while len(data) >= room:
            yield begun.popleft() + data[:room]
            del data[:room]
    for front in begun:
        yield front + data[:room].ljust(room, b"\0")
        del data[:room]


def _placed(side: bytes, before: int, layout: Layout) -> bytes:
    """Return side information that says how many bytes before the frame its sound begins."""
    shift = layout.side * 8 - layout.before
    rest = int.from_bytes(side, "big") & ((1 << shift) - 1)
    return (before << shift | rest).to_bytes(layout.side, "big")
