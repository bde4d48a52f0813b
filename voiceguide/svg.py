"""Drawings: elements -> one SVG file, or a part of a page, that needs nothing from elsewhere. Pure."""

from __future__ import annotations

import html
from collections.abc import Iterable
from math import hypot

from voiceguide.shown_text import without_line_ends

COLORS = """\
svg { color-scheme: light dark; --paper: #fbf9f6; --ink: #1b2333; --soft: #55617a; --line: #c3cad6;
  --left: #2e5f9e; --right: #a2541b; --both: #5b4a8f; --ice: #1f7a80; --skin: #efe2d3; --mark: #a02c2c; }
@media (prefers-color-scheme: dark) {
  svg { --paper: #0f1420; --ink: #f2ede6; --soft: #b9c5d8; --line: #3a4a68;
    --left: #8fb8ee; --right: #e9a66b; --both: #bba9ee; --ice: #7fd3d8; --skin: #26324a; --mark: #ff9d8a; }
}
"""
"""Named colours, by day and by night. As text on paper each of the lanes' has at least 4.5:1."""
_SHEET = """\
svg { background: var(--paper); display: block; height: auto; margin: 0 auto; max-width: 46rem; width: 100%; }
"""
"""Opened by itself, a file is as wide as is good to read, and scrolls; a window does not shrink it."""
WIDTH, LETTER, LARGE = 408.0, 11.0, 16.0
"""Units: how wide a drawing of time is, and how high its letters are, and those of its title."""
TIME_STYLE = f"""\
text {{ fill: var(--ink); font-size: {LETTER:g}px; }}
.large {{ font-size: {LARGE:g}px; }} .soft {{ fill: var(--soft); }}
.grid {{ fill: none; stroke: var(--line); stroke-width: .6; }}
"""
"""By classes: what drawings of time have in common."""


def markup(text: str) -> str:
    """Return a text, however long, as it may stand in a drawing and inside quotes.

    What XML has no way to spell is left out: controls, and two letters that are none.
    """
    return html.escape(without_line_ends(text).translate(dict.fromkeys((0xFFFE, 0xFFFF))))


def element(name: str, *inside: str, **attributes: str | float) -> str:
    """Return an element with what is inside it, which is markup already.

    An attribute's `_` stands for `-`, and one at its end for nothing (`class_`); numbers have at most two
    decimals.
    """
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{markup(_number(value))}"'
        for key, value in attributes.items()
    )
    content = "".join(inside)
    return f"<{name}{told}>{content}</{name}>" if content else f"<{name}{told}/>"


def text(said: str, x: float, y: float, **attributes: str | float) -> str:
    """Return a line of text that begins at, or is anchored to, a place."""
    return element("text", markup(said), x=x, y=y, **attributes)


def drawing(width: float, height: float, *inside: str, title: str, description: str, style: str = "") -> str:
    """Return a whole SVG, no wider than its place allows; read aloud it is its title and description."""
    return element(
        "svg",
        element("title", markup(title)),
        element("desc", markup(description)),
        element("style", f"{COLORS}{_SHEET}{style}"),
        *inside,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_number(width)} {_number(height)}",
        role="img",
        aria_label=f"{title}. {description}",
        font_family="system-ui, sans-serif",
    )


def path(points: Iterable[tuple[float, float]], *, closed: bool = False) -> str:
    """Return the `d` of straight lines through points."""
    told = " L".join(f"{_number(x)} {_number(y)}" for x, y in points)
    return f"M{told}{' Z' if closed else ''}"


def curve(points: Iterable[tuple[float, float]], *, closed: bool = False) -> str:
    """Return the `d` of a smooth line through points, none of which is the one before it."""
    through = list(points)
    ring = [through[-1], *through, *through[:2]] if closed else [through[0], *through, through[-1]]
    told = [f"M{_number(through[0][0])} {_number(through[0][1])}"]
    for before, start, end, after in zip(ring, ring[1:], ring[2:], ring[3:], strict=False):
        # A third of the way along what leads through each end: round, and never a loop where two are close.
        reach = hypot(end[0] - start[0], end[1] - start[1]) / 3
        first, last = _along(start, before, end, reach), _along(end, after, start, reach)
        told.append("C" + " ".join(f"{_number(x)} {_number(y)}" for x, y in (first, last, end)))
    return f"{' '.join(told)}{' Z' if closed else ''}"


def _along(
    point: tuple[float, float], before: tuple[float, float], after: tuple[float, float], reach: float
) -> tuple[float, float]:
    """Return what lies so far from a point in the direction from one neighbour to the other."""
    across, down = after[0] - before[0], after[1] - before[1]
    share = reach / hypot(across, down)
    return point[0] + share * across, point[1] + share * down


def _number(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")
