"""voiceguide: a calm voice guides you through self-acupressure for a sore back, lying down, eyes closed.

Words first, time second, sound last. The package root is the pipeline, in the order data flows:
 routines/*.yaml ─┐
 points/*.yaml ───┤ library   routine     plan       script     timeline      mixer      player → backends/
 languages/*/ ────┘────────▶ Routine ──▶ Plan ───▶ Words ───▶ Timeline ───▶ blocks ───▶┤
                             point, body              │  lengths ▲              ▲     exporter → formats/
                                                      └─ voice ──┴─── Clips ────┘
                                                        engines/

`library` finds and reads YAML. `scheduler` is pure: what is done, in which words, and when. `voice` turns
words into clips and keeps them. `mixer` is the one source of sound, for playing and exporting alike.
`session` strings the stages together, and `commands` is the command line. A plural folder is where you drop
a file in. Beside it, of whom it is for: `profile` keeps what `gate` asked, and the plan leaves out what that
forbids; `journal` keeps what was done, `appointments` what is to come.

    >>> from voiceguide import find_routine, load_routine
    >>> load_routine(find_routine("hands")).title("en")
    'Hands'
"""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from voiceguide.errors import VoiceguideError
    from voiceguide.library import find_routine, load_language, load_points, load_routine
    from voiceguide.session import Session, compile_session
    from voiceguide.voice import Voice, find_voice

__all__ = [
    "Session",
    "Voice",
    "VoiceguideError",
    "compile_session",
    "find_routine",
    "find_voice",
    "load_language",
    "load_points",
    "load_routine",
]

_HOMES = {"Session": "session", "compile_session": "session", "Voice": "voice", "find_voice": "voice"}
_HOMES |= dict.fromkeys(("find_routine", "load_language", "load_points", "load_routine"), "library")
_HOMES["VoiceguideError"] = "errors"


def __getattr__(name: str) -> Any:
    """Return a public name from its module, which is imported now: `voiceguide --help` needs none of them."""
    if name == "__version__":
        with suppress(ImportError):
            return import_module("importlib.metadata").version("voiceguide")
        return "0.0.0+not-installed"  # run from a checkout
    if name not in _HOMES:
        raise AttributeError(f"module 'voiceguide' has no attribute '{name}'")
    return getattr(import_module(f"voiceguide.{_HOMES[name]}"), name)
