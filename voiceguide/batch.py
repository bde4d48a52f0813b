"""Many sessions -> files of one folder: what is there already and has not changed is left alone.

A job is one routine at one length in one voice, and all the files made from it. Jobs know nothing of each
other and hold only what can be sent to another process, or to another machine that sees the same folder.
A list in the folder says which files are ours, and what each was made from.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import CancelledError, Executor, as_completed
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from multiprocessing import parent_process
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from voiceguide.background import Background
from voiceguide.errors import ExportError, ImpossibleLength, VoiceguideError
from voiceguide.exporter import bitrate_for, describe, export
from voiceguide.index_page import Entry
from voiceguide.library import find_routine, load_language, load_points, load_routine
from voiceguide.scheduler.options import Options
from voiceguide.session import Session, compile_session
from voiceguide.track import Track
from voiceguide.units import LOUDNESS, NOTHING, SAMPLERATE, Milliseconds
from voiceguide.voice import find_voice
from voiceguide.whole_files import write_text

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

LIST = ".voiceguide.json"
"""In the folder: which files are ours."""
WRITTEN, UNCHANGED, KEPT = "written", "unchanged", "kept"
IMPOSSIBLE, FAILED = "impossible", "failed"
"""What became of a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One session, and the files that are made from it."""

    routine: str
    """A name or a path."""
    options: Options
    """What is asked of it."""
    voice: str | None
    """`ENGINE:VOICE` or `ENGINE`; None for the default."""
    rate: int | None
    """Words a minute; None where the engine is clearest."""
    language: str
    """BCP 47."""
    targets: Mapping[Path, str]
    """By absolute path of each file: what it was made from when it was written last, or nothing."""
    fill: str | None = None
    """Who says what a voice that was recorded has no clip for; None for nobody."""
    bitrate: int | None = None
    """Kilobits a second, for the formats that can have it."""
    samplerate: int = SAMPLERATE
    """Hertz."""
    loudness: float = LOUDNESS
    """LUFS of speech."""
    room_tone: bool = True
    """True if there is a hush under everything."""
    background: Background | None = None
    """What else lies under it; None for nothing."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file."""

    target: Path
    """Where it is, or would be."""
    state: str
    """`WRITTEN`, `UNCHANGED`, `KEPT` because it is somebody else's, `IMPOSSIBLE` or `FAILED`."""
    made_from: str = ""
    """A digest of all that shapes it; empty if it was not made."""
    message: str = ""
    """Why it was not made."""
    title: str = ""
    """Of the session."""
    duration: Milliseconds = NOTHING
    """Milliseconds of the session."""


def do_job(job: Job) -> tuple[Outcome, ...]:
    """Return what became of each file of a job. Blocks until they are written.

    What is wrong with one session is told in its outcomes, and does not keep others from being made.
    """
    try:
        return tuple(_outcomes(job))
    except ImpossibleLength as error:
        return tuple(Outcome(target, IMPOSSIBLE, message=error.message) for target in job.targets)
    except VoiceguideError as error:
        return failed(job, told(error))
    except Exception as error:  # noqa: BLE001 - a fault of ours in one session costs no other one
        return failed(job, f"{type(error).__name__}: {error}")


def failed(job: Job, message: str) -> tuple[Outcome, ...]:
    """Return that no file of a job was made, and why."""
    return tuple(Outcome(target, FAILED, message=message) for target in job.targets)


def _outcomes(job: Job) -> Iterator[Outcome]:
    voice = find_voice(job.voice, rate=job.rate, language=job.language, fill=job.fill)
    content = load_routine(find_routine(job.routine)), load_points(), load_language(job.language)
    session: Session | None = None

    def compiled(*, sounds: bool) -> Session:
        made = compile_session(*content, voice, job.options, sounds=sounds)
        return replace(
            made,
            samplerate=job.samplerate,
            loudness=job.loudness,
            room_tone=job.room_tone,
            background=job.background,
        )

    # Times are enough to see whether anything has changed: they need no sound once the lengths are known.
    planned = compiled(sounds=False)
    track = describe(planned, bitrate=job.bitrate, reads_clips=False)
    made_from = digest(planned, track)
    for target, before in job.targets.items():
        if before == made_from and target.exists():
            yield Outcome(target, UNCHANGED, made_from, "", track.title, track.duration)
            continue
        if session is None:
            session = compiled(sounds=True)
            track = describe(session)
        try:
            bitrate = bitrate_for(target, job.bitrate)
            export(session, target, replace(track, bitrate=bitrate), force=True)
        except VoiceguideError as error:
            yield Outcome(target, FAILED, message=told(error))
        else:
            yield Outcome(target, WRITTEN, made_from, "", track.title, track.duration)


def told(error: VoiceguideError) -> str:
    """Return what is wrong and what to do about it, in one line."""
    return f"{error.message}; {error.hint}" if error.hint else error.message


