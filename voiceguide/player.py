"""Timeline + keys -> Backend: play, pause, end gently. Knows neither devices nor keyboards.

A backend pulls frames; keys change what the next frame is. The frames pulled are the only clock, so what is
heard is a function of the session and of the frame at which each key was pressed, and nothing else.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from voiceguide.clip import Block, to_int16
from voiceguide.units import Milliseconds, in_frames

if TYPE_CHECKING:
    from voiceguide.backends import Backend
    from voiceguide.scheduler.timeline import Event, Segment, Timeline
    from voiceguide.session import Sound

RAMP = Milliseconds(12)
"""How long a sound that is broken off takes to fade: shorter clicks, longer is not instant."""

_PRESSED = {"press", "hold", "roll", "massage"}
_AT_A_STOP = _PRESSED | {"locate", "rest", "move"}
_ICE = {"ice_on", "ice", "ice_off"}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the session."""

    start: Milliseconds
    """Absolute."""
    end: Milliseconds
    """Absolute; the first millisecond that is not played."""


def add_ways_up(timeline: Timeline, ways_up: Mapping[str, Timeline]) -> tuple[Timeline, dict[str, Span]]:
    """Return the timeline with the ways up behind its end, and where each of them lies.

    They are heard only if a session is ended early, from the pose that is their key.
    """
    spans: dict[str, Span] = {}
    events = list(timeline.events)
    start = timeline.duration
    for pose, way_up in ways_up.items():
        end = Milliseconds(start + way_up.duration)
        spans[pose] = Span(start, end)
        last = len(timeline.segments) - 1
        events.extend(
            replace(event, start=Milliseconds(start + event.start), segment=last) for event in way_up.events
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
    spans: list[Span] = []
    if segment.action == "release":
        spans.append(Span(position, _without_what_comes_next(timeline, index)))
    elif segment.action in _AT_A_STOP:
        spans.extend(_release(timeline, index))
    elif segment.action in _ICE:
        spans.extend(_taking_the_ice_off(timeline, index))
    pose = _pose(timeline, index, position)
    if pose in ways_up:
        spans.append(ways_up[pose])
    return tuple(span for span in spans if span.start < span.end)


def _pose(timeline: Timeline, index: int, position: Milliseconds) -> str:
    """Return the pose at a position; the former one up to the middle of a move. Empty before the first."""
    segment = timeline.segments[index]
    before = timeline.segments[index - 1].pose if index else ""
    if segment.action in {"move", "switch_sides"} and position - segment.start < segment.duration // 2:
        return before
    return segment.pose or before


def _release(timeline: Timeline, index: int) -> Iterator[Span]:
    """Yield the release of what is pressed in this segment, or of the ball that lies under the body."""
    here = timeline.segments[index]
    # The last thing done at this stop tells: after a release, or before anything, the hands are free.
    done = [s for s in timeline.segments[: index + 1] if s.stop == here.stop]
    actions = [s.action for s in done if s.action in _PRESSED or s.action in {"locate", "release"}]
    is_pressed = bool(actions) and actions[-1] in _PRESSED
    following = timeline.segments[index + 1].action if index + 1 < len(timeline.segments) else ""
    has_ball = here.method == "ball" and (
        here.action == "locate" or (here.action == "move" and following == "locate")
    )
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


class Player:
    """A session being played. Every method may be called from any thread; none of them waits."""

    def __init__(self, session: Sound) -> None:
        self._timeline, self._ways_up = add_ways_up(session.timeline, session.ways_up)
        self._mixer = session.mix(self._timeline)
        self._starts = [event.start for event in self._timeline.events]
        self._lock = Lock()
        self._spans = [Span(Milliseconds(0), session.timeline.duration)]
        """What is still to be played; the first one from `_next` on."""
        self._next = 0
        """The next frame of the session."""
        self._fading: Block = np.zeros(0, np.float32)
        """The rest of a sound that was broken off; heard before anything else."""
        self._paused = False
        self._ending = False

    @property
    def is_paused(self) -> bool:
        """True from `pause` to `resume`."""
        return self._paused

    @property
    def is_ending(self) -> bool:
        """True once `end` or `stop` was called."""
        return self._ending

    @property
    def ended(self) -> bool:
        """True once everything there is to hear has been pulled."""
        with self._lock:
            return not self._spans and not len(self._fading)

    @property
    def position(self) -> Milliseconds:
        """How far into the session the next frame lies. A buffer ahead of what is heard."""
        return Milliseconds(self._next * 1000 // self._mixer.samplerate)

    def current_event(self) -> Event | None:
        """Return the event that sounds at `position`, or None in silence and after the end."""
        return self._event_at(self.position) if self._spans else None

    def pull(self, frames: int) -> NDArray[np.int16]:
        """Return the next `frames` frames, shape (frames,): of the session, of a pause, or silence after it.

        Where nothing was pressed these are the very samples of `Mixer.blocks`. For the backend's thread.
        """
        block = np.zeros(frames, np.float32)
        with self._lock:
            done = min(frames, len(self._fading))
            block[:done] = self._fading[:done]
            self._fading = self._fading[done:]
            while done < frames and self._spans and not self._paused:
                end = self._frame(self._spans[0].end)
                count = min(frames - done, end - self._next)
                block[done : done + count] = self._mixer.read(self._next, count)
                self._next += count
                done += count
                if self._next == end:
                    self._go_on_with(self._spans[1:])
        return to_int16(block)

    def pause(self) -> None:
        """Fall silent with the next frame pulled, within `RAMP`, and stay where the session is.

        An event that was broken off will start again; a silence goes on where it was. Nothing is lost.
        """
        with self._lock:
            if not self._paused and self._spans:
                self._paused = True
                self._next = self._break_off()

    def resume(self) -> None:
        """Go on after `pause`.

        No ramp is needed, nor wanted: this is always a silence or the start of an event, which begins softly
        by itself, and a ramp would take the first consonant off it.
        """
        with self._lock:
            self._paused = False

    def toggle(self) -> None:
        """Pause, or resume."""
        if self._paused:
            self.resume()
        else:
            self.pause()

    def end(self) -> None:
        """Go on with what `ending` says instead of the rest of the session, also from a pause.

        Called again, stop at once.
        """
        if self._ending:
            self.stop()
            return
        with self._lock:
            self._ending = True
            self._paused = False
            spans = list(ending(self._timeline, self.position, self._ways_up)) if self._spans else []
            if spans and spans[0].start == self.position:
                # It goes on where it is, even in the middle of a word or a millisecond.
                self._spans = spans
            else:
                self._break_off()
                self._go_on_with(spans)

    def stop(self) -> None:
        """End within `RAMP`."""
        with self._lock:
            self._ending = True
            self._paused = False
            self._break_off()
            self._spans = []

    def _go_on_with(self, spans: list[Span]) -> None:
        self._spans = spans
        if spans:
            self._next = self._frame(spans[0].start)

    def _break_off(self) -> int:
        """Return the frame to resume at, and let what sounds now fade away."""
        event = self._event_at(self.position) if self._spans else None
        if event is None or self._frame(event.start) == self._next:
            return self._next
        left = self._frame(event.start) + self._frame(event.duration) - self._next
        ramp = self._frame(RAMP)
        fade = np.arange(ramp - 1, -1, -1, dtype=np.float32)[: min(ramp, left)] / np.float32(ramp)
        self._fading = self._mixer.read(self._next, len(fade)) * fade
        return self._frame(event.start)

    def _event_at(self, time: Milliseconds) -> Event | None:
        index = bisect_right(self._starts, time) - 1
        event = self._timeline.events[index] if index >= 0 else None
        return event if event and time < event.start + event.duration else None

    def _frame(self, time: Milliseconds) -> int:
        return in_frames(time, self._mixer.samplerate)


def play(
    player: Player,
    backend: Backend,
    *,
    samplerate: int,
    poll: Callable[[], None] = lambda: None,
    tick: float = 0.05,
) -> None:
    """Play to the end. Blocks until the last frame was heard.

    Parameters
    ----------
    player
        What to play.
    backend
        What to play it on.
    samplerate
        Hertz, of the player's session.
    poll
        Called between ticks, in this thread: reads keys, prints lines. What it raises ends the playing.
    tick
        Seconds between two polls.

    Raises
    ------
    Unavailable
        If no device opens, or it goes away.
    """
    stream = backend.open(player.pull, samplerate=samplerate)
    try:
        while not player.ended:
            poll()
            stream.wait(tick)
        stream.drain()
    finally:
        stream.close()
