"""Files that only their owner can read: what is kept about a person, and never half written."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

OWNERS_FOLDER, OWNERS_FILE = 0o700, 0o600
"""Permission bits: nobody but the owner may look. Windows keeps a person's folders apart by itself."""


def make_private_folder(folder: Path) -> None:
    """Make a folder, and those above it, which only its owner may enter; close it if others could.

    Raises
    ------
    OSError
        If it cannot be made, or cannot be closed.
    """
    folder.mkdir(mode=OWNERS_FOLDER, parents=True, exist_ok=True)
    if os.name == "posix" and folder.stat().st_mode & 0o077:
        folder.chmod(OWNERS_FOLDER)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read; a crash leaves the old one or the new one, whole.

    On disk when it returns. Its folder is made if it is missing.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    import tempfile  # `play` has more urgent things to load

    make_private_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # with the bits of `OWNERS_FILE`
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
