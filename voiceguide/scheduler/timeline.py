"""Plan + words -> Timeline: every cue has a start, every segment a length, all in whole milliseconds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from voiceguide.errors import UsageError
from voiceguide.scheduler.actions import LEAST_GAP
from voiceguide.scheduler.bells import BELLS
from voiceguide.scheduler.cue import Cue, Words
from voiceguide.scheduler.hold import Measure
from voiceguide.scheduler.language import Language
from voiceguide.scheduler.plan import Plan, Step, make_ways_up
from voiceguide.scheduler.script import write_total, write_words
from voiceguide.scheduler.step_timeline import TOTAL_SLOT, StepTimeline, lay_step
from voiceguide.scheduler.stretch import LocalEvent
from voiceguide.units import LONGEST_SESSION, MINUTE, NOTHING, SECOND, Milliseconds, clock

LEAD_IN_AFTER = Milliseconds(5 * SECOND)
"""Silence after which headphones and ears want a lead-in before speech, and before a bell."""
LEAD_IN_AIR = Milliseconds(150)
"""Between a lead-in and its speech."""
LONGEST_QUIET = Milliseconds(MINUTE)
"""No quiet of any kind is longer without a soft tone."""


@dataclass(frozen=True, slots=True)
class Event:
    """A cue or an earcon with a start."""

    start: Milliseconds
    """Absolute, from the first sample of the session."""
    duration: Milliseconds
    """Length of its sound."""
    kind: str
    """`speech` or `earcon`."""
    name: str
    """The earcon's name, or the phrase the words come from."""
    text: str
    """What a screen shows; empty for an earcon."""
    spoken: str
    """What the engine is given; empty for an earcon."""
    segment: int
    """Index of the segment it lies in."""
    required: bool
    """True if it may never be dropped."""
    gain: float
    """Decibels, on top of the clip's own level."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the session with one action."""

    start: Milliseconds
    """Absolute."""
    duration: Milliseconds
    """Segments tile the session: the next one starts where this one ends."""
    action: str
    """One of `actions.ACTIONS`."""
    points: tuple[str, ...]
    """Ids of the points pressed as one; empty where nothing is pressed."""
    side: str | None
    """`left`, `right`, `both` or None."""
    method: str | None
    """How it is pressed."""
    posture: str | None
    """The body's posture at the end of the segment."""
    lies_on: str | None
    """The side it lies on at the end, where it lies on its side."""
    zone: str | None
    """Part of the body that is treated or iced."""
    stop: str | None
    """Stable id such as `li4.left`."""
    chapter: int
    """Index of its chapter."""
    repeat: int
    """1-based, within the side."""
    wait: Milliseconds | None
    """How long it may loop until a key is pressed; None if it does not wait."""

    @property
    def pose(self) -> str:
        """The posture, with the side it lies on: `supine`, `on_side.right`; empty before the first."""
        return f"{self.posture}.{self.lies_on}" if self.lies_on else self.posture or ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One stop of the session, or Get ready, Ice, Rest, End."""

    start: Milliseconds
    """Absolute; chapters tile the session."""
    title: str
    """What a player shows."""
    stop: str | None
    """Stable id of the stop; None for the others."""


@dataclass(frozen=True, slots=True)
class DroppedCue:
    """Words a hold had no room for."""

    text: str
    """What would have been shown."""
    stop: str
    """Where."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """A session in time. Immutable; nothing overlaps and nothing drifts."""

    duration: Milliseconds
    """From the first sample to the last."""
    chapters: tuple[Chapter, ...]
    """In order."""
    segments: tuple[Segment, ...]
    """In order, contiguous."""
    events: tuple[Event, ...]
    """In order of start; none overlaps another, each lies inside one segment."""
    cues_dropped: tuple[DroppedCue, ...] = ()
    """What did not fit into a hold beside something more important."""


def lay_out(
    plan: Plan,
    words: Sequence[Words],
    language: Language,
    measure: Measure,
    *,
    earcon_lengths: Mapping[str, Milliseconds],
    paces: Sequence[int] = (),
    extras: Sequence[Milliseconds] = (),
    total_slot: Milliseconds = TOTAL_SLOT,
) -> Timeline:
    """Return the whole session in time: step timelines end to end, lead-ins and soft tones added.

    Parameters
    ----------
    plan : Plan
        What is done.
    words : sequence
        The words of each step of the plan.
    language : Language
        For the cue that says the total, and the titles of chapters.
    measure : callable
        Spoken text -> milliseconds it sounds.
    earcon_lengths : mapping
        Earcon -> milliseconds it sounds.
    paces, extras : sequence
        For each step, as `fit` chose them; without them all is at the plan's usual pace.

    total_slot : int
        Milliseconds of the opening for the cue that says the total, at least.

    Raises
    ------
    UsageError
        If the session is longer than six hours.
    """
    tempo = [*zip(paces, extras, strict=True)] or [(plan.pace.usual, NOTHING) for _ in plan.steps]
    tapes, duration, total = _lay_steps(
        plan, words, tempo, language, measure, earcon_lengths=earcon_lengths, slot=total_slot
    )
    if duration > LONGEST_SESSION:
        raise UsageError(
            f"{plan.routine.id} would take {clock(duration)}",
            hint=f"a session takes at most {clock(LONGEST_SESSION)}.",
        )
    tapes[0].events.append(LocalEvent(tapes[0].total_at, measure(total.spoken), total))
    return _assemble(plan.steps, tapes, language, earcon_lengths)


def lay_out_ways_up(
    plan: Plan,
    language: Language,
    measure: Measure,
    *,
    earcon_lengths: Mapping[str, Milliseconds],
) -> dict[str, Timeline]:
    """Return how a session of this plan ends early, by pose: getting up, and the closing."""
    ways_up = {}
    for pose, steps in make_ways_up(plan).items():
        tapes = [
            lay_step(step, write_words(step, plan, language), measure, earcon_lengths=earcon_lengths).at(
                plan.pace.usual
            )
            for step in steps
        ]
        ways_up[pose] = _assemble(steps, tapes, language, earcon_lengths)
    return ways_up


def _assemble(
    steps: Sequence[Step],
    tapes: Sequence[StepTimeline],
    language: Language,
    earcon_lengths: Mapping[str, Milliseconds],
) -> Timeline:
    duration = Milliseconds(sum(tape.duration for tape in tapes))
    chapters, chapter_of = _chapters(steps, tapes, language)
    segments = tuple(_segments(steps, tapes, chapter_of))
    events = list(_events(tapes, segments))
    events = list(_with_soft_tones(events, segments, duration, earcon_lengths["soft_tone"]))
    events = list(_with_lead_ins(events, segments, earcon_lengths["lead_in"]))
    dropped = tuple(
        DroppedCue(cue.text, step.visit.stop)
        for step, tape in zip(steps, tapes, strict=True)
        for cue in tape.dropped
        if step.visit is not None
    )
    return Timeline(duration, tuple(chapters), segments, tuple(events), dropped)


def _lay_steps(
    plan: Plan,
    words: Sequence[Words],
    tempo: Sequence[tuple[int, Milliseconds]],
    language: Language,
    measure: Measure,
    *,
    earcon_lengths: Mapping[str, Milliseconds],
    slot: int,
) -> tuple[list[StepTimeline], Milliseconds, Cue]:
    """Return the steps, their sum, and the cue that says the sum, in this slot or the next that holds it."""
    while True:
        tapes = [
            lay_step(step, said, measure, earcon_lengths=earcon_lengths, total_slot=Milliseconds(slot)).at(
                pace, extra
            )
            for step, said, (pace, extra) in zip(plan.steps, words, tempo, strict=True)
        ]
        duration = Milliseconds(sum(tape.duration for tape in tapes))
        total = write_total(duration, language)
        if measure(total.spoken) + LEAST_GAP <= slot:
            return tapes, duration, total
        slot += TOTAL_SLOT


def _chapters(
    steps: Sequence[Step], tapes: Sequence[StepTimeline], language: Language
) -> tuple[list[Chapter], list[int]]:
    """Return the chapters, and the index of its chapter for each step."""
    chapters: list[Chapter] = []
    chapter_of: list[int] = []
    start, key = 0, None
    for step, tape in zip(steps, tapes, strict=True):
        if _chapter_key(step) != key:
            key = _chapter_key(step)
            stop = step.visit.stop if step.visit and step.visit.points else None
            chapters.append(Chapter(Milliseconds(start), _title(step, language), stop))
        chapter_of.append(len(chapters) - 1)
        start += tape.duration
    return chapters, chapter_of


def _chapter_key(step: Step) -> str:
    if step.visit is not None:
        return step.visit.stop
    if step.kind == "cool_down":
        return "rest"
    return "ready" if step.kind in {"open", "ready"} else "end"


def _title(step: Step, language: Language) -> str:
    visit = step.visit
    if visit is not None and visit.points:
        part = language.point(visit.entry).part[visit.side or "both"]
        return f"{part[0].upper()}{part[1:]} · {visit.codes}"
    key = f"ice_{visit.zone}" if visit is not None else _chapter_key(step)
    return language.lines(f"chapter.{key}")[0].say


def _segments(
    steps: Sequence[Step], tapes: Sequence[StepTimeline], chapter_of: Sequence[int]
) -> Iterator[Segment]:
    start = 0
    for step, tape, chapter in zip(steps, tapes, chapter_of, strict=True):
        visit = step.visit
        for local in tape.segments:
            yield Segment(
                start=Milliseconds(start),
                duration=local.duration,
                action=local.action,
                points=visit.points if visit else (),
                side=None if visit is None or step.kind == "switch_sides" else visit.side,
                method=visit.method.name if visit and visit.method else None,
                posture=step.posture,
                lies_on=step.lies_on,
                zone=visit.zone if visit else None,
                stop=visit.stop if visit else None,
                chapter=chapter,
                repeat=local.repeat,
                wait=local.wait,
            )
            start += local.duration


def _events(tapes: Sequence[StepTimeline], segments: Sequence[Segment]) -> Iterator[Event]:
    start = 0
    for tape in tapes:
        for local in sorted(tape.events, key=lambda event: event.start):
            at = Milliseconds(start + local.start)
            yield _event(at, local, segments)
        start += tape.duration


def _event(start: Milliseconds, local: LocalEvent, segments: Sequence[Segment]) -> Event:
    """Return a step's event at its absolute start."""
    cue = local.cue
    return Event(
        start=start,
        duration=local.duration,
        kind="speech" if cue and not cue.earcon else "earcon",
        name=cue.name if cue else local.earcon,
        text=cue.text if cue else "",
        spoken=cue.spoken if cue else "",
        segment=bisect_right(segments, start, key=lambda one: one.start) - 1,
        required=cue.required if cue else local.earcon == "alarm",
        gain=local.gain,
    )


