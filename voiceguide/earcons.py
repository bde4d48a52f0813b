"""name -> Clip: short signals that need no words, synthesised, the same samples every time.

Each means one thing, and nothing else means it. They are made for speech of -16 LUFS (`units.LOUDNESS`), and
move with it. Every fundamental lies between 300 Hz and 3 kHz: below, the loudspeaker of a phone is silent;
above, older ears are. Each lasts 200 ms or more: what is shorter is heard as a fault. Names and lengths are
known without numpy, as the scheduler plans with lengths alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from voiceguide.errors import UnknownName
from voiceguide.units import Milliseconds, in_frames

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from voiceguide.clip import Clip


@dataclass(frozen=True, slots=True)
class _Note:
    """One swelling and fading tone with a few harmonics."""

    start: int
    """Milliseconds from the start of the earcon."""
    swell: int
    """Milliseconds from silence to its loudest."""
    fade: int
    """Milliseconds from its loudest to silence."""
    pitch: float
    """Its fundamental, in hertz."""
    level: float
    """How loud beside the other notes, linear."""
    harmonics: tuple[float, ...]
    """Level of the fundamental, of twice its frequency, and so on, linear."""


@dataclass(frozen=True, slots=True)
class _Earcon:
    """Notes, how loud they are together, and what they say."""

    means: str
    """The one thing it means."""
    peak: float
    """Decibels below full scale of the largest sample."""
    notes: tuple[_Note, ...]
    """In order of start; the last one ends the earcon."""


_PURE = (1.0, 0.15)
_BELL = (1.0, 0.4, 0.2, 0.1)
"""More harmonics, so that the alarm stands out from the soft tone on a speaker without bass."""

_EARCONS: Final[dict[str, _Earcon]] = {
    # It wakes a Bluetooth link, too, and is forgotten: two notes a fifth apart.
    "lead_in": _Earcon(
        "words or a bell follow",
        -25.5,
        (_Note(0, 260, 140, 330.0, 1.0, _PURE), _Note(0, 260, 140, 495.0, 0.5, _PURE)),
    ),
    # One note, most of it dying away.
    "soft_tone": _Earcon("still here, in a quiet minute", -21.5, (_Note(0, 120, 480, 440.0, 1.0, _PURE),)),
    # One short note. Louder than 1024 of 32767, below which players for Android that
    # use ExoPlayer take sound for silence (DEFAULT_SILENCE_THRESHOLD_LEVEL): it must stay where that is cut.
    "tick": _Earcon("ten seconds more are over", -22.5, (_Note(0, 90, 150, 660.0, 1.0, _PURE),)),
    # There at once, higher than all that come by themselves, and shorter.
    "key": _Earcon("a key was heard", -25.5, (_Note(0, 50, 150, 880.0, 1.0, _PURE),)),
    # Three rising notes, each louder than the one before. It wakes without startling,
    # as the first is 10 dB softer than the last and every one swells in.
    "alarm": _Earcon(
        "take the ice off",
        -10.5,
        (
            _Note(0, 60, 160, 587.33, 0.32, _BELL),
            _Note(170, 50, 170, 783.99, 0.6, _BELL),
            _Note(340, 40, 220, 1174.66, 1.0, _BELL),
        ),
    ),
    # The bells stand for words, with `--detail bells`. They differ in how many notes they have, and in where
    # those go, which is easier to keep in mind than a pitch: pressing falls, letting go rises, the other side
    # is there and back. Some 4 LU softer than speech, and swelling in, they startle nobody; and no background
    # hides them, as it is softer still by as much.
    "bell_move": _Earcon(
        "change your position",
        -10.5,
        tuple(_Note(0, 80, 900, pitch, 1.0, _PURE) for pitch in (523.25, 659.26, 783.99)),
    ),
    "bell_find": _Earcon(
        "find the place", -12.5, tuple(_Note(start, 60, 240, 659.26, 1.0, _BELL) for start in (0, 320))
    ),
    "bell_press": _Earcon(
        "press", -12.5, (_Note(0, 50, 250, 783.99, 0.9, _BELL), _Note(260, 50, 440, 523.25, 1.0, _BELL))
    ),
    "bell_let_go": _Earcon(
        "let go, slowly",
        -12.5,
        (_Note(0, 60, 260, 523.25, 1.0, _BELL), _Note(280, 60, 460, 783.99, 0.9, _BELL)),
    ),
    "bell_other_side": _Earcon(
        "go to the other side",
        -12.5,
        (
            _Note(0, 60, 160, 659.26, 0.9, _BELL),
            _Note(190, 60, 160, 987.77, 0.9, _BELL),
            _Note(380, 60, 340, 659.26, 1.0, _BELL),
        ),
    ),
}

NAMES: Final[tuple[str, ...]] = tuple(_EARCONS)
"""Every earcon there is."""

MEANINGS: Final[dict[str, str]] = {name: earcon.means for name, earcon in _EARCONS.items()}
"""What each means, in a few words; the bells are heard only with `--detail bells`."""

EARCON_LENGTHS: Final[dict[str, Milliseconds]] = {
    name: Milliseconds(max(note.start + note.swell + note.fade for note in earcon.notes))
    for name, earcon in _EARCONS.items()
}
"""How long each earcon sounds, exactly."""

_EDGE = 16 / 32_767
"""The first and last frame: -66 dBFS, which is not heard. So in 16 bit, too, an earcon starts and ends just
where its event says, also when its event turns it down by up to 24 dB."""


def make_earcon(name: str) -> Clip:
    """Return the sound of one earcon: 48 kHz, exactly `EARCON_LENGTHS[name]` long.

    Raises
    ------
    UnknownName
        If there is no such earcon.
    """
    import numpy as np

    from voiceguide.clip import Clip
    from voiceguide.units import SAMPLERATE

    if name not in _EARCONS:
        raise UnknownName("earcon", name, NAMES, listing="voiceguide list earcons")
    samples = np.zeros(in_frames(EARCON_LENGTHS[name], SAMPLERATE), np.float64)
    for note in _EARCONS[name].notes:
        first = in_frames(Milliseconds(note.start), SAMPLERATE)
        sound = _make_note(note, SAMPLERATE)
        samples[first : first + len(sound)] += sound
    samples *= 10 ** (_EARCONS[name].peak / 20) / np.max(np.abs(samples))
    samples[[0, -1]] = _EDGE
    return Clip(samples.astype(np.float32), SAMPLERATE)


def _make_note(note: _Note, samplerate: int) -> NDArray[np.float64]:
    """Return one note at its own level, between two half cosines."""
    import numpy as np

    swell = in_frames(Milliseconds(note.swell), samplerate)
    fade = in_frames(Milliseconds(note.fade), samplerate)
    rising = 0.5 - 0.5 * np.cos(np.pi * np.arange(swell) / swell)
    falling = 0.5 + 0.5 * np.cos(np.pi * np.arange(1, fade + 1) / fade)
    time = np.arange(swell + fade) / samplerate
    tone = np.zeros(swell + fade)
    for times, level in enumerate(note.harmonics, start=1):
        tone += level * np.sin(2 * np.pi * note.pitch * times * time)
    tone *= note.level * np.concatenate([rising, falling])
    return tone
