"""`voiceguide export`: the session as a file."""

from __future__ import annotations

import json
from pathlib import Path

import click

from voiceguide.commands._options import Steps, open_session, routine_argument, session_options, voice_options
from voiceguide.errors import UsageError
from voiceguide.exporter import check_target, check_text_target, export, write_text
from voiceguide.scheduler.options import Options
from voiceguide.units import clock


@click.command("export")
@routine_argument
@click.option(
    "-o", "--output", "target", required=True, type=click.Path(path_type=Path), help="The audio file."
)
@click.option("--timeline", type=click.Path(path_type=Path), help="Write the timeline document here as well.")
@click.option("--force", is_flag=True, help="Replace files that exist.")
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
) -> None:
    """Write a session to an audio file.

    ROUTINE is a name or a path; without one it is lying-down. The suffix of the file picks the format.
    """
    check_target(target, force=force)
    if timeline is not None:
        if timeline.resolve() == target.resolve():
            raise UsageError(
                f"'{target}' cannot hold both the sound and the timeline",
                hint=f"for example `--timeline {target.with_suffix('.json')}`.",
            )
        check_text_target(timeline, force=force)
    session = open_session(routine, voice, rate, options)
    click.echo(f"Voice: {session.voice.name}", err=True)
    export(session, target, force=force, progress=Steps(f"Writing {target}"))
    if timeline is not None:
        write_text(timeline, json.dumps(session.document(), indent=2, ensure_ascii=False) + "\n", force=force)
    click.echo(f"{target}: {session.title}, {clock(session.timeline.duration)}")
