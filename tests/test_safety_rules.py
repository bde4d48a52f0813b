"""What was added for safety, number by number: most of X1 to X20, each with a check of its own."""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest

import tests.test_gate_requirements
import tests.test_journal_requirements
import tests.test_plan_requirements
import tests.test_read_requirements
import tests.test_requirements  # noqa: F401 - they enter the other numbers into the table
from tests.requirements import (
    CHECKS,
    ENGLISH,
    POINTS,
    SECOND,
    all_said,
    everything_however_told,
    laid_out,
    requirement,
    text,
    usual_of,
)
from tests.scheduler.laws import speech_of
from tests.test_ending import said as said_at_the_end
from voiceguide.errors import NothingLeft
from voiceguide.library import SHIPPED, routine_names
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.visit import ICE_FOLLOWS, ICE_TIME


@requirement("X1", "four safety lines open every session, whatever is asked for, and none can be dropped")
def x1() -> None:
    for plan, timeline in everything_however_told():
        first = [event for event in timeline.events if event.text][:4]
        assert all(event.required and event.segment == 0 for event in first), plan.routine.id
        for event, words in zip(first, _OPENING, strict=True):
            assert all(word in event.text for word in words), event.text


_OPENING = (
    ("ordinary sore back", "Nothing more serious"),
    ("pregnant, or may be", "don't"),
    ("Blood thinners", "weak bones", "blood clot", "Ask a doctor first"),
    ("Fever", "numb or weak legs", "bladder", "Stop", "medical help"),
)


def forbids(condition: str, *points: str) -> None:
    """Assert that a condition takes out these points and no others, in the data and in every session."""
    assert {name for name, point in POINTS.items() if condition in point.cautions} == {*points}
    for name in routine_names():
        with suppress(NothingLeft):
            plan, _ = laid_out(name, Options(cautions=frozenset({condition})))
            assert not {point for visit in plan.visits for point in visit.points} & {*points}, name


@requirement("X2", "pregnancy: every point but LU-6 is left out; for that, a midwife or doctor first")
def x2() -> None:
    forbids("pregnancy", *({*POINTS} - {"lu6"}))
    said = all_said("arms", Options(cautions=frozenset({"pregnancy"})))
    assert "Pregnant, or maybe? Ask your midwife or doctor first." in said


@requirement("X3", "blood thinners or a bleeding disorder: no back, hip or ball work until a doctor agrees")
def x3() -> None:
    forbids("thinners", "b23", "b47", "b48", "g30")
    by_ball = {name for name, point in POINTS.items() if "ball" in point.methods}
    assert by_ball <= {"b23", "b47", "b48", "g30"}


@requirement("X4", "severe osteoporosis: the same")
def x4() -> None:
    forbids("osteoporosis", "b23", "b47", "b48", "g30")


@requirement("X5", "a clot, now or earlier, or varicose veins: no knees and no feet")
def x5() -> None:
    for condition in ("clots", "varicose_veins"):
        forbids(condition, "b53", "b54", "sole", "toe")


@requirement("X6", "an artificial hip: no G-30 and no B-48")
def x6() -> None:
    forbids("artificial_hip", "g30", "b48")


@requirement("X7", "numb skin, Raynaud's, a cold allergy, poor circulation: no ice and no foot bath")
def x7() -> None:
    for condition in ("numbness", "poor_circulation"):
        forbids(condition)
        for name in routine_names():
            plan, timeline = laid_out(name, Options(cautions=frozenset({condition})))
            assert not plan.ice
            assert [event.text for event in timeline.events if re.search(r"\bice|cold", event.text)] == []
            assert not any(segment.action.startswith("ice") for segment in timeline.segments)


@requirement("X8", "never on broken or bruised skin, or new scars")
def x8() -> None:
    for plan, timeline in everything_however_told():
        said = [event for event in timeline.events if "broken or bruised skin, or new scars" in event.text]
        assert [event.required for event in said] == [True], plan.routine.id
    assert all("broken_skin" in point.cautions for point in POINTS.values())


@requirement("X9", "a pulse behind the knee: slide aside")
def x9() -> None:
    for stop_id in ("b54.left", "b53.left", "b54.right", "b53.right"):
        assert "Do you feel a pulse? Slide the fingertips a little aside." in text("knees", stop_id, "locate")


@requirement("X10", "B-53: lightest of all, at most 60 s, never on the knob, never iced, not in the default")
def x10() -> None:
    for stop_id in ("b53.left", "b53.right"):
        assert "lightest press of all" in text("knees", stop_id, "locate")
        assert "Never press the hard cord, or the bony knob" in text("knees", stop_id, "locate")
    assert usual_of("b53", "fingers")[2] == usual_of("b53")[2] == 60
    assert "b53" not in {visit.entry for visit in laid_out("lying-down")[0].visits}
    assert not any("knee" in zones for zones in ICE_FOLLOWS.values())


