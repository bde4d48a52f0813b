"""Voice: what a clip is like, what is spoken once, and that nothing on disk can stop it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceguide import voice as voice_module
from voiceguide.clip import Clip, to_int16
from voiceguide.clip_cache import ClipCache
from voiceguide.engines import tone
from voiceguide.errors import Unavailable, UnknownName, UsageError
from voiceguide.loudness import loudness, true_peak
from voiceguide.units import LOUDNESS, SAMPLERATE
from voiceguide.voice import (
    REFERENCES,
    SHIPPED_VOICE,
    Voice,
    default_voice,
    find_voice,
    speaking_engine,
)

CUES = ["Press.", "Left hand done. Next, the other.", "And let go.", "About twenty minutes."]


class Counted(tone.Engine):
    """The reference engine, and a list of what it was asked to say beside its references."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def synthesize(self, texts: Sequence[str], *, voice: str, rate: int) -> Iterator[Clip]:
        if texts != REFERENCES:
            self.asked.append(list(texts))
        return super().synthesize(texts, voice=voice, rate=rate)


class Given(tone.Engine):
    """An engine that gives what it is given."""

    def __init__(self, *clips: Clip) -> None:
        self.clips = clips

    def synthesize(self, texts: Sequence[str], *, voice: str, rate: int) -> Iterator[Clip]:  # noqa: ARG002
        yield from self.clips


def counted(folder: Path) -> tuple[Counted, Voice]:
    engine = Counted()
    return engine, Voice("tone", engine, "plain", 150, ClipCache(folder))


def saying(folder: Path, *samples: float, samplerate: int = SAMPLERATE) -> Voice:
    clip = Clip(np.array(samples, dtype=np.float32), samplerate)
    return Voice("given", Given(clip), "plain", 150, ClipCache(folder))


def test_a_voice_is_named_as_it_is_typed(tmp_path: Path) -> None:
    assert find_voice("tone", rate=None, cache=tmp_path).name == "tone:plain"
    assert find_voice("espeak:en-us+f2", rate=None, cache=tmp_path).name == "espeak:en-us+f2"


def test_the_default_is_the_shipped_voice_where_it_has_the_rate_and_the_language(tmp_path: Path) -> None:
    voice = find_voice(None, rate=None, cache=tmp_path)
    assert (voice.name, voice.rate) == (SHIPPED_VOICE, 150)
    assert default_voice(rate=None, language="en-GB") == SHIPPED_VOICE
    assert default_voice(rate=140, language="en") == speaking_engine()
    assert default_voice(rate=None, language="de") == speaking_engine()


@pytest.mark.skipif(sys.platform != "linux", reason="other platforms have voices of their own")
def test_on_linux_espeak_speaks_clearest_at_its_clearest_rate(tmp_path: Path) -> None:
    voice = find_voice(speaking_engine(), rate=None, cache=tmp_path)
    assert (voice.name, voice.rate) == ("espeak:en-us+f5", 150)


def test_an_engine_or_voice_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for wrong in ("tome", "tone:", "tone:loud", "espeak:en-us+nosuch", ":plain"):
        with pytest.raises(UnknownName) as caught:
            find_voice(wrong, rate=None, cache=tmp_path)
        assert caught.value.hint


@pytest.mark.parametrize("rate", [79, 301, 0, -150])
def test_a_rate_nobody_can_follow_is_refused(rate: int, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="words a minute") as caught:
        find_voice("tone", rate=rate, cache=tmp_path)
    assert "80 to 300" in str(caught.value.hint)


@pytest.mark.parametrize("rate", [80, 300])
def test_the_slowest_and_the_fastest_rate_are_accepted(rate: int, tmp_path: Path) -> None:
    assert find_voice("tone", rate=rate, cache=tmp_path).rate == rate


def test_a_tone_keeps_its_exact_length_through_trimming_and_fading(tmp_path: Path) -> None:
    voice = find_voice("tone", rate=None, cache=tmp_path)
    for text in [*CUES, "", "one two three four five six seven eight nine ten"]:
        assert voice.measure(text) == tone.tone_length(text)
        assert voice.clip(text).frames == tone.tone_length(text) * 48


