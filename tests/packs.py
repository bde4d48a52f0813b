"""Small voice packs for tests: made of tones, whole or broken as a test wants them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from voiceguide import find_routine, load_language, load_points, load_routine
from voiceguide.pack import LEVEL, MANIFEST
from voiceguide.repertoire import find_repertoire

TEXTS = ("Press.", "And let go.", "Now, your hands.")


def make_wav(
    seconds: float = 0.5, *, samplerate: int = 48_000, channels: int = 1, level: float = 0.3
) -> bytes:
    """Return a WAV of a tone whose first and last frame sound."""
    times = np.arange(round(seconds * samplerate)) / samplerate
    tone = np.repeat((level * np.cos(2 * np.pi * 300 * times))[:, None], channels, axis=1)
    file = io.BytesIO()
    soundfile.write(file, tone, samplerate, format="WAV", subtype="PCM_16")
    return file.getvalue()


def make_files(name: str, **changes: Any) -> dict[str, bytes]:
    """Return the files of a pack of `TEXTS`, its manifest with some changes."""
    clips = {text: {"file": f"{number}.wav", "frames": 24_000} for number, text in enumerate(TEXTS)}
    facts = {"title": "A tone", "language": "en", "speaker": "Nobody", "licence": "CC0", "source": "tests"}
    manifest = {"version": 1, "id": name, **facts, "rate": 140, "level": LEVEL, "clips": clips} | changes
    return {
        MANIFEST: json.dumps(manifest).encode(),
        **{f"{number}.wav": make_wav() for number in range(len(TEXTS))},
    }


@cache
def repertoire_of(name: str) -> tuple[str, ...]:
    """Return all that a shipped routine may say; it takes seconds, and so it is found out once."""
    return find_repertoire([load_routine(find_routine(name))], load_points(), load_language("en"))


def write_folder(place: Path, files: Mapping[str, bytes]) -> Path:
    """Write a pack as a folder, and return it."""
    place.mkdir(parents=True)
    for name, content in files.items():
        (place / name).write_bytes(content)
    return place


def write_zip(place: Path, files: Mapping[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> Path:
    """Write a pack as a zip, and return it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(place, "w", how) as written:
        for name, content in files.items():
            written.writestr(name, content)
    return place
