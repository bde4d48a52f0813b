"""Who speaks if no voice was asked for: the shipped one, or else one that can, which is told."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.packs import make_files, write_folder
from voiceguide.errors import LacksWords
from voiceguide.voice import SHIPPED_VOICE, find_voice, speaking_engine

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


# ── who says what a voice lacks ──


@pytest.mark.parametrize("fill", ["pack:nope", "nosuch", "espeak:nosuch"])
def test_who_is_to_fill_is_looked_for_even_if_the_voice_says_everything(
    run: Run, tmp_path: Path, fill: str
) -> None:
    said = run("say", "Press.", "-o", str(tmp_path / "saying.wav"), "--voice", "tone", "--fill", fill)
    assert said.code == 2
    assert "unknown" in said.err


def test_that_nobody_has_to_fill_is_told_if_it_was_typed_now(run: Run, tmp_path: Path) -> None:
    words = ("say", "Press.", "-o", str(tmp_path / "saying.wav"), "--force", "--voice", "tone")
    said = run(*words, "--fill", "pack:rms")
    assert said.code == 0, said.err
    first, *_ = said.err.splitlines()
    assert first == "Note: --fill is not used: tone:plain says everything."
    assert run("config", "set", "fill", "pack:rms").code == 0
    assert "Note:" not in run(*words).err


def test_a_voice_that_is_not_needed_need_not_be_able_to_speak(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # where there is no flite
    words = ("say", "Press.", "-o", str(tmp_path / "saying.wav"))
    assert run(*words, "--voice", "tone", "--fill", "flite").code == 0
    assert run(*words, "--force", "--voice", "pack:rms", "--fill", "flite").code == 3


@pytest.mark.usefixtures("few_words")
def test_without_a_voice_asked_for_who_is_to_fill_says_what_the_shipped_one_lacks(
    run: Run, stranger: Path
) -> None:
    shown = run("show", "hands", "--json", "--fill", "tone")
    assert shown.code == 0, shown.err
    assert json.loads(shown.out)["voice"] == "pack:rms"
    assert "Note: tone:plain says " in shown.err
    assert "Voice:" not in shown.err
    write_folder(stranger / "packs" / "few", make_files("few"))
    refused = run("show", "hands", "--json", "--fill", "pack:few")
    assert refused.code == 3, "and nobody else takes its place"
    assert "Voice:" not in refused.err


@pytest.mark.parametrize(
    ("platform", "engine"), [("linux", "espeak"), ("darwin", "pyttsx3"), ("win32", "pyttsx3")]
)
def test_what_a_pack_lacks_is_offered_to_the_engine_of_this_platform(
    platform: str, engine: str, stranger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_folder(stranger / "packs" / "few", make_files("few"))
    voice = find_voice("pack:few", rate=None)
    monkeypatch.setattr(sys, "platform", platform)
    with pytest.raises(LacksWords) as caught:
        voice.prepare(["Hold."])
    assert caught.value.message.startswith("the voice pack:few has no clip for 1 of the sentences, 'Hold.'")
    assert f"add `--fill {engine}`, and" in str(caught.value.hint)


def test_a_voice_that_is_to_fill_and_lacks_words_too_is_named(stranger: Path) -> None:
    for name in ("few", "other"):
        write_folder(stranger / "packs" / name, make_files(name))
    voice = find_voice("pack:few", rate=None, fill="pack:other")
    with pytest.raises(LacksWords) as caught:
        voice.prepare(["Press.", "Hold."])
    assert caught.value.texts == ("Hold.",)
    assert "pack:other, which is to say what pack:few has no clip for, lacks 1 of the" in caught.value.message
    assert f"`--fill {speaking_engine()}` in place of `--fill pack:other`" in str(caught.value.hint)
    with pytest.raises(LacksWords, match="which is to say what pack:few"):
        voice.clip("Hold.")


def test_many_sessions_tell_once_who_says_all_of_them(run: Run, tmp_path: Path) -> None:
    files = [tmp_path / "alone.yaml", tmp_path / "again.yaml"]
    for file in files:
        file.write_text(ALONE.replace("id: alone", f"id: {file.stem}"), encoding="utf-8")
    words = ("--into", str(tmp_path), "--as", "wav", "--jobs", "1", "--rate", "170", "--fill", "tone")
    done = run("export", *map(str, files), *words)
    assert done.code == 0, done.err
    assert len([line for line in done.err.splitlines() if line.startswith("Voice:")]) == 1
    assert len([line for line in done.err.splitlines() if "--fill is not used" in line]) == 1


def test_a_pack_that_is_named_without_its_engine_is_found_out(run: Run) -> None:
    done = run("show", "hands", "--voice", "rms")
    assert done.code == 2
    assert "a voice pack is named with its engine: pack:rms." in done.err


def test_the_default_voice_is_marked_as_such(run: Run) -> None:
    titles = {row["id"]: row["title"] for row in json.loads(run("list", "voices", "--json").out)}
    assert [name for name, title in titles.items() if title.endswith(", the default")] == [SHIPPED_VOICE]


def test_doctor_names_a_damaged_pack(run: Run, stranger: Path) -> None:
    (stranger / "packs").mkdir()
    (stranger / "packs" / "bad.zip").write_bytes(b"no zip")
    told = run("doctor").out
    assert "engine pack: does not work, " in told
    assert "bad.zip" in told


def test_what_changes_nothing_without_a_background_is_told(run: Run, tmp_path: Path) -> None:
    done = run("export", "hands", "--duck", "3", "--voice", "tone", "-o", str(tmp_path / "hands.flac"))
    assert "Note: without --background, --duck changes nothing." in done.err


def test_a_word_that_is_no_routine_is_told_before_anything_about_many(run: Run, tmp_path: Path) -> None:
    done = run("export", "hands", "--tick", "off", "-o", str(tmp_path / "hands.flac"))
    assert (done.code, done.err.splitlines()[0]) == (2, "Error: unknown routine 'off'")
