"""The questions before the first session: which comes next, which ends it, and what the answers leave out."""

from __future__ import annotations

from datetime import date
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.answers import WELL, answers_with, walked
from voiceguide.commands._outcomes import outcome
from voiceguide.gate import (
    AGREED,
    BY_ID,
    CHANGED,
    CONDITION,
    DOCTOR,
    EMERGENCY,
    MEANS,
    NEVER_LIFTED,
    QUESTIONS,
    STANDING,
    STOPS,
    Question,
    Walk,
    agreed_of,
    assist_of,
    cautions_of,
    fault_in,
    sign_of,
    stop_of,
)
from voiceguide.library import load_leaflet
from voiceguide.profile import Profile
from voiceguide.scheduler.point import CONDITIONS

SIGNS = [one for one in QUESTIONS if one.kind in STOPS]
ASKED_BY = {one.condition: one.id for one in QUESTIONS if one.kind == CONDITION}
"""One question for each condition: the last, of those that have several."""
RISKS = [one.id for one in QUESTIONS if one.condition == "at_risk" and one.kind == CONDITION]


# ── the table ──


def test_every_condition_of_a_person_is_asked_for() -> None:
    assert {one.condition for one in QUESTIONS if one.kind == CONDITION} == set(CONDITIONS)


def test_a_doctor_can_lift_every_condition_but_pregnancy_and_what_cold_would_harm() -> None:
    lifted = {one.condition for one in QUESTIONS if one.kind == AGREED}
    assert set(CONDITIONS) - lifted == set(NEVER_LIFTED) == {"pregnancy", "numbness", "poor_circulation"}


def test_no_question_is_there_twice() -> None:
    assert len({one.id for one in QUESTIONS}) == len(QUESTIONS)


def test_signs_of_an_emergency_are_asked_for_before_all_others() -> None:
    assert [one.kind for one in SIGNS] == sorted((one.kind for one in SIGNS), reverse=True)
    assert {one.kind for one in SIGNS} == {EMERGENCY, DOCTOR}


def test_an_answer_is_only_ever_led_to_by_an_earlier_question() -> None:
    order = [one.id for one in QUESTIONS]
    for one in QUESTIONS:
        assert all(order.index(name) < order.index(one.id) for name, _ in one.after)


def test_every_question_is_one_sentence_that_asks() -> None:
    words = load_leaflet("en").setup
    for one in QUESTIONS:
        text = words[f"ask_{one.id}"]
        assert text.endswith("?"), text
        assert text.count("?") == 1, text


def followed(question: Question, answer: str) -> tuple[bool, frozenset[str], int]:
    """Return what follows: whether it stops, what it leaves out, and how much is advised."""
    led = {"reach": "no", "helper": "no"} if question.kind == MEANS else {}
    found = walked({**led, **dict(question.after[:1]), question.id: answer}).found
    stops = stop_of(found) is not None
    return stops, cautions_of(found), len([*outcome(Profile(found, date(2026, 3, 1)))])


@pytest.mark.parametrize(
    "question", [one for one in QUESTIONS if one.kind != CHANGED], ids=lambda one: one.id
)
def test_whoever_is_not_sure_gets_the_answer_that_leaves_out_more(question: Question) -> None:
    stops, left_out, advised = followed(question, question.careful)
    for answer in {*question.takes} - {question.careful}:
        stops_otherwise, left_out_otherwise, advised_otherwise = followed(question, answer)
        if question.kind in STOPS or question.id.endswith("_seen"):
            assert stops > stops_otherwise
        elif question.kind in {CONDITION, AGREED}:
            assert left_out > left_out_otherwise
        elif question.id in {"long", "seen", "able"}:
            assert advised > advised_otherwise
        else:
            assert question.kind == MEANS


def test_whoever_is_not_sure_whether_anything_changed_is_asked_all_of_it() -> None:
    assert BY_ID["changed"].careful == "yes"


# ── the walk ──


@pytest.mark.parametrize("name", [one.id for one in QUESTIONS if one.kind != CHANGED])
def test_every_question_is_asked_of_somebody(name: str) -> None:
    question = next(one for one in QUESTIONS if one.id == name)
    assert name in walked({"reach": "no", **dict(question.after[:1])}).answers


@pytest.mark.parametrize("sign", SIGNS, ids=lambda one: one.id)
def test_every_sign_ends_it_at_once(sign: Question) -> None:
    walk = walked({sign.id: "yes"})
    assert list(walk.answers)[-1] == (sign.settled_by or sign.id), "nothing more is asked"
    assert stop_of(walk.found) == sign.kind
    assert sign_of(walk.found) is sign
    assert fault_in(walk.found) is None


@pytest.mark.parametrize("sign", [one for one in SIGNS if one.settled_by], ids=lambda one: one.id)
def test_a_sign_that_a_doctor_has_looked_at_stops_nobody(sign: Question) -> None:
    walk = walked({sign.id: "yes", sign.settled_by: "yes"})
    assert stop_of(walk.found) is None
    assert fault_in(walk.found) is None
    assert walk.answers["able"] == "yes", "it goes on to the last question"


def test_without_a_sign_nothing_stops() -> None:
    assert stop_of(answers_with()) is None
    assert cautions_of(answers_with()) == frozenset()


def test_whether_a_doctor_looked_is_asked_from_the_third_day_on_and_blocks_nothing() -> None:
    assert "seen" not in answers_with()
    assert answers_with(long="yes")["seen"] == "no"
    assert stop_of(answers_with(long="yes")) is None


def test_a_doctor_is_asked_about_only_where_there_is_something_to_agree_to() -> None:
    asked = set(answers_with())
    assert not any(one.id in asked for one in QUESTIONS if one.kind == AGREED)


