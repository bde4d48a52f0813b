"""Step + words -> StepLayout: each step lays itself out in its own time, in whole milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from voiceguide.scheduler import actions
from voiceguide.scheduler.actions import FIRST_CUE, LEAST_GAP, Comfort
from voiceguide.scheduler.cue import Cue, Sounding, Words
from voiceguide.scheduler.hold import Measure, Placed, place_in_hold, place_in_massage, place_in_middle
from voiceguide.scheduler.plan import Step, actions_of
from voiceguide.scheduler.script import CHECK_EVERY
from voiceguide.scheduler.stretch import LocalEvent, Placement, Stretch, Talk
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
class LocalSegment:
    """A stretch of a step, its length chosen."""

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


@dataclass(frozen=True, slots=True)
class StepLayout:
    """A step whose length is still open: its stretches end to end."""

    stretches: tuple[Stretch, ...]
    """In order."""
    can_wait: bool = False
    """True if silence may be added to it, a millisecond at a time: nothing in it has a dose or a limit."""
    total_at: Milliseconds = NOTHING
    """In an opening: where the cue that says the total starts, in milliseconds."""
    _lengths: dict[int, int] = field(default_factory=dict, compare=False, repr=False)

    def length(self, pace: int) -> int:
        """Return how many milliseconds it takes at a pace, from -1000 (quickest) over 0 to 1000 (slowest)."""
        if pace not in self._lengths:
            self._lengths[pace] = sum(stretch.lasts(pace) for stretch in self.stretches)
        return self._lengths[pace]

    def at(self, pace: int = 0, extra: int = 0) -> StepTimeline:
        """Return the step at a pace, with `extra` milliseconds of silence if it can wait."""
        laid = StepTimeline(total_at=self.total_at)
        for stretch in self.stretches:
            length = Milliseconds(stretch.lasts(pace) + extra)
            placed = stretch.place(length)
            laid.events.extend(
                LocalEvent(
                    Milliseconds(laid.duration + event.start),
                    event.duration,
                    event.cue,
                    event.earcon,
                    event.gain,
                )
                for event in placed.events
            )
            laid.dropped.extend(placed.dropped)
            laid.segments.append(LocalSegment(stretch.action, length, stretch.repeat, stretch.wait))
            laid.duration = Milliseconds(laid.duration + length)
        return laid


def lay_step(
    step: Step,
    words: Words,
    measure: Measure,
    *,
    earcon_lengths: Mapping[str, Milliseconds],
    total_slot: Milliseconds = TOTAL_SLOT,
) -> StepLayout:
    """Return the step in its own time, for every pace.

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
    """
    stretches: Iterable[Stretch]

    def sounding(cue: Cue) -> Milliseconds:
        return earcon_lengths[cue.earcon] if cue.earcon else measure(cue.spoken)

    if step.kind == "open":
        return _opening(words, sounding, total_slot)
    if step.kind == "treat" and step.visit is not None:
        stretches = _treatment(step, step.visit, words, sounding)
    elif step.kind == "ice" and step.visit is not None:
        stretches = _icing(step.visit, words, sounding, earcon_lengths)
    elif step.kind in {"rest", "switch_sides"}:
        total = actions.REST if step.kind == "rest" else _switch_comfort(step)
        stretches = (_within(step.kind, words["say"], sounding, total),)
    elif step.kind == "cool_down":
        stretches = (_fixed("rest", step.lasts, _long_rest(words["say"], words["rest_ends"], sounding)),)
    else:
        stretches = (_talked_through(step, words["say"], sounding),)
    can_wait = step.kind not in {"treat", "ice", "cool_down"} and not step.leads_to_ice
    return StepLayout(tuple(stretches), can_wait)


def _talked_through(step: Step, cues: Sequence[Cue], sounding: Sounding) -> Stretch:
    talk, silence = Talk(cues, sounding), _silence(step)
    longest = max(MINUTE - talk.spoken, 0) if step.leads_to_ice else silence.largest
    return Stretch(actions_of(step)[0], lambda pace: talk.beside(min(silence.at(pace), longest)), talk.place)


def _silence(step: Step) -> Comfort:
    if step.kind == "ready":
        least = actions.READY.smallest
        return actions.READY if step.items else Comfort(least, least, least)
    if step.kind == "wait":
        return actions.WAIT
    if step.kind == "close":
        return actions.CLOSE
    if step.kind == "move" and step.origin == step.posture and not step.rolls_over:
        return actions.MOVE  # the ball is put away, and nothing else moves
    slowly = step.kind == "bring" or step.puts_ball_away or step.posture != "sitting"
    slowly = slowly or step.origin not in {None, "sitting"}
    return actions.MOVE_SLOWLY if slowly else actions.MOVE


def _switch_comfort(step: Step) -> Comfort:
    method = step.visit.method.name if step.visit and step.visit.method else ""
    zone = step.visit.zone if step.visit else ""
    what = "legs" if zone in {"knee", "foot"} else "hands"
    what = {"ball": "ball", "friend": "helper"}.get(method, what)
    return actions.SWITCH["rolling" if step.rolls_over else what]


def _within(
    action: str, cues: Sequence[Cue], sounding: Sounding, total: Comfort, *, first: int = FIRST_CUE
) -> Stretch:
    """Return a stretch that lasts a comfort time, or as long as its words."""
    talk = Talk(cues, sounding, first=first)
    return Stretch(action, lambda pace: talk.within(total.at(pace)), talk.place)


def _fixed(action: str, length: int, place: Callable[[int], Placement], *, repeat: int = 1) -> Stretch:
    """Return a stretch that lasts as long at every pace."""
    return Stretch(action, lambda _: length, place, repeat)


def _opening(words: Words, sounding: Sounding, total_slot: Milliseconds) -> StepLayout:
    safety = Talk(words["safety"], sounding)
    begin = safety.beside(FIRST_CUE + SAFETY_GAP * len(words["safety"]))
    first = begin + total_slot
    rest = Talk(words["say"], sounding, first=first)
    length = rest.beside(first + SAFETY_GAP * len(words["say"]))

    def place(length: int) -> Placement:
        return Placement([*safety.place(begin).events, *rest.place(length).events])

    return StepLayout((_fixed("open", length, place),), total_at=Milliseconds(begin))


def _treatment(step: Step, visit: Visit, words: Words, sounding: Sounding) -> Iterator[Stretch]:
    method = visit.method
    assert method is not None
    is_repeating = visit.repeats > 1 and not visit.window
    done = actions_of(step)
    last = {action: index for index, action in enumerate(done)}
    repeat = 0
    released = None

    @cache
    def press(*, is_first: bool) -> Stretch:
        return _press(visit, words["press" if is_first else "press_repeat"], sounding)

    @cache
    def release(*, is_last: bool) -> Stretch:
        comfort = actions.RELEASE_BALL if method.name == "ball" else actions.RELEASE
        cues = (*words["release"], *(words["leave"] if is_last else ()))
        return _within("release", cues, sounding, comfort, first=0)

    for index, action in enumerate(done):
        if action == "locate":
            yield _finding(
                visit, words["prepare" if "massage" in done[index:] and visit.massage else "locate"], sounding
            )
        elif action == "press":
            pressed = press(is_first=not repeat)
            yield replace(pressed, repeat=repeat + 1) if repeat else pressed
        elif action == "massage" and visit.massage:
            yield _fixed("massage", visit.massage, _in_dose(place_in_massage, words, sounding))
        elif actions.ACTIONS[action].dosed:
            inside = (
                _in_middle(words, sounding, repeat)
                if is_repeating
                else _in_dose(place_in_hold, words, sounding)
            )
            repeat += 1
            yield _fixed(action, visit.chosen, inside, repeat=repeat)
        elif action == "rest" and is_repeating and index < last["release"]:
            yield _fixed("rest", method.rest, _between_repeats(words, sounding), repeat=repeat)
        elif action == "rest" and visit.window:
            # What does not divide evenly goes to the last rest, so that the window is met to the millisecond.
            odd = (visit.window - visit.repeats * visit.chosen) % (visit.repeats - 1)
            gap = visit.gap + (odd if index == last["rest"] else 0)
            assert released is not None
            around = released, press(is_first=False)
            yield replace(_rest_in_window(visit, gap, around, words, sounding), repeat=repeat)
        elif action == "rest":
            yield _within("rest", words["rest"], sounding, actions.REST)
        else:
            released = release(is_last=index == last["release"])
            yield released


def _finding(visit: Visit, cues: Sequence[Cue], sounding: Sounding) -> Stretch:
    talk = Talk(cues, sounding)

    def lasts(pace: int) -> int:
        find = actions.FIND_FIRST.at(pace)
        return talk.beside(find if visit.is_first else max(actions.FIND_SECOND.at(pace), find // 2))

    return Stretch("locate", lasts, talk.place)


def _press(visit: Visit, cues: Sequence[Cue], sounding: Sounding) -> Stretch:
    talk = Talk(cues, sounding)
    built = visit.method.press_in if visit.method else 0

    def lasts(pace: int) -> int:
        return talk.least - LEAST_GAP + max(built, actions.PRESS_IN.at(pace))

    return Stretch("press", lasts, lambda _: talk.place(talk.least))


def _rest_in_window(
    visit: Visit, gap: int, around: tuple[Stretch, Stretch], words: Words, sounding: Sounding
) -> Stretch:
    """Return a rest between two holds that are spread, with the release before it and the press after it."""

    def lasts(pace: int) -> int:
        return max(gap - sum(one.lasts(pace) for one in around), actions.REST.smallest)

    def place(length: int) -> Placement:
        told = min(visit.rests, key=lambda at: abs(at - length))
        return _long_rest(words[f"rest_{told}"], words["rest_ends"], sounding)(length)

    return Stretch("rest", lasts, place)


def _long_rest(begins: Sequence[Cue], ends: Sequence[Cue], sounding: Sounding) -> Callable[[int], Placement]:
    """Place the cues of a rest that tells its length at its start, and if it is long, that it soon ends."""
    talk = Talk(begins, sounding)

    def place(length: int) -> Placement:
        if talk.least > length:
            return Placement(())
        events = [*talk.place(talk.least).events]
        at = length - actions.REST_ENDS
        if length >= actions.LONG_REST and talk.least <= at:
            events.extend(LocalEvent(Milliseconds(at), sounding(cue), cue) for cue in ends)
        return Placement(events)

    return place


def _in_dose(
    place: Callable[[Milliseconds, Words, Sounding], tuple[Iterable[Placed], Sequence[Cue]]],
    words: Words,
    sounding: Sounding,
) -> Callable[[int], Placement]:
    """Place the cues of a dose by a rule of `hold`."""

    def placed(length: int) -> Placement:
        found, dropped = place(Milliseconds(length), words, sounding)
        return Placement(_events(found), dropped)

    return placed


def _in_middle(words: Words, sounding: Sounding, repeat: int) -> Callable[[int], Placement]:
    """Place one of the quiet words in the middle of a repeated hold."""

    def place(length: int) -> Placement:
        middles = words["middle"]
        if not middles:
            return Placement(())
        cue = middles[repeat % len(middles)]
        placed = place_in_middle(Milliseconds(length), cue, sounding)
        return Placement(_events((placed,))) if placed else Placement((), (cue,))

    return place


def _between_repeats(words: Words, sounding: Sounding) -> Callable[[int], Placement]:
    """Place the cues of a rest between repeats: letting go at its start, pressing again up to its end."""

    def place(length: int) -> Placement:
        let_go, again = words["let_go"][0], words["press_again"][0]
        lasts = sounding(again)
        return Placement(
            [
                LocalEvent(NOTHING, sounding(let_go), let_go),
                LocalEvent(Milliseconds(length - lasts), lasts, again),
            ]
        )

    return place


def _events(placed: Iterable[Placed]) -> list[LocalEvent]:
    return [LocalEvent(one.start, one.duration, one.cue) for one in placed]


def _icing(
    visit: Visit, words: Words, sounding: Sounding, earcon_lengths: Mapping[str, Milliseconds]
) -> Iterator[Stretch]:
    comfort = actions.MOVE_SLOWLY if visit.stop == "ice.back" else actions.MOVE
    talk = Talk(words["on"], sounding)
    yield Stretch("ice_on", lambda pace: talk.beside(comfort.at(pace)), talk.place)
    yield _fixed(
        "ice", visit.chosen, lambda _: Placement(_during_ice(visit, words, sounding, earcon_lengths))
    )
    events = []
    for at, cue, gain in zip(ICE_OFF_AT, words["off"], ALARM_GAINS, strict=True):
        events.append(LocalEvent(at, earcon_lengths["alarm"], None, "alarm", gain))
        events.append(LocalEvent(Milliseconds(at + FIRST_CUE), sounding(cue), cue))
    length = events[-1].start + events[-1].duration + SECOND
    yield Stretch("ice_off", lambda _: length, lambda _: Placement(events), wait=ICE_OFF_LIMIT)


def _during_ice(
    visit: Visit, words: Words, sounding: Sounding, earcon_lengths: Mapping[str, Milliseconds]
) -> list[LocalEvent]:
    """Return what is heard while the ice is on: touch checks, the last minute, a tone every minute."""
    spoken: list[LocalEvent] = []

    def say(at: int, cues: Sequence[Cue]) -> None:
        for cue in cues:
            spoken.append(LocalEvent(Milliseconds(at), sounding(cue), cue))
            at = spoken[-1].start + spoken[-1].duration + ICE_GAP * cue.gap

    say(FIRST_CUE, words["start"])
    for at in range(CHECK_EVERY, visit.chosen, CHECK_EVERY):
        # The question, which comes last, is asked at the time; what leads to it comes before.
        *leading, question = words[f"check_{at}"]
        before = sum(sounding(cue) + ICE_GAP * cue.gap for cue in leading)
        say(at - before, (*leading, question, *words["after_check"]))
    say(visit.chosen - MINUTE, words["last_minute"])
    tone = earcon_lengths["soft_tone"]
    tones = [
        LocalEvent(Milliseconds(at), tone, None, "soft_tone")
        for at in range(MINUTE, visit.chosen, MINUTE)
        if all(one.start + one.duration + SECOND < at or at + tone + 5 * SECOND < one.start for one in spoken)
    ]
    return sorted([*spoken, *tones], key=lambda event: event.start)
