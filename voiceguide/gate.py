"""Answers so far -> the next question, or what follows from them. Pure: the words are in a language.

What is asked before the first session, in order: how long it has hurt, the signs of something serious, the
illnesses that leave points out, and how a person can press. A sign ends it at once (S4, X17).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

YES, NO = "yes", "no"
UNSURE = "unsure"
SIDES = ("left", "right", UNSURE)
"""S34: not knowing is an answer."""
EMERGENCY, DOCTOR = "emergency", "doctor"
"""What a sign asks for: help now, or a doctor soon."""
STOPS = (EMERGENCY, DOCTOR)
CONDITION, AGREED = "condition", "agreed"
"""A condition that leaves points out, and whether a doctor agreed that they are pressed all the same."""
ADVICE, SEEN, CHANGED, MEANS = "advice", "seen", "changed", "means"
"""What leads to advice only; whether a doctor has looked; whether kept answers still hold; how a
person can press."""
NEVER_LIFTED = ("pregnancy", "numbness", "poor_circulation")
"""Conditions that no doctor's word lifts here: X2, and no cold for whoever would not feel it (X7)."""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to ask."""

    id: str
    """Its name among the answers, and of its words."""
    kind: str
    """What a yes means: one of the kinds above."""
    condition: str = ""
    """The condition it stands for, of `point.CONDITIONS`; empty if none."""
    takes: tuple[str, ...] = (YES, NO)
    """The answers there are."""
    after: tuple[tuple[str, str], ...] = ()
    """Earlier answers, question and answer, any one of which leads to it; empty if it is always asked."""
    settled_by: str = ""
    """For a sign, the question whether a doctor has looked at it, after which it stops nobody; else empty."""

    @property
    def careful(self) -> str:
        """What counts for whoever is not sure: the answer that leaves out more, or advises more."""
        if YES not in self.takes:
            return UNSURE
        return NO if self.kind in {AGREED, SEEN, MEANS} else YES


def _agreed(condition: str, *after: str) -> Question:
    """Return the question whether a doctor lifts a condition, asked after any yes to the others."""
    led = tuple((one, YES) for one in after or (condition,))
    return Question(f"{condition}_agreed", AGREED, condition, after=led)


def _sign(name: str, kind: str) -> tuple[Question, Question]:
    """Return a sign that may have been looked at, with the question whether it was."""
    seen = Question(f"{name}_seen", SEEN, after=((name, YES),))
    return Question(name, kind, settled_by=seen.id), seen


QUESTIONS: tuple[Question, ...] = (
    Question("long", ADVICE),
    Question("seen", SEEN, after=(("long", YES),)),
    Question("both_legs", EMERGENCY),
    Question("leg_strength", EMERGENCY),
    Question("saddle", EMERGENCY),
    Question("bladder", EMERGENCY),
    Question("bowels", EMERGENCY),
    Question("sex", EMERGENCY),
    Question("chest", EMERGENCY),
    *_sign("accident", EMERGENCY),
    Question("clot_signs", EMERGENCY),
    Question("fever", DOCTOR),
    *_sign("weight", DOCTOR),
    *_sign("lump", DOCTOR),
    *_sign("rest", DOCTOR),
    *_sign("night", DOCTOR),
    Question("changed", CHANGED),
    Question("serious_cause", CONDITION, "serious_cause"),
    _agreed("serious_cause"),
    Question("herniated_disc", CONDITION, "herniated_disc"),
    _agreed("herniated_disc"),
    Question("risk_age", CONDITION, "at_risk"),
    Question("risk_illness", CONDITION, "at_risk"),
    Question("risk_other", CONDITION, "at_risk"),
    _agreed("at_risk", "risk_age", "risk_illness", "risk_other"),
    Question("pregnancy", CONDITION, "pregnancy"),
    Question("thinners", CONDITION, "thinners"),
    _agreed("thinners"),
    Question("osteoporosis", CONDITION, "osteoporosis"),
    _agreed("osteoporosis"),
    Question("clots", CONDITION, "clots"),
    _agreed("clots"),
    Question("varicose_veins", CONDITION, "varicose_veins"),
    _agreed("varicose_veins"),
    Question("artificial_hip", CONDITION, "artificial_hip"),
    _agreed("artificial_hip"),
    Question("numbness", CONDITION, "numbness"),
    Question("poor_circulation", CONDITION, "poor_circulation"),
    Question("side", MEANS, takes=SIDES),
    Question("reach", MEANS),
    Question("helper", MEANS, after=(("reach", NO),)),
    Question("ball", MEANS, after=(("helper", NO),)),
    Question("able", MEANS),
)
"""All of them, in the order in which they are asked."""
_SHOWN = 40
"""Characters of nonsense that are shown."""
BY_ID: Mapping[str, Question] = {one.id: one for one in QUESTIONS}
STANDING = tuple(one.id for one in QUESTIONS[QUESTIONS.index(BY_ID["changed"]) + 1 :])
"""Names of the questions whose answers stay until they change; all before are about these days."""


