"""What the sources ask for, number by number: S17 to S60, each with a check of its own.

The table in tests/README.md is made of what stands here and in test_safety_rules.py.
"""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from click.testing import CliRunner

from tests.requirements import (
    CHECKS,
    ENGLISH,
    POINTS,
    SECOND,
    all_said,
    everything,
    everything_however_told,
    faults,
    holds_then_releases,
    laid_out,
    requirement,
    stop,
    text,
    text_of_action,
    usual_of,
)
from tests.scheduler.laws import end, lay_out_routine, speech_of
from voiceguide.commands import cli
from voiceguide.engines.tone import tone_length
from voiceguide.errors import InvalidContent
from voiceguide.library import load_leaflet
from voiceguide.point_picture import picture_file
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.point import GEAR, parse_point
from voiceguide.scheduler.routine import parse_routine
from voiceguide.scheduler.timeline import Timeline


@requirement("S17", "B-23: a firm hold of 120 s, 60 s can be chosen, a gradual release")
def s17() -> None:
    assert usual_of("b23") == (60, 120, 120)
    holds_then_releases("lower-back", "b23+b47.both", 120)
    holds_then_releases("quick-relief", "b23.both", 60)
    assert "firmly" in text("lower-back", "b23+b47.both", "press")


@requirement("S18", "B-47: the same")
def s18() -> None:
    assert usual_of("b47") == (60, 120, 120)
    assert all(one.points == ("b23", "b47") for one in stop("lower-back", "b23+b47.both"))
    assert not faults({"posture": "sitting"}, {"press": "b47", "dose": "60s"})


@requirement(
    "S19", "B-48: pressure builds slowly, in towards the middle of the pelvis, 120 s, a gradual release"
)
def s19() -> None:
    holds_then_releases("full", "b48.both", 120)
    assert "slowly in, towards the middle of your pelvis" in text("full", "b48.both", "press")
    assert POINTS["b48"].methods["thumbs"].press_in == 5 * SECOND


@requirement("S20", "G-30: pressure builds slowly, in towards the middle of the buttock, 120 to 180 s")
def s20() -> None:
    assert usual_of("g30") == (120, 120, 180)
    holds_then_releases("hips-and-sciatica", "g30.left", 120)
    assert "slowly in, towards the middle of the buttock" in text("full", "g30.right", "press")


@requirement("S21", "G-30: the nerve is named before the press, with a caution about force")
def s21() -> None:
    for side in ("left", "right"):
        assert "nerve runs" in text("full", f"g30.{side}", "locate")
    assert "thickest nerve" in text("full", "g30.left", "locate")
    assert "never with all your strength" in text("full", "g30.left", "locate")
    assert "not hard" in text("full", "g30.left", "press")
    timeline = laid_out("full")[1]
    assert all(event.required for event in timeline.events if "nerve runs" in event.text)


@requirement("S22", "LI-4: at least 10 s on, 5 s off, at least three times")
def s22() -> None:
    for side in ("left", "right"):
        inside = [one for one in stop("hands", f"li4.{side}") if one.action in {"hold", "rest"}]
        assert [one.duration for one in inside] == [10_000, 5_000, 10_000, 5_000, 10_000]
    assert POINTS["li4"].methods["thumbs"].repeats.smallest == 3
    assert usual_of("li4")[0] == 10


@requirement("S23", "LI-4: afterwards a moment to wait, and the question how the back feels")
def s23() -> None:
    wait = next(one for one in stop("hands", "li4.right") if one.action == "wait")
    assert wait.duration >= 15 * SECOND
    assert "Is it better, the same, or worse?" in text("hands", "li4.right", "wait")


@requirement("S24", "LU-6: 3 or 4 presses of 30 s, from the first start to the last end 300 to 600 s")
def s24() -> None:
    holds = [one for one in stop("arms", "lu6.left") if one.action == "hold"]
    assert len(holds) == 4
    assert {one.duration for one in holds} == {30_000}
    assert end(holds[-1]) - holds[0].start == 300_000
    assert faults({"posture": "sitting"}, {"press": "lu6", "repeats": 2}) == ["repeats"]
    assert faults({"posture": "sitting"}, {"press": "lu6", "window": "11m"}) == ["window"]
    assert not faults({"posture": "sitting"}, {"press": "lu6", "repeats": 3, "window": "10m"})


@requirement("S25", "Toe webbing: at least 30 s, a gradual release")
def s25() -> None:
    holds_then_releases("feet-lying", "toe.left", 30)
    assert all(method.dose.smallest == 30_000 for method in POINTS["toe"].methods.values())


@requirement("S26", "Sole: at least 30 s, a gradual release")
def s26() -> None:
    holds_then_releases("feet-seated", "sole.right", 30)
    assert usual_of("sole")[0] == 30


