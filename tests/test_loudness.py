"""Loudness and peaks beside another program's, and the level that every voice comes out at."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceguide.clip import Block, Clip
from voiceguide.earcons import make_earcon
from voiceguide.exporter import export
from voiceguide.known_settings import LOUDEST
from voiceguide.leveling import BOUND, find_gain, level
from voiceguide.library import find_routine, load_language, load_points, load_routine, routine_names
from voiceguide.loudness import (
    HIGHEST_PEAK,
    _phases,
    loudness,
    loudness_of,
    room_above,
    shifted,
    true_peak,
)
from voiceguide.scheduler.step_timeline import ALARM_GAINS
from voiceguide.session import Session, compile_session
from voiceguide.units import LOUDNESS, SAMPLERATE
from voiceguide.voice import REFERENCES, find_voice

SECOND = np.arange(SAMPLERATE)


def tone(hertz: float, peak: float, seconds: int = 2) -> Block:
    """Return a sine."""
    samples = peak * np.sin(2 * np.pi * hertz * np.arange(seconds * SAMPLERATE) / SAMPLERATE)
    return samples.astype(np.float32)


def noise(seed: int, seconds: float, peak: float = 0.1) -> Block:
    """Return noise that is never the same for two seeds."""
    dice = np.random.default_rng(seed)
    return dice.uniform(-peak, peak, round(seconds * SAMPLERATE)).astype(np.float32)


def decibels(linear: float) -> float:
    return float(20 * np.log10(linear))


@pytest.mark.parametrize("hertz", [40, 100, 300, 997, 3_000, 12_000])
def test_a_tone_is_as_loud_as_another_program_says(hertz: int) -> None:
    pyloudnorm = pytest.importorskip("pyloudnorm")
    samples = tone(hertz, 0.2)
    judged = pyloudnorm.Meter(SAMPLERATE).integrated_loudness(samples)
    assert loudness(samples) == pytest.approx(judged, abs=0.1)


@given(
    st.lists(st.tuples(st.sampled_from([1.0, 0.3, 0.01, 0.0]), st.integers(1, 20)), min_size=1, max_size=8)
)
@settings(max_examples=30, deadline=None)
def test_sounds_and_pauses_are_as_loud_as_another_program_says(parts: list[tuple[float, int]]) -> None:
    pyloudnorm = pytest.importorskip("pyloudnorm")
    parts = [(1.0, 4), *parts]
    samples = np.concatenate([noise(n, tenths / 10) * gain for n, (gain, tenths) in enumerate(parts)])
    judged = pyloudnorm.Meter(SAMPLERATE).integrated_loudness(samples)
    assert loudness(samples.astype(np.float32)) == pytest.approx(judged, abs=0.1)


def test_the_standard_has_a_full_tone_of_one_kilohertz_at_three_below() -> None:
    assert loudness(tone(997, 1.0)) == pytest.approx(-3.01, abs=0.02)


def test_a_long_sound_is_measured_piece_by_piece_and_comes_out_the_same() -> None:
    short = noise(1, 2)
    assert loudness(np.tile(short, 20)) == pytest.approx(loudness(short), abs=0.02)


def test_a_sound_shorter_than_a_block_is_not_softer_for_it() -> None:
    assert loudness(noise(1, 0.15)) == pytest.approx(loudness(noise(2, 3)), abs=0.3)


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros(100), np.zeros(SAMPLERATE)])
def test_silence_has_no_loudness_and_no_peak(samples: Block) -> None:
    assert loudness(samples) is None
    assert loudness_of([samples, samples]) is None
    assert true_peak(samples) == 0
    assert find_gain([samples]) is None


def test_a_wave_that_goes_higher_between_its_samples_is_seen() -> None:
    # At a quarter of the samplerate and 45 degrees every sample lies 3.01 dB below the crest.
    swell = np.minimum(1, np.minimum(SECOND, SECOND[::-1]) / 4_800)
    samples = (0.5 * swell * np.sin(np.pi / 2 * SECOND + np.pi / 4)).astype(np.float32)
    assert decibels(float(np.abs(samples).max())) == pytest.approx(-9.03, abs=0.01)
    assert decibels(true_peak(samples)) == pytest.approx(-6.02, abs=0.05)


@given(st.integers(0, 2**32 - 1), st.integers(1, 3_000))
def test_the_highest_point_is_found_wherever_it_lies(seed: int, count: int) -> None:
    dice = np.random.default_rng(seed)
    swell = dice.choice([0.1, 0.3, 1.0], size=count // 50 + 1).repeat(50)[:count]
    samples = (dice.uniform(-1, 1, count) * swell).astype(np.float32)
    everywhere = [samples, *(np.convolve(samples, taps) for taps in _phases())]
    assert true_peak(samples) == pytest.approx(max(np.abs(points).max() for points in everywhere), rel=1e-6)


def test_a_clip_can_be_made_louder_up_to_its_peak_and_softer_as_far_as_asked() -> None:
    clip = Clip(noise(1, 1), SAMPLERATE)
    assert shifted(clip, 0) is clip
    assert decibels(true_peak(shifted(clip, 20).samples)) == pytest.approx(HIGHEST_PEAK, abs=0.01)
    assert decibels(true_peak(shifted(clip, 20, 3.0).samples)) == pytest.approx(HIGHEST_PEAK - 3, abs=0.01)
    assert np.allclose(shifted(clip, -20).samples * 10, clip.samples, atol=1e-6)


def test_a_voice_keeps_what_it_stresses_within_a_bound() -> None:
    for own, comes_out in (
        (-30, LOUDNESS - BOUND),
        (-25, -17),
        (-24, -16),
        (-23, -15),
        (-15, LOUDNESS + BOUND),
    ):
        cue = noise(1, 2)
        cue *= np.float32(10 ** ((own - (loudness(cue) or 0)) / 20))
        assert loudness(level(cue, 8.0)) == pytest.approx(comes_out, abs=0.01)
        assert loudness(level(cue, None)) == pytest.approx(LOUDNESS, abs=0.01), "one that has no gain"


def pulses(hertz: int) -> Block:
    """Return two seconds of clicks, so many a second: loud peaks and little else."""
    samples = np.zeros(2 * SAMPLERATE, np.float32)
    samples[:: SAMPLERATE // hertz] = 0.5
    return samples


def test_a_peak_that_would_be_too_high_is_spread_or_lowered_and_nothing_gets_longer() -> None:
    cue = pulses(100)
    louder = level(cue, None)
    assert len(louder) == len(cue)
    assert decibels(true_peak(louder)) <= HIGHEST_PEAK + 0.001
    gained = (loudness(louder) or 0) - (loudness(cue) or 0)
    assert gained > room_above(cue) + 2, "what is spread may be louder than its peak would have let it"
    # At the pitches of the clicks, over whole periods of them.
    spectra = [np.abs(np.fft.rfft(one[4_800:-4_800]))[180:36_000:180] for one in (cue, louder)]
    ratio = spectra[1] / spectra[0]
    assert ratio.std() < 0.02 * ratio.mean(), "and no pitch of it is louder beside the others than before"


def test_the_gain_of_a_voice_is_that_of_its_sentences_and_not_of_one_of_them() -> None:
    sentences = [noise(seed, 2, peak) for seed, peak in ((1, 0.04), (2, 0.05), (3, 0.06))]
    gain = find_gain([*sentences, np.zeros(SAMPLERATE, np.float32)])
    together = loudness_of(one * np.float32(10 ** ((gain or 0) / 20)) for one in sentences)
    assert together == pytest.approx(LOUDNESS, abs=0.05)


@pytest.mark.parametrize("gain", sorted(set(ALARM_GAINS)))
def test_the_alarm_stands_out_and_is_never_more_than_six_louder_than_speech(gain: float) -> None:
    alarm = loudness(make_earcon("alarm").samples)
    assert alarm is not None
    assert LOUDNESS - 6 <= alarm + gain <= LOUDNESS + 6
    assert max(ALARM_GAINS) == 6


def test_all_other_signals_are_softer_than_speech() -> None:
    for name in ("lead_in", "soft_tone", "key"):
        assert (loudness(make_earcon(name).samples) or 0) < LOUDNESS - 6


def compile_routine(name: str, engine: str, cache: Path) -> Session:
    """Return a routine in the default voice of an engine."""
    voice = find_voice(engine, rate=None, cache=cache)
    return compile_session(load_routine(find_routine(name)), load_points(), load_language("en"), voice)


@pytest.mark.parametrize("engine", ["tone", "espeak", "pack"])
def test_every_cue_of_a_session_lies_at_its_level_under_its_peak(engine: str, shared_cache: Path) -> None:
    session = compile_routine("hands", engine, shared_cache)
    texts = {event.spoken for event in session.timeline.events if event.kind == "speech"}
    for text in texts:
        samples = session.voice.clip(text).samples
        assert loudness(samples) == pytest.approx(LOUDNESS, abs=BOUND + 0.1)
        assert decibels(true_peak(samples)) <= HIGHEST_PEAK + 0.01
    assert session.measure()[0] == pytest.approx(LOUDNESS, abs=0.6)


@pytest.mark.parametrize("wanted", [-30, -23, -16, LOUDEST])
def test_a_session_is_as_loud_as_was_asked_for_as_far_as_its_peaks_allow(
    wanted: int, shared_cache: Path
) -> None:
    usual = compile_routine("lying-down", "tone", shared_cache)
    session = replace(usual, loudness=wanted)
    measured, peak = session.measure()
    assert measured == pytest.approx(wanted, abs=0.5)
    assert decibels(peak) <= HIGHEST_PEAK
    event = next(event for event in session.timeline.events if event.name == "soft_tone")
    signals = [one.mixer().read(event.start * 48, event.duration * 48) for one in (usual, session)]
    moved = decibels(float(np.abs(signals[1]).max() / np.abs(signals[0]).max()))
    assert moved == pytest.approx(wanted - LOUDNESS, abs=0.01), "signals keep their distance"


def test_at_the_usual_loudness_the_clips_are_mixed_as_they_were_kept(shared_cache: Path) -> None:
    session = compile_routine("hands", "tone", shared_cache)
    event = next(event for event in session.timeline.events if event.kind == "speech")
    clip = session.voice.clip(event.spoken).samples
    assert np.array_equal(session.mixer().read(event.start * 48, len(clip)), clip)


def test_a_sentence_that_nobody_hears_tells_each_vowel_and_none_is_there_twice() -> None:
    assert len(set(REFERENCES)) == len(REFERENCES) >= 5


def without_silence(file: Path, target: Path) -> None:
    """Write a sound without the silence half a second away from anything, in steps a meter counts by.

    What it leaves out no meter counts: it saves the meter nine tenths of its time.
    """
    with soundfile.SoundFile(file) as whole:
        steps = [whole.read(SAMPLERATE // 10, dtype="int16") for _ in range(-(-whole.frames // 4_800))]
    near = np.convolve([step.any() for step in steps], np.ones(11), mode="same") > 0
    soundfile.write(
        target, np.concatenate([step for step, kept in zip(steps, near, strict=True) if kept]), SAMPLERATE
    )


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is the judge")
@pytest.mark.parametrize("engine", ["tone", "espeak", "pyttsx3", "flite", "pack"])
@pytest.mark.parametrize("name", routine_names())
def test_another_program_hears_each_session_at_its_level(
    name: str, engine: str, tmp_path: Path, shared_cache: Path
) -> None:
    whole, file = tmp_path / "whole.wav", tmp_path / "session.wav"
    export(compile_routine(name, engine, shared_cache), whole)
    without_silence(whole, file)
    whole.unlink()  # up to 270 MB
    judge = ("ffmpeg", "-nostats", "-hide_banner", "-i", file, "-af", "ebur128=peak=true", "-f", "null", "-")
    told = subprocess.run(judge, capture_output=True, text=True, check=True).stderr
    summary = told[told.rindex("Summary:") :]
    assert float(re.findall(r"I: +(\S+) LUFS", summary)[0]) == pytest.approx(LOUDNESS, abs=0.5)
    assert float(re.findall(r"Peak: +(\S+) dBFS", summary)[0]) <= -1.5
