"""The law of the repertoire: whatever is asked of a routine, it says nothing that is not in it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.packs import repertoire_of
from voiceguide import compile_session, find_routine, find_voice, load_language, load_points, load_routine
from voiceguide.earcons import EARCON_LENGTHS
from voiceguide.engines.tone import tone_length
from voiceguide.errors import NothingLeft, UsageError
from voiceguide.library import routine_names
from voiceguide.scheduler.actions import PACES
from voiceguide.scheduler.assist import ASSISTS
from voiceguide.scheduler.options import DETAILS, FOOT_BATHS, ICES, SORE_SIDES, Options
from voiceguide.scheduler.point import CONDITIONS
from voiceguide.scheduler.routine import Routine
from voiceguide.scheduler.timeline import lay_out_ways_up
from voiceguide.session import Session
from voiceguide.units import Milliseconds
from voiceguide.voice import Voice

SMALL = ("hands", "knees", "quick-relief", "tennis-ball")


@cache
def a_tone() -> Voice:
    return find_voice("tone", rate=None)


def said_by(session: Session) -> set[str]:
    """Return all that a session may say: by itself, if it ends early, and if a key is pressed."""
    ways_up = lay_out_ways_up(
        session.plan, session.language, session.voice.measure, earcon_lengths=EARCON_LENGTHS
    )
    timelines = (session.timeline, *ways_up.values(), *session.asides.values())
    return {event.spoken for one in timelines for event in one.events if event.spoken}


@st.composite
def wishes(draw: st.DrawFn, routine: Routine) -> Options:
    """Draw what may be asked of a routine, with at least one point left that can be pressed like that."""
    points = load_points()
    by = draw(st.sampled_from([None, *ASSISTS]))
    able = [one for one in routine.presses if by is None or all(by in points[n].methods for n in one.points)]
    assume(able)
    left = draw(st.lists(st.sampled_from(able), min_size=1, unique_by=lambda one: one.points))
    kept = sorted({name for press in left for name in press.points})
    gone = sorted({name for press in routine.presses for name in press.points} - {*kept})
    by_name = draw(st.booleans())
    return Options(
        sore_side=draw(st.sampled_from(SORE_SIDES)),
        assist=by,
        ice=draw(st.sampled_from([None, *ICES])),
        foot_bath=draw(st.sampled_from([None, *FOOT_BATHS])),
        one_side_at_a_time=draw(st.booleans()),
        skip=() if by_name else tuple(gone),
        only=tuple(kept) if by_name else (),
        detail=draw(st.sampled_from([None, *DETAILS])),
        cautions=frozenset(draw(st.lists(st.sampled_from(CONDITIONS), max_size=3)) if by is None else ()),
        pace=draw(st.sampled_from([None, *PACES])),
        ends=draw(st.sampled_from([None, datetime.now(tz=UTC)])),
    )


def some_length(session: Session, share: float) -> Milliseconds:
    """Return a length that a session can have, so far into its ranges."""
    ranges, _ = session.find_lengths()
    at = int(share * sum(high - low for low, high in ranges))
    for low, high in ranges:
        if at <= high - low:
            return Milliseconds(low + at)
        at -= high - low
    return ranges[-1][1]


def check(name: str, data: st.DataObject) -> None:
    routine, points, language = load_routine(find_routine(name)), load_points(), load_language("en")
    options = data.draw(wishes(routine))

    for text in repertoire_of(name):
        a_tone()._lengths.record(text, tone_length(text))  # as it would find out, and without a sound

    def compiled(asked: Options) -> Session:
        return compile_session(routine, points, language, a_tone(), asked, sounds=False, live=True)

    try:
        session = compiled(options)
    except NothingLeft:
        return
    said = said_by(session)
    share = data.draw(st.one_of(st.none(), st.floats(0, 1)))
    if share is not None:
        options = replace(options, length=some_length(session, share))
        said |= said_by(compiled(options))
    stops = [visit.stop for visit in session.plan.visits if visit.points]
    done = data.draw(st.lists(st.sampled_from(stops), max_size=len(stops) - 1, unique=True).map(tuple))
    with suppress(UsageError):  # all that the length left was done
        said |= said_by(compiled(replace(options, done=done)))
    assert said <= {*repertoire_of(name)}


@pytest.mark.parametrize("name", SMALL)
@settings(max_examples=12)
@given(data=st.data())
def test_whatever_is_asked_for_each_text_is_in_the_repertoire(name: str, data: st.DataObject) -> None:
    check(name, data)


@pytest.mark.slow
@pytest.mark.parametrize("name", routine_names())
@settings(max_examples=60)
@given(data=st.data())
def test_each_text_of_any_routine_is_in_its_repertoire(name: str, data: st.DataObject) -> None:
    check(name, data)


@pytest.mark.parametrize("name", ["lower-back", "quick-relief"])
def test_no_place_lies_on_a_side_called_both(name: str) -> None:
    """Both thumbs at once press on both sides: there is no one place to name."""
    assert [text for text in repertoire_of(name) if "the both" in text or "both of" in text] == []
    assert "Low back, on both sides." in repertoire_of(name)


def test_the_bells_are_named_in_words() -> None:
    assert "These bells guide you." in repertoire_of("hands")
    assert all(repertoire_of("hands"))
