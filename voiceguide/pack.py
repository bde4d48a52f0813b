"""Pack: sentences that were spoken once, in a folder or a zip, with what is known of them.

A pack may come from anybody. Nothing in it leads outside of it, nothing in it is larger than it may be, and
nothing is ever unpacked onto a disk.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from voiceguide.errors import Unavailable
from voiceguide.units import HIGHEST_RATE, LOWEST_RATE, SAMPLERATE

if TYPE_CHECKING:
    from soundfile import SoundFile

    from voiceguide.clip import Clip

MANIFEST = "manifest.json"
VERSION = 1
"""Of the manifest."""
LEVEL = 1
"""What a clip of ours has been through: 48 kHz, mono, trimmed to what can be heard, at -16 LUFS, its peaks
under -1.5 decibels of full scale. A clip with another number is brought there as an engine's would be."""
LONGEST = 120 * SAMPLERATE
"""Frames of a clip. Ours have a twelfth of that; what is longer is not one sentence."""
LARGEST = 1 << 30
"""Bytes of everything in a pack. Ours has a sixtieth of that."""
_LARGEST_FILE = 64 << 20
"""Bytes of one file: two minutes in stereo at the highest quality there is."""
_MOST_CHANNELS = 2
_LARGEST_MANIFEST = 16 << 20
_MOST = 50_000
"""Clips. All shipped routines together have a twentieth of that."""
_TIGHTEST = 100
"""How many times its room a zip may grow to, if that is much. Ours grow to ten times at most."""

_AGAIN = "get the pack again from whoever made it, or leave it away."
_FACTS = ("id", "title", "language", "speaker", "licence", "source")


@dataclass(frozen=True, slots=True)
class Recording:
    """One sentence of a pack."""

    file: str
    """Its file, as the pack names it."""
    frames: int
    """Its length at 48 kHz."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a manifest says of a pack beside its clips."""

    id: str
    """What follows the colon in `--voice pack:ID`, and its folder or zip is called."""
    title: str
    """What a person calls it."""
    language: str
    """BCP-47 tag."""
    speaker: str
    """Whose voice it is; empty if nobody says."""
    licence: str
    """Who may do what with it; empty if unknown."""
    source: str
    """Where it comes from; empty if nobody says."""


@dataclass(frozen=True, kw_only=True)
class Pack(Facts):
    """A voice that was recorded."""

    place: Path
    """The folder, or the zip."""
    rate: int
    """Words a minute, about."""
    level: int
    """What its clips have been through: see `LEVEL`."""
    clips: Mapping[str, Recording]
    """By the text that is spoken."""
    store: Store
    """Gives the bytes of its files."""

    @property
    def is_ready(self) -> bool:
        """True if its clips can be heard as they are, and their lengths are those of the manifest."""
        return self.level == LEVEL

    @cached_property
    def identity(self) -> str:
        """64 hex digits over all that changes the sound of any of its clips."""
        files = [
            (text, one.file, one.frames, *self.store.stamp(one.file)) for text, one in self.clips.items()
        ]
        return sha256(json.dumps([self.id, self.level, files]).encode()).hexdigest()

    def read(self, text: str) -> Clip:
        """Return the clip of one of its texts, mono, as it was recorded; blocks while it is decoded.

        Raises
        ------
        Unavailable
            If its file cannot be read, is no sound that speech has, or is not as long as the manifest says.
        """
        import soundfile

        from voiceguide.clip import Clip

        recording = self.clips[text]
        content = self.store.read(recording.file, _LARGEST_FILE)
        try:
            with soundfile.SoundFile(io.BytesIO(content)) as file:
                samplerate = file.samplerate
                self._check(recording, file)
                # Of some formats the length is only known once they are read.
                most = recording.frames if self.is_ready else LONGEST * samplerate // SAMPLERATE
                samples = file.read(most + 1, dtype="float32", always_2d=True)
        except (soundfile.LibsndfileError, ValueError, TypeError) as error:
            raise self._damaged(recording, f"is no sound that can be read: {error}") from error
        if self.is_ready and len(samples) != recording.frames:
            raise self._damaged(recording, f"has {len(samples)} frames, not {recording.frames}")
        if len(samples) > most:
            raise self._too_long(recording)
        return Clip(samples.mean(axis=1), samplerate)

    def _check(self, recording: Recording, file: SoundFile) -> None:
        """Raise Unavailable if a file is not what it may be, by its head alone: small ones may grow."""
        rate, channels = file.samplerate, file.channels
        if not LOWEST_RATE <= rate <= HIGHEST_RATE or channels > _MOST_CHANNELS:
            raise self._damaged(recording, f"has {channels} channels at {rate} Hz")
        if file.frames > LONGEST * rate // SAMPLERATE:
            raise self._too_long(recording)
        if self.is_ready and (rate, channels, file.frames) != (SAMPLERATE, 1, recording.frames):
            told = f"{file.frames} frames at {rate} Hz in {channels} channels"
            raise self._damaged(recording, f"has {told}, not {recording.frames} at {SAMPLERATE} Hz in one")

    def _too_long(self, recording: Recording) -> Unavailable:
        return self._damaged(recording, f"is longer than {LONGEST // SAMPLERATE} seconds")

    def _damaged(self, recording: Recording, what: str) -> Unavailable:
        return _damaged(self.place, f"{recording.file} {what}")