@pytest.mark.parametrize("spec", ["tone", "espeak", "espeak:en-us+edward", "pyttsx3"])
def test_a_clip_starts_and_ends_with_a_frame_that_sounds(spec: str, tmp_path: Path) -> None:
    if sys.platform != "linux" and spec != "tone":
        pytest.skip("only Linux is sure to have this engine")
    voice = find_voice(spec, rate=None, cache=tmp_path)
    voice.prepare(CUES)
    for text in CUES:
        clip = voice.clip(text)
        rounded = to_int16(clip.samples)
        assert clip.samplerate == SAMPLERATE
        assert rounded[0] != 0
        assert rounded[-1] != 0
        assert voice.measure(text) == voice.known_length(text) == clip.duration


@settings(max_examples=60, deadline=None)
@given(
    samples=st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=600),
    samplerate=st.sampled_from([16_000, 22_050, 48_000]),
)
def test_whatever_an_engine_gives_a_clip_is_trimmed_or_refused(samples: list[float], samplerate: int) -> None:
    clip = Clip(np.array(samples, dtype=np.float32), samplerate)
    try:
        finished = np.frombuffer(voice_module.finish(clip, "Press.", 6.0), dtype="<i2")
    except Unavailable:
        assert np.abs(clip.samples).max() <= 0.01
        return
    assert finished[0] != 0
    assert finished[-1] != 0
    assert len(finished) <= len(samples) * SAMPLERATE // samplerate + 1


def test_what_lies_below_the_threshold_is_cut_and_the_ends_are_faded(tmp_path: Path) -> None:
    wave = np.sin(np.pi * np.arange(1, 24_001) / 48) * 0.02
    voice = saying(tmp_path, *[0.0005] * 500, *wave, *[-0.0005] * 700)
    samples = voice.clip("Press.").samples
    assert abs(len(samples) - 24_000) <= 2
    gain = np.abs(samples[1_000:-1_000]).max() / np.abs(wave).max()
    assert gain > 2, "it is brought to its level"
    assert samples[0] != 0
    assert samples[-1] != 0
    assert np.abs(samples[:10]).max() < 0.15 * gain * 0.02
    assert np.abs(samples[-10:]).max() < 0.15 * gain * 0.02


@pytest.mark.parametrize("level", [0.003, 0.1, 1.0, 2.0])
def test_the_level_of_an_engine_changes_neither_the_length_nor_the_level_of_a_clip(
    level: float, tmp_path: Path
) -> None:
    wave = level * np.sin(2 * np.pi * np.arange(1, 960_000) / 120)
    clip = saying(tmp_path, *wave).clip("Press.")
    # So long that how it begins and ends, which one gain for a whole session minds, does not matter.
    assert loudness(clip.samples) == pytest.approx(LOUDNESS, abs=0.2)
    assert clip.duration == 20_000


def test_an_engine_that_is_too_loud_is_turned_down_and_not_clipped(tmp_path: Path) -> None:
    wave = np.sin(2 * np.pi * np.arange(1, 24_001) / 120)
    wave[8_000:16_000] *= 2.0
    samples = saying(tmp_path, *wave).clip("Press.").samples
    loud, soft = np.abs(samples[9_000:15_000]).max(), np.abs(samples[1_000:7_000]).max()
    assert loud == pytest.approx(2 * soft, abs=1e-3)
    assert true_peak(samples) < 0.85


@pytest.mark.parametrize("samples", [[], [0.0] * 4800, [0.0005] * 4800], ids=["empty", "zero", "too quiet"])
def test_a_silent_clip_is_refused_and_named(samples: list[float], tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="says nothing for 'Press'") as caught:
        saying(tmp_path, *samples).prepare(["Press"])
    assert caught.value.hint


def test_an_engine_that_gives_too_few_clips_is_not_believed(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="says nothing for 'two'"):
        saying(tmp_path, 0.5, 0.5).prepare(["one", "two"])


