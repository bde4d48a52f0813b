"""Plan -> how long it is: at any pace, with doses moved along their ranges, in other shapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from voiceguide.scheduler.actions import LEAST_GAP, REST_INSTEAD, Comfort
from voiceguide.scheduler.hold import Measure
from voiceguide.scheduler.language import Language
from voiceguide.scheduler.plan import Plan, Step
from voiceguide.scheduler.point import Dose
from voiceguide.scheduler.script import write_total, write_words
from voiceguide.scheduler.step_timeline import TOTAL_SLOT, StepLayout, lay_step
from voiceguide.units import NOTHING, SECOND, Milliseconds

FULL_DOSE = 1000
"""The fraction, in thousandths, at which every dose is at its largest; minus that is the smallest."""
CUSHION = 10 * SECOND
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
    _layouts: dict[tuple[int, int, str], tuple[Step, StepLayout]] = field(default_factory=dict)
    _varied: dict[tuple[object, ...], tuple[Step, Step]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.measure = cache(self.measure)

    def lay(self, plan: Plan, step: Step) -> StepLayout:
        """Return a step of a plan in its own time."""
        # By identity: a step stays the same object while nothing in it changes, and to hash one takes longer
        # than to lay it. It is kept alive here, so that no other one can take its identity.
        key = id(step), self.total_slot if step.kind == "open" else 0, plan.detail
        found = self._layouts.get(key)
        if found is None:
            words = write_words(step, plan, self.language)
            layout = lay_step(
                step,
                words,
                self.measure,
                earcon_lengths=self.earcon_lengths,
                total_slot=self.total_slot,
            )
            found = self._layouts[key] = step, layout
        return found[1]

    def total(self, plan: Plan, pace: int) -> int:
        """Return how many milliseconds a plan takes at a pace."""
        return sum(self.lay(plan, step).length(pace) for step in plan.steps)

    def varied_total(self, plan: Plan, shapes: Mapping[str, Shape], fraction: int, pace: int) -> int:
        """Return how many milliseconds a plan takes in other shapes, with all doses moved by a fraction."""
        return sum(self.lay(plan, self.vary_step(step, shapes, fraction)).length(pace) for step in plan.steps)

    def part(self, plan: Plan, entry: str, shape: Shape, fraction: int, pace: int) -> int:
        """Return how many milliseconds the steps of one entry of points take in a shape."""
        return sum(
            self.lay(plan, self.vary_step(step, {entry: shape}, fraction)).length(pace)
            for step in plan.steps
            if step.visit_is_treated and step.visit and step.visit.entry == entry
        )

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
        steps = tuple(self.vary_step(step, shapes, fraction) for step in plan.steps)
        treated = {step.visit.stop: step.visit for step in steps if step.kind == "treat" and step.visit}
        visits = tuple(treated.get(visit.stop, visit) for visit in plan.visits)
        return replace(plan, visits=visits, steps=steps)

    def fractions(self, plan: Plan, sign: int) -> list[int]:
        """Return 0 and, in order, the sizes of the fractions of this sign at which a dose of a plan moves."""
        found = {0}
        for step in plan.steps:
            if step.lasts:
                found |= moves_of(REST_INSTEAD, sign, CUSHION)
            elif step.kind == "treat" and step.visit is not None and step.visit.method is not None:
                found |= moves_of(step.visit.dose, sign, SECOND)
                if step.visit.method.massage:
                    found |= moves_of(step.visit.method.massage, sign, SECOND)
        return sorted(found)

    def vary_step(self, step: Step, shapes: Mapping[str, Shape], fraction: int) -> Step:
        """Return a step in its shape, its doses moved: the same object each time for the same change."""
        visit = step.visit
        if step.lasts:
            lasts = moved(REST_INSTEAD, fraction, CUSHION)
            return self._same(step, (lasts,), lambda: replace(step, lasts=lasts))
        if step.kind != "treat" or visit is None:
            return step
        shape, massage = shapes[visit.entry], visit.method.massage if visit.method else None
        chosen = moved(visit.dose, fraction)
        rubbed = moved(massage, fraction) if massage else NOTHING

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


@cache
def moves_of(dose: Dose | Comfort, sign: int, unit: int) -> frozenset[int]:
    """Return the sizes of the fractions of this sign at which `moved` returns another dose, in any order.

    There may be some among them at which it does not.
    """
    end = dose.largest if sign > 0 else dose.smallest
    span = abs(end - dose.usual)
    if not span:
        return frozenset({1})
    # Half a unit before each whole number of units: there `moved` rounds to it, upwards if it is halfway.
    first = dose.usual // unit * unit
    twice = (2 * abs(at - dose.usual) - unit for at in range(first, end + sign * unit, sign * unit))
    found = {-(-FULL_DOSE * one // (2 * span)) for one in twice}
    return frozenset({1, *(size + more for size in found for more in (0, 1) if 0 < size + more <= FULL_DOSE)})


def moved(dose: Dose | Comfort, fraction: int, unit: int = SECOND) -> Milliseconds:
    """Return a dose after a fraction of its way from the usual, as the nearest whole number of units."""
    smallest, usual, largest = dose.smallest, dose.usual, dose.largest
    if not fraction:
        return usual
    span = largest - usual if fraction > 0 else usual - smallest
    exact = usual * FULL_DOSE + span * fraction
    nearest = (2 * exact + unit * FULL_DOSE) // (2 * unit * FULL_DOSE) * unit
    return Milliseconds(min(max(nearest, smallest), largest))
