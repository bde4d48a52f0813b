from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest

from tests.scheduler.laws import LAWS, end, lay_out_routine, speech_of
from voiceguide.engines.tone import tone_length
from voiceguide.errors import UsageError, VoiceguideError
from voiceguide.library import find_routine, load_points, load_routine, routine_names
from voiceguide.scheduler.choices import settle
from voiceguide.scheduler.options import FOOT_BATHS, ICES, Options
from voiceguide.scheduler.plan import Plan
from voiceguide.scheduler.timeline import Timeline
from voiceguide.units import Milliseconds

POINTS = load_points()
ICED = [name for name in routine_names() if "ice:" in find_routine(name).read_text(encoding="utf-8")]
EXCEPT_ICE = [law for law in LAWS if law.__name__ != "ice_is_whole_and_checked_by_touch"]


@cache
def chosen(name: str, options: Options) -> tuple[Plan, Timeline]:
    return lay_out_routine(load_routine(find_routine(name)), tone_length, options)


def said(timeline: Timeline, action: str) -> str:
    segments = [one for one in timeline.segments if one.action == action]
    return " ".join(event.text for one in segments for event in speech_of(timeline, one))


WISHES = [
    *(Options(ice=ice) for ice in ICES),
    *(Options(foot_bath=when) for when in FOOT_BATHS),
    Options(one_side_at_a_time=True),
    Options(one_side_at_a_time=True, ice="later", sore_side="right"),
    Options(detail="brief", pace="gentle"),
    Options(detail="brief", pace="brisk", ice="later"),
    Options(detail="bells"),
    Options(detail="bells", pace="brisk", ice="later", sore_side="right"),
    Options(detail="bells", pace="gentle", foot_bath="before", one_side_at_a_time=True),
]


@pytest.mark.parametrize("options", WISHES, ids=str)
@pytest.mark.parametrize("name", routine_names())
def test_every_routine_holds_to_the_laws_whatever_is_asked(name: str, options: Options) -> None:
    plan, timeline = chosen(name, options)
    for law in EXCEPT_ICE if options.ice == "10m" else LAWS:
        law(timeline, plan)


@pytest.mark.parametrize("name", ICED)
def test_ten_minutes_of_ice_are_ten_minutes_for_every_part(name: str) -> None:
    _, timeline = chosen(name, Options(ice="10m"))
    assert {one.duration for one in timeline.segments if one.action == "ice"} == {600_000}


@pytest.mark.parametrize("ice", ["later", "skip"])
@pytest.mark.parametrize("name", ICED)
def test_without_ice_its_things_are_not_fetched_and_the_back_rests(name: str, ice: str) -> None:
    plan, timeline = chosen(name, Options(ice=ice))
    assert not any(one.action.startswith("ice") for one in timeline.segments)
    assert "cold pack" not in said(timeline, "ready")
    rests = [one for one in timeline.segments if one.action == "rest" and one.stop is None]
    iced_back = any(one.zone in {"back", "hips"} for one in plan.visits)
    assert [one.duration for one in rests] == ([120_000] if iced_back else [])
    if rests:
        begin, ends = speech_of(timeline, rests[0])[0], speech_of(timeline, rests[0])[-1]
        assert "two minutes" in begin.text
        assert (ends.text, end(rests[0]) - ends.start) == ("Ten seconds more.", 10_000)
        assert any(chapter.title == "Rest" for chapter in timeline.chapters)


@pytest.mark.parametrize("name", ICED)
def test_ice_for_later_is_told_with_how_and_how_long_and_skipped_ice_is_not(name: str) -> None:
    later = said(chosen(name, Options(ice="later"))[1], "close")
    assert "The ice is yours now" in later
    assert "minutes" in later
    assert "Never on bare skin, and never lie on it." in later
    assert not re.search(r"\bice\b", said(chosen(name, Options(ice="skip"))[1], "close"))
    assert {one.why for one in chosen(name, Options(ice="later"))[0].left_out} == {"later"}


def test_a_skipped_point_is_told_at_the_start_and_a_core_point_may_be_one() -> None:
    plan, timeline = chosen("lying-down", Options(skip=("b48", "toe")))
    assert {visit.entry for visit in plan.visits if visit.points} == {"b54", "li4", "b23+b47"}
    assert "Left out today: the feet and buttocks." in said(timeline, "open")


def test_a_part_where_something_else_is_pressed_is_not_told_to_be_left_out() -> None:
    _, timeline = chosen("full", Options(skip=("toe", "li4")))
    assert "Left out today: the hands." in said(timeline, "open")
    assert "the feet" not in said(timeline, "open"), "their soles are pressed"


