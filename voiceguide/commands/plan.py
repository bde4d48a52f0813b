"""`voiceguide plan`: six sessions in two weeks, for your calendar."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import nullcontext, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from voiceguide.appointments import (
    FILE,
    USUAL_TIME,
    Appointments,
    first_day,
    keep_appointments,
    load_appointments,
    moved_or_new,
)
from voiceguide.commands import TYPED, as_called
from voiceguide.commands._journal import open_journal
from voiceguide.commands._options import command_line, json_option, located_in, time_of_day
from voiceguide.commands._outcomes import as_answered
from voiceguide.commands._output import check_output, output_options
from voiceguide.commands._page import print_section
from voiceguide.commands._pain import stop_that_holds
from voiceguide.commands._person import NO_ANSWERS, own_conditions, profile_without_a_sign
from voiceguide.commands._speaking import LANGUAGE, measured_by, open_voice, tell_later, tell_what_waits
from voiceguide.commands._told import explain, routines_for
from voiceguide.errors import NothingLeft, Unavailable, UsageError, VoiceguideError
from voiceguide.folders import private_folder
from voiceguide.journal import FILE as JOURNAL
from voiceguide.leaflet import Leaflet
from voiceguide.library import (
    DEFAULT_ROUTINE,
    find_routine,
    load_language,
    load_leaflet,
    load_points,
    load_routine,
)
from voiceguide.scheduler.options import Options
from voiceguide.session import estimate
from voiceguide.units import whole_minutes
from voiceguide.whole_files import write_text
from voiceguide.zones import find_zone, local_zone

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_EASIEST = "hands"
"""The routine to do once before any other."""
_FURTHEST = timedelta(days=366)
"""A start further away than this is a typing mistake."""


@click.command()
@click.option("--start", metavar="DATE", help="The first day: 2026-11-23, today, tomorrow or a weekday.")
@click.option("--at", metavar="HH:MM", help="The time of day; 19:30 if nothing was ever said.")
@click.option("--timezone", metavar="ZONE", help="Where that time is told, such as Europe/Berlin.")
@click.option("--routine", metavar="ROUTINE", help=f"What to play: a name or a path; {DEFAULT_ROUTINE}.")
@click.option("--new", is_flag=True, help="Begin six new sessions, though the last plan is not over.")
@output_options("Write a calendar file, too.", metavar="FILE.ics")
@json_option
def command(
    *,
    start: str | None,
    at: str | None,
    timezone: str | None,
    routine: str | None,
    new: bool,
    target: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Plan six sessions in two weeks, for your calendar.

    Without -o they are only shown. A plan that was written is kept: until its two weeks are over, the next
    one moves the same six sessions, also in the calendar that imports it.
    """
    profile = profile_without_a_sign()
    if profile is None:
        tell_later(as_called(NO_ANSWERS))
    now = datetime.now(tz=UTC)
    folder = private_folder()
    kept = None
    with suppress(VoiceguideError) if new else nullcontext():  # a new one takes the place of nonsense, too
        kept = load_appointments(folder)
    running = kept if kept and not new and not kept.is_over(now) else None
    zone = find_zone(timezone or (running.zone if running else local_zone(now)))
    time = time_of_day(at) if at is not None else kept.at if kept else USUAL_TIME
    try:
        called, minutes = _routine(routine or (running.routine if running else _usual()))
    except NothingLeft as error:
        raise error if profile is None else as_answered(error, profile) from None
    first = first_day(time, zone, now)
    if start is not None:
        first = _day(start, first, zone, now)
    elif running:
        first = running.start
    wanted: dict[str, Any] = {"start": first, "at": time, "zone": zone.key}
    wanted |= {"minutes": minutes, "routine": called}
    is_beside = new and (folder / FILE).exists()
    if target is None:
        appointments = moved_or_new(running, **wanted)
    else:
        check_output(target, ".ics", force=force)
        # Kept first: what a calendar has and voiceguide has forgotten could never be moved.
        appointments = keep_appointments(folder, now, is_new=new, **wanted)
        _write(appointments, target, now, force=force)
    if as_json:
        click.echo(json.dumps(_document(appointments, target), indent=2, ensure_ascii=False))
    else:
        notes = [*_stop(), *_first(), *_before_the_first(called, kept)]
        _print(appointments, target, notes, is_beside=is_beside)
    tell_what_waits()


def _first() -> Iterator[str]:
    """Yield what comes before each session, for whom it may only be done after it."""
    if "pregnancy" in own_conditions():
        yield load_leaflet(LANGUAGE).appointments["ask_first"]


def _stop() -> Iterator[str]:
    """Yield that the sessions so far meant stop. It holds now, and so it is no matter for a calendar."""
    # What the journal has to say of itself it says to `play` and `journal`: a plan needs none of it.
    with suppress(VoiceguideError), open_journal() as journal:
        if told := stop_that_holds(journal, datetime.now().astimezone()):
            yield told


def _before_the_first(routine: str, kept: Appointments | None) -> Iterator[str]:
    """Yield the advice to begin with less, for somebody who has done nothing yet."""
    is_new = kept is None and not (private_folder() / JOURNAL).exists()
    if is_new and routine != _EASIEST and _EASIEST in routines_for(own_conditions()):
        yield as_called(load_leaflet(LANGUAGE).appointments["first_once"])


