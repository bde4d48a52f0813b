"""`voiceguide say`: try a voice with a sentence of your own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from voiceguide.commands._options import (
    backend_options,
    command_line,
    find_backend,
    say_notes,
    setting_option,
    voice_options,
)
from voiceguide.commands._output import output_options
from voiceguide.commands._speaking import LANGUAGE, spoken
from voiceguide.errors import Unavailable, UsageError
from voiceguide.exporter import check_target, export
from voiceguide.library import load_language
from voiceguide.session import compile_saying


@click.command()
@click.argument("text")
@output_options("Write a file instead of playing.", metavar="FILE")
@setting_option("loudness", metavar="LUFS")
@backend_options
@voice_options
def command(
    text: str,
    *,
    target: Path | None,
    force: bool,
    backend: str,
    device: str | None,
    voice: str | None,
    rate: int | None,
    fill: str | None,
    loudness: int,
) -> None:
    """Say a sentence, to try a voice."""
    if not any(letter.isalnum() for letter in text):
        raise UsageError("there is nothing to say", hint='for example `voiceguide say "Now press."`')
    opened = None
    if target is not None:
        check_target(target, force=force)
    else:
        try:
            _, opened = find_backend(backend, device)
        except Unavailable as error:
            error.hint = f"`{command_line('voiceguide', 'say', text, '-o', 'saying.wav')}` makes a file."
            raise
    language = load_language(LANGUAGE)
    saying = spoken(lambda speaker: compile_saying(text, language, speaker), voice, rate, fill)
    saying = replace(saying, loudness=loudness)
    speaker = saying.voice
    say_notes(speaker)
    click.echo(f"{speaker.name}: {saying.timeline.events[-1].spoken}", err=True)
    if opened is None and target is not None:
        export(saying, target, force=force)
        click.echo(target)
    elif opened is not None:
        from voiceguide.player import Player, play

        play(Player(saying), opened, samplerate=saying.samplerate)
