"""piper: neural voices, the most natural ones, from models that you have: `voiceguide voices add` takes one.

It runs here, in this process, fetches nothing and sends nothing. A model draws random numbers as it speaks;
their weight is set to none, so that the same text, voice and rate give the same samples. Each model has its
own licence.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voiceguide.engines import VoiceInfo, _libespeak
from voiceguide.engines._piper_voices import (
    LISTING,
    Stored,
    add_voice,
    builds,
    find_stored,
    remove_voice,
    stored_names,
)
from voiceguide.errors import Unavailable, UnknownName, VoiceguideError

if TYPE_CHECKING:
    from voiceguide.clip import Clip

__all__ = ["Engine", "add", "remove"]

_PACED_BY = "Slowly press down with your thumb, until you feel a dull ache. Then hold, and breathe out."
"""What is spoken to find how quick a voice is by itself: from 150 to 230 words a minute."""
_UNPACED = 180
"""Words a minute of a voice that says nothing of it."""
_FATAL = 4
"""onnxruntime's severity."""
_ADD = "`voiceguide voices add PATH/TO/VOICE.onnx` adds one."


class Engine:
    """piper-tts in this process, a model loaded when it first speaks."""

    default_rate = 150
    """Words a minute; see `espeak`."""

    def __init__(self) -> None:
        self._models: dict[Path, _Model] = {}

    def check(self) -> None:
        """Return if piper-tts is installed and has been given a voice; else raise Unavailable."""
        _version()
        if not stored_names():
            raise Unavailable("piper has no voice yet", hint=_ADD)

    def version(self) -> str:
        """Return piper-tts's version and what changes with any of its voices' files."""
        return f"{_version()} {builds()}"

    def default_voice(self, language: str) -> str:
        """Return the first voice of a language, the same region's if there is one; raise Unavailable."""
        wanted = language.lower()
        spoken = {voice.id: voice.language.lower() for voice in self.voices()}
        for same in (str, lambda tag: tag.partition("-")[0]):
            for voice, tag in spoken.items():
                if same(tag) == same(wanted):
                    return voice
        raise Unavailable(f"piper has no voice for '{language}'", hint=_ADD)

    def voices(self) -> list[VoiceInfo]:
        """Return all voices that were added, those with several speakers once for each; sorted by id."""
        infos: list[VoiceInfo] = []
        for name in stored_names():
            try:
                infos += _describe(find_stored(name))
            except Unavailable:
                continue  # whoever asks for it is told what is wrong
        return sorted(infos, key=lambda info: info.id)

    def check_voice(self, voice: str) -> None:
        """Return if `voice` was added; raise UnknownName, or Unavailable if its files are damaged."""
        self._find(voice)

    def synthesize(self, texts: Sequence[str], *, voice: str, rate: int) -> Iterator[Clip]:
        """Yield one clip a text, at the model's own samplerate, in order.

        Blocks a twentieth of what each sounds, and a second more when the voice first speaks. Raises
        UnknownName for the voice, and Unavailable if its model cannot be used.
        """
        stored, speaker = self._find(voice)
        if not texts:
            return
        if stored.model not in self._models:
            self._models[stored.model] = _Model(stored.model)
        model = self._models[stored.model]
        for text in texts:
            yield model.say(text, rate, speaker)

    def _find(self, voice: str) -> tuple[Stored, int | None]:
        name, plus, speaker = voice.partition("+")
        stored = find_stored(name)
        if plus and speaker not in stored.speakers:
            known = [f"{name}+{one}" for one in stored.speakers] or [name]
            raise UnknownName("voice", voice, known, listing=LISTING)
        return stored, stored.speakers[speaker] if plus else None


