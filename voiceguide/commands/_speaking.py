"""Who speaks: what is asked for, or what was chosen, which is then told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

from voiceguide.errors import LacksWords
from voiceguide.voice import SHIPPED_VOICE, Voice, find_voice, speaking_engine

LANGUAGE = "en"
Made = TypeVar("Made")


def open_voice(voice: str | None, rate: int | None, fill: str | None = None) -> Voice:
    """Return the voice that the options ask for."""
    return find_voice(voice, rate=rate, language=LANGUAGE, fill=fill)


def spoken(make: Callable[[Voice], Made], voice: str | None, rate: int | None, fill: str | None) -> Made:
    """Return what is made with the voice that is asked for.

    Where none is, and the shipped one cannot say all of it, the engine of this platform says all of it, and
    that is told: two voices are never mixed without being asked for.
    """
    speaker = open_voice(voice, rate, fill)
    if voice is None and rate is not None:
        tell_choice(speaker, f"as {SHIPPED_VOICE}, which is shipped, has one rate only")
    try:
        return make(speaker)
    except LacksWords as error:
        if voice is not None:
            raise
        speaker = open_voice(speaking_engine(), rate)
        tell_choice(speaker, f"as {error.message}")
        return make(speaker)


def tell_choice(speaker: Voice, why: str) -> None:
    """Print who speaks where that was not asked for."""
    click.echo(f"Voice: {speaker.name} says all of it, {why}.", err=True)
