"""A script and a folder of recordings -> all that is wrong with them, or a voice that says them.

Each file is called by the number of its text. They are read twice, first to be judged and then to be packed:
thousands of them do not fit into memory.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count, groupby
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.errors import VoiceguideError
from voiceguide.reading import file_name
from voiceguide.recording import Fault, Take, examine
from voiceguide.units import SAMPLERATE
from voiceguide.voice import finish

if TYPE_CHECKING:
    import numpy as np

    from voiceguide.clip import Clip
    from voiceguide.hearing import Ear

_ENOUGH = 40
"""Recordings that tell how loud a voice is, taken from all over the script: a third more than it takes."""
_FEW = 3
"""So many texts that are missing one after another are told together."""


@dataclass(frozen=True, slots=True)
class Found:
    """A fault, and where it was found."""

    number: int
    """Of the text."""
    file: str
    """Name of the recording; the name it should have if there is none."""
    text: str
    """What should be said in it."""
    fault: Fault
    """What is wrong with it."""


class FaultyRecordings(VoiceguideError):
    """Recordings of which some must be made again: all that is wrong with any of them."""

    def __init__(self, folder: Path, found: tuple[Found, ...], recordings: int) -> None:
        """Take all that was found, and how many recordings there should be."""
        self.found = found
        self._folder = folder
        files = len({one.number for one in found})
        super().__init__(f"{files} of {recordings} recordings cannot be used, and no pack was made")

    def lines(self) -> list[str]:
        """Return `Error:` and `Hint:` lines for every fault, in the order of the script, and a last one."""
        return [
            line
            for kind, some in groupby(self.found, key=lambda one: one.fault.kind)
            for error in (self._missing(list(some)) if kind == "missing" else map(self._one, some))
            for line in error.lines()
        ] + [f"Error: {self.message}"]

    def _one(self, found: Found) -> VoiceguideError:
        message = f"{found.fault.measured} (number {found.number}: '{found.text}')"
        return VoiceguideError(message, where=str(self._folder / found.file), hint=found.fault.remedy)

    def _missing(self, found: list[Found]) -> Iterator[VoiceguideError]:
        # Whoever is halfway through need not be told of each that is still to come.
        counted = count()
        for _, run in groupby(found, key=lambda one: one.number - next(counted)):
            some = list(run)
            if len(some) <= _FEW:
                yield from map(self._one, some)
                continue
            message = f"there are no recordings {some[0].file} to {some[-1].file}, {len(some)} texts"
            yield VoiceguideError(message, where=str(self._folder), hint=some[0].fault.remedy)


@dataclass(frozen=True, slots=True, eq=False)
class RecordedVoice:
    """A person's voice, which says what was recorded of it."""

    rate: int
    """Words a minute at which it reads."""
    gain: float | None
    """Decibels that bring it to the level of all voices."""
    files: Mapping[str, Path]
    """By text."""
    unsure: tuple[str, ...]
    """Names of the recordings of which nobody knows what is said: the recogniser could not make it out."""
    one_sided: int
    """How many recordings have a channel that holds nothing, and were taken from another one."""

    def prepare(self, texts: Iterable[str]) -> None:
        """Do nothing: recordings are there already, and read when they are asked for."""

    def forget(self, texts: Iterable[str]) -> None:
        """Do nothing: none is kept."""

    def clip(self, spoken: str) -> Clip:
        """Return the recording of a text as a clip of ours: trimmed, level, at 48 kHz; read now.

        Raises Unavailable if there is nothing to hear in it any more.
        """
        import numpy as np

        from voiceguide.clip import FULL_SCALE, Clip

        speech = Clip(examine(self.files[spoken], spoken).speech, SAMPLERATE)
        samples: np.ndarray[tuple[int], np.dtype[np.int16]] = np.frombuffer(
            finish(speech, spoken, self.gain), dtype="<i2"
        )
        return Clip(np.divide(samples, np.float32(FULL_SCALE), dtype=np.float32), SAMPLERATE)


