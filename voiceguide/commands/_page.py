"""Text to be read: headings and paragraphs, by eye and by screen reader alike."""

from __future__ import annotations

import os
import re
import sys
import textwrap
from collections.abc import Iterable
from contextlib import suppress

import click

WIDTH = 78
"""Columns, as a terminal breaks a longer line in the middle of a word."""
_TYPED = re.compile(r"`[^`]+`| \[")
"""Commands, and the space before the answers there are to a question."""
_KEPT = "\xa0"
"""A space at which no line is broken."""


def print_note(text: str) -> None:
    """Print a line to stderr, which a terminal does not have to break in the middle of a word."""
    columns = 0
    with suppress(OSError, ValueError, AttributeError):  # no terminal, or no stderr at all
        columns = os.get_terminal_size(sys.stderr.fileno()).columns
    click.echo("\n".join(broken(text, columns)) if columns else text, err=True)


def broken(text: str, width: int, *, indent: str = "") -> list[str]:
    """Return the lines of a text, broken between words to a width in columns.

    What stands in backticks, to be typed, stays in one line. `indent` begins the lines that go on.
    """
    whole = _TYPED.sub(lambda found: found[0].replace(" ", _KEPT), text)
    lines = (
        textwrap.wrap(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
        for line in whole.split("\n")
    )
    return [line.replace(_KEPT, " ") for some in lines for line in some]


def print_section(title: str, text: Iterable[str], *, first: bool = False) -> None:
    """Print a heading and its paragraphs, after an empty line unless it is the first."""
    if not first:
        click.echo()
    for line in (title, *text):
        # What goes on is set in a little, so that the eye finds the next paragraph without an empty line.
        click.echo("\n".join(broken(line, WIDTH, indent="  ")))
