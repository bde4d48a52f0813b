"""The contract of every engine there is: what `voiceguide.engines.Engine` promises."""

from __future__ import annotations

import ctypes
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tiny_voice import write_voice
from voiceguide.clip import Clip
from voiceguide.engines import Engine, _libespeak, tone
from voiceguide.errors import Unavailable, UnknownName
from voiceguide.folders import user_folder
from voiceguide.registry import find, names
from voiceguide.units import SAMPLERATE, in_frames

ENGINES = [name for name in names("voiceguide.engines") if name != "pack"]
"""Those that can say anything; `tests/test_pack.py` is about the one that says what was recorded."""
CUES = [
    "Press.",
    "Hiss, fish, six of ten: some sharp sounds.",
    "Left hand done.\nNext, the other.",
    "Über ~ 2 <b>",
]


ALWAYS_HERE = {"espeak", "pyttsx3", "tone"}
"""Engines for which the wheels bring all they need, on Linux."""


def make(name: str) -> Engine:
    """Return an engine that speaks here; piper with a voice of ours."""
    if name == "piper" and not (user_folder() / "piper").exists():
        write_voice(user_folder() / "piper" / "hum")
    engine: Engine = find("voiceguide.engines", name).Engine()
    if sys.platform != "linux" or name not in ALWAYS_HERE:
        try:
            engine.check()
        except Unavailable as missing:
            pytest.skip(str(missing))
    engine.check()
    return engine


def speak(engine: Engine, texts: Sequence[str], voice: str | None = None, rate: int = 150) -> list[Clip]:
    return list(engine.synthesize(texts, voice=voice or engine.default_voice("en"), rate=rate))


def children() -> set[str]:
    """Return the ids of the processes that this one has started and that are still there, on Linux."""
    return {
        child for task in Path("/proc/self/task").glob("*/children") for child in task.read_text().split()
    }


def digests(clips: Sequence[Clip]) -> list[str]:
    return [sha256(clip.samples.tobytes()).hexdigest() for clip in clips]


@pytest.mark.parametrize("name", ENGINES)
def test_every_text_becomes_one_mono_clip_that_can_be_heard(name: str) -> None:
    clips = speak(make(name), CUES)
    assert len(clips) == len(CUES)
    for clip in clips:
        assert clip.samples.dtype == np.float32
        assert clip.samples.ndim == 1
        assert 8_000 <= clip.samplerate <= 192_000
        assert np.isfinite(clip.samples).all()
        assert 0.01 < np.abs(clip.samples).max() <= 1.0
        assert clip.duration > 100


@pytest.mark.parametrize("name", ENGINES)
def test_a_longer_text_lasts_longer(name: str) -> None:
    short, long = speak(make(name), ["Hold.", "Hold, and breathe out slowly while you count to ten."])
    assert long.duration > short.duration + 1000


@pytest.mark.parametrize("name", ENGINES)
def test_the_same_text_gives_the_same_samples_whatever_was_spoken_before(name: str) -> None:
    engine = make(name)
    expected = dict(zip(CUES, digests(speak(engine, CUES)), strict=True))
    shuffled = random.Random(7).sample(CUES * 3, k=len(CUES) * 3)
    assert digests(speak(engine, shuffled)) == [expected[text] for text in shuffled]
    assert digests(speak(make(name), CUES[2:3])) == [expected[CUES[2]]]


@pytest.mark.parametrize("name", ENGINES)
def test_a_fresh_process_gives_the_same_samples(name: str) -> None:
    make(name)
    expected = digests(speak(make(name), CUES))
    program = (
        "import sys\n"
        "from tests.test_engines import CUES, digests, make, speak\n"
        f"print(*reversed(digests(speak(make({name!r}), CUES[::-1]))))\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    told = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, env=environment
    )
    assert told.stdout.split() == expected


@pytest.mark.parametrize("name", ENGINES)
def test_any_text_is_text_and_the_next_one_is_spoken_as_ever(name: str) -> None:
    engine = make(name)
    alone = digests(speak(engine, ["Press."]))
    odd = ["--help", '"quoted" & <b>', "$(exit 3)", "[[h@]]", "~" * 300, "\N{PILE OF POO} 指圧", "/dev/null"]
    for text in odd:
        first, last = speak(engine, [text + " press.", "Press."])
        assert first.duration > 100
        assert digests([last]) == alone