@requirement("X11", "electric, shooting, numb or tingling: let go slowly")
def x11() -> None:
    for plan, timeline in everything_however_told():
        rule = [e for e in timeline.events if e.text == "Sharp, electric, numb or tingling? Let go, slowly."]
        assert [event.required for event in rule] == [True], plan.routine.id
    hip = [
        e for e in laid_out("full")[1].events if e.text == "Electric, or numb down the leg? Let go, slowly."
    ]
    assert [event.required for event in hip] == [True, True]


@requirement("X12", "never on the spine")
def x12() -> None:
    for entry in ("b23", "b47", "b23+b47", "b48"):
        for method, lines in ENGLISH.points[entry].methods.items():
            for moment in ("bring", "bring_again", "place", "again"):
                is_found_here = (moment in {"bring", "bring_again"}) == (method == "ball")
                if not lines[moment] or not is_found_here:
                    continue
                warned = [line for line in lines[moment] if "never on" in line.say.lower()]
                warned += [line for line in lines[moment] if "Never press the spine" in line.say]
                assert warned, (entry, method, moment)
                assert all(line.required for line in warned)


@requirement("X13", "up to six of ten, breathing easily, never harder")
def x13() -> None:
    for plan, timeline in everything_however_told():
        rule = [e for e in timeline.events if e.text == "Six out of ten at most, and breathe easily."]
        assert [event.required for event in rule] == [True], plan.routine.id
        assert "harder" not in all_said(plan.routine.id)


@requirement(
    "X14", "ice: towel, at most 20 minutes, felt every 5, off when numb or burning, awake, never lain on"
)
def x14() -> None:
    assert max(ICE_TIME.values()) <= 20 * 60 * SECOND
    for plan, timeline in everything_however_told():
        for segment in timeline.segments:
            if segment.action != "ice":
                continue
            said = speech_of(timeline, segment)
            checks = [event.start - segment.start for event in said if "Can the skin feel" in event.text]
            times = [0, *checks, segment.duration]
            assert all(after - before <= 300_000 for before, after in pairwise(times))
            words = " ".join(event.text for event in said)
            assert "Please stay awake" in words
            assert "stings, burns or feels numb, take it off" in words
            assert segment.posture in ({"on_side"} if segment.zone == "back" else {"on_side", "sitting"})
        assert len([one for one in plan.visits if not one.points]) == sum(
            segment.action == "ice" for segment in timeline.segments
        )


@requirement(
    "X15", "a foot bath sitting, at most ten minutes, feet dry before standing, never with numb feet"
)
def x15() -> None:
    for moment in ("close.foot_bath", "ready.foot_bath"):
        words = " ".join(line.say for line in ENGLISH.lines(moment))
        for part in (
            "sitting",
            "Ten minutes at most",
            "never with numb feet",
            "Dry your feet before you stand",
        ):
            assert part in words


@requirement(
    "X16", "peppermint: not on broken skin, not near the eyes, hands washed, no cold on the same skin"
)
def x16() -> None:
    said = all_said("feet-seated")
    for words in (
        "Never put it on broken skin, or near your eyes.",
        "Wash your hands, before you touch your eyes.",
        "Lotion on your feet? Then no cold bath for them today.",
    ):
        assert words in said


@requirement("X19", "nothing promises a cure, or calls a routine or a point safe")
def x19() -> None:
    told = [path.read_text(encoding="utf-8") for path in sorted(SHIPPED.glob("**/*.yaml"))]
    told.append((Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8"))
    promise = r"\b(?:(?:un)?cur(?:es?|ed|ing)|heal(?:s|ed|ing)?|guarantee\w*|safely)\b|\bis safe\b"
    for words in told:
        assert re.findall(promise, words) == []
    assert "It promises nothing" in told[-1] or "it promises nothing" in told[-1]


@requirement("X20", "wherever it is ended, what is held is released first, and getting up is guided")
def x20() -> None:
    for name in ("lying-down", "arms", "hips-and-sciatica", "feet-seated"):
        timeline = laid_out(name)[1]
        for segment in timeline.segments:
            if segment.action not in {"hold", "roll", "massage"}:
                continue
            said = said_at_the_end(name, segment.start + segment.duration // 2)
            later = [one for one in timeline.segments if one.start >= segment.start]
            release = next(one for one in later if one.action == "release" and one.stop == segment.stop)
            assert said[0] == speech_of(timeline, release)[0].text
            assert any("three breaths" in one for one in said)
            assert said[-1] == "The session is over. Well done."


@pytest.mark.parametrize(
    "number", [one for one, (_, check) in CHECKS.items() if check.__module__ == __name__]
)
def test_a_safety_rule_is_kept(number: str) -> None:
    CHECKS[number][1]()


def test_every_number_has_its_check_and_the_readme_shows_them() -> None:
    numbers = [f"S{n}" for n in range(1, 66)] + [f"X{n}" for n in range(1, 21)]
    assert sorted(CHECKS) == sorted(numbers)
    readme = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
    for number, (what, _) in CHECKS.items():
        assert f"| {number} | {what} |" in readme, f"| {number} | {what} |"
