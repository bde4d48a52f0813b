"""`voiceguide setup`: a few questions before the first session, and what follows from the answers."""

from __future__ import annotations

from dataclasses import replace

import click

from voiceguide.backends import Backend
from voiceguide.commands._asking import Speak, set_up
from voiceguide.commands._options import (
    backend_options,
    find_backend,
    say_notes,
    setting_option,
    voice_options,
)
from voiceguide.commands._person import today
from voiceguide.commands._speaking import LANGUAGE, spoken
from voiceguide.library import load_language, load_leaflet
from voiceguide.session import compile_saying


@click.command()
@click.option("--aloud", is_flag=True, help="Speak each question, too, and what follows.")
@setting_option("loudness", metavar="LUFS")
@backend_options
@voice_options
def command(
    *,
    aloud: bool,
    backend: str,
    device: str | None,
    voice: str | None,
    rate: int | None,
    fill: str | None,
    loudness: int,
) -> None:
    """Answer questions before the first session.

    They find out whether a doctor should look first, and what is left out for you. Answer each with y, n, or
    u if you are not sure, and Enter; the answers can come through a pipe as well, a line each. `b` goes back,
    `?` asks again. The answers are kept on this machine, where only you can read them. Run it again whenever
    something changes.
    """
    speak: Speak | None = None
    if aloud:
        _, opened = find_backend(backend, device)
        speak = _speaker(opened, voice, rate, fill, loudness=loudness)
    profile = set_up(today(), speak=speak)
    if profile.stop:
        raise click.exceptions.Exit(1)


def _speaker(
    opened: Backend, voice: str | None, rate: int | None, fill: str | None, *, loudness: int
) -> Speak:
    """Return what speaks a text, in one voice throughout, and comes back once it was heard."""
    language = load_language(LANGUAGE)
    first = load_leaflet(LANGUAGE).setup["intro"]
    speaker = spoken(lambda found: compile_saying(first, language, found), voice, rate, fill).voice
    say_notes(speaker)

    def speak(text: str) -> None:
        from voiceguide.player import Player, play

        saying = replace(compile_saying(text, language, speaker), loudness=loudness)
        play(Player(saying), opened, samplerate=saying.samplerate)

    return speak
