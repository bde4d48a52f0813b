"""Point + Leaflet -> a picture of where it is: SVG for a file, or for a page that tells it in words. Pure.

The words are there first, as the title, the description and the lines of the picture: whoever cannot see it
misses nothing. No meaning lies in colour alone: each mark has a shape and its name, each side is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from voiceguide.body_views import BODY, Note, View
from voiceguide.leaflet import Leaflet
from voiceguide.lettering import clipped, width_of, wrapped
from voiceguide.scheduler.point import AT_EVERY_POINT, HIGHEST, WIDEST, Mark, Point
from voiceguide.svg import drawing, element, path, text

PICTURE_STYLE = """\
.skin { fill: var(--skin); }
.edge, .line, .hint, .lead { fill: none; stroke: var(--soft); stroke-linecap: round; stroke-linejoin: round; }
.edge { stroke-width: 2; }
.line { stroke-width: 1.3; }
.hint { stroke-width: 1.1; stroke-dasharray: 3 3; }
.never { fill: none; stroke: var(--ink); stroke-width: 2.2; stroke-linecap: round; }
.ring { fill: none; stroke: var(--mark); stroke-width: 2.6; }
.middle { fill: var(--mark); }
.other { fill: var(--skin); stroke: var(--ink); stroke-width: 1.6; }
.said, .note { direction: ltr; fill: var(--ink); }
.note { paint-order: stroke; stroke: var(--paper); stroke-width: 3.5; stroke-linejoin: round; }
"""
"""How the parts of a picture are drawn, in the colours of `svg.COLORS`.

