"""Lengths: how long each text is, once spoken. A timeline can then be laid out without touching a clip."""

from __future__ import annotations

import json

from voiceguide.clip_cache import ClipCache
from voiceguide.units import Milliseconds


class Lengths:
    """The lengths of one voice's clips, kept in one small file beside them.

    They outlive the clips, as the same voice says the same text in the same time.
    """

    def __init__(self, cache: ClipCache, identity: str) -> None:
        """`identity` is 64 hex digits over all that changes the sound of every text."""
        self._cache = cache
        self._name = f"{identity}.json"
        self._known = self._read()
        self._new: dict[str, Milliseconds] = {}

    def get(self, text: str) -> Milliseconds | None:
        """Return the length of a spoken text, or None if it has not been spoken yet."""
        return self._known.get(text)

    def record(self, text: str, length: Milliseconds) -> None:
        """Remember a length; `save` puts it on disk."""
        if self._known.get(text) != length:
            self._known[text] = self._new[text] = length

    def save(self) -> None:
        """Write what is new, together with what other processes have written since."""
        if not self._new:
            return
        merged = self._read() | self._new
        content = json.dumps({"version": 1, "lengths": merged}, sort_keys=True)
        if self._cache.write(self._name, content.encode("ascii")):
            self._known |= merged
            self._new = {}

    def _read(self) -> dict[str, Milliseconds]:
        """Return what is on disk; nothing if it is damaged, as it can be made again."""
        content = self._cache.read(self._name)
        try:
            document = json.loads(content or b"{}")
        except ValueError:
            return {}
        lengths = document.get("lengths") if isinstance(document, dict) else None
        if not isinstance(lengths, dict) or document.get("version") != 1:
            return {}
        return {
            text: Milliseconds(length)
            for text, length in lengths.items()
            if type(length) is int and length > 0
        }
