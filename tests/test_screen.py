"""What is seen while a session plays, for the moment before the eyes close and for a helper."""

from __future__ import annotations

import os
import re
import signal
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import Run
from tests.made_up import make_routine
from tests.test_turns import at
from voiceguide import turns
from voiceguide.commands._page import broken
from voiceguide.commands._screen import Lines, Nothing, Picture, compose, screen_for, tell_state
from voiceguide.longer import go_on_longer
from voiceguide.player import Player
from voiceguide.score import Score, break_off

TONE = ("--backend", "null", "--voice", "tone")


def seen(
    score: Score, said: str = "Press in.", told: str = "", width: int = 80, height: int = 23
) -> list[str]:
    """Return the lines of the picture without the codes for bold letters."""
    lines = compose(score, said, told, size=(width, height), keys=())
    return [re.sub(r"\x1b\[\d*m", "", line) for line in lines]


def test_the_picture_has_the_stop_the_words_what_comes_next_both_bars_and_the_keys() -> None:
    lines = seen(at("lying-down", "hold", "b48.left"))
    assert lines[0] == "Left buttock · B-48 (BL53 Baohuang)"
    assert lines[1] == "Next: Right buttock · B-48 (BL53 Baohuang)"
    assert [line.strip() for line in lines[2:-4] if line.strip()] == ["Press in."]
    assert re.fullmatch(r"here    #+-+  1:\d\d left", lines[-4])
    assert re.fullmatch(r"in all  #+-+  \d\d:\d\d left", lines[-3])
    assert lines[-1] == "Space pauses    q, twice, ends    ? all keys"


@given(
    st.integers(40, 300), st.integers(10, 100), st.text(st.characters(min_codepoint=32, max_codepoint=126))
)
def test_the_picture_fits_any_terminal(width: int, height: int, said: str) -> None:
    lines = seen(at("hands", "hold"), said, "x" * 400, width, height)
    assert len(lines) == height
    assert max(len(line) for line in lines) <= width


@pytest.mark.parametrize(("width", "height"), [(80, 23), (40, 9)])
def test_what_is_told_is_never_cut_within_a_word(width: int, height: int) -> None:
    told = "Note: nothing here keeps this machine from falling asleep. Set it awake."
    lines = seen(at("hands", "hold"), told=told, width=width, height=height)
    assert " ".join(lines[-2:]).strip() == told
    assert [line for line in lines if "Press in." in line]


@given(st.integers(20, 100))
def test_a_command_that_is_told_stays_in_one_line(width: int) -> None:
    lines = broken("Note: do it again.\nThen type `voiceguide play lying-down --no-journal`.", width)
    assert [line for line in lines if "`voiceguide play lying-down --no-journal`" in line]
    assert " ".join(lines) == "Note: do it again. Then type `voiceguide play lying-down --no-journal`."


def test_at_the_end_of_a_session_nothing_comes_next() -> None:
    assert seen(at("hands", "close"))[1] == "Next: the end"


def test_time_left_counts_what_a_key_put_in() -> None:
    before = break_off(at("lying-down", "roll", "b23+b47.left", part=0.2))
    after = go_on_longer(before)

    def minutes(line: str) -> int:
        found = re.search(r"(\d+):(\d\d) left", line)
        assert found is not None
        return int(found[1]) * 60 + int(found[2])

    assert minutes(seen(after)[-4]) == minutes(seen(before)[-4]) + 15
    assert minutes(seen(after)[-3]) == minutes(seen(before)[-3]) + 30


def test_a_way_up_that_was_not_planned_can_be_drawn_too() -> None:
    assert len(seen(turns.end(at("lying-down", "hold", "b48.left")))) == 23


def test_where_a_picture_would_not_be_seen_there_are_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    assert type(screen_for(plain=False, quiet=False)) is Lines, "the tests have no terminal"
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    assert type(screen_for(plain=False, quiet=False)) is Picture
    assert type(screen_for(plain=True, quiet=False)) is Lines
    assert type(screen_for(plain=False, quiet=True)) is Nothing
    monkeypatch.setenv("COLUMNS", "30")
    assert type(screen_for(plain=False, quiet=False)) is Lines
    monkeypatch.setenv("TERM", "dumb")
    assert type(screen_for(plain=False, quiet=False)) is Lines


def test_a_quiet_screen_shows_nothing_while_it_plays(run: Run) -> None:
    done = run("play", "hands", "--quiet-screen", *TONE)
    assert (done.code, done.out) == (0, "")
    assert len(done.err.splitlines()) <= 8


class Seen:
    """A picture, and what it has drawn."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.picture = Picture()
        self.player = Player(make_routine().as_session)
        self.player.pull(3_000 * 48)

    def drawn(self) -> str:
        self.picture.show(self.player)
        return self._capsys.readouterr().out


@pytest.fixture
def seen_at_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Seen:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    return Seen(capsys)


def test_only_what_has_changed_is_drawn(seen_at_a_terminal: Seen) -> None:
    assert "\x1b[2J" in seen_at_a_terminal.drawn()
    assert seen_at_a_terminal.drawn() == ""
    seen_at_a_terminal.picture.tell("Level: +3 dB")
    assert seen_at_a_terminal.drawn().count("\x1b[2K") == 1


def test_a_terminal_of_another_size_is_drawn_anew(
    seen_at_a_terminal: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen_at_a_terminal.drawn()
    monkeypatch.setenv("COLUMNS", "60")
    assert "\x1b[2J" in seen_at_a_terminal.drawn()


@pytest.mark.skipif(sys.platform == "win32", reason="nothing stops a process there for a while")
def test_after_the_process_was_stopped_for_a_while_it_is_drawn_anew(seen_at_a_terminal: Seen) -> None:
    with seen_at_a_terminal.picture:
        seen_at_a_terminal.drawn()
        os.kill(os.getpid(), signal.SIGCONT)
        assert "\x1b[2J" in seen_at_a_terminal.drawn()
    assert signal.getsignal(signal.SIGCONT) is signal.SIG_DFL


def test_the_screen_says_what_is_waited_for() -> None:
    hold = at("lying-down", "hold", "b48.left")
    assert tell_state(hold) == ""
    assert tell_state(turns.pause(hold)) == "Paused. Space goes on."
    much = tell_state(turns.too_much(hold))
    assert much == "Paused. Space goes on without this point, Left tries it again."


def test_a_terminal_that_was_closed_is_no_fault(
    seen_at_a_terminal: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("click.echo", refuse)
    with seen_at_a_terminal.picture as picture:
        picture.show(seen_at_a_terminal.player)
