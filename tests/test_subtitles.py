"""Subtitles: every word at its time, and no word taken for anything else."""

from __future__ import annotations

import html
import json
import re
import subprocess
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.made_up import Sound, Stretch, make_session
from voiceguide.errors import UnknownName
from voiceguide.shown_text import in_one_line
from voiceguide.subtitles import SUBTITLES, make_lrc, make_srt, make_vtt, subtitles_in
from voiceguide.track import Line, Track, make_track
from voiceguide.units import LONGEST_SESSION, Milliseconds

NASTY = (
    "-->",
    "00:00:01,000 --> 00:00:02,000",
    "a <b>bold</b> & <00:01.00> word",
    "&amp; &lt; &#65;",
    "[00:10.00] in square brackets",
    "{\\an8}up there",
    "7",
    "WEBVTT",
    "NOTE not a comment",
    "שלום עולם",
    "“Let go,” said the guide – slowly…",
)
_LINE_ENDS = ("\n", "\r\n", "\u2028", "\x0b", "\n\n", "\t")


@st.composite
def tracks(draw: st.DrawFn) -> Track:
    """Any words in any place, in order, as `make_track` hands them on."""
    text = st.one_of(st.text(min_size=1, max_size=40), st.sampled_from(NASTY), st.sampled_from(_LINE_ENDS))
    now, words = 0, []
    for parts in draw(st.lists(st.lists(text, min_size=1, max_size=3), max_size=12)):
        start = now + draw(st.integers(0, 20 * 60_000))
        now = start + draw(st.integers(1, 15_000))
        if line := in_one_line(" ".join(parts)):
            words.append(Line(Milliseconds(start), Milliseconds(now), line))
    frames = (now + draw(st.integers(0, 5_000))) * 48
    return Track(samplerate=48_000, frames=frames, title="A [title]", words=tuple(words))


