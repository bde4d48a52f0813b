"""The ear that finds wrong texts: it hears a swap, and accuses nobody who read what was asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recordings import FAULTS, SCRIPT, TEXTS, record, speak
from voiceguide.errors import Unavailable
from voiceguide.hearing import Ear, check, in_words
from voiceguide.recorded_voice import FaultyRecordings, read_recordings

pytest.importorskip("pocketsphinx", reason="has no wheel for every Python and machine")
pytestmark = pytest.mark.slow

ALIKE = (
    "Left thumb on the buttock: ease off, slowly.",
    "Right thumb on the buttock: ease off, slowly.",
    "About five minutes of ice left. Now, a check by touch.",
    "About ten minutes of ice left. Now, a check by touch.",
    "Next, the ball goes under your right buttock, high up.",
    "Next, the ball goes under your left buttock, high up.",
    "Thirty seconds.",
    "Forty seconds.",
)


def test_wrong_texts_are_found_and_nothing_else(tmp_path: Path) -> None:
    folder, ear = record(tmp_path / "recordings"), Ear(TEXTS)
    assert read_recordings(folder, SCRIPT, ear).unsure == ()
    one, two = folder / "0004.wav", folder / "0009.wav"
    one_bytes, two_bytes = one.read_bytes(), two.read_bytes()
    one.write_bytes(two_bytes)
    two.write_bytes(one_bytes)
    with pytest.raises(FaultyRecordings) as caught:
        read_recordings(folder, SCRIPT, ear)
    found = {one.number: one.fault for one in caught.value.found}
    assert found.keys() == {4, 9}
    assert {fault.kind for fault in found.values()} == {"wrong_text"}
    assert "number 9, 'Roll on to your right side" in found[4].measured
    assert "number 4, 'Now the left hand.'" in found[9].measured


def test_ten_planted_faults_are_found_one_of_them_by_ear(tmp_path: Path) -> None:
    folder = record(tmp_path / "recordings")
    planted = [kind for kind in FAULTS if kind not in {"twice", "too_short"}]
    assert len(planted) == 10
    for number, kind in enumerate(planted, start=2):
        FAULTS[kind](folder / f"{number:04}.wav", SCRIPT[number])
    with pytest.raises(FaultyRecordings) as caught:
        read_recordings(folder, SCRIPT, Ear(TEXTS))
    assert [(one.number, one.fault.kind) for one in caught.value.found] == list(enumerate(planted, start=2))


@pytest.fixture(scope="module")
def ear() -> Ear:
    return Ear((*TEXTS, *ALIKE))


@pytest.mark.parametrize("voice", ["en-us+f5", "en-us", "en-us+edward", "en-gb", "en-gb-scotland"])
def test_no_right_recording_is_accused_whatever_the_voice(ear: Ear, voice: str) -> None:
    for text in (*TEXTS, *ALIKE):
        assert ear.hear(speak(text, voice=voice), text) in {text, None}


def test_a_voice_that_is_clear_is_made_out(ear: Ear) -> None:
    unsure = [text for text in (*TEXTS, *ALIKE) if ear.hear(speak(text), text) is None]
    assert len(unsure) <= 1


def test_texts_that_differ_in_one_word_are_told_apart(ear: Ear) -> None:
    heard = {text: ear.hear(speak(text), other) for text, other in zip(ALIKE, reversed_pairs(), strict=True)}
    # What it is not sure of somebody has to listen to, but never does it take one for the other.
    assert all(found in {text, None} for text, found in heard.items())
    assert sum(found is None for found in heard.values()) <= 2


def reversed_pairs() -> list[str]:
    """Return for each of `ALIKE` the one that is like it."""
    return [ALIKE[place ^ 1] for place in range(len(ALIKE))]


def test_words_are_put_together_and_what_is_in_no_dictionary_is_not_judged() -> None:
    ear = Ear(["The sock's end.", "Painkillers and thinners tingle inwards.", "Feel the xqzt.", "…"])
    assert ear.unknown == ("Feel the xqzt.", "…")
    assert ear.hear(speak("Thirty seconds more."), "Feel the xqzt.") is None


def test_a_language_that_it_does_not_know_is_told() -> None:
    check("en-GB")
    with pytest.raises(Unavailable, match="does not know the language 'de'"):
        check("de")


def test_words_are_as_the_dictionary_has_them() -> None:
    assert in_words("Forty-six: the sock’s end!") == ["forty", "six", "the", "sock's", "end"]
