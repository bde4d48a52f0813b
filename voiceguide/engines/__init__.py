"""Text to speech. To add an engine, copy `tone.py`: it is the reference and explains the contract.

`engines/<name>.py` holds a class `Engine` that follows the protocol below, and imports only the leaves
(`clip`, `units`, `errors`) and its own library. Nothing else needs to know of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from voiceguide.clip import Clip
    from voiceguide.errors import Unavailable
    from voiceguide.pack import Pack


@dataclass(frozen=True, slots=True)
class VoiceInfo:
    """One voice of an engine, as `voiceguide list voices` shows it."""

    id: str
    """What follows the colon in `--voice ENGINE:VOICE`."""
    title: str
    """What a person calls it."""
    language: str
    """BCP-47 tag, such as `en-US`; empty if unknown."""
    licence: str = ""
    """Who may do what with it; empty if unknown."""


class Engine(Protocol):
    """What an engine offers. Made without arguments; making one neither loads nor checks anything."""

    default_rate: int
    """Words a minute at which this engine is clearest."""

    def check(self) -> None:
        """Return if the engine can speak on this machine; else raise `Unavailable` with what to do."""

    def version(self) -> str:
        """Return what tells one build of the engine from another; a part of the cache key."""

    def default_voice(self, language: str) -> str:
        """Return the id of the voice for a BCP-47 language tag; raise `Unavailable` if there is none."""

    def voices(self) -> list[VoiceInfo]:
        """Return every voice there is, sorted by id."""

    def check_voice(self, voice: str) -> None:
        """Return if `voice` can be used; else raise `UnknownName`."""

    def synthesize(self, texts: Sequence[str], *, voice: str, rate: int) -> Iterator[Clip]:
        """Yield one clip a text, in order, as it leaves the engine: neither trimmed nor resampled.

        Blocks while it works. The same text, voice and rate give the same samples, whatever was
        spoken before. `rate` is in words a minute. Raises `Unavailable` if the engine fails.
        """


@runtime_checkable
class Recorder(Engine, Protocol):
    """An engine whose voices were recorded: each says what it has, at the one rate at which it was spoken."""

    def problems(self) -> list[Unavailable]:
        """Return what is wrong with those that cannot be read, and are therefore no voices."""

    def recorded(self, voice: str) -> Pack:
        """Return all that a voice can say; raise `UnknownName`, or `Unavailable` if it cannot be read."""
