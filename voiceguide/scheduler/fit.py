"""Plan + length -> the plan whose session is exactly that long, every dose inside its range.

What may be turned, the best first; an earlier line is never paid for with a later one:

1. as few optional points as can be are left out, those with the highest number first;
2. the words are as full as was asked for; where that is left to the length, brief if they must be;
3. rounds, repeats and the window of spread presses change as little as can be from the usual, counted in
   rounds, repeats and minutes of the window, which moves by half minutes; among equals the later
   points of the session change first;
4. all doses move by the same fraction of their way from the usual towards their largest or smallest, the
   smallest such fraction on a grid of thousandths, each dose the nearest whole second;
5. all comfort times move by the same fraction of theirs, the pace, likewise. The milliseconds that are still
   missing go to the points, then to rests and waits, then to what else is only talked through, last to the
   closing.

Never changed: a dose beyond its range, the equality of the two sides, the ice, a line that must be heard,
what is to be fetched, a point that is no option.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import NamedTuple

from voiceguide.scheduler.plan import DROPPED, Plan, leave_out
from voiceguide.scheduler.point import Count, Dose
from voiceguide.scheduler.ruler import FULL_DOSE, Ruler, Shape
from voiceguide.scheduler.visit import Visit
from voiceguide.units import MINUTE, NOTHING, SECOND, Milliseconds

_RESTS = {"rest", "switch_sides", "wait"}
_WORDS_OF_DOSES = 6 * SECOND
"""The words for all doses together never get shorter by more, even in a very slow voice."""
_WINDOW_STEP = 30 * SECOND
"""By how much a window moves: in greater steps there would be lengths between them that nothing fills."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How a plan is gone through so that it takes a certain time."""

    plan: Plan
    """With every dose chosen, and without what was left out for the time."""
    paces: tuple[int, ...]
    """For each step: from -1000, the quickest, over 0 to 1000, the slowest."""
    extras: tuple[Milliseconds, ...]
    """For each step: milliseconds of silence on top of that."""
    fraction: int
    """By how much the doses moved, in thousandths of their way to the largest (or, below 0, smallest)."""
    total_slot: Milliseconds
    """Milliseconds of the opening for the cue that says the total."""


def find_ranges(plan: Plan, ruler: Ruler) -> tuple[tuple[Milliseconds, Milliseconds], ...]:
    """Return the lengths that a plan can take, in milliseconds, as ranges in order that do not touch."""
    found: list[tuple[int, int]] = []
    for level in _levels(plan):
        shortest, longest = (
            ruler.settled_total(_smallest(level, ruler), plan.pace.quickest),
            ruler.settled_total(_largest(level, ruler), plan.pace.slowest),
        )
        within = [_base(level, ruler)]
        for choices in _choices(level, ruler):
            ends = {(one.least, one.most) for one in choices}
            within = _merged((low + least, high + most) for low, high in within for least, most in ends)
        # The ends are told to the millisecond, with the very words for such a total.
        within[0], within[-1] = (shortest, within[0][1]), (within[-1][0], longest)
        found.extend((min(low, high), high) for low, high in within)
    return tuple((Milliseconds(low), Milliseconds(high)) for low, high in _merged(found))


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return ranges in order, those that touch as one."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(merged[-1][1], high)
        else:
            merged.append((low, high))
    return merged


def find_ends(plan: Plan, ruler: Ruler) -> tuple[Milliseconds, Milliseconds]:
    """Return the shortest and the longest a plan can take, in milliseconds."""
    *_, last = _levels(plan)
    return (
        ruler.settled_total(_smallest(last, ruler), plan.pace.quickest),
        ruler.settled_total(_largest(plan, ruler), plan.pace.slowest),
    )


def fit(plan: Plan, length: Milliseconds, ruler: Ruler) -> Fit | None:
    """Return how the plan takes exactly `length` milliseconds; None if it cannot."""
    ruler.make_room_for(length)
    for level in _levels(plan):
        if level is not plan and length < ruler.total(_smallest(level, ruler), plan.pace.quickest):
            # Most levels are passed over, as they are too long: they are laid at their smallest only.
            continue
        if ruler.total(level, plan.pace.quickest) <= length <= ruler.total(level, plan.pace.slowest):
            return _fit_pace(level, 0, length, ruler)
        for shapes in _shapes_within(level, length, ruler):
            if (found := _fit_doses(level, shapes, length, ruler)) is not None:
                return found
    return None


def _levels(plan: Plan) -> Iterator[Plan]:
    """Yield the plan, then without its most optional point, and so on; each briefer too, if it can be."""
    for number in range(len(plan.optional) + 1):
        gone = set(plan.optional[:number])
        if any(visit.points and visit.entry not in gone for visit in plan.visits):
            level = leave_out(plan, {visit.stop: DROPPED for visit in plan.visits if visit.entry in gone})
            yield level
            if level.can_be_brief:
                yield replace(level, detail="brief")


