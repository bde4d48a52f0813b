"""The journal as a file to take along, CSV or JSON: every session exactly, and back."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from voiceguide.entry import Entry
from voiceguide.entry_fields import (
    EARLIEST,
    HINTS,
    parse_began,
    parse_done,
    parse_flag,
    parse_note,
    parse_pain,
    parse_routine_name,
    parse_seconds,
    parse_side,
    parse_stops,
)
from voiceguide.errors import InvalidContent, Problem, UsageError, VoiceguideError
from voiceguide.shown_text import shown
from voiceguide.units import SECOND, in_seconds

SUFFIXES = (".csv", ".json")
"""How the name of such a file ends."""
COLUMNS = "began routine seconds whole before after leg_worse side note stops done".split()
"""What each session has there, in this order."""
LARGEST = 32_000_000
"""Bytes that are read: a session each day of a long life has less."""
_VERSION = 1
_FORMULA = re.compile(r"'*[=+\-@\t]")
"""How a cell begins that a spreadsheet would take for a formula, or that was kept from it."""


def write_entries(entries: Iterable[Entry], suffix: str) -> str:
    """Return sessions as the text of a file with that suffix: `.csv` or `.json`."""
    rows = [as_row(entry) for entry in entries]
    if suffix == ".json":
        return json.dumps({"version": _VERSION, "sessions": rows}, indent=2, ensure_ascii=False) + "\n"
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows([_kept_from_formulas(_cell(row[name])) for name in COLUMNS] for row in rows)
    return out.getvalue()


def as_row(entry: Entry) -> dict[str, Any]:
    """Return a session as plain data, for JSON: times in seconds, None for what was not said."""
    return {
        "began": entry.began.isoformat(),
        "routine": entry.routine,
        "seconds": in_seconds(entry.length),
        "whole": entry.is_whole,
        "before": entry.pain_before,
        "after": entry.pain_after,
        "leg_worse": entry.leg_worse,
        "side": entry.side,
        "note": entry.note,
        "stops": list(entry.stops),
        "done": dict(entry.done),
    }


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " ".join(value)
    if isinstance(value, dict):
        return " ".join(f"{stop}={seconds}" for stop, seconds in value.items())
    return str(value)


def _kept_from_formulas(cell: str) -> str:
    """Return a cell that no spreadsheet computes; `_as_it_was` returns what it was."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _as_it_was(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def read_entries(path: Path) -> list[Entry]:
    """Return the sessions in a file that `write_entries` wrote, or somebody else did in its way.

    Parameters
    ----------
    path
        A `.csv` or a `.json`.

    Raises
    ------
    UsageError
        If its name ends otherwise.
    InvalidContent
        With every line that is wrong.
    VoiceguideError
        If it cannot be read at all.
    """
    suffix = checked_suffix(path)
    text = _read(path)
    rows = _rows_of_json(text, path) if suffix == ".json" else _rows_of_csv(text, path)
    entries: list[Entry] = []
    problems: list[Problem] = []
    for where, row in rows:
        try:
            entries.append(_parse(row))
        except InvalidContent as error:
            problems += [Problem(one.path, one.message, one.hint, where) for one in error.problems]
    if problems:
        raise InvalidContent(problems)
    return entries


def checked_suffix(path: Path) -> str:
    """Return how a file's name ends. Raises `UsageError` if that is none of `SUFFIXES`."""
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"'{path.name}' does not end in .csv or .json", hint="the ending says which it is.")
    return path.suffix.lower()


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        what = f"it cannot be read: {error.strerror}"
        raise VoiceguideError(what, where=str(path), hint="name a .csv or a .json.") from None
    if len(data) > LARGEST:
        what, hint = f"it is larger than {LARGEST // 1_000_000} MB", "no journal is as large as that."
        raise VoiceguideError(what, where=str(path), hint=hint)
    try:
        text = data.decode("utf-8-sig")  # a spreadsheet may put a mark before it
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        hint = "save it again as UTF-8."
        raise VoiceguideError("this is no UTF-8 text", where=f"{path}:{line}", hint=hint) from None
    if not text.strip():
        hint = "`voiceguide journal export` shows how it should look."
        raise VoiceguideError("the file is empty", where=str(path), hint=hint)
    return text


