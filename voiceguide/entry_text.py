"""Entry -> a line to be read. Pure."""

from __future__ import annotations

from voiceguide.entry import Entry
from voiceguide.leaflet import Leaflet
from voiceguide.shown_text import for_screen, in_one_line
from voiceguide.units import whole_minutes


def tell_session(entry: Entry, leaflet: Leaflet) -> str:
    """Return one session in a line: when, what, for how long, and how it felt."""
    words = leaflet.journal
    parts = [
        leaflet.moment(entry.began),
        for_screen(in_one_line(entry.routine)),
        words["minutes" if entry.is_whole else "part_of"].format(minutes=whole_minutes(entry.length)),
        words["pain_of"].format(pair=tell_pair(entry, leaflet)),
    ]
    if entry.leg_worse:
        parts.append(words["leg_worse"])
    if entry.side is not None:
        parts.append(words["hurts"].format(side=words[entry.side]))
    if entry.note:
        parts.append(words["has_note"])
    return ", ".join(parts)


def tell_pair(entry: Entry, leaflet: Leaflet) -> str:
    """Return the pain before and after a session, and that it was not given where it was not."""
    words = leaflet.journal
    if not entry.is_numbered:
        return words["not_given"]
    before, after = (
        words["not_given"] if pain is None else pain for pain in (entry.pain_before, entry.pain_after)
    )
    return words["pair"].format(before=before, after=after)