def _with_soft_tones(
    events: Iterable[Event], segments: Sequence[Segment], duration: Milliseconds, tone: Milliseconds
) -> Iterator[Event]:
    """Yield the events, and a soft tone wherever a quiet would be longer than a minute."""
    sounded = 0
    for event in events:
        yield from _tones(sounded, event.start, segments, tone)
        yield event
        sounded = event.start + event.duration
    yield from _tones(sounded, duration, segments, tone)


def _tones(begin: int, end: int, segments: Sequence[Segment], tone: Milliseconds) -> Iterator[Event]:
    while end - begin > LONGEST_QUIET:
        at = Milliseconds(begin + LONGEST_QUIET - tone)
        segment = segments[bisect_right(segments, at, key=lambda one: one.start) - 1]
        # A tone belongs to one segment: rather sooner than across the border.
        at = Milliseconds(min(at, segment.start + segment.duration - tone))
        yield _event(at, LocalEvent(at, tone, None, "soft_tone"), segments)
        begin = at + tone


def _with_lead_ins(
    events: Iterable[Event], segments: Sequence[Segment], lead_in: Milliseconds
) -> Iterator[Event]:
    """Yield the events, and a lead-in before speech or a bell that follows five seconds without sound."""
    sounded = 0
    for event in events:
        at = Milliseconds(event.start - LEAD_IN_AIR - lead_in)
        is_first = event.start < LEAD_IN_AFTER
        is_told = event.kind == "speech" or event.name in BELLS
        if is_told and (event.start - sounded >= LEAD_IN_AFTER or (is_first and not sounded)):
            yield _event(at, LocalEvent(at, lead_in, None, "lead_in"), segments)
        yield event
        sounded = event.start + event.duration
