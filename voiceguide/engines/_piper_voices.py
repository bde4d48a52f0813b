"""The voices that `piper` has been given: a folder for each, with its model, its description, its licence.

`user_folder()/piper/NAME/` holds `NAME.onnx` and `NAME.onnx.json`, as their makers hand them out, and
`MODEL_CARD` if one lay beside them. A voice appears there whole or not at all, and nothing is ever fetched.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from voiceguide.errors import Unavailable, UnknownName, UsageError, VoiceguideError
from voiceguide.folders import user_folder
from voiceguide.whole_files import replacing_folder

LISTING = "voiceguide list voices"
_NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}"
_CARD = "MODEL_CARD"
_LARGEST_TEXT = 10_000_000
"""Bytes. A description with a thousand speakers has a fiftieth of it."""
_LONGEST_LICENCE = 200
"""Letters that a line has room for."""
_PHONEMES = {"espeak", "text"}
"""How a voice reads letters. piper knows other ways, which need more libraries, and one of them fetches."""
_ASK = "ask who gave it to you for both files of the voice: its .onnx and its .onnx.json."
Heard = TypeVar("Heard")


@dataclass(frozen=True, slots=True)
class Stored:
    """One model, and what its maker says of it."""

    name: str
    model: Path
    """Its `.onnx`."""
    title: str
    language: str
    """BCP-47 tag; empty if unknown."""
    licence: str
    """As its card has it; empty if it has none."""
    speakers: dict[str, int]
    """Name -> number; empty if it has only one."""


def voices_folder() -> Path:
    """Return where voices are kept; it need not exist."""
    return user_folder() / "piper"


def stored_names() -> list[str]:
    """Return the sorted names of all voices that were added."""
    try:
        return sorted(
            path.name
            for path in voices_folder().iterdir()
            if path.is_dir() and re.fullmatch(_NAME, path.name)
        )
    except OSError:
        return []


def find_stored(name: str) -> Stored:
    """Return a voice that was added.

    Raises
    ------
    UnknownName
        If there is none of that name.
    Unavailable
        If something of it is missing or damaged.
    """
    if name not in stored_names():
        raise UnknownName("voice", name, stored_names(), listing=LISTING)
    try:
        return read_voice(voices_folder() / name / f"{name}.onnx")
    except VoiceguideError as error:
        remedy = f"`voiceguide voices remove {name}`, and add it anew."
        raise Unavailable(error.message, where=error.where, hint=remedy) from error


def builds() -> str:
    """Return what changes when any voice does."""
    digest = sha256()
    for name in stored_names():
        # What cannot be looked at, as a link that leads nowhere, has no part in how a voice sounds.
        with suppress(OSError):
            for path in sorted((voices_folder() / name).iterdir()):
                with suppress(OSError):
                    status = path.stat()
                    line = f"{name}/{path.name} {status.st_size} {status.st_mtime_ns}\n"
                    digest.update(line.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:16]


def read_voice(model: Path) -> Stored:
    """Return what the files of a voice say, the model itself unread; raise VoiceguideError if it is none."""
    if model.suffix != ".onnx":
        raise UsageError(f"'{model}' is not the model of a voice", hint="its name ends with .onnx.")
    description = model.with_name(f"{model.name}.json")
    for path in (model, description):
        if not path.is_file():
            raise VoiceguideError(f"there is no file '{path}'", hint=_ASK)
    found = _read_description(description)
    known = found.get("language")
    code = known.get("code") if isinstance(known, dict) else None
    code = code if isinstance(code, str) else str(found["espeak"]["voice"])
    speakers = found.get("speaker_id_map")
    title = _plain(str(found.get("dataset") or "")) or model.stem
    numbers = speakers.items() if isinstance(speakers, dict) and found["num_speakers"] > 1 else ()
    return Stored(
        name=model.stem,
        model=model,
        title=f"{title}, neural",
        language=_bcp47(_plain(code)),
        licence=_licence(model, found),
        speakers={_plain(speaker): number for speaker, number in numbers},
    )


def add_voice(model: Path, name: str, try_out: Callable[[Stored], Heard], *, force: bool) -> Heard:
    """Copy a voice to the others if `try_out` raises nothing for the copy; return what that returns.

    Raises
    ------
    UsageError
        If the name cannot be one.
    VoiceguideError
        If the files are not those of a voice, or cannot be copied.
    """
    if not re.fullmatch(_NAME, name):
        raise UsageError(
            f"'{name}' cannot be a voice's name", hint="use a-z, 0-9, hyphens and dots: `--name my-voice`."
        )
    read_voice(model)
    target = voices_folder() / name
    if target.exists() and not force:
        raise VoiceguideError(
            f"there is a voice called '{name}' already", hint="add --force to replace it, or choose a --name."
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with replacing_folder(target, force=force) as folder:
            copied = folder / f"{name}.onnx"
            shutil.copyfile(model, copied)
            shutil.copyfile(f"{model}.json", f"{copied}.json")
            # Always there, so that a voice that takes another one's place does not take over its licence.
            card = _card(model)
            (folder / _CARD).write_bytes(card.read_bytes() if card else b"")
            return try_out(read_voice(copied))
    except OSError as error:
        raise VoiceguideError(
            f"the voice was not copied: {error.strerror or error}",
            where=str(error.filename or target),
            hint="is there room, and may you read it and write there?",
        ) from error


def remove_voice(name: str) -> Path:
    """Remove a voice that was added; return where it was. Raises UnknownName."""
    if name not in stored_names():
        raise UnknownName("voice", name, stored_names(), listing=LISTING)
    folder = voices_folder() / name
    try:
        # Out of the way in one step: what is removed by half is no voice.
        aside = folder.with_name(f".voiceguide-{secrets.token_hex(8)}")
        folder.rename(aside)
        shutil.rmtree(aside) if not aside.is_symlink() else aside.unlink()
    except OSError as error:
        raise VoiceguideError(
            f"'{folder}' was not removed: {error.strerror or error}", hint="remove that folder yourself."
        ) from error
    return folder


def _read_description(path: Path) -> dict[str, Any]:
    def wrong(what: str) -> VoiceguideError:
        return VoiceguideError(what, where=str(path), hint=_ASK)

    try:
        if path.stat().st_size > _LARGEST_TEXT:
            raise wrong("too large to describe a voice")
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise wrong(f"this does not describe a voice: {error}") from error
    if not isinstance(found, dict):
        raise wrong("this does not describe a voice")
    audio, espeak = found.get("audio"), found.get("espeak")
    rate = audio.get("sample_rate") if isinstance(audio, dict) else None
    if not isinstance(rate, int) or not 8_000 <= rate <= 192_000:
        raise wrong("'audio.sample_rate' is not from 8000 to 192000")
    if not isinstance(espeak, dict) or not isinstance(espeak.get("voice"), str):
        raise wrong("'espeak.voice' is missing")
    if not isinstance(found.get("phoneme_id_map"), dict):
        raise wrong("'phoneme_id_map' is missing")
    for key in ("num_symbols", "num_speakers"):
        if not isinstance(found.get(key), int):
            raise wrong(f"'{key}' is missing")
    kind = found.get("phoneme_type", "espeak")
    if kind not in _PHONEMES:
        known = " or ".join(sorted(_PHONEMES))
        raise wrong(f"a voice that reads by '{_plain(str(kind))}' cannot be used here, only by {known}")
    return found


def _card(model: Path) -> Path | None:
    """Return the card beside a model: its own, else the only one there."""
    for name in (f"{model.name}.{_CARD}", f"{model.stem}.{_CARD}", _CARD, f"{_CARD}.md"):
        card = model.with_name(name)
        if card.is_file() and card.stat().st_size <= _LARGEST_TEXT:
            return card
    return None


def _licence(model: Path, description: dict[str, Any]) -> str:
    said = description.get("license") or description.get("licence")
    if not isinstance(said, str):
        card = _card(model)
        text = ""
        if card is not None:
            with suppress(OSError):
                text = card.read_text(encoding="utf-8", errors="replace")
        found = re.search(r"^\W*licen[cs]e\W*:\W*(.+)$", text, re.IGNORECASE | re.MULTILINE)
        said = found[1] if found else ""
    return _plain(said)[:_LONGEST_LICENCE]


def _plain(text: str) -> str:
    """Return what a maker wrote as one line that cannot steer a screen."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _bcp47(code: str) -> str:
    language, *rest = re.split("[-_]", code)
    return "-".join([language.lower(), *(part.upper() if len(part) == 2 else part for part in rest)])
