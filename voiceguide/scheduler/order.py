"""What is wrong with the order of visits: points that come twice, postures that scatter, ice out of place."""

from __future__ import annotations

from collections.abc import Sequence

from voiceguide.errors import Problem
from voiceguide.scheduler.shape import Problems
from voiceguide.scheduler.visit import BACK, ICE_FOLLOWS, Visit, in_words


def find_problems_of_order(visits: Sequence[Visit], *, has_gaps: bool) -> Problems:
    """Return what is wrong with the order of visits that are right in themselves.

    With gaps, where others were wrong, ice may only seem out of place: that is told once they are mended.
    """
    ice = [] if has_gaps else [problem for _, problem in find_misplaced_ice(visits)]
    return [*_repeats(visits), *_scattered_postures(visits), *ice]


def _repeats(visits: Sequence[Visit]) -> Problems:
    problems: Problems = []
    seen: dict[str, Visit] = {}
    for visit in visits:
        # Both sides of a step, and points that another step presses as one, are told once, at the later step.
        names = visit.points or (visit.stop,)
        again = [name for name in names if name in seen and seen[name].path != visit.path]
        if again and not any(problem.path == visit.path for problem in problems):
            what = " and ".join(again) if visit.points else f"ice on the {visit.zone}"
            hint = "once is enough; 'rounds: 2' presses longer."
            problems.append(Problem(visit.path, f"{what} comes twice", hint=hint))
        for name in names:
            seen.setdefault(name, visit)
    return problems


def _scattered_postures(visits: Sequence[Visit]) -> Problems:
    problems: Problems = []
    postures: list[str] = []
    for visit in visits:
        if postures and postures[-1] == visit.posture:
            continue
        if visit.posture in postures:
            hint = "put all steps of one posture in one run: getting up and down hurts."
            what = f"the body is {in_words(visit.posture)} a second time"
            problems.append(Problem(visit.path, what, hint=hint))
        postures.append(visit.posture)
    return problems


def find_misplaced_ice(visits: Sequence[Visit]) -> list[tuple[Visit, Problem]]:
    """Return every icing of what nothing touched, or that comes too long after its work, with what to do."""
    found = []
    for index, visit in enumerate(visits):
        if visit.points:
            continue
        before = [one for one in visits[:index] if one.points]
        worked = [one.zone in ICE_FOLLOWS[visit.zone] for one in before]
        if not any(worked):
            what = f"nothing on the {visit.zone} has been pressed before its ice"
            hint = "ice only what was worked on: press a point there first, or leave the ice out."
            found.append((visit, Problem(visit.path, what, hint=hint)))
        elif not worked[-1] and not _follows_the_backs(visits, index):
            what = f"the {visit.zone}'s ice comes too long after the work there"
            hint = "put it right after the points of the arms, or after the back's ice."
            if visit.zone == "back":
                hint = "put the points of back and hips last, right before their ice."
            found.append((visit, Problem(visit.path, what, hint=hint)))
    return found


def _follows_the_backs(visits: Sequence[Visit], index: int) -> bool:
    """Return True if the ice at this place comes right after the back's, which may part it from its work."""
    return visits[index].zone not in BACK and index > 0 and visits[index - 1].stop == "ice.back"