class Store(Protocol):
    """Where the files of a pack are."""

    def stamp(self, name: str) -> tuple[int, int]:
        """Return two numbers that change with the content of a file."""

    def read(self, name: str, most: int) -> bytes:
        """Return the bytes of a file of at most so many. Raises `Unavailable`."""


def find_packs(folders: Iterable[Path]) -> dict[str, Path]:
    """Return the packs in some folders by name; what comes first hides what is called the same after it."""
    found: dict[str, Path] = {}
    for folder in folders:
        # A pack is a folder with a manifest, or a zip: what else lies there is no pack that is broken.
        places = [one.parent for one in sorted(folder.glob(f"*/{MANIFEST}"))] + sorted(folder.glob("*.zip"))
        for place in places:
            found.setdefault(place.name.removesuffix(".zip"), place)
    return found


def load_pack(place: Path) -> Pack:
    """Return the pack in a folder or a zip, its manifest checked and every file of it there.

    Raises
    ------
    Unavailable
        If it cannot be read, is damaged or larger than a pack may be, or leads outside of itself.
    """
    pack = read_manifest(place)
    name = place.name.removesuffix(".zip")
    if pack.id != name:
        raise Unavailable(
            f"the pack calls itself '{pack.id}', and its {'zip' if place.is_file() else 'folder'} '{name}'",
            where=str(place),
            hint=f"rename it to '{pack.id}{place.suffix if place.is_file() else ''}'.",
        )
    total = sum(pack.store.stamp(one.file)[0] for one in pack.clips.values())
    if total > LARGEST:
        raise _damaged(place, f"it holds {total >> 20} MB of sound, and {LARGEST >> 20} are allowed")
    return pack


def read_manifest(place: Path) -> Pack:
    """Return the pack in a folder or a zip as its manifest tells of it, its files not looked for.

    Raises
    ------
    Unavailable
        If it cannot be read, or is no manifest of a pack.
    """
    store = _Zip(place) if place.is_file() else _Folder(place)
    content = store.read(MANIFEST, _LARGEST_MANIFEST)
    try:
        written = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _damaged(place, f"{MANIFEST} is not valid JSON: {error}") from None
    if not isinstance(written, dict):
        raise _damaged(place, f"{MANIFEST} holds no manifest")
    version = written.get("version")
    if isinstance(version, int) and version > VERSION:
        raise Unavailable(
            f"the pack was made for a newer voiceguide: its version is {version}, not {VERSION}",
            where=str(place),
            hint="`pip install --upgrade voiceguide` brings one that may know it.",
        )
    return _checked(place, written, store)


def _checked(place: Path, written: Mapping[str, Any], store: Store) -> Pack:
    """Return the pack that a manifest describes."""
    for key, kind in (("version", int), ("rate", int), ("level", int), *((fact, str) for fact in _FACTS)):
        if type(written.get(key)) is not kind:
            raise _damaged(place, f"{MANIFEST} has no right '{key}'")
    clips = written.get("clips")
    if not isinstance(clips, dict) or not clips or len(clips) > _MOST:
        raise _damaged(place, f"{MANIFEST} has no right 'clips'")
    return Pack(
        place=place,
        rate=written["rate"],
        level=written["level"],
        clips=dict(_recordings(place, clips)),
        store=store,
        **{fact: _plain(written[fact]) for fact in _FACTS},
    )


