"""Strings the stages together: compile_session(...) -> Session, ready to play, export or show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any

from voiceguide.document import make_document
from voiceguide.earcons import EARCON_LENGTHS, make_earcon
from voiceguide.errors import ImpossibleLength, InvalidContent, Problem, UsageError
from voiceguide.scheduler import body
from voiceguide.scheduler.asides import lay_asides, longest_by_keys, write_asides
from voiceguide.scheduler.choices import choose_in_plan, choose_in_routine, go_on_after, settle
from voiceguide.scheduler.cue import Words
from voiceguide.scheduler.fit import Fit, find_ends, find_ranges, fit
from voiceguide.scheduler.language import Language, MissingWords
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.plan import Plan, make_plan_of_what_is_right
from voiceguide.scheduler.point import Point
from voiceguide.scheduler.routine import Routine
from voiceguide.scheduler.ruler import Ruler
from voiceguide.scheduler.script import write_words
from voiceguide.scheduler.step_timeline import TOTAL_SLOT
from voiceguide.scheduler.ticks import with_signals
from voiceguide.scheduler.timeline import LEAD_IN_AIR, Event, Timeline, lay_out, lay_out_ways_up
from voiceguide.tape import Dose
from voiceguide.units import LOUDNESS, NOTHING, SAMPLERATE, Milliseconds, clock, up_to_seconds
from voiceguide.voice import Voice

if TYPE_CHECKING:
    from voiceguide.background import Background
    from voiceguide.mixer import Mixer

USUAL = Options()
"""Nothing asked for."""
Ranges = tuple[tuple[Milliseconds, Milliseconds], ...]
"""The shortest and the longest of each range of lengths, in milliseconds."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Sound:
    """A timeline in one voice: what is played and exported."""

    timeline: Timeline
    """When what sounds."""
    voice: Voice
    """Who speaks."""
    samplerate: int = SAMPLERATE
    """Hertz."""
    loudness: float = LOUDNESS
    """LUFS of speech; signals keep their distance from it."""
    room_tone: bool = False
    """True if there is a hush under everything."""
    background: Background | None = None
    """What else lies under it; None for nothing."""
    ways_up: Mapping[str, Timeline] = field(default_factory=dict)
    """By pose (`Segment.pose`): how it ends if it is to end now."""
    asides: Mapping[str, Timeline] = field(default_factory=dict)
    """By key: what is said when a key asks for it."""

    @property
    def doses(self) -> Mapping[str, Dose]:
        """How long the dose of each stop is, and may get; empty where nothing is pressed."""
        return {}

    @property
    def busy(self) -> frozenset[str]:
        """The stops at which no hand is free for a key."""
        return frozenset()

    @cached_property
    def _mixer(self) -> Mixer:
        return self.mix(self.timeline)

    def mix(self, timeline: Timeline) -> Mixer:
        """Return the sound of a timeline whose words this voice has been given; loads every clip."""
        from voiceguide.background import lay_bed
        from voiceguide.clip import resample
        from voiceguide.loudness import shifted
        from voiceguide.mixer import Mixer

        rate, shift = self.samplerate, self.loudness - LOUDNESS
        gains: dict[str, float] = {}
        for event in timeline.events:
            gains[event.name] = max(event.gain, gains.get(event.name, event.gain))
        texts = {event.spoken for event in timeline.events if event.kind == "speech"}
        names = {event.name for event in timeline.events if event.kind == "earcon"}
        speech = {text: resample(shifted(self.voice.clip(text), shift), rate) for text in texts}
        earcons = {name: resample(shifted(make_earcon(name), shift, gains[name]), rate) for name in names}
        under, events = self.background, timeline.events
        bed = lay_bed(under, events, rate, self.loudness) if under else None
        return Mixer(timeline, speech, earcons, rate, room_tone=self.room_tone, bed=bed)

    def measure(self) -> tuple[float | None, float]:
        """Return the LUFS of its speech and the highest sample, linear; reads its clips."""
        from voiceguide.loudness import MANY, loudness_of, shifted

        texts = dict.fromkeys(event.spoken for event in self.timeline.events if event.kind == "speech")
        # Enough to tell: it is one voice, and every cue at its level.
        clips = (shifted(self.voice.clip(text), self.loudness - LOUDNESS) for text in islice(texts, MANY))
        return loudness_of(clip.samples for clip in clips), self.mixer().peak

    def mixer(self) -> Mixer:
        """Return the sound, the same object each time; loads every clip at the first call."""
        return self._mixer


