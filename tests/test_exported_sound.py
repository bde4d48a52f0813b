"""Exported files, measured: another decoder reads them, and the samples say when each event starts."""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from voiceguide.exporter import export
from voiceguide.library import find_routine, load_language, load_points, load_routine, routine_names
from voiceguide.session import Session, compile_session
from voiceguide.voice import find_voice

Sound = NDArray[np.int16]
ENGINES = ("tone", "espeak")


@dataclass(frozen=True)
class Exported:
    """One routine in one voice, as files."""

    document: dict[str, Any]
    wav: Path
    flac: Path

    def spans(self) -> list[tuple[int, int]]:
        """Return the first frame of each event and the frame after its last, as the document has them."""
        return [
            (in_frames(event["start"]), in_frames(event["start"]) + in_frames(event["duration"]))
            for event in self.document["events"]
        ]

    def sounds(self) -> Iterator[Sound]:
        """Yield what the WAV holds for each event."""
        with soundfile.SoundFile(self.wav) as file:
            for start, end in self.spans():
                file.seek(start)
                yield file.read(end - start, dtype="int16")


QUICK = {("tone", "hands"), ("espeak", "hands")}


def case(engine: str, routine: str) -> object:
    """Return an engine and a routine; all but a few are slow."""
    marks = [] if (engine, routine) in QUICK else [pytest.mark.slow]
    return pytest.param((engine, routine), marks=marks, id=f"{engine} {routine}")


@pytest.fixture(
    scope="module", params=[case(engine, routine) for engine in ENGINES for routine in routine_names()]
)
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exported]:
    engine, routine = request.param
    folder = tmp_path_factory.mktemp("exported")
    try:
        session = compile_routine(routine, engine, folder / "cache")
        for name in ("session.wav", "session.flac"):
            export(session, folder / name)
        yield Exported(session.document(), folder / "session.wav", folder / "session.flac")
    finally:
        shutil.rmtree(folder)  # up to 300 MB, which pytest would keep for three runs


def compile_routine(routine: str, engine: str, cache: Path) -> Session:
    """Return a routine in the default voice of an engine."""
    voice = find_voice(engine, rate=None, cache=cache)
    return compile_session(load_routine(find_routine(routine)), load_points(), load_language("en"), voice)


def in_frames(seconds: float) -> int:
    """Return the frames of a time in the document, which has at most three decimals."""
    return round(seconds * 1000) * 48


def first_sounding(sound: Sound) -> int:
    """Return the index of the first sample that is not zero, or the length if there is none."""
    return int((sound != 0).argmax()) if sound.any() else len(sound)


@pytest.mark.parametrize("suffix", ["wav", "flac"])
def test_each_event_starts_at_its_exact_frame_after_digital_silence(exported: Exported, suffix: str) -> None:
    measured = []
    over = 0  # where the event before was over: from there on all is silent until the next one starts
    with soundfile.SoundFile(getattr(exported, suffix)) as file:
        for _, end in exported.spans():
            measured.append(over + first_sounding(file.read(end - over, dtype="int16")))
            over = end
        rest = file.read(dtype="int16")
    assert measured == [start for start, _ in exported.spans()]
    assert not rest.any()
    assert {event["kind"] for event in exported.document["events"]} == {"speech", "earcon"}


def test_each_event_sounds_to_its_last_millisecond(exported: Exported) -> None:
    assert all(sound[-48:].any() for sound in exported.sounds())


def test_the_same_words_sound_the_same_and_others_differ(exported: Exported) -> None:
    heard: dict[tuple[str, float], set[bytes]] = {}
    for sound, event in zip(exported.sounds(), exported.document["events"], strict=True):
        heard.setdefault((event["spoken"] or event["name"], event["gain"]), set()).add(sound.tobytes())
    assert [what for what, sounds in heard.items() if len(sounds) != 1] == []
    if exported.document["voice"] != "tone:plain":  # which has few pitches, and a length by the words alone
        assert len({one for sounds in heard.values() for one in sounds}) == len(heard)


def test_a_file_has_the_frames_that_the_document_says(exported: Exported) -> None:
    frames = exported.document["frames"]
    assert frames == in_frames(exported.document["duration"])
    for path in (exported.wav, exported.flac):
        info = soundfile.info(path)
        assert (info.frames, info.samplerate, info.channels, info.subtype) == (frames, 48_000, 1, "PCM_16")


def test_wav_and_flac_hold_the_same_samples(exported: Exported) -> None:
    both = [soundfile.blocks(path, 480_000, dtype="int16") for path in (exported.wav, exported.flac)]
    assert all(np.array_equal(one, other) for one, other in zip(*both, strict=True))


@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_session_is_the_same_wav_to_the_byte(engine: str, tmp_path: Path) -> None:
    for name in ("spoken now", "kept on disk"):
        export(compile_routine("hands", engine, tmp_path), tmp_path / f"{name}.wav")
    assert filecmp.cmp(tmp_path / "spoken now.wav", tmp_path / "kept on disk.wav", shallow=False)