@dataclass(frozen=True, slots=True)
class Walk:
    """How far somebody has come with the questions."""

    answers: Mapping[str, str] = field(default_factory=dict)
    """By question, in the order in which they were asked."""
    kept: Mapping[str, str] = field(default_factory=dict)
    """Standing answers from before, which hold if nothing has changed; empty for the first time."""

    @property
    def question(self) -> Question | None:
        """What is asked next; None once there is nothing more to ask."""
        if stop_of(self.answers):
            return None
        return next((one for one in self._led_to() if one.id not in self.answers), None)

    @property
    def number(self) -> int:
        """Which question it is, from 1."""
        return len(self.answers) + 1

    @property
    def count(self) -> int:
        """About how many there will be: what only some answers lead to is not counted yet."""
        return sum(1 for _ in self._led_to())

    @property
    def found(self) -> Mapping[str, str]:
        """All that is known once it is over: what was answered now, and what still holds from before."""
        now = {name: answer for name, answer in self.answers.items() if name != "changed"}
        return {**now, **self.kept} if self.answers.get("changed") != YES else now

    @property
    def more(self) -> int:
        """About how many questions a yes to this one adds."""
        return self.answered(YES).count - self.count

    def answered(self, answer: str) -> Walk:
        """Return the walk with an answer to the question; raise ValueError if that takes no such answer."""
        question = self.question
        if question is None or answer not in question.takes:
            raise ValueError(answer)
        return replace(self, answers={**self.answers, question.id: answer})

    def back(self) -> Walk:
        """Return the walk before the last answer; itself at the first question."""
        return replace(self, answers=dict(list(self.answers.items())[:-1]))

    def _led_to(self) -> Iterator[Question]:
        """Yield what the answers so far lead to, answered or not."""
        is_kept = bool(self.kept) and self.answers.get("changed") != YES
        for one in QUESTIONS:
            if (one.kind == CHANGED and not self.kept) or (one.id in STANDING and is_kept):
                continue
            if _is_led_to(one, self.answers):
                yield one


def _is_led_to(question: Question, answers: Mapping[str, str]) -> bool:
    return not question.after or any(answers.get(name) == answer for name, answer in question.after)


_SIGNS = {one.settled_by or one.id: one for one in QUESTIONS if one.kind in STOPS}
"""Signs, by the question whose answer tells whether they stop somebody."""


def sign_of(answers: Mapping[str, str]) -> Question | None:
    """Return the first sign of something serious that is there and no doctor has seen, or None."""
    return next((one for one in _SIGNS.values() if _stops(one, answers)), None)


def _stops(sign: Question, answers: Mapping[str, str]) -> bool:
    is_there = answers.get(sign.id) == YES
    return is_there and (not sign.settled_by or answers.get(sign.settled_by) == NO)


def stop_of(answers: Mapping[str, str]) -> str | None:
    """Return what a sign asks for, `emergency` or `doctor`; None if there is no sign."""
    sign = sign_of(answers)
    return sign.kind if sign else None


def conditions_of(answers: Mapping[str, str]) -> tuple[str, ...]:
    """Return the conditions that somebody has, in order, whatever a doctor said of them."""
    return tuple(
        dict.fromkeys(
            one.condition for one in QUESTIONS if one.kind == CONDITION and answers.get(one.id) == YES
        )
    )


def agreed_of(answers: Mapping[str, str]) -> tuple[str, ...]:
    """Return the conditions of somebody in spite of which a doctor agreed that they press."""
    return tuple(
        one
        for one in conditions_of(answers)
        if one not in NEVER_LIFTED and answers.get(f"{one}_agreed") == YES
    )


def reasons_of(answers: Mapping[str, str], condition: str) -> tuple[str, ...]:
    """Return the questions by whose answers somebody has a condition, in order."""
    return tuple(
        one.id
        for one in QUESTIONS
        if (one.kind, one.condition) == (CONDITION, condition) and answers.get(one.id) == YES
    )


def cautions_of(answers: Mapping[str, str]) -> frozenset[str]:
    """Return the conditions that leave points out, or ice: all that no doctor has lifted."""
    return frozenset(conditions_of(answers)).difference(agreed_of(answers))


def assist_of(answers: Mapping[str, str]) -> str | None:
    """Return who or what presses where hands do not reach, of `assist.ASSISTS`; None for nothing special."""
    if answers.get("reach") != NO:
        return None
    if answers.get("helper") == YES:
        return "friend"
    return "ball" if answers.get("ball") == YES else None


def fault_in(answers: Mapping[str, str]) -> str | None:
    """Return in words why these answers are none that the questions lead to; None if they are.

    A missing answer is a fault, never a no. Somebody who was stopped may have standing answers from before.
    """
    for name, answer in answers.items():
        if name not in BY_ID or BY_ID[name].kind == CHANGED:
            return f"there is no question {name[:_SHOWN]!r}"
        if answer not in BY_ID[name].takes:
            return f"{answer[:_SHOWN]!r} is no answer to '{name}'"
    standing = [name for name in STANDING if name in answers]
    is_stopped = False
    for one in QUESTIONS:
        if one.kind == CHANGED:
            if is_stopped and not standing:
                return None
            is_stopped = False
        elif not is_stopped and _is_led_to(one, answers):
            if one.id not in answers:
                return f"the answer to '{one.id}' is missing"
            is_stopped = one.id in _SIGNS and _stops(_SIGNS[one.id], answers)
        elif one.id in answers:
            return f"'{one.id}' is answered, which the other answers do not lead to"
    return None