@pytest.mark.parametrize("risk", RISKS)
def test_any_risk_leads_to_one_question_about_the_doctor(risk: str) -> None:
    assert cautions_of(answers_with(**{risk: "yes"})) == {"at_risk"}
    assert cautions_of(answers_with(**{risk: "yes", "at_risk_agreed": "yes"})) == frozenset()
    both = answers_with(**{"risk_age": "yes", risk: "yes", "at_risk_agreed": "yes"})
    assert (cautions_of(both), agreed_of(both)) == (frozenset(), ("at_risk",))


@pytest.mark.parametrize(("one", "other"), list(combinations(CONDITIONS, 2)))
def test_each_pair_of_conditions_leaves_out_just_what_no_doctor_lifted(one: str, other: str) -> None:
    for first, second in product(("no", "yes", "agreed"), repeat=2):
        said = {}
        for condition, answer in ((one, first), (other, second)):
            said[ASKED_BY[condition]] = "no" if answer == "no" else "yes"
            if answer == "agreed":
                said[f"{condition}_agreed"] = "yes"
        states = {one: first, other: second}
        left_out = {
            name
            for name, state in states.items()
            if state == "yes" or (state == "agreed" and name in NEVER_LIFTED)
        }
        lifted = {name for name, state in states.items() if state == "agreed"} - {*NEVER_LIFTED}
        answers = answers_with(**said)
        assert cautions_of(answers) == left_out
        assert set(agreed_of(answers)) == lifted


@pytest.mark.parametrize("condition", NEVER_LIFTED)
def test_not_even_a_forged_answer_lifts_what_nobody_can_lift(condition: str) -> None:
    answers = {**answers_with(**{condition: "yes"}), f"{condition}_agreed": "yes"}
    assert cautions_of(answers) == {condition}
    assert fault_in(answers) is not None


@pytest.mark.parametrize(
    ("said", "by"),
    [
        ({"reach": "yes"}, None),
        ({"reach": "no", "helper": "yes"}, "friend"),
        ({"reach": "no", "helper": "no", "ball": "yes"}, "ball"),
        ({"reach": "no", "helper": "no", "ball": "no"}, None),
    ],
)
def test_help_is_suggested_only_where_hands_do_not_reach(said: dict[str, str], by: str | None) -> None:
    assert assist_of(answers_with(**said)) == by


def test_a_wrong_answer_is_refused() -> None:
    with pytest.raises(ValueError, match="perhaps"):
        Walk().answered("perhaps")
    with pytest.raises(ValueError, match="yes"):
        walked({}).answered("yes")


@st.composite
def somebodys_answers(draw: st.DrawFn, kept: dict[str, str] | None = None) -> Walk:
    walk = Walk(kept=kept or {})
    while (question := walk.question) is not None:
        walk = walk.answered(draw(st.sampled_from(question.takes)))
    return walk


@st.composite
def mostly_well(draw: st.DrawFn) -> Walk:
    """Give the walk of somebody without a sign, whatever else they answer."""
    said = {one.id: draw(st.sampled_from(one.takes)) for one in QUESTIONS if one.kind not in STOPS}
    return walked(said)


@settings(max_examples=30)
@given(st.one_of(somebodys_answers(), mostly_well()))
def test_whatever_is_answered_makes_sense_and_can_be_taken_back(walk: Walk) -> None:
    assert fault_in(walk.found) is None
    assert walk.found == walk.answers
    steps = len(walk.answers)
    while walk.answers:
        name, answer = list(walk.answers.items())[-1]
        before = walk.back()
        assert before.question is not None
        assert before.question.id == name
        assert before.number <= before.count
        assert before.answered(answer) == walk
        walk = before
        steps -= 1
    assert (steps, walk.back()) == (0, walk)


@settings(max_examples=10)
@given(mostly_well())
def test_a_missing_answer_is_never_taken_for_a_no(walk: Walk) -> None:
    for name in walk.found:
        less = {other: answer for other, answer in walk.found.items() if other != name}
        assert fault_in(less) is not None


@given(mostly_well(), st.sampled_from(QUESTIONS), st.data())
def test_an_answer_too_many_or_another_one_is_noticed_or_makes_sense(
    walk: Walk, question: Question, data: st.DataObject
) -> None:
    changed = {**walk.found, question.id: data.draw(st.sampled_from([*question.takes, "", "maybe", "YES"]))}
    if fault_in(changed) is None:
        again = walked(changed)
        assert again.found == {name: changed[name] for name in again.found}
        assert set(changed) - set(again.found) <= set(STANDING)
        if stop_of(changed) is None:
            assert again.found == changed


# ── asked anew ──

KEPT = {name: answer for name, answer in answers_with(clots="yes", **WELL).items() if name in STANDING}


def test_signs_are_asked_anew_one_by_one_and_what_stands_only_if_it_changed() -> None:
    walk = walked({}, kept=KEPT)
    asked = list(walk.answers)
    assert asked == ["long", *(one.id for one in SIGNS), "changed"]
    assert cautions_of(walk.found) == {"clots"}
    assert "changed" not in walk.found
    assert fault_in(walk.found) is None


def test_what_changed_is_asked_anew_and_replaces_all_that_was_kept() -> None:
    walk = walked({"changed": "yes"}, kept=KEPT)
    assert {one for one in STANDING if one in walk.answers} == set(answers_with()) & set(STANDING)
    assert cautions_of(walk.found) == frozenset()


def test_a_sign_ends_it_also_for_somebody_who_was_asked_before_and_keeps_the_rest() -> None:
    walk = walked({"chest": "yes"}, kept=KEPT)
    assert stop_of(walk.found) == EMERGENCY
    assert cautions_of(walk.found) == {"clots"}
    assert fault_in(walk.found) is None
