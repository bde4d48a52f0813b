"""Routine -> visits: every stop in order, sides unrolled. Dose ranges travel along, still open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from voiceguide.errors import Problem, did_you_mean
from voiceguide.scheduler.point import Count, Dose, Method, Point
from voiceguide.scheduler.routine import Group, IceOn, Press, Routine, TakePosture
from voiceguide.scheduler.shape import Path, Problems
from voiceguide.units import SECOND, Milliseconds

OTHER = {"left": "right", "right": "left"}
BACK = {"back", "hips"}
"""Zones whose work the back's ice follows."""
ICE_TIME = {"back": Milliseconds(900 * SECOND)}
"""By zone. S52: about 15 minutes for back and hips."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One stop, or one icing."""

    stop: str
    """Stable id such as `li4.left` or `ice.back`."""
    points: tuple[str, ...]
    """Ids of the points pressed as one; empty for ice."""
    side: str | None
    """A place: `left`, `right`, `both` or None."""
    is_first: bool
    """True on the first of two sides, and where there is only one."""
    method: Method | None
    """How it is pressed; None for ice."""
    posture: str
    """Where the body is."""
    zone: str
    """Part of the body."""
    dose: Dose
    """Milliseconds of one press, or of the ice; the range it may be chosen from."""
    chosen: Milliseconds
    """The dose taken."""
    rounds: int
    """How often press, dose and release are gone through in place."""
    repeats: int
    """How often the hold comes back in one round."""
    optional: int
    """0 for core; else the highest number is left out first."""
    cautions: tuple[str, ...]
    """Conditions under which it is left out."""
    aftercare: tuple[str, ...]
    """What follows it."""
    codes: str
    """The source documents' codes with the WHO codes and names, as screens show them."""
    path: Path
    """Where it stands in the routine's file."""

    @property
    def entry(self) -> str:
        """The name of the points in a language: their ids joined by `+`."""
        return "+".join(self.points)


def find_visits(
    routine: Routine, points: Mapping[str, Point], *, first_side: str
) -> tuple[tuple[Visit, ...], Problems]:
    """Return every stop of a routine at its usual dose, in order, and what is wrong with the others.

    Wrong are an unknown point, a missing method, a repeated stop, a scattered posture, and late ice.
    """
    problems: Problems = []
    visits = tuple(_visits(routine, points, first_side, problems))
    _check_order(visits, problems)
    return visits, problems


def _visits(
    routine: Routine, points: Mapping[str, Point], first_side: str, problems: Problems
) -> Iterator[Visit]:
    posture: str | None = None
    for step in routine.steps:
        if isinstance(step, TakePosture):
            posture = step.posture
        elif isinstance(step, IceOn):
            yield from (_ice(zone, posture or "on_side", step.path) for zone in step.zones)
        elif isinstance(step, Press):
            yield from _sides(step, points, posture, first_side, problems)
        else:
            yield from _there_and_back(step, points, posture, first_side, problems)


def _there_and_back(
    group: Group, points: Mapping[str, Point], posture: str | None, first_side: str, problems: Problems
) -> Iterator[Visit]:
    pairs = [tuple(_sides(press, points, posture, first_side, problems)) for press in group.presses]
    yield from (pair[0] for pair in pairs if pair)
    yield from (pair[1] for pair in reversed(pairs) if len(pair) == 2)


def _ice(zone: str, posture: str, path: Path) -> Visit:
    time = ICE_TIME[zone]
    return Visit(
        stop=f"ice.{zone}",
        points=(),
        side=None,
        is_first=True,
        method=None,
        posture=posture,
        zone=zone,
        dose=Dose(time, time, time),
        chosen=time,
        rounds=1,
        repeats=1,
        optional=0,
        cautions=("poor_circulation",),
        aftercare=(),
        codes="",
        path=path,
    )


