"""Routine -> visits: every stop in order, sides unrolled. Dose ranges travel along, still open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from voiceguide.errors import Problem, did_you_mean
from voiceguide.scheduler.point import NO_COLD, Count, Dose, Method, Point
from voiceguide.scheduler.routine import Group, IceOn, Press, Routine, TakePosture
from voiceguide.scheduler.shape import Path, Problems
from voiceguide.units import NOTHING, SECOND, Milliseconds, in_seconds

FIVE = 5 * SECOND
"""To how much a rest is told: a person lying there counts no single seconds."""
OTHER = {"left": "right", "right": "left"}
BACK = {"back", "hips"}
"""Zones whose work the back's ice follows."""
ICE_FOLLOWS = {"back": BACK, "arms": {"arm"}}
"""What is iced, by the zones whose work it follows. Hands are not: ice for them is offered in words."""
ICE_TIME = {"back": Milliseconds(900 * SECOND), "arms": Milliseconds(600 * SECOND)}
"""By zone. S52: about 15 minutes for back and hips. S53: about 10 for the arms, both at once."""


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
    window: Milliseconds
    """Milliseconds from the start of the first hold to the end of the last; 0 where nothing spreads them."""
    massage: Milliseconds
    """Milliseconds of the massage before the place is looked for; 0 where there is none."""
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
    is_apart: bool = False
    """True if it is pressed one side after the other, though both could be pressed at once."""

    @property
    def entry(self) -> str:
        """The name of the points in a language: their ids joined by `+`."""
        return "+".join(self.points)

    @property
    def wording(self) -> str:
        """The name of the method in a language: one hand needs other words than both at once."""
        name = self.method.name if self.method else ""
        return f"{name}_apart" if self.is_apart else name

    @property
    def gap(self) -> Milliseconds:
        """Milliseconds from the end of a hold to the start of the next, where a window spreads them."""
        return Milliseconds((self.window - self.repeats * self.chosen) // max(self.repeats - 1, 1))

    @property
    def rests(self) -> tuple[Milliseconds, ...]:
        """Lengths as which a rest within a window may be told: what release and press leave of the gap."""
        if not self.window or self.repeats == 1:
            return ()
        longest, shortest = self.gap - 5 * SECOND, max(self.gap - 45 * SECOND, 10 * SECOND)
        return tuple(Milliseconds(at) for at in range(longest - longest % FIVE, shortest, -FIVE))

    @property
    def lies_on(self) -> str | None:
        """The side that the body lies on, where it lies on its side for this: the upper one is pressed."""
        return OTHER.get(self.side or "") if self.posture == "on_side" else None


def find_visits(
    routine: Routine, points: Mapping[str, Point], *, first_side: str
) -> tuple[tuple[Visit, ...], Problems]:
    """Return every stop of a routine at its usual dose, in order, and what is wrong with the others.

    Wrong are an unknown point, a missing method, a posture it cannot be done in, a dose out of its range.
    """
    problems: Problems = []
    return tuple(_visits(routine, points, first_side, problems)), problems


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
            yield from _grouped(step, points, posture, first_side, problems)


def _grouped(
    group: Group, points: Mapping[str, Point], posture: str | None, first_side: str, problems: Problems
) -> Iterator[Visit]:
    pairs = [tuple(_sides(press, points, posture, first_side, problems)) for press in group.presses]
    by_ball = [visit.method is not None and visit.method.name == "ball" for pair in pairs for visit in pair]
    if any(by_ball) and not all(by_ball):
        # The ball would have to be put down and taken up between the sides of one path.
        hint = "put what goes by ball into a group of its own."
        path = group.presses[0].path
        problems.append(Problem(path, "a group goes by ball and by another method", hint=hint))
    yield from (pair[0] for pair in pairs if pair)
    back = reversed(pairs) if group.order == "there_and_back" else pairs
    yield from (pair[1] for pair in back if len(pair) == 2)


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
        window=NOTHING,
        massage=NOTHING,
        optional=0,
        cautions=NO_COLD,
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
    entry = "+".join(press.points)
    is_apart = method.together and press.together is False
    if press.together and not method.together:
        hint = "leave 'together' out: one side follows the other."
        what = f"{entry} by {method.name} cannot be pressed on both sides at once"
        problems.append(Problem((*press.path, "together"), what, hint=hint))

    def chosen(key: str, wanted: int | None, allowed: Dose | Count | None) -> int:
        return _within(entry, key, wanted, allowed, path=(*press.path, key), problems=problems)

    dose = chosen("dose", press.dose, method.dose)
    rounds = chosen("rounds", press.rounds, method.rounds)
    repeats = chosen("repeats", press.repeats, method.repeats)
    window = chosen("window", press.window, method.window)
    massage = chosen("massage", press.massage, method.massage)
    method = _fixed(method, press)
    sides: tuple[str | None, ...] = (first_side, OTHER[first_side])
    if pressed[0].laterality == "midline":
        sides = (None,)
    elif method.together and not is_apart:
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
            chosen=Milliseconds(dose),
            rounds=rounds,
            repeats=repeats,
            window=Milliseconds(window),
            massage=Milliseconds(massage),
            optional=press.optional,
            cautions=tuple(dict.fromkeys(caution for point in pressed for caution in point.cautions)),
            aftercare=tuple(dict.fromkeys(care for point in pressed for care in point.aftercare)),
            codes=" with ".join(point.codes for point in pressed),
            path=press.path,
            is_apart=is_apart,
        )


def _fixed(method: Method, press: Press) -> Method:
    """Return the method with what the author fixed, which is no range any more."""
    counts = {"rounds": press.rounds, "repeats": press.repeats}
    times = {"dose": press.dose, "window": press.window, "massage": press.massage}
    fixed: dict[str, Any] = {key: Count(one, one, one) for key, one in counts.items() if one is not None}
    fixed |= {key: Dose(one, one, one) for key, one in times.items() if one is not None}
    return replace(method, **fixed)


def _within(
    entry: str, key: str, wanted: int | None, allowed: Dose | Count | None, *, path: Path, problems: Problems
) -> int:
    """Return what a press asks for, or the usual; note it as a problem if it is out of the range allowed."""
    if allowed is None:
        if wanted is not None:
            what = f"{entry} has no '{key}'"
            problems.append(Problem(path, what, hint=f"leave '{key}' out."))
        return 0
    if wanted is None:
        return allowed.usual
    if not allowed.smallest <= wanted <= allowed.largest:
        least, most = allowed.smallest, allowed.largest
        said = f"{wanted}"
        ends = f"{least}", f"{most}"
        if isinstance(allowed, Dose):
            said = _seconds(wanted)
            ends = _seconds(least), _seconds(most)
        hint = f"from {ends[0]} to {ends[1]}." if least != most else f"only {ends[0]} is allowed."
        problems.append(Problem(path, f"'{key}: {said}' is out of range for {entry}", hint=hint))
    return wanted


def _seconds(time: int) -> str:
    return f"{in_seconds(Milliseconds(time)):g}s"


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
                f"{entry} by {name} cannot be done {in_words(posture)}",
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


def in_words(posture: str | None) -> str:
    """Return a posture as a message says it."""
    words = {"on_side": "lying on the side", "supine": "lying on the back", "prone": "lying on the front"}
    return words.get(posture or "", posture or "without a posture")
