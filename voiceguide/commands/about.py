"""`voiceguide about`: what to know before the first session."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from voiceguide.commands._options import json_option
from voiceguide.commands._page import print_section
from voiceguide.commands._speaking import LANGUAGE
from voiceguide.library import load_leaflet


@click.command()
@json_option
def command(*, as_json: bool) -> None:
    """Say whom this is for, and when to see a doctor.

    It is there to be read in quiet, before the first session.
    """
    sections = load_leaflet(LANGUAGE).about
    if as_json:
        click.echo(json.dumps([asdict(section) for section in sections], indent=2, ensure_ascii=False))
        return
    for section in sections:
        print_section(section.title, section.text, first=section is sections[0])
