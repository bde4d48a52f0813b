"""`voiceguide voices`: try voices, and add the neural ones that you have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from voiceguide import registry
from voiceguide.backends import Backend
from voiceguide.commands import as_called
from voiceguide.commands._options import (
    backend_options,
    find_backend,
    json_option,
    say_notes,
    setting_option,
)
from voiceguide.commands._speaking import LANGUAGE, open_voice
from voiceguide.errors import Unavailable, UsageError, VoiceguideError
from voiceguide.exporter import check_target, export
from voiceguide.library import load_language
from voiceguide.session import compile_saying
from voiceguide.units import in_seconds

_SENTENCES = 3
"""Of what is said before every session: the words that must be understood."""


@click.group("voices")
def command() -> None:
    """Try voices, and add neural ones.

    `voiceguide list voices` lists what there is.
    """


@command.command("add")
@click.argument("model", type=click.Path(path_type=Path), metavar="PATH")
@click.option("--name", metavar="NAME", help="What to call it; without it, as its file is called.")
@click.option("--force", is_flag=True, help="Replace a voice of that name.")
def _add(model: Path, *, name: str | None, force: bool) -> None:
    """Add the voice of piper whose model is PATH, an .onnx with its .onnx.json beside it.

    Both are copied, and the voice speaks a sentence before it counts as added. Nothing is fetched: where you
    get voices is up to you, and so is whether their licence lets you use them.
    """
    info, clip = registry.find("voiceguide.engines", "piper").add(model, name, force=force)
    click.echo(f"piper:{info.id}: added; it said a sentence of {in_seconds(clip.duration)} s")
    click.echo(f"Licence: {info.licence}" if info.licence else _UNKNOWN_LICENCE)
    if info.language.partition("-")[0] != LANGUAGE:
        click.echo(f"Note: it speaks '{info.language}', and the sessions are in '{LANGUAGE}'.", err=True)
    click.echo(as_called(f"To hear it: `voiceguide voices test piper:{info.id}`"), err=True)


_UNKNOWN_LICENCE = (
    "Licence: unknown. No MODEL_CARD says it: before you hand on what this voice says, ask who made it."
)


@command.command("remove")
@click.argument("name")
def _remove(name: str) -> None:
    """Remove the voice called NAME that was added; the file it came from stays."""
    folder = registry.find("voiceguide.engines", "piper").remove(name.removeprefix("piper:"))
    click.echo(f"{folder}: removed")


@command.command("test")
@click.argument("voices", nargs=-1, metavar="[ENGINE:VOICE]...")
@click.option(
    "-o", "--output", "folder", type=click.Path(path_type=Path), help="Write files here instead of playing."
)
@click.option("--force", is_flag=True, help="Replace files that exist.")
@click.option("--text", metavar="TEXT", help="What they are to say.")
@setting_option("rate", metavar="WPM")
@backend_options
@json_option
def _test(
    voices: tuple[str, ...],
    *,
    folder: Path | None,
    force: bool,
    text: str | None,
    rate: int | None,
    backend: str,
    device: str | None,
    as_json: bool,
) -> None:
    """Let each voice say a sentence: the default voice of every engine, if none is named.

    Says how long it is, how loud, how many words a minute that is, and what failed.
    """
    if text is not None and not any(letter.isalnum() for letter in text):
        raise UsageError("there is nothing to say", hint='for example `--text "Now press."`')
    opened = None
    if folder is None:
        try:
            _, opened = find_backend(backend, device)
        except Unavailable as error:
            error.hint = "`voiceguide voices test -o FOLDER` makes files."
            raise
    lines = load_language(LANGUAGE).lines("ready.rules")[:_SENTENCES]
    # One sentence, as a voice that was recorded knows no others than ours.
    said = text or max((line.say for line in lines), key=len)
    failed = 0
    rows: list[dict[str, Any]] = []
    for name in dict.fromkeys(voices) or registry.names("voiceguide.engines"):
        try:
            row = _hear(name, said, rate, folder, opened, force=force)
        except VoiceguideError as error:
            row = {"id": name, "title": str(error), "works": False}
            # An engine that nobody asked for need not be here.
            failed = failed or (error.exit_code if voices else 0)
            for line in error.lines():
                click.echo(as_called(line.replace("Error: ", f"Error: {name}: ", 1)), err=True)
        rows.append(row)
        if not as_json and row["works"]:
            click.echo(f"{row['id']}: {row['title']}")
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    if failed or not any(row["works"] for row in rows):
        raise click.exceptions.Exit(failed or Unavailable.exit_code)


def _hear(
    name: str, text: str, rate: int | None, folder: Path | None, backend: Backend | None, *, force: bool
) -> dict[str, Any]:
    """Let one voice speak, into a file or to a backend; return what is to be told of it."""
    from voiceguide.loudness import loudness

    target = None
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    speaker = open_voice(name, rate)
    if folder is not None:
        target = folder / f"{re.sub('[^A-Za-z0-9.+_-]+', '-', speaker.name)}.wav"
        check_target(target, force=force)
    saying = compile_saying(text, load_language(LANGUAGE), speaker)
    say_notes(speaker)
    spoken = saying.timeline.events[-1].spoken
    clip = speaker.clip(spoken)
    level = loudness(clip.samples)
    quickness = round(len(spoken.split()) * 60_000 / clip.duration)
    row: dict[str, Any] = {
        "id": speaker.name,
        "title": "",
        "works": True,
        "seconds": in_seconds(clip.duration),
        "lufs": None if level is None else round(level, 1),
        "words_a_minute": quickness,
        "rate": speaker.rate,
        "file": None if target is None else str(target),
    }
    row["title"] = ", ".join(_facts(row))
    if target is not None:
        export(saying, target, force=force)
    elif backend is not None:
        from voiceguide.player import Player, play

        play(Player(saying), backend, samplerate=saying.samplerate)
    return row


def _facts(row: dict[str, Any]) -> Iterator[str]:
    yield f"{row['seconds']} s"
    yield "nothing to hear" if row["lufs"] is None else f"{row['lufs']} LUFS"
    yield f"{row['words_a_minute']} words a minute ({row['rate']} asked for)"
    if row["file"]:
        yield row["file"]
