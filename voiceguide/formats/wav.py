"""WAV, the reference: every program reads it, and the same session gives the same bytes.

To add a format, copy this file to `formats/<suffix>.py` and change what is inside `write`:

- The file's name is the suffix a person types: `voiceguide export -o session.wav`. Nothing is registered.
- `write` is handed an iterator and takes one block at a time, so memory stays constant.
- Import the library inside `check` and `write`, so that `voiceguide list formats` stays quick.
- What a file says of itself is in the track: `_tags.py` writes it for the containers it knows.
- Let `OSError` through, and turn your library's own error for a full disk into one: the exporter explains
  it to the person, removes what was begun and never touches an older file of the same name.
"""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.formats import _tags

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from voiceguide.track import Track


_BUFFER = 1 << 20
"""Bytes. Two thirds of the time went into small writes, 28 000 of them for 47 minutes."""


class Format:
    """16-bit mono WAV, by the standard library."""

    title = "WAV: plays everywhere, large (5.8 MB a minute)"
    bitrates = None

    def check(self) -> None:
        """Return: Python itself can always write WAV. A format with a library of its own imports it here."""

    def write(self, path: Path, track: Track, blocks: Iterator[NDArray[np.int16]]) -> None:
        """Write the blocks to `path`, replacing it. Blocks until done; memory stays constant.

        Raises
        ------
        OSError
            If the disk is full or `path` cannot be written.
        """
        with path.open("wb", buffering=_BUFFER) as raw, wave.open(raw, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(track.samplerate)
            for block in blocks:
                # The raw kind leaves the length in the header alone until the end, instead of seeking back
                # for every block; `wave` swaps the bytes on a big-endian machine.
                file.writeframesraw(block.data)
        _tags.add_wav(path, track)
