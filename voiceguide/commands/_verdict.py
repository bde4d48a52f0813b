"""What `check` says of a file, for every command that checks one."""

from __future__ import annotations

from pathlib import Path

from voiceguide import registry
from voiceguide.commands._options import located_in
from voiceguide.commands._speaking import LANGUAGE
from voiceguide.errors import InvalidContent, Problem
from voiceguide.library import is_point, load_language, load_point, load_points, load_routine
from voiceguide.scheduler.routine import Routine
from voiceguide.session import estimate
from voiceguide.units import clock

_SPREAD = 0.1
"""By how much, as a fraction, voices at their usual rate differ in how long a session takes them."""


def verdict(path: Path) -> str:
    """Return that a file is fine, and what it describes; raise every problem with its line."""
    if is_point(path):
        point = load_point(path)
        return f"fine, the point {point.codes} with {', '.join(point.methods)}."
    routine = load_routine(path)
    check_steps(routine, path)
    return f"fine, the routine '{routine.title(LANGUAGE)}'."


def check_steps(routine: Routine, path: Path) -> None:
    """Raise what no body could do, nobody could say, or no voice could make as long, with its line."""
    tone_length = registry.find("voiceguide.engines", "tone").tone_length
    with located_in(path):
        # How long it takes depends on the voice; that it can be laid out at all, and in six hours, does not.
        known = estimate(routine, load_points(), load_language(LANGUAGE), tone_length)
        length = routine.length
        if length and not known.shortest * (1 - _SPREAD) <= length <= known.longest * (1 + _SPREAD):
            message = f"it takes about {clock(known.shortest)} to {clock(known.longest)}, not {clock(length)}"
            hint = "how long exactly depends on the voice: `voiceguide show` tells."
            raise InvalidContent([Problem(("length",), message, hint=hint)])
