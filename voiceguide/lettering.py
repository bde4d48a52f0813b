"""How much room words take in a drawing, where nobody can measure them: rather too much than too little."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_WIDEST, _WIDE, _NARROW, _USUAL = 1.05, 0.95, 0.4, 0.62
"""Parts of the font size that a letter takes in the sans-serif fonts of today's systems, rounded up."""


def width_of(text: str, size: float) -> float:
    """Return how wide a text is at a font size, in units of the drawing, rather too much than too little."""
    return size * sum(map(_part, text))


def _part(letter: str) -> float:
    if unicodedata.combining(letter) or unicodedata.category(letter) == "Cf":
        return 0.0
    if unicodedata.east_asian_width(letter) in {"W", "F"}:
        return _WIDEST
    if letter in "MWmw%@—…" or letter.isupper():
        return _WIDE if letter in "MWmw%@—…" else 0.74
    return _NARROW if letter in "iljtfr.,:;!'|() " else _USUAL


def clipped(text: str, width: float, size: float) -> str:
    """Return a text that is no wider than there is room: what does not fit gives way to an ellipsis."""
    if width_of(text, size) <= width:
        return text
    while text and width_of(f"{text}…", size) > width:
        text = text[:-1].rstrip()
    return f"{text}…"


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Return the lines of a text, none wider than there is room; a single longer word is broken."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size) <= width:
            lines[-1] = longer
        else:
            lines += _broken(word, width, size)
    return lines


def _broken(word: str, width: float, size: float) -> Iterator[str]:
    """Yield the parts of a word, each as long as there is room: a letter at least, with its marks."""
    part = ""
    for letter in word:
        if part and _part(letter) and width_of(part + letter, size) > width:
            yield part
            part = ""
        part += letter
    yield part