@requirement("S27", "B-54: at least 30 s, a gradual release")
def s27() -> None:
    holds_then_releases("knees", "b54.left", 30)
    assert usual_of("b54", "fingers")[0] == 30


@requirement("S28", "B-53: at least 30 s, a gradual release")
def s28() -> None:
    holds_then_releases("knees", "b53.right", 30)
    assert usual_of("b53", "fingers")[0] == 30


@requirement("S29", "every hold but LI-4's ends with a release of several seconds, paced in words")
def s29() -> None:
    for _, timeline in everything():
        for segment, after in pairwise(timeline.segments):
            if segment.action in {"hold", "roll"} and segment.points != ("li4",):
                assert after.action == "release"
                assert after.duration >= 8 * SECOND
                assert len(speech_of(timeline, after)) >= 2


@requirement("S30", "no hold can be set below the smallest dose of a source")
def s30() -> None:
    smallest = {"b23": 60, "b47": 60, "b48": 120, "g30": 120, "toe": 30, "sole": 30, "b54": 30, "b53": 30}
    smallest |= {"lu6": 30, "li4": 10}
    assert set(smallest) == set(POINTS)
    for point, seconds in smallest.items():
        for method in POINTS[point].methods.values():
            assert method.dose.smallest == seconds * SECOND
            step = {"press": point, "with": method.name}
            posture = {"posture": method.postures[0]}
            assert not faults(posture, step | {"dose": f"{seconds}s"})
            assert faults(posture, step | {"dose": f"{seconds - 1}s"}) == ["dose"]


@requirement("S31", "the thumb presses firmly and steadily; fingers may, where thumbs do not reach")
def s31() -> None:
    for entry, words in ENGLISH.points.items():
        for method, lines in words.methods.items():
            if method.startswith("thumbs"):
                press = " ".join(line.say.lower() for line in lines["press"])
                assert "thumb" in press, entry
                assert "press" in press, entry
            if method == "friend":
                assert "both thumbs" in str(lines["place"]) or "one thumb" in str(lines["place"]), entry
            if method == "fingers":
                assert "fingertips" in lines["press"][0].say.lower()


@requirement("S32", "every routine treats both sides, and for the same time")
def s32() -> None:
    for plan, timeline in everything_however_told():
        for entry in {visit.entry for visit in plan.visits if visit.points}:
            sides = {side: held_in(timeline, entry, side) for side in ("left", "right", "both")}
            assert sides["both"] or sides["left"] == sides["right"] != []


def held_in(timeline: Timeline, entry: str, side: str) -> list[int]:
    return [
        one.duration
        for one in timeline.segments
        if "+".join(one.points) == entry and one.side == side and one.action in {"hold", "roll", "massage"}
    ]


@requirement("S33", "the sorer side can be told, and LU-6 begins there, then does the other arm")
def s33() -> None:
    _, timeline = laid_out("arms", Options(sore_side="right"))
    stops = [chapter.stop for chapter in timeline.chapters if chapter.stop]
    assert stops == ["lu6.right", "lu6.left"]


@requirement("S34", "not being sure which side is sorer is an answer")
def s34() -> None:
    assert laid_out("arms", Options(sore_side="unsure")) == laid_out("arms", Options(sore_side="left"))


@requirement("S35", "Toe webbing: both feet, with a short rest between")
def s35() -> None:
    rests_between_the_feet("feet-lying", "toe")


@requirement("S36", "Sole: both feet, with a short rest between")
def s36() -> None:
    rests_between_the_feet("feet-seated", "sole")


def rests_between_the_feet(name: str, point: str) -> None:
    assert [one.action for one in stop(name, f"{point}.left")][-2:] == ["release", "rest"]
    rest = stop(name, f"{point}.left")[-1]
    assert 10 * SECOND <= rest.duration <= 30 * SECOND
    assert stop(name, f"{point}.right")[0].start == end(rest)


@requirement("S37", "Knees: one straight after the other")
def s37() -> None:
    stops = [chapter.stop for chapter in laid_out("knees")[1].chapters if chapter.stop]
    assert stops == ["b54.left", "b53.left", "b54.right", "b53.right"]
    assert not any(one.action == "rest" for one in laid_out("knees")[1].segments)


@requirement("S38", "LI-4: lying on a sofa or bed")
def s38() -> None:
    for name in ("hands", "lying-down", "full", "quick-relief"):
        assert {one.posture for one in stop(name, "li4.left")} == {"supine"}
    assert "Sit on a bed or sofa" in all_said("hands")


@requirement("S39", "LU-6: sitting, the arm raised to find the spot")
def s39() -> None:
    assert {one.posture for one in stop("arms", "lu6.left")} == {"sitting"}
    assert "Raise the left forearm" in text("arms", "lu6.left", "locate")


