from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from voiceguide import compile_session, find_routine, find_voice, load_language, load_points, load_routine
from voiceguide.library import routine_names
from voiceguide.scheduler.options import Options
from voiceguide.session import USUAL, Session, compile_saying
from voiceguide.units import MINUTE, Milliseconds


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def session_of(name: str, cache: Path, *, sounds: bool = False, options: Options = USUAL) -> Session:
    voice = find_voice("tone", rate=None, cache=cache)
    routine = load_routine(find_routine(name))
    return compile_session(routine, load_points(), load_language("en"), voice, options, sounds=sounds)


TOP = (
    "version routine title language voice samplerate frames duration options length chapters segments events "
    "doses dropped left_out cues_dropped detail by note"
).split()
SEGMENT = (
    "start duration action point points side method posture lies_on zone stop chapter repeat wait also"
).split()
DOSE = "seconds smallest usual largest repeats rounds window massage".split()
EVENT = "start duration kind name text spoken action point side segment required gain".split()


@pytest.mark.parametrize("name", routine_names())
def test_the_document_has_the_keys_it_promises(name: str, cache: Path) -> None:
    document = session_of(name, cache).document()
    assert list(document) == TOP
    assert all(list(segment) == SEGMENT for segment in document["segments"])
    assert all(list(event) == EVENT for event in document["events"])
    assert all(list(chapter) == ["start", "title", "stop"] for chapter in document["chapters"])
    doses = document["doses"].values()
    assert all(list(one) == DOSE for one in doses)


@pytest.mark.parametrize("name", routine_names())
def test_the_document_is_plain_data_in_seconds_with_three_decimals(name: str, cache: Path) -> None:
    document = json.loads(json.dumps(session_of(name, cache).document()))
    times = [
        one[key] for kind in ("segments", "events") for one in document[kind] for key in ("start", "duration")
    ]
    assert all(time == round(time, 3) for time in times)
    assert document["frames"] == round(document["duration"] * document["samplerate"])
    length = document["length"]
    assert length["minimum"] <= length["default"] == document["duration"] <= length["maximum"]
    assert length["requested"] is None


@pytest.mark.slow
def test_the_document_of_a_length_tells_what_was_asked_and_what_was_done_for_it(cache: Path) -> None:
    usual = session_of("lying-down", cache).document()
    asked = Options(length=Milliseconds(40 * MINUTE), detail="full")
    short = session_of("lying-down", cache, options=asked).document()
    assert (short["duration"], short["frames"]) == (2400, 2400 * 48_000)
    assert short["length"]["requested"] == 2400
    assert usual["length"]["minimum"] < short["length"]["minimum"], "it could have been brief"
    assert short["detail"] == usual["detail"] == "full"
    assert short["dropped"] == ["b54", "toe"]
    assert short["left_out"] == []
    assert "b54.left" not in short["doses"]
    assert {chapter["stop"] for chapter in short["chapters"]}.isdisjoint({"b54.left", "toe.left"})
    said = " ".join(event["text"] for event in short["events"])
    assert "It takes about forty minutes." in said
    assert "Left out today: the knees and feet." in said


def test_events_say_what_is_done_where(cache: Path) -> None:
    document = session_of("lying-down", cache).document()
    for event in document["events"]:
        segment = document["segments"][event["segment"]]
        assert (event["action"], event["point"], event["side"]) == (
            segment["action"],
            segment["point"],
            segment["side"],
        )


def test_each_stop_is_a_chapter_and_so_are_the_start_the_ice_and_the_end(cache: Path) -> None:
    document = session_of("lying-down", cache).document()
    stops = [chapter["stop"] for chapter in document["chapters"]]
    assert stops == [
        *(None, "b54.left", "b54.right", "li4.left", "li4.right", "toe.left", "toe.right"),
        *("b23+b47.left", "b48.left", "b48.right", "b23+b47.right", None, None),
    ]
    titles = [chapter["title"] for chapter in document["chapters"]]
    assert titles[0] == "Get ready"
    assert titles[-2:] == ["Ice", "End"]
    assert titles[1] == "Left knee · B-54 (BL40 Weizhong)"


def test_codes_are_shown_with_their_who_code_and_name(cache: Path) -> None:
    for name in routine_names():
        for chapter in session_of(name, cache).document()["chapters"]:
            for code in ("B-23", "B-47", "B-48", "B-54"):
                if code in chapter["title"]:
                    assert f"{code} (BL" in chapter["title"]


def test_doses_say_what_was_chosen_and_from_which_range(cache: Path) -> None:
    doses = session_of("lying-down", cache).document()["doses"]
    ball = {"seconds": 90, "smallest": 60, "usual": 90, "largest": 120, "repeats": 1, "rounds": 1}
    ball |= {"window": 0, "massage": 0}
    assert doses["b23+b47.left"] == doses["b23+b47.right"] == ball
    assert doses["li4.left"]["repeats"] == 3
    assert doses["ice.back"]["seconds"] == 900


def test_a_wait_says_for_how_long(cache: Path) -> None:
    waits = [segment["wait"] for segment in session_of("lying-down", cache).document()["segments"]]
    assert [wait for wait in waits if wait] == [{"key": "any", "limit": 300}]


def test_the_same_routine_gives_the_same_document(cache: Path) -> None:
    assert session_of("hands", cache).document() == session_of("hands", cache, sounds=True).document()


def test_a_saying_has_a_lead_in_and_lasts_as_long_as_its_words(cache: Path) -> None:
    voice = find_voice("tone", rate=None, cache=cache)
    saying = compile_saying("Press LI-4 now.", load_language("en"), voice)
    lead_in, event = saying.timeline.events
    assert (lead_in.name, lead_in.start) == ("lead_in", 0)
    assert (event.start, event.text, event.spoken) == (550, "Press LI-4 now.", "Press L I four now.")
    assert event.start + event.duration == saying.timeline.duration
    assert saying.mixer().frames == saying.timeline.duration * 48


def test_progress_counts_the_clips_that_had_to_be_made(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    voice = find_voice("tone", rate=None, cache=tmp_path)
    arguments: Any = (load_routine(find_routine("hands")), load_points(), load_language("en"), voice)
    compile_session(*arguments, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1][0] == seen[-1][1]
    assert [done for done, _ in seen] == list(range(1, len(seen) + 1))
