"""Both voices speak whole routines, by the real command: every word is in the file, at its place."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from voiceguide.library import routine_names

TOTAL = "open.total"
"""The one cue whose words depend on the voice: how long it takes."""


@dataclass(frozen=True)
class Spoken:
    """A routine, exported."""

    routine: str
    voice: str
    environment: dict[str, str]
    file: Path
    document: dict[str, Any]


def case(voice: str, routine: str) -> object:
    """Return a voice and a routine; all but one are slow."""
    marks = [] if (voice, routine) == ("espeak", "hands") else [pytest.mark.slow]
    return pytest.param((voice, routine), marks=marks, id=f"{voice} {routine}")


@pytest.fixture(
    scope="module", params=[case(voice, name) for voice in ("espeak", "pyttsx3") for name in routine_names()]
)
def spoken(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spoken]:
    voice, routine = request.param
    folder = tmp_path_factory.mktemp("spoken")
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("VOICEGUIDE_")},
        "VOICEGUIDE_CACHE": str(folder / "cache"),
        "VOICEGUIDE_CONFIG": str(folder / "config.toml"),
        "VOICEGUIDE_DATA": str(folder / "data"),
    }
    file, timeline = folder / "session.wav", folder / "timeline.json"
    # Without room tone, so that what sounds is the voice and the signals.
    words = ("export", routine, "--voice", voice, "--no-room-tone")
    run(environment, *words, "-o", str(file), "--timeline", str(timeline))
    try:
        yield Spoken(routine, voice, environment, file, json.loads(timeline.read_text("utf-8")))
    finally:
        file.unlink()  # up to 270 MB, which pytest would keep for three runs


def run(environment: dict[str, str], *arguments: str) -> str:
    """Return what a command prints; fail with its errors if it fails."""
    command = [sys.executable, "-m", "voiceguide", *arguments]
    told = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert told.returncode == 0, told.stderr
    return told.stdout


def show(spoken: Spoken, voice: str) -> Any:
    """Return the document that `show --json` prints."""
    return json.loads(run(spoken.environment, "show", spoken.routine, "--voice", voice, "--json"))


def test_every_event_is_in_the_file_and_loud_enough_to_hear(spoken: Spoken) -> None:
    quietest = 1.0
    with soundfile.SoundFile(spoken.file) as file:
        assert file.frames == spoken.document["frames"] == round(spoken.document["duration"] * 1000) * 48
        for event in spoken.document["events"]:
            file.seek(round(event["start"] * 1000) * 48)
            sound = file.read(round(event["duration"] * 1000) * 48)
            assert sound[0] != 0
            if event["kind"] == "speech":
                quietest = min(quietest, float(np.abs(sound).max()))
    assert quietest > 0.1
    assert spoken.document["voice"].startswith(f"{spoken.voice}:")


def test_nothing_is_missing(spoken: Spoken) -> None:
    # The reference voice needs no library and no time; whatever must be said is said by every other one too.
    reference = show(spoken, "tone")
    assert required(spoken.document) == required(reference)
    assert spoken.document["doses"] == reference["doses"]
    actions = [[segment["action"] for segment in one["segments"]] for one in (spoken.document, reference)]
    assert actions[0] == actions[1]


def required(document: dict[str, Any]) -> list[str]:
    """Return the words that may never be dropped, in order."""
    return [
        event["text"]
        for event in document["events"]
        if event["kind"] == "speech" and event["required"] and event["name"] != TOTAL
    ]


def test_what_show_prints_is_what_export_writes(spoken: Spoken) -> None:
    assert show(spoken, spoken.voice) == spoken.document
