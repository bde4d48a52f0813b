"""Points by the names that people type, and what a point is called."""

from __future__ import annotations

from voiceguide.errors import UnknownName, VoiceguideError
from voiceguide.library import find_point, load_point, load_points
from voiceguide.scheduler.point import Point


def point_called(name: str) -> Point:
    """Return the point with an id.

    Raises
    ------
    UnknownName
        If there is none. Where a code was typed, it names the id of that point: the nearest id may be another
        place.
    InvalidContent
        If it is wrong.
    """
    try:
        return load_point(find_point(name))
    except UnknownName as error:
        raise _with_code_explained(error, name) from None


def _with_code_explained(error: UnknownName, name: str) -> UnknownName:
    code = _bare(name)
    for point in load_points().values():
        if code and code in {_bare(one) for one in (point.id, point.code, *point.who_code.split("/"))}:
            error.hint = f"'{name}' is `voiceguide point {point.id}` here: {point.codes}."
            return error
    if code.startswith("BL"):
        error.hint = f"no point here has the WHO code {code}. `voiceguide list points` shows all."
    return error


def _bare(code: str) -> str:
    return code.replace("-", "").replace(" ", "").upper()


def codes_of(name: str) -> str:
    """Return what a point is called, by its id."""
    try:
        return load_point(find_point(name)).codes
    except VoiceguideError:
        # What is wrong with another point keeps nobody from reading of this one.
        return name