def test_only_some_points_are_pressed_if_that_is_asked() -> None:
    plan, timeline = chosen("full", Options(only=("li4", "lu6")))
    assert {visit.entry for visit in plan.visits if visit.points} == {"li4", "lu6"}
    for law in LAWS:
        law(timeline, plan)


def test_skipping_everything_is_refused() -> None:
    with pytest.raises(VoiceguideError, match="nothing of 'hands' is left"):
        chosen("hands", Options(skip=("li4",)))


@pytest.mark.parametrize("options", [Options(skip=("b48",)), Options(only=("li5",))])
def test_a_point_that_is_not_pressed_cannot_be_chosen(options: Options) -> None:
    with pytest.raises(UsageError, match="'hands' does not press") as caught:
        chosen("hands", options)
    assert caught.value.exit_code == 2
    assert "li4" in str(caught.value.hint)


def test_one_side_at_a_time_presses_the_sorer_side_first() -> None:
    plan, _ = chosen("lower-back", Options(one_side_at_a_time=True, sore_side="right"))
    assert [visit.stop for visit in plan.visits] == ["b23+b47.right", "b23+b47.left", "ice.back"]


def spoken(timeline: Timeline) -> int:
    """Return how long is spoken outside doses and ice, in milliseconds."""
    quiet = {"hold", "roll", "massage", "ice"}
    said = (one for one in timeline.events if one.kind == "speech")
    return sum(one.duration for one in said if timeline.segments[one.segment].action not in quiet)


@pytest.mark.parametrize("name", routine_names())
def test_brief_words_are_fewer_and_what_must_be_heard_is_heard(name: str) -> None:
    (_, full), (_, brief) = chosen(name, Options(detail="full")), chosen(name, Options(detail="brief"))
    assert spoken(brief) < spoken(full)
    assert [one.action for one in brief.segments] == [one.action for one in full.segments]
    for one, other in zip(full.segments, brief.segments, strict=True):
        needed = [
            any(event.required for event in speech_of(line, at)) for line, at in ((full, one), (brief, other))
        ]
        assert needed[0] <= needed[1], one
    assert said(brief, "open").startswith(said(full, "open").split("It takes")[0])


@pytest.mark.parametrize("name", routine_names())
def test_a_gentle_pace_gives_more_time_and_a_brisk_one_less_and_no_dose_changes(name: str) -> None:
    plans, timelines = zip(
        *(chosen(name, Options(pace=pace)) for pace in ("brisk", "usual", "gentle")), strict=True
    )
    brisk, usual, gentle = (timeline.duration for timeline in timelines)
    assert brisk < usual < gentle
    assert plans[0].visits == plans[1].visits == plans[2].visits
    for quick, slow in pairwise(timelines):
        for one, other in zip(quick.segments, slow.segments, strict=True):
            assert one.duration <= other.duration or one.action == "rest", (one, other)


def test_what_is_asked_for_stands_before_what_the_author_says() -> None:
    routine = replace(load_routine(find_routine("hands")), ice="later", pace="gentle", detail="brief")
    said = {"ice": "later", "pace": "gentle", "detail": "brief", "foot_bath": "after"}
    assert settle(Options(), routine, POINTS).wishes == said
    assert settle(Options(pace="brisk"), routine, POINTS).pace == "brisk"


def test_what_the_author_fixed_cannot_be_asked_for() -> None:
    routine = replace(load_routine(find_routine("hands")), ice="later", fix=("ice", "length", "skip"))
    for name, asked in {
        "ice": Options(ice="full"),
        "length": Options(length=Milliseconds(600_000)),
        "skip": Options(skip=("li4",)),
    }.items():
        with pytest.raises(UsageError, match=f"does not take --{name}") as caught:
            settle(asked, routine, POINTS)
        assert f"fix: [{name}]" in str(caught.value.hint)
    assert settle(Options(ice="later"), routine, POINTS).ice == "later", "that is what it is anyway"
    assert settle(Options(pace="gentle"), routine, POINTS).pace == "gentle"


def test_a_wish_for_all_sessions_gives_way_where_it_cannot_be_met() -> None:
    routine = replace(load_routine(find_routine("hands")), fix=("ice",))
    standing = Options(ice="skip", never=("toe",), standing=frozenset({"ice"}))
    settled = settle(standing, routine, POINTS)
    assert settled.ice == "full"
    assert settled.yielding == {"ice"}
    plan, _ = lay_out_routine(routine, tone_length, standing)
    assert plan.left_out == ()
    plan, _ = lay_out_routine(load_routine(find_routine("lying-down")), tone_length, standing)
    assert {one.id for one in plan.left_out} == {"toe", "ice.back"}
