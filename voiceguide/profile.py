"""What a person answered before their first session, kept in the private folder, and what follows from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from voiceguide.errors import VoiceguideError
from voiceguide.gate import agreed_of, assist_of, cautions_of, fault_in, stop_of
from voiceguide.private_files import not_kept, read_private, write_private

FILE = "profile.json"
"""Its name in the private folder."""
VERSION = 1
HOLDS = timedelta(days=14)
"""How long answers hold: the two weeks after which one is to look at what has changed (S13)."""


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
        found = read_private(path, VERSION)
        return None if found is None else _parse(found, today)
    except ValueError as error:
        raise VoiceguideError(
            f"your answers cannot be used: {error}",
            where=str(path),
            hint="`voiceguide setup` asks for them again.",
        ) from None


def _parse(found: Mapping[str, Any], today: date) -> Profile:
    """Return the profile that a file describes; raise ValueError that says in words what is wrong."""
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
    VoiceguideError
        If it cannot be written.
    """
    path = folder / FILE
    found = {"version": profile.version, "when": profile.when.isoformat(), "answers": dict(profile.answers)}
    try:
        write_private(path, json.dumps(found, indent=1) + "\n")
    except OSError as error:
        raise not_kept("your answers", path, error) from None
    return path


def put_profile_aside(folder: Path) -> Path | None:
    """Return the name that a file which cannot be used has now; None if there is no file.

    Raises
    ------
    VoiceguideError
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
        raise not_kept("your answers", path, error) from None
    return aside
