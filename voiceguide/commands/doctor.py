"""`voiceguide doctor`: what works on this machine, what does not, and how to mend it."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from voiceguide import __version__, registry
from voiceguide.clip_cache import cache_folder
from voiceguide.commands import as_called
from voiceguide.commands._options import (
    AUTO_BACKENDS,
    find_backend,
    json_option,
)
from voiceguide.commands._speaking import LANGUAGE, open_voice
from voiceguide.engines import Recorder
from voiceguide.errors import VoiceguideError
from voiceguide.folders import user_folder
from voiceguide.known_settings import SETTINGS
from voiceguide.library import load_language, load_points
from voiceguide.settings import from_environment, read_settings, settings_file, shown
from voiceguide.whole_files import check_file_target


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    id: str
    """What was looked at."""
    title: str
    """What was found."""
    works: bool
    """True if it can be used."""
    hint: str = ""
    """How to mend it; empty if there is nothing to mend."""
    is_fact: bool = False
    """True if it is only told: nothing about it could fail to work."""


@click.command()
@json_option
def command(*, as_json: bool) -> None:
    """Say what works on this machine.

    And what does not, and how to mend it.
    """
    findings = list(_findings())
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2, ensure_ascii=False))
    else:
        for finding in findings:
            verdict = "" if finding.is_fact else "works, " if finding.works else "does not work, "
            click.echo(f"{finding.id}: {verdict}{finding.title}")
            if finding.hint:
                click.echo(f"  To mend it: {as_called(finding.hint)}")
    broken = {finding.id for finding in findings if not finding.works}
    if any(name.startswith(("setting", "content")) for name in broken):
        raise click.exceptions.Exit(1)
    if broken & {"voice", "sound"}:
        raise click.exceptions.Exit(3)


def _findings() -> Iterator[Finding]:
    here = f"version {__version__} on Python {platform.python_version()}, {platform.platform()}"
    yield Finding("voiceguide", here, works=True, is_fact=True)
    kept: dict[str, Any] = {}
    try:
        kept = read_settings()
        yield Finding("settings file", _whether_there(settings_file()), works=True)
    except VoiceguideError as error:
        yield _fault("settings file", error)
    applied: dict[str, Any] = {}
    for name in SETTINGS:
        yield _setting(name, kept, applied)
    yield _try("content", lambda: f"{len(load_points())} points, language {load_language(LANGUAGE).name}")
    yield Finding("own content", _whether_there(user_folder()), works=True, is_fact=True)
    yield _try("voice", lambda: _voice(applied))
    yield _try("sound", lambda: _sound(applied))
    for folder, class_name in (("engines", "Engine"), ("backends", "Backend"), ("formats", "Format")):
        for name in registry.names(f"voiceguide.{folder}"):
            yield _try(f"{folder.removesuffix('s')} {name}", _check(folder, name, class_name))
    yield _try("clip cache", _cache)


def _whether_there(path: Path) -> str:
    return str(path) if path.exists() else f"none yet at {path}"


def _setting(name: str, kept: Mapping[str, Any], applied: dict[str, Any]) -> Finding:
    """Return what applies, from where, and what would apply otherwise; put it into `applied` if it is set."""
    what = f"setting {name}"
    try:
        default = _default(name, applied)
    except VoiceguideError:
        default = "none that works here"
    try:
        value, source = from_environment(name), SETTINGS[name].environment(name)
    except VoiceguideError as error:
        return _fault(what, error)
    if value is None and name not in kept:
        return Finding(what, f"{default}, the default", works=True, is_fact=True)
    if value is None:
        value, source = kept[name], "the settings file"
    applied[name] = value
    return Finding(what, f"{shown(value)}, from {source}; the default is {default}", works=True, is_fact=True)


def _default(name: str, applied: Mapping[str, Any]) -> str:
    if name == "voice":
        return open_voice(None, None).name
    if name == "rate":
        return str(open_voice(applied.get("voice"), None).rate)
    if name == "backend":
        return f"auto, the first of {', '.join(AUTO_BACKENDS)} that opens a device"
    default = SETTINGS[name].default
    return "not set" if default is None else str(default)


def _voice(applied: Mapping[str, Any]) -> str:
    voice = open_voice(applied.get("voice"), applied.get("rate"))
    return f"{voice.name} at {voice.rate} words a minute"


def _sound(applied: Mapping[str, Any]) -> str:
    name, _ = find_backend(applied.get("backend", "auto"), applied.get("device"))
    return f"through {name}"


def _check(folder: str, name: str, class_name: str) -> Callable[[], str]:
    def check() -> str:
        module = registry.find(f"voiceguide.{folder}", name)
        plugin = getattr(module, class_name)()
        plugin.check()
        if isinstance(plugin, Recorder):
            for problem in plugin.problems():
                raise problem
        return (module.__doc__ or name).splitlines()[0]

    return check


def _cache() -> str:
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    check_file_target(folder / f"doctor-{os.getpid()}", force=False)
    return str(folder)


def _try(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, look(), works=True)
    except VoiceguideError as error:
        return _fault(what, error)
    except OSError as error:
        return Finding(
            what, f"{error.filename}: {error.strerror}", works=False, hint="make that folder writable."
        )


def _fault(what: str, error: VoiceguideError) -> Finding:
    hint = error.hint or ""
    if isinstance(error.__cause__, ImportError):
        # Elsewhere the hint is to ask here.
        hint = f"`pip install {error.__cause__.name}`"
    elif "voiceguide doctor" in hint:
        hint = (
            "connect one, and see whether other programs play on it; "
            "`voiceguide export -o session.wav` makes a file for another player."
        )
    return Finding(what, str(error), works=False, hint=hint)
