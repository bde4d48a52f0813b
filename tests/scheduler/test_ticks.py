"""Ticks: every ten seconds of a hold and of ice, and nothing else is changed by them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_up import Sound, Stretch, make_session
from tests.scheduler.laws import LAWS, lay_out_routine
from voiceguide.earcons import EARCON_LENGTHS
from voiceguide.engines.tone import tone_length
from voiceguide.library import find_routine, load_language, load_points, load_routine, routine_names
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.ticks import with_ticks
from voiceguide.scheduler.timeline import Event, Timeline
from voiceguide.session import compile_session
from voiceguide.units import Milliseconds
from voiceguide.voice import Voice, find_voice

LENGTH = EARCON_LENGTHS["tick"]
TICKING = {"hold", "roll", "massage", "ice"}


def ticks_of(timeline: Timeline) -> list[Event]:
    return [event for event in timeline.events if event.name == "tick"]


def without_ticks(timeline: Timeline) -> Timeline:
    return replace(timeline, events=tuple(event for event in timeline.events if event.name != "tick"))


def assert_ticks_are_right(plain: Timeline, ticking: Timeline) -> None:
    assert without_ticks(ticking) == plain
    starts = [event.start for event in ticking.events]
    assert starts == sorted(starts)
    for before, after in pairwise(ticking.events):
        room = after.start - before.start - before.duration
        assert room >= (500 if "tick" in {before.name, after.name} else 0)
    for tick in ticks_of(ticking):
        segment = ticking.segments[tick.segment]
        assert segment.action in TICKING
        into = tick.start - segment.start
        assert into > 0
        assert into % 10_000 == 0
        assert tick.duration == LENGTH
        assert into + LENGTH + 500 <= segment.duration
        assert (tick.required, tick.spoken, tick.text) == (False, "", "")


def places(timeline: Timeline, index: int) -> list[int]:
    """Return the places of ticks in a segment, in milliseconds, by the rule itself."""
    segment, events = timeline.segments[index], timeline.events
    found = []
    for into in range(10_000, segment.duration, 10_000):
        at = segment.start + into
        clear = all(e.start + e.duration + 500 <= at or e.start >= at + LENGTH + 500 for e in events)
        if clear and into + LENGTH + 500 <= segment.duration:
            found.append(at)
    return found


@pytest.mark.parametrize("name", routine_names())
def test_every_routine_ticks_where_there_is_room_and_is_the_same_but_for_that(name: str) -> None:
    plan, timeline = lay_out_routine(load_routine(find_routine(name)), tone_length)
    ticking = with_ticks(timeline, LENGTH)
    assert_ticks_are_right(timeline, ticking)
    for index, segment in enumerate(timeline.segments):
        wanted = places(timeline, index) if segment.action in TICKING else []
        assert [tick.start for tick in ticks_of(ticking) if tick.segment == index] == wanted
    for law in LAWS:
        law(ticking, plan)


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    stretches = []
    for action in draw(st.lists(st.sampled_from(["hold", "massage", "ice", "rest", "locate"]), max_size=4)):
        duration = draw(st.integers(1, 65_000))
        sounds, now = [], 0
        for gap, length in draw(
            st.lists(st.tuples(st.integers(0, 12_000), st.integers(1, 4_000)), max_size=6)
        ):
            if now + gap + length > duration:
                break
            sounds.append(Sound(now + gap, length, draw(st.sampled_from(["words", "alarm"]))))
            now += gap + length
        stretches.append(Stretch(action, duration, tuple(sounds)))
    return make_session([*stretches, Stretch("close", 100)], 16_000).timeline


@given(timelines(), st.integers(1, 700))
@settings(max_examples=50, deadline=None)
def test_whatever_is_said_no_tick_comes_near_it(timeline: Timeline, length: int) -> None:
    ticking = with_ticks(timeline, Milliseconds(length))
    assert without_ticks(ticking) == timeline
    for before, after in pairwise(ticking.events):
        near = "tick" in {before.name, after.name}
        assert after.start - before.start - before.duration >= (500 if near else 0)


@pytest.mark.parametrize(
    ("start", "duration", "ticks"),
    [
        (9_000, 500, [10_000, 20_000]),
        (9_000, 501, [20_000]),
        (10_739, 100, [20_000]),
        (10_740, 100, [10_000, 20_000]),
        (3_000, 9_000, [20_000]),
    ],
)
def test_a_tick_keeps_half_a_second_away_from_words(start: int, duration: int, ticks: list[int]) -> None:
    timeline = make_session([Stretch("hold", 29_000, (Sound(start, duration),))]).timeline
    assert [tick.start for tick in ticks_of(with_ticks(timeline, Milliseconds(240)))] == ticks


@pytest.mark.parametrize(("duration", "ticks"), [(10_739, 0), (10_740, 1), (20_739, 1), (20_740, 2)])
def test_a_tick_keeps_half_a_second_away_from_the_end(duration: int, ticks: int) -> None:
    timeline = make_session([Stretch("hold", duration), Stretch("release", 9_000)]).timeline
    assert len(ticks_of(with_ticks(timeline, Milliseconds(240)))) == ticks


@pytest.mark.parametrize("action", ["rest", "locate", "ice_on", "ice_off", "move", "wait", "close"])
def test_nothing_ticks_where_nothing_is_dosed(action: str) -> None:
    timeline = make_session([Stretch(action, 60_000)]).timeline
    assert with_ticks(timeline, LENGTH) == timeline


@pytest.fixture
def voice() -> Voice:
    return find_voice("tone", rate=None, language="en")


@pytest.mark.parametrize("length", [None, 50 * 60_000])
def test_a_session_with_ticks_is_as_long_and_as_well_fitted_as_without(
    length: int | None, voice: Voice
) -> None:
    asked = Options(length=None if length is None else Milliseconds(length))
    plain, ticking = (
        compile_session(
            load_routine(find_routine("lying-down")), load_points(), load_language("en"), voice, options
        )
        for options in (asked, replace(asked, tick=True))
    )
    assert_ticks_are_right(plain.timeline, ticking.timeline)
    assert (plain.fitted, plain.ways_up) == (ticking.fitted, ticking.ways_up)
    document = ticking.document()
    ticks = [event for event in document["events"] if event["name"] == "tick"]
    assert document["options"]["tick"] is True
    assert len(ticks) == len(ticks_of(ticking.timeline)) > 80
    mixer = ticking.mixer()
    at = ticks_of(ticking.timeline)[0].start * 48
    assert mixer.read(at, LENGTH * 48).any()
    assert not plain.mixer().read(at, LENGTH * 48).any()
