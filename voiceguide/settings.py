"""config.toml -> the options a person does not want to type each night.

An option on the command line stands before the environment, and that before the file.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from voiceguide import registry
from voiceguide.errors import (
    ExportError,
    InvalidContent,
    Problem,
    UnknownName,
    UsageError,
    VoiceguideError,
    did_you_mean,
)
from voiceguide.library import find_point
from voiceguide.scheduler.actions import PACES
from voiceguide.scheduler.assist import ASSISTS
from voiceguide.scheduler.options import DETAILS, FOOT_BATHS, ICES, SORE_SIDES
from voiceguide.subtitles import SUBTITLES, subtitles_in
from voiceguide.units import parse_duration, parse_length
from voiceguide.voice import FASTEST, SLOWEST
from voiceguide.whole_files import write_text

SAMPLERATES = ("16000", "24000", "48000")
"""Hertz, as they are typed: whole frames in a millisecond, and Opus has no others."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One option that can be kept in the file."""

    help: str
    """What it does."""
    parse: Callable[[str], Any]
    """Text -> value; raises ValueError, or UnknownName for the name of something that is not there."""
    takes: str
    """What is right, in words."""
    example: str
    """A value that is right."""
    default: str | None = None
    """What applies if nothing is said; None if that is for the engine to say."""

    def environment(self, name: str) -> str:
        """Return the environment variable of the setting called `name`."""
        return f"VOICEGUIDE_{name.upper().replace('-', '_')}"


def _voice(text: str) -> str:
    engine, colon, voice = text.partition(":")
    if not engine or (colon and not voice):
        raise ValueError(text)
    return _known("engine", engine) + colon + voice


def _number(smallest: int, largest: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text.strip(), re.ASCII) or not smallest <= int(text) <= largest:
            raise ValueError(text)
        return int(text)

    return parse


def _backend(text: str) -> str:
    return text if text == "auto" else _known("backend", text)


def _spelled(parse: Callable[[str], object]) -> Callable[[str], str]:
    # What it stands for is only looked at: it is kept as it was typed.
    return lambda text: text.strip() if parse(text) is not None else ""


def points_in(text: str) -> tuple[str, ...]:
    """Return the ids of points that a text names; raise `UnknownName` if there is no such point."""
    names = re.findall(r"[^\s,]+", text)
    for name in names:
        find_point(name)
    return tuple(dict.fromkeys(names))


def _points(text: str) -> str:
    names = points_in(text)
    if not names:
        raise ValueError(text)
    return ",".join(names)


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(text)
        return text.lower()

    return parse


def _known(kind: str, name: str) -> str:
    known = registry.names(f"voiceguide.{kind}s")
    if name not in known:
        raise UnknownName(kind, name, known, listing=f"voiceguide list {kind}s")
    return name


def _name(text: str) -> str:
    if not text.strip():
        raise ValueError(text)
    return text.strip()


def _flag(text: str) -> bool:
    flags = dict.fromkeys(("on", "true", "yes", "1"), True)
    flags |= dict.fromkeys(("off", "false", "no", "0"), False)
    if text.lower() not in flags:
        raise ValueError(text)
    return flags[text.lower()]


SETTINGS: dict[str, Setting] = {
    "voice": Setting(
        "who speaks: ENGINE or ENGINE:VOICE", _voice, "an engine, or an engine and a voice", "espeak:en-us+f5"
    ),
    "rate": Setting(
        "words a minute", _number(SLOWEST, FASTEST), f"a number from {SLOWEST} to {FASTEST}", "150"
    ),
    "sore-side": Setting(
        "the side that hurts more, which every pair begins with",
        _one_of(*SORE_SIDES),
        "left, right or unsure",
        "left",
        "unsure",
    ),
    "assist": Setting(
        "press every point by this method, with a ball or with a friend's help",
        _one_of(*ASSISTS, "none"),
        "thumbs, ball, friend or none",
        "ball",
        "none",
    ),
    "length": Setting(
        "how long the session takes, opening, ice and closing included",
        _spelled(parse_length),
        "minutes, or hours, minutes and seconds",
        "20m",
    ),
    "ice": Setting(
        "all of it, ten minutes at most, to do on your own afterwards, or none",
        _one_of(*ICES),
        ", ".join(ICES),
        "later",
    ),
    "skip": Setting("leave a point out", _points, "points, with commas", "b54,toe"),
    "only": Setting("press this point, and no other", _points, "points, with commas", "li4,lu6"),
    "detail": Setting(
        "how much is said: auto is full, or brief where a length leaves no room for more",
        _one_of(*DETAILS),
        "full, brief or auto",
        "brief",
    ),
    "pace": Setting(
        "how slowly you are led: gentle is never quicker than usual, brisk never slower",
        _one_of(*PACES),
        "brisk, usual or gentle",
        "gentle",
    ),
    "foot-bath": Setting(
        "when a cold bath is offered for feet that are pressed",
        _one_of(*FOOT_BATHS),
        "before or after",
        "before",
    ),
    "one-side-at-a-time": Setting(
        "press one side after the other, never both at once", _flag, "on or off", "on", "off"
    ),
    "start-in": Setting(
        "how long after the sentence to set the volume by a session starts, without a key",
        _spelled(parse_duration),
        "a time with its unit",
        "30s",
    ),
    "wait-for-me": Setting(
        "wait for Space once a point has been looked for, and wherever the script waits; where both hands are"
        " busy, go on after twenty seconds",
        _flag,
        "on or off",
        "on",
        "off",
    ),
    "backend": Setting("what plays the sound", _backend, "auto or a backend", "miniaudio", "auto"),
    "quiet-screen": Setting(
        "show nothing while a session plays, so that a screen reader never talks over the guide",
        _flag,
        "on or off",
        "on",
        "off",
    ),
    "device": Setting(
        "which sound device: its name, or a part of it",
        _name,
        "a name that `list devices` shows",
        "headphones",
    ),
    "bitrate": Setting(
        "kilobits a second of a small file; without it, what is enough for a voice",
        _number(6, 256),
        "a number from 6 to 256, as far as the format has it",
        "48",
    ),
    "samplerate": Setting(
        "samples a second of a file",
        lambda text: int(_one_of(*SAMPLERATES)(text)),
        ", ".join(SAMPLERATES),
        "24000",
    ),
    "subtitles": Setting(
        "the words with their times, in files beside the sound",
        lambda text: ",".join(subtitles_in(text)) or "none",
        f"{', '.join(SUBTITLES)}, several of them with commas, or none",
        "vtt,lrc",
        "none",
    ),
    "tick": Setting("a soft tone every ten seconds of a hold and of ice", _flag, "on or off", "on", "off"),
    "plain": Setting("line-by-line text, for screen readers", _flag, "on or off", "on", "off"),
}


