"""Packets of Opus in pages of Ogg, read and written (RFC 3533 and RFC 7845), by mutagen; no format itself."""

from __future__ import annotations

import errno
from collections.abc import Generator, Iterable, Iterator
from typing import BinaryIO

RATE = 48_000
"""Hertz in which Opus counts, whatever the samplerate."""
PACKET = 960
"""Samples of a packet as libsndfile makes them, at that rate: 20 ms."""
_ON_A_PAGE = 50
"""Packets: a second, as libsndfile has it and RFC 7845, section 6, advises."""
_MOST = 255
"""Numbers on a page, of which a packet takes one for every 255 bytes, and one."""


def read(file: BinaryIO) -> Generator[bytes, None, None]:
    """Yield the packets of a stream, of which two are no sound, and close it. Memory stays constant."""
    from mutagen.ogg import OggPage

    begun = b""
    with file:
        while True:
            try:
                page = OggPage(file)
            except EOFError:
                return
            for number, packet in enumerate(page.packets, start=1):
                begun += packet
                if number < len(page.packets) or page.complete:
                    yield begun
                    begun = b""


def lead_in(head: bytes) -> int:
    """Return the samples before the sound that a decoder leaves out, by the first packet of a stream."""
    return int.from_bytes(head[10:12], "little")


def write(packets: Iterable[bytes], heads: Iterable[bytes], frames: int, serial: int) -> Iterator[bytes]:
    """Yield the pages of a stream. Memory stays constant.

    Parameters
    ----------
    packets
        Its sound, in packets of 20 ms. Those after its end are left out.
    heads
        The two packets that come first.
    frames
        How long it is, in samples at 48 kHz.
    serial
        A number, by which streams in one file are told apart.

    Raises
    ------
    OSError
        If there are too few packets.
    """
    head, tags = heads
    yield _page([head], 0, serial, 0, first=True)
    yield _page([tags], 0, serial, 1)
    end = lead_in(head) + frames
    sequence, position, on_page, numbers = 2, 0, list[bytes](), 0
    for packet in packets:
        if position >= end:
            break
        more = len(packet) // 255 + 1
        if len(on_page) == _ON_A_PAGE or numbers + more > _MOST:
            yield _page(on_page, position, serial, sequence)
            sequence, on_page, numbers = sequence + 1, [], 0
        on_page.append(packet)
        numbers += more
        position += PACKET
    if position < end:
        raise OSError(errno.EIO, f"the sound is over after {position} of {end} samples")
    yield _page(on_page, end, serial, sequence, last=True)


def _page(
    packets: list[bytes],
    position: int,
    serial: int,
    sequence: int,
    *,
    first: bool = False,
    last: bool = False,
) -> bytes:
    from mutagen.ogg import OggPage

    page = OggPage()
    page.packets, page.position, page.serial, page.sequence = packets, position, serial, sequence
    page.first, page.last = first, last
    return bytes(page.write())
