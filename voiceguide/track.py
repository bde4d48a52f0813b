"""Sound -> Track: what an audio file holds, and what it says of itself. Pure.

A player shows it: the title, a chapter for each stop, a cover, and the words as they are spoken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from voiceguide.shown_text import in_one_line, without_line_ends
from voiceguide.units import NOTHING, Milliseconds, in_frames

if TYPE_CHECKING:
    from voiceguide.session import Session, Sound

ARTIST = ALBUM_ARTIST = "voiceguide"
GENRE = "Speech"
"""One of the genres that players know by a number (101, https://id3.org/id3v2.3.0#Appendix_A)."""


class Mark(NamedTuple):
    """A chapter of a file."""

    start: Milliseconds
    """From the first sample of the file."""
    end: Milliseconds
    """Where the next one starts, or the file ends."""
    title: str
    """One line."""


class Line(NamedTuple):
    """A few words, spoken."""

    start: Milliseconds
    """When the first of them sounds, from the first sample of the file."""
    end: Milliseconds
    """When the last of them is over."""
    text: str
    """One line, as a screen shows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """What an audio file holds, and what it says of itself."""

    samplerate: int
    """Hertz."""
    frames: int
    """How many there are."""
    bitrate: int | None = None
    """Kilobits a second, on average, where a format can choose; None for what is enough for speech."""
    loudness: float | None = None
    """LUFS of its speech; None if it is not known."""
    peak: float | None = None
    """Its highest sample, linear, 1 being full scale; None if it is not known."""
    title: str = ""
    """One line; empty if the file says nothing of itself."""
    album: str = ""
    """The whole that it is a part of, or its own title."""
    number: int = 1
    """Its place in that whole, from 1 on."""
    count: int = 1
    """How many parts that whole has."""
    language: str = ""
    """BCP 47, such as `en`; empty if it is not known."""
    comment: str = ""
    """What to know before it is played."""
    chapters: tuple[Mark, ...] = ()
    """They tile the file; none if it has no parts."""
    words: tuple[Line, ...] = ()
    """All that is spoken, in order."""
    cover: bytes = b""
    """A square picture, as a PNG file; empty if there is none."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What a page calls its buttons and headings: `Leaflet.page` of its reader's language. They are here as
    a format is given a track and nothing else."""

    @property
    def duration(self) -> Milliseconds:
        """Its length in milliseconds, rounded down."""
        return Milliseconds(self.frames * 1000 // self.samplerate)

    @property
    def lyrics(self) -> str:
        """All that is spoken, a line for each cue."""
        return "\n".join(line.text for line in self.words)


class Part(NamedTuple):
    """A stretch of a whole that is a file of its own."""

    start: Milliseconds
    """From the first sample of the whole."""
    track: Track
    """What its file holds and says of itself."""


def make_track(
    session: Session,
    *,
    comment: str = "",
    cover: bytes = b"",
    labels: Mapping[str, str] | None = None,
    bitrate: int | None = None,
    loudness: float | None = None,
    peak: float | None = None,
) -> Track:
    """Return what a file of a whole session holds and says of itself."""
    timeline = session.timeline
    starts = [chapter.start for chapter in timeline.chapters]
    ends = [*starts[1:], timeline.duration]
    title = in_one_line(session.title)
    return Track(
        samplerate=session.samplerate,
        frames=in_frames(timeline.duration, session.samplerate),
        bitrate=bitrate,
        loudness=loudness,
        peak=peak,
        title=title,
        album=title,
        language=session.language.tag,
        comment=in_one_line(comment),
        chapters=tuple(
            Mark(chapter.start, end, in_one_line(chapter.title))
            for chapter, end in zip(timeline.chapters, ends, strict=True)
        ),
        words=tuple(
            Line(event.start, Milliseconds(event.start + event.duration), text)
            for event in timeline.events
            if event.kind == "speech" and (text := without_line_ends(event.text))
        ),
        cover=cover,
        labels=labels or {},
    )


def split_track(track: Track) -> tuple[Part, ...]:
    """Return the parts of a whole, one for each chapter, in order; itself where it has none.

    They tile it: joined, they are as long as it is. A part's words have times from its own start.
    """
    if not track.chapters:
        return (Part(NOTHING, track),)
    return tuple(
        Part(
            mark.start,
            replace(
                track,
                frames=in_frames(Milliseconds(mark.end - mark.start), track.samplerate),
                title=mark.title or track.title,
                number=number,
                count=len(track.chapters),
                chapters=(),
                words=tuple(_words_in(track, mark)),
            ),
        )
        for number, mark in enumerate(track.chapters, start=1)
    )


def _words_in(track: Track, mark: Mark) -> Iterator[Line]:
    for line in track.words:
        if mark.start <= line.start < mark.end:
            start, end = line.start - mark.start, min(line.end, mark.end) - mark.start
            yield Line(Milliseconds(start), Milliseconds(end), line.text)


def make_bare_track(sound: Sound) -> Track:
    """Return what a file holds that says nothing of itself."""
    return Track(samplerate=sound.samplerate, frames=in_frames(sound.timeline.duration, sound.samplerate))
