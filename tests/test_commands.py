"""The commands, as a person types them: what they print, what they leave behind and which settings apply."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.conftest import Run
from tests.made_up import make_routine
from voiceguide import registry
from voiceguide.backends import Backend
from voiceguide.bookmark import Keeper
from voiceguide.commands._listening import Seat
from voiceguide.commands._screen import Lines
from voiceguide.known_settings import SETTINGS
from voiceguide.library import (
    DEFAULT_ROUTINE,
    SHIPPED,
    find_routine,
    load_language,
    load_leaflet,
    load_points,
    load_routine,
    routine_names,
)
from voiceguide.player import Player, play
from voiceguide.scheduler.options import Options
from voiceguide.session import compile_session
from voiceguide.session_log import Log
from voiceguide.voice import find_voice

ROOT = Path(__file__).parents[1]
KINDS = (
    "routines points voices engines backends formats earcons backgrounds languages folders settings".split()
)
TONE = ("--voice", "tone")
Start = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Run a command line in a process of its own, with `more` in its environment."""

    def start_words(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "voiceguide", *words],
            env={**os.environ, "PYTHONPATH": str(ROOT), **more},
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    return start_words


# ── with nothing said ──


def test_with_nothing_said_it_names_routines_that_are_there_and_the_one_command_to_start(run: Run) -> None:
    done = run()
    assert done.code == 0
    assert re.findall(r"^  (\S+)", done.out, re.MULTILINE) == ["hands", "lower-back", "lying-down"]
    assert set(routine_names()) >= {"hands", "lower-back", "lying-down"}
    assert "voiceguide play hands" in done.out


def test_the_version_is_told(run: Run) -> None:
    assert re.fullmatch(r"voiceguide \S+\n", run("--version").out)


# ── list ──


@pytest.mark.parametrize("kind", KINDS)
def test_everything_in_a_list_has_a_line_and_in_json_an_id_and_a_title(kind: str, run: Run) -> None:
    rows = json.loads(run("list", kind, "--json").out)
    assert rows
    assert all(row["id"] and row["title"] for row in rows)
    for option in ("--plain", "--no-plain"):
        lines = run("list", kind, option).out.splitlines()
        assert [line[: len(row["id"])] for line, row in zip(lines, rows, strict=True)] == [
            row["id"] for row in rows
        ]


def test_without_a_kind_the_routines_are_listed(run: Run) -> None:
    assert run("list", *TONE).out == run("list", "routines", *TONE).out


@pytest.mark.parametrize("kind", ["engines", "backends", "formats"])
def test_what_is_listed_is_what_there_is(kind: str, run: Run) -> None:
    ids = [row["id"] for row in json.loads(run("list", kind, "--json").out)]
    assert ids == registry.names(f"voiceguide.{kind}")


def test_a_broken_engine_of_others_is_told_and_the_rest_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    metadata = tmp_path / "choir-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: choir\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[voiceguide.engines]\nchoir = choir_that_is_not_there\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    voices = run("list", "voices")
    assert (voices.code, "tone:plain" in voices.out) == (0, True)
    assert "choir_that_is_not_there" in voices.err
    assert "choir" in run("list", "engines").out
    assert "pip install choir_that_is_not_there" in run("doctor").out


# ── show ──


def test_show_gives_the_document_in_json_and_nothing_else(run: Run) -> None:
    done = run("show", "hands", "--json", *TONE)
    document = json.loads(done.out)
    assert (done.code, done.err, document["routine"]) == (0, "", "hands")
    assert document["segments"][-1]["action"] == "close"


@pytest.mark.parametrize("option", ["--plain", "--no-plain"])
def test_show_gives_every_word_in_order(option: str, run: Run) -> None:
    events = json.loads(run("show", "hands", "--json", *TONE).out)["events"]
    done = run("show", "hands", option, *TONE)
    at = -1
    for event in events:
        if event["text"]:
            at = done.out.find(event["text"], at + 1)
            assert at >= 0, event["text"]


def test_without_a_routine_it_is_the_default(run: Run) -> None:
    assert json.loads(run("show", "--json", *TONE).out)["routine"] == DEFAULT_ROUTINE