@pytest.mark.parametrize("name", ENGINES)
def test_no_texts_give_no_clips(name: str) -> None:
    assert speak(make(name), []) == []


@pytest.mark.parametrize("name", ENGINES)
def test_voices_are_sorted_and_the_default_one_can_be_used(name: str) -> None:
    engine = make(name)
    ids = [voice.id for voice in engine.voices()]
    assert ids == sorted(set(ids))
    assert all(voice.title for voice in engine.voices())
    engine.check_voice(engine.default_voice("en"))
    for voice in random.Random(7).sample(ids, k=min(5, len(ids))):
        engine.check_voice(voice)


@pytest.mark.parametrize("name", ENGINES)
def test_an_unknown_voice_is_refused_and_the_hint_says_how_to_see_all(name: str) -> None:
    engine = make(name)
    wrong = engine.default_voice("en") + "-nosuch"
    for refuse in (lambda: engine.check_voice(wrong), lambda: speak(engine, ["Press."], wrong)):
        with pytest.raises(UnknownName) as caught:
            refuse()
        assert "voiceguide list voices" in str(caught.value.hint)


@pytest.mark.parametrize("name", ENGINES)
def test_the_version_is_a_text_and_does_not_change(name: str) -> None:
    assert make(name).version()
    assert make(name).version() == make(name).version()


@pytest.mark.parametrize("name", ENGINES)
def test_listing_voices_and_versions_needs_no_numpy(name: str) -> None:
    make(name)
    program = (
        "import sys\n"
        "from voiceguide.registry import find\n"
        f"engine = find('voiceguide.engines', {name!r}).Engine()\n"
        "engine.check(), engine.version(), engine.voices(), engine.default_voice('en')\n"
        "assert 'numpy' not in sys.modules\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)


@given(st.lists(st.text(alphabet="abc .\n\t", max_size=30), max_size=5))
def test_a_tone_lasts_exactly_as_long_as_it_says(texts: list[str]) -> None:
    for text, clip in zip(texts, speak(tone.Engine(), texts), strict=True):
        assert tone.tone_length(text) == 400 * len(text.split()) + 200
        assert clip.frames == in_frames(tone.tone_length(text), SAMPLERATE)


# libespeak-ng: what makes it give the same samples, for every copy of it on this machine.

LIBRARIES = _libespeak.libraries()
BUILDS = pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library.origin)


@BUILDS
@pytest.mark.parametrize("module", ["espeak", "pyttsx3"])
@pytest.mark.slow
def test_every_libespeak_speaks_alike_in_any_order(library: _libespeak.Library, module: str) -> None:
    engine = import_module(f"voiceguide.engines.{module}").Engine(library)
    texts = [f"{cue} {number}" for cue in CUES for number in range(3)]
    for voice in ("gmw/en-us", "gmw/en-us+f5", "gmw/en-us+edward", "gmw/de"):
        straight = digests(speak(engine, texts, voice))
        backwards = digests(speak(engine, texts[::-1], voice))
        assert straight == backwards[::-1]


