"""Progress -> SVG: pain before and after, session by session, and the days that were planned. Pure.

Rows of four weeks stand below each other, so that two weeks and ten years are drawn at the same size; a row
in which nothing was done or planned is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from voiceguide.entry import LEAST_PAIN, MOST_PAIN, Entry
from voiceguide.entry_text import tell_session
from voiceguide.leaflet import Leaflet
from voiceguide.lettering import clipped, wrapped
from voiceguide.progress import KEPT, MISSED, OPEN, Progress
from voiceguide.progress_text import tell_plan
from voiceguide.svg import LARGE, LETTER, TIME_STYLE, WIDTH, drawing, element, markup, path, text

DAYS = 28
"""Of one row, from a Monday on."""
DAY, PAIN = 12.4, 8.0
"""Units of the drawing for a day across, and for one of ten of pain upwards."""
LEFT = 54.0
"""Units: where the days begin."""
TOLD = 12
"""So many of the last sessions are told in the description: to hear hundreds read out helps nobody."""
_STATES = (KEPT, MISSED, OPEN)
_TOP = 20.0
"""From the top of a row down to the worst pain."""
_FLOOR = _TOP + PAIN * (MOST_PAIN - LEAST_PAIN)
_DONE, _PLANNED, _GAP = _FLOOR + 28, _FLOOR + 42, 19.0
"""From the top of a row down to the middle of its lanes; and between rows."""
_STYLE = (
    f"{TIME_STYLE}"
    """\
