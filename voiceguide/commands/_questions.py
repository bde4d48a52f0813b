"""What `routine new` asks on a terminal: Enter takes what is offered, a wrong answer is asked for again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import click

from voiceguide.commands import as_called
from voiceguide.commands._speaking import LANGUAGE
from voiceguide.commands._verdict import check_steps
from voiceguide.errors import VoiceguideError
from voiceguide.known_settings import points_in
from voiceguide.library import (
    DEFAULT_ROUTINE,
    find_routine,
    load_language,
    load_routine,
    routine_names,
)
from voiceguide.scheduler.routine import Routine

Answer = TypeVar("Answer")


def ask_source() -> Path:
    """Return the file of the routine that is chosen."""
    click.echo("You can start from one of these:", err=True)
    names = routine_names()
    for name in names:
        click.echo(f"  {name:{max(map(len, names))}}  {_title(name)}", err=True)

    def chosen(name: str) -> Path:
        path = find_routine(name.strip())
        load_routine(path)
        return path

    return _prompt("Which one", DEFAULT_ROUTINE, chosen)


def _title(name: str) -> str:
    try:
        return load_routine(find_routine(name)).title(LANGUAGE)
    except VoiceguideError as error:
        return f"cannot be used: {error}"


def ask(routine: Routine, path: Path) -> Routine:
    """Return the routine with the title and the rest that are asked for; what it has is kept with Enter."""

    def without(text: str) -> tuple[str, ...]:
        exclude = points_in(text)
        check_steps(replace(routine, exclude=exclude), path)
        return exclude

    offered = routine.title(LANGUAGE)
    title = _prompt("Its title", offered, str.strip) or offered
    by = _prompt("Who made it", routine.by, str.strip)
    note = _prompt("A note to read before it starts", routine.note, str.strip)
    click.echo("It presses:", err=True)
    for line in _pressed(routine):
        click.echo(f"  {line}", err=True)
    exclude = _prompt("Points to leave out", " ".join(routine.exclude), without)
    return replace(routine, titles={LANGUAGE: title}, by=by, note=note, exclude=exclude)


def _pressed(routine: Routine) -> list[str]:
    """Return a line for each stop of a routine: its points, and where they are."""
    words = load_language(LANGUAGE).points
    entries = dict.fromkeys("+".join(sorted(press.points)) for press in routine.presses)
    return [f"{entry.replace('+', ' ')}: {words[entry].part['both']}" for entry in entries if entry in words]


def _prompt(question: str, known: str, parse: Callable[[str], Answer]) -> Answer:
    """Return the answer to a question, asked again until it is one; Enter keeps what is known."""

    def parsed(text: str) -> Answer:
        try:
            return parse(text)
        except VoiceguideError as error:
            # Without the place in a file: it is the answer that is wrong.
            raise click.UsageError(as_called(f"{error.message}: {error.hint}")) from None

    question = question if known else f"{question} (Enter for none)"
    answer: Answer = click.prompt(
        question, default=known, show_default=bool(known), value_proc=parsed, err=True
    )
    return answer
