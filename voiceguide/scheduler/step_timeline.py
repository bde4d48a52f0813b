"""Step + words -> StepTimeline: each step lays itself out in its own time, in whole milliseconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from voiceguide.scheduler import actions
from voiceguide.scheduler.actions import FIRST_CUE, LEAST_GAP
from voiceguide.scheduler.hold import Measure, Placed, place_in_hold, place_in_massage, place_in_middle
from voiceguide.scheduler.plan import Step, actions_of
from voiceguide.scheduler.script import CHECK_EVERY, Cue, Words
from voiceguide.scheduler.visit import Visit
from voiceguide.units import MINUTE, NOTHING, SECOND, Milliseconds

TOTAL_SLOT = Milliseconds(4 * SECOND)
"""Room in the opening for the cue that says the total, whatever the total is: so nothing is circular."""
SAFETY_GAP = Milliseconds(600)
"""After each line of the opening."""
ICE_OFF_AT = tuple(Milliseconds(at * SECOND) for at in (0, 10, 20, 40, 60))
"""When the ice is called off, from the end of its time."""
ICE_OFF_LIMIT = Milliseconds(300 * SECOND)
"""How long it is called off live, until a key answers."""
ALARM_GAINS = (0.0, 0.0, 2.0, 4.0, 6.0)
"""Decibels of each repeat. Contracts, section 2: at most 6 louder than speech, and never by a jump."""
ICE_GAP = Milliseconds(SECOND)
"""Smallest gap after a line of the ice; a line's own share is added once a second."""


@dataclass(frozen=True, slots=True)
class LocalEvent:
    """A cue or earcon within a step."""

    start: Milliseconds
    """From the start of the step."""
    duration: Milliseconds
    """Milliseconds."""
    cue: Cue | None
    """What is said; None for an earcon."""
    earcon: str = ""
    """The earcon's name; empty for speech."""
    gain: float = 0.0
    """Decibels."""


@dataclass(frozen=True, slots=True)
class LocalSegment:
    """A stretch of a step with one action."""

    action: str
    """One of `actions.ACTIONS`."""
    duration: Milliseconds
    """Milliseconds."""
    repeat: int = 1
    """1-based, within the side."""
    wait: Milliseconds | None = None
    """How long it may loop until a key is pressed."""


@dataclass(slots=True)
class StepTimeline:
    """A step in its own time: segments end to end, and the events in them."""

    segments: list[LocalSegment] = field(default_factory=list)
    """In order."""
    events: list[LocalEvent] = field(default_factory=list)
    """In order of start."""
    dropped: list[Cue] = field(default_factory=list)
    """Cues that found no room."""
    duration: Milliseconds = NOTHING
    """Milliseconds; the sum of the segments."""
    total_at: Milliseconds = NOTHING
    """In an opening: where the cue that says the total starts."""

    def add(
        self,
        action: str,
        duration: int,
        events: Iterable[LocalEvent] = (),
        *,
        repeat: int = 1,
        wait: Milliseconds | None = None,
    ) -> None:
        """Append a segment whose events are given in the segment's own time."""
        self.events.extend(
            LocalEvent(
                Milliseconds(self.duration + event.start), event.duration, event.cue, event.earcon, event.gain
            )
            for event in events
        )
        self.segments.append(LocalSegment(action, Milliseconds(duration), repeat, wait))
        self.duration = Milliseconds(self.duration + duration)


def lay_step(
    step: Step,
    words: Words,
    measure: Measure,
    *,
    earcon_lengths: Mapping[str, Milliseconds],
    total_slot: Milliseconds = TOTAL_SLOT,
    pace: int = 0,
    extra: Milliseconds = NOTHING,
) -> StepTimeline:
    """Return the step in its own time.

    Parameters
    ----------
    step : Step
        What is done.
    words : Words
        Its cues, as `script.write_words` gives them.
    measure : callable
        Spoken text -> milliseconds it sounds.
    earcon_lengths : mapping
        Earcon -> milliseconds it sounds.
    total_slot : int
        Milliseconds an opening leaves for the cue that says the total.
    pace : int
        Where all comfort times are between their smallest (-1000), usual (0) and largest (1000).
    extra : int
        Milliseconds of silence on top of that; for a step that is only talked through.
    """
    tape = StepTimeline()
    if step.kind == "treat" and step.visit is not None:
        _lay_treatment(tape, step, step.visit, words, measure, pace=pace)
    elif step.kind == "ice" and step.visit is not None:
        _lay_ice(tape, step.visit, words, measure, earcon_lengths, pace=pace)
    elif step.kind == "open":
        _lay_opening(tape, words, measure, total_slot)
    elif step.kind in {"rest", "switch_sides"}:
        total = actions.REST if step.kind == "rest" else _switch_comfort(step)
        _add_total(tape, step.kind, words["say"], total.at(pace) + extra, measure)
    elif step.kind == "cool_down":
        rest = step.lasts
        tape.add("rest", rest, _long_rest(rest, words["say"], words["rest_ends"], measure))
    else:
        silence = _silence(step, pace) + extra
        if step.leads_to_ice:
            spoken = sum(measure(cue.spoken) for cue in words["say"])
            silence = Milliseconds(max(0, min(silence, MINUTE - spoken)))
        events, length = _spread(words["say"], silence, measure)
        tape.add(actions_of(step)[0], length, events)
    return tape


