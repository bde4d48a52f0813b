"""Chromium without a screen, and what the tests of the page ask it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from time import monotonic
from typing import Any

HEARD = """
async (time) => {
  const sound = document.getElementById("sound"), context = window.ear ??= new AudioContext();
  if (!window.meter) {
    window.meter = context.createAnalyser();
    meter.fftSize = 512;
    context.createMediaElementSource(sound).connect(meter).connect(context.destination);
  }
  await context.resume();
  sound.pause();
  const there = new Promise((resolve) => sound.addEventListener("seeked", resolve, { once: true }));
  sound.currentTime = time;
  await there;
  await sound.play();
  const samples = new Float32Array(512);
  return new Promise((resolve) => {
    let quiet = false;
    const listen = () => {
      meter.getFloatTimeDomainData(samples);
      const loudest = Math.max(...samples.map(Math.abs));
      quiet ||= loudest < 0.005;
      if ((quiet && loudest > 0.03) || sound.currentTime > time + 5) {
        sound.pause();
        resolve(sound.currentTime);
      } else setTimeout(listen, 2);
    };
    listen();
  });
}"""
"""From a time on, the time at which the first sound after a silence is heard."""
WATCHED = """
(seconds) => new Promise((resolve) => {
  const sound = document.getElementById("sound"), seen = [], begin = performance.now();
  const look = () => {
    seen.push([sound.currentTime, document.getElementById("now").textContent]);
    if (performance.now() - begin > seconds * 1000) resolve(seen);
    else setTimeout(look, 20);
  };
  look();
})"""
"""For so many seconds, where the sound is and which words are shown, looked at in one moment."""

HIT = """
({ x, y, width, height }) => {
  const ids = [];
  for (let across = 1; across < width; across += 7)
    for (let down = 1; down < Math.min(height, innerHeight - y); down += 7)
      ids.push(document.elementFromPoint(x + across, y + down).closest("button")?.id ?? "none");
  return ids;
}"""
"""What a touch of the first screen meets within a box, every few pixels: ids of buttons."""
_OUT_OF_PLACE = """
() => [...document.querySelectorAll("svg")].flatMap((svg) => {
  const paper = svg.getBoundingClientRect();
  const boxes = [...svg.querySelectorAll("text")].map((one) => [one, one.getBoundingClientRect()]);
  const found = [];
  boxes.forEach(([{ textContent: said }, a], at) => {
    if (a.left < paper.left || a.right > paper.right || a.bottom > paper.bottom) found.push([said]);
    boxes.slice(at + 1).forEach(([{ textContent: other }, b]) => {
      // A line's box is as high as all letters could be: less of it is seen.
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 0 && down > 0.3 * Math.min(a.height, b.height)) found.push([said, other]);
    });
  });
  return found;
})"""


def _chromium() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def what_is_missing() -> list[str]:
    """Return what has to be installed first."""
    missing = [name for name in ("playwright", "axe_playwright_python") if find_spec(name) is None]
    return missing if _chromium() else [*missing, "chromium"]


@contextmanager
def start() -> Iterator[Any]:
    """Give a browser that is there already: nothing is downloaded."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # As root there is no sandbox; without a sound card, sound goes to a sink that keeps time.
        flags = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        browser = playwright.chromium.launch(executable_path=_chromium(), args=flags)
        yield browser
        browser.close()


def time(page: Any) -> float:
    """Return where the sound is, in seconds."""
    return float(page.evaluate("sound.currentTime"))


def wait(page: Any, condition: str) -> None:
    """Return when a condition holds in the page; fail after ten seconds."""
    end = monotonic() + 10
    # Not by Playwright's own waiting: it evaluates text, which the policy of the page forbids.
    while not page.evaluate(condition):
        assert monotonic() < end, condition


def violations(page: Any) -> list[tuple[str, str]]:
    """Return what axe-core finds that is serious or critical."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        (one["id"], one["nodes"][0]["html"][:200])
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


def words_out_of_place(page: Any) -> list[list[str]]:
    """Return texts that reach beyond their drawing, and pairs of which one lies on the other."""
    return list(page.evaluate(_OUT_OF_PLACE))


def without_script(page: Path, folder: Path) -> Path:
    """Return a page as a browser has it that runs no scripts, where axe-core itself still can run."""
    text, count = re.subn(r"<script>.*?</script>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert count == 1
    (folder / "silent.html").write_text(text, encoding="utf-8")
    return folder / "silent.html"
