"""`voiceguide journal`: what was done, and how it felt."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from voiceguide.commands import as_called
from voiceguide.commands._journal import day_meant_stop, for_programs, in_a_line, in_full, open_journal
from voiceguide.commands._options import json_option
from voiceguide.commands._output import output_options
from voiceguide.commands._speaking import LANGUAGE
from voiceguide.entry import Entry
from voiceguide.entry_fields import (
    check_began,
    parse_began,
    parse_note,
    parse_pain,
    parse_routine_name,
    parse_seconds,
    parse_side,
)
from voiceguide.errors import UsageError, did_you_mean
from voiceguide.journal import Journal
from voiceguide.journal_file import checked_suffix, read_entries, write_entries
from voiceguide.journal_tables import UnreadableEntry
from voiceguide.library import DEFAULT_ROUTINE, load_leaflet, routine_names
from voiceguide.private_files import OWNERS_FILE
from voiceguide.review import review
from voiceguide.shown_text import for_screen, in_one_line
from voiceguide.units import Milliseconds
from voiceguide.whole_files import check_file_target, replacing, write_utf8

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
_NOTHING = object()
"""What an answer is changed to that is taken back; None is one of which nothing is said."""
_number_argument = click.argument("number", type=int, metavar="ID")


@click.group("journal")
def command() -> None:
    """Look at what you did, and how it felt before and after.

    It is kept in a file that only you can read (`voiceguide list folders`, in `private`), and nowhere else.
    """


class _Said(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """A value that is checked as in a file that is imported."""

    name = "value"

    def __init__(self, parse: Callable[[Any], Any], hint: str) -> None:
        self._parse = parse
        self._hint = hint

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ARG002 - click's signature
        """Return what the text stands for; raise `UsageError` if it stands for nothing."""
        try:
            return self._parse(value) if isinstance(value, str) else value
        except ValueError as error:
            raise UsageError(f"{param.opts[0] if param else self.name}: {error}", hint=self._hint) from None


def _now() -> datetime:
    return datetime.now().astimezone().replace(microsecond=0)


def _parse_minutes(text: str) -> Milliseconds:
    try:
        return parse_seconds(float(text) * 60)
    except ValueError:
        raise ValueError(f"'{text}' is no number of minutes that a session takes") from None


def _parse_date(text: str) -> datetime:
    now, day = _now(), text.strip()
    for name, days in (("today", 0), ("yesterday", 1)):
        if day.lower().startswith(name):
            day = f"{now.date() - timedelta(days=days)}{day[len(name) :]}"
    try:
        date.fromisoformat(day)
    except ValueError:
        when = parse_began(day)
    else:  # sessions of a day are told apart, and held against each other, by their times
        raise ValueError(f"'{text}' names no time of that day")
    check_began(when, now)
    if when.replace(tzinfo=None) != datetime.fromisoformat(day).replace(tzinfo=None):
        click.echo(f"Note: the clocks went forward over {text}. It is kept as {when:%H:%M}.", err=True)
    return when


def _parse_routine(text: str) -> str:
    name, known = parse_routine_name(text), routine_names()
    if name not in known:
        near = did_you_mean(name, known)
        # It may be one from elsewhere, or one that is here no more.
        click.echo(f"Note: no routine here is called '{name}'{f': {near}' if near else '.'}", err=True)
    return name


def _or_nothing(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return what parses a text, and takes `none` for an answer that was not given."""
    return lambda text: _NOTHING if text.strip().lower() in {"", "none"} else parse(text)


_DATE = _Said(_parse_date, "such as 2026-11-20T21:30, or yesterday 21:30; not later than now.")
_ROUTINE = _Said(_parse_routine, "as it is called on the command line.")
_MINUTES = _Said(_parse_minutes, "how long it was to take, such as 45; up to six hours.")
_PAIN = _Said(_or_nothing(parse_pain), "0 is no pain, 10 the worst there is; none if nothing was said.")
_SIDE = _Said(_or_nothing(parse_side), "whichever hurt more; none if nothing was said.")
_NOTE = _Said(parse_note, "a file beside the journal has room for more.")


def _entry_options(*, is_new: bool) -> Decorator:
    """Add what can be said of a session; `is_new` asks for what it cannot be without."""
    now = (lambda: _now().isoformat()) if is_new else None
    routine = DEFAULT_ROUTINE if is_new else None

    def told(what: str, otherwise: str) -> str:
        return f"{what}; without it {otherwise}." if is_new else f"{what}."

    began = told("When it began, as 2026-11-20T21:30 or yesterday 21:30", "now")
    named = told("What was played", DEFAULT_ROUTINE)
    whole = told("Whether all of it was done", "all")
    options = (
        click.option("--date", type=_DATE, metavar="TIME", default=now, help=began),
        click.option("--routine", type=_ROUTINE, metavar="NAME", default=routine, help=named),
        click.option("--minutes", type=_MINUTES, metavar="N", required=is_new, help="How long it is."),
        click.option("--before", type=_PAIN, metavar="0-10", help="Pain before: 0 is no pain."),
        click.option("--after", type=_PAIN, metavar="0-10", help="Pain after: 10 is the worst."),
        click.option("--side", type=_SIDE, metavar="left|right|both|unsure", help="Which side hurt more."),
        click.option("--leg-worse/--no-leg-worse", default=None, help="Whether leg pain moved further down."),
        click.option("--leg-unsaid", is_flag=True, help="Take back what was said of the leg.", hidden=is_new),
        click.option("--note", type=_NOTE, metavar="TEXT", help="A note."),
        click.option("--whole/--partial", default=is_new or None, help=whole),
    )

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


