"""Track -> the words with their times, as players and browsers read them beside the sound. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from voiceguide.track import Track
from voiceguide.units import Milliseconds


def make_lrc(track: Track) -> str:
    """Return the words as LRC, a line for each cue: what music players show line by line."""
    head = [f"[ti:{track.title}]", f"[length:{_on_a_clock(track.duration)[:-3]}]"] if track.title else []
    # A line stays until the next one begins: an empty one takes it away when it has been said.
    lines = [
        f"[{_on_a_clock(time)}]{text}"
        for line in track.words
        for time, text in ((line.start, line.text), (line.end, ""))
    ]
    return "\n".join([*head, *lines]) + "\n"


def make_vtt(track: Track) -> str:
    """Return the words as WebVTT (https://www.w3.org/TR/webvtt1/), each for as long as it is spoken."""
    cues = [
        f"{_with_hours(line.start, '.')} --> {_with_hours(line.end, '.')}\n{_escaped(line.text)}\n"
        for line in track.words
    ]
    return "\n".join(["WEBVTT\n", *cues])


def make_srt(track: Track) -> str:
    """Return the words as SubRip, each for as long as it is spoken."""
    return "\n".join(
        f"{number}\n{_with_hours(line.start, ',')} --> {_with_hours(line.end, ',')}\n{line.text}\n"
        for number, line in enumerate(track.words, start=1)
    )


SUBTITLES: Mapping[str, Callable[[Track], str]] = {"vtt": make_vtt, "lrc": make_lrc, "srt": make_srt}
"""What writes them, by suffix."""


def _on_a_clock(time: Milliseconds) -> str:
    """Return `mm:ss.xx`, the hundredths rounded down; LRC knows no hours."""
    minutes, rest = divmod(time, 60_000)
    return f"{minutes:02d}:{rest // 1000:02d}.{rest % 1000 // 10:02d}"


def _with_hours(time: Milliseconds, point: str) -> str:
    """Return `hh:mm:ss` and, after the point, milliseconds."""
    minutes, seconds = divmod(time // 1000, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}{point}{time % 1000:03d}"


def _escaped(text: str) -> str:
    """Return a text in which nothing is taken for markup; `-->` would end a cue."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