def test_ticks_are_in_the_document_and_named_once_in_the_words(run: Run) -> None:
    plain, ticking = (
        json.loads(run("show", "lower-back", option, "--json", *TONE).out)
        for option in ("--no-tick", "--tick")
    )
    ticks = [event for event in ticking["events"] if event["name"] == "tick"]
    assert {event["action"] for event in ticks} == {"hold", "ice"}
    assert [event for event in ticking["events"] if event["name"] != "tick"] == plain["events"]
    shown = run("show", "lower-back", "--tick", *TONE).out
    assert shown.count("every ten seconds of a hold and of ice") == 1
    assert "(tick)" not in shown


def test_what_is_played_with_ticks_says_the_same(run: Run) -> None:
    events = json.loads(run("show", "lower-back", "--json", *TONE).out)["events"]
    assert run("config", "set", "tick", "on").code == 0
    done = run("play", "lower-back", "--backend", "null", *TONE)
    lines = [line.split(maxsplit=1)[1] for line in done.out.splitlines()]
    assert lines == [event["text"] for event in events if event["text"]]


# ── export and say ──


def test_export_writes_the_sound_and_the_document_it_shows(tmp_path: Path, run: Run) -> None:
    target, timeline = tmp_path / "hands.flac", tmp_path / "hands.json"
    done = run("export", "hands", "-o", str(target), "--timeline", str(timeline), *TONE)
    assert (done.code, done.out.startswith(f"{target}: Hands, ")) == (0, True)
    assert timeline.read_text(encoding="utf-8") == run("show", "hands", "--json", *TONE).out
    assert sorted(tmp_path.iterdir()) == [target, timeline]


def test_with_force_both_files_are_replaced(tmp_path: Path, run: Run) -> None:
    target, timeline = tmp_path / "hands.flac", tmp_path / "hands.json"
    target.write_text("old")
    timeline.write_text("old")
    done = run("export", "hands", "-o", str(target), "--timeline", str(timeline), "--force", *TONE)
    assert done.code == 0
    assert target.read_bytes().startswith(b"fLaC")
    assert json.loads(timeline.read_text(encoding="utf-8"))["routine"] == "hands"


@pytest.mark.slow
def test_export_writes_beside_the_sound_what_is_asked_for_and_says_how_to_play_it(
    tmp_path: Path, run: Run
) -> None:
    plan = tmp_path / "plan.html"
    words = ("-o", str(tmp_path / "hands.mp3"), "--subtitles", "lrc,vtt", "--plan", str(plan))
    done = run("export", "hands", *words, *TONE)
    assert (done.code, done.err.splitlines()[-1]) == (0, load_leaflet("en").labels["play_it"])
    names = ["hands.mp3", "plan.html", "hands.lrc", "hands.vtt"]
    assert [line.split(": ")[0] for line in done.out.splitlines()] == [str(tmp_path / name) for name in names]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
    said = [event["text"] for event in json.loads(run("show", "hands", "--json", *TONE).out)["events"]]
    shown = (tmp_path / "hands.lrc").read_text(encoding="utf-8")
    assert [text for text in said if text and text not in shown] == []


def test_subtitles_may_be_kept_as_a_setting_and_left_out_for_once(tmp_path: Path, run: Run) -> None:
    assert run("config", "set", "subtitles", "vtt").code == 0
    assert run("export", "hands", "-o", str(tmp_path / "one.wav"), *TONE).code == 0
    assert run("export", "hands", "-o", str(tmp_path / "two.wav"), "--subtitles", "none", *TONE).code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.vtt", "one.wav", "two.wav"]


def test_a_file_beside_the_sound_that_exists_is_refused_before_anything_is_spoken(
    tmp_path: Path, run: Run
) -> None:
    (tmp_path / "hands.vtt").write_text("mine")
    words = ("export", "hands", "-o", str(tmp_path / "hands.wav"), "--subtitles", "vtt", *TONE)
    refused = run(*words)
    assert (refused.code, refused.out) == (1, "")
    assert "Preparing" not in refused.err
    assert [path.name for path in tmp_path.iterdir()] == ["hands.vtt"]
    assert run(*words, "--force").code == 0
    assert (tmp_path / "hands.vtt").read_text(encoding="utf-8").startswith("WEBVTT")