@dataclass(frozen=True, kw_only=True)
class Session(Sound):
    """A routine in time and in one voice."""

    plan: Plan
    """What is done."""
    language: Language
    """In which words."""
    options: Options = USUAL
    """What was asked for."""
    as_written: Plan
    """What would be done at usual doses, whatever length was asked for."""
    fitted: Fit | None = None
    """How it was made as long as was asked for; None if it takes its usual time."""

    @property
    def title(self) -> str:
        """The routine's title in the session's language."""
        return self.plan.routine.title(self.language.tag)

    @property
    def doses(self) -> Mapping[str, Dose]:
        """How long the dose of each stop is, and may get; what is spread over a window is left out."""
        return {
            visit.stop: Dose(visit.chosen, visit.dose.largest)
            for visit in self.plan.visits
            if visit.points and not visit.window
        }

    @property
    def busy(self) -> frozenset[str]:
        """The stops at which no hand is free for a key."""
        return frozenset(
            visit.stop for visit in self.plan.visits if visit.points and len(body.hands_of(visit)) > 1
        )

    def document(self) -> dict[str, Any]:
        """Return the timeline document: plain data, in seconds, versioned."""
        return make_document(self)

    def find_lengths(self) -> tuple[Ranges, Milliseconds]:
        """Return the lengths it could have with these options, and the usual one; may have to speak."""
        ruler = Ruler(self.language, self.voice.measure, EARCON_LENGTHS)
        usual = ruler.settled_total(self.as_written, self.as_written.pace.usual)
        return find_ranges(self.as_written, ruler), usual


def compile_saying(text: str, language: Language, voice: Voice) -> Sound:
    """Return one sentence of a person's own, spoken as a cue would be.

    Raises
    ------
    Unavailable
        If the voice fails.
    """
    spoken = language.lexicon.respell(text)
    voice.prepare([spoken])
    length = voice.measure(spoken)
    lead_in = EARCON_LENGTHS["lead_in"]
    start = Milliseconds(lead_in + LEAD_IN_AIR)
    events = (
        Event(NOTHING, lead_in, "earcon", "lead_in", "", "", 0, required=False, gain=0.0),
        Event(start, length, "speech", "say", text, spoken, 0, required=True, gain=0.0),
    )
    return Sound(timeline=Timeline(Milliseconds(start + length), (), (), events), voice=voice)


def write_script(
    routine: Routine, points: Mapping[str, Point], language: Language, options: Options = USUAL
) -> tuple[Plan, list[Words]]:
    """Return the plan of a routine, checked against the body, and the words of every step.

    Raises
    ------
    InvalidContent
        With everything at once: what is wrong with the plan, every step no body could do, and every step
        the language lacks words for.
    UsageError
        If an option cannot be met.
    """
    options = settle(options, routine, points)
    routine = choose_in_routine(routine, points, options)
    plan, problems = make_plan_of_what_is_right(routine, points, first_side=options.first_side)
    if not problems:
        plan = choose_in_plan(plan, options)
    later = list(body.walk(plan)[1])
    words: list[Words] = []
    for step in plan.steps:
        try:
            words.append(dict(write_words(step, plan, language)))  # all of it: what is missing is told now
        except MissingWords as error:
            later.append(Problem(step.path, error.message, hint=error.hint))
    # What follows from a fault that is told already is no news: the same step, or no step in particular.
    told = {problem.path[:2] for problem in problems}
    problems.extend(one for one in later if not told or (one.path and one.path[:2] not in told))
    if problems:
        raise InvalidContent(dict.fromkeys(problems))
    return plan, words


def compile_session(
    routine: Routine,
    points: Mapping[str, Point],
    language: Language,
    voice: Voice,
    options: Options = USUAL,
    *,
    sounds: bool = True,
    live: bool = False,
    progress: Progress | None = None,
) -> Session:
    """Return the session of a routine in one voice.

    Parameters
    ----------
    routine, points, language, voice
        What is done, where, in which words, and who speaks.
    options : Options
        What is asked of it.
    sounds : bool
        True if it will be played or written: then every clip is made now. False if its times are enough:
        then only texts of unknown length are spoken.
    live : bool
        True if keys will be pressed: then all that they may call for is made now, too.
    progress : callable, optional
        Called after each clip that had to be made, with how many are done and of how many.

    Raises
    ------
    VoiceguideError
        If the content is wrong, words are missing, an option cannot be met, or the voice fails or is one for
        another language.
    """
    if voice.foreign:
        raise UsageError(voice.foreign, hint="`voiceguide list voices` shows the language of each.")
    asked, options = options, settle(options, routine, points)
    as_written, words = write_script(routine, points, language, options)
    plan, fitted = as_written, None

    def prepare(texts: Iterable[str]) -> None:
        voice.prepare(
            texts if sounds else (text for text in texts if voice.known_length(text) is None), progress
        )

    # All at once, as some engines take a second to start: to fit a length then asks for a few texts more.
    if options.length and plan.can_be_brief:
        brief = replace(plan, detail="brief")
        words.extend(write_words(step, brief, language) for step in plan.steps)
    prepare(_texts(words))
    words = words[: len(plan.steps)]
    if length := options.length:
        ruler = Ruler(language, voice.measure, EARCON_LENGTHS)
        fitted = fit(plan, length, ruler)
        if fitted is None and "length" in options.standing:
            options = options.without("length")
        elif fitted is None:
            others = {
                option: write_script(routine, points, language, other)[0]
                for option, other in _other_wishes(options, plan)
            }
            raise _impossible(length, plan, ruler, others, is_own=asked.length is None)
    if fitted is not None:
        plan = fitted.plan
    if options.done:
        # In the doses and at the pace that were chosen then, however long that is.
        plan = go_on_after(plan, options.done)
        pace = fitted.paces[0] if fitted else plan.pace.usual
        fitted = Fit(plan, (pace,) * len(plan.steps), (NOTHING,) * len(plan.steps), 0, TOTAL_SLOT)
    if fitted is not None:
        words = [write_words(step, plan, language) for step in plan.steps]
        prepare(_texts(words))
    timeline = lay_out(
        plan,
        words,
        language,
        voice.measure,
        earcon_lengths=EARCON_LENGTHS,
        paces=fitted.paces if fitted else (),
        extras=fitted.extras if fitted else (),
        total_slot=fitted.total_slot if fitted else TOTAL_SLOT,
    )
    timeline = with_signals(timeline, options, EARCON_LENGTHS)
    ways_up: dict[str, Timeline] = {}
    if sounds:
        ways_up = lay_out_ways_up(plan, language, voice.measure, earcon_lengths=EARCON_LENGTHS)
        ways_up = {pose: with_signals(one, options, EARCON_LENGTHS) for pose, one in ways_up.items()}
        spoken = [event.spoken for one in (timeline, *ways_up.values()) for event in one.events]
        voice.prepare(text for text in spoken if text)
    asides: dict[str, Timeline] = {}
    if live:
        starts = [*(chapter.start for chapter in timeline.chapters), timeline.duration]
        written = write_asides(
            plan,
            language,
            longest=longest_by_keys(plan, timeline.duration),
            longest_here=Milliseconds(2 * max(end - start for start, end in pairwise(starts))),
            has_end=options.ends is not None,
        )
        prepare(cue.spoken for cues in written.values() for cue in cues)
        asides = lay_asides(written, voice.measure)
    return Session(
        timeline=timeline,
        voice=voice,
        plan=plan,
        language=language,
        options=options,
        as_written=as_written,
        fitted=None if options.done else fitted,
        ways_up=ways_up,
        asides=asides,
    )


