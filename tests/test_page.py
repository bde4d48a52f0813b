"""The page that `export -o session.html` writes: one file, no network, sound and words in step."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
import soundfile

from tests.conftest import Run
from tests.made_up import make_long, make_routine
from voiceguide.cover import make_cover
from voiceguide.exporter import export
from voiceguide.formats.html import Format
from voiceguide.leaflet_lines import PAGE
from voiceguide.library import load_leaflet
from voiceguide.track import Line, Mark, Track, make_bare_track
from voiceguide.units import Milliseconds, clock

if TYPE_CHECKING:
    from tests.made_up import MadeUp

SOURCES = Path(__file__).parents[1] / "voiceguide" / "formats" / "_page"
VOID = {"input", "link", "meta"}
NASTY = """</title></script><script>alert("1")</script>'"><b>&amp;{{script}}\x00\x1b\u2028--><!--"""


class Reader(HTMLParser):
    """Reads a page strictly: what is opened is closed, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self.open[-1] if self.open else "", data))

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]

    def one(self, tag: str) -> dict[str, str | None]:
        (found,) = self.all(tag)
        return found

    def text(self, tag: str) -> str:
        return "".join(data for name, data in self.texts if name == tag)


def make_full_track(session: MadeUp) -> Track:
    """Return what a page holds of a made-up session."""
    timeline = session.timeline
    ends = [*[chapter.start for chapter in timeline.chapters][1:], timeline.duration]
    return replace(
        make_bare_track(session.as_session),
        title="Hands",
        language="en",
        comment="Stop if it hurts.",
        cover=make_cover("Hands"),
        labels=load_leaflet("en").page,
        chapters=tuple(
            Mark(chapter.start, end, chapter.title)
            for chapter, end in zip(timeline.chapters, ends, strict=True)
        ),
        words=tuple(
            Line(event.start, Milliseconds(event.start + event.duration), event.text)
            for event in timeline.events
            if event.kind == "speech"
        ),
    )


def write(path: Path, session: MadeUp, **changes: object) -> str:
    """Return the page of a made-up session, its track changed."""
    track = replace(make_full_track(session), **changes)  # type: ignore[arg-type]
    Format().write(path, track, session.mixer().blocks())
    return path.read_text(encoding="utf-8")


def sound_in(page: str) -> bytes:
    """Return the MP3 in a page."""
    address = Reader(page).one("audio")["src"] or ""
    return base64.b64decode(address.removeprefix("data:audio/mpeg;base64,"), validate=True)


@pytest.fixture(scope="module")
def session() -> MadeUp:
    return make_routine(16_000)


@pytest.fixture(scope="module")
def page(session: MadeUp, tmp_path_factory: pytest.TempPathFactory) -> str:
    return write(tmp_path_factory.mktemp("page") / "session.html", session)


# ── what it asks of the world: nothing ──


def test_a_page_names_no_address_but_its_own_data(page: str) -> None:
    reader = Reader(page)
    addresses = [attrs[name] or "" for _, attrs in reader.tags for name in ("src", "href") if name in attrs]
    assert len(addresses) > 3
    assert [one[:40] for one in addresses if not one.startswith(("data:", "#"))] == []
    without_data = re.sub(r'"data:[^"]*"', "", page)
    assert not re.search(r"https?:|//[a-z]|url\(|@import|fetch\(|XMLHttp|WebSocket|import\(", without_data)


def test_the_policy_allows_this_style_this_script_and_no_network(page: str) -> None:
    reader = Reader(page)
    policy = next(one["content"] for one in reader.all("meta") if "http-equiv" in one) or ""
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert "connect-src" not in rules
    assert rules["media-src"] == rules["img-src"] == "data:"
    for tag in ("style", "script"):
        (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert rules[f"{tag}-src"] == f"'sha256-{digest}'"
    assert not any(
        "style" in attrs or any(name.startswith("on") for name in attrs) for _, attrs in reader.tags
    )


# ── what it holds ──


def test_every_word_stands_in_a_page_with_its_time_and_every_chapter_as_a_heading(
    page: str, session: MadeUp
) -> None:
    track = make_full_track(session)
    plain = re.sub(r"<[^>]+>", "", re.sub(r"</(li|h3)>", "\n", page.split("</nav>")[1]))
    found = [" ".join(line.split()) for line in plain.splitlines() if re.match(r"\d+:\d\d ", line)]
    expected = []
    for mark in track.chapters:
        expected.append(f"{clock(mark.start)} {mark.title}")
        expected += [
            f"{clock(line.start)} {line.text}" for line in track.words if mark.start <= line.start < mark.end
        ]
    assert len(expected) > 20
    assert found == expected


def test_a_chapter_can_be_tapped_and_leads_to_its_words_without_scripts(page: str, session: MadeUp) -> None:
    reader = Reader(page)
    links = reader.all("a")
    starts = [chapter.start / 1000 for chapter in session.timeline.chapters]
    assert [float(link["data-start"] or "") for link in links] == starts
    assert [link["href"] for link in links] == [f"#{heading['id']}" for heading in reader.all("h3")]


def test_what_to_know_before_playing_stands_before_the_sound(page: str) -> None:
    assert 0 < page.index("Stop if it hurts.") < page.index("<audio")


def test_a_page_plays_without_scripts_and_offers_no_other_speed(page: str) -> None:
    audio = Reader(page).one("audio")
    assert "controls" in audio
    assert audio["controlslist"] == "noplaybackrate"


def test_every_label_stands_on_the_page_and_the_page_needs_no_other() -> None:
    template = (SOURCES / "page.html").read_text(encoding="utf-8")
    written = set(re.findall(r"{{label\.(\w+)}}", template)) | {"before", "parts", "words"}
    assert written == set(PAGE)


def test_a_page_says_its_labels_in_the_words_of_the_track(session: MadeUp, tmp_path: Path) -> None:
    labels = {name: f"<{name}>" for name in PAGE}
    shown = write(tmp_path / "x.html", session, labels=labels)
    english = load_leaflet("en").page
    assert [name for name in PAGE if f"&lt;{name}&gt;" not in shown] == []
    assert [name for name in PAGE if f">{english[name]}<" in shown or f'"{english[name]}"' in shown] == []


@pytest.mark.parametrize(
    ("language", "direction"),
    [("en", "ltr"), ("de-AT", "ltr"), ("he", "rtl"), ("ar-EG", "rtl"), ("FA", "rtl"), ("ur", "rtl")],
)
def test_a_page_runs_in_the_direction_of_its_language(
    language: str, direction: str, session: MadeUp, tmp_path: Path
) -> None:
    root = Reader(write(tmp_path / "x.html", session, language=language)).one("html")
    assert (root["lang"], root["dir"]) == (language, direction)


def test_what_a_person_wrote_is_text_and_nothing_else(session: MadeUp, tmp_path: Path) -> None:
    usual, track = Reader(write(tmp_path / "usual.html", session)), make_full_track(session)
    shown = write(
        tmp_path / "x.html",
        session,
        title=NASTY,
        comment=NASTY,
        language=NASTY,
        labels=dict.fromkeys(PAGE, NASTY),
        chapters=tuple(mark._replace(title=NASTY) for mark in track.chapters),
        words=tuple(line._replace(text=NASTY) for line in track.words),
    )
    reader = Reader(shown)
    assert [tag for tag, _ in reader.tags] == [tag for tag, _ in usual.tags]
    assert [sorted(attrs) for _, attrs in reader.tags] == [sorted(attrs) for _, attrs in usual.tags]
    assert reader.text("script") == usual.text("script")
    assert (
        reader.text("h1") == reader.text("title") == " ".join(re.sub(r"[\x00\x1b\u2028]", " ", NASTY).split())
    )
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f]", shown)


# ── its sound ──


@pytest.mark.parametrize("bitrate", [None, 32, 64])
@pytest.mark.parametrize("samplerate", [16_000, 24_000, 48_000])
def test_the_sound_in_a_page_is_as_long_as_the_session_and_not_late(
    samplerate: int, bitrate: int | None, tmp_path: Path
) -> None:
    session = make_routine(samplerate)
    sound = sound_in(write(tmp_path / "x.html", session, bitrate=bitrate))
    original = np.concatenate(list(session.mixer().blocks())).astype(float)
    with av.open(io.BytesIO(sound)) as file:
        by_ffmpeg = np.concatenate([frame.to_ndarray()[0] for frame in file.decode(audio=0)])
    by_mpg123, _ = soundfile.read(io.BytesIO(sound))
    for heard in (by_ffmpeg, by_mpg123):
        # FFmpeg of some versions leaves the end of the last frame on.
        assert 0 <= len(heard) - len(original) <= 1152
        spectrum = np.fft.rfft(heard[: len(original)]) * np.conj(np.fft.rfft(original))
        late = int(np.argmax(np.fft.irfft(spectrum, len(original))))
        assert min(late, len(original) - late) * 1000 <= samplerate  # a millisecond


@pytest.mark.parametrize("bitrate", [32, 40, 64, 160])
def test_every_frame_of_the_sound_is_as_long_as_the_others(bitrate: int, tmp_path: Path) -> None:
    """So a browser that counts bytes finds every place."""
    sound = sound_in(write(tmp_path / "x.html", make_routine(), bitrate=bitrate))
    size = 144 * bitrate * 1000 // 48_000
    assert len(sound) % size == 0
    assert {sound[at : at + 3] for at in range(0, len(sound), size)} == {sound[:3]}
    assert sound[21:25] == b"Info"


def test_forty_minutes_are_less_than_25_megabytes(tmp_path: Path) -> None:
    sizes = [len(write(tmp_path / "x.html", make_long(minutes))) for minutes in (1, 2)]
    assert sizes[0] + 39 * (sizes[1] - sizes[0]) < 25_000_000


def test_the_same_session_gives_the_same_page(session: MadeUp, page: str, tmp_path: Path) -> None:
    assert write(tmp_path / "another.html", session) == page


@pytest.mark.parametrize("at", [0, 6])
def test_a_fault_leaves_nothing_behind(at: int, tmp_path: Path) -> None:
    def fail(done: int, frames: int) -> None:
        if done * 10 >= frames * at:
            raise KeyboardInterrupt

    session = make_routine(16_000)
    with pytest.raises(KeyboardInterrupt):
        export(session.as_session, tmp_path / "x.html", make_full_track(session), progress=fail)
    assert list(tmp_path.iterdir()) == []


def test_a_page_leaves_only_itself(session: MadeUp, tmp_path: Path) -> None:
    write(tmp_path / "x.html", session)
    assert [path.name for path in tmp_path.iterdir()] == ["x.html"]


def test_a_fault_of_the_sound_ends_the_page(session: MadeUp, tmp_path: Path) -> None:
    def blocks() -> Iterator[np.ndarray[tuple[int], np.dtype[np.int16]]]:
        yield np.zeros(16_000, np.int16)
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        Format().write(tmp_path / "x.html", make_full_track(session), blocks())
    assert [path.name for path in tmp_path.iterdir() if path.name != "x.html"] == []


def test_export_writes_a_page_with_the_words_of_the_language(run: Run, tmp_path: Path) -> None:
    target, leaflet = tmp_path / "hands.html", load_leaflet("en")
    done = run("export", "hands", "-o", str(target), "--voice", "tone", "--samplerate", "16000")
    assert done.code == 0
    document = json.loads(run("show", "hands", "--voice", "tone", "--json").out)
    reader = Reader(target.read_text(encoding="utf-8"))
    assert reader.text("h1") == "Hands"
    assert leaflet.label("file_comment") in reader.text("p")
    assert reader.one("audio")["data-duration"] == str(document["duration"])
    starts = [float(item["data-start"] or "") for item in reader.all("li") if "data-start" in item]
    assert starts == [event["start"] for event in document["events"] if event["kind"] == "speech"]
    assert reader.text("h2") == "".join(leaflet.page[name] for name in ("before", "parts", "words"))
