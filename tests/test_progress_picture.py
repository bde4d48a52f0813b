"""The picture of a person's progress: each number where it belongs, told apart by shape, and readable."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.browser import words_out_of_place
from tests.drawings import SVG, overlaps, parse, reaches_out, session, shapes, words_in
from voiceguide.entry import Entry
from voiceguide.entry_text import tell_session
from voiceguide.library import load_leaflet
from voiceguide.progress import Progress, make_progress
from voiceguide.progress_picture import DAY, LEFT, PAIN, draw_progress
from voiceguide.svg import LETTER, WIDTH

MONDAY = datetime(2026, 10, 12, 19, 30, tzinfo=UTC)
PLAN = [MONDAY + timedelta(days=days) for days in (0, 2, 4, 7, 9, 11)]
LATER = date(2027, 1, 1)


def draw(progress: Progress) -> ET.Element:
    return parse(draw_progress(progress, load_leaflet("en")))


def group(drawing: ET.Element, number: int) -> ET.Element:
    return shapes(drawing, "g", data_session=str(number))[0]


def levels(drawing: ET.Element, number: int) -> tuple[float | None, float | None]:
    """Return the heights of the marks of a session before and after; None for a gap."""
    at = group(drawing, number)
    before = [float(one.get("cy", "")) for one in at.iter(f"{SVG}circle")]
    after = [
        float(one.get("y", "")) + float(one.get("height", "")) / 2
        for one in at.iter(f"{SVG}rect")
        if one.get("class", "").startswith("after")
    ]
    return next(iter(before), None), next(iter(after), None)


@given(st.lists(st.tuples(*[st.none() | st.integers(0, 10)] * 2), min_size=1, max_size=28))
@settings(max_examples=25)
def test_every_number_lies_at_its_height_and_what_was_not_said_is_a_gap(
    pains: list[tuple[int | None, int | None]],
) -> None:
    done = [
        session(MONDAY + timedelta(days=at), id=at, pain_before=before, pain_after=after)
        for at, (before, after) in enumerate(pains)
    ]
    drawing = draw(make_progress(done, (), LATER))
    # The lines of the grid are numbered: where 0 is, its number says.
    zero = next(one.bottom for one in words_in(drawing) if one.text == "0") - 0.2 * LETTER - 4
    for at, told in enumerate(pains):
        for pain, y in zip(told, levels(drawing, at), strict=True):
            assert (pain is None) == (y is None)
            if pain is not None and y is not None:
                assert y == pytest.approx(zero - PAIN * pain, abs=0.02)
        joined = [one for one in group(drawing, at).iter(f"{SVG}path") if one.get("class") == "pair"]
        assert len(joined) == (None not in told)


def test_before_and_after_differ_in_shape_and_the_key_says_so() -> None:
    drawing = draw(make_progress([session(MONDAY, pain_before=6, pain_after=6)], (), LATER))
    at = group(drawing, 1)
    circle, square = next(at.iter(f"{SVG}circle")), next(at.iter(f"{SVG}rect"))
    assert float(circle.get("cx", "")) < float(square.get("x", ""))  # the same number: beside, not behind
    said = [one.text for one in words_in(drawing)]
    assert "pain before a session, from 0 (none) to 10 (the worst)" in said
    assert "pain after it" in said


def test_what_was_done_in_part_is_hollow() -> None:
    done = [
        session(MONDAY, id=1, pain_before=6, pain_after=4),
        session(MONDAY + timedelta(days=2), id=2, pain_before=6, pain_after=4, is_whole=False),
    ]
    drawing = draw(make_progress(done, (), LATER))
    for number, is_hollow in ((1, False), (2, True)):
        marks = [*group(drawing, number).iter(f"{SVG}circle"), *group(drawing, number).iter(f"{SVG}rect")]
        assert len(marks) == 3
        assert {one.get("class", "").endswith(" part") for one in marks} == {is_hollow}
    assert "hollow: it was done in part" in {one.text for one in words_in(drawing)}


def test_planned_dates_stand_below_their_day_kept_or_not() -> None:
    drawing = draw(make_progress([session(MONDAY)], PLAN, date(2026, 10, 20)))
    marks = [one for one in drawing if one.get("class") in {"kept", "missed", "open"}]
    assert [one.get("class") for one in marks] == ["kept", "missed", "missed", "open", "open", "open"]
    for one, when in zip(marks, PLAN, strict=True):
        numbers = [float(part.strip("MLZ")) for part in one.get("d", "").split()[:-1:2]]
        day = (when.date() - MONDAY.date()).days
        middle = LEFT + DAY * (day + 0.5)
        assert min(numbers) < middle < max(numbers) + 0.1
    assert "planned, and not done" in {one.text for one in words_in(drawing)}


def test_two_sessions_of_one_day_lie_beside_each_other_inside_it() -> None:
    both = [session(MONDAY + timedelta(hours=at), id=at, pain_before=5, pain_after=5) for at in (0, 2)]
    drawing = draw(make_progress(both, (), LATER))
    middles = [float(next(group(drawing, at).iter(f"{SVG}circle")).get("cx", "")) for at in (0, 2)]
    assert LEFT < middles[0] < middles[1] < LEFT + DAY


def made_up(count: int) -> list[Entry]:
    dice = random.Random(7)
    return [
        session(
            MONDAY + timedelta(days=2 * at + dice.choice((0, 1)), hours=dice.randint(0, 4)),
            id=at,
            pain_before=dice.choice((None, *range(11))),
            pain_after=dice.choice((None, *range(11))),
            is_whole=dice.random() < 0.8,
            routine=dice.choice(("hands", "<b>&</b>", "ערב", "x" * 400)),
        )
        for at in range(count)
    ]


@pytest.mark.parametrize("count", [1, 6, 500])
def test_no_words_lie_on_others_or_outside(count: int) -> None:
    drawing = draw(make_progress(made_up(count), PLAN, LATER))
    height = float(drawing.get("viewBox", "").split()[3])
    said = words_in(drawing)
    assert list(overlaps(said)) == []
    assert all(one.left >= 0 and one.right <= WIDTH and one.bottom <= height for one in said)


def test_weeks_in_which_nothing_was_done_or_planned_take_no_room() -> None:
    far = [session(MONDAY, id=1), session(MONDAY + timedelta(days=3650), id=2)]
    near = [session(MONDAY, id=1), session(MONDAY + timedelta(days=30), id=2)]
    assert draw(make_progress(far, (), LATER)).get("viewBox") == draw(make_progress(near, (), LATER)).get(
        "viewBox"
    )


def test_the_description_tells_the_same_in_words() -> None:
    done = made_up(30)
    progress = make_progress(done, PLAN, LATER)
    description = draw(progress).findtext(f"{SVG}desc") or ""
    assert "Sessions that are kept: 30. Told here, the last ones: 12." in description
    leaflet = load_leaflet("en")
    for entry in progress.sessions[-12:]:
        assert tell_session(entry, leaflet) in description
    assert "Planned: " in description


def test_it_needs_nothing_from_elsewhere_whatever_a_routine_is_called() -> None:
    done = [*made_up(40), session(MONDAY, id=99, routine="\uffff\ud800\x1b]]>&amp;")]
    picture = draw_progress(make_progress(done, PLAN, LATER), load_leaflet("en"))
    assert not reaches_out(picture)
    assert "]]>&amp;" in (group(parse(picture), 99).findtext(f"{SVG}title") or "")
    assert not list(parse(picture).iter(f"{SVG}b"))


def test_nothing_done_and_nothing_planned_is_no_picture() -> None:
    with pytest.raises(ValueError, match="nothing"):
        draw(make_progress([], [], LATER))


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 20, 200])
def test_a_browser_shows_it_whole_and_no_words_on_others_by_day_and_by_night(
    count: int, browser: Any
) -> None:
    done = [session(MONDAY, id=count, pain_before=6), *made_up(count)]  # one at least with a circle
    picture = draw_progress(make_progress(done, PLAN, LATER), load_leaflet("en"))
    colours = set()
    for scheme, width in (("light", 360), ("dark", 360), ("light", 1200)):
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page.set_content(f'<!doctype html><body style="margin:0">{picture}</body>')
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        size = page.evaluate("document.querySelector('text.soft').getBoundingClientRect().height")
        assert size >= 9
        assert words_out_of_place(page) == []
        colours.add(page.evaluate("getComputedStyle(document.querySelector('circle')).fill"))
        page.close()
    assert len(colours) == 2