def test_export_makes_a_folder_of_parts_and_the_timeline_of_the_whole(tmp_path: Path, run: Run) -> None:
    timeline = tmp_path / "whole.json"
    words = (
        "-o",
        str(tmp_path / "evening.wav"),
        "--split",
        "--subtitles",
        "srt",
        "--timeline",
        str(timeline),
    )
    done = run("export", "hands", *words, *TONE)
    document = json.loads(timeline.read_text(encoding="utf-8"))
    assert (done.code, document["title"]) == (0, "Hands")
    folder = tmp_path / "evening"
    assert done.out.startswith(f"{folder / 'evening.m3u8'}: Hands, ")
    assert f"in {len(document['chapters'])} files" in done.out
    for suffix in ("wav", "srt"):
        assert len(list(folder.glob(f"*.{suffix}"))) == len(document["chapters"])
    assert {path.name for path in tmp_path.iterdir()} == {"evening", "whole.json"}


def test_say_writes_a_sentence(tmp_path: Path, run: Run) -> None:
    target = tmp_path / "saying.wav"
    done = run("say", "Now press.", "-o", str(target), *TONE)
    assert (done.code, done.out) == (0, f"{target}\n")
    assert target.read_bytes().startswith(b"RIFF")


def test_say_plays_a_sentence(run: Run) -> None:
    done = run("say", "Now press.", "--backend", "null", *TONE)
    assert (done.code, done.err) == (0, "tone:plain: Now press.\n")


# ── play ──


def test_play_prints_every_line_as_it_is_spoken(run: Run) -> None:
    events = json.loads(run("show", "hands", "--json", *TONE).out)["events"]
    done = run("play", "hands", "--backend", "null", *TONE)
    assert done.code == 0
    lines = [line.split(maxsplit=1)[1] for line in done.out.splitlines()]
    assert lines == [event["text"] for event in events if event["text"]]


def played(keys: dict[int, str]) -> list[int]:
    """Play the made-up routine with `keys` by the number of the tick; return the position at each tick."""
    session = make_routine()
    player = Player(session.as_session)
    positions: list[int] = []

    def read_keys() -> list[str]:
        positions.append(player.position)
        return keys.get(len(positions), "").split()

    backend: Backend = registry.find("voiceguide.backends", "null").Backend()
    with TemporaryDirectory() as folder, Lines() as screen:
        log = Log(None, session.entry, tell=screen.warn)
        keeper = Keeper(Path(folder), (), tell=screen.warn)
        seat = Seat(player, read_keys, screen, log=log, keeper=keeper)
        play(player, backend, samplerate=session.samplerate, poll=seat.poll)
    return positions


def test_space_pauses_and_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    whole = played({})
    paused = played({30: "space", 50: "space"})
    assert capsys.readouterr().err.splitlines() == ["Paused. Space goes on."]
    assert len(set(paused[30:50])) == 1
    assert len(paused) >= len(whole) + 20


@pytest.mark.parametrize("late", [0, 4])
def test_after_a_pause_a_later_end_is_told(late: int, tmp_path: Path, shared_cache: Path) -> None:
    routine = load_routine(find_routine("hands"))
    now = datetime.now(tz=UTC)
    voice, options = find_voice("tone", rate=None, cache=shared_cache), Options(ends=now)
    session = compile_session(routine, load_points(), load_language("en"), voice, options, live=True)
    length = timedelta(milliseconds=session.timeline.duration)
    session = replace(session, options=replace(options, ends=now + length - timedelta(minutes=late)))
    player = Player(session)
    heard: list[str] = []
    keys = {40: "space", 60: "space"}
    looks = 0

    def read_keys() -> list[str]:
        nonlocal looks
        looks += 1
        event = player.current_event()
        heard.append(event.text if event else "")
        return keys.get(looks, "q q q" if looks == 300 else "").split()

    with Lines() as screen:
        log = Log(None, make_routine().entry, tell=screen.warn)
        seat = Seat(
            player, read_keys, screen, log=log, keeper=Keeper(tmp_path, (), tell=screen.warn), session=session
        )
        backend: Backend = registry.find("voiceguide.backends", "null").Backend()
        play(player, backend, samplerate=session.samplerate, poll=seat.poll)
    assert ("It ends about four minutes later than you asked." in heard) == (late == 4)


