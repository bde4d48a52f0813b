"""Where things lie: what a person keeps of their own, and the sound that comes with voiceguide."""

from __future__ import annotations

import os
from pathlib import Path

_HERE = Path(__file__).parent


def user_folder() -> Path:
    """Return the folder in which a person keeps content of their own; it need not exist."""
    chosen = os.environ.get("VOICEGUIDE_DATA")
    if chosen:
        # What a shell leaves alone, in quotes or in a file of settings. `Path.expanduser` raises where this
        # keeps a `~` that nobody's home stands for.
        return Path(os.path.expanduser(chosen))  # noqa: PTH111
    from platformdirs import user_data_path

    return user_data_path("voiceguide", appauthor=False)


def private_folder() -> Path:
    """Return the folder of what is kept about a person, for them alone; it need not exist."""
    return user_folder() / "private"


def shipped_audio() -> Path:
    """Return the folder of the sound that is shipped: inside the package once installed, else beside it."""
    inside = _HERE / "audio"
    return inside if inside.is_dir() else _HERE.parent / "audio"


def pack_folders() -> tuple[Path, ...]:
    """Return the folders in which voice packs lie, a person's own first; none of them need exist."""
    return user_folder() / "packs", shipped_audio() / "packs"