Texts stand where they are put on a page from right to left, too: there, `start` would be their right end.
"""
_FILE_STYLE = "svg { max-width: 30rem; } @media print { svg { max-width: 8cm; } }"
"""A picture with all its words is three times as high as it is wide: on paper it fits on one sheet."""
_WIDTH = 2 * WIDEST
_MARGIN = 12
_TOP = 40
"""Of the view: above it stands what the point is called."""
_LARGE, _USUAL, _SMALL = 16.0, 14.5, 13.0
"""Heights of letters, in units of the view: pixels on a small phone."""
_ROW = 22
"""From one line of the legend to the next."""
_SHAPES = ("M0 -7 L7 0 L0 7 L-7 0 Z", "M-6 -6 H6 V6 H-6 Z", "M0 -7 L7 6 H-7 Z")
"""Of other points, round their middle: as many as do not crowd a picture."""
_CROSS = "M-5 -5 L5 5 M5 -5 L-5 5"
_TARGET = element("circle", r=9, class_="ring") + element("circle", r=3.5, class_="middle")


def picture_file(point: Point, others: Iterable[Point], leaflet: Leaflet) -> str:
    """Return the picture of a point that has one, as an SVG file with the words round it.

    `others` are points that may be shown beside it; those that lie elsewhere are passed over.
    """
    found = _Picture(point, others, leaflet)
    lines, bottom = [], found.height + 6.0
    for said, size, weight in found.captions():
        bottom += size * 0.25
        for line in wrapped(said, _WIDTH - 2 * _MARGIN, size):
            bottom += size * 1.3
            lines.append(text(line, _MARGIN, bottom, font_size=size, font_weight=weight, class_="said"))
    return drawing(
        _WIDTH,
        bottom + _MARGIN,
        *(found.draw(), *lines),
        title=found.title(),
        description=found.description(),
        style=PICTURE_STYLE + _FILE_STYLE,
    )


def picture_in_page(point: Point, others: Iterable[Point], leaflet: Leaflet) -> str:
    """Return the same without the words round it, for a page that has them, and the style of pictures."""
    found = _Picture(point, others, leaflet)
    name = leaflet.pictures["picture_of"].format(codes=point.codes)
    return element(
        "svg",
        found.draw(),
        viewBox=f"0 0 {_WIDTH} {found.height}",
        role="img",
        aria_label=f"{name}. {found.seen()}",
        font_family="system-ui, sans-serif",
    )


class _Picture:
    """One point on its view, and the words for it."""

    def __init__(self, point: Point, others: Iterable[Point], leaflet: Leaflet) -> None:
        if point.picture is None:
            raise ValueError(f"'{point.id}' has no picture")
        self.point, self.mark, self.leaflet, self.words = point, point.picture, leaflet, leaflet.pictures
        self.own = leaflet.points.get(point.id)
        self.view = BODY[self.mark.view]
        self.others = _beside(point, self.mark, others)
        self.height = _TOP + HIGHEST + _ROW * (len(self.others) + bool(self.view.never)) + 20

    def title(self) -> str:
        """Return the place in a few words, and what it is called."""
        if self.own is None:
            return self.point.codes
        return self.words["title"].format(place=self.own.title, codes=self.point.codes)

    def description(self) -> str:
        """Return all that the picture shows, in words."""
        return " ".join(said for said, *_ in self.captions()[1:])

    def seen(self) -> str:
        """Return from where the body is looked at."""
        return self.words[self.mark.view]

    def captions(self) -> list[tuple[str, float, str]]:
        """Return what stands below, each with the size and the weight of its letters."""
        where = self.own.where if self.own else (self.leaflet.label("no_words"),)
        # A picture may reach somebody alone: what holds for this place, and who leaves it out, goes with it.
        told = [one for one in self.point.cautions if one not in AT_EVERY_POINT]
        care = [*(self.own.care if self.own else ()), *(self.leaflet.word("cautions", one) for one in told)]
        both = [self.words["both_sides"]] if self.point.laterality == "paired" else []
        return [
            (self.own.title if self.own else self.point.codes, _LARGE, "bold"),
            *((line, _USUAL, "normal") for line in (*where, " ".join((self.seen(), *both)), *care)),
        ]

    def draw(self) -> str:
        """Return the view, the marks and their names, from the top left corner."""
        shown = element("g", "".join(self._shown()), transform=f"translate({WIDEST} {_TOP})")
        return "".join(
            (*_row(_TARGET, self.point.codes, 24, size=_LARGE, weight="bold"), shown, *self._legend())
        )

    def _shown(self) -> Iterator[str]:
        half = element("g", *_half(self.view))
        yield half
        yield element("g", half, transform="scale(-1 1)")
        for other, mark, shape in self.others:
            yield from _placed(element("path", d=shape, class_="other"), mark, other)
        yield from _placed(_TARGET, self.mark, self.point)
        for note in self.view.notes:
            yield from self._note(note)
        across, down = self.view.side
        for name, side in (("left", 1 if self.view.faces else -1), ("right", -1 if self.view.faces else 1)):
            yield _said(self.words[name], side * across, down, weight="bold")

    def _note(self, note: Note) -> Iterator[str]:
        """Yield what leads from a name to what it names, and the name."""
        x, y = note.at
        lines = wrapped(self.words[note.name], note.room, _SMALL)
        width = max(width_of(line, _SMALL) for line in lines)
        rest = (len(lines) - 1) * _SMALL * 1.2
        left = x - {"start": 0, "middle": width / 2, "end": width}[note.anchor]
        nearest = (
            _within(note.tip[0], left - 3, left + width + 3),
            _within(note.tip[1], y - _SMALL, y + rest + _SMALL * 0.4),
        )
        yield element("path", d=path((nearest, note.tip)), class_="lead")
        for number, line in enumerate(lines):
            yield _said(line, x, y + number * _SMALL * 1.2, anchor=note.anchor)

    def _legend(self) -> Iterator[str]:
        rows = [
            (element("path", d=shape, class_="other"), self.words["other"].format(codes=other.codes))
            for other, _, shape in self.others
        ]
        if self.view.never:
            rows.append((element("path", d=_CROSS, class_="never"), self.words["never"]))
        for number, (shape, said) in enumerate(rows, start=1):
            yield from _row(shape, said, _TOP + HIGHEST + 6 + number * _ROW)


def _beside(point: Point, mark: Mark, others: Iterable[Point]) -> Sequence[tuple[Point, Mark, str]]:
    """Return the other points of a view, each with its shape: those first that are pressed with this one."""
    found = [(one, one.picture) for one in others if one.picture and one.picture.view == mark.view]
    found = sorted(found, key=lambda each: (each[0].id not in point.joins, each[0].id))
    shown = [each for each in found if each[0].id != point.id]
    return [(*each, shape) for each, shape in zip(shown, _SHAPES, strict=False)]


def _placed(shape: str, mark: Mark, point: Point) -> Iterator[str]:
    """Yield a shape where a point is, on both sides if it is paired."""
    for side in (-1, 1) if point.laterality == "paired" else (1,):
        yield element("g", shape, transform=f"translate({side * mark.across} {mark.down})")


def _half(view: View) -> Iterator[str]:
    yield element("path", d=view.outline, class_="skin")
    for kind, paths in (("hint", view.hints), ("line", view.lines), ("edge", view.edges)):
        if paths:
            yield element("path", d=" ".join(paths), class_=kind)
    for x, y in view.never:
        yield element("path", d=_CROSS, transform=f"translate({x:g} {y:g})", class_="never")


def _row(shape: str, said: str, y: float, *, size: float = _USUAL, weight: str = "normal") -> Iterator[str]:
    """Yield a shape, and beside it what it stands for."""
    left = _MARGIN + 27
    line = clipped(said, _WIDTH - _MARGIN - left, size)
    yield element("g", shape, transform=f"translate({_MARGIN + 9} {y - size / 3:.1f})")
    yield text(line, left, y, font_size=size, font_weight=weight, class_="said")


def _said(said: str, x: float, y: float, *, anchor: str = "middle", weight: str = "normal") -> str:
    """Return a name in the view."""
    return text(said, x, y, font_size=_SMALL, font_weight=weight, text_anchor=anchor, class_="note")


def _within(value: float, smallest: float, largest: float) -> float:
    return max(smallest, min(value, largest))
