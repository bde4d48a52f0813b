"""Sound -> the bytes of an Ogg Opus file, the same bytes each time.

libsndfile numbers each stream at random, which is the only thing in such a file that changes: here every
stream has the number nought.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voiceguide.clip import Block

SAMPLERATE = 16_000
"""Hertz at which clips of a pack are encoded. It keeps what lies below 8 kHz, as a good telephone does,
in an eighth less room than the same bitrate takes at 48 kHz (measured on one cue)."""
_LOWEST, _HIGHEST = 6, 256
"""Kilobits a second between which libsndfile 1.2.2 places its `compression_level`, from 1 to 0."""
_HEADER = struct.Struct("<4sBBqIIIB")
"""Of a page: magic, version, flags, position, stream, number of the page, checksum, count of lengths."""
_HEARD_AT = 48_000
"""Hertz at which a decoder is asked to give it: what our clips have."""


def encode(samples: Block, bitrate: int, samplerate: int = SAMPLERATE) -> bytes:
    """Return mono sound, at a rate that Opus has, as Ogg Opus that is decoded at 48 kHz.

    `bitrate` is in kilobits a second, `samplerate` in hertz.
    """
    import soundfile

    file = io.BytesIO()
    level = (_HIGHEST - bitrate) / (_HIGHEST - _LOWEST)
    with soundfile.SoundFile(
        file, "w", samplerate, 1, "OPUS", format="OGG", compression_level=level
    ) as written:
        written.write(samples)
    return b"".join(_steady(file.getvalue()))


def _steady(content: bytes) -> Iterator[bytes]:
    """Yield the pages of a file in stream nought, its first telling the samplerate it is heard at."""
    at = 0
    while at < len(content):
        magic, version, flags, position, _, number, _, lengths = _HEADER.unpack_from(content, at)
        begin = at + _HEADER.size
        body = bytearray(content[begin : begin + lengths + sum(content[begin : begin + lengths])])
        if not number:
            # "OpusHead", version, channels, skipped samples, then the samplerate (RFC 7845, section 5.1).
            struct.pack_into("<I", body, lengths + 12, _HEARD_AT)
        page = bytearray(_HEADER.pack(magic, version, flags, position, 0, number, 0, lengths) + body)
        struct.pack_into("<I", page, _HEADER.size - 5, _checksum(page))
        yield bytes(page)
        at = begin + len(body)


def _checksum(page: bytearray) -> int:
    table, found = _table(), 0
    for byte in page:
        found = (found << 8) & 0xFFFFFFFF ^ table[found >> 24 ^ byte]
    return found


@cache
def _table() -> tuple[int, ...]:
    """Return the remainders of each byte by Ogg's polynomial, the highest bit first."""
    table = []
    for byte in range(256):
        remainder = byte << 24
        for _ in range(8):
            remainder = remainder << 1 ^ (0x04C11DB7 if remainder & 0x80000000 else 0)
        table.append(remainder & 0xFFFFFFFF)
    return tuple(table)
