"""Progress -> lines to be read, and a chart of letters for whoever can see it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from voiceguide.entry import LEAST_PAIN, MOST_PAIN, Entry
from voiceguide.entry_text import tell_session
from voiceguide.leaflet import Leaflet
from voiceguide.progress import KEPT, MISSED, OPEN, Progress

BEFORE, AFTER, SAME = "o", "x", "="
"""What stands for a number in the chart: of two different letters, so that no colour is needed."""
_COLUMN = 3
"""Characters for a session: two for the day of the month, and a gap."""
_AXIS = 4
"""Characters before the first session: a number up to ten, a gap and the axis."""


def tell_progress(progress: Progress, leaflet: Leaflet) -> list[str]:
    """Return what was done, a line a session, and what became of the plan; or else what to do first."""
    sessions = [tell_session(one, leaflet) for one in progress.sessions]
    return [*(sessions or [leaflet.plots["no_sessions"]]), *tell_plan(progress, leaflet)]


def tell_plan(progress: Progress, leaflet: Leaflet) -> list[str]:
    """Return what became of the plan; empty if there is none."""
    if not progress.planned:
        return []
    words = leaflet.plots
    states = {state: progress.dates(state) for state in (KEPT, MISSED, OPEN)}
    count, kept = str(len(progress.planned)), str(len(states[KEPT]))
    lines = [words["planned_kept"].format(count=count, kept=kept)]
    for state, name in ((MISSED, "planned_missed"), (OPEN, "planned_open")):
        if states[state]:
            lines.append(words[name].format(dates=", ".join(map(leaflet.day, states[state]))))
    return [*lines, words["planned_rule"]]


def draw_chart(progress: Progress, leaflet: Leaflet, columns: int) -> list[str]:
    """Return pain before and after in letters, as many of the last sessions as there are columns for.

    Empty if no number was told, or there is no room.
    """
    told = [one for one in progress.sessions if one.is_numbered]
    room = (columns - _AXIS) // _COLUMN
    shown = told[-room:] if room > 0 else []
    if not shown:
        return []
    lines = [leaflet.plots["chart"].format(before=BEFORE, after=AFTER, same=SAME, count=str(len(shown)))]
    for pain in range(MOST_PAIN, LEAST_PAIN - 1, -1):
        marks = "".join(f" {_mark(one, pain)} " for one in shown)
        lines.append(f"{pain:2} |{marks}".rstrip())
    lines.append("   +" + "-" * _COLUMN * len(shown))
    lines.append("    " + " ".join(f"{one.began.day:2}" for one in shown))
    return lines


def _mark(entry: Entry, pain: int) -> str:
    at = {name for name, value in _numbers(entry) if value == pain}
    return SAME if len(at) == 2 else next(iter(at), " ")


def _numbers(entry: Entry) -> Iterator[tuple[str, int | None]]:
    yield BEFORE, entry.pain_before
    yield AFTER, entry.pain_after
