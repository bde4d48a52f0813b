"""Routine -> Plan: its visits, and the steps that lead from one to the next.

A *visit* is a stop (a point or joint group on one side) or an icing. Leaving one out means connecting
the rest again, so that no step is ever left that leads nowhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from voiceguide.errors import InvalidContent, VoiceguideError
from voiceguide.scheduler.point import WARNINGS, Point
from voiceguide.scheduler.routine import Routine
from voiceguide.scheduler.shape import Path, Problems
from voiceguide.scheduler.visit import BACK, Visit, find_visits

LYING = ("supine", "prone", "on_side")


@dataclass(frozen=True, slots=True)
class Step:
    """What a session does next; it words itself in `script` and times itself in `timeline`."""

    kind: str
    """`open ready move bring treat rest switch_sides wait ice rise close`."""
    posture: str | None
    """The posture it ends in."""
    path: Path
    """Where it comes from in the routine's file."""
    visit: Visit | None = None
    """The visit it belongs to, or leads to."""
    origin: str | None = None
    """The posture a move starts from."""
    upcoming: str = ""
    """What a treatment is followed by: `other_side point wait move ice end`."""
    following: Visit | None = None
    """The visit that comes after a treatment; None if it was the last."""
    puts_ball_away: bool = False
    """True for a move that starts with the ball in a hand and no further use for it."""
    leads_to_ice: bool = False
    """True for a move between back work and its ice, which may not take long."""
    items: tuple[str, ...] = ()
    """What to have within reach."""
    is_early: bool = False
    """True for a way up that was not planned, taken because the session is to end now."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A stop that is not done, and why."""

    id: str
    """Entry of the points, such as `b23+b47`."""
    why: str
    """The caution."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A session step by step, without words or times."""

    routine: Routine
    """What the author wrote."""
    first_side: str
    """`left` or `right`: the side every pair begins with."""
    visits: tuple[Visit, ...]
    """In order."""
    steps: tuple[Step, ...]
    """In order, from the opening to the closing."""
    left_out: tuple[LeftOut, ...] = ()
    """What a caution took out."""


def make_plan(routine: Routine, points: Mapping[str, Point], *, first_side: str = "left") -> Plan:
    """Return the plan of a routine at usual doses. Whether a body can do it is for `body` to say.

    Raises
    ------
    InvalidContent
        With every problem at once.
    """
    plan, problems = make_plan_of_what_is_right(routine, points, first_side=first_side)
    if problems:
        raise InvalidContent(problems)
    return plan


def make_plan_of_what_is_right(
    routine: Routine, points: Mapping[str, Point], *, first_side: str = "left"
) -> tuple[Plan, Problems]:
    """Return the plan without the steps that are wrong, and what is wrong, so that all is told at once."""
    visits, problems = find_visits(routine, points, first_side=first_side)
    return Plan(routine, first_side, visits, tuple(connect(routine, visits))), problems


def exclude(plan: Plan, profile: Collection[str]) -> Plan:
    """Return the plan without the stops that a caution in `profile` forbids; itself if there are none.

    Ice goes with the work it follows.

    Raises
    ------
    VoiceguideError
        If nothing would be left to press.
    """
    forbidding = set(profile) - set(WARNINGS)
    why = {
        visit.stop: next(caution for caution in visit.cautions if caution in forbidding)
        for visit in plan.visits
        if forbidding & set(visit.cautions)
    }
    if not why:
        return plan
    pressed = tuple(visit for visit in plan.visits if visit.points and visit.stop not in why)
    if not pressed:
        raise VoiceguideError(
            f"nothing of '{plan.routine.id}' is left without {', '.join(dict.fromkeys(why.values()))}",
            hint="`voiceguide list routines` shows the others; a doctor can say what suits you.",
        )
    worked = any(visit.zone in BACK for visit in pressed)
    had_worked = any(visit.zone in BACK for visit in plan.visits if visit.points)
    kept = tuple(
        visit for visit in plan.visits if visit.stop not in why and (visit.points or worked or not had_worked)
    )
    gone = {visit.entry or visit.stop: why[visit.stop] for visit in plan.visits if visit.stop in why}
    left_out = (*plan.left_out, *(LeftOut(entry, caution) for entry, caution in gone.items()))
    return replace(plan, visits=kept, steps=tuple(connect(plan.routine, kept)), left_out=left_out)


