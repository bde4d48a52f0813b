"""Speaks with pyttsx3 in a process of its own, which may hang or die without harm: `python -m` runs it.

One line of JSON comes in on stdin. With `texts`, each becomes `<index>.wav` in `folder`, and its index is
printed once the file is there; an index that is not printed has failed. With `list`, the voices are printed
as one line of JSON.

pyttsx3's driver for espeak, as it stands in 2.99, loses cues, settings and whole files when it is used as its
own page says. What is done here lost none of 1,040. The other platforms' code follows their documentation and
has not been heard by us.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

_LONGEST = 30
"""Seconds for one text. A minute of speech takes a fifth of a second; a hung driver takes for ever."""


def main() -> int:
    """Return the process's exit code, after doing what stdin asks for."""
    # pyttsx3 prints, so what is printed from here on goes elsewhere, and reports keep the real stdout.
    reports = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    job: dict[str, Any] = json.loads(sys.stdin.readline())
    with reports:
        if "list" in job:
            print(json.dumps(_voices()), file=reports, flush=True)
        elif sys.platform == "linux":
            _each_in_a_fork(job, reports)
        else:
            _one_engine(job, reports)
    return 0


if sys.platform == "linux":

    def _each_in_a_fork(job: dict[str, Any], reports: TextIO) -> None:
        """Speak each text in a process forked before espeak starts, so that none depends on another."""
        library = job["library"]
        if library["data"]:
            os.environ["ESPEAK_DATA_PATH"] = library["data"]
            # From now on the loader finds this copy under the name that pyttsx3 asks for.
            ctypes.CDLL(library["path"], mode=ctypes.RTLD_GLOBAL)
        pyttsx3 = import_module("pyttsx3")
        driver = import_module("pyttsx3.drivers._espeak")
        for index, text in enumerate(job["texts"]):
            path = str(Path(job["folder"], f"{index}.wav"))
            child = os.fork()
            if child == 0:
                _end_after(_speak_with_espeak, pyttsx3, driver, text, path, job)
            _, status = os.waitpid(child, 0)
            if status == 0:
                print(index, file=reports, flush=True)

    def _end_after(speak: Any, *arguments: Any) -> None:
        signal.alarm(_LONGEST)
        code = 1
        try:
            speak(*arguments)
            code = 0
        except (RuntimeError, ValueError, KeyError, OSError):
            traceback.print_exc()
        finally:
            # No clean-up: it would be the parent's, and espeak's own trips over its thread.
            sys.stderr.flush()
            os._exit(code)

    def _speak_with_espeak(pyttsx3: Any, driver: Any, text: str, path: str, job: dict[str, Any]) -> None:
        ctypes.CDLL(None).srand(1)
        engine = pyttsx3.init("espeak")
        # espeak 1.52 starts its noise from the clock; every text is to sound the same every time.
        if hasattr(driver.dll, "espeak_ng_SetRandSeed"):
            driver.dll.espeak_ng_SetRandSeed(1)
        driver.Synchronize()
        # Settings are queued until the first run, and a run cancels what is queued: so it comes first, once,
        # with nothing to say.
        engine.runAndWait()
        driver.Synchronize()
        for name, value in (("voice", job["voice"]), ("rate", job["rate"]), ("volume", 1.0)):
            engine.setProperty(name, value)
            driver.Synchronize()
        if engine.getProperty("rate") != job["rate"]:
            raise RuntimeError("pyttsx3 lost the rate")
        engine.save_to_file(text, path)
        engine.runAndWait()
        driver.Synchronize()


def _one_engine(job: dict[str, Any], reports: TextIO) -> None:
    """Speak all texts with the platform's own voices, macOS or Windows, one run each."""
    engine = import_module("pyttsx3").init()
    if job["voice"]:
        engine.setProperty("voice", job["voice"])
    engine.setProperty("rate", job["rate"])
    for index, text in enumerate(job["texts"]):
        path = Path(job["folder"], f"{index}.wav")
        engine.save_to_file(text, str(path))
        engine.runAndWait()
        if _is_wav(path):
            print(index, file=reports, flush=True)


def _is_wav(path: Path) -> bool:
    """Return if there is a WAV at `path` now, converting the AIFF that macOS writes under any name."""
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        with path.open("rb") as file:
            start = file.read(4)
        if start == b"FORM":
            aiff = path.with_suffix(".aiff")
            path.rename(aiff)
            command = ["/usr/bin/afconvert", "-f", "WAVE", "-d", "LEI16", str(aiff), str(path)]
            subprocess.run(command, check=True, timeout=_LONGEST)  # noqa: S603
        return start in {b"FORM", b"RIFF"}
    return False


def _voices() -> list[dict[str, str]]:
    found = import_module("pyttsx3").init().getProperty("voices")
    return [
        {"id": str(voice.id), "title": str(voice.name or voice.id), "language": _language(voice.languages)}
        for voice in found
    ]


def _language(languages: object) -> str:
    # A list of str or bytes, empty or with one; `en_US` on macOS.
    first = languages[0] if isinstance(languages, list | tuple) and languages else ""
    text = first.decode("ascii", "ignore") if isinstance(first, bytes) else str(first)
    return text.replace("_", "-")


if __name__ == "__main__":
    sys.exit(main())
