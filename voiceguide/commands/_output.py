"""`-o` and `--force`, alike in every command that writes one file of one kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from voiceguide.commands._options import Decorator, command_line
from voiceguide.errors import UsageError
from voiceguide.whole_files import check_file_target


def output_options(text: str, *, metavar: str, is_required: bool = False) -> Decorator:
    """Return a decorator that adds `-o`, which says where a file goes, and `--force`, which replaces one.

    `text` is the help of `-o`. The command gets a Path, or None, as `target`, and a bool as `force`.
    """
    output = click.option(
        "-o",
        "--output",
        "target",
        type=click.Path(path_type=Path),
        required=is_required,
        metavar=metavar,
        help=text,
    )
    force = click.option("--force", is_flag=True, help="Replace a file that exists.")

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        return output(force(function))

    return add


def check_output(target: Path, *suffixes: str, force: bool) -> None:
    """Return if a file whose name ends with one of these suffixes can be expected to be written there.

    Raises
    ------
    UsageError
        If its name ends otherwise.
    ExportError
        If the file exists (without `force`) or its folder cannot be written to.
    """
    if target.suffix.lower() not in suffixes:
        example = target.parent / f"{target.stem or 'voiceguide'}{suffixes[0]}"
        hint = f"for example `{command_line('-o', example)}`."
        raise UsageError(f"'{target}' does not end in {suffixes[0]}", hint=hint)
    check_file_target(target, force=force)