def _silence(step: Step, pace: int) -> Milliseconds:
    if step.kind == "ready":
        return actions.READY.at(pace) if step.items else actions.READY.smallest
    if step.kind == "wait":
        return actions.WAIT.at(pace)
    if step.kind == "close":
        return actions.CLOSE.at(pace)
    slowly = step.kind == "bring" or step.puts_ball_away or step.posture != "sitting"
    slowly = slowly or step.origin not in {None, "sitting"}
    return (actions.MOVE_SLOWLY if slowly else actions.MOVE).at(pace)


def _switch_comfort(step: Step) -> actions.Comfort:
    method = step.visit.method.name if step.visit and step.visit.method else ""
    zone = step.visit.zone if step.visit else ""
    what = "legs" if zone in {"knee", "foot"} else "hands"
    what = {"ball": "ball", "friend": "helper"}.get(method, what)
    return actions.SWITCH["rolling" if step.rolls_over else what]


def _spread(
    cues: Sequence[Cue], silence: int, measure: Measure, *, first: int = FIRST_CUE
) -> tuple[list[LocalEvent], Milliseconds]:
    """Return the cues one after another, all the silence of the segment shared over them by their gaps."""
    shares = sum(cue.gap for cue in cues)
    least = [max(LEAST_GAP, cue.pause) for cue in cues]
    free = max(silence - first - sum(least), 0)
    events: list[LocalEvent] = []
    at, shared = first, 0
    for cue, pause in zip(cues, least, strict=True):
        length = measure(cue.spoken)
        events.append(LocalEvent(Milliseconds(at), length, cue))
        shared += cue.gap
        before = free * (shared - cue.gap) // shares
        at += length + pause + free * shared // shares - before
    return events, Milliseconds(at if cues else silence)


def _add_total(
    tape: StepTimeline,
    action: str,
    cues: Sequence[Cue],
    total: int,
    measure: Measure,
    *,
    first: int = FIRST_CUE,
) -> None:
    """Append a segment that lasts `total`, or as long as its words."""
    events, length = _spread(cues, total - sum(measure(cue.spoken) for cue in cues), measure, first=first)
    tape.add(action, length, events)


def _lay_opening(tape: StepTimeline, words: Words, measure: Measure, total_slot: Milliseconds) -> None:
    safety, begin = _spread(words["safety"], FIRST_CUE + SAFETY_GAP * len(words["safety"]), measure)
    tape.total_at = begin
    first = begin + total_slot
    events, length = _spread(words["say"], first + SAFETY_GAP * len(words["say"]), measure, first=first)
    tape.add("open", length, [*safety, *events])


