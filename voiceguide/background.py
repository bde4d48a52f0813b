"""What lies under the voice, if a person wants it: rain, waves, brown, drone, or a file of their own.

It goes on as it is heard, whatever keys make of the session. Its level is told by its loudest moment, so it
is never nearer to the voice than was asked for; and while somebody speaks it is further away.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.errors import UnknownName
from voiceguide.loops import LEVEL, NAMES, make_loop
from voiceguide.units import in_frames

if TYPE_CHECKING:
    from voiceguide.clip import Block
    from voiceguide.ducking import Ducking
    from voiceguide.endless import Endless
    from voiceguide.own_sound import Listened
    from voiceguide.scheduler.timeline import Event

NONE = "none"
"""What is typed for no background."""
NEAREST, FARTHEST = 10, 40
"""LU below the voice that can be asked for: never as loud as it, and never too soft to be heard."""
USUAL_LEVEL = 20
"""LU below the voice: what WCAG 2.2 asks for, so that a voice is understood (1.4.7)."""
USUAL_DUCK = 8
"""LU by which it is lower while somebody speaks."""
MOST_DUCK = 30
"""LU."""
LEAST_UNDER_SPEECH = 17.0
"""LU below the voice while it speaks, whatever is asked for: 12, and 3 by which a cue may be softer than the
voice (`leveling.BOUND`), or 5, as a bell that stands for words is at its loudest."""
HIGHEST = 0.15
"""Linear: what a background may add to a peak of the voice, which then still is below full scale."""


@dataclass(frozen=True, slots=True)
class Background:
    """A sound under the voice, known to be there and how loud it is."""

    name: str
    """One of `loops.NAMES`; empty for a file."""
    path: Path | None = None
    """The file, absolute; None for a loop."""
    level: float = USUAL_LEVEL
    """LU below the voice, at its loudest moment."""
    duck: float = USUAL_DUCK
    """LU by which it is lower still while somebody speaks."""
    loudness: float = LEVEL
    """LUFS of its loudest 400 ms, as it is."""
    seconds: int = 0
    """How much of the file is used; 0 for a loop."""
    peak: float = 0.0
    """The highest sample of the file, linear; 0 for a loop."""
    changed: int = 0
    """When the file was changed last, in nanoseconds; 0 for a loop."""

    @property
    def under_speech(self) -> float:
        """LU below the voice while it speaks."""
        return max(self.level + self.duck, LEAST_UNDER_SPEECH)


class Bed:
    """A background under one timeline."""

    def __init__(self, sound: Endless, ducking: Ducking, peak: float) -> None:
        self.sound = sound
        """At its level, without an end."""
        self.ducking = ducking
        """How far it goes down for what is spoken."""
        self.peak = peak
        """The highest sample it may have under a voice, linear."""

    def read(self, frame: int, frames: int, *, left: int) -> Block:
        """Return `frames` frames of a session that is heard from its start, float32.

        It comes over its first seconds, and goes over its last; `left` are the frames to its end.
        """
        sound = self.sound.read(frame, frames, since=min(frame, left, self.sound.full), left=left)
        if not self.ducking.is_off(frame, frames):
            sound *= self.ducking.read(frame, frames)
        return sound


def find_background(text: str, *, level: float = USUAL_LEVEL, duck: float = USUAL_DUCK) -> Background | None:
    """Return the background that a person asks for; None for none. Listens through a file.

    Raises
    ------
    UnknownName
        If it is neither a name nor looks like a file.
    UsageError, InvalidContent, Unavailable
        As `own_sound.listen` does.
    """
    text = checked_name(text)
    if text == NONE:
        return None
    if text in NAMES:
        return Background(text, level=level, duck=duck)
    path = Path(text)
    # A user whom this machine does not know has no folder: then it is a file that is not there.
    with suppress(RuntimeError):
        path = path.expanduser()
    path = path.absolute()
    changed = path.stat().st_mtime_ns if path.is_file() else 0
    known = _listen(path, changed)
    return replace(
        Background("", path, level, duck),
        loudness=known.loudness,
        seconds=known.seconds,
        peak=known.peak,
        changed=changed,
    )


@lru_cache(maxsize=4)
def _listen(path: Path, changed: int) -> Listened:  # noqa: ARG001 - another time is another sound
    from voiceguide.own_sound import listen

    return listen(path)


def checked_name(text: str) -> str:
    """Return the name of a background, or the path of a file, which need not be there.

    Raises
    ------
    UnknownName
        If it is neither a name nor looks like a file.
    """
    text = text.strip()
    if text.lower() in {*NAMES, NONE}:
        return text.lower()
    if Path(text).suffix or "/" in text or "\\" in text:
        return text
    raise UnknownName("background", text, [*NAMES, NONE], listing="voiceguide list backgrounds")


def lay_bed(background: Background, events: Iterable[Event], samplerate: int, loudness: float) -> Bed:
    """Return a background under a timeline with these events, in a session with speech of so many LUFS.

    Raises
    ------
    Unavailable
        If its file cannot be opened any more.
    """
    import numpy as np

    from voiceguide.ducking import Ducking
    from voiceguide.endless import FADE, Loop

    gain = float(10 ** ((loudness - background.level - background.loudness) / 20))
    low = float(10 ** ((background.level - background.under_speech) / 20))
    ducking = Ducking(events, samplerate, low)
    if background.path is not None:
        from voiceguide.own_sound import OwnSound

        gain = min(gain, HIGHEST / (background.peak * low))
        sound = OwnSound(background.path, background.seconds, samplerate, gain)
        return Bed(sound, ducking, background.peak * gain * low)
    loop = make_loop(background.name, samplerate)
    peak = float(np.abs(loop).max())
    gain = min(gain, HIGHEST / (peak * low))
    return Bed(Loop(loop * np.float32(gain), in_frames(FADE, samplerate)), ducking, peak * gain * low)
