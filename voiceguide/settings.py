"""config.toml -> the options a person does not want to type each night.

An option on the command line stands before the environment, and that before the file.
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

import platformdirs

from voiceguide.errors import (
    ExportError,
    InvalidContent,
    Problem,
    UnknownName,
    UsageError,
    VoiceguideError,
    did_you_mean,
)
from voiceguide.known_settings import SETTINGS, Setting
from voiceguide.whole_files import write_text


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
