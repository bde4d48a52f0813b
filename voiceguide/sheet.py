"""Session + Leaflet + points -> Sheet: the plan of one session, to be printed and read by a helper. Pure.

It tells what this very session does, when, where and for how long, so that nobody has to listen to know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceguide.leaflet import Leaflet
from voiceguide.scheduler.plan import DROPPED, EXCLUDED, LATER, SKIPPED, LeftOut
from voiceguide.scheduler.point import AT_EVERY_POINT, Point
from voiceguide.scheduler.visit import BACK, Visit
from voiceguide.units import Milliseconds, clock, in_seconds

if TYPE_CHECKING:
    from voiceguide.session import Session

COLUMNS = ("start", "place", "how", "lasts", "letting_go", "cautions")
"""Labels over the columns of stops."""
_WHY = {
    EXCLUDED: "why_excluded",
    SKIPPED: "why_skipped",
    LATER: "why_later",
    DROPPED: "why_dropped",
}
"""Labels of why something is left out; any other reason is a caution."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A few lines under a heading."""

    title: str
    """The heading."""
    lines: tuple[str, ...]
    """One thing to know each."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One row: a place that is pressed, or iced."""

    start: str
    """When it begins, as a clock shows it from the start of the session."""
    part: str
    """The part of the body, and the side."""
    codes: str
    """What the place is called, old and new; empty for ice."""
    where: str
    """The place in a few words; empty where the part says it all."""
    how: tuple[str, ...]
    """What presses, and the posture."""
    lasts: tuple[str, ...]
    """The dose, and how often."""
    release: str
    """How it is let go; empty for ice."""
    care: tuple[str, ...]
    """What to beware of there, and not everywhere."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The plan of one session in words, in the order in which it is read."""

    language: str
    """BCP 47."""
    title: str
    """What the session is called."""
    lead: tuple[str, ...]
    """How long it takes, who made it, and what they want to be read."""
    before: tuple[Listing, ...]
    """What to know and to fetch before it starts."""
    caption: str
    """What the rows are."""
    columns: tuple[str, ...]
    """One heading for each of `COLUMNS`."""
    stops: tuple[Stop, ...]
    """In order."""
    after: tuple[Listing, ...]
    """What else there is to know."""
    last: str
    """How to play it."""


def make_sheet(session: Session, leaflet: Leaflet, points: Mapping[str, Point]) -> Sheet:
    """Return the plan of a session, in the words of its language; `points` are all there are."""
    return _Writer(session, leaflet, points).write()


