"""Plan + length -> the plan whose session is exactly that long, every dose inside its range.

What may be turned, the best first; an earlier line is never paid for with a later one:

1. as few optional points as can be are left out, those with the highest number first;
2. rounds, repeats and the window of spread presses change as little as can be from the usual, counted in
   rounds, repeats and minutes of the window; among equals the later points of the session change first;
3. all doses move by the same fraction of their way from the usual towards their largest or smallest, the
   smallest such fraction on a grid of thousandths, each dose the nearest whole second;
4. all comfort times move by the same fraction of theirs, the pace, likewise. The milliseconds that are still
   missing go to the points, then to rests and waits, then to what else is only talked through, last to the
   closing.

Never changed: a dose beyond its range, the equality of the two sides, the ice, a line that must be heard,
what is to be fetched, a point that is no option.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import NamedTuple

from voiceguide.scheduler.actions import LEAST_GAP, REST_INSTEAD, SLOWEST, Comfort
from voiceguide.scheduler.hold import Measure
from voiceguide.scheduler.language import Language
from voiceguide.scheduler.plan import DROPPED, Plan, Step, leave_out
from voiceguide.scheduler.point import Count, Dose
from voiceguide.scheduler.script import Words, write_total, write_words
from voiceguide.scheduler.step_timeline import TOTAL_SLOT, lay_step
from voiceguide.scheduler.visit import Visit
from voiceguide.units import MINUTE, NOTHING, SECOND, Milliseconds

FULL_DOSE = 1000
"""The fraction, in thousandths, at which every dose is at its largest; minus that is the smallest."""
_RESTS = {"rest", "switch_sides", "wait"}
_CUSHION = 30 * SECOND
"""The rest at the end instead of ice lasts a whole number of these, so that its length can be told."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How often a point is pressed, and over how long."""

    rounds: int
    """Rounds."""
    repeats: int
    """Presses in one round."""
    window: Milliseconds
    """Milliseconds; 0 where nothing is spread."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How a plan is gone through so that it takes a certain time."""

    plan: Plan
    """With every dose chosen, and without what was left out for the time."""
    paces: tuple[int, ...]
    """For each step: `pace` of `lay_step`."""
    extras: tuple[Milliseconds, ...]
    """For each step: `extra` of `lay_step`."""
    fraction: int
    """By how much the doses moved, in thousandths of their way to the largest (or, below 0, smallest)."""


