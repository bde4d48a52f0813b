"""What was really heard of a session: one line for every stay at a stop, in the user's folder.

A stay is written when it is over, so that a crash loses no more than the one that goes on.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from voiceguide.score import DOSED
from voiceguide.tape import Piece, Tape

FILE = "played.jsonl"
"""Its name in the user's folder."""


class Played:
    """Counts what is heard at each stop. For the thread that pulls, and the one that asks."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._stop = ""
        self._frames = 0
        self._over: list[tuple[str, int]] = []

    def add(self, pieces: tuple[Piece, ...]) -> None:
        """Count pieces that were pulled, in order."""
        for piece in pieces if self._tape.session.segments else ():
            at = piece.start
            while at < piece.end:
                if at >= self._tape.end:
                    # An aside or a silence that was put in: not of the dose, and the stay goes on.
                    break
                segment = self._tape.session.segments[self._tape.segment_index(at)]
                until = min(piece.end, self._tape.frame(segment.start + segment.duration))
                self._stay_at(segment.stop or "")
                if segment.action in {*DOSED, "ice"}:
                    self._frames += until - at
                at = until

    def take(self, *, is_end: bool = False) -> list[tuple[str, float]]:
        """Return the stays that are over and not taken yet: the stop, and the seconds of its dose heard."""
        if is_end:
            self._stay_at("")
        over, self._over = self._over, []
        return [(stop, round(self._tape.time(frames) / 1000, 3)) for stop, frames in over]

    def _stay_at(self, stop: str) -> None:
        if stop != self._stop:
            if self._stop and self._frames:
                self._over.append((self._stop, self._frames))
            self._stop, self._frames = stop, 0


class Log:
    """Appends stays to the file. If that fails it says so once, and the session goes on."""

    def __init__(
        self, folder: Path, began: datetime, *, about: dict[str, Any], tell: Callable[[str], None]
    ) -> None:
        """`about` is written into each line; `tell` is called with what went wrong."""
        self._path: Path | None = folder / FILE
        self._about = {"session": began.isoformat(timespec="seconds"), **about}
        self._tell = tell

    def write(self, stays: list[tuple[str, float]]) -> None:
        """Append a line for each stay."""
        if not stays or self._path is None:
            return
        lines = "".join(
            f"{json.dumps({**self._about, 'stop': stop, 'seconds': seconds})}\n" for stop, seconds in stays
        )
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch(mode=0o600)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(lines)
        except OSError as error:
            self._tell(f"what is played cannot be kept in {self._path}: {error.strerror}")
            self._path = None
