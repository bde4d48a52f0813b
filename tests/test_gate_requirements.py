"""What is asked and told before the first session, number by number: S1 to S12 and X17."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import cache

import pytest

import tests.test_requirements  # noqa: F401 - enters its numbers into the table first
from tests.answers import answers_with
from tests.requirements import CHECKS, ENGLISH, POINTS, requirement
from voiceguide.commands._outcomes import outcome, where_to_get_help
from voiceguide.errors import NothingLeft
from voiceguide.gate import DOCTOR, EMERGENCY, QUESTIONS, STOPS
from voiceguide.library import find_routine, load_leaflet, load_routine, routine_names
from voiceguide.profile import Profile
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.plan import Plan
from voiceguide.session import write_script

LEAFLET = load_leaflet("en")
WORDS = LEAFLET.setup
DAY = date(2026, 3, 1)
BACK = {"b23", "b47", "b48", "g30"}
LEGS = {"toe", "sole", "b53", "b54"}


def told(**answers: str) -> str:
    """Return all that follows from these answers, as `setup` tells it."""
    return " ".join(outcome(Profile(answers_with(**answers), DAY))).lower()


def about(*words: str) -> None:
    """Check that `about` says all of this."""
    text = " ".join(line for section in LEAFLET.about for line in section.text).lower()
    assert [word for word in words if word not in text] == []


def asked(kind: Iterable[str]) -> str:
    return " ".join(WORDS[f"ask_{one.id}"] for one in QUESTIONS if one.kind in kind).lower()


@cache
def planned(name: str, cautions: frozenset[str]) -> tuple[Plan, str] | None:
    """Return what is done and said for somebody with these conditions; None if nothing is left."""
    try:
        plan, words = write_script(
            load_routine(find_routine(name)), POINTS, ENGLISH, Options(cautions=cautions)
        )
    except NothingLeft:
        return None
    return plan, " ".join(cue.text for said in words for cues in said.values() for cue in cues)


def pressed(**answers: str) -> set[str]:
    """Return every point that any routine still presses for somebody who answers so."""
    profile = Profile(answers_with(**answers), DAY)
    assert profile.stop is None
    plans = (planned(name, profile.cautions) for name in routine_names())
    return {point for made in plans if made for visit in made[0].visits for point in visit.points}


def iced(**answers: str) -> bool:
    """Return True if anything is iced, or a foot bath offered, for somebody who answers so."""
    cautions = Profile(answers_with(**answers), DAY).cautions
    made = [both for name in routine_names() if (both := planned(name, cautions))]
    return any(plan.ice or "bathe" in said.lower() for plan, said in made)


@requirement("S1", "says to see the family doctor if the pain has not gone after a few days")
def s1() -> None:
    assert "three days or more" in WORDS["ask_long"]
    assert "see your family doctor" in told(long="yes")
    assert "see your family doctor" not in told(long="yes", seen="yes")
    about("family doctor", "a few days")


@requirement("S2", "for mechanical back pain only, not for serious causes such as cancer")
def s2() -> None:
    for said in (told(), told(long="yes", clots="yes")):
        assert "mechanical back pain only" in said
        assert "no treatment for cancer" in said
    about("mechanical back pain only", "no treatment for cancer")


@requirement("S3", "asks for the serious causes, and presses nothing with them until a doctor agrees")
def s3() -> None:
    about("osteomyelitis", "kidney disease", "rheumatoid arthritis", "fracture", "herniated disc")
    causes = asked(["condition"])
    for cause in ("infection of the bone", "cancer", "broken bone", "kidney disease", "rheumatoid"):
        assert cause in WORDS["ask_serious_cause"].lower()
    assert "herniated disc" in causes
    assert "osteoporosis" in causes
    assert pressed(serious_cause="yes") == set()
    assert pressed(serious_cause="yes", serious_cause_agreed="yes") == pressed()
    assert pressed(herniated_disc="yes") & BACK == set()


@requirement("S4", "asks for signs of something serious, one by one; a yes stops it, with where to get help")
def s4() -> None:
    signs = asked(STOPS)
    for sign in ("high fever", "lose weight fast", "pee", "bowels", "leg lost its strength"):
        assert sign in signs
    for one in QUESTIONS:
        if one.kind in STOPS:
            profile = Profile(answers_with(**{one.id: "yes"}), DAY)
            assert profile.stop == one.kind
            assert where_to_get_help(profile).startswith("Press nothing")


@requirement("S5", "names the typical mechanical causes")
def s5() -> None:
    assert "from muscles, joints, nerves or discs" in told()
    about("sprained joint", "irritated nerve", "strained muscle", "discs that wear")


@requirement("S6", "says that mechanical pain is not considered serious, though it can hurt a great deal")
def s6() -> None:
    for words in ("hurt a great deal", "not considered serious"):
        assert words in told()
        about(words)


@requirement("S7", "leaves medicine to the doctor, and names none nor how much")
def s7() -> None:
    assert "may recommend anti-inflammatories" in told()
    assert "for the doctor alone to say" in told()
    about("for the doctor to say")
    everything = " ".join(WORDS.values()).lower()
    assert not any(
        drug in everything for drug in ("ibuprofen", "aspirin", "diclofenac", "paracetamol", " mg")
    )


@requirement("S8", "says to have diagnosis, cause and treatments explained")
def s8() -> None:
    for said in (told(long="yes"), told(long="yes", seen="yes")):
        assert "what you have, what causes it, and which treatments" in said
    about("what you have", "what causes it", "which treatments")


@requirement("S9", "says that the family doctor may refer to a specialist")
def s9() -> None:
    for specialist in ("orthopedist", "neurologist", "rheumatologist"):
        assert specialist in told()
        about(specialist)


@requirement("S10", "names others who can help")
def s10() -> None:
    for helper in ("osteopath", "chiropractor", "physiotherapist", "massage therapist"):
        assert helper in told()
        about(helper)


@requirement("S11", "who is uneasy is told how to find a practitioner, at what price, and why")
def s11() -> None:
    words = ("chinese medicine", "acupuncturist", "costs more", "more capable hands")
    assert all(word in told(able="no") for word in words)
    assert not any(word in told() for word in words)
    assert pressed(able="no") == pressed(), "it blocks nothing"


@requirement("S12", "pregnancy is asked for, and no foot or lower leg is pressed or massaged then")
def s12() -> None:
    assert "pregnant, perhaps pregnant, or trying to be" in WORDS["ask_pregnancy"]
    assert pressed(pregnancy="yes") & LEGS == set()
    assert "no foot massage" in told(pregnancy="yes")


def test_pregnancy_leaves_the_forearm_alone() -> None:
    assert pressed(pregnancy="yes") == {"lu6"}
    assert "ask your midwife or doctor first" in told(pregnancy="yes")


def test_a_doctor_lifts_what_thinners_forbid() -> None:
    assert pressed(thinners="yes") == pressed() - BACK
    assert pressed(thinners="yes", thinners_agreed="yes") == pressed()


def test_a_doctor_lifts_what_weak_bones_forbid() -> None:
    assert pressed(osteoporosis="yes") == pressed() - BACK
    assert pressed(osteoporosis="yes", osteoporosis_agreed="yes") == pressed()


def test_clots_and_varicose_veins_take_out_knees_and_feet() -> None:
    assert pressed(clots="yes") == pressed(varicose_veins="yes") == pressed() - LEGS


def test_an_artificial_hip_takes_out_hip_and_buttock() -> None:
    assert pressed(artificial_hip="yes") == pressed() - {"b48", "g30"}


def test_numbness_and_poor_circulation_take_out_the_cold_alone() -> None:
    assert iced()
    for condition in ("numbness", "poor_circulation"):
        assert not iced(**{condition: "yes"})
        assert pressed(**{condition: "yes"}) == pressed()


@requirement(
    "X17", "both legs, saddle, bladder, bowel, chest, accident: emergency; fever, weight, night: doctor soon"
)
def x17() -> None:
    emergencies, soon = asked([EMERGENCY]), asked([DOCTOR])
    for sign in (
        "both legs",
        "genitals",
        "pee",
        "bladder or your bowels",
        "sex",
        "chest",
        "serious accident",
    ):
        assert sign in emergencies
    assert "a calf or a thigh of one leg" in emergencies
    for sign in (
        "fever",
        "weight",
        "lump",
        "changed its shape",
        "just as bad when you rest",
        "worse at night",
    ):
        assert sign in soon
    for one in QUESTIONS:
        help_ = where_to_get_help(Profile(answers_with(**{one.id: "yes"}), DAY)) if one.kind in STOPS else ""
        assert ("emergency number" in help_) == (one.kind == EMERGENCY)
        assert ("see a doctor soon" in help_) == (one.kind == DOCTOR)


OWN: dict[str, Callable[[], None]] = {
    number: check for number, (_, check) in CHECKS.items() if check.__module__ == __name__
}


@pytest.mark.parametrize("number", OWN)
def test_a_rule_about_the_first_questions_is_kept(number: str) -> None:
    OWN[number]()