@dataclass(slots=True)
class Ruler:
    """Measures the steps of plans by laying them out; remembers what it measured."""

    language: Language
    """In which words."""
    measure: Measure
    """Spoken text -> milliseconds it sounds."""
    earcon_lengths: Mapping[str, Milliseconds]
    """Earcon -> milliseconds it sounds."""
    total_slot: Milliseconds = TOTAL_SLOT
    """Milliseconds for the cue that says the total."""
    _words: dict[int, tuple[Step, Words]] = field(default_factory=dict)
    _lengths: dict[tuple[int, int, int, int], int] = field(default_factory=dict)
    _varied: dict[tuple[object, ...], tuple[Step, Step]] = field(default_factory=dict)

    def length(self, plan: Plan, step: Step, pace: int, extra: int = 0) -> int:
        """Return how many milliseconds a step of a plan takes at a pace."""
        # By identity: a step stays the same object while nothing in it changes, and to hash one takes longer
        # than to lay it. `_words` keeps it alive, so that no other one can take its identity.
        key = id(step), pace, extra, self.total_slot
        if key not in self._lengths:
            if id(step) not in self._words:
                self._words[id(step)] = step, write_words(step, plan, self.language)
            self._lengths[key] = lay_step(
                step,
                self._words[id(step)][1],
                self.measure,
                earcon_lengths=self.earcon_lengths,
                total_slot=self.total_slot,
                pace=pace,
                extra=Milliseconds(extra),
            ).duration
        return self._lengths[key]

    def total(self, plan: Plan, pace: int) -> int:
        """Return how many milliseconds a plan takes at a pace."""
        return sum(self.length(plan, step, pace) for step in plan.steps)

    def make_room_for(self, length: Milliseconds) -> None:
        """Make the slot of the opening as long as the words for this total need it."""
        needed = self.measure(write_total(length, self.language).spoken) + LEAST_GAP
        self.total_slot = Milliseconds(TOTAL_SLOT * -(-needed // TOTAL_SLOT))

    def settled_total(self, plan: Plan, pace: int) -> Milliseconds:
        """Return how many milliseconds a plan takes at a pace, with the slot that this very total needs."""
        self.total_slot = TOTAL_SLOT
        while True:
            total = Milliseconds(self.total(plan, pace))
            slot = self.total_slot
            self.make_room_for(total)
            if self.total_slot <= slot:
                self.total_slot = slot
                return total

    def vary(self, plan: Plan, shapes: Mapping[str, Shape], fraction: int) -> Plan:
        """Return the plan with other shapes, and all doses moved by a fraction of their way."""
        steps = tuple(self._vary_step(step, shapes, fraction) for step in plan.steps)
        treated = {step.visit.stop: step.visit for step in steps if step.kind == "treat" and step.visit}
        visits = tuple(treated.get(visit.stop, visit) for visit in plan.visits)
        return replace(plan, visits=visits, steps=steps)

    def _vary_step(self, step: Step, shapes: Mapping[str, Shape], fraction: int) -> Step:
        visit = step.visit
        if step.lasts:
            lasts = _moved(REST_INSTEAD, fraction, _CUSHION)
            return self._same(step, (lasts,), lambda: replace(step, lasts=lasts))
        if step.kind != "treat" or visit is None:
            return step
        shape, massage = shapes[visit.entry], visit.method.massage if visit.method else None
        chosen = _moved(visit.dose, fraction)
        rubbed = _moved(massage, fraction) if massage else NOTHING

        def varied() -> Step:
            new = replace(
                visit,
                chosen=chosen,
                massage=rubbed,
                rounds=shape.rounds,
                repeats=shape.repeats,
                window=shape.window,
            )
            return step if new == visit else replace(step, visit=new)

        return self._same(step, (shape, chosen, rubbed), varied)

    def _same(self, step: Step, what: tuple[object, ...], make: Callable[[], Step]) -> Step:
        """Return the same object each time for the same change of a step; keeps the step alive, too."""
        key = id(step), *what
        if key not in self._varied:
            self._varied[key] = step, make()
        return self._varied[key][1]


def find_ranges(plan: Plan, ruler: Ruler) -> tuple[tuple[Milliseconds, Milliseconds], ...]:
    """Return the lengths that a plan can take, in milliseconds, as ranges in order that do not touch."""
    found = sorted(
        (
            ruler.settled_total(_smallest(level, ruler), -SLOWEST),
            ruler.settled_total(_largest(level, ruler), SLOWEST),
        )
        for level in _levels(plan)
    )
    ranges = [found[0]]
    for shortest, longest in found[1:]:
        if shortest <= ranges[-1][1]:
            ranges[-1] = ranges[-1][0], max(ranges[-1][1], longest)
        else:
            ranges.append((shortest, longest))
    return tuple(ranges)


def find_ends(plan: Plan, ruler: Ruler) -> tuple[Milliseconds, Milliseconds]:
    """Return the shortest and the longest a plan can take, in milliseconds."""
    *_, last = _levels(plan)
    return (
        ruler.settled_total(_smallest(last, ruler), -SLOWEST),
        ruler.settled_total(_largest(plan, ruler), SLOWEST),
    )


def fit(plan: Plan, length: Milliseconds, ruler: Ruler) -> Fit | None:
    """Return how the plan takes exactly `length` milliseconds; None if it cannot."""
    ruler.make_room_for(length)
    for level in _levels(plan):
        for shapes in _shapes_within(level, length, ruler):
            found = _fit_doses(level, shapes, length, ruler)
            if found is not None:
                return found
    return None


def _levels(plan: Plan) -> Iterator[Plan]:
    """Yield the plan, then without its most optional point, and so on."""
    yield plan
    for number in range(1, len(plan.optional) + 1):
        gone = set(plan.optional[:number])
        if any(visit.points and visit.entry not in gone for visit in plan.visits):
            yield leave_out(plan, {visit.stop: DROPPED for visit in plan.visits if visit.entry in gone})


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
    """Return the plan with everything at its smallest; at the quickest pace nothing is shorter."""
    ranges = {entry: _ranges_of(visit) for entry, visit in _firsts(plan).items()}
    shapes = {entry: Shape(a.smallest, b.smallest, c.smallest) for entry, (a, b, c) in ranges.items()}
    return ruler.vary(plan, shapes, -FULL_DOSE)


def _largest(plan: Plan, ruler: Ruler) -> Plan:
    """Return the plan with everything at its largest; at the slowest pace nothing is longer."""
    ranges = {entry: _ranges_of(visit) for entry, visit in _firsts(plan).items()}
    shapes = {entry: Shape(a.largest, b.largest, c.largest) for entry, (a, b, c) in ranges.items()}
    return ruler.vary(plan, shapes, FULL_DOSE)


def _shapes_of(visit: Visit) -> list[tuple[int, Shape]]:
    """Return every shape that a visit may take, with how far it is from the one it has."""
    rounds, repeats, window = _ranges_of(visit)
    minutes = range(window.smallest, window.largest + 1, MINUTE) if window.largest else (0,)
    found = [
        (
            abs(often - visit.rounds) + abs(times - visit.repeats) + abs(over - visit.window) // MINUTE,
            Shape(often, times, Milliseconds(over)),
        )
        for often in range(rounds.smallest, rounds.largest + 1)
        for times in range(repeats.smallest, repeats.largest + 1)
        for over in sorted({*minutes, int(visit.window)})
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
    firsts = _firsts(plan)
    usual = {entry: Shape(one.rounds, one.repeats, one.window) for entry, one in firsts.items()}
    ends = ((-FULL_DOSE, -SLOWEST), (FULL_DOSE, SLOWEST))
    if not (
        ruler.total(_smallest(plan, ruler), -SLOWEST) <= length <= ruler.total(_largest(plan, ruler), SLOWEST)
    ):
        return
    base = [ruler.total(ruler.vary(plan, usual, fraction), pace) for fraction, pace in ends]
    choices = []
    for entry, visit in firsts.items():
        shapes = []
        for cost, shape in _shapes_of(visit):
            varied = [ruler.vary(plan, usual | {entry: shape}, fraction) for fraction, _ in ends]
            sooner, later = (
                ruler.total(one, pace) - was for one, (_, pace), was in zip(varied, ends, base, strict=True)
            )
            shapes.append(_Choice(shape, cost, sooner, later))
        choices.append(shapes)
    for chosen in sorted(product(*choices), key=lambda chosen: sum(one.cost for one in chosen)):
        shortest, longest = (
            base[0] + sum(one.least for one in chosen),
            base[1] + sum(one.most for one in chosen),
        )
        if shortest <= length <= longest:
            yield {entry: one.shape for entry, one in zip(firsts, chosen, strict=True)}


def _moved(dose: Dose | Comfort, fraction: int, unit: int = SECOND) -> Milliseconds:
    """Return a dose after a fraction of its way from the usual, as the nearest whole number of units."""
    smallest, usual, largest = dose.smallest, dose.usual, dose.largest
    if not fraction:
        return usual
    span = largest - usual if fraction > 0 else usual - smallest
    moved = usual * FULL_DOSE + span * fraction
    nearest = (2 * moved + unit * FULL_DOSE) // (2 * unit * FULL_DOSE) * unit
    return Milliseconds(min(max(nearest, smallest), largest))


def _fit_doses(plan: Plan, shapes: Mapping[str, Shape], length: Milliseconds, ruler: Ruler) -> Fit | None:
    """Return the fit with the smallest fraction; None if no fraction has the length between its paces."""
    usual = ruler.vary(plan, shapes, 0)
    if ruler.total(usual, -SLOWEST) <= length <= ruler.total(usual, SLOWEST):
        return _fit_pace(usual, 0, length, ruler)
    sign = 1 if length > ruler.total(usual, SLOWEST) else -1

    def reaches(fraction: int) -> bool:
        total = ruler.total(ruler.vary(plan, shapes, sign * fraction), sign * SLOWEST)
        return sign * total >= sign * length

    below, above = 0, FULL_DOSE
    while above - below > 1:
        middle = (below + above) // 2
        if reaches(middle):
            above = middle
        else:
            below = middle
    for fraction in range(above, FULL_DOSE + 1):
        varied = ruler.vary(plan, shapes, sign * fraction)
        if ruler.total(varied, -SLOWEST) <= length <= ruler.total(varied, SLOWEST):
            return _fit_pace(varied, sign * fraction, length, ruler)
    return None


def _fit_pace(plan: Plan, fraction: int, length: Milliseconds, ruler: Ruler) -> Fit | None:
    """Return the fit of a plan whose doses are chosen, the pace being all that is left."""
    slow, fast = SLOWEST + 1, -SLOWEST
    while slow - fast > 1:
        middle = (slow + fast) // 2
        slow, fast = (slow, middle) if ruler.total(plan, middle) <= length else (middle, fast)
    missing = length - ruler.total(plan, fast)
    paces = [fast] * len(plan.steps)
    extras = [NOTHING] * len(plan.steps)
    if missing and fast < SLOWEST:
        for group in _together(plan):
            more = sum(
                ruler.length(plan, plan.steps[at], fast + 1) - ruler.length(plan, plan.steps[at], fast)
                for at in group
            )
            if more <= missing:
                missing -= more
                for at in group:
                    paces[at] += 1
            elif len(group) == 1 and not plan.steps[group[0]].visit_is_treated:
                step = plan.steps[group[0]]
                is_silence = (
                    ruler.length(plan, step, fast, missing) - ruler.length(plan, step, fast) == missing
                )
                if is_silence:
                    extras[group[0]] = Milliseconds(missing)
                    missing = 0
            if not missing:
                break
    return Fit(plan, tuple(paces), tuple(extras), fraction) if not missing else None


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
