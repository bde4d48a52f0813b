"""Routine -> Routine: every point by thumbs, ball or friend, for whoever lacks reach or strength."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from voiceguide.errors import UsageError
from voiceguide.scheduler.point import GEAR, POSTURE_GEAR, Count, Dose, Method, Point
from voiceguide.scheduler.routine import Group, IceOn, Press, Routine, RoutineStep, TakePosture, presses_of

ASSISTS = ("thumbs", "ball", "friend")
"""Methods a whole session can be asked to go by."""


def assist(
    routine: Routine, points: Mapping[str, Point], by: str, *, without: Collection[str] = ()
) -> Routine:
    """Return the routine with every point pressed by one method, in the postures that this takes.

    Each posture still stands in one run, the last of its runs if it would have come twice: so work on the
    back stays next to its ice. A press that goes by the method already keeps its posture. What its author
    fixed stays where the other method allows it; else it is the usual.

    Parameters
    ----------
    routine : Routine
        What the author wrote; points that it names and that are not there are left for `plan` to report.
    points : mapping
        Every point by id.
    by : str
        One of `ASSISTS`.
    without : collection of str
        Ids of points that are left out beside those that its author excludes.

    Raises
    ------
    UsageError
        If a point has no such method, naming every such point.
    """
    gone = {*routine.exclude, *without}
    kept = [press for press in routine.presses if not set(press.points) <= gone]
    lacking = [press for press in kept if _lacks(press, points, by)]
    if lacking:
        names = dict.fromkeys("+".join(press.points) for press in lacking)
        raise UsageError(
            f"'{routine.id}' cannot go by {by}: {', '.join(names)} cannot",
            hint=f"`--skip {','.join(name.replace('+', ',') for name in names)}` leaves them out; "
            "`--assist none` goes as it is written.",
        )
    placed = [one for old, step in _placed(routine) for one in _assisted(old, step, points, by)]
    last = {posture: index for index, (posture, _) in enumerate(placed)}
    placed.sort(key=lambda one: last[one[0]])  # stable: within a posture the author's order stays
    if by == "ball":
        placed = list(_on_one_path(placed))
    gear = {thing for press in kept for thing in _gear(press, points, by)}
    gear |= {thing for where, _ in placed for thing in POSTURE_GEAR.get(where or "", ())}
    ready = tuple(thing for thing in GEAR if thing in gear | set(routine.ready))
    return replace(routine, ready=ready, steps=tuple(_with_postures(placed)))


def _placed(routine: Routine) -> Iterator[tuple[str | None, RoutineStep]]:
    """Yield every step that does something, with the posture it is done in."""
    posture: str | None = None
    for step in routine.steps:
        if isinstance(step, TakePosture):
            posture = step.posture
        else:
            yield posture, step


def _on_one_path(
    placed: Sequence[tuple[str | None, RoutineStep]],
) -> Iterator[tuple[str | None, RoutineStep]]:
    """Yield the steps with what the ball presses in a row as one path: it stays under the body on the way.

    The hand that holds it at the end of one point could not bring it to the other side for the next.
    """
    for (posture, by_ball), row in groupby(placed, key=lambda one: (one[0], _goes_by_ball(one[1]))):
        steps = [step for _, step in row]
        presses = tuple(press for step in steps for press in presses_of(step))
        if by_ball and len(presses) > 1:
            yield posture, Group(presses, "there_and_back")
        else:
            yield from ((posture, step) for step in steps)


def _goes_by_ball(step: RoutineStep) -> bool:
    return {press.method for press in presses_of(step)} == {"ball"}


def _methods(press: Press, points: Mapping[str, Point], by: str) -> list[Method | None]:
    return [points[name].methods.get(by) for name in press.points if name in points]


def _lacks(press: Press, points: Mapping[str, Point], by: str) -> bool:
    return None in _methods(press, points, by)


def _gear(press: Press, points: Mapping[str, Point], by: str) -> Iterator[str]:
    for method in _methods(press, points, by):
        if method is not None:
            yield from method.gear


def _assisted(
    posture: str | None, step: RoutineStep, points: Mapping[str, Point], by: str
) -> Iterator[tuple[str | None, RoutineStep]]:
    """Yield a step as it is done by the method; a group whose points want other postures is taken apart."""
    presses = [_by(press, posture, points, by) for press in presses_of(step)]
    if isinstance(step, IceOn) or not presses:
        yield posture, step
    elif isinstance(step, Group) and len({where for where, _ in presses}) == 1:
        yield presses[0][0], replace(step, presses=tuple(press for _, press in presses))
    else:
        yield from presses


def _by(press: Press, posture: str | None, points: Mapping[str, Point], by: str) -> tuple[str | None, Press]:
    pressed = [points[name] for name in press.points if name in points]
    if not pressed or by not in pressed[0].methods:
        return posture, press  # unknown, which `plan` reports, or excluded
    method = pressed[0].methods[by]
    usual = press.method or next(
        (name for name, one in pressed[0].methods.items() if posture is None or posture in one.postures), None
    )
    if usual == by:
        return posture or method.postures[0], replace(press, method=by)
    where = posture if posture in method.postures and by != "friend" else method.postures[0]
    kept = {
        "dose": _kept(press.dose, method.dose),
        "rounds": _kept(press.rounds, method.rounds),
        "repeats": _kept(press.repeats, method.repeats),
        "window": _kept(press.window, method.window),
        "massage": _kept(press.massage, method.massage),
    }
    together = press.together if method.together else None
    return where, replace(press, method=by, together=together, **kept)  # type: ignore[arg-type]


def _kept(wanted: int | None, allowed: Dose | Count | None) -> int | None:
    """Return what the author fixed, where the other method allows it; None for the usual."""
    if wanted is None or allowed is None:
        return None
    return wanted if allowed.smallest <= wanted <= allowed.largest else None


def _with_postures(placed: Sequence[tuple[str | None, RoutineStep]]) -> Iterator[RoutineStep]:
    """Yield the steps with a step for every change of posture."""
    posture: str | None = None
    for where, step in placed:
        if where is not None and where != posture:
            path = step.presses[0].path if isinstance(step, Group) else step.path
            yield TakePosture(where, path)
        posture = where
        yield step