def test_q_asks_once_and_any_other_key_takes_it_back(capsys: pytest.CaptureFixture[str]) -> None:
    positions = played({30: "q", 40: "a", 50: "q", 60: "space", 61: "space"})
    assert capsys.readouterr().err.splitlines() == [
        "Paused. Space goes on.",
    ]
    assert positions[-1] > make_routine().timeline.duration - 100


@pytest.mark.parametrize("keys", [{60: "q", 62: "q"}, {60: "q q"}], ids=["one by one", "at once"])
def test_q_twice_ends_gently(keys: dict[int, str], capsys: pytest.CaptureFixture[str]) -> None:
    segments = make_routine().timeline.segments
    positions = played(keys)
    heard = {
        index
        for index, segment in enumerate(segments)
        if any(segment.start <= at < segment.start + segment.duration for at in positions[63:])
    }
    # In the first hold: its release. Where it leads from there is for tests/test_ending.py.
    assert [segments[index].action for index in sorted(heard)] == ["release"]
    assert capsys.readouterr().err.splitlines()[-1].startswith("Ending.")


def test_a_third_q_stops_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(played({60: "q q", 64: "q"})) == 64
    assert capsys.readouterr().err.splitlines()[-1] == "Stopping."


# ── check ──


def test_without_files_check_looks_at_everything_there_is(stranger: Path, run: Run) -> None:
    own = stranger / "routines" / "my-evening.yaml"
    own.parent.mkdir()
    own.write_text("version: 1\nid: my-evening\nsteps:\n  - posture: supine\n  - press: li4\n")
    done = run("check")
    shipped = [path for kind in ("routines", "points") for path in (SHIPPED / kind).glob("*.yaml")]
    assert (done.code, done.err) == (0, "")
    assert sorted(re.findall(r"^(.*): fine, ", done.out, re.MULTILINE)) == sorted(map(str, [own, *shipped]))


@pytest.mark.parametrize("name", ["hands", "li4", str(SHIPPED / "points" / "li4.yaml")])
def test_check_takes_names_and_paths(name: str, run: Run) -> None:
    done = run("check", name)
    assert (done.code, done.out.startswith(f"{name}: fine, ")) == (0, True)


def test_check_goes_on_after_a_file_that_is_wrong(tmp_path: Path, run: Run) -> None:
    (tmp_path / "bad.yaml").write_text("version: 1\nid: bad\nsteps: []\n")
    done = run("check", str(tmp_path / "bad.yaml"), "hands")
    assert (done.code, "hands: fine" in done.out) == (1, True)
    assert f"Error: {tmp_path / 'bad.yaml'}:3: the list is empty" in done.err


@pytest.mark.parametrize(
    "kind", ["routine", "point", "language", "phrases", "point-words", "lexicon", "leaflet"]
)
def test_check_prints_a_schema_for_editors(kind: str, run: Run) -> None:
    done = run("check", "--schema", kind)
    schema = json.loads(done.out)
    assert (done.code, done.err) == (0, "")
    assert (schema["title"], schema["type"]) == (f"voiceguide: {kind.replace('-', ' ')}", "object")
    assert "version" in schema["required"]


def test_the_schema_is_that_of_a_routine_if_nothing_else_is_said(run: Run) -> None:
    assert run("check", "--schema").out == run("check", "--schema", "routine").out


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--schema", "mine.yaml"), "There are: routine, point, language,"),
        (("--schema", "points"), "did you mean 'point'?"),
        (("hands", "--schema"), "'hands' cannot be checked by --schema"),
    ],
)
def test_a_schema_is_of_a_kind_of_file_and_of_no_file(
    words: tuple[str, ...], complaint: str, run: Run
) -> None:
    done = run("check", *words)
    assert (done.code, done.out, complaint in done.err) == (2, "", True)


POINT = (SHIPPED / "points" / "li4.yaml").read_text(encoding="utf-8")