def _rows_of_csv(text: str, path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    table = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        names = next(table)
        _check_columns(names, f"{path}:1")
        while True:
            line = table.line_num + 1
            cells = next(table)
            if not cells:
                continue
            if len(cells) != len(names):
                what = f"there are {len(cells)} values for {len(names)} columns"
                hint = "a comma within a value needs quotes around the value."
                raise VoiceguideError(what, where=f"{path}:{line}", hint=hint)
            yield (
                f"{path}:{line}",
                {name: _as_it_was(cell) for name, cell in zip(names, cells, strict=True) if cell},
            )
    except StopIteration:
        return
    except csv.Error as error:
        hint = "is a quotation mark missing?"
        raise VoiceguideError(f"this is no CSV: {error}", where=f"{path}:{line}", hint=hint) from None


def _rows_of_json(text: str, path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    hint = "`voiceguide journal export` shows how it should look."
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"{path}:{error.lineno}"
        raise VoiceguideError(f"this is no JSON: {error.msg}", where=where, hint=hint) from None
    except (RecursionError, ValueError):
        raise VoiceguideError("this is no JSON of ours", where=str(path), hint=hint) from None
    sessions = found.get("sessions") if isinstance(found, dict) else None
    if not isinstance(sessions, list) or found.keys() != {"version", "sessions"}:
        raise VoiceguideError("this is no exported journal", where=str(path), hint=hint)
    if found["version"] != _VERSION or isinstance(found["version"], bool):
        what = f"it is of version {shown(found['version'])}, known here: {_VERSION}"
        raise VoiceguideError(what, where=str(path), hint="a newer voiceguide reads it.")
    for number, session in enumerate(sessions, start=1):
        where = f"{path}: session {number}"
        if not isinstance(session, dict):
            raise VoiceguideError("this is no session", where=where, hint=hint)
        _check_columns(session, where)
        yield where, {name: value for name, value in session.items() if value is not None}


def _check_columns(names: Iterable[str], where: str) -> None:
    given = list(names)
    foreign = [name for name in given if name not in COLUMNS]
    missing = [name for name in ("began", "routine", "seconds") if name not in given]
    hint = f"there are, with commas: {', '.join(COLUMNS)}."
    if foreign:
        raise VoiceguideError(f"no column of ours: {shown(foreign[0])}", where=where, hint=hint)
    if missing:
        raise VoiceguideError(f"the column '{missing[0]}' is missing", where=where, hint=hint)
    if len(set(given)) < len(given):
        raise VoiceguideError("a column stands there twice", where=where, hint=hint)


def _parse(row: Mapping[str, Any]) -> Entry:
    """Return the session a row describes; text or what JSON has, where it was left out None or nothing."""
    problems: list[Problem] = []

    def read(name: str, parse: Any, otherwise: Any) -> Any:
        try:
            return parse(row[name]) if name in row else otherwise
        except ValueError as error:
            problems.append(Problem((name,), f"{name}: {error}", hint=HINTS[name]))
            return otherwise

    missing = (name for name in ("began", "routine", "seconds") if name not in row)
    problems += [Problem((name,), f"{name}: nothing stands there", hint=HINTS[name]) for name in missing]
    entry = Entry(
        id=0,
        began=read("began", parse_began, EARLIEST),
        routine=read("routine", parse_routine_name, "?"),
        length=read("seconds", parse_seconds, SECOND),
        is_whole=read("whole", parse_flag, otherwise=True),
        pain_before=read("before", parse_pain, None),
        pain_after=read("after", parse_pain, None),
        leg_worse=read("leg_worse", parse_flag, None),
        side=read("side", parse_side, None),
        note=read("note", parse_note, ""),
        stops=read("stops", parse_stops, ()),
        done=read("done", parse_done, {}),
    )
    if problems:
        raise InvalidContent(problems)
    return entry
