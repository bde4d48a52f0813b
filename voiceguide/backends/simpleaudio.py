"""The device of this machine, through simpleaudio: the last choice, as keys are heard two seconds late.

It is no longer looked after, plays whole buffers only, and on Python 3.12 and later it takes its process down
when one has been played. So a process of its own plays chunks of up to a second, each at its time by the
clock, cut where it is quietest. A chunk may start 15 ms early or late, no device can be chosen, no tick
answers a key, and every second opens the device anew.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from typing import IO, TYPE_CHECKING, Any

from voiceguide.backends._device import HINT, DeviceStream
from voiceguide.errors import Unavailable, UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from voiceguide.backends import Pull

_WORKER = "voiceguide.backends._simpleaudio_worker"
_SHORTEST, _LONGEST = 0.5, 1.0
"""Seconds of a chunk."""
_AHEAD = 0.35
"""Seconds before its time at which a chunk is sent; to open the device takes up to 20 ms of them."""
_BLOCK = 0.01
"""Seconds of the blocks of which the quietest is where a chunk is cut."""
_QUIET = 160
"""Of 16 bit: what lies below is room tone, and one place in it as good as the next to cut at."""
_STARTING = 20
"""Seconds a worker may take to start, on a loaded machine with a cold disk; usually a fifth of one."""


class Backend:
    """The default device, the only one there is for simpleaudio."""

    quickest = 2.0
    """Seconds: two chunks. A sound that answers a key would come too late to be understood."""

    def __init__(self, device: str = "") -> None:
        """Raise if a device is asked for: simpleaudio cannot choose one."""
        if device:
            raise UsageError("simpleaudio cannot choose a device", hint="`--backend miniaudio` can.")

    def devices(self) -> list[str]:
        """Return no names: none can be chosen."""
        self.check()
        return []

    def check(self) -> None:
        """Return if the device opens; else raise `Unavailable` with what to do. Plays a moment of silence."""
        _stop(self._start(48_000))

    def open(self, pull: Pull, *, samplerate: int, buffer: float = _LONGEST) -> Stream:  # noqa: ARG002 - see `quickest`
        """Return a stream that plays the mono sound.

        Raises
        ------
        Unavailable
            If the device does not open, or simpleaudio is not installed.
        """
        return Stream(pull, self._start(samplerate), samplerate)

    def _start(self, samplerate: int) -> subprocess.Popen[bytes]:
        from importlib.util import find_spec

        if find_spec("simpleaudio") is None:
            needed = "`pip install simpleaudio`, with a compiler and, on Linux, ALSA's headers"
            raise Unavailable(f"backend 'simpleaudio' needs {needed}", hint=HINT)
        worker = subprocess.Popen(
            [sys.executable, "-P", "-m", _WORKER, str(samplerate)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # It frees memory without the lock that Python's own allocator wants (py-simple-audio #72).
            env={**os.environ, "PYTHONMALLOC": "malloc"},
            start_new_session=True,  # Ctrl-C is for us, and we tell it
        )
        late = threading.Timer(_STARTING, worker.kill)
        late.start()
        told = _read(worker.stdout)
        late.cancel()
        if told != "ready":
            _stop(worker)
            raise Unavailable(f"no sound device: {told or 'simpleaudio does not start'}", hint=HINT)
        return worker


class Stream(DeviceStream):
    """A worker that is given chunks."""

    silent_for = 3.0
    drains = _LONGEST + _AHEAD + 0.3

    def __init__(self, pull: Pull, worker: subprocess.Popen[bytes], samplerate: int) -> None:
        super().__init__(pull, lambda: _stop(worker))
        self._worker = worker
        self._samplerate = samplerate
        for work in (self._feed, self._listen):
            threading.Thread(target=work, name=f"voiceguide-{work.__name__}", daemon=True).start()

    def _feed(self) -> None:
        """Send one chunk after the other, each a little before its time."""
        import numpy as np

        rate = self._samplerate
        starts = time.monotonic() + _AHEAD
        left = np.zeros(0, np.int16)
        while not self._closed:
            taken = self.take(round(_LONGEST * rate) - len(left))
            if taken is None:
                return
            chunk, left = _cut(np.concatenate((left, taken)), rate)
            starts = max(starts, time.monotonic() + 0.05)  # later than it should be, after the machine slept
            try:
                _send(self._worker.stdin, {"at": starts, "bytes": 2 * len(chunk)}, chunk.tobytes())
            except (OSError, ValueError):
                self.lose()
                return
            starts += len(chunk) / rate
            self._event.wait(max(starts - _AHEAD - time.monotonic(), 0))

    def _listen(self) -> None:
        """Wait for what the worker has to tell: it tells nothing as long as all is well."""
        if _read(self._worker.stdout) or not self._closed:
            self.lose()


def _cut(sound: NDArray[np.int16], rate: int) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Return a sound in two parts, cut where it is quietest behind its first half second."""
    import numpy as np

    size = round(_BLOCK * rate)
    first = round(_SHORTEST * rate)
    blocks = sound[first : first + (len(sound) - first) // size * size].reshape(-1, size)
    loudest = np.maximum(np.abs(blocks.astype(np.int32)).max(axis=1), _QUIET)
    # The last of the quietest: the longer the chunks, the fewer there are.
    at = first + (len(loudest) - int(np.argmin(loudest[::-1]))) * size
    return sound[:at], sound[at:]


def _send(pipe: IO[bytes] | None, head: dict[str, Any], sound: bytes) -> None:
    if pipe is None:
        raise ValueError("the worker has no pipe")
    pipe.write(json.dumps(head).encode() + b"\n" + sound)
    pipe.flush()


def _read(pipe: IO[bytes] | None) -> str:
    try:
        return (pipe.readline() if pipe else b"").decode(errors="replace").strip()
    except (OSError, ValueError):
        return ""


def _stop(worker: subprocess.Popen[bytes]) -> None:
    worker.kill()
    worker.wait()
    for pipe in (worker.stdin, worker.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:
                continue
