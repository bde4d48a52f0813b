"""A machine ear: what is cut out of an exported session is heard as its own words, not as others of it.

The recogniser must choose among all texts of the session. That says which of them a clip is, and that the
words in it are clear enough to tell left from right; how pleasant it is, only a person can say.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import soundfile

from scripts.ear import hear, in_words, teach
from voiceguide.exporter import export
from voiceguide.library import find_routine, load_language, load_points, load_routine
from voiceguide.session import compile_session
from voiceguide.voice import SHIPPED_VOICE, find_voice

pocketsphinx = pytest.importorskip("pocketsphinx", reason="has no wheel for every Python and machine")
pytestmark = pytest.mark.slow

VOICES = (SHIPPED_VOICE, "espeak")
ROUTINES = ("lying-down", "full", "lower-back-one-side")
Heard = dict[str, str]


@pytest.fixture(scope="module", params=[(v, n) for v in VOICES for n in ROUTINES], ids="-".join)
def heard(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heard]:
    """Give what was heard for each distinct text of two words or more."""
    folder = tmp_path_factory.mktemp("heard")
    try:
        speaker, routine = request.param
        yield hear_session(speaker, routine, folder)
    finally:
        shutil.rmtree(folder)


def hear_session(speaker: str, routine: str, folder: Path) -> Heard:
    """Export a session, cut each distinct text out of the file, and listen."""
    voice = find_voice(speaker, rate=None, cache=folder / "cache")
    session = compile_session(load_routine(find_routine(routine)), load_points(), load_language("en"), voice)
    export(session, folder / "session.wav")
    with soundfile.SoundFile(folder / "session.wav") as file:
        clips = {}
        for event in session.timeline.events:
            if event.kind == "speech" and event.spoken not in clips:
                file.seek(event.start * 48)
                clips[event.spoken] = file.read(event.duration * 48, dtype="float32")
    ear = make_ear(clips)
    return {text: hear(ear, clip) for text, clip in clips.items() if len(in_words(text)) > 1}


def make_ear(texts: Iterable[str]) -> Any:
    """Return a recogniser that knows these texts and nothing else, each of them as likely as the next."""
    ear = pocketsphinx.Decoder(lm=None, cmn="batch", loglevel="FATAL")
    sentences = [" ".join(in_words(text)) for text in texts]
    unknown = teach(ear, sentences)
    assert unknown == [], "the dictionary lacks these: add their phones to scripts/ear.py"
    ear.add_jsgf_string("session", f"#JSGF V1.0; grammar session; public <text> = {' | '.join(sentences)};")
    ear.activate_search("session")
    return ear


def sides_in(words: list[str]) -> list[str]:
    """Return the sides among words, in order."""
    return [word for word in words if word in {"left", "right"}]


def test_at_least_95_percent_of_the_texts_are_heard_right(heard: Heard) -> None:
    mistaken = {text: words for text, words in heard.items() if words.split() != in_words(text)}
    assert len(heard) > 40
    assert len(mistaken) <= 0.05 * len(heard), mistaken


def test_left_is_never_heard_as_right(heard: Heard) -> None:
    assert any(sides_in(in_words(text)) for text in heard)
    assert not {
        text: words for text, words in heard.items() if sides_in(words.split()) != sides_in(in_words(text))
    }