def _ranges_of(visit: Visit) -> tuple[Count, Count, Dose]:
    """Return the ranges of rounds, repeats and window; of one each where nothing is pressed."""
    once, none = Count(1, 1, 1), Dose(NOTHING, NOTHING, NOTHING)
    method = visit.method
    return (method.rounds, method.repeats, method.window or none) if method else (once, once, none)


def _firsts(plan: Plan) -> dict[str, Visit]:
    """Return the first visit of every entry of points."""
    firsts: dict[str, Visit] = {}
    for visit in plan.visits:
        if visit.points:
            firsts.setdefault(visit.entry, visit)
    return firsts


def _smallest(plan: Plan, ruler: Ruler) -> Plan:
    """Return the plan with everything at its smallest, which at the quickest pace is as short as it gets."""
    ranges = {entry: _ranges_of(visit) for entry, visit in _firsts(plan).items()}
    shapes = {entry: Shape(a.smallest, b.smallest, c.smallest) for entry, (a, b, c) in ranges.items()}
    return ruler.vary(plan, shapes, -FULL_DOSE)


def _largest(plan: Plan, ruler: Ruler) -> Plan:
    """Return the plan with everything at its largest, which at the slowest pace is as long as it gets."""
    ranges = {entry: _ranges_of(visit) for entry, visit in _firsts(plan).items()}
    shapes = {entry: Shape(a.largest, b.largest, c.largest) for entry, (a, b, c) in ranges.items()}
    return ruler.vary(plan, shapes, FULL_DOSE)


