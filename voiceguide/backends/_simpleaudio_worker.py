"""Plays chunks with simpleaudio in a process of its own, which may crash without harm: `python -m` runs it.

For each chunk a line of JSON comes in on stdin, with its time by the monotonic clock in seconds and how many
bytes follow: mono, 16 bits. `ready` is printed once a moment of silence was played; after that anything that
is printed says why no more can be.
"""

from __future__ import annotations

import json
import os
import sys
import time
from importlib import import_module
from typing import Any

_BUSY = 0.5
"""Seconds for which it is tried to open a device that the chunk before has not let go yet."""
_EARLY = 0.25
"""Seconds: a chunk that is over earlier than that was not played; that the device has gone is not told."""


def main() -> int:
    """Return the process's exit code, once stdin has ended or nothing more can be played."""
    reports = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        play(import_module("simpleaudio"), int(sys.argv[1]), lambda: print("ready", file=reports, flush=True))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        print(f"{error}".replace("\n", " ") or type(error).__name__, file=reports, flush=True)
        return 1
    return 0


def play(simpleaudio: Any, samplerate: int, is_ready: Any) -> None:
    """Play what comes in until it ends; raise what stops it."""
    _open(simpleaudio, bytes(samplerate // 100 * 2), samplerate).wait_done()
    is_ready()
    before, ends = None, 0.0
    while line := sys.stdin.buffer.readline():
        head = json.loads(line)
        sound = sys.stdin.buffer.read(head["bytes"])
        time.sleep(max(head["at"] - time.monotonic(), 0))
        if before is not None and ends - time.monotonic() > _EARLY and not before.is_playing():
            raise RuntimeError("the device has gone")
        before = _open(simpleaudio, sound, samplerate)
        ends = time.monotonic() + len(sound) / 2 / samplerate


def _open(simpleaudio: Any, sound: bytes, samplerate: int) -> Any:
    until = time.monotonic() + _BUSY
    while True:
        try:
            return simpleaudio.play_buffer(sound, 1, 2, samplerate)
        except simpleaudio._simpleaudio.SimpleaudioError:  # noqa: SLF001 - it has no public name
            if time.monotonic() > until:
                raise
            time.sleep(0.01)


if __name__ == "__main__":
    sys.exit(main())
