"""What a person asks of a session, beside the routine."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from voiceguide.units import Milliseconds

SORE_SIDES = ("left", "right", "unsure")
"""S34: not knowing is an answer."""
ICES = ("full", "10m", "later", "skip")
"""The ice as the routine has it, ten minutes of it at most, on one's own afterwards, or none."""
AMOUNTS = ("full", "brief", "bells")
"""Every line, as few as a person needs who knows it, or signals with the words that must be heard."""
DETAILS = (*AMOUNTS, "auto")
"""How much is said; `auto` is full, or brief if a length leaves no room for more. It is never bells."""
FOOT_BATHS = ("before", "after")
"""S56: when a cold bath is offered for feet that are pressed."""


@dataclass(frozen=True, slots=True)
class Options:
    """The wishes of one session; what is not asked for is as the routine says."""

    sore_side: str = "unsure"
    """One of `SORE_SIDES`: every pair begins there (S33)."""
    assist: str | None = None
    """One of `assist.ASSISTS`: every point by this method; None if each goes its own way."""
    ice: str | None = None
    """One of `ICES`; None for what the routine says."""
    foot_bath: str | None = None
    """One of `FOOT_BATHS`; None for what the routine says."""
    one_side_at_a_time: bool = False
    """True if nothing is pressed on both sides at once."""
    skip: tuple[str, ...] = ()
    """Ids of points that are left out."""
    never: tuple[str, ...] = ()
    """Ids of points that are kept to be left out of all sessions, unless they are asked for by `only`."""
    only: tuple[str, ...] = ()
    """Ids of the points that are pressed; empty for all."""
    length: Milliseconds | None = None
    """Milliseconds from the first sample to the last; None for what the usual doses take."""
    detail: str | None = None
    """One of `DETAILS`; None for what the routine says."""
    pace: str | None = None
    """One of `actions.PACES`; None for what the routine says."""
    tick: bool = False
    """True if a soft tick is heard every ten seconds of a dose and of ice."""
    earcons: bool = True
    """True if a signal goes before words that follow a silence; those that stand alone are always heard."""
    ends: datetime | None = None
    """When it is to end, if that was asked for: the player says so if a pause makes it later."""
    cautions: frozenset[str] = frozenset()
    """Conditions of the person it is for, of `point.CONDITIONS`: what they forbid is left out."""
    done: tuple[str, ...] = ()
    """Stops of a session that was interrupted, which were done then."""
    standing: frozenset[str] = frozenset()
    """Names of the wishes that are kept for all sessions: they give way where a routine cannot meet them."""
    suggested: frozenset[str] = frozenset()
    """Names of those of them that nobody asked for, but that follow from a person's answers."""
    yielding: frozenset[str] = frozenset()
    """Names of those that did."""

    @property
    def wishes(self) -> dict[str, Any]:
        """What is asked for, by name; what is not asked for is left out."""
        return {
            one.name: getattr(self, one.name)
            for one in fields(self)
            if one.name in (*WISHES, "never") and getattr(self, one.name) != one.default
        }

    def without(self, name: str) -> Options:
        """Return the options without a wish that gives way."""
        return replace(self, **{name: getattr(Options(), name), "yielding": self.yielding | {name}})

    @property
    def first_side(self) -> str:
        """`left` or `right`: the side every pair begins with."""
        return "right" if self.sore_side == "right" else "left"


_NO_WISHES = {"cautions", "never", "ends", "done", "standing", "suggested", "yielding"}
WISHES = tuple(one.name for one in fields(Options) if one.name not in _NO_WISHES)
"""Names of all that can be asked for."""
