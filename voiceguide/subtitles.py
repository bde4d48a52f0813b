"""Track -> the words with their times, as players and browsers read them beside the sound. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest

from voiceguide.errors import UnknownName
from voiceguide.track import Track
from voiceguide.units import Milliseconds

_TIME_IN_TEXT = re.compile(r"<(\d[\d:.]*)>")
"""What players that sing along, word by word, take for the time of a word."""


def make_lrc(track: Track) -> str:
    """Return the words as LRC, a line for each cue: what music players show line by line."""
    length = _on_a_clock(track.duration).partition(".")[0]
    head = [f"[ti:{_in_round_brackets(track.title)}]", f"[length:{length}]"] if track.title else []
    return "\n".join([*head, *_timed_lines(track)]) + "\n"


def _timed_lines(track: Track) -> Iterator[str]:
    for line, after in zip_longest(track.words, track.words[1:]):
        yield f"[{_on_a_clock(line.start)}]{_in_round_brackets(line.text)}"
        # A line stays until the next one begins: an empty one takes it away when it has been said. At the
        # very time of the next one it could take that away, too.
        end = _on_a_clock(line.end)
        if after is None or end != _on_a_clock(after.start):
            yield f"[{end}]"


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
        f"{number}\n{_with_hours(line.start, ',')} --> {_with_hours(line.end, ',')}\n"
        f"{line.text.translate(_NO_MARKUP)}\n"
        for number, line in enumerate(track.words, start=1)
    )


SUBTITLES: Mapping[str, Callable[[Track], str]] = {"vtt": make_vtt, "lrc": make_lrc, "srt": make_srt}
"""What writes them, by suffix."""
_NO_MARKUP = str.maketrans("<>{}", "‹›()")
"""SubRip has markup in both, and no way to write such a letter as itself."""


def subtitles_in(text: str) -> tuple[str, ...]:
    """Return the suffixes that a text names, each once; none for `none`.

    Raises
    ------
    UnknownName
        If there are no such subtitles.
    ValueError
        If it names nothing.
    """
    names = dict.fromkeys(re.findall(r"[^\s,]+", text.lower()))
    if not names:
        raise ValueError(text)
    if list(names) == ["none"]:
        return ()
    for name in names:
        if name not in SUBTITLES:
            raise UnknownName("kind of subtitles", name, SUBTITLES)
    return tuple(names)


def _on_a_clock(time: Milliseconds) -> str:
    """Return `mm:ss.xx`, the hundredths rounded down; LRC knows no hours."""
    minutes, rest = divmod(time, 60_000)
    return f"{minutes:02d}:{rest // 1000:02d}.{rest % 1000 // 10:02d}"


def _in_round_brackets(text: str) -> str:
    """Return a text in which nothing is taken for a time or a tag: LRC has no way to write a bracket."""
    return _TIME_IN_TEXT.sub(r"(\1)", text.replace("[", "(").replace("]", ")"))


def _with_hours(time: Milliseconds, point: str) -> str:
    """Return `hh:mm:ss` and, after the point, milliseconds."""
    minutes, seconds = divmod(time // 1000, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}{point}{time % 1000:03d}"


def _escaped(text: str) -> str:
    """Return a text in which nothing is taken for markup; `-->` would end a cue."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
