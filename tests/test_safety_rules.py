"""What was added for safety, number by number: X8 to X16 and X20, each with a check of its own."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

import tests.test_gate_requirements  # noqa: F401 - enters the other numbers into the table
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
from voiceguide.scheduler.visit import ICE_FOLLOWS, ICE_TIME


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
    before = [f"S{n}" for n in range(1, 13)] + [f"X{n}" for n in (*range(2, 8), 17)]
    spoken = [f"S{n}" for n in range(17, 61)] + [f"X{n}" for n in (*range(8, 17), 20)]
    assert sorted(CHECKS) == sorted(before + spoken)
    readme = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
    for number, (what, _) in CHECKS.items():
        assert f"| {number} | {what} |" in readme, f"| {number} | {what} |"
