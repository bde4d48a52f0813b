"""What was really heard, and that the machine is kept awake meanwhile."""

from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.made_up import make_routine
from tests.test_turns import segment, tape
from voiceguide import turns
from voiceguide.awake import awake
from voiceguide.commands._listening import _LOOK
from voiceguide.folders import private_folder
from voiceguide.journal import FILE, Journal
from voiceguide.played import needed
from voiceguide.player import Player
from voiceguide.score import DOSED


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


def test_play_keeps_a_whole_session_in_the_journal_that_only_its_owner_can_read(run: Run) -> None:
    assert run("play", "hands", "--backend", "null", "--voice", "tone").code == 0
    with Journal(private_folder()) as journal:
        (entry,) = journal.entries()
        assert journal.path.stat().st_mode & 0o077 == 0
    assert entry.done == {"li4.left": 30.0, "li4.right": 30.0}
    assert (entry.routine, entry.stops, entry.is_whole) == ("hands", ("li4.left", "li4.right"), True)
    shown = json.loads(run("show", "hands", "--json", "--voice", "tone").out)
    assert entry.length == round(shown["duration"] * 1000)
    assert abs(datetime.now(tz=UTC) - entry.began) < timedelta(minutes=10)


def test_of_ice_half_is_enough_and_of_all_else_almost_all() -> None:
    segments = tape("arms").session.segments
    enough = needed(segments)
    ice = [one for one in segments if one.action == "ice"]
    holds = [one for one in segments if one.action in DOSED]
    assert {one.stop for one in (*ice, *holds)} == enough.keys()
    for stop in {one.stop for one in ice}:
        assert stop
        assert enough[stop] == sum(one.duration for one in ice if one.stop == stop) / 2000
    for stop in {one.stop for one in holds}:
        assert stop
        planned = sum(one.duration for one in holds if one.stop == stop) / 1000
        assert enough[stop] == pytest.approx(0.9 * planned, abs=0.01)


def test_whoever_skips_a_hold_after_a_second_did_a_part(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    skips_at = round((segment("hands", "hold", "li4.left").start / 1000 + 1) / _LOOK)
    looks = 0

    def read_keys() -> list[str]:
        nonlocal looks
        looks += 1
        return ["n"] if looks == skips_at else []

    monkeypatch.setattr("voiceguide.commands._listening.keys", lambda: nullcontext(read_keys))
    assert run("play", "hands", "--no-preflight", "--backend", "null", "--voice", "tone").code == 0
    with Journal(private_folder()) as journal:
        (entry,) = journal.entries()
    assert 0 < entry.done["li4.left"] < 3
    assert entry.done["li4.right"] == 30.0
    assert not entry.is_whole


def test_a_journal_that_cannot_be_written_is_told_once_and_stops_nothing(run: Run, stranger: Path) -> None:
    (stranger / "private").mkdir()
    (stranger / "private" / FILE).mkdir()
    done = run("play", "hands", "--backend", "null", "--voice", "tone")
    assert done.code == 0
    assert done.out.endswith("The session is over. Well done.\n")
    assert done.err.count("What is played cannot be kept: ") == 1


@pytest.mark.parametrize("how", ["typed", "kept"])
def test_without_a_journal_nothing_is_kept(how: str, run: Run, stranger: Path) -> None:
    words = ["--no-journal"]
    if how == "kept":
        words = []
        assert run("config", "set", "journal", "off").code == 0
    assert run("play", "hands", "--backend", "null", "--voice", "tone", *words).code == 0
    assert not (stranger / "private" / FILE).exists()


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
