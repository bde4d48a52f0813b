"""`voiceguide routine`: a routine of one's own, made from one that is there, and changed."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import replace
from pathlib import Path

import click

from voiceguide.commands import as_called
from voiceguide.commands._questions import ask, ask_source
from voiceguide.commands._speaking import LANGUAGE
from voiceguide.commands._verdict import check_steps, verdict
from voiceguide.errors import ExportError, UsageError, VoiceguideError
from voiceguide.folders import user_folder
from voiceguide.known_settings import points_in
from voiceguide.library import (
    SHIPPED,
    find_routine,
    lines_of,
    load_points,
    load_routine,
    routine_names,
)
from voiceguide.routine_text import Value, with_hints, with_values
from voiceguide.scheduler.point import ID
from voiceguide.scheduler.routine import Routine
from voiceguide.whole_files import write_text


@click.group("routine")
def command() -> None:
    """Make a routine of your own, and change it.

    It is one file, for yourself or to hand to somebody else, who plays it by its path.
    """


@command.command("new")
@click.argument("name")
@click.option("--from", "source", metavar="ROUTINE", help="What to start from: a name or a path.")
@click.option("--title", default="", metavar="TEXT", help="What it is called, in words.")
@click.option("--by", metavar="TEXT", help="Who made it.")
@click.option("--note", metavar="TEXT", help="What to read before it starts.")
@click.option("--exclude", multiple=True, metavar="POINT", help="Leave a point out. May be given again.")
def _new(
    name: str, *, source: str | None, title: str, by: str | None, note: str | None, exclude: tuple[str, ...]
) -> None:
    """Make a routine called NAME from one that is there.

    Without --from you are asked what it is to be like. The one it is made from stays as it is.
    """
    target = _new_file(name)
    asks = source is None
    if asks and not (sys.stdin and sys.stdin.isatty()):
        raise UsageError(
            "what to start from is not said, and there is no terminal to ask",
            hint=f"`voiceguide routine new {name} --from hands`; `voiceguide list routines` shows all.",
        )
    path = find_routine(source) if source else ask_source()
    found = load_routine(path)
    wanted = replace(
        found,
        id=name,
        titles={LANGUAGE: title.strip() or name.replace("-", " ").capitalize()},
        summaries={},
        by=found.by if by is None else by.strip(),
        note=found.note if note is None else note.strip(),
        exclude=tuple(dict.fromkeys((*found.exclude, *points_in(" ".join(exclude))))),
    )
    if asks:
        wanted = ask(wanted, path)
    _check_words(wanted)
    check_steps(wanted, path)
    text = with_values(path.read_text(encoding="utf-8-sig"), lines_of(path), _changes(found, wanted))
    _write(target, with_hints(text, name=name, source=found.id))
    click.echo(f"{target}: {verdict(target)}")
    for what, words in (("change", "routine edit"), ("check", "check"), ("read", "show"), ("hear", "play")):
        click.echo(as_called(f"To {what} it: `voiceguide {words} {name}`"), err=True)


@command.command("edit")
@click.argument("name")
def _edit(name: str) -> None:
    """Open the routine called NAME in your editor, then check it.

    The editor is the one that VISUAL or EDITOR names. One with a window must be told to wait, as in
    EDITOR="code --wait".
    """
    path = find_routine(name)
    if path.resolve().is_relative_to(SHIPPED.resolve()):
        raise VoiceguideError(
            f"'{path.stem}' comes with voiceguide, and stays as it is",
            hint=f"`voiceguide routine new my-{path.stem} --from {path.stem}` makes one of your own from it.",
        )
    if not path.is_file():
        raise UsageError(f"there is no file '{path}'", hint="`voiceguide list routines` shows what there is.")
    if not (sys.stdin and sys.stdin.isatty()) and not (os.environ.get("VISUAL") or os.environ.get("EDITOR")):
        hint = f"name an editor in EDITOR, or open the file yourself: {path}"
        raise UsageError("there is no terminal to edit in", hint=hint)
    try:
        click.edit(filename=str(path))
    except (click.ClickException, ValueError) as error:
        said = error.message if isinstance(error, click.ClickException) else error
        raise VoiceguideError(
            f"the editor did not work: {said}",
            hint=f"name another one in EDITOR, or open the file yourself: {path}",
        ) from None
    try:
        click.echo(f"{path}: {verdict(path)}")
    except VoiceguideError as error:
        for line in (*error.lines(), f"To mend it: `voiceguide routine edit {name}`"):
            click.echo(as_called(line), err=True)
        raise click.exceptions.Exit(error.exit_code) from None


def _new_file(name: str) -> Path:
    """Return the file of a routine that is to be made; raise what keeps it from being called so."""
    if not re.fullmatch(ID, name):
        near = "-".join(re.findall(r"[a-z0-9]+", name.lower().removesuffix(".yaml"))) or "my-evening"
        raise UsageError(
            f"'{name}' cannot be a routine's name",
            hint=f"use a-z, 0-9 and single hyphens: `voiceguide routine new {near}`.",
        )
    other = f"choose another name: `voiceguide routine new my-{name}`."
    if name in routine_names():
        path = find_routine(name)
        if SHIPPED in path.parents:
            raise VoiceguideError(f"a routine called '{name}' comes with voiceguide", hint=other)
        hint = f"`voiceguide routine edit {name}` changes it."
        raise VoiceguideError(f"there is a routine called '{name}' already, {path}", hint=hint)
    if name in load_points():
        raise VoiceguideError(f"'{name}' is the name of a point", hint=other)
    return user_folder() / "routines" / f"{name}.yaml"


def _check_words(routine: Routine) -> None:
    try:
        f"{routine.title(LANGUAGE)}{routine.by}{routine.note}".encode()
    except UnicodeEncodeError:
        hint = "type them anew, or write them into the file later."
        raise UsageError("the words given are not UTF-8 text", hint=hint) from None


def _changes(found: Routine, wanted: Routine) -> dict[str, Value]:
    """Return what is to be written; what is as it was keeps its layout."""
    values: dict[str, tuple[Value, Value]] = {
        "id": (found.id, wanted.id),
        "title": (found.titles, wanted.titles),
        "summary": (found.summaries, wanted.summaries),
        "by": (found.by, wanted.by),
        "note": (found.note, wanted.note),
        "exclude": (found.exclude, wanted.exclude),
    }
    return {key: new for key, (old, new) in values.items() if new != old}


def _write(target: Path, text: str) -> None:
    hint = "another name may do, or another folder, which VOICEGUIDE_DATA names."
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_text(target, text)
    except ExportError as error:
        error.hint = hint
        raise
    except OSError as error:
        what = f"the folder '{target.parent}' cannot be made: {error.strerror}"
        raise ExportError(what, hint=hint) from None
