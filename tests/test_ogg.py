"""Pages of Ogg: every packet once, and a length to the sample."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from mutagen.ogg import OggPage

from voiceguide.formats import _libsndfile, _ogg
from voiceguide.track import Track

HEADS = (b"OpusHead\x01\x01" + (312).to_bytes(2, "little") + bytes(7), b"OpusTags" + bytes(8))


@given(st.lists(st.integers(0, 1_275), min_size=1, max_size=200))
def test_every_packet_is_read_back(sizes: list[int]) -> None:
    packets = [bytes([number % 256]) * size for number, size in enumerate(sizes)]
    frames = len(packets) * _ogg.PACKET - 312
    data = b"".join(_ogg.write(packets, HEADS, frames, 7))
    assert list(_ogg.read(io.BytesIO(data))) == [*HEADS, *packets]


@given(st.integers(1, 200 * 960), st.integers(0, 3))
def test_the_last_page_says_how_long_it_is_and_what_is_after_it_is_left_out(frames: int, more: int) -> None:
    needed = -(-(312 + frames) // 960)
    data = io.BytesIO(b"".join(_ogg.write([b"x" * 80] * (needed + more), HEADS, frames, 7)))
    pages = []
    while data.tell() < len(data.getvalue()):
        pages.append(OggPage(data))
    assert [page.sequence for page in pages] == list(range(len(pages)))
    assert [page.first for page in pages] == [True, *[False] * (len(pages) - 1)]
    assert [page.last for page in pages] == [*[False] * (len(pages) - 1), True]
    assert {page.serial for page in pages} == {7}
    assert pages[-1].position == 312 + frames
    assert sum(len(page.packets) for page in pages) == 2 + needed
    done = 0
    for page in pages[2:-1]:
        done += len(page.packets)
        assert page.position == done * 960


def test_a_sound_that_is_too_short_is_an_error() -> None:
    with pytest.raises(OSError, match="is over after 960"):
        list(_ogg.write([b"x"], HEADS, 960, 7))


@pytest.mark.parametrize("samplerate", [16_000, 48_000])
def test_in_other_pages_the_same_packets_sound_the_same(samplerate: int) -> None:
    sound = np.random.default_rng(4).normal(0, 3_000, 3 * samplerate + 77).astype(np.int16)
    track = Track(samplerate=samplerate, frames=len(sound))
    with _libsndfile.encode(None, track, [sound], kind="OGG", subtype="OPUS") as file:
        original = file.read()
    head, tags, *packets = _ogg.read(io.BytesIO(original))
    assert _ogg.lead_in(head) == 312
    again = b"".join(_ogg.write(packets, (head, tags), len(sound) * 48_000 // samplerate, 7))
    both = [soundfile.read(io.BytesIO(data), dtype="int16")[0] for data in (original, again)]
    assert len(both[0]) == len(sound)
    assert np.array_equal(*both)
