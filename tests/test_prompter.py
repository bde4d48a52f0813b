"""The page that a voice is recorded from: one text at a time, or a plain list without scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import violations
from tests.conftest import Run
from tests.recordings import SCRIPT, TEXTS
from tests.test_page import NASTY, Reader
from voiceguide.leaflet_lines import PROMPTER
from voiceguide.library import load_leaflet
from voiceguide.prompter import write_prompter

SOURCES = Path(__file__).parents[1] / "voiceguide" / "_prompter"
LABELS = load_leaflet("en").prompter
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


def plain(page: str) -> str:
    """Return the text of a page, its spaces alike."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_page_is_a_numbered_list_of_all_texts() -> None:
    page = write_prompter(SCRIPT, LABELS, "en")
    reader = Reader(page)
    assert [item["id"] for item in reader.all("li")] == [f"n{number}" for number in SCRIPT]
    for number, text in SCRIPT.items():
        assert f"{number:04}.wav {text}" in plain(page)


def test_a_page_asks_nothing_of_the_network() -> None:
    page = write_prompter(SCRIPT, LABELS, "en")
    reader = Reader(page)
    addresses = [attrs[name] or "" for _, attrs in reader.tags for name in ("src", "href") if name in attrs]
    assert all(one.startswith("#") for one in addresses)
    assert not re.search(r"https?:|url\(|@import|fetch\(|XMLHttp|WebSocket|import\(", page)
    policy = next(one["content"] for one in reader.all("meta") if "http-equiv" in one) or ""
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert all(rules[name].startswith("'sha256-") for name in ("script-src", "style-src"))
    assert set(rules) == {"default-src", "base-uri", "form-action", "script-src", "style-src"}


def test_what_somebody_wrote_stays_text() -> None:
    page = write_prompter({1: NASTY, 2: "{{script}}"}, {**LABELS, "how": NASTY}, "en")
    reader = Reader(page)
    assert len(reader.all("script")) == len(reader.all("li")) - 1 == 1


def test_every_label_stands_on_the_page_and_the_page_needs_no_other() -> None:
    template = (SOURCES / "page.html").read_text(encoding="utf-8")
    assert set(re.findall(r"{{label\.(\w+)}}", template)) == set(PROMPTER)


def test_a_language_from_right_to_left_is_written_so() -> None:
    assert 'dir="rtl"' in write_prompter(SCRIPT, LABELS, "he")


def test_the_script_is_written_as_a_page_and_never_over_another_one(tmp_path: Path, run: Run) -> None:
    page = tmp_path / "hands.html"
    done = run("pack", "script", "hands", "--json", "--page", str(page))
    assert done.code == 0, done.err
    rows = json.loads(done.out)
    items = Reader(page.read_text(encoding="utf-8")).all("li")
    assert len(items) == len(rows)
    again = run("pack", "script", "hands", "--page", str(page))
    assert again.code == 1
    assert "exists already" in again.err


# ── in a browser ──


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("prompter") / "script.html"
    path.write_text(write_prompter(SCRIPT, LABELS, "en"), encoding="utf-8")
    return path


@pytest.fixture
def look(browser: Any, page_file: Path) -> Iterator[Any]:
    """Open the page without a network; whatever it complains of fails the test."""
    complaints, contexts = [], []

    def open_page(viewport: dict[str, int] = DESKTOP, **how: Any) -> Any:
        contexts.append(browser.new_context(viewport=viewport, offline=True, **how))
        page = contexts[-1].new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(page_file.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def shown(page: Any) -> int:
    """Return the number of the text that is shown, having looked that all of it belongs together."""
    number = int(page.locator("#place").inner_text().split()[0])
    assert page.locator("#place").inner_text() == f"{number} of {len(TEXTS)}: {number:04}.wav"
    assert page.locator("#now").inner_text() == SCRIPT[number]
    assert page.locator("li [aria-current]").get_attribute("href") == f"#n{number}"
    return number


@pytest.mark.slow
def test_keys_lead_through_the_texts(look: Any) -> None:
    page = look()
    assert shown(page) == 1
    for key, number in (
        *(("Space", 2), ("ArrowRight", 3), ("PageDown", 4), ("ArrowLeft", 3), ("PageUp", 2), ("End", 13)),
        *(("Space", 13), ("Home", 1), ("ArrowLeft", 1)),
    ):
        page.keyboard.press(key)
        assert shown(page) == number
    page.locator("#next").focus()
    page.keyboard.press("Space")
    assert shown(page) == 2
    page.locator("#number").fill("7")
    page.locator("#number").press("Enter")
    assert shown(page) == 7


@pytest.mark.slow
def test_taps_lead_through_the_texts_and_the_list_to_any_of_them(look: Any) -> None:
    page = look(PHONE, has_touch=True, is_mobile=True)
    page.locator("#stage").tap()
    page.locator("#next").tap()
    assert shown(page) == 3
    page.locator("#back").tap()
    assert shown(page) == 2
    page.locator("li").nth(9).tap()
    assert shown(page) == 10


@pytest.mark.slow
def test_a_page_that_is_opened_again_is_where_it_was(look: Any, page_file: Path) -> None:
    page = look()
    page.locator("#number").fill("5")
    page.locator("#number").press("Enter")
    page.reload()
    assert shown(page) == 5
    # Where it was in the texts, and not in the list of them.
    assert page.evaluate("scrollY") == 0
    page.goto("about:blank")
    page.goto(page_file.as_uri())
    assert shown(page) == 5


@pytest.mark.slow
@pytest.mark.parametrize("viewport", [{"width": 320, "height": 568}, PHONE, DESKTOP])
def test_nothing_is_wider_than_the_screen_and_axe_finds_nothing_serious(
    viewport: dict[str, int], look: Any
) -> None:
    page = look(viewport)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert violations(page) == []


@pytest.mark.slow
def test_without_scripts_there_is_the_list(look: Any) -> None:
    page = look(java_script_enabled=False)
    assert not page.locator("#prompter").is_visible()
    text = " ".join(page.locator("main").inner_text().split())
    for number, one in SCRIPT.items():
        assert f"{number:04}.wav {one}" in text