def read_recordings(
    folder: Path,
    script: Mapping[int, str],
    ear: Ear | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> RecordedVoice:
    """Return the voice that was recorded in a folder; blocks while every file is read, and listened to.

    Parameters
    ----------
    folder
        Where the recordings are: `0012.wav`, or any other format, is number 12.
    script
        What should be said, by number.
    ear
        Who listens whether it is said; None if nobody does.
    progress
        Called after each text with how many are done, of how many.

    Raises
    ------
    VoiceguideError
        If there is no such folder, or nothing in it that is called by a number.
    FaultyRecordings
        If any of them cannot be used: all that is wrong.
    """
    from voiceguide.leveling import find_gain

    places = _places(folder)
    widest = max(script)
    found = [*_strangers(places, script)]
    sample, seconds, one_sided = [], 0.0, 0
    unsure = []
    for done, (number, text) in enumerate(script.items(), start=1):
        take, name, faults = _judge(places.get(number, []), file_name(number, widest), text)
        if take is not None and not faults and ear is not None:
            heard = ear.hear(take.speech, text)
            if heard is None:
                unsure.append(name)
            elif heard != text:
                faults = (_wrong_text(heard, script, widest),)
        found += [Found(number, name, text, fault) for fault in faults]
        if take is not None and not faults:
            seconds += len(take.speech) / SAMPLERATE
            one_sided += take.channel is not None
            if done * _ENOUGH // len(script) > (done - 1) * _ENOUGH // len(script):
                sample.append(take.speech)
        if progress is not None:
            progress(done, len(script))
    if found:
        raise FaultyRecordings(folder, tuple(sorted(found, key=lambda one: one.number)), len(script))
    return RecordedVoice(
        rate=round(sum(len(text.split()) for text in script.values()) / seconds * 60),
        gain=find_gain(sample),
        files={text: places[number][0] for number, text in script.items()},
        unsure=tuple(unsure),
        one_sided=one_sided,
    )


def _places(folder: Path) -> dict[int, list[Path]]:
    """Return the files of a folder by their number; what is not called by one is somebody's notes."""
    try:
        inside = sorted(folder.iterdir())
    except OSError as error:
        message = f"it cannot be read: {error.strerror or error}"
        raise VoiceguideError(message, where=str(folder), hint="name the folder of the recordings.") from None
    places: dict[int, list[Path]] = {}
    for path in inside:
        if path.stem.isascii() and path.stem.isdecimal() and not path.is_dir():
            places.setdefault(int(path.stem), []).append(path)
    if not places:
        hint = "call each recording by its number in the script, such as 0001.wav."
        raise VoiceguideError("there are no recordings in it", where=str(folder), hint=hint)
    return places


def _strangers(places: Mapping[int, list[Path]], script: Mapping[int, str]) -> Iterator[Found]:
    for number in places.keys() - script.keys():
        listing = shlex.join(path.name for path in places[number])
        fault = Fault(
            "unknown",
            f"the script has no number {number}",
            f"is this the script that was read from? If so, move {listing} away.",
        )
        yield Found(number, places[number][0].name, "", fault)


def _judge(paths: list[Path], name: str, text: str) -> tuple[Take | None, str, tuple[Fault, ...]]:
    """Return what is in the recording of a text, what it is called, and what is wrong with it."""
    if not paths:
        return None, name, (Fault("missing", "there is no such recording", "record it."),)
    if len(paths) > 1:
        names = " and ".join(path.name for path in paths)
        return None, paths[0].name, (Fault("twice", f"there are {names}", "keep the better one of them."),)
    take = examine(paths[0], text)
    return take, paths[0].name, take.faults


def _wrong_text(heard: str, script: Mapping[int, str], widest: int) -> Fault:
    number = next(number for number, text in script.items() if text == heard)
    return Fault(
        "wrong_text",
        f"it sounds like number {number}, '{heard}'",
        f"listen to it and to {file_name(number, widest)}: swap the two, or record it again.",
    )
