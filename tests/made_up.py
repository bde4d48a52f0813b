"""Made-up sessions for the tests of sound: small, whole, and with a sound that tells its place."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from voiceguide.background import Background, lay_bed
from voiceguide.clip import Clip
from voiceguide.cover import make_cover
from voiceguide.entry import Entry
from voiceguide.library import load_language
from voiceguide.mixer import Mixer
from voiceguide.scheduler.language import Language
from voiceguide.scheduler.timeline import Chapter, Event, Segment, Timeline
from voiceguide.tape import Dose
from voiceguide.track import Track, make_track
from voiceguide.units import LOUDNESS, SAMPLERATE, Milliseconds, in_frames

if TYPE_CHECKING:
    from voiceguide.session import Session

NOW = datetime(2026, 11, 21, 22, 10, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Sound:
    """A made-up event: where in its segment it starts, how long it is, how loud."""

    start: int
    duration: int
    name: str = "words"
    gain: float = 0.0


@dataclass(frozen=True)
class Stretch:
    """A made-up segment."""

    action: str
    duration: int
    sounds: tuple[Sound, ...] = ()
    stop: str | None = None
    chapter: str | None = None
    """Opens a chapter of this title."""


@dataclass(frozen=True)
class MadeUp:
    """What the player and the exporter need of a session."""

    timeline: Timeline
    speech: Mapping[str, Clip]
    earcons: Mapping[str, Clip]
    samplerate: int = SAMPLERATE
    title: str = "Evening · Abend · ערב"
    loudness: float = LOUDNESS
    room_tone: bool = False
    background: Background | None = None

    ways_up: Mapping[str, Timeline] = field(default_factory=dict)
    asides: Mapping[str, Timeline] = field(default_factory=dict)
    doses: Mapping[str, Dose] = field(default_factory=dict)

    @property
    def language(self) -> Language:
        return load_language("en")

    @property
    def entry(self) -> Entry:
        """What the journal may be told of it."""
        stops = ("li4.left", "li4.right")
        return Entry(id=0, began=NOW, routine="made-up", length=self.timeline.duration, stops=stops)

    def mixer(self) -> Mixer:
        return self.mix(self.timeline)

    def mix(self, timeline: Timeline) -> Mixer:
        under, rate = self.background, self.samplerate
        bed = lay_bed(under, timeline.events, rate, self.loudness) if under else None
        return Mixer(timeline, self.speech, self.earcons, rate, room_tone=self.room_tone, bed=bed)

    def track(self, **more: Any) -> Track:
        """Return what a file of it says of itself."""
        return make_track(self.as_session, comment="Play it slowly.", cover=make_cover(self.title), **more)

    @property
    def as_session(self) -> Session:
        """Return this very object, as the type that callers ask for."""
        return cast("Session", self)


@cache
def make_clip(name: str, duration: int, samplerate: int) -> Clip:
    """Return noise that is the same for the same name, never silent, exactly as long as asked for."""
    seed = int.from_bytes(f"{name} {duration}".encode(), "little")
    samples = np.random.default_rng(seed).uniform(0.05, 0.5, in_frames(Milliseconds(duration), samplerate))
    return Clip(samples.astype(np.float32), samplerate)


def make_session(stretches: Sequence[Stretch], samplerate: int = SAMPLERATE) -> MadeUp:
    """Return a session of these stretches. Sounds named `alarm` are earcons, all others speech."""
    chapters: list[Chapter] = []
    segments: list[Segment] = []
    events: list[Event] = []
    speech: dict[str, Clip] = {}
    earcons: dict[str, Clip] = {}
    now = 0
    for stretch in stretches:
        start = Milliseconds(now)
        if stretch.chapter or not chapters:
            chapters.append(Chapter(start, stretch.chapter or "all", stretch.stop))
        segments.append(
            Segment(
                start=start,
                duration=Milliseconds(stretch.duration),
                action=stretch.action,
                points=(),
                side=None,
                method=None,
                posture=None,
                lies_on=None,
                zone=None,
                stop=stretch.stop,
                chapter=len(chapters) - 1,
                repeat=1,
                wait=None,
            )
        )
        for sound in stretch.sounds:
            spoken = "" if sound.name == "alarm" else f"{sound.name} for {sound.duration}"
            clips, key = (speech, spoken) if spoken else (earcons, sound.name)
            clips[key] = make_clip(sound.name, sound.duration, samplerate)
            events.append(
                Event(
                    start=Milliseconds(now + sound.start),
                    duration=Milliseconds(sound.duration),
                    kind="speech" if spoken else "earcon",
                    name=sound.name,
                    text=spoken,
                    spoken=spoken,
                    segment=len(segments) - 1,
                    required=True,
                    gain=sound.gain,
                )
            )
        now += stretch.duration
    timeline = Timeline(Milliseconds(now), tuple(chapters), tuple(segments), tuple(events))
    return MadeUp(timeline, speech, earcons, samplerate)


def make_routine(samplerate: int = SAMPLERATE) -> MadeUp:
    """Return twelve seconds with one of everything: two holds, a point held twice, ice, getting up."""
    word = (Sound(100, 200),)
    return make_session(
        [
            Stretch("open", 500, word, chapter="Get ready"),
            Stretch("ready", 500, word),
            Stretch("move", 500, word),
            Stretch("locate", 500, word, "li4.left", chapter="Hand, left"),
            Stretch("press", 500, word, "li4.left"),
            Stretch("hold", 1000, word, "li4.left"),
            Stretch("rest", 300, (Sound(0, 150),), "li4.left"),
            Stretch("hold", 1000, word, "li4.left"),
            Stretch("release", 500, (Sound(0, 300, "let go"),), "li4.left"),
            Stretch("switch_sides", 300, word, "li4.right", chapter="Hand, right"),
            Stretch("locate", 300, word, "li4.right"),
            Stretch("massage", 800, word, "li4.right"),
            Stretch("press", 300, word, "li4.right"),
            Stretch("roll", 700, word, "li4.right"),
            Stretch("release", 400, (Sound(0, 300, "let go"),), "li4.right"),
            Stretch("rest", 400, word, "li4.right"),
            Stretch("ice_on", 400, word, chapter="Ice"),
            Stretch("ice", 1000, word),
            Stretch("ice_off", 900, alarms(), chapter=None),
            Stretch("move", 600, word, chapter="End"),
            Stretch("close", 600, word),
        ],
        samplerate,
    )


def alarms() -> tuple[Sound, ...]:
    """Return two alarms, each with its words."""
    return tuple(
        sound
        for start in (0, 500)
        for sound in (Sound(start, 150, "alarm", -3.0), Sound(start + 200, 200, "take it off"))
    )


def make_long(minutes: int, samplerate: int = SAMPLERATE) -> MadeUp:
    """Return a session of the density of a real one: 3 words of a second in each minute, 40 distinct ones."""
    minute = tuple(
        Stretch("hold", 20_000, (Sound(700, 1000 + 10 * number, "words", -1.5),)) for number in range(40)
    )
    return make_session([minute[number % 40] for number in range(minutes * 3)], samplerate)


def peak_memory(statement: str, minutes: int, samplerate: int = SAMPLERATE) -> int:
    """Return the bytes held at most while a long `session` was made and a statement used its `blocks`.

    In a process of its own, where nothing else allocates; the first minute is for what is set up only once.
    """
    program = f"""
import tracemalloc
from tests.made_up import make_long
from voiceguide.track import make_bare_track
for minutes in (1, {minutes}):
    tracemalloc.start()
    session = make_long(minutes, {samplerate})
    blocks = session.mixer().blocks()
    {statement}
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
print(most)
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return int(told.stdout)