def _sides(
    press: Press, points: Mapping[str, Point], posture: str | None, first_side: str, problems: Problems
) -> Iterator[Visit]:
    press = replace(press, points=tuple(sorted(press.points)))  # one name for a joint, however it is written
    pressed = _points(press, points, problems)
    if not pressed:
        return
    method = _method(press, pressed, posture, problems)
    if method is None:
        return
    rounds = method.rounds.usual if press.rounds is None else press.rounds
    if rounds > method.rounds.largest:
        problems.append(
            Problem(
                (*press.path, "rounds"),
                f"{rounds} rounds of {'+'.join(press.points)} are too many",
                hint=f"at most {method.rounds.largest}.",
            )
        )
    entry = "+".join(press.points)
    sides: tuple[str | None, ...] = (first_side, OTHER[first_side])
    if pressed[0].laterality == "midline":
        sides = (None,)
    elif method.together:
        sides = ("both",)
    for side in sides:
        yield Visit(
            stop=f"{entry}.{side}" if side else entry,
            points=press.points,
            side=side,
            is_first=side != OTHER[first_side],
            method=method,
            posture=posture or method.postures[0],
            zone=pressed[0].zone,
            dose=method.dose,
            chosen=method.dose.usual,
            rounds=rounds,
            repeats=method.repeats.usual,
            optional=press.optional,
            cautions=tuple(dict.fromkeys(caution for point in pressed for caution in point.cautions)),
            aftercare=tuple(dict.fromkeys(care for point in pressed for care in point.aftercare)),
            codes=" with ".join(point.codes for point in pressed),
            path=press.path,
        )


def _points(press: Press, points: Mapping[str, Point], problems: Problems) -> list[Point]:
    unknown = [name for name in press.points if name not in points]
    for name in unknown:
        hint = did_you_mean(name.replace("-", ""), points) or ""
        hint = f"{hint} `voiceguide list points` shows all.".strip()
        problems.append(Problem((*press.path, "press"), f"unknown point '{name}'", hint=hint))
    if unknown:
        return []
    pressed = [points[name] for name in press.points]
    for other in pressed[1:]:
        if other.id not in pressed[0].joins:
            joins = ", ".join(pressed[0].joins) or "no other point"
            problems.append(
                Problem(
                    (*press.path, "press"),
                    f"{pressed[0].id} and {other.id} cannot be pressed as one",
                    hint=f"{pressed[0].id} joins {joins}.",
                )
            )
    return pressed


def _method(press: Press, pressed: list[Point], posture: str | None, problems: Problems) -> Method | None:
    shared = [name for name in pressed[0].methods if all(name in point.methods for point in pressed)]
    entry = "+".join(press.points)
    if press.method is not None and press.method not in shared:
        problems.append(
            Problem(
                (*press.path, "with"),
                f"{entry} has no method '{press.method}'",
                hint=f"one of: {', '.join(shared)}.",
            )
        )
        return None
    fitting = [name for name in shared if posture is None or posture in pressed[0].methods[name].postures]
    name = press.method or next(iter(fitting or shared))
    if name not in fitting:
        wanted = " or ".join(pressed[0].methods[name].postures)
        problems.append(
            Problem(
                press.path,
                f"{entry} by {name} cannot be done {_spoken(posture)}",
                hint=f"put '- posture: {pressed[0].methods[name].postures[0]}' before it ({wanted}).",
            )
        )
        return None
    methods = [point.methods[name] for point in pressed]
    return replace(
        methods[0],
        dose=Dose(
            Milliseconds(max(method.dose.smallest for method in methods)),
            Milliseconds(min(method.dose.usual for method in methods)),
            Milliseconds(min(method.dose.largest for method in methods)),
        ),
        rounds=Count(
            max(method.rounds.smallest for method in methods),
            min(method.rounds.usual for method in methods),
            min(method.rounds.largest for method in methods),
        ),
    )


def _check_order(visits: tuple[Visit, ...], problems: Problems) -> None:
    if not visits and not problems:
        problems.append(Problem(("steps",), "nothing is pressed", hint="add a step such as '- press: li4'."))
    seen: set[str] = set()
    postures: list[str] = []
    worked: list[str] = []
    for visit in visits:
        if visit.stop in seen:
            what = visit.entry or visit.zone
            problems.append(
                Problem(visit.path, f"{what} comes twice", hint="once is enough; 'rounds: 2' presses longer.")
            )
        seen.add(visit.stop)
        if visit.stop == "ice.back" and worked and worked[-1] not in BACK:
            problems.append(
                Problem(
                    visit.path,
                    "the back's ice comes too long after the work on it",
                    hint="put the points of back and hips last, right before their ice.",
                )
            )
        elif visit.points and (worked or visit.zone in BACK):
            worked.append(visit.zone)
        if not postures or postures[-1] != visit.posture:
            if visit.posture in postures:
                problems.append(
                    Problem(
                        visit.path,
                        f"the body is {_spoken(visit.posture)} a second time",
                        hint="put all steps of one posture in one run: getting up and down hurts.",
                    )
                )
            postures.append(visit.posture)


def _spoken(posture: str | None) -> str:
    words = {"on_side": "lying on the side", "supine": "lying on the back", "prone": "lying on the front"}
    return words.get(posture or "", posture or "without a posture")