def shapes_of(visit: Visit) -> list[tuple[int, Shape]]:
    """Return every shape that a visit may take, with how far it is from the one it has."""
    rounds, repeats, window = _ranges_of(visit)
    windows = {window.largest, *range(window.smallest, window.largest + 1, _WINDOW_STEP), int(visit.window)}
    found = [
        (
            (abs(often - visit.rounds) + abs(times - visit.repeats)) * (MINUTE // _WINDOW_STEP)
            + -(-abs(over - visit.window) // _WINDOW_STEP),
            Shape(often, times, Milliseconds(over)),
        )
        for often in range(rounds.smallest, rounds.largest + 1)
        for times in range(repeats.smallest, repeats.largest + 1)
        for over in sorted(windows)
    ]
    return sorted(found, key=lambda one: one[0])


class _Choice(NamedTuple):
    """A shape that an entry may take."""

    shape: Shape
    cost: int
    least: int
    most: int


def _shapes_within(plan: Plan, length: Milliseconds, ruler: Ruler) -> Iterator[dict[str, Shape]]:
    """Yield the shapes in which the plan can be as long as that, the nearest to the usual first."""
    shortest = ruler.total(_smallest(plan, ruler), plan.pace.quickest)
    if not shortest <= length <= ruler.total(_largest(plan, ruler), plan.pace.slowest):
        return
    firsts = _firsts(plan)
    base = _base(plan, ruler)
    if base[0] <= length <= base[1]:
        yield _usual(plan)
    for chosen in _combine(_choices(plan, ruler), base[0], base[1], length):
        yield {entry: one.shape for entry, one in zip(firsts, chosen, strict=True)}


def _usual(plan: Plan) -> dict[str, Shape]:
    return {entry: Shape(one.rounds, one.repeats, one.window) for entry, one in _firsts(plan).items()}


def _ends(plan: Plan) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the fraction and the pace at which a plan is shortest, and those at which it is longest."""
    return (-FULL_DOSE, plan.pace.quickest), (FULL_DOSE, plan.pace.slowest)


def _base(plan: Plan, ruler: Ruler) -> tuple[int, int]:
    """Return the shortest and the longest that a plan takes in its usual shapes."""
    low, high = (ruler.varied_total(plan, _usual(plan), *end) for end in _ends(plan))
    return low, high


def _choices(plan: Plan, ruler: Ruler) -> list[list[_Choice]]:
    """Return the shapes of every entry, the usual one first, with what each adds to the base."""
    usual, ends = _usual(plan), _ends(plan)
    choices = []
    for entry, visit in _firsts(plan).items():
        possible = shapes_of(visit)
        if len(possible) == 1:
            choices.append([_Choice(usual[entry], 0, 0, 0)])
            continue
        shapes = []
        for cost, shape in possible:
            least, most = (ruler.part(plan, entry, shape, *end) for end in ends)
            shapes.append(_Choice(shape, cost, least, most))
        # What the usual shape takes is in the base already.
        least, most = (ruler.part(plan, entry, usual[entry], *end) for end in ends)
        choices.append([one._replace(least=one.least - least, most=one.most - most) for one in shapes])
    return choices


def _combine(
    choices: Sequence[Sequence[_Choice]], least: int, most: int, length: int
) -> Iterator[tuple[_Choice, ...]]:
    """Yield every way to choose one each that can be that long, the cheapest first, the last changing first.

    The way in which nothing costs anything, which is the usual, is left out.
    """
    # For the choices from each on, by what they cost together: the least and the most that they can add.
    bounds: list[dict[int, tuple[int, int]]] = [{0: (0, 0)}]
    for shapes in reversed(choices):
        table: dict[int, tuple[int, int]] = {}
        for one, (cost, (low, high)) in product(shapes, bounds[0].items()):
            was = table.get(one.cost + cost, (low + one.least, high + one.most))
            table[one.cost + cost] = min(was[0], low + one.least), max(was[1], high + one.most)
        bounds.insert(0, table)

    def choose(at: int, cost: int, least: int, most: int) -> Iterator[tuple[_Choice, ...]]:
        if cost not in bounds[at]:
            return
        low, high = bounds[at][cost]
        if not least + low <= length <= most + high:
            return
        if at == len(choices):
            yield ()
            return
        for one in choices[at]:
            rest = choose(at + 1, cost - one.cost, least + one.least, most + one.most)
            yield from ((one, *others) for others in rest)

    for cost in sorted(bounds[0]):
        if cost:
            yield from choose(0, cost, least, most)


def _fit_doses(plan: Plan, shapes: Mapping[str, Shape], length: Milliseconds, ruler: Ruler) -> Fit | None:
    """Return the fit with the smallest fraction; None if no fraction has the length between its paces."""
    usual = ruler.vary(plan, shapes, 0)
    if ruler.total(usual, plan.pace.quickest) <= length <= ruler.total(usual, plan.pace.slowest):
        return _fit_pace(usual, 0, length, ruler)
    sign, pace = (
        (1, plan.pace.slowest) if length > ruler.total(usual, plan.pace.slowest) else (-1, plan.pace.quickest)
    )

    # Between two of these nothing changes.
    fractions = ruler.fractions(plan, sign)

    def reach(at: int) -> int:
        return sign * ruler.varied_total(plan, shapes, sign * fractions[at], pace)

    above = _first_reaching(reach, sign * length, 0, len(fractions) - 1)
    # The words of a dose can get shorter as it grows: "a minute and fifty-nine seconds", "two minutes". So a
    # smaller fraction may reach as far, as long as its total is no further off than such words can make up.
    for at in range(above - 1, 0, -1):
        missing = sign * length - reach(at)
        if missing <= 0:
            above = at
        elif missing > _WORDS_OF_DOSES:
            break
    for fraction in fractions[above:]:
        varied = ruler.vary(plan, shapes, sign * fraction)
        if ruler.total(varied, plan.pace.quickest) <= length <= ruler.total(varied, plan.pace.slowest):
            return _fit_pace(varied, sign * fraction, length, ruler)
    return None


def _first_reaching(value: Callable[[int], int], target: int, low: int, high: int) -> int:
    """Return the first number after `low` whose value is `target` or more, or `high` if none before it is.

    The value of `low` is less. Values that never fall are supposed, and those that grow evenly found soonest.
    """
    at_low, at_high = value(low), value(high)
    evenly = True
    while high - low > 1:
        middle = (low + high) // 2
        if evenly and at_high > at_low:
            middle = low + (high - low) * (target - at_low) // (at_high - at_low)
            middle = min(max(middle, low + 1), high - 1)
        found = value(middle)
        # By halves every other time, so that what grows unevenly is found soon, too.
        evenly = not evenly
        if found >= target:
            high, at_high = middle, found
        else:
            low, at_low = middle, found
    return high


def _fit_pace(plan: Plan, fraction: int, length: Milliseconds, ruler: Ruler) -> Fit:
    """Return the fit of a plan whose doses are chosen and that can be that long: the pace is what is left."""
    quickest, _, slowest = plan.pace
    fast = slowest
    if ruler.total(plan, slowest) > length:
        fast = _first_reaching(lambda pace: ruler.total(plan, pace), length + 1, quickest, slowest) - 1
    missing = length - ruler.total(plan, fast)
    paces = [fast] * len(plan.steps)
    extras = [NOTHING] * len(plan.steps)
    if missing and fast < slowest:
        for group in _together(plan):
            layouts = [ruler.lay(plan, plan.steps[at]) for at in group]
            more = sum(layout.length(fast + 1) - layout.length(fast) for layout in layouts)
            if more <= missing:
                missing -= more
                for at in group:
                    paces[at] += 1
            elif layouts[0].can_wait:
                extras[group[0]] = Milliseconds(missing)
                missing = 0
            if not missing:
                break
    if missing:
        # The closing, which can always wait.
        extras[-1] = Milliseconds(missing)
    return Fit(plan, tuple(paces), tuple(extras), fraction, ruler.total_slot)


def _together(plan: Plan) -> Iterable[tuple[int, ...]]:
    """Yield the steps that go slower together: both sides of a point, then one by one what is only said."""
    treated: dict[str, list[int]] = {}
    for at, step in enumerate(plan.steps):
        if step.visit_is_treated and step.visit is not None:
            treated.setdefault(step.visit.entry or step.visit.stop, []).append(at)
    yield from map(tuple, treated.values())
    said = [at for at, step in enumerate(plan.steps) if not step.visit_is_treated]
    order = sorted(said, key=lambda at: (plan.steps[at].kind == "close", plan.steps[at].kind not in _RESTS))
    yield from ((at,) for at in order)
