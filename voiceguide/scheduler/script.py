"""Step + Language -> cues: the words of a step, not yet in time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from voiceguide.scheduler.language import Language, Line
from voiceguide.scheduler.plan import LYING, Plan, Step
from voiceguide.scheduler.visit import OTHER, Visit
from voiceguide.units import MINUTE, NOTHING, Milliseconds

CHECK_EVERY = Milliseconds(5 * MINUTE)
"""X14: while ice is on, feeling is checked at least this often."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Words to say."""

    name: str
    """The phrase they come from, such as `open.safety`."""
    text: str
    """What a screen shows."""
    spoken: str
    """What the engine is given."""
    required: bool = False
    """True if it may never be dropped."""
    gap: int = 1
    """How large a share of its segment's silence follows it."""
    pause: Milliseconds = NOTHING
    """The silence that follows it at least."""


Words = Mapping[str, tuple[Cue, ...]]
"""The cues of a step by moment; each kind of step has its own moments."""


def write_words(step: Step, plan: Plan, language: Language) -> Words:
    """Return the words of one step.

    The moments are those that `timeline.lay_step` asks for: `say` for a step that is only talked through,
    and more for `treat` and `ice`.

    Raises
    ------
    VoiceguideError
        If the language lacks words the step needs.
    """
    return _Writer(step, plan, language).write()


def write_total(duration: Milliseconds, language: Language) -> Cue:
    """Return the cue that says how long a session of `duration` takes, true within thirty seconds."""
    line = language.lines("open.total")[0]
    return _cue("open.total", line, {"minutes": language.about(duration)}, language)


def _cue(name: str, line: Line, values: Mapping[str, str], language: Language) -> Cue:
    text = line.say.format_map(values)
    text = text[0].upper() + text[1:]
    return Cue(name, text, language.lexicon.respell(text), line.required, line.gap, line.pause)


