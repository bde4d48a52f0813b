"""Point + Leaflet + Language -> all that is known of a point, in words, section by section. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from voiceguide.leaflet import Leaflet
from voiceguide.scheduler.actions import PRESS_IN
from voiceguide.scheduler.language import Language
from voiceguide.scheduler.point import Count, Dose, Method, Point
from voiceguide.scheduler.visit import ICE_FOLLOWS, ICE_TIME
from voiceguide.units import Milliseconds, in_seconds


class Section(NamedTuple):
    """Lines under a heading."""

    id: str
    title: str
    text: list[str]


class Words(NamedTuple):
    """The words of one language: what is said round a point, and how it counts."""

    leaflet: Leaflet
    language: Language

    def time(self, time: Milliseconds) -> str:
        """Return a time in words, to the millisecond: nobody rounds a dose."""
        if time % 1000:
            return self.language.units["second"]["other"].format(n=in_seconds(time))
        return self.language.duration(time)

    def number(self, number: int) -> str:
        """Return a number in words."""
        return self.language.numbers[number]

    def one(self, what: str, time: Milliseconds) -> str:
        """Return how long something lasts."""
        return self.leaflet.label("fixed", what=what, usual=self.time(time))

    def three(self, what: str, three: Dose | Count, say: Callable[[Any], str]) -> str:
        """Return from where to where something goes, and how much is usual."""
        smallest, usual, largest = (say(value) for value in (three.smallest, three.usual, three.largest))
        if smallest == largest:
            return self.leaflet.label("fixed", what=what, usual=usual)
        return self.leaflet.label("range", what=what, smallest=smallest, usual=usual, largest=largest)


def point_sections(point: Point, words: Words, codes_of: Callable[[str], str]) -> Iterator[Section]:
    """Yield what is known, in the order in which it is needed: who should not, before how.

    `codes_of` returns what another point is called, by its id.
    """
    leaflet = words.leaflet
    own = leaflet.points.get(point.id)

    def section(name: str, *lines: str) -> Section:
        return Section(name, leaflet.label(name), list(lines))

    yield Section(
        "point", f"{own.title}: {point.codes}" if own else point.codes, [*_names(point, leaflet, codes_of)]
    )
    if own:
        yield section("where", *own.where)
    helps = [f"{leaflet.word('helps', one)}." for one in point.helps] or [leaflet.label("no_helps")]
    yield section("helps", leaflet.label("no_promise"), *helps, *leaflet.every["helps"])
    cautions = [leaflet.word("cautions", one) for one in point.cautions]
    yield section("cautions", *(own.care if own else ()), *cautions, *leaflet.every["cautions"])
    yield section("how", *(own.how if own else ()), leaflet.label(point.release))
    for name, method in point.methods.items():
        known = leaflet.methods[name]
        yield Section(name, known.title, [*known.text, *_method(point, method, words)])
    yield section("feel", *(own.feel if own else ()), *leaflet.every["feel"])
    if point.aftercare:
        yield section("aftercare", *_aftercare(point, words))
    if own and own.differs:
        yield section("differs", *own.differs)
    if point.sources:
        yield section("sources", f"{_listed(point.sources)}.")


def _names(point: Point, leaflet: Leaflet, codes_of: Callable[[str], str]) -> Iterator[str]:
    own = leaflet.points.get(point.id)
    who = f"{point.who_code} {point.who_name}"
    if point.code:
        yield leaflet.label("codes", code=point.code, who=who)
    elif point.who_code:
        yield leaflet.label("only_who", who=who)
    if own and own.codes:
        yield own.codes
    if point.nickname:
        yield leaflet.label("nickname", nickname=point.nickname)
    yield leaflet.label("name", id=point.id)
    if point.joins:
        yield leaflet.label("joins", points=_listed(codes_of(other) for other in point.joins))
    if own is None:
        yield leaflet.label("no_words")


def _method(point: Point, method: Method, words: Words) -> Iterator[str]:
    """Yield the facts of one way to press, each as a line."""
    leaflet = words.leaflet
    yield leaflet.label(
        "postures", postures=_listed(leaflet.word("postures", one) for one in method.postures)
    )
    if method.gear:
        yield leaflet.label("gear", gear=_listed(leaflet.word("gear", one) for one in method.gear))
    if point.laterality == "paired":
        yield leaflet.label("together" if method.together else "apart")
    if method.massage:
        yield words.three(leaflet.label("massage_first"), method.massage, words.time)
    yield words.one(leaflet.label("press_in"), method.press_in or PRESS_IN.usual)
    yield words.three(leaflet.word("actions", method.action), method.dose, words.time)
    if method.repeats.largest > 1:
        yield words.three(leaflet.label("holds"), method.repeats, words.number)
    if method.rest:
        yield words.one(leaflet.label("rest"), method.rest)
    if method.window:
        yield words.three(leaflet.label("window"), method.window, words.time)
    if method.rounds.largest > 1:
        yield words.three(leaflet.label("rounds"), method.rounds, words.number)


def _aftercare(point: Point, words: Words) -> Iterator[str]:
    zone = "arm" if point.zone == "hand" else point.zone  # the sources tell one time for both
    for name in point.aftercare:
        if name == "ice":
            for iced, zones in ICE_FOLLOWS.items():
                if zone in zones:
                    yield words.leaflet.label("ice_time", time=words.time(ICE_TIME[iced]))
        yield from words.leaflet.aftercare[name]


def _listed(items: Iterable[str]) -> str:
    return ", ".join(items)
