"""`voiceguide play`: the session, heard."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from voiceguide.commands._options import (
    backend_option,
    check_routine,
    command_line,
    find_backend,
    open_session,
    routine_argument,
    session_options,
    typed,
    voice_options,
)
from voiceguide.errors import ImpossibleLength, Unavailable
from voiceguide.keyboard import ReadKeys, keys
from voiceguide.scheduler.options import Options
from voiceguide.units import clock

# The player needs numpy, which `voiceguide --help` should not wait for.
if TYPE_CHECKING:
    from voiceguide.player import Player


@click.command("play")
@routine_argument
@backend_option
@session_options
@voice_options
def command(routine: str, backend: str, voice: str | None, rate: int | None, options: Options) -> None:
    """Play a session.

    ROUTINE is a name or a path; without one it is lying-down.

    Space pauses and goes on. q, twice, ends gently: what is pressed is let go, and you are led up.
    """
    from voiceguide.player import Player, play

    check_routine(routine, options)
    name, device = find_backend(backend)
    try:
        device.check()
    except Unavailable as error:
        given = (*_given("--voice", voice), *_given("--rate", rate), *typed(options))
        export = command_line("voiceguide", "export", routine, "-o", "session.wav", *given)
        raise Unavailable(
            error.message, where=error.where, hint=f"`{export}` makes a file for another player."
        ) from None
    try:
        session = open_session(routine, voice, rate, options)
    except ImpossibleLength as error:
        if "--ice later" not in error.remedies or not (sys.stdin and sys.stdin.isatty()):
            raise
        click.echo(f"{error.message}.", err=True)
        if not click.confirm("Leave the ice to do on your own afterwards?", default=True, err=True):
            raise
        session = open_session(routine, voice, rate, replace(options, ice="later"))
    click.echo(
        f"{session.title}, {clock(session.timeline.duration)}, with {session.voice.name} through {name}. "
        "Space pauses. q, twice, ends gently.",
        err=True,
    )
    player = Player(session)
    with keys() as read_keys:
        play(player, device, samplerate=session.samplerate, poll=_poll(player, read_keys))


def _given(option: str, value: object) -> tuple[str, ...]:
    return () if value is None else (option, str(value))


def _poll(player: Player, read_keys: ReadKeys) -> Callable[[], None]:
    """Return what is done between blocks: print each line as it is spoken, and act on keys."""
    shown = -1
    asked = False

    def poll() -> None:
        nonlocal shown, asked
        for key in read_keys():
            if key == " ":
                player.toggle()
                click.echo("Paused. Space goes on." if player.is_paused else "Going on.", err=True)
            elif key in "qQ" and not asked and not player.is_ending:
                click.echo("Press q again to end.", err=True)
            elif key in "qQ":
                click.echo(
                    "Stopping." if player.is_ending else "Ending. q once more stops at once.", err=True
                )
                player.end()
            asked = key in "qQ" and not asked
        event = player.current_event()
        if event is not None and event.text and event.start != shown:
            shown = event.start
            click.echo(f"{clock(event.start):>7}  {event.text}")

    return poll
