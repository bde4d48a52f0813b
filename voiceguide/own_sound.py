"""A sound file of a person's own -> a sound without an end, read as it is heard, whatever its length.

It is listened through once before anything is promised with it: whether it can be read to its end, and how
loud it gets. Its end goes over into its beginning.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from voiceguide.clip import Block, Clip, resample
from voiceguide.endless import FADE, Endless
from voiceguide.errors import InvalidContent, Problem, Unavailable, UsageError
from voiceguide.loudness import loudest
from voiceguide.units import HIGHEST_RATE, LOWEST_RATE, SAMPLERATE, SECOND, Milliseconds, clock, in_frames

if TYPE_CHECKING:
    from soundfile import SoundFile

SHORTEST = 5
"""Seconds. What is shorter is a signal, and is heard to come back."""
LONGEST = 3600
"""Seconds of it that are used: to listen through more takes longer than anybody waits."""
_OVER = 2
"""Seconds in which its end goes over into its beginning."""
_SOFTEST = -60.0
"""LUFS of its loudest moment: to bring up less than that is to hear its noise."""
_AT_ONCE = 10
"""Seconds that are listened to in one go."""
_AGAIN = "make a .wav, .flac, .ogg or .mp3 of it with another program, and try again."


@dataclass(frozen=True, slots=True)
class Listened:
    """What is known of a file that was listened through."""

    seconds: int
    """How much of it is used: whole seconds."""
    loudness: float
    """LUFS of its loudest 400 ms."""
    peak: float
    """Its highest sample, linear."""


class OwnSound(Endless):
    """A file at one samplerate, going round. Only a few seconds of it are held."""

    def __init__(self, path: Path, seconds: int, samplerate: int, gain: float = 1.0) -> None:
        """Open a file of which so many seconds are used.

        Parameters
        ----------
        path
            Any file that libsndfile reads; several channels become one.
        seconds
            As `listen` found.
        samplerate
            Hertz.
        gain
            Linear.

        Raises
        ------
        Unavailable
            If it cannot be opened; from `cut` and `read`, too, if it cannot be read any more.
        """
        self._path = path
        self._seconds = seconds
        self._samplerate = samplerate
        self._gain = np.float32(gain)
        self._over = _OVER * samplerate
        self._lock = Lock()
        self.full = in_frames(FADE, samplerate)
        self._file = _opened(path)
        self._raw: dict[int, Block] = {}
        """The last seconds that were read, as they are in the file."""
        self._made: dict[int, Block] = {}
        """The last second that was made of them."""
        self._seam = np.zeros(0, np.float32)
        """Its end going over into its beginning, once it was needed."""

    @property
    def frames(self) -> int:
        """Frames after which it comes back."""
        return (self._seconds - _OVER) * self._samplerate

    def cut(self, frame: int, frames: int) -> Block:
        """Return `frames` frames from any frame on, float32."""
        sound = np.zeros(frames, np.float32)
        done = 0
        with self._lock:
            while done < frames:
                turn, at = divmod(frame + done, self.frames)
                # The first time round there is nothing before its beginning.
                part = self._turned(at) if turn and at < self._over else self._second(at)
                part = part[: frames - done]
                sound[done : done + len(part)] = part
                done += len(part)
        sound *= self._gain
        return sound

    def _second(self, at: int) -> Block:
        """Return what is left of the second around a frame, or of the whole before it comes back."""
        number, start = divmod(at, self._samplerate)
        return self._make(number)[start : start + self.frames - at]

    def _turned(self, at: int) -> Block:
        """Return what is left of the seam from a frame on."""
        if not len(self._seam):
            beginning, end = (
                np.concatenate([self._make(first + number) for number in range(_OVER)])
                for first in (0, self._seconds - _OVER)
            )
            # Two sounds that have nothing to do with each other: as loud in the middle as on both sides.
            turn = np.pi / 2 * np.arange(self._over) / self._over
            self._seam = (beginning * np.sin(turn) + end * np.cos(turn)).astype(np.float32)
        return self._seam[at:]

    def _make(self, number: int) -> Block:
        """Return one second at the samplerate."""
        if number not in self._made:
            self._made = {number: self._resampled(number)}
        return self._made[number]

    def _resampled(self, number: int) -> Block:
        if self._file.samplerate == self._samplerate:
            return self._read(number)
        import soxr

        # With a second on both sides, in which the filter comes and goes: so each stands for itself, and
        # they join without a seam.
        around = np.concatenate([self._read(near) for near in (number - 1, number, number + 1)])
        made = soxr.resample(around, self._file.samplerate, self._samplerate, "HQ").astype(np.float32)
        return np.asarray(made[self._samplerate : 2 * self._samplerate])

    def _read(self, number: int) -> Block:
        """Return one second as it is in the file, its channels as one; silence before and behind it."""
        rate = self._file.samplerate
        if not 0 <= number < self._seconds:
            return np.zeros(rate, np.float32)
        if number not in self._raw:
            self._raw = {near: self._raw[near] for near in (number - 2, number - 1) if near in self._raw}
            try:
                found = _read_second(self._file, number)
            except (OSError, RuntimeError) as error:
                raise Unavailable(f"'{self._path}' cannot be read any more: {error}") from error
            self._raw[number] = np.pad(found, (0, rate - len(found)))
        return self._raw[number]


def listen(path: Path) -> Listened:
    """Return what is known of a file once all of it that is used was heard.

    Raises
    ------
    UsageError
        If there is no such file.
    InvalidContent
        If it is no sound, breaks off, is too short or is silent.
    Unavailable
        If the library that reads it is missing.
    """
    if not path.is_file():
        hint = "`voiceguide list backgrounds` shows those that need no file."
        why = "is a folder, not a sound" if path.is_dir() else "is not there"
        raise UsageError(f"the background '{path}' {why}", hint=hint)
    with _opened(path) as file:
        frames, rate = file.frames, file.samplerate
        if frames < SHORTEST * rate:
            hint = f"take {SHORTEST} seconds or more: from half a minute on, nobody hears it come back."
            raise _wrong(path, f"{frames / rate:.1f} s is too short to lie under a session", hint)
        known = _heard_through(file, path, min(frames // rate, LONGEST))
    # Where its end goes over into its beginning, it may be louder than anywhere.
    seam = OwnSound(path, known.seconds, SAMPLERATE)
    around = seam.cut(seam.frames - SAMPLERATE, (_OVER + 1) * SAMPLERATE)
    loudness = max(known.loudness, loudest(around))
    if loudness < _SOFTEST:
        hint = "see in another program whether it plays, and how loud."
        raise _wrong(path, "nothing is heard in it", hint)
    return replace(known, loudness=loudness, peak=max(known.peak, float(np.abs(around).max())))


def _heard_through(file: SoundFile, path: Path, seconds: int) -> Listened:
    """Return what is known of a file once it was read; raise `InvalidContent` if it cannot be."""
    loudness, peak, number = -np.inf, 0.0, 0
    part = np.zeros(0, np.float32)
    is_over = False
    while not is_over:
        try:
            read = _read_second(file, number)
        except (OSError, RuntimeError) as error:  # libsndfile's own errors are of the latter kind
            raise _breaks_off(path, number) from error
        if not np.isfinite(read).all():
            raise _wrong(path, f"at {_clock(number)} it holds numbers that are no sound", _AGAIN)
        part = np.concatenate((part, read))
        number += len(read) == file.samplerate
        is_over = len(read) < file.samplerate or number == seconds
        if is_over or len(part) > _AT_ONCE * file.samplerate:
            loudness = max(loudness, loudest(resample(Clip(part, file.samplerate), SAMPLERATE).samples))
            peak = max(peak, float(np.abs(part).max()))
            part = part[-file.samplerate :]
    # Of an MP3 it is not always known beforehand how long it is, to the second.
    if number < max(SHORTEST, 0.98 * seconds):
        raise _breaks_off(path, number)
    return Listened(number, float(loudness), peak)


def _read_second(file: SoundFile, number: int) -> Block:
    """Return one second of a file, its channels as one; less at its end."""
    first = number * file.samplerate
    if file.tell() != first:
        file.seek(first)
    return np.asarray(file.read(file.samplerate, "float32", always_2d=True).mean(axis=1, dtype=np.float32))


def _opened(path: Path) -> SoundFile:
    try:
        from soundfile import SoundFile
    except (ImportError, OSError) as error:  # OSError: soundfile is here and libsndfile is not
        hint = "`pip install --upgrade soundfile` adds it; rain, waves, brown and drone need nothing."
        raise Unavailable(f"a file as background needs soundfile: {error}", hint=hint) from error
    try:
        file = SoundFile(path)
    except (OSError, RuntimeError, TypeError) as error:  # TypeError: a file of bare samples, by its suffix
        raise _wrong(path, "this is no sound that can be read here", _AGAIN) from error
    if not LOWEST_RATE <= file.samplerate <= HIGHEST_RATE:
        file.close()
        what = (
            f"it has {file.samplerate} samples a second, and sound has from {LOWEST_RATE} to {HIGHEST_RATE}"
        )
        raise _wrong(path, what, _AGAIN)
    return file


def _breaks_off(path: Path, number: int) -> InvalidContent:
    return _wrong(path, f"it is damaged, and breaks off at {_clock(number)}", _AGAIN)


def _wrong(path: Path, what: str, hint: str) -> InvalidContent:
    return InvalidContent([Problem((), what, hint=hint, where=str(path))])


def _clock(seconds: int) -> str:
    return clock(Milliseconds(seconds * SECOND))
