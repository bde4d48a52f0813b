"""Repertoire: every text that a routine may say, whatever is asked of it and however long it takes.

A voice that was recorded needs all of them, so nothing is sampled. What a person may ask for is gone through
one by one where it changes the words; where a text holds a number, the whole range of that number is. Words
depend on little: on a stop itself, on what follows it, and on which kinds of stops there are beside it. So
all sets of up to three kinds of stops stand for all sessions that leave something out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations, product
from typing import NamedTuple

from voiceguide.earcons import EARCON_LENGTHS
from voiceguide.errors import InvalidContent, UsageError
from voiceguide.scheduler.actions import REST_INSTEAD
from voiceguide.scheduler.asides import MORE, write_asides
from voiceguide.scheduler.assist import ASSISTS
from voiceguide.scheduler.choices import SHORT_ICE, choose_in_routine
from voiceguide.scheduler.cue import Words
from voiceguide.scheduler.fit import find_ends, shapes_of
from voiceguide.scheduler.language import Language
from voiceguide.scheduler.options import AMOUNTS, FOOT_BATHS, Options
from voiceguide.scheduler.plan import (
    LATER,
    SKIPPED,
    LeftOut,
    Plan,
    Step,
    leave_out,
    make_plan_of_what_is_right,
    make_ways_up,
    shorten_ice,
)
from voiceguide.scheduler.point import Dose, Point
from voiceguide.scheduler.routine import Routine
from voiceguide.scheduler.ruler import CUSHION, Ruler
from voiceguide.scheduler.script import IN_ONE_BREATH, write_total, write_words
from voiceguide.scheduler.visit import OTHER, Visit
from voiceguide.units import LONGEST_SESSION, MINUTE, NOTHING, SECOND, Milliseconds
from voiceguide.voice import SLOWEST

_BESIDE = 3
"""So many kinds of stops: one, what follows it, and a third on which the words of both may depend."""
_OWN = ("treat", "bring", "switch_sides", "rest", "wait")
"""Steps whose words depend on their stop alone, and on what follows it."""
_NUMBERED = ("locate", "prepare")
"""Moments that may tell how long, and how often."""
_WORDED_OTHERWISE = frozenset({"pregnancy"})
"""Conditions of a person that change what is said; others only leave something out."""
_RESTS = tuple(map(Milliseconds, range(REST_INSTEAD.smallest, REST_INSTEAD.largest + 1, CUSHION)))
"""Milliseconds that the rest at the end may last."""
_MORE_WORDS = 2 * MINUTE
"""Longer than what is said of all that is left out, which the longest session has no need to say."""


def find_repertoire(
    routines: Iterable[Routine], points: Mapping[str, Point], language: Language
) -> tuple[str, ...]:
    """Return every text that any session of these routines may say, as it is spoken, each once.

    Raises
    ------
    InvalidContent
        If a routine is wrong.
    MissingWords
        If the language lacks words for one of them.
    """
    found: dict[str, None] = {}
    seen: set[object] = set()
    for routine in routines:
        for plan in _plans(routine, points):
            for words in _of_plan(plan, language, seen):
                for cues in words.values():
                    found.update((cue.spoken, None) for cue in cues if cue.spoken)  # a bell says nothing
    return tuple(found)


def _of_plan(plan: Plan, language: Language, seen: set[object]) -> Iterator[Words]:
    """Yield all words of the sessions of one plan; what was `seen` in another one is left out."""
    amounts = [replace(plan, detail=detail) for detail in AMOUNTS]
    for smaller, detail in product(_smaller(plan, seen), AMOUNTS):
        told = replace(smaller, detail=detail)
        for step in (*told.steps, *(step for steps in make_ways_up(told).values() for step in steps)):
            if step.lasts and ("rest", detail) not in seen:
                seen.add(("rest", detail))
                yield from (write_words(replace(step, lasts=at), told, language) for at in _RESTS)
            elif step.kind not in _OWN and not step.lasts:
                yield write_words(step, told, language)
    for told in amounts:
        yield write_words(told.steps[0], replace(told, cautions=_WORDED_OTHERWISE), language)
        for combination in _left_out(told, language):
            yield write_words(told.steps[0], combination, language)
        for visit in told.visits:
            if not visit.points:
                continue
            yield from _of_what_follows(visit, told, language)
            if (which := (visit, told.detail, told.first_side)) not in seen:
                seen.add(which)
                yield from _of_visit(visit, told, language)
    if plan.visits in seen:
        return
    seen.add(plan.visits)
    longest = _longest(plan, language)
    for minutes in range(1, longest // MINUTE + 1):
        yield {"total": (write_total(Milliseconds(minutes * MINUTE), language),)}
    yield _asides(plan, language, longest)


def _longest(plan: Plan, language: Language) -> Milliseconds:
    """Return a time that no session of a plan exceeds, spoken by the slowest voice there may be."""
    _, longest = find_ends(plan, Ruler(language, _slowly, EARCON_LENGTHS))
    return min(Milliseconds(longest + _MORE_WORDS), LONGEST_SESSION)


def _slowly(spoken: str) -> Milliseconds:
    return Milliseconds(SECOND + len(spoken.split()) * MINUTE // SLOWEST)


def _plans(routine: Routine, points: Mapping[str, Point]) -> Iterator[Plan]:
    """Yield the plan for every way to press, side to begin with and time of a foot bath."""
    assists = (None,) if "assist" in routine.fix else (None, *ASSISTS)
    aparts = (False,) if "one_side_at_a_time" in routine.fix else (False, True)
    sides = ("unsure",) if "sore_side" in routine.fix else ("left", "right")
    made: list[tuple[Visit, ...]] = []
    for by, apart in product(assists, aparts):
        # Points that do not go by this are left out, as `--skip` would.
        gone = set(_lacking(routine, points, by))
        if gone >= {name for press in routine.presses for name in press.points}:
            continue
        asked = Options(assist=by, one_side_at_a_time=apart, skip=tuple(sorted(gone)))
        try:
            changed = choose_in_routine(routine, points, asked)
        except UsageError:
            continue
        for side in sides:
            first_side = Options(sore_side=side).first_side
            plan, problems = make_plan_of_what_is_right(changed, points, first_side=first_side)
            if problems:
                raise InvalidContent(problems)
            plan = leave_out(plan, {one.stop: SKIPPED for one in plan.visits if gone & {*one.points}})
            if plan.visits in made:
                continue  # pressed like that without being asked
            made.append(plan.visits)
            baths = (
                any("foot_bath" in one.aftercare for one in plan.visits) and "foot_bath" not in routine.fix
            )
            for bath in FOOT_BATHS if baths else (plan.routine.foot_bath,):
                yield replace(plan, routine=replace(plan.routine, foot_bath=bath))


def _lacking(routine: Routine, points: Mapping[str, Point], by: str | None) -> Iterator[str]:
    """Yield the points of a routine that cannot be pressed by a method."""
    for press in routine.presses if by else ():
        if any(name in points and by not in points[name].methods for name in press.points):
            yield from press.points


def _smaller(plan: Plan, seen: set[object]) -> Iterator[Plan]:
    """Yield the plan and those with few kinds of stops left, each with every kind of ice.

    Those whose like was `seen` before are left out.
    """
    kinds: dict[_Kind, str] = {}
    for visit in plan.visits:
        if visit.points:
            kinds.setdefault(_kind(visit), visit.stop)
    some = (group for size in range(1, _BESIDE + 1) for group in combinations(kinds, size))
    for group in some:
        bath = plan.routine.foot_bath if any("foot_bath" in kind.aftercare for kind in group) else ""
        which = plan.first_side, plan.routine.ready, bath, group, tuple(one.stop for one in plan.ice)
        if which in seen:
            continue
        seen.add(which)
        kept = {kinds[kind] for kind in group}
        gone = {one.stop: SKIPPED for one in plan.visits if one.points and one.stop not in kept}
        yield from _with_every_ice(leave_out(plan, gone))
    yield from _with_every_ice(plan)


def _with_every_ice(plan: Plan) -> Iterator[Plan]:
    yield plan
    if plan.ice:
        yield shorten_ice(plan, SHORT_ICE)
        for why in (LATER, SKIPPED):
            yield leave_out(plan, {one.stop: why for one in plan.ice})


class _Kind(NamedTuple):
    """What the words of other steps than its own can depend on in a stop."""

    posture: str
    lies_on: str | None
    zone: str
    aftercare: tuple[str, ...]
    by_ball: bool
    gear: tuple[str, ...]


def _kind(visit: Visit) -> _Kind:
    by_ball, gear = (visit.method.name == "ball", visit.method.gear) if visit.method else (False, ())
    return _Kind(visit.posture, visit.lies_on, visit.zone, visit.aftercare, by_ball, gear)


def _left_out(plan: Plan, language: Language) -> Iterator[Plan]:
    """Yield plans without any stop, from which every few parts of the body were left out."""
    names = [*(one.entry for one in plan.visits if one.points), *(one.id for one in plan.left_out)]
    entries = {language.points[name].part["both"]: name for name in names if name in language.points}
    for size in range(1, IN_ONE_BREATH + 1):
        for some in combinations(entries.values(), size):
            yield replace(plan, visits=(), left_out=tuple(LeftOut(name, SKIPPED) for name in some))


def _of_visit(visit: Visit, plan: Plan, language: Language) -> Iterator[Words]:
    """Yield the words of every step that belongs to one stop, over all its doses."""

    def write(step: Step) -> Words:
        return write_words(step, plan, language)

    here = Step("treat", visit.posture, visit.path, visit, lies_on=visit.lies_on)
    others = ["switch_sides"] if not visit.is_first else []
    others += ["wait"] if "notice" in visit.aftercare else []
    others += ["rest"] if visit.zone == "foot" and visit.side in OTHER else []
    for kind in others:
        yield write(replace(here, kind=kind))
    # Where a session goes on after the first side was done, the second is told in full.
    for is_first in {visit.is_first, True}:
        again = replace(visit, is_first=is_first)
        if visit.method is not None and visit.method.name == "ball":
            yield write(replace(here, kind="bring", visit=again))
        yield from _of_doses(replace(here, visit=again), again, write)


def _of_what_follows(visit: Visit, plan: Plan, language: Language) -> Iterator[Words]:
    """Yield how a stop is left, whatever comes after it."""
    here = Step("treat", visit.posture, visit.path, visit, lies_on=visit.lies_on)
    for upcoming, following in _followers(visit, plan):
        words = write_words(replace(here, upcoming=upcoming, following=following), plan, language)
        yield {"leave": words["leave"]}


def _followers(visit: Visit, plan: Plan) -> Iterator[tuple[str, Visit | None]]:
    """Yield all that may come after a stop, once whatever lies between is left out."""
    yield "end", None
    if "notice" in visit.aftercare:
        yield "wait", None
    for later in plan.visits[plan.visits.index(visit) + 1 :]:
        if not later.points:
            yield "ice", later
        elif later.points == visit.points:
            yield "other_side", later
        else:
            yield "point" if later.posture == visit.posture else "move", later


def _of_doses(here: Step, visit: Visit, write: Callable[[Step], Words]) -> Iterator[Words]:
    """Yield the words of a treatment, over all doses and shapes it may have."""
    method = visit.method
    if method is None:
        return
    shapes = [shape for _, shape in shapes_of(visit)]
    most = replace(visit, chosen=visit.dose.largest, repeats=max(one.repeats for one in shapes))
    words = write(replace(here, visit=most, upcoming="end"))
    yield {name: cues for name, cues in words.items() if not name.startswith("rest_") or name == "rest_ends"}
    massages = _whole(method.massage) if method.massage else (NOTHING,)
    for repeats in {one.repeats for one in shapes}:
        for doses in (
            [(dose, massages[0]) for dose in _whole(visit.dose)],
            [(visit.dose.largest, massage) for massage in massages],
        ):
            varied = (replace(visit, chosen=a, massage=b, repeats=repeats) for a, b in doses)
            written = (write(replace(here, visit=one)) for one in varied)
            yield from ({name: one[name] for name in _NUMBERED} for one in written)
    windows = {(one.repeats, one.window) for one in shapes if one.window}
    for (repeats, window), dose in product(windows, _whole(visit.dose)):
        spread = replace(visit, chosen=dose, repeats=repeats, window=window)
        words = write(replace(here, visit=spread))
        yield {f"rest_{at}": words[f"rest_{at}"] for at in spread.rests}


def _whole(dose: Dose) -> tuple[Milliseconds, ...]:
    """Return every dose of a range that `ruler.moved` may choose, in milliseconds."""
    whole = range(-(-dose.smallest // SECOND) * SECOND, dose.largest + 1, SECOND)
    return tuple(Milliseconds(at) for at in sorted({dose.smallest, dose.usual, dose.largest, *whole}))


def _asides(plan: Plan, language: Language, longest: Milliseconds) -> Words:
    """Return what keys may call for, in sessions of at most so many milliseconds."""
    found = dict(write_asides(plan, language, longest=longest, has_end=True))
    for left in range(2 * MORE // SECOND):
        visits = tuple(
            replace(one, chosen=Milliseconds(max(one.dose.largest - left * SECOND, one.dose.smallest)))
            for one in plan.visits
        )
        found |= write_asides(replace(plan, visits=visits), language, longest=NOTHING)
    return found