def _other_wishes(options: Options, plan: Plan) -> Iterator[tuple[str, Options]]:
    """Yield what may make another length possible, as it is typed, with the options it leads to."""
    fixed = plan.routine.fix
    if plan.ice and "ice" not in fixed:
        yield "--ice later", replace(options, ice="later")
        yield "--ice 10m", replace(options, ice="10m")
    if options.detail in {"full", "bells"} and "detail" not in fixed:
        yield "--detail auto", replace(options, detail="auto")
    if options.pace != "usual" and "pace" not in fixed:
        yield "--pace usual", replace(options, pace="usual")


def _impossible(
    length: Milliseconds, plan: Plan, ruler: Ruler, others: Mapping[str, Plan], *, is_own: bool
) -> ImpossibleLength:
    """Return the error that tells which lengths a plan can take, and what would make this one possible.

    `others` are plans made with one option more, by that option as it is typed; `is_own` is true for a length
    that nobody asked for but the routine itself.
    """
    ranges = [(up_to_seconds(low), high) for low, high in find_ranges(plan, ruler)]
    told = " or ".join(f"{clock(low)} to {clock(high)}" for low, high in ranges)
    whose = ", which it states itself" if is_own else ""
    error = ImpossibleLength(f"'{plan.routine.id}' takes {told}, not {clock(length)}{whose}")
    for option, other in others.items():
        if fit(other, length, Ruler(ruler.language, ruler.measure, ruler.earcon_lengths)):
            error.remedies = (*error.remedies, option)
    if "length" in plan.routine.fix:
        error.hint = "its file says `fix: [length]`: change the `length` there."
    else:
        nearest = min((end for both in ranges for end in both), key=lambda end: abs(end - length))
        error.nearest = clock(nearest)
        error.hint = f"`--length {error.nearest}` would do."
    return error


@dataclass(frozen=True, slots=True)
class Estimate:
    """How long a routine takes, by some measure of its words."""

    plan: Plan
    """What is done."""
    shortest: Milliseconds
    """At least."""
    usual: Milliseconds
    """If no length is asked for."""
    longest: Milliseconds
    """At most."""


def estimate(
    routine: Routine,
    points: Mapping[str, Point],
    language: Language,
    measure: Callable[[str], Milliseconds],
    options: Options = USUAL,
) -> Estimate:
    """Return how long a routine takes by some measure of its words, without any sound.

    Raises
    ------
    VoiceguideError
        If the routine is wrong.
    """
    plan, words = write_script(routine, points, language, options)
    ruler = Ruler(language, measure, EARCON_LENGTHS)
    usual = lay_out(plan, words, language, measure, earcon_lengths=EARCON_LENGTHS).duration
    shortest, longest = find_ends(plan, ruler)
    return Estimate(plan, shortest, routine.length or usual, longest)


def _texts(words: Iterable[Words]) -> list[str]:
    """Return every distinct spoken text that a timeline of these words may ask for, in order."""
    cues = (cue for said in words for cues in said.values() for cue in cues)
    return list(dict.fromkeys(cue.spoken for cue in cues if cue.spoken))