def from_hours(text: str) -> int:
    found = re.fullmatch(r"(\d{2,}):([0-5]\d):([0-5]\d)[.,](\d{3})", text)
    assert found, text
    hours, minutes, seconds, rest = map(int, found.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest


def cues_in(text: str) -> list[tuple[int, int, str]]:
    """Return the cues of WebVTT or SubRip, read as the formats say: blocks between empty lines."""
    blocks = [block.split("\n") for block in text.strip("\n").split("\n\n") if block]
    cues = []
    for number, block in enumerate(blocks, start=1):
        lines = block
        if "-->" not in lines[0]:
            assert lines.pop(0) == str(number)
        times, *words = lines
        start, end = times.split(" --> ")
        assert len(words) == 1
        cues.append((from_hours(start), from_hours(end), words[0]))
    return cues


@given(tracks())
@example(Track(samplerate=48_000, frames=0))
def test_webvtt_tells_every_word_as_it_is_at_its_exact_time(track: Track) -> None:
    head, _, rest = make_vtt(track).partition("\n\n")
    assert head.strip() == "WEBVTT"
    cues = cues_in(rest)
    assert [(start, end, html.unescape(text)) for start, end, text in cues] == [*map(tuple, track.words)]
    assert not any(letter in text for _, _, text in cues for letter in "<>")


@given(tracks())
def test_subrip_tells_every_word_at_its_exact_time_and_without_markup(track: Track) -> None:
    cues = cues_in(make_srt(track))
    assert [(start, end) for start, end, _ in cues] == [(line.start, line.end) for line in track.words]
    for (_, _, text), line in zip(cues, track.words, strict=True):
        assert not re.search(r"[<>{}]", text)
        assert len(text) == len(line.text)
        assert re.sub(r"[‹›()]", "", text) == re.sub(r"[<>{}‹›()]", "", line.text)


@given(tracks())
def test_lrc_has_a_line_for_every_word_in_order_and_to_the_hundredth(track: Track) -> None:
    title, length, *lines = make_lrc(track).splitlines()
    assert title == "[ti:A (title)]"
    assert length == f"[length:{track.duration // 60_000:02d}:{track.duration // 1000 % 60:02d}]"
    found = [re.fullmatch(r"\[(\d{2,}):([0-5]\d)\.(\d\d)\](.*)", line) for line in lines]
    assert all(found)
    times = [int(at[1]) * 6000 + int(at[2]) * 100 + int(at[3]) for at in found if at]
    assert times == sorted(times)
    said = [(time, at[4]) for time, at in zip(times, found, strict=True) if at and at[4]]
    assert [time for time, _ in said] == [line.start // 10 for line in track.words]
    for (_, text), line in zip(said, track.words, strict=True):
        assert not re.search(r"[\[\]]|<\d[\d:.]*>", text)
        assert len(text) == len(line.text)


@given(tracks())
def test_a_line_of_lrc_goes_when_it_was_said_and_never_takes_the_next_one_away(track: Track) -> None:
    for before, after in pairwise(make_lrc(track).splitlines()[2:]):
        if before.endswith("]"):  # as no word ends so, nothing is shown from there on
            assert not after.startswith(before)


def test_times_above_ninety_nine_minutes_have_as_many_digits_as_they_need() -> None:
    late = Line(Milliseconds(LONGEST_SESSION - 1), LONGEST_SESSION, "The session is over.")
    track = Track(samplerate=48_000, frames=LONGEST_SESSION * 48, title="Long", words=(late,))
    shown = make_lrc(track).splitlines()
    assert shown == ["[ti:Long]", "[length:360:00]", "[359:59.99]The session is over.", "[360:00.00]"]
    assert "05:59:59.999 --> 06:00:00.000" in make_vtt(track)
    assert "05:59:59,999 --> 06:00:00,000" in make_srt(track)


def test_a_file_that_says_nothing_of_itself_has_no_title() -> None:
    assert make_lrc(Track(samplerate=48_000, frames=1)) == "\n"


def test_the_words_are_those_of_the_session_without_its_tones() -> None:
    made_up = make_session(
        [Stretch("ice", 2000, (Sound(100, 200), Sound(500, 300, "alarm"), Sound(900, 400)))]
    )
    event = replace(made_up.timeline.events[0], text="one\r\n two\x00\u2028three " + "x" * 400)
    events = (event, *made_up.timeline.events[1:])
    track = make_track(
        MadeUpSession(replace(made_up.timeline, events=events)),  # type: ignore[arg-type]
    )
    assert [line.text for line in track.words] == ["one two three " + "x" * 400, "words for 400"]
    assert [(line.start, line.end) for line in track.words] == [(100, 300), (900, 1300)]


class MadeUpSession:
    """What `make_track` needs of a session."""

    title = "Made up"
    samplerate = 48_000
    language = type("Language", (), {"tag": "en"})

    def __init__(self, timeline: object) -> None:
        self.timeline = timeline


@pytest.mark.parametrize(
    ("typed", "kinds"), [("vtt", ("vtt",)), ("srt, LRC,srt", ("srt", "lrc")), ("none", ())]
)
def test_kinds_are_named_with_commas_each_once(typed: str, kinds: tuple[str, ...]) -> None:
    assert subtitles_in(typed) == kinds


def test_a_kind_that_is_not_there_is_told() -> None:
    with pytest.raises(UnknownName, match="unknown kind of subtitles 'ass'") as caught:
        subtitles_in("vtt,ass")
    assert caught.value.hint == "There are: vtt, lrc, srt."


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["vtt", "srt", "lrc"])
def test_ffmpeg_reads_what_was_written(kind: str, tmp_path: Path) -> None:
    words = tuple(
        Line(Milliseconds(1_000 + 4_000 * at), Milliseconds(3_500 + 4_000 * at), text)
        for at, text in enumerate((*NASTY, *(f"line {number}" for number in range(2_000))))
    )
    track = Track(samplerate=48_000, frames=9_000_000 * 48, title="All of it", words=words)
    path = tmp_path / f"session.{kind}"
    path.write_text(SUBTITLES[kind](track), encoding="utf-8")
    command = ["ffprobe", "-v", "error", "-show_packets", "-of", "json", str(path)]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert found.stderr == ""
    packets = json.loads(found.stdout)["packets"]
    times = [round(float(one["pts_time"]) * 1000) for one in packets if kind != "lrc" or int(one["size"]) > 1]
    assert times == [line.start for line in words]
    if kind != "lrc":  # which has no ends
        assert [round(float(one["duration_time"]) * 1000) for one in packets] == [2_500] * len(words)
        plain = subprocess.run(
            ["ffmpeg", "-v", "error", "-i", str(path), "-f", "srt", "-"],
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        assert plain.stderr == ""
        assert len(cues_in(re.sub(r"\r?\n", "\n", plain.stdout))) == len(words)
