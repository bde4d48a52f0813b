"""What lies under the voice: never near it, never a click, and the same in a file as live."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.made_up import MadeUp, Sound, Stretch, make_routine, make_session
from tests.test_mixer import sessions
from voiceguide import turns
from voiceguide.background import (
    FARTHEST,
    HIGHEST,
    NEAREST,
    USUAL_DUCK,
    USUAL_LEVEL,
    Background,
    find_background,
    lay_bed,
)
from voiceguide.clip import Block
from voiceguide.commands._options import typed
from voiceguide.endless import FADE
from voiceguide.errors import UnknownName, UsageError
from voiceguide.library import find_routine, load_language, load_points, load_routine
from voiceguide.loops import NAMES
from voiceguide.loudness import loudest, loudness
from voiceguide.player import RAMP, Player
from voiceguide.scheduler.bells import BELLS
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.timeline import Timeline
from voiceguide.session import Session, compile_session
from voiceguide.units import Milliseconds, in_frames
from voiceguide.voice import find_voice

RATE = 8_000
CLICK = 10 ** (-50 / 20)
"""What no click may reach, linear."""
WORDS = tuple(Sound(start, 900) for start in (6_000, 9_000, 20_000, 21_000))


def under(name: str = "brown", **more: float) -> Background:
    found = find_background(name, **more)
    assert found is not None
    return found


def quiet_session(name: str, length: int = 30_000, sounds: tuple[Sound, ...] = WORDS) -> MadeUp:
    """Return a session whose words are silent, so that what lies under them is all that is heard."""
    session = make_session([Stretch("hold", length, sounds)], RATE)
    silent = {text: replace(clip, samples=0 * clip.samples) for text, clip in session.speech.items()}
    return replace(session, speech=silent, background=under(name))


def file_of(session: MadeUp, blocksize: int = 4_800) -> NDArray[np.int16]:
    return np.concatenate([np.zeros(0, np.int16), *session.mixer().blocks(blocksize)])


def pulled(player: Player, size: int, frames: int) -> NDArray[np.int16]:
    sizes = [*[size] * (frames // size), *([frames % size] if frames % size else [])]
    return np.concatenate([np.zeros(0, np.int16), *(player.pull(each) for each in sizes)])


def clicks(sound: NDArray[np.int16]) -> float:
    """Return the highest sample above 2.4 kHz, linear, where the hum has nothing of its own."""
    spectrum = np.fft.rfft(np.pad(sound / 32_767, 4_000))
    spectrum[: round(2_400 / RATE * (len(sound) + 8_000))] = 0
    return float(np.abs(np.fft.irfft(spectrum, len(sound) + 8_000)).max())


@cache
def hands(engine: str) -> Session:
    """Return a whole session, without a background."""
    voice = find_voice(engine, rate=None)
    routine = load_routine(find_routine("hands"))
    return compile_session(routine, load_points(), load_language("en"), voice)


@cache
def bells() -> Session:
    """Return a whole session of bells, without a background."""
    routine = load_routine(find_routine("hands"))
    content = routine, load_points(), load_language("en")
    return compile_session(*content, find_voice("tone", rate=None), Options(detail="bells"))


def spoken(session: Session) -> Iterator[tuple[Block, Block]]:
    """Yield each cue as it is mixed, and what lies under it."""
    mixer = session.mixer()
    assert mixer.bed is not None
    for event in session.timeline.events:
        if event.kind == "speech":
            start, frames = (in_frames(time, session.samplerate) for time in (event.start, event.duration))
            cue = mixer.read(start, frames)
            yield cue, mixer.bed.read(start, frames, left=mixer.frames - start)


# ── never near the voice ──


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("engine", ["tone", "espeak"])
@pytest.mark.slow
def test_it_lies_12_lu_and_more_below_every_word_however_near_it_is_asked_for(engine: str, name: str) -> None:
    session = replace(hands(engine), background=under(name, level=NEAREST, duck=0))
    below = []
    for cue, bed in spoken(session):
        assert bed.any()
        below.append((loudness(cue) or 0) - (loudness(bed) or -99))
    assert len(below) > 20
    assert min(below) >= 12


@pytest.mark.parametrize("name", NAMES)
def test_it_lies_12_lu_and_more_below_every_bell_however_near_it_is_asked_for(name: str) -> None:
    session = replace(bells(), background=under(name, level=NEAREST, duck=0))
    mixer, bare = session.mixer(), replace(session, background=None).mixer()
    assert mixer.bed is not None
    below: dict[str, float] = {}
    for event in session.timeline.events:
        if event.name in BELLS:
            start, frames = (in_frames(time, session.samplerate) for time in (event.start, event.duration))
            bed = mixer.bed.read(start, frames, left=mixer.frames - start)
            below[event.name] = min(
                below.get(event.name, 99), loudest(bare.read(start, frames)) - loudest(bed)
            )
    assert set(below) == {*BELLS}
    assert min(below.values()) >= 12, below


@pytest.mark.parametrize("name", NAMES)
def test_where_nobody_speaks_its_loudest_moment_is_as_far_below_as_was_asked_for(name: str) -> None:
    bed = lay_bed(under(name, level=24), (), 48_000, -20)
    assert loudest(bed.sound.cut(0, 70 * 48_000)) == pytest.approx(-20 - 24, abs=0.1)


@given(st.integers(NEAREST, FARTHEST), st.integers(0, 30), st.sampled_from(NAMES), st.integers(-30, -10))
@settings(max_examples=20)
def test_with_it_no_peak_of_a_voice_is_clipped(level: int, duck: int, name: str, lufs: int) -> None:
    bed = lay_bed(under(name, level=level, duck=duck), (), RATE, lufs)
    highest = float(np.abs(bed.sound.cut(0, 70 * RATE)).max()) * bed.ducking.low
    assert highest <= bed.peak * 1.0001 <= HIGHEST * 1.0002
    assert 10 ** (-1.5 / 20) + HIGHEST < 1


def test_louder_and_softer_keep_its_distance_from_the_voice() -> None:
    session = quiet_session("brown")
    player, other = Player(session.as_session), Player(session.as_session)
    player.make_louder(-2)
    pulled(player, 800, 64_000), pulled(other, 800, 64_000)
    softer, usual = pulled(player, 800, 40_000).astype(float), pulled(other, 800, 40_000).astype(float)
    assert 20 * np.log10(softer.std() / usual.std()) == pytest.approx(-6, abs=0.2)


# ── never a click ──


@pytest.mark.parametrize("length", [30_000, 150_000])
def test_nothing_clicks_at_a_word_at_the_edges_nor_where_the_loop_comes_back(length: int) -> None:
    sound = file_of(quiet_session("drone", length))
    assert np.abs(sound).max() > 100
    assert clicks(sound) < CLICK / 10


@given(st.lists(st.tuples(st.integers(1, 40_000), st.sampled_from(["toggle", "end", "stop"])), max_size=6))
@example([(1, "toggle"), (1_778, "toggle")])
@settings(max_examples=25)
def test_nothing_clicks_whatever_keys_are_pressed(keys: list[tuple[int, str]]) -> None:
    player = Player(quiet_session("drone").as_session)
    heard = [pulled(player, 800, 48_000)]
    for frames, key in keys:
        getattr(player, key)()
        heard.append(pulled(player, 800, frames))
    # Where we stop listening, in the middle of a hum, is no end of the sound, and must not sound like one.
    away = np.concatenate([np.ones(7_200), np.cos(np.linspace(0, np.pi, 800)) / 2 + 0.5])
    heard.append((pulled(player, 800, 8_000) * away).astype(np.int16))
    assert clicks(np.concatenate(heard)) < CLICK


def test_a_click_would_be_found() -> None:
    sound = file_of(quiet_session("drone")).copy()
    sound[100_000:] = 0
    assert clicks(sound) > CLICK / 5


# ── it comes and goes ──


def test_it_comes_over_the_first_seconds_and_goes_over_the_last() -> None:
    sound = file_of(quiet_session("brown", sounds=())).astype(float) / 32_767
    parts = [sound[at : at + 4_000].std() for at in range(0, len(sound), 4_000)]
    full = np.median(parts)
    fade = FADE // 500
    assert parts[0] < full / 5
    assert parts[-1] < full / 5
    assert min(parts[fade:-fade]) > full / 2
    assert abs(sound[0]) < CLICK
    assert abs(sound[-1]) < CLICK


def test_in_a_pause_it_goes_on_far_away() -> None:
    player = Player(quiet_session("brown", sounds=()).as_session)
    before = pulled(player, 800, 80_000)[-16_000:].astype(float)
    player.pause()
    paused = pulled(player, 800, 80_000)[-16_000:].astype(float)
    player.resume()
    after = pulled(player, 800, 40_000)[-16_000:].astype(float)
    assert 20 * np.log10(paused.std() / before.std()) == pytest.approx(-15, abs=2)
    assert 20 * np.log10(after.std() / before.std()) == pytest.approx(0, abs=2)


def test_it_goes_down_for_what_a_key_asks_for_too() -> None:
    session = quiet_session("brown", sounds=(Sound(25_000, 900),))
    word = replace(session.timeline.events[0], start=Milliseconds(200), segment=0)
    session = replace(session, asides={"end_again": Timeline(Milliseconds(2_000), (), (), (word,))})
    player = Player(session.as_session)
    before = pulled(player, 800, 80_000)[-16_000:].astype(float)
    player.turn(turns.ask_to_end)
    pulled(player, 800, 1_600)
    during = pulled(player, 800, 7_200).astype(float)
    pulled(player, 800, 16_000)
    after = pulled(player, 800, 16_000).astype(float)
    assert 20 * np.log10(during.std() / before.std()) == pytest.approx(-USUAL_DUCK, abs=2)
    assert 20 * np.log10(after.std() / before.std()) == pytest.approx(0, abs=2)


def test_who_stops_is_not_kept_waiting_for_it() -> None:
    player = Player(quiet_session("brown").as_session)
    pulled(player, 800, 80_000)
    player.stop()
    pulled(player, 8, RAMP * 8)
    assert player.ended
    assert not player.pull(1_000).any()


# ── the same, however it is asked for ──


@given(sessions(), st.integers(1, 2_000))
@settings(max_examples=30)
def test_every_blocksize_gives_the_same_samples(session: MadeUp, blocksize: int) -> None:
    session = replace(session, background=under(), room_tone=True)
    assert np.array_equal(file_of(session, blocksize), file_of(session))


@given(st.sampled_from([500, 4_000, 30_000]), st.integers(50, 50_000))
@settings(max_examples=20)
def test_without_a_key_what_is_played_is_what_is_exported_to_its_last_frame(length: int, size: int) -> None:
    words = tuple(one for one in WORDS if one.start + one.duration <= length)
    session = make_session([Stretch("hold", length, words)], RATE)
    session = replace(session, background=under("waves"), room_tone=True)
    exported = file_of(session)
    player = Player(session.as_session)
    assert np.array_equal(pulled(player, size, len(exported)), exported)
    assert player.ended
    assert not player.pull(1_000).any()


@given(st.integers(0, 240_000), st.integers(0, 60_000))
@settings(max_examples=30)
def test_a_part_is_that_stretch_of_the_whole(start: int, frames: int) -> None:
    session = replace(make_session([Stretch("hold", 30_000, WORDS)], RATE), background=under())
    end = min(start + frames, 240_000)
    part = np.concatenate([np.zeros(0, np.int16), *session.mixer().blocks(start=start, end=end)])
    assert np.array_equal(part, file_of(session)[start:end])


def test_words_and_lengths_are_where_they_are_without_it() -> None:
    without, session = make_routine(), replace(make_routine(), background=under())
    assert session.mixer().frames == without.mixer().frames
    assert np.array_equal(session.mixer().read(0, 96_000), without.mixer().read(0, 96_000))
    assert session.mixer().peak > without.mixer().peak


# ── what is asked for ──


@pytest.mark.parametrize("text", ["none", "NONE", " none "])
def test_none_is_nothing(text: str) -> None:
    assert find_background(text) is None


def test_a_name_may_be_typed_in_capitals_and_its_level_is_the_usual_one() -> None:
    assert find_background("Rain") == Background("rain", level=USUAL_LEVEL)


def test_a_file_of_a_user_that_nobody_knows_is_told_as_one_that_is_not_there() -> None:
    with pytest.raises(UsageError, match=r"'.*~nobody-of-that-name/rain\.wav' is not there"):
        find_background("~nobody-of-that-name/rain.wav")


def test_a_word_that_is_neither_a_name_nor_a_file_is_told() -> None:
    with pytest.raises(UnknownName, match="unknown background 'wave'") as caught:
        find_background("wave")
    assert "'waves'" in (caught.value.hint or "")


@pytest.mark.parametrize(("name", "sounds", "stays"), [("lying-down", False, "alarm"), ("hands", True, "")])
def test_without_lead_ins_everything_else_is_where_it_was(name: str, stays: str, *, sounds: bool) -> None:
    voice = find_voice("tone", rate=None)
    content = load_routine(find_routine(name)), load_points(), load_language("en"), voice
    usual, bare = (compile_session(*content, Options(earcons=on), sounds=sounds) for on in (True, False))
    assert bare.timeline.duration == usual.timeline.duration
    assert [one for one in usual.timeline.events if one.name != "lead_in"] == [*bare.timeline.events]
    assert len(bare.timeline.events) < len(usual.timeline.events)
    assert stays in {event.name for event in bare.timeline.events} | {""}
    assert all(event.name != "lead_in" for one in bare.ways_up.values() for event in one.events)


def test_that_no_lead_ins_were_asked_for_is_typed_as_it_was() -> None:
    assert typed(Options(earcons=False)) == ["--earcons", "off"]
