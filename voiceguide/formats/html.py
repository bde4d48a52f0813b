"""HTML: a page that plays a session and shows its words, in one file that needs no network.

`_page/` holds what it is put together from: the page, its style and its script. What a person wrote gets into
it as text only, never as style or script, which are the same for every session: a policy names them by their
hash, and allows nothing else and no network.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.formats import _steady_mp3
from voiceguide.units import clock, in_seconds
from voiceguide.web_page import direction, escape, fill_in, load_page, policy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from voiceguide.track import Line, Track

_ENOUGH = 40
"""Kilobits a second: 40 minutes are then a page of 16 MB."""
_PIECE = 3 << 16
"""Bytes that are encoded at once: divisible by three, so that base64 needs no padding in between."""
_FOLDER = Path(__file__).with_name("_page")


class Format:
    """A page with mono MP3 in it, by libsndfile."""

    title = "HTML: a page for any browser, with sound and words (0.4 MB a minute)"
    bitrates = range(32, 161)
    is_page = True

    def check(self) -> None:
        """Return if libsndfile is here and writes MP3; else raise `Unavailable`."""
        _steady_mp3.check("html")

    def write(self, path: Path, track: Track, blocks: Iterator[NDArray[np.int16]]) -> None:
        """Write the blocks to `path`, replacing it. Blocks until done; memory stays constant.

        Raises
        ------
        OSError
            If the disk is full or `path` cannot be written.
        """
        before, after = _put_together(track)
        with path.open("wb") as file:
            file.write(before.encode())
            for piece in _steady_mp3.encode(path, track, blocks, track.bitrate or _ENOUGH, _PIECE):
                file.write(base64.b64encode(piece))
            file.write(after.encode())


def _put_together(track: Track) -> tuple[str, str]:
    """Return the page up to where its sound belongs, and from there on."""
    page, style, script = load_page(_FOLDER)
    values = {f"label.{name}": escape(label) for name, label in track.labels.items()} | {
        "direction": direction(track.language),
        "duration": str(in_seconds(track.duration)),
        "icon": _icon(track.cover),
        "language": escape(track.language),
        "note": _note(track),
        "parts": _parts(track),
        "policy": policy(script, style, img_src="data:", media_src="data:"),
        "script": script,
        "style": style,
        "title": escape(track.title),
        "words": _words(track),
    }
    # Each once, whatever the others hold: a title may well be `{{script}}`. A track without labels has none.
    before, after = (fill_in(half, values) for half in page.split("{{sound}}"))
    return before, after


def _heading(track: Track, label: str, level: int = 2) -> str:
    return f'<h{level} id="{label}">{escape(track.labels.get(label, ""))}</h{level}>'


def _icon(cover: bytes) -> str:
    if not cover:
        return ""
    picture = base64.b64encode(cover).decode()
    return f'<link rel="icon" type="image/png" href="data:image/png;base64,{picture}">'


def _note(track: Track) -> str:
    if not track.comment:
        return ""
    heading = _heading(track, "before")
    return f'<div class="note">{heading}<p dir="auto">{escape(track.comment)}</p></div>'


def _parts(track: Track) -> str:
    """Return the chapters, each with a link to its words; the script makes it lead to its sound."""
    if not track.chapters:
        return ""
    links = "\n".join(
        f'<li><a href="#part-{number}" data-start="{in_seconds(mark.start)}">'
        f"<time>{clock(mark.start)}</time> "
        f'<span class="text" dir="auto">{escape(mark.title)}</span></a></li>'
        for number, mark in enumerate(track.chapters, start=1)
    )
    return f'<nav aria-labelledby="parts">\n{_heading(track, "parts")}\n<ol>\n{links}\n</ol>\n</nav>'


def _words(track: Track) -> str:
    """Return all that is spoken, with its times, chapter by chapter."""
    if not track.words:
        return ""
    if not track.chapters:
        found = _lines(track.words)
    else:
        found = "\n".join(
            f'<section aria-labelledby="part-{number}">\n'
            f'<h3 id="part-{number}"><time>{clock(mark.start)}</time> '
            f'<span dir="auto">{escape(mark.title)}</span></h3>\n'
            f"{_lines([line for line in track.words if mark.start <= line.start < mark.end])}\n</section>"
            for number, mark in enumerate(track.chapters, start=1)
        )
    return f'<section aria-labelledby="words">\n{_heading(track, "words")}\n{found}\n</section>'


def _lines(lines: Sequence[Line]) -> str:
    found = "\n".join(
        f'<li data-start="{in_seconds(line.start)}"><time>{clock(line.start)}</time> '
        f'<span class="text" dir="auto">{escape(line.text)}</span></li>'
        for line in lines
    )
    return f"<ol>\n{found}\n</ol>"
