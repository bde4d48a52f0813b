"""What is read on a screen, number by number: S61 to S65, each with a check of its own."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from tests.requirements import CHECKS, ENGLISH, POINTS, SECOND, all_said, everything, laid_out, requirement
from tests.scheduler.laws import speech_of
from voiceguide.commands import cli
from voiceguide.library import routine_names
from voiceguide.scheduler.options import Options


def read(*words: str) -> str:
    """Return what a command prints, in one line: where a line is broken says nothing."""
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


@requirement("S61", "why a little pain may ease pain is told as something thought, not known")
def s61() -> None:
    told = read("about")
    assert "is thought to make the body release endorphins and serotonin" in told
    assert "That is an explanation, not a proof." in told
    hedged = "Such pressure is thought to release the body's own painkillers."
    said = [name for name, text in ((plan.routine.id, all_said(plan.routine.id)) for plan, _ in everything())]
    assert any(hedged in all_said(name) for name in said), "once, where there is time"
    assert all(all_said(name).count(hedged) <= 1 for name in said)
    assert not any(line.required for line in ENGLISH.lines("ice.why") if hedged in line.say)


@requirement("S62", "each point says what it is meant to help, and promises nothing")
def s62() -> None:
    for name, point in POINTS.items():
        told = read("point", name)
        assert "This is what the sources say, and no promise." in told
        assert point.helps or "They name nothing in particular." in told, name
        assert not re.search(r"\b(cures?|heals?|guaranteed?)\b", told)


@requirement("S63", "a point need not lie where it hurts")
def s63() -> None:
    for name in POINTS:
        assert "points away from the pain can ease it as well" in read("point", name)


@requirement("S64", "what a doctor's visit may involve is told")
def s64() -> None:
    told = read("about")
    for part in ("examine your spine", "illnesses in your family", "what you eat", "how you live"):
        assert part in told
    for part in ("X-rays", "blood test", "bone scan", "MRI", "CT", "ultrasound"):
        assert part in told


@requirement("S65", "properly and with care: nobody is rushed, not even at the quickest pace")
def s65() -> None:
    assert "take your time" in read("about")
    for name in routine_names():
        _, timeline = laid_out(name, Options(pace="brisk"))
        for segment in timeline.segments:
            quiet = segment.duration - sum(event.duration for event in speech_of(timeline, segment))
            assert segment.action != "locate" or quiet >= 5 * SECOND, (name, segment.stop)
            at_once = segment.points == ("li4",)
            assert segment.action != "release" or at_once or segment.duration >= 8 * SECOND, name
        words = all_said(name).lower().replace("no hurry", "")
        assert not re.search(r"\b(quickly|hurry|faster|at once)\b", words), name


@pytest.mark.parametrize("number", ["S61", "S62", "S63", "S64", "S65"])
def test_what_is_read_is_there(number: str) -> None:
    CHECKS[number][1]()
