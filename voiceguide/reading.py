"""What is to be read aloud for a voice pack: texts, each with a number that is the name of its recording.

A script is written once and kept: words that are added later would change the numbers of a new one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from unicodedata import category

from voiceguide.errors import VoiceguideError

_LARGEST = 16 << 20
"""Bytes of a script. That of all routines has a thirtieth of it."""
_FEWEST_DIGITS = 4
_HARMLESS = "\u00ad\u200c\u200d"
"""Soft hyphen, and what keeps letters apart or joins them in Persian and Hindi."""
_AGAIN = "`voiceguide pack script --json > script.json` writes one."


def file_name(number: int, count: int) -> str:
    """Return the name of the recording of a text, sorted as its number is; `count` is how many there are."""
    return f"{number:0{max(_FEWEST_DIGITS, len(str(count)))}}.wav"


def make_rows(texts: Iterable[str]) -> list[dict[str, Any]]:
    """Return texts as they are written down: objects with `number`, `file` and `text`, from 1 on."""
    known = list(dict.fromkeys(texts))
    return [
        {"number": number, "file": file_name(number, len(known)), "text": text}
        for number, text in enumerate(known, start=1)
    ]


def read_script(path: Path) -> dict[int, str]:
    """Return the texts of a script that was written as JSON, by number.

    Raises
    ------
    VoiceguideError
        If it cannot be read, or is no script.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise _no_script(path, f"it cannot be read: {error.strerror or error}") from None
    if len(content) > _LARGEST:
        raise _no_script(path, f"it is larger than {_LARGEST >> 20} MB")
    try:
        # Of bytes json finds the encoding itself: a Windows console writes UTF-16 to a file.
        rows = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _no_script(path, f"it is not valid JSON: {error}") from None
    if not isinstance(rows, list) or not rows:
        raise _no_script(path, "it is no list of texts")
    found: dict[int, str] = {}
    texts: set[str] = set()
    for place, row in enumerate(rows, start=1):
        number, text = (row.get("number"), row.get("text")) if isinstance(row, Mapping) else (None, None)
        if type(number) is not int or number < 1 or not isinstance(text, str) or not text.strip():
            raise _no_script(path, f"entry {place} of it has no right 'number' and 'text'")
        if bad := next((letter for letter in text if _may_steer(letter)), None):
            raise _no_script(
                path, f"entry {place} of it has a letter that cannot be printed, U+{ord(bad):04X}"
            )
        if number in found or text in texts:
            raise _no_script(path, f"entry {place} of it is there twice")
        found[number] = text
        texts.add(text)
    return found


def _may_steer(letter: str) -> bool:
    """Return True for what may steer a screen; spaces and joiners of other languages do not."""
    return not (letter.isprintable() or letter in _HARMLESS or category(letter) == "Zs")


def _no_script(path: Path, what: str) -> VoiceguideError:
    return VoiceguideError(f"this is no script for recordings: {what}", where=str(path), hint=_AGAIN)
