"""What a person answered before their first session, kept in the private folder, and what follows from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from voiceguide.errors import ExportError, VoiceguideError
from voiceguide.gate import agreed_of, assist_of, cautions_of, fault_in, stop_of
from voiceguide.private_files import write_private

FILE = "profile.json"
"""Its name in the private folder."""
VERSION = 1
HOLDS = timedelta(days=14)
"""How long answers hold: the two weeks after which one is to look at what has changed (S13)."""
_LONGEST = 20_000
"""Bytes: what is larger was not written here."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What one person answered."""

    answers: Mapping[str, str]
    """By question of `gate.QUESTIONS`: all that the answers lead to."""
    when: date
    """The day on which the signs were asked for."""
    version: int = VERSION
    """Of the file's shape."""

    @property
    def stop(self) -> str | None:
        """`emergency` or `doctor` if nothing may be pressed until somebody has looked; else None."""
        return stop_of(self.answers)

    @property
    def cautions(self) -> frozenset[str]:
        """Conditions that leave points out, or ice: of `point.CONDITIONS`."""
        return cautions_of(self.answers)

    @property
    def agreed(self) -> tuple[str, ...]:
        """Conditions in spite of which a doctor agreed, as the person says."""
        return agreed_of(self.answers)

    @property
    def sore_side(self) -> str:
        """`left`, `right` or `unsure`."""
        return self.answers.get("side", "unsure")

    @property
    def assist(self) -> str | None:
        """What presses where hands do not reach, of `assist.ASSISTS`; None for nothing special."""
        return assist_of(self.answers)

    def is_old(self, today: date) -> bool:
        """Return True if the answers are so old that they have to be asked for anew."""
        return today - self.when > HOLDS


def load_profile(folder: Path, today: date) -> Profile | None:
    """Return what was answered; None if nothing was yet.

    Raises
    ------
    VoiceguideError
        If what is kept cannot be read, or is not what the questions lead to: nothing in it is trusted then.
    """
    path = folder / FILE
    try:
        with path.open("rb") as file:
            return _parse(file.read(_LONGEST + 1), today)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        why = f"it cannot be read: {error.strerror}"
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        why = "it is no JSON"
    except ValueError as error:
        why = str(error)
    raise VoiceguideError(
        f"your answers cannot be used: {why}", where=str(path), hint="`voiceguide setup` asks for them again."
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return what JSON holds; raise ValueError where it says two things at once."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("something is answered twice")
    return found


def _parse(text: bytes, today: date) -> Profile:
    """Return the profile that a file describes; raise ValueError that says in words what is wrong."""
    if len(text) > _LONGEST:
        raise ValueError("it is too large")
    found = json.loads(text, object_pairs_hook=_once)
    if not isinstance(found, dict):
        raise ValueError("it holds no answers")  # noqa: TRY004 - of the file, not of the program
    version = found.get("version")
    if type(version) is int and version > VERSION:
        raise ValueError("a newer voiceguide wrote it")
    if type(version) is not int or version != VERSION:
        raise ValueError("its version is not known")
    keys = {"version", "when", "answers"}
    for key in keys.symmetric_difference(found):
        raise ValueError(f"'{key}' is missing" if key in keys else f"{key[:40]!r} does not belong there")
    when, answers = found["when"], found["answers"]
    try:
        day = date.fromisoformat(when)
    except (TypeError, ValueError):
        raise ValueError(f"{str(when)[:40]!r} is no date") from None
    if day > today + timedelta(days=1):  # whoever flies west meets the same day again
        raise ValueError(f"{day} is still to come")
    if not isinstance(answers, dict) or not all(isinstance(one, str) for one in answers.values()):
        raise ValueError("its answers are no words")
    if fault := fault_in(answers):
        raise ValueError(fault)
    return Profile(answers, day)


def save_profile(folder: Path, profile: Profile) -> Path:
    """Return the file into which the answers were written, for their owner alone.

    Raises
    ------
    ExportError
        If it cannot be written.
    """
    path = folder / FILE
    found = {"version": profile.version, "when": profile.when.isoformat(), "answers": dict(profile.answers)}
    try:
        write_private(path, json.dumps(found, indent=1) + "\n")
    except OSError as error:
        raise _not_kept(path, error) from None
    return path


def put_profile_aside(folder: Path) -> Path | None:
    """Return the name that a file which cannot be used has now; None if there is no file.

    Raises
    ------
    ExportError
        If it cannot be renamed.
    """
    path = folder / FILE
    number = 1
    while (aside := path.with_name(f"profile-unused-{number}.json")).exists():
        number += 1
    try:
        path.rename(aside)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _not_kept(path, error) from None
    return aside


def _not_kept(path: Path, error: OSError) -> ExportError:
    return ExportError(
        f"your answers cannot be kept: {error.strerror}",
        where=str(path),
        hint="is there room, and may you write there? VOICEGUIDE_DATA names another folder.",
    )