def test_what_is_missing_is_spoken_once_in_one_go(tmp_path: Path) -> None:
    engine, voice = counted(tmp_path)
    told: list[tuple[int, int]] = []
    voice.prepare([*CUES, *CUES], lambda done, of: told.append((done, of)))
    voice.prepare(CUES)
    assert engine.asked == [CUES]
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_the_next_run_speaks_nothing_and_gives_the_same_samples(tmp_path: Path) -> None:
    _, first = counted(tmp_path)
    first.prepare(CUES)
    engine, second = counted(tmp_path)
    assert [second.known_length(text) for text in CUES] == [first.clip(text).duration for text in CUES]
    second.prepare(CUES)
    for text in CUES:
        assert second.clip(text).samples.tobytes() == first.clip(text).samples.tobytes()
    assert engine.asked == []


def test_a_voice_finds_its_gain_once_whatever_it_is_asked_to_say_first(tmp_path: Path) -> None:
    class Loud(tone.Engine):
        def __init__(self) -> None:
            self.texts: list[str] = []

        def synthesize(self, texts: Sequence[str], *, voice: str, rate: int) -> Iterator[Clip]:
            self.texts += texts
            for clip, text in zip(super().synthesize(texts, voice=voice, rate=rate), texts, strict=True):
                yield Clip(clip.samples * np.float32(2.0 if text.endswith("!") else 0.5), SAMPLERATE)

    def speaking(folder: str) -> tuple[Loud, Voice]:
        engine = Loud()
        return engine, Voice("loud", engine, "plain", 150, ClipCache(tmp_path / folder))

    engine, one = speaking("one")
    one.prepare(["Press!", "Let go."])
    assert engine.texts == [*REFERENCES, "Press!", "Let go."]
    engine, again = speaking("one")
    again.prepare(["Another."])
    assert engine.texts == ["Another."], "what was found out is kept"
    _, other = speaking("other")
    other.prepare(["Let go.", "Another."])
    assert other.clip("Let go.").samples.tobytes() == one.clip("Let go.").samples.tobytes()
    assert other.clip("Another.").samples.tobytes() == again.clip("Another.").samples.tobytes()
    stressed, usual = (loudness(one.clip(text).samples) for text in ("Press!", "Let go."))
    assert stressed == pytest.approx(LOUDNESS + 3, abs=0.1), "stressed, within the bound"
    assert usual == pytest.approx(LOUDNESS, abs=0.6)


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"version": 1, "gain": 1e9}', b'{"gain": "loud"}'])
def test_a_damaged_gain_is_found_again(damage: bytes, tmp_path: Path) -> None:
    _, voice = counted(tmp_path)
    whole = voice.clip("Press.").samples
    kept = next(path for path in tmp_path.rglob("*.json") if b"gain" in path.read_bytes())
    sound = kept.read_bytes()
    kept.write_bytes(damage)
    for entry in tmp_path.rglob("*.clip"):
        entry.unlink()
    _, voice = counted(tmp_path)
    assert np.array_equal(voice.clip("Press.").samples, whole)
    assert kept.read_bytes() == sound


def test_an_engine_that_fails_at_its_references_says_so_and_nothing_is_kept(tmp_path: Path) -> None:
    class Failing(tone.Engine):
        def synthesize(self, texts: Sequence[str], *, voice: str, rate: int) -> Iterator[Clip]:  # noqa: ARG002
            raise Unavailable("it fell over", hint="start it again.")

    voice = Voice("failing", Failing(), "plain", 150, ClipCache(tmp_path))
    with pytest.raises(Unavailable, match="fell over"):
        voice.prepare(["Press."])
    assert not list(tmp_path.rglob("*.json"))


def test_a_clip_is_the_same_object_each_time(tmp_path: Path) -> None:
    voice = find_voice("tone", rate=None, cache=tmp_path)
    assert voice.clip("Press.") is voice.clip("Press.")


def test_another_rate_voice_engine_or_version_is_another_clip(tmp_path: Path) -> None:
    class Newer(tone.Engine):
        def version(self) -> str:
            return "2"

    cache = ClipCache(tmp_path)
    keys = {
        Voice(name, engine, voice, rate, cache)._key("Press.")
        for name in ("tone", "tune")
        for engine in (tone.Engine(), Newer())
        for voice in ("plain", "fancy")
        for rate in (150, 160)
    }
    assert len(keys) == 16


