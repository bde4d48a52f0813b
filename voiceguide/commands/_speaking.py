"""Who speaks: what is asked for, or what was chosen, which is then told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click
from click.core import ParameterSource

from voiceguide import registry
from voiceguide.errors import LacksWords
from voiceguide.scheduler.hold import Measure
from voiceguide.units import Milliseconds
from voiceguide.voice import SHIPPED_VOICE, Voice, find_voice, speaking_engine

LANGUAGE = "en"
Made = TypeVar("Made")


_TOLD = "voiceguide.told"
_WAITING = "voiceguide.waiting"


def open_voice(voice: str | None, rate: int | None, fill: str | None = None) -> Voice:
    """Return the voice that the options ask for; tell if it needs nobody to fill, and that was typed now."""
    speaker = find_voice(voice, rate=rate, language=LANGUAGE, fill=fill)
    if fill is not None and speaker.says_everything and not is_kept("fill"):
        _tell_once(f"Note: --fill is not used: {speaker.name} says everything.")
    return speaker


def measured_by(voice: Voice | None) -> Measure:
    """Return what tells the length of a text without a sound: known of the voice, or else an estimate."""
    tone_length: Measure = registry.find("voiceguide.engines", "tone").tone_length

    def measure(spoken: str) -> Milliseconds:
        known = voice.known_length(spoken) if voice else None
        return tone_length(spoken) if known is None else known

    return measure


def spoken(make: Callable[[Voice], Made], voice: str | None, rate: int | None, fill: str | None) -> Made:
    """Return what is made with the voice that is asked for.

    Where none is, nor one that fills, and the shipped one cannot say all of it, the engine of this platform
    says all of it, and that is told: two voices are never mixed without being asked for.
    """
    speaker = open_voice(voice, rate, fill)
    if voice is None and rate is not None:
        tell_choice(speaker, f"as {SHIPPED_VOICE}, which is shipped, has one rate only")
    try:
        return make(speaker)
    except LacksWords as error:
        if voice is not None or fill is not None:
            raise
        speaker = open_voice(speaking_engine(), rate)
        tell_choice(speaker, f"as {error.message}")
        return make(speaker)


def tell_choice(speaker: Voice, why: str) -> None:
    """Print who speaks where that was not asked for."""
    _tell_once(f"Voice: {speaker.name} says all of it, {why}.")


def is_kept(name: str) -> bool:
    """Return True if an option comes from the settings, not from what was typed now."""
    return click.get_current_context().get_parameter_source(name) is ParameterSource.DEFAULT_MAP


def tell_later(line: str) -> None:
    """Keep a line until nothing is wrong any more: what is wrong is told alone."""
    click.get_current_context().find_root().meta.setdefault(_WAITING, []).append(line)


def tell_what_waits() -> None:
    """Print the lines that were kept."""
    waiting = click.get_current_context().find_root().meta.pop(_WAITING, [])
    for line in waiting:
        click.echo(line, err=True)


def _tell_once(line: str) -> None:
    """Print a line, unless this command did so before: many sessions may be made by one."""
    before = click.get_current_context().find_root().meta.setdefault(_TOLD, set())
    if line not in before:
        before.add(line)
        click.echo(line, err=True)