def _lay_treatment(
    tape: StepTimeline, step: Step, visit: Visit, words: Words, measure: Measure, *, pace: int
) -> None:
    method = visit.method
    assert method is not None
    find = actions.FIND_FIRST.at(pace)
    if not visit.is_first:
        find = Milliseconds(max(actions.FIND_SECOND.at(pace), find // 2))
    is_repeating = visit.repeats > 1 and not visit.window
    repeat = 0
    done = actions_of(step)
    last = {action: index for index, action in enumerate(done)}
    for index, action in enumerate(done):
        if action == "locate":
            say = words["prepare" if "massage" in done[index:] and visit.massage else "locate"]
            events, length = _spread(say, find, measure)
            tape.add("locate", length, events)
        elif action == "press":
            tape.add("press", *_press(visit, words, measure, repeat, pace), repeat=repeat + 1)
        elif action == "massage" and visit.massage:
            placed, dropped = place_in_massage(visit.massage, words, measure)
            tape.add("massage", visit.massage, _events(placed))
            tape.dropped.extend(dropped)
        elif actions.ACTIONS[action].dosed:
            placed, dropped = _inside(visit, words, measure, repeat, is_repeating=is_repeating)
            repeat += 1
            tape.add(action, visit.chosen, _events(placed), repeat=repeat)
            tape.dropped.extend(dropped)
        elif action == "rest" and is_repeating and index < last["release"]:
            tape.add(
                "rest", method.rest, _events(_between_repeats(method.rest, words, measure)), repeat=repeat
            )
        elif action == "rest" and visit.window:
            release = tape.segments[-1].duration
            press = _press(visit, words, measure, repeat, pace)[0]
            # What does not divide evenly goes to the last rest, so that the window is met to the millisecond.
            is_last = index == last["rest"]
            odd = (visit.window - visit.repeats * visit.chosen) % (visit.repeats - 1) if is_last else 0
            rest = Milliseconds(max(visit.gap + odd - release - press, actions.REST.smallest))
            tape.add("rest", rest, _quiet_rest(rest, visit, words, measure), repeat=repeat)
        elif action == "rest":
            _add_total(tape, "rest", words["rest"], actions.REST.at(pace), measure)
        else:
            comfort = actions.RELEASE_BALL if method.name == "ball" else actions.RELEASE
            leave = words["leave"] if index == last["release"] else ()
            _add_total(tape, "release", (*words["release"], *leave), comfort.at(pace), measure, first=0)


def _press(
    visit: Visit, words: Words, measure: Measure, repeat: int, pace: int
) -> tuple[Milliseconds, list[LocalEvent]]:
    """Return how long a press takes, with its words."""
    said = words["press_repeat" if repeat else "press"]
    events, length = _spread(said, FIRST_CUE + LEAST_GAP * len(said), measure)
    build = max(visit.method.press_in if visit.method else 0, actions.PRESS_IN.at(pace))
    return Milliseconds(length - LEAST_GAP + build), events


def _quiet_rest(rest: Milliseconds, visit: Visit, words: Words, measure: Measure) -> list[LocalEvent]:
    """Return the cues of a rest within a window: how long it is, and if that is long, when it ends."""
    told = min(visit.rests, key=lambda at: abs(at - rest))
    return _long_rest(rest, words[f"rest_{told}"], words["rest_ends"], measure)


def _long_rest(
    rest: Milliseconds, begins: Sequence[Cue], ends: Sequence[Cue], measure: Measure
) -> list[LocalEvent]:
    """Return the cues of a rest that tells its length at its start, and if it is long, that it soon ends."""
    events, length = _spread(begins, 0, measure)
    at = rest - actions.REST_ENDS
    if rest >= actions.LONG_REST and length <= at:
        events.extend(LocalEvent(Milliseconds(at), measure(cue.spoken), cue) for cue in ends)
    return events if length <= rest else []


def _inside(
    visit: Visit, words: Words, measure: Measure, repeat: int, *, is_repeating: bool
) -> tuple[tuple[Placed, ...], tuple[Cue, ...]]:
    if not is_repeating:
        return place_in_hold(visit.chosen, words, measure)
    middles = words["middle"]
    cue = middles[repeat % len(middles)] if middles else None
    placed = place_in_middle(visit.chosen, cue, measure) if cue else None
    return ((placed,), ()) if placed else ((), (cue,) if cue else ())


def _between_repeats(rest: Milliseconds, words: Words, measure: Measure) -> list[Placed]:
    """Return the cues of a rest between repeats: letting go at its start, pressing again up to its end."""
    let_go, again = words["let_go"][0], words["press_again"][0]
    length = measure(again.spoken)
    return [
        Placed(Milliseconds(0), measure(let_go.spoken), let_go),
        Placed(Milliseconds(rest - length), length, again),
    ]


def _events(placed: Iterable[Placed]) -> list[LocalEvent]:
    return [LocalEvent(one.start, one.duration, one.cue) for one in placed]


def _lay_ice(
    tape: StepTimeline,
    visit: Visit,
    words: Words,
    measure: Measure,
    earcon_lengths: Mapping[str, Milliseconds],
    *,
    pace: int,
) -> None:
    comfort = actions.MOVE_SLOWLY if visit.stop == "ice.back" else actions.MOVE
    events, length = _spread(words["on"], comfort.at(pace), measure)
    tape.add("ice_on", length, events)
    tape.add("ice", visit.chosen, _during_ice(visit, words, measure, earcon_lengths))
    events = []
    for at, cue, gain in zip(ICE_OFF_AT, words["off"], ALARM_GAINS, strict=True):
        events.append(LocalEvent(at, earcon_lengths["alarm"], None, "alarm", gain))
        events.append(LocalEvent(Milliseconds(at + FIRST_CUE), measure(cue.spoken), cue))
    length = Milliseconds(events[-1].start + events[-1].duration + SECOND)
    tape.add("ice_off", length, events, wait=ICE_OFF_LIMIT)


def _during_ice(
    visit: Visit, words: Words, measure: Measure, earcon_lengths: Mapping[str, Milliseconds]
) -> list[LocalEvent]:
    """Return what is heard while the ice is on: touch checks, the last minute, a tone every minute."""
    spoken: list[LocalEvent] = []

    def say(at: int, cues: Sequence[Cue]) -> None:
        for cue in cues:
            spoken.append(LocalEvent(Milliseconds(at), measure(cue.spoken), cue))
            at = spoken[-1].start + spoken[-1].duration + ICE_GAP * cue.gap

    say(FIRST_CUE, words["start"])
    for at in range(CHECK_EVERY, visit.chosen, CHECK_EVERY):
        # The question, which comes last, is asked at the time; what leads to it comes before.
        *leading, question = words[f"check_{at}"]
        before = sum(measure(cue.spoken) + ICE_GAP * cue.gap for cue in leading)
        say(at - before, (*leading, question, *words["after_check"]))
    say(visit.chosen - MINUTE, words["last_minute"])
    tone = earcon_lengths["soft_tone"]
    tones = [
        LocalEvent(Milliseconds(at), tone, None, "soft_tone")
        for at in range(MINUTE, visit.chosen, MINUTE)
        if all(one.start + one.duration + SECOND < at or at + tone + 5 * SECOND < one.start for one in spoken)
    ]
    return sorted([*spoken, *tones], key=lambda event: event.start)
