"""`voiceguide pack build`: the command, which belongs to the group of `pack`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from voiceguide.commands._options import Steps
from voiceguide.commands._pack_options import PackOrder, pack_options
from voiceguide.commands._speaking import LANGUAGE
from voiceguide.library import load_leaflet
from voiceguide.pack_maker import make_pack
from voiceguide.prompter import write_prompter
from voiceguide.reading import read_script
from voiceguide.whole_files import check_file_target, write_text

if TYPE_CHECKING:
    from voiceguide.hearing import Ear
    from voiceguide.recorded_voice import RecordedVoice

_PATH = click.Path(path_type=Path)
_BITRATE, _SAMPLERATE = 32, 24_000
"""Kilobits a second and hertz of a clip: a person's voice has more in it than a synthetic one."""


@click.command("build")
@click.argument("folder", type=_PATH)
@click.option(
    "--script",
    "script_file",
    type=_PATH,
    required=True,
    help="What was read aloud, as `pack script --json` wrote it.",
)
@pack_options(needs_speaker=True)
@click.option("--no-listen", is_flag=True, help="Do not check what is said, only how it sounds.")
@click.option(
    "--again", type=_PATH, metavar="FILE.html", help="Write a page of what has to be recorded again."
)
def build(
    folder: Path,
    *,
    script_file: Path,
    order: PackOrder,
    no_listen: bool,
    again: Path | None,
) -> None:
    """Make a pack from recordings in FOLDER.

    Each is called by the number of its text, such as 0012.wav. What cannot be mended (missing, clipped, too
    quiet, noisy, cut off, another text) is told of all of them at once, and then no pack is made. Rates,
    channels, levels and the quiet around the words need no care.
    """
    if again is not None:
        check_file_target(again, force=order.force)
    script = read_script(script_file)
    ear = None if no_listen else _open_ear(script)
    voice = _recorded(folder, script, ear, again, force=order.force)
    _say_notes(voice, ear)
    size = make_pack(
        order.target,
        script.values(),
        voice,
        order.facts(f"recorded by {order.speaker}"),
        notice=order.notice,
        force=order.force,
        bitrate=_BITRATE,
        samplerate=_SAMPLERATE,
        progress=Steps(f"Writing {order.target}"),
    )
    click.echo(f"{order.target}: {len(script)} sentences, {size / 1e6:.1f} MB")


def _open_ear(script: dict[int, str]) -> Ear:
    from voiceguide import hearing

    hearing.check(LANGUAGE)
    return hearing.Ear(script.values())


def _recorded(
    folder: Path, script: dict[int, str], ear: Ear | None, again: Path | None, *, force: bool
) -> RecordedVoice:
    from voiceguide.recorded_voice import FaultyRecordings, read_recordings

    try:
        return read_recordings(folder, script, ear, Steps("Listening" if ear else "Looking"))
    except FaultyRecordings as error:
        if again is not None:
            numbers = sorted({one.number for one in error.found} & script.keys())
            rest = {number: script[number] for number in numbers}
            write_text(again, write_prompter(rest, load_leaflet(LANGUAGE).prompter, LANGUAGE), force=force)
            click.echo(again)
        raise


def _say_notes(voice: RecordedVoice, ear: Ear | None) -> None:
    if voice.one_sided:
        told = f"{voice.one_sided} recordings have a channel without the voice: another one is taken"
        click.echo(f"Note: {told}.", err=True)
    if ear is None:
        click.echo("Note: nobody has checked what is said (--no-listen).", err=True)
    elif voice.unsure:
        told = (
            f"what is said in {len(voice.unsure)} recordings could not be made out; listen to them yourself"
        )
        click.echo(f"Note: {told}: {', '.join(voice.unsure)}", err=True)
