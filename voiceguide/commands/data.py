"""`voiceguide data`: what is kept about you, a copy of it, and its end."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from voiceguide.commands._output import check_output, output_options
from voiceguide.errors import UsageError
from voiceguide.folders import private_folder, user_folder
from voiceguide.kept_data import KeptFile, copy_kept, erase_kept, kept_files
from voiceguide.settings import settings_file
from voiceguide.whole_files import replacing

_NOTHING = "Nothing is kept about you."


@click.group("data")
def command() -> None:
    """Show, copy or erase what is kept about you.

    Your answers, your journal, your plan and where a session was interrupted: all of it lies on this
    computer, in a folder that only you may enter, and none of it is sent anywhere by itself.
    """


@command.command("path")
def _path() -> None:
    """Print the folder, and each file in it with what it is."""
    folder = private_folder()
    files = kept_files(folder)
    click.echo(folder)
    _print_files(files)


def _print_files(files: list[KeptFile]) -> None:
    for one in files:
        click.echo(f"  {one.name}: {one.what}, {_size(one.size)}")
    if not files:
        click.echo(f"  {_NOTHING}")


def _size(size: int) -> str:
    return f"{size} bytes" if size < 10_000 else f"{round(size / 1000)} kB"


@command.command("export")
@output_options("Where to.", metavar="FILE.zip", is_required=True)
def _export(target: Path, *, force: bool) -> None:
    """Copy all of it into a ZIP file, which only you can read."""
    check_output(target, ".zip", force=force)
    files = kept_files(private_folder())
    if not files:
        click.echo(_NOTHING)
        return
    with replacing(target, force=force) as beside:
        left_out = copy_kept(files, beside)
    for one in left_out:
        click.echo(f"Note: left out: {one.name}: {one.what if one.leads_to else 'it is no file'}", err=True)
    click.echo(f"{target}: what is kept about you. Whoever can read that file can read it.")


@command.command("erase")
@click.option("--yes", is_flag=True, help="Ask nothing.")
def _erase(*, yes: bool) -> None:
    """Remove all of it for good. Settings, routines and voices of your own stay."""
    folder = private_folder()
    files = kept_files(folder)
    if not files and not folder.exists():
        click.echo(_NOTHING)
        return
    click.echo(f"This goes, with the folder {folder}:", err=True)
    for one in files:
        click.echo(f"  {one.name}: {one.what}", err=True)
    if not yes:
        if not (sys.stdin and sys.stdin.isatty()):
            raise UsageError(
                "there is no terminal to ask whether you mean it",
                hint="`voiceguide data erase --yes` asks nothing. `voiceguide data export` makes a copy.",
            )
        if not click.confirm("Remove it for good?", err=True):
            click.echo("Nothing is removed.")
            return
    erase_kept(folder)
    click.echo("Removed.")
    for one in files:
        if one.leads_to and Path(one.leads_to).exists():
            click.echo(f"This stays, for you to remove: {one.leads_to}")
    click.echo("A session that goes on just now may write down something again.")
    click.echo(f"Your settings stay: {settings_file()}")
    click.echo(f"Routines, words and voices of your own stay: {user_folder()}")
    click.echo("Files you exported and sessions in your calendar stay where you put them.")
