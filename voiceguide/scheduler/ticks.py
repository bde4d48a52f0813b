"""Timeline -> Timeline with other signals, and nothing else changed.

With a tick every ten seconds of a dose and of ice, or without what only goes before words.

A player that cuts out silence makes every hold shorter, and nobody with closed eyes would notice. Ticks that
come too quickly tell it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import replace

from voiceguide.scheduler.actions import ACTIONS
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.timeline import Event, Segment, Timeline
from voiceguide.units import SECOND, Milliseconds

EVERY = Milliseconds(10 * SECOND)
"""From the start of a segment to its first tick, and from one tick to the next."""
CLEAR = Milliseconds(500)
"""Between a tick and any other sound, or the end of its segment; where there is less, it is left out."""


def with_signals(timeline: Timeline, options: Options, lengths: Mapping[str, Milliseconds]) -> Timeline:
    """Return the timeline with the signals that are asked for; `lengths` are those of earcons."""
    if options.tick:
        timeline = with_ticks(timeline, lengths["tick"])
    return timeline if options.earcons else without_lead_ins(timeline)


def without_lead_ins(timeline: Timeline) -> Timeline:
    """Return the timeline without what only goes before words; all others are where they were."""
    return replace(timeline, events=tuple(event for event in timeline.events if event.name != "lead_in"))


def with_ticks(timeline: Timeline, length: Milliseconds) -> Timeline:
    """Return the timeline with ticks, each as long as `length`, in milliseconds."""
    ticks = [
        tick
        for index, segment in enumerate(timeline.segments)
        if ACTIONS[segment.action].dosed or segment.action == "ice"
        for tick in _ticks(segment, index, length)
        if _is_clear(tick, timeline.events)
    ]
    return replace(timeline, events=tuple(sorted((*timeline.events, *ticks), key=lambda event: event.start)))


def _ticks(segment: Segment, index: int, length: Milliseconds) -> Iterator[Event]:
    end = segment.start + segment.duration
    for start in range(segment.start + EVERY, end - length - CLEAR + 1, EVERY):
        at = Milliseconds(start)
        yield Event(at, length, "earcon", "tick", "", "", index, required=False, gain=0.0)


def _is_clear(tick: Event, events: tuple[Event, ...]) -> bool:
    """Return True if no event is nearer to a tick than `CLEAR`."""
    after = bisect_left(events, tick.start, key=lambda event: event.start)
    # Events do not overlap: of those before, the last one ends last.
    return all(
        event.start + event.duration + CLEAR <= tick.start
        or event.start >= tick.start + tick.duration + CLEAR
        for event in events[max(after - 1, 0) : after + 1]
    )
