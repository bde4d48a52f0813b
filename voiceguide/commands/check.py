"""`voiceguide check`: every problem of a routine or point file at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from voiceguide import registry
from voiceguide.commands._options import LANGUAGE, located_in
from voiceguide.errors import VoiceguideError
from voiceguide.library import (
    SHIPPED,
    all_content,
    find_content,
    is_point,
    load_language,
    load_point,
    load_points,
    load_routine,
)
from voiceguide.session import estimate_duration


@click.command()
@click.argument("files", nargs=-1)
def command(files: tuple[str, ...]) -> None:
    """Check routine and point files.

    Names every problem with its line, and every step no body could do. FILES are paths or names; without
    any, all routines and points there are get checked, your own and the shipped.
    """
    code = 0
    for name in files or all_content():
        try:
            path = name if isinstance(name, Path) else find_content(name)
            click.echo(f"{name}: {_check(path)}")
            # Of the shipped points it is known, and nothing to be done about by whoever checks their own.
            if files or SHIPPED not in path.parents:
                for note in _notes(path):
                    click.echo(f"Note: {name}: {note}", err=True)
        except VoiceguideError as error:
            for line in error.lines():
                click.echo(line, err=True)
            code = max(code, error.exit_code)
    raise click.exceptions.Exit(code)


def _check(path: Path) -> str:
    if is_point(path):
        point = load_point(path)
        return f"fine, the point {point.codes} with {', '.join(point.methods)}."
    routine = load_routine(path)
    tone_length = registry.find("voiceguide.engines", "tone").tone_length
    with located_in(path):
        # How long it takes depends on the voice; that it can be laid out at all, and in six hours, does not.
        estimate_duration(routine, load_points(), load_language(LANGUAGE), tone_length)
    return f"fine, the routine '{routine.title(LANGUAGE)}'."


def _notes(path: Path) -> Iterator[str]:
    """Yield what is not wrong in a file, but keeps its point from being used to the full."""
    if not is_point(path):
        return
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
