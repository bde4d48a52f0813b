"""Voice packs: sentences that a person or another engine spoke before; nothing is synthesised here.

The packs that are shipped, and those in `packs/` of a person's own folder. A pack says what it has and
nothing else: a text that is not in it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.engines import VoiceInfo
from voiceguide.errors import LacksWords, Unavailable, UnknownName
from voiceguide.folders import pack_folders
from voiceguide.pack import Pack, find_packs, load_pack

if TYPE_CHECKING:
    from voiceguide.clip import Clip


class Engine:
    """Every pack there is, each a voice."""

    default_rate = 150
    """Never asked for: a pack has the rate at which it was spoken."""

    def __init__(self, folders: Sequence[Path] | None = None) -> None:
        """`folders` are where packs lie; None for a person's own and the shipped."""
        self._folders = folders
        self._loaded: dict[str, Pack] = {}

    def _places(self) -> dict[str, Path]:
        return find_packs(pack_folders() if self._folders is None else self._folders)

    def check(self) -> None:
        """Return if there is a pack; else raise Unavailable."""
        if not self._places():
            folder = pack_folders()[0]
            raise Unavailable("there is no voice pack", hint=f"put one, a folder or a zip, into {folder}.")

    def version(self) -> str:
        """Return a constant: what changes is the packs, and `recorded(…).identity` tells them apart."""
        return "1"

    def default_voice(self, language: str) -> str:
        """Return the first pack in a language (BCP-47), shipped ones first; raise Unavailable if none."""
        own = language.lower().partition("-")[0]
        packs = sorted(self._packs(), key=lambda pack: (pack_folders()[1] not in pack.place.parents, pack.id))
        for pack in packs:
            if pack.language.lower().partition("-")[0] == own:
                return pack.id
        raise Unavailable(
            f"there is no voice pack in the language '{language}'",
            hint="choose another voice: `voiceguide list voices` shows all.",
        )

    def voices(self) -> list[VoiceInfo]:
        """Return every pack that can be read, sorted by id; `problems` are the others."""
        return [
            VoiceInfo(
                pack.id,
                f"{pack.title}, spoken by {pack.speaker}" if pack.speaker else pack.title,
                pack.language,
                pack.licence,
            )
            for pack in sorted(self._packs(), key=lambda pack: pack.id)
        ]

    def problems(self) -> list[Unavailable]:
        """Return what is wrong with the packs that cannot be read."""
        return [found for found in map(self._try, sorted(self._places())) if isinstance(found, Unavailable)]

    def check_voice(self, voice: str) -> None:
        """Return if there is such a pack and it can be read; else raise UnknownName or Unavailable."""
        self.recorded(voice)

    def recorded(self, voice: str) -> Pack:
        """Return a pack by its name, the same object each time; raise UnknownName or Unavailable."""
        if voice not in self._loaded:
            places = self._places()
            if voice not in places:
                raise UnknownName("voice", voice, places, listing="voiceguide list voices")
            self._loaded[voice] = load_pack(places[voice])
        return self._loaded[voice]

    def synthesize(self, texts: Sequence[str], *, voice: str, rate: int) -> Iterator[Clip]:  # noqa: ARG002 - the contract
        """Yield the clip of each text as it was recorded, in order.

        Raises LacksWords for texts that are not in the pack, UnknownName, and Unavailable if it is damaged.
        """
        pack = self.recorded(voice)
        if missing := [text for text in texts if text not in pack.clips]:
            raise LacksWords(f"pack:{voice}", missing)
        for text in texts:
            yield pack.read(text)

    def _packs(self) -> Iterator[Pack]:
        yield from (found for found in map(self._try, self._places()) if isinstance(found, Pack))

    def _try(self, voice: str) -> Pack | Unavailable:
        try:
            return self.recorded(voice)
        except Unavailable as error:
            return error
