"""Settings: what is kept, what stands before what, and what a person is told of a file that is wrong."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from voiceguide.errors import ExportError, InvalidContent, UnknownName, UsageError, VoiceguideError
from voiceguide.known_settings import SETTINGS
from voiceguide.settings import (
    from_environment,
    keep_setting,
    parse_setting,
    read_settings,
    settings_file,
    settings_that_apply,
    shown,
)


@pytest.fixture
def file(stranger: Path) -> Path:
    """The settings file, which is not there yet."""
    return stranger / "config.toml"


@pytest.mark.parametrize("name", SETTINGS)
def test_the_example_of_every_setting_is_right_and_survives_the_file(name: str) -> None:
    value = parse_setting(name, SETTINGS[name].example)
    keep_setting(name, value)
    assert read_settings() == {name: value}
    assert parse_setting(name, shown(value)) == value


@pytest.mark.parametrize("name", [name for name, setting in SETTINGS.items() if setting.default])
def test_the_default_of_every_setting_is_right(name: str) -> None:
    parse_setting(name, SETTINGS[name].default or "")


def test_without_a_file_nothing_is_set() -> None:
    assert settings_that_apply() == {}


def test_the_file_is_where_the_environment_says(file: Path) -> None:
    assert settings_file() == file


def test_without_the_environment_the_file_is_in_the_folder_of_the_user(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("VOICEGUIDE_CONFIG")
    assert settings_file().parts[-2:] == ("voiceguide", "config.toml")


def test_keeping_a_setting_leaves_comments_and_the_rest_as_they_are(file: Path) -> None:
    file.write_text('# mine\nvoice = "tone"  # quiet\nrate = 100\n')
    keep_setting("rate", 120)
    assert file.read_text() == '# mine\nvoice = "tone"  # quiet\nrate = 120\n'


def test_a_setting_that_is_taken_out_is_gone_and_the_rest_stays(file: Path) -> None:
    file.write_text('# mine\nrate = 100\nvoice = "tone"\n')
    keep_setting("rate", None)
    assert file.read_text() == '# mine\nvoice = "tone"\n'


def test_the_folder_is_made_for_the_first_setting(stranger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEGUIDE_CONFIG", str(stranger / "new" / "folder" / "config.toml"))
    keep_setting("plain", value=True)
    assert read_settings() == {"plain": True}


def test_a_file_with_a_byte_order_mark_is_read(file: Path) -> None:
    file.write_text("rate = 100\n", encoding="utf-8-sig")
    assert read_settings() == {"rate": 100}


@pytest.mark.parametrize("name", SETTINGS)
def test_the_environment_stands_before_the_file(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    others = {"voice": "tone", "rate": "99", "backend": "null", "plain": "off"}
    others |= {"sore-side": "unsure", "assist": "friend", "ice": "skip", "foot-bath": "after"}
    others |= {"one-side-at-a-time": "off", "length": "12:30", "skip": "b48", "only": "b48"}
    others |= {
        "detail": "full",
        "pace": "brisk",
        "start-in": "1m",
        "wait-for-me": "off",
        "quiet-screen": "off",
        "device": "speakers",
        "bitrate": "64",
        "samplerate": "16000",
        "subtitles": "srt",
        "tick": "off",
        "pregnant": "off",
        "fill": "tone",
        "loudness": "-23",
        "room-tone": "on",
        "background": "waves",
        "background-level": "12",
        "duck": "0",
        "earcons": "on",
        "journal": "on",
    }
    keep_setting(name, parse_setting(name, SETTINGS[name].example))
    monkeypatch.setenv(SETTINGS[name].environment(name), others[name])
    assert settings_that_apply() == {name: parse_setting(name, others[name])}


def test_an_empty_variable_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEGUIDE_RATE", "")
    assert from_environment("rate") is None


def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEGUIDE_RATE", "fast")
    with pytest.raises(UsageError, match="VOICEGUIDE_RATE: 'fast' is not a value for 'rate'"):
        settings_that_apply()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rate", "fast"),
        ("rate", ""),
        ("rate", "150.5"),
        ("rate", "-150"),
        ("rate", "79"),
        ("rate", "301"),
        ("rate", "9" * 5_000),
        ("rate", "1_50"),
        ("plain", "maybe"),
        ("plain", ""),
        ("voice", ""),
        ("voice", ":"),
        ("voice", ":en"),
        ("voice", "espeak:"),
        ("subtitles", ""),
        ("subtitles", ","),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_one_that_can(name: str, text: str) -> None:
    with pytest.raises(UsageError, match=f"is not a value for '{name}'") as caught:
        parse_setting(name, text)
    assert f"such as {SETTINGS[name].example}" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("name", "text"), [("voice", "tune:plain"), ("backend", "nul"), ("subtitles", "vtt,lrcs")]
)
def test_a_name_that_is_not_there_says_what_is_near(name: str, text: str) -> None:
    with pytest.raises(UnknownName, match="unknown") as caught:
        parse_setting(name, text)
    assert "did you mean" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("typed", "kept"), [("VTT", "vtt"), (" lrc, srt ,lrc", "lrc,srt"), ("none", "none"), ("None", "none")]
)
def test_subtitles_are_kept_each_once_and_as_they_are_called(typed: str, kept: str) -> None:
    assert parse_setting("subtitles", typed) == kept


@pytest.mark.parametrize("value", ["100", None])
def test_an_unknown_setting_is_neither_kept_nor_taken_out(value: str | None, file: Path) -> None:
    with pytest.raises(UnknownName, match="unknown setting 'rte'") as caught:
        keep_setting("rte", value)
    assert caught.value.hint == "did you mean 'rate'? `voiceguide config list` shows all."
    assert not file.exists()


FAULTS = [
    ("rte = 100", "unknown setting 'rte'"),
    ('rate = "100"', "'rate' has the wrong kind of value"),
    ("rate = 100.0", "'rate' has the wrong kind of value"),
    ("rate = true", "'rate' has the wrong kind of value"),
    ("rate = 20", "'20' is not a value for 'rate'"),
    ('plain = "on"', "'plain' has the wrong kind of value"),
    ("voice = 1", "'voice' has the wrong kind of value"),
    ('voice = "espaek"', "unknown engine 'espaek'"),
    ('backend = "nosuch"', "unknown backend 'nosuch'"),
    ("[player]\nrate = 100", "unknown setting 'player'"),
    ("rate =", "not valid TOML"),
    ("rate = 100\nrate = 120", "not valid TOML"),
]


@pytest.mark.parametrize(("text", "complaint"), FAULTS, ids=[text for text, _ in FAULTS])
def test_what_is_wrong_in_the_file_is_told_with_its_line_and_a_hint(
    text: str, complaint: str, file: Path
) -> None:
    file.write_text(f"# mine\n{text}\n")
    with pytest.raises(InvalidContent, match=re.escape(complaint)) as caught:
        read_settings()
    assert re.fullmatch(rf"{re.escape(str(file))}(:[23])?", caught.value.where or "")
    assert caught.value.hint


def test_every_fault_in_the_file_is_told_at_once(file: Path) -> None:
    file.write_text('rate = 20\nvoice = "tone"\nplain = 1\n')
    with pytest.raises(InvalidContent) as caught:
        read_settings()
    assert [problem.where for problem in caught.value.problems] == [f"{file}:1", f"{file}:3"]


def test_a_file_with_faults_is_mended_setting_by_setting(file: Path) -> None:
    file.write_text('rate = 20\nrte = 100\nplain = "on"\n')
    keep_setting("rate", 100)
    keep_setting("rte", None)
    keep_setting("plain", value=True)
    assert read_settings() == {"rate": 100, "plain": True}


def test_a_file_that_is_no_toml_stays_as_it_is(file: Path) -> None:
    file.write_text("rate =\n")
    with pytest.raises(InvalidContent):
        keep_setting("rate", 100)
    assert file.read_text() == "rate =\n"


@pytest.mark.parametrize("what", ["a folder", "bytes"])
def test_a_file_that_cannot_be_read_is_told(what: str, file: Path) -> None:
    if what == "bytes":
        file.write_bytes(b"\xff\xfe\x00")
    else:
        file.mkdir()
    with pytest.raises(VoiceguideError, match="cannot be read") as caught:
        read_settings()
    assert caught.value.where == str(file)


def test_a_place_that_cannot_be_written_to_is_told(stranger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (stranger / "file").write_text("mine")
    monkeypatch.setenv("VOICEGUIDE_CONFIG", os.fspath(stranger / "file" / "folder" / "config.toml"))
    with pytest.raises(ExportError, match="cannot be made") as caught:
        keep_setting("rate", 100)
    assert "VOICEGUIDE_CONFIG" in (caught.value.hint or "")
    assert (stranger / "file").read_text() == "mine"
