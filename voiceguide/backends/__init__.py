"""Playback. To add a backend, copy `null.py`: it is the reference and explains the contract.

`backends/<name>.py` holds a class `Backend` that follows the protocol below, and imports only the leaves
(`clip`, `units`, `errors`) and its own library. Backends are the only part of voiceguide that waits.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pull = Callable[[int], "NDArray[np.int16]"]


def sit_out(seconds: float) -> None:
    """Block for `seconds`, where there is no stream to wait with. Ctrl-C gets through."""
    time.sleep(seconds)


class Stream(Protocol):
    """An open device that pulls sound from the moment it was opened until `close`."""

    def wait(self, seconds: float) -> None:
        """Block for about `seconds` while sound goes on. Raises `Unavailable` if the device has gone."""

    def drain(self) -> None:
        """Block until everything pulled so far has been heard."""

    def close(self) -> None:
        """Stop at once and let the device go. May be called twice."""


class Backend(Protocol):
    """What a backend offers. Made with the name of a device, or none; that neither loads nor opens any."""

    quickest: float
    """Seconds: the shortest buffer of a stream beside another one; so much later is a key answered."""

    def devices(self) -> list[str]:
        """Return the names of the devices that can be chosen, the default first; raises as `check` does."""

    def check(self) -> None:
        """Return if the device opens; else raise `Unavailable` with what to do."""

    def open(self, pull: Pull, *, samplerate: int, buffer: float = 0.2) -> Stream:
        """Return a running stream that calls `pull(frames)` for mono int16 of shape (frames,).

        Its buffer lasts about so many seconds. `pull` always returns exactly as many frames as were asked
        for. If it raises, `wait` raises the same error. Raises `Unavailable` if the device does not open, and
        never plays into nothing; `UnknownName` if there is no such device.
        """
