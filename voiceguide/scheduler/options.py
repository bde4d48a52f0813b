"""What a person asks of a session, beside the routine."""

from __future__ import annotations

from dataclasses import dataclass

from voiceguide.units import Milliseconds

SORE_SIDES = ("left", "right", "unsure")
"""S34: not knowing is an answer."""
ICES = ("full", "10m", "later", "skip")
"""The ice as the routine has it, ten minutes of it at most, on one's own afterwards, or none."""
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
    only: tuple[str, ...] = ()
    """Ids of the points that are pressed; empty for all."""
    length: Milliseconds | None = None
    """Milliseconds from the first sample to the last; None for what the usual doses take."""

    @property
    def first_side(self) -> str:
        """`left` or `right`: the side every pair begins with."""
        return "right" if self.sore_side == "right" else "left"
