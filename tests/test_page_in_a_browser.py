"""The page in a real browser, Chromium without a screen: what is heard, shown, tapped and typed."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.browser import HEARD, HIT, WATCHED, time, violations, wait, without_script
from tests.made_up import make_routine
from tests.test_page import write
from voiceguide.cover import make_cover
from voiceguide.exporter import export
from voiceguide.library import find_routine, load_language, load_leaflet, load_points, load_routine
from voiceguide.session import compile_session
from voiceguide.track import Track, make_track
from voiceguide.voice import find_voice

pytestmark = pytest.mark.slow

PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
HEBREW = "לחיצה עדינה על כף היד השמאלית, "


@dataclass(frozen=True)
class Exported:
    """A real session as a page."""

    page: Path
    track: Track
    sound: NDArray[np.int16]

    def words_at(self, time: float) -> str:
        """Return the words that began last; nothing before the first."""
        index = bisect_right([line.start for line in self.track.words], time * 1000) - 1
        return self.track.words[index].text if index >= 0 else ""


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    folder = tmp_path_factory.mktemp("page")
    voice = find_voice("tone", rate=None, cache=folder / "cache")
    session = compile_session(load_routine(find_routine("hands")), load_points(), load_language("en"), voice)
    leaflet = load_leaflet("en")
    comment, cover = leaflet.label("file_comment"), make_cover(session.title)
    track = make_track(session, comment=comment, cover=cover, labels=leaflet.page)
    export(session, folder / "hands.html", track)
    return Exported(folder / "hands.html", track, np.concatenate(list(session.mixer().blocks())))


@pytest.fixture
def look(browser: Any) -> Iterator[Any]:
    """Open a page without a network, on a phone unless told; whatever it complains of fails the test."""
    complaints, contexts = [], []

    def open_page(path: Path, viewport: dict[str, int] = PHONE, **how: Any) -> Any:
        context = browser.new_context(viewport=viewport, offline=True, **how)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: complaints.append(request.url[:99]) if is_far(request) else None)
        page.goto(path.as_uri())
        return page

    def is_far(request: Any) -> bool:
        return not request.url.startswith(("file:", "data:"))

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


# ── playing ──


def test_a_tap_anywhere_on_the_play_area_plays_and_another_one_pauses(look: Any, exported: Exported) -> None:
    page = look(exported.page, has_touch=True, is_mobile=True)
    box = page.locator(".screen").bounding_box()
    for across, down in ((0.01, 0.005), (0.1, 0.1), (0.5, 0.6), (0.9, 0.6), (0.5, 0.995)):
        page.touchscreen.tap(box["x"] + box["width"] * across, box["y"] + box["height"] * down)
        before = time(page)
        wait(page, f"!sound.paused && sound.currentTime > {before} + 0.3")
        page.get_by_role("button", name="Pause", exact=True).wait_for()
        page.touchscreen.tap(box["x"] + box["width"] * across, box["y"] + box["height"] * down)
        wait(page, "sound.paused")
        page.get_by_role("button", name="Play", exact=True).wait_for()


def test_a_tap_on_a_chapter_leads_to_its_first_sample(look: Any, exported: Exported) -> None:
    page = look(exported.page)
    for mark in exported.track.chapters[::-1]:
        page.get_by_role("link", name=mark.title).click()
        wait(page, f"!sound.paused && !sound.seeking && sound.currentTime >= {mark.start / 1000} - 0.001")
        assert time(page) < mark.start / 1000 + 2
        assert page.locator("nav [aria-current]").inner_text().endswith(mark.title)
        assert page.locator("#part").inner_text() == mark.title


def test_after_a_seek_the_sound_is_where_its_time_says(look: Any, exported: Exported) -> None:
    """A browser may show one place and play another: what is heard is measured."""
    page = look(exported.page)
    loud = np.flatnonzero(np.abs(exported.sound) > 0.03 * 32_768) / exported.track.samplerate
    onsets = [two for one, two in pairwise(loud) if two - one > 2]
    chosen = [*onsets[:: len(onsets) // 7], onsets[-1]][::-1]
    late = [page.evaluate(HEARD, onset - 0.8) - onset for onset in chosen]
    assert len(late) >= 7
    assert [one for one in late if abs(one) > 0.1] == []


def test_the_words_follow_the_sound_within_a_fifth_of_a_second(look: Any, exported: Exported) -> None:
    page = look(exported.page)
    page.evaluate("sound.currentTime = 1.5")
    page.locator("#toggle").click()
    wait(page, "!sound.paused && sound.currentTime > 1.6")
    seen = page.evaluate(WATCHED, 20)
    wrong = [
        (at, words) for at, words in seen if words not in {exported.words_at(at), exported.words_at(at - 0.2)}
    ]
    assert wrong == []
    assert seen[-1][0] - seen[0][0] > 15
    assert len({words for _, words in seen}) >= 4


def test_going_back_is_15_seconds_and_the_next_part_is_the_next(look: Any, exported: Exported) -> None:
    page = look(exported.page)
    starts = [mark.start / 1000 for mark in exported.track.chapters]
    page.locator("#on").click()
    assert time(page) == pytest.approx(starts[1], abs=0.01)
    page.locator("#back").click()
    assert time(page) == pytest.approx(starts[1] - 15, abs=0.01)
    assert page.locator("#now").inner_text() == exported.words_at(starts[1] - 15)
    while page.locator("#on").get_attribute("aria-disabled") == "false":
        page.locator("#on").click()
    assert time(page) == pytest.approx(starts[-1], abs=0.01)
    page.locator("#on").click(force=True)
    assert time(page) == pytest.approx(starts[-1], abs=0.01)


def test_the_keyboard_is_enough(look: Any, exported: Exported) -> None:
    page = look(exported.page, DESKTOP)
    starts = [mark.start / 1000 for mark in exported.track.chapters]
    for key in ("Space", "k", "K"):
        page.keyboard.press(key)
        wait(page, "!sound.paused")
        page.keyboard.press(key)
        wait(page, "sound.paused")
    page.evaluate("sound.currentTime = 20")
    page.keyboard.press("ArrowLeft")
    assert time(page) == pytest.approx(5, abs=0.01)
    page.keyboard.press("ArrowRight")
    assert time(page) == pytest.approx(starts[1], abs=0.01)
    reached = []
    for _ in range(3 + len(starts)):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert reached == ["toggle", "back", "on", *["A"] * len(starts)]
    page.keyboard.press("Enter")
    wait(page, f"!sound.paused && sound.currentTime >= {starts[-1]} - 0.001")
    page.keyboard.press("Space")
    wait(page, "sound.paused")


def test_a_button_with_the_focus_takes_the_space_bar_once(look: Any, exported: Exported) -> None:
    page = look(exported.page)
    page.locator("#toggle").focus()
    page.keyboard.press("Space")
    wait(page, "!sound.paused && sound.currentTime > 0.2")
    page.keyboard.press("Space")
    wait(page, "sound.paused")


def test_no_voice_of_a_screen_reader_speaks_over_the_session(look: Any, exported: Exported) -> None:
    page = look(exported.page)
    live = page.locator("#now")
    assert live.get_attribute("aria-live") == "polite"
    page.locator("#toggle").click()
    wait(page, "sound.currentTime > 0.2")
    assert live.get_attribute("aria-live") == "off"
    page.locator("#toggle").click()
    wait(page, "sound.paused && document.getElementById('now').ariaLive === 'polite'")


def test_the_lock_screen_is_told_what_plays_and_its_keys_work(look: Any, exported: Exported) -> None:
    keep = """
      window.keys = {};
      const set = MediaSession.prototype.setActionHandler;
      MediaSession.prototype.setActionHandler = function (name, does) {
        keys[name] = does;
        return set.call(this, name, does);
      };
      const state = MediaSession.prototype.setPositionState;
      MediaSession.prototype.setPositionState = function (told) {
        window.told = told;
        state.call(this, told);
      };
    """
    page = look(exported.page)
    page.add_init_script(keep)
    page.reload()
    starts = [mark.start / 1000 for mark in exported.track.chapters]
    page.evaluate("keys.play()")
    wait(page, "sound.currentTime > 0.2 && navigator.mediaSession.playbackState === 'playing'")
    page.evaluate("keys.pause()")
    wait(page, "sound.paused && navigator.mediaSession.playbackState === 'paused'")
    page.evaluate("keys.nexttrack()")
    page.evaluate("keys.nexttrack()")
    page.evaluate("keys.previoustrack()")
    assert time(page) == pytest.approx(starts[1], abs=0.01)
    wait(page, f"!sound.seeking && Math.abs(told.position - {starts[1]}) < 0.01")
    assert page.evaluate("told.duration") == exported.track.duration / 1000
    shown = page.evaluate(
        "(({title, artist, artwork}) => [title, artist, artwork[0].src])(navigator.mediaSession.metadata)"
    )
    assert shown[:2] == [exported.track.title, exported.track.chapters[1].title]
    assert shown[2].startswith("data:image/png")
    page.evaluate("keys.seekbackward({})")
    assert time(page) == pytest.approx(starts[1] - 15, abs=0.01)


def test_the_end_is_shown_and_play_begins_again(look: Any, exported: Exported) -> None:
    page = look(exported.page)
    page.evaluate(f"sound.currentTime = {exported.track.duration / 1000 - 0.5}")
    page.locator("#toggle").click()
    wait(page, "sound.ended")
    assert page.locator("#left").inner_text() == "0:00 left"
    assert page.locator("#now").inner_text() == exported.track.words[-1].text
    page.locator("#toggle").click()
    wait(page, "!sound.paused && sound.currentTime < 5")


# ── scripts off ──


def test_without_scripts_it_plays_and_reads(look: Any, exported: Exported) -> None:
    page = look(exported.page, java_script_enabled=False)
    assert page.locator("audio").is_visible()
    assert page.locator("audio").bounding_box()["height"] >= 40
    assert not page.locator("#player").is_visible()
    assert page.evaluate("sound.controls") is True
    wait(page, "sound.readyState")
    assert page.evaluate("sound.duration") == pytest.approx(exported.track.duration / 1000, abs=0.1)
    page.evaluate("void sound.play()")
    wait(page, "sound.currentTime > 0.5")
    text = " ".join(page.locator("main").inner_text().split())
    for line in (*exported.track.words, *exported.track.chapters):
        assert line[2] in text
    assert exported.track.comment in text


# ── how it looks ──


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a page with the longest titles there may be, from right to left or without a space."""
    path = tmp_path_factory.mktemp("hard") / "hard.html"
    session = make_routine(16_000)
    write(path, session, title=(HEBREW * 20)[:300], language="he", comment=(HEBREW * 20)[:300])
    text = path.read_text(encoding="utf-8")
    text = text.replace("Hand, left", "W" * 300).replace("Hand, right", (HEBREW * 20)[:300])
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "viewport", [{"width": 320, "height": 568}, PHONE, {"width": 740, "height": 360}, DESKTOP]
)
@pytest.mark.parametrize("scripts", ["on", "off"])
def test_nothing_is_wider_than_the_screen(
    viewport: dict[str, int],
    scripts: str,
    look: Any,
    exported: Exported,
    hard: Path,
) -> None:
    for path in (exported.page, hard):
        page = look(path, viewport, java_script_enabled=scripts == "on")
        if scripts == "on":
            page.locator("#on").click()  # the longest title of a part
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP, {"width": 740, "height": 360}])
def test_all_of_the_screen_plays_and_pauses_but_for_the_two_small_buttons(
    viewport: dict[str, int], look: Any, exported: Exported, hard: Path
) -> None:
    for path in (exported.page, hard):
        page = look(path, viewport)
        box = page.locator(".screen").bounding_box()
        assert box["height"] >= viewport["height"]
        assert box["width"] == (viewport["width"] if viewport["width"] < 960 else pytest.approx(864, abs=120))
        hit: list[str] = page.evaluate(HIT, box)
        assert set(hit) <= {"toggle", "back", "on"}  # those two may lie below a title of many lines
        assert hit.count("toggle") > len(hit) * 0.8


