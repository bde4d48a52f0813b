"""A spoken cue -> the same cue at the level of all voices, under a peak that no device distorts.

A voice has one gain, so that what it stresses stays stressed; a cue that would still lie far off is bounded,
and one whose peak would be too high is lowered. Nothing is ever limited or compressed: within a cue, all is
multiplied by the same number.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from math import inf

import numpy as np
from numpy.typing import NDArray

from voiceguide.clip import Block
from voiceguide.loudness import gated, loudness, powers, room_above, room_at_most
from voiceguide.units import LOUDNESS, SAMPLERATE

BOUND = 3.0
"""LU that a cue may lie above or below the target."""

_SWEEPS = (
    *((-0.0115, 140, 920), (0.0168, 167, 1010), (-0.015, 219, 738)),
    *((-0.011, 200, 800), (0.012, 100, 5000), (0.003, 300, 1300)),
)
"""Seconds by which high frequencies come later than low ones, or sooner, and the hertz between which they do.

The vowels of a formant voice are pulses: espeak-ng's peaks lie 16 to 18 dB above its loudness (measured), and
14.5 is what there is room for. To spread each pulse over a few milliseconds, as a room does, changes no level
at any frequency and takes a decibel or two off. Of 250 such spreads, these together did best over the cues of
`lying-down`, but for a few that cost an offline recogniser a word: `tests/test_heard.py` minds that.
"""
_COARSELY = 4
"""The spread for a cue is chosen at a quarter of the samplerate: peaks are vowels, which lie below 6 kHz."""
_TOO_LONG = 30 * SAMPLERATE
"""Frames. No cue is; what a person has said of their own may be, and would take much memory."""
_MAKE_UP = 2.0
"""Decibels a gain may grow because peaks keep some cues down. More would take from what a voice stresses, and
make no session louder by a tenth of a decibel."""
_ROUNDS = 4
"""Steps in which a gain is found; most voices need one."""


def find_gain(spoken: Iterable[Block]) -> float | None:
    """Return the decibels that bring a voice to the target, found by some of its sentences at 48 kHz.

    None if there is nothing to hear. It takes into account that the peaks of some will not let them be so
    loud: the others make up for it a little.
    """
    cues = []
    for one in spoken:
        own = loudness(one)
        if own is not None:
            samples, room = _with_room(one, LOUDNESS + BOUND - own)
            cues.append((powers(samples), own, room))
    together = gated(blocks for blocks, _, _ in cues)
    if together is None:
        return None
    first = gain = LOUDNESS - together
    for _ in range(_ROUNDS):
        reached = gated(blocks * 10 ** (_change(own, gain, room) / 10) for blocks, own, room in cues)
        gain = min(gain + LOUDNESS - (LOUDNESS if reached is None else reached), first + _MAKE_UP)
    return round(gain, 2)


def level(samples: Block, gain: float | None) -> Block:
    """Return a cue at 48 kHz, as long as before, at its level.

    `gain` is the voice's, in decibels; None brings the cue to the target by itself.
    """
    own = loudness(samples)
    if own is None:
        return samples
    gain = LOUDNESS - own if gain is None else gain
    samples, room = _with_room(samples, _change(own, gain))
    return _louder(samples, _change(own, gain, room))


def _change(own: float, gain: float, room: float = inf) -> float:
    """Return the decibels by which a cue of so many LUFS changes, all bounds kept."""
    return min(min(max(own + gain, LOUDNESS - BOUND), LOUDNESS + BOUND) - own, room)


def _louder(samples: Block, decibels: float) -> Block:
    return samples * np.float32(10 ** (decibels / 20))


def _with_room(samples: Block, decibels: float) -> tuple[Block, float]:
    """Return a cue and how many decibels louder it may be; its pulses spread if that is too few."""
    if len(samples) > _TOO_LONG:
        return samples, room_above(samples)
    # A wave goes at least as high as its samples do. Mostly to know that is enough, and costs nothing.
    most = room_at_most(samples)
    if decibels <= most and decibels <= (room := room_above(samples)):
        return samples, room
    spread = _spread(samples)
    after = room_above(spread)
    if after <= most and after <= (room := room_above(samples)):
        return samples, room
    return spread, after


def _spread(samples: Block) -> Block:
    """Return a sound with its pulses spread in the way that makes its peak the lowest."""
    # Enough zeros behind it that what comes before the beginning now is not heard at the end.
    most = max(abs(seconds) for seconds, _, _ in _SWEEPS)
    size = max(1 << (len(samples) + round(most * SAMPLERATE)).bit_length(), 2 * _COARSELY)
    spectrum = np.fft.rfft(samples, size)
    few = size // _COARSELY

    def peak(sweep: NDArray[np.complex64]) -> float:
        bins = few // 2 + 1
        return float(np.abs(np.fft.irfft(spectrum[:bins] * sweep[:bins], few)).max())

    best = min((_sweep(size, *sweep) for sweep in _SWEEPS), key=peak)
    return np.fft.irfft(spectrum * best, size)[: len(samples)].astype(np.float32)


@cache
def _sweep(size: int, seconds: float, low: int, high: int) -> NDArray[np.complex64]:
    """Return an all-pass filter at each frequency of a transform: its delay changes with the octave."""
    hertz = np.arange(size // 2 + 1) * SAMPLERATE / size
    part = np.clip(np.log(np.maximum(hertz, 1.0) / low) / np.log(high / low), 0.0, 1.0)
    delay = seconds * (part * part * (3 - 2 * part) - 0.5)
    return np.exp(-2j * np.pi * np.cumsum(delay) * SAMPLERATE / size).astype(np.complex64)
