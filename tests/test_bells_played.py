"""Sessions with bells, played and shown: keys are answered in words, and bells are in all that is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.conftest import Run
from tests.test_turns import play_on, said, tape
from voiceguide import turns
from voiceguide.earcons import NAMES
from voiceguide.scheduler.bells import BELLS
from voiceguide.scheduler.options import Options
from voiceguide.score import Score, advance, start

RUNG = Options(detail="bells")
TONE = ("--voice", "tone")


def at(action: str, stop: str | None = None, part: float = 0.5) -> Score:
    """Return the score of `lying-down` with bells, played up to a part of a segment."""
    played = tape("lying-down", RUNG)
    found = (one for one in played.session.segments if one.action == action)
    one = next(one for one in found if stop is None or one.stop == stop)
    return advance(start(played), played.frame(round(one.start + one.duration * part)))[1]


def rung(score: Score) -> list[str]:
    """Return the bells that are heard from here on, in order."""
    events = score.tape.timeline.events
    return [
        event.name
        for piece in play_on(score)
        for event in events
        if event.name in BELLS and piece.start <= score.tape.frame(event.start) < piece.end
    ]


@pytest.mark.parametrize(
    ("action", "stop", "told"),
    [
        ("hold", "b48.left", "Press."),
        ("release", "b48.left", "Let go, slowly."),
        ("switch_sides", "b48.right", "Go to the other side."),
        ("locate", "b23+b47.left", "Find the place."),
        ("locate", "toe.left", "Left foot."),
    ],
)
def test_again_says_what_the_last_bell_asked_for(action: str, stop: str, told: str) -> None:
    score = at(action, stop)
    assert said(turns.say_again(score))[0] == told
    assert rung(turns.say_again(score)) == rung(score), "and then all goes on"


def test_where_am_i_is_answered_in_words() -> None:
    told = said(turns.tell_place(at("hold", "li4.left")))
    assert told[0] == "This is the left hand. The place: the web of the left thumb."
    assert any(text.startswith("Next, the right hand.") for text in told[:5])


def test_a_hold_that_is_left_is_let_go_by_its_bell() -> None:
    hold = at("hold", "b48.left")
    assert rung(turns.go_forth(hold))[0] == "bell_let_go"
    ended = turns.end(hold)
    assert rung(ended) == ["bell_let_go"]
    assert said(ended)[0] == "We end here. Put down what you hold."
    assert said(ended)[-1] == "The session is over. Well done."
    much = turns.too_much(hold)
    assert said(much)[0] == "Too much? Let go, slowly."
    assert rung(much)[0] == "bell_let_go"


def test_after_a_pause_in_a_hold_it_is_pressed_in_again() -> None:
    resumed = turns.resume(turns.pause(at("hold", "b48.left")))
    assert said(resumed)[0] == "We go on. The left buttock."
    assert rung(resumed)[:2] == ["bell_press", "bell_let_go"]


def test_bells_are_events_that_are_required(run: Run) -> None:
    document = json.loads(run("show", "hands", "--detail", "bells", "--json", *TONE).out)
    assert (document["detail"], document["options"]["detail"]) == ("bells", "bells")
    bells = [event for event in document["events"] if event["name"] in BELLS]
    assert {(one["kind"], one["text"], one["spoken"], one["required"]) for one in bells} == {
        ("earcon", "", "", True)
    }
    presses = [event for event in bells if event["action"] == "press"]
    assert [(one["point"], one["side"]) for one in presses] == [("li4", "left"), ("li4", "right")]


def test_show_names_each_bell_by_what_it_asks_for(run: Run) -> None:
    shown = run("show", "hands", "--detail", "bells", *TONE).out
    for what in ("move", "find", "press", "let go", "other side"):
        assert f"(bell: {what})" in shown
    assert "Left hand." in shown
    assert "And let go." not in shown


def test_who_reads_along_sees_the_bells_too(run: Run) -> None:
    shown = run(
        "play", "hands", "--detail", "bells", "--plain", "--backend", "null", "--no-preflight", *TONE
    ).out
    lines = [line[9:] for line in shown.splitlines()]
    begin = lines.index("Left hand.")
    assert lines[begin - 1 : begin + 4] == [
        "(bell: find)",
        "Left hand.",
        "(bell: press)",
        "(bell: let go)",
        "(bell: press)",
    ]
    assert not any("soft tone" in line or "lead in" in line for line in lines)


def test_bells_can_be_asked_for_kept_and_written_into_a_routine(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "version: 1\nid: mine\ndetail: bells\nsteps:\n  - posture: supine\n  - press: li4\n", encoding="utf-8"
    )
    assert run("check", str(file)).code == 0
    assert "(bell: press)" in run("show", str(file), *TONE).out
    assert "(bell: press)" not in run("show", str(file), "--detail", "full", *TONE).out
    assert run("config", "set", "detail", "bells").code == 0
    assert "(bell: press)" in run("show", "hands", *TONE).out


def test_a_length_too_long_for_bells_tells_what_would_do(run: Run) -> None:
    done = run("show", "hands", "--detail", "bells", "--length", "12", *TONE)
    assert done.code == 2
    assert "takes" in done.err
    assert "--detail auto" in done.err


def test_the_list_of_earcons_tells_what_each_of_them_means(run: Run) -> None:
    listed = {row["id"]: row["title"] for row in json.loads(run("list", "earcons", "--json").out)}
    assert set(listed) == set(NAMES)
    assert listed["bell_let_go"] == "let go, slowly"
    assert listed["alarm"] == "take the ice off"


# ── words of one's own ──


def mine(folder: Path, method: dict[str, object]) -> None:
    """Lay words of one's own over those of LI-4."""
    words = {"points": {"li4": {"methods": {"thumbs": method}}}}
    (folder / "languages" / "en").mkdir(parents=True)
    (folder / "languages" / "en" / "points.yaml").write_text(yaml.safe_dump(words), encoding="utf-8")


def test_what_must_be_heard_in_brief_is_heard_with_bells_unless_they_have_words_of_their_own(
    run: Run, stranger: Path
) -> None:
    place = [
        {"say": "Never on a bruise, whatever you do.", "required": True, "only": "full"},
        {"say": "Never on a bruise.", "required": True, "only": "brief"},
        {"say": "Take your time.", "only": "bells"},
    ]
    mine(stranger, {"place": place[:2]})
    shown = run("show", "hands", "--detail", "bells", *TONE).out
    assert "Never on a bruise." in shown
    (stranger / "languages" / "en" / "points.yaml").unlink()
    (stranger / "languages" / "en").rmdir()
    mine(stranger, {"place": place})
    done = run("show", "hands", "--detail", "bells", *TONE)
    assert done.code == 1
    assert "what must be heard is not said when the talk is bells" in done.err


def test_a_line_may_name_every_amount_of_talk_it_is_said_in(run: Run, stranger: Path) -> None:
    mine(stranger, {"press": {"say": "Gently.", "only": ["brief", "bells"]}, "place": "Here."})
    done = run("show", "hands", *TONE)
    assert "nothing is said when the talk is full" in done.err
    file = stranger / "languages" / "en" / "points.yaml"
    words = yaml.safe_load(file.read_text(encoding="utf-8"))
    words["points"]["li4"]["methods"]["thumbs"]["press"]["only"] = ["full", "brief", "bells"]
    file.write_text(yaml.safe_dump(words), encoding="utf-8")
    assert "Gently." in run("show", "hands", "--detail", "bells", *TONE).out
    assert "Here." not in run("show", "hands", "--detail", "bells", *TONE).out
