"""flite: recorded American voices from the program of that name, if it is installed.

Each text is spoken by a process of its own, a few at a time: so none depends on another, and the same text,
voice and rate give the same samples. A text goes in as a file, never as an argument: however it begins, it
is no option. Program and voices come from Carnegie Mellon University under licences like BSD's.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import unicodedata
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.engines import VoiceInfo
from voiceguide.errors import Unavailable, UnknownName

if TYPE_CHECKING:
    from voiceguide.clip import Clip

_SPEEDS = {"awb": 158, "kal": 169, "kal16": 171, "rms": 149, "slt": 159}
"""Voice -> words a minute as it was recorded, over 40 of our cues; that is its stretch of 1."""
_SPEED = 150
"""Of a voice we have not measured."""
_SPEAKERS = {"awb": ("Scottish man", "en-GB"), "rms": ("man", "en-US"), "slt": ("woman", "en-US")}
_ROBOTS = {"kal": "synthetic man, 8 kHz", "kal16": "synthetic man"}
_CLEAREST = "rms"
"""`scripts/hear`: three words in a thousand are misheard, by an ear that expects anything one in four, the
fewest of all voices we could try, a neural one among them."""
_ONLY_THE_TIME = {"awb_time"}
"""Voices made to tell the time; they know no other words."""
_LICENCE = "CMU's, like BSD: any use, with its notice kept"
_AT_ONCE = max(1, min(4, os.cpu_count() or 1))
_LONGEST = 60
"""Seconds one process may take; a cue takes a tenth of one."""
_PLAIN = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": ", ", "—": ", ", "…": "...", "ß": "ss"})
"""flite takes anything beyond ASCII for a word of its own, and cuts the word it stands in in two."""
_ANOTHER = "choose another engine: `voiceguide list engines` shows all."


class Engine:
    """The program `flite`, once a text."""

    default_rate = 150
    """Words a minute, as its clearest voice was recorded. Slower is not clearer: four words in a hundred
    were misheard when it was stretched by 1.3, none as it is."""

    def check(self) -> None:
        """Return if the program is there and has a voice; else raise Unavailable."""
        if not self._names:
            raise Unavailable("flite has no voice that can say our words", hint=_ANOTHER)

    def version(self) -> str:
        """Return its version and what tells its build from another of the same version."""
        # It also says where it comes from, and ends with 1.
        found = re.search(r"version: (.+?) \(", self._say("--version"))
        status = Path(self._program).stat()
        return f"{found[1] if found else 'unknown'} {status.st_size} {int(status.st_mtime)}"

    def default_voice(self, language: str) -> str:
        """Return `rms`, else the first of English; raise Unavailable for another language."""
        if language.lower().partition("-")[0] != "en":
            raise Unavailable(f"flite speaks no '{language}', only English", hint=_ANOTHER)
        self.check()
        return _CLEAREST if _CLEAREST in self._names else self._names[0]

    def voices(self) -> list[VoiceInfo]:
        """Return all voices but those that can only tell the time, sorted by id."""
        return [_describe(name) for name in self._names]

    def check_voice(self, voice: str) -> None:
        """Return if `voice` is there; else raise UnknownName: flite itself would take another one."""
        if voice not in self._names:
            raise UnknownName("voice", voice, self._names, listing="voiceguide list voices")

    def synthesize(self, texts: Sequence[str], *, voice: str, rate: int) -> Iterator[Clip]:
        """Yield one clip a text, 16 kHz (`kal` 8), in order; blocks 20 to 100 ms each.

        Raises UnknownName for the voice, and Unavailable if the program fails or takes a minute for a text.
        """
        self.check_voice(voice)
        stretch = _SPEEDS.get(voice, _SPEED) / rate
        command = [self._program, "-voice", voice, "--setf", f"duration_stretch={stretch:.4f}"]
        try:
            beside = tempfile.TemporaryDirectory(prefix="voiceguide-", ignore_cleanup_errors=True)
        except OSError as error:
            raise _no_room(error) from error
        with (
            beside as folder,
            _ended_with_the_block() as running,
        ):
            for index, text in enumerate(texts):
                running.append(_start(command, text, Path(folder, str(index))))
                if len(running) == _AT_ONCE:
                    yield _finish(running)
            while running:
                yield _finish(running)

    @cached_property
    def _program(self) -> str:
        found = shutil.which("flite")
        if found is None:
            raise Unavailable(
                "the program flite is not on this machine",
                hint="let your system install flite, such as with `sudo apt-get install flite`.",
            )
        return found

    @cached_property
    def _names(self) -> list[str]:
        _, _, names = self._say("-lv").partition("Voices available:")
        return sorted({*names.split()} - _ONLY_THE_TIME)

    def _say(self, option: str) -> str:
        """Return what the program prints for an option."""
        try:
            done = subprocess.run(  # noqa: S603
                [self._program, option],
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=_LONGEST,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Unavailable(f"flite does not start: {error}", hint=_ANOTHER) from error
        return done.stdout.decode("ascii", "replace")


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A text that is being spoken."""

    text: str
    sound: Path
    """The WAV it becomes."""
    process: subprocess.Popen[bytes]


def _describe(name: str) -> VoiceInfo:
    if name in _SPEAKERS:
        who, language = _SPEAKERS[name]
        return VoiceInfo(name, f"{name}, a {who}, recorded", language, _LICENCE)
    return VoiceInfo(name, f"{name}, a {_ROBOTS[name]}" if name in _ROBOTS else name, "en-US", _LICENCE)


def _start(command: list[str], text: str, beside: Path) -> _Spoken:
    written, sound = beside.with_suffix(".txt"), beside.with_suffix(".wav")
    try:
        written.write_text(_in_ascii(text) + "\n", encoding="ascii")
    except OSError as error:
        raise _no_room(error) from error
    try:
        process = subprocess.Popen(  # noqa: S603
            [*command, "-f", str(written), "-o", str(sound)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        raise Unavailable(f"flite does not start: {error}", hint=_ANOTHER) from error
    return _Spoken(text, sound, process)


def _no_room(error: OSError) -> Unavailable:
    return Unavailable(
        f"nothing can be written to '{error.filename or 'the folder for passing files'}', as flite needs: "
        f"{error.strerror or error}",
        hint=f"is there room, and may you write there? Or {_ANOTHER}",
    )


def _finish(running: deque[_Spoken]) -> Clip:
    """Return the clip of the text that was started first, when it is there; it then runs no more."""
    from voiceguide.clip import read_wav

    first = running[0]
    try:
        code = first.process.wait(_LONGEST)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"flite takes too long to say '{first.text}'", hint=_ANOTHER) from None
    running.popleft()
    clip = read_wav(first.sound) if code == 0 else None
    if clip is None:
        raise Unavailable(f"flite cannot say '{first.text}' (it ended with {code})", hint=_ANOTHER)
    first.sound.unlink()
    return clip


@contextmanager
def _ended_with_the_block() -> Iterator[deque[_Spoken]]:
    """Give a queue for what is being spoken; what is still in it at the end is ended."""
    running: deque[_Spoken] = deque()
    try:
        yield running
    finally:
        for spoken in running:
            spoken.process.kill()
        for spoken in running:
            spoken.process.wait()


def _in_ascii(text: str) -> str:
    """Return the text in the only letters flite knows, accents taken off."""
    plain = unicodedata.normalize("NFKD", text.translate(_PLAIN)).replace("\0", " ")
    return "".join(
        letter if letter.isascii() else "" if unicodedata.combining(letter) else " " for letter in plain
    )
