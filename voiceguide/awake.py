"""The machine is kept from falling asleep while a session plays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager


@contextmanager
def awake() -> Iterator[bool]:
    """Keep the machine awake, and give whether that works; afterwards it may sleep again.

    The operating system lets go of the wish as soon as this process has ended, however it did. Only the
    machine is kept awake; its screen may go dark.
    """
    with ExitStack() as stack:
        try:
            # Only for playing: it would slow every start.
            from wakepy import keep
        except ImportError:
            yield False
        else:
            yield stack.enter_context(keep.running(on_fail="pass")).active
