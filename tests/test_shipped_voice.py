"""The voice that is shipped: on a machine with nothing but Python it says every word of every routine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.conftest import Run
from tests.packs import repertoire_of
from voiceguide.folders import shipped_audio
from voiceguide.library import routine_names
from voiceguide.loudness import HIGHEST_PEAK, loudness, true_peak
from voiceguide.pack import LEVEL, Pack, load_pack
from voiceguide.units import LOUDNESS
from voiceguide.voice import SHIPPED_VOICE, find_voice

ROOT = Path(__file__).parents[1]
ENOUGH = 17_000_000
"""Bytes: what it has, and a little more. A clip that is added by mistake is noticed elsewhere."""


@cache
def shipped() -> Pack:
    return load_pack(shipped_audio() / "packs" / f"{SHIPPED_VOICE.partition(':')[2]}.zip")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] if name.startswith("full") else [])
        for name in routine_names()
    ],
)
def test_no_sentence_of_a_routine_is_missing_whatever_is_asked_of_it(name: str) -> None:
    assert [text for text in repertoire_of(name) if text not in shipped().clips] == []


def test_it_is_small_and_says_whose_it_is() -> None:
    assert shipped().place.stat().st_size < ENOUGH
    assert shipped().licence
    assert shipped().speaker
    notice = (shipped_audio() / "packs" / "rms-LICENCE.txt").read_bytes()
    assert shipped().store.read("LICENCE", 100_000) == notice
    assert b"Carnegie Mellon University" in notice


@pytest.mark.slow
def test_it_has_nothing_that_no_routine_says() -> None:
    assert {*shipped().clips} == {text for name in routine_names() for text in repertoire_of(name)}


def test_its_clips_are_as_loud_as_all_speech() -> None:
    assert shipped().level == LEVEL
    for text in sorted(shipped().clips)[::60]:
        clip = shipped().read(text)
        assert 20 * np.log10(true_peak(clip.samples)) <= HIGHEST_PEAK, text
        assert abs((loudness(clip.samples) or 0) - LOUDNESS) < 3.5, text
        assert np.abs(clip.samples[:480]).max() > 0.0003, f"'{text}' starts with silence"


def test_it_speaks_if_no_voice_is_asked_for_and_no_engine_is_there(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "for name in ('espeakng_loader', 'pyttsx3', 'piper'):\n"
        "    sys.modules[name] = None\n"
        "import voiceguide.engines._libespeak as libespeak\n"
        "libespeak.libraries = lambda: []\n"
        "from voiceguide.commands import main\n"
        "main(sys.argv[1:])\n"
    )
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("VOICEGUIDE_")},
        "PYTHONPATH": str(ROOT),
        "PATH": "",
        "HOME": str(tmp_path),
        "VOICEGUIDE_CACHE": str(tmp_path / "cache"),
        "VOICEGUIDE_DATA": str(tmp_path / "data"),
    }

    def command(*words: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-c", program, *words]
        return subprocess.run(line, env=environment, capture_output=True, text=True, check=False)

    exported = command("export", "hands", "-o", str(tmp_path / "hands.wav"))
    assert exported.returncode == 0, exported.stderr
    assert f"Voice: {SHIPPED_VOICE}" in exported.stderr
    sound, _ = soundfile.read(tmp_path / "hands.wav")
    assert np.abs(sound).max() > 0.1
    missing = command("say", "Nobody has ever said that.", "-o", str(tmp_path / "said.wav"))
    assert missing.returncode == 3
    assert "Error:" in missing.stderr


def test_the_first_start_knows_all_lengths_without_decoding_anything(tmp_path: Path) -> None:
    voice = find_voice(None, rate=None, cache=tmp_path)
    assert voice.name == SHIPPED_VOICE
    assert all(voice.known_length(text) for text in shipped().clips)
    assert not list(tmp_path.iterdir())


def test_it_is_listed_with_its_licence_and_speaker(run: Run) -> None:
    rows = {row["id"]: row for row in json.loads(run("list", "voices", "--json").out)}
    assert "rms" in rows[SHIPPED_VOICE]["title"]
    assert "notice kept" in rows[SHIPPED_VOICE]["licence"]
