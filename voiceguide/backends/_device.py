"""What all devices have in common: they pull from a thread of their own, and may go away without a word."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from voiceguide.errors import Unavailable, UnknownName

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from voiceguide.backends import Pull

BUFFER = 0.2
"""Seconds. 0.1 had gaps of 90 ms next to two busy programs on two cores, 0.2 had none in three runs."""
QUICKEST = 0.04
"""Seconds, of a second stream for short answers; gaps in it, beside busy programs, harm nobody."""
SILENT_FOR = max(1.0, 4 * BUFFER)
"""Seconds without a callback after which the device has gone. In a healthy one they come every `BUFFER`."""
DRAIN = 3 * BUFFER
"""Seconds: one buffer here, and about as much again in a sound server and in a Bluetooth link."""
HINT = (
    "`voiceguide doctor` says what is missing; "
    "`voiceguide export -o session.wav` makes a file to play elsewhere."
)
_WAKING, _SETTLED = 1.8, 5
"""Seconds without a callback that a device may take to wake, and after how many callbacks it is awake.

A PulseAudio sink that sleeps makes the second one wait for 1.7 seconds; a Bluetooth one may be as slow.
"""
_CLOSING = 2.0
"""Seconds to wait for a device to close: unplugging one may lock up its library (miniaudio #341, #881)."""
_SLICE = 0.1
"""Seconds. Waits are cut up, as on Windows a wait is not interrupted by Ctrl-C."""


class DeviceStream:
    """A device that is pulling, watched from the thread that waits."""

    silent_for = SILENT_FOR
    """Seconds without a pull after which it has gone."""
    drains = DRAIN
    """Seconds after which all that was pulled has been heard."""

    def __init__(self, pull: Pull, close: Callable[[], None]) -> None:
        """`close` lets the device go; it may lock up."""
        self._pull = pull
        self._close = close
        self._calls = 0
        self._calls_seen = 0
        self._silent = 0.0
        self._error: BaseException | None = None
        self._event = threading.Event()
        self._closed = False

    def take(self, frames: int) -> NDArray[np.int16] | None:
        """Return the next frames, or None if there are none any more. For the device's thread; never raises.

        Whatever `pull` raises, even SystemExit, is raised by `wait`, where somebody can catch it: what leaves
        a callback is printed and lost, and the device goes on in silence.
        """
        self._calls += 1
        if self._error is None and not self._closed:
            try:
                return self._pull(frames)
            except BaseException as error:  # noqa: BLE001
                self.fail(error)
        return None

    def fail(self, error: BaseException) -> None:
        """Let `wait` raise an error. For the device's thread."""
        self._error = self._error or error
        self._event.set()

    def lose(self) -> None:
        """Let `wait` say that the device has gone. For the device's thread."""
        if not self._closed:
            self.fail(gone())

    def wait(self, seconds: float) -> None:
        """Block for `seconds`, less if something fails. Ctrl-C gets through.

        Raises
        ------
        Unavailable
            If the device has gone, or has asked for no sound for a second of waiting.
        BaseException
            Whatever `pull` raised.
        """
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not self._closed:
            self._wait_slice(min(left, _SLICE))

    def drain(self) -> None:
        """Block until what was pulled has left the buffers. Raises as `wait` does."""
        self.wait(self.drains)

    def close(self) -> None:
        """Stop at once and let the device go, within two seconds. May be called twice."""
        if not self._closed:
            self._closed = True
            close_in_time(self._close)

    def _wait_slice(self, seconds: float) -> None:
        self._event.wait(seconds)
        if self._error is not None:
            raise self._error
        # Counted in slices of waiting, not by the clock: after Ctrl-Z and `fg`, or the sleep of a laptop, the
        # clock has jumped and the device deserves its time to come back.
        self._silent = 0.0 if self._calls != self._calls_seen else self._silent + seconds
        self._calls_seen = self._calls
        if self._silent > (self.silent_for if self._calls >= _SETTLED else max(self.silent_for, _WAKING)):
            raise gone()


def gone() -> Unavailable:
    """Return the error that says that a device has gone."""
    return Unavailable("the sound device stopped answering", hint=f"is it still connected? {HINT}")


def choose_device(wanted: str, names: Sequence[str]) -> int:
    """Return the index of the device with a name, or with the only name that has it in it; case is ignored.

    Raises
    ------
    UnknownName
        If there is none, or more than one.
    """
    found = [at for at, name in enumerate(names) if name.lower() == wanted.lower()]
    found = found or [at for at, name in enumerate(names) if wanted.lower() in name.lower()]
    if len(found) != 1:
        raise UnknownName("device", wanted, names, listing="voiceguide list devices")
    return found[0]


def close_in_time(close: Callable[[], None]) -> None:
    """Close a device in a thread of its own, so that one which locks up takes nobody with it.

    Python waits for the second thread before it ends, however it is told to: a device that is still open
    then waits for a callback that is never called again, and the process never ends.
    """
    closing = threading.Thread(target=close, name="voiceguide-close", daemon=True)
    closing.start()
    waiting = threading.Thread(target=closing.join, args=(_CLOSING,), name="voiceguide-wait")
    waiting.start()
    waiting.join()


@contextmanager
def without_chatter() -> Iterator[None]:
    """Keep what C libraries print off the screen: without a card ALSA alone says 37 lines before our one."""
    try:
        kept = os.dup(2)
    except OSError:  # a program without a stderr, such as a service: there is nothing to keep clean
        yield
        return
    nothing = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)
