"""Cue: words to say, or an earcon instead; and the words of a step, moment by moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from voiceguide.units import NOTHING, Milliseconds


@dataclass(frozen=True, slots=True)
class Cue:
    """Words to say, or an earcon that stands for them."""

    name: str
    """The phrase they come from, such as `open.safety`."""
    text: str
    """What a screen shows."""
    spoken: str
    """What the engine is given; empty for an earcon."""
    required: bool = False
    """True if it may never be dropped."""
    gap: int = 1
    """How large a share of its segment's silence follows it; none after an earcon: its words come at once."""
    pause: Milliseconds = NOTHING
    """The silence that follows it at least."""
    earcon: str = ""
    """The earcon that sounds instead of words; empty for words."""


Sounding = Callable[[Cue], Milliseconds]
"""Cue -> how long it sounds, in milliseconds."""
Words = Mapping[str, tuple[Cue, ...]]
"""The cues of a step by moment; each kind of step has its own moments."""


class Moments(Words):
    """Words that are written when they are asked for: to fit a length, few of them are."""

    def __init__(self, names: Sequence[str], write: Callable[[str], tuple[Cue, ...]]) -> None:
        """`write` returns the cues of one of the moments called `names`."""
        self._names = names
        self._write = write
        self._written: dict[str, tuple[Cue, ...]] = {}

    def __getitem__(self, moment: str) -> tuple[Cue, ...]:
        if moment not in self._names:
            raise KeyError(moment)
        if moment not in self._written:
            self._written[moment] = self._write(moment)
        return self._written[moment]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
