"""mapping -> Line: one cue as it is written, and how much is said where it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from string import Formatter
from typing import Any

from voiceguide.scheduler.options import AMOUNTS
from voiceguide.scheduler.shape import Duration, Either, Flag, Record, Seq, Text, Whole
from voiceguide.units import NOTHING, Milliseconds

_USUALLY = {False: ("full", "brief"), True: AMOUNTS}
"""By whether a line is required: how much is said where it is said, if it does not tell."""


@dataclass(frozen=True, slots=True)
class Line:
    """One cue as it is written, placeholders still open."""

    say: str
    """The words."""
    required: bool = False
    """True if it may never be dropped."""
    gap: int = 1
    """How large a share of its segment's silence follows it."""
    pause: Milliseconds = NOTHING
    """The silence that follows it at least, where hands or hips have something to do."""
    only: tuple[str, ...] = ()
    """The `AMOUNTS` of talk it is said in; empty for full and brief, and bells too if it is required."""
    fields: tuple[str, ...] = ()
    """The placeholders in it."""

    def is_said(self, detail: str) -> bool:
        """Return True if it is said when so much is."""
        return detail in (self.only or _USUALLY[self.required])


_LINE = Either(
    Text(),
    Record(
        {
            "say": Text(),
            "required": Flag(),
            "gap": Whole(0, 20),
            "pause": Duration(),
            "only": Seq(Text(AMOUNTS, "amount of talk"), single=True, smallest=1),
        },
        {"required": False, "gap": 1, "pause": 0, "only": ()},
    ),
)
LINES = Seq(_LINE, single=True, smallest=1)
"""The lines of one moment."""


def has_required(lines: Any) -> bool:
    """Return True if one of the lines of a moment, as they are written, must be heard."""
    return any(
        _value(line, "required") is True for line in (lines if isinstance(lines, list | tuple) else [lines])
    )


def read_lines(found: Iterable[Any]) -> tuple[Line, ...]:
    """Return the lines of a moment; with none for bells, those for brief that must be heard are for both."""
    lines = [_line({"say": line} if isinstance(line, str) else line) for line in found]
    if not any("bells" in line.only for line in lines):
        lines = [
            replace(line, only=("brief", "bells")) if line.required and line.only == ("brief",) else line
            for line in lines
        ]
    return tuple(lines)


def _line(found: Mapping[str, Any]) -> Line:
    return Line(**found, fields=tuple(placeholders_in(found["say"])))


def placeholders_in(text: str) -> list[str]:
    """Return what a text leaves open in braces; raise ValueError if a brace is not closed."""
    return [name for _, name, _, _ in Formatter().parse(text) if name is not None]


def _value(line: object, key: str) -> object:
    return line.get(key) if isinstance(line, dict) else None
