"""A person who reads a script aloud: a synthetic voice in a room, its recordings whole or broken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from voiceguide import registry
from voiceguide.clip import Clip, resample

Sound = NDArray[np.float32]

TEXTS = (
    "Lie on your back, with your knees bent.",
    "Press slowly, until you feel a dull ache.",
    "And let go, little by little.",
    "Now the left hand.",
    "Breathe out, and let your shoulders grow heavy.",
    "Thirty seconds more.",
    "Take the ice off now.",
    "Feel for a tender spot. No hurry.",
    "Roll on to your right side, knees together.",
    "Rest for a moment.",
    "You need a ball and two pillows.",
    "That was all for today.",
    "The other fingers hold the forearm from behind.",
)
SCRIPT = dict(enumerate(TEXTS, start=1))
RATE = 48_000
QUIET = RATE * 4 // 10
"""Samples before and after the words."""


@cache
def speak(text: str, rate: int = 150, voice: str = "en-us+f5") -> Sound:
    """Return a text in a synthetic voice at 48 kHz, without quiet around it, at -26 dB on average."""
    engine = registry.find("voiceguide.engines", "espeak").Engine()
    (clip,) = engine.synthesize([text], voice=voice, rate=rate)
    samples = resample(clip, RATE).samples
    loud = np.flatnonzero(np.abs(samples) > 0.003)
    samples = samples[loud[0] : loud[-1] + 1]
    return louder(samples, -26 - 10 * float(np.log10(np.square(samples).mean())))


def louder(sound: Sound, decibels: float) -> Sound:
    """Return a sound with another level."""
    return sound * np.float32(10 ** (decibels / 20))


def hiss(frames: int, decibels: float, seed: int = 1) -> Sound:
    """Return noise at a level in decibels of full scale."""
    return (np.random.default_rng(seed).normal(0, 1, frames) * 10 ** (decibels / 20)).astype(np.float32)


def in_a_room(words: Sound, noise: float = -70) -> Sound:
    """Return words with quiet around them, in a room with so many decibels of noise."""
    sound = np.pad(words, QUIET)
    return sound + hiss(len(sound), noise)


def write(path: Path, sound: Sound, *, rate: int = RATE, channels: int = 1, subtype: str = "PCM_16") -> Path:
    """Write a sound as a recorder would that has these settings."""
    samples = resample(Clip(sound, RATE), rate).samples
    soundfile.write(path, np.repeat(samples[:, None], channels, axis=1), rate, subtype=subtype)
    return path


def record(folder: Path, script: Mapping[int, str] = SCRIPT) -> Path:
    """Record a script, and return the folder."""
    folder.mkdir(exist_ok=True)
    for number, text in script.items():
        write(folder / f"{number:04}.wav", in_a_room(speak(text)))
    return folder


Break = Callable[[Path, str], object]
"""Spoils the recording of a text; takes its file."""


def _hour(path: Path, _: str) -> None:
    path.unlink()
    minute = hiss(60 * 8_000, -40)
    with soundfile.SoundFile(path, "w", 8_000, 1, "PCM_U8") as file:
        for _minute in range(60):
            file.write(minute)


def _twice(path: Path, _: str) -> None:
    path.with_suffix(".flac").write_bytes(path.read_bytes())


FAULTS: dict[str, Break] = {
    "missing": lambda path, _: path.unlink(),
    "twice": _twice,
    "unreadable": lambda path, _: path.write_bytes(b"\x00\x00\x00\x18ftypM4A " + bytes(900)),
    "silent": lambda path, _: write(path, hiss(2 * RATE, -75)),
    "too_long": _hour,
    "too_short": lambda path, _: write(path, in_a_room(speak("And"))),
    "clipped": lambda path, text: write(path, np.clip(louder(in_a_room(speak(text)), 24), -1, 1)),
    "too_quiet": lambda path, text: write(path, louder(in_a_room(speak(text), -80), -20), subtype="PCM_24"),
    "noisy": lambda path, text: write(path, in_a_room(speak(text), -48)),
    "cut_at_start": lambda path, text: write(path, in_a_room(speak(text))[QUIET + RATE // 4 :]),
    "cut_at_end": lambda path, text: write(path, in_a_room(speak(text))[: -QUIET - RATE // 4]),
    "wrong_text": lambda path, _: write(path, in_a_room(speak(TEXTS[0]))),
}
"""By the kind that they should be told as."""
