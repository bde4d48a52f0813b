"""Ending now, anywhere in a real session: what is said must fit where the body, the ball and the ice are."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scheduler.laws import lay_out_routine
from voiceguide import compile_session, find_routine, find_voice, load_language, load_points, load_routine
from voiceguide.earcons import EARCON_LENGTHS
from voiceguide.ending import Span, ending, splice
from voiceguide.engines.tone import tone_length
from voiceguide.library import routine_names
from voiceguide.player import Player
from voiceguide.scheduler import body
from voiceguide.scheduler.body import Body
from voiceguide.scheduler.timeline import Segment, Timeline, lay_out_ways_up
from voiceguide.units import Milliseconds


@cache
def laid_out(name: str) -> tuple[Timeline, dict[str, Span], tuple[Body, ...]]:
    """Return the timeline with its ways up, where these lie, and the body after each segment."""
    plan, timeline = lay_out_routine(load_routine(find_routine(name)), tone_length)
    language = load_language("en")
    ways = lay_out_ways_up(plan, language, tone_length, earcon_lengths=EARCON_LENGTHS)
    bodies = body.check(plan)
    assert len(bodies) == len(timeline.segments)
    return *splice(timeline, ways), bodies


def said(name: str, position: int) -> list[str]:
    """Return what is said after `q`, pressed twice at a position."""
    timeline, ways_up, _ = laid_out(name)
    return [
        event.text
        for span in ending(timeline, Milliseconds(position), ways_up)
        for event in timeline.events
        if event.text and span.start <= event.start < span.end
    ]


MOMENTS = [
    pytest.param(name, index, id=f"{name}-{index}-{segment.action}-{segment.stop}")
    for name in routine_names()
    for index, segment in enumerate(laid_out(name)[0].segments)
]


def moment(name: str, index: int) -> tuple[Segment, int, Body]:
    """Return a segment, a position late in it, and the body there."""
    timeline, _, bodies = laid_out(name)
    segment = timeline.segments[index]
    return segment, segment.start + segment.duration - 10, bodies[index]


@pytest.mark.parametrize(("name", "index"), MOMENTS)
def test_what_is_pressed_or_lain_on_is_let_go_first(name: str, index: int) -> None:
    segment, position, state = moment(name, index)
    timeline, ways_up, _ = laid_out(name)
    spans = ending(timeline, Milliseconds(position), ways_up)
    if segment.action == "release":
        return  # all but over: what was pressed is free, and the ball is out
    if state.pressing or state.ball == "under":
        release = next(
            s for s in timeline.segments[index:] if s.action == "release" and s.stop == segment.stop
        )
        assert release.start <= spans[0].start < release.start + release.duration
    if state.ball == "under":
        assert any("draw the ball out" in text for text in said(name, position))
    assert not any("Next, the" in text and "end" not in text for text in said(name, position)[:-8])


@pytest.mark.parametrize(("name", "index"), MOMENTS)
def test_the_way_up_fits_the_posture(name: str, index: int) -> None:
    segment, position, state = moment(name, index)
    text = " ".join(said(name, position))
    if segment.action in {"open", "ready"}:
        assert not text
        return
    if segment.chapter == laid_out(name)[0].segments[-1].chapter:
        return
    assert text.endswith("The session is over. Well done.")
    assert ("Push up to sitting" in text) == (state.posture != "sitting")
    assert ("knee pillow" in text) == (state.posture == "on_side")
    assert ("Roll on to your right side" in text) == (state.posture == "supine")
    assert "Open your eyes" in text


@pytest.mark.parametrize(("name", "index"), MOMENTS)
def test_ice_that_is_on_comes_off_first(name: str, index: int) -> None:
    segment, position, _ = moment(name, index)
    is_iced = segment.action in {"ice_on", "ice", "ice_off"}
    calls = [text for text in said(name, position) if text.startswith("Take the ice off now")]
    assert bool(calls) == is_iced


def test_early_in_a_move_the_way_up_is_from_where_it_began() -> None:
    timeline, _, _ = laid_out("lying-down")
    lying_down = next(s for s in timeline.segments if s.action == "move" and s.posture == "supine")
    assert "Push up to sitting" not in " ".join(said("lying-down", lying_down.start + 100))


@given(st.integers(0, 3_600_000), st.sampled_from(routine_names()))
def test_an_ending_goes_forward_and_starts_no_word_in_its_middle(position: int, name: str) -> None:
    timeline, ways_up, _ = laid_out(name)
    spans = ending(timeline, Milliseconds(position), ways_up)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    for span in spans:
        for event in timeline.events:
            assert not event.start < span.end < event.start + event.duration
            assert span.start == position or not event.start < span.start < event.start + event.duration


def test_the_way_up_is_heard_right_after_the_release() -> None:
    voice = find_voice("tone", rate=None)
    session = compile_session(load_routine(find_routine("hands")), load_points(), load_language("en"), voice)
    player = Player(session)
    timeline, ways_up = splice(session.timeline, session.ways_up)
    hold = next(s for s in timeline.segments if s.action == "hold")
    position = Milliseconds(hold.start + 9_000)
    player.pull(position * 48)
    player.end()
    spans = ending(timeline, position, ways_up)
    wanted = np.concatenate(
        [
            (session.mix(timeline).read(span.start * 48, (span.end - span.start) * 48) * 32_767)
            .round()
            .astype(np.int16)
            for span in spans
        ]
    )
    assert len(spans) == 2
    assert np.array_equal(player.pull(len(wanted)), wanted)
    assert player.ended
