"""mapping -> Language: the words of one language, and how it counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from voiceguide.errors import InvalidContent, Problem, VoiceguideError, did_you_mean
from voiceguide.scheduler.lexicon import Lexicon
from voiceguide.scheduler.line import LINES, Line, placeholders_in, read_lines
from voiceguide.scheduler.options import AMOUNTS
from voiceguide.scheduler.point import ID, METHODS
from voiceguide.scheduler.routine import ICE_ZONES
from voiceguide.scheduler.shape import (
    Path,
    Problems,
    Record,
    Seq,
    Table,
    Text,
    Whole,
)
from voiceguide.units import Milliseconds


class MissingWords(VoiceguideError):
    """A language has no words for something."""


_AS_IN_BRIEF = {"open", "ice", "rise"}
"""Sections of phrases that are told with bells as they are in brief."""
_IS_THE_BELL = {("repeat", "let_go"), ("repeat", "again")}
"""Phrases that only say what a bell says; so does a release."""
PLACEHOLDERS = (
    *("side", "other", "part", "other_part", "next", "three", "dose", "times", "minutes", "first", "second"),
    *("rest", "massage", "iced"),
    *("Side", "Other", "Part", "Dose", "First", "Second"),
)
"""What a phrase may leave open, in braces."""


@dataclass(frozen=True, slots=True)
class PointWords:
    """The words of one point, or of points pressed as one."""

    part: Mapping[str, str]
    """The part of the body, for `left`, `right` and `both`."""
    three: str
    """The place in a few words, `{side}` still open."""
    methods: Mapping[str, Mapping[str, tuple[Line, ...]]]
    """Lines by method, then by moment: `METHOD_LINES`."""


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one language."""

    tag: str
    """BCP-47."""
    name: str
    """What its speakers call it."""
    numbers: tuple[str, ...]
    """Words for 0, 1, 2 and so on."""
    units: Mapping[str, Mapping[str, str]]
    """`second minute hour time` -> `one`, `other`, with `{n}` for the number in words."""
    joined: str
    """How two parts of a time are joined: `{a}` and `{b}`."""
    phrases: Mapping[str, tuple[Line, ...]]
    """Lines by key, such as `open.safety`."""
    points: Mapping[str, PointWords]
    """By entry: a point's id, or ids joined by `+`."""
    lexicon: Lexicon
    """What is spoken where the written words would be misread."""
    filled_in: dict[tuple[object, ...], Any] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    """Cues that were made of its lines before: a session that is fitted asks for the same many times."""

    def lines(self, key: str) -> tuple[Line, ...]:
        """Return the lines of a phrase.

        Raises
        ------
        MissingWords
            If the language has no such phrase.
        """
        try:
            return self.phrases[key]
        except KeyError:
            raise self._missing(f"the phrase '{key}'") from None

    def point(self, entry: str) -> PointWords:
        """Return the words of a point; raise `MissingWords` if the language has none."""
        try:
            return self.points[entry]
        except KeyError:
            raise self._missing(f"the point '{entry}'") from None

    def method(self, entry: str, method: str) -> Mapping[str, tuple[Line, ...]]:
        """Return the lines of one way to press a point; raise `MissingWords` if the language has none."""
        try:
            return self.point(entry).methods[method]
        except KeyError:
            raise self._missing(f"the point '{entry}' by {method}") from None

    def count(self, unit: str, number: int) -> str:
        """Return a number of units in words, such as `one minute` or `three times`."""
        form = self.units[unit]["one" if number == 1 else "other"]
        return form.format(n=self.numbers[number] if number < len(self.numbers) else number)

    def duration(self, time: Milliseconds) -> str:
        """Return a time in words, exact to the second: `thirty seconds`, `two minutes`, `ninety seconds`."""
        minutes, seconds = divmod(time // 1000, 60)
        if not minutes or (seconds and time < 100_000):
            return self.count("second", time // 1000)
        if not seconds:
            return self.count("minute", minutes)
        return self.joined.format(a=self.count("minute", minutes), b=self.count("second", seconds))

    def about(self, time: Milliseconds) -> str:
        """Return a time in words to the nearest minute, in hours and minutes from ninety minutes on."""
        minutes = max(1, (time + 30_000) // 60_000)
        if minutes < 90:
            return self.count("minute", minutes)
        hours, minutes = divmod(minutes, 60)
        if not minutes:
            return self.count("hour", hours)
        return self.joined.format(a=self.count("hour", hours), b=self.count("minute", minutes))

    def _missing(self, what: str) -> MissingWords:
        return MissingWords(
            f"the language '{self.tag}' has no words for {what}",
            hint=f"add them in languages/{self.tag}/ of the folder that `voiceguide list folders` calls own.",
        )


METHOD_LINES = (
    "prepare",
    "prepare_again",
    "massage",
    "bring",
    "bring_again",
    "place",
    "again",
    "dose",
    "press",
    "press_again",
    "hold",
    "tired",
    "release",
    "leave",
    "switch",
)
"""Moments of one way to press, in order: a massage, the ball brought, the place found and found again, …"""
WORDINGS = (*METHODS, *(f"{name}_apart" for name in METHODS))
"""Ways to press that have words of their own: `Visit.wording`."""
_NEEDED = ("place", "press", "release")
_COUNTS: dict[Path, int] = {
    ("repeat", "let_go"): 1,
    ("repeat", "again"): 1,
    **{("ice", f"off_{zone}"): 5 for zone in ICE_ZONES},
    **{("ice", f"check_{zone}"): 1 for zone in ICE_ZONES},
}
"""How many lines a phrase needs, as each has its own place in time."""

_FORMS = Record({"one": Text(), "other": Text()})
_METHOD = Record(
    dict.fromkeys(METHOD_LINES, LINES), {name: () for name in METHOD_LINES if name not in _NEEDED}
)
LANGUAGE = Record(
    {
        "version": Whole(1, 1),
        "tag": Text(),
        "name": Text(),
        "numbers": Seq(Text(), smallest=100),
        "units": Record(dict.fromkeys(("second", "minute", "hour", "time"), _FORMS)),
        "joined": Text(),
    }
)
PHRASES = Record({"version": Whole(1, 1), "phrases": Table(Table(LINES))})
POINTS = Record(
    {
        "version": Whole(1, 1),
        "points": Table(
            Record(
                {
                    "part": Record(dict.fromkeys(("left", "right", "both"), Text())),
                    "three": Text(),
                    "methods": Table(_METHOD, keys=Text(WORDINGS, "method")),
                }
            ),
            keys=Text(pattern=rf"{ID}(\+{ID})*", noun="point id"),
        ),
    }
)
LEXICON = Record(
    {
        "version": Whole(1, 1),
        "words": Table(Text()),
        "codes": Table(Text()),
        "ranges": Text(),
        "fractions": Table(Text()),
        "units": Table(_FORMS),
    }
)
FILES = {"language": LANGUAGE, "phrases": PHRASES, "points": POINTS, "lexicon": LEXICON}
"""The files of a language's folder, by name, and what each may hold."""


def parse_language(files: Mapping[str, object], tag: str | None = None) -> Language:
    """Return the language that the files of its folder describe.

    Parameters
    ----------
    files : mapping
        One plain mapping for each name in `FILES`.
    tag : str, optional
        What its folder is called, and the language therefore too.

    Raises
    ------
    InvalidContent
        With every problem at once; the first element of each path is the file's name.
    """
    problems: Problems = []
    found = {name: shape.read(files.get(name), (name,), problems) for name, shape in FILES.items()}
    written = (found["language"] or {}).get("tag")
    if tag and written and written != tag:
        message = f"the tag '{written}' is not the folder's name"
        problems.append(Problem(("language", "tag"), message, hint=f"call it '{tag}'."))
    problems.extend(_unknown_placeholders(files))
    problems.extend(_left_unsaid(found))
    if problems:
        raise InvalidContent(problems)
    language, lexicon = found["language"], found["lexicon"]
    return Language(
        tag=language["tag"],
        name=language["name"],
        numbers=language["numbers"],
        units=language["units"],
        joined=language["joined"],
        phrases={
            f"{section}.{key}": read_lines(lines)
            for section, group in found["phrases"]["phrases"].items()
            for key, lines in group.items()
        },
        points={entry: _point_words(words) for entry, words in found["points"]["points"].items()},
        lexicon=Lexicon(
            lexicon["words"], lexicon["codes"], lexicon["ranges"], lexicon["fractions"], lexicon["units"]
        ),
    )


def _point_words(found: Mapping[str, Any]) -> PointWords:
    methods = {
        name: {moment: read_lines(lines) for moment, lines in method.items()}
        for name, method in found["methods"].items()
    }
    return PointWords(found["part"], found["three"], methods)


def _unknown_placeholders(files: Mapping[str, object]) -> Iterator[Problem]:
    for file in ("phrases", "points"):
        for path, text in _texts(files.get(file), (file,)):
            try:
                names = placeholders_in(text)
            except ValueError:
                yield Problem(path, f"a brace is open in '{text}'", hint="write {side}, with both braces.")
                continue
            for name in names:
                if name not in PLACEHOLDERS:
                    known = ", ".join(PLACEHOLDERS)
                    hint = did_you_mean(name, PLACEHOLDERS) or f"one of: {known}."
                    yield Problem(path, f"unknown placeholder '{{{name}}}'", hint=hint)


def _left_unsaid(found: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the moments in which, full or brief, what must be heard would not be, or nothing would be."""
    phrases, points = ((found[file] or {}).get(file) or {} for file in ("phrases", "points"))
    moments = {("phrases", "phrases", *path): lines for path, lines in _moments(phrases, 2)}
    methods = {entry: (words or {}).get("methods") for entry, words in points.items()}
    for (entry, *rest), lines in _moments(methods, 3):
        moments["points", "points", entry, "methods", *rest] = lines
    for path, found_lines in moments.items():
        try:
            lines = read_lines(found_lines)
        except (TypeError, ValueError):
            continue  # what is wrong with a line is told already
        for detail in AMOUNTS[:2] if _is_told_otherwise(path) else AMOUNTS:
            missing = _missing(path, lines, detail)
            if missing is not None:
                yield missing
                if detail == "brief":
                    break  # with bells it would be the same


def _missing(path: Path, lines: Sequence[Line], detail: str) -> Problem | None:
    """Return what is wrong with the lines of a moment when so much is said."""
    said = [line for line in lines if line.is_said(detail)]
    if path[0] == "points" and path[-1] in _NEEDED and not said and detail != "bells":
        hint = "what is to be found, pressed and let go is always told."
        return Problem(path, f"nothing is said when the talk is {detail}", hint=hint)
    if len(said) < _COUNTS.get(path[2:], 0):
        hint = f"say {_COUNTS[path[2:]]} of them, full and brief."
        return Problem(path, f"too little is said when the talk is {detail}", hint=hint)
    if any(line.required for line in lines) and not any(line.required for line in said):
        hint = f"add {{say: …, required: true, only: {detail}}}."
        return Problem(path, f"what must be heard is not said when the talk is {detail}", hint=hint)
    return None


def _is_told_otherwise(path: Path) -> bool:
    """Return True for a moment that is told with bells by a bell alone, or as it is in brief."""
    return path[-1] == "release" or path[2:] in _IS_THE_BELL or path[2] in _AS_IN_BRIEF


def _moments(value: object, depth: int) -> Iterator[tuple[tuple[str, ...], tuple[Any, ...]]]:
    """Yield the lines that lie so deep in a mapping, with their path."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if depth > 1:
                yield from (((key, *path), lines) for path, lines in _moments(inner, depth - 1))
            elif isinstance(inner, tuple):
                yield (key,), inner


def _texts(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))