@BUILDS
@settings(max_examples=25, deadline=None)
@given(before=st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0")), max_size=3))
def test_no_text_changes_what_is_spoken_after_it(library: _libespeak.Library, before: list[str]) -> None:
    engine = import_module("voiceguide.engines.espeak").Engine(library)
    alone = digests(speak(engine, ["Press, with six of ten."]))
    assert digests(speak(engine, [*before, "Press, with six of ten."]))[-1:] == alone


HISSING = """
import sys
from tests.test_engines import LIBRARIES, digests, speak
from voiceguide.engines.espeak import Engine
library = next(one for one in LIBRARIES if one.origin == sys.argv[1])
print(len(set(digests(speak(Engine(library), ["Hiss, six sharp fish."] * 250)))))
"""


@BUILDS
def test_noise_does_not_come_from_the_clock(library: _libespeak.Library) -> None:
    # 1.52 starts its noise from the time in whole seconds: two seconds of speaking see at least two of them.
    # By itself, as 1.51 draws from a generator that threads of sound libraries in other tests use, too.
    done = subprocess.run(
        [sys.executable, "-c", HISSING, library.origin],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        cwd=Path(__file__).parents[1],
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    assert done.stdout == "1\n"


@BUILDS
def test_a_variant_and_a_language_are_both_checked(library: _libespeak.Library) -> None:
    engine = import_module("voiceguide.engines.espeak").Engine(library)
    for good in ("en-us+f5", "EN-US+Edward", "gmw/en-US+f2", "en-gb", "en-gb+f5", "de"):
        engine.check_voice(good)
    for bad in ("en-us+nosuch", "en-us+", "klingon", "klingon+f5", "", "+f5", "../en-us"):
        with pytest.raises(UnknownName):
            engine.check_voice(bad)
    with pytest.raises(UnknownName) as near:
        engine.check_voice("en-us+edwrd")
    assert "'en-us+edward'" in str(near.value.hint)


@BUILDS
def test_a_language_finds_its_voice(library: _libespeak.Library) -> None:
    engine = import_module("voiceguide.engines.espeak").Engine(library)
    tags = {"en": "en-us+f5", "en-US": "en-us+f5", "en-GB": "en-gb+f5", "de-AT": "de", "pt-BR": "pt-br"}
    assert {tag: engine.default_voice(tag) for tag in tags} == tags
    with pytest.raises(Unavailable):
        engine.default_voice("tlh")


@BUILDS
def test_a_library_that_cannot_start_afresh_is_refused(library: _libespeak.Library) -> None:
    engine = import_module("voiceguide.engines.espeak").Engine(library)
    engine.default_voice("de")
    held = ctypes.CDLL(library.path)
    try:
        with pytest.raises(Unavailable, match="stays loaded"):
            engine.check()
    finally:
        _libespeak._unload(held)
    engine.check()


def test_a_long_path_to_the_data_is_shortened(tmp_path_factory: pytest.TempPathFactory) -> None:
    wheel = next((library for library in LIBRARIES if library.data), None)
    if wheel is None or wheel.data is None:
        pytest.skip("there is no espeakng-loader wheel here")
    deep = tmp_path_factory.mktemp("deep").joinpath(*["a-folder-with-a-name"] * 10)
    deep.mkdir(parents=True)
    (deep / "espeak-ng-data").symlink_to(wheel.data)
    buried = _libespeak.Library(wheel.path, str(deep / "espeak-ng-data"), "wheel")
    assert len(str(buried.data)) > 200
    spoken = [
        digests(
            speak(import_module(f"voiceguide.engines.{name}").Engine(library), ["Press."], "gmw/en-us+f5")
        )
        for library in (wheel, buried)
        for name in ("espeak", "pyttsx3")
    ]
    assert spoken[:2] == spoken[2:]


@pytest.mark.skipif(sys.platform != "linux", reason="another driver may well say an empty text")
def test_a_text_that_pyttsx3_cannot_say_is_named_and_those_before_it_are_kept() -> None:
    engine = make("pyttsx3")
    spoken = engine.synthesize(["Press.", ""], voice=engine.default_voice("en"), rate=150)
    assert next(spoken).frames > 0
    with pytest.raises(Unavailable, match="cannot say ''"):
        next(spoken)


def test_leaving_early_ends_the_worker() -> None:
    engine = make("pyttsx3")
    before = children()
    spoken = engine.synthesize(["Press."] * 50, voice=engine.default_voice("en"), rate=150)
    next(spoken)
    if sys.platform == "linux":
        assert len(children() - before) == 1
    spoken.close()  # type: ignore[attr-defined]
    assert children() <= before


def test_a_worker_that_takes_too_long_is_ended_and_the_text_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux is sure to have this engine")
    module = import_module("voiceguide.engines.pyttsx3")
    before = children()
    monkeypatch.setattr(module, "_START", 0)
    monkeypatch.setattr(module, "_EACH", 0)
    with pytest.raises(Unavailable, match=r"cannot say 'Press\.'") as caught:
        speak(module.Engine(), ["Press."], "gmw/en-us+f5")
    assert caught.value.hint
    assert children() <= before
