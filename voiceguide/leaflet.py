"""mapping -> Leaflet: what a language has to say to somebody who reads, not listens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from voiceguide.errors import InvalidContent, Problem
from voiceguide.leaflet_lines import GROUPS, MONTHS
from voiceguide.scheduler.actions import ACTIONS
from voiceguide.scheduler.line import placeholders_in
from voiceguide.scheduler.point import (
    AFTERCARE,
    CAUTIONS,
    CONDITIONS,
    GEAR,
    ID,
    METHODS,
    POSTURES,
    SOURCE,
)
from voiceguide.scheduler.shape import Problems, Record, Seq, Table, Text, Whole


@dataclass(frozen=True, slots=True)
class Section:
    """A few short paragraphs under a heading."""

    id: str
    """For programs: it stays when the heading is worded better."""
    title: str
    """The heading."""
    text: tuple[str, ...]
    """Paragraphs."""
    sources: tuple[str, ...]
    """Numbers of the facts they rest on."""


@dataclass(frozen=True, slots=True)
class PointLeaflet:
    """What is known of one point beside its facts."""

    title: str
    """The place in a few words."""
    codes: str
    """What else its code may be taken for today; empty if nothing."""
    where: tuple[str, ...]
    """How the place is found, by landmarks of the body."""
    differs: tuple[str, ...]
    """What the sources and the WHO standard say otherwise."""
    how: tuple[str, ...]
    """How it is pressed, whatever presses."""
    feel: tuple[str, ...]
    """What is felt there, beside what holds for every point."""
    care: tuple[str, ...]
    """What to beware of there, beside the cautions."""


@dataclass(frozen=True, slots=True)
class MethodLeaflet:
    """What is known of one way to press."""

    title: str
    """A heading."""
    text: tuple[str, ...]
    """How it is done."""


@dataclass(frozen=True, slots=True)
class Leaflet:
    """The words of one language that are read, not heard."""

    about: tuple[Section, ...]
    """What to know before the first session, the most urgent first."""
    points: Mapping[str, PointLeaflet]
    """By the id of the point."""
    methods: Mapping[str, MethodLeaflet]
    """By the name of the method."""
    every: Mapping[str, tuple[str, ...]]
    """What holds for every point: `helps`, `feel` and `cautions`."""
    words: Mapping[str, Mapping[str, str]]
    """By kind: `actions`, `cautions`, `conditions`, `gear`, `helps` and `postures`, then by id."""
    aftercare: Mapping[str, tuple[str, ...]]
    """What to do after it, by id."""
    labels: Mapping[str, str]
    """By key of `LABELS`, placeholders still open."""
    page: Mapping[str, str]
    """By key of `PAGE`, placeholders still open: the page fills them in as it plays."""
    pictures: Mapping[str, str]
    """By key of `PICTURES`, placeholders still open."""
    prompter: Mapping[str, str]
    """By key of `PROMPTER`, placeholders still open as well."""
    appointments: Mapping[str, str]
    """By key of `APPOINTMENTS`, placeholders still open as well."""
    plots: Mapping[str, str]
    """By key of `PLOTS`, placeholders still open as well."""
    setup: Mapping[str, str]
    """By key of `SETUP`, placeholders still open as well."""
    journal: Mapping[str, str]
    """By key of `JOURNAL`, placeholders still open as well."""
    dates: Mapping[str, str]
    """By key of `DATES`, placeholders still open as well."""

    def label(self, key: str, **values: str) -> str:
        """Return a heading or a line, its placeholders filled in."""
        return self.labels[key].format(**values)

    def day(self, when: date) -> str:
        """Return a day as it is read: `3 November 2026`."""
        return self.dates["day"].format(day=when.day, month=self._month(when), year=when.year)

    def day_of_year(self, when: date) -> str:
        """Return a day where the year is clear: `3 November`."""
        return self.dates["day_of_year"].format(day=when.day, month=self._month(when))

    def moment(self, when: datetime) -> str:
        """Return a day and a time: `3 November 2026, 21:30`."""
        return self.dates["moment"].format(day=self.day(when), time=f"{when:%H:%M}")

    def _month(self, when: date) -> str:
        return self.dates[MONTHS[when.month - 1]]

    def word(self, kind: str, name: str) -> str:
        """Return what an id stands for; the id in words if it is one that only its author knows."""
        return self.words[kind].get(name) or name.replace("_", " ")


_LINES = Seq(Text(), single=True, smallest=1)
_WORDS = ("actions", "cautions", "conditions", "gear", "helps", "postures")
_EVERY = ("helps", "feel", "cautions")
LEAFLET = Record(
    {
        "version": Whole(1, 1),
        "about": Seq(
            Record(
                {
                    "id": Text(pattern=ID, noun="section id"),
                    "title": Text(),
                    "text": _LINES,
                    "sources": Seq(SOURCE, smallest=1),
                }
            ),
            smallest=1,
        ),
        "points": Table(
            Record(
                {
                    "title": Text(),
                    "codes": Text(),
                    **dict.fromkeys(("where", "differs", "how", "feel", "care"), _LINES),
                },
                defaults={"codes": "", "differs": (), "feel": (), "care": ()},
            ),
            keys=Text(pattern=ID, noun="point id"),
        ),
        "methods": Record(dict.fromkeys(METHODS, Record({"title": Text(), "text": _LINES}))),
        "every": Record(dict.fromkeys(_EVERY, _LINES)),
        "actions": Record(dict.fromkeys((name for name, action in ACTIONS.items() if action.dosed), Text())),
        "cautions": Record(dict.fromkeys(CAUTIONS, Text())),
        "conditions": Record(dict.fromkeys(CONDITIONS, Text())),
        "gear": Record(dict.fromkeys(GEAR, Text())),
        "helps": Table(Text()),
        "postures": Record(dict.fromkeys(POSTURES, Text())),
        "aftercare": Record(dict.fromkeys(AFTERCARE, _LINES)),
        **{group: Record(dict.fromkeys(lines, Text())) for group, lines in GROUPS.items()},
    }
)


def parse_leaflet(mapping: object) -> Leaflet:
    """Return the leaflet a mapping describes.

    Raises
    ------
    InvalidContent
        With every problem at once.
    """
    problems: Problems = []
    found = LEAFLET.read(mapping, (), problems)
    if found:
        for group, wanted in GROUPS.items():
            problems.extend(_wrong_placeholders(group, found[group] or {}, wanted))
    if problems:
        raise InvalidContent(problems)
    return Leaflet(
        about=tuple(Section(**section) for section in found["about"]),
        points={name: PointLeaflet(**point) for name, point in found["points"].items()},
        methods={name: MethodLeaflet(**method) for name, method in found["methods"].items()},
        every=found["every"],
        words={kind: found[kind] for kind in _WORDS},
        aftercare=found["aftercare"],
        **{group: found[group] for group in GROUPS},
    )


def _wrong_placeholders(
    group: str, labels: Mapping[str, Any], open_in: Mapping[str, tuple[str, ...]]
) -> Iterator[Problem]:
    for key, text in labels.items():
        if text is None:
            continue
        # A fact whose placeholder was forgotten would be left out without a word.
        wanted = open_in[key]
        hint = f"placeholders here: {', '.join(f'{{{name}}}' for name in wanted) or 'none'}."
        try:
            named = set(placeholders_in(text))
        except ValueError:
            yield Problem((group, key), f"a brace is open in '{text}'", hint=hint)
            continue
        if named != set(wanted):
            yield Problem((group, key), f"the placeholders of '{text}' are not right", hint=hint)
