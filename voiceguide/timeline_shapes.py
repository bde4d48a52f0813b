"""The shapes of a session's picture: boxes, ramps and marks, and their colours. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from voiceguide.svg import TIME_STYLE, element, path

BOX = 15.0
"""Units: how high a box is."""
STYLE = (
    f"{TIME_STYLE}"
    """\
.box { fill: var(--paper); }
.part { fill: none; stroke: var(--soft); stroke-dasharray: 2 2; stroke-width: .8; }
.left { fill: var(--left); } .right { fill: var(--right); } .both { fill: var(--both); }
.ice { fill: var(--ice); }
.ramp { fill-opacity: .45; } .find { fill-opacity: .5; }
.between { fill: var(--line); } .voice { fill: none; stroke: var(--soft); stroke-width: 5; }
.on { fill: var(--paper); } .wave { fill: none; stroke: var(--paper); stroke-width: 1.2; }
.over { paint-order: stroke; stroke: var(--paper); stroke-width: 2.5; }
.check { fill: var(--ink); }
@media print { svg { max-width: 12cm; } }
"""
)
"""By classes: lanes have the colours of all drawings, by day and by night."""


@dataclass(frozen=True, slots=True)
class Part:
    """What of a stretch of time lies in one row."""

    row: int
    """From 0."""
    x: float
    """Units, where it begins."""
    width: float
    """Units."""


def _rings(part: Part, floor: float) -> str:
    """Return rings along the floor of a box: a ball rolls."""
    return "".join(element("circle", cx=x, cy=floor - 2.4, r=1.4, class_="on") for x in _along(part, 7))


def _wave(part: Part, floor: float) -> str:
    """Return a zigzag along the floor of a box: a massage moves back and forth."""
    points = [(x, floor - (1.2 if at % 2 else 3.8)) for at, x in enumerate(_along(part, 4))]
    return element("path", d=path(points), class_="wave") if points else ""


def _along(part: Part, step: float) -> list[float]:
    count = int((part.width - 2) / step)
    return [part.x + 1 + step / 2 + step * at for at in range(count)]


PATTERNS = {"roll": _rings, "massage": _wave}
"""By actions: what a box has along its floor, below its name."""


def draw_box(action: str, part: Part, floor: float, *inside: str, **attributes: str) -> str:
    """Return a box, with what tells a roll and a massage from a hold where colours and words do not."""
    place = {"x": part.x, "y": floor - BOX, "width": part.width, "height": BOX}
    box = element("rect", *inside, **place, **attributes)
    return box + PATTERNS[action](part, floor) if action in PATTERNS else box


def draw_diamond(x: float, y: float) -> str:
    """Return the mark of a feeling check."""
    corners = [(x, y - 4), (x + 4, y), (x, y + 4), (x - 4, y)]
    return element("path", d=path(corners, closed=True), class_="check")
