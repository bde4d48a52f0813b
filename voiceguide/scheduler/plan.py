"""Routine -> Plan: its visits, and the steps that lead from one to the next.

A *visit* is a stop (a point or joint group on one side) or an icing. Leaving one out means connecting
the rest again, so that no step is ever left that leads nowhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from voiceguide.errors import InvalidContent, NothingLeft, Problem, did_you_mean
from voiceguide.scheduler.actions import PACES, REST_INSTEAD, Pace
from voiceguide.scheduler.order import find_misplaced_ice, find_problems_of_order
from voiceguide.scheduler.point import CONDITIONS, NO_COLD, POSTURE_GEAR, Point
from voiceguide.scheduler.routine import IceOn, Routine
from voiceguide.scheduler.shape import Path, Problems
from voiceguide.scheduler.visit import BACK, OTHER, Visit, find_visits
from voiceguide.units import NOTHING, Milliseconds

ICE_GEAR = {
    "back": ("two_pillows", "rolled_towel", "cold_pack", "thin_towel"),
    "arms": ("cold_pack", "thin_towel"),
}
"""What the ice on a part of the body asks for."""
EXCLUDED, SKIPPED, LATER, DROPPED, DONE = "excluded", "skipped", "later", "length", "done before"
"""Why it is left out: by the routine's author, by an option, for later, for time, or as it was done."""
LYING = ("supine", "prone", "on_side")


