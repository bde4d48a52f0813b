"""What the commands that draw a picture have in common: its file, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from voiceguide.commands._output import check_output
from voiceguide.errors import UsageError
from voiceguide.private_files import OWNERS_FILE
from voiceguide.whole_files import replacing, write_utf8


def check_picture(target: Path, *, force: bool, others: Mapping[str, bool]) -> None:
    """Return if a picture can be expected to be written there, and nothing else was asked for.

    `others` are the options that print something else, each true if it was given.

    Raises
    ------
    UsageError
        If the file is no SVG, or something else was asked for as well.
    ExportError
        If the file exists (without `force`) or its folder cannot be written to.
    """
    for option, is_given in others.items():
        if is_given:
            raise UsageError(f"a picture and {option} do not go together", hint="ask for one of the two.")
    check_output(target, ".svg", force=force)


def write_picture(target: Path, picture: str, *, force: bool, is_private: bool = False) -> None:
    """Write the text of an SVG file and print where it is; a private one only its owner can read.

    Raises
    ------
    ExportError
        If it cannot be written.
    """
    with replacing(target, force=force) as beside:
        if is_private:
            beside.chmod(OWNERS_FILE)  # before anything is in it
        write_utf8(beside, picture)
    click.echo(f"{target}: any browser shows it, and prints it")
