"""The settings there are: what each does, what it takes, and what applies if nothing is said."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from voiceguide import registry
from voiceguide.background import FARTHEST, MOST_DUCK, NEAREST, NONE, USUAL_DUCK, USUAL_LEVEL, checked_name
from voiceguide.errors import UnknownName
from voiceguide.folders import pack_folders
from voiceguide.library import find_point
from voiceguide.loops import NAMES
from voiceguide.pack import find_packs
from voiceguide.scheduler.actions import PACES
from voiceguide.scheduler.assist import ASSISTS
from voiceguide.scheduler.options import DETAILS, FOOT_BATHS, ICES, SORE_SIDES
from voiceguide.subtitles import SUBTITLES, subtitles_in
from voiceguide.units import LONGEST_SESSION, LOUDNESS, MINUTE, parse_duration, parse_length
from voiceguide.voice import FASTEST, SLOWEST

SOFTEST, LOUDEST = -30, -10
"""LUFS of speech that can be asked for: softer is hardly heard, and louder is more than peaks allow."""
SAMPLERATES = ("16000", "24000", "48000")
"""Hertz, as they are typed: whole frames in a millisecond, and Opus has no others."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One option that can be kept in the file."""

    help: str
    """What it does."""
    parse: Callable[[str], Any]
    """Text -> value; raises ValueError, or UnknownName for the name of something that is not there."""
    takes: str
    """What is right, in words."""
    example: str
    """A value that is right."""
    default: str | None = None
    """What applies if nothing is said; None if that is for the engine to say."""

    def environment(self, name: str) -> str:
        """Return the environment variable of the setting called `name`."""
        return f"VOICEGUIDE_{name.upper().replace('-', '_')}"


def _voice(text: str) -> str:
    engine, colon, voice = text.partition(":")
    if not engine or (colon and not voice):
        raise ValueError(text)
    try:
        return _known("engine", engine) + colon + voice
    except UnknownName as error:
        if text in find_packs(pack_folders()):
            error.hint = f"a voice pack is named with its engine: pack:{text}."
        raise


def _number(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"-?\d{1,9}", text.strip(), re.ASCII) or not least <= int(text) <= most:
            raise ValueError(text)
        return int(text)

    return parse


def _backend(text: str) -> str:
    return text if text == "auto" else _known("backend", text)


def _length(text: str) -> str:
    parse_length(text)
    return text.strip()


def points_in(text: str) -> tuple[str, ...]:
    """Return the ids of points that a text names; raise `UnknownName` if there is no such point."""
    names = re.findall(r"[^\s,]+", text)
    for name in names:
        find_point(name)
    return tuple(dict.fromkeys(names))


def _duration(text: str) -> str:
    parse_duration(text)
    return text.strip()


def _points(text: str) -> str:
    names = points_in(text)
    if not names:
        raise ValueError(text)
    return ",".join(names)


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(text)
        return text.lower()

    return parse


def _known(kind: str, name: str) -> str:
    known = registry.names(f"voiceguide.{kind}s")
    if name not in known:
        raise UnknownName(kind, name, known, listing=f"voiceguide list {kind}s")
    return name


def _name(text: str) -> str:
    if not text.strip():
        raise ValueError(text)
    return text.strip()


def _background(text: str) -> str:
    if not text.strip():
        raise ValueError(text)
    return checked_name(text)


def _flag(text: str) -> bool:
    flags = dict.fromkeys(("on", "true", "yes", "1"), True)
    flags |= dict.fromkeys(("off", "false", "no", "0"), False)
    if text.lower() not in flags:
        raise ValueError(text)
    return flags[text.lower()]


