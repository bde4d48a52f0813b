"""`voiceguide play`: the session, heard."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import click

from voiceguide import turns
from voiceguide.awake import awake
from voiceguide.commands._options import (
    backend_option,
    check_routine,
    command_line,
    find_backend,
    flag_option,
    open_session,
    routine_argument,
    session_options,
    setting_option,
    typed,
    voice_options,
)
from voiceguide.controls import BY_KEY, Control, describe
from voiceguide.errors import ImpossibleLength, Unavailable
from voiceguide.keyboard import ReadKeys, keys, no_keys
from voiceguide.library import user_folder
from voiceguide.played import Log
from voiceguide.scheduler.options import Options
from voiceguide.units import clock, parse_duration

# The player needs numpy, which `voiceguide --help` should not wait for.
if TYPE_CHECKING:
    from voiceguide.player import Player
    from voiceguide.scheduler.timeline import Event


@click.command("play")
@routine_argument
@backend_option
@click.option(
    "--preflight/--no-preflight",
    default=True,
    help="At a terminal, speak a sentence to set the volume by, and wait for a key.",
)
@setting_option("start-in", metavar="30s")
@flag_option("wait-for-me")
@session_options
@voice_options
def command(
    routine: str,
    backend: str,
    voice: str | None,
    rate: int | None,
    options: Options,
    *,
    preflight: bool,
    wait_for_me: bool,
    start_in: str | None,
) -> None:
    """Play a session.

    ROUTINE is a name or a path; without one it is lying-down.

    Space pauses and goes on. q, twice, ends gently: what is pressed is let go, and you are led up. ? lists
    the other keys.
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
        session = open_session(routine, voice, rate, options, live=True)
    except ImpossibleLength as error:
        if "--ice later" not in error.remedies or not (sys.stdin and sys.stdin.isatty()):
            raise
        click.echo(f"{error.message}.", err=True)
        if not click.confirm("Leave the ice to do on your own afterwards?", default=True, err=True):
            raise
        session = open_session(routine, voice, rate, replace(options, ice="later"), live=True)
    click.echo(
        f"{session.title}, {clock(session.timeline.duration)}, with {session.voice.name} through {name}. "
        "Space pauses. q, twice, ends gently. ? lists the keys.",
        err=True,
    )
    about = {"routine": session.plan.routine.id, "voice": session.voice.name}
    log = Log(user_folder(), datetime.now().astimezone(), about=about, tell=_note)
    with keys() as read_keys, awake() as is_awake:
        has_keys = read_keys is not no_keys
        if wait_for_me and not has_keys:
            _note("there is no terminal to press Space at, so nothing waits for you.")
        soon = parse_duration(start_in) if start_in else None
        player = Player(
            session,
            greets=(has_keys and preflight) or soon is not None,
            starts_in=soon,
            is_answered=has_keys,
            waits_for_me=wait_for_me,
        )

        def lost(error: Unavailable) -> None:
            click.echo(f"Paused: {error.message}. Trying to open it again; q, three times, stops.", err=True)

        def found() -> None:
            if has_keys and not player.is_ending:
                click.echo("The sound is back. Space goes on.", err=True)
                player.turn(turns.tell_return)
            else:  # nobody could press a key
                click.echo("The sound is back.", err=True)
                player.resume()

        if not is_awake:
            _note("nothing here can keep this machine from falling asleep.")
        if player.is_paused:
            click.echo("Space begins.", err=True)
        look = _poll(player, read_keys)

        def poll() -> None:
            look()
            log.write(player.played.take())

        try:
            play(player, device, samplerate=session.samplerate, poll=poll, lost=lost, found=found)
        finally:
            log.write(player.played.take(is_end=True))


def _note(text: str) -> None:
    click.echo(f"Note: {text}", err=True)


def _given(option: str, value: object) -> tuple[str, ...]:
    return () if value is None else (option, str(value))


def _poll(player: Player, read_keys: ReadKeys) -> Callable[[], None]:
    """Return what is done between blocks: print each line as it is spoken, and act on keys."""
    shown: Event | None = None
    asked = False

    def poll() -> None:
        nonlocal shown, asked
        for key in read_keys():
            control = BY_KEY.get(key)
            if control is None:
                continue
            player.tick()
            if player.score.is_alarm:
                # Whoever presses any key at all is awake.
                player.turn(turns.go_on)
                continue
            is_end = control.id == "end"
            if is_end and not asked and not player.is_ending:
                player.turn(turns.ask_to_end)
            else:
                _act(player, control)
            asked = is_end and not asked
        event = player.current_event()
        # What answers a key is heard, and not printed too.
        is_aside = event is not None and event.name.startswith("player.")
        if event is not None and event.text and event is not shown and not is_aside:
            shown = event
            # A way up that was not planned lies at no time of the session.
            time = "" if player.is_ending and not player.position else clock(player.position)
            click.echo(f"{time:>7}  {event.text}")

    return poll


def _act(player: Player, control: Control) -> None:
    """Do what a key stands for; what is not heard is printed."""
    if control.turn is not None:
        player.turn(control.turn)
    elif control.id == "pause":
        player.toggle()
        if player.is_paused:
            click.echo("Paused. Space goes on.", err=True)
    elif control.id == "end":
        click.echo("Stopping." if player.is_ending else "Ending. q once more stops at once.", err=True)
        player.end()
    elif control.id == "help":
        for keys, what in describe():
            click.echo(f"{keys:22}  {what}", err=True)
    else:
        player.make_louder(1 if control.id == "louder" else -1)
        click.echo(f"Level: {player.level:+g} dB", err=True)
