"""Whatever a person has, no session holds what that forbids: it is left out and told, or all is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import combinations

import pytest

from tests.scheduler.laws import LAWS, lay_out_routine
from voiceguide.engines.tone import tone_length
from voiceguide.errors import NothingLeft
from voiceguide.library import find_routine, load_language, load_points, load_routine, routine_names
from voiceguide.scheduler import body
from voiceguide.scheduler.options import AMOUNTS, ICES, Options
from voiceguide.scheduler.plan import Plan
from voiceguide.scheduler.point import CONDITIONS, NO_COLD
from voiceguide.session import write_script

POINTS, ENGLISH = load_points(), load_language("en")
EVERYTHING = frozenset({"b23", "b47", "b48", "b53", "b54", "g30", "li4", "lu6", "sole", "toe"})
BACK_AND_HIPS = frozenset({"b23", "b47", "b48", "g30"})
KNEES_AND_FEET = frozenset({"b53", "b54", "sole", "toe"})
FORBIDDEN = {
    "serious_cause": EVERYTHING,
    "at_risk": EVERYTHING,
    "herniated_disc": BACK_AND_HIPS,
    "pregnancy": EVERYTHING - {"lu6"},
    "thinners": BACK_AND_HIPS,
    "osteoporosis": BACK_AND_HIPS,
    "clots": KNEES_AND_FEET,
    "varicose_veins": KNEES_AND_FEET,
    "artificial_hip": frozenset({"b48", "g30"}),
    "numbness": frozenset(),
    "poor_circulation": frozenset(),
}
"""What the rules X2 to X7 and the sources take out, once more by hand: it is the data that is tested."""
PAIRS = [frozenset(pair) for pair in combinations(CONDITIONS, 2)]


def forbidden_by(conditions: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*(FORBIDDEN[one] for one in conditions))


def pressed_in(name: str) -> frozenset[str]:
    return frozenset(point for press in load_routine(find_routine(name)).presses for point in press.points)


def obeys(plan: Plan, conditions: frozenset[str]) -> None:
    """Assert that a plan holds nothing forbidden, tells what is gone, and asks for nothing useless."""
    held = {point for visit in plan.visits for point in visit.points}
    assert held
    assert held.isdisjoint(forbidden_by(conditions))
    gone = {point for one in plan.left_out if one.why in conditions for point in one.id.split("+")}
    assert pressed_in(plan.routine.id) - held <= gone, "whatever is missing is told, with the reason"
    if conditions.intersection(NO_COLD):
        assert not plan.ice
        assert "cold_pack" not in {item for step in plan.steps for item in step.items}
    body.check(plan)


def test_every_condition_is_one_that_the_rules_know() -> None:
    assert set(FORBIDDEN) == set(CONDITIONS)
    assert set(POINTS) >= EVERYTHING


@pytest.mark.parametrize("name", routine_names())
def test_every_routine_obeys_every_condition_or_is_refused(name: str) -> None:
    for condition in CONDITIONS:
        conditions = frozenset({condition})
        if pressed_in(name) <= FORBIDDEN[condition]:
            with pytest.raises(NothingLeft) as caught:
                lay_out_routine(load_routine(find_routine(name)), tone_length, Options(cautions=conditions))
            assert condition in caught.value.why
            continue
        plan, timeline = lay_out_routine(
            load_routine(find_routine(name)), tone_length, Options(cautions=conditions)
        )
        obeys(plan, conditions)
        for law in LAWS:
            law(timeline, plan)


@pytest.mark.parametrize("name", routine_names())
def test_two_conditions_at_once_are_both_obeyed(name: str) -> None:
    routine = load_routine(find_routine(name))
    for pair in PAIRS:
        try:
            plan, _ = write_script(routine, POINTS, ENGLISH, Options(cautions=pair))
        except NothingLeft:
            assert pressed_in(name) <= forbidden_by(pair)
        else:
            obeys(plan, pair)


@pytest.mark.parametrize("name", ["hands", "quick-relief", "feet-seated", "feet-lying", "lying-down", "full"])
@pytest.mark.parametrize("condition", NO_COLD)
def test_whoever_bears_no_cold_is_offered_none(name: str, condition: str) -> None:
    for detail in AMOUNTS:
        for bath in ("before", "after"):
            asked = Options(cautions=frozenset({condition}), detail=detail, foot_bath=bath)
            _, timeline = lay_out_routine(load_routine(find_routine(name)), tone_length, asked)
            said = " ".join(event.text for event in timeline.events).lower()
            assert re.findall(r"\b(?:ice|pack|bathe|cold water)\b", said) == [], (detail, bath)


@pytest.mark.parametrize("ice", ICES)
def test_ice_that_is_forbidden_cannot_be_asked_for(ice: str) -> None:
    asked = Options(cautions=frozenset({"poor_circulation"}), ice=ice)
    plan, timeline = lay_out_routine(load_routine(find_routine("lying-down")), tone_length, asked)
    assert not plan.ice
    assert not any("The ice is yours" in event.text for event in timeline.events)
    assert ("ice.back", "poor_circulation") in {(one.id, one.why) for one in plan.left_out}


def test_in_pregnancy_the_opening_asks_for_the_word_of_a_midwife_or_doctor() -> None:
    for detail in AMOUNTS:
        asked = Options(cautions=frozenset({"pregnancy"}), detail=detail)
        _, timeline = lay_out_routine(load_routine(find_routine("arms")), tone_length, asked)
        first = [event for event in timeline.events if event.text][:4]
        assert first[1].text == "Pregnant, or maybe? Ask your midwife or doctor first."
        assert all(event.required for event in first)
