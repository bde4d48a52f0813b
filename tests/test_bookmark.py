"""Going on with a session that was interrupted: what is kept of it, and what is left of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.conftest import Run
from voiceguide.bookmark import FILE, Keeper, load_bookmark
from voiceguide.commands._listening import _LOOK
from voiceguide.errors import UsageError
from voiceguide.folders import private_folder
from voiceguide.journal import Journal
from voiceguide.library import (
    find_routine,
    load_language,
    load_points,
    load_routine,
    routine_names,
)
from voiceguide.scheduler import body
from voiceguide.scheduler.choices import go_on_after
from voiceguide.scheduler.plan import DONE, Plan
from voiceguide.scheduler.script import write_words
from voiceguide.session import write_script

NOW = datetime(2026, 11, 21, 22, 10, 5, tzinfo=UTC)
ENGLISH, POINTS = load_language("en"), load_points()
FOUR_MINUTES = round(4 * 60 / _LOOK)
"""Looks at the keys."""
TONE = ("--backend", "null", "--voice", "tone", "--no-preflight")


def plan_of(name: str) -> Plan:
    return write_script(load_routine(find_routine(name)), POINTS, ENGLISH)[0]


@pytest.mark.parametrize("name", routine_names())
def test_whatever_is_left_can_be_done_and_has_its_words(name: str) -> None:
    plan = plan_of(name)
    pressed = [visit.stop for visit in plan.visits if visit.points]
    for number in range(1, len(pressed)):
        left = go_on_after(plan, pressed[:number])
        body.check(left)
        assert [visit.stop for visit in left.visits if visit.points] == pressed[number:]
        begun = next(visit for visit in left.visits if visit.points)
        assert begun.is_first, "whoever begins with the second side is told where it is"
        assert {one.id for one in left.left_out if one.why == DONE} == set(pressed[:number])
        for step in left.steps:
            dict(write_words(step, left, ENGLISH))


def test_ice_that_is_still_to_come_is_kept() -> None:
    plan = plan_of("lying-down")
    pressed = [visit.stop for visit in plan.visits if visit.points]
    assert [one.stop for one in go_on_after(plan, pressed[:-1]).ice] == ["ice.back"]


def test_where_nothing_is_left_to_press_it_says_so() -> None:
    plan = plan_of("hands")
    with pytest.raises(UsageError, match="all points of 'hands' were done"):
        go_on_after(plan, [visit.stop for visit in plan.visits])
    iced = plan_of("lying-down")
    with pytest.raises(UsageError) as raised:
        go_on_after(iced, [visit.stop for visit in iced.visits if visit.points])
    assert "what was left is the ice: back, 15:00." in str(raised.value.hint)


def test_what_is_kept_can_be_read_again_and_by_its_owner_only(tmp_path: Path) -> None:
    told: list[str] = []
    keeper = Keeper(tmp_path / "data", ["hands", "--rate", "140"], tell=told.append)
    keeper.keep((), NOW)
    assert load_bookmark(tmp_path / "data").done == (), "it would begin again, as it was asked for"
    assert load_bookmark(tmp_path / "data").number is None
    keeper.keep(("li4.left",), NOW, 12)
    mark = load_bookmark(tmp_path / "data")
    assert (mark.words, mark.done, mark.when) == (("hands", "--rate", "140"), ("li4.left",), NOW)
    assert (mark.number, mark.too_little) == (12, ())
    keeper.keep(("li4.left",), NOW, 12, too_little=("li4.left",))
    assert load_bookmark(tmp_path / "data").too_little == ("li4.left",)
    assert (tmp_path / "data" / FILE).stat().st_mode & 0o777 == 0o600
    assert [one.name for one in (tmp_path / "data").iterdir()] == [FILE]
    keeper.forget()
    with pytest.raises(UsageError, match="no session was interrupted"):
        load_bookmark(tmp_path / "data")
    assert told == []


def test_what_an_earlier_voiceguide_kept_still_goes_on(tmp_path: Path) -> None:
    text = (
        '{"version": 1, "words": ["hands"], "done": ["li4.left"], "when": "2026-11-21T12:00:00", "number": 3}'
    )
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    mark = load_bookmark(tmp_path)
    assert (mark.done, mark.number, mark.too_little) == (("li4.left",), 3, ())


@pytest.mark.parametrize(
    "text",
    [
        '{"version": 1}',
        '{"version": 1, "words": "hands", "done": [], "when": ""}',
        '{"version": 1, "words": [], "done": [], "when": "9999-12-31T23:59:59-12:00"}',
        '{"version": 1, "words": ["--resume"], "done": [], "when": "2026-11-21T12:00:00"}',
        '{"version": 1, "words": [], "done": [], "when": "2026-11-21T12:00:00", "number": "12"}',
        '{"version": 1, "words": [], "done": [], "when": "2026-11-21T12:00:00", "too_little": "li4.left"}',
    ],
    ids=range(6),
)
def test_what_is_damaged_is_told_and_never_a_traceback(text: str, run: Run) -> None:
    assert f"{FILE}: this is not what voiceguide keeps here" in told_of(text, run)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "\0", "[" * 90_000], ids=range(6))
def test_what_is_no_bookmark_at_all_is_told_too(text: str, run: Run) -> None:
    assert f"{FILE}: where you were cannot be used: " in told_of(text, run)


def told_of(text: str, run: Run) -> str:
    """Return what is told of a bookmark that cannot be used."""
    private_folder().mkdir(parents=True, exist_ok=True)
    (private_folder() / FILE).write_text(text, encoding="utf-8")
    done = run("play", "--resume", *TONE)
    assert done.code == 1
    assert "`voiceguide play` starts one from its beginning." in done.err
    return done.err


def test_bytes_that_are_no_text_are_told_too(run: Run) -> None:
    private_folder().mkdir(parents=True, exist_ok=True)
    (private_folder() / FILE).write_bytes(b"\xff\xfe\xff")
    assert run("play", "--resume", *TONE).code == 1


def test_if_it_cannot_be_kept_that_is_said_once_and_the_session_goes_on(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way", encoding="utf-8")
    told: list[str] = []
    keeper = Keeper(tmp_path / "data", (), tell=told.append)
    keeper.keep(("li4.left",), NOW)
    keeper.keep(("li4.left", "li4.right"), NOW)
    assert len(told) == 1
    assert told[0].startswith(f"where you are cannot be kept in {tmp_path / 'data' / FILE}: ")


def press(monkeypatch: pytest.MonkeyPatch, keys: Callable[[int], str]) -> None:
    """Give `play` a terminal at which keys are pressed by the number of the look at it."""
    looks = 0

    def read_keys() -> list[str]:
        nonlocal looks
        looks += 1
        return keys(looks).split()

    monkeypatch.setattr("voiceguide.commands._listening.keys", lambda: nullcontext(read_keys))


def test_a_session_that_was_stopped_goes_on_with_what_is_left_of_it(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("play", "--resume", *TONE).code == 2
    # The left hand is done, the right one has begun.
    press(monkeypatch, lambda look: "q q q" if look == FOUR_MINUTES else "")
    stopped = run("play", "hands", "--length", "8m", *TONE)
    assert stopped.code == 0
    assert "The session is over. Well done." not in stopped.out
    mark = load_bookmark(private_folder())
    assert mark.words == ("hands", *TONE, "--length", "8:00")
    assert mark.done == ("li4.left",)
    with Journal(private_folder()) as journal:
        (before,) = journal.entries()
    assert (before.id, before.is_whole, before.done["li4.left"]) == (mark.number, False, 30.0)
    press(monkeypatch, lambda _: "")
    resumed = run("play", "--resume")
    assert resumed.code == 0, resumed.err
    assert "Going on with the session that stopped at " in resumed.err
    assert "Left out: li4.left (done before)." in resumed.err
    assert "The left hand is the one we press." not in resumed.out
    assert "Press only to a dull ache." in resumed.out
    assert "The session is over. Well done." in resumed.out
    assert run("play", "--resume").code == 2, "it is over, so there is nothing to go on with"
    with Journal(private_folder()) as journal:
        (after,) = journal.entries()
    assert (after.began, after.length, after.is_whole) == (before.began, before.length, True)
    assert after.done["li4.left"] == 30.0
    assert after.done["li4.right"] >= 30.0, "it began again from its start"


@pytest.mark.slow
def test_a_stop_that_was_passed_too_soon_stays_so_when_the_session_goes_on(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_moment = round((2 * 60 + 40) / _LOOK)  # of the first ten seconds
    press(monkeypatch, lambda look: {a_moment: "n", a_moment + 400: "q q q"}.get(look, ""))
    assert run("play", "hands", *TONE).code == 0
    mark = load_bookmark(private_folder())
    assert mark.done == mark.too_little == ("li4.left",)
    press(monkeypatch, lambda _: "")
    assert run("play", "--resume").code == 0
    with Journal(private_folder()) as journal:
        (entry,) = journal.entries()
    assert 0 < entry.done["li4.left"] < 27
    assert entry.done["li4.right"] >= 27
    assert not entry.is_whole


def test_a_session_that_is_heard_to_its_end_leaves_nothing_to_go_on_with(run: Run) -> None:
    assert run("play", "hands", *TONE).code == 0
    assert not (private_folder() / FILE).exists()


def test_what_was_typed_means_the_same_from_another_folder(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text(find_routine("hands").read_text("utf-8"), encoding="utf-8")
    press(monkeypatch, lambda look: "q q q" if look == FOUR_MINUTES else "")
    sound = np.random.default_rng(1).uniform(-0.1, 0.1, 6 * 8_000)
    soundfile.write("rain.wav", sound, 8_000)
    assert run("play", "mine.yaml", "--background", "rain.wav", *TONE).code == 0
    assert load_bookmark(private_folder()).words[:3] == (
        *(str(tmp_path / "mine.yaml"), "--background", str(tmp_path / "rain.wav")),
    )
    words = json.loads((private_folder() / FILE).read_text("utf-8"))
    assert words["version"] == 1


@pytest.mark.slow
def test_the_name_of_a_background_stays_a_name_beside_a_file_that_is_called_so(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("rain", "hands"):
        Path(name).write_bytes(b"something else")
    press(monkeypatch, lambda look: "q q q" if look == FOUR_MINUTES else "")
    assert run("play", "hands", "--background", "rain", *TONE).code == 0
    assert load_bookmark(private_folder()).words[:3] == ("hands", "--background", "rain")


def test_which_session_it_goes_on_with_cannot_be_chosen(run: Run) -> None:
    done = run("play", "hands", "--resume", *TONE)
    assert done.code == 2
    assert "--resume goes on with the session that was interrupted" in done.err


def test_two_players_at_once_leave_one_whole_bookmark_of_either(tmp_path: Path) -> None:
    told: list[str] = []
    two = [Keeper(tmp_path, [name], tell=told.append) for name in ("hands", "knees")]
    for number in range(20):
        two[number % 2].keep(tuple(f"stop.{one}" for one in range(number)), NOW)
        mark = load_bookmark(tmp_path)
        assert mark.words == (("hands", "knees")[number % 2],)
        assert len(mark.done) == number
    for keeper in two:
        keeper.forget()
    assert [*tmp_path.iterdir()] == []
    assert told == []
