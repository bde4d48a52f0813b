"""`voiceguide pack`: voices that were recorded, and what they have to say."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import click

from voiceguide.commands._options import Steps, json_option, say_notes, voice_options
from voiceguide.commands._pack_build import build
from voiceguide.commands._speaking import LANGUAGE, open_voice
from voiceguide.errors import UsageError
from voiceguide.library import (
    DEFAULT_ROUTINE,
    find_routine,
    load_language,
    load_leaflet,
    load_points,
    load_routine,
    routine_names,
)
from voiceguide.pack_maker import Facts, check_pack_target, make_pack
from voiceguide.prompter import write_prompter
from voiceguide.reading import make_rows
from voiceguide.repertoire import find_repertoire
from voiceguide.scheduler.point import ID
from voiceguide.whole_files import check_file_target, write_text

_all_option = click.option("--all", "is_all", is_flag=True, help="Every routine there is.")
_routines_argument = click.argument("routines", nargs=-1, metavar="[ROUTINE]...")


@click.group("pack")
def command() -> None:
    """Make voice packs: voices that were recorded.

    A pack is a folder or a zip that lies in `packs` of your own folder (`voiceguide list folders`); then
    `--voice pack:NAME` speaks with it.
    """


def _texts(routines: Sequence[str], *, is_all: bool) -> tuple[str, ...]:
    """Return all that these routines may say, as it is spoken."""
    if is_all and routines:
        raise UsageError("--all is every routine: name none beside it", hint="leave one of the two away.")
    names = routine_names() if is_all else routines or (DEFAULT_ROUTINE,)
    found = [load_routine(find_routine(name)) for name in names]
    return find_repertoire(found, load_points(), load_language(LANGUAGE))


@command.command("script")
@_routines_argument
@_all_option
@json_option
@click.option(
    "--page",
    type=click.Path(path_type=Path),
    metavar="FILE.html",
    help="Write a page to read from, too.",
)
@click.option("--force", is_flag=True, help="Replace a page that exists.")
def _script(
    routines: tuple[str, ...], *, is_all: bool, as_json: bool, page: Path | None, force: bool
) -> None:
    """Print every sentence that a pack needs.

    All that ROUTINE may say, whatever is asked of it and however long it takes; without one it is lying-down.
    Keep what --json prints while it is recorded: `pack build` goes by its numbers.
    """
    if page is not None:
        check_file_target(page, force=force)
    texts = _texts(routines, is_all=is_all)
    if page is not None:
        script = dict(enumerate(texts, start=1))
        write_text(page, write_prompter(script, load_leaflet(LANGUAGE).prompter, LANGUAGE), force=force)
    if as_json:
        click.echo(json.dumps(make_rows(texts), indent=2, ensure_ascii=False))
        return
    width = len(str(len(texts)))
    click.echo("\n".join(f"{number:{width}}  {text}" for number, text in enumerate(texts, start=1)))


@command.command("render")
@_routines_argument
@_all_option
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(path_type=Path),
    required=True,
    help="A folder, or a file whose name ends with .zip.",
)
@click.option("--force", is_flag=True, help="Replace what is there.")
@click.option("--id", "name", metavar="NAME", help="As in --voice pack:NAME; the target's own name if none.")
@click.option("--title", metavar="TEXT", required=True, help="What a person calls it.")
@click.option("--speaker", metavar="TEXT", default="", help="Whose voice it is.")
@click.option("--licence", metavar="TEXT", required=True, help="Who may do what with it.")
@click.option("--notice", type=click.Path(path_type=Path, exists=True), help="Its licence, written out.")
@click.option("--source", metavar="TEXT", default="", help="How it was made.")
@voice_options
def _render(
    routines: tuple[str, ...],
    *,
    is_all: bool,
    target: Path,
    force: bool,
    name: str | None,
    title: str,
    speaker: str,
    licence: str,
    notice: Path | None,
    source: str,
    voice: str | None,
    rate: int | None,
    fill: str | None,
) -> None:
    """Make a pack from a voice that can say anything.

    It holds all that ROUTINE may say; without one it is lying-down.
    """
    if voice is None:
        raise UsageError("--voice says who speaks", hint="for example `--voice espeak`.")
    name = checked_name(target, name)
    check_pack_target(target, force=force)
    texts = _texts(routines, is_all=is_all)
    speaking = open_voice(voice, rate, fill)
    facts = Facts(
        id=name,
        title=title,
        language=LANGUAGE,
        speaker=speaker,
        licence=licence,
        source=source or f"made by voiceguide with {speaking.name}",
    )
    size = make_pack(
        target,
        texts,
        speaking,
        facts,
        notice=notice.read_text(encoding="utf-8") if notice else "",
        force=force,
        progress=Steps(f"Writing {target}"),
    )
    say_notes(speaking)
    click.echo(f"{target}: {len(texts)} sentences, {size / 1e6:.1f} MB")


def checked_name(target: Path, name: str | None) -> str:
    """Return the name of a pack, which is that of its folder or zip."""
    own = target.name.removesuffix(".zip")
    if not re.fullmatch(ID, own):
        hint = "name the folder or zip with a-z, 0-9 and single hyphens, such as calm.zip."
        raise UsageError(f"'{own}' is no name for a pack", hint=hint)
    if name not in {None, own}:
        hint = f"write it to '{target.with_name(f'{name}{target.suffix}')}'."
        raise UsageError(f"the pack '{name}' would not be found as '{target.name}'", hint=hint)
    return own


command.add_command(build)
