"""flite beyond the contract of all engines: texts like options, its alphabet, its failures, its processes."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.test_engines import children, digests, make, speak
from voiceguide.engines import flite
from voiceguide.errors import Unavailable

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux is sure to have the program")

Program = Callable[[str], None]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Put another program called flite on the path, alone; takes what it does when it is to speak."""

    def put(what: str) -> None:
        script = tmp_path / "flite"
        lists = 'if [ "$1" = -lv ]; then echo "Voices available: awb_time slt "; exit; fi'
        script.write_text(f"#!/bin/sh\n{lists}\n{what}\n")
        script.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))

    return put


@pytest.mark.parametrize("text", ["-h", "--voice kal", "-lv", '"hold"', "$(exit) `exit` ;", "/etc/hostname"])
def test_whatever_a_text_looks_like_it_is_spoken(text: str) -> None:
    (clip,) = speak(make("flite"), [text])
    assert abs(clip.samples).max() > 0.05


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Don’t “hold” it.", 'Don\'t "hold" it.'),
        ("Über, naïve", "Uber, naive"),
        ("Now – press", "Now , press"),
    ],
)
def test_letters_that_flite_does_not_know_are_given_in_those_it_does(written: str, plain: str) -> None:
    first, second = digests(speak(make("flite"), [written, plain]))
    assert first == second


def test_each_voice_speaks_as_quickly_as_it_is_asked_to() -> None:
    text = "Slowly press down with your thumb, until you feel a dull ache. Then hold, and breathe out."
    words = len(text.split())
    engine = make("flite")
    for voice in ("kal16", "awb", "rms", "slt"):
        for rate in (100, 150, 250):
            (clip,) = speak(engine, [text], voice, rate)
            assert 0.8 * rate < words * 60_000 / clip.duration < 1.25 * rate, voice


def test_a_voice_that_can_only_tell_the_time_is_not_offered() -> None:
    ids = [voice.id for voice in make("flite").voices()]
    assert {"awb", "kal16", "rms", "slt"} <= {*ids}
    assert "awb_time" not in ids


def test_its_voices_say_who_may_use_them_and_speak_only_english() -> None:
    engine = make("flite")
    assert all("notice" in voice.licence for voice in engine.voices())
    assert engine.default_voice("en-GB") == "rms"
    with pytest.raises(Unavailable, match="only English"):
        engine.default_voice("de")


def test_without_the_clearest_voice_another_one_is_the_default(program: Program) -> None:
    program("exit 0")
    assert flite.Engine().default_voice("en") == "slt"


def test_without_the_program_the_hint_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="not on this machine") as caught:
        flite.Engine().check()
    assert "install flite" in str(caught.value.hint)


@pytest.mark.parametrize("fault", ["exit 1", "kill -9 $$", "exit 0", 'echo RIFF > "$8"'])
def test_a_text_that_fails_is_named_and_no_process_is_left(fault: str, program: Program) -> None:
    program(fault)
    before = children()
    with pytest.raises(Unavailable, match=r"cannot say 'Press\.'") as caught:
        speak(flite.Engine(), ["Press.", "Hold."], "slt")
    assert caught.value.hint
    assert children() <= before


def test_a_process_that_takes_too_long_is_ended(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    program("exec /usr/bin/tail -f /dev/null")
    monkeypatch.setattr(flite, "_LONGEST", 0.2)
    before = children()
    with pytest.raises(Unavailable, match=r"too long to say 'Press\.'"):
        speak(flite.Engine(), ["Press.", "Hold.", "Rest."], "slt")
    assert children() <= before


def test_leaving_early_ends_all_that_speak() -> None:
    engine = make("flite")
    before = children()
    spoken = engine.synthesize(["Press, and hold."] * 50, voice="slt", rate=150)
    next(spoken)
    spoken.close()  # type: ignore[attr-defined]
    assert children() <= before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk to write to")
def test_a_disk_without_room_is_told(tmp_path: Path) -> None:
    (tmp_path / "0.txt").symlink_to("/dev/full")
    with pytest.raises(Unavailable, match="No space left") as caught:
        flite._start(["flite"], "Press.", tmp_path / "0")
    assert "room" in str(caught.value.hint)


def test_without_a_folder_for_what_passes_by_the_error_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nosuch"))
    with pytest.raises(Unavailable, match="nothing can be written") as caught:
        speak(make("flite"), ["Press."])
    assert "room" in str(caught.value.hint)
