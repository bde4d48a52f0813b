"""The device of this machine, through miniaudio: PulseAudio, PipeWire, ALSA, JACK, Core Audio, WASAPI.

miniaudio stays silent about three things, which were measured and are made loud here: without any sound
library it "plays" into its own Null device; when the callback raises it goes on in silence for ever; and
when the sound server dies it simply calls no more.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Sequence
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
from voiceguide.errors import Unavailable

if TYPE_CHECKING:
    from voiceguide.backends import Pull

_SYSTEMS = {
    "linux": ("PULSEAUDIO", "ALSA", "JACK"),
    "darwin": ("COREAUDIO",),
    "win32": ("WASAPI", "DSOUND", "WINMM"),
}
_OTHER_SYSTEMS = ("SNDIO", "AUDIO4", "OSS")


class Backend:
    """A device that miniaudio finds."""

    quickest = QUICKEST

    def __init__(self, device: str = "", *, systems: Sequence[str] | None = None) -> None:
        """Choose a device by its name, or a part of it; without, it is the default one.

        `systems` are names of miniaudio's own backends; without, those of this operating system. The list is
        always given to miniaudio, as without one it falls back to playing into nothing.
        """
        self._device = device
        self._systems = tuple(systems or _SYSTEMS.get(sys.platform, _OTHER_SYSTEMS))

    def devices(self) -> list[str]:
        """Return the names of the devices it could play on, the default one first."""
        return [str(one["name"]) for one in self._found()]

    def check(self) -> None:
        """Return if a device opens; else raise `Unavailable` with what to do. Plays nothing."""
        close_in_time(self._open_device(48_000, BUFFER).close)

    def open(self, pull: Pull, *, samplerate: int, buffer: float = BUFFER) -> Stream:
        """Return a stream that plays the mono sound on both channels.

        Raises
        ------
        Unavailable
            If no device opens or starts, or miniaudio is not installed.
        UnknownName
            If there is no such device.
        """
        opened = self._open_device(samplerate, buffer)
        import miniaudio

        stream = Stream(pull, opened.close)
        try:
            opened.start(stream.source)
        except miniaudio.MiniaudioError as error:
            stream.close()
            raise Unavailable(f"the sound device does not start: {_said(error)}", hint=HINT) from error
        return stream

    def _found(self) -> list[dict[str, Any]]:
        """Return what miniaudio says of each device, the default one first."""
        miniaudio = _load()
        try:
            with without_chatter():
                found = miniaudio.Devices(backends=[miniaudio.Backend[name] for name in self._systems])
                playbacks: list[dict[str, Any]] = found.get_playbacks()
        except miniaudio.MiniaudioError as error:
            raise Unavailable(f"no sound device: {_said(error)}", hint=HINT) from error
        return playbacks

    def _open_device(self, samplerate: int, buffer: float) -> Any:
        miniaudio = _load()
        wanted = None
        if self._device:
            found = self._found()
            wanted = found[choose_device(self._device, [str(one["name"]) for one in found])]["id"]
        try:
            with without_chatter():
                opened = miniaudio.PlaybackDevice(
                    output_format=miniaudio.SampleFormat.SIGNED16,
                    nchannels=2,
                    sample_rate=samplerate,
                    buffersize_msec=round(buffer * 1000),
                    device_id=wanted,
                    backends=[miniaudio.Backend[name] for name in self._systems],
                    app_name="voiceguide",
                )
        except miniaudio.MiniaudioError as error:
            raise Unavailable(f"no sound device: {_said(error)}", hint=HINT) from error
        if opened.backend == "Null" and "NULL" not in self._systems:
            close_in_time(opened.close)
            raise Unavailable("no sound device: miniaudio would play into nothing", hint=HINT)
        return opened


class Stream(DeviceStream):
    """A device that is pulling."""

    def __init__(self, pull: Pull, close: Any) -> None:
        super().__init__(pull, close)
        self.source = self._feed()
        """The one generator of the device's life; a second one would lose the frames of the first."""
        next(self.source)

    def _feed(self) -> Generator[bytes, int, None]:
        """Yield as many stereo frames as were asked for. Runs in the device's thread and never raises."""
        import numpy as np

        frames = yield b""
        while True:
            sound = self.take(frames)
            # What is missing is silence.
            frames = yield np.repeat(sound, 2).tobytes() if sound is not None and sound.any() else b""


def _load() -> Any:
    try:
        import miniaudio
    except ImportError as error:
        raise Unavailable(f"backend 'miniaudio' needs miniaudio: {error}", hint=HINT) from error
    return miniaudio


def _said(error: Exception) -> str:
    """Return miniaudio's message, such as `failed to init device, -401`."""
    return ", ".join(str(part) for part in error.args)
