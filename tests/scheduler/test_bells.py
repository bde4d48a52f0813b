"""Sessions with bells: what must be heard is said, and a bell begins whatever else a person has to do."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from tests.scheduler.laws import LAWS, cues_of, lay_out_routine, speech_of
from voiceguide.earcons import EARCON_LENGTHS
from voiceguide.engines.tone import tone_length
from voiceguide.errors import UsageError
from voiceguide.library import find_routine, load_language, load_points, load_routine, routine_names
from voiceguide.scheduler.actions import PACES
from voiceguide.scheduler.asides import write_asides
from voiceguide.scheduler.assist import ASSISTS
from voiceguide.scheduler.bells import BELLS
from voiceguide.scheduler.cue import Cue, Words
from voiceguide.scheduler.fit import find_ranges
from voiceguide.scheduler.options import AMOUNTS, Options
from voiceguide.scheduler.plan import Plan
from voiceguide.scheduler.point import GEAR
from voiceguide.scheduler.ruler import Ruler
from voiceguide.scheduler.script import write_words
from voiceguide.scheduler.timeline import Event, Timeline
from voiceguide.session import write_script
from voiceguide.units import MINUTE, Milliseconds

ENGLISH = load_language("en")
IS_THE_BELL = {"let_go", "press_again", "release"}
"""Moments whose words only say what their bell says."""
SHORTER = {
    "Then a little outwards, on to the muscle. Never on bone.": "On the muscle, and never on bone.",
    "Helper: then a little outwards, on muscle. Never on bone.": "Helper: on muscle, and never on bone.",
}
"""Where a warning goes on from words that are not said with bells."""


@cache
def chosen(name: str, options: Options) -> tuple[Plan, Timeline]:
    return lay_out_routine(load_routine(find_routine(name)), tone_length, options)


def with_bells(name: str) -> tuple[Plan, Timeline]:
    return chosen(name, Options(detail="bells"))


def written(plan: Plan, detail: str) -> list[Words]:
    """Return the words of each step of a plan, with so much said."""
    return [write_words(step, replace(plan, detail=detail), ENGLISH) for step in plan.steps]


def needed(cues: tuple[Cue, ...]) -> list[str]:
    return [cue.text for cue in cues if cue.required and cue.text]


def said(timeline: Timeline, *actions: str) -> list[str]:
    segments = [one for one in timeline.segments if one.action in actions]
    return [event.text for one in segments for event in speech_of(timeline, one)]


def what_must_be_heard_is_heard(plan: Plan) -> None:
    full, brief, bells = (written(plan, detail) for detail in AMOUNTS)
    for step, *three in zip(plan.steps, full, brief, bells, strict=True):
        for moment in three[0]:
            in_full, in_brief, with_bells = (words[moment] for words in three)
            if step.kind in {"ice", "rise"}:
                assert with_bells == in_brief
            elif moment in IS_THE_BELL:
                assert with_bells[0].earcon in BELLS
                assert with_bells[0].required
            elif needed(in_full) and step.kind != "move":
                assert needed(with_bells), (step.kind, moment)
                told = [SHORTER.get(text, text) for text in needed(in_brief)]
                assert set(told) <= set(needed(with_bells)), (step.kind, moment)


@pytest.mark.parametrize("assist", [None, *ASSISTS])
@pytest.mark.parametrize("name", routine_names())
def test_with_bells_what_must_be_heard_is_heard_however_it_is_pressed(name: str, assist: str | None) -> None:
    try:
        plan, timeline = chosen(name, Options(detail="bells", assist=assist))
    except UsageError:
        return  # that routine cannot be done so, in words either
    what_must_be_heard_is_heard(plan)
    for law in LAWS:
        law(timeline, plan)


WISHES = st.builds(
    Options,
    detail=st.just("bells"),
    assist=st.sampled_from([None, *ASSISTS]),
    pace=st.sampled_from(sorted(PACES)),
    sore_side=st.sampled_from(["left", "right"]),
)


@given(st.sampled_from(routine_names()), WISHES, st.integers(0, 1000), st.integers(100, 700))
@settings(max_examples=8, deadline=None)
def test_bells_hold_to_the_laws_at_any_length_and_speed_of_speech(
    name: str, options: Options, share: int, a_word: int
) -> None:
    def measure(text: str) -> Milliseconds:
        return Milliseconds(max(200, a_word * len(text.split())))

    routine = load_routine(find_routine(name))
    try:
        plan, _ = write_script(routine, load_points(), ENGLISH, options)
    except UsageError:
        reject()  # it cannot be pressed so, in words either
    low, high = find_ranges(plan, Ruler(ENGLISH, measure, EARCON_LENGTHS))[-1]
    length = Milliseconds(low + (high - low) * share // 1000)
    plan, timeline = lay_out_routine(routine, measure, replace(options, length=length))
    assert plan.detail == "bells"
    what_must_be_heard_is_heard(plan)
    assert timeline.duration == length
    for law in LAWS:
        law(timeline, plan)


@pytest.mark.parametrize("name", routine_names())
def test_each_bell_is_explained_once_before_it_is_needed_and_no_other_is(name: str) -> None:
    _, timeline = with_bells(name)
    heard = [event for event in timeline.events if event.name in BELLS or event.name.startswith("bell.")]
    opening = [event for event in heard if event.segment == 0]
    assert opening[0].text == "These bells guide you."
    bells = [event.name for event in opening if event.name in BELLS]
    assert len(bells) == len(set(bells))
    assert set(bells) == {event.name for event in heard if event.segment > 0 and event.name in BELLS}
    explained = events_after_each(timeline, opening, bells)
    assert len({event.text for event in explained}) == len(bells), "one meaning each"
    assert all(event.kind == "speech" for event in explained)
    first = next(event for event in heard if event.segment > 0)
    assert first.start - timeline.segments[0].start <= 3 * MINUTE, "it is still in mind"


def events_after_each(timeline: Timeline, opening: list[Event], bells: list[str]) -> list[Event]:
    """Return what follows each bell of an opening, at once."""
    found = []
    for bell in (event for event in opening if event.name in bells):
        after = timeline.events[timeline.events.index(bell) + 1]
        assert after.start - (bell.start + bell.duration) <= 1_000
        found.append(after)
    return found


@pytest.mark.parametrize("name", routine_names())
def test_with_bells_every_place_is_named_once_and_how_it_is_found_is_known(name: str) -> None:
    plan, timeline = with_bells(name)
    for visit in plan.visits:
        if not visit.points:
            continue
        part = ENGLISH.point(visit.entry).part[visit.side or "both"].capitalize()
        segments = [
            one for one in timeline.segments if one.stop == visit.stop and one.action != "switch_sides"
        ]
        texts = [event.text for one in segments for event in speech_of(timeline, one)]
        named = f"The ball: {part.lower()}." if visit.method and visit.method.name == "ball" else f"{part}."
        assert texts.count(named) == 1
        assert not any("Feel for" in text or "Now, " in text for text in texts)


@pytest.mark.parametrize("name", routine_names())
def test_with_bells_nothing_is_said_while_a_point_is_held(name: str) -> None:
    _, timeline = with_bells(name)
    assert not said(timeline, "hold", "roll", "massage", "press", "release")


def test_a_change_of_position_is_told_with_open_eyes_and_where_to() -> None:
    _, timeline = with_bells("lying-down")
    moves = [cues_of(timeline, one) for one in timeline.segments if one.action == "move"]
    told = [[event.text or event.name for event in cues] for cues in moves]
    assert told[0] == [
        "bell_move",
        "Sit on the bed's edge, head end on your right.",
        "You can close your eyes.",
    ]
    assert ["bell_move", "Open your eyes. Lie on your back."] in told
    assert [
        "Put the ball away.",
        "bell_move",
        "Next, the ice. Open your eyes.",
        "Lie on your right side, your things behind you.",
        "One pillow goes between your knees.",
    ] in told


@pytest.mark.parametrize("name", ["full", "full-without-arms"])
def test_whoever_gets_up_on_the_way_is_told_how_as_in_brief(name: str) -> None:
    def ways_up(detail: str) -> list[list[str]]:
        _, timeline = chosen(name, Options(detail=detail))
        moves = [cues_of(timeline, one) for one in timeline.segments if one.action == "move"]
        told = [[event.text for event in cues if event.text] for cues in moves]
        return [texts for texts in told if any("Push up to sitting" in text for text in texts)]

    assert ways_up("bells") == ways_up("brief") != []


def test_a_helper_steps_back_before_anybody_turns_for_the_ice() -> None:
    _, timeline = chosen("lower-back", Options(detail="bells", assist="friend"))
    assert "Next, the ice. Helper: step back. You: open your eyes." in {
        event.text for event in timeline.events
    }


def test_the_ball_is_not_laid_before_it_is_told_where_it_must_not_lie() -> None:
    _, timeline = with_bells("tennis-ball")
    told = [cues_of(timeline, one) for one in timeline.segments if one.action == "move"]
    brought = [cues for cues in told if cues[0].text.startswith("The ball:")]
    assert brought
    for named, warned, *_ in brought:
        assert "never on" in warned.text
        assert warned.start - (named.start + named.duration) <= 500


def test_only_a_long_rest_is_told() -> None:
    spread = said(with_bells("arms")[1], "rest")
    assert spread
    assert spread == ["A quiet rest, for about forty-five seconds.", "Ten seconds more."] * (len(spread) // 2)
    assert not said(with_bells("feet-lying")[1], "rest"), "fifteen seconds, between two feet"
    instead = said(chosen("lying-down", Options(detail="bells", ice="skip"))[1], "rest")
    assert instead == ["Nothing more is pressed. Now a quiet rest, for two minutes.", "Ten seconds more."]


def test_what_is_to_be_fetched_is_named_in_a_few_words() -> None:
    for item in (*GEAR, "chair_by_bed"):
        told = [line for line in ENGLISH.lines(f"ready.{item}") if line.is_said("bells")]
        assert told, item
        assert sum(len(line.say.split()) for line in told if not line.required) <= 7
    assert "The cold pack." in said(with_bells("lying-down")[1], "ready")
    assert "The cold pack." not in said(chosen("lying-down", Options(detail="bells", ice="skip"))[1], "ready")


def test_ice_for_later_and_baths_are_told_whole() -> None:
    later = " ".join(said(chosen("lying-down", Options(detail="bells", ice="later"))[1], "close"))
    assert later.startswith("The ice is yours now: fifteen minutes, on your low back. Never on bare skin")
    bath = " ".join(said(chosen("feet-lying", Options(detail="bells", foot_bath="before"))[1], "ready"))
    for words in ("cold water, sitting", "Ten minutes at most, and never with numb feet", "Dry your feet"):
        assert words in bath


def test_a_length_never_makes_bells_of_words() -> None:
    for minutes in (36, 43, 50):
        asked = Options(detail="auto", length=Milliseconds(minutes * MINUTE))
        assert chosen("lying-down", asked)[0].detail in {"full", "brief"}


def test_with_bells_each_key_is_answered_in_words() -> None:
    plan, _ = with_bells("hands")
    asides = write_asides(plan, ENGLISH, longest=Milliseconds(20 * MINUTE))
    assert [cue.text for cue in asides["bell.let_go"]] == ["Let go, slowly."]
    assert all(cue.text for cues in asides.values() for cue in cues)
    plan, _ = chosen("hands", Options())
    assert "bell.let_go" not in write_asides(plan, ENGLISH, longest=Milliseconds(20 * MINUTE))