def _recordings(place: Path, clips: Mapping[str, Any]) -> Iterator[tuple[str, Recording]]:
    for text, clip in clips.items():
        file, frames = (clip.get("file"), clip.get("frames")) if isinstance(clip, dict) else (None, None)
        if not isinstance(file, str) or type(frames) is not int or not 0 < frames <= LONGEST:
            raise _damaged(place, f"{MANIFEST} has no right clip for '{_plain(text)[:60]}'")
        path = PurePosixPath(file)
        if path.is_absolute() or ".." in path.parts or not file.isprintable() or set(file) & {"\\", ":"}:
            raise _damaged(place, f"'{_plain(file)[:60]}' is no file inside the pack")
        yield text, Recording(file, frames)


class _Folder:
    """The files of a folder."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._inside = place.resolve()

    def stamp(self, name: str) -> tuple[int, int]:
        try:
            status = (self._place / name).stat()
        except OSError as error:
            raise _unreadable(self._place, name, error) from None
        return status.st_size, status.st_mtime_ns

    def read(self, name: str, most: int) -> bytes:
        try:
            path = (self._place / name).resolve(strict=True)
            # A link may lead to another file of the pack; a pipe would never end.
            if self._inside not in path.parents or not path.is_file():
                raise _damaged(self._place, f"'{name}' is no file inside the pack")
            with path.open("rb") as file:
                # Room for what is asked for is taken at once.
                content = file.read(min(most, os.fstat(file.fileno()).st_size) + 1)
        except (OSError, RuntimeError) as error:  # RuntimeError: links that lead to each other
            raise _unreadable(self._place, name, error) from None
        return _bounded(self._place, name, content, most)


class _Zip:
    """The files of a zip, which is read where it lies."""

    def __init__(self, place: Path) -> None:
        self._place = place
        try:
            self._zip = zipfile.ZipFile(place)
        except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise _unreadable(place, "", error) from None
        # A ZipFile counts who has it open, and not so that threads may.
        self._lock = Lock()
        self._members = {one.filename: one for one in self._zip.infolist()}
        total = sum(one.file_size for one in self._members.values())
        if total > LARGEST or total > max(_LARGEST_FILE, _TIGHTEST * place.stat().st_size):
            raise _damaged(place, f"it would grow to {total >> 20} MB, far more than sound does")

    def stamp(self, name: str) -> tuple[int, int]:
        member = self._member(name)
        return member.file_size, member.CRC

    def read(self, name: str, most: int) -> bytes:
        member = self._member(name)
        try:
            with self._lock, self._zip.open(member) as file:
                # No more is read than its size, whatever its content would grow to.
                content = file.read(most + 1)
        except (
            *(OSError, EOFError, ValueError, RuntimeError),  # RuntimeError: it has a password
            *(zipfile.BadZipFile, NotImplementedError, zlib.error),
        ) as error:
            raise _unreadable(self._place, name, error) from None
        return _bounded(self._place, name, content, most)

    def _member(self, name: str) -> zipfile.ZipInfo:
        member = self._members.get(name)
        if member is None:
            raise _damaged(self._place, f"there is no {name} in it")
        # What else `zipfile` knows raises errors of its own, and is not there in every Python.
        if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise _damaged(self._place, f"{name} is not squeezed as files in a zip are")
        return member


def _bounded(place: Path, name: str, content: bytes, most: int) -> bytes:
    if len(content) > most:
        raise _damaged(place, f"{name} is larger than {most >> 20} MB")
    return content


def _plain(text: str) -> str:
    """Return a text without what would lead a terminal astray."""
    return "".join(letter for letter in text if letter.isprintable())


def _unreadable(place: Path, name: str, error: Exception) -> Unavailable:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return _damaged(place, f"{name or 'it'} cannot be read: {reason}")


def _damaged(place: Path, what: str) -> Unavailable:
    return Unavailable(f"the pack is damaged: {what}", where=str(place), hint=_AGAIN)
