"""Timeline + Clips -> blocks: the one source of sound, for playing and for exporting.

It keeps nothing but the clips, each once however often it sounds. Any stretch can be read at any time from
any thread, and is the same samples whatever stretch was read before.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from voiceguide.clip import Block, Clip, to_int16
from voiceguide.room_tone import RoomTone
from voiceguide.units import SAMPLERATE, in_frames

if TYPE_CHECKING:
    from voiceguide.background import Bed
    from voiceguide.scheduler.timeline import Event, Timeline

BLOCKSIZE = 4_800
"""Frames: 100 ms at 48 kHz. Under a second, as libsndfile wants it for Vorbis (libsndfile #1095)."""


class Mixer:
    """The sound of a timeline, rendered wherever it is asked for."""

    def __init__(
        self,
        timeline: Timeline,
        speech: Mapping[str, Clip],
        earcons: Mapping[str, Clip],
        samplerate: int = SAMPLERATE,
        *,
        room_tone: bool = False,
        bed: Bed | None = None,
    ) -> None:
        """Check that every event can sound whole.

        Parameters
        ----------
        timeline
            What sounds when.
        speech
            A clip for every `Event.spoken`.
        earcons
            A clip for every `Event.name` of an earcon.
        samplerate
            Hertz, with a whole number of frames in a millisecond.
        room_tone
            True if there is a hush under all that leaves it; `read` gives the events alone.
        bed
            What else lies under it, made for the same timeline.

        Raises
        ------
        ValueError
            If a clip is missing, has another samplerate or is longer than its event, or if an event overlaps
            another or the end. No user can cause this: it is a fault of the stage before.
        """
        if samplerate % 1000:
            raise ValueError(f"samplerate {samplerate} has no whole number of frames in a millisecond")
        self.samplerate = samplerate
        self.frames = in_frames(timeline.duration, samplerate)
        self.room_tone = RoomTone(samplerate) if room_tone else None
        """The hush under it, for who adds it to frames that are heard in another order; None without one."""
        self.bed = bed
        """The background under it, likewise."""
        self._starts: list[int] = []
        self._clips: list[Block] = []
        self._gains: list[np.float32] = []
        silent_from = 0
        for event in timeline.events:
            start = in_frames(event.start, samplerate)
            end = start + in_frames(event.duration, samplerate)
            if not silent_from <= start <= end <= self.frames:
                raise ValueError(f"{_named(event)} overlaps another or the end")
            clip = speech.get(event.spoken) if event.kind == "speech" else earcons.get(event.name)
            if clip is None:
                raise ValueError(f"{_named(event)} has no clip")
            if clip.samplerate != samplerate:
                raise ValueError(f"{_named(event)} has a clip of {clip.samplerate} Hz, not {samplerate} Hz")
            if clip.frames > end - start:
                raise ValueError(f"{_named(event)} has a clip of {clip.duration} ms, not {event.duration} ms")
            self._starts.append(start)
            self._clips.append(clip.samples)
            self._gains.append(np.float32(10 ** (event.gain / 20)))
            silent_from = end

    def read(self, start: int, frames: int) -> Block:
        """Return `frames` frames from frame `start` on, shape (frames,), float32; zeros outside the session.

        The array is new and the caller's. Its cost does not depend on the length of the session.
        """
        block = np.zeros(frames, np.float32)
        end = start + frames
        # Events do not overlap, so one that started earlier than the last one before `start` is over.
        index = max(bisect_right(self._starts, start) - 1, 0)
        while index < len(self._starts) and self._starts[index] < end:
            offset = self._starts[index] - start
            clip = self._clips[index][max(-offset, 0) : max(frames - offset, 0)]
            place = max(offset, 0)
            np.multiply(clip, self._gains[index], out=block[place : place + len(clip)])
            index += 1
        return block

    def blocks(
        self, blocksize: int = BLOCKSIZE, *, start: int = 0, end: int | None = None
    ) -> Iterator[NDArray[np.int16]]:
        """Yield the session as mono int16 of shape (blocksize,), the last one shorter if need be.

        All of it, or from frame `start` to before frame `end`. Room tone comes over the first second of the
        whole and goes over its last, a background over more of them. A block in which nothing else than room
        tone sounds is read-only, and may be the same one every time.
        """
        # 94 % of a session is silence, so this is most of the work of an export.
        silence = np.zeros(blocksize, np.int16)
        silence.flags.writeable = False
        end, tone, bed = self.frames if end is None else end, self.room_tone, self.bed
        for first in range(start, end, blocksize):
            frames, left = min(blocksize, end - first), self.frames - first
            is_silent = bed is None and self._is_silent(first, first + frames)
            if is_silent and tone is None:
                yield silence[:frames]
            elif is_silent and tone is not None and tone.is_steady(first, left, frames):
                yield tone.read_rounded(first, frames)
            else:
                block = self.read(first, frames)
                if bed is not None:
                    block += bed.read(first, frames, left=left)
                if tone is not None:
                    block += tone.read(first, frames, since=min(first, left), left=left)
                yield to_int16(block)

    @property
    def peak(self) -> float:
        """The highest sample there can be, linear: that of the loudest event, and of what lies under it."""
        events = zip(self._clips, self._gains, strict=True)
        loudest = max((float(np.abs(clip).max(initial=0.0) * gain) for clip, gain in events), default=0.0)
        return loudest + sum(one.peak for one in (self.room_tone, self.bed) if one is not None)

    def _is_silent(self, start: int, end: int) -> bool:
        """Return True if no clip sounds from frame `start` to before frame `end`."""
        index = bisect_right(self._starts, end - 1) - 1
        return index < 0 or self._starts[index] + len(self._clips[index]) <= start


def _named(event: Event) -> str:
    return f"event '{event.spoken or event.name}' at {event.start} ms"
