"""A sound file in which somebody reads a text -> what is spoken in it, and all that is wrong with it.

A person reads some thousand sentences, on several days, with whatever microphone there is. What is judged is
what cannot be mended afterwards; rates, channels, sample formats, levels, rumble below all voices and the
quiet around the words are put right without a word.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voiceguide.clip import Block, Clip, resample
from voiceguide.loudness import loudness
from voiceguide.units import HIGHEST_RATE, LOWEST_RATE, SAMPLERATE

LONGEST = 60
"""Seconds of a file that are looked at. The longest sentence takes a third of that."""
QUIETEST = -40.0
"""LUFS of speech. What is brought up by more than 24 dB brings the hiss of its microphone along."""
LEAST_ABOVE_NOISE = 30.0
"""Decibels that speech must lie above the noise around it. A quiet room and a phone give 35 to 45; below 30
the silence of a session is heard to begin and to end with each sentence."""
EDGE = 20
"""Milliseconds that must be quiet at either end: less, and something may be missing."""
_LETTERS = 12
"""Letters and figures a second at 150 words a minute (measured: five synthetic voices, 421 cues)."""
_SHORTEST_PART, _LONGEST_PART, _EXTRA = 0.4, 2.5, 1.5
"""Of the usual length that a text may take: from 375 down to 60 words a minute, and seconds for pauses."""

_MOST_CHANNELS = 2
"""A microphone has no more, and a minute of them at the highest rate fits into memory: 92 MB."""
_FRAME = SAMPLERATE // 100
"""Samples whose power is looked at together: 10 ms."""
_NOTHING = -120.0
"""Decibels of digital silence, which has no logarithm."""
_SILENT = -55.0
"""Decibels of full scale under which nobody speaks."""
_AUDIBLE, _WEAKEST = 9.0, 35.0
"""Decibels above the noise, and below a voice's vowels, where its weakest sounds are told from no sound."""
_CUT_ABOVE, _CUT_BELOW = 12.0, 25.0
"""The same for what is too loud to be a beginning or an end: breath and echo are not."""
_GAP, _KNOCK = 20, 8
"""Frames: sounds nearer than this are one, as no stop inside a word takes 200 ms; and a lone sound no longer
than this is no word but a finger on the button."""
_BEFORE, _AFTER = 4, 10
"""Frames that are kept around what is heard: a soft onset, and the end of an s."""
_FADE = SAMPLERATE // 100
_RUMBLE = 40, 70
"""Hertz: below the first nothing is kept, above the second everything. No voice is as deep."""
_FLAT_TIME, _FLAT_PLACES = 60e-6, 3
"""Seconds for which a wave that was cut off stays at its highest, and in how many places. A round wave at
16 bit stays there for a sample or two."""
_FLAT = 1.5 / 32_768
"""How far apart samples may be that are the same: one step of 16 bit, and what rounding makes of it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a recording."""

    kind: str
    """One of `KINDS`."""
    measured: str
    """What was found, in lower case."""
    remedy: str
    """What to do about it."""


KINDS = (
    *("unknown", "missing", "twice", "unreadable", "silent", "clipped", "too_quiet", "noisy"),
    *("cut_at_start", "cut_at_end", "too_short", "too_long", "wrong_text"),
)
"""What may be wrong, in the order in which it is looked for. `unknown` is a number that no text has."""


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """What one file holds."""

    speech: Block
    """What is spoken, at 48 kHz, with a few hundredths of a second around it; empty if nothing is."""
    faults: tuple[Fault, ...]
    """All that is wrong with it."""
    channel: int | None = None
    """The one that was taken, counted from 1, if another one is silent or cancels it out; else None."""


class _Faulty(Exception):
    """There is nothing to go on with."""

    def __init__(self, kind: str, measured: str, remedy: str) -> None:
        super().__init__(kind)
        self.fault = Fault(kind, measured, remedy)


def examine(path: Path, text: str) -> Take:
    """Return what is spoken in a file and all that is wrong with it as a recording of `text`.

    Whether these are the words is for `voiceguide.hearing` to say. Blocks while it reads, at
    most a minute of sound.
    """
    try:
        raw, samplerate = _read(path)
        used, channel = _chosen(raw)
        sound = _without_rumble(resample(Clip(used.mean(axis=1), samplerate), SAMPLERATE).samples)
        levels = _levels(sound)
        voice, noise = _voice_and_noise(levels)
    except _Faulty as error:
        return Take(np.zeros(0, np.float32), (error.fault,))
    first, last = _spoken(levels, voice, noise)
    speech = _cut_out(sound, first, last)
    faults = _faults_of_level(used, samplerate, speech, voice, _noise_around(levels, first, last))
    cut = _faults_of_edges(levels, first, last, max(noise + _CUT_ABOVE, voice - _CUT_BELOW))
    faults += cut
    # What was cut off or drowns in noise is too short, too: one reason to record it again is enough.
    if not cut and not any(fault.kind == "noisy" for fault in faults):
        faults += _faults_of_length((last - first) * _FRAME / SAMPLERATE, text)
    return Take(speech, tuple(faults), channel)


