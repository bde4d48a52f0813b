"""Where a session stays until a key is pressed: at the alarm of the ice, and where it waits for a person."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import Run
from tests.made_up import make_routine
from tests.test_turns import A_SECOND, NAMES, TURNS, at, check, frames, segment, tape, texts_in
from voiceguide import turns
from voiceguide.bookmark import Keeper
from voiceguide.commands._listening import _LOOK, Seat
from voiceguide.commands._screen import Lines
from voiceguide.errors import Unavailable
from voiceguide.keyboard import OTHER
from voiceguide.library import find_routine, load_language, load_points, load_routine
from voiceguide.player import Player
from voiceguide.score import Score, advance, jump, start
from voiceguide.session import compile_session
from voiceguide.session_log import Log
from voiceguide.stays import find_stays
from voiceguide.tape import Piece
from voiceguide.voice import find_voice

BUSY = frozenset({"li4.left", "li4.right", "b54.left", "b54.right"})
OFF = "Take the ice off now."
PLEASE = "Space goes on, or I do, in twenty seconds."


@cache
def live(name: str, *, waits: bool = False) -> Score:
    """Return the score of a routine for somebody who can press keys."""
    return start(tape(name), find_stays(tape(name), waits_for_me=waits, busy=BUSY))


def just_before(score: Score, action: str, stop: str | None = None) -> Score:
    """Return the score played up to a second before the end of the first segment with an action at a stop.

    Wherever it waits before that, the key is pressed at once.
    """
    one = next(s for s in score.tape.session.segments if s.action == action and stop in {None, s.stop})
    end = score.tape.frame(one.start + one.duration) - A_SECOND
    while score.place < end:
        if score.staying is not None:
            score = turns.resume(score)
        _, score = advance(score, min(A_SECOND, end - score.place))
    return score


def on(score: Score, seconds: int) -> tuple[list[str], Score]:
    """Return what is said within some seconds, and the score after them."""
    pieces, score = advance(score, seconds * A_SECOND)
    return texts_in(pieces, score), score


def test_unanswered_the_ice_is_called_off_again_and_again_for_no_more_than_five_minutes() -> None:
    alarm = segment("lying-down", "ice_off")
    heard, over = on(just_before(live("lying-down"), "ice_off"), 301)
    again = [text for text in heard if text.startswith(OFF)]
    assert len(again) == 3 * 5  # after the first five that were heard before
    assert over.before.action != "ice_off"
    first = next(text for text in heard if not text.startswith(OFF))
    assert first == "Is the ice still on? Take it off now."
    assert 4 * alarm.duration <= 300_000 < 5 * alarm.duration


def test_any_key_ends_the_alarm_at_once() -> None:
    for seconds in (0, 30, 100, 180):
        _, score = on(just_before(live("lying-down"), "ice_off"), seconds)
        assert score.is_alarm
        answered = turns.go_on(score)
        assert not answered.is_alarm
        assert on(answered, 10)[0][0] == "Is the ice still on? Take it off now."


def test_an_alarm_that_is_answered_before_its_words_still_says_them_once() -> None:
    score = just_before(live("lying-down"), "ice")
    _, score = on(score, 2)
    assert score.is_alarm
    heard, _ = on(turns.go_on(score), 30)
    assert heard[0].startswith(OFF)
    assert heard[1] == "Is the ice still on? Take it off now."


def test_an_alarm_that_was_paused_by_a_device_that_went_away_is_answered_or_sounds_again() -> None:
    _, score = on(just_before(live("lying-down"), "ice_off"), 5)
    lost = turns.pause(score)
    assert on(turns.resume(lost), 60)[0][-1].startswith(OFF)
    answered = turns.go_on(lost)
    assert on(answered, 10)[0][0] == "Is the ice still on? Take it off now."


def test_where_nobody_can_answer_the_alarm_is_as_long_as_in_a_file() -> None:
    whole = start(tape("lying-down"))
    assert frames(advance(whole, 10**9)[0]) == tape("lying-down").end
    assert not just_before(whole, "ice_off").is_alarm


def test_the_way_up_is_as_it_was_whoever_ends_while_the_ice_is_called_off() -> None:
    _, score = on(just_before(live("lying-down"), "ice_off"), 100)
    heard, over = on(turns.end(score), 120)
    assert over.is_over
    assert "Sit for three breaths. No hurry." in heard


def test_it_waits_for_a_key_once_a_point_was_looked_for() -> None:
    score = just_before(live("lying-down", waits=True), "locate", "b48.left")
    heard, score = on(score, 130)
    assert heard == ["Take your time. Space goes on."] * 3
    assert score.staying is not None
    assert not score.is_alarm
    heard, score = on(turns.resume(score), 10)
    assert heard[0] == "Feet stay flat. Slowly, let the left buttock grow heavy."


def test_where_both_hands_are_busy_it_goes_on_by_itself_after_the_time_it_says() -> None:
    score = just_before(live("hands", waits=True), "locate", "li4.left")
    before = frames(advance(live("hands"), tape("hands").end)[0])
    assert before == tape("hands").end
    pieces, after = advance(score, 30 * A_SECOND)
    heard = texts_in(pieces, after)
    assert heard[0] == PLEASE
    assert len([text for text in heard if text == PLEASE]) == 1
    assert after.staying is None
    event = next(one for one in tape("hands").timeline.events if one.text == PLEASE)
    told = tape("hands").frame(event.start + event.duration)
    press = tape("hands").frame(segment("hands", "press", "li4.left").start)
    silence = silent_between(pieces, told, press)
    assert 20 * A_SECOND <= silence <= 20.5 * A_SECOND


def test_a_question_does_not_shorten_the_time_that_was_told() -> None:
    score = just_before(live("hands", waits=True), "locate", "li4.left")
    _, score = on(score, 8)
    heard, score = on(turns.tell_place(score), 30)
    assert heard[-1] == PLEASE
    assert score.staying is not None


def silent_between(pieces: Iterable[Piece], begin: int, end: int) -> int:
    """Return how many frames are heard after one frame of the tape and before another."""
    between, total = False, 0
    for piece in pieces:
        if between and piece.start <= end < piece.end:
            return total + end - piece.start
        if between:
            total += piece.end - piece.start
        elif piece.start < begin <= piece.end:
            between, total = True, piece.end - begin
    raise AssertionError("not heard")


def test_at_a_wait_of_the_script_a_key_goes_on_as_soon_as_the_words_are_over() -> None:
    wait = segment("lying-down", "wait")
    score = just_before(live("lying-down", waits=True), "release", "li4.right")
    heard, score = on(score, 25)
    assert heard[-2:] == [
        "Notice your back. Is it better, the same, or worse?",
        "Take your time. Space goes on.",
    ]
    assert score.staying is not None
    gone = turns.resume(score)
    assert gone.place == tape("lying-down").frame(wait.start + wait.duration)


def test_before_a_press_nothing_is_let_go() -> None:
    score = just_before(live("hands", waits=True), "locate", "li4.left")
    _, score = on(score, 5)
    heard, _ = on(turns.too_much(score), 20)
    assert "And let go." not in heard


@given(
    st.sampled_from(NAMES),
    st.lists(
        st.tuples(st.integers(0, 240 * A_SECOND), st.sampled_from(sorted(TURNS.keys() - {"again"}))),
        max_size=10,
    ),
)
@settings(max_examples=150, deadline=None)
def test_whatever_is_pressed_while_it_waits_holds_are_begun_and_left_as_they_have_to_be(
    name: str, keys: list[tuple[int, str]]
) -> None:
    score = live(name, waits=True)
    heard: tuple[Piece, ...] = ()
    for wait, key in keys:
        more, score = advance(score, wait)
        heard += more
        score = turns.go_on(score) if score.is_alarm else TURNS[key](score)
    while not score.is_over:
        score = turns.resume(score)
        more, score = advance(score, 60 * A_SECOND)
        heard += more
    check(heard, score.tape)


@pytest.mark.parametrize("key", ["end", "back", "next", "too_much"])
def test_who_ends_it_right_after_a_pause_in_a_press_is_told_to_let_go(key: str) -> None:
    score = at("quick-relief", "press", "b23.both", 0.5)
    heard, _ = on(TURNS[key](turns.resume(turns.pause(score))), 40)
    assert {"Both thumbs on your low back: ease off, slowly.", "Let go, slowly."} & {*heard}


@pytest.mark.slow
def test_while_the_ice_is_called_off_the_screen_says_so_each_time(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("play", "lying-down", "--no-preflight", "--backend", "null", "--voice", "tone")
    alone = run(*words)
    assert alone.out.count(OFF) == 5, "nobody could press a key, so it is as in a file"
    monkeypatch.setattr("voiceguide.commands._listening.keys", lambda: nullcontext(list))
    watched = run(*words)
    assert watched.out.count(OFF) == 4 * 5
    assert watched.code == alone.code == 0


def test_it_says_so_if_nothing_can_wait_for_you(run: Run) -> None:
    done = run("play", "hands", "--wait-for-me", "--backend", "null", "--voice", "tone")
    assert "there is no terminal to press Space at, so nothing waits for you." in done.err
    assert done.code == 0


@pytest.mark.slow
def test_a_key_that_does_nothing_else_ends_the_alarm_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceguide.commands._listening.keys", lambda: nullcontext(lambda: [OTHER]))
    done = run("play", "lying-down", "--no-preflight", "--backend", "null", "--voice", "tone")
    assert done.code == 0
    assert done.out.count(OFF) == 1, "its words are heard once"


@pytest.mark.parametrize(("seconds", "ends"), [(2, True), (15, False)])
def test_a_first_q_is_forgotten_after_a_while(
    seconds: int, *, ends: bool, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = round(60 / _LOOK)
    looks = 0

    def read_keys() -> list[str]:
        nonlocal looks
        looks += 1
        return ["q"] if looks in {first, first + round(seconds / _LOOK)} else []

    monkeypatch.setattr("voiceguide.commands._listening.keys", lambda: nullcontext(read_keys))
    done = run("play", "hands", "--no-preflight", "--backend", "null", "--voice", "tone")
    assert ("Now, your hands. The left hand is the one we press." not in done.out) == ends


def test_ice_that_is_over_while_there_is_no_sound_is_told_on_the_screen(
    tmp_path: Path, shared_cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    routine, voice = load_routine(find_routine("arms")), find_voice("tone", rate=None, cache=shared_cache)
    session = compile_session(routine, load_points(), load_language("en"), voice, live=True)
    player = Player(session, is_answered=True)
    ice = next(one for one in session.timeline.segments if one.action == "ice")
    player.turn(lambda score: jump(score, score.tape.frame(ice.start + 60_000)))
    with Lines() as screen:
        log = Log(None, make_routine().entry, tell=screen.warn)
        seat = Seat(player, list, screen, log=log, keeper=Keeper(tmp_path, (), tell=screen.warn))
        player.pause()
        seat.lose(Unavailable("the sound device stopped answering"))
        for minutes in (5, 10):
            player.pass_unheard(minutes * 60)
            for _ in range(4):
                seat.poll()
            told = capsys.readouterr().err
            assert ("The ice is over: take it off now." in told) == (minutes == 10)
        seat.find()
    assert not player.is_paused, "it is called off as soon as it can be heard"
