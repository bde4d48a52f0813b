from __future__ import annotations

import pytest

from tests.scheduler.laws import LAWS, lay_out_routine
from voiceguide.engines.tone import tone_length
from voiceguide.errors import NothingLeft, UsageError
from voiceguide.library import find_routine, load_points, load_routine, routine_names
from voiceguide.scheduler.assist import ASSISTS, assist
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.plan import make_plan
from voiceguide.scheduler.point import parse_point
from voiceguide.scheduler.routine import Group, Press, Routine, parse_routine

POINTS = load_points()
ON_THE_BACK = ["lower-back", "lower-back-one-side", "tennis-ball"]
ALLOWED = {
    "thumbs": routine_names(),
    "ball": ON_THE_BACK,
    "friend": ["feet-lying", *ON_THE_BACK],
}
PAIRS = [(name, by) for by in ASSISTS for name in routine_names()]


def routine_named(name: str) -> Routine:
    return load_routine(find_routine(name))


@pytest.mark.parametrize(("name", "by"), [(name, by) for name, by in PAIRS if name in ALLOWED[by]])
def test_every_routine_holds_to_the_laws_with_every_assist_it_allows(name: str, by: str) -> None:
    plan, timeline = lay_out_routine(routine_named(name), tone_length, Options(assist=by))
    assert {visit.method.name for visit in plan.visits if visit.method} == {by}
    for law in LAWS:
        law(timeline, plan)


@pytest.mark.parametrize(("name", "by"), [(name, by) for name, by in PAIRS if name not in ALLOWED[by]])
def test_a_routine_whose_points_lack_the_method_is_refused_and_names_them(name: str, by: str) -> None:
    routine = routine_named(name)
    with pytest.raises(UsageError) as caught:
        assist(routine, POINTS, by)
    pressed = {visit.entry for visit in make_plan(routine, POINTS).visits if visit.points}
    lacking = [entry for entry in pressed if any(by not in POINTS[p].methods for p in entry.split("+"))]
    assert all(entry in caught.value.message for entry in lacking)
    assert caught.value.hint


@pytest.mark.parametrize(("name", "by"), [(name, by) for name, by in PAIRS if name not in ALLOWED[by]])
def test_without_the_points_that_lack_the_method_a_body_can_do_the_rest(name: str, by: str) -> None:
    routine = routine_named(name)
    lacking = tuple(p for press in routine.presses for p in press.points if by not in POINTS[p].methods)
    if all(set(press.points) & {*lacking} for press in routine.presses):
        with pytest.raises(NothingLeft):
            lay_out_routine(routine, tone_length, Options(assist=by, skip=lacking))
        return
    plan, timeline = lay_out_routine(routine, tone_length, Options(assist=by, skip=lacking))
    for law in LAWS:
        law(timeline, plan)


def test_points_that_a_ball_presses_one_after_the_other_are_one_path() -> None:
    steps = assist(
        routine_named("full"), POINTS, "ball", without={"li4", "toe", "lu6", "b54", "b53", "sole", "g30"}
    ).steps
    group = next(step for step in steps if isinstance(step, Group) and step.order == "there_and_back")
    assert [press.points for press in group.presses] == [("b23", "b47"), ("b48",)]


def test_a_point_that_a_condition_forbids_needs_no_method() -> None:
    clots = Options(assist="ball", cautions=frozenset({"clots"}), skip=("li4",))
    plan, _ = lay_out_routine(routine_named("lying-down"), tone_length, clots)
    assert {visit.entry for visit in plan.visits if visit.points} == {"b23+b47", "b48"}


def test_work_on_the_back_stays_next_to_its_ice() -> None:
    routine = assist(routine_named("lying-down"), POINTS, "thumbs")
    plan = make_plan(routine, POINTS)
    assert list(dict.fromkeys(visit.posture for visit in plan.visits)) == ["supine", "sitting", "on_side"]
    assert [visit.stop for visit in plan.visits][-3:] == ["b23+b47.both", "b48.both", "ice.back"]


def test_what_the_method_needs_is_asked_for() -> None:
    assert "ball_in_sock" in assist(routine_named("lower-back"), POINTS, "ball").ready
    assert "helper" in assist(routine_named("tennis-ball"), POINTS, "friend").ready
    plan = make_plan(assist(routine_named("tennis-ball"), POINTS, "friend"), POINTS)
    ready = next(step for step in plan.steps if step.kind == "ready")
    assert "ball_in_sock" not in ready.items


def test_what_the_author_fixed_stays_where_the_other_method_allows_it() -> None:
    own = dict.fromkeys(("min", "usual", "max"), "45s")
    short = parse_point(
        {
            "version": 1,
            "id": "b23",
            "laterality": "paired",
            "zone": "back",
            "methods": {
                "thumbs": {"action": "hold", "dose": own, "posture": "sitting"},
                "ball": {
                    "action": "roll",
                    "posture": "supine",
                    "gear": ["ball_in_sock"],
                    "dose": {"min": "60s", "usual": "90s", "max": "120s"},
                },
            },
        }
    )
    for dose, kept in (("61s", 61_000), ("45s", None)):
        press = {"press": "b23", "with": "thumbs", "dose": dose}
        mapping = {"version": 1, "id": "any", "steps": [{"posture": "sitting"}, press]}
        by_ball = assist(parse_routine(mapping), {"b23": short}, "ball")
        assert [one.dose for one in by_ball.steps if isinstance(one, Press)] == [kept]


def test_an_excluded_point_needs_no_method() -> None:
    mapping = {
        "version": 1,
        "id": "any",
        "exclude": ["li4"],
        "steps": [{"posture": "supine"}, {"press": "li4"}, {"press": "toe"}],
    }
    assist(parse_routine(mapping), POINTS, "friend")
