"""How a session ends, or a stop is left, before its time: what is pressed is let go, ice comes off. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from voiceguide.scheduler.timeline import Segment, Timeline
from voiceguide.units import Milliseconds

_PRESSED = {"press", "hold", "roll", "massage"}
_AT_A_STOP = _PRESSED | {"locate", "rest", "move"}
_ICE = {"ice_on", "ice", "ice_off"}


_APART = Milliseconds(3000)
"""Milliseconds of silence before each timeline that is spliced, never heard: what lowers itself for the first
word of one leaves the end of another alone."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the session."""

    start: Milliseconds
    """Absolute."""
    end: Milliseconds
    """Absolute; the first millisecond that is not played."""


def splice(timeline: Timeline, others: Mapping[str, Timeline]) -> tuple[Timeline, dict[str, Span]]:
    """Return the timeline with others behind its end, and where each of them lies, by its key."""
    spans: dict[str, Span] = {}
    events = list(timeline.events)
    start = timeline.duration
    for key, other in others.items():
        start = Milliseconds(start + _APART)
        end = Milliseconds(start + other.duration)
        spans[key] = Span(start, end)
        last = len(timeline.segments) - 1
        events.extend(
            replace(event, start=Milliseconds(start + event.start), segment=last) for event in other.events
        )
        start = end
    return replace(timeline, duration=start, events=tuple(events)), spans


def ending(timeline: Timeline, position: Milliseconds, ways_up: Mapping[str, Span]) -> tuple[Span, ...]:
    """Return what is still to be played, in order, for a session that is to end now.

    A hold is left through its release, ice is taken off, and whoever lies or sits is helped up from there. A
    planned end that is under way goes on. Before the first posture is taken, nothing is left.
    """
    index = bisect_right([segment.start for segment in timeline.segments], position) - 1
    if index < 0 or position >= _end(timeline.segments[-1]):
        return ()
    segment = timeline.segments[index]
    is_rest = segment.action == "rest"  # at the end, instead of ice: nobody who ends waits for it
    if segment.posture is not None and segment.stop is None and index > 0 and not is_rest:
        return (Span(position, _end(timeline.segments[-1])),)
    pose = _pose(timeline, index, position)
    return (*way_out(timeline, position), *((ways_up[pose],) if pose in ways_up else ()))


def way_out(timeline: Timeline, position: Milliseconds) -> tuple[Span, ...]:
    """Return how a stop is left at a position: the rest of a release, a release, or the ice taken off.

    Empty where nothing is pressed or iced.
    """
    index = bisect_right([segment.start for segment in timeline.segments], position) - 1
    spans: list[Span] = []
    if index >= 0 and position < _end(timeline.segments[-1]):
        segment = timeline.segments[index]
        if segment.action == "press" and position == segment.start and index:
            # Nothing is pressed yet.
            index, segment = index - 1, timeline.segments[index - 1]
        if segment.action == "release":
            spans.append(Span(position, _without_what_comes_next(timeline, index)))
        elif segment.action in _AT_A_STOP:
            spans.extend(_release(timeline, index, position))
        elif segment.action in _ICE:
            spans.extend(_taking_the_ice_off(timeline, index))
    return tuple(span for span in spans if span.start < span.end)


def _pose(timeline: Timeline, index: int, position: Milliseconds) -> str:
    """Return the pose at a position; the former one up to the middle of a move. Empty before the first."""
    segment = timeline.segments[index]
    before = timeline.segments[index - 1].pose if index else ""
    if segment.action in {"move", "switch_sides"} and position - segment.start < segment.duration // 2:
        return before
    return segment.pose or before


def _release(timeline: Timeline, index: int, position: Milliseconds) -> Iterator[Span]:
    """Yield the release of what is pressed in this segment, or of the ball that lies under the body."""
    here = timeline.segments[index]
    # The last thing done at this stop tells: after a release, or before anything, the hands are free.
    done = [s for s in timeline.segments[: index + 1] if s.stop == here.stop]
    actions = [s.action for s in done if s.action in _PRESSED or s.action in {"locate", "release"}]
    is_pressed = bool(actions) and actions[-1] in _PRESSED
    following = timeline.segments[index + 1].action if index + 1 < len(timeline.segments) else ""
    is_brought = here.action == "move" and following == "locate" and position > here.start
    has_ball = here.method == "ball" and (here.action == "locate" or is_brought)
    if not is_pressed and not has_ball:
        return
    for number, segment in enumerate(timeline.segments[index:], start=index):
        if segment.stop == here.stop and segment.action == "release":
            yield Span(segment.start, _without_what_comes_next(timeline, number))
            return


def _without_what_comes_next(timeline: Timeline, index: int) -> Milliseconds:
    """Return where a release ends if nothing comes after it: before it says what does."""
    said = [event for event in timeline.events if event.segment == index]
    if said and said[-1].name.startswith("then."):
        return said[-1].start
    return _end(timeline.segments[index])


def _taking_the_ice_off(timeline: Timeline, index: int) -> Iterator[Span]:
    """Yield the first alarm and its words, without the repeats for those who sleep."""
    for number, segment in enumerate(timeline.segments[index:], start=index):
        if segment.action == "ice_off":
            inside = [event.start for event in timeline.events if event.segment == number]
            # Alarm, words, alarm: the third is the first repeat.
            yield Span(segment.start, inside[2] if len(inside) > 2 else _end(segment))
            return


def _end(segment: Segment) -> Milliseconds:
    return Milliseconds(segment.start + segment.duration)
