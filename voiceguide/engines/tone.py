"""The reference engine: a quiet tone for every text. Copy this file to add an engine.

It needs no library, no data and no time, and its clips have exactly the length `tone_length` says. So it
is what the tests, the golden timelines and length estimates speak with. The comments say what the contract
(`voiceguide.engines.Engine`) asks of every engine.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from voiceguide.engines import VoiceInfo
from voiceguide.errors import UnknownName
from voiceguide.units import Milliseconds

# Anything heavy, numpy included, is imported where sound is made: listing voices must stay quick.
if TYPE_CHECKING:
    from voiceguide.clip import Clip

VOICES = (VoiceInfo("plain", "A quiet tone", ""),)

_WORD = 400
"""Milliseconds a word: 150 words a minute, what the default voice speaks at."""
_REST = 200
"""Milliseconds a text, beside its words."""
_LOUDNESS = 0.1
"""Peak, of 1: -20 dBFS, audible and never startling."""


def tone_length(text: str) -> Milliseconds:
    """Return how long `text` sounds: 400 ms a whitespace-separated word and 200 ms more."""
    return Milliseconds(_WORD * len(text.split()) + _REST)


class Engine:
    """What the registry looks for. Making one neither loads nor checks anything."""

    default_rate = 150

    def check(self) -> None:
        """Return always: an engine that could be missing raises `Unavailable`, with what to type next."""

    def version(self) -> str:
        """Return a string that changes whenever the sound does: clips are kept on disk under it."""
        return "1"

    def default_voice(self, language: str) -> str:  # noqa: ARG002 - the contract has it
        """Return the one voice: a tone is the same in every language."""
        return VOICES[0].id

    def voices(self) -> list[VoiceInfo]:
        """Return every voice, sorted by id."""
        return list(VOICES)

    def check_voice(self, voice: str) -> None:
        """Return if `voice` is there; else raise `UnknownName`, which also says what is near."""
        known = [info.id for info in VOICES]
        if voice not in known:
            raise UnknownName("voice", voice, known, listing="voiceguide list voices")

    def synthesize(self, texts: Sequence[str], *, voice: str, rate: int) -> Iterator[Clip]:  # noqa: ARG002 - the same
        """Yield one clip a text, 48 kHz, each as soon as it is made, in order.

        `rate` is ignored, so that lengths depend on the words alone. An engine that can fail raises
        `Unavailable` here, and it never depends on what it spoke before.
        """
        self.check_voice(voice)
        for text in texts:
            yield _tone(text)


def _tone(text: str) -> Clip:
    import numpy as np

    from voiceguide.clip import Clip
    from voiceguide.units import SAMPLERATE, in_frames

    # Each text has its own pitch from 200 to 295 Hz, to tell them apart by ear. In steps of 5 Hz there is a
    # whole number of waves in 200 ms and so in every length: the first and last frame are both at a crest,
    # far above the threshold that trimming cuts at, and the length survives exactly.
    pitch = 200 + 5 * (zlib.crc32(text.encode()) % 20)
    frames = np.arange(in_frames(tone_length(text), SAMPLERATE))
    samples = _LOUDNESS * np.cos(2 * np.pi * pitch / SAMPLERATE * frames)
    return Clip(samples.astype(np.float32), SAMPLERATE)
