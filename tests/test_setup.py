"""`voiceguide setup`, and what its answers do to a session: by hand, through a pipe, and at a terminal."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tests.answers import answers_with, keep_answers, lines_for, walked
from tests.conftest import Outcome, Run
from tests.terminal import at_a_terminal
from voiceguide.bookmark import Keeper
from voiceguide.commands import _run
from voiceguide.commands._asking import set_up
from voiceguide.commands._outcomes import outcome
from voiceguide.gate import QUESTIONS, STOPS, Question
from voiceguide.library import load_leaflet
from voiceguide.profile import FILE, HOLDS, Profile, load_profile

TONE = ("--voice", "tone")
WORDS = load_leaflet("en").setup
TODAY = date.today()  # noqa: DTZ011 - the day here
LONG_AGO = TODAY - HOLDS - timedelta(days=1)
NOT_ASKED = "you have not been asked about your health"
FIRST = 1 + sum(one.kind in STOPS for one in QUESTIONS)
"""Questions about these days, for somebody whose pain is new."""
Answering = Callable[..., Outcome]


@pytest.fixture
def answer(run: Run, monkeypatch: pytest.MonkeyPatch) -> Answering:
    """Run `setup` with these lines on its standard input, which is a pipe."""

    def answered(lines: str, *words: str) -> Outcome:
        monkeypatch.setattr(sys, "stdin", io.StringIO(lines))
        return run("setup", *words)

    return answered


def plain(text: str) -> str:
    """Return a text in one line, as it is before it is broken for the screen."""
    return " ".join(text.split())


def follows(**given: str) -> str:
    """Return all that is told to somebody who answers so."""
    return " ".join(outcome(Profile(answers_with(**given), TODAY)))


def kept_answers(stranger: Path) -> dict[str, str]:
    profile = load_profile(stranger / "private", TODAY)
    assert profile is not None
    return dict(profile.answers)


def document(run: Run, *words: str) -> dict[str, object]:
    done = run("show", *words, *TONE, "--json")
    assert done.code == 0, done.err
    found: dict[str, object] = json.loads(done.out)
    return found


# ── questions and answers ──


def test_a_pipe_can_answer_everything(answer: Answering, stranger: Path) -> None:
    done = answer(lines_for(long="yes", clots="yes", side="left", reach="no", ball="yes"))
    assert done.code == 0
    assert kept_answers(stranger) == answers_with(
        long="yes", clots="yes", side="left", reach="no", ball="yes"
    )


def test_each_question_is_asked_once_counted_and_ends_in_what_can_be_typed(answer: Answering) -> None:
    said = plain(answer(lines_for()).err)
    walk = walked({})
    for number, name in enumerate(walk.answers, start=1):
        takes = "left/right/unsure" if name == "side" else "y/n/u"
        asked = f"Question {number} of about {len(walk.answers)}. {WORDS[f'ask_{name}']} [{takes}] "
        assert said.count(asked) == 1, asked


def test_each_answer_is_echoed_once_in_words(answer: Answering) -> None:
    lines = answer(lines_for(side="right").replace("no\n", "N\n")).err.splitlines()
    echoed = [line for line in lines if line in {"Yes.", "No.", "The right side."}]
    assert len(echoed) == len(walked({}).answers)
    assert echoed.count("Yes.") == 2, "hands reach, and it can be done alone"
    assert echoed.count("The right side.") == 1


@pytest.mark.parametrize("typed", ["y", "Y", "yes", " YES "])
def test_a_letter_or_a_word_will_do(typed: str, answer: Answering, stranger: Path) -> None:
    assert answer(f"{typed}\n{lines_for(long='yes').partition(chr(10))[2]}").code == 0
    assert kept_answers(stranger)["long"] == "yes"


@pytest.mark.parametrize(("typed", "side"), [("l", "left"), ("R", "right"), ("u", "unsure")])
def test_a_side_is_a_letter_or_a_word(typed: str, side: str, answer: Answering, stranger: Path) -> None:
    assert answer(lines_for(side="left").replace("left", typed)).code == 0
    assert kept_answers(stranger)["side"] == side


@pytest.mark.parametrize("typed", ["", "maybe", "both", "yes and no", "1", "\x1b[A", "ÿ" * 10_000])
def test_a_wrong_answer_is_explained_and_asked_again(typed: str, answer: Answering, stranger: Path) -> None:
    done = answer(f"{typed}\n{lines_for(long='yes')}")
    assert done.code == 0
    said = plain(done.err)
    assert "is no answer here. Type y for yes, n for no, or u" in said
    assert said.count(WORDS["ask_long"]) == 2
    assert len(said) < 20_000
    assert "\x1b" not in done.err
    assert kept_answers(stranger)["long"] == "yes"


def test_a_wrong_side_is_explained_with_the_sides(answer: Answering) -> None:
    done = answer(lines_for(side="left").replace("left\n", "middle\nleft\n"))
    assert "'middle' is no answer here. Type left, right or unsure" in plain(done.err)
    assert done.code == 0


def test_both_sides_count_as_unsure_with_a_word(answer: Answering, stranger: Path) -> None:
    done = answer(lines_for(side="left").replace("left\n", "both\n"))
    assert WORDS["both"] in done.err
    assert kept_answers(stranger)["side"] == "unsure"


@pytest.mark.parametrize("typed", ["u", "unsure", "U"])
def test_not_sure_counts_as_what_is_more_careful_and_says_as_what(
    typed: str, answer: Answering, stranger: Path
) -> None:
    done = answer(f"{typed}\n" * len(walked({"long": "yes"}).answers))
    assert [line for line in done.err.splitlines() if line.startswith("Not sure")] == [
        *(WORDS[f"unsure_{taken}"] for taken in ("yes", "no", "yes"))
    ]
    assert kept_answers(stranger) == {"long": "yes", "seen": "no", "both_legs": "yes"}
    assert done.code == 1


def test_a_question_mark_asks_again(answer: Answering) -> None:
    done = answer(f"?\n?\n{lines_for()}")
    assert plain(done.err).count(WORDS["ask_long"]) == 3
    assert "no answer here" not in done.err


@pytest.mark.parametrize("back", ["b", "back", "Back"])
def test_back_leads_to_the_question_before(back: str, answer: Answering, stranger: Path) -> None:
    lines = lines_for().splitlines(keepends=True)
    done = answer("".join(["y\n", f"{back}\n", *lines]))
    assert done.code == 0
    assert kept_answers(stranger) == answers_with()
    assert plain(done.err).count(WORDS["ask_long"]) == 2


def test_before_the_first_question_there_is_none(answer: Answering) -> None:
    done = answer(f"b\n{lines_for()}")
    assert WORDS["first"] in done.err
    assert done.code == 0


def test_all_the_way_back_and_once_more_is_like_the_first_time(answer: Answering, stranger: Path) -> None:
    lines = lines_for(clots="yes", clots_agreed="yes", reach="no", helper="yes")
    count = lines.count("\n") - 1
    there = "".join(lines.splitlines(keepends=True)[:count])
    assert answer(there + "b\n" * count + lines_for(varicose_veins="yes")).code == 0
    assert kept_answers(stranger) == answers_with(varicose_veins="yes")


@pytest.mark.parametrize("many", [0, 1, 12, 30])
def test_answers_that_end_half_way_leave_nothing_behind(many: int, answer: Answering, stranger: Path) -> None:
    done = answer("".join(lines_for().splitlines(keepends=True)[:many]))
    assert done.code == 1
    assert f"Error: the answers end before question {many + 1} is answered: nothing is kept" in done.err
    assert done.out == ""
    assert not (stranger / "private").exists()


def test_no_standard_input_at_all_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert "the answers end before question 1" in run("setup").err


def test_ctrl_c_leaves_nothing_behind(run: Run, stranger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["y\n", "n\n"])

    def read() -> str:
        for line in typed:
            return line
        raise KeyboardInterrupt

    stdin = io.StringIO()
    monkeypatch.setattr(stdin, "readline", read)
    monkeypatch.setattr(sys, "stdin", stdin)
    done = run("setup")
    assert done.code == 130
    assert "Nothing is kept." in done.err
    assert not (stranger / "private").exists()


@pytest.mark.parametrize(
    ("stream", "given"), [("stdout", {"chest": "yes"}), ("stderr", {}), ("stderr", {"fever": "yes"})]
)
def test_what_nobody_reads_is_kept_all_the_same_and_a_sign_fails(
    stream: str, given: dict[str, str], stranger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    end, unread = os.pipe()
    os.close(end)
    monkeypatch.setattr(sys, "stdin", io.StringIO(lines_for(**given)))
    with os.fdopen(unread, "w", encoding="utf-8") as pipe:
        monkeypatch.setattr(sys, stream, pipe)
        assert _run(["setup"]) == (1 if given else 0)
    assert kept_answers(stranger) == answers_with(**given)


# ── what follows ──


@pytest.mark.parametrize("question", [one for one in QUESTIONS if one.kind in STOPS], ids=lambda one: one.id)
def test_a_sign_ends_it_with_where_to_get_help(question: Question, answer: Answering, stranger: Path) -> None:
    done = answer(lines_for(**{question.id: "yes"}))
    assert done.code == 1
    said = plain(done.out)
    assert said.startswith("Press nothing")
    if question.id == "clot_signs":
        assert "get medical help today" in said
        assert "call your emergency number now" in said
    else:
        assert ("emergency number" in said) == (question.kind == "emergency")
        assert ("see a doctor soon" in said) == (question.kind == "doctor")
    assert "`voiceguide setup` asks you again" in said
    assert "To begin" not in said
    assert kept_answers(stranger)[question.id] == "yes"


def test_what_is_left_out_is_told_with_its_reason(answer: Answering) -> None:
    said = plain(answer(lines_for(thinners="yes", clots="yes", artificial_hip="yes", numbness="yes")).out)
    again = "Once a doctor agrees, run `voiceguide setup` again."
    for why, what in (
        (WORDS["why_thinners"], "the low back, hips and buttocks"),
        ("you have, or may have, a blood clot, now or earlier", "behind the knees, feet"),
        ("you have, or may have, an artificial hip", "hips and buttocks"),
    ):
        assert f"Left out until a doctor agrees, because {why}: {what}. {again}" in said
    assert f"Left out, because {WORDS['why_numbness']}: ice and a cold foot bath. {WORDS['numb']}" in said
    assert "What is left to press: hands, forearms." in said
    assert "Nothing is left out" not in said
    assert "What is left" not in follows(numbness="yes")


def test_a_risk_is_told_as_it_was_answered_and_no_other(run: Run, stranger: Path) -> None:
    for risk in ("risk_age", "risk_illness", "risk_other"):
        said = follows(**{risk: "yes"})
        keep_answers(stranger, None, **{risk: "yes"})
        done = run("play", "hands", "--backend", "null", *TONE)
        for one in ("risk_age", "risk_illness", "risk_other"):
            assert (WORDS[f"why_{one}"] in said) == (one == risk)
            assert (WORDS[f"why_{one}"] in done.err) == (one == risk)


def test_whoever_medicine_may_harm_is_not_told_that_it_may_be_recommended() -> None:
    for given in ({"pregnancy": "yes"}, {"thinners": "yes"}, {"thinners": "yes", "thinners_agreed": "yes"}):
        said = follows(**given)
        assert "may recommend" not in said
        (known,) = (WORDS[f"why_{one}"] for one in ("pregnancy", "thinners") if one in given)
        assert f"Take nothing for the pain before your doctor or pharmacist knows that {known}." in said


def test_whoever_may_get_a_ball_is_told_when_to_use_none() -> None:
    for given in ({}, {"reach": "no", "helper": "yes"}, {"artificial_hip": "yes"}):
        assert WORDS["ball_care"] in follows(**given)
    assert WORDS["ball_care"] not in follows(thinners="yes")


def test_in_pregnancy_all_is_left_out_but_the_forearm(answer: Answering) -> None:
    said = plain(answer(lines_for(pregnancy="yes")).out)
    left_out = "the low back, hips and buttocks, hands, behind the knees, feet."
    assert f"Left out, because {WORDS['why_pregnancy']}: {left_out}" in said
    assert "ask your midwife or doctor first" in said
    assert "First ask your midwife or doctor. If they agree, this begins: `voiceguide play arms`." in said
    assert "until a doctor agrees" not in said
    assert "What is left to press: forearms." in said


@pytest.mark.parametrize("answered", ["serious_cause", "risk_age", "risk_illness", "risk_other"])
def test_where_a_doctor_has_to_judge_first_nothing_is_left(
    answered: str, answer: Answering, run: Run
) -> None:
    said = plain(answer(lines_for(**{answered: "yes"})).out)
    assert "nothing is pressed until a doctor agrees" in said
    assert "To begin" not in said
    done = run("play", "hands", "--backend", "null", *TONE)
    assert done.code == 1
    assert "'hands' is not for you: nothing of it is left" in done.err
    assert "Has something changed, or has a doctor agreed? `voiceguide setup` asks again." in done.err


def test_where_another_routine_may_do_it_is_offered(run: Run, stranger: Path) -> None:
    keep_answers(stranger, pregnancy="yes")
    done = run("show", "hands", *TONE)
    assert done.code == 1
    assert f"nothing of it is left, because {WORDS['why_pregnancy']}." in done.err
    assert "Then there is `voiceguide play arms --pregnant`." in done.err


def test_what_a_doctor_lifted_stays_visible(answer: Answering, run: Run) -> None:
    said = plain(answer(lines_for(thinners="yes", thinners_agreed="yes")).out)
    lifted = f"You said that a doctor agreed, knowing that {WORDS['why_thinners']}."
    assert f"{lifted} So nothing" in said
    shown = run("show", "lower-back", *TONE)
    assert shown.code == 0
    assert lifted in shown.err
    assert "Left out" not in shown.out


def test_nothing_is_called_safe_or_promised(answer: Answering) -> None:
    for said in (lines_for(), lines_for(long="yes", able="no", pregnancy="yes"), lines_for(fever="yes")):
        done = answer(said)
        assert "safe" not in (done.out + done.err).lower()
        assert "heal" not in done.out.replace("health", "").lower()


def test_an_ordinary_back_is_told_what_comes_first_too(answer: Answering) -> None:
    said = plain(answer(lines_for(long="yes")).out)
    for fact in ("see your family doctor", "for the doctor alone to say", "orthopedist", "osteopath"):
        assert fact in said
    assert "`voiceguide about` says more" in said
    assert "see your family doctor" not in plain(answer(lines_for(long="yes", seen="yes")).out)


def test_whoever_is_unsure_learns_where_to_find_a_practitioner(answer: Answering) -> None:
    section = next(one for one in load_leaflet("en").about if one.id == "practitioner")
    assert section.text[1] not in plain(answer(lines_for()).out)
    changed = "n\n" * FIRST + "y\n"
    said = plain(answer(changed + "".join(lines_for(able="no").splitlines(keepends=True)[FIRST:])).out)
    assert all(line in said for line in section.text)


# ── asked anew ──


def test_the_second_time_only_signs_are_asked_and_what_stands_is_shown(
    answer: Answering, stranger: Path
) -> None:
    keep_answers(stranger, LONG_AGO, clots="yes", side="left")
    done = answer("n\n" * FIRST + "n\n")
    assert done.code == 0, done.err
    said = plain(done.err)
    assert f"your answers of {LONG_AGO.day} {LONG_AGO:%B %Y}" in said
    assert "because you have, or may have, a blood clot, now or earlier" in said
    assert said.index("Each pair of points begins on the left.") < said.index(WORDS["ask_changed"])
    assert "a doctor who has agreed or no longer agrees" in WORDS["ask_changed"]
    assert "Do you have varicose veins?" not in said
    found = load_profile(stranger / "private", TODAY)
    assert found is not None
    assert (found.when, found.sore_side) == (TODAY, "left")
    assert found.cautions == {"clots"}


def test_what_changed_is_asked_again(answer: Answering, stranger: Path) -> None:
    keep_answers(stranger, clots="yes")
    changed = "n\n" * FIRST + "y\n"
    new = "".join(lines_for(pregnancy="yes").splitlines(keepends=True)[FIRST:])
    done = answer(changed + new)
    assert done.code == 0
    said = plain(done.err)
    more = len(lines_for().splitlines()) - FIRST + 1  # whether a doctor agreed about the clots
    assert f"Question {FIRST + 1} of about {FIRST + 1}." in said
    assert f"After a yes, about {more - 1} more questions come; after a no, none." in said
    assert f"Question {FIRST + 2} of about {FIRST + more}." in said
    assert kept_answers(stranger) == answers_with(pregnancy="yes")
    assert "changed" not in kept_answers(stranger)


def test_after_a_stop_it_can_be_asked_again_and_goes_on(answer: Answering, run: Run, stranger: Path) -> None:
    assert answer(lines_for(night="yes")).code == 1
    assert run("play", "hands", "--backend", "null", *TONE).code == 1
    assert answer(lines_for()).code == 0
    assert kept_answers(stranger) == answers_with()
    assert run("show", "hands", *TONE).code == 0


def test_a_file_that_makes_no_sense_is_kept_aside_and_asked_for_again(
    answer: Answering, stranger: Path
) -> None:
    (stranger / "private").mkdir()
    (stranger / "private" / FILE).write_text("nonsense")
    assert answer("y\n").code == 1
    assert (stranger / "private" / FILE).read_text() == "nonsense", "it was broken off: all is as before"
    done = answer(lines_for())
    assert done.code == 0
    assert "it is no JSON" in plain(done.err)
    aside = stranger / "private" / "profile-unused-1.json"
    assert aside.read_text() == "nonsense"
    assert str(aside) in done.err.replace("\n  ", " ")
    assert kept_answers(stranger) == answers_with()


def test_where_to_get_help_is_told_even_if_nothing_can_be_kept(
    answer: Answering, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("VOICEGUIDE_DATA", str(tmp_path / "file"))
    done = answer(lines_for(chest="yes"))
    assert done.code == 1
    assert done.out.startswith("Press nothing. Call your emergency number")
    assert f"{tmp_path / 'file'}: it is no folder" in done.err
    assert "are kept on this machine" not in done.err


# ── what it does to a session ──


def test_pregnancy_in_the_answers_is_the_same_as_the_option(run: Run, stranger: Path) -> None:
    by_option = document(run, "arms", "--pregnant")
    keep_answers(stranger, pregnancy="yes")
    assert document(run, "arms") == by_option
    assert document(run, "arms", "--no-profile") != by_option


def test_an_option_comes_before_the_environment_that_before_settings_and_answers_last(
    run: Run, stranger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_answers(stranger, side="right", reach="no", helper="yes")
    line = ("show", "lower-back", *TONE)
    assert "Here every point goes by friend." in run(*line).out
    assert run("config", "set", "assist", "ball").code == 0
    assert "Here every point goes by ball." in run(*line).out
    monkeypatch.setenv("VOICEGUIDE_ASSIST", "thumbs")
    assert "Here every point goes by thumbs." in run(*line).out
    assert "Here every point goes by" not in run(*line, "--assist", "none").out
    sides = {
        (): "right",
        ("--sore-side", "left"): "left",
        ("--sore-side", "unsure"): "left",
    }
    for words, side in sides.items():
        said = run("show", "hands", *TONE, *words).out
        assert ("Right hand" in said.partition("Left hand")[0]) == (side == "right"), words


def test_help_that_a_routine_cannot_have_gives_way_without_a_word(run: Run, stranger: Path) -> None:
    keep_answers(stranger, reach="no", ball="yes")
    done = run("show", "hands", *TONE)
    assert done.code == 0
    assert "Passed over" not in done.out + done.err
    assert run("show", "hands", "--assist", "ball", *TONE).code == 2, "what is asked for does not"


@pytest.mark.parametrize("command", ["play", "export", "show"])
def test_a_sign_refuses_a_session_and_says_where_to_get_help(
    command: str, run: Run, stranger: Path, tmp_path: Path
) -> None:
    keep_answers(stranger, saddle="yes")
    more = {"play": ("--backend", "null"), "export": ("-o", str(tmp_path / "x.wav")), "show": ()}[command]
    done = run(command, "hands", *TONE, *more)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("Error: Press nothing. Call your emergency number")
    assert WORDS["ask_saddle"] in done.err
    assert "Hint:  Nothing is played for you while this lasts." in done.err
    assert "--no-profile" not in done.err, "no way round is shown to whoever needs help"
    assert not (tmp_path / "x.wav").exists()
    if command == "show":
        assert run("show", "hands", *TONE, "--no-profile").code == 0


def test_without_answers_and_without_a_terminal_play_says_so_in_one_line_and_goes_on(run: Run) -> None:
    done = run("play", "hands", "--backend", "null", *TONE)
    assert done.code == 0
    assert [NOT_ASKED in line for line in done.err.splitlines()].count(True) == 1


def test_old_answers_apply_where_nobody_can_be_asked(run: Run, stranger: Path, tmp_path: Path) -> None:
    keep_answers(stranger, LONG_AGO, clots="yes")
    for words in (("play", "--backend", "null"), ("export", "-o", str(tmp_path / "x.wav"))):
        wrong = run(words[0], "full", "--only", "li4,b99", *words[1:], *TONE)
        assert wrong.code == 2
        assert wrong.err.startswith("Error: "), "what is wrong is told alone"
        assert "weeks old" not in wrong.err
        done = run(words[0], "full", "--only", "li4,toe", *words[1:], *TONE)
        assert (done.code, done.err.count("more than two weeks old")) == (0, 1)
        assert "toe (a blood clot, now or earlier)" in done.err
    assert "weeks old" not in run("show", "full", *TONE).err


def test_a_guest_is_not_asked_and_nothing_of_the_host_applies(run: Run, stranger: Path) -> None:
    keep_answers(stranger, pregnancy="yes")
    assert run("play", "hands", "--backend", "null", *TONE).code == 1
    done = run("play", "hands", "--backend", "null", "--as-guest", *TONE)
    assert done.code == 0
    assert done.err.count("`voiceguide about`") == 1


def test_export_says_in_one_line_that_nobody_was_asked_and_show_says_nothing(
    run: Run, tmp_path: Path
) -> None:
    done = run("export", "hands", "-o", str(tmp_path / "x.wav"), *TONE)
    assert (done.code, done.err.count(NOT_ASKED)) == (0, 1)
    assert NOT_ASKED not in run("export", "hands", "-o", str(tmp_path / "y.wav"), "--no-profile", *TONE).err
    many = ("export", "hands", "--into", str(tmp_path), "--as", "wav", "--jobs", "1", *TONE)
    assert run(*many).err.count(NOT_ASKED) == 1
    assert NOT_ASKED not in run("show", "hands", *TONE).err


def test_many_sessions_at_once_are_made_for_the_person_too(run: Run, stranger: Path, tmp_path: Path) -> None:
    keep_answers(stranger, pregnancy="yes")
    words = ("--into", str(tmp_path), "--as", "html", "--jobs", "1", *TONE)
    done = run("export", "hands", *words)
    assert done.code == 1
    assert "nothing of 'hands' is left to press: pregnancy" in done.out
    assert not list(tmp_path.glob("*.html"))


def test_going_on_passes_the_gate_too(run: Run, stranger: Path) -> None:
    mark = {
        "version": 1,
        "words": ["hands", *TONE, "--backend", "null"],
        "done": [],
        "when": f"{TODAY}T08:00",
    }
    keep_answers(stranger)
    (stranger / "private" / "resume.json").write_text(json.dumps(mark))
    keep_answers(stranger, chest="yes")
    done = run("play", "--resume")
    assert done.code == 1
    assert "Error: Press nothing." in done.err
    keep_answers(stranger)
    assert run("play", "--resume").code == 0


# ── aloud ──


def test_aloud_every_question_each_answer_and_all_that_follows_is_heard(
    monkeypatch: pytest.MonkeyPatch, stranger: Path
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(lines_for(thinners="yes", side="left")))
    heard: list[str] = []
    profile = set_up(TODAY, speak=heard.append)
    assert [name for name in profile.answers if WORDS[f"ask_{name}"] not in heard] == []
    assert heard.count("Yes.") == 3
    assert "The left side." in heard
    assert [text for text in outcome(profile) if text and text.replace("`", "") not in heard] == []
    assert not any("[" in text or "`" in text or str(stranger) in text for text in heard)


def test_aloud_it_is_spoken_by_the_voice_and_backend_that_are_asked_for(
    answer: Answering, stranger: Path
) -> None:
    done = answer(lines_for(accident="yes"), "--aloud", "--backend", "null", *TONE)
    assert done.code == 1
    assert plain(done.out).startswith("Press nothing.")
    assert kept_answers(stranger)["accident"] == "yes"


# ── at a terminal ──


def shown_to(folder: Path, *words: str, typed: str) -> tuple[int, str]:
    """Return the code of a command at a terminal of whoever keeps answers there, and all that it shows."""
    own = {"VOICEGUIDE_CONFIG": str(folder / "config.toml"), "VOICEGUIDE_DATA": str(folder)}
    code, said = at_a_terminal(*words, typed=typed, environment=own)
    return code, plain(said)


PLAYED = ("play", "hands", "--backend", "null", "--no-preflight", "--no-journal", *TONE)


def test_the_first_session_at_a_terminal_begins_with_the_questions_and_then_plays(stranger: Path) -> None:
    code, said = shown_to(stranger, *PLAYED, typed=lines_for(side="right"))
    assert code == 0, said
    assert said.index(WORDS["ask_long"]) < said.index("This is what follows from your answers.")
    assert said.index("This is what follows from your answers.") < said.index("The session is over.")
    assert kept_answers(stranger)["side"] == "right"


def test_a_sign_at_the_first_session_plays_nothing(stranger: Path) -> None:
    code, said = shown_to(stranger, *PLAYED, typed=lines_for(fever="yes"))
    assert code == 1
    assert "see a doctor soon" in said
    assert "Preparing" not in said


@pytest.mark.slow
def test_after_two_weeks_a_terminal_asks_anew_and_a_guest_is_never_asked(stranger: Path) -> None:
    keep_answers(stranger)
    code, said = shown_to(stranger, *PLAYED, typed="")
    assert (code, WORDS["ask_long"] in said) == (0, False), "nobody is asked twice"
    keep_answers(stranger, LONG_AGO)
    code, said = shown_to(stranger, *PLAYED, "--as-guest", typed="")
    assert (code, WORDS["ask_long"] in said) == (0, False)
    code, said = shown_to(stranger, *PLAYED, typed="n\n" * FIRST + "n\n")
    assert code == 0, said
    assert WORDS["ask_changed"] in said


def test_nobody_is_asked_for_a_routine_that_is_not_there(stranger: Path) -> None:
    code, said = shown_to(stranger, "play", "hnds", typed="")
    assert code == 2
    assert WORDS["ask_long"] not in said


def test_whoever_gives_up_at_a_terminal_plays_nothing_and_keeps_nothing(stranger: Path) -> None:
    code, said = shown_to(stranger, *PLAYED, typed="n\nn\n\x04")
    assert code == 1, said
    assert "nothing is kept" in said
    assert not (stranger / "private").exists()


# ── what else follows from the answers ──


def left(run: Run) -> dict[str, str]:
    done = run("list", "--json")
    assert done.code == 0
    return {row["id"]: row["left"] for row in json.loads(done.out)}


def test_the_list_says_what_is_left_of_each_routine(run: Run, stranger: Path) -> None:
    assert set(left(run).values()) == {"all"}, "nobody has been asked"
    keep_answers(stranger, thinners="yes")
    found = left(run)
    assert (found["hands"], found["lying-down"], found["lower-back"]) == ("all", "some", "nothing")
    assert "then ice; for you not now\n" in run("list").out
    assert "then ice; for you only knees, outer knees\n" in run("list").out
    keep_answers(stranger, pregnancy="yes")
    assert [name for name, what in left(run).items() if what != "nothing"] == ["arms", "full"]
    keep_answers(stranger, chest="yes")
    assert set(left(run).values()) == {"nothing"}


def test_the_list_tells_how_long_a_session_is_for_whoever_was_asked(run: Run, stranger: Path) -> None:
    def minutes() -> dict[str, int]:
        return {row["id"]: row["minutes"] for row in json.loads(run("list", "--json", *TONE).out)}

    usual = minutes()
    keep_answers(stranger, poor_circulation="yes")
    own = minutes()
    assert usual["hands"] == own["hands"]
    assert own["lying-down"] <= usual["lying-down"] - 15, "the ice"
    assert "; for you without ice\n" in run("list", *TONE).out


def test_the_list_of_somebody_whose_answers_make_no_sense_is_there_all_the_same(
    run: Run, stranger: Path
) -> None:
    keep_answers(stranger)
    (stranger / "private" / FILE).write_text("{}")
    done = run("list")
    assert done.code == 0
    assert "your answers cannot be used" in done.err
    assert "hands" in done.out


def test_whoever_was_not_asked_is_told_so_with_a_plan(run: Run, stranger: Path) -> None:
    assert "`voiceguide setup` asks" in run("plan").err
    keep_answers(stranger)
    assert run("plan").err == ""


def test_the_list_begins_with_what_somebody_has_to_know_first(run: Run, stranger: Path) -> None:
    keep_answers(stranger, pregnancy="yes")
    assert run("list", *TONE).err.startswith("First ask your midwife or doctor.")
    keep_answers(stranger, chest="yes")
    assert "emergency number" in run("list", *TONE).err.splitlines()[0]


def test_whoever_may_be_harmed_by_a_strong_hand_asks_a_doctor_before_any_treatment() -> None:
    for told in ({"thinners": "yes"}, {"pregnancy": "yes"}, {"osteoporosis": "yes", "clots": "yes"}):
        assert WORDS["others_first"] in follows(**told)
    for told in ({}, {"numbness": "yes"}):
        assert WORDS["others_first"] not in follows(**told)


def test_whoever_has_nothing_left_is_told_what_comes_next() -> None:
    assert follows(risk_age="yes").endswith(WORDS["start_nothing"])


def test_a_plan_says_that_the_last_session_meant_stop(run: Run, stranger: Path, tmp_path: Path) -> None:
    keep_answers(stranger)
    run("journal", "add", "--minutes", "6", "--before", "3", "--after", "6")
    assert "Press no more today" in " ".join(run("plan").out.split())
    file = tmp_path / "plan.ics"
    assert run("plan", "-o", str(file)).code == 0
    assert "Press no more" not in file.read_bytes().decode().replace("\r\n ", ""), "it is of today"


def test_a_plan_needs_no_journal_that_can_be_read(run: Run, stranger: Path) -> None:
    keep_answers(stranger)
    (stranger / "private" / "journal.sqlite3").mkdir()
    assert (run("journal", "list").code, run("plan").code) == (1, 0)


def test_nothing_is_planned_after_a_sign(run: Run, stranger: Path, tmp_path: Path) -> None:
    keep_answers(stranger, saddle="yes")
    done = run("plan", "-o", str(tmp_path / "plan.ics"))
    assert done.code == 1
    assert "emergency number" in done.err
    assert not (tmp_path / "plan.ics").exists()


def test_what_is_planned_is_something_that_is_left(run: Run, stranger: Path) -> None:
    keep_answers(stranger, pregnancy="yes")
    assert "Each is 'arms'" in run("plan").out
    keep_answers(stranger, thinners="yes")
    assert "Each is 'lying-down' and takes about 13 minutes." in run("plan").out, "without back and ice"
    keep_answers(stranger, pregnancy="yes")
    refused = run("plan", "--routine", "hands")
    assert refused.code == 1
    assert WORDS["why_pregnancy"] in refused.err
    keep_answers(stranger, serious_cause="yes")
    assert run("plan").code == 1
    keep_answers(stranger, serious_cause="yes", osteoporosis="yes", clots="yes")
    lines = run("plan").err.splitlines()
    assert lines[0].endswith("nothing of it is left, because:")
    assert lines[1:4] == [f"  - {WORDS[f'why_{one}']}" for one in ("serious_cause", "osteoporosis", "clots")]
    assert lines[4].startswith("Hint:  no routine here is left for you.")


def test_in_pregnancy_a_plan_and_each_session_in_the_calendar_begin_with_the_midwife(
    run: Run, stranger: Path, tmp_path: Path
) -> None:
    first = load_leaflet("en").appointments["ask_first"]
    assert "midwife or doctor" in first
    for pregnant, many in (("yes", 6), ("no", 0)):
        keep_answers(stranger, pregnancy=pregnant)
        done = run("plan", "--new", "-o", str(tmp_path / "plan.ics"), "--force")
        assert (first in done.out) == (pregnant == "yes")
        text = (tmp_path / "plan.ics").read_bytes().decode("utf-8").replace("\r\n ", "")
        assert text.count(f"DESCRIPTION:{first}") == many


def test_answers_that_never_are_any_come_to_an_end(answer: Answering, stranger: Path) -> None:
    done = answer("n\n" * 1000)
    assert done.code == 1
    assert "5 times by what is no answer: nothing is kept" in done.err
    assert not (stranger / "private").exists()


def test_a_guest_leaves_no_way_round_the_owners_answers(run: Run, stranger: Path) -> None:
    keep_answers(stranger)
    words = ("play", "hands", "--backend", "null", "--no-preflight", *TONE)
    Keeper(stranger / "private", [*words[1:], "--as-guest"], tell=pytest.fail).keep(
        [], datetime.now().astimezone()
    )
    keep_answers(stranger, both_legs="yes")
    assert run("play", "--resume").code == 1


def test_whoever_may_press_nothing_is_not_told_how(answer: Answering) -> None:
    for given in ({"serious_cause": "yes"}, {"pregnancy": "yes", "risk_age": "yes"}):
        said = plain(answer(lines_for(**given, reach="no")).out)
        assert "nothing is pressed until a doctor agrees" in said
        for word in ("What is left", "tennis ball", "press with a ball", "forearm", "Each pair", "To begin"):
            assert word not in said, word
    said = plain(answer(lines_for(thinners="yes", reach="no", helper="no", ball="yes")).out)
    assert "the ball presses" not in said
