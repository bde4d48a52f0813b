"""`voiceguide point`: all that is known of a point."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from voiceguide.commands._options import json_option
from voiceguide.commands._output import output_options
from voiceguide.commands._page import print_section
from voiceguide.commands._picture import check_picture
from voiceguide.commands._points import codes_of, point_called
from voiceguide.commands._speaking import LANGUAGE
from voiceguide.errors import VoiceguideError
from voiceguide.leaflet import Leaflet
from voiceguide.library import find_point, load_language, load_leaflet, load_points
from voiceguide.point_text import Words, point_sections
from voiceguide.scheduler.point import Dose, Method, Point
from voiceguide.units import in_seconds
from voiceguide.whole_files import write_text


@click.command()
@click.argument("name", metavar="ID")
@json_option
@output_options("Write a picture of where it is, instead.", metavar="FILE.svg")
def command(name: str, *, as_json: bool, target: Path | None, force: bool) -> None:
    """Show all that is known of a point.

    Where it is, how and how long it is pressed, what it is meant to help, and who should leave it out. ID is
    what `voiceguide list points` shows in front.
    """
    if target is not None:
        check_picture(target, force=force, others={"--json": as_json})
    point, leaflet = point_called(name), load_leaflet(LANGUAGE)
    if target is not None:
        _draw(point, leaflet, target, force=force)
        return
    sections = list(point_sections(point, Words(leaflet, load_language(LANGUAGE)), codes_of))
    if as_json:
        document = _facts(point) | {"sections": [section._asdict() for section in sections]}
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    for section in sections:
        print_section(section.title, section.text, first=section is sections[0])


def _draw(point: Point, leaflet: Leaflet, target: Path, *, force: bool) -> None:
    if point.picture is None:
        mark = "'picture: {view: …, across: …, down: …}'"
        hint = (
            f"`voiceguide point {point.id}` says in words where it is. A line {mark} in "
            f"{find_point(point.id)} gives it one."
        )
        raise VoiceguideError(f"there is no picture of {point.codes} yet", hint=hint)
    from voiceguide.point_picture import picture_file  # not needed for words

    write_text(target, picture_file(point, load_points().values(), leaflet), force=force)
    click.echo(f"{target}: {leaflet.pictures['picture_of'].format(codes=point.codes)}")


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
