"""voiceguide at a terminal of a test's own, and what it shows there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from threading import Timer

import pytest


def at_a_terminal(
    *words: str, typed: str = "", environment: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """Return the code of a command at a terminal, and all that it shows; `typed` is waiting for it.

    `environment` is added to that of the test. After a minute it is ended, as it hangs.
    """
    pty = pytest.importorskip("pty", reason="there are no pseudo-terminals on Windows")
    keyboard, end = pty.openpty()
    os.write(keyboard, typed.encode())
    own = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    program = subprocess.Popen(
        [sys.executable, "-m", "voiceguide", *words],
        stdin=end,
        stdout=end,
        stderr=end,
        env={**os.environ, **own, **(environment or {})},
    )
    os.close(end)
    hangs = Timer(60, program.kill)
    hangs.start()
    try:
        said = read_all(keyboard).decode()
        code = program.wait()
    finally:
        hangs.cancel()
        hangs.join()
        os.close(keyboard)
    assert "Traceback" not in said
    return code, said


def read_all(terminal: int) -> bytes:
    """Return all that is shown at a terminal until nobody is left to write there. Blocks until then."""
    said = b""
    with suppress(OSError):  # how Linux says that nobody is at the other end
        while piece := os.read(terminal, 4096):
            said += piece
    return said