def _read(path: Path) -> tuple[NDArray[np.float32], int]:
    """Return the samples of a file, all channels, and their rate."""
    import soundfile

    again = "save it as .wav or .flac, or record it again."
    if not path.is_file():  # a pipe would be waited for
        raise _Faulty("unreadable", "it is no file", again)
    try:
        with soundfile.SoundFile(path) as file:
            rate = file.samplerate
            if not LOWEST_RATE <= rate <= HIGHEST_RATE or file.channels > _MOST_CHANNELS:
                what = f"it has {file.channels} channels at {rate} Hz"
                raise _Faulty("unreadable", what, "record it again, at 48000 Hz, with one channel.")
            samples: NDArray[np.float32] = file.read(LONGEST * rate + 1, dtype="float32", always_2d=True)
    # An OSError has no message of libsndfile's, and TypeError is a raw file, of which nothing is known.
    except (soundfile.LibsndfileError, OSError, TypeError, ValueError) as error:
        told = error.strerror if isinstance(error, OSError) else getattr(error, "error_string", None)
        reason = told or str(error)
        raise _Faulty("unreadable", f"it cannot be read as sound: {reason.rstrip('.')}", again) from None
    if len(samples) > LONGEST * rate:
        raise _Faulty("too_long", f"it is longer than {LONGEST} seconds", "record this one text alone.")
    if not np.isfinite(samples).all():
        raise _Faulty("unreadable", "it holds samples that are no numbers", again)
    return samples, rate


def _chosen(raw: NDArray[np.float32]) -> tuple[NDArray[np.float32], int | None]:
    """Return the channels to be mixed; one alone, and its number, if another one would take from it."""
    powers = np.square(raw, dtype=np.float64).mean(axis=0) if len(raw) else np.zeros(raw.shape[1])
    mixed = float(np.square(raw.mean(axis=1), dtype=np.float64).mean()) if len(raw) else 0.0
    best = int(powers.argmax())
    # Two that are alike lose nothing, two that have nothing in common half, and a silent one three quarters.
    if raw.shape[1] == 1 or mixed >= 0.4 * powers[best]:
        return raw, None
    return raw[:, best : best + 1], best + 1