@requirement("S40", "Toe webbing: lying on the back")
def s40() -> None:
    assert {one.posture for one in stop("feet-lying", "toe.left")} == {"supine"}
    assert all(method.postures == ("supine",) for method in POINTS["toe"].methods.values())


@requirement("S41", "Sole: sitting on a chair that stands firm")
def s41() -> None:
    assert "You need a chair that stands firm." in all_said("feet-seated")
    assert "Sit on the chair" in text("feet-seated", "sole.left", "move")
    for missing in ("chair", "clean_feet", "lotion"):
        ready = [thing for thing in GEAR if thing != missing]
        assert len(faults({"posture": "sitting"}, {"press": "sole"}, ready=ready)) == 1
    assert not faults({"posture": "sitting"}, {"press": "sole"})


@requirement("S42", "the position is told before the point, and each position stands in one run")
def s42() -> None:
    for plan, timeline in everything_however_told():
        postures = [visit.posture for visit in plan.visits]
        assert len(list(dict.fromkeys(postures))) == sum(a != b for a, b in pairwise(["", *postures]))
        for posture in dict.fromkeys(postures):
            first = next(one for one in timeline.segments if one.posture == posture)
            assert first.action == "move"
            assert speech_of(timeline, first)


@requirement("S43", "each point is described by the body's landmarks before it is pressed")
def s43() -> None:
    for plan, timeline in everything():
        for visit in plan.visits:
            if visit.points and visit.is_first:
                before = [one for one in timeline.segments if one.stop == visit.stop]
                before = before[: next(i for i, one in enumerate(before) if one.action == "press")]
                words = " ".join(event.text for one in before for event in speech_of(timeline, one))
                assert len(words.split()) >= 20, visit.stop


@requirement("S44", "LU-6 is found by four finger-widths from the elbow")
def s44() -> None:
    for side in ("left", "right"):
        assert "four fingers across" in text("arms", f"lu6.{side}", "locate")
        assert "elbow" in text("arms", f"lu6.{side}", "locate")


@requirement("S45", "wherever a code is shown, the sources' and WHO's stand together")
def s45() -> None:
    for _, timeline in everything_however_told():
        for chapter in timeline.chapters:
            for point in (chapter.stop or "").rpartition(".")[0].split("+"):
                if point in POINTS:
                    assert POINTS[point].who_code in chapter.title
                    assert POINTS[point].who_name in chapter.title
                    assert POINTS[point].code in chapter.title
    assert not re.search(r"\b(B|LI|LU|G)-?\d", all_said("full"))


@requirement("S46", "a point can be shown to a friend on the screen: where it is and how, in words")
def s46() -> None:
    for point in POINTS.values():
        shown = CliRunner().invoke(cli, ["point", point.id], catch_exceptions=False).stdout
        assert point.who_code in shown
        assert point.code in shown
        assert "Where" in shown
        for method in point.methods:
            assert method != "friend" or "With a friend" in shown
        picture = picture_file(point, POINTS.values(), load_leaflet("en"))
        assert picture.count('class="ring"') == 3  # beside its name, and on both sides
        assert point.codes in picture


@requirement("S47", "Sole: the feet are cleaned first")
def s47() -> None:
    assert "Wash your feet well" in text_of_action("feet-seated", "ready")


@requirement("S48", "Sole: a massage of some minutes, timed, before the point is looked for")
def s48() -> None:
    for side in ("left", "right"):
        segments = [one for one in stop("feet-seated", f"sole.{side}") if one.action != "switch_sides"]
        actions = [one.action for one in segments if one.action != "move"]
        assert actions[:4] == ["locate", "massage", "locate", "press"]
        massage = next(one for one in segments if one.action == "massage")
        assert massage.duration == 180_000
    wanted = POINTS["sole"].methods["thumbs"].massage
    assert wanted is not None
    assert (wanted.smallest, wanted.largest) == (120_000, 180_000)


@requirement("S49", "ticklish feet: peppermint lotion is offered, and its tingling explained")
def s49() -> None:
    said = text_of_action("feet-seated", "ready")
    assert "Ticklish feet? Have some peppermint lotion." in said
    assert "tingles" in said
    assert "Ticklish? Rub a little lotion" in text("feet-seated", "sole.left", "locate")


@requirement("S50", "low back and B-48 can go by a friend or a ball")
def s50() -> None:
    for point in ("b23", "b47", "b48"):
        assert {"friend", "ball"} <= set(POINTS[point].methods)
    for name, by in (("lower-back", "ball"), ("lower-back", "friend"), ("tennis-ball", "friend")):
        plan, _ = laid_out(name, Options(assist=by))
        assert {visit.method.name for visit in plan.visits if visit.method} == {by}
    friend = Options(assist="friend")
    words = text("tennis-ball", "b48.left", "locate", "press", "release", options=friend)
    assert words.count("Helper: ") >= 4


