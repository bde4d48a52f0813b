from __future__ import annotations

from typing import Any

import pytest

from voiceguide.errors import InvalidContent
from voiceguide.library import find_routine, load_points, load_routine
from voiceguide.scheduler import body
from voiceguide.scheduler.body import Body
from voiceguide.scheduler.plan import Plan, actions_of, make_plan
from voiceguide.scheduler.routine import parse_routine


def plan_of(*steps: dict[str, Any], ready: tuple[str, ...] = ()) -> Plan:
    mapping = {"version": 1, "id": "any", "ready": list(ready), "steps": list(steps)}
    return make_plan(parse_routine(mapping), load_points())


def walk(plan: Plan) -> list[tuple[str, str, Body]]:
    """Return (action, stop, body after it) for the whole plan."""
    actions = [(action, step) for step in plan.steps for action in actions_of(step)]
    return [
        (action, step.visit.stop if step.visit else "", state)
        for (action, step), state in zip(actions, body.check(plan), strict=True)
    ]


def lying_down() -> list[tuple[str, str, Body]]:
    return walk(make_plan(load_routine(find_routine("lying-down")), load_points()))


def test_a_hand_that_is_pressed_and_the_hand_that_presses_are_both_busy() -> None:
    state = next(state for action, stop, state in lying_down() if (action, stop) == ("hold", "li4.left"))
    assert state.left
    assert state.right


def test_a_heel_leaves_both_hands_free() -> None:
    state = next(state for action, stop, state in lying_down() if (action, stop) == ("hold", "toe.left"))
    assert (state.left, state.right) == ("", "")


def test_the_ball_is_under_the_body_while_it_rolls_and_its_sock_in_the_hand() -> None:
    state = next(state for action, stop, state in lying_down() if (action, stop) == ("roll", "b23+b47.right"))
    assert (state.ball, state.right, state.left) == ("under", "the sock", "")


def test_the_ball_changes_hands_with_the_side() -> None:
    states = [
        state for action, stop, state in lying_down() if (action, stop) == ("switch_sides", "b48.right")
    ]
    assert [(state.ball, state.left, state.right) for state in states] == [("right", "", "the sock")]


def test_the_ball_is_out_of_both_hands_before_the_ice() -> None:
    state = next(state for action, _, state in lying_down() if action == "ice")
    assert (state.ball, state.left, state.right, state.pack) == ("near", "", "", "on")


def test_the_session_ends_sitting_with_open_eyes_and_nothing_on() -> None:
    state = lying_down()[-1][2]
    assert (state.posture, state.eyes, state.pack, state.ball) == ("sitting", "open", "off", "near")
    assert not state.pressing


ICE = ("cold_pack", "thin_towel", "rolled_towel", "two_pillows")


@pytest.mark.parametrize(
    ("steps", "ready", "fault"),
    [
        (
            [{"posture": "supine"}, {"press": "b48", "with": "ball"}],
            (),
            "b48 wants a ball nobody has placed",
        ),
        (
            [{"posture": "supine"}, {"press": "b48", "with": "ball"}, {"ice": "back"}],
            ("ball_in_sock", *ICE),
            "nobody may lie on an ice pack",
        ),
        (
            [{"posture": "sitting"}, {"press": "b48"}, {"posture": "on_side"}, {"ice": "back"}],
            ("cold_pack", "thin_towel"),
            "the ice wants things nobody has ready: two_pillows, rolled_towel, cold_pack, thin_towel",
        ),
        (
            [
                {"posture": "supine"},
                {"press": "b48", "with": "ball"},
                {"press": ["b23", "b47"], "with": "ball"},
            ],
            ("ball_in_sock",),
            "the ball is in the right hand, and b23+b47.left is the other side",
        ),
    ],
)
def test_what_no_body_could_do_is_refused(
    steps: list[dict[str, Any]], ready: tuple[str, ...], fault: str
) -> None:
    with pytest.raises(InvalidContent) as caught:
        body.check(plan_of(*steps, ready=ready))
    assert [problem.message for problem in caught.value.problems] == [fault]
    assert all(problem.hint for problem in caught.value.problems)


def test_a_ball_goes_back_to_the_bed_before_a_point_without_it() -> None:
    plan = plan_of(
        {"posture": "supine"}, {"press": "b48", "with": "ball"}, {"press": "li4"}, ready=("ball_in_sock",)
    )
    state = next(state for action, stop, state in walk(plan) if (action, stop) == ("locate", "li4.left"))
    assert state.ball == "near"


def test_the_eyes_stay_open_until_the_ice_is_in_place() -> None:
    eyes = {action: state.eyes for action, stop, state in lying_down() if stop == "ice.back"}
    assert (eyes["move"], eyes["ice_on"], eyes["ice"]) == ("open", "closed", "closed")
