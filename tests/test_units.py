"""Times: what is written and read back is the same, to the millisecond."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.units import (
    Milliseconds,
    clock,
    in_frames,
    in_seconds,
    parse_duration,
    to_milliseconds,
    whole_minutes,
)

TIMES = st.integers(0, 100 * 3_600_000).map(Milliseconds)
SAMPLERATES = st.sampled_from([16_000, 24_000, 48_000])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", 90_000),
        ("2m", 120_000),
        ("1m30s", 90_000),
        ("1h", 3_600_000),
        ("0.7s", 700),
        ("1h2m3.004s", 3_723_004),
        (" 5s ", 5_000),
        ("0s", 0),
    ],
)
def test_durations_are_read_with_their_units(text: str, expected: int) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize(
    "text", ["", " ", "20", "-5s", "1.5m", "5 s", "0.0001s", "30s1m", "1m1m", ".5s", "5S", "1e3s", "٣"]
)
def test_what_is_not_a_duration_is_refused_and_quoted(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration: write it with a unit") as caught:
        parse_duration(text)
    assert f"'{text}'" in str(caught.value)


@given(hours=st.integers(0, 99), minutes=st.integers(0, 999), milliseconds=st.integers(0, 999_999))
def test_a_duration_is_the_sum_of_its_parts(hours: int, minutes: int, milliseconds: int) -> None:
    text = f"{hours}h{minutes}m{milliseconds // 1000}.{milliseconds % 1000:03d}s"
    assert parse_duration(text) == hours * 3_600_000 + minutes * 60_000 + milliseconds


@given(TIMES)
def test_seconds_in_a_document_are_read_back_exactly(time: Milliseconds) -> None:
    seconds = in_seconds(time)
    assert round(seconds * 1000) == time
    assert parse_duration(f"{seconds:.3f}s") == time


def test_whole_seconds_are_whole_numbers() -> None:
    assert repr(in_seconds(Milliseconds(10_000))) == "10"
    assert repr(in_seconds(Milliseconds(10_500))) == "10.5"


@given(time=TIMES, samplerate=SAMPLERATES)
def test_frames_and_back_is_the_same_time(time: Milliseconds, samplerate: int) -> None:
    assert to_milliseconds(in_frames(time, samplerate), samplerate) == time


@given(one=TIMES, other=TIMES, samplerate=SAMPLERATES)
def test_times_add_up_to_the_frame(one: Milliseconds, other: Milliseconds, samplerate: int) -> None:
    both = Milliseconds(one + other)
    assert in_frames(one, samplerate) + in_frames(other, samplerate) == in_frames(both, samplerate)


@given(frames=st.integers(0, 10**9), samplerate=st.sampled_from([16_000, 22_050, 44_100, 48_000]))
def test_a_length_is_rounded_up(frames: int, samplerate: int) -> None:
    length = to_milliseconds(frames, samplerate)
    assert (length - 1) * samplerate < frames * 1000 <= length * samplerate


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        (0, "0:00"),
        (999, "0:00"),
        (61_000, "1:01"),
        (3_599_999, "59:59"),
        (3_600_000, "1:00:00"),
        (36_061_000, "10:01:01"),
    ],
)
def test_a_clock_rounds_down(time: int, expected: str) -> None:
    assert clock(Milliseconds(time)) == expected


@pytest.mark.parametrize(("time", "expected"), [(0, 1), (20_000, 1), (100_000, 2), (1_440_000, 24)])
def test_minutes_are_whole_and_at_least_one(time: int, expected: int) -> None:
    assert whole_minutes(Milliseconds(time)) == expected
