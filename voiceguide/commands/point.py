"""`voiceguide point`: all that is known of a point."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import Any, NamedTuple

import click

from voiceguide.commands._options import json_option
from voiceguide.commands._page import print_section
from voiceguide.commands._speaking import LANGUAGE
from voiceguide.errors import UnknownName, VoiceguideError
from voiceguide.leaflet import Leaflet
from voiceguide.library import find_point, load_language, load_leaflet, load_point, load_points
from voiceguide.scheduler.actions import PRESS_IN
from voiceguide.scheduler.language import Language
from voiceguide.scheduler.point import Count, Dose, Method, Point
from voiceguide.scheduler.visit import ICE_FOLLOWS, ICE_TIME
from voiceguide.units import Milliseconds, in_seconds


class _Section(NamedTuple):
    """Lines under a heading."""

    id: str
    title: str
    text: list[str]


class _Words(NamedTuple):
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


@click.command()
@click.argument("name", metavar="ID")
@json_option
def command(name: str, *, as_json: bool) -> None:
    """Show all that is known of a point.

    Where it is, how and how long it is pressed, what it is meant to help, and who should leave it out. ID is
    what `voiceguide list points` shows in front.
    """
    try:
        point = load_point(find_point(name))
    except UnknownName as error:
        raise _with_code_explained(error, name) from None
    words = _Words(load_leaflet(LANGUAGE), load_language(LANGUAGE))
    sections = list(_sections(point, words))
    if as_json:
        document = _facts(point) | {"sections": [section._asdict() for section in sections]}
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    for section in sections:
        print_section(section.title, section.text, first=section is sections[0])


def _with_code_explained(error: UnknownName, name: str) -> UnknownName:
    """Return the error with the id of the point whose code was typed: the nearest id may be another place."""
    code = _bare(name)
    for point in load_points().values():
        if code in {_bare(one) for one in (point.id, point.code, *point.who_code.split("/"))}:
            error.hint = f"'{name}' is `voiceguide point {point.id}` here: {point.codes}."
            return error
    if code.startswith("BL"):
        error.hint = f"no point here has the WHO code {code}. `voiceguide list points` shows all."
    return error


def _bare(code: str) -> str:
    return code.replace("-", "").replace(" ", "").upper()


def _sections(point: Point, words: _Words) -> Iterator[_Section]:
    """Yield what is known, in the order in which it is needed: who should not, before how."""
    leaflet = words.leaflet
    own = leaflet.points.get(point.id)

    def section(name: str, *lines: str) -> _Section:
        return _Section(name, leaflet.label(name), list(lines))

    yield _Section("point", f"{own.title}: {point.codes}" if own else point.codes, [*_names(point, leaflet)])
    if own:
        yield section("where", *own.where)
    helps = [f"{leaflet.word('helps', one)}." for one in point.helps] or [leaflet.label("no_helps")]
    yield section("helps", leaflet.label("no_promise"), *helps, *leaflet.every["helps"])
    cautions = [leaflet.word("cautions", one) for one in point.cautions]
    yield section("cautions", *(own.care if own else ()), *cautions, *leaflet.every["cautions"])
    yield section("how", *(own.how if own else ()), leaflet.label(point.release))
    for name, method in point.methods.items():
        known = leaflet.methods[name]
        yield _Section(name, known.title, [*known.text, *_method(point, method, words)])
    yield section("feel", *(own.feel if own else ()), *leaflet.every["feel"])
    if point.aftercare:
        yield section("aftercare", *_aftercare(point, words))
    if own and own.differs:
        yield section("differs", *own.differs)
    if point.sources:
        yield section("sources", f"{_listed(point.sources)}.")


def _names(point: Point, leaflet: Leaflet) -> Iterator[str]:
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
        yield leaflet.label("joins", points=_listed(_codes_of(other) for other in point.joins))
    if own is None:
        yield leaflet.label("no_words")


def _codes_of(name: str) -> str:
    try:
        return load_point(find_point(name)).codes
    except VoiceguideError:
        # What is wrong with another point keeps nobody from reading of this one.
        return name


def _method(point: Point, method: Method, words: _Words) -> Iterator[str]:
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


def _aftercare(point: Point, words: _Words) -> Iterator[str]:
    zone = "arm" if point.zone == "hand" else point.zone  # the sources tell one time for both
    for name in point.aftercare:
        if name == "ice":
            for iced, zones in ICE_FOLLOWS.items():
                if zone in zones:
                    yield words.leaflet.label("ice_time", time=words.time(ICE_TIME[iced]))
        yield from words.leaflet.aftercare[name]


def _listed(items: Iterable[str]) -> str:
    return ", ".join(items)


def _facts(point: Point) -> dict[str, Any]:
    """Return the facts of a point for programs, times in seconds."""
    facts = {"id": point.id, "title": point.codes, **asdict(point), "codes": point.codes}
    facts["methods"] = [_method_facts(method) for method in point.methods.values()]
    return facts


def _method_facts(method: Method) -> dict[str, Any]:
    def seconds(three: Dose | None) -> dict[str, float] | None:
        return {key: in_seconds(time) for key, time in asdict(three).items()} if three else None

    return asdict(method) | {
        "dose": seconds(method.dose),
        "window": seconds(method.window),
        "massage": seconds(method.massage),
        "rest": in_seconds(method.rest),
        "press_in": in_seconds(method.press_in),
    }
