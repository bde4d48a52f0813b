"""What keys make of a session: whatever is pressed, holds are left as they have to be, and it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scheduler.laws import lay_out_routine
from voiceguide import turns
from voiceguide.controls import CONTROLS
from voiceguide.earcons import EARCON_LENGTHS
from voiceguide.engines.tone import tone_length
from voiceguide.library import find_routine, load_language, load_routine, routine_names
from voiceguide.longer import go_on_longer
from voiceguide.scheduler.asides import lay_asides, write_asides
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.timeline import Segment, lay_out_ways_up
from voiceguide.score import Score, advance, start
from voiceguide.tape import Dose, Piece, Tape
from voiceguide.units import MINUTE, Milliseconds

RATE = 8_000
A_SECOND = RATE
NAMES = tuple(routine_names())
DOSED = {"hold", "roll", "massage"}


@cache
def tape(name: str, options: Options = Options()) -> Tape:  # noqa: B008 - it is frozen
    """Return the tape of a routine by the tone, with all that keys may call for."""
    plan, timeline = lay_out_routine(load_routine(find_routine(name)), tone_length, options)
    language = load_language("en")
    asides = write_asides(plan, language, longest=Milliseconds(120 * MINUTE), has_end=True)
    doses = {
        one.stop: Dose(one.chosen, one.dose.largest) for one in plan.visits if one.points and not one.window
    }
    return Tape(
        timeline,
        RATE,
        ways_up=lay_out_ways_up(plan, language, tone_length, earcon_lengths=EARCON_LENGTHS),
        asides=lay_asides(asides, tone_length),
        doses=doses,
    )


def segment(name: str, action: str, stop: str | None = None) -> Segment:
    """Return the first segment of a routine with an action at a stop."""
    found = (one for one in tape(name).session.segments if one.action == action)
    return next(one for one in found if stop is None or one.stop == stop)


def at(name: str, action: str, stop: str | None = None, part: float = 0.5) -> Score:
    """Return the score of a routine, played up to a part of such a segment."""
    found = segment(name, action, stop)
    _, score = advance(start(tape(name)), tape(name).frame(round(found.start + found.duration * part)))
    return score


def play_on(score: Score) -> list[Piece]:
    """Return all pieces that are heard from here on."""
    pieces, left = advance(score, 10**9)
    assert left.is_over or left.is_paused
    return list(pieces)


def said(score: Score) -> list[str]:
    """Return all that is said from here on, in order."""
    return texts_in(play_on(score), score)


def texts_in(pieces: Iterable[Piece], score: Score) -> list[str]:
    """Return what begins to be said in some pieces."""
    return [
        event.text
        for piece in pieces
        for event in score.tape.timeline.events
        if event.text and piece.start <= score.tape.frame(event.start) < piece.end
    ]


def frames(pieces: Iterable[Piece]) -> int:
    return sum(piece.end - piece.start for piece in pieces)


def test_before_it_begins_the_volume_can_be_set_and_a_key_begins_it() -> None:
    first = tape("hands").session.events[1].text
    waiting = turns.greet(start(tape("hands")), None)
    assert said(waiting)[0] == "This is how loud I speak. Arrows up and down change it."
    _, waited = advance(waiting, 10**9)
    assert waited.is_waiting
    assert not waited.is_over
    for begun in (turns.resume(waiting), turns.resume(waited)):
        assert said(begun)[0] == first
        assert not begun.is_waiting
    soon = turns.greet(start(tape("hands")), Milliseconds(90_000))
    assert frames(play_on(soon)) > tape("hands").end + 90 * A_SECOND
    assert said(soon)[2] == first
    assert said(turns.resume(soon))[0] == first
    assert turns.end(waited).is_over


def test_after_a_pause_it_is_told_where_and_pressed_again_and_the_dose_stays_true() -> None:
    hold = at("lying-down", "hold", "b48.left")
    whole = play_on(hold)
    again = turns.resume(turns.pause(hold))
    texts = said(again)
    assert texts[0] == "We go on. The left buttock."
    assert texts[1] == "Feet stay flat. Slowly, let the left buttock grow heavy."
    press = segment("lying-down", "press", "b48.left")
    aside = again.detour[0]
    assert frames(play_on(again)) == frames(whole) + frames([aside]) + hold.tape.frame(press.duration)


def test_a_pause_that_nobody_ends_is_silence() -> None:
    paused = turns.pause(at("hands", "hold"))
    assert advance(paused, 10 * A_SECOND)[0] == ()
    assert not paused.is_over
    assert turns.pause(paused) == paused
    assert turns.resume(turns.resume(paused)) == turns.resume(paused)


def test_where_nothing_is_pressed_it_just_goes_on() -> None:
    texts = said(turns.resume(turns.pause(at("hands", "ready"))))
    assert texts[0] == "We go on."


def test_again_says_the_last_sentence_and_a_broken_one_from_its_start() -> None:
    quiet = at("lying-down", "hold", "b48.left", 0.1)
    assert (
        said(turns.say_again(quiet))[0]
        == "Your weight presses it inwards, towards the middle of your pelvis."
    )
    first = tape("hands").session.events[1]
    _, inside = advance(start(tape("hands")), tape("hands").frame(first.start + 50))
    assert said(turns.say_again(inside))[0] == first.text
    assert frames(play_on(turns.say_again(inside))) == frames(play_on(inside)) + tape("hands").frame(50)


def test_where_am_i_is_answered_with_place_time_left_and_what_comes_next() -> None:
    hold = at("lying-down", "hold", "b48.left", 0.5)
    told = said(turns.tell_place(hold))[:4]
    assert told[0] == "This is the left buttock. The place: beside the sacrum, on the left."
    assert told[1] == "About one minute left here."
    assert told[2].startswith("About ")
    assert told[2].endswith(" minutes left in all.")
    assert told[3] == "Next, the right buttock."
    ice = said(turns.tell_place(at("lying-down", "ice", None, 0.2)))[:4]
    assert ice[:2] == ["Ice.", "About twelve minutes left here."]
    assert ice[3] == "Next, the end."


def test_it_asks_once_more_before_it_ends() -> None:
    assert said(turns.ask_to_end(at("hands", "hold")))[0] == "Q once more, to end."


def test_on_to_the_next_stop_lets_go_first() -> None:
    texts = said(turns.go_forth(at("lying-down", "hold", "b48.left")))
    assert texts[0] == "Slowly, more weight into your feet."
    assert "Is the ball out? Lower your hip." in texts[:5]
    assert "Next, the right buttock." not in " ".join(texts[:4])
    switch = segment("lying-down", "switch_sides", "b48.right")
    events = tape("lying-down").session.events
    first = next(one.text for one in events if one.text and one.start >= switch.start)
    assert first in texts[:6]


def test_on_in_the_opening_skips_nothing_that_must_be_heard() -> None:
    needed = [one.text for one in tape("hands").session.events if one.required and one.text]
    before = needed[: needed.index("Never press on broken or bruised skin, or new scars.") + 1]
    heard: list[str] = []
    score = start(tape("hands"))
    for _ in range(30):
        pieces, score = advance(turns.go_forth(score), 6 * A_SECOND)
        heard += texts_in(pieces, score)
    assert set(before) <= set(heard)


def test_on_in_the_middle_of_what_must_be_heard_lets_it_be_heard() -> None:
    first = next(one for one in tape("hands").session.events if one.required and one.text)
    _, inside = advance(start(tape("hands")), tape("hands").frame(first.start + 500))
    assert turns.go_forth(inside) == inside


def test_on_from_the_ice_takes_it_off_and_from_the_end_there_is_no_next() -> None:
    texts = said(turns.go_forth(at("lying-down", "ice")))
    assert texts[0].startswith("Take the ice off now.")
    assert texts[1] == "Is the ice still on? Take it off now."
    assert said(turns.go_forth(at("hands", "close")))[0] == "This is the end."


def test_a_release_that_is_owed_is_heard_however_often_a_key_is_pressed() -> None:
    once = turns.go_forth(at("hands", "hold", "li4.left"))
    twice = turns.go_forth(once)
    assert said(twice)[0] == said(once)[0] == "And let go."
    assert said(turns.tell_place(twice)).count("And let go.") >= 1
    assert "And let go." in said(turns.resume(turns.pause(twice)))[:2]
    assert "And let go." in said(turns.end(twice))[:2]


def test_back_is_to_the_start_of_this_stop_and_twice_to_the_one_before() -> None:
    right = at("hands", "hold", "li4.right")
    texts = said(turns.go_back(right))
    assert texts[0] == "And let go."
    once = turns.go_back(right)
    assert once.tape.session.segments[once.tape.segment_index(once.at)].stop == "li4.right"
    twice = turns.go_back(once)
    assert twice.tape.session.segments[twice.tape.segment_index(twice.at)].stop == "li4.left"


def test_back_never_leads_into_another_posture() -> None:
    first = turns.go_back(at("lying-down", "hold", "li4.left"))
    again = turns.go_back(first)
    assert said(again)[-1] == said(first)[-1]
    assert again.at == first.at
    assert "This one starts again." in said(again)[:2]


def test_too_much_lets_go_and_waits_then_goes_on_without_this_point_on_either_side() -> None:
    much = turns.too_much(at("lying-down", "roll", "b23+b47.left"))
    texts = said(much)
    assert texts[0] == "Too much? Let go, slowly."
    assert texts[1] == "Stop swaying. Slowly, more weight into your feet."
    assert texts[-1] == "The left arrow tries it again. Q, twice, ends."
    _, waiting = advance(much, 10**9)
    assert waiting.is_paused
    on = said(turns.resume(waiting))
    assert not [text for text in on if "right low back" in text]
    assert "We go on. The left buttock." in on[0]
    tried = turns.go_back(waiting)
    assert tried.tape.session.segments[tried.tape.segment_index(tried.at)].stop == "b23+b47.left"


def test_too_much_where_nothing_is_pressed_is_a_pause() -> None:
    quiet = at("hands", "ready")
    assert turns.too_much(quiet) == turns.pause(quiet)


def doses(pieces: Iterable[Piece], score: Score) -> dict[tuple[str, int], int]:
    """Return how many frames of each dose are heard, silences that were put in among them."""
    found: dict[tuple[str, int], int] = {}
    key = None
    for piece in pieces:
        at_piece = piece.start
        while at_piece < piece.end:
            if at_piece >= score.tape.end:
                if key is not None:
                    found[key] += piece.end - at_piece
                break
            one = score.tape.session.segments[score.tape.segment_index(at_piece)]
            until = min(piece.end, score.tape.frame(one.start + one.duration))
            key = (str(one.stop), one.repeat) if one.action in DOSED else None
            if key is not None:
                found[key] = found.get(key, 0) + until - at_piece
            at_piece = until
    return found


def test_longer_is_longer_on_both_sides_by_as_much_and_what_is_said_stays_true() -> None:
    before = at("lying-down", "roll", "b23+b47.left", 0.2)
    longer = go_on_longer(before)
    assert said(longer)[0] == "Fifteen seconds longer, on each side."
    was, now = (doses(play_on(one), one) for one in (before, longer))
    assert now["b23+b47.right", 1] == was["b23+b47.right", 1] + 15 * A_SECOND
    aside = frames([longer.detour[0]])
    assert frames(play_on(longer)) == frames(play_on(before)) + aside + 2 * 15 * A_SECOND
    assert "Halfway." not in said(longer)
    assert "Halfway." in said(before)
    assert "Soon the ball rolls, for ninety seconds. Wait for my word." not in said(longer)


def test_longer_ends_at_the_largest_dose_and_the_second_side_lasts_as_long_as_the_first() -> None:
    score = at("lying-down", "roll", "b23+b47.left", 0.2)
    for expected in ("Fifteen seconds longer, on each side.",) * 2 + ("It cannot be longer here.",):
        score = go_on_longer(score)
        assert said(score)[0] == expected
    assert doses(play_on(score), score)["b23+b47.right", 1] == 120 * A_SECOND
    second = go_on_longer(at("lying-down", "roll", "b23+b47.right", 0.2))
    assert said(second)[0] == "The second side lasts as long as the first."
    assert said(go_on_longer(at("hands", "ready")))[0] == "It cannot be longer here."


def test_a_dose_that_is_counted_down_cannot_get_longer_any_more() -> None:
    held = segment("lying-down", "roll", "b23+b47.left")
    late = at("lying-down", "roll", "b23+b47.left", 1 - 2500 / held.duration)
    assert said(go_on_longer(late))[0] == "It cannot be longer here."


TURNS: dict[str, Callable[[Score], Score]] = {
    **{one.id: one.turn for one in CONTROLS if one.turn is not None},
    "pause": turns.pause,
    "resume": turns.resume,
    "end": turns.end,
}
CHANGES = sorted(TURNS.keys() - {"again"})
"""Turns that lead elsewhere: to hear an old sentence again is no place to be in."""
LISTS = st.lists(st.tuples(st.integers(0, 90 * A_SECOND), st.sampled_from(CHANGES)), max_size=12)


@given(st.sampled_from(NAMES), st.sampled_from(["full", "bells"]), st.integers(0, 30 * 60 * A_SECOND), LISTS)
@settings(max_examples=600, deadline=None)
def test_whatever_is_pressed_when_what_is_pressed_is_let_go_before_anything_else(
    name: str, detail: str, begin: int, keys: list[tuple[int, str]]
) -> None:
    heard, score = advance(start(tape(name, Options(detail=detail))), begin)
    for wait, key in keys:
        more, score = advance(score, wait)
        heard += more
        score = TURNS[key](score)
    more, score = advance(turns.resume(score), 10**9)
    heard += more
    assert score.is_over
    check(heard, score.tape)


def check(pieces: Iterable[Piece], tape: Tape) -> None:
    """Check that holds are begun and left as they have to be, and that no pose is taken unsaid."""
    segments = tape.session.segments
    pressed: Segment | None = None
    pose = ""
    iced: dict[str | None, int] = {}
    for piece in pieces:
        if piece.start >= tape.end:
            continue
        for number, one in enumerate(segments):
            begins, ends = tape.frame(one.start), tape.frame(one.start + one.duration)
            heard = min(piece.end, ends) - max(piece.start, begins)
            if heard <= 0 or (one.action == "press" and heard < tape.frame(1)):
                continue  # less than the first millisecond of a press: nobody has begun to
            if one.pose != pose:
                assert number, one
                assert segments[number - 1].pose == pose, (pose, one)
                pose = one.pose
            if one.action in {"hold", "roll"}:
                assert pressed is not None, one
            if one.action in {"press", "hold", "roll"}:
                assert pressed is None or pressed.stop == one.stop, (pressed, one)
                pressed = one
            elif one.action == "release":
                pressed = None
            elif one.action == "ice":
                iced[one.zone] = iced.get(one.zone, 0) + heard
            elif one.action not in {"rest", "massage"}:
                assert pressed is None, (pressed, one)
    assert pressed is None
    assert all(time <= 20 * 60 * A_SECOND for time in iced.values())


def heard_by(name: str, action: str, stop: str | None, *keys: str, part: float = 0.5) -> list[str]:
    """Return what is said after some keys, one a second, in the middle of a segment, up to the end."""
    score = at(name, action, stop, part)
    heard: tuple[Piece, ...] = ()
    for key in keys:
        score = TURNS[key](score)
        more, score = advance(score, A_SECOND)
        heard += more
    more, score = advance(turns.resume(score), 10**9)
    assert score.is_over
    return texts_in((*heard, *more), score)


def test_nobody_is_left_lying_whatever_is_pressed_on_the_way_up() -> None:
    whole = heard_by("lying-down", "locate", "b48.left", "end")
    for key in ("back", "next", "too_much", "longer", "where", "again", "pause"):
        texts = heard_by("lying-down", "locate", "b48.left", "end", key)
        assert [text for text in texts if text in whole][-3:] == whole[-3:], key


def test_nobody_is_taken_to_lie_who_has_not_been_told_to() -> None:
    texts = heard_by("lying-down", "hold", "b54.right", "next", "next", "next")
    assert "Next, we lie down. Open your eyes first." in texts
    assert "Next, the ice. Stay on your back. Open your eyes." in heard_by(
        "lying-down", "roll", "b23+b47.right", "next", "next"
    )


def test_after_going_back_the_way_up_is_from_where_the_body_is() -> None:
    texts = heard_by("lying-down", "hold", "li4.left", "back", "end")
    assert "Mind the edge. Roll on to your right side, knees together." in texts
    assert "Next, we lie down. Open your eyes first." not in texts


def test_too_much_leaves_out_all_of_the_other_side_even_if_it_was_made_longer() -> None:
    texts = heard_by("lying-down", "roll", "b23+b47.left", "longer", "too_much", part=0.2)
    assert not [text for text in texts if "Sway" in text or "right low back" in text]
    twice = heard_by("lying-down", "roll", "b23+b47.left", "too_much", "too_much")
    assert "Left buttock done. Next, the right buttock." in twice


def test_what_was_too_much_can_be_tried_again_on_both_sides() -> None:
    texts = heard_by("lying-down", "roll", "b23+b47.left", "too_much", "back")
    assert texts.count("Sway both knees, a hand's width each way.") == 2
    later = heard_by("lying-down", "hold", "li4.left", "too_much", "resume", "next")
    assert "Now, your hands. The left hand is the one we press." not in later


def test_a_ball_that_was_never_brought_is_not_taken_out() -> None:
    texts = heard_by("lying-down", "hold", "toe.right", "next", "next", "next", "next")
    assert "Stop swaying. Slowly, more weight into your feet." not in texts[:4]


def test_ice_runs_on_in_a_pause_and_calls_itself_off_and_there_is_no_second_helping() -> None:
    ice = at("lying-down", "ice", None, 0.5)
    paused = turns.pause(ice)
    pieces, later = advance(paused, 450 * A_SECOND)
    assert frames(pieces) == 450 * A_SECOND
    assert texts_in(pieces, later) == []
    assert not later.is_paused
    assert said(later)[0].startswith("Take the ice off now.")
    assert turns.go_back(ice) == ice


def test_before_it_begins_only_what_begins_or_ends_it_does_anything() -> None:
    waiting = turns.greet(start(tape("hands")), Milliseconds(90_000))
    for key in ("back", "next", "longer", "where", "again"):
        assert TURNS[key](waiting) == waiting
    assert turns.ask_to_end(waiting) == waiting
    assert turns.end(waiting).is_over


def test_a_pause_at_the_end_of_a_press_brings_the_press_again() -> None:
    texts = heard_by("lying-down", "press", "b48.left", "pause", part=0.95)
    assert texts[1] == "Feet stay flat. Slowly, let the left buttock grow heavy."


def test_the_readme_has_every_key(request: pytest.FixtureRequest) -> None:
    from voiceguide.controls import describe

    readme = (request.config.rootpath / "README.md").read_text(encoding="utf-8")
    for keys, what in describe():
        assert f"| {keys} | {what} |" in readme


def test_no_key_does_two_things() -> None:
    keys = [key for one in CONTROLS for key in one.keys]
    assert len(keys) == len(set(keys))


def test_who_ends_later_than_was_asked_for_is_told_by_how_much() -> None:
    paused = turns.pause(at("lying-down", "hold", "b48.left"))
    told = said(turns.tell_late(turns.resume(paused), 4))
    assert told[0] == "It ends about four minutes later than you asked."
    assert told[1] == "We go on. The left buttock."
    assert said(turns.tell_late(turns.resume(paused), 90))[0].startswith("It ends about sixty minutes later")
