"""Entry: one session in a person's journal, and what follows from its numbers alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from unicodedata import category

from voiceguide.units import Milliseconds

LEAST_PAIN, MOST_PAIN = 0, 10
"""Pain as a number: none, and the worst there is."""
MUCH_MORE = 2
"""X18: pain that went up by so many of ten means stop for today."""
LONGEST_NOTE = 10_000
"""Characters: some four pages."""
SIDES = ("left", "right", "both", "unsure")
"""Which side hurt; not knowing is an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One session that was done, whole or in part."""

    id: int
    """Its number in the journal, from 1."""
    began: datetime
    """When it began, with its time zone."""
    routine: str
    """What was played, as it is called on the command line."""
    length: Milliseconds
    """Milliseconds that it was to take."""
    stops: tuple[str, ...] = ()
    """Ids of the stops that were planned, such as `li4.left` and `ice.back`, in order; empty if not known."""
    done: Mapping[str, float] = field(default_factory=dict)
    """Seconds of its dose that were really heard, by stop."""
    is_whole: bool = False
    """True if it was gone through to its end; else it counts as partial."""
    pain_before: int | None = None
    """0 to 10; None if nothing was said."""
    pain_after: int | None = None
    """0 to 10; None if nothing was said."""
    leg_worse: bool | None = None
    """True if pain in a leg moved further down; None if nothing was said."""
    side: str | None = None
    """One of `SIDES`; None if nothing was said."""
    note: str = ""
    """What the person wrote."""

    @property
    def means_stop(self) -> bool:
        """True if no more is to be pressed that day: pain went up much, or moved further down a leg (X18)."""
        before, after = self.pain_before, self.pain_after
        went_up = before is not None and after is not None and after - before >= MUCH_MORE
        return went_up or bool(self.leg_worse)


def tidied(text: str) -> str:
    """Return a text with its lines ending alike, and a mark for what no file and no screen can take."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    unfit = {"Cc", "Cs"}  # control characters, and halves of a character
    return "".join("\ufffd" if category(one) in unfit and one not in "\n\t" else one for one in text)
