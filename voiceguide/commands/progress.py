"""`voiceguide progress`: what was done, against what was planned, and how it felt."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from voiceguide.commands import as_called
from voiceguide.commands._journal import for_programs, open_journal
from voiceguide.commands._options import flag_option, json_option
from voiceguide.commands._output import output_options
from voiceguide.commands._page import WIDTH
from voiceguide.commands._picture import check_picture, write_picture
from voiceguide.commands._speaking import LANGUAGE
from voiceguide.errors import ExportError, VoiceguideError
from voiceguide.folders import private_folder
from voiceguide.leaflet import Leaflet
from voiceguide.library import load_leaflet
from voiceguide.progress import Progress, make_progress
from voiceguide.progress_text import draw_chart, tell_progress


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept about a person, put together."""

    progress: Progress
    """What was done and planned."""
    review: list[str]
    """What the numbers say, in lines."""


@click.command()
@output_options("Draw it into a file, and print nothing else.", metavar="FILE.svg")
@flag_option("plain")
@json_option
def command(*, target: Path | None, force: bool, plain: bool, as_json: bool) -> None:
    """Show your sessions, and pain before and after.

    The sessions come from your journal, the planned dates from your plan. Both lie on this computer only.
    """
    if target:
        check_picture(target, force=force, others={"--json": as_json})
    leaflet = load_leaflet(LANGUAGE)
    kept = _read(datetime.now().astimezone().date(), leaflet)
    if target:
        _draw(kept.progress, leaflet, target, force=force)
    elif as_json:
        click.echo(json.dumps(_document(kept), indent=2, ensure_ascii=False))
    else:
        _print(kept, leaflet, plain=plain)


def _read(today: date, leaflet: Leaflet) -> _Kept:
    from voiceguide.appointments import load_appointments
    from voiceguide.review import review

    with open_journal() as journal:
        entries = journal.entries()
    try:
        plan = load_appointments(private_folder())
    except VoiceguideError as error:  # what was done can be seen without it
        click.echo(as_called(f"Your plan is left out: {error}"), err=True)
        plan = None
    progress = make_progress(entries, plan.dates if plan else (), today)
    return _Kept(progress, review(entries, today, leaflet))


def _draw(progress: Progress, leaflet: Leaflet, target: Path, *, force: bool) -> None:
    from voiceguide.progress_picture import draw_progress  # not needed for words

    if not progress.days and not progress.planned:
        hint = "do a session first: `voiceguide play hands`."
        raise ExportError("there is nothing to draw yet", hint=hint)
    write_picture(target, draw_progress(progress, leaflet), force=force, is_private=True)


def _document(kept: _Kept) -> dict[str, Any]:
    return {
        "version": 1,
        "sessions": [for_programs(one) for one in kept.progress.sessions],
        "planned": [{"at": one.at.isoformat(), "state": one.state} for one in kept.progress.planned],
        "review": kept.review,
    }


def _print(kept: _Kept, leaflet: Leaflet, *, plain: bool) -> None:
    # Into a pipe each session stays one line, and letters that make a picture would only be in the way.
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    columns = min(shutil.get_terminal_size().columns, WIDTH) if is_terminal else None
    _print_lines(tell_progress(kept.progress, leaflet), columns)
    if columns and not plain:
        chart = draw_chart(kept.progress, leaflet, columns)
        if chart:
            click.echo()
            _print_lines(chart[:1], columns)
            click.echo("\n".join(chart[1:]))
    if kept.review:
        click.echo()
        _print_lines(kept.review, columns)


def _print_lines(lines: Iterable[str], columns: int | None) -> None:
    """Print lines, what goes on set in a little."""
    for line in map(as_called, lines):
        wrapped = (
            textwrap.fill(
                line, columns, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
            )
            if columns
            else line
        )
        click.echo(wrapped)
