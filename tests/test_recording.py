"""What is wrong with a recording, and what is not: rooms, microphones, habits of those who read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.recordings import (
    FAULTS,
    QUIET,
    RATE,
    SCRIPT,
    TEXTS,
    Sound,
    hiss,
    in_a_room,
    louder,
    record,
    speak,
    write,
)
from voiceguide.recorded_voice import FaultyRecordings, read_recordings
from voiceguide.recording import KINDS, LEAST_ABOVE_NOISE, QUIETEST, examine

TEXT = TEXTS[1]
QUICK = [kind for kind in FAULTS if kind != "wrong_text"]


def kinds(path: Path, text: str = TEXT) -> list[str]:
    """Return what is wrong with a file."""
    return [fault.kind for fault in examine(path, text).faults]


def judged(path: Path, sound: Sound, text: str = TEXT) -> list[str]:
    """Return what is wrong with a sound."""
    return kinds(write(path, sound), text)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "0001.wav"


def spans(sound: Sound, wanted: Sound) -> bool:
    """Return True if a sound is as long as another one, but for a little quiet around it."""
    return len(wanted) - 0.03 * RATE < len(sound) < len(wanted) + 0.2 * RATE


# ── planted faults ──


def test_a_script_with_planted_faults_is_refused_for_exactly_these(tmp_path: Path) -> None:
    folder = record(tmp_path / "recordings")
    assert len(QUICK) >= 10
    for number, kind in enumerate(QUICK, start=1):
        FAULTS[kind](folder / f"{number:04}.wav", SCRIPT[number])
    with pytest.raises(FaultyRecordings) as caught:
        read_recordings(folder, SCRIPT)
    assert [(one.number, one.fault.kind) for one in caught.value.found] == list(enumerate(QUICK, start=1))
    told = caught.value.lines()
    assert told[-1] == f"Error: {len(QUICK)} of {len(SCRIPT)} recordings cannot be used, and no pack was made"
    for one in caught.value.found:
        line = next(line for line in told if f"(number {one.number}: '{one.text}')" in line)
        assert line.startswith(f"Error: {folder / one.file}: {one.fault.measured}")
        assert told[told.index(line) + 1] == f"Hint:  {one.fault.remedy}"


def test_every_kind_of_fault_can_be_planted() -> None:
    assert {*FAULTS, "unknown"} == set(KINDS)


def test_texts_that_are_missing_in_a_row_are_told_in_one_line(tmp_path: Path) -> None:
    folder = record(tmp_path / "recordings")
    for number in (2, 5, 6, 7, 8, 9):
        (folder / f"{number:04}.wav").unlink()
    with pytest.raises(FaultyRecordings) as caught:
        read_recordings(folder, SCRIPT)
    assert len(caught.value.found) == 6
    errors = [line for line in caught.value.lines() if line.startswith("Error: ")]
    assert len(errors) == 3
    assert "there are no recordings 0005.wav to 0009.wav, 5 texts" in errors[1]


def test_a_number_that_no_text_has_is_told(tmp_path: Path) -> None:
    folder = record(tmp_path / "recordings")
    (folder / "0099.wav").write_bytes((folder / "0001.wav").read_bytes())
    (folder / "notes.txt").write_text("number 7 went best in the morning")
    with pytest.raises(FaultyRecordings, match="1 of 13") as caught:
        read_recordings(folder, SCRIPT)
    assert [(one.number, one.fault.kind) for one in caught.value.found] == [(99, "unknown")]


# ── where the bounds lie ──


@pytest.mark.parametrize("over", [3, 6, 12])
@pytest.mark.parametrize("after", [0, -20])
def test_what_was_too_loud_is_found_even_if_it_was_made_softer(path: Path, over: float, after: float) -> None:
    words = speak(TEXT)
    words = words / np.abs(words).max() * np.float32(10 ** (over / 20))
    clipped = louder(np.clip(in_a_room(words), -1, 1), after)
    assert judged(path, clipped) == ["clipped"]


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000, 96_000])
def test_a_voice_that_only_just_fits_is_not_clipped(path: Path, rate: int) -> None:
    words = speak(TEXT)
    write(path, in_a_room(words / np.abs(words).max() * np.float32(0.97)), rate=rate)
    assert kinds(path) == []


def test_how_loud_it_must_be_and_how_far_above_the_noise(path: Path) -> None:
    assert judged(path, louder(in_a_room(speak(TEXT), -90), QUIETEST + 26 + 3)) == []
    assert judged(path, louder(in_a_room(speak(TEXT), -90), QUIETEST + 26 - 3)) == ["too_quiet"]
    # -26 dB on average are a few more in its vowels.
    assert judged(path, in_a_room(speak(TEXT), -24 - LEAST_ABOVE_NOISE - 3)) == []
    assert judged(path, in_a_room(speak(TEXT), -24 - LEAST_ABOVE_NOISE + 6)) == ["noisy"]


@pytest.mark.parametrize("noise", [-30, -10])
def test_words_that_drown_in_noise_are_noisy_and_nothing_else(path: Path, noise: float) -> None:
    found = judged(path, in_a_room(speak(TEXT), noise))
    assert found == ["noisy"]


@pytest.mark.parametrize("missing", [0.05, 0.2, 0.4])
def test_a_beginning_or_an_end_that_is_missing_is_noticed(path: Path, missing: float) -> None:
    text = "Now, one more round on the other arm."
    whole = in_a_room(speak(text))
    # Within a sound: nobody hears of a word that is missing before a pause.
    loud = np.flatnonzero(np.abs(whole) > 0.05)
    start = loud[loud >= QUIET + missing * RATE][0]
    assert judged(path, whole[start:], text) == ["cut_at_start"]
    end = loud[loud <= len(whole) - QUIET - missing * RATE][-1]
    assert judged(path, whole[:end], text) == ["cut_at_end"]


@pytest.mark.parametrize("rate", [90, 150, 280])
@pytest.mark.parametrize("voice", ["en-us+f5", "en-gb", "en-us"])
def test_slow_and_quick_readers_are_fine(path: Path, rate: int, voice: str) -> None:
    for text in ("Press.", "Right.", *TEXTS):
        assert judged(path, in_a_room(speak(text, rate, voice)), text) == []


def test_a_text_of_which_half_was_read_and_one_with_another_behind_it_are_noticed(path: Path) -> None:
    half = speak("Lie on your back.")
    assert judged(path, in_a_room(half), f"{TEXTS[0]} And both your feet flat on the floor.") == ["too_short"]
    both = np.concatenate([speak(text) for text in TEXTS[:4]])
    assert judged(path, in_a_room(both), TEXTS[3]) == ["too_long"]


# ── what is mended without a word ──


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 192_000])
@pytest.mark.parametrize(("suffix", "subtype"), [(".wav", "PCM_16"), (".wav", "PCM_24"), (".wav", "FLOAT")])
@pytest.mark.parametrize("channels", [1, 2])
def test_any_rate_channels_and_samples_are_taken(
    tmp_path: Path, rate: int, suffix: str, subtype: str, channels: int
) -> None:
    words = speak(TEXT)
    path = write(tmp_path / f"1{suffix}", in_a_room(words), rate=rate, channels=channels, subtype=subtype)
    take = examine(path, TEXT)
    assert take.faults == ()
    assert take.channel is None
    assert spans(take.speech, words)


@pytest.mark.parametrize(
    ("suffix", "subtype"),
    [(".flac", "PCM_24"), (".mp3", "MPEG_LAYER_III"), (".ogg", "VORBIS"), (".aiff", "PCM_16")],
)
def test_other_formats_are_taken(tmp_path: Path, suffix: str, subtype: str) -> None:
    assert kinds(write(tmp_path / f"1{suffix}", in_a_room(speak(TEXT)), subtype=subtype)) == []


@pytest.mark.parametrize("other", ["silent", "noise", "opposite"])
def test_a_channel_that_would_take_from_the_voice_is_left_away(path: Path, other: str) -> None:
    words = in_a_room(speak(TEXT))
    second = {"silent": words * 0, "noise": hiss(len(words), -45, seed=2), "opposite": -words}[other]
    soundfile.write(path, np.stack([second, words], axis=1), RATE)
    take = examine(path, TEXT)
    assert take.faults == ()
    assert take.channel == (1 if other == "opposite" else 2)
    assert np.abs(take.speech).max() == pytest.approx(np.abs(words).max(), rel=0.1)


def test_a_constant_and_the_rumble_of_a_street_are_taken_out(path: Path) -> None:
    words = in_a_room(speak(TEXT))
    times = np.arange(len(words)) / RATE
    street = 0.05 + 0.1 * np.sin(2 * np.pi * 22 * times)
    take = examine(write(path, (words + street).astype(np.float32)), TEXT)
    assert take.faults == ()
    assert spans(take.speech, speak(TEXT))


@pytest.mark.parametrize("where", [0.0, 0.12])
def test_a_finger_on_the_button_is_no_speech(path: Path, where: float) -> None:
    words = speak(TEXT)
    sound = in_a_room(words)
    knock = hiss(RATE // 50, -20, seed=3)
    for start in (round(where * RATE), len(sound) - len(knock) - round(where * RATE)):
        sound[start : start + len(knock)] += knock
    take = examine(write(path, sound), TEXT)
    assert take.faults == ()
    assert spans(take.speech, words)


def test_what_is_no_number_is_no_sound(path: Path) -> None:
    sound = in_a_room(speak(TEXT))
    sound[9] = np.nan
    assert kinds(write(path, sound, subtype="FLOAT")) == ["unreadable"]


@pytest.mark.parametrize(("rate", "channels"), [(7_999, 1), (192_001, 1), (48_000, 3)])
def test_rates_and_channels_that_no_microphone_has_are_refused(path: Path, rate: int, channels: int) -> None:
    write(path, in_a_room(speak(TEXT)), rate=rate, channels=channels)
    (fault,) = examine(path, TEXT).faults
    assert (fault.kind, fault.measured) == ("unreadable", f"it has {channels} channels at {rate} Hz")


def test_a_file_that_is_empty_or_cut_short_or_no_file_is_told(path: Path, tmp_path: Path) -> None:
    path.write_bytes(b"")
    assert kinds(path) == ["unreadable"]
    soundfile.write(path, np.zeros(0), RATE)
    assert kinds(path) == ["silent"]
    soundfile.write(path, np.zeros((RATE, 9)), RATE)
    assert kinds(path) == ["unreadable"]
    assert kinds(tmp_path) == ["unreadable"]