def settings_file() -> Path:
    """Return the file of settings; it need not exist."""
    chosen = os.environ.get("VOICEGUIDE_CONFIG")
    return (
        Path(chosen)
        if chosen
        else platformdirs.user_config_path("voiceguide", appauthor=False) / "config.toml"
    )


def settings_that_apply() -> dict[str, Any]:
    """Return what the environment and the file say, by setting; what neither names is left out.

    Raises
    ------
    InvalidContent
        With every line of the file that is wrong.
    UsageError, UnknownName
        If a variable of the environment is wrong.
    """
    found = read_settings()
    for name in SETTINGS:
        value = from_environment(name)
        if value is not None:
            found[name] = value
    return found


def from_environment(name: str) -> Any | None:
    """Return what the environment says of a setting, or None; raises as `settings_that_apply` does."""
    variable = SETTINGS[name].environment(name)
    text = os.environ.get(variable)
    try:
        return parse_setting(name, text) if text else None
    except VoiceguideError as error:
        error.where = variable
        raise


def read_settings() -> dict[str, Any]:
    """Return what the file holds, by setting; empty if there is no file.

    Raises
    ------
    InvalidContent
        With every line that is wrong.
    """
    path = settings_file()
    text = _text(path)
    found = _parsed(text, path)
    problems = [
        Problem((name,), fault.message, hint=fault.hint, where=f"{path}:{_line(text, name)}")
        for name, value in found.items()
        if (fault := _fault(name, value)) is not None
    ]
    if problems:
        raise InvalidContent(problems)
    return found


def parse_setting(name: str, text: str, *, called: str = "") -> Any:
    """Return the value that `text` stands for; raise `UnknownName` or `UsageError` if it is none.

    `called` is what the setting is called where the text was written, if not by its name.
    """
    setting = find_setting(name)
    try:
        return setting.parse(text)
    except ValueError:
        raise UsageError(
            f"'{text}' is not a value for '{called or name}'",
            hint=f"write {setting.takes}, such as {setting.example}.",
        ) from None


def shown(value: Any) -> str:
    """Return a value as it is typed."""
    return str(value) if not isinstance(value, bool) else "on" if value else "off"


def find_setting(name: str) -> Setting:
    """Return a setting by its name; raise `UnknownName` if there is none."""
    if name not in SETTINGS:
        raise UnknownName("setting", name, SETTINGS, listing="voiceguide config list")
    return SETTINGS[name]


def keep_setting(name: str, value: Any | None) -> None:
    """Write one setting to the file, or take it out where `value` is None; comments and the rest stay.

    Other settings in the file may be wrong: it is with this that they are mended.

    Raises
    ------
    UnknownName
        If there is no such setting.
    InvalidContent
        If the file is no TOML.
    ExportError
        If the file cannot be written.
    """
    # Only needed to write, which is rare: it would slow every start.
    import tomlkit

    path = settings_file()
    text = _text(path)
    if name not in _parsed(text, path):
        find_setting(name)
    document = tomlkit.parse(text)
    if value is None:
        document.pop(name, None)
    else:
        document[name] = value
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(
            f"the folder '{path.parent}' cannot be made: {error.strerror}",
            hint="VOICEGUIDE_CONFIG names another file for the settings.",
        ) from None
    write_text(path, tomlkit.dumps(document), force=True)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        hint = "mend or remove it; VOICEGUIDE_CONFIG names another file for the settings."
        raise InvalidContent([Problem((), f"cannot be read: {why}", hint=hint, where=str(path))]) from None


def _parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        where = f"{path}:{line[1]}" if line else str(path)
        hint = 'mend that line, or remove the file. Words stand in quotes: voice = "tone".'
        raise InvalidContent([Problem((), f"not valid TOML: {error}", hint=hint, where=where)]) from None


def _fault(name: str, value: Any) -> VoiceguideError | None:
    if name not in SETTINGS:
        hint = did_you_mean(name, SETTINGS) or f"one of: {', '.join(SETTINGS)}."
        return VoiceguideError(f"unknown setting '{name}'", hint=hint)
    setting = SETTINGS[name]
    if type(value) is not type(setting.parse(setting.example)):
        hint = f"`voiceguide config set {name} {setting.example}` writes it right."
        return VoiceguideError(f"'{name}' has the wrong kind of value", hint=hint)
    try:
        parse_setting(name, str(value))
    except VoiceguideError as error:
        return error
    return None


def _line(text: str, name: str) -> int:
    keys = [line.split("=")[0].strip(" \t[]\"'") for line in text.splitlines()]
    return keys.index(name) + 1 if name in keys else 1