def test_a_known_length_never_speaks_and_outlives_its_clip(tmp_path: Path) -> None:
    engine, voice = counted(tmp_path)
    assert voice.known_length("Press.") is None
    assert engine.asked == []
    voice.prepare(["Press."])
    for entry in tmp_path.rglob("*.clip"):
        entry.unlink()
    engine, voice = counted(tmp_path)
    assert voice.measure("Press.") == voice.known_length("Press.") == 600
    assert engine.asked == []
    assert voice.clip("Press.").duration == 600
    assert engine.asked == [["Press."]]


def test_a_clip_that_vanishes_during_a_run_is_made_again(tmp_path: Path) -> None:
    engine, voice = counted(tmp_path)
    voice.prepare(CUES)
    for entry in tmp_path.rglob("*.clip"):
        entry.unlink()
    assert voice.clip(CUES[0]).duration == tone.tone_length(CUES[0])
    assert engine.asked == [CUES, [CUES[0]]]


def test_what_was_spoken_before_a_failure_is_kept(tmp_path: Path) -> None:
    voice = saying(tmp_path, 0.5, 0.5)
    with pytest.raises(Unavailable):
        voice.prepare(["one", "two"])
    again = Voice("given", Given(), "plain", 150, ClipCache(tmp_path))
    again.prepare(["one"])
    assert again.known_length("one") == 1


def test_a_folder_that_cannot_be_written_is_noted_once_and_the_session_goes_on(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    engine, voice = counted(in_the_way)
    voice.prepare(CUES)
    assert [voice.clip(text).duration for text in CUES] == [tone.tone_length(text) for text in CUES]
    assert [voice.measure(text) for text in CUES] == [tone.tone_length(text) for text in CUES]
    assert engine.asked == [CUES]
    assert len(voice.notes) == 1
    assert str(in_the_way) in voice.notes[0]


def test_a_full_disk_does_not_stop_a_session(tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("there is no limit that could stand for a full disk")
    import resource

    _, voice = counted(tmp_path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        voice.prepare(CUES)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert voice.clip(CUES[0]).duration == tone.tone_length(CUES[0])
    assert len(voice.notes) == 1
    assert not [path for path in tmp_path.rglob("*") if path.suffix in {".tmp", ".clip"}]


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"version": 1, "lengths": {"Press.": -5}}', b"\xff\xfe"]
)
def test_a_damaged_index_of_lengths_is_made_again(damage: bytes, tmp_path: Path) -> None:
    _, voice = counted(tmp_path)
    voice.prepare(["Press."])
    index = next(path for path in tmp_path.rglob("*.json") if b"lengths" in path.read_bytes())
    sound = index.read_bytes()
    index.write_bytes(damage)
    engine, voice = counted(tmp_path)
    assert voice.measure("Press.") == 600
    assert engine.asked == []
    assert index.read_bytes() == sound


def test_two_runs_add_to_one_index_of_lengths(tmp_path: Path) -> None:
    _, one = counted(tmp_path)
    _, other = counted(tmp_path)
    assert one.known_length("one") is None
    assert other.known_length("two") is None
    one.prepare(["one"])
    other.prepare(["two"])
    _, third = counted(tmp_path)
    assert (third.known_length("one"), third.known_length("two")) == (600, 600)


def test_a_text_may_hold_any_character(tmp_path: Path) -> None:
    voice = find_voice("tone", rate=None, cache=tmp_path)
    for text in ("Ämter \U0001f600 \0 –", 'a "quoted" one', "x" * 5000):
        assert voice.measure(text) == tone.tone_length(text)


def test_a_length_that_is_known_needs_no_numpy(tmp_path: Path) -> None:
    find_voice("tone", rate=None, cache=tmp_path).prepare(CUES)
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from voiceguide.voice import find_voice\n"
        f"voice = find_voice('tone', rate=None, cache=Path({str(tmp_path)!r}))\n"
        f"voice.prepare({CUES!r})\n"
        f"print(*(voice.measure(text) for text in {CUES!r}))\n"
        "assert 'numpy' not in sys.modules\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    told = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, env=environment
    )
    assert told.stdout.split() == [str(tone.tone_length(text)) for text in CUES]