def _usual() -> str:
    """Return the routine that is planned if none is named: the usual one, if something of it is left."""
    left = routines_for(own_conditions())
    return left[0] if left and DEFAULT_ROUTINE not in left else DEFAULT_ROUTINE


def _routine(name: str) -> tuple[str, int]:
    """Return what a routine is called wherever it is typed, and how many minutes it takes."""
    path = find_routine(name)
    found, options = load_routine(path), Options(cautions=own_conditions())
    try:
        voice = open_voice(None, None)
    except Unavailable:
        voice = None  # a plan needs no sound
    with located_in(path):
        try:
            usual = estimate(found, load_points(), load_language(LANGUAGE), measured_by(voice), options).usual
        except NothingLeft as error:
            raise explain(error, options) from None
    return str(path.resolve()) if Path(name) == path else name, whole_minutes(usual)


def _day(text: str, first: date, zone: ZoneInfo, now: datetime) -> date:
    """Return the day that is meant; `first` is the next one on which the session's time is still to come.

    Raises
    ------
    UsageError
        If that is no day, or one on which no session can begin any more.
    """
    today = now.astimezone(zone).date()
    typed = text.strip().lower()
    named = {"today": today, "tomorrow": today + timedelta(days=1)}
    for ahead in range(7):
        weekday = _WEEKDAYS[(first + timedelta(days=ahead)).weekday()]
        named[weekday] = named[weekday[:3]] = first + timedelta(days=ahead)
    try:
        day = named.get(typed) or date.fromisoformat(typed)
    except ValueError:
        raise UsageError(
            f"'{text}' is no day of the calendar",
            hint=f"write it as {first.isoformat()}, or today, tomorrow or a weekday such as monday.",
        ) from None
    if day < first:
        over = "the time is past today" if day == today else "that day is past"
        raise UsageError(f"'{text}': {over}", hint=f"the next that can be is `--start {first.isoformat()}`.")
    if day - today > _FURTHEST:
        raise UsageError(f"'{text}' is more than a year away", hint="choose a day nearer to now.")
    return day


def _write(appointments: Appointments, target: Path, now: datetime, *, force: bool) -> None:
    from voiceguide.calendar_file import Commands, calendar_file

    commands = Commands(
        play=_as_typed("play", appointments.routine),
        export=_as_typed("export", appointments.routine, "-o", "session.html"),
    )
    leaflet = load_leaflet(LANGUAGE)
    text = calendar_file(appointments, leaflet, commands, now, first=[*_first()]).decode("utf-8")
    write_text(target, text, force=force)


def _as_typed(*words: str) -> str:
    return as_called(f"`{command_line('voiceguide', *words)}`").strip("`")


def _document(appointments: Appointments, target: Path | None) -> dict[str, Any]:
    # What is only shown is not kept, and the next one would have other ids.
    ids = {"id": appointments.id, "sequence": appointments.sequence} if target is not None else {}
    return {
        **ids,
        "routine": appointments.routine,
        "minutes": appointments.minutes,
        "timezone": appointments.zone,
        "file": None if target is None else str(target),
        "sessions": [
            {
                "number": number,
                "start": when.isoformat(),
                **({"uid": appointments.uid(number)} if target is not None else {}),
            }
            for number, when in enumerate(appointments.dates, start=1)
        ],
    }


def _print(
    appointments: Appointments, target: Path | None, before: Sequence[str], *, is_beside: bool
) -> None:
    leaflet = load_leaflet(LANGUAGE)
    words = leaflet.appointments
    dates = (f"{number}. {_told(when, leaflet)}" for number, when in enumerate(appointments.dates, start=1))
    print_section(words["heading"], dates, first=True)
    print_section(
        words["each"].format(routine=appointments.routine, minutes=str(appointments.minutes)),
        (words["clock"].format(zone=appointments.zone), *_notes(appointments, leaflet)),
    )
    for line in before:
        print_section(line, ())
    print_section(words["unknown"], (words["daily"], words["care"], words["look_back"]))
    if target is None:
        typed = click.get_current_context().find_root().meta[TYPED]
        print_section(words["to_write"], ())
        click.echo(f"  {_as_typed(*typed, '-o', 'plan.ics')}")  # in one line, to be copied
        return
    more = (words["to_import"], as_called(words["to_update"]), *([words["before_it"]] if is_beside else []))
    click.echo(f"\n{words['written'].format(file=str(target))}")
    for line in more:
        print_section(line, (), first=True)


def _notes(appointments: Appointments, leaflet: Leaflet) -> Iterator[str]:
    """Yield what the change of the clocks does to a session."""
    for name, dates in (("missing", appointments.missing), ("twice", appointments.twice)):
        for when in dates:
            yield leaflet.appointments[name].format(day=_told(when, leaflet))


def _told(when: datetime, leaflet: Leaflet) -> str:
    """Return a day and a time in words."""
    words = leaflet.appointments
    return words["day"].format(weekday=words[_WEEKDAYS[when.weekday()]], moment=leaflet.moment(when))
