"""Who speaks if no voice was asked for: the shipped one, or else one that can, which is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.packs import make_files, write_folder
from voiceguide.voice import speaking_engine

ALONE = "version: 1\nid: alone\nready: []\nsteps:\n  - posture: supine\n  - press: li4\n"


@pytest.fixture
def few_words(stranger: Path) -> Path:
    """The place of a pack that hides the shipped one, and has a few words only."""
    return write_folder(stranger / "packs" / "rms", make_files("rms"))


def test_without_a_voice_asked_for_this_platforms_engine_says_all_that_the_shipped_one_cannot(
    run: Run, few_words: Path, tmp_path: Path
) -> None:
    file = tmp_path / "alone.yaml"
    file.write_text(ALONE, encoding="utf-8")
    shown = run("show", str(file), "--json")
    assert shown.code == 0, shown.err
    (line,) = [line for line in shown.err.splitlines() if line.startswith("Voice:")]
    assert line.startswith(f"Voice: {speaking_engine()}:")
    assert "says all of it" in line
    assert "pack:rms has no clip for" in line
    assert json.loads(shown.out)["voice"].startswith(f"{speaking_engine()}:")
    assert few_words.is_dir()


def test_a_sentence_of_ones_own_is_said_by_this_platforms_engine(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "saying.wav"
    said = run("say", "The quick brown fox naps.", "-o", str(target))
    assert said.code == 0, said.err
    assert f"Voice: {speaking_engine()}:" in said.err
    known = run("say", "And let go.", "-o", str(target), "--force")
    assert known.code == 0, known.err
    assert "Voice:" not in known.err
    assert "pack:rms: And let go." in known.err


def test_another_rate_is_spoken_by_this_platforms_engine_and_that_is_told(run: Run) -> None:
    shown = run("show", "hands", "--json", "--rate", "170")
    assert shown.code == 0, shown.err
    assert f"Voice: {speaking_engine()}:" in shown.err
    assert "one rate only" in shown.err
    assert json.loads(shown.out)["options"]["rate"] == 170
    refused = run("show", "hands", "--voice", "pack:rms", "--rate", "170")
    assert refused.code == 2
    assert "was recorded" in refused.err


@pytest.mark.usefixtures("few_words")
def test_many_sessions_tell_before_the_start_who_speaks_which(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "alone.yaml"
    file.write_text(ALONE, encoding="utf-8")
    done = run("export", str(file), "--into", str(tmp_path), "--as", "wav", "--jobs", "1")
    assert done.code == 0, done.err
    lines = done.err.splitlines()
    told = next(at for at, line in enumerate(lines) if line.startswith("Voice:"))
    begun = next(at for at, line in enumerate(lines) if line.startswith("Writing"))
    assert told < begun
