"""How loud a sound is to an ear, and how high its wave goes between the samples.

By ITU-R BS.1770-4 (https://www.itu.int/rec/R-REC-BS.1770), on which EBU R 128, ReplayGain 2.0 and the levels
of streaming services and podcasts stand. Only for one channel at 48 kHz, which is what clips are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from math import ceil, inf, log10
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from voiceguide.clip import Block, Clip
from voiceguide.units import SAMPLERATE

MANY = 30
"""Cues that tell the loudness of a voice to a tenth of a decibel."""
HIGHEST_PEAK = -1.5
"""Decibels of full scale that a wave may reach: encoders and converters overshoot by about 1 dB."""

_SHELF = (1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)
_HIGH_PASS = (1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)
"""K-weighting at 48 kHz, numerators and denominators: tables 1 and 2 of the standard."""
_STEP = SAMPLERATE // 10
_STEPS = 4
"""A block is 400 ms long; the next one begins 100 ms later."""
_SIZE = 2**15
"""Frames of a transform."""
_NEW = 6 * _STEP
"""Frames that it weighs; `_RINGS` come before them."""
_RINGS = _SIZE - _NEW
"""Frames after which the weighting has rung out to -170 dB: its slowest pole lies at 0.995, or 38 Hz."""
_AT_ONCE = 32
"""Transforms in one go, so that memory stays constant; 19 seconds."""
_ABSOLUTE_GATE = -70.0
"""LUFS below which a block is silence."""
_RELATIVE_GATE = -10.0
"""LU below the average of all others under which a block is a pause."""
_OFFSET = -0.691
"""Decibels that make a sine of 1 kHz at full scale in one channel -3.01 LUFS."""

_TIMES = 4
"""Points in time that are looked at for each sample: annex 2 of the standard. Between them a wave may go
0.7 dB higher, but only at the highest pitch there is."""
_TAPS = 32
"""Samples around it that decide one point."""
_STRETCH = 256
"""Samples that are looked between, or passed over, together."""


def loudness(samples: Block) -> float | None:
    """Return the LUFS of a sound; None if there is nothing to hear.

    A sound shorter than a block is measured as if it were repeated: silence behind it would count.
    """
    size = _STEP * _STEPS
    if 0 < len(samples) < size:
        samples = np.tile(samples, ceil(size / len(samples)))[:size]
    return gated([_block_powers(samples)])


def loudness_of(clips: Iterable[Block]) -> float | None:
    """Return the LUFS of a session in which these sounds follow each other; None if there is nothing to hear.

    That is a little less than each of them has alone: there are blocks that a sound fills only partly.
    """
    return gated(powers(one) for one in clips)


def powers(samples: Block) -> NDArray[np.float64]:
    """Return the mean square, as an ear weighs it, of each block that has part of a sound in it.

    They grow with the square of the samples, so that a louder sound need not be measured again.
    """
    return _block_powers(np.pad(samples, _STEP * (_STEPS - 1)))


def loudest(samples: Block) -> float:
    """Return the LUFS of the loudest 400 ms of a sound; minus infinity if it has none that can be heard."""
    most = float(_block_powers(samples).max(initial=0.0))
    return _OFFSET + 10 * log10(most) if most > _power(_ABSOLUTE_GATE) else -inf


def gated(blocks: Iterable[NDArray[np.float64]]) -> float | None:
    """Return the LUFS of `powers`, silence and pauses left out; None if nothing else is there."""
    together = np.concatenate([np.zeros(0), *blocks])
    loud = together[together > _power(_ABSOLUTE_GATE)]
    if loud.size:
        loud = loud[loud > loud.mean() * 10 ** (_RELATIVE_GATE / 10)]
    return _OFFSET + 10 * log10(float(loud.mean())) if loud.size else None


def true_peak(samples: Block) -> float:
    """Return the highest point of the wave that the samples stand for, linear; 0 for silence."""
    if not samples.any():
        return 0.0
    padded = np.pad(samples, (_TAPS - 1, _TAPS - 1 + -(len(samples) + _TAPS - 1) % _STRETCH))
    stretches = sliding_window_view(padded, _STRETCH + _TAPS - 1)[::_STRETCH]
    peaks = np.maximum(stretches.max(axis=1), -stretches.min(axis=1))
    highest = float(peaks.max())
    # A point lies highest if all samples around it are as high as they get and all taps pull the same way.
    # So only among the loudest vowels there is anything to look for.
    loud = stretches[peaks * max(float(np.abs(taps).sum()) for taps in _phases()) > highest]
    for taps in _phases():
        points = np.convolve(loud.reshape(-1), taps)[_TAPS - 1 :].reshape(loud.shape)
        highest = max(highest, float(np.abs(points[:, :_STRETCH]).max()))
    return highest


def shifted(clip: Clip, decibels: float, gain: float = 0.0) -> Clip:
    """Return a clip at 48 kHz louder or softer, but no louder than `HIGHEST_PEAK` lets it be.

    `gain` is in decibels, too: what the loudest event is played at that this clip is for.
    """
    if not decibels:
        return clip
    if decibels > 0:
        decibels = min(decibels, max(room_above(clip.samples) - gain, 0.0))
    return Clip(clip.samples * np.float32(10 ** (decibels / 20)), clip.samplerate)


def room_above(samples: Block) -> float:
    """Return how many decibels louder a sound may be until it reaches `HIGHEST_PEAK`."""
    return _below_highest(true_peak(samples))


def room_at_most(samples: Block) -> float:
    """Return what `room_above` is no more than, from the samples alone: quicker by far."""
    return _below_highest(float(np.abs(samples).max(initial=0.0)))


def _below_highest(peak: float) -> float:
    return HIGHEST_PEAK - 20 * log10(peak) if peak else 0.0


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - _OFFSET) / 10))


def _block_powers(samples: Block) -> NDArray[np.float64]:
    """Return the mean square of each whole block of a sound, weighted."""
    sums = [np.zeros(0)]
    for weighted in _weighted(samples):
        steps = weighted[: len(weighted) // _STEP * _STEP].reshape(-1, _STEP)
        sums.append(np.square(steps, dtype=np.float64).sum(axis=1))
    steps = np.concatenate(sums)
    if len(steps) < _STEPS:
        return np.zeros(0)
    return np.convolve(steps, np.ones(_STEPS), mode="valid") / (_STEP * _STEPS)


def _weighted(samples: Block) -> Iterator[NDArray[Any]]:
    """Yield a sound as an ear weighs it, in pieces of whole steps but for the last."""
    for start in range(0, len(samples), _AT_ONCE * _NEW):
        count = min(_AT_ONCE * _NEW, len(samples) - start)
        before = min(start, _RINGS)
        padded = np.pad(samples[start - before : start + count], (_RINGS - before, -count % _NEW))
        # What rings on comes round to the beginning of its transform: to frames that are not new.
        overlapping = sliding_window_view(padded, _SIZE)[::_NEW]
        spectra = np.fft.rfft(overlapping) * _response()
        weighted = np.fft.irfft(spectra)[:, _RINGS:]
        yield weighted.reshape(-1)[:count]


@cache
def _response() -> NDArray[np.complex64]:
    """Return the weighting at each frequency of a transform."""
    late = np.exp(-2j * np.pi * np.arange(_SIZE // 2 + 1) / _SIZE)
    response = np.ones(len(late), np.complex128)
    for above, below in (_SHELF, _HIGH_PASS):
        response *= np.polyval(above[::-1], late) / np.polyval(below[::-1], late)
    return response.astype(np.complex64)


@cache
def _phases() -> tuple[NDArray[np.float32], ...]:
    """Return what gives the points between the samples: the sinc, cut short by a Kaiser window."""
    places = np.arange(_TAPS) - (_TAPS - 1) // 2
    phases = []
    for phase in range(1, _TIMES):
        at = places - phase / _TIMES
        window = np.i0(6 * np.sqrt(np.clip(1 - (at / (_TAPS / 2)) ** 2, 0, 1))) / np.i0(6)
        taps = np.sinc(at) * window
        phases.append((taps / taps.sum()).astype(np.float32))
    return tuple(phases)
