"""The page for a helper: `voiceguide points sheet`, of each point first the words, then the picture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.browser import violations, words_out_of_place
from tests.conftest import Run
from tests.test_page import NASTY, Reader
from voiceguide.leaflet_lines import PICTURES
from voiceguide.library import find_routine, load_language, load_leaflet, load_points, load_routine
from voiceguide.point_picture import picture_file
from voiceguide.point_text import Words
from voiceguide.points_sheet import in_body_order, write_points_sheet

POINTS = load_points()
WORDS = Words(load_leaflet("en"), load_language("en"))
FROM_BACK_TO_FEET = ["b23", "b47", "b48", "g30", "li4", "lu6", "b54", "b53", "toe", "sole"]
PHONE, SMALL, DESKTOP = ({"width": width, "height": 740} for width in (360, 320, 1280))


@pytest.fixture(scope="module")
def page() -> str:
    return write_points_sheet(in_body_order(POINTS.values()), POINTS, WORDS)


def shown_on(page: str) -> list[str]:
    """Return the ids of the points of a page, in its order."""
    return [one["id"] or "" for one in Reader(page).all("h2")]


def part_of(page: str, name: str) -> str:
    """Return what stands of one point."""
    return next(one for one in page.split("<section")[1:] if f'<h2 id="{name}">' in one)


def plain(page: str) -> str:
    """Return the text of a page, its spaces alike."""
    text = re.sub(r"<[^>]+>", " ", page)
    for escaped, letter in (("&#x27;", "'"), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(escaped, letter)
    return " ".join(text.split())


def test_all_ten_points_stand_on_it_from_the_back_to_the_feet(page: str) -> None:
    assert shown_on(page) == FROM_BACK_TO_FEET
    linked = [one["href"] for one in Reader(page).all("a")]
    assert linked == [f"#{name}" for name in FROM_BACK_TO_FEET]


@pytest.mark.parametrize("name", FROM_BACK_TO_FEET)
def test_of_each_point_all_words_stand_before_the_picture(name: str, page: str) -> None:
    point, own = POINTS[name], WORDS.leaflet.points[name]
    before, picture = part_of(page, name).split("<svg")
    said = plain(before)
    for line in (own.title, point.codes, *own.where, *own.how, *own.care):
        assert line in said
    for caution in point.cautions:
        assert WORDS.leaflet.words["cautions"][caution] in said
    assert point.codes in picture
    assert 'role="img"' in picture


def test_a_helper_is_told_how_a_helper_presses_and_not_what_is_for_the_helped(page: str) -> None:
    assert "With a friend" in part_of(page, "b23")
    assert "With your thumbs" not in part_of(page, "b23")
    assert "With your thumbs" in part_of(page, "li4")
    assert "Show your friend" not in page
    assert "stop as soon as you are told to" in page


def test_warnings_stand_above_everything_else(page: str) -> None:
    said = plain(page)
    for warning in ("Pregnant, or maybe: don't.", "Fever, numb or weak legs, bladder trouble: stop"):
        assert said.index(warning) < said.index("Low back, close to the spine")


def test_a_page_asks_nothing_of_the_network_and_runs_nothing(page: str) -> None:
    reader = Reader(page)
    assert reader.all("script") == []
    addresses = [attrs[name] or "" for _, attrs in reader.tags for name in ("src", "href") if name in attrs]
    assert all(one.startswith("#") for one in addresses)
    assert not re.search(r"https?:|url\(|@import", page)
    policy = next(one["content"] for one in reader.all("meta") if "http-equiv" in one) or ""
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules.pop("style-src").startswith("'sha256-")
    assert set(rules) == {"default-src", "base-uri", "form-action", "script-src"}
    assert set(rules.values()) == {"'none'"}
    # One style, which the policy names: none within a picture.
    assert len(reader.all("style")) == 1
    assert not any("style" in attrs for _, attrs in reader.tags)


def test_every_word_for_pictures_stands_in_some_picture_or_on_some_page(page: str) -> None:
    """A word that nothing needs would be translated for nothing."""
    bare = write_points_sheet([replace(POINTS["li4"], picture=None)], POINTS, WORDS, routine="x")
    pictures = "".join(picture_file(one, POINTS.values(), WORDS.leaflet) for one in POINTS.values())
    # What is broken into lines is whole again without markup; what names something stands within it.
    said = plain(page + bare + pictures) + page
    parts = {key: re.split(r"\{\w+\}", WORDS.leaflet.pictures[key]) for key in PICTURES}
    assert [key for key, some in parts.items() if not all(one.strip() in said for one in some)] == []


def test_what_somebody_wrote_stays_text() -> None:
    own = replace(WORDS.leaflet.points["li4"], title=NASTY, where=(NASTY,), how=("{{style}}",))
    pictures = {**WORDS.leaflet.pictures, "sheet_title": NASTY, "sheet_before": NASTY, "hands": NASTY}
    words = Words(replace(WORDS.leaflet, points={"li4": own}, pictures=pictures), WORDS.language)
    reader = Reader(write_points_sheet([POINTS["li4"]], POINTS, words, routine=NASTY))
    assert reader.all("script") == []
    assert reader.all("b") == []
    assert len(reader.all("style")) == 1


def test_a_point_without_picture_or_words_says_so() -> None:
    bare = replace(POINTS["li4"], id="palm", code="", who_code="", who_name="", picture=None)
    page = write_points_sheet([bare], POINTS, WORDS)
    assert "There is no picture of this place yet." in plain(page)
    assert "<svg" not in page
    assert shown_on(page) == ["palm"]


def test_a_language_from_right_to_left_is_written_so() -> None:
    words = Words(WORDS.leaflet, replace(WORDS.language, tag="he"))
    assert 'dir="rtl"' in write_points_sheet([POINTS["li4"]], POINTS, words)


# ── the command ──


def test_a_sheet_is_written_and_never_over_another_one(page: str, tmp_path: Path, run: Run) -> None:
    target = tmp_path / "sheet.html"
    done = run("points", "sheet", "-o", str(target))
    assert (done.code, done.err) == (0, "")
    assert done.out == f"{target}: 10 points, in words and pictures\n"
    assert target.read_text(encoding="utf-8") == page
    again = run("points", "sheet", "li4", "-o", str(target))
    assert (again.code, again.out) == (1, "")
    assert "exists already" in again.err
    forced = run("points", "sheet", "toe", "li4", "toe", "-o", str(target), "--force")
    assert forced.out.endswith(": 2 points, in words and pictures\n")
    assert shown_on(target.read_text(encoding="utf-8")) == ["toe", "li4"]


def test_the_points_of_a_routine_stand_in_its_order_but_those_it_leaves_out(tmp_path: Path, run: Run) -> None:
    target = tmp_path / "sheet.html"
    routine = load_routine(find_routine("lying-down"))
    pressed = list(dict.fromkeys(point for press in routine.presses for point in press.points))
    assert run("points", "sheet", "--routine", "lying-down", "-o", str(target)).code == 0
    page = target.read_text(encoding="utf-8")
    assert shown_on(page) == pressed
    assert routine.title("en") in plain(page)
    mine = tmp_path / "mine.yaml"
    steps = "steps:\n  - posture: sitting\n  - press: b54\n  - press: b53\n"
    mine.write_text(f"version: 1\nid: mine\nexclude: [b53]\n{steps}", encoding="utf-8")
    done = run("points", "sheet", "--routine", str(mine), "-o", str(target), "--force")
    assert done.out.endswith(": 1 point, in words and pictures\n")
    assert shown_on(target.read_text(encoding="utf-8")) == ["b54"]


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("-o", "sheet.pdf"), 2, ["'sheet.pdf' does not end in .html", "-o sheet.html"]),
        (("-o", "sheet"), 2, ["'sheet' does not end in .html", "-o sheet.html"]),
        (("-o", "."), 2, ["does not end in .html", "-o voiceguide.html"]),
        ((), 2, ["Missing option", "-o"]),
        (("li5", "-o", "s.html"), 2, ["unknown point 'li5'", "did you mean 'li4'?"]),
        (("BL53", "-o", "s.html"), 2, ["unknown point 'BL53'", "voiceguide point b48"]),
        (
            ("li4", "--routine", "hands", "-o", "s.html"),
            2,
            ["--routine says which points", "--routine hands"],
        ),
        (("--routine", "hnads", "-o", "s.html"), 2, ["unknown routine 'hnads'"]),
        (("-o", "nowhere/s.html"), 1, ["there is no folder 'nowhere'"]),
    ],
)
@pytest.mark.usefixtures("elsewhere")
def test_a_sheet_that_cannot_be_made_is_told_and_nothing_is_written(
    words: tuple[str, ...], code: int, told: list[str], run: Run
) -> None:
    done = run("points", "sheet", *words)
    assert (done.code, done.out) == (code, "")
    assert [one for one in told if one not in done.err] == []
    assert list(Path().iterdir()) == []


# ── in a browser ──


@pytest.fixture
def look(browser: Any, page: str, tmp_path: Path) -> Iterator[Any]:
    """Open the page without network and scripts; whatever it complains of fails the test."""
    complaints, contexts = [], []
    path = tmp_path / "sheet.html"
    path.write_text(page, encoding="utf-8")

    def open_page(viewport: dict[str, int], **how: Any) -> Any:
        contexts.append(browser.new_context(viewport=viewport, offline=True, **how))
        opened = contexts[-1].new_page()
        opened.on("console", lambda message: complaints.append(message.text))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.goto(path.as_uri())
        return opened

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [SMALL, PHONE, DESKTOP], ids=["320", "360", "1280"])
def test_nothing_is_wider_than_the_screen_and_axe_finds_nothing_serious(
    viewport: dict[str, int], scheme: str, look: Any
) -> None:
    opened = look(viewport, color_scheme=scheme)
    assert opened.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert violations(opened) == []
    paper = opened.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", paper))) > 382) == (scheme == "light")


@pytest.mark.slow
def test_on_a_phone_the_words_of_a_point_stand_above_its_picture(look: Any) -> None:
    opened = look(PHONE)
    for name in FROM_BACK_TO_FEET:
        section = opened.locator(f"section:has(#{name})")
        words, picture = (section.locator(what).bounding_box() for what in ("div", "figure svg"))
        assert words["y"] + words["height"] <= picture["y"]
        assert picture["width"] > 300


@pytest.mark.slow
def test_no_word_of_a_picture_is_cut_off_or_lies_on_another(look: Any, browser: Any, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    pictures = [picture_file(one, POINTS.values(), WORDS.leaflet) for one in POINTS.values()]
    for way in ("ltr", "rtl"):
        content = f'<!doctype html><html dir="{way}"><body>{"".join(pictures)}'
        (folder / "all.html").write_text(content, encoding="utf-8")
        opened = browser.new_page(viewport=PHONE)
        opened.goto((folder / "all.html").as_uri())
        assert words_out_of_place(opened) == []
        opened.close()
    assert words_out_of_place(look(PHONE)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(FROM_BACK_TO_FEET))
def test_a_picture_by_itself_can_be_read_in_a_window_and_fits_on_one_sheet_of_paper(
    name: str, browser: Any, tmp_path: Path
) -> None:
    (tmp_path / "point.svg").write_text(
        picture_file(POINTS[name], POINTS.values(), WORDS.leaflet), encoding="utf-8"
    )
    opened = browser.new_page(viewport={"width": 1200, "height": 600})
    opened.goto((tmp_path / "point.svg").as_uri())
    lines = opened.evaluate("[...document.querySelectorAll('.said')].map(one => one.getBoundingClientRect())")
    assert min(line["height"] for line in lines) > 14
    opened.emulate_media(media="print")
    bottom = opened.evaluate(
        "Math.max(...[...document.querySelectorAll('.said')].map(one => one.getBoundingClientRect().bottom))"
    )
    assert 400 < bottom < 960  # pixels of Letter between its margins
    opened.close()


@pytest.mark.slow
def test_on_paper_no_point_is_broken_over_two_pages(look: Any) -> None:
    opened = look({"width": 703, "height": 1024})  # pixels of A4 between its margins
    opened.emulate_media(media="print")
    for section in opened.locator("section").all():
        assert section.bounding_box()["height"] < 1024
        assert section.evaluate("one => getComputedStyle(one).breakInside") == "avoid"
    assert not opened.locator("nav").is_visible()