class _Writer:
    """Fills in the placeholders of one step."""

    def __init__(self, step: Step, plan: Plan, language: Language) -> None:
        self.step = step
        self.plan = plan
        self.language = language
        self.values = self._values()

    def write(self) -> Words:
        kind = self.step.kind
        if kind == "treat":
            return self._treat(self._visit)
        if kind == "ice":
            return self._ice(self._visit)
        if kind == "open":
            return {"safety": self.say("open.safety"), "say": self._ice_total()}
        written = {
            "ready": self._ready,
            "move": self._move,
            "rise": self._rise,
            "bring": lambda: self._bring(self._visit),
            "switch_sides": lambda: self._switch(self._visit),
            "rest": lambda: (*self.say("rest.feet"), *self.say("rest.next")),
            "wait": lambda: self.say("wait.notice"),
            "close": self._close,
        }[kind]()
        return {"say": written}

    @property
    def _visit(self) -> Visit:
        assert self.step.visit is not None
        return self.step.visit

    def say(self, key: str, **more: str) -> tuple[Cue, ...]:
        """Return the cues of a phrase, filled in."""
        return self._fill(key, self.language.lines(key), more)

    def _fill(self, key: str, lines: Iterable[Line], more: Mapping[str, str] = {}) -> tuple[Cue, ...]:
        values = {**self.values, **more}
        return tuple(_cue(key, line, values, self.language) for line in lines)

    def _values(self) -> dict[str, str]:
        words = self.language
        first = self.plan.first_side
        sides = {side: words.lines(f"side.{side}")[0].say for side in ("left", "right", "both")}
        values = {"first": sides[first], "second": sides[OTHER[first]]}
        visit = self.step.visit
        if visit is not None:
            values["dose"] = words.duration(visit.chosen)
            values["times"] = words.count("time", visit.repeats)
        if visit is not None and visit.points:
            point = words.point(visit.entry)
            side = visit.side or "both"
            other = OTHER.get(side, "both")
            values |= {"side": sides[side], "other": sides[other]}
            values["three"] = point.three.format(side=sides[side])
            values |= {"part": point.part[side], "other_part": point.part[other]}
        following = self.step.following
        if following is not None and following.points:
            values["next"] = words.point(following.entry).part[following.side or "both"]
        return values | {name.capitalize(): value.capitalize() for name, value in values.items()}

    def _ice_total(self) -> tuple[Cue, ...]:
        ice = [visit for visit in self.plan.visits if not visit.points]
        total = Milliseconds(sum(visit.chosen for visit in ice))
        return self.say("open.with_ice", dose=self.language.duration(total)) if ice else ()

    def _ready(self) -> tuple[Cue, ...]:
        items = self.step.items
        lying = "supine" if any(visit.posture == "supine" for visit in self.plan.visits) else "on_side"
        fetched = [cue for item in items for cue in self.say(f"ready.{item}")]
        if fetched:
            fetched = [
                *self.say("ready.start"),
                *fetched,
                *self.say(f"ready.place_{lying}"),
                *self.say("ready.missing"),
            ]
        return (*fetched, *self.say("ready.rules"))

    def _move(self) -> tuple[Cue, ...]:
        step = self.step
        away = self.say("move.ball_away") if step.puts_ball_away else ()
        if step.origin == step.posture:
            return away
        if step.origin is None:
            return self.say(f"move.start.{step.posture}")
        words = (*away, *(cue for key in self._route() for cue in self.say(key)))
        if step.leads_to_ice:
            return words
        if step.posture in LYING and self.plan.routine.ready:
            words = (*words, *self.say("move.feel_for_things"))
        return (*words, *self.say("move.settle"))

    def _route(self) -> tuple[str, ...]:
        """Return the phrases from one posture to another: by sitting, if there is no shorter way."""
        origin, posture = self.step.origin or "", self.step.posture or ""
        if f"move.{origin}.{posture}" in self.language.phrases:
            return (f"move.{origin}.{posture}",)
        return f"move.{origin}.sitting", f"move.sitting.{posture}"

    def _rise(self) -> tuple[Cue, ...]:
        """Return the way up; at the planned end after asking for the ice, and how the back feels."""
        step = self.step
        away = self.say("move.ball_away") if step.puts_ball_away else ()
        iced = any(not visit.points for visit in self.plan.visits)
        ask = (*self.say("rise.ice_still_on"), *self.say("rise.notice")) if iced else ()
        return (*away, *(self.say("rise.early") if step.is_early else ask), *self.say(f"rise.{step.origin}"))

    def _method_lines(self, visit: Visit) -> Mapping[str, tuple[Line, ...]]:
        assert visit.method is not None
        return self.language.method(visit.entry, visit.method.name)

    def _moment(self, visit: Visit, *moments: str) -> tuple[Cue, ...]:
        """Return the cues of the first of these moments that the method has words for."""
        lines = self._method_lines(visit)
        for moment in moments:
            if lines[moment]:
                return self._fill(
                    f"{visit.entry}.{visit.method.name if visit.method else ''}.{moment}", lines[moment]
                )
        return ()

    def _bring(self, visit: Visit) -> tuple[Cue, ...]:
        return self._moment(visit, "bring") if visit.is_first else self._moment(visit, "bring_again", "bring")

    def _switch(self, visit: Visit) -> tuple[Cue, ...]:
        return (*self._moment(visit, "switch"), *self.say("switch.place"))

    def _close(self) -> tuple[Cue, ...]:
        zones = {visit.zone for visit in self.plan.visits if visit.points}
        baths = any("foot_bath" in visit.aftercare for visit in self.plan.visits)
        return (
            *(self.say("close.hands") if zones & {"hand", "arm"} else ()),
            *(self.say("close.foot_bath") if baths else ()),
            *self.say("close.stop_for_today"),
            *self.say("close.end"),
        )

    def _treat(self, visit: Visit) -> Words:
        repeats = visit.repeats > 1
        place = self._moment(visit, "place") if visit.is_first else self._moment(visit, "again", "place")
        dose = self._moment(visit, "dose")
        if visit.is_first and not dose:
            dose = self.say("dose.repeats" if repeats else f"dose.{self._action}")
        minutes = range(1, visit.chosen // MINUTE + 1)
        then = f"then.{self.step.upcoming}"
        if self.step.upcoming == "other_side" and visit.zone == "foot":
            then = "then.rest"
        return {
            "locate": (*place, *dose),
            "press": self._moment(visit, "press"),
            "middle": self._moment(visit, "hold") if repeats else (),
            "reassure": (*self._moment(visit, "tired"), *self._moment(visit, "hold")),
            "digits": self.say("hold.digits"),
            "next": self.say("hold.next"),
            "thirty": self.say("hold.thirty"),
            "halfway": self.say("hold.halfway"),
            "halfway_one_minute": self.say("hold.halfway_one_minute"),
            "minutes_left": tuple(
                cue
                for n in minutes
                for cue in self.say("hold.left", minutes=self.language.count("minute", n))
            ),
            "let_go": self.say("repeat.let_go"),
            "press_again": self.say("repeat.again"),
            "release": self._moment(visit, "release"),
            "rest": self.say("round.rest"),
            "leave": (*self._moment(visit, "leave"), *self.say(then)),
        }

    @property
    def _action(self) -> str:
        return self._visit.method.action if self._visit.method else ""

    def _ice(self, visit: Visit) -> Words:
        left = range(CHECK_EVERY, visit.chosen, CHECK_EVERY)
        return {
            "on": self.say(f"ice.on_{visit.zone}"),
            "start": self.say("ice.start"),
            **{
                f"check_{at}": (
                    *self.say("ice.left", minutes=self.language.duration(Milliseconds(visit.chosen - at))),
                    *self.say(f"ice.check_{visit.zone}"),
                )
                for at in left
            },
            "after_check": self.say(f"ice.after_check_{visit.zone}"),
            "last_minute": self.say("ice.last_minute"),
            "off": self.say(f"ice.off_{visit.zone}"),
        }
