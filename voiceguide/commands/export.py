"""`voiceguide export`: the session as a file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import click

from voiceguide.commands._options import (
    LANGUAGE,
    Steps,
    open_session,
    routine_argument,
    session_options,
    setting_option,
    voice_options,
)
from voiceguide.cover import make_cover
from voiceguide.errors import UsageError
from voiceguide.exporter import check_target, check_text_target, export, write_text
from voiceguide.library import load_leaflet
from voiceguide.scheduler.options import Options
from voiceguide.track import make_track
from voiceguide.units import SAMPLERATE, clock


@click.command("export")
@routine_argument
@click.option(
    "-o", "--output", "target", required=True, type=click.Path(path_type=Path), help="The audio file."
)
@click.option("--timeline", type=click.Path(path_type=Path), help="Write the timeline document here as well.")
@click.option("--force", is_flag=True, help="Replace files that exist.")
@setting_option("bitrate", metavar="KBIT")
@setting_option("samplerate", metavar="HERTZ")
@session_options
@voice_options
def command(
    routine: str,
    target: Path,
    timeline: Path | None,
    voice: str | None,
    rate: int | None,
    *,
    options: Options,
    force: bool,
    bitrate: int | None,
    samplerate: int | None,
) -> None:
    """Write a session to an audio file.

    ROUTINE is a name or a path; without one it is lying-down. The suffix of the file picks the format.
    """
    check_target(target, force=force, bitrate=bitrate)
    if timeline is not None:
        if timeline.resolve() == target.resolve():
            raise UsageError(
                f"'{target}' cannot hold both the sound and the timeline",
                hint=f"for example `--timeline {target.with_suffix('.json')}`.",
            )
        check_text_target(timeline, force=force)
    session = replace(open_session(routine, voice, rate, options), samplerate=samplerate or SAMPLERATE)
    comment = load_leaflet(LANGUAGE).label("file_comment")
    track = make_track(session, comment=comment, cover=make_cover(session.title), bitrate=bitrate)
    click.echo(f"Voice: {session.voice.name}", err=True)
    export(session, target, track, force=force, progress=Steps(f"Writing {target}"))
    if timeline is not None:
        write_text(timeline, json.dumps(session.document(), indent=2, ensure_ascii=False) + "\n", force=force)
    click.echo(f"{target}: {session.title}, {clock(session.timeline.duration)}")
