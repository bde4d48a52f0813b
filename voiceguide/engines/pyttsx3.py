"""pyttsx3: the voices a computer already has. The default on macOS and Windows.

It speaks in a process of its own (`_pyttsx3_worker`), because it may hang or lose a cue; every file it
writes is checked, what failed is tried once more in a fresh process, and what fails again is said. On Linux,
where it speaks with libespeak-ng, each text starts from the same state, so the same text gives the same
bytes. On macOS and Windows that is up to the platform's voices; those two are written from their
documentation, not tested.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING

from voiceguide.engines import VoiceInfo, _libespeak
from voiceguide.errors import Unavailable, UnknownName

if TYPE_CHECKING:
    from voiceguide.clip import Clip

_WORKER = "voiceguide.engines._pyttsx3_worker"
_TRIES = 2
_START = 20
"""Seconds a worker may take to start, on a loaded machine with a cold disk; usually a fifth of one."""
_EACH = 5
"""Seconds it may take for a text beside that; usually 0.03 on Linux."""
_QUICKEST = 0.25
"""Of the length that the words and the rate ask for: what is shorter has lost its end."""
_SILENCE = 0.001
"""Of 1: -60 dBFS."""
_ANOTHER = "choose another engine: `voiceguide list engines` shows all."


class Engine:
    """pyttsx3 in a child process, watched."""

    default_rate = 150
    """Words a minute; see `espeak`. Other platforms' voices are clear there too."""

    def __init__(self, library: _libespeak.Library | None = None) -> None:
        """`library` is one of `_libespeak.libraries()`, only used on Linux; chosen if None."""
        self._chosen = library

    @property
    def _library(self) -> _libespeak.Library:
        if self._chosen is None:
            self._chosen = _libespeak.find()
        return self._chosen

    def check(self) -> None:
        """Return if pyttsx3 and, on Linux, libespeak-ng are there; else raise Unavailable."""
        if find_spec("pyttsx3") is None:
            raise Unavailable("pyttsx3 is not installed", hint="type `pip install pyttsx3`.")
        if sys.platform == "linux":
            _libespeak.version(self._library)

    def version(self) -> str:
        """Return pyttsx3's version and that of what speaks: the library, or the operating system."""
        try:
            own = installed_version("pyttsx3")
        except PackageNotFoundError as error:
            raise Unavailable("pyttsx3 is not installed", hint="type `pip install pyttsx3`.") from error
        if sys.platform == "linux":
            return f"{own} {_libespeak.version(self._library)}"
        return f"{own} {platform.system()} {platform.version()}"

    def default_voice(self, language: str) -> str:
        """Return `gmw/en-us+f5` for English on Linux, else the first voice of that language.

        Raises Unavailable if there is none.
        """
        if sys.platform == "linux":
            listing = _libespeak.listing(self._library)
            return _spelled(*listing.resolve(listing.for_language(language)))
        for voice in self._platform_voices:
            if not voice.language or voice.language.partition("-")[0].lower() == language.partition("-")[0]:
                return voice.id
        raise Unavailable(
            f"this computer has no voice for '{language}'",
            hint="add one in the system's speech settings.",
        )

    def voices(self) -> list[VoiceInfo]:
        """Return all voices, sorted by id; on Linux with the variants of `gmw/en-us`, which fit any voice."""
        if sys.platform != "linux":
            return sorted(self._platform_voices, key=lambda info: info.id)
        listing = _libespeak.listing(self._library)
        infos = [
            VoiceInfo(_spelled(base, ""), base.title, _libespeak.bcp47(name))
            for name, base in listing.bases.items()
        ]
        infos += [
            VoiceInfo(f"gmw/en-us+{variant}", f"English (America), {variant}", "en-US")
            for variant in listing.variants
        ]
        return sorted(infos, key=lambda info: info.id)

    def check_voice(self, voice: str) -> None:
        """Return if `voice` is there; else raise UnknownName.

        pyttsx3 itself keeps the voice it had, and says nothing.
        """
        if sys.platform == "linux":
            _libespeak.listing(self._library).resolve(voice)
            return
        known = [info.id for info in self._platform_voices]
        if voice not in known:
            raise UnknownName("voice", voice, known, listing=_libespeak.LISTING)

    def synthesize(self, texts: Sequence[str], *, voice: str, rate: int) -> Iterator[Clip]:
        """Yield one clip a text, in order; blocks about 30 ms each, and 200 ms for the first.

        Raises UnknownName for the voice, and Unavailable if a text fails twice or the process hangs.
        """
        if sys.platform == "linux":
            base, variant = _libespeak.listing(self._library).resolve(voice)
            voice = _spelled(base, variant)
        else:
            self.check_voice(voice)
        waiting = list(enumerate(texts))
        done: dict[int, Clip] = {}
        due = 0
        reason = ""
        for _ in range(_TRIES):
            if not waiting:
                break
            with tempfile.TemporaryDirectory(prefix="voiceguide-", ignore_cleanup_errors=True) as folder:
                job = self._job([text for _, text in waiting], voice, rate, folder)
                with _worker(job, folder, len(waiting)) as lines:
                    for line in lines:
                        index, text = waiting[int(line)]
                        clip = _read(Path(folder, f"{int(line)}.wav"), text, rate)
                        if clip is not None:
                            done[index] = clip
                        while due in done:
                            yield done.pop(due)
                            due += 1
                reason = _last_line(folder)
            waiting = [(index, text) for index, text in waiting if index >= due and index not in done]
        if waiting:
            raise Unavailable(f"pyttsx3 cannot say '{waiting[0][1]}'{reason}", hint=_ANOTHER)

    def _job(self, texts: list[str], voice: str, rate: int, folder: str) -> dict[str, object]:
        job: dict[str, object] = {"texts": texts, "voice": voice, "rate": rate, "folder": folder}
        if sys.platform == "linux":
            data = self._library.data
            job["library"] = {"path": self._library.path, "data": data and _libespeak.short_path(data)}
        return job

    @cached_property
    def _platform_voices(self) -> list[VoiceInfo]:
        self.check()
        with (
            tempfile.TemporaryDirectory(prefix="voiceguide-", ignore_cleanup_errors=True) as folder,
            _worker({"list": True}, folder, 0) as lines,
        ):
            answer = next(iter(lines), "")
            if not answer:
                raise Unavailable(f"pyttsx3 does not start{_last_line(folder)}", hint=_ANOTHER)
        return [VoiceInfo(**voice) for voice in json.loads(answer)]


