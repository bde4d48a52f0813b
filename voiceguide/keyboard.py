"""Keys from the terminal, one at a time and without Enter. Where there is no terminal there are no keys."""

from __future__ import annotations

import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

ReadKeys = Callable[[], list[str]]
"""Returns the keys pressed since the last call, at once; empty if none.

Characters are what they are, in lower case; others are called
`space enter tab escape left right up down pageup pagedown`, and all that have no name `other`.
"""
OTHER = "other"
"""A key that does nothing but show that somebody is awake."""

_SEQUENCE = re.compile(r"\x1b(?=\x1b)|\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|.)?|.", re.DOTALL)
"""What a terminal sends for one key: for arrows, function keys and Alt several characters."""


def no_keys() -> list[str]:
    """Return that no key was pressed: there is no terminal, or it is not ours to read from."""
    return []


_ARROWS = {"A": "up", "B": "down", "C": "right", "D": "left"}
_NAMES = {
    " ": "space",
    "\r": "enter",
    "\n": "enter",
    "\t": "tab",
    "\x1b": "escape",
    **{f"\x1b[{end}": name for end, name in _ARROWS.items()},
    **{f"\x1bO{end}": name for end, name in _ARROWS.items()},
    "\x1b[5~": "pageup",
    "\x1b[6~": "pagedown",
}
_WINDOWS = {"H": "up", "P": "down", "M": "right", "K": "left", "I": "pageup", "Q": "pagedown"}
"""Second character of what Windows sends for a key that is none."""


_STOPPED = 0.5
"""Seconds without a look at the keys, after which the process may have been stopped for a while."""
_UNREAD = 0.01
"""Seconds between two looks whether what was typed has been read."""
_MOMENT = 0.1
"""Seconds to wait for the rest of what a terminal sends for one key."""
_HUNG_UP = 20
"""Times that something was to be read and was no key: a terminal that was closed goes on like that."""
_LOCAL = 3
"""Index of the local modes in what `termios.tcgetattr` returns."""


class _Typed:
    """Characters -> names of keys. A sequence may come in two parts, so a lone escape waits for the next."""

    def __init__(self) -> None:
        self._held = ""

    def names(self, text: str) -> list[str]:
        """Return the keys that are complete with this text."""
        held, self._held = self._held, ""
        if text.endswith("\x1b") and not held:
            text, self._held = text[:-1], "\x1b"
        pressed = _SEQUENCE.findall(held + text)
        return [_NAMES.get(one) or (one.lower() if one.isprintable() else OTHER) for one in pressed]


@contextmanager
def keys() -> Iterator[ReadKeys]:
    """Give a function that returns what was typed since its last call; restore the terminal afterwards."""
    if sys.stdin is None or sys.stdin.closed or not sys.stdin.isatty():
        yield no_keys
    elif sys.platform == "win32":
        yield _read_windows
    else:
        with _unbuffered() as read:
            yield read


def _read_windows() -> list[str]:
    import msvcrt

    pressed = []
    while msvcrt.kbhit():  # type: ignore[attr-defined,unused-ignore]
        key = msvcrt.getwch()  # type: ignore[attr-defined,unused-ignore]
        if key in "\0\xe0" and msvcrt.kbhit():  # type: ignore[attr-defined,unused-ignore]
            # An arrow or a function key; which one it was comes as a letter that nobody typed.
            pressed.append(_WINDOWS.get(msvcrt.getwch(), OTHER))  # type: ignore[attr-defined,unused-ignore]
        else:
            pressed.extend(_Typed().names(key) or [_NAMES.get(key, "")])
    return [key for key in pressed if key]


@contextmanager
def _unbuffered() -> Iterator[ReadKeys]:
    import os
    import select
    import termios
    import tty

    terminal = sys.stdin.fileno()
    if _in_background(terminal):
        # Whoever started us with `&` types for somebody else, and reaching for the terminal would stop us.
        yield no_keys
        return
    before = termios.tcgetattr(terminal)
    typed = _Typed()

    looked = time.monotonic()

    def read() -> list[str]:
        nonlocal looked
        before_that, looked = looked, time.monotonic()
        with suppress(termios.error):
            if looked - before_that > _STOPPED and _reads_lines(terminal):
                # After Ctrl-Z and `fg` the shell has put it back to whole lines.
                tty.setcbreak(terminal, termios.TCSADRAIN)
        ready, _, _ = select.select([terminal], [], [], 0)
        text = ""
        # A terminal that was closed gives an error; the session goes on without keys.
        with suppress(OSError):
            text = os.read(terminal, 64).decode(errors="ignore") if ready else ""
        return typed.names(text)

    # cbreak, not raw: Ctrl-C still interrupts.
    tty.setcbreak(terminal, termios.TCSADRAIN)  # what was typed a moment too soon is not thrown away
    try:
        yield read
    finally:
        with suppress(termios.error):
            termios.tcsetattr(terminal, termios.TCSADRAIN, before)


class OneByOne:
    """Keys one at a time, waited for; it ends if the terminal is closed."""

    def __init__(self, read_keys: ReadKeys) -> None:
        self._read_keys = read_keys
        self._pressed: list[str] = []

    def read(self) -> list[str]:
        """Return the keys that nobody took yet, at once."""
        pressed, self._pressed = [*self._pressed, *self._read_keys()], []
        return pressed

    def __iter__(self) -> Iterator[str]:
        """Wait for each key."""
        empty = 0
        while empty < _HUNG_UP:
            self._pressed = self.read()
            while self._pressed:
                empty = 0
                yield self._pressed.pop(0)
            empty = empty + 1 if _wait_for_typing() else 0


def _wait_for_typing() -> bool:
    """Return True as soon as something is typed, or the terminal is closed; False after a moment."""
    if sys.platform == "win32":
        threading.Event().wait(_UNREAD)
        return False
    import select

    return bool(select.select([sys.stdin], [], [], _MOMENT)[0])


@contextmanager
def watched(pressed: Callable[[], None]) -> Iterator[bool]:
    """Call `pressed` from a thread at the very moment that something is typed; give True if that works.

    It takes no time as long as nothing is typed, where to look at the keys often does.
    """
    if sys.stdin is None or sys.stdin.closed or not sys.stdin.isatty() or sys.platform == "win32":
        yield False
        return
    import os
    import select

    try:
        terminal = sys.stdin.fileno()
    except OSError:  # it only says that it is a terminal
        yield False
        return
    ended, end = os.pipe()
    over = threading.Event()

    def watch() -> None:
        while True:
            ready, _, _ = select.select([terminal, ended], [], [])
            if ended in ready:
                return
            if not _in_background(terminal):
                pressed()
            while select.select([terminal], [], [], 0)[0] and not over.wait(_UNREAD):
                continue  # nobody has read it yet

    watching = threading.Thread(target=watch, name="voiceguide-keys", daemon=True)
    watching.start()
    try:
        yield True
    finally:
        over.set()
        os.write(end, b"x")
        watching.join(1)
        os.close(end)
        os.close(ended)


def _reads_lines(terminal: int) -> bool:
    """Return True if a terminal that is ours hands on whole lines only."""
    import termios

    return bool(termios.tcgetattr(terminal)[_LOCAL] & termios.ICANON) and not _in_background(terminal)


def _in_background(terminal: int) -> bool:
    import os

    try:
        return os.tcgetpgrp(terminal) != os.getpgrp()
    except OSError:
        # Not the terminal that started us: it has no say in who may read from it.
        return False
