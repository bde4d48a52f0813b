"""`voiceguide config`: options that are kept, so that they need not be typed each night."""

from __future__ import annotations

import click

from voiceguide.known_settings import SETTINGS
from voiceguide.settings import (
    find_setting,
    keep_setting,
    parse_setting,
    read_settings,
    settings_file,
    shown,
)


@click.group("config", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Keep options that you use each time.

    They are kept in a settings file. An option that is typed comes first, then the environment
    (VOICEGUIDE_VOICE and so on), then the file.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(_list)


@command.command("list")
def _list() -> None:
    """List every setting, and what it is set to."""
    kept = read_settings()
    for name, setting in SETTINGS.items():
        click.echo(f"{name}: {shown(kept[name]) if name in kept else 'not set'} ({setting.help})")


@command.command("get")
@click.argument("name")
def _get(name: str) -> None:
    """Print what NAME is set to; nothing if it is not set."""
    find_setting(name)
    kept = read_settings()
    if name in kept:
        click.echo(shown(kept[name]))


@command.command("set", context_settings={"ignore_unknown_options": True})  # a value may begin with a minus
@click.argument("name")
@click.argument("value")
def _set(name: str, value: str) -> None:
    """Keep VALUE for NAME."""
    keep_setting(name, parse_setting(name, value))
    click.echo(f"{name}: {value}, kept in {settings_file()}")


@command.command("unset")
@click.argument("name")
def _unset(name: str) -> None:
    """Forget what NAME is set to."""
    keep_setting(name, None)
    click.echo(f"{name}: not set")


@command.command("path")
def _path() -> None:
    """Print where the settings file is."""
    click.echo(settings_file())
