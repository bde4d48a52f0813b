"""`voiceguide points`: several points at once, on a page for whoever helps."""

from __future__ import annotations

from pathlib import Path

import click

from voiceguide.commands._options import command_line
from voiceguide.commands._output import check_output, output_options
from voiceguide.commands._points import point_called
from voiceguide.commands._speaking import LANGUAGE
from voiceguide.errors import UsageError
from voiceguide.library import find_routine, load_language, load_leaflet, load_points, load_routine
from voiceguide.point_text import Words
from voiceguide.points_sheet import in_body_order, write_points_sheet
from voiceguide.scheduler.point import Point
from voiceguide.whole_files import write_text


@click.group("points")
def command() -> None:
    """Write a page that shows where points are.

    It is for whoever helps you, to look at on a phone or on paper.
    """


@command.command("sheet")
@click.argument("names", nargs=-1, metavar="[POINT]...")
@click.option("--routine", metavar="ROUTINE", help="The points of a routine: a name or a path.")
@output_options("Where the page goes.", metavar="FILE.html", is_required=True)
def _sheet(names: tuple[str, ...], *, routine: str | None, target: Path, force: bool) -> None:
    """Write a page of points, in words and pictures.

    Of each point it says where it is, how it is pressed and what to beware of, and shows it. POINT is what
    `voiceguide list points` shows in front; without one all are on the page. It is one file, which needs
    neither a network nor scripts.
    """
    if names and routine is not None:
        hint = f"`{command_line('voiceguide', 'points', 'sheet', '--routine', routine, '-o', target)}`"
        raise UsageError("--routine says which points: name none beside it", hint=f"for example {hint}.")
    check_output(target, ".html", ".htm", force=force)
    points, title = load_points(), ""
    if routine is not None:
        shown, title = _of_routine(routine, points)
    elif names:
        shown = [point_called(name) for name in dict.fromkeys(names)]
    else:
        shown = in_body_order(points.values())
    words = Words(load_leaflet(LANGUAGE), load_language(LANGUAGE))
    write_text(target, write_points_sheet(shown, points, words, routine=title), force=force)
    count = len(shown)
    click.echo(f"{target}: {count} point{'' if count == 1 else 's'}, in words and pictures")


def _of_routine(name: str, points: dict[str, Point]) -> tuple[list[Point], str]:
    """Return what a routine presses, in its order, and its title."""
    routine = load_routine(find_routine(name))
    pressed = dict.fromkeys(point for press in routine.presses for point in press.points)
    left = [one for one in pressed if one not in routine.exclude]
    return [points[one] if one in points else point_called(one) for one in left], routine.title(LANGUAGE)
