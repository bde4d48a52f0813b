"""The mixer: the same samples however they are asked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.made_up import (
    MadeUp,
    Sound,
    Stretch,
    make_clip,
    make_routine,
    make_session,
    peak_memory,
)
from voiceguide.clip import Clip, to_int16
from voiceguide.mixer import Mixer
from voiceguide.units import Milliseconds

SAMPLERATE = 8_000
"""Low, so that many sessions are quick."""


@st.composite
def sessions(draw: st.DrawFn) -> MadeUp:
    """Return a session of gaps and sounds, some of them without anything between."""
    sounds = []
    now = 0
    for gap, duration, gain in draw(
        st.lists(
            st.tuples(st.integers(0, 40), st.integers(1, 60), st.sampled_from([0.0, -6.0, 3.5])), max_size=8
        )
    ):
        sounds.append(Sound(now + gap, duration, gain=gain))
        now += gap + duration
    return make_session([Stretch("hold", now + draw(st.integers(0, 40)), tuple(sounds))], SAMPLERATE)


def whole(session: MadeUp) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Return the session's sound by the simplest way there is: one array, one clip after another."""
    sound = np.zeros(session.timeline.duration * (session.samplerate // 1000), np.float32)
    for event in session.timeline.events:
        clip = session.speech[event.spoken] if event.spoken else session.earcons[event.name]
        start = event.start * (session.samplerate // 1000)
        sound[start : start + clip.frames] = clip.samples * np.float32(10 ** (event.gain / 20))
    return sound


@given(sessions(), st.integers(1, 2_000))
def test_every_blocksize_gives_the_same_samples(session: MadeUp, blocksize: int) -> None:
    blocks = [block.copy() for block in session.mixer().blocks(blocksize)]
    assert all(len(block) == blocksize for block in blocks[:-1])
    assert np.array_equal(np.concatenate([*blocks, np.zeros(0, np.int16)]), to_int16(whole(session)))


@given(sessions(), st.integers(-500, 6_000), st.integers(0, 3_000))
def test_any_stretch_is_that_stretch_of_the_whole_and_silence_outside(
    session: MadeUp, start: int, frames: int
) -> None:
    beyond = np.concatenate([np.zeros(500, np.float32), whole(session), np.zeros(10_000, np.float32)])
    assert np.array_equal(session.mixer().read(start, frames), beyond[500 + start :][:frames])


def test_each_event_begins_at_its_exact_frame_and_silence_is_everywhere_else() -> None:
    session = make_routine()
    sound = np.concatenate(list(session.mixer().blocks()))
    sounding = np.zeros(len(sound), np.bool_)
    for event in session.timeline.events:
        sounding[event.start * 48 : (event.start + event.duration) * 48] = True
    assert len(sound) == session.mixer().frames == session.timeline.duration * 48
    assert np.array_equal(sound != 0, sounding)


def test_a_block_that_was_read_belongs_to_the_reader() -> None:
    mixer = make_routine().mixer()
    mixer.read(0, 48_000)[:] = 1
    assert np.array_equal(mixer.read(0, 48_000), make_routine().mixer().read(0, 48_000))


def test_gain_is_in_decibels() -> None:
    loud, soft = (
        make_session([Stretch("hold", 50, (Sound(0, 50, gain=gain),))]).mixer().read(0, 2400)
        for gain in (0.0, -20.0)
    )
    assert np.allclose(soft * 10, loud, rtol=1e-6)


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        (Clip(make_clip("words", 200, 48_000).samples, 24_000), "24000 Hz"),
        (make_clip("words", 201, 48_000), "201 ms, not 200 ms"),
        (None, "no clip"),
    ],
)
def test_a_clip_that_does_not_fit_its_event_is_refused(changed: Clip | None, complaint: str) -> None:
    session = make_routine()
    speech = {spoken: clip for spoken, clip in session.speech.items() if clip.duration != 200}
    if changed:
        speech = {
            spoken: changed if clip.duration == 200 else clip for spoken, clip in session.speech.items()
        }
    with pytest.raises(ValueError, match=complaint):
        Mixer(session.timeline, speech, session.earcons)


def test_events_that_overlap_or_outlast_the_session_are_refused() -> None:
    session = make_routine()
    first, second, *others = session.timeline.events
    overlapping = replace(second, start=Milliseconds(first.start + first.duration - 1))
    for events in ((first, overlapping, *others), (second, first)):
        with pytest.raises(ValueError, match="overlaps"):
            Mixer(replace(session.timeline, events=events), session.speech, session.earcons)
    shorter = replace(session.timeline, duration=Milliseconds(session.timeline.duration - 400))
    with pytest.raises(ValueError, match="overlaps"):
        Mixer(shorter, session.speech, session.earcons)


def test_a_samplerate_without_whole_frames_in_a_millisecond_is_refused() -> None:
    with pytest.raises(ValueError, match="22050"):
        make_routine(22_050).mixer()


def test_four_hours_take_no_more_memory_than_thirty_minutes() -> None:
    read_all = "all(len(block) for block in blocks)"
    assert peak_memory(read_all, 240) <= peak_memory(read_all, 30) * 1.1
