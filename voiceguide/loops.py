"""name -> loop: sounds to lie under a voice, computed, the same samples every time.

No file is shipped, and none is needed: each is put together from waves that fit into the loop a whole number
of times, so it has no seam, at any samplerate. Names are known without numpy, as the settings need them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from voiceguide.errors import UnknownName
from voiceguide.units import SAMPLERATE, Milliseconds, in_frames

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from voiceguide.clip import Block

    Sound = NDArray[Any]
    Shape = Callable[[Sound], Sound]

LENGTH = Milliseconds(69_120)
"""Twice as long as anybody remembers noise. At 48 kHz, as room tone, whole frames of MP3, Opus and FLAC."""
LEVEL = -30.0
"""LUFS of the loudest 400 ms of each loop."""
_BREATHS = 12
"""Waves a loop by which a tone of the drone and its neighbours differ: they beat no quicker than in 6 s."""
_FRAMES = in_frames(LENGTH, SAMPLERATE)


@dataclass(frozen=True, slots=True)
class _Loop:
    """A sound that goes round."""

    title: str
    """What is heard, in a few words."""
    make: Callable[[], Sound]
    """Makes one turn of it at 48 kHz, as loud as it comes."""


@lru_cache(maxsize=4)
def make_loop(name: str, samplerate: int) -> Block:
    """Return one turn of a loop, float32, read-only; its loudest 400 ms have `LEVEL`.

    Raises
    ------
    UnknownName
        If there is no such loop.
    """
    import numpy as np

    from voiceguide.loudness import loudest

    if name not in _LOOPS:
        raise UnknownName("background", name, NAMES, listing="voiceguide list backgrounds")
    sound = _LOOPS[name].make()
    # It has no beginning: what rings on from its end is heard at its start.
    own = loudest(np.concatenate((sound[-SAMPLERATE:], sound)))
    sound = sound * np.float32(10 ** ((LEVEL - own) / 20))
    if samplerate != SAMPLERATE:
        frames = in_frames(LENGTH, samplerate)
        spectrum = np.fft.rfft(sound)[: frames // 2 + 1]
        spectrum[int(0.45 * frames) :] = 0
        sound = np.fft.irfft(spectrum, frames) * (frames / len(sound))
    loop: Block = sound.astype(np.float32)
    loop.flags.writeable = False
    return loop


def _noise(seed: int, shape: Shape, parts: int = 1) -> Sound:
    """Return noise of a spectrum: `shape` gives the strength at each of these hertz; RMS 1.

    With several parts it is as long, but comes back so often.
    """
    import numpy as np

    pitches = _pitches(parts)
    phases = np.random.default_rng(seed).random(len(pitches), np.float32)
    spectrum = shape(pitches) * np.exp(np.complex64(2j * np.pi) * phases)
    spectrum[0] = 0
    return np.tile(_at_one(np.fft.irfft(spectrum, _FRAMES // parts)), parts)


def _drops(seed: int, a_second: float, shape: Shape) -> Sound:
    """Return drops that fall at any time, most of them softly: each a short sound that rises; RMS 1."""
    import numpy as np

    random = np.random.default_rng(seed)
    count = round(a_second * LENGTH / 1000)
    drops = np.zeros(_FRAMES, np.float32)
    strengths = np.exp(random.random((count, 4)).sum(axis=1) - 2) * np.sign(random.random(count) - 0.5)
    np.add.at(drops, (random.random(count) * _FRAMES).astype(np.int64), strengths.astype(np.float32))
    pitches = _pitches()
    # Its higher pitches come later, by 1.2 ms an octave: all at once they would be a click.
    late = np.cumsum(np.log2(1 + pitches / 400)) * 0.0012 * 1000 / LENGTH
    filtered = shape(pitches) * np.exp(-2j * np.pi * late).astype(np.complex64)
    return _at_one(np.fft.irfft(np.fft.rfft(drops) * filtered, _FRAMES))


def _pitches(parts: int = 1) -> Sound:
    """Return the hertz of each wave that fits into a part of a loop; of the next one for the first."""
    import numpy as np

    numbers = np.arange(_FRAMES // parts // 2 + 1, dtype=np.float32)
    hertz: Sound = np.maximum(numbers, 1) * np.float32(1000 * parts / LENGTH)
    return hertz


def _at_one(sound: Sound) -> Sound:
    import numpy as np

    scaled: Sound = sound / np.sqrt(np.mean(np.square(sound)))
    return scaled


def _between(low: float, high: float, slope: float) -> Shape:
    """Return a spectrum that falls by a power of the pitch, and gently to nothing below and above."""

    def shape(hertz: Sound) -> Sound:
        strength: Sound = hertz**-slope / ((1 + (low / hertz) ** 4) * (1 + (hertz / high) ** 4))
        return strength

    return shape


def _rain() -> Sound:
    """Return far rain that never changes, and nearer drops in it: many small ones, few large ones."""
    far = _noise(1, _between(300, 7_000, 0.6))
    small, large = _drops(3, 160, _between(2_000, 7_000, 0.0)), _drops(4, 24, _between(500, 2_400, 0.3))
    rain: Sound = far + 0.45 * small + 0.3 * large
    return rain


def _waves() -> Sound:
    """Return slow waves: each swells, breaks and runs out, and no two of them are alike."""
    import numpy as np

    random = np.random.default_rng(5)
    whole, count = LENGTH / 1000, 7
    time = np.arange(LENGTH // 10) / 100
    swell, foam = np.zeros(len(time)), np.zeros(len(time))
    for number in range(count):
        crest = (number + 0.6 * random.random()) * whole / count
        height = 0.65 + 0.35 * random.random()
        for heights, late, rises, falls in ((swell, 0.0, 4.5, 6.0), (foam, 0.7, 1.8, 5.5)):
            since = (time - crest - late + whole / 2) % whole - whole / 2
            part = np.clip(np.where(since < 0, -since / rises, since / falls), 0, 1)
            np.maximum(heights, height * (0.5 + 0.5 * np.cos(np.pi * part)), out=heights)

    def moved(heights: Sound) -> Sound:
        times = np.arange(_FRAMES, dtype=np.float32) / np.float32(SAMPLERATE)
        curve: Sound = np.interp(times, time, heights, period=whole).astype(np.float32)
        return curve

    # What they are made of may come back three times: what is heard is how they move.
    deep = _noise(6, _between(60, 350, 0.5), 3) * moved(0.45 + 0.55 * swell)
    body = _noise(7, _between(200, 1_800, 0.6), 3) * moved(0.16 + 0.84 * swell**1.5)
    hiss = _noise(8, _between(1_200, 7_000, 0.3), 3) * moved(0.03 + 0.97 * foam**2)
    waves: Sound = 0.7 * deep + body + 0.6 * hiss
    return waves


def _brown() -> Sound:
    """Return noise without any shape in time, dark, as of a large fan or a far waterfall."""
    return _noise(9, _between(55, 9_000, 1.0))


def _drone() -> Sound:
    """Return a fifth and its octaves, hummed: every tone of it breathes slowly by itself.

    On A, as most signals are, so that it does not clash with them.
    """
    import numpy as np

    spectrum = np.zeros(_FRAMES // 2 + 1, np.complex64)
    tones = {110: 1.0, 165: 0.6, 220: 0.75, 330: 0.45, 440: 0.3, 495: 0.1, 660: 0.08}
    besides = np.arange(-_BREATHS, _BREATHS + 1)
    # Beside each tone softer ones, so near that they are heard as its slow coming and going.
    parts = np.where(besides, 0.2 * np.exp(-np.abs(besides) / 6), 1.0)
    turns = np.random.default_rng(10).random((len(tones), len(parts)))
    for (pitch, strength), turn in zip(tones.items(), turns, strict=True):
        at = round(pitch * LENGTH / 1000) + besides
        spectrum[at] = strength * parts * np.exp(2j * np.pi * turn)
    drone: Sound = _at_one(np.fft.irfft(spectrum, _FRAMES)) + 0.05 * _noise(11, _between(150, 900, 0.7), 3)
    return drone


_LOOPS: Final[dict[str, _Loop]] = {
    "rain": _Loop("steady rain, with drops near by", _rain),
    "waves": _Loop("slow waves on a beach", _waves),
    "brown": _Loop("dark noise that never changes", _brown),
    "drone": _Loop("a soft hum of a few tones", _drone),
}

NAMES: Final[tuple[str, ...]] = tuple(_LOOPS)
"""Every loop there is."""
TITLES: Final[dict[str, str]] = {name: loop.title for name, loop in _LOOPS.items()}
"""What is heard of each, in a few words."""
