"""`voiceguide list`: everything that can be named."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click

from voiceguide import registry
from voiceguide.commands import as_called
from voiceguide.commands._options import (
    flag_option,
    json_option,
    located_in,
    voice_options,
)
from voiceguide.commands._page import print_note
from voiceguide.commands._person import own_conditions, said_first
from voiceguide.commands._speaking import LANGUAGE, measured_by, open_voice
from voiceguide.commands._told import parts_left, what_is_left
from voiceguide.earcons import EARCON_LENGTHS, MEANINGS
from voiceguide.engines import Recorder
from voiceguide.errors import Unavailable, UnknownName, VoiceguideError
from voiceguide.folders import user_folder
from voiceguide.known_settings import SETTINGS
from voiceguide.library import (
    SHIPPED,
    find_routine,
    language_files,
    language_names,
    load_language,
    load_points,
    load_routine,
    routine_names,
)
from voiceguide.loops import TITLES
from voiceguide.scheduler.options import Options
from voiceguide.session import estimate
from voiceguide.units import MINUTE, in_seconds, whole_minutes
from voiceguide.voice import Voice, default_voice

Rows = list[dict[str, Any]]


def _routines(voice: Voice | None) -> Rows:
    points, language = load_points(), load_language(LANGUAGE)
    measure = measured_by(voice)
    rows = []
    conditions = own_conditions()
    for line in said_first(conditions):
        print_note(as_called(line))
    for name in routine_names():
        path = find_routine(name)
        try:
            routine = load_routine(path)
            with located_in(path):
                left = what_is_left(routine, points, conditions)
                # Of what is not for a person, what it would be for others is told.
                options = Options(cautions=frozenset() if left == "nothing" else conditions)
                known = estimate(routine, points, language, measure, options)
                plan = known.plan
        except VoiceguideError as error:
            # One that is wrong keeps nobody from the others.
            for line in error.lines():
                click.echo(as_called(line), err=True)
            continue
        rows.append(
            {
                "id": name,
                "title": routine.title(LANGUAGE),
                "minutes": whole_minutes(known.usual),
                "shortest": -(-known.shortest // MINUTE),
                "longest": known.longest // MINUTE,
                "summary": routine.summaries.get(LANGUAGE, ""),
                "core": list(plan.core),
                "optional": list(plan.optional),
                "ice": [{"zone": one.zone, "minutes": round(one.chosen / MINUTE)} for one in plan.ice],
                "needs": list(routine.ready),
                "by": routine.by,
                "left": left,
                "parts": parts_left(routine, points, conditions, language),
                "without_ice": not plan.bears_cold and any(one.id.startswith("ice") for one in plan.left_out),
            }
        )
    return rows


def _points() -> Rows:
    language = load_language(LANGUAGE)
    entries = {part: words for entry, words in language.points.items() for part in entry.split("+")}
    return [
        {
            "id": point.id,
            "title": f"{entries[point.id].part['both'] if point.id in entries else point.id}",
            "codes": point.codes,
            "nickname": point.nickname,
            "methods": list(point.methods),
            "helps": [what.replace("_", " ") for what in point.helps],
            "cautions": [what.replace("_", " ") for what in point.cautions],
            "sources": list(point.sources),
        }
        for point in load_points().values()
    ]


def _languages() -> Rows:
    rows: Rows = []
    for tag in language_names():
        try:
            title = load_language(tag).name
        except VoiceguideError as error:
            for line in error.lines():
                click.echo(as_called(line), err=True)
            continue
        folders = dict.fromkeys(str(file.parent) for file in language_files(tag))
        rows.append({"id": tag, "title": title, "folders": list(folders)})
    return rows


def _voices() -> Rows:
    rows: Rows = []
    usual = default_voice(rate=None, language=LANGUAGE)
    for name in registry.names("voiceguide.engines"):
        try:
            engine = registry.find("voiceguide.engines", name).Engine()
            engine.check()
        except Unavailable as error:
            click.echo(f"Note: {name} cannot speak here: {error.message}", err=True)
            continue
        for problem in engine.problems() if isinstance(engine, Recorder) else ():
            for line in problem.lines():
                click.echo(as_called(line), err=True)
        for one in engine.voices():
            id_ = f"{name}:{one.id}"
            title = f"{one.title}, the default" if id_ == usual else one.title
            rows.append({"id": id_, "title": title, "language": one.language, "licence": one.licence})
    return rows


def _plugins(folder: str, class_name: str) -> Rows:
    rows: Rows = []
    for name in registry.names(f"voiceguide.{folder}"):
        try:
            module = registry.find(f"voiceguide.{folder}", name)
        except Unavailable as error:
            rows.append({"id": name, "title": f"not here: {error.message}"})
            continue
        title = (
            getattr(getattr(module, class_name), "title", None) or (module.__doc__ or name).splitlines()[0]
        )
        rows.append({"id": name, "title": title})
    return rows


def _devices() -> Rows:
    rows: Rows = []
    for name in registry.names("voiceguide.backends"):
        try:
            devices: list[str] = registry.find("voiceguide.backends", name).Backend().devices()
        except Unavailable:
            continue  # that one's library is not here; `doctor` says so
        rows += [
            {"id": device, "title": f"{name}{'' if number else ', the default'}"}
            for number, device in enumerate(devices)
        ]
    if not rows:
        hint = "connect one; `voiceguide doctor` says what each backend needs."
        raise Unavailable("no sound device was found", hint=hint)
    return rows


_KINDS: dict[str, Callable[[], Rows]] = {
    "points": _points,
    "voices": _voices,
    "engines": lambda: _plugins("engines", "Engine"),
    "backends": lambda: _plugins("backends", "Backend"),
    "devices": _devices,
    "formats": lambda: _plugins("formats", "Format"),
    "earcons": lambda: [
        {"id": name, "title": MEANINGS[name], "length": f"{in_seconds(length)} s"}
        for name, length in EARCON_LENGTHS.items()
    ],
    "backgrounds": lambda: [{"id": name, "title": title} for name, title in TITLES.items()],
    "languages": _languages,
    "folders": lambda: [
        {"id": name, "title": str(folder)} for name, folder in (("own", user_folder()), ("shipped", SHIPPED))
    ],
    "settings": lambda: [{"id": name, "title": setting.help} for name, setting in SETTINGS.items()],
}


@click.command("list")
@click.argument("kind", default="routines")
@voice_options
@flag_option("plain")
@json_option
def command(
    kind: str, voice: str | None, rate: int | None, fill: str | None, *, plain: bool, as_json: bool
) -> None:
    """List what there is.

    KIND is routines (if nothing is said), points, voices, engines, backends, devices, formats, earcons,
    backgrounds, languages, folders (yours, and what is shipped) or settings.
    """
    if kind == "routines":
        rows = _routines(_voice_if_there(voice, rate, fill))
    elif kind in _KINDS:
        rows = _KINDS[kind]()
    else:
        raise UnknownName("kind of thing", kind, ["routines", *_KINDS])
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    width = max((len(row["id"]) for row in rows), default=0)
    for row in rows:
        details = _details(row)
        click.echo(
            f"{row['id']}: {', '.join(details)}" if plain else f"{row['id']:{width}}  {'  '.join(details)}"
        )
    if kind == "routines":
        print_note("In brackets stand the shortest and the longest that --length can make of it.")


def _voice_if_there(voice: str | None, rate: int | None, fill: str | None) -> Voice | None:
    """Return the voice, for the lengths it knows; None if it cannot speak here, as a list needs no sound."""
    try:
        return open_voice(voice, rate, fill)
    except Unavailable as error:
        click.echo(f"Note: {error.message}; the lengths are estimates.", err=True)
        return None


_ONLY_JSON = {"id", "helps", "cautions", "sources"}
"""What a line has no room for."""


def _details(row: dict[str, Any]) -> list[str]:
    if "minutes" in row:
        reach = f"({row['shortest']} to {row['longest']})"
        told = row["summary"] or row["title"]
        told += "; for you not now" if row["left"] == "nothing" else ""
        told += f"; for you only {', '.join(row['parts'])}" if row["left"] == "some" else ""
        told += "; for you without ice" if row["without_ice"] else ""
        return [f"about {row['minutes']:>2} min {reach:>11}", told]
    values = [value for key, value in row.items() if key not in _ONLY_JSON and value]
    return [", ".join(value) if isinstance(value, list) else str(value) for value in values]
