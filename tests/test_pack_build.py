"""`voiceguide pack build`: recordings become a voice like any other, or nothing at all."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.conftest import Run
from tests.recordings import FAULTS, SCRIPT, TEXTS, in_a_room, louder, record, speak, write
from tests.test_page import Reader
from voiceguide.errors import VoiceguideError
from voiceguide.loudness import HIGHEST_PEAK, loudness_of, true_peak
from voiceguide.pack import load_pack
from voiceguide.reading import file_name, make_rows, read_script
from voiceguide.recorded_voice import read_recordings
from voiceguide.units import LOUDNESS
from voiceguide.voice import find_voice

FACTS = ("--title", "A friend", "--speaker", "Somebody", "--licence", "CC0 1.0")


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "script.json"
    path.write_text(json.dumps(make_rows(TEXTS)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record(tmp_path_factory.mktemp("recordings") / "whole")


# ── a pack ──


@pytest.mark.slow
def test_recordings_become_a_voice_that_says_its_script(
    recordings: Path, script: Path, stranger: Path, run: Run
) -> None:
    target = stranger / "packs" / "friend.zip"
    target.parent.mkdir()
    done = run(
        "pack", "build", str(recordings), "--script", str(script), "-o", str(target), *FACTS, "--no-listen"
    )
    assert done.code == 0, done.err
    assert done.out.startswith(f"{target}: {len(TEXTS)} sentences, ")
    assert "nobody has checked what is said" in done.err
    pack = load_pack(target)
    assert (pack.id, pack.title, pack.speaker, pack.licence) == ("friend", "A friend", "Somebody", "CC0 1.0")
    assert pack.is_ready
    assert set(pack.clips) == set(TEXTS)
    assert 100 < pack.rate < 200
    voice = find_voice("pack:friend", rate=None)
    clips = [voice.clip(text) for text in TEXTS]
    for clip, text in zip(clips, TEXTS, strict=True):
        assert -0.05 < clip.frames / 48_000 - len(speak(text)) / 48_000 < 0.25
        assert true_peak(clip.samples) <= 10 ** ((HIGHEST_PEAK + 0.001) / 20), "but for what rounding does"
    together = loudness_of(clip.samples for clip in clips)
    assert together == pytest.approx(LOUDNESS, abs=1)


def test_the_same_recordings_give_the_same_bytes(tmp_path: Path, run: Run) -> None:
    folder, few = record(tmp_path / "recordings", {1: TEXTS[3], 2: TEXTS[5]}), tmp_path / "few.json"
    few.write_text(json.dumps(make_rows([TEXTS[3], TEXTS[5]])))
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        target = tmp_path / name / "friend.zip"
        run("pack", "build", str(folder), "--script", str(few), "-o", str(target), *FACTS, "--no-listen")
        made.append(target.read_bytes())
    assert made[0] == made[1]


def test_recordings_of_different_days_come_to_one_level(tmp_path: Path) -> None:
    folder = record(tmp_path / "recordings")
    for number in (3, 8):
        write(
            folder / f"{number:04}.wav", louder(in_a_room(speak(SCRIPT[number]), -80), -9), subtype="PCM_24"
        )
    voice = read_recordings(folder, SCRIPT)
    levels = [loudness_of([voice.clip(text).samples]) for text in TEXTS]
    assert all(level is not None and abs(level - LOUDNESS) < 4 for level in levels)


def test_a_channel_that_is_silent_is_told_of(tmp_path: Path, run: Run) -> None:
    few, target = tmp_path / "few.json", tmp_path / "friend"
    few.write_text(json.dumps(make_rows(TEXTS[3:4])))
    words = in_a_room(speak(TEXTS[3]))
    (tmp_path / "recordings").mkdir()
    soundfile.write(tmp_path / "recordings" / "1.wav", np.stack([words, words * 0], axis=1), 48_000)
    done = run(
        *("pack", "build", str(tmp_path / "recordings"), "--script", str(few), "-o", str(target)),
        *(*FACTS, "--no-listen"),
    )
    assert done.code == 0, done.err
    assert "Note: 1 recordings have a channel without the voice: another one is taken." in done.err
    assert load_pack(target).is_ready


# ── no pack ──


def test_faulty_recordings_leave_no_pack_and_a_page_of_what_to_read_again(
    tmp_path: Path, script: Path, run: Run
) -> None:
    folder = record(tmp_path / "recordings")
    for number, kind in ((3, "missing"), (7, "clipped")):
        FAULTS[kind](folder / f"{number:04}.wav", SCRIPT[number])
    target, again = tmp_path / "friend.zip", tmp_path / "again.html"
    words = ("pack", "build", str(folder), "--script", str(script), "-o", str(target), *FACTS, "--no-listen")
    done = run(*words, "--again", str(again))
    assert (done.code, done.out.strip()) == (1, str(again))
    assert done.err.count("Hint: ") == 2
    assert "number 3: 'And let go, little by little.'" in done.err
    assert not target.exists()
    items = Reader(again.read_text(encoding="utf-8")).all("li")
    assert [item["id"] for item in items] == ["n3", "n7"]


@pytest.mark.parametrize(
    ("folder", "message"), [("nowhere", "it cannot be read"), ("empty", "there are no recordings in it")]
)
def test_a_folder_without_recordings_is_told(
    folder: str, message: str, script: Path, tmp_path: Path, run: Run
) -> None:
    (tmp_path / "empty").mkdir()
    place, target = str(tmp_path / folder), str(tmp_path / "friend.zip")
    done = run("pack", "build", place, "--script", str(script), "-o", target, *FACTS, "--no-listen")
    assert done.code == 1
    assert done.err.startswith(f"Error: {place}: {message}")
    assert "Hint: " in done.err


def test_a_target_that_exists_is_told_before_anything_is_read(
    recordings: Path, script: Path, tmp_path: Path, run: Run
) -> None:
    target = tmp_path / "friend.zip"
    target.write_bytes(b"mine")
    done = run("pack", "build", str(recordings), "--script", str(script), "-o", str(target), *FACTS)
    assert done.code == 1
    assert "exists already" in done.err
    assert target.read_bytes() == b"mine"


def test_without_the_recogniser_nobody_is_led_to_believe_that_it_listened(
    recordings: Path, script: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pocketsphinx", None)  # as where it is not installed
    target = tmp_path / "friend.zip"
    done = run("pack", "build", str(recordings), "--script", str(script), "-o", str(target), *FACTS)
    assert done.code == 3
    assert "the recogniser that finds wrong texts is not here" in done.err
    assert "voiceguide[packs]" in done.err
    assert "--no-listen" in done.err
    assert not target.exists()


# ── the script ──


def test_a_script_is_read_as_it_was_written(script: Path) -> None:
    assert read_script(script) == SCRIPT
    script.write_text(json.dumps(make_rows(TEXTS)), encoding="utf-16")
    assert read_script(script) == SCRIPT


def test_files_are_called_so_that_they_sort() -> None:
    assert file_name(12, 843) == "0012.wav"
    assert file_name(12, 12_345) == "00012.wav"
    assert [row["file"] for row in make_rows(["Press.", "Press.", "And let go."])] == ["0001.wav", "0002.wav"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("{}", "no list of texts"),
        ("[]", "no list of texts"),
        ("[3]", "entry 1 of it has no right 'number' and 'text'"),
        ('[{"number": 1, "text": " "}]', "entry 1 of it has no right 'number' and 'text'"),
        (
            '[{"number": 1, "text": "Press."}, {"number": 2, "text": "\\u001b[2JHold."}]',
            "entry 2 of it has a letter that cannot be printed, U+001B",
        ),
        (
            '[{"number": 1, "text": "a \\u202eb"}]',
            "entry 1 of it has a letter that cannot be printed, U+202E",
        ),
        ('[{"number": 1, "text": "\\ud800"}]', "entry 1 of it has a letter that cannot be printed, U+D800"),
        ('[{"number": true, "text": "Press."}]', "entry 1 of it has no right 'number' and 'text'"),
        ('[{"number": 1, "text": "Press."}, {"number": 1, "text": "Hold."}]', "entry 2 of it is there twice"),
        (
            '[{"number": 1, "text": "Press."}, {"number": 2, "text": "Press."}]',
            "entry 2 of it is there twice",
        ),
    ],
)
def test_what_is_no_script_is_told(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "script.json"
    path.write_text(content)
    with pytest.raises(VoiceguideError) as caught:
        read_script(path)
    assert message in str(caught.value)
    assert "pack script --json" in (caught.value.hint or "")


@pytest.mark.parametrize(
    "text", ["Appuyez\u202f!", "Une\u00a0main.", "می\u200cشود", "क्\u200dष", "Hand\u00adfläche"]
)
def test_what_other_languages_write_can_be_read_aloud(text: str, tmp_path: Path) -> None:
    path = tmp_path / "script.json"
    path.write_text(json.dumps(make_rows([text])))
    assert read_script(path) == {1: text}
