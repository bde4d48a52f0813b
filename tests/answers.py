"""Answers to the questions before the first session, as a person gives them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from voiceguide.gate import Walk
from voiceguide.profile import Profile, save_profile

WELL = {"side": "unsure", "reach": "yes", "able": "yes"}
"""Answers of somebody who has an ordinary sore back, beside all that is answered by no."""


def walked(given: Mapping[str, str], kept: Mapping[str, str] | None = None) -> Walk:
    """Return the walk of somebody who gives these answers, and no to everything else."""
    answers = {**WELL, **given}
    walk = Walk(kept=kept or {})
    while (question := walk.question) is not None:
        walk = walk.answered(answers.get(question.id, "no"))
    return walk


def answers_with(**given: str) -> Mapping[str, str]:
    """Return all answers of such a person, by question."""
    return walked(given).found


def lines_for(**given: str) -> str:
    """Return what such a person types, a line each."""
    return "".join(f"{answer}\n" for answer in walked(given).answers.values())


def keep_answers(folder: Path, when: date | None = None, **given: str) -> Profile:
    """Return the profile of such a person once it is kept in the folder of their data."""
    profile = Profile(answers_with(**given), when or date.today())  # noqa: DTZ011 - the day here
    save_profile(folder / "private", profile)
    return profile
