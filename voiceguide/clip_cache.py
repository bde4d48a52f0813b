"""ClipCache: finished clips on disk, so that a text is spoken once and not at every start.

Nothing here may stop a session: an entry that is damaged does not exist, and a folder that cannot be
written is noted and done without. Several processes may use one folder at once, as entries appear whole or
not at all.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

LIMIT = 512 * 1024 * 1024
"""Bytes. One voice at one rate speaks all the routines in about a tenth of it."""

_MAGIC = b"voiceguide clip 1\n"
_DIGEST = 32
"""Bytes of a SHA-256."""
_OURS = re.compile(r"[0-9a-f]{64}\.(?:clip|json)")
_LEFT_BEHIND = re.compile(r"[0-9a-f]{64}\.[^.]+\.tmp")
_A_DAY = 86_400
"""Seconds after which a temporary file is not being written any more: its process was killed."""


def cache_folder() -> Path:
    """Return where clips are kept: `VOICEGUIDE_CACHE`, else the user's cache folder."""
    if chosen := os.environ.get("VOICEGUIDE_CACHE"):
        return Path(chosen)
    from platformdirs import user_cache_path

    return user_cache_path("voiceguide", appauthor=False)


class ClipCache:
    """A folder of clips by key, bounded in size. A key is 64 hex digits over all that changes the sound."""

    def __init__(self, folder: Path, *, limit: int = LIMIT) -> None:
        self.folder = folder / "clips"
        self.limit = limit
        self.notes: list[str] = []
        """What a person should be told, each thing once; commands print it."""
        self._used: set[str] = set()
        self._pruned = False

    def load(self, key: str) -> bytes | None:
        """Return the samples, little-endian 16 bit, or None if there is no entry or it is damaged."""
        content = self.read(f"{key}.clip")
        if content is None or not content.startswith(_MAGIC):
            return None
        start = len(_MAGIC) + _DIGEST
        digest, samples = content[len(_MAGIC) : start], content[start:]
        return samples if samples and digest == _digest(key, samples) else None

    def store(self, key: str, samples: bytes) -> bool:
        """Return if the samples are on disk now, in place of whatever was there."""
        return self.write(f"{key}.clip", _MAGIC + _digest(key, samples) + samples)

    def read(self, name: str) -> bytes | None:
        """Return the content of one of our files, which counts as using it; None if it cannot be read."""
        self._used.add(name)
        path = self.folder / name
        try:
            content = path.read_bytes()
        except OSError:
            return None
        # Reading alone does not leave a trace on most disks. Others may only read here; then it does not age.
        with suppress(OSError):
            os.utime(path)
        return content

    def write(self, name: str, content: bytes) -> bool:
        """Return if the file is on disk now, whole; if not, a note says why, once."""
        self._used.add(name)
        temporary = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            # In the same folder: only within one file system is a replacement atomic.
            prefix = name.partition(".")[0] + "."
            handle, temporary = tempfile.mkstemp(dir=self.folder, prefix=prefix, suffix=".tmp")
            with open(handle, "wb") as file:  # noqa: PTH123 - a handle has no path
                file.write(content)
            os.replace(temporary, self.folder / name)  # noqa: PTH105 - mkstemp gives a string
        except OSError as error:
            if temporary is not None:
                with suppress(OSError):
                    Path(temporary).unlink()
            note = f"spoken clips cannot be kept in {self.folder} ({error.strerror or error}); "
            if not self.notes:
                self.notes.append(note + "they are made anew each time.")
            return False
        return True

    def prune(self) -> None:
        """Remove entries, oldest-used first, until the folder is within its limit; at most once a run.

        What this run has used stays, and so does every file that is not ours.
        """
        if self._pruned:
            return
        self._pruned = True
        entries: list[tuple[float, int, Path]] = []
        with suppress(OSError):
            for path in self.folder.iterdir():
                with suppress(OSError):
                    status = path.stat()
                    if _OURS.fullmatch(path.name):
                        entries.append((status.st_mtime, status.st_size, path))
                    elif _LEFT_BEHIND.fullmatch(path.name) and time.time() - status.st_mtime > _A_DAY:
                        path.unlink()
        size = sum(size for _, size, _ in entries)
        for _, its_size, path in sorted(entries):
            if size <= self.limit:
                return
            if path.name not in self._used:
                with suppress(OSError):
                    path.unlink()
                    size -= its_size


def _digest(key: str, samples: bytes) -> bytes:
    """Return what tells a damaged entry; the key is part of it, so one under another's name is damaged."""
    digest = sha256(key.encode())
    digest.update(samples)
    return digest.digest()