SETTINGS: dict[str, Setting] = {
    "voice": Setting(
        "who speaks: ENGINE or ENGINE:VOICE", _voice, "an engine, or an engine and a voice", "espeak:en-us+f5"
    ),
    "fill": Setting(
        "who says what a voice that was recorded has no clip for: ENGINE or ENGINE:VOICE",
        _voice,
        "an engine, or an engine and a voice",
        "espeak",
    ),
    "rate": Setting(
        "words a minute", _number(SLOWEST, FASTEST), f"a number from {SLOWEST} to {FASTEST}", "150"
    ),
    "sore-side": Setting(
        "the side that hurts more, which every pair begins with",
        _one_of(*SORE_SIDES),
        "left, right or unsure",
        "left",
        "unsure",
    ),
    "assist": Setting(
        "press every point by this method, with a ball or with a friend's help",
        _one_of(*ASSISTS, "none"),
        "thumbs, ball, friend or none",
        "ball",
        "none",
    ),
    "length": Setting(
        "how long the session takes, opening, ice and closing included",
        _length,
        f"minutes, or hours, minutes and seconds, up to {LONGEST_SESSION // MINUTE} minutes",
        "20m",
    ),
    "ice": Setting(
        "all of it, ten minutes at most, to do on your own afterwards, or none",
        _one_of(*ICES),
        ", ".join(ICES),
        "later",
    ),
    "skip": Setting("leave a point out", _points, "points, with commas", "b54,toe"),
    "only": Setting("press this point, and no other", _points, "points, with commas", "li4,lu6"),
    "detail": Setting(
        "how much is said: with bells only what must be; auto is full, or brief where a length asks for it",
        _one_of(*DETAILS),
        "full, brief, bells or auto",
        "brief",
    ),
    "pace": Setting(
        "how slowly you are led: gentle is never quicker than usual, brisk never slower",
        _one_of(*PACES),
        "brisk, usual or gentle",
        "gentle",
    ),
    "foot-bath": Setting(
        "when a cold bath is offered for feet that are pressed",
        _one_of(*FOOT_BATHS),
        "before or after",
        "before",
    ),
    "pregnant": Setting(
        "leave out what is not for pregnancy; for what is left, ask your midwife or doctor first",
        _flag,
        "on or off",
        "on",
        "off",
    ),
    "one-side-at-a-time": Setting(
        "press one side after the other, never both at once", _flag, "on or off", "on", "off"
    ),
    "start-in": Setting(
        "how long after the sentence to set the volume by a session starts, without a key",
        _duration,
        "a time with its unit",
        "30s",
    ),
    "wait-for-me": Setting(
        "wait for Space once a point has been looked for, and wherever the script waits; where both hands are"
        " busy, go on after twenty seconds",
        _flag,
        "on or off",
        "on",
        "off",
    ),
    "backend": Setting("what plays the sound", _backend, "auto or a backend", "miniaudio", "auto"),
    "quiet-screen": Setting(
        "show nothing while a session plays, so that a screen reader never talks over the guide",
        _flag,
        "on or off",
        "on",
        "off",
    ),
    "device": Setting(
        "which sound device: its name, or a part of it",
        _name,
        "a name that `list devices` shows",
        "headphones",
    ),
    "bitrate": Setting(
        "kilobits a second of a small file; without it, what is enough for a voice",
        _number(6, 256),
        "a number from 6 to 256, as far as the format has it",
        "48",
    ),
    "samplerate": Setting(
        "samples a second of a file",
        lambda text: int(_one_of(*SAMPLERATES)(text)),
        ", ".join(SAMPLERATES),
        "24000",
    ),
    "loudness": Setting(
        "LUFS of speech; signals keep their distance from it",
        _number(SOFTEST, LOUDEST),
        f"a whole number from {SOFTEST} to {LOUDEST}",
        "-18",
        str(LOUDNESS),
    ),
    "room-tone": Setting(
        "a hush under everything, so that no silence sounds broken and Bluetooth stays awake",
        _flag,
        "on or off",
        "off",
        "on",
    ),
    "background": Setting(
        "what lies under the voice: rain, waves, brown, drone, or a sound file of your own",
        _background,
        f"{', '.join(NAMES)}, a file, or {NONE}",
        "rain",
        NONE,
    ),
    "background-level": Setting(
        "how many LU the background lies below the voice, at its loudest",
        _number(NEAREST, FARTHEST),
        f"a number from {NEAREST} to {FARTHEST}",
        "26",
        str(USUAL_LEVEL),
    ),
    "duck": Setting(
        "how many LU more the background goes down while somebody speaks",
        _number(0, MOST_DUCK),
        f"a number from 0 to {MOST_DUCK}",
        "12",
        str(USUAL_DUCK),
    ),
    "earcons": Setting(
        "a signal before words that follow a silence; what stands alone, as the alarm, is always heard",
        _flag,
        "on or off",
        "off",
        "on",
    ),
    "subtitles": Setting(
        "the words with their times, in files beside the sound",
        lambda text: ",".join(subtitles_in(text)) or "none",
        f"{', '.join(SUBTITLES)}, several of them with commas, or none",
        "vtt,lrc",
        "none",
    ),
    "tick": Setting("a soft tone every ten seconds of a hold and of ice", _flag, "on or off", "on", "off"),
    "journal": Setting(
        "keep each session in the journal, and ask at a terminal how it hurts, before and after",
        _flag,
        "on or off",
        "off",
        "on",
    ),
    "plain": Setting("line-by-line text, for screen readers", _flag, "on or off", "on", "off"),
}
