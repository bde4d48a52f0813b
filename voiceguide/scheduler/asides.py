"""Plan + Language -> asides: what the player may say beside the script, when a key asks for it.

Which of them are said, and when, is decided while playing, and nothing is spoken then that was not made
before. So every number that may be needed has a cue of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from voiceguide.scheduler.actions import LEAST_GAP
from voiceguide.scheduler.bells import BELLS, name_of
from voiceguide.scheduler.blanks import fill_in
from voiceguide.scheduler.cue import Cue
from voiceguide.scheduler.hold import Measure
from voiceguide.scheduler.language import Language
from voiceguide.scheduler.plan import Plan
from voiceguide.scheduler.timeline import Event, Timeline
from voiceguide.scheduler.visit import Visit
from voiceguide.units import LONGEST_SESSION, MINUTE, NOTHING, SECOND, Milliseconds

MORE = Milliseconds(15 * SECOND)
"""How much longer a dose gets at a time, if it may."""
PATIENCE = Milliseconds(20 * SECOND)
"""How long a session that waits for a key waits where no hand is free for one; half more than to find."""
LATEST = 60
"""Minutes. Whoever ends later than that by a pause is told an hour."""
_AIR = Milliseconds(200)
"""Before an aside, so that it does not run into the sound of the key."""
_ALWAYS = (
    *("volume", "volume_soon", "going_on", "sound_back", "too_much", "waiting", "end_again"),
    *("first", "last", "longest", "as_the_first", "your_word"),
)
"""What has no number and no name in it."""
_LONGEST_HERE = Milliseconds(30 * MINUTE)
"""Nothing that is left at one stop is longer: not a dose, nor the ice."""

Asides = Mapping[str, tuple[Cue, ...]]
"""Cues by key: `bell.<bell>`, `going_on.<stop>`, `here.<stop>`, `next.<stop>`, `left.<minutes>`, …"""


def tell_left(time: Milliseconds) -> str:
    """Return the key of what tells how long is left at one stop: seconds by fives, then minutes."""
    if time < MINUTE - 2500:
        return f"left_here.{max(5, (time + 2500) // 5000 * 5)}"
    return f"left_here.{min(max(1, (time + MINUTE // 2) // MINUTE), _LONGEST_HERE // MINUTE) * 60}"


def tell_all_left(time: Milliseconds) -> str:
    """Return the key of what tells how long is left in all, to the nearest minute; six hours at most."""
    return f"left.{min(max(1, (time + MINUTE // 2) // MINUTE), LONGEST_SESSION // MINUTE)}"


def write_asides(
    plan: Plan,
    language: Language,
    *,
    longest: Milliseconds,
    longest_here: Milliseconds = _LONGEST_HERE,
    has_end: bool = False,
) -> Asides:
    """Return every aside that a session of a plan may need.

    Parameters
    ----------
    plan
        What is done.
    language
        In which words.
    longest
        Milliseconds that it takes at most, pauses apart.
    longest_here
        Milliseconds that it stays at one stop at most, pauses apart.
    has_end
        True if it was to end at a certain time: then it may be told how much later it does.
    """

    def say(key: str, section: str = "player", **values: str) -> tuple[Cue, ...]:
        values |= {name.capitalize(): value.capitalize() for name, value in values.items()}
        lines = language.lines(f"{section}.{key}")
        return tuple(fill_in(f"player.{key}", line, values, language) for line in lines)

    asides = {key: say(key) for key in _ALWAYS}
    asides |= {f"next.{what}": say(f"next_{what}") for what in ("ice", "rest", "end")}
    if plan.detail == "bells":
        asides |= {name_of(bell): say(name_of(bell).removeprefix("bell."), "bell") for bell in BELLS}
    asides["by_itself"] = say("by_itself", dose=language.duration(PATIENCE))
    for visit in plan.visits:
        asides |= dict(_of_visit(visit, language, say))
    most = min(longest_here, _LONGEST_HERE) // SECOND + 60
    for seconds in chain(range(5, 60, 5), range(60, most, 60)):
        told = language.duration(Milliseconds(seconds * SECOND))
        asides[f"left_here.{seconds}"] = say("left_here", dose=told)
    for minutes in range(1, min(longest, LONGEST_SESSION - MINUTE) // MINUTE + 2):
        told = language.about(Milliseconds(minutes * MINUTE))
        asides[f"left.{minutes}"] = say("left", minutes=told)
    for seconds in sorted(_longer(plan)):
        told = language.duration(Milliseconds(seconds * SECOND))
        asides[f"longer.{seconds}"] = say("longer", dose=told)
        asides[f"longer_each.{seconds}"] = say("longer_each", dose=told)
    for minutes in range(1, LATEST + 1) if has_end else ():
        told = language.about(Milliseconds(minutes * MINUTE))
        asides[f"late.{minutes}"] = say("late", minutes=told)
    return asides


def longest_by_keys(plan: Plan, duration: Milliseconds) -> Milliseconds:
    """Return how many milliseconds a session takes once a key has made every dose as long as it may get."""
    grown = (visit.dose.largest - visit.chosen for visit in plan.visits if visit.points and not visit.window)
    times = (visit.rounds * visit.repeats for visit in plan.visits if visit.points and not visit.window)
    return Milliseconds(duration + sum(more * often for more, often in zip(grown, times, strict=True)))


def _longer(plan: Plan) -> set[int]:
    """Return by how many seconds a dose may get longer at a time: by `MORE`, or by what is left of it."""
    lefts = [visit.dose.largest - visit.chosen for visit in plan.visits if visit.points and not visit.window]
    return {step // SECOND for left in lefts for step in (min(left, MORE), left % MORE) if step >= SECOND}


def _of_visit(
    visit: Visit, language: Language, say: Callable[..., tuple[Cue, ...]]
) -> Iterator[tuple[str, tuple[Cue, ...]]]:
    """Yield what is said of one stop, and of the doses its dose may grow to."""
    if not visit.points:
        title = language.lines(f"chapter.ice_{visit.zone}")[0].say
        yield f"going_on.{visit.stop}", say("going_on_with", part=title.lower())
        yield f"here.{visit.stop}", say("here_ice", part=title)
        return
    side = visit.side or "both"
    words = language.point(visit.entry)
    sides = {one: language.lines(f"side.{one}")[0].say for one in ("left", "right", "both")}
    part, three = words.part[side], words.three.format(side=sides[side])
    yield f"going_on.{visit.stop}", say("going_on_with", part=part)
    # The three words of a place say on which side it is.
    here = say("here_both", part=part) if side == "both" else say("here", part=part, three=three)
    yield f"here.{visit.stop}", here
    yield f"next.{visit.stop}", say("next", part=part)


def lay_asides(asides: Asides, measure: Measure) -> dict[str, Timeline]:
    """Return each aside in its own time, in milliseconds: its cues one after another."""
    return {key: _lay(cues, measure) for key, cues in asides.items()}


def _lay(cues: tuple[Cue, ...], measure: Measure) -> Timeline:
    events, at = [], _AIR
    for cue in cues:
        length = measure(cue.spoken)
        events.append(
            Event(at, length, "speech", cue.name, cue.text, cue.spoken, 0, required=False, gain=0.0)
        )
        at = Milliseconds(at + length + max(LEAST_GAP, cue.pause))
    return Timeline(at if cues else NOTHING, (), (), tuple(events))
