"""What is told of a session beside its words: what is left out and why, and whose it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from voiceguide.commands._speaking import LANGUAGE
from voiceguide.errors import NothingLeft, VoiceguideError
from voiceguide.library import find_routine, load_leaflet, load_points, load_routine, routine_names
from voiceguide.scheduler.choices import presses_left
from voiceguide.scheduler.language import Language
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.point import CONDITIONS, Point
from voiceguide.scheduler.routine import Routine

if TYPE_CHECKING:
    from voiceguide.session import Session


def author_lines(session: Session) -> Iterator[str]:
    """Yield what is left out or brief, and what the routine's author wants to be read first."""
    plan, routine = session.plan, session.plan.routine
    if plan.detail != session.as_written.detail:
        yield "The words are brief, for the time."
    for name in sorted(session.options.yielding - session.options.suggested):
        kept = "skip" if name == "never" else name.replace("_", "-")
        yield f"Passed over here, though you keep it: {kept}."
    if plan.left_out:
        named = (f"{one.id.replace('ice.', 'ice, ')} ({in_words([one.why])})" for one in plan.left_out)
        yield "Left out: " + ", ".join(named) + "."
    if not plan.bears_cold:
        yield "No ice and no cold bath for you, also not afterwards."
    if "pregnancy" in plan.cautions:
        yield "Pregnant, or maybe: ask your midwife or doctor before you do this."
    if routine.by:
        yield f"By: {routine.by}."
    if routine.note:
        yield f"Note: {routine.note}"


def in_words(reasons: Iterable[str]) -> str:
    """Return in words why something is left out; conditions of a person are in the language's words."""
    reasons = tuple(reasons)
    words = load_leaflet(LANGUAGE).words["conditions"] if {*CONDITIONS} & {*reasons} else {}
    return "; ".join(words.get(why, why) for why in reasons)


def explain(error: NothingLeft, options: Options) -> NothingLeft:
    """Return the error with the reasons in words, and with what is left for this person."""
    found = [why for why in CONDITIONS if why in error.why]
    if not found:
        return error
    error.message = f"'{error.routine}' is not for you: nothing of it is left. The reason: {in_words(found)}"
    left = routines_for(options.cautions)
    if not left:
        hint = "no routine here is left for you. A doctor can say what suits you: `voiceguide about`."
    elif "pregnancy" in options.cautions:
        hint = f"ask your midwife or doctor first. Then there is `voiceguide play {left[0]} --pregnant`."
    else:
        hint = f"of these, something is left: {', '.join(left)}."
    error.hint = hint
    return error


def routines_for(conditions: frozenset[str]) -> list[str]:
    """Return the names of the routines of which these conditions of a person leave something to press."""
    points, left = load_points(), []
    for name in routine_names():
        with suppress(VoiceguideError):  # a routine that is wrong is told where it is asked for
            if what_is_left(load_routine(find_routine(name)), points, conditions) != "nothing":
                left.append(name)
    return left


def parts_left(
    routine: Routine, points: Mapping[str, Point], conditions: frozenset[str], language: Language
) -> list[str]:
    """Return the parts of the body that conditions of a person leave a routine, in its order, in words."""
    entries = (
        "+".join(press.points) for press in presses_left(routine, points, Options(cautions=conditions))
    )
    named = (language.points[one].part["both"] if one in language.points else one for one in entries)
    return list(dict.fromkeys(named))


def what_is_left(routine: Routine, points: Mapping[str, Point], conditions: frozenset[str]) -> str:
    """Return what conditions of a person leave of the points of a routine: `all`, `some` or `nothing`."""
    left = presses_left(routine, points, Options(cautions=conditions))
    return "nothing" if not left else "all" if left == presses_left(routine, points, Options()) else "some"