def add(path: Path, name: str | None = None, *, force: bool = False) -> tuple[VoiceInfo, Clip]:
    """Add the voice of an `.onnx` file if it can speak; return it, and a sentence that it spoke.

    Raises
    ------
    Unavailable
        If piper-tts is not installed.
    VoiceguideError
        If that is no voice, or cannot be copied. Nothing is left of it then.
    """
    _version()

    def try_out(stored: Stored) -> tuple[VoiceInfo, Clip]:
        try:
            clip = _Model(stored.model).say(_PACED_BY, Engine.default_rate, None)
        except Unavailable as error:
            raise VoiceguideError(error.message, where=str(path), hint=error.hint) from error
        if not clip.frames or not abs(clip.samples).max() > 0:
            raise VoiceguideError("this voice says nothing", where=str(path), hint="take another one.")
        return _describe(stored)[0], clip

    return add_voice(path, path.stem if name is None else name, try_out, force=force)


def remove(name: str) -> Path:
    """Remove a voice that was added; return where it was. Raises UnknownName."""
    return remove_voice(name)


class _Model:
    """One model, loaded."""

    def __init__(self, path: Path) -> None:
        """Blocks about a second. Raises Unavailable if the file is no model, or not that of a voice."""
        self._name = path.stem
        # From 1.29 on onnxruntime reports its use to its maker, and keeps on disk what it could not send. Set
        # before the import, this keeps it from both; its thread would draw from C's `rand`, as espeak does.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        try:
            import onnxruntime
            from piper import PiperVoice
            from piper.phonemize_espeak import ESPEAK_DATA_DIR

            onnxruntime.disable_telemetry_events()  # on Windows
            # What is an error is raised too, and what is less need not be on the screen during a session.
            onnxruntime.set_default_logger_severity(_FATAL)
            logging.getLogger("piper").setLevel(logging.ERROR)
            data = _libespeak.short_path(str(ESPEAK_DATA_DIR))
            self._voice: Any = PiperVoice.load(path, espeak_data_dir=data)
        except VoiceguideError:
            raise
        except Exception as error:
            raise self._fault(error) from error
        self._speeds: dict[int | None, float] = {}

    def say(self, text: str, rate: int, speaker: int | None) -> Clip:
        """Return a text's clip, at `rate` words a minute."""
        if speaker not in self._speeds:
            spoken = self._run(_PACED_BY, 1.0, speaker)
            minutes = spoken.frames / spoken.samplerate / 60
            self._speeds[speaker] = len(_PACED_BY.split()) / minutes if minutes else _UNPACED
        return self._run(text, self._speeds[speaker] / rate, speaker)

    def _run(self, text: str, stretch: float, speaker: int | None) -> Clip:
        import numpy as np
        from piper import SynthesisConfig

        from voiceguide.clip import Clip

        settings = SynthesisConfig(
            speaker_id=speaker,
            length_scale=stretch,
            noise_scale=0.0,
            noise_w_scale=0.0,
            # Each sentence would be brought to full scale: a gentle one is to stay gentle.
            normalize_audio=False,
        )
        try:
            # What stands in double brackets would be taken for phonemes.
            spoken = [
                chunk.audio_float_array.reshape(-1)
                for chunk in self._voice.synthesize(text.replace("[[", "[").replace("\0", " "), settings)
            ]
        except Exception as error:
            raise self._fault(error) from error
        samples = np.concatenate([*spoken, np.zeros(0, np.float32)])
        return Clip(np.nan_to_num(samples).astype(np.float32), self._voice.config.sample_rate)

    def _fault(self, error: Exception) -> Unavailable:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
        return Unavailable(
            f"piper cannot speak with the voice '{self._name}': {reason}",
            hint="the file is damaged, or is no voice of piper's: get it anew, or take another one.",
        )


def _version() -> str:
    try:
        return installed_version("piper-tts")
    except PackageNotFoundError as error:
        raise Unavailable("piper-tts is not installed", hint="type `pip install piper-tts`.") from error


def _describe(stored: Stored) -> list[VoiceInfo]:
    """Return a voice as it is listed, and each of its speakers."""
    titles = {stored.name: stored.title}
    titles |= {f"{stored.name}+{speaker}": f"{stored.title}, {speaker}" for speaker in stored.speakers}
    return [VoiceInfo(id_, title, stored.language, stored.licence) for id_, title in titles.items()]
