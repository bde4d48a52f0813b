"""`voiceguide play`: the session, heard."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import click
from click.core import ParameterSource

from voiceguide.background import Background
from voiceguide.bookmark import load_bookmark
from voiceguide.commands import TYPED
from voiceguide.commands._background import background_options
from voiceguide.commands._journal import open_journal
from voiceguide.commands._listening import listen
from voiceguide.commands._options import (
    backend_options,
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
    without_length,
    words_to_go_on,
)
from voiceguide.commands._page import print_note
from voiceguide.commands._pain import is_asked, may_play
from voiceguide.commands._person import for_whoever_lies_there
from voiceguide.commands._screen import screen_for
from voiceguide.commands._speaking import LANGUAGE
from voiceguide.errors import ImpossibleLength, Unavailable, UsageError
from voiceguide.folders import private_folder
from voiceguide.library import load_leaflet
from voiceguide.scheduler.options import Options
from voiceguide.units import clock, parse_duration


@click.command("play")
@routine_argument
@backend_options
@click.option(
    "--preflight/--no-preflight",
    default=True,
    help="At a terminal, speak a sentence to set the volume by, and wait for a key.",
)
@setting_option("start-in", metavar="30s")
@setting_option("loudness", metavar="LUFS")
@flag_option("room-tone")
@background_options
@flag_option("wait-for-me")
@flag_option("plain")
@flag_option("quiet-screen")
@click.option("--resume", is_flag=True, help="Go on where the last session was interrupted.")
@click.option("--done", multiple=True, hidden=True, help="A stop that is done; what --resume fills in.")
@click.option("--continues", type=int, hidden=True, help="Its number in the journal; as well by --resume.")
@click.option(
    "--too-little", multiple=True, hidden=True, help="One of --done with too little heard; likewise."
)
@flag_option("journal")
@session_options
@for_whoever_lies_there
@voice_options
@click.pass_context
def command(
    context: click.Context,
    routine: str,
    *,
    backend: str,
    device: str | None,
    voice: str | None,
    rate: int | None,
    fill: str | None,
    options: Options,
    preflight: bool,
    wait_for_me: bool,
    plain: bool,
    quiet_screen: bool,
    start_in: str | None,
    loudness: int,
    room_tone: bool,
    background: Background | None,
    resume: bool,
    done: tuple[str, ...],
    continues: int | None,
    too_little: tuple[str, ...],
    journal: bool,
) -> None:
    """Play a session.

    ROUTINE is a name or a path; without one it is lying-down.

    Space pauses and goes on. q, twice, ends gently: what is pressed is let go, and you are led up. ? lists
    the other keys.
    """
    if resume:
        _resume(context)
        return

    options = replace(options, done=done)
    check_routine(routine, options)
    is_guest = context.params["as_guest"]
    with open_journal() as kept:
        if not (is_guest or may_play(kept, datetime.now().astimezone(), asks=is_asked())):
            raise click.exceptions.Exit(1)
    try:
        name, opened = find_backend(backend, device)
    except Unavailable as error:
        # What would stop the other command, too, is told first.
        open_session(routine, voice, rate, options, sounds=False, quiet=True, fill=fill)
        given = (*_given("--voice", voice), *_given("--rate", rate), *_given("--fill", fill), *typed(options))
        export = command_line("voiceguide", "export", routine, "-o", "session.wav", *given, *_sounds(context))
        raise Unavailable(
            error.message, where=error.where, hint=f"`{export}` makes a file for another player."
        ) from None
    try:
        session = open_session(routine, voice, rate, options, live=True, fill=fill)
    except ImpossibleLength as error:
        if "--ice later" not in error.remedies or not (sys.stdin and sys.stdin.isatty()):
            raise
        click.echo(f"{error.message}.", err=True)
        if not click.confirm("Leave the ice to do on your own afterwards?", default=True, err=True):
            raise
        options = replace(options, ice="later")
        context.find_root().meta[TYPED] += ["--ice", "later"]
        session = open_session(routine, voice, rate, options, live=True, fill=fill)
    print_note(
        f"{session.title}, {clock(session.timeline.duration)}, with {session.voice.name} through {name}. "
        "Space pauses. q, twice, ends gently. ? lists the keys."
    )
    with open_journal() as kept:
        listen(
            replace(session, loudness=loudness, room_tone=room_tone, background=background),
            opened,
            words_to_go_on(routine, options),
            screen=screen_for(plain=plain, quiet=quiet_screen),
            preflight=preflight,
            starts_in=parse_duration(start_in) if start_in else None,
            waits_for_me=wait_for_me,
            journal=kept if journal and not is_guest else None,
            continues=continues,
            too_little=too_little,
        )


def _sounds(context: click.Context) -> Iterator[str]:
    """Yield what was typed of how it is to sound, as `export` takes it, too."""

    def is_typed(name: str) -> bool:
        return context.get_parameter_source(name) is ParameterSource.COMMANDLINE

    for name in filter(is_typed, ("background", "background_level", "duck", "loudness")):
        yield from (f"--{name.replace('_', '-')}", str(context.params[name]))
    if is_typed("room_tone"):
        yield "--room-tone" if context.params["room_tone"] else "--no-room-tone"


def _resume(context: click.Context) -> None:
    """Run the command again as it was typed for the session that was interrupted, without what is done."""
    if context.get_parameter_source("routine") is ParameterSource.COMMANDLINE:
        raise UsageError(
            "--resume goes on with the session that was interrupted",
            hint="`voiceguide play --resume` is all of it.",
        )
    meta = context.find_root().meta
    mark = load_bookmark(private_folder())
    typed_now = [word for word in meta[TYPED][1:] if word != "--resume"]
    kept = without_length(mark.words) if len(without_length(typed_now)) < len(typed_now) else mark.words
    # Whether a guest lies there has to be said again: it would leave the owner's answers away.
    words = [*(word for word in kept if word != "--as-guest"), *typed_now]
    meta[TYPED] = ["play", *words]
    day = load_leaflet(LANGUAGE).day(mark.when)
    click.echo(f"Going on with the session that stopped at {mark.when:%H:%M}, {day}.", err=True)
    words += [word for stop in mark.done for word in ("--done", stop)]
    words += [word for stop in mark.too_little for word in ("--too-little", stop)]
    words += [] if mark.number is None else ["--continues", str(mark.number)]
    with context.command.make_context("play", words, parent=context.parent) as again:
        context.command.invoke(again)


def _given(option: str, value: object) -> tuple[str, ...]:
    return () if value is None else (option, str(value))
