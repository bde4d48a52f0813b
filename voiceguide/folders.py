"""Where a person keeps what is their own."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def user_folder() -> Path:
    """Return the folder in which a person keeps content of their own; it need not exist."""
    chosen = os.environ.get("VOICEGUIDE_DATA")
    return Path(chosen) if chosen else platformdirs.user_data_path("voiceguide", appauthor=False)