@requirement("S51", "ball on the low back: lying on the back, rolling for some minutes")
def s51() -> None:
    rolls = [one for one in laid_out("tennis-ball")[1].segments if one.action == "roll"]
    assert sum(one.duration for one in rolls) == 180_000
    assert {one.posture for one in rolls} == {"supine"}
    assert "Sway both knees" in text("tennis-ball", "b23+b47.left", "press")


@requirement("S52", "after back and hips: ice in a thin towel, 15 minutes, timed, at once")
def s52() -> None:
    for plan, timeline in everything_however_told():
        ices = [one for one in timeline.segments if one.action == "ice" and one.zone == "back"]
        releases = [
            one for one in timeline.segments if one.action == "release" and one.zone in {"back", "hips"}
        ]
        iced_by_plan = [visit for visit in plan.visits if visit.stop == "ice.back"]
        assert len(ices) == len(iced_by_plan)
        if ices:
            on = next(one for one in timeline.segments if one.action == "ice_on")
            assert on.start - end(releases[-1]) <= 60 * SECOND
            assert ices[0].duration == 900_000
        elif releases:
            assert plan.routine.id == "quick-relief"
    assert "in its thin towel" in text("lower-back", "ice.back", "ice_on")


@requirement("S53", "after the arms: ice, 10 minutes, timed")
def s53() -> None:
    for name in ("arms", "full"):
        ice = next(one for one in stop(name, "ice.arms") if one.action == "ice")
        assert ice.duration == 600_000


@requirement("S54", "frozen gel packs are as good")
def s54() -> None:
    for name in ("arms", "lower-back"):
        assert "A frozen gel pack works too." in text_of_action(name, "ready")


@requirement("S55", "never ice on bare skin")
def s55() -> None:
    for name, where in (("arms", "ice.arms"), ("lower-back", "ice.back")):
        assert "Ice on bare skin can harm it. Keep the thin towel on." in text(name, where, "ice_on")


@requirement("S56", "feet: a cold bath is offered, after by default; before can be chosen")
def s56() -> None:
    assert "bathe them in cold water" in text_of_action("feet-lying", "close")
    before = parse_routine(
        {"version": 1, "id": "x", "foot_bath": "before", "steps": [{"posture": "supine"}, {"press": "toe"}]}
    )
    _, timeline = lay_out_routine(before, tone_length)
    said = [event.text for event in timeline.events]
    bath = next(index for index, one in enumerate(said) if "Bathe them first, in cold water" in one)
    assert bath < next(index for index, one in enumerate(said) if "left foot" in one)
    assert not any("Later, bathe them" in one for one in said)


@requirement("S57", "the reason for the ice is given: against bruises and tenderness")
def s57() -> None:
    for name in ("arms", "lower-back", "full"):
        assert all_said(name).count("to prevent bruises and tenderness") == 1


@requirement("S58", "what is needed is told at the start")
def s58() -> None:
    wanted = {"ice.back": ("cold pack", "thin towel", "towel, rolled up", "two pillows"), "sole": ("lotion",)}
    for plan, _ in everything():
        said = text_of_action(plan.routine.id, "ready")
        for visit in plan.visits:
            for thing in wanted.get(visit.stop.partition(".")[0], wanted.get(visit.stop, ())):
                assert thing in said, (plan.routine.id, thing)
            if visit.method and visit.method.name == "ball":
                assert "tennis ball" in said


@requirement("S59", "tenderness at first is normal, and fades with use")
def s59() -> None:
    for name in ("lower-back", "full", "lower-back-one-side", "quick-relief"):
        assert "Some tenderness is normal. It fades with use." in all_said(name)


@requirement("S60", "hands and arms: a slight ache or burning often means the right spot")
def s60() -> None:
    assert "A slight ache or burning is often the right spot." in text("hands", "li4.left", "locate")
    assert "A slight ache or burning is often the right spot." in text("arms", "lu6.left", "locate")


@pytest.mark.parametrize("number", [number for number in CHECKS if number.startswith("S")])
def test_a_requirement_is_met(number: str) -> None:
    CHECKS[number][1]()


def test_a_hold_that_is_not_let_go_slowly_is_refused() -> None:
    wrong = {
        "version": 1,
        "id": "x",
        "who": {"code": "X1", "name": "X"},
        "laterality": "paired",
        "zone": "hand",
        "release": "at_once",
        "methods": {
            "thumbs": {
                "action": "hold",
                "dose": dict.fromkeys(("min", "usual", "max"), "30s"),
                "posture": "supine",
            }
        },
    }
    with pytest.raises(InvalidContent, match="would be let go at once"):
        parse_point(wrong)