@dataclass(frozen=True, slots=True)
class Step:
    """What a session does next; it words itself in `script` and times itself in `timeline`."""

    kind: str
    """`open ready move bring treat rest switch_sides wait ice cool_down rise close`."""
    posture: str | None
    """The posture it ends in."""
    path: Path
    """Where it comes from in the routine's file."""
    visit: Visit | None = None
    """The visit it belongs to, or leads to."""
    lies_on: str | None = None
    """The side that the body lies on at its end, where it lies on its side."""
    origin: str | None = None
    """The posture a move starts from."""
    upcoming: str = ""
    """What a treatment is followed by: `other_side point wait move ice end`."""
    following: Visit | None = None
    """The visit that comes after a treatment; None if it was the last."""
    puts_ball_away: bool = False
    """True for a move that starts with the ball in a hand and no further use for it."""
    rolls_over: bool = False
    """True for a move that starts with rolling over, from one side to the other."""
    leads_to_ice: bool = False
    """True for a move between back work and its ice, which may not take long."""
    items: tuple[str, ...] = ()
    """What to have within reach."""
    lasts: Milliseconds = NOTHING
    """Milliseconds of a rest that is an end in itself; 0 for other steps."""
    is_early: bool = False
    """True for a way up that was not planned, taken because the session is to end now."""

    @property
    def visit_is_treated(self) -> bool:
        """True for a step that presses or ices, false for one that is only talked through."""
        return self.kind in {"treat", "ice"}

    @property
    def pose(self) -> str:
        """The posture, with the side it lies on: `supine`, `on_side.right`; empty before the first."""
        return f"{self.posture}.{self.lies_on}" if self.lies_on else self.posture or ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A stop that is not done, and why."""

    id: str
    """Entry of the points, such as `b23+b47`."""
    why: str
    """The caution, or `EXCLUDED`, `SKIPPED` or `LATER`."""


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
    """What a caution, the author, an option or the time took out."""
    cautions: frozenset[str] = frozenset()
    """Conditions of the person it is for: one of `point.CONDITIONS` each."""
    detail: str = "full"
    """How much is said: one of `options.AMOUNTS`."""
    can_be_brief: bool = False
    """True if it may be brief for a length, where it is not so already."""
    pace: Pace = PACES["usual"]
    """How slowly one is led through it."""

    @property
    def bears_cold(self) -> bool:
        """True if the person it is for may be iced, or bathe the feet in cold water."""
        return self.cautions.isdisjoint(NO_COLD)

    @property
    def core(self) -> tuple[str, ...]:
        """The entries that are pressed whatever the length, in order."""
        return tuple(dict.fromkeys(one.entry for one in self.visits if one.points and not one.optional))

    @property
    def optional(self) -> tuple[str, ...]:
        """The entries that are left out for a shorter length, in the order in which they go."""
        optional = sorted((one for one in self.visits if one.optional), key=lambda one: -one.optional)
        return tuple(dict.fromkeys(one.entry for one in optional))

    @property
    def ice(self) -> tuple[Visit, ...]:
        """The icings, in order."""
        return tuple(visit for visit in self.visits if not visit.points)


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
    if not visits and not problems:
        hint = "add a step such as '- press: li4'."
        problems.append(Problem(("steps",), "nothing is pressed", hint=hint))
    problems.extend(find_problems_of_order(visits, has_gaps=bool(problems)))
    plan = Plan(routine, first_side, visits, tuple(connect(routine, visits, first_side)))
    for index, name in enumerate(routine.exclude):
        if name not in points:
            hint = f"{did_you_mean(name, points) or ''} `voiceguide list points` shows all.".strip()
            problems.append(Problem(("exclude", index), f"unknown point '{name}'", hint=hint))
    why = {visit.stop: EXCLUDED for visit in visits if set(visit.points) & set(routine.exclude)}
    plan = replace(plan, left_out=tuple(LeftOut(name, EXCLUDED) for name in routine.parted))
    try:
        return leave_out(plan, why), problems
    except NothingLeft as error:
        problems.append(Problem(("exclude",), error.message, hint="leave in at least one point."))
        return plan, problems


def exclude(plan: Plan, conditions: Collection[str]) -> Plan:
    """Return the plan without the stops that conditions of a person forbid; itself if there are none.

    Ice goes with the work it follows.

    Raises
    ------
    NothingLeft
        If nothing would be left to press.
    """
    forbidding = frozenset(conditions).intersection(CONDITIONS)
    if not forbidding:
        return plan
    why = {
        visit.stop: next(caution for caution in visit.cautions if caution in forbidding)
        for visit in plan.visits
        if forbidding.intersection(visit.cautions)
    }
    try:
        return leave_out(replace(plan, cautions=forbidding), why)
    except NothingLeft as error:
        # Whoever settles one of them is not to meet the next one then.
        forbidden = {caution for visit in plan.visits if visit.points for caution in visit.cautions}
        raise NothingLeft(error.routine, error.why | (forbidding & forbidden)) from None


def shorten_ice(plan: Plan, longest: Milliseconds) -> Plan:
    """Return the plan with no ice longer than `longest`."""
    visits = tuple(
        one if one.points else replace(one, chosen=Milliseconds(min(one.chosen, longest)))
        for one in plan.visits
    )
    return replace(plan, visits=visits, steps=tuple(connect(plan.routine, visits, plan.first_side)))


def leave_out(plan: Plan, why: Mapping[str, str]) -> Plan:
    """Return the plan without these stops, each with its reason, and without the ice for them alone.

    Raises
    ------
    NothingLeft
        If nothing would be left to press.
    """
    if not why:
        return plan
    pressed = tuple(visit for visit in plan.visits if visit.points and visit.stop not in why)
    if not pressed:
        pressed_else = {one.why for one in plan.left_out if not one.id.startswith("ice.")}
        raise NothingLeft(plan.routine.id, pressed_else | {*why.values()})
    kept = tuple(visit for visit in plan.visits if visit.stop not in why)
    while misplaced := find_misplaced_ice(kept):
        # What is left out may be all that the ice was for, or what kept it close to its work.
        kept = tuple(visit for visit in kept if visit is not misplaced[0][0])
    gone = {_called(visit, why[visit.stop]): why[visit.stop] for visit in plan.visits if visit.stop in why}
    left_out = (*plan.left_out, *(LeftOut(entry, caution) for entry, caution in gone.items()))
    # What concerns nothing but its visit stays the same object: what was found out about it still holds.
    own = {"treat", "bring", "switch_sides", "rest", "wait"}
    before = {(step.kind, step.visit.stop): step for step in plan.steps if step.visit and step.kind in own}
    steps = []
    for step in connect(plan.routine, kept, plan.first_side):
        was = before.get((step.kind, step.visit.stop)) if step.visit else None
        steps.append(was if was is not None and was == step else step)
    return replace(plan, visits=kept, steps=tuple(steps), left_out=left_out)


def _called(visit: Visit, why: str) -> str:
    """Return what a visit that is left out is called: by its points, unless only one side of them is."""
    return visit.stop if why == DONE else visit.entry or visit.stop


def make_ways_up(plan: Plan) -> dict[str, tuple[Step, ...]]:
    """Return the steps that end a session early, by the pose it is ended in: getting up, and the closing."""
    close = Step("close", "sitting", ())
    return {
        step.pose: (
            Step(
                "rise",
                "sitting",
                (),
                origin=step.posture,
                rolls_over=step.lies_on == plan.first_side,
                is_early=True,
            ),
            close,
        )
        for step in plan.steps
        if step.visit is not None
    }


def connect(routine: Routine, visits: tuple[Visit, ...], first_side: str) -> Iterator[Step]:
    """Yield the steps of a session that makes these visits in this order.

    Lying on the side for ice, and getting up, is on the side of the open edge: the second.
    """
    yield Step("open", None, ())
    items = tuple(item for item in routine.ready if _is_used(item, visits))
    yield Step("ready", None, ("ready",) if routine.ready else (), items=items)
    posture: str | None = None
    lies_on: str | None = None
    before: Visit | None = None
    for index, visit in enumerate(visits):
        after = visits[index + 1] if index + 1 < len(visits) else None
        lay_on, lies_on = lies_on, None
        if visit.posture == "on_side":
            lies_on = visit.lies_on or OTHER[first_side]
        rolls_over = lay_on is not None and lies_on is not None and lies_on != lay_on
        at = Step("", visit.posture, visit.path, visit, lies_on=lies_on)
        if visit.posture != posture:
            yield replace(
                at,
                kind="move",
                origin=posture,
                puts_ball_away=_by_ball(before),
                rolls_over=lay_on is not None and lay_on == first_side,
                leads_to_ice=visit.stop == "ice.back" and posture is not None,
            )
        elif before and visit.points and _changes_side(before, visit):
            if visit.zone == "foot":
                yield Step("rest", posture, before.path, before, following=visit)
            yield replace(at, kind="switch_sides", rolls_over=rolls_over)
        elif rolls_over or (_by_ball(before) and not _by_ball(visit)):
            yield replace(
                at,
                kind="move",
                origin=posture,
                puts_ball_away=_by_ball(before),
                rolls_over=rolls_over,
                leads_to_ice=visit.stop == "ice.back",
            )
        posture = visit.posture
        if not visit.points:
            yield replace(at, kind="ice")
        else:
            if _by_ball(visit):
                yield replace(at, kind="bring")
            later = visits[index + 1 :]
            yield replace(at, kind="treat", upcoming=_upcoming(visit, later), following=after)
            if _is_noticed(visit, later):
                yield replace(at, kind="wait")
        before = visit
    worked = any(one.zone in BACK and one.points for one in visits)
    if worked and _ices_the_back(routine) and not any(one.stop == "ice.back" for one in visits):
        if _by_ball(before):
            yield Step("move", posture, (), lies_on=lies_on, origin=posture, puts_ball_away=True)
            before = None
        yield Step("cool_down", posture, (), lies_on=lies_on, lasts=REST_INSTEAD.usual)
    turned = lies_on is not None and lies_on == first_side
    yield Step("rise", "sitting", (), origin=posture, puts_ball_away=_by_ball(before), rolls_over=turned)
    yield Step("close", "sitting", ())


def actions_of(step: Step) -> tuple[str, ...]:
    """Return the actions of a step in order, each as often as it comes."""
    visit = step.visit
    if step.kind in {"bring", "rise"}:
        return ("move",)
    if step.kind == "cool_down":
        return ("rest",)
    if step.kind == "ice":
        return ("ice_on", "ice", "ice_off")
    if step.kind != "treat" or visit is None or visit.method is None:
        return (step.kind,)
    dosed = visit.method.action
    holds: tuple[str, ...] = (dosed,)
    times = visit.rounds
    if visit.window:
        # Each of the presses spread over a window is let go of like a last one.
        times *= visit.repeats
    else:
        holds = (dosed, *(action for _ in range(visit.repeats - 1) for action in ("rest", dosed)))
    a_round = ("press", *holds, "release")
    massage = ("locate", "massage") if visit.massage else ()
    return (
        *massage,
        "locate",
        *a_round,
        *(action for _ in range(times - 1) for action in ("rest", *a_round)),
    )


def _is_used(item: str, visits: tuple[Visit, ...]) -> bool:
    """Return True if a thing is for something that is still done."""
    if any(item in POSTURE_GEAR.get(visit.posture, ()) for visit in visits):
        return True
    if item == "chair" and any(visit.posture == "sitting" for visit in visits):
        return True
    return any(
        item in (visit.method.gear if visit.method else ICE_GEAR.get(visit.zone, ())) for visit in visits
    )


def _by_ball(visit: Visit | None) -> bool:
    return visit is not None and visit.method is not None and visit.method.name == "ball"


def _changes_side(before: Visit, visit: Visit) -> bool:
    """Return True if the second side comes, of the same point or of a group."""
    return {before.side, visit.side} == {"left", "right"} and not visit.is_first


def _ices_the_back(routine: Routine) -> bool:
    return any(isinstance(step, IceOn) and "back" in step.zones for step in routine.steps)


def _is_noticed(visit: Visit, later: tuple[Visit, ...]) -> bool:
    """Return True if a moment to notice the back follows: after both sides (S23)."""
    return "notice" in visit.aftercare and all(one.points != visit.points for one in later)


def _upcoming(visit: Visit, later: tuple[Visit, ...]) -> str:
    after = later[0] if later else None
    if after is not None and after.points == visit.points:
        return "other_side"
    if _is_noticed(visit, later):
        return "wait"
    if after is None:
        return "end"
    if not after.points:
        return "ice"
    return "point" if after.posture == visit.posture else "move"
