"""`voiceguide voices test` lets voices speak and tells of each; a voice of another language is told of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import soundfile

from tests.conftest import Run
from voiceguide import registry


def test_each_voice_named_speaks_into_a_file_of_its_own(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "voices"
    done = run(
        "voices", "test", "tone:plain", "espeak:en-us+f2", "tone:plain", "-o", str(folder), "--rate", "120"
    )
    assert (done.code, done.err) == (0, "")
    assert sorted(path.name for path in folder.iterdir()) == ["espeak-en-us+f2.wav", "tone-plain.wav"]
    first, second = done.out.splitlines()
    assert first.startswith("tone:plain: ")
    assert second.startswith("espeak:en-us+f2: ")
    for line in (first, second):
        assert "LUFS, " in line
        assert "words a minute (120 asked for), " in line
        assert soundfile.info(line.rpartition(", ")[2]).duration > float(line.split()[1])


def test_a_voice_that_fails_is_told_and_the_others_are_heard_all_the_same(run: Run, tmp_path: Path) -> None:
    done = run("voices", "test", "espeak:nosuch", "choir", "tone", "-o", str(tmp_path))
    assert done.code == 2
    assert "Error: espeak:nosuch: unknown voice" in done.err
    assert "Error: choir: unknown engine" in done.err
    assert [line.partition(": ")[0] for line in done.out.splitlines()] == ["tone:plain"]


def test_without_a_name_every_engine_that_is_here_is_heard(run: Run, tmp_path: Path) -> None:
    done = run("voices", "test", "-o", str(tmp_path), "--text", "Now press.", "--json")
    rows = json.loads(done.out)
    assert done.code == 0
    assert [row["id"].partition(":")[0] for row in rows] == registry.names("voiceguide.engines")
    for row in rows:
        assert row["works"] == ("file" in row)
        if row["works"]:
            assert row["words_a_minute"] > 0
            assert -23 < row["lufs"] < -13
            assert Path(row["file"]).exists()
        else:
            assert row["title"] in done.err


def test_the_voice_that_is_shipped_can_be_tried(run: Run, tmp_path: Path) -> None:
    done = run("voices", "test", "pack:rms", "-o", str(tmp_path))
    assert (done.code, done.out.partition(":")[0]) == (0, "pack")
    assert [path.name for path in tmp_path.iterdir()] == ["pack-rms.wav"]


def test_what_is_said_can_be_played_and_nothing_is_written_then(run: Run, tmp_path: Path) -> None:
    done = run("voices", "test", "tone", "--text", "Now press.", "--backend", "null")
    assert (done.code, list(tmp_path.iterdir())) == (0, [])
    assert done.out.startswith("tone:plain: 1 s, ")


def test_files_are_replaced_only_when_asked_for(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tone-plain.wav").write_text("mine")
    assert run("voices", "test", "tone", "-o", str(tmp_path)).code == 1
    assert (tmp_path / "tone-plain.wav").read_text() == "mine"
    assert run("voices", "test", "tone", "-o", str(tmp_path), "--force").code == 0


def test_nothing_to_say_is_refused(run: Run) -> None:
    assert run("voices", "test", "tone", "--text", "...").code == 2


@pytest.mark.parametrize("voice", ["espeak:de", "espeak:de+f5", "espeak:gmw/de", "pyttsx3:gmw/de"])
def test_a_voice_of_another_language_is_told_of(voice: str, run: Run, tmp_path: Path) -> None:
    done = run("say", "Now press.", "--voice", voice, "-o", str(tmp_path / "a.wav"))
    assert done.code == 0
    assert "Note: " in done.err
    assert "a voice for 'de', and the words are in 'en'" in done.err


@pytest.mark.parametrize("words", ["show hands", "play hands --backend null", "export hands -o a.wav"])
def test_a_session_is_not_spoken_by_a_voice_of_another_language(words: str, run: Run) -> None:
    done = run(*words.split(), "--voice", "espeak:de")
    assert done.code == 2
    assert "Error: espeak:de is a voice for 'de', and the words are in 'en'" in done.err


@pytest.mark.parametrize("voice", ["espeak:en-gb", "espeak:en-us+f2", "espeak:gmw/en-us", "tone:plain"])
def test_a_voice_of_the_language_or_of_none_needs_no_word(voice: str, run: Run, tmp_path: Path) -> None:
    assert "Note:" not in run("say", "Now press.", "--voice", voice, "-o", str(tmp_path / "a.wav")).err
