"""The device of this machine, through sounddevice and PortAudio: an extra, for whom miniaudio does not serve.

PortAudio is a library of the system on Linux, and comes with sounddevice elsewhere. A stream whose device has
gone must never be started anew: that hangs for good. It is closed, and another one opened.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

from voiceguide.backends._device import (
    BUFFER,
    HINT,
    QUICKEST,
    DeviceStream,
    choose_device,
    close_in_time,
    without_chatter,
)
from voiceguide.errors import Unavailable, UnknownName

if TYPE_CHECKING:
    from voiceguide.backends import Pull

_LOADING = 20
"""Seconds in which PortAudio has looked at all devices, on a loaded machine; usually a fifth of one."""


class Backend:
    """A device that PortAudio finds."""

    quickest = QUICKEST

    def __init__(self, device: str = "") -> None:
        """Choose a device by its name, or a part of it; without, it is the default one."""
        self._device = device

    def devices(self) -> list[str]:
        """Return the names of the devices it could play on, the default one first."""
        return [name for _, name in self._found()]

    def check(self) -> None:
        """Return if a device opens; else raise `Unavailable` with what to do. Plays nothing."""
        close_in_time(self._open_device(48_000, BUFFER, lambda *_: None, lambda: None).close)

    def open(self, pull: Pull, *, samplerate: int, buffer: float = BUFFER) -> Stream:
        """Return a stream that plays the mono sound on both channels.

        Raises
        ------
        Unavailable
            If no device opens or starts, or sounddevice or PortAudio is not installed.
        UnknownName
            If there is no such device.
        """
        stream = Stream(pull)
        stream.device = opened = self._open_device(samplerate, buffer, stream.feed, stream.lose)
        try:
            with without_chatter():
                opened.start()
        except Exception as error:  # PortAudioError, whose module need not be there
            stream.close()
            raise Unavailable(f"the sound device does not start: {error}", hint=HINT) from error
        return stream

    def _found(self) -> list[tuple[int, str]]:
        """Return PortAudio's number and the name of each device, the default one first."""
        sounddevice = _load()
        default = sounddevice.default.device[1]
        found = [
            (number, str(one["name"]))
            for number, one in enumerate(sounddevice.query_devices())
            if one["max_output_channels"] > 1
        ]
        return sorted(found, key=lambda one: one[0] != default)

    def _open_device(self, samplerate: int, buffer: float, feed: Any, lose: Any) -> Any:
        try:
            return self._try_to_open(samplerate, buffer, feed, lose)
        except (Unavailable, UnknownName):
            # PortAudio looks for devices once: what was connected since is only found if it looks again. That
            # must not be while another stream is open, as the one that answers keys is opened beside one.
            if buffer != BUFFER or not _look_again():
                raise
            return self._try_to_open(samplerate, buffer, feed, lose)

    def _try_to_open(self, samplerate: int, buffer: float, feed: Any, lose: Any) -> Any:
        sounddevice = _load()
        wanted = None
        if self._device:
            found = self._found()
            wanted = found[choose_device(self._device, [name for _, name in found])][0]
        try:
            with without_chatter():
                return sounddevice.OutputStream(
                    samplerate=samplerate,
                    channels=2,
                    dtype="int16",
                    device=wanted,
                    # PortAudio's own "high" is 35 ms here, which had gaps beside two busy programs.
                    latency=buffer,
                    callback=feed,
                    finished_callback=lose,
                )
        except (sounddevice.PortAudioError, ValueError) as error:
            raise Unavailable(f"no sound device: {error}", hint=HINT) from error


class Stream(DeviceStream):
    """A device that is pulling."""

    device: Any
    """PortAudio's stream."""

    def __init__(self, pull: Pull) -> None:
        super().__init__(pull, self._let_go)

    def _let_go(self) -> None:
        self.device.close()

    def feed(self, sound: Any, frames: int, *_: object) -> None:
        """Fill a block of stereo frames. Runs in the device's thread and never raises."""
        taken = self.take(frames)
        sound[:] = 0 if taken is None else taken[:, None]


def _look_again() -> bool:
    """Let PortAudio look for devices again; return False if it cannot."""
    if "sounddevice" not in sys.modules or _reason():
        return False
    import sounddevice

    with without_chatter():
        sounddevice._terminate()  # noqa: SLF001 - there is no public way
        sounddevice._initialize()  # noqa: SLF001
    return True


def _reason() -> str:
    """Return why PortAudio cannot be loaded; empty if it can.

    Tried in a process of its own: while it looks for devices it ends the whole process if ALSA's settings are
    empty, as in a bare container (PortAudio 19.6, an assertion in its ALSA part).
    """
    try:
        tried = subprocess.run(
            [sys.executable, "-P", "-c", "import sounddevice"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_LOADING,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if tried.returncode < 0:
        return "PortAudio ends its process while it looks for devices"
    return tried.stderr.strip().rpartition("\n")[2].partition(": ")[2] if tried.returncode else ""


def _load() -> Any:
    """Return the module sounddevice; raise `Unavailable` if it or PortAudio cannot be had."""
    from importlib.util import find_spec

    if find_spec("sounddevice") is None:
        raise Unavailable("backend 'sounddevice' needs `pip install sounddevice`", hint=HINT)
    if "sounddevice" not in sys.modules and (reason := _reason()):
        raise Unavailable(f"backend 'sounddevice' has no sound device: {reason}", hint=HINT)
    with without_chatter():
        import sounddevice
    return sounddevice