def test_a_point_without_words_is_fine_and_a_note_says_so(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "li11.yaml"
    file.write_text(POINT.replace("id: li4", "id: li11"), encoding="utf-8")
    done = run("check", str(file))
    assert (done.code, done.out.count("fine")) == (0, 1)
    assert done.err == (
        f"Note: {file}: the language 'en' has no words for li11, so no routine can press it yet.\n"
    )


def test_a_method_without_words_is_fine_and_a_note_says_so(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "li4.yaml"
    file.write_text(POINT.replace("  thumbs:", "  heel:"), encoding="utf-8")
    done = run("check", str(file))
    assert (done.code, done.out.count("fine")) == (0, 1)
    assert done.err == f"Note: {file}: the language 'en' has no words for li4 by heel yet.\n"


def test_a_point_that_joins_one_that_is_not_there_is_fine_and_a_note_says_so(
    tmp_path: Path, run: Run
) -> None:
    file = tmp_path / "li4.yaml"
    file.write_text(f"{POINT}joins: [li5]\n", encoding="utf-8")
    done = run("check", str(file))
    assert (done.code, done.err) == (0, f"Note: {file}: it joins 'li5', and there is no such point.\n")


# ── settings: an option stands before the environment, and that before the file ──


def test_config_keeps_gets_lists_and_forgets(run: Run, stranger: Path) -> None:
    file = stranger / "config.toml"
    assert run("config", "path").out == f"{file}\n"
    assert run("config", "set", "plain", "on").out == f"plain: on, kept in {file}\n"
    assert run("config", "get", "plain").out == "on\n"
    assert "plain: on (" in run("config").out
    assert "rate: not set (" in run("config", "list").out
    assert run("config", "unset", "plain").out == "plain: not set\n"
    assert run("config", "get", "plain").out == ""


def test_voice_and_rate_are_taken_from_option_environment_and_file_in_that_order(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def applied(*options: str) -> tuple[str, int]:
        document = json.loads(run("show", "hands", "--json", *options).out)
        return document["options"]["voice"], document["options"]["rate"]

    run("config", "set", "voice", "tone")
    run("config", "set", "rate", "100")
    assert applied() == ("tone:plain", 100)
    monkeypatch.setenv("VOICEGUIDE_RATE", "110")
    assert applied() == ("tone:plain", 110)
    assert applied("--rate", "120") == ("tone:plain", 120)
    run("config", "set", "voice", "espeak:en-gb")
    monkeypatch.setenv("VOICEGUIDE_VOICE", "tone:plain")
    assert applied() == ("tone:plain", 110)


@pytest.mark.parametrize("words", [("list",), ("show", "hands")], ids=" ".join)
def test_plain_is_taken_from_option_environment_and_file_in_that_order(
    words: tuple[str, ...], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, table = (run(*words, option, *TONE).out for option in ("--plain", "--no-plain"))
    assert plain != table
    run("config", "set", "plain", "on")
    assert run(*words, *TONE).out == plain
    monkeypatch.setenv("VOICEGUIDE_PLAIN", "off")
    assert run(*words, *TONE).out == table
    assert run(*words, "--plain", *TONE).out == plain


@pytest.mark.slow
@pytest.mark.parametrize("words", [("play", "hands"), ("say", "Now press.")], ids=lambda words: words[0])
def test_the_backend_is_taken_from_option_environment_and_file_in_that_order(
    words: tuple[str, ...], start: Start
) -> None:
    assert start("config", "set", "backend", "null").returncode == 0
    assert start(*words, *TONE).returncode == 0
    wrong = start(*words, *TONE, VOICEGUIDE_BACKEND="nosuch")
    assert (wrong.returncode, "VOICEGUIDE_BACKEND: unknown backend 'nosuch'" in wrong.stderr) == (2, True)
    assert start("config", "set", "backend", "miniaudio").returncode == 0
    assert start(*words, *TONE, VOICEGUIDE_BACKEND="null").returncode == 0
    assert start(*words, *TONE, "--backend", "null", VOICEGUIDE_BACKEND="miniaudio").returncode == 0


def test_a_broken_settings_file_stops_no_help(stranger: Path, run: Run) -> None:
    (stranger / "config.toml").write_text("rate =\n")
    assert run("play", "--help").code == 0
    assert run("list").code == 1


# ── doctor ──


def test_doctor_says_of_every_setting_what_applies_from_where_and_the_default(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("config", "set", "plain", "on")
    run("config", "set", "rate", "100")
    monkeypatch.setenv("VOICEGUIDE_RATE", "120")
    monkeypatch.setenv("VOICEGUIDE_VOICE", "tone")
    said = dict(line.split(": ", 1) for line in run("doctor").out.splitlines())
    assert {name for name in said if name.startswith("setting ")} == {f"setting {name}" for name in SETTINGS}
    assert said["setting plain"] == "on, from the settings file; the default is off"
    assert said["setting rate"] == "120, from VOICEGUIDE_RATE; the default is 150"
    assert said["setting voice"].startswith("tone, from VOICEGUIDE_VOICE; the default is ")
    assert said["setting backend"].startswith("auto, the first of miniaudio, sounddevice, simpleaudio that ")
    assert said["setting ice"] == "not set, the default"
    assert said["voice"] == "works, tone:plain at 120 words a minute"


def test_doctor_looks_at_every_plugin(run: Run) -> None:
    found = {finding["id"] for finding in json.loads(run("doctor", "--json").out)}
    assert found >= {
        f"{kind} {name}"
        for kind in ("engine", "backend", "format")
        for name in registry.names(f"voiceguide.{kind}s")
    }


def test_whatever_does_not_work_has_a_way_to_mend_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEGUIDE_VOICE", "pyttsx3:nosuch")
    done = run("doctor", "--json")
    broken = [finding for finding in json.loads(done.out) if not finding["works"]]
    assert done.code == 3
    assert "voice" in {finding["id"] for finding in broken}
    # Whoever asks the doctor is not sent to the doctor.
    assert all(finding["hint"] and "voiceguide doctor" not in finding["hint"] for finding in broken)


@pytest.mark.parametrize("variable", ["VOICEGUIDE_RATE", "VOICEGUIDE_BACKEND"])
def test_doctor_works_while_a_setting_is_wrong_and_fails(
    variable: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "nosuch")
    done = run("doctor")
    assert (done.code, f"does not work, {variable}: " in done.out) == (1, True)


def test_doctor_leaves_nothing_behind(run: Run, stranger: Path) -> None:
    run("doctor")
    assert not list(stranger.iterdir())


# ── streams ──


def child(words: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run a shell's line in which `voiceguide` is the program; its exit code is that of the first program."""
    program = f'"{sys.executable}" -m voiceguide'
    return subprocess.run(
        ["bash", "-c", f"{words.replace('voiceguide', program, 1)}; exit ${{PIPESTATUS[0]}}"],
        env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )


posix = pytest.mark.skipif(os.name != "posix", reason="these streams are POSIX")


@posix
@pytest.mark.parametrize("words", ["show --plain --voice tone", "show --json --voice tone", "list points"])
def test_a_reader_who_leaves_early_is_told_nothing(words: str) -> None:
    child("voiceguide show --json --voice tone")
    done = child(f"voiceguide {words} | head -c 1")
    assert b"Error" not in done.stderr
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr


@posix
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(
    "words", ["list", "show hands --voice tone", "play hands --voice tone --backend null"]
)
@pytest.mark.slow
def test_closed_streams_do_no_harm(words: str, closed: str) -> None:
    done = child(f"voiceguide {words} {closed}")
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)


@posix
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_output_that_finds_no_room_is_told() -> None:
    done = child("voiceguide show hands --voice tone > /dev/full")
    assert done.returncode == 1
    assert b"Error: the output: No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["cp1252", "cp437"])
def test_a_console_that_lacks_characters_gets_question_marks(encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "ruhe.yaml"
    file.write_text(
        "version: 1\nid: ruhe\ntitle: {en: Rü·he 休}\nsteps:\n  - posture: supine\n  - press: li4\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-m", "voiceguide", "show", str(file), *TONE],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    expected = "Rü·he 休".encode(encoding, "replace")
    assert (done.returncode, done.stdout.startswith(expected)) == (0, True)


def test_an_empty_name_of_a_point_is_no_older_code(run: Run) -> None:
    done = run("point", "")
    assert done.code == 2
    assert "here:" not in done.err
