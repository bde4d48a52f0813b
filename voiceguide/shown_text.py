"""A text of anybody's -> one that a screen, a player or an error can show."""

from __future__ import annotations

from typing import Any
from unicodedata import category

LONGEST_TEXT = 300
"""Characters of a title. Players cut it much earlier; a title without end would only fill the file."""
_TURNS = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
"""What turns the direction of all that follows, until it is ended: https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters."""
_ECHOED = 40
"""Characters of a value that an error names at most."""


def in_one_line(text: str) -> str:
    """Return a text without what a player cannot show: control characters, line ends, and what has no end.

    Marks of direction (Unicode's `Cf`) stay: a title in Hebrew or Arabic may need them.
    """
    line = without_line_ends(text)
    return line if len(line) <= LONGEST_TEXT else line[: LONGEST_TEXT - 1].rstrip() + "…"


def without_line_ends(text: str) -> str:
    """Return a text without control characters and line ends, however long it is."""
    shown = "".join(" " if category(letter) in {"Cc", "Cs", "Zl", "Zp"} else letter for letter in text)
    return " ".join(shown.split())


def shown(value: Any) -> str:
    """Return a value from a file as an error may name it: short, and with nothing that a screen obeys."""
    text = "".join(one if one.isprintable() else "\ufffd" for one in str(value)[: _ECHOED + 1])
    return f"'{text[: _ECHOED - 1]}…'" if len(text) > _ECHOED else f"'{text}'"


def tidied(text: str) -> str:
    """Return a text as it is kept: its lines ending alike, and a mark for what no file can take."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join("\ufffd" if category(one) in {"Cc", "Cs"} and one not in "\n\t" else one for one in text)


def for_screen(text: str) -> str:
    """Return a text as a screen may show it: with a mark for what would turn round or overwrite others."""
    return "".join(
        "\ufffd" if category(one) in {"Zl", "Zp"} or one in _TURNS else one for one in tidied(text)
    )
