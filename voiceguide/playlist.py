"""Parts -> what their files are called, and the playlist that names them in order. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from voiceguide.track import Part

LONGEST_NAME = 80
"""Bytes of a file's name in UTF-8, with its suffix: far from any limit, also at the end of a long path."""
_DIVIDERS = str.maketrans(dict.fromkeys("/\\|:", "-"))
"""What divides two words still does, by a letter that is allowed."""
_FORBIDDEN = frozenset('<>"?*#%')
"""On Windows, on the cards of phones, or in an address, which some players take a playlist's lines for."""


def name_part(part: Part, suffix: str) -> str:
    """Return the name of a part's file, such as `03 Left hand - LI-4 (LI4 Hegu).flac`.

    Every part of a whole has another name, and by name they are in order.
    """
    track = part.track
    number = f"{track.number:0{max(2, len(str(track.count)))}d}"
    safe = "".join(
        letter
        for letter in unicodedata.normalize("NFC", track.title).translate(_DIVIDERS)
        # Every kind of control character is in a category that begins with C.
        if letter not in _FORBIDDEN and unicodedata.category(letter)[0] != "C"
    )
    name = _cut(f"{number} {' '.join(safe.split())}", LONGEST_NAME - len(suffix.encode()))
    return name.rstrip(". ") + suffix


def make_playlist(parts: Iterable[Part], names: Iterable[str]) -> str:
    """Return a playlist in M3U8, which lies beside the files; `names` are theirs, in order."""
    lines = ["#EXTM3U"]
    for part, name in zip(parts, names, strict=True):
        # Whole seconds, as some players read no others.
        seconds = round(part.track.duration / 1000)
        lines += [f"#EXTINF:{seconds},{part.track.title}", name]
    return "\n".join(lines) + "\n"


def _cut(text: str, longest: int) -> str:
    """Return as much of a text as there is room for, in bytes, without a letter that lost its accents."""
    letters = list(text)
    while len("".join(letters).encode()) > longest:
        gone = letters.pop()
        while letters and unicodedata.combining(gone):
            gone = letters.pop()
    return "".join(letters)
