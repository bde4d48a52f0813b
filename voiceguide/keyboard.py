"""Keys from the terminal, one at a time and without Enter. Where there is no terminal there are no keys."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

ReadKeys = Callable[[], str]
"""Returns the characters typed since the last call, at once; empty if none."""

_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|.)?", re.DOTALL)
"""What a terminal sends for arrows, function keys and Alt: F2, for one, ends in a Q that nobody typed."""


@contextmanager
def keys() -> Iterator[ReadKeys]:
    """Give a function that returns what was typed since its last call; restore the terminal afterwards."""
    if sys.stdin is None or sys.stdin.closed or not sys.stdin.isatty():
        yield lambda: ""
    elif sys.platform == "win32":
        yield _read_windows
    else:
        with _unbuffered() as read:
            yield read


def _read_windows() -> str:
    import msvcrt

    typed = ""
    while msvcrt.kbhit():  # type: ignore[attr-defined,unused-ignore]
        key = msvcrt.getwch()  # type: ignore[attr-defined,unused-ignore]
        if key in "\0\xe0" and msvcrt.kbhit():  # type: ignore[attr-defined,unused-ignore]
            # An arrow or a function key; which one it was comes as a letter that nobody typed.
            msvcrt.getwch()  # type: ignore[attr-defined,unused-ignore]
        else:
            typed += key
    return typed


@contextmanager
def _unbuffered() -> Iterator[ReadKeys]:
    import os
    import select
    import termios
    import tty

    terminal = sys.stdin.fileno()
    if _in_background(terminal):
        # Whoever started us with `&` types for somebody else, and reaching for the terminal would stop us.
        yield lambda: ""
        return
    before = termios.tcgetattr(terminal)

    def read() -> str:
        ready, _, _ = select.select([terminal], [], [], 0)
        if not ready:
            return ""
        # A terminal that was closed gives an error; the session goes on without keys.
        with suppress(OSError):
            return _SEQUENCE.sub("", os.read(terminal, 64).decode(errors="ignore"))
        return ""

    # cbreak, not raw: Ctrl-C still interrupts.
    tty.setcbreak(terminal)
    try:
        yield read
    finally:
        with suppress(termios.error):
            termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _in_background(terminal: int) -> bool:
    import os

    try:
        return os.tcgetpgrp(terminal) != os.getpgrp()
    except OSError:
        # Not the terminal that started us: it has no say in who may read from it.
        return False
