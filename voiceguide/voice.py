"""Voice: text -> Clip. One engine, one of its voices, a rate, and the clips it has spoken before.

A clip is resampled to 48 kHz, trimmed to what can be heard, brought to the level of all voices and rounded to
16 bit, so that it starts with the first frame that sounds and ends with the last, and is the same whether it
was just spoken or kept on disk.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.clip_cache import ClipCache, cache_folder
from voiceguide.engines import Engine, Recorder
from voiceguide.errors import Unavailable, UsageError
from voiceguide.lengths import Lengths
from voiceguide.registry import find
from voiceguide.units import SAMPLERATE, Milliseconds, to_milliseconds

# numpy waits until there is sound to work on: with known lengths, a timeline needs none.
if TYPE_CHECKING:
    from voiceguide.clip import Block, Clip

SHIPPED_VOICE = "pack:rms"
"""A pack that says all that the shipped routines do: the same on every platform, with nothing to install."""
SLOWEST, FASTEST = 80, 300
"""Words a minute that can be followed; below and above, engines differ in what they do."""

_BYTES = 2
"""Of a 16-bit sample."""
_PROCESSING = 2
"""Changes whenever `finish` or a sentence of `REFERENCES` does: it is part of every key."""
REFERENCES = (
    "Lie on your back, with your knees bent and your feet flat on the floor.",
    "Next, the ball goes under your low back, to the left of the spine.",
    "Slowly press down with your thumb, until you feel a dull ache.",
    "Breathe out, and let your shoulders grow heavy.",
    "Is it too much? Push with your feet, and lift a little.",
    "The left hand is done. Now find the same place on the right.",
    "Thirty seconds more.",
    "And let go, little by little.",
)
"""What a voice says to find out how loud it is; nobody hears it, and whatever is said, it is this."""
_THRESHOLD = 0.001
"""Of 1: -60 dBFS. Below it lies the rest of a decay, and what a quiet room covers."""
_MOST = 90.0
"""Decibels. A gain above it would make sound of what is none, and must be a damaged one."""
_FADE = 96
"""Frames: 2 ms, too short to hear and long enough not to click."""


def find_voice(
    spec: str | None,
    *,
    rate: int | None,
    language: str = "en",
    cache: Path | None = None,
    fill: str | None = None,
) -> Voice:
    """Return the voice that `ENGINE:VOICE` or `ENGINE` names; None is the default.

    Parameters
    ----------
    spec
        As `--voice` takes it; None for the voice that is shipped, or, where that one cannot meet the rate or
        the language, the engine of this platform.
    rate
        Words a minute; None for where the engine is clearest.
    language
        BCP-47 tag, for which an engine chooses its voice.
    cache
        The folder for clips, the user's own if None.
    fill
        Who says what a voice pack has no clip for, written as `spec`; None for nobody. Must be known even
        where the voice says everything.

    Raises
    ------
    UnknownName
        If there is no such engine or voice.
    UsageError
        If the rate cannot be followed, or the voice was recorded at another one.
    Unavailable
        If the engine cannot speak here: no other one takes its place.
    """
    if rate is not None and not SLOWEST <= rate <= FASTEST:
        raise UsageError(
            f"{rate} words a minute is not a rate that can be followed",
            hint=f"type `--rate` with a number from {SLOWEST} to {FASTEST}.",
        )
    name, colon, voice = (spec or default_voice(rate=rate, language=language)).partition(":")
    engine: Engine = find("voiceguide.engines", name).Engine()
    engine.check()
    foreign = ""
    if colon:
        engine.check_voice(voice)
        speaks = _language_of(voice, engine)
        if speaks and speaks.partition("-")[0].lower() != language.partition("-")[0].lower():
            foreign = f"{name}:{voice} is a voice for '{speaks}', and the words are in '{language}'"
    else:
        voice = engine.default_voice(language)
    clips = ClipCache(cache or cache_folder())
    filler: Voice | None = None
    if fill:
        try:
            filler = find_voice(fill, rate=None, language=language, cache=cache)
        except Unavailable:
            if isinstance(engine, Recorder):
                raise  # else nobody needs it
    if not isinstance(engine, Recorder):
        return Voice(name, engine, voice, rate or engine.default_rate, clips, foreign=foreign)
    from voiceguide.pack_voice import PackVoice

    if rate is not None:
        raise UsageError(
            f"{name}:{voice} was recorded, and has the one rate at which it was spoken",
            hint=f"leave `--rate` away, or choose a voice that is made here: `--voice {speaking_engine()}`.",
        )
    return PackVoice(name, engine, engine.recorded(voice), clips, filler, foreign=foreign)


def _language_of(voice: str, engine: Engine) -> str:
    """Return the BCP-47 tag of a voice, its variants left aside; empty if the engine does not say."""
    if isinstance(engine, Recorder):
        # Listing all would read all: what is wrong with another one is no concern of this one.
        return engine.recorded(voice).language
    known = {info.id.lower(): info.language for info in engine.voices()}
    known |= {id_.rpartition("/")[2]: language for id_, language in known.items()}
    return known.get(voice.lower().partition("+")[0].rpartition("/")[2], "")


class Voice:
    """Says texts in one voice at one rate. For one thread."""

    says_everything = True
    """False for one that was recorded, and has words of its own only."""

    def __init__(
        self,
        engine_name: str,
        engine: Engine,
        voice: str,
        rate: int,
        cache: ClipCache,
        *,
        foreign: str = "",
    ) -> None:
        self.name = f"{engine_name}:{voice}"
        """As `--voice` takes it."""
        self.rate = rate
        """Words a minute."""
        self._engine = engine
        self._voice = voice
        self._cache = cache
        self.foreign = foreign
        """What is to be told if its language is another one than that of the words; empty if it is not."""
        self._clips: dict[str, Clip] = {}
        self._only_here: dict[str, bytes] = {}
        self._ready: set[str] = set()
        self._loaded: dict[str, bytes] = {}

    @property
    def _references(self) -> Sequence[str]:
        """What it says to find out how loud it is."""
        return REFERENCES

    @property
    def notes(self) -> list[str]:
        """What a person should be told, such as that nothing can be kept on disk; commands print it."""
        told = [f"{self.foreign}: it may say them so that nobody understands."] if self.foreign else []
        return [*told, *self._cache.notes]

    def prepare(self, texts: Iterable[str], progress: Callable[[int, int], None] | None = None) -> None:
        """Make every clip that is not there yet; blocks while the engine works.

        Each is kept as it comes, so what was done before a failure stays. `progress` is called after each
        with how many are done, of how many. Raises Unavailable.
        """
        missing = [text for text in dict.fromkeys(texts) if not self._is_ready(text)]
        if not missing:
            self._lengths.save()
            return
        gain = self._gain
        clips = self._engine.synthesize(missing, voice=self._voice, rate=self.rate)
        done = 0
        try:
            # The clips first, so that the engine is asked once more after the last and can tidy up.
            for clip, text in zip(clips, missing, strict=False):
                self._keep(text, finish(clip, text, gain))
                done += 1
                if progress is not None:
                    progress(done, len(missing))
        finally:
            self._lengths.save()
            self._cache.prune()
        if done < len(missing):
            raise _cannot_say(missing[done])

    def measure(self, spoken: str) -> Milliseconds:
        """Return how long a text is; quick if it was ever spoken, else it is spoken now."""
        length = self.known_length(spoken)
        if length is None:
            self.prepare([spoken])
            length = self.known_length(spoken)
        if length is None:
            raise _cannot_say(spoken)
        return length

    def known_length(self, spoken: str) -> Milliseconds | None:
        """Return how long a text is, or None if it was never spoken. Never speaks."""
        return self._lengths.get(spoken)

    def clip(self, spoken: str) -> Clip:
        """Return a text's clip at 48 kHz, the same object each time; spoken now if it has to be."""
        if spoken not in self._clips:
            import numpy as np

            from voiceguide.clip import FULL_SCALE, Clip

            samples = np.frombuffer(self._samples(spoken), dtype="<i2")
            full = np.divide(samples, np.float32(FULL_SCALE), dtype=np.float32)
            self._clips[spoken] = Clip(full, SAMPLERATE)
        return self._clips[spoken]

    def forget(self, texts: Iterable[str]) -> None:
        """Let go of clips that are not needed again soon; what is on disk stays there."""
        for text in texts:
            self._clips.pop(text, None)
            self._loaded.pop(text, None)

    def _samples(self, text: str) -> bytes:
        # What was looked at a moment ago is not read again; nor is it kept beside the clip.
        found = self._loaded.pop(text, None) or self._only_here.get(text) or self._cache.load(self._key(text))
        if found is None:
            # Also if it was there a moment ago: someone may tidy up at any time.
            self._ready.discard(text)
            self.prepare([text])
            found = self._only_here.get(text) or self._cache.load(self._key(text))
        if found is None:
            raise _cannot_say(text)
        return found

    def _is_ready(self, text: str) -> bool:
        if text not in self._ready:
            samples = self._cache.load(self._key(text))
            if samples is None:
                return False
            self._note(text, samples)
            self._loaded[text] = samples
        return True

    def _keep(self, text: str, samples: bytes) -> None:
        if not self._cache.store(self._key(text), samples):
            self._only_here[text] = samples
        self._note(text, samples)

    def _note(self, text: str, samples: bytes) -> None:
        self._ready.add(text)
        self._lengths.record(text, to_milliseconds(len(samples) // _BYTES, SAMPLERATE))

    @cached_property
    def identity(self) -> str:
        """All that changes the sound of every text."""
        everything = [self.name, self._engine.version(), self.rate, SAMPLERATE, _PROCESSING]
        return sha256(json.dumps(everything).encode()).hexdigest()

    def _key(self, text: str) -> str:
        return sha256(f"{self.identity} {text}".encode("utf-8", "surrogatepass")).hexdigest()

    @cached_property
    def _gain(self) -> float | None:
        """Decibels that bring this voice to the level of all; None if it says nothing of `REFERENCES`."""
        name = sha256(f"{self.identity} gain".encode()).hexdigest() + ".json"
        known = _read_gain(self._cache.read(name))
        if known is not None:
            return known
        from voiceguide.leveling import find_gain

        spoken = self._engine.synthesize(self._references, voice=self._voice, rate=self.rate)
        gain = find_gain(samples for samples in map(_trim, spoken) if len(samples))
        if gain is not None:
            self._cache.write(name, json.dumps({"version": 1, "gain": gain}).encode("ascii"))
        return gain

    @cached_property
    def _lengths(self) -> Lengths:
        return Lengths(self._cache, self.identity)


def default_voice(*, rate: int | None, language: str) -> str:
    """Return who speaks if no voice is asked for: the shipped one, if its rate and language are right."""
    is_recorded = rate is None and language.lower().partition("-")[0] == "en"
    return SHIPPED_VOICE if is_recorded else speaking_engine()


def speaking_engine() -> str:
    """Return the engine of this platform that can say anything, at any rate."""
    return "pyttsx3" if sys.platform in {"darwin", "win32"} else "espeak"


def _read_gain(content: bytes | None) -> float | None:
    """Return the gain that was kept; None if there is none, or it is damaged, as it can be found again."""
    try:
        document = json.loads(content or b"{}")
    except ValueError:
        return None
    gain = document.get("gain") if isinstance(document, dict) and document.get("version") == 1 else None
    return gain if isinstance(gain, float) and abs(gain) < _MOST else None


def finish(clip: Clip, text: str, gain: float | None) -> bytes:
    """Return a clip as it is kept and played: 48 kHz, trimmed, level, and as `as_kept` says.

    How long it is does not depend on its level. Keeping 16 bit halves the disk and costs nothing: at full
    volume the mixer rounds the same way, once more. Raises Unavailable if there is nothing to hear.
    """
    import numpy as np

    from voiceguide.leveling import level

    trimmed = _trim(clip)
    if not len(trimmed):
        raise _cannot_say(text)
    samples = level(trimmed, gain)
    fade = min(_FADE, len(samples) // 2)
    ramp = np.arange(1, fade + 1, dtype=np.float32) / np.float32(fade + 1)
    samples[:fade] *= ramp
    samples[len(samples) - fade :] *= ramp[::-1]
    return as_kept(samples)


def as_kept(samples: Block) -> bytes:
    """Return samples at 48 kHz as they are kept: 16 bit, little-endian, both ends not zero."""
    import numpy as np

    from voiceguide.clip import to_int16

    rounded = to_int16(samples)
    # An event starts and ends with a frame that sounds, and be it by the last bit.
    rounded[[0, -1]] = np.where(rounded[[0, -1]], rounded[[0, -1]], 1)
    return rounded.astype("<i2").tobytes()


def _trim(clip: Clip) -> Block:
    """Return what can be heard of a clip, at 48 kHz; an array of its own, empty if that is nothing."""
    import numpy as np
    import soxr

    samples = clip.samples
    if clip.samplerate != SAMPLERATE and clip.frames:
        samples = soxr.resample(samples, clip.samplerate, SAMPLERATE, quality="HQ")
    # By its own level, as the engine leaves it: what is cut off does not depend on how loud others are.
    # Between the samples a wave goes higher than at them, so a loud voice may come out above full scale.
    samples = samples / max(1.0, float(np.abs(samples).max(initial=0.0)))
    loud = np.flatnonzero(np.abs(samples) > _THRESHOLD)
    return samples[loud[0] : loud[-1] + 1].astype(np.float32) if loud.size else np.zeros(0, np.float32)


def _cannot_say(text: str) -> Unavailable:
    return Unavailable(
        f"the voice says nothing for '{text}'",
        hint="choose another voice: `voiceguide list voices` shows all.",
    )
