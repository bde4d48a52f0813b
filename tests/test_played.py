"""What was really heard, and that the machine is kept awake meanwhile."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.made_up import make_routine
from voiceguide import turns
from voiceguide.awake import awake
from voiceguide.played import FILE, Log
from voiceguide.player import Player

BEGAN = datetime(2026, 11, 21, 22, 10, 5, tzinfo=UTC)


def test_every_stay_is_counted_by_what_was_heard_of_its_dose() -> None:
    player = Player(make_routine().as_session)
    player.pull(12_000 * 48)
    # Twice a second of one hand, a massage of 0.8 s and a ball of 0.7 s; the made-up ice has no stop.
    assert player.played.take(is_end=True) == [("li4.left", 2.0), ("li4.right", 1.5)]
    assert player.played.take(is_end=True) == []


def test_what_is_left_early_counts_as_far_as_it_went_and_what_is_heard_twice_counts_twice() -> None:
    player = Player(make_routine().as_session)
    player.pull(3_000 * 48)  # half a second into the first hold
    player.turn(turns.go_forth)
    player.pull(12_000 * 48)
    assert player.played.take(is_end=True) == [("li4.left", 0.5), ("li4.right", 1.5)]
    again = Player(make_routine().as_session)
    again.pull(3_000 * 48)
    again.turn(turns.go_back)
    again.pull(15_000 * 48)
    assert again.played.take(is_end=True)[0] == ("li4.left", 2.5)


def test_a_pause_and_an_answer_to_a_key_add_nothing() -> None:
    player = Player(make_routine().as_session)
    player.pull(3_500 * 48)
    player.pause()
    player.pull(60_000 * 48)
    player.resume()
    player.turn(turns.tell_place)
    player.pull(12_000 * 48)
    assert player.played.take(is_end=True) == [("li4.left", 2.0), ("li4.right", 1.5)]


def test_the_log_has_a_line_for_each_stay_that_only_its_owner_can_read(tmp_path: Path) -> None:
    told: list[str] = []
    log = Log(tmp_path / "data", BEGAN, about={"routine": "hands"}, tell=told.append)
    log.write([("li4.left", 30.0)])
    log.write([])
    log.write([("li4.right", 12.5)])
    file = tmp_path / "data" / FILE
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert lines[0] == {
        "session": "2026-11-21T22:10:05+00:00",
        "routine": "hands",
        "stop": "li4.left",
        "seconds": 30.0,
    }
    assert [line["stop"] for line in lines] == ["li4.left", "li4.right"]
    assert file.stat().st_mode & 0o077 == 0
    assert told == []


def test_a_log_that_cannot_be_written_is_told_once_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be", encoding="utf-8")
    told: list[str] = []
    log = Log(tmp_path / "data", BEGAN, about={}, tell=told.append)
    log.write([("li4.left", 30.0)])
    log.write([("li4.right", 30.0)])
    (said,) = told
    assert "cannot be kept" in said


def test_play_logs_a_whole_session(run: Run, stranger: Path) -> None:
    assert run("play", "hands", "--backend", "null", "--voice", "tone").code == 0
    lines = [json.loads(line) for line in (stranger / FILE).read_text(encoding="utf-8").splitlines()]
    assert [(line["stop"], line["seconds"]) for line in lines] == [("li4.left", 30.0), ("li4.right", 30.0)]
    assert {line["routine"] for line in lines} == {"hands"}


@pytest.mark.parametrize("works", ["1", "0"])
def test_it_is_told_if_the_machine_cannot_be_kept_awake(
    works: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAKEPY_FAKE_SUCCESS", works)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    with awake() as is_awake:
        assert is_awake is (works == "1")
    told = run("play", "hands", "--backend", "null", "--voice", "tone").err
    assert ("keep this machine from falling asleep" in told) == (works == "0")
