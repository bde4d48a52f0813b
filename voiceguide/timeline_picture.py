"""Session -> SVG: what is done, on which side and when, as boxes in lanes. Pure.

Rows of five minutes stand below each other, so that a phone and a sheet of paper show six minutes and eighty
at the same size. The picture's description tells the same in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from voiceguide.leaflet import Leaflet
from voiceguide.lettering import clipped, width_of, wrapped
from voiceguide.scheduler.actions import ACTIONS
from voiceguide.scheduler.point import Point
from voiceguide.scheduler.timeline import Segment
from voiceguide.sheet import make_sheet
from voiceguide.svg import LARGE, LETTER, WIDTH, drawing, element, markup, path, text
from voiceguide.timeline_shapes import BOX, PATTERNS, STYLE, Part, draw_box, draw_diamond
from voiceguide.units import MINUTE, SECOND, Milliseconds, clock, in_seconds

if TYPE_CHECKING:
    from voiceguide.session import Session

ROW = Milliseconds(5 * MINUTE)
"""Milliseconds in one row."""
SCALE = 1.15
"""Units of the drawing for a second: ten seconds are seen, and five minutes fit on a phone."""
LEFT = 56.0
"""Where time begins in a row; the names of the lanes stand before it."""
LANES = ("left", "right", "both", "ice")
"""In order, from the top; a lane in which nothing ever lies is left out."""
_RIGHT = LEFT + SCALE * ROW / SECOND
_TOP, _LANE, _BETWEEN, _VOICE, _GAP = 26.0, 26.0, 14.0, 12.0, 14.0
"""Heights: above the lanes, of a lane, of the lanes of moves and of the voice; between rows."""
_WORDS = 78.0
"""Where the words of the key begin."""
_ICE = ("ice_on", "ice", "ice_off")
_CHECK = "ice.check"


def draw_timeline(session: Session, leaflet: Leaflet, points: Mapping[str, Point]) -> str:
    """Return the picture of a session as the text of an SVG file; `points` are all there are."""
    return _Drawer(session, leaflet, points).draw()


class _Drawer:
    """Puts one session into rows."""

    def __init__(self, session: Session, leaflet: Leaflet, points: Mapping[str, Point]) -> None:
        self.session, self.leaflet, self.points = session, leaflet, points
        self.timeline, self.words = session.timeline, leaflet.plots
        self.rows = -(-self.timeline.duration // ROW)
        used = {lane for one in self.timeline.segments if (lane := _lane(one))}
        lanes = [lane for lane in LANES if lane in used]
        heights = [*((lane, _LANE) for lane in lanes), ("between", _BETWEEN), ("voice", _VOICE)]
        self.lanes: dict[str, float] = {}
        """Where each lane begins, from the top of its row."""
        bottom = _TOP
        for lane, height in heights:
            self.lanes[lane] = bottom
            bottom += height
        self.bottom = bottom
        self.head = 46.0

    def draw(self) -> str:
        """Return the whole picture."""
        key, height = self._key(self.head + self.rows * (self.bottom + _GAP) + 6)
        title = self.session.title
        return drawing(
            WIDTH,
            height,
            text(clipped(title, WIDTH - 16, LARGE), 8, 20, class_="large"),
            text(self.leaflet.label("takes", time=clock(self.timeline.duration)), 8, 34, class_="soft"),
            *(self._row(row) for row in range(self.rows)),
            *self._chapters(),
            *self._between(),
            self._voice(),
            *self._stops(),
            *key,
            title=self.words["timeline_title"].format(title=title),
            description=self._description(),
            style=STYLE,
        )

    def _description(self) -> str:
        stops = make_sheet(self.session, self.leaflet, self.points).stops
        told = (
            f"{stop.start} {', '.join(filter(None, (stop.part, stop.codes)))}: {' '.join(stop.lasts)}"
            for stop in stops
        )
        time = clock(self.timeline.duration)
        return self.words["timeline_description"].format(time=time, stops=" ".join(told))

    def _y(self, row: int, lane: str = "") -> float:
        return self.head + row * (self.bottom + _GAP) + (self.lanes[lane] if lane else 0)

    def _parts(self, start: int, duration: int) -> Iterator[Part]:
        """Yield a stretch of time row by row."""
        end = start + duration
        for row in range(start // ROW, -(-end // ROW)):
            begins, ends = max(start, row * ROW), min(end, (row + 1) * ROW)
            yield Part(row, LEFT + SCALE * (begins - row * ROW) / SECOND, SCALE * (ends - begins) / SECOND)

    def _row(self, row: int) -> str:
        """Return the axis of a row, its lanes and their names."""
        top, end = self._y(row), min(self.timeline.duration - row * ROW, ROW)
        right = LEFT + SCALE * end / SECOND
        first = row * ROW // MINUTE
        minutes = [(first + at, LEFT + SCALE * at * MINUTE / SECOND) for at in range(-(-end // MINUTE))]
        lines = [((x, top + 13), (x, top + self.bottom)) for _, x in minutes]
        lines += [((LEFT, y), (right, y)) for lane in self.lanes if (y := self._floor(row, lane))]
        names = [("chapter", 9.0), ("minute", 22.0)]
        names += [(lane, y + (20 if lane in LANES else 9.5)) for lane, y in self.lanes.items()]
        return element(
            "g",
            element("path", d=" ".join(map(path, lines)), class_="grid"),
            *(
                text(
                    clipped(self.words[f"lane_{name}"], LEFT - 6, LETTER),
                    LEFT - 5,
                    top + y,
                    text_anchor="end",
                )
                for name, y in names
            ),
            *(text(str(minute), x + 3, top + 22, class_="soft") for minute, x in minutes),
        )

    def _floor(self, row: int, lane: str) -> float:
        return self._y(row, lane) + _LANE if lane in LANES else 0.0

    def _chapters(self) -> Iterator[str]:
        """Yield where each chapter begins, with its number, and its name where there is room."""
        for number, start, end, title in self._numbered():
            for part in self._parts(start, end - start):
                goes_on = part.row * ROW > start
                top = self._y(part.row)
                if not goes_on:
                    # It leaves out the line of the minutes, so as not to cross a number.
                    lines = [((part.x, top + a), (part.x, top + b)) for a, b in ((1, 12), (24, self.bottom))]
                    yield element("path", d=" ".join(map(path, lines)), class_="part")
                name = f"{'… ' if goes_on else ''}{number}"
                longer = f"{name} {title.partition(' · ')[0]}"
                for said in (longer, name):
                    if width_of(said, LETTER) + 5 <= part.width:
                        yield text(said, part.x + 2, top + 9)
                        break

    def _numbered(self) -> Iterator[tuple[int, int, int, str]]:
        chapters = self.timeline.chapters
        ends = [*(one.start for one in chapters[1:]), self.timeline.duration]
        for number, (chapter, end) in enumerate(zip(chapters, ends, strict=True), start=1):
            yield number, chapter.start, end, chapter.title

    def _between(self) -> Iterator[str]:
        """Yield what leads from one stop to the next, lightly, and named where there is room."""
        for segment in self.timeline.segments:
            if segment.action in {*_ICE, "press", "release", "locate"} or ACTIONS[segment.action].dosed:
                continue
            name = self.words[f"action_{segment.action}"]
            for part in self._parts(segment.start, segment.duration):
                y = self._y(part.row, "between") + 1.5
                yield element(
                    "rect",
                    _told(segment, name),
                    x=part.x + 0.4,
                    y=y,
                    width=max(part.width - 0.8, 0.4),
                    height=11,
                    class_="between",
                )
                if width_of(name, LETTER) + 3 <= part.width:
                    yield text(name, part.x + part.width / 2, y + 9, text_anchor="middle")

    def _voice(self) -> str:
        """Return a tick for all that is said, as long as it is said."""
        ticks = [
            ((part.x, y), (part.x + part.width, y))
            for event in self.timeline.events
            if event.kind == "speech"
            for part in self._parts(event.start, event.duration)
            for y in [self._y(part.row, "voice") + 5]
        ]
        return element("path", d=" ".join(map(path, ticks)), class_="voice")

    def _stops(self) -> Iterator[str]:
        """Yield what is pressed and iced: boxes, what leads into them and out of them, and their codes."""
        laid = [one for one in self.timeline.segments if _lane(one)]
        for _, run in groupby(laid, key=lambda one: (_lane(one), one.stop)):
            segments = list(run)
            lane = _lane(segments[0])
            boxes: dict[int, list[Part]] = {}
            for segment in segments:
                for part in self._parts(segment.start, segment.duration):
                    yield self._shape(segment, part, lane)
                    if _is_box(segment):
                        boxes.setdefault(part.row, []).append(part)
            name = self._name(segments[0])
            rise = 6.0 if PATTERNS.keys() & {one.action for one in segments} else 3.5
            for row, parts in boxes.items():
                yield from self._names(name, row, parts, lane, rise)
        said = (one for one in self.timeline.events if one.kind == "speech")
        for is_check, cues in groupby(said, key=lambda one: one.name.startswith(_CHECK)):
            if is_check:
                for part in self._parts(next(cues).start, 1):
                    yield draw_diamond(part.x, self._y(part.row, "ice") + 5)

    def _names(self, name: str, row: int, boxes: list[Part], lane: str, rise: float) -> Iterator[str]:
        """Yield a name inside each box that has room, so high above its floor; above all, if none has."""
        width, y = width_of(name, LETTER) + 3, self._y(row, lane)
        roomy = [box for box in boxes if box.width >= width]
        for box in roomy:
            yield text(name, box.x + box.width / 2, y + _LANE - rise, text_anchor="middle", class_="box")
        if not roomy:
            middle = (boxes[0].x + boxes[-1].x + boxes[-1].width) / 2
            middle = min(max(middle, LEFT + width / 2), _RIGHT - width / 2)
            yield text(name, middle, y + 9, text_anchor="middle", class_="over")

    def _shape(self, segment: Segment, part: Part, lane: str) -> str:
        """Return one segment, or what of it lies in this row."""
        floor = self._y(part.row, lane) + _LANE
        told = _told(segment, self.words[f"action_{segment.action}"])
        facts = {"data_stop": segment.stop or "", "data_action": segment.action}
        if _is_box(segment):
            return draw_box(segment.action, part, floor, told, class_=lane, **facts)
        if segment.action == "locate":
            place = {"x": part.x, "y": floor - 2, "width": part.width, "height": 2.0}
            return element("rect", told, class_=f"{lane} find", **place, **facts)
        # A ramp that goes on in the next row goes on at the height it has reached.
        begins, ends = self._progress(segment, part)
        if segment.action in {"release", "ice_off"}:
            begins, ends = 1 - begins, 1 - ends
        corners = [
            (part.x, floor),
            (part.x, floor - BOX * begins),
            (part.x + part.width, floor - BOX * ends),
            (part.x + part.width, floor),
        ]
        return element("path", told, d=path(corners, closed=True), class_=f"{lane} ramp", **facts)

    def _progress(self, segment: Segment, part: Part) -> tuple[float, float]:
        """Return how much of a segment is over where a part of it begins, and where it ends."""
        before = max(part.row * ROW - segment.start, 0)
        begins = before / segment.duration
        return begins, begins + part.width / (SCALE * segment.duration / SECOND)

    def _name(self, segment: Segment) -> str:
        if not segment.points:
            return self.timeline.chapters[segment.chapter].title
        codes = (self.points[point].code or self.points[point].who_code or point for point in segment.points)
        return " + ".join(codes)

    def _key(self, top: float) -> tuple[list[str], float]:
        """Return the list of chapters with their times, what the shapes mean, and where that ends."""
        y = top + 8
        drawn: list[str] = []
        for number, start, _, title in self._numbered():
            drawn += [
                text(str(number), 22, y, text_anchor="end"),
                text(clock(Milliseconds(start)), 68, y, text_anchor="end", class_="soft"),
            ]
            for line in wrapped(title, WIDTH - _WORDS - 8, LETTER):
                drawn.append(text(line, _WORDS, y))
                y += 14
        y += 8
        actions = {one.action for one in self.timeline.segments}
        for name, needed, sample in self._samples():
            if actions.isdisjoint(needed):
                continue
            drawn.append(element("g", sample, transform=f"translate({_WORDS - 56} {y:.1f})"))
            for line in wrapped(self.words[name], WIDTH - _WORDS - 8, LETTER):
                drawn.append(text(line, _WORDS, y))
                y += 14
            y += 4
        return drawn, y

    def _samples(self) -> Iterator[tuple[str, set[str], str]]:
        """Yield what each shape of the key is called, the actions that have it, and the shape."""
        lane = next(iter(self.lanes))
        for action in ("hold", "roll", "massage"):
            yield f"action_{action}", {action}, draw_box(action, Part(0, 0, 40), 4, class_=lane)
        up = path([(0, 3), (18, -8), (18, 3)], closed=True)
        down = path([(22, -8), (40, 3), (22, 3)], closed=True)
        yield "key_ramps", {"press"}, element("path", d=f"{up} {down}", class_=f"{lane} ramp")
        find = element("rect", x=0, y=-3, width=40, height=2, class_=f"{lane} find")
        yield "key_find", {"locate"}, find
        bar = element("rect", x=0, y=-8, width=40, height=10, class_="between")
        yield "key_between", {"open", "ready", "close"}, bar
        yield "key_voice", {"open"}, element("path", d=path([(0, -3), (40, -3)]), class_="voice")
        yield "key_check", {"ice"}, draw_diamond(20, -3)


def _lane(segment: Segment) -> str:
    """Return the lane of a segment; none for what leads from one stop to the next."""
    if segment.action in _ICE:
        return "ice"
    if segment.side and (segment.action in {"press", "release", "locate"} or ACTIONS[segment.action].dosed):
        return segment.side
    return ""


def _is_box(segment: Segment) -> bool:
    return segment.action == "ice" or ACTIONS[segment.action].dosed


def _told(segment: Segment, name: str) -> str:
    """Return what is seen of a shape that is pointed at."""
    return element("title", markup(f"{clock(segment.start)}, {name}, {in_seconds(segment.duration):g} s"))
