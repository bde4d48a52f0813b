"""Audio files. To add a format, copy `wav.py`: it is the reference and explains the contract.

`formats/<name>.py` holds a class `Format` that follows the protocol below; its file name is the suffix.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from voiceguide.track import Track


class Format(Protocol):
    """What a format offers. Made without arguments."""

    title: str
    """What `voiceguide list formats` calls it."""
    bitrates: range | None
    """Kilobits a second that can be asked for; None if it keeps every sample, whatever room that takes."""

    def check(self) -> None:
        """Return if this format can be written on this machine; else raise `Unavailable`."""

    def write(self, path: Path, track: Track, blocks: Iterator[NDArray[np.int16]]) -> None:
        """Write the blocks to `path`, which may exist and is then replaced. Blocks until done.

        Each block is mono int16 of shape (frames,), at the samplerate of the track; together they are as long
        as the track says. Memory stays constant, whatever the length. Raises `OSError` if the disk is full or
        `path` cannot be written.
        """
