"""Text to be read: headings and paragraphs, by eye and by screen reader alike."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Iterable
from contextlib import suppress

import click

WIDTH = 78
"""Columns, as a terminal breaks a longer line in the middle of a word."""


def print_note(text: str) -> None:
    """Print a line to stderr, which a terminal does not have to break in the middle of a word."""
    columns = 0
    with suppress(OSError, ValueError, AttributeError):  # no terminal, or no stderr at all
        columns = os.get_terminal_size(sys.stderr.fileno()).columns
    click.echo(textwrap.fill(text, columns, break_long_words=False) if columns else text, err=True)


def print_section(title: str, text: Iterable[str], *, first: bool = False) -> None:
    """Print a heading and its paragraphs, after an empty line unless it is the first."""
    if not first:
        click.echo()
    for line in (title, *text):
        # What goes on is set in a little, so that the eye finds the next paragraph without an empty line.
        wrapped = textwrap.fill(
            line, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
        )
        click.echo(wrapped)
