"""Text to be read: headings and paragraphs, by eye and by screen reader alike."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

import click

WIDTH = 78
"""Columns, as a terminal breaks a longer line in the middle of a word."""


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
