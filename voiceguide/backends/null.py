"""No device at all, the reference: pulls the sound and plays it to nobody. Never fallen back to.

To add a backend, copy this file to `backends/<name>.py`. What every backend promises:

- Making a `Backend` costs nothing; `check` and `open` import its library, so that `voiceguide list backends`
  stays quick.
- `open` gives a stream that runs, or raises `Unavailable`. There is no third way: a stream that plays into
  nothing is the worst thing a voice you listen to with closed eyes can do.
- From then on the stream calls `pull(frames)` for as long as it is open, from any thread, and plays just
  what it is given. Pausing is not its business: a paused player hands it silence.
- `wait` is where a command spends its time. It comes back after about as long as it was asked to, lets
  Ctrl-C through, and raises what `pull` raised, or `Unavailable` once the device has gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceguide.errors import UsageError

if TYPE_CHECKING:
    from voiceguide.backends import Pull

BLOCKSIZE = 4_800
"""Frames pulled at a time: 100 ms at 48 kHz, as a device would."""


class Backend:
    """Time passes only while somebody waits, and then at once."""

    quickest = 0.0
    """Seconds: the shortest buffer it can have."""

    def __init__(self, device: str = "") -> None:
        """Raise if a device is asked for: there is none. Others keep its name until it is opened."""
        if device:
            raise UsageError("the backend 'null' has no devices", hint="leave --device out.")

    def devices(self) -> list[str]:
        """Return no names: nothing can be chosen. Others return those of their devices, the default first."""
        return []

    def check(self) -> None:
        """Return: nothing is needed. Others raise `Unavailable` here if the device does not open."""

    def open(self, pull: Pull, *, samplerate: int, buffer: float = 0.2) -> Stream:  # noqa: ARG002 - it has none
        """Return a stream in virtual time. Never raises; others raise `Unavailable`."""
        return Stream(pull, samplerate)


class Stream:
    """Pulls and counts. Keeps no sound, so memory stays constant."""

    def __init__(self, pull: Pull, samplerate: int) -> None:
        self._pull = pull
        self._samplerate = samplerate
        self._open = True
        self.frames = 0
        """How many were pulled so far."""

    def wait(self, seconds: float) -> None:
        """Pull exactly as many frames as `seconds` hold and return at once. Raises what `pull` raises."""
        left = round(seconds * self._samplerate) if self._open else 0
        while left:
            block = self._pull(min(left, BLOCKSIZE))
            self.frames += len(block)
            left -= len(block)

    def drain(self) -> None:
        """Return: what was pulled is heard at once. A device blocks here for as long as its buffer lasts."""

    def close(self) -> None:
        """Pull no more. May be called twice."""
        self._open = False
