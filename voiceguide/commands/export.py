"""`voiceguide export`: the session as a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from voiceguide.background import Background
from voiceguide.commands._background import background_options
from voiceguide.commands._beside import Beside
from voiceguide.commands._many import MANY, Many, Wishes, export_many
from voiceguide.commands._options import (
    Steps,
    command_line,
    flag_option,
    open_session,
    session_options,
    setting_option,
    voice_options,
)
from voiceguide.commands._person import for_the_person
from voiceguide.commands._speaking import LANGUAGE
from voiceguide.errors import UsageError
from voiceguide.exporter import (
    bitrate_for,
    check_parts_target,
    check_target,
    describe,
    export,
    export_parts,
    folder_of,
)
from voiceguide.library import DEFAULT_ROUTINE, SUFFIXES, load_leaflet
from voiceguide.scheduler.options import Options
from voiceguide.subtitles import subtitles_in
from voiceguide.units import SAMPLERATE, clock


def _is_typed(option: str) -> bool:
    return click.get_current_context().get_parameter_source(option) is ParameterSource.COMMANDLINE


def _into(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add what is asked of many sessions at once, and hand it on as one `many`."""

    @wraps(function)
    def gathered(*args: Any, **given: Any) -> Any:
        many = Many(**{name: given.pop(name) for name in MANY})
        return function(*args, many=many, **given)

    decorated: Callable[..., Any] = gathered
    for option in reversed(
        (
            click.option("--into", type=click.Path(path_type=Path), help="A folder: many sessions at once."),
            click.option("--all", "is_all", is_flag=True, help="Every routine, with --into."),
            click.option("--as", "suffixes", metavar="mp3,html", help="Formats, with --into: mp3 if none."),
            click.option("--lengths", default="", metavar="25,40", help="Lengths, with --into."),
            click.option("--voices", default="", metavar="VOICE,VOICE", help="Voices, with --into."),
            click.option("--index", is_flag=True, help="A page that lists what is there, with --into."),
            click.option("--jobs", type=click.IntRange(1), help="How many at a time, with --into."),
            click.option("--scheduler", metavar="ADDRESS", help="A cluster of dask does it, with --into."),
        )
    ):
        decorated = option(decorated)
    return decorated


@click.command("export")
@click.argument("routines", nargs=-1, metavar="[ROUTINE]...")
@click.option(
    "-o", "--output", "target", type=click.Path(path_type=Path), help="The file; its suffix picks the format."
)
@_into
@click.option(
    "--split",
    "is_split",
    is_flag=True,
    help="A folder instead, with a file for each stop and a playlist: evening.flac makes evening/.",
)
@setting_option("subtitles", metavar="vtt,lrc,srt|none")
@click.option(
    "--plan", type=click.Path(path_type=Path), help="Write the plan for a helper here as well: .html or .md."
)
@click.option("--timeline", type=click.Path(path_type=Path), help="Write the timeline document here as well.")
@click.option("--force", is_flag=True, help="Replace files that exist.")
@setting_option("bitrate", metavar="KBIT")
@setting_option("samplerate", metavar="HERTZ")
@setting_option("loudness", metavar="LUFS")
@flag_option("room-tone")
@background_options
@session_options
@for_the_person(tells=True)
@voice_options
def command(
    routines: tuple[str, ...],
    target: Path | None,
    voice: str | None,
    rate: int | None,
    *,
    fill: str | None,
    timeline: Path | None,
    plan: Path | None,
    subtitles: str,
    options: Options,
    is_split: bool,
    force: bool,
    bitrate: int | None,
    samplerate: int | None,
    many: Many,
    loudness: int,
    room_tone: bool,
    background: Background | None,
) -> None:
    """Write a session to an audio file, or many of them into a folder.

    ROUTINE is a name or a path; without one it is lying-down. The suffix of the file picks the format.
    With --into, every routine at every length in every voice gets a file in that folder; a second run
    writes only what has changed, and what was not written there by it is never touched.
    """
    is_target = bool(routines) and Path(routines[-1]).suffix.lower() not in {"", *SUFFIXES}
    is_several = len(routines) > 1 and (target is not None or not is_target)
    if many.into is not None or many.is_asked or is_several:
        alone: dict[str, object] = {"-o": target, "--split": is_split, "--timeline": timeline, "--plan": plan}
        for option, stands in (("subtitles", True), ("length", many.lengths), ("voice", many.voices)):
            alone[f"--{option}"] = stands if _is_typed(option) else None
        many.check(routines, [option for option, value in alone.items() if value])
        wishes = Wishes(voice, rate, fill, bitrate, samplerate or SAMPLERATE, loudness, room_tone, background)
        export_many(many, routines, options, wishes, force=force)
        return
    if target is None:
        words = [*routines[:-1], "-o", routines[-1]] if is_target else [*routines, "-o", "session.mp3"]
        hint = f"for example `{command_line('voiceguide', 'export', *words)}`."
        raise UsageError("-o says where to", hint=hint)
    routine = routines[0] if routines else DEFAULT_ROUTINE
    if not _is_typed("bitrate"):
        bitrate = bitrate_for(target, bitrate)  # what is kept gives way
    (check_parts_target if is_split else check_target)(target, force=force, bitrate=bitrate)
    beside = Beside(
        target=target, is_split=is_split, timeline=timeline, plan=plan, subtitles=subtitles_in(subtitles)
    )
    beside.check(force=force)
    session = replace(
        open_session(routine, voice, rate, options, fill=fill),
        samplerate=samplerate or SAMPLERATE,
        loudness=loudness,
        room_tone=room_tone,
        background=background,
    )
    leaflet = load_leaflet(LANGUAGE)
    track = describe(session, bitrate=bitrate)
    click.echo(f"Voice: {session.voice.name}", err=True)
    written = f"{session.title}, {clock(session.timeline.duration)}"
    if is_split:
        folder = folder_of(target)
        progress = Steps(f"Writing {folder}")
        parts = export_parts(
            session, target, track, subtitles=beside.subtitles, force=force, progress=progress
        )
        playlist = next(path for path in parts if path.suffix == ".m3u8")
        click.echo(f"{playlist}: {written}, in {len(track.chapters)} files")
    else:
        export(session, target, track, force=force, progress=Steps(f"Writing {target}"))
        click.echo(f"{target}: {written}")
    if options.tick and not any(event.name == "tick" for event in session.timeline.events):
        click.echo("Note: --tick sounds every ten seconds of a hold, and no hold is longer here.", err=True)
    for line in beside.write(session, track, leaflet, force=force):
        click.echo(line)
    click.echo(leaflet.label("play_it"), err=True)
