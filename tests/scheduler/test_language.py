from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.errors import InvalidContent, VoiceguideError
from voiceguide.library import SHIPPED, language_names, load_language, load_points
from voiceguide.scheduler.language import FILES, parse_language
from voiceguide.scheduler.lexicon import Lexicon
from voiceguide.units import Milliseconds

ENGLISH = load_language("en")


def files() -> dict[str, Any]:
    folder = SHIPPED / "languages" / "en"
    return {name: yaml.safe_load(Path(folder / f"{name}.yaml").read_text(encoding="utf-8")) for name in FILES}


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [
        (10_000, "ten seconds"),
        (30_000, "thirty seconds"),
        (60_000, "one minute"),
        (75_000, "seventy-five seconds"),
        (90_000, "ninety seconds"),
        (105_000, "one minute and forty-five seconds"),
        (120_000, "two minutes"),
        (900_000, "fifteen minutes"),
    ],
)
def test_a_time_is_said_as_people_say_it(milliseconds: int, words: str) -> None:
    assert ENGLISH.duration(Milliseconds(milliseconds)) == words


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [
        (20_000, "one minute"),
        (389_000, "six minutes"),
        (390_000, "seven minutes"),
        (2_800_000, "forty-seven minutes"),
        (5_400_000, "one hour and thirty minutes"),
        (7_200_000, "two hours"),
        (21_600_000, "six hours"),
    ],
)
def test_about_is_true_within_thirty_seconds(milliseconds: int, words: str) -> None:
    assert ENGLISH.about(Milliseconds(milliseconds)) == words


@pytest.mark.parametrize("tag", language_names())
def test_every_point_has_words_in_every_language(tag: str) -> None:
    language = load_language(tag)
    entries = set(language.points)
    for point in load_points().values():
        assert point.id in entries or any(point.id in entry.split("+") for entry in entries)


@pytest.mark.parametrize("tag", language_names())
def test_a_language_has_no_words_for_what_is_not_there(tag: str) -> None:
    points = load_points()
    for entry, words in load_language(tag).points.items():
        for name in entry.split("+"):
            assert {method.removesuffix("_apart") for method in words.methods} == set(points[name].methods)


def test_a_phrase_that_is_missing_names_the_language_and_the_phrase() -> None:
    with pytest.raises(
        VoiceguideError, match=r"language 'en' has no words for the phrase 'open\.nothing'"
    ) as caught:
        ENGLISH.lines("open.nothing")
    assert caught.value.hint


def test_a_point_without_words_is_said_so() -> None:
    with pytest.raises(VoiceguideError, match="'b23' by heel"):
        ENGLISH.method("b23", "heel")


def test_an_unknown_placeholder_is_found_before_anyone_hears_it() -> None:
    wrong = copy.deepcopy(files())
    wrong["phrases"]["phrases"]["open"]["total"] = "It takes {minuts}."
    with pytest.raises(InvalidContent) as caught:
        parse_language(wrong)
    (problem,) = caught.value.problems
    assert problem.message == "unknown placeholder '{minuts}'"
    assert problem.hint == "did you mean 'minutes'?"


def test_an_open_brace_is_found() -> None:
    wrong = copy.deepcopy(files())
    wrong["phrases"]["phrases"]["open"]["total"] = "It takes {minutes."
    with pytest.raises(InvalidContent, match="a brace is open"):
        parse_language(wrong)


def test_a_missing_file_of_a_language_is_said_so() -> None:
    wrong = files()
    del wrong["points"]
    with pytest.raises(InvalidContent, match="'points' is empty"):
        parse_language(wrong)


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Press LI-4 now.", "Press L I four now."),
        ("li4, LI 4 and LI-4", "L I four, L I four and L I four"),
        ("B-23 with BL23", "B twenty-three with B L twenty-three"),
        ("vitamin B 12", "vitamin B 12"),
        ("Hold for 10 s.", "Hold for 10 seconds."),
        ("Hold for 1 min, then rest.", "Hold for 1 minute, then rest."),
        ("2-3 inches", "2 to 3 inches"),
        ("1/2 inch", "half inch"),
        ("11/2 inch", "11/2 inch"),
        ("e.g. the qi", "for example the chee"),
        ("  too   many\nspaces ", "too many spaces"),
        ("Left hand: press.", "Left hand: press."),
        ("Lie still. Close your eyes.", "Lie still. Cloze your eyes."),
        ("You can close your eyes, close to me.", "You can cloze your eyes, close to me."),
        ("Popliteal, QI. Qi", "Pop-lit-ee-al, chee. Chee"),
    ],
)
def test_what_would_be_misread_is_respelled(written: str, spoken: str) -> None:
    assert ENGLISH.lexicon.respell(written) == spoken


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "Z"]), max_size=80))
def test_respelling_twice_changes_nothing_more(text: str) -> None:
    plain = Lexicon({}, {}, "to", {}, {})
    once = plain.respell(text)
    assert plain.respell(once) == once


@pytest.mark.parametrize("tag", language_names())
def test_every_sentence_that_can_be_said_is_short(tag: str) -> None:
    language = load_language(tag)
    methods = [method for words in language.points.values() for method in words.methods.values()]
    lines = [line for lines in language.phrases.values() for line in lines]
    lines += [line for method in methods for moment in method.values() for line in moment]
    for line in lines:
        for sentence in re.split(r"[.?!]", line.say):
            assert len(sentence.split()) <= 12, line.say


@pytest.mark.parametrize("tag", language_names())
def test_no_word_of_ours_needs_a_screen(tag: str) -> None:
    language = load_language(tag)
    lines = [line.say for group in language.phrases.values() for line in group]
    lines += [
        line.say
        for words in language.points.values()
        for method in words.methods.values()
        for group in method.values()
        for line in group
    ]
    for line in lines:
        assert not any(word in line.lower() for word in ("screen", "picture", "click", "look at"))


LINES = {
    "nothing is left to say": ({"say": "Here.", "only": "full"}, "nothing is said when the talk is brief"),
    "a warning is not said": (
        [{"say": "Here."}, {"say": "Never on bone.", "required": True, "only": "full"}],
        "what must be heard is not said when the talk is brief",
    ),
    "a warning is only brief": (
        [{"say": "Here."}, {"say": "Never on bone.", "required": True, "only": "brief"}],
        "what must be heard is not said when the talk is full",
    ),
}


@pytest.mark.parametrize("what", LINES)
def test_what_has_to_be_heard_is_heard_however_much_is_said(what: str) -> None:
    place, message = LINES[what]
    written = files()
    written["points"]["points"]["li4"]["methods"]["thumbs"]["place"] = place
    with pytest.raises(InvalidContent) as caught:
        parse_language(written)
    (problem,) = caught.value.problems
    assert problem.message == message
    assert problem.path == ("points", "points", "li4", "methods", "thumbs", "place")