_FIELDS = {
    "date": "began",
    "routine": "routine",
    "minutes": "length",
    "before": "pain_before",
    "after": "pain_after",
    "side": "side",
    "leg_worse": "leg_worse",
    "note": "note",
    "whole": "is_whole",
}
"""What each option is called in an `Entry`."""


def _fields(said: dict[str, Any]) -> dict[str, Any]:
    """Return what was said, as fields of an `Entry`. Raises `UsageError` if it does not go together."""
    if said.pop("leg_unsaid"):
        if said["leg_worse"] is not None:
            raise UsageError("--leg-unsaid takes back what is said of the leg", hint="leave one of them out.")
        said["leg_worse"] = _NOTHING
    given = {_FIELDS[name]: value for name, value in said.items() if value is not None}
    return {name: None if value is _NOTHING else value for name, value in given.items()}


@command.command("list")
@json_option
def _list(*, as_json: bool) -> None:
    """List all sessions, and look back at them.

    That comes once there are six, or two weeks have gone by.
    """
    with open_journal() as journal:
        entries = journal.entries()
    if as_json:
        click.echo(_json([for_programs(entry) for entry in entries]))
        return
    leaflet = load_leaflet(LANGUAGE)
    if not entries:
        click.echo(as_called(leaflet.journal["none_yet"]))
        return
    for entry in entries:
        click.echo(in_a_line(entry, leaflet))
    click.echo("")
    click.echo(f"{leaflet.journal['review']}:")
    for line in review(entries, _now().date(), leaflet):
        click.echo(line)


@command.command("show")
@_number_argument
@json_option
def _show(number: int, *, as_json: bool) -> None:
    """Show all that is kept of the session ID."""
    with open_journal() as journal:
        entry = journal.get(number)
        meant_stop = day_meant_stop(entry, journal)
    if as_json:
        click.echo(_json(for_programs(entry)))
        return
    for line in in_full(entry, load_leaflet(LANGUAGE), meant_stop=meant_stop):
        click.echo(line)


@command.command("add")
@_entry_options(is_new=True)
def _add(**said: Any) -> None:
    """Add a session from elsewhere, as from the phone."""
    entry = Entry(id=0, **_fields(said))
    with open_journal() as journal:
        (found,) = journal.insert([entry])
        if not found.is_new:
            raise UsageError(
                f"a session of this routine that began then is there already: {found.number}",
                hint=f"`voiceguide journal edit {found.number}` changes it.",
            )
        _say(replace(entry, id=found.number), journal)


@command.command("edit")
@_number_argument
@_entry_options(is_new=False)
def _edit(number: int, **said: Any) -> None:
    """Change the session ID; what you do not name stays.

    `none` for --before, --after or --side, and --leg-unsaid, take back an answer.
    """
    changes = _fields(said)
    if not changes:
        raise UsageError("nothing to change is named", hint="`voiceguide journal edit --help` lists it all.")
    with open_journal() as journal:
        journal.update(number, **changes)
        _say(journal.get(number), journal)


@command.command("delete")
@_number_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
def _delete(number: int, *, yes: bool) -> None:
    """Remove the session ID for good."""
    with open_journal() as journal:
        try:
            line = in_a_line(journal.get(number), load_leaflet(LANGUAGE))
        except UnreadableEntry:
            line = f"{number}: it cannot be read"
        if not yes:
            if not (sys.stdin and sys.stdin.isatty()):
                raise UsageError("nobody is here to be asked", hint="--yes removes it without a question.")
            click.echo(line, err=True)
            if not click.confirm("Remove it for good?", default=False, err=True):
                click.echo("It is kept.", err=True)
                return
        journal.delete(number)
    click.echo(f"Removed: {line}")


@command.command("export")
@output_options("Where to; its ending says how.", metavar="FILE.csv|FILE.json", is_required=True)
def _export(target: Path, *, force: bool) -> None:
    """Write all sessions to a file, to take along."""
    suffix = checked_suffix(target)
    check_file_target(target, force=force)
    with open_journal() as journal:
        entries = journal.entries()
    with replacing(target, force=force) as beside:
        beside.chmod(OWNERS_FILE)  # before anything is in it
        write_utf8(beside, write_entries(entries, suffix))
    click.echo(f"{target}: {_count(len(entries))}")


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
def _import(file: Path) -> None:
    """Add the sessions in FILE, as `export` writes it.

    All of them, or none if one is wrong. What is there already is not added again, and not changed.

    Each needs the columns began, routine and seconds. It may have whole (yes, if nothing stands there),
    before, after, leg_worse, side, note, stops and done.
    """
    entries = read_entries(file)
    with open_journal() as journal:
        found = journal.insert(entries)
    new = sum(one.is_new for one in found)
    click.echo(f"{file}: {_count(new)} added, {len(entries) - new} there already")
    for entry, one in zip(entries, found, strict=True):
        if not one.is_same:
            title = f"{entry.began:%Y-%m-%d %H:%M}, {for_screen(in_one_line(entry.routine))}"
            click.echo(f"  {title}: the file says other things of it; session {one.number} stays as it is.")


def _say(entry: Entry, journal: Journal) -> None:
    """Print what is stored, and whether its day means stop."""
    leaflet = load_leaflet(LANGUAGE)
    click.echo(in_a_line(entry, leaflet))
    if day_meant_stop(entry, journal):
        click.echo(leaflet.journal["meant_stop"])


def _json(found: Sequence[Any] | dict[str, Any]) -> str:
    return json.dumps(found, indent=2, ensure_ascii=False)


def _count(number: int) -> str:
    return "1 session" if number == 1 else f"{number} sessions"
