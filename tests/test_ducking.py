"""What makes room for the voice: down before a word, up after the last one, and never a step."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.made_up import Sound, Stretch, make_session
from voiceguide import earcons
from voiceguide.clip import Block
from voiceguide.ducking import AT_A_KEY, DOWN, PAUSED, STAYS, UP, Ducking, Ridden
from voiceguide.scheduler.bells import BELLS
from voiceguide.scheduler.timeline import Event
from voiceguide.units import Milliseconds

RATE = 8_000
LOW = 0.4
STEEPEST = np.pi / 2 / (AT_A_KEY * RATE / 1000)
"""The change of a gain from one frame to the next, where it goes from 1 to 0 as quickly as it ever does."""


def ducking(*sounds: tuple[int, int], name: str = "words", length: int = 20_000) -> Ducking:
    """Return what makes room for sounds, each at a start and of a length in milliseconds."""
    events = tuple(Sound(start, duration, name) for start, duration in sounds)
    return Ducking(make_session([Stretch("hold", length, events)], RATE).timeline.events, RATE, LOW)


def under_an_earcon(name: str) -> Ducking:
    """Return what makes room, or does not, for an earcon of 0.6 s at 5 s."""
    event = Event(Milliseconds(5_000), Milliseconds(600), "earcon", name, "", "", 0, required=True, gain=0.0)
    return Ducking([event], RATE, LOW)


def at(gains: Block, milliseconds: int) -> float:
    return float(gains[milliseconds * RATE // 1000])


@st.composite
def spoken(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    """Return sounds anywhere within twenty seconds, none over another."""
    sounds, now = [], 0
    for gap, length in draw(st.lists(st.tuples(st.integers(0, 4_000), st.integers(1, 2_000)), max_size=6)):
        if now + gap + length <= 20_000:
            sounds.append((now + gap, length))
            now += gap + length
    return tuple(sounds)


def test_it_is_down_when_a_word_begins_and_up_a_second_after_it() -> None:
    gains = ducking((5_000, 1_000)).read(0, 20 * RATE)
    assert at(gains, 5_000 - DOWN - 1) == 1
    assert at(gains, 5_000 - DOWN // 2) == pytest.approx((1 + LOW) / 2, abs=0.01)
    assert (gains[5_000 * 8 : 6_000 * 8] == np.float32(LOW)).all()
    assert at(gains, 6_000 + UP // 2) == pytest.approx((1 + LOW) / 2, abs=0.01)
    assert (gains[(6_000 + UP) * 8 :] == 1).all()


def test_it_stays_down_from_word_to_word_of_what_is_said_at_once() -> None:
    gains = ducking((5_000, 1_000), (6_000 + STAYS, 500)).read(0, 20 * RATE)
    assert (gains[5_000 * 8 : (6_500 + STAYS) * 8] == np.float32(LOW)).all()
    gains = ducking((5_000, 1_000), (6_001 + STAYS, 500)).read(0, 20 * RATE)
    assert at(gains, 6_000 + UP) == 1


@pytest.mark.parametrize("name", ["alarm", *BELLS])
def test_it_makes_room_for_the_alarm_and_for_bells_which_stand_for_words(name: str) -> None:
    gains = under_an_earcon(name).read(0, 20 * RATE)
    assert (gains[5_000 * 8 : 5_600 * 8] == np.float32(LOW)).all()


@pytest.mark.parametrize("name", sorted({*earcons.NAMES} - {"alarm", *BELLS}))
def test_no_other_tone_presses_it_down(name: str) -> None:
    assert under_an_earcon(name).is_off(0, 20 * RATE)


@given(spoken(), st.integers(0, 180_000), st.integers(0, 20_000))
def test_any_stretch_is_that_stretch_of_the_whole(
    sounds: tuple[tuple[int, int], ...], frame: int, frames: int
) -> None:
    found = ducking(*sounds)
    whole = np.concatenate((found.read(0, 21 * RATE), np.ones(60_000, np.float32)))
    part = found.read(frame, frames)
    assert np.array_equal(part, whole[frame : frame + frames])
    assert found.is_off(frame, frames) is False or (part == 1).all()


@given(spoken())
def test_it_never_steps_and_is_down_at_every_word(sounds: tuple[tuple[int, int], ...]) -> None:
    gains = ducking(*sounds).read(0, 22 * RATE)
    assert np.abs(np.diff(gains)).max() <= STEEPEST * (1 - LOW)
    assert gains.min() >= np.float32(LOW)
    for start, length in sounds:
        assert (gains[start * 8 : (start + length) * 8] == np.float32(LOW)).all()


JUMPS = st.lists(
    st.tuples(st.none() | st.integers(0, 20 * RATE), st.integers(1, 3 * RATE), st.integers(0, 100)),
    min_size=1,
    max_size=8,
)


@given(spoken(), JUMPS)
def test_whatever_keys_make_of_a_session_it_never_steps(
    sounds: tuple[tuple[int, int], ...], jumps: list[tuple[int | None, int, int]]
) -> None:
    ridden = Ridden(ducking(*sounds))
    heard = []
    for frame, frames, fading in jumps:
        heard += [ridden.stay(fading), ridden.take(frame, frames)]
    gains = np.concatenate(heard[1:])  # before the first frame there is nothing to step from
    assert np.abs(np.diff(gains)).max(initial=0) <= 2 * STEEPEST
    assert gains.min() >= min(LOW, PAUSED)
    assert gains.max() <= 1


@given(spoken(), JUMPS, st.integers(100, 3_000))
def test_it_is_the_same_whatever_the_block_size(
    sounds: tuple[tuple[int, int], ...], jumps: list[tuple[int | None, int, int]], size: int
) -> None:
    at_once, bit_by_bit = (Ridden(ducking(*sounds)) for _ in range(2))
    for frame, frames, _ in jumps:
        parts = [
            bit_by_bit.take(None if frame is None else frame + done, min(size, frames - done))
            for done in range(0, frames, size)
        ]
        assert np.array_equal(np.concatenate(parts), at_once.take(frame, frames))


@given(spoken(), st.integers(200, 9_000))
def test_without_a_key_it_is_as_the_timeline_is(sounds: tuple[tuple[int, int], ...], size: int) -> None:
    found = ducking(*sounds)
    ridden = Ridden(found)
    parts = [ridden.take(frame, min(size, 20 * RATE - frame)) for frame in range(0, 20 * RATE, size)]
    assert np.array_equal(np.concatenate(parts), found.read(0, 20 * RATE))


def test_where_a_key_left_no_time_it_is_down_as_soon_as_an_aside_begins() -> None:
    ridden = Ridden(ducking((0, 20_000)))
    ridden.take(None, 100)
    gains = ridden.take(5 * RATE, RATE)
    assert gains[0] == np.float32(PAUSED)
    ridden = Ridden(ducking((5_000, 1_000)))
    ridden.take(0, 100)
    gains = ridden.take(5 * RATE, RATE)
    assert gains[0] == 1
    assert at(gains, AT_A_KEY) == np.float32(LOW)
