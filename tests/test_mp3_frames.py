"""MP3 packed anew: the same sound, in frames of one size, none of which reaches back too far."""

from __future__ import annotations

import io
from collections.abc import Sequence

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from voiceguide.formats import _libsndfile
from voiceguide.formats._mp3_frames import MPEG_1, MPEG_2, Frame, Layout, fill, layout_for, pack, read
from voiceguide.track import Track

HEADERS = {48_000: b"\xff\xfb\x34\xc4", 24_000: b"\xff\xf3\x64\xc4"}
"""Of frames of 144 bytes each: 48 kilobits a second."""


def make_frame(layout: Layout, header: bytes, main: bytes) -> Frame:
    """Return a frame with this sound, all of which is in its first granule."""
    shift = layout.side * 8 - layout.preface - 12
    return Frame(header, (len(main) * 8 << shift).to_bytes(layout.side, "big"), main)


def reach(frame: bytes, layout: Layout) -> int:
    """Return how many bytes before a frame its sound begins."""
    return int.from_bytes(frame[4 : 4 + layout.side], "big") >> (layout.side * 8 - layout.before)


def test_frames_are_laid_out_in_two_ways() -> None:
    assert layout_for(48_000) is MPEG_1
    assert layout_for(24_000) is layout_for(16_000) is MPEG_2
    for layout in (MPEG_1, MPEG_2):
        assert layout.preface + layout.granules * layout.granule == layout.side * 8


LENGTHS = st.lists(st.one_of(st.integers(0, 40), st.integers(0, 500)), min_size=1, max_size=60)


@pytest.mark.parametrize("samplerate", sorted(HEADERS))
@given(lengths=LENGTHS)
def test_what_is_packed_is_read_back_or_refused(samplerate: int, lengths: Sequence[int]) -> None:
    layout, header = layout_for(samplerate), HEADERS[samplerate]
    frames = [
        make_frame(layout, header, bytes([number + 1]) * length) for number, length in enumerate(lengths)
    ]
    size = layout.size(header, samplerate)
    if fill(frames, layout, size) is None:
        with pytest.raises(ValueError, match="too many"):
            list(pack(frames, header, samplerate))
        return
    packed = list(pack(frames, header, samplerate))
    assert {len(one) for one in packed} == {size}
    assert {one[:4] for one in packed} == {header}
    before = [min(number * layout.room(size), layout.furthest) for number in range(len(packed))]
    assert all(reach(one, layout) <= most for one, most in zip(packed, before, strict=True))
    assert [one.main for one in read(io.BytesIO(b"".join(packed)), samplerate)] == [
        one.main for one in frames
    ]


@pytest.mark.parametrize("samplerate", sorted(HEADERS))
@given(first=LENGTHS, gap=st.lists(st.integers(0, 90), max_size=30), run=LENGTHS)
def test_after_enough_quiet_any_run_fits(
    samplerate: int, first: list[int], gap: list[int], run: list[int]
) -> None:
    """Any that an encoder can have made: it fits if all before it is free."""
    layout, header = layout_for(samplerate), HEADERS[samplerate]
    size = layout.size(header, samplerate)
    groups = [
        [make_frame(layout, header, bytes(length)) for length in lengths] for lengths in (first, gap, run)
    ]
    room = layout.room(size)
    free = [make_frame(layout, header, b"")] * -(-layout.furthest // room)
    fits_alone = (
        fill(groups[0], layout, size) is not None and fill([*free, *groups[2]], layout, size) is not None
    )
    if fits_alone and fill(groups[1], layout, size) == layout.furthest:
        packed = list(pack([one for group in groups for one in group], header, samplerate))
        assert len(packed) == sum(map(len, groups))


@pytest.mark.parametrize("mode", ["CONSTANT", "AVERAGE", "VARIABLE"])
@pytest.mark.parametrize("samplerate", [16_000, 24_000, 48_000])
def test_packed_anew_it_sounds_the_same_to_the_sample(samplerate: int, mode: str) -> None:
    rng = np.random.default_rng(3)
    sound = (rng.normal(0, 3_000, 4 * samplerate) * np.repeat([1, 0.01, 1, 0], samplerate)).astype(np.int16)
    track = Track(samplerate=samplerate, frames=len(sound))
    how = {"kind": "MP3", "subtype": "MPEG_LAYER_III", "bitrate_mode": mode, "compression_level": 0.9}
    with _libsndfile.encode(None, track, [sound], **how) as file:
        original = file.read()
    frames = list(read(io.BytesIO(original), samplerate))
    # So large that what varies in size fits.
    header = frames[0].header[:2] + bytes([13 << 4 | frames[0].header[2] & 0b1101]) + frames[0].header[3:]
    packed = b"".join(pack(frames, header, samplerate))
    first = layout_for(samplerate).size(original[:4], samplerate)
    if original[4 + layout_for(samplerate).side :][:4] in {b"Xing", b"Info"}:
        original = original[first:]
    before, after = decode_frames(original), decode_frames(packed)
    assert len(before) == len(frames) * layout_for(samplerate).samples
    assert np.array_equal(before, after)


def decode_frames(data: bytes) -> NDArray[np.float32]:
    with av.open(io.BytesIO(data), format="mp3") as file:
        return np.concatenate([frame.to_ndarray()[0] for frame in file.decode(audio=0)])


def test_what_is_no_mp3_is_refused() -> None:
    for data in (b"RIFF" + bytes(100), b"\xff\xfb", HEADERS[48_000] + bytes([255]) * 140):
        with pytest.raises(ValueError, match="frame of MP3"):
            list(read(io.BytesIO(data), 48_000))
