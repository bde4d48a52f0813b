"""The table of actions: one row says how long each takes and what it needs of the body and leaves.

Everything a session does is one of these. The comfort times are how slowly or quickly a person may be
led through a step; the doses, which are how long a point is pressed, belong to the points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from voiceguide.units import SECOND, Milliseconds

SLOWEST = 1000
"""The pace at which every comfort time is at its largest; minus that is the quickest."""


class Pace(NamedTuple):
    """How slowly a person is led, and how far a length may change that; each from -1000 to 1000."""

    quickest: int
    """No length makes it quicker."""
    usual: int
    """If no length is asked for."""
    slowest: int
    """No length makes it slower."""


PACES = {
    "brisk": Pace(-SLOWEST, -SLOWEST // 2, 0),
    "usual": Pace(-SLOWEST, 0, SLOWEST),
    "gentle": Pace(0, SLOWEST // 2, SLOWEST),
}
"""By the name that is asked for: what is brisk is never slower than usual, what is gentle never quicker."""


@dataclass(frozen=True, slots=True)
class Comfort:
    """A time that may shrink or grow for comfort, in milliseconds."""

    smallest: Milliseconds
    """Milliseconds; quicker than this would hurry."""
    usual: Milliseconds
    """Milliseconds; used unless a length is asked for."""
    largest: Milliseconds
    """Milliseconds; slower than this would puzzle."""

    def at(self, pace: int) -> Milliseconds:
        """Return the time at a pace: -1000 is the smallest, 0 the usual, 1000 the largest, linear between."""
        span = self.largest - self.usual if pace > 0 else self.usual - self.smallest
        return Milliseconds(self.usual + span * pace // SLOWEST)


@dataclass(frozen=True, slots=True)
class Action:
    """One row of the table."""

    dosed: bool
    """True if it has a dose: its length is exact, and equal on both sides."""
    needs: tuple[str, ...]
    """What the body must be like before it: names of `body.NEEDS`."""
    leaves: tuple[str, ...]
    """What it changes: names of `body.LEAVES`."""


def _comfort(smallest: int, usual: int, largest: int) -> Comfort:
    return Comfort(*(Milliseconds(seconds * SECOND) for seconds in (smallest, usual, largest)))


ACTIONS: dict[str, Action] = {
    "open": Action(dosed=False, needs=(), leaves=()),
    "ready": Action(dosed=False, needs=("eyes_open",), leaves=("gear_within_reach",)),
    "move": Action(
        dosed=False, needs=("nothing_pressed", "gear_for_move"), leaves=("posture", "ball", "eyes")
    ),
    "locate": Action(dosed=False, needs=("posture", "hands_free", "tool_in_place"), leaves=("hands_placed",)),
    "press": Action(dosed=False, needs=("hands_placed",), leaves=("pressed",)),
    "hold": Action(dosed=True, needs=("pressed",), leaves=()),
    "roll": Action(dosed=True, needs=("pressed",), leaves=()),
    "massage": Action(dosed=True, needs=("hands_placed",), leaves=()),
    "release": Action(dosed=False, needs=("hands_placed",), leaves=("eased",)),
    "rest": Action(dosed=False, needs=(), leaves=()),
    "switch_sides": Action(dosed=False, needs=("nothing_pressed",), leaves=("other_side",)),
    "ice_on": Action(
        dosed=False,
        needs=("nothing_pressed", "pack_in_reach", "off_the_pack"),
        leaves=("pack_on", "eyes_closed"),
    ),
    "ice": Action(dosed=False, needs=("pack_on",), leaves=()),
    "ice_off": Action(dosed=False, needs=("pack_on",), leaves=("pack_off",)),
    "wait": Action(dosed=False, needs=("nothing_pressed",), leaves=()),
    "close": Action(dosed=False, needs=("nothing_pressed", "pack_off"), leaves=()),
}

# "Silence" is shared over the cues of the segment; "total" is the segment with its words.
FIND_FIRST = _comfort(8, 15, 40)
"""Silence while the spot is found on the first side."""
FIND_SECOND = _comfort(5, 8, 20)
"""Silence while it is found on the second; never less than half of the first."""
MOVE = _comfort(8, 15, 60)
"""Silence of a change of place."""
MOVE_SLOWLY = _comfort(20, 30, 90)
"""Silence of getting down, getting up, rolling over, and of anything done with the ball or the pack."""
READY = _comfort(5, 10, 60)
"""Silence while things are fetched."""
WAIT = _comfort(15, 30, 60)
"""Silence to notice how the back feels."""
CLOSE = _comfort(5, 8, 20)
"""Silence of the closing."""
RELEASE = _comfort(8, 10, 15)
"""Total."""
RELEASE_BALL = _comfort(8, 15, 15)
"""Total: hip up, ball out and hip down are three movements."""
REST = _comfort(10, 15, 30)
"""Total."""
REST_INSTEAD = _comfort(60, 120, 180)
"""Total of the rest at the end of a session that would have iced the back."""
LONG_REST = Milliseconds(40 * SECOND)
"""A rest as long as this is announced with its length, and its end too."""
REST_ENDS = Milliseconds(10 * SECOND)
"""When the end of a long rest is announced, before it."""
SWITCH = {
    "hands": _comfort(6, 10, 20),
    "ball": _comfort(9, 15, 30),
    "legs": _comfort(9, 15, 30),
    "helper": _comfort(9, 15, 30),
    "rolling": _comfort(18, 30, 60),
}
"""Total, by what changes over: x 0.6, 1 and 2."""
PRESS_IN = _comfort(3, 3, 8)
"""Silence after the words, while the pressure builds; a method may ask for longer at least."""

FIRST_CUE = Milliseconds(700)
"""Every segment but a release begins with this much room, so that a lead-in fits before its first word."""
LEAST_GAP = Milliseconds(300)
"""Between two cues of a segment."""
