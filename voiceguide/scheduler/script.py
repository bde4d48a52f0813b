"""Step + Language -> cues: the words of a step, not yet in time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain

from voiceguide.scheduler.actions import LONG_REST
from voiceguide.scheduler.bells import changes_position, find_bells, is_told, name_of, ring, sound
from voiceguide.scheduler.blanks import Values, fill_in
from voiceguide.scheduler.cue import Cue, Moments, Words
from voiceguide.scheduler.language import Language
from voiceguide.scheduler.line import Line
from voiceguide.scheduler.plan import DONE, LATER, LYING, SKIPPED, Plan, Step
from voiceguide.scheduler.visit import BACK, ICE_FOLLOWS, ICE_TIME, OTHER, Visit
from voiceguide.units import MINUTE, Milliseconds

IN_ONE_BREATH = 3
"""So many things are named in one sentence, so that it stays short."""
CHECK_EVERY = Milliseconds(5 * MINUTE)
"""X14: while ice is on, feeling is checked at least this often."""

LAID_OUT = {"ball_in_sock", "two_pillows", "rolled_towel", "cold_pack"}
"""What lies beside the body, within reach."""
OFFERS = {"back": "back", "hips": "back", "arm": "arms", "hand": "hands"}
"""Ice that the closing offers in words, by the zone that was worked on and not iced."""


def write_words(step: Step, plan: Plan, language: Language) -> Words:
    """Return the words of one step.

    The moments are those that `step_timeline.lay_step` asks for: `say` for a step that is only talked
    through, and more for `treat` and `ice`.

    Raises
    ------
    VoiceguideError
        If the language lacks words the step needs; for a `treat`, when they are asked for.
    """
    return _Writer(step, plan, language).write()


def write_total(duration: Milliseconds, language: Language) -> Cue:
    """Return the cue that says how long a session of `duration` takes, true within thirty seconds."""
    line = language.lines("open.total")[0]
    return fill_in("open.total", line, {"minutes": language.about(duration)}, language)


class _Writer:
    """Fills in the placeholders of one step."""

    def __init__(self, step: Step, plan: Plan, language: Language) -> None:
        self.step = step
        self.plan = plan
        self.language = language
        self.rings = plan.detail == "bells" and not is_told(step)
        self.detail = "brief" if plan.detail == "bells" and not self.rings else plan.detail
        self.values = Values(lambda name: _VALUES[name](self))

    def write(self) -> Words:
        kind = self.step.kind
        if kind == "treat":
            return self._treat(self.visit)
        if kind == "ice":
            return self._ice(self.visit)
        if kind == "open":
            more = (*self._ice_total(), *self._left_out(), *self._bells())
            safety = "safety_pregnant" if "pregnancy" in self.plan.cautions else "safety"
            return {"safety": self.say(f"open.{safety}"), "say": more}
        if kind == "cool_down":
            told = self.language.duration(self.step.lasts)
            return {"say": self.say("rest.instead", rest=told), "rest_ends": self.say("repeat.rest_ends")}
        written = {
            "ready": self._ready,
            "move": self._move,
            "rise": self._rise,
            "bring": lambda: self._bring(self.visit),
            "switch_sides": lambda: self._switch(self.visit),
            "rest": lambda: (*self.say("rest.feet"), *self.say("rest.next")),
            "wait": lambda: self.say("wait.notice"),
            "close": self._close,
        }[kind]()
        return {"say": written}

    @property
    def visit(self) -> Visit:
        assert self.step.visit is not None
        return self.step.visit

    @property
    def following(self) -> Visit:
        """The visit after this step."""
        assert self.step.following is not None
        return self.step.following

    def say(self, key: str, **more: str) -> tuple[Cue, ...]:
        """Return the cues of a phrase, filled in."""
        return self._fill(key, self.language.lines(key), more)

    def _fill(self, key: str, lines: Sequence[Line], more: Mapping[str, str] = {}) -> tuple[Cue, ...]:
        said = [line for line in lines if line.is_said(self.detail)]
        fields = [field for line in said for field in line.fields]
        values = {field: more[field] if field in more else self.values[field] for field in fields}
        # By identity, as in `fill_in`; and what is alike is filled in once for all its lines.
        made = self.language.filled_in
        which = key, id(lines), self.detail, *values.values()
        if which not in made:
            made[which] = lines, tuple(fill_in(key, line, values, self.language) for line in said)
        found: tuple[Cue, ...] = made[which][1]
        return found

    def side(self, side: str | None) -> str:
        """Return the word for a side."""
        return self.language.lines(f"side.{side or 'both'}")[0].say

    def part(self, visit: Visit, side: str | None) -> str:
        """Return the words for the part of the body where a visit's point is, on a side."""
        return self.language.point(visit.entry).part[side or "both"]

    def _left_out(self) -> tuple[Cue, ...]:
        """Return what a person may miss: parts of the body that anybody or anything left out.

        Not a part where something else is pressed: it would only seem to be left out. In the order in which
        the language has them, whatever left them out: so there is one sentence for each few of them.
        """
        points = self.language.points
        gone = {one.id for one in self.plan.left_out if one.why not in {LATER, DONE}}
        pressed = {points[visit.entry].part["both"] for visit in self.plan.visits if visit.entry in points}
        parts = dict.fromkeys(words.part["both"] for entry, words in points.items() if entry in gone)
        missed = [part for part in parts if part not in pressed]
        told = [missed[at : at + IN_ONE_BREATH] for at in range(0, len(missed), IN_ONE_BREATH)]
        return tuple(cue for some in told for cue in self.say("open.left_out", part=self._listed(some)))

    def _listed(self, words: list[str]) -> str:
        *others, last = words
        return self.language.joined.format(a=", ".join(others), b=last) if others else last

    def _ice_total(self) -> tuple[Cue, ...]:
        ice = [visit for visit in self.plan.visits if not visit.points]
        total = Milliseconds(sum(visit.chosen for visit in ice))
        return self.say("open.with_ice", dose=self.language.duration(total)) if ice else ()

    def _bells(self) -> tuple[Cue, ...]:
        """Return each bell of the session with what it asks for, where there are bells."""
        if self.plan.detail != "bells":
            return ()
        told = [(sound(one), *self.say(name_of(one))) for one in find_bells(self.plan)]
        return (*self.say("bell.intro"), *chain.from_iterable(told))

    def _ready(self) -> tuple[Cue, ...]:
        items = self.step.items
        by_bed = self._has_bed and "chair" in items
        names = [f"{item}_by_bed" if item == "chair" and by_bed else item for item in items]
        fetched = [cue for name in names for cue in self.say(f"ready.{name}")]
        if fetched:
            places = {self._place(visit.posture) for visit in self.plan.visits}
            poses = ("rolling", "supine", "prone", "on_side")
            where = next((pose for pose in poses if pose in places), "sitting")
            place = self.say(f"ready.place_{where}") if self._lays_things_out else ()
            fetched = [*self.say("ready.start"), *fetched, *place, *self.say("ready.missing")]
        bath = self._foot_bath == "before"
        either = self.say("ready.bath_or_lotion") if bath and "lotion" in items else ()
        bathed = (*self.say("ready.foot_bath"), *either) if bath else ()
        rules = "ready.rules_with_helper" if "helper" in items else "ready.rules"
        return (*fetched, *bathed, *self.say(rules))

    def _move(self) -> tuple[Cue, ...]:
        step = self.step
        away = self.say("move.ball_away") if step.puts_ball_away else ()
        if self.rings:
            return self._move_by_bell(away)
        if step.origin is None:
            return self.say(f"move.start.{self._place(step.posture)}")
        if step.origin == step.posture:
            return (*away, *(self.say("move.roll_over") if step.rolls_over else ()))
        turned = self.say("move.roll_over") if step.rolls_over else ()
        rung = ring("move") if self.plan.detail == "bells" else ()
        words = (*away, *rung, *turned, *(cue for key in self._route() for cue in self.say(key)))
        if step.leads_to_ice:
            return words
        if step.posture == "supine" and self._lays_things_out:
            words = (*words, *self.say("move.feel_for_things"))
        settle = f"move.settle_{step.posture}"
        return (*words, *self.say(settle if settle in self.language.phrases else "move.settle"))

    def _move_by_bell(self, away: tuple[Cue, ...]) -> tuple[Cue, ...]:
        """Return the bell, and the posture that is to be taken; how, is known."""
        step = self.step
        if not changes_position(step.origin, step.posture, rolls_over=step.rolls_over):
            return away
        key = f"to_{self._place(step.posture)}"
        if step.origin is None:
            key = f"start_{self._place(step.posture)}"
        elif step.origin == step.posture:
            key = "roll_over"
        elif step.leads_to_ice:
            key = "to_ice_from_prone" if step.origin == "prone" else "to_ice"
        # Who hears the bell moves: so what lies under the back is put away before.
        return (*away, *ring("move"), *self.say(f"bell.{key}"))

    def _route(self) -> tuple[str, ...]:
        """Return the phrases from one posture to another: by the bed's edge, if there is no shorter way."""
        origin, posture = self._place(self.step.origin), self._place(self.step.posture)
        origin = "on_side" if origin == "rolling" else origin  # the way out is by the second side in any case
        if f"move.{origin}.{posture}" in self.language.phrases:
            return (f"move.{origin}.{posture}",)
        return f"move.{origin}.sitting", f"move.sitting.{posture}"

    def _place(self, posture: str | None) -> str:
        """Return a posture as the phrases of moves call it.

        `sitting` is on the bed's edge, or on a `chair` where one is ready or nobody ever lies down; `on_side`
        is `rolling` where the session lies on both sides.
        """
        if posture == "sitting" and ("chair" in self.plan.routine.ready or not self._has_bed):
            return "chair"
        both = any(visit.lies_on == self.plan.first_side for visit in self.plan.visits)
        return "rolling" if posture == "on_side" and both else posture or ""

    @property
    def iced(self) -> str:
        """The words for what the back's ice lies on: the low back, unless only the hips were worked on."""
        worked = {visit.zone for visit in self.plan.visits if visit.points} & BACK
        return self.language.lines("ice.place_hips" if worked == {"hips"} else "ice.place_back")[0].say

    @property
    def _foot_bath(self) -> str:
        """When a cold bath is offered for feet that are pressed: `before` or `after`; empty for never."""
        feet = any("foot_bath" in visit.aftercare for visit in self.plan.visits)
        return self.plan.routine.foot_bath if feet and self.plan.bears_cold else ""

    @property
    def _has_bed(self) -> bool:
        return any(visit.posture in LYING for visit in self.plan.visits)

    @property
    def _lays_things_out(self) -> bool:
        """True if something lies beside the body, to be reached for."""
        return bool(LAID_OUT & self._ready_items)

    @property
    def _ready_items(self) -> set[str]:
        return {item for step in self.plan.steps for item in step.items}

    def _rise(self) -> tuple[Cue, ...]:
        """Return the way up; at the planned end after asking for the ice, and how the back feels."""
        step = self.step
        away = self.say("move.ball_away") if step.puts_ball_away else ()
        iced = any(not visit.points for visit in self.plan.visits)
        ask = (*self.say("rise.ice_still_on"), *self.say("rise.notice")) if iced else ()
        turned = self.say("rise.roll_over") if step.rolls_over else ()
        up = (*turned, *self.say(f"rise.{step.origin}"))
        feet = self.say("rise.early_feet") if step.origin in {"sitting", "supine"} else ()
        return (*away, *((*self.say("rise.early"), *feet) if step.is_early else ask), *up)

    def _method_lines(self, visit: Visit) -> Mapping[str, tuple[Line, ...]]:
        assert visit.method is not None
        return self.language.method(visit.entry, visit.wording)

    def moment(self, visit: Visit, *moments: str) -> tuple[Cue, ...]:
        """Return the cues of the first of these moments that says any, or with bells has any to say."""
        lines = self._method_lines(visit)
        for moment in moments:
            said = self._fill(f"{visit.entry}.{visit.wording}.{moment}", lines[moment])
            if said or (self.rings and lines[moment]):
                return said
        return ()

    def _bring(self, visit: Visit) -> tuple[Cue, ...]:
        moments = ("bring",) if visit.is_first else ("bring_again", "bring")
        return (*(self.say("bell.ball") if self.rings else ()), *self.moment(visit, *moments))

    def _switch(self, visit: Visit) -> tuple[Cue, ...]:
        rung = ring("switch_sides") if self.rings else ()
        return (*rung, *self.moment(visit, "switch"), *self.say("switch.place"))

    def _close(self) -> tuple[Cue, ...]:
        worked = {visit.zone for visit in self.plan.visits if "ice" in visit.aftercare}
        ice = (one for one in self.plan.left_out if one.id.startswith("ice."))
        left = {one.id.removeprefix("ice."): one.why for one in ice}
        later = [zone for zone, why in left.items() if why == LATER]
        iced = {visit.zone for visit in self.plan.visits if not visit.points} | {*later}
        told = {zone for one in iced for zone in ICE_FOLLOWS[one]}
        offers = dict.fromkeys(OFFERS[zone] for zone in OFFERS if zone in worked - told)
        offers = {} if SKIPPED in left.values() or not self.plan.bears_cold else offers
        after = [*offers, *(["foot_bath"] if self._foot_bath == "after" else [])]
        if "lotion" in self._ready_items:
            after += ["lotion_or_bath", "lotion"] if self.plan.bears_cold else ["lotion"]
        doses = {zone: self.language.duration(ICE_TIME[zone]) for zone in later}
        return (
            *(cue for zone in later for cue in self.say(f"close.later_{zone}", dose=doses[zone])),
            *(self.say("close.later") if later else ()),
            *(cue for one in after for cue in self.say(f"close.{one}")),
            *self.say("close.stop_for_today"),
            *self.say("close.end"),
        )

    def _treat(self, visit: Visit) -> Words:
        names = (*_TREATING, *(f"rest_{at}" for at in visit.rests))
        return Moments(names, lambda name: self._treating(visit, name))

    def _treating(self, visit: Visit, moment: str) -> tuple[Cue, ...]:
        if moment in _TREATING:
            rung = ring(moment) if self.rings else ()
            return (*rung, *_TREATING[moment](self, visit))
        rest = next(at for at in visit.rests if moment == f"rest_{at}")
        is_told = not self.rings or rest >= LONG_REST
        return self.say("repeat.rest", rest=self.language.duration(rest)) if is_told else ()

    def locate(self, visit: Visit) -> tuple[Cue, ...]:
        place = self.moment(visit, "place") if visit.is_first else self.moment(visit, "again", "place")
        dose = self.moment(visit, "dose")
        if self.detail == "brief" and not visit.is_first:
            # The second side takes as long as the first: who knows the session needs no reminder.
            dose = tuple(cue for cue in dose if cue.required)
        if visit.is_first and not dose:
            dose = self.say("dose.repeats" if visit.repeats > 1 else f"dose.{self._action}")
        return (*(() if visit.massage else self._named(visit)), *place, *dose)

    def prepare(self, visit: Visit) -> tuple[Cue, ...]:
        moments = ("prepare",) if visit.is_first else ("prepare_again", "prepare")
        return (*self._named(visit), *self.moment(visit, *moments))

    def _named(self, visit: Visit) -> tuple[Cue, ...]:
        """Return the name of the place, which no bell can tell; where a ball is, it was told."""
        by_ball = visit.method is not None and visit.method.name == "ball"
        return () if by_ball or not self.rings else self.say("bell.part")

    def minutes_left(self, visit: Visit) -> tuple[Cue, ...]:
        minutes = range(1, max(visit.chosen, visit.massage) // MINUTE + 1)
        return tuple(
            cue for n in minutes for cue in self.say("hold.left", minutes=self.language.count("minute", n))
        )

    def then(self, visit: Visit) -> tuple[Cue, ...]:
        rests = self.step.upcoming == "other_side" and visit.zone == "foot"
        return self.say("then.rest" if rests else f"then.{self.step.upcoming}")

    @property
    def _action(self) -> str:
        return self.visit.method.action if self.visit.method else ""

    def _ice(self, visit: Visit) -> Words:
        left = range(CHECK_EVERY, visit.chosen, CHECK_EVERY)
        is_first = visit.stop == self.plan.ice[0].stop
        why = self.say("ice.why") if is_first else ()
        return {
            "on": (*(() if is_first else self.say("ice.on_again")), *self.say(f"ice.on_{visit.zone}")),
            "start": (*self.say("ice.start"), *why, *self.say("ice.stop")),
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


_VALUES: Mapping[str, Callable[[_Writer], str]] = {
    "first": lambda to: to.side(to.plan.first_side),
    "second": lambda to: to.side(OTHER[to.plan.first_side]),
    "iced": lambda to: to.iced,
    "dose": lambda to: to.language.duration(to.visit.chosen),
    "massage": lambda to: to.language.duration(to.visit.massage),
    "times": lambda to: to.language.count("time", to.visit.repeats),
    "side": lambda to: to.side(to.visit.side),
    "other": lambda to: to.side(OTHER.get(to.visit.side or "")),
    "three": lambda to: to.language.point(to.visit.entry).three.format(side=to.side(to.visit.side)),
    "part": lambda to: to.part(to.visit, to.visit.side),
    "other_part": lambda to: to.part(to.visit, OTHER.get(to.visit.side or "")),
    "next": lambda to: to.part(to.following, to.following.side),
}
"""What stands for a placeholder of the phrases."""
_TREATING: Mapping[str, Callable[[_Writer, Visit], tuple[Cue, ...]]] = {
    "prepare": lambda to, visit: to.prepare(visit),
    "massage": lambda to, visit: to.moment(visit, "massage"),
    "after_massage": lambda to, _: to.say("hold.after_massage"),
    "locate": lambda to, visit: to.locate(visit),
    "press": lambda to, visit: to.moment(visit, "press"),
    "press_repeat": lambda to, visit: to.moment(visit, "press_again", "press"),
    "middle": lambda to, visit: to.moment(visit, "hold") if visit.repeats > 1 else (),
    "reassure": lambda to, visit: (*to.moment(visit, "tired"), *to.moment(visit, "hold")),
    "digits": lambda to, _: to.say("hold.digits"),
    "next": lambda to, _: to.say("hold.next"),
    "thirty": lambda to, _: to.say("hold.thirty"),
    "halfway": lambda to, _: to.say("hold.halfway"),
    "halfway_one_minute": lambda to, _: to.say("hold.halfway_one_minute"),
    "minutes_left": lambda to, visit: to.minutes_left(visit),
    "let_go": lambda to, _: to.say("repeat.let_go"),
    "press_again": lambda to, _: to.say("repeat.again"),
    "release": lambda to, visit: to.moment(visit, "release"),
    "rest": lambda to, _: to.say("round.rest"),
    "rest_ends": lambda to, _: to.say("repeat.rest_ends"),
    "leave": lambda to, visit: (*to.moment(visit, "leave"), *to.then(visit)),
}
"""What is said while a point is pressed, by moment."""
