"""Where a session stands, kept in the private folder: so that `play --resume` goes on, even after a crash.

It says which stops are done, not which second was heard: whoever got up since has to be led back to where the
body lies, and begins the stop that was broken off from its start.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from voiceguide.errors import UsageError, VoiceguideError
from voiceguide.private_files import read_private, write_private

FILE = "resume.json"
"""Its name in the private folder."""
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A session that is not over."""

    words: tuple[str, ...]
    """What was typed after `voiceguide play`."""
    done: tuple[str, ...]
    """The stops that are done."""
    when: datetime
    """When the last of them was."""
    number: int | None = None
    """The session's number in the journal; None if it is not there."""
    too_little: tuple[str, ...] = ()
    """Those of `done` that were passed before enough of them was heard."""


def load_bookmark(folder: Path) -> Bookmark:
    """Return where the last session stopped.

    Raises
    ------
    UsageError
        If there is no session to go on with.
    VoiceguideError
        If what was kept cannot be read.
    """
    path = folder / FILE
    again = "`voiceguide play` starts one from its beginning."
    try:
        found = read_private(path, _VERSION)
    except ValueError as error:
        raise VoiceguideError(
            f"where you were cannot be used: {error}", where=str(path), hint=again
        ) from None
    if found is None:
        raise UsageError("no session was interrupted", hint=again)
    try:
        return _parse(found)
    except (ValueError, TypeError, KeyError, OverflowError):
        raise VoiceguideError("this is not what voiceguide keeps here", where=str(path), hint=again) from None


def _parse(found: dict[str, Any]) -> Bookmark:
    if "--resume" in found["words"]:
        raise ValueError(found["words"])
    words, done = (tuple(_words(found[key])) for key in ("words", "done"))
    too_little = tuple(_words(found.get("too_little", [])))  # not there, if an earlier voiceguide wrote it
    number = found.get("number")
    if number is not None and type(number) is not int:
        raise TypeError(number)
    return Bookmark(words, done, datetime.fromisoformat(found["when"]).astimezone(), number, too_little)


def _words(found: object) -> list[str]:
    if not isinstance(found, list) or not all(isinstance(word, str) for word in found):
        raise TypeError(found)
    return found


class Keeper:
    """Keeps the bookmark of a session up to date. If that fails it says so once, and the session goes on."""

    def __init__(self, folder: Path, words: Sequence[str], *, tell: Callable[[str], None]) -> None:
        """`words` is what was typed after `voiceguide play`; `tell` is called with what went wrong."""
        self._path = folder / FILE
        self._words = tuple(words)
        self._tell: Callable[[str], None] | None = tell
        self._kept: tuple[tuple[str, ...], ...] | None = None

    def keep(
        self,
        done: Sequence[str],
        when: datetime,
        number: int | None = None,
        *,
        too_little: Sequence[str] = (),
    ) -> None:
        """Write down which stops are done, if they are others than before. On disk when it returns.

        `number` is the session's in the journal, and `too_little` those of which not enough was heard.
        """
        kept = (tuple(done), tuple(too_little))
        if kept == self._kept or self._tell is None:
            return
        self._kept = kept
        found = {
            "version": _VERSION,
            "words": self._words,
            "done": kept[0],
            "too_little": kept[1],
            "when": when.isoformat(timespec="seconds"),
            "number": number,
        }
        try:
            write_private(self._path, json.dumps(found))
        except OSError as error:
            self._tell(f"where you are cannot be kept in {self._path}: {error.strerror}")
            self._tell = None

    def forget(self) -> None:
        """Remove it, as the session is over."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
