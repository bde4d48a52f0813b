"""Texts in a voice -> a voice pack, a folder or a zip: the same voice and texts give the same bytes."""

from __future__ import annotations

import io
import json
import os
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from voiceguide.errors import ExportError, Unavailable
from voiceguide.ogg import SAMPLERATE as ENCODED
from voiceguide.ogg import encode
from voiceguide.pack import LEVEL, MANIFEST, VERSION, Facts, read_manifest
from voiceguide.units import SAMPLERATE
from voiceguide.whole_files import check_file_target, check_folder, replacing, replacing_folder

if TYPE_CHECKING:
    from voiceguide.clip import Block, Clip

BITRATE = 16
"""Kilobits a second that Opus is asked for; with what is around it a clip of speech has about 19."""
NOTICE = "LICENCE"
"""The file in a pack in which its licence is written out."""
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a zip, so that the same files are the same zip."""
_TRIES = 4
"""Times a clip is encoded to find out how loud it may be. If its peaks are too high even then, it is made
softer by what is too much and a little, which doubles each time, as the encoder chooses anew each time."""
_A_LITTLE = 0.03
"""Decibels."""
_NEAR = 0.1
"""Decibels that nobody hears."""
_AT_ONCE = 64
"""Texts that are in memory at a time."""


class Speaker(Protocol):
    """Whoever says the texts of a pack: a voice, or a person who was recorded."""

    @property
    def rate(self) -> int:
        """Words a minute."""

    def prepare(self, texts: Iterable[str]) -> None:
        """Make clips of some texts; blocks until they are there. Raises `Unavailable`."""

    def clip(self, spoken: str) -> Clip:
        """Return a text's clip as it is to be heard: trimmed, level, at 48 kHz."""

    def forget(self, texts: Iterable[str]) -> None:
        """Keep the clips of some texts in memory no longer."""


def check_pack_target(target: Path, *, force: bool) -> None:
    """Return if a pack can be expected to be written there. Raises `ExportError` if not."""
    if _is_zip(target):
        check_file_target(target, force=force)
        return
    check_folder(target.parent)
    if target.exists() and not force:
        raise ExportError(f"'{target}' exists already", hint="add --force to write into it.")


def make_pack(
    target: Path,
    texts: Iterable[str],
    voice: Speaker,
    facts: Facts,
    *,
    notice: str = "",
    force: bool = False,
    bitrate: int = BITRATE,
    samplerate: int = ENCODED,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write a pack of texts in a voice, whole or not at all, and return how many bytes its files have.

    Parameters
    ----------
    target
        A name that ends with `.zip`, or a folder.
    texts
        What is to be said, as it is spoken.
    voice
        Who says it.
    facts
        What the manifest tells.
    notice
        The text of its licence, for a file of its own; empty for none.
    force
        True if it may take the place of what is there. Of a folder only what was part of a pack goes.
    bitrate
        Kilobits a second of its clips, about.
    samplerate
        Hertz at which they are encoded, one that Opus has; half of it is the highest tone that is kept.
    progress
        Called after each clip with how many are done, of how many.

    Raises
    ------
    ExportError
        If the target exists or cannot be written.
    Unavailable
        If the voice fails.
    """
    wanted = sorted(set(texts))
    files: dict[str, bytes] = {}
    clips: dict[str, dict[str, object]] = {}
    for text, content, frames in _spoken(
        wanted, voice, partial(_encoded, bitrate=bitrate, samplerate=samplerate)
    ):
        # Named by its words: what is added later renames no other.
        name = sha256(text.encode()).hexdigest()[:16] + ".opus"
        files[name] = content
        clips[text] = {"file": name, "frames": frames}
        if progress is not None:
            progress(len(clips), len(wanted))
    manifest = {"version": VERSION, **asdict(facts), "rate": voice.rate, "level": LEVEL, "clips": clips}
    written = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    files |= {MANIFEST: written.encode()} | ({NOTICE: notice.encode()} if notice else {})
    if _is_zip(target):
        with replacing(target, force=force) as beside:
            _write_zip(beside, files)
    else:
        with replacing_folder(target, force=force, without=_outlived(target) - files.keys()) as folder:
            for name, content in files.items():
                (folder / name).write_bytes(content)
    return sum(len(content) for content in files.values())


def _spoken(
    texts: Sequence[str], voice: Speaker, encoding: Callable[[Block], tuple[bytes, int]]
) -> Iterator[tuple[str, bytes, int]]:
    """Yield each text with its clip as Opus, and the frames of that; memory stays constant."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:  # libsndfile encodes beside Python
        for begin in range(0, len(texts), _AT_ONCE):
            some = texts[begin : begin + _AT_ONCE]
            voice.prepare(some)
            encoded = pool.map(encoding, [voice.clip(text).samples for text in some])
            for text, (content, frames) in zip(some, encoded, strict=True):
                yield text, content, frames
            voice.forget(some)


def _outlived(target: Path) -> set[str]:
    """Return the files that belong to the pack which a folder is: its clips of our kind, and its licence."""
    try:
        pack = read_manifest(target)
    except Unavailable:
        return set()
    return {one.file for one in pack.clips.values() if re.fullmatch(r"[^/]+\.opus", one.file)} | {NOTICE}


def _is_zip(target: Path) -> bool:
    return target.suffix.lower() == ".zip"


def _encoded(samples: Block, *, bitrate: int, samplerate: int) -> tuple[bytes, int]:
    """Return a clip at 48 kHz as Opus, and how many frames it has once it is decoded.

    The encoder makes another wave of it, whose peaks lie up to 2 dB lower or higher. So it is encoded again,
    softer or louder, until they are just under where they may be: a clip that its peaks have kept soft is as
    loud then as they let it be, and any other one not louder than it was.
    """
    import numpy as np
    import soundfile
    import soxr

    from voiceguide.loudness import loudness, room_above

    narrow = soxr.resample(samples, SAMPLERATE, samplerate, "HQ").astype(np.float32)
    own = loudness(samples)
    is_held_back = room_above(samples) < _NEAR
    best: tuple[float, bytes, int] | None = None
    gain, tries = 0.0, 0
    while best is None or tries < _TRIES:  # not for long: soon hardly anything is left that could be too much
        content = encode(narrow * np.float32(10 ** (gain / 20)), bitrate, samplerate)
        decoded, _ = soundfile.read(io.BytesIO(content), dtype="float32")
        room = room_above(decoded)
        if room >= 0 and (best is None or gain > best[0]):
            best = gain, content, len(decoded)
        more = room
        if own is not None and not is_held_back and room > 0:
            more = min(room, own - (loudness(decoded) or own))
        if best is not None and abs(more) < _NEAR:
            break
        tries += 1
        gain += more - _A_LITTLE * 2 ** max(0, tries - _TRIES)
    return best[1], best[2]


def _write_zip(path: Path, files: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as written:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, _LONG_AGO)
            member.create_system = 3  # Unix, wherever it is made
            member.external_attr = 0o644 << 16
            # What is Opus gets no smaller.
            member.compress_type = zipfile.ZIP_STORED if name.endswith(".opus") else zipfile.ZIP_DEFLATED
            written.writestr(member, files[name])
