from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scheduler.laws import LAWS, lay_out_routine, texts
from voiceguide.engines.tone import tone_length
from voiceguide.library import find_routine, load_routine, routine_names
from voiceguide.scheduler.options import AMOUNTS, Options
from voiceguide.scheduler.plan import Plan
from voiceguide.scheduler.point import GEAR
from voiceguide.scheduler.routine import parse_routine
from voiceguide.scheduler.timeline import Timeline
from voiceguide.units import Milliseconds

ON_THE_RIGHT = Options(sore_side="right")
Law = Callable[[Timeline, Plan], None]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@pytest.mark.parametrize("name", routine_names())
def test_every_routine_holds_to_the_laws(name: str, law: Law) -> None:
    plan, timeline = lay_out_routine(load_routine(find_routine(name)), tone_length)
    law(timeline, plan)


@pytest.mark.parametrize("name", routine_names())
def test_every_routine_holds_to_the_laws_at_the_slowest_rate(name: str) -> None:
    """At 80 words a minute, a word takes three quarters of a second."""
    plan, timeline = lay_out_routine(load_routine(find_routine(name)), slowly)
    for law in LAWS:
        law(timeline, plan)


@pytest.mark.parametrize("name", routine_names())
def test_every_routine_can_begin_on_the_right(name: str) -> None:
    plan, timeline = lay_out_routine(load_routine(find_routine(name)), tone_length, ON_THE_RIGHT)
    for law in LAWS:
        law(timeline, plan)
    sides = [segment.side for segment in timeline.segments if segment.side in {"left", "right"}]
    assert not sides or sides[0] == "right"


def slowly(text: str) -> Milliseconds:
    return Milliseconds(750 * len(text.split()))


@pytest.mark.parametrize(
    "excluded", [["g30"], ["b48"], ["b23"], ["b23", "b47", "b48", "g30"], ["lu6", "sole"]]
)
def test_a_session_without_some_points_is_whole_again(excluded: list[str], tmp_path: Path) -> None:
    for name in ("full", "full-without-arms"):
        file = tmp_path / f"{name}.yaml"
        text = find_routine(name).read_text(encoding="utf-8")
        file.write_text(f"exclude: [{', '.join(excluded)}]\n{text}", encoding="utf-8")
        left = load_routine(file)
        for first in ("left", "right"):
            for measure in (tone_length, slowly):
                plan, timeline = lay_out_routine(left, measure, Options(sore_side=first))
                for law in LAWS:
                    law(timeline, plan)


@st.composite
def routines(draw: st.DrawFn) -> dict[str, object]:
    """Any routine a body can do: sitting, lying, perhaps the ball or on both sides, perhaps ice."""
    seated = ["b54", "b53", "li4", "lu6", "sole", "b48", "b23+b47"]
    sitting = draw(st.lists(st.sampled_from(seated), unique=True, max_size=3))
    supine = [entry for entry in draw(st.permutations(["li4", "toe"])) if entry not in sitting]
    supine = supine[: draw(st.integers(0, 2))]
    ball = draw(st.sampled_from([[], ["b23+b47"], ["b48"], ["b23+b47", "b48"], ["b48", "b23+b47"]]))
    ball = [entry for entry in ball if entry not in sitting]
    steps: list[dict[str, object]] = [{"posture": "sitting"}] if sitting else []
    for entry in sitting:
        own: dict[str, object] = {}
        if entry.startswith("b2") and draw(st.booleans()):
            own = {
                "rounds": 2,
                "together": draw(st.booleans()),
                "dose": draw(st.sampled_from(["60s", "93s"])),
            }
        if entry == "lu6" and draw(st.booleans()):
            own = {"repeats": draw(st.integers(3, 4)), "window": f"{draw(st.integers(300, 600))}s"}
        steps.append({"press": entry.split("+"), **own})
    if supine or ball:
        steps.append({"posture": "supine"})
        steps.extend({"press": [entry]} for entry in supine)
    if ball:
        inner = [{"press": entry.split("+"), "with": "ball"} for entry in ball]
        steps.append({"group": {"order": "there_and_back"}, "steps": inner})
    pressed = [*sitting, *supine, *ball]
    rolling = draw(st.booleans()) or not pressed
    if rolling and draw(st.booleans()) and steps:
        steps[:0] = [{"posture": "on_side"}, {"press": "g30"}]
        return {"version": 1, "id": "any", "ready": list(GEAR[1:]), "steps": steps}
    if rolling:
        steps.extend([{"posture": "on_side"}, {"press": "g30"}])
        pressed.append("g30")
    if pressed[-1] in {"b48", "b23+b47", "g30"} and draw(st.booleans()):
        steps.extend([] if rolling else [{"posture": "on_side"}])
        arms = ["arms"] if "lu6" in pressed and draw(st.booleans()) else []
        steps.append({"ice": ["back", *arms]})
    return {"version": 1, "id": "any", "ready": list(GEAR[1:]), "steps": steps}


@given(
    routines(),
    st.integers(200, 600),
    st.integers(0, 700),
    st.sampled_from(["left", "right"]),
    st.sampled_from(AMOUNTS),
)
@settings(max_examples=60, deadline=None)
def test_any_routine_at_any_speed_of_speech_holds_to_the_laws(
    mapping: dict[str, object], a_word: int, extra: int, first: str, detail: str
) -> None:
    def measure(text: str) -> Milliseconds:
        return Milliseconds(max(200, a_word * len(text.split()) + extra - 300))

    wishes = Options(sore_side=first, detail=detail)
    plan, timeline = lay_out_routine(parse_routine(mapping), measure, wishes)
    for law in LAWS:
        law(timeline, plan)


@pytest.mark.parametrize("name", routine_names())
def test_nothing_is_promised(name: str) -> None:
    _, timeline = lay_out_routine(load_routine(find_routine(name)), tone_length)
    said = " ".join(event.text.lower() for event in texts(timeline))
    for word in ("cure", "heal", "guarantee", "safe ", "harder", " here.", "this point"):
        assert word not in said


def test_words_never_change_the_length_of_a_hold() -> None:
    routine = load_routine(find_routine("lying-down"))
    holds = []
    for a_word in (100, 400, 900):

        def measure(text: str, a_word: int = a_word) -> Milliseconds:
            return Milliseconds(a_word * len(text.split()))

        _, timeline = lay_out_routine(routine, measure)
        holds.append([s.duration for s in timeline.segments if s.action in {"hold", "roll", "ice"}])
    assert holds[0] == holds[1] == holds[2]


def test_what_finds_no_room_is_listed_and_what_is_required_never_is() -> None:
    routine = load_routine(find_routine("lying-down"))
    _, timeline = lay_out_routine(routine, lambda text: Milliseconds(1_100 * len(text.split())))
    assert timeline.cues_dropped
    said = {event.text for event in timeline.events}
    for line in (
        "Fever, numb or weak legs, bladder trouble? Stop. Get medical help.",
        "Take the ice off now.",
    ):
        assert line in said
