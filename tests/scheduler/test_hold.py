from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from voiceguide.scheduler.cue import Cue
from voiceguide.scheduler.hold import Placed, place_in_hold, place_in_middle
from voiceguide.units import Milliseconds


def cue(text: str) -> Cue:
    return Cue("", text, text)


WORDS = {
    "digits": (cue("Three."), cue("Two."), cue("One.")),
    "next": (cue("Next, a slow release."),),
    "thirty": (cue("Thirty seconds."),),
    "halfway": (cue("Halfway."),),
    "halfway_one_minute": (cue("Halfway. One minute left."),),
    "minutes_left": (cue("One minute left."), cue("Two minutes left.")),
    "reassure": (cue("If the hand tires, press less."), cue("Easy breath."), cue("Jaw soft.")),
}


def half_a_second_a_word(cue: Cue) -> Milliseconds:
    return Milliseconds(500 * len(cue.spoken.split()))


def said_in(seconds: int) -> list[tuple[float, str]]:
    placed, _ = place_in_hold(Milliseconds(seconds * 1000), WORDS, half_a_second_a_word)
    return [(one.start / 1000, one.cue.text) for one in placed]


def test_thirty_seconds_say_what_comes_and_count_down() -> None:
    assert said_in(30) == [(18, "Next, a slow release."), (27, "Three."), (28, "Two."), (29, "One.")]


def test_ninety_seconds_say_halfway_and_the_last_thirty() -> None:
    assert said_in(90) == [
        (21, "If the hand tires, press less."),
        (45, "Halfway."),
        (60, "Thirty seconds."),
        (78, "Next, a slow release."),
        (87, "Three."),
        (88, "Two."),
        (89, "One."),
    ]


def test_two_minutes_say_halfway_and_one_minute_in_one_cue() -> None:
    assert (60, "Halfway. One minute left.") in said_in(120)
    assert "Halfway." not in [text for _, text in said_in(120)]


def test_three_minutes_say_each_minute_left() -> None:
    assert {(60, "Two minutes left."), (90, "Halfway."), (120, "One minute left.")} <= set(said_in(180))


def test_the_tired_hand_is_thought_of_first() -> None:
    first = said_in(120)[0]
    assert first[1] == "If the hand tires, press less."


def test_short_holds_are_not_counted() -> None:
    assert said_in(15) == []


def test_digits_longer_than_a_second_are_all_left_out() -> None:
    placed, _ = place_in_hold(Milliseconds(30_000), WORDS, lambda _: Milliseconds(1_001))
    assert not {"Three.", "Two.", "One."} & {one.cue.text for one in placed}


def test_what_overlaps_is_dropped_and_listed() -> None:
    _, dropped = place_in_hold(
        Milliseconds(90_000),
        WORDS,
        lambda cue: Milliseconds(900 if cue.spoken in {"Three.", "Two.", "One."} else 9_000),
    )
    assert "Next, a slow release." in {one.text for one in dropped}


def test_a_word_in_the_middle_is_in_the_middle() -> None:
    placed = place_in_middle(Milliseconds(10_000), cue("Steady."), half_a_second_a_word)
    assert placed == Placed(Milliseconds(4_750), Milliseconds(500), cue("Steady."))


def test_a_word_too_long_for_the_middle_is_not_said() -> None:
    assert place_in_middle(Milliseconds(10_000), cue("Steady."), lambda _: Milliseconds(9_500)) is None


@given(st.integers(10, 300), st.integers(50, 2_000))
def test_whatever_is_said_lies_inside_with_air_between(seconds: int, a_word: int) -> None:
    dose = Milliseconds(seconds * 1000)
    placed, _ = place_in_hold(dose, WORDS, lambda cue: Milliseconds(a_word * len(cue.spoken.split())))
    for one in placed:
        assert one.start >= 8_000
        assert one.end <= dose
    for before, after in pairwise(placed):
        counted = after.cue.text in {"Two.", "One."}
        assert before.end + (0 if counted else 500) <= after.start


@given(st.integers(10, 180))
def test_no_quiet_in_a_hold_is_over_thirty_seconds_while_there_are_quiet_words(seconds: int) -> None:
    placed, dropped = place_in_hold(Milliseconds(seconds * 1000), WORDS, half_a_second_a_word)
    said = {one.cue for one in placed}
    if dropped or all(cue in said for cue in WORDS["reassure"]):
        return
    ends = [0, *(one.end for one in placed)]
    starts = [*(one.start for one in placed), seconds * 1000]
    assert max(start - end for end, start in zip(ends, starts, strict=True)) <= 30_000
