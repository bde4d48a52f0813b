"""`voiceguide export --into`: many sessions at once, in as many processes as there are processors."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields, replace
from itertools import product
from multiprocessing import get_context
from pathlib import Path

import click

from voiceguide.background import Background
from voiceguide.batch import (
    FAILED,
    IMPOSSIBLE,
    KEPT,
    UNCHANGED,
    WRITTEN,
    Job,
    Ledger,
    Outcome,
    do_jobs,
    follow_parent,
    told,
)
from voiceguide.commands._options import Steps, check_routine, typed
from voiceguide.commands._speaking import LANGUAGE, open_voice, spoken, tell_what_waits
from voiceguide.errors import ExportError, InvalidContent, NothingLeft, Unavailable, UsageError
from voiceguide.exporter import bitrate_for, check_target
from voiceguide.folders import user_folder
from voiceguide.index_page import make_index
from voiceguide.library import (
    DEFAULT_ROUTINE,
    SHIPPED,
    find_routine,
    load_language,
    load_leaflet,
    load_points,
    load_routine,
    routine_names,
)
from voiceguide.scheduler.options import Options
from voiceguide.session import compile_session
from voiceguide.settings import settings_that_apply
from voiceguide.units import MINUTE, Milliseconds, clock, parse_length
from voiceguide.voice import Voice
from voiceguide.whole_files import check_file_target, write_text

_MOST = 61
"""Processes that Windows lets one wait for."""
INDEX = "index.html"
"""The page that lists a folder."""
_UNSAFE = str.maketrans(dict.fromkeys('<>:"/\\|?*', "-"))
"""What Windows and Android want in no name."""


@dataclass(frozen=True, slots=True)
class Many:
    """What was typed for many sessions at once."""

    into: Path | None
    """The folder; None if it is about one file."""
    is_all: bool
    """True for every routine there is."""
    suffixes: str | None
    """Formats, with commas; None for MP3."""
    lengths: str
    """Lengths, with commas; empty for the usual one."""
    voices: str
    """Voices, with commas; empty for the usual one."""
    index: bool
    """True for a page that lists what is there."""
    jobs: int | None
    """How many are made at a time; None for as many as there are processors."""
    scheduler: str | None
    """Address of a cluster; None to do it here."""

    @property
    def is_asked(self) -> bool:
        """True if something was typed that only `--into` knows."""
        for_many = (self.is_all, self.index, self.lengths, self.voices, self.jobs, self.scheduler)
        return self.suffixes is not None or any(for_many)

    def check(self, routines: Sequence[str], alone: Sequence[str]) -> None:
        """Raise `UsageError` for what does not go together; `alone` are options for one session only."""
        if self.into is None:
            for name in routines:
                find_routine(name)
            what = "several routines" if len(routines) > 1 else "many sessions at once"
            hint = (
                "for example `voiceguide export --all --into sessions --as mp3`; for one, -o names the file."
            )
            raise UsageError(f"{what}: --into names a folder for them", hint=hint)
        if "-o" in alone:
            raise UsageError("-o or --into, not both", hint="-o names one file, --into a folder for many.")
        if alone:
            what = f"{' and '.join(alone)} {'are' if len(alone) > 1 else 'is'} for one session"
            raise UsageError(f"{what}: not with --into", hint="`-o` in place of `--into` makes one.")
        if self.is_all and routines:
            raise UsageError("--all is every routine: name none beside it")


@dataclass(frozen=True, slots=True)
class Wishes:
    """How each of them is to sound."""

    voice: str | None
    """`ENGINE:VOICE` or `ENGINE`; None for the default, and where `--voices` names several."""
    rate: int | None
    """Words a minute; None where the engine is clearest."""
    fill: str | None
    """Who says what a voice that was recorded has no clip for; None for nobody."""
    bitrate: int | None
    """Kilobits a second, where a format can choose."""
    samplerate: int
    """Hertz."""
    loudness: float
    """LUFS of speech."""
    room_tone: bool
    """True if there is a hush under everything."""
    background: Background | None
    """What else lies under it; None for nothing."""


MANY = tuple(one.name for one in fields(Many))
"""Names of all that can be typed."""


def export_many(
    many: Many,
    routines: Sequence[str],
    options: Options,
    sound: Wishes,
    *,
    force: bool,
) -> None:
    """Write every routine at every length in every voice into a folder, and say what became of each.

    Raises
    ------
    VoiceguideError
        If nothing can be written there at all, or a routine or a voice is wrong.
    click.exceptions.Exit
        With 1 if a file could not be written, with 2 if no length was possible.
    """
    folder = many.into or Path()
    suffixes = _listed("mp3" if many.suffixes is None else many.suffixes.lower())
    if not suffixes:
        raise UsageError("--as names no format", hint="for example `--as mp3,html`.")
    lengths = list(dict.fromkeys(_length(text) for text in _listed(many.lengths)))
    voices: Sequence[str | None] = _listed(many.voices) or (sound.voice,)
    chosen = routine_names() if many.is_all else list(dict.fromkeys(routines)) or (DEFAULT_ROUTINE,)
    _check(folder, chosen, voices, sound)
    for suffix in suffixes:
        check_target(folder / f"session.{suffix}", force=True)
    fitting = [suffix for suffix in suffixes if bitrate_for(Path(f"x.{suffix}"), sound.bitrate)]
    if sound.bitrate and not fitting:
        check_target(folder / f"session.{suffixes[0]}", force=True, bitrate=sound.bitrate)
    ledger = Ledger(folder)
    if many.index:
        ledger.claim(INDEX, force=force)
    jobs: list[Job] = []
    outcomes: list[Outcome] = []
    for routine, length, speaker in product(chosen, lengths or (options.length,), voices):
        wishes = replace(options, length=length)
        named = speaker if many.voices else None
        targets: dict[Path, str] = {}
        for suffix in suffixes:
            target = folder.resolve() / f"{_name(routine, wishes, named)}.{suffix}"
            if any(target in job.targets for job in jobs):
                hint = "write them into different folders."
                raise UsageError(f"two sessions would be called '{target.name}'", hint=hint)
            try:
                targets[target] = ledger.claim(target.name, force=force)
            except ExportError as error:
                outcomes.append(Outcome(target, KEPT, message=told(error)))
        jobs.append(
            Job(
                routine=str(find_routine(routine).resolve()),
                options=wishes,
                voice=speaker or _speaker(routine, wishes, sound),
                rate=sound.rate,
                fill=sound.fill,
                language=LANGUAGE,
                targets=targets,
                bitrate=sound.bitrate,
                samplerate=sound.samplerate,
                loudness=sound.loudness,
                room_tone=sound.room_tone,
                background=sound.background,
            )
        )
    tell_what_waits()
    outcomes += _do([job for job in jobs if job.targets], ledger, many)
    if many.index:
        outcomes.append(_write_index(folder, ledger))
    ledger.save()
    _tell(folder, outcomes)


def _listed(text: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _length(text: str) -> Milliseconds:
    try:
        return parse_length(text)
    except ValueError as error:
        raise UsageError(f"--lengths: {error}", hint="for example `--lengths 25,40m,1h`.") from None


def _check(folder: Path, routines: Sequence[str], voices: Sequence[str | None], sound: Wishes) -> None:
    """Raise what is wrong with any of it, before anything slow is done."""
    check_file_target(folder / "session", force=True)
    for routine in routines:
        check_routine(routine, Options())
    for voice in voices:
        open_voice(voice, sound.rate, sound.fill)
    names = [load_routine(find_routine(routine)).id for routine in routines]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise UsageError(f"two routines are called '{twice}'", hint="write them into different folders.")


def _speaker(routine: str, options: Options, sound: Wishes) -> str:
    """Return who speaks a session for which no voice was asked for, and tell it if that is a choice."""

    def named(speaker: Voice) -> str:
        path = find_routine(routine)
        if sound.rate is None and sound.fill is None and _is_of_ones_own(path):
            content = load_routine(path), load_points(), load_language(LANGUAGE)
            # What else may be wrong with it is told when it is made.
            with suppress(UsageError, InvalidContent, NothingLeft):
                compile_session(*content, speaker, options, sounds=False)
        return speaker.name

    return spoken(named, None, sound.rate, sound.fill)


def _is_of_ones_own(path: Path) -> bool:
    """Return True if a routine, or a point or a word that it may use, is not the shipped one."""
    return SHIPPED not in path.parents or any(
        (user_folder() / kind).exists() for kind in ("points", "languages")
    )


def _name(routine: str, options: Options, voice: str | None) -> str:
    """Return the name of a file: of the routine, and of what was asked for beside it."""
    parts = [load_routine(find_routine(routine)).id]
    parts += [part] if (part := _asked(options)) else []
    if length := options.length:
        parts.append(clock(length).replace(":", "-") if length % MINUTE else f"{length // MINUTE} min")
    if voice:
        parts.append(voice)
    return " ".join(parts).translate(_UNSAFE)


def _asked(options: Options) -> str:
    """Return what was asked of a session beside its length, in words."""
    return " ".join(word.removeprefix("--") for word in typed(replace(options, length=None)))


def _write_index(folder: Path, ledger: Ledger) -> Outcome:
    """Write the page that lists the folder, and return what became of it."""
    target = folder.resolve() / INDEX
    page = make_index(ledger.entries(), load_leaflet(LANGUAGE).labels, LANGUAGE)
    outcome = Outcome(target, WRITTEN)
    if target.exists() and target.read_bytes() == page.encode():
        outcome = Outcome(target, UNCHANGED)
    else:
        write_text(target, page, force=True)
    ledger.note(outcome, "")
    return outcome


def _do(jobs: Sequence[Job], ledger: Ledger, many: Many) -> list[Outcome]:
    if not jobs:
        return []
    done: list[Outcome] = []
    asked = {
        target: " · ".join(part for part in (_asked(job.options), job.voice if many.voices else "") if part)
        for job in jobs
        for target in job.targets
    }
    ledger.save()  # what is begun is ours, also if this process is killed
    with (
        _pool(min(many.jobs or os.cpu_count() or 1, len(jobs), _MOST), many.scheduler) as pool,
        _progress("Writing", len(jobs)) as progress,
    ):
        for number, outcomes in enumerate(do_jobs(jobs, pool), start=1):
            done += outcomes
            for outcome in outcomes:
                ledger.note(outcome, asked[outcome.target])
            ledger.save()
            progress(number, len(jobs))
    return done


@contextmanager
def _progress(what: str, total: int) -> Iterator[Callable[[int, int], None]]:
    """Give what tells how many are done, of how many: a bar at a terminal, else a line each quarter."""
    if not sys.stderr.isatty() or settings_that_apply().get("plain"):
        lines = Steps(what)
        lines(0, total)
        yield lines
        return
    with click.progressbar(length=total, label=what, show_pos=True, file=sys.stderr) as bar:
        yield lambda done, _: bar.update(done - bar.pos)


@contextmanager
def _pool(processes: int, scheduler: str | None) -> Iterator[Executor | None]:
    """Give what does the jobs: this process, several, or a cluster of `dask.distributed`."""
    if scheduler is None and processes == 1:
        yield None
        return
    if scheduler is None:
        # Not by `fork`: a library with threads of its own may hang in a copy of this process.
        spawn = get_context("spawn")
        processors = ProcessPoolExecutor(processes, mp_context=spawn, initializer=follow_parent)
        try:
            yield processors
        finally:
            processors.shutdown(cancel_futures=True)
        return
    try:
        from distributed import Client
    except ImportError as error:
        raise Unavailable(
            f"--scheduler needs dask, which is not here: {error}", hint="`pip install distributed` adds it."
        ) from error
    try:
        client = Client(scheduler, timeout="10s")
    except (OSError, ValueError) as error:
        raise Unavailable(
            f"there is no scheduler of dask at '{scheduler}'", hint="`dask scheduler` starts one."
        ) from error
    with client, client.get_executor(pure=False) as pool:
        yield pool


def _tell(folder: Path, outcomes: Sequence[Outcome]) -> None:
    order = sorted(outcomes, key=lambda one: one.target.name)
    for outcome in order:
        why = f": {outcome.message}" if outcome.message else ""
        click.echo(f"{outcome.target.name}: {outcome.state}{why}")
    counts = Counter(one.state for one in order)
    states = (WRITTEN, UNCHANGED, KEPT, IMPOSSIBLE, FAILED)
    summary = ", ".join(f"{counts[state]} {state}" for state in states if counts[state])
    click.echo(f"{folder}: {summary or 'nothing to do'}.", err=True)
    sys.stdout.flush()
    if any(one.state in {KEPT, FAILED} for one in order):
        raise click.exceptions.Exit(1)
    if order and all(one.state == IMPOSSIBLE for one in order):
        raise click.exceptions.Exit(2)
