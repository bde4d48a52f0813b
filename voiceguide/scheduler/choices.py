"""Options -> what is done: a routine gone through otherwise, a plan with less in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from voiceguide.errors import UsageError, did_you_mean
from voiceguide.scheduler.assist import assist
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.plan import LATER, SKIPPED, Plan, leave_out, shorten_ice
from voiceguide.scheduler.point import Point
from voiceguide.scheduler.routine import Group, Press, Routine, RoutineStep
from voiceguide.units import MINUTE, Milliseconds

SHORT_ICE = Milliseconds(10 * MINUTE)
"""`--ice 10m`: some advice for cold on the back allows no more (NHS Gwent: up to ten minutes)."""


def choose_in_routine(routine: Routine, points: Mapping[str, Point], options: Options) -> Routine:
    """Return the routine as the options have it gone through: by which method, which sides, which bath.

    Raises
    ------
    UsageError
        If an option cannot be met.
    """
    if options.assist:
        routine = assist(routine, points, options.assist)
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
    for name in (*options.skip, *options.only):
        _check_pressed(name, plan)
    skipped = {name for name in _pressed(plan) if options.only and name not in options.only} | {*options.skip}
    plan = leave_out(plan, {one.stop: SKIPPED for one in plan.visits if set(one.points) & skipped})
    ice = options.ice or plan.routine.ice
    if ice == "10m":
        return shorten_ice(plan, SHORT_ICE)
    if ice in {"later", "skip"}:
        why = LATER if ice == "later" else SKIPPED
        return leave_out(plan, {visit.stop: why for visit in plan.visits if not visit.points})
    return plan


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
