"""Reading a drawing back: its shapes and words with their places, and made-up sessions to draw."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any
from xml.etree import ElementTree as ET

from voiceguide.entry import Entry
from voiceguide.lettering import width_of
from voiceguide.svg import LARGE, LETTER
from voiceguide.units import MINUTE, Milliseconds

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Said:
    """Words in a drawing, and the room they take."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def touches(self, other: Said) -> bool:
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > 0 and down > 0


def parse(picture: str) -> ET.Element:
    return ET.fromstring(picture)  # noqa: S314 - our own text


def words_in(drawing: ET.Element) -> list[Said]:
    """Return every line of text; letters reach three quarters of their size up, and a fifth down."""
    found = []
    for one in drawing.iter(f"{SVG}text"):
        size = LARGE if one.get("class") == "large" else LETTER
        text, x, y = one.text or "", float(one.get("x", "")), float(one.get("y", ""))
        width = width_of(text, size)
        left = x - {"start": 0.0, "middle": width / 2, "end": width}[one.get("text-anchor", "start")]
        found.append(Said(text, left, y - 0.75 * size, left + width, y + 0.2 * size))
    return found


def overlaps(said: list[Said]) -> Iterator[tuple[str, str]]:
    yield from ((one.text, other.text) for one, other in combinations(said, 2) if one.touches(other))


def shapes(drawing: ET.Element, name: str, **attributes: str) -> list[ET.Element]:
    """Return the elements of a name that have these attributes, `_` standing for `-`."""
    wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
    return [
        one
        for one in drawing.iter(f"{SVG}{name}")
        if all(one.get(key) == value for key, value in wanted.items())
    ]


def reaches_out(picture: str) -> bool:
    """Return True if anything in a drawing could come from elsewhere, or run."""
    inside = picture.replace('xmlns="http://www.w3.org/2000/svg"', "")
    return bool(re.search(r"https?:|href|url\(|@import|<script|<image|<foreignObject|\son\w+=", inside))


def session(began: datetime, **more: Any) -> Entry:
    """Return a made-up session of the journal."""
    usual: dict[str, Any] = {
        "id": 1,
        "routine": "lower-back",
        "length": Milliseconds(24 * MINUTE),
        "is_whole": True,
    }
    return Entry(began=began, **(usual | more))
