"""What `scripts/hear` counts: words changed, added and left out, by an ear that expects our cues."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.voice import find_voice

pocketsphinx = pytest.importorskip("pocketsphinx", reason="has no wheel for every Python and machine")

from scripts.ear import hear, in_words, teach  # noqa: E402 - needs what comes with pocketsphinx
from scripts.hear import compare, write_language_model  # noqa: E402

WORDS = st.lists(st.sampled_from("press hold left right and".split()), max_size=8)
CUES = ["Slowly press down with your thumb.", "And let go, little by little.", "Now find the left hand."]


@given(WORDS, WORDS)
def test_changes_are_counted_as_they_should_be(said: list[str], heard: list[str]) -> None:
    changes, lost = compare(said, heard)
    assert abs(len(said) - len(heard)) <= changes <= max(len(said), len(heard))
    assert (changes == 0) == (said == heard)
    assert compare(heard, said)[0] == changes
    assert len(lost) <= changes
    assert not set(lost) - {*said}


@given(WORDS, WORDS)
def test_each_word_added_is_one_change(said: list[str], more: list[str]) -> None:
    assert compare(said, said + more) == (len(more), [])
    assert compare(said + more, said)[0] == len(more)


@pytest.mark.slow
def test_an_ear_that_expects_our_cues_hears_a_voice_and_no_words_in_a_tone(
    tmp_path: Path, shared_cache: Path
) -> None:
    write_language_model(CUES, tmp_path / "cues.lm")
    ear = pocketsphinx.Decoder(lm=str(tmp_path / "cues.lm"), cmn="batch", loglevel="FATAL")
    assert teach(ear, [*CUES, "Thumb's length"]) == []
    assert teach(ear, ["brachioradialis"]) == ["brachioradialis"]
    wrong = {}
    for engine in ("espeak", "tone"):
        voice = find_voice(engine, rate=None, cache=shared_cache)
        wrong[engine] = sum(
            compare(in_words(cue), hear(ear, voice.clip(cue).samples).split())[0] for cue in CUES
        )
    assert wrong["espeak"] <= 2
    assert wrong["tone"] >= 12