.before { fill: var(--right); stroke: var(--right); } .after { fill: var(--left); stroke: var(--left); }
.pair { fill: none; stroke: var(--soft); stroke-width: .8; }
.done, .kept { fill: var(--ink); stroke: var(--ink); }
.missed, .open { fill: none; stroke: var(--ink); stroke-width: 1.2; }
.part { fill: var(--paper); }
@media print { svg { max-width: 14cm; } }
"""
)


def draw_progress(progress: Progress, leaflet: Leaflet) -> str:
    """Return the picture of a person's progress as the text of an SVG file.

    Raises
    ------
    ValueError
        If there is nothing to draw: no session, and none planned.
    """
    return _Drawer(progress, leaflet).draw()


class _Drawer:
    """Puts sessions and plans into rows."""

    def __init__(self, progress: Progress, leaflet: Leaflet) -> None:
        self.progress, self.leaflet, self.words = progress, leaflet, leaflet.plots
        dates = {day.date for day in progress.days} | {one.at.date() for one in progress.planned}
        if not dates:
            raise ValueError("nothing was done or planned")
        self.first = min(dates) - timedelta(days=min(dates).weekday())
        used = sorted({(when - self.first).days // DAYS for when in dates})
        self.tops = dict.fromkeys(used, 0.0)
        """Where each row that is drawn begins."""
        self.floor = (_PLANNED if progress.planned else _DONE) + 5
        """From the top of a row down to its end."""

    def draw(self) -> str:
        key, y = self._key(34.0)
        for row in self.tops:
            self.tops[row] = y + 6
            y += self.floor + _GAP
        title = self.words["progress_title"]
        return drawing(
            WIDTH,
            y,
            text(clipped(title, WIDTH - 16, LARGE), 8, 20, class_="large"),
            *key,
            *(self._row(row) for row in self.tops),
            *self._sessions(),
            *self._planned(),
            title=title,
            description=self._description(),
            style=_STYLE,
        )

    def _description(self) -> str:
        sessions = self.progress.sessions
        last = [tell_session(one, self.leaflet) for one in sessions[-TOLD:]]
        plan = tell_plan(self.progress, self.leaflet)
        counted = self.words["progress_count"].format(count=str(len(sessions)), told=str(len(last)))
        return " ".join([counted, *last, *plan])

    def _place(self, when: date) -> tuple[float, float]:
        """Return where a day begins, and the top of its row."""
        days = (when - self.first).days
        return LEFT + DAY * (days % DAYS), self.tops[days // DAYS]

    def _row(self, row: int) -> str:
        """Return the axes of a row, with their names."""
        top, right = self.tops[row], LEFT + DAY * DAYS
        begins = self.first + timedelta(days=row * DAYS)
        ends = begins + timedelta(days=DAYS - 1)
        heights = [(pain, top + _FLOOR - PAIN * (pain - LEAST_PAIN)) for pain in range(0, MOST_PAIN + 1, 2)]
        day = self.leaflet.day_of_year
        weeks = [(day(begins + timedelta(days=at)), LEFT + DAY * at) for at in range(0, DAYS, 7)]
        lines = [((LEFT, y), (right, y)) for _, y in heights]
        lines += [((x, top + _TOP - 4), (x, top + self.floor)) for _, x in weeks]
        names = [("lane_pain", 10.0), ("lane_done", _DONE + 4)]
        if self.progress.planned:
            names.append(("lane_planned", _PLANNED + 4))
        return element(
            "g",
            element("path", d=" ".join(map(path, lines)), class_="grid"),
            text(f"{self.leaflet.day(begins)} – {self.leaflet.day(ends)}", LEFT, top + 10, class_="soft"),
            *(
                text(clipped(self.words[name], LEFT - 7, LETTER), LEFT - 5, top + y, text_anchor="end")
                for name, y in names
            ),
            *(text(str(pain), LEFT - 5, y + 4, text_anchor="end", class_="soft") for pain, y in heights),
            *(
                text(clipped(when, 7 * DAY - 4, LETTER), x + 2, top + _FLOOR + 14, class_="soft")
                for when, x in weeks
            ),
        )

    def _sessions(self) -> Iterator[str]:
        """Yield each session: its numbers, joined where both were told, and that it was done."""
        for day in self.progress.days:
            x, top = self._place(day.date)
            slot = DAY / len(day.sessions)
            for at, entry in enumerate(day.sessions):
                middle, size = x + slot * (at + 0.5), min(2.6, 0.27 * slot)
                yield element(
                    "g",
                    element("title", markup(tell_session(entry, self.leaflet))),
                    *self._pair(entry, middle, top, size),
                    _bar(middle, top + _DONE, size, is_whole=entry.is_whole),
                    data_session=str(entry.id),
                )

    def _pair(self, entry: Entry, x: float, top: float, size: float) -> Iterator[str]:
        before, after = (
            None if pain is None else top + _FLOOR - PAIN * (pain - LEAST_PAIN)
            for pain in (entry.pain_before, entry.pain_after)
        )
        left, right = x - 1.1 * size, x + 1.1 * size
        if before is not None and after is not None:
            yield element("path", d=path([(left, before), (right, after)]), class_="pair")
        if before is not None:
            yield _circle(left, before, size, is_whole=entry.is_whole)
        if after is not None:
            yield _square(right, after, size, is_whole=entry.is_whole)

    def _planned(self) -> Iterator[str]:
        for one in self.progress.planned:
            x, top = self._place(one.at.date())
            yield _plan(x + DAY / 2, top + _PLANNED, one.state)

    def _key(self, y: float) -> tuple[list[str], float]:
        """Return what the shapes mean, and where that ends; only of shapes that are there."""
        drawn: list[str] = []
        sessions = self.progress.sessions
        is_told = [any(pains) for pains in zip(*map(_told, sessions), strict=True)] or [False, False]
        hollow = _circle(11, 0, 2.6, is_whole=False) + _square(18.5, 0, 2.6, is_whole=False)
        shapes = [
            ("key_before", is_told[0], _circle(18.5, 0, 2.6)),
            ("key_after", is_told[1], _square(18.5, 0, 2.6)),
            ("key_done", bool(sessions), _bar(18.5, 0, 2.6)),
            (
                "key_part",
                any(not one.is_whole for one in sessions),
                hollow + _bar(26, 0, 2.6, is_whole=False),
            ),
            *((f"key_{state}", bool(self.progress.dates(state)), _plan(18.5, 0, state)) for state in _STATES),
        ]
        for name, is_there, shape in shapes:
            if is_there:
                drawn.append(element("g", shape, transform=f"translate(0 {y + 4:.1f})"))
                for line in wrapped(self.words[name], WIDTH - 42, LETTER):
                    y += 8
                    drawn.append(text(line, 34, y))
                    y += 7
        return drawn, y + 6


def _told(entry: Entry) -> tuple[bool, bool]:
    return entry.pain_before is not None, entry.pain_after is not None


def _class(name: str, *, is_whole: bool) -> str:
    return name if is_whole else f"{name} part"


def _circle(x: float, y: float, size: float, *, is_whole: bool = True) -> str:
    return element("circle", cx=x, cy=y, r=size, class_=_class("before", is_whole=is_whole))


def _square(x: float, y: float, size: float, *, is_whole: bool = True) -> str:
    side = 1.8 * size
    place = {"x": x - side / 2, "y": y - side / 2, "width": side, "height": side}
    return element("rect", **place, class_=_class("after", is_whole=is_whole))


def _bar(x: float, y: float, size: float, *, is_whole: bool = True) -> str:
    place = {"x": x - size, "y": y - 4, "width": 2 * size, "height": 8.0}
    return element("rect", **place, class_=_class("done", is_whole=is_whole))


def _plan(x: float, y: float, state: str) -> str:
    """Return a filled diamond for what was kept, a hollow one for what is to come, and a cross."""
    if state == MISSED:
        lines = [(x - 3, y - 3), (x + 3, y + 3)], [(x - 3, y + 3), (x + 3, y - 3)]
        return element("path", d=" ".join(map(path, lines)), class_=state)
    corners = [(x, y - 4), (x + 4, y), (x, y + 4), (x - 4, y)]
    return element("path", d=path(corners, closed=True), class_=state)
