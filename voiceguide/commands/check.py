"""`voiceguide check`: every problem of a routine, a point or a language at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from voiceguide.commands import as_called
from voiceguide.commands._speaking import LANGUAGE
from voiceguide.commands._verdict import verdict
from voiceguide.errors import UnknownName, UsageError, VoiceguideError, did_you_mean
from voiceguide.folders import user_folder
from voiceguide.leaflet import LEAFLET
from voiceguide.library import (
    SHIPPED,
    SUFFIXES,
    all_content,
    find_content,
    is_point,
    language_files,
    language_names,
    load_language,
    load_leaflet,
    load_point,
    load_points,
)
from voiceguide.scheduler.language import FILES
from voiceguide.scheduler.point import POINT
from voiceguide.scheduler.routine import ROUTINE
from voiceguide.scheduler.schema import Schema, make_schema
from voiceguide.scheduler.shape import Shape

# Of the files of a language, `points` would be one letter from `point`.
_WORDS = {"point-words" if name == "points" else name: shape for name, shape in FILES.items()}
_SHAPES: dict[str, Shape] = {"routine": ROUTINE, "point": POINT, **_WORDS, "leaflet": LEAFLET}


@click.command()
@click.argument("files", nargs=-1)
@click.option(
    "--schema",
    "kind",
    is_flag=False,
    flag_value="routine",
    metavar="[KIND]",
    help=f"Print a JSON Schema, for editors. KIND is {', '.join(_SHAPES)}; without one, routine.",
)
def command(files: tuple[str, ...], kind: str | None) -> None:
    """Check routines, points and languages.

    Names every problem with its line, and every step no body could do. FILES are paths or names; without
    any, all routines and points there are get checked, your own and the shipped, and your own words.
    """
    if kind is not None:
        if files:
            raise UsageError(f"'{files[0]}' cannot be checked by --schema", hint="leave one of them out.")
        click.echo(json.dumps(_schema(kind), indent=2, ensure_ascii=False))
        return
    code = 0
    told: list[list[str]] = []
    for name in files or [*_own_languages(), *all_content()]:
        try:
            path = name if isinstance(name, Path) else find_content(name)
            click.echo(f"{name}: {_check(path)}")
            # Of the shipped points it is known, and nothing to be done about by whoever checks their own.
            if files or SHIPPED not in path.parents:
                for note in _notes(path):
                    click.echo(as_called(f"Note: {name}: {note}"), err=True)
        except VoiceguideError as error:
            code = max(code, error.exit_code)
            # A fault in the words keeps every routine from being checked: once is enough.
            if error.lines() not in told:
                told.append(error.lines())
                for line in told[-1]:
                    click.echo(as_called(line), err=True)
    raise click.exceptions.Exit(code)


def _check(path: Path) -> str:
    tag = _language_of(path)
    return _check_language(tag) if tag else verdict(path)


def _schema(kind: str) -> Schema:
    if kind not in _SHAPES:
        raise UnknownName("kind of file", kind, _SHAPES)
    return make_schema(_SHAPES[kind], f"voiceguide: {kind.replace('-', ' ')}")


def _notes(path: Path) -> Iterator[str]:
    """Yield what is not wrong in a file, but keeps its point or its words from being used to the full."""
    tag = _language_of(path)
    if tag:
        yield from _language_notes(tag)
    elif is_point(path):
        yield from _point_notes(path)


def _point_notes(path: Path) -> Iterator[str]:
    point = load_point(path)
    entries = load_language(LANGUAGE).points
    worded = [words for entry, words in entries.items() if point.id in entry.split("+")]
    if not worded:
        yield f"the language '{LANGUAGE}' has no words for {point.id}, so no routine can press it yet."
    else:
        for method in point.methods:
            if not any(method in words.methods for words in worded):
                yield f"the language '{LANGUAGE}' has no words for {point.id} by {method} yet."
    known = load_points()
    for other in point.joins:
        if other not in known:
            yield f"it joins '{other}', and there is no such point."


def _own_languages() -> list[Path]:
    """Return the folders of words of one's own."""
    folders = (user_folder() / "languages" / tag for tag in language_names())
    return [folder for folder in folders if folder.is_dir()]


def _language_of(path: Path) -> str | None:
    """Return the tag of the language whose folder, or a file in it, this is; None if it is something else."""
    inside = path.resolve()
    for folder in (SHIPPED, user_folder()):
        languages = (folder / "languages").resolve()
        if languages in inside.parents:
            return inside.relative_to(languages).parts[0]
    return None


def _check_language(tag: str) -> str:
    language = load_language(tag)
    if any((folder / "languages" / tag / "leaflet.yaml").is_file() for folder in (SHIPPED, user_folder())):
        load_leaflet(tag)
    own = [file.name for file in language_files(tag) if SHIPPED not in file.parents]
    if not own or len(own) == len(language_files(tag)):
        return f"fine, the language {language.name}."
    return f"fine, the language {language.name} with your own {', '.join(own)}."


def _language_notes(tag: str) -> Iterator[str]:
    """Yield what is written for nobody, and what has no words yet."""
    for file in sorted((user_folder() / "languages" / tag).glob("[!.]*")):
        if file.suffix in SUFFIXES and file.stem not in {*FILES, "leaflet"}:
            hint = did_you_mean(file.stem, FILES) or f"there are {', '.join(FILES)}."
            yield f"nothing reads {file.name}: {hint}"
    points = load_points()
    worded = {part for entry in load_language(tag).points for part in entry.split("+")}
    for part in sorted(worded - points.keys()):
        yield f"it has words for '{part}', and there is no such point."
    if tag != LANGUAGE:
        for part in sorted(points.keys() - worded):
            yield f"it has no words for {part} yet."
