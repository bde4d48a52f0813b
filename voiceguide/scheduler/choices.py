"""Options -> what is done: a routine gone through otherwise, a plan with less in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from voiceguide.errors import UsageError, did_you_mean
from voiceguide.scheduler.actions import PACES
from voiceguide.scheduler.assist import assist
from voiceguide.scheduler.options import AMOUNTS, Options
from voiceguide.scheduler.plan import DONE, LATER, SKIPPED, Plan, exclude, leave_out, shorten_ice
from voiceguide.scheduler.point import Point
from voiceguide.scheduler.routine import Group, Press, Routine, RoutineStep
from voiceguide.units import MINUTE, Milliseconds, clock

SHORT_ICE = Milliseconds(10 * MINUTE)
"""`--ice 10m`: some advice for cold on the back allows no more (NHS Gwent: up to ten minutes)."""


def settle(options: Options, routine: Routine, points: Mapping[str, Point]) -> Options:
    """Return what applies to a routine: what is asked for, and else what its author says.

    Raises
    ------
    UsageError
        If something is asked for that the routine keeps as it is. A wish that is kept for all sessions gives
        way instead.
    """
    own = Options(
        length=routine.length,
        ice=routine.ice,
        foot_bath=routine.foot_bath,
        detail=routine.detail,
        pace=routine.pace,
    )
    for name, asked in options.wishes.items():
        if name in routine.fix and asked != getattr(own, name):
            if name not in options.standing:
                option = "--length or --until" if name == "length" else f"--{name.replace('_', '-')}"
                raise UsageError(
                    f"'{routine.id}' does not take {option}",
                    hint=f"leave it away: its author fixed that, with `fix: [{name}]`.",
                )
            options = options.without(name)
    if "only" in options.standing and not presses_left(routine, points, options):
        options = options.without("only")
    if options.never and not (options.skip or presses_left(routine, points, options)):
        options = options.without("never")
    if options.assist and "assist" in options.standing:
        try:
            _assisted(routine, points, options)
        except UsageError:
            options = options.without("assist")
    said = {name: asked for name, asked in own.wishes.items() if name not in options.wishes}
    return replace(options, **said)


def presses_left(routine: Routine, points: Mapping[str, Point], options: Options) -> tuple[Press, ...]:
    """Return what is pressed of a routine once its author, options and conditions have left out the rest."""
    kept = (press for press in routine.presses if not set(press.points) <= set(routine.exclude))
    return tuple(press for press in kept if not _is_gone(press, points, options))


def _is_gone(press: Press, points: Mapping[str, Point], options: Options) -> bool:
    """Return True for a press that an option leaves out, or a condition of the person forbids."""
    cautions = {caution for name in press.points if name in points for caution in points[name].cautions}
    return _is_left_out(press.points, options) or not options.cautions.isdisjoint(cautions)


def _is_left_out(points: Collection[str], options: Options) -> bool:
    """Return True for points pressed as one, if one of them is skipped, or others are asked for alone."""
    skipped = {*options.skip} | ({*options.never} - {*options.only})
    return bool(skipped.intersection(points)) or bool(
        options.only and not {*options.only}.intersection(points)
    )


def _assisted(routine: Routine, points: Mapping[str, Point], options: Options) -> Routine:
    """Return the routine with every point that is pressed pressed by the method that is asked for."""
    gone = {name for press in routine.presses if _is_gone(press, points, options) for name in press.points}
    return assist(routine, points, options.assist or "", without=gone)


def choose_in_routine(routine: Routine, points: Mapping[str, Point], options: Options) -> Routine:
    """Return the routine as the options have it gone through: by which method, which sides, which bath.

    Raises
    ------
    UsageError
        If an option cannot be met.
    """
    if options.assist:
        routine = _assisted(routine, points, options)
    if options.one_side_at_a_time:
        routine = replace(routine, steps=tuple(_apart(step) for step in routine.steps))
    if options.foot_bath:
        routine = replace(routine, foot_bath=options.foot_bath)
    return routine


def choose_in_plan(plan: Plan, options: Options) -> Plan:
    """Return the plan without what the options leave out, and with the ice they ask for.

    Raises
    ------
    UsageError
        If an option names a point that is not pressed.
    VoiceguideError
        If nothing would be left to press.
    """
    for name in (*options.skip, *(options.only if "only" not in options.standing else ())):
        _check_pressed(name, plan)
    plan = exclude(plan, options.cautions)
    skipped = (one.stop for one in plan.visits if one.points and _is_left_out(one.points, options))
    plan = leave_out(plan, dict.fromkeys(skipped, SKIPPED))
    if options.ice == "10m":
        plan = shorten_ice(plan, SHORT_ICE)
    elif options.ice in {"later", "skip"}:
        why = LATER if options.ice == "later" else SKIPPED
        plan = leave_out(plan, {visit.stop: why for visit in plan.visits if not visit.points})
    return replace(
        plan,
        detail=options.detail if options.detail in AMOUNTS else "full",
        can_be_brief=options.detail == "auto",
        pace=PACES[options.pace or "usual"],
    )


def go_on_after(plan: Plan, done: Collection[str]) -> Plan:
    """Return what is left of a plan after some of its stops, in their doses; each side left is told in full.

    Raises
    ------
    UsageError
        If nothing is left to press.
    """
    visits, begun = [], set()
    for visit in plan.visits:
        is_left = bool(visit.points) and visit.stop not in done
        visits.append(replace(visit, is_first=True) if is_left and visit.entry not in begun else visit)
        begun |= {visit.entry} if is_left else set()
    if not begun:
        left = [f"{visit.zone}, {clock(visit.chosen)}" for visit in plan.ice if visit.stop not in done]
        hint = f"what was left is the ice: {'; '.join(left)}. " if left else ""
        raise UsageError(
            f"all points of '{plan.routine.id}' were done",
            hint=f"{hint}`voiceguide play` starts from the beginning.",
        )
    stops = {visit.stop for visit in visits}
    return leave_out(replace(plan, visits=tuple(visits)), {stop: DONE for stop in done if stop in stops})


def _apart(step: RoutineStep) -> RoutineStep:
    if isinstance(step, Press):
        return replace(step, together=False)
    if isinstance(step, Group):
        return replace(step, presses=tuple(replace(press, together=False) for press in step.presses))
    return step


def _pressed(plan: Plan) -> Collection[str]:
    return dict.fromkeys(name for visit in plan.visits for name in visit.points)


def _check_pressed(name: str, plan: Plan) -> None:
    known = _pressed(plan)
    if name not in known:
        hint = f"{did_you_mean(name, known) or ''} It presses {', '.join(known)}.".strip()
        raise UsageError(f"'{plan.routine.id}' does not press '{name}'", hint=hint)
