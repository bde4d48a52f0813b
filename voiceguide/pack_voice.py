"""PackVoice: a voice that was recorded. What it has no clip for, another voice says, if one was named.

Clips of ours are taken as they are, and their lengths are known before one is decoded. Once decoded they are
kept like all others: to read that is quicker.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from voiceguide.clip_cache import ClipCache
from voiceguide.engines import Engine
from voiceguide.errors import LacksWords
from voiceguide.pack import Pack
from voiceguide.units import SAMPLERATE, Milliseconds, to_milliseconds
from voiceguide.voice import Voice, as_kept, speaking_engine

if TYPE_CHECKING:
    from voiceguide.clip import Clip

_ENOUGH = 30
"""Clips that tell how loud a pack is, where that has to be found out."""


class PackVoice(Voice):
    """Says the texts of a pack, and lets another voice say the others. For one thread."""

    says_everything = False

    def __init__(
        self,
        engine_name: str,
        engine: Engine,
        pack: Pack,
        cache: ClipCache,
        fill: Voice | None = None,
        *,
        foreign: str = "",
    ) -> None:
        super().__init__(engine_name, engine, pack.id, pack.rate, cache, foreign=foreign)
        self._pack = pack
        self._fill = fill
        self._filled: dict[str, None] = {}
        self.fills = ""
        """For whom it says what that one lacks, as `--voice` takes it; empty for nobody."""
        if isinstance(fill, PackVoice):
            fill.fills = self.name

    @property
    def notes(self) -> list[str]:
        """What a person should be told: the cache's notes, and who says what the pack has no clip for."""
        if self._fill is None or not self._filled:
            return super().notes
        many, first = len(self._filled), next(iter(self._filled))
        told = f"{self._fill.name} says {many} of the sentences, which {self.name} has no clip for: '{first}'"
        return [*super().notes, told + (" and others." if many > 1 else ".")]

    @cached_property
    def identity(self) -> str:
        """All that changes the sound of every text."""
        own = self._own_identity
        return own if self._fill is None else sha256(f"{own} {self._fill.identity}".encode()).hexdigest()

    @cached_property
    def _own_identity(self) -> str:
        """All that changes the sound of what the pack has; also what a version of ours does to it."""
        made = "as it is" if self._pack.is_ready else super().identity
        return sha256(f"{self.name} {self._pack.identity} {made}".encode()).hexdigest()

    def prepare(self, texts: Iterable[str], progress: Callable[[int, int], None] | None = None) -> None:
        """Decode every clip that is not kept yet; blocks until they are, and until others are spoken.

        `progress` is called after each with how many are done, of how many. Raises LacksWords for what the
        pack has no clip for if no other voice may say it, and Unavailable if a clip is damaged.
        """
        wanted = list(dict.fromkeys(texts))
        others = [text for text in wanted if text not in self._pack.clips]
        if others and self._fill is None:
            raise LacksWords(self.name, others, engine=speaking_engine(), fills=self.fills)
        if not self._pack.is_ready:
            super().prepare((text for text in wanted if text in self._pack.clips), progress)
        else:
            self._decode([text for text in wanted if text in self._pack.clips], progress)
        if others and self._fill is not None:
            self._filled |= dict.fromkeys(others)
            self._fill.prepare(others, progress)

    def known_length(self, spoken: str) -> Milliseconds | None:
        """Return how long a text is; None if nobody here has said it. Decodes nothing."""
        recording = self._pack.clips.get(spoken)
        if recording is None:
            return self._fill.known_length(spoken) if self._fill else None
        if self._pack.is_ready:
            return to_milliseconds(recording.frames, SAMPLERATE)
        return super().known_length(spoken)

    def clip(self, spoken: str) -> Clip:
        """Return a text's clip at 48 kHz, the same object each time."""
        is_other = spoken not in self._pack.clips and self._fill is not None
        return self._fill.clip(spoken) if is_other and self._fill else super().clip(spoken)

    def measure(self, spoken: str) -> Milliseconds:
        """Return how long a text is; for what another voice says, it is spoken now if it never was."""
        if spoken not in self._pack.clips:
            self._filled |= {spoken: None} if self._fill else {}
        return super().measure(spoken)

    def _decode(self, texts: Sequence[str], progress: Callable[[int, int], None] | None) -> None:
        missing = [text for text in texts if not self._is_ready(text)]
        if not missing:
            return
        try:
            with _threads() as each:
                for done, (text, samples) in enumerate(
                    zip(missing, each(self._decoded, missing), strict=True), start=1
                ):
                    self._keep(text, samples)
                    if progress is not None:
                        progress(done, len(missing))
        finally:
            self._cache.prune()

    def _decoded(self, text: str) -> bytes:
        return as_kept(self._pack.read(text).samples)

    def _note(self, text: str, samples: bytes) -> None:
        if self._pack.is_ready:
            self._ready.add(text)  # its length is in the manifest
        else:
            super()._note(text, samples)

    def _key(self, text: str) -> str:
        return sha256(f"{self._own_identity} {text}".encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def _references(self) -> Sequence[str]:
        """Sentences from all over the pack: it has none but its own."""
        texts = sorted(self._pack.clips)
        return texts[:: max(1, len(texts) // _ENOUGH)]


@contextmanager
def _threads() -> Iterator[Callable[[Callable[[str], bytes], Sequence[str]], Iterator[bytes]]]:
    """Give a `map` on all processors: libsndfile decodes beside Python."""
    pool = ThreadPoolExecutor(os.cpu_count() or 1)
    try:
        yield pool.map
    finally:
        pool.shutdown(cancel_futures=True)
