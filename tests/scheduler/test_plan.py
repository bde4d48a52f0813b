from __future__ import annotations

from typing import Any

import pytest

from voiceguide.errors import InvalidContent, NothingLeft
from voiceguide.library import find_routine, load_points, load_routine
from voiceguide.scheduler import body
from voiceguide.scheduler.plan import Plan, exclude, make_plan
from voiceguide.scheduler.routine import parse_routine


def plan_of(*steps: dict[str, Any]) -> Plan:
    mapping = {"version": 1, "id": "any", "steps": list(steps)}
    return make_plan(parse_routine(mapping), load_points())


def lying_down() -> Plan:
    return make_plan(load_routine(find_routine("lying-down")), load_points())


def test_lying_down_visits_its_stops_in_the_order_that_spares_the_back() -> None:
    assert [visit.stop for visit in lying_down().visits] == [
        "b54.left",
        "b54.right",
        "li4.left",
        "li4.right",
        "toe.left",
        "toe.right",
        "b23+b47.left",
        "b48.left",
        "b48.right",
        "b23+b47.right",
        "ice.back",
    ]


def test_only_the_ball_is_core_in_lying_down() -> None:
    ranks = {visit.entry: visit.optional for visit in lying_down().visits if visit.points}
    assert ranks == {"b54": 2, "li4": 1, "toe": 3, "b23+b47": 0, "b48": 0}


def test_dose_ranges_travel_in_the_plan() -> None:
    visit = next(visit for visit in lying_down().visits if visit.stop == "b23+b47.left")
    assert (visit.dose.smallest, visit.dose.usual, visit.dose.largest) == (60_000, 90_000, 120_000)
    assert visit.chosen == 90_000


def test_points_pressed_with_both_thumbs_are_one_stop() -> None:
    plan = make_plan(load_routine(find_routine("lower-back")), load_points())
    assert [visit.stop for visit in plan.visits] == ["b23+b47.both", "ice.back"]


def test_a_session_of_which_nothing_is_left_is_refused_with_the_reason() -> None:
    with pytest.raises(NothingLeft, match="nothing of 'lying-down' is left") as caught:
        exclude(lying_down(), {"pregnancy"})
    assert caught.value.exit_code == 1
    assert caught.value.why == {"pregnancy"}
    assert caught.value.hint


def test_ice_goes_with_the_work_it_follows() -> None:
    plan = exclude(lying_down(), {"osteoporosis"})
    assert {visit.stop for visit in plan.visits if not visit.points} == set()
    assert plan.steps[1].items == ()
    assert {(one.id, one.why) for one in plan.left_out} == {
        ("b23+b47", "osteoporosis"),
        ("b48", "osteoporosis"),
    }


def test_poor_circulation_leaves_out_the_ice_alone() -> None:
    plan = exclude(lying_down(), {"poor_circulation"})
    assert len(plan.visits) == len(lying_down().visits) - 1
    assert plan.steps[1].items == ("ball_in_sock",)
    assert [one.id for one in plan.left_out] == ["ice.back"]
    body.check(plan)


def test_a_warning_leaves_nothing_out() -> None:
    plan = lying_down()
    assert exclude(plan, {"pulse", "broken_skin"}) is plan


def test_blood_thinners_leave_out_the_back_and_nothing_else() -> None:
    plan = exclude(lying_down(), {"thinners"})
    assert {visit.entry for visit in plan.visits if visit.points} == {"b54", "li4", "toe"}
    body.check(plan)


def test_a_plan_without_its_excluded_stops_is_whole_again() -> None:
    plan = exclude(lying_down(), {"clots"})
    assert "rest" not in [step.kind for step in plan.steps]
    assert [step.posture for step in plan.steps if step.kind == "move"] == ["supine", "on_side"]
    body.check(plan)


def test_a_profile_without_cautions_changes_nothing() -> None:
    plan = lying_down()
    assert exclude(plan, set()) is plan


SIT, LIE, TURN = ({"posture": posture} for posture in ("sitting", "supine", "on_side"))
UP_AND_DOWN = [SIT, {"press": "b54"}, LIE, {"press": "toe"}, SIT, {"press": "b48"}]
BACK_TOO_EARLY = [SIT, {"press": "b48"}, LIE, {"press": "li4"}, TURN, {"ice": "back"}]


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([{"press": "li-44"}], "unknown point 'li-44'"),
        ([{"press": "li4", "with": "ball"}], "li4 has no method 'ball'"),
        ([{"press": ["b23", "b48"]}], "b23 and b48 cannot be pressed as one"),
        (
            [{"posture": "supine"}, {"press": "b54", "with": "fingers"}],
            "b54 by fingers cannot be done lying on the back",
        ),
        ([{"press": "li4"}, {"press": "li4"}], "li4 comes twice"),
        (
            BACK_TOO_EARLY,
            "the back's ice comes too long after the work there",
        ),
        ([{"press": "toe", "rounds": 3}], "'rounds: 3' is out of range for toe"),
        (
            UP_AND_DOWN,
            "the body is sitting a second time",
        ),
    ],
)
def test_a_plan_that_cannot_be_made_says_why(steps: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(InvalidContent) as caught:
        plan_of(*steps)
    assert message in [problem.message for problem in caught.value.problems]
    assert all(problem.hint for problem in caught.value.problems)
    assert all(problem.path[0] == "steps" for problem in caught.value.problems)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(InvalidContent) as caught:
        plan_of({"press": "li44"}, {"press": "b99"}, {"press": "li4", "with": "heel"})
    assert len(caught.value.problems) == 3