def test_on_a_phone_all_that_is_needed_to_play_is_on_the_first_screen(look: Any, exported: Exported) -> None:
    page = look(exported.page)
    for name in ("h1", ".note", "#toggle", "#progress", "#left", "#back", "#on"):
        box = page.locator(name).bounding_box()
        assert 0 <= box["y"] <= box["y"] + box["height"] <= PHONE["height"]


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP])
def test_axe_finds_nothing_serious(
    viewport: dict[str, int], look: Any, exported: Exported, hard: Path
) -> None:
    for path in (exported.page, hard):
        page = look(path, viewport)
        assert violations(page) == []
        page.locator("#on").click()
        page.locator("#toggle").click()
        wait(page, "!sound.paused")
        assert violations(page) == []


def test_axe_finds_nothing_serious_without_scripts(look: Any, exported: Exported, tmp_path: Path) -> None:
    assert violations(look(without_script(exported.page, tmp_path))) == []


def test_nothing_moves_for_somebody_who_wants_no_motion(look: Any, exported: Exported) -> None:
    for wish, behaviour in (("reduce", "auto"), ("no-preference", "smooth")):
        page = look(exported.page, reduced_motion=wish)
        assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == behaviour
    style = exported.page.read_text(encoding="utf-8").split("<style>")[1].split("</style>")[0]
    assert not re.search(r"\b(animation|transition)\b", style)