class _Writer:
    """Puts the facts of one session into words."""

    def __init__(self, session: Session, leaflet: Leaflet, points: Mapping[str, Point]) -> None:
        self.session, self.leaflet, self.points = session, leaflet, points
        self.language, self.plan, self.timeline = session.language, session.plan, session.timeline
        pressed = [visit.cautions for visit in self.plan.visits if visit.points]
        first = pressed[0] if pressed else ()
        shared = (one for one in first if all(one in cautions for cautions in pressed))
        self.everywhere = [one for one in shared if one not in AT_EVERY_POINT]
        """Cautions of every point that is pressed."""

    def write(self) -> Sheet:
        leaflet, label, routine = self.leaflet, self.leaflet.label, self.plan.routine
        lead = [label("takes", time=clock(self.timeline.duration))]
        lead += [label("made_by", by=routine.by)] if routine.by else []
        lead += [routine.note] if routine.note else []
        items = [item for step in self.plan.steps for item in step.items]
        before = (
            Listing(label("first"), (*self._safety(), label("ask_first"))),
            Listing(label("everywhere"), tuple(leaflet.word("cautions", one) for one in self.everywhere)),
            Listing(label("fetch"), tuple(_sentence(leaflet.word("gear", item)) for item in items)),
        )
        has_ice = self.plan.ice or any(one.why == LATER for one in self.plan.left_out)
        after = (
            Listing(label("ice"), leaflet.aftercare["ice"] if has_ice else ()),
            Listing(label("left_out"), tuple(map(self._left_out, self.plan.left_out))),
            Listing(label("names"), tuple(self._names())),
        )
        return Sheet(
            language=self.language.tag,
            title=self.session.title,
            lead=tuple(lead),
            before=tuple(one for one in before if one.lines),
            caption=label("stops"),
            columns=tuple(map(label, COLUMNS)),
            stops=tuple(self._stop(visit) for visit in self.plan.visits),
            after=tuple(one for one in after if one.lines),
            last=label("play_it"),
        )

    def _safety(self) -> Iterator[str]:
        """Yield what the session itself says first, and what never goes unheard."""
        for event in self.timeline.events:
            opening = self.timeline.segments[event.segment].chapter == 0
            if opening and event.required and event.text and event.name != "open.total":
                yield event.text

    def _stop(self, visit: Visit) -> Stop:
        segments = [one for one in self.timeline.segments if one.stop == visit.stop]
        return Stop(
            start=clock(segments[0].start),
            part=self._part(visit, segments[0].chapter),
            codes=visit.codes,
            where=_sentence(self._where(visit)),
            how=tuple(map(_sentence, self._how(visit, segments[-1].lies_on))),
            lasts=tuple(self._lasts(visit)),
            release=self._release(visit),
            care=tuple(self._care(visit)),
        )

    def _part(self, visit: Visit, chapter: int) -> str:
        if not visit.points:
            return self.timeline.chapters[chapter].title
        return _capital(self.language.point(visit.entry).part[visit.side or "both"])

    def _where(self, visit: Visit) -> str:
        if visit.side in {"left", "right"}:
            # As the session says it when it changes sides.
            side = self.language.lines(f"side.{visit.side}")[0].say
            return self.language.point(visit.entry).three.format(side=side)
        if visit.zone == "back" and not visit.points:
            worked = {one.zone for one in self.plan.visits if one.points} & BACK
            return self.language.lines("ice.place_hips" if worked == {"hips"} else "ice.place_back")[0].say
        known = (self.leaflet.points.get(point) for point in visit.points)
        return ". ".join(point.title for point in known if point)

    def _how(self, visit: Visit, lies_on: str | None) -> Iterator[str]:
        if visit.method:
            yield self.leaflet.methods[visit.method.name].title
        posture = self.leaflet.word("postures", visit.posture)
        if lies_on:
            side = self.language.lines(f"side.{lies_on}")[0].say
            posture = self.leaflet.label("lies_on", posture=posture, side=side)
        yield posture

    def _lasts(self, visit: Visit) -> Iterator[str]:
        method, label = visit.method, self.leaflet.label
        if method is None:
            yield _sentence(self._time(visit.chosen))
            return
        if visit.massage:
            yield self._fact(label("massage_first"), self._time(visit.massage))
        yield self._fact(self.leaflet.word("actions", method.action), self._time(visit.chosen))
        if visit.repeats > 1:
            yield self._fact(label("holds"), self.language.numbers[visit.repeats])
        if visit.repeats > 1 and method.rest:
            yield self._fact(label("rest"), self._time(method.rest))
        if visit.window:
            yield self._fact(label("window"), self._time(visit.window))
        if visit.rounds > 1:
            yield self._fact(label("rounds"), self.language.numbers[visit.rounds])

    def _fact(self, what: str, value: str) -> str:
        return self.leaflet.label("fixed", what=what, usual=value)

    def _time(self, time: Milliseconds) -> str:
        """Return a time in words, to the millisecond: nobody rounds a dose."""
        if time % 1000:
            return self.language.units["second"]["other"].format(n=in_seconds(time))
        return self.language.duration(time)

    def _release(self, visit: Visit) -> str:
        releases = {self.points[point].release for point in visit.points}
        # Of points pressed as one, none is let go at once if another one asks for time.
        release = "gradual" if "gradual" in releases else "at_once"
        return self.leaflet.label(release) if releases else ""

    def _care(self, visit: Visit) -> Iterator[str]:
        if not visit.points:
            return
        if not visit.is_first:
            yield self.leaflet.label("as_before")
            return
        own = (self.leaflet.points.get(point) for point in visit.points)
        yield from dict.fromkeys(line for point in own if point for line in point.care)
        for caution in visit.cautions:
            if caution not in {*self.everywhere, *AT_EVERY_POINT}:
                yield self.leaflet.word("cautions", caution)

    def _left_out(self, gone: LeftOut) -> str:
        label = _WHY.get(gone.why)
        why = self.leaflet.label(label) if label else self.leaflet.word("cautions", gone.why)
        return f"{self._called(gone.id)}: {why}"

    def _called(self, name: str) -> str:
        """Return what is left out in words: an entry such as `b23+b47`, a stop of it, or an icing."""
        if name.startswith("ice."):
            return self.language.lines(f"chapter.{name.replace('.', '_')}")[0].say
        entry, _, side = name.partition(".")
        codes = ", ".join(self.points[point].codes for point in entry.split("+"))
        words = self.language.points.get(entry)
        return f"{_capital(words.part[side or 'both'])}, {codes}" if words else codes

    def _names(self) -> Iterator[str]:
        pressed = dict.fromkeys(point for visit in self.plan.visits for point in visit.points)
        if any(self.points[point].code for point in pressed):
            yield self.leaflet.label("two_codes")
        known = (self.leaflet.points.get(point) for point in pressed)
        yield from (point.codes for point in known if point and point.codes)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sentence(text: str) -> str:
    return f"{_capital(text)}." if text and text[-1] not in ".?!" else _capital(text)
