"""Words of a person's own, laid over those of a language that is there."""

from __future__ import annotations

from typing import Any

from voiceguide.errors import Problem, did_you_mean
from voiceguide.scheduler.language import FILES
from voiceguide.scheduler.line import LINES, has_required
from voiceguide.scheduler.shape import Path, Problems, Record, Shape, Table


def lay_over(name: str, below: object, above: object, problems: Problems) -> Any:
    """Return a file of a language with another laid over it, key by key, down to the lines of one moment.

    What the upper file leaves out stays as it is in the lower one.

    Parameters
    ----------
    name : str
        One of `FILES`.
    below, above : object
        What the two files hold.
    problems : list of Problem
        Lines that must be heard may be put in other words, but not become such as may be dropped.
    """
    return _laid(FILES[name], below, above, (name,), problems)


def _laid(shape: Shape | None, below: Any, above: Any, path: Path, problems: Problems) -> Any:
    if isinstance(shape, Record | Table) and isinstance(below, dict) and isinstance(above, dict):
        laid = dict(below)
        for key, value in above.items():
            inner = shape.fields.get(key) if isinstance(shape, Record) else shape.values
            if path[0] == "phrases" and len(path) > 1 and key not in below:
                hint = did_you_mean(str(key), below) or f"one of: {', '.join(below)}."
                problems.append(Problem((*path, key), f"nothing is ever said under '{key}'", hint=hint))
            laid[key] = _laid(inner, below[key], value, (*path, key), problems) if key in below else value
        return laid
    if shape is LINES and above is not None and has_required(below) and not has_required(above):
        message = f"'{path[-1]}' has a line that must be heard, and here none must"
        problems.append(Problem(path, message, hint="write that line as {say: …, required: true}."))
    return above
