"""The device of this machine, through miniaudio: PulseAudio, PipeWire, ALSA, JACK, Core Audio, WASAPI.

miniaudio stays silent about three things, which were measured and are made loud here: without any sound
library it "plays" into its own Null device; when the callback raises it goes on in silence for ever; and
when the sound server dies it simply calls no more.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from voiceguide.errors import Unavailable

if TYPE_CHECKING:
    from voiceguide.backends import Pull

BUFFER = 0.2
"""Seconds. 0.1 had gaps of 90 ms next to two busy programs on two cores, 0.2 had none in three runs."""

SILENT_FOR = max(1.0, 4 * BUFFER)
"""Seconds without a callback after which the device has gone. In a healthy one they come every `BUFFER`."""

DRAIN = 3 * BUFFER
"""Seconds: one buffer here, and about as much again in a sound server and in a Bluetooth link."""

_CLOSING = 2.0
"""Seconds to wait for a device to close: unplugging one may lock up its library (miniaudio #341, #881)."""

_SLICE = 0.1
"""Seconds. Waits are cut up, as on Windows a wait is not interrupted by Ctrl-C."""

_SYSTEMS = {
    "linux": ("PULSEAUDIO", "ALSA", "JACK"),
    "darwin": ("COREAUDIO",),
    "win32": ("WASAPI", "DSOUND", "WINMM"),
}
_OTHER_SYSTEMS = ("SNDIO", "AUDIO4", "OSS")

_HINT = (
    "`voiceguide doctor` says what is missing; "
    "`voiceguide export -o session.wav` makes a file to play elsewhere."
)


class Backend:
    """The default device."""

    def __init__(self, systems: Sequence[str] | None = None) -> None:
        """Choose by name among miniaudio's own backends; without, those of this operating system.

        The list is always given to miniaudio, as without one it falls back to playing into nothing.
        """
        self._systems = tuple(systems or _SYSTEMS.get(sys.platform, _OTHER_SYSTEMS))

    def check(self) -> None:
        """Return if a device opens; else raise `Unavailable` with what to do. Plays nothing."""
        _close(self._open_device(48_000))

    def open(self, pull: Pull, *, samplerate: int) -> Stream:
        """Return a stream that plays the mono sound on both channels.

        Raises
        ------
        Unavailable
            If no device opens or starts, or miniaudio is not installed.
        """
        device = self._open_device(samplerate)
        import miniaudio

        stream = Stream(pull, device)
        try:
            device.start(stream.source)
        except miniaudio.MiniaudioError as error:
            stream.close()
            raise Unavailable(f"the sound device does not start: {_said(error)}", hint=_HINT) from error
        return stream

    def _open_device(self, samplerate: int) -> Any:
        try:
            import miniaudio
        except ImportError as error:
            raise Unavailable(f"backend 'miniaudio' needs miniaudio: {error}", hint=_HINT) from error
        try:
            with _without_chatter():
                device = miniaudio.PlaybackDevice(
                    output_format=miniaudio.SampleFormat.SIGNED16,
                    nchannels=2,
                    sample_rate=samplerate,
                    buffersize_msec=round(BUFFER * 1000),
                    backends=[miniaudio.Backend[name] for name in self._systems],
                    app_name="voiceguide",
                )
        except miniaudio.MiniaudioError as error:
            raise Unavailable(f"no sound device: {_said(error)}", hint=_HINT) from error
        if device.backend == "Null" and "NULL" not in self._systems:
            _close(device)
            raise Unavailable("no sound device: miniaudio would play into nothing", hint=_HINT)
        return device


class Stream:
    """A device that is pulling."""

    def __init__(self, pull: Pull, device: Any) -> None:
        self._pull = pull
        self._device = device
        self._calls = 0
        self._calls_seen = 0
        self._silent = 0.0
        self._error: BaseException | None = None
        self._failed = threading.Event()
        self._closed = False
        self.source = self._feed()
        """The one generator of the device's life; a second one would lose the frames of the first."""
        next(self.source)

    def wait(self, seconds: float) -> None:
        """Block for `seconds`, less if something fails. Ctrl-C gets through.

        Raises
        ------
        Unavailable
            If the device has asked for no sound for `SILENT_FOR` seconds of waiting.
        BaseException
            Whatever `pull` raised.
        """
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not self._closed:
            self._wait_slice(min(left, _SLICE))

    def drain(self) -> None:
        """Block until what was pulled has left the buffers. Raises as `wait` does."""
        self.wait(DRAIN)

    def close(self) -> None:
        """Stop at once and let the device go, within two seconds. May be called twice."""
        if not self._closed:
            self._closed = True
            _close(self._device)

    def _wait_slice(self, seconds: float) -> None:
        self._failed.wait(seconds)
        if self._error is not None:
            raise self._error
        # Counted in slices of waiting, not by the clock: after Ctrl-Z and `fg`, or the sleep of a laptop, the
        # clock has jumped and the device deserves its time to come back.
        self._silent = 0.0 if self._calls != self._calls_seen else self._silent + seconds
        self._calls_seen = self._calls
        if self._silent > SILENT_FOR:
            raise Unavailable("the sound device stopped answering", hint=f"is it still connected? {_HINT}")

    def _feed(self) -> Generator[bytes, int, None]:
        """Yield as many stereo frames as were asked for. Runs in the device's thread and never raises."""
        import numpy as np

        frames = yield b""
        while True:
            sound = b""
            if self._error is None and not self._closed:
                try:
                    sound = np.repeat(self._pull(frames), 2).tobytes()
                # Anything at all, even SystemExit: what leaves a callback is printed by cffi and lost, and
                # the device goes on in silence. `wait` raises it where somebody can catch it.
                except BaseException as error:  # noqa: BLE001
                    self._error = error
                    self._failed.set()
            self._calls += 1
            frames = yield sound


def _said(error: Exception) -> str:
    """Return miniaudio's message, such as `failed to init device, -401`."""
    return ", ".join(str(part) for part in error.args)


@contextmanager
def _without_chatter() -> Iterator[None]:
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


def _close(device: Any) -> None:
    """Close a device in a thread of its own, so that one which locks up takes nobody with it."""
    closing = threading.Thread(target=device.close, name="voiceguide-close", daemon=True)
    closing.start()
    closing.join(_CLOSING)