@contextmanager
def _worker(job: dict[str, object], folder: str, texts: int) -> Iterator[IO[str]]:
    """Start a worker; yields its reports, line by line. It ends with the block, however that is left."""
    with (
        Path(folder, "errors").open("wb") as errors,
        subprocess.Popen(  # noqa: S603
            # -P: a file named like a library, in the folder a person happens to be in, is not that library.
            [sys.executable, "-P", "-m", _WORKER],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="ascii",
            # A group of its own, so that it ends with all that it started.
            start_new_session=True,
        ) as process,
    ):
        assert process.stdin is not None  # noqa: S101
        assert process.stdout is not None  # noqa: S101
        alarm = threading.Timer(_START + _EACH * texts, _kill, [process])
        alarm.start()
        try:
            # One that died at once reports nothing, which says enough.
            with suppress(BrokenPipeError), process.stdin as asked:
                asked.write(json.dumps(job) + "\n")
            yield process.stdout
        finally:
            alarm.cancel()
            _kill(process)


def _kill(process: subprocess.Popen[str]) -> None:
    if sys.platform == "win32":
        process.kill()
    elif process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def _spelled(base: _libespeak.Base, variant: str) -> str:
    # pyttsx3 itself spells them in lower case; the variant is a file's name and keeps its own.
    return base.identifier.lower() + variant


def _read(path: Path, text: str, rate: int) -> Clip | None:
    """Return the clip in a 16-bit WAV, or None if it is damaged, silent or too short for its words."""
    import numpy as np

    from voiceguide.clip import read_wav

    clip = read_wav(path)
    if clip is None:
        return None
    shortest = _QUICKEST * len(text.split()) * 60 / rate * clip.samplerate
    return clip if clip.frames >= shortest and np.any(np.abs(clip.samples) > _SILENCE) else None


def _last_line(folder: str) -> str:
    lines = Path(folder, "errors").read_text("utf-8", "replace").strip().splitlines()
    return f": {lines[-1]}" if lines else ""
