"""What a person asks of a session, beside the routine."""

from __future__ import annotations

from dataclasses import dataclass

SORE_SIDES = ("left", "right", "unsure")
"""S34: not knowing is an answer."""


@dataclass(frozen=True, slots=True)
class Options:
    """The wishes of one session; what is not asked for is as the routine says."""

    sore_side: str = "unsure"
    """One of `SORE_SIDES`: every pair begins there (S33)."""
    assist: str | None = None
    """One of `assist.ASSISTS`: every point by this method; None if each goes its own way."""

    @property
    def first_side(self) -> str:
        """`left` or `right`: the side every pair begins with."""
        return "right" if self.sore_side == "right" else "left"