def _without_rumble(samples: Block) -> Block:
    """Return a sound without what lies below all voices: a constant, steps on the floor, wind."""
    if not len(samples):
        return samples
    size = 1 << (len(samples) + SAMPLERATE // 4).bit_length()
    spectrum = np.fft.rfft(samples - samples.mean(), size)
    low, high = _RUMBLE
    part = np.clip((np.arange(len(spectrum)) * SAMPLERATE / size - low) / (high - low), 0, 1)
    return np.fft.irfft(spectrum * np.sin(part * np.pi / 2) ** 2, size)[: len(samples)].astype(np.float32)


def _decibels(power: NDArray[Any] | np.floating[Any] | float) -> NDArray[np.float64]:
    return 10 * np.log10(np.maximum(power, 10 ** (_NOTHING / 10)))


def _levels(sound: Block) -> NDArray[np.float64]:
    """Return the level of each whole 10 ms, in decibels."""
    frames = sound[: len(sound) // _FRAME * _FRAME].reshape(-1, _FRAME)
    return _decibels(np.square(frames, dtype=np.float64).mean(axis=1))


def _voice_and_noise(levels: NDArray[np.float64]) -> tuple[float, float]:
    """Return the decibels of a voice's vowels, and of the quietest tenth of a second."""
    again = "record it again, and look whether the microphone is on."
    if not len(levels) or levels.max() < _SILENT:
        what = f"the loudest of it is at {levels.max():.0f} dB" if len(levels) else "it is empty"
        raise _Faulty("silent", f"nothing is heard in it: {what}", again)
    powers = 10 ** (levels / 10)
    width = min(10, len(levels))
    noise = float(_decibels(np.convolve(powers, np.ones(width) / width, mode="valid").min()))
    loud = levels[levels > noise + _AUDIBLE]
    voice = float(np.percentile(loud, 75)) if len(loud) else noise
    # Speech comes and goes. A sound that is always there is no speech, or drowns it.
    if len(loud) < 3:
        raise _Faulty("noisy", "no voice stands out from the noise in it", _QUIETER)
    return voice, noise


_QUIETER = "record it again in a quieter room: windows shut, fan and fridge off, closer to the microphone."


def _spoken(levels: NDArray[np.float64], voice: float, noise: float) -> tuple[int, int]:
    """Return the first frame of what is spoken, and the one after the last."""
    heard = np.flatnonzero(levels > max(noise + _AUDIBLE, voice - _WEAKEST))
    starts = [int(heard[0]), *(int(two) for one, two in pairwise(heard) if two - one > _GAP)]
    ends = [*(int(one) + 1 for one, two in pairwise(heard) if two - one > _GAP), int(heard[-1]) + 1]
    sounds = list(zip(starts, ends, strict=True))
    words = [(start, end) for start, end in sounds if end - start > _KNOCK] or sounds
    return words[0][0], words[-1][1]


def _cut_out(sound: Block, first: int, last: int) -> Block:
    """Return what is spoken and a little around it, which comes and goes softly."""
    cut = sound[max(first - _BEFORE, 0) * _FRAME : (last + _AFTER) * _FRAME].copy()
    fade = min(_FADE, len(cut) // 2)
    ramp = np.linspace(0, 1, fade, endpoint=False, dtype=np.float32)
    cut[:fade] *= ramp
    cut[len(cut) - fade :] *= ramp[::-1]
    return cut


def _noise_around(levels: NDArray[np.float64], first: int, last: int) -> float | None:
    """Return the decibels of what is heard before and after the words; None if there is too little."""
    around = np.concatenate((levels[: max(first - _BEFORE, 0)], levels[last + _AFTER :]))
    # Of a knock only its echo counts: the median, and not the mean.
    return float(np.median(around)) if len(around) >= 5 else None


def _faults_of_level(
    raw: NDArray[np.float32], samplerate: int, speech: Block, voice: float, noise: float | None
) -> list[Fault]:
    faults = []
    if places := _flat_places(raw, samplerate):
        what = f"the wave is cut off flat in {places} places: it was too loud for the microphone"
        remedy = "record it again, with less gain or a hand's width further from the microphone."
        faults.append(Fault("clipped", what, remedy))
    level = loudness(speech)
    if level is None or level < QUIETEST:
        what = f"it is at {_NOTHING if level is None else level:.0f} LUFS, and {QUIETEST:.0f} is the least"
        remedy = "record it again, with more gain or a hand's width closer to the microphone."
        faults.append(Fault("too_quiet", what, remedy))
    if noise is not None and voice - noise < LEAST_ABOVE_NOISE:
        what = (
            f"the voice is {voice - noise:.0f} dB above the noise, and {LEAST_ABOVE_NOISE:.0f} is the least"
        )
        faults.append(Fault("noisy", what, _QUIETER))
    return faults


def _flat_places(raw: NDArray[np.float32], samplerate: int) -> int:
    """Return in how many places a wave stays at its highest, if they are more than chance brings about."""
    run = max(3, round(_FLAT_TIME * samplerate))
    places = 0
    for samples in raw.T:
        for half in (samples, -samples):
            highest = np.flatnonzero(half >= half.max(initial=0.0) - _FLAT)
            if half.max(initial=0.0) <= 0:
                continue
            ends = np.flatnonzero(np.diff(highest, append=len(half) + 2) > 1)
            places += int((np.diff(ends, prepend=-1) >= run).sum())
    return places if places >= _FLAT_PLACES else 0


def _faults_of_edges(levels: NDArray[np.float64], first: int, last: int, loud: float) -> list[Fault]:
    """Return what is wrong at the ends of a sound whose words are not quiet until a level, in decibels."""
    edge = EDGE // 10
    faults = []
    if first < edge and levels[first : first + edge].min() > loud:
        what = "it begins in the middle of a word, without a moment of quiet before it"
        remedy = "record it again: press the button, wait for half a second, and then read."
        faults.append(Fault("cut_at_start", what, remedy))
    if last > len(levels) - edge and levels[last - edge : last].min() > loud:
        what = "it ends in the middle of a word, without a moment of quiet behind it"
        remedy = "record it again, and wait for half a second after the last word."
        faults.append(Fault("cut_at_end", what, remedy))
    return faults


def _faults_of_length(seconds: float, text: str) -> list[Fault]:
    usual = sum(map(str.isalnum, text)) / _LETTERS
    what = f"what is spoken takes {seconds:.1f} seconds; this text takes about {usual:.1f}"
    if seconds < usual * _SHORTEST_PART:
        return [Fault("too_short", what, "record it again, and read the whole text.")]
    if seconds > usual * _LONGEST_PART + _EXTRA:
        return [Fault("too_long", what, "record it again, this text alone and nothing else.")]
    return []
