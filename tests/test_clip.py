"""Clip and the one rounding to 16 bit."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.clip import FULL_SCALE, Clip, to_int16
from voiceguide.units import SAMPLERATE


def block(*samples: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.array(samples, dtype=np.float32)


def test_a_samplerate_has_whole_frames_in_a_millisecond() -> None:
    assert SAMPLERATE % 1000 == 0


@given(st.integers(0, 500))
def test_a_length_is_rounded_up_to_the_next_millisecond(frames: int) -> None:
    clip = Clip(np.zeros(frames, dtype=np.float32), SAMPLERATE)
    assert clip.frames == frames
    assert (clip.duration - 1) * 48 < frames <= clip.duration * 48


def test_full_scale_is_equally_loud_up_and_down() -> None:
    assert to_int16(block(1, -1, 0)).tolist() == [FULL_SCALE, -FULL_SCALE, 0]


def test_halves_are_rounded_to_even() -> None:
    assert to_int16(block(*(half / FULL_SCALE for half in (0.5, 1.5, 2.5, -0.5, -1.5)))).tolist() == [
        0,
        2,
        2,
        0,
        -2,
    ]


def test_what_is_too_loud_is_clipped_and_does_not_wrap() -> None:
    assert to_int16(block(1.5, -1.5, 1e9, -1e9)).tolist() == [32_767, -32_768, 32_767, -32_768]


def test_rounding_what_was_rounded_changes_nothing() -> None:
    every = np.arange(-FULL_SCALE, FULL_SCALE + 1, dtype=np.int16)
    again = to_int16(every.astype(np.float32) / np.float32(FULL_SCALE))
    assert np.array_equal(again, every)


@given(st.lists(st.floats(-1, 1, width=32)))
def test_no_sample_moves_by_more_than_half_a_step(samples: list[float]) -> None:
    rounded = to_int16(block(*samples)).astype(np.float64)
    assert (np.abs(rounded - np.array(samples) * FULL_SCALE) <= 0.501).all()
