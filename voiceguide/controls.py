"""The keys of the player: one table, which help, README and tests share. Found by touch, eyes closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from voiceguide import turns
from voiceguide.longer import go_on_longer
from voiceguide.score import Score


@dataclass(frozen=True, slots=True)
class Control:
    """What a key does."""

    id: str
    """Its name in programs."""
    keys: tuple[str, ...]
    """The keys, as `keyboard` names them; the first is the one to learn."""
    help: str
    """What it does, for people."""
    turn: Callable[[Score], Score] | None = None
    """What it makes of what is heard; None where more than that is done."""


CONTROLS = (
    Control("pause", ("space", "p"), "pause, and go on"),
    Control("again", ("enter", "a"), "say that again", turns.say_again),
    Control(
        "back",
        ("left", "b", "pageup"),
        "to the start of this stop; twice, to the one before",
        turns.go_back,
    ),
    Control("next", ("right", "n", "pagedown"), "on to the next stop", turns.go_forth),
    Control("louder", ("up", "u"), "louder"),
    Control("softer", ("down", "d"), "softer"),
    Control("too_much", ("escape", "x"), "too much: let go, then wait", turns.too_much),
    Control("where", ("tab", "w"), "where am I, how long is left, what comes next", turns.tell_place),
    Control("longer", ("+", "l"), "longer here, on both sides", go_on_longer),
    Control("end", ("q",), "twice: end gently; a third time: stop at once"),
    Control("help", ("?", "h"), "this list"),
)
"""Every key there is."""

BY_KEY: Mapping[str, Control] = {key: control for control in CONTROLS for key in control.keys}
"""Controls by the name of each of their keys."""


def describe() -> list[tuple[str, str]]:
    """Return for each control its keys and what it does, as they are shown to people."""
    return [
        (", ".join(key.capitalize() if len(key) > 1 else key for key in one.keys), one.help)
        for one in CONTROLS
    ]
