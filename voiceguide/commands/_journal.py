"""The journal as it is opened, and as a session in it is read: in lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from voiceguide.entry import A_DAY_AT_MOST, Entry, is_part_of_a_stop
from voiceguide.entry_text import tell_session
from voiceguide.folders import private_folder
from voiceguide.journal import Journal
from voiceguide.leaflet import Leaflet
from voiceguide.shown_text import for_screen, in_one_line
from voiceguide.units import clock


def open_journal() -> Journal:
    """Return the journal of whoever uses this; said on stderr if it could not be read and was moved aside."""
    return Journal(private_folder(), tell=lambda line: click.echo(line, err=True))


def in_a_line(entry: Entry, leaflet: Leaflet) -> str:
    """Return a session in one line, its number first."""
    return f"{entry.id}: {tell_session(entry, leaflet)}"


def for_programs(entry: Entry) -> dict[str, Any]:
    """Return all that is kept of a session, as `--json` prints it everywhere."""
    from voiceguide.journal_file import as_row  # `play` has no use for files to take along

    return {"id": entry.id, "title": f"{entry.routine}, {entry.began:%Y-%m-%d %H:%M}", **as_row(entry)}


def day_meant_stop(entry: Entry, journal: Journal) -> bool:
    """Return True if no more was to be pressed on the day of a session; what cannot be read says nothing."""
    found = journal.entries(since=entry.began - A_DAY_AT_MOST, left_out=lambda _: None)
    return is_part_of_a_stop(entry, found)


def in_full(entry: Entry, leaflet: Leaflet, *, meant_stop: bool) -> Iterator[str]:
    """Yield all that is known of a session, line by line."""
    words = leaflet.journal
    unsaid = words["not_given"]
    leg = unsaid if entry.leg_worse is None else words["yes" if entry.leg_worse else "no"]
    facts = {
        "began": leaflet.moment(entry.began),
        "routine": for_screen(in_one_line(entry.routine)),
        "takes": clock(entry.length),
        "gone_through": words["whole" if entry.is_whole else "partial"],
        "pain_before": unsaid if entry.pain_before is None else entry.pain_before,
        "pain_after": unsaid if entry.pain_after is None else entry.pain_after,
        "leg": leg,
        "side": unsaid if entry.side is None else words[entry.side],
        "heard": ", ".join(f"{stop} {seconds:g} s" for stop, seconds in entry.done.items()),
        "not_heard": ", ".join(stop for stop in entry.stops if not entry.done.get(stop)),
    }
    yield words["session"].format(id=entry.id)
    yield from (f"  {words[name]}: {fact}" for name, fact in facts.items() if fact != "")
    if entry.note:
        yield f"  {words['note']}:"
        yield from (f"    {line}" for line in for_screen(entry.note).split("\n"))
    if meant_stop:
        yield f"  {words['meant_stop']}"
