"""`voiceguide pack`: voices that were recorded, and what they have to say."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from voiceguide.commands._options import Steps, json_option, say_notes, voice_options
from voiceguide.commands._pack_build import build
from voiceguide.commands._pack_options import PackOrder, pack_options
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
from voiceguide.pack_maker import make_pack
from voiceguide.prompter import write_prompter
from voiceguide.reading import make_rows
from voiceguide.repertoire import find_repertoire
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
@pack_options(needs_speaker=False)
@voice_options
def _render(
    routines: tuple[str, ...],
    *,
    is_all: bool,
    order: PackOrder,
    voice: str | None,
    rate: int | None,
    fill: str | None,
) -> None:
    """Make a pack from a voice that can say anything.

    It holds all that ROUTINE may say; without one it is lying-down.
    """
    if voice is None:
        raise UsageError("--voice says who speaks", hint="for example `--voice espeak`.")
    texts = _texts(routines, is_all=is_all)
    speaking = open_voice(voice, rate, fill)
    size = make_pack(
        order.target,
        texts,
        speaking,
        order.facts(f"made by voiceguide with {speaking.name}"),
        notice=order.notice,
        force=order.force,
        progress=Steps(f"Writing {order.target}"),
    )
    say_notes(speaking)
    click.echo(f"{order.target}: {len(texts)} sentences, {size / 1e6:.1f} MB")


command.add_command(build)