def make_way_up(posture: str) -> tuple[Step, ...]:
    """Return the steps that end a session early, from a posture: getting up, and the closing."""
    return Step("rise", "sitting", (), origin=posture, is_early=True), Step("close", "sitting", ())


def connect(routine: Routine, visits: tuple[Visit, ...]) -> Iterator[Step]:
    """Yield the steps of a session that makes these visits in this order."""
    yield Step("open", None, ())
    items = tuple(item for item in routine.ready if _is_used(item, visits))
    yield Step("ready", None, ("ready",) if routine.ready else (), items=items)
    posture: str | None = None
    before: Visit | None = None
    for index, visit in enumerate(visits):
        after = visits[index + 1] if index + 1 < len(visits) else None
        if visit.posture != posture:
            yield Step(
                "move",
                visit.posture,
                visit.path,
                visit,
                origin=posture,
                puts_ball_away=_by_ball(before),
                leads_to_ice=not visit.points and posture is not None,
            )
        elif before and visit.points and before.points == visit.points:
            if visit.zone == "foot":
                yield Step("rest", posture, before.path, before, following=visit)
            yield Step("switch_sides", posture, visit.path, visit)
        elif before and visit.points and _changes_side(before, visit):
            yield Step("switch_sides", posture, visit.path, visit)
        elif _by_ball(before) and not _by_ball(visit):
            yield Step("move", posture, visit.path, visit, origin=posture, puts_ball_away=True)
        posture = visit.posture
        if not visit.points:
            yield Step("ice", posture, visit.path, visit)
        else:
            if _by_ball(visit):
                yield Step("bring", posture, visit.path, visit)
            yield Step("treat", posture, visit.path, visit, upcoming=_upcoming(visit, after), following=after)
            if "notice" in visit.aftercare and (after is None or after.points != visit.points):
                yield Step("wait", posture, visit.path, visit)
        before = visit
    yield Step("rise", "sitting", (), origin=posture, puts_ball_away=_by_ball(before))
    yield Step("close", "sitting", ())


def actions_of(step: Step) -> tuple[str, ...]:
    """Return the actions of a step in order, each as often as it comes."""
    visit = step.visit
    if step.kind in {"bring", "rise"}:
        return ("move",)
    if step.kind == "ice":
        return ("ice_on", "ice", "ice_off")
    if step.kind != "treat" or visit is None or visit.method is None:
        return (step.kind,)
    dosed = visit.method.action
    if dosed == "massage":
        return ("locate", *(dosed for _ in range(visit.rounds)))
    holds = (dosed, *(action for _ in range(visit.repeats - 1) for action in ("rest", dosed)))
    a_round = ("press", *holds, "release")
    return ("locate", *a_round, *(action for _ in range(visit.rounds - 1) for action in ("rest", *a_round)))


def _is_used(item: str, visits: tuple[Visit, ...]) -> bool:
    """Return True if a thing is for something that is still done."""
    return any(_by_ball(visit) if item == "ball_in_sock" else not visit.points for visit in visits)


def _by_ball(visit: Visit | None) -> bool:
    return visit is not None and visit.method is not None and visit.method.name == "ball"


def _changes_side(before: Visit, visit: Visit) -> bool:
    return {before.side, visit.side} == {"left", "right"} and not visit.is_first


def _upcoming(visit: Visit, after: Visit | None) -> str:
    if after is not None and after.points == visit.points:
        return "other_side"
    if "notice" in visit.aftercare:
        return "wait"
    if after is None:
        return "end"
    if not after.points:
        return "ice"
    return "point" if after.posture == visit.posture else "move"
