"""Shapes of authored content: one table says what a file may hold, and checks it.

A shape turns plain data (mappings, lists, strings, whole numbers, flags) into checked values and
notes every problem with the path to it, so that an author sees all of them at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from voiceguide.errors import Problem, did_you_mean
from voiceguide.units import LONGEST_SESSION, in_seconds, parse_duration

Path = tuple[str | int, ...]
Problems = list[Problem]


class Shape:
    """What one value may be."""

    def read(self, value: Any, path: Path, problems: Problems) -> Any:
        """Return the checked value, or None after adding to `problems`."""
        if value is None:
            problems.append(
                Problem(path, f"{_named(path)} is empty", hint="give it a value, or leave the line out.")
            )
            return None
        return self._read(value, path, problems)

    def _read(self, value: Any, path: Path, problems: Problems) -> Any:
        """Return the checked value of something that is there."""
        raise NotImplementedError


@dataclass(frozen=True)
class Text(Shape):
    """Words, or one word out of a few."""

    choices: tuple[str, ...] = ()
    """Every word allowed; empty if all are."""
    noun: str = "value"
    """What the word names, for the message."""
    pattern: str | None = None
    """A regular expression the whole text must match."""

    def _read(self, value: Any, path: Path, problems: Problems) -> str | None:
        if not isinstance(value, str):
            problems.append(Problem(path, f"{_shown(value)} is not text", hint="write words here."))
        elif not value.strip():
            problems.append(Problem(path, "the text is empty", hint="write words here."))
        elif self.choices and value not in self.choices:
            problems.append(
                Problem(
                    path,
                    f"unknown {self.noun} '{value}'",
                    hint=did_you_mean(value, self.choices) or f"one of: {', '.join(self.choices)}.",
                )
            )
        elif self.pattern and not re.fullmatch(self.pattern, value):
            problems.append(
                Problem(path, f"'{value}' is not a {self.noun}", hint="use a-z, 0-9 and single hyphens.")
            )
        else:
            return value
        return None


@dataclass(frozen=True)
class Whole(Shape):
    """A whole number in a range."""

    smallest: int
    largest: int

    def _read(self, value: Any, path: Path, problems: Problems) -> int | None:
        if isinstance(value, bool) or not isinstance(value, int):
            problems.append(
                Problem(path, f"{_shown(value)} is not a whole number", hint="write digits only.")
            )
        elif not self.smallest <= value <= self.largest:
            problems.append(
                Problem(path, f"{value} is out of range", hint=f"from {self.smallest} to {self.largest}.")
            )
        else:
            return value
        return None


@dataclass(frozen=True)
class Flag(Shape):
    """True or false."""

    def _read(self, value: Any, path: Path, problems: Problems) -> bool | None:
        if isinstance(value, bool):
            return value
        problems.append(
            Problem(path, f"{_shown(value)} is neither true nor false", hint="write true or false.")
        )
        return None


@dataclass(frozen=True)
class Duration(Shape):
    """A time with its unit, from nothing to six hours; read as milliseconds."""

    def _read(self, value: Any, path: Path, problems: Problems) -> int | None:
        if isinstance(value, str):
            try:
                time = parse_duration(value)
            except ValueError as error:
                problems.append(Problem(path, str(error), hint="for example 90s, 2m or 1m30s."))
                return None
            if 0 < time <= LONGEST_SESSION:
                return time
            problems.append(
                Problem(path, f"'{value}' is out of range", hint=f"up to {in_seconds(LONGEST_SESSION)}s.")
            )
            return None
        is_number = isinstance(value, int) and not isinstance(value, bool) and value > 0
        hint = f"did you mean '{value}s'?" if is_number else "for example 90s, 2m or 1m30s."
        problems.append(Problem(path, f"{_shown(value)} is a duration without a unit", hint=hint))
        return None


@dataclass(frozen=True)
class Seq(Shape):
    """A list of values of one shape; a single value stands for a list of one where `single` is set."""

    item: Shape
    single: bool = False
    smallest: int = 0

    def _read(self, value: Any, path: Path, problems: Problems) -> tuple[Any, ...] | None:
        if self.single and not isinstance(value, list):
            return (self.item.read(value, path, problems),)
        if not isinstance(value, list):
            problems.append(Problem(path, f"{_shown(value)} is not a list", hint="write it as [a, b]."))
            return None
        if len(value) < self.smallest:
            problems.append(Problem(path, "the list is empty", hint="give at least one."))
        return tuple(self.item.read(item, (*path, index), problems) for index, item in enumerate(value))


@dataclass(frozen=True)
class Table(Shape):
    """A mapping with any keys of one pattern and values of one shape."""

    values: Shape
    keys: Shape = field(default_factory=Text)

    def _read(self, value: Any, path: Path, problems: Problems) -> dict[str, Any] | None:
        if not _is_mapping(value, path, problems):
            return None
        return {
            key: self.values.read(item, (*path, key), problems)
            for key, item in value.items()
            if self.keys.read(key, (*path, key), problems) is not None
        }


@dataclass(frozen=True)
class Record(Shape):
    """A mapping with known keys. Keys that are left out take `defaults`; the rest must be there."""

    fields: Mapping[str, Shape]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    """Keys that people try and that are not there on purpose, with what to do instead."""

    def _read(self, value: Any, path: Path, problems: Problems) -> dict[str, Any] | None:
        if not _is_mapping(value, path, problems):
            return None
        problems.extend(
            Problem(
                (*path, key),
                f"unknown key '{key}'",
                hint=self.refused.get(str(key))
                or did_you_mean(str(key), self.fields)
                or f"keys here: {', '.join(self.fields)}.",
            )
            for key in value
            if key not in self.fields
        )
        found: dict[str, Any] = {}
        for key, shape in self.fields.items():
            if key in value:
                found[key] = shape.read(value[key], (*path, key), problems)
            elif key in self.defaults:
                found[key] = self.defaults[key]
            else:
                problems.append(Problem(path, f"'{key}' is missing", hint=f"add a line '{key}: …'."))
        return found


@dataclass(frozen=True)
class OneOf(Shape):
    """A mapping of one kind out of several, told apart by the key that names the kind."""

    kinds: Mapping[str, Record]

    def _read(self, value: Any, path: Path, problems: Problems) -> dict[str, Any] | None:
        if not _is_mapping(value, path, problems):
            return None
        named = [key for key in value if key in self.kinds]
        if len(named) == 1:
            found: dict[str, Any] | None = self.kinds[named[0]].read(value, path, problems)
            return found
        if named:
            problems.append(
                Problem(path, f"{' and '.join(named)} in one step", hint="write them as steps of their own.")
            )
            return None
        wrong = next(iter(value), "")
        hint = did_you_mean(str(wrong), self.kinds) or f"a step has one of: {', '.join(self.kinds)}."
        problems.append(Problem((*path, wrong) if wrong else path, f"unknown step '{wrong}'", hint=hint))
        return None


@dataclass(frozen=True)
class Either(Shape):
    """A short form (a plain text) or a long one (a mapping)."""

    short: Shape
    long: Shape

    def _read(self, value: Any, path: Path, problems: Problems) -> Any:
        return (self.long if isinstance(value, dict) else self.short).read(value, path, problems)


def _is_mapping(value: Any, path: Path, problems: Problems) -> bool:
    if isinstance(value, dict):
        return True
    problems.append(Problem(path, f"{_named(path)} is not a mapping", hint="write it as 'key: value' lines."))
    return False


def _named(path: Path) -> str:
    if not path:
        return "the file"
    return f"'{path[-1]}'" if isinstance(path[-1], str) else f"number {path[-1] + 1} of '{path[-2]}'"


def _shown(value: Any) -> str:
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a mapping"
    return f"'{str(value).lower() if isinstance(value, bool) else value}'"
