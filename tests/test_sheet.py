"""The plan of a session on paper: all that is done is on it, in words, and any browser prints it calmly."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from voiceguide.library import (
    find_routine,
    load_language,
    load_leaflet,
    load_points,
    load_routine,
    routine_names,
)
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.point import AT_EVERY_POINT
from voiceguide.session import Session, compile_session
from voiceguide.sheet import Listing, Sheet, Stop, make_sheet
from voiceguide.sheet_files import SHEETS, write_html, write_markdown
from voiceguide.units import Milliseconds, clock
from voiceguide.voice import find_voice

VOID = {"meta", "col", "br", "hr", "img", "link", "input"}
PAIRED = Options()
APART = Options(one_side_at_a_time=True, sore_side="right")


def session_of(name: str, options: Options = PAIRED) -> Session:
    routine, voice = load_routine(find_routine(name)), find_voice("tone", rate=None, language="en")
    return compile_session(routine, load_points(), load_language("en"), voice, options, sounds=False)


def sheet_of(session: Session) -> Sheet:
    return make_sheet(session, load_leaflet("en"), load_points())


def listing(sheet: Sheet, title: str) -> tuple[str, ...]:
    """Return the lines under a heading, none if it is not there."""
    return next((one.lines for one in (*sheet.before, *sheet.after) if one.title == title), ())


@dataclass
class Page(HTMLParser):
    """What a browser or a screen reader finds on a page."""

    html: str
    open: list[str] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    text: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.text.setdefault(self.open[-1], []).append(data)
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += f" {data}"


@pytest.mark.parametrize("options", [PAIRED, APART], ids=["usual", "one side at a time"])
@pytest.mark.parametrize("name", routine_names())
def test_every_stop_has_a_row_that_says_what_the_session_does(name: str, options: Options) -> None:
    session = session_of(name, options)
    sheet, language, points = sheet_of(session), load_language("en"), load_points()
    assert len(sheet.stops) == len(session.plan.visits)
    for row, visit in zip(sheet.stops, session.plan.visits, strict=True):
        segments = [segment for segment in session.timeline.segments if segment.stop == visit.stop]
        assert row.start == clock(segments[0].start)
        lasts = " ".join(row.lasts).lower()
        assert language.duration(visit.chosen) in lasts
        if not visit.points:
            assert (row.codes, row.release, row.part.startswith("Ice")) == ("", "", True)
            continue
        part = language.point(visit.entry).part[visit.side or "both"]
        assert (row.part.lower(), row.codes) == (part, visit.codes)
        assert row.where
        assert ("at once" in row.release) == all(points[one].release == "at_once" for one in visit.points)
        dosed = [segment for segment in segments if segment.action in {"hold", "roll"}]
        assert len(dosed) == visit.repeats * visit.rounds
        for count in (visit.repeats, visit.rounds):
            assert count == 1 or f": {language.numbers[count]}." in lasts
        for time in (visit.massage, visit.window):
            assert not time or language.duration(time) in lasts
        assert {segment.posture for segment in dosed} == {visit.posture}
        assert load_leaflet("en").words["postures"][visit.posture] in " ".join(row.how).lower()


@pytest.mark.parametrize("name", routine_names())
def test_every_caution_of_every_point_is_told_at_it_or_for_all(name: str) -> None:
    session, leaflet = session_of(name), load_leaflet("en")
    sheet = sheet_of(session)
    everywhere = listing(sheet, leaflet.labels["everywhere"])
    rows = zip(session.plan.visits, sheet.stops, strict=True)
    first = {visit.entry: row for visit, row in rows if visit.is_first}
    for visit in session.plan.visits:
        if visit.points:
            told = {*everywhere, *first[visit.entry].care}
            here = [caution for caution in visit.cautions if caution not in AT_EVERY_POINT]
            assert {leaflet.words["cautions"][caution] for caution in here} <= told
            for point in visit.points:
                assert set(leaflet.points[point].care) <= told


def test_what_is_said_first_and_what_to_fetch_comes_before_the_stops() -> None:
    session, leaflet = session_of("lying-down"), load_leaflet("en")
    sheet = sheet_of(session)
    events = session.timeline.events
    first = {"open.safety", "ready.ball_in_sock", "ready.rules"}
    said = [one.text for one in events if one.name in first and one.required]
    assert len(said) == 9
    assert list(listing(sheet, leaflet.labels["first"])) == [*said, leaflet.labels["ask_first"]]
    assert "A tennis ball in a long sock." in listing(sheet, leaflet.labels["fetch"])
    assert sheet.lead == (f"It takes {clock(session.timeline.duration)}.",)
    assert "skip silence" in sheet.last


def test_nothing_is_to_be_fetched_where_nothing_is_needed() -> None:
    titles = [one.title for one in sheet_of(session_of("hands")).before]
    assert titles == ["Read this first", "At every point"]


def test_who_made_it_and_what_they_want_to_be_read_stands_on_top() -> None:
    session = session_of("hands")
    routine = replace(session.plan.routine, by="Ada", note="Warm your hands first.")
    sheet = sheet_of(replace(session, plan=replace(session.plan, routine=routine)))
    assert sheet.lead[1:] == ("By Ada.", "Warm your hands first.")


def test_what_is_left_out_is_told_with_the_reason() -> None:
    session = session_of("full", Options(skip=("g30",), ice="later"))
    lines = listing(sheet_of(session), "Left out")
    assert len(lines) == len(session.plan.left_out)
    assert "Hips, G-30 (GB30 Huantiao): you asked to leave it out." in lines
    assert "Ice: to be done later, on your own." in lines
    short = session_of("lying-down", Options(length=Milliseconds(40 * 60_000)))
    dropped = [line for line in listing(sheet_of(short), "Left out") if "there is no time for it." in line]
    assert dropped
    assert len(dropped) == len(short.plan.left_out)


def test_ice_is_told_with_its_length_and_how_to_handle_it() -> None:
    ice = sheet_of(session_of("lying-down", Options(ice="10m"))).stops[-1]
    assert (ice.part, ice.where, ice.lasts) == ("Ice", "Your low back.", ("Ten minutes.",))
    assert ice.how == ("Lying on your side, the right one.",)
    for asked, is_told in (("full", True), ("later", True), ("skip", False)):
        sheet = sheet_of(session_of("lying-down", Options(ice=asked)))
        assert ("bare skin" in " ".join(listing(sheet, "Ice"))) == is_told


def test_codes_that_name_other_places_today_are_told() -> None:
    lines = listing(sheet_of(session_of("lying-down")), "Names of the places")
    assert "World Health Organization" in lines[0]
    assert "Today's BL47 is another place, on the back well above the waist." in lines


# ── files ──

TRICKY = Sheet(
    language="en",
    title="<b>Mine</b> & *yours* | 1",
    lead=(
        "- not a list",
        "1. nor this",
        "# nor a heading\nin two lines",
        "</style><script>alert()</script>",
    ),
    before=(Listing("[a](http://b)", ("`code`", "_line_")),),
    caption="What | when",
    columns=("Start", "Place", "How", "How long", "Letting go", "Take care"),
    stops=(Stop("1:00", "Left | hand", "A<B", "“Here” & there.", ("a|b.", "c."), ("~d~.",), "", ()),),
    after=(),
    last="End.",
)


def test_a_page_reads_well_to_a_screen_reader() -> None:
    sheet = sheet_of(session_of("lying-down"))
    page = Page(write_html(sheet))
    assert page.open == []
    tags = [tag for tag, _ in page.tags]
    assert ("html", {"lang": "en"}) in page.tags
    assert (tags.count("h1"), tags.count("main"), tags.count("caption"), tags.count("title")) == (1, 1, 1, 1)
    assert page.text["h2"] == [one.title for one in (*sheet.before, *sheet.after)]
    heads = [attributes.get("scope") for tag, attributes in page.tags if tag == "th"]
    assert heads == ["col"] * 6 + ["row"] * len(sheet.stops)
    assert {len(row) for row in page.rows} == {6}
    for row, stop in zip(page.rows[1:], sheet.stops, strict=True):
        assert all(one in row[1] for one in (stop.part, stop.codes, stop.where))
        assert all(line in row[5] for line in stop.care)


def test_a_page_needs_nothing_else_and_prints_dark_on_white() -> None:
    page = write_html(sheet_of(session_of("lying-down")))
    assert not re.search(r"<script|<link|<img|@import|url\(|https?:|\son\w+=", page)
    assert "@media print" in page
    assert "background: #fff" in page
    assert 'charset="utf-8"' in page


def test_whatever_the_text_a_page_shows_it_as_it_is() -> None:
    page = Page(write_html(TRICKY))
    assert page.open == []
    assert page.text["h1"] == [TRICKY.title]
    assert page.text["p"][:4] == [*TRICKY.lead]
    assert "script" not in [tag for tag, _ in page.tags]
    assert page.rows[1][1].split() == "Left | hand A<B “Here” & there.".split()


def test_whatever_the_text_markdown_has_no_other_markup() -> None:
    lines = write_markdown(TRICKY).splitlines()
    assert lines[0] == "# \\<b\\>Mine\\</b\\> \\& \\*yours\\* \\| 1"
    assert "\\- not a list" in lines
    assert "1\\. nor this" in lines
    assert "\\# nor a heading in two lines" in lines
    assert "- \\`code\\`" in lines
    row = next(line for line in lines if "1:00" in line)
    assert row == "| 1:00 | **Left \\| hand**, A\\<B. “Here” \\& there. | a\\|b. c. | \\~d\\~. |  |  |"


@pytest.mark.parametrize("name", routine_names())
def test_every_plan_has_all_its_text_in_both_files(name: str) -> None:
    sheet = sheet_of(session_of(name))
    page = Page(SHEETS["html"](sheet))
    shown = "".join(text for texts in page.text.values() for text in texts)
    markdown = re.sub(r"\\(?=[^\w\s])", "", SHEETS["md"](sheet))
    lines = [line for one in (*sheet.before, *sheet.after) for line in (one.title, *one.lines)]
    lines += [line for stop in sheet.stops for line in (stop.part, *stop.how, *stop.lasts, *stop.care)]
    for line in (sheet.title, *sheet.lead, sheet.caption, *sheet.columns, *lines, sheet.last):
        assert line in shown
        assert line in markdown


@pytest.mark.slow
@pytest.mark.parametrize("paper", ["A4", "letter"])
def test_the_default_session_prints_on_two_sides(paper: str, tmp_path: Path) -> None:
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        pytest.skip("there is no Chromium here")
    page = write_html(sheet_of(session_of("lying-down")))
    file, printed = tmp_path / "plan.html", tmp_path / "plan.pdf"
    file.write_text(page.replace("@page { ", f"@page {{ size: {paper}; "), encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    options += [f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={printed}"]
    subprocess.run([browser, *options, file.as_uri()], capture_output=True, check=True, timeout=120)
    assert len(re.findall(rb"/Type /Page\b", printed.read_bytes())) == 2
