"""The picture of a session's time: every box is as long as its dose, and every word can be read."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.browser import words_out_of_place
from tests.conftest import Run
from tests.drawings import overlaps, parse, reaches_out, shapes, words_in
from voiceguide.library import (
    find_routine,
    load_language,
    load_leaflet,
    load_points,
    load_routine,
    routine_names,
)
from voiceguide.scheduler.actions import ACTIONS
from voiceguide.scheduler.options import Options
from voiceguide.session import Session, compile_session
from voiceguide.sheet import make_sheet
from voiceguide.svg import WIDTH
from voiceguide.timeline_picture import LEFT, ROW, SCALE, draw_timeline
from voiceguide.units import SECOND, clock
from voiceguide.voice import find_voice

BOXES = {"ice", *(name for name, action in ACTIONS.items() if action.dosed)}


@cache
def session_of(name: str, options: Options = Options()) -> Session:  # noqa: B008 - frozen
    routine, voice = load_routine(find_routine(name)), find_voice("tone", rate=None, language="en")
    return compile_session(routine, load_points(), load_language("en"), voice, options, sounds=False)


def picture_of(session: Session) -> str:
    return draw_timeline(session, load_leaflet("en"), load_points())


@cache
def drawn(name: str, which: str) -> list[tuple[Session, str]]:
    """Return a routine as it is, or as short and as long as it can be, each with its picture."""
    usual = session_of(name)
    ranges = usual.find_lengths()[0] if which == "ends" else ()
    ends = (ranges[0][0], ranges[-1][1]) if ranges else ()
    found = [session_of(name, Options(length=end)) for end in ends] or [usual]
    return [(session, picture_of(session)) for session in found]


every_routine = pytest.mark.parametrize("name", routine_names())
every_length = pytest.mark.parametrize("which", ["usual", pytest.param("ends", marks=pytest.mark.slow)])


@every_length
@every_routine
def test_a_box_is_as_long_as_its_dose_and_lies_where_the_document_says(name: str, which: str) -> None:
    for session, picture in drawn(name, which):
        drawing = parse(picture)
        seen: dict[tuple[str, str], float] = defaultdict(float)
        begins: dict[tuple[str, str], float] = {}
        for box in shapes(drawing, "rect"):
            stop, action = box.get("data-stop", ""), box.get("data-action", "")
            if action in BOXES:
                seen[stop, action] += float(box.get("width", ""))
                begins.setdefault((stop, action), float(box.get("x", "")))
        told: dict[tuple[str, str], float] = defaultdict(float)
        first: dict[tuple[str, str], float] = {}
        for one in session.timeline.segments:  # which the document spells out
            if one.action in BOXES:
                key = one.stop or "", one.action
                told[key] += SCALE * one.duration / SECOND
                first.setdefault(key, LEFT + SCALE * (one.start % ROW) / SECOND)
        assert seen.keys() == told.keys()
        assert {visit.stop for visit in session.plan.visits} == {stop for stop, _ in seen}
        for key, width in told.items():
            assert seen[key] == pytest.approx(width, abs=0.06)  # a hundredth for each part of it
            assert begins[key] == pytest.approx(first[key], abs=0.01)


def test_a_single_box_is_true_to_a_hundredth_of_a_unit() -> None:
    session = session_of("hands")
    boxes = shapes(parse(picture_of(session)), "rect", data_action="hold")
    assert [box.get("width") for box in boxes] == ["11.5"] * 6  # ten seconds


@every_length
@every_routine
def test_no_words_lie_on_others_or_outside(name: str, which: str) -> None:
    for _, picture in drawn(name, which):
        drawing = parse(picture)
        height = float(drawing.get("viewBox", "").split()[3])
        said = words_in(drawing)
        assert list(overlaps(said)) == []
        assert all(one.left >= 0 and one.right <= WIDTH and one.bottom <= height for one in said)


@every_length
@every_routine
def test_every_stop_is_named_with_its_time_and_told_in_the_description(name: str, which: str) -> None:
    for session, picture in drawn(name, which):
        drawing = parse(picture)
        shown = " ".join(one.text for one in words_in(drawing))
        for chapter in session.timeline.chapters:
            assert chapter.title in shown
            assert clock(chapter.start) in shown
        description = drawing.findtext("{http://www.w3.org/2000/svg}desc") or ""
        stops = make_sheet(session, load_leaflet("en"), load_points()).stops
        for stop in stops:
            assert f"{stop.start} {stop.part}" in description
            assert all(line in description for line in stop.lasts)
        places = [description.index(f"{stop.start} {stop.part}") for stop in stops]
        assert places == sorted(places)


def test_each_lane_is_named_on_the_picture_and_an_empty_one_is_left_out() -> None:
    def lanes(name: str) -> set[str]:
        said = {one.text for one in words_in(parse(picture_of(session_of(name))))}
        return said & {"left", "right", "both", "ice"}

    assert lanes("full") == {"left", "right", "both", "ice"}
    assert lanes("hands") == {"left", "right"}
    assert lanes("lower-back") == {"both", "ice"}


def test_boxes_of_one_lane_lie_at_one_height_in_each_row() -> None:
    session = session_of("full")
    drawing = parse(picture_of(session))
    heights: dict[tuple[int, str], set[str]] = defaultdict(set)
    starts = {one.stop: one for one in session.timeline.segments if one.action in BOXES}
    for box in shapes(drawing, "rect"):
        if box.get("data-action") in BOXES:
            side = starts[box.get("data-stop", "")].side or "ice"
            assert box.get("class") == side
            heights[round(float(box.get("y", ""))) // 148, side].add(box.get("y", ""))
    assert all(len(found) == 1 for found in heights.values())


def test_the_feeling_checks_of_the_ice_are_marked() -> None:
    session = session_of("lower-back")
    marks = shapes(parse(picture_of(session)), "path", class_="check")
    assert len(marks) == 2 + 1  # at five and ten minutes, and the key's
    heights = [str(mark.get("d")).split()[1] for mark in marks]
    assert len(set(heights)) == 3  # each in a row of its own


def test_what_tells_a_roll_from_a_hold_is_no_colour() -> None:
    assert shapes(parse(picture_of(session_of("tennis-ball"))), "circle")
    assert not shapes(parse(picture_of(session_of("lower-back"))), "circle")


@pytest.mark.parametrize("name", ["hands", "full"])
def test_it_needs_nothing_from_elsewhere(name: str) -> None:
    assert not reaches_out(picture_of(session_of(name)))


def test_a_title_in_markup_or_from_right_to_left_is_a_title(run: Run, tmp_path: Path) -> None:
    routine = tmp_path / "mine.yaml"
    title = "<b>ערב & 'quiet'</b>"
    routine.write_text(
        f'version: 1\nid: mine\ntitle: {{en: "{title}"}}\nsteps:\n'
        "  - {posture: supine}\n  - {press: li4}\n",
        encoding="utf-8",
    )
    done = run("show", str(routine), "--plot", str(tmp_path / "mine.svg"), "--voice", "tone")
    assert done.code == 0, done.err
    drawing = parse((tmp_path / "mine.svg").read_text(encoding="utf-8"))
    assert title in {one.text for one in words_in(drawing)}
    assert not list(drawing.iter("{http://www.w3.org/2000/svg}b"))


def test_long_titles_are_cut_or_go_on_in_the_next_line() -> None:
    session = session_of("hands")
    timeline = session.timeline
    chapters = tuple(replace(one, title="Wide words without end " * 9) for one in timeline.chapters)
    drawing = parse(picture_of(replace(session, timeline=replace(timeline, chapters=chapters))))
    said = words_in(drawing)
    assert list(overlaps(said)) == []
    assert max(one.right for one in said) <= WIDTH


def test_show_draws_into_a_file_and_says_where(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "hands.svg"
    asked = ("show", "hands", "--plot", str(file), "--voice", "tone")
    done = run(*asked)
    assert (done.code, done.out.splitlines()) == (0, [f"{file}: any browser shows it, and prints it"])
    assert file.read_text(encoding="utf-8") == picture_of(session_of("hands"))
    before = file.read_bytes()
    again = run(*asked, "--length", "9")
    assert again.code == 1
    assert "--force" in again.err
    assert file.read_bytes() == before
    assert run(*asked, "--length", "9", "--force").code == 0
    assert file.read_bytes() != before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--plot", "hands.png"), "hands.svg"),
        (("--plot", "hands.svg", "--json"), "--json"),
        (("--plot", "hands.svg", "--explain"), "--explain"),
    ],
)
def test_what_cannot_be_drawn_is_told_before_anything_is_made(
    run: Run, words: tuple[str, ...], told: str
) -> None:
    done = run("show", "hands", *words, "--voice", "tone")
    assert done.code == 2
    assert told in done.err
    assert not Path("hands.svg").exists()


@pytest.mark.slow
def test_a_browser_finds_no_words_on_others_by_day_by_night_or_on_a_phone(browser: Any) -> None:
    for name in routine_names():
        colours = set()
        for scheme, width in (("light", 360), ("dark", 1200)):
            page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
            page.set_content(f'<!doctype html><body style="margin:0">{picture_of(session_of(name))}</body>')
            assert (name, words_out_of_place(page)) == (name, [])
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            colours.add(page.evaluate("getComputedStyle(document.querySelector('text')).fill"))
            page.close()
        assert len(colours) == 2
