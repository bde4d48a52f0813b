"""Plan -> bells: the signals that stand for words, for a person who wants only those that must be heard.

What is left of the words with bells, and why. Someone who knows a session knows how each place is found,
pressed and let go; a bell tells when. What a bell cannot tell is said: which place it is, in two words, as
points are left out for a length or a caution; into which posture, as whoever is not told lies there waiting;
that a long rest is one. Ice and getting up are told as in `brief`: half asleep, nobody should have to guess.
Words that only say what a bell says, as "And let go.", are the bell.
"""

from __future__ import annotations

from collections.abc import Iterator

from voiceguide.scheduler.cue import Cue
from voiceguide.scheduler.plan import LYING, Plan, Step
from voiceguide.units import MINUTE

MOVE, FIND, PRESS, LET_GO, OTHER_SIDE = (
    f"bell_{name}" for name in ("move", "find", "press", "let_go", "other_side")
)
BELLS = (MOVE, FIND, PRESS, LET_GO, OTHER_SIDE)
"""The earcons that are bells, in the order in which a session first rings them."""
_IN_WORDS = {"open", "ice", "rise"}
"""Kinds of steps that are told as in `brief`."""
STILL_HERE = "soft_tone"
"""What is heard in every long quiet, and asks nothing."""
_RUNG = {
    "move": MOVE,
    "prepare": FIND,
    "locate": FIND,
    "press": PRESS,
    "press_repeat": PRESS,
    "press_again": PRESS,
    "let_go": LET_GO,
    "release": LET_GO,
    "switch_sides": OTHER_SIDE,
}
"""By the moment, or the kind of step, that it begins."""


def is_told(step: Step) -> bool:
    """Return True for a step that is told as in `brief`: getting up, too, wherever it comes."""
    return step.kind in _IN_WORDS or (
        step.kind == "move" and step.origin in LYING and step.posture not in LYING
    )


def ring(moment: str) -> tuple[Cue, ...]:
    """Return the bell that begins a moment; nothing where none does."""
    return (sound(_RUNG[moment]),) if moment in _RUNG else ()


def sound(earcon: str) -> Cue:
    """Return the cue that is an earcon, and no words."""
    return Cue(earcon, "", "", required=True, gap=0, earcon=earcon)


def name_of(earcon: str) -> str:
    """Return the phrase that tells what a bell, or the tone that is none, asks for."""
    return f"bell.{earcon.removeprefix('bell_')}"


def changes_position(origin: str | None, posture: str | None, *, rolls_over: bool) -> bool:
    """Return True for a move that leaves the body otherwise than it was: the others put a thing away."""
    return origin != posture or rolls_over


def find_bells(plan: Plan) -> Iterator[str]:
    """Yield the earcons that a session with bells may ring, in the order in which they are explained."""
    kinds = {step.kind for step in plan.steps}
    moves = (step for step in plan.steps if step.kind == "move")
    if any(changes_position(one.origin, one.posture, rolls_over=one.rolls_over) for one in moves):
        yield MOVE
    yield from (FIND, PRESS, LET_GO)
    if "switch_sides" in kinds:
        yield OTHER_SIDE
    # By what a dose may become, as the words of an opening must not change while a length is fitted.
    if any(visit.dose.largest >= MINUTE or visit.massage or visit.window for visit in plan.visits):
        yield STILL_HERE
