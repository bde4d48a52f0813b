"""Sound -> the bytes of an Ogg Opus file, the same bytes each time.

libsndfile numbers each stream at random, which is the only thing in such a file that changes: here every
stream has the number nought.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voiceguide.clip import Block

SAMPLERATE = 16_000
"""Hertz at which clips of a pack are encoded. It keeps what lies below 8 kHz, as a good telephone does,
in an eighth less room than the same bitrate takes at 48 kHz (measured on one cue)."""
_LOWEST, _HIGHEST = 6, 256
"""Kilobits a second between which libsndfile 1.2.2 places its `compression_level`, from 1 to 0."""
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
    from mutagen.ogg import OggPage

    file = io.BytesIO(content)
    while True:
        try:
            page = OggPage(file)
        except EOFError:
            return
        page.serial = 0
        if not page.sequence:
            # "OpusHead", version, channels, skipped samples, then the samplerate (RFC 7845, section 5.1).
            head = bytearray(page.packets[0])
            struct.pack_into("<I", head, 12, _HEARD_AT)
            page.packets = [bytes(head)]
        yield bytes(page.write())