def digest(session: Session, track: Track) -> str:
    """Return 64 hex digits over all that shapes a file: what sounds when, in which voice, and who made it."""
    from voiceguide import __version__

    fields: dict[str, Any] = {**asdict(track), "cover": sha256(track.cover).hexdigest()}
    under = [session.room_tone, repr(session.background)]
    sound = [session.voice.identity, session.loudness, *under, repr(session.timeline)]
    shapes = [__version__, *sound, fields]
    return sha256(json.dumps(shapes, sort_keys=True).encode()).hexdigest()


def do_jobs(jobs: Iterable[Job], pool: Executor | None) -> Iterator[tuple[Outcome, ...]]:
    """Yield what became of the files of each job, as they are done; stopped early, it starts no more.

    Without a pool they are done here, one after the other.
    """
    if pool is None:
        yield from map(do_job, jobs)
        return
    waiting = {pool.submit(do_job, job): job for job in jobs}
    try:
        for done in as_completed(waiting):
            try:
                yield done.result()
            except CancelledError:
                yield failed(waiting[done], "the scheduler lost it; the same command goes on")
            except Exception as error:  # noqa: BLE001 - of the pool: a process that was killed, a worker that is gone
                yield failed(waiting[done], f"{type(error).__name__}: {error}; the same command goes on")
    finally:
        for one in waiting:
            one.cancel()


def follow_parent() -> None:
    """Let this process of a pool end with the one that started it, however that ends."""

    def end_with(parent: BaseProcess) -> None:
        wait([parent.sentinel])
        os._exit(1)

    if parent := parent_process():
        Thread(target=end_with, args=(parent,), daemon=True).start()


class Ledger:
    """Which files of a folder are ours, and what each was made from; kept in the folder itself."""

    def __init__(self, folder: Path) -> None:
        """Read the list of a folder; one that is damaged or not there is empty."""
        self._folder = folder
        self._files = self._read()
        self._changed: set[str] = set()

    def _read(self) -> dict[str, dict[str, Any]]:
        try:
            found = json.loads((self._folder / LIST).read_text(encoding="utf-8"))["files"]
            return {str(name): dict(entry) for name, entry in dict(found).items()}
        except (OSError, ValueError, KeyError, TypeError):
            return {}

    def claim(self, name: str, *, force: bool) -> str:
        """Return what one of our files was made from; empty if it is not there, or not whole for sure.

        Raises
        ------
        ExportError
            If there is a file of that name that was not written here, or that somebody has changed since.
        """
        path = self._folder / name
        entry = self._files.get(name, {})
        is_begun = "begun" in entry
        if path.exists() and not force and not is_begun and not _is_as_written(path, entry):
            why = "was changed since it was written here" if entry else "was not written here"
            raise ExportError(f"'{path}' {why}", hint="add --force to replace it, or move it away.")
        self._changed.add(name)
        # Whatever becomes of this run, the next one knows that what it finds here is ours.
        self._files[name] = {**entry, "begun": True}
        is_whole = path.exists() and not is_begun and _is_as_written(path, entry)
        return str(entry.get("made_from", "")) if is_whole else ""

    def note(self, outcome: Outcome, asked: str) -> None:
        """Note what became of a file, of a session of which this was asked."""
        name, path = outcome.target.name, outcome.target
        if not path.exists():
            self._files.pop(name, None)
        elif outcome.state == WRITTEN:
            status = path.stat()
            self._files[name] = {
                "made_from": outcome.made_from,
                "size": status.st_size,
                "time": status.st_mtime_ns,
                "digest": _digest_of(path),
                "title": outcome.title,
                "asked": asked,
                "duration": outcome.duration,
            }
        else:
            self._files[name].pop("begun", None)

    def entries(self) -> Iterator[Entry]:
        """Yield every file of ours that is there, whole."""
        for name, entry in self._files.items():
            if (self._folder / name).exists() and entry.get("title") and "begun" not in entry:
                yield Entry(name, entry["title"], entry["asked"], entry["duration"], entry["size"])

    def save(self) -> None:
        """Write the list, whole; what another run has noted meanwhile stays."""
        others = {name: entry for name, entry in self._read().items() if name not in self._changed}
        self._files = others | {name: self._files[name] for name in self._changed if name in self._files}
        content = json.dumps({"version": 1, "files": self._files}, indent=1, sort_keys=True)
        write_text(self._folder / LIST, content + "\n", force=True)


def _is_as_written(path: Path, entry: Mapping[str, Any]) -> bool:
    status = path.stat()
    if status.st_size != entry.get("size"):
        return False  # or there is no entry
    # A folder that was copied has other times, and the same content.
    return status.st_mtime_ns == entry.get("time") or _digest_of(path) == entry.get("digest")


def _digest_of(path: Path) -> str:
    found = sha256()
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            found.update(part)
    return found.hexdigest()
