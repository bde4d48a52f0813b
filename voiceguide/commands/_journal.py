"""The journal as it is opened, and as a session in it is read: in lines."""

from __future__ import annotations

from collections.abc import Iterator

import click

from voiceguide.entry import Entry
from voiceguide.folders import private_folder
from voiceguide.journal import Journal
from voiceguide.leaflet import Leaflet
from voiceguide.review import day
from voiceguide.shown_text import in_one_line, tidied
from voiceguide.units import MINUTE, clock


def open_journal() -> Journal:
    """Return the journal of whoever uses this; said on stderr if it could not be read and was moved aside."""
    return Journal(private_folder(), tell=lambda line: click.echo(line, err=True))


def in_a_line(entry: Entry, leaflet: Leaflet) -> str:
    """Return a session in one line, its number first."""
    words, minutes = leaflet.journal, max(1, round(entry.length / MINUTE))
    parts = [
        f"{day(entry.began.date())} {entry.began:%H:%M}",
        in_one_line(tidied(entry.routine)),
        words["minutes" if entry.is_whole else "part_of"].format(minutes=minutes),
    ]
    if entry.pain_before is not None:
        parts.append(words["before"].format(pain=entry.pain_before))
    if entry.pain_after is not None:
        parts.append(words["after"].format(pain=entry.pain_after))
    if entry.leg_worse:
        parts.append(words["leg_worse"])
    if entry.side is not None:
        parts.append(words["hurts"].format(side=words[entry.side]))
    if entry.note:
        parts.append(words["has_note"])
    return f"{entry.id}: {', '.join(parts)}"


def in_full(entry: Entry, leaflet: Leaflet) -> Iterator[str]:
    """Yield all that is known of a session, line by line."""
    words = leaflet.journal
    unsaid = words["not_said"]
    leg = unsaid if entry.leg_worse is None else words["yes" if entry.leg_worse else "no"]
    facts = {
        "began": f"{day(entry.began.date())} {entry.began:%H:%M}",
        "routine": in_one_line(tidied(entry.routine)),
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
        yield from (f"    {line}" for line in tidied(entry.note).split("\n"))
    if entry.means_stop:
        yield f"  {words['meant_stop']}"
