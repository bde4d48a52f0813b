"""What a file says of itself, read by mutagen and, as judges of other houses, by ffprobe and ffmpeg."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import av
import mutagen
import mutagen.flac
import mutagen.id3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.made_up import Sound, Stretch, make_routine, make_session
from tests.test_formats import FORMATS, LOSSLESS, decode, load
from voiceguide.cover import SIZE, make_cover
from voiceguide.exporter import export
from voiceguide.formats._tags import three_letters
from voiceguide.library import find_routine, load_language, load_points, load_routine
from voiceguide.session import Session, compile_session
from voiceguide.shown_text import LONGEST_TEXT, in_one_line
from voiceguide.subtitles import make_lrc
from voiceguide.track import Line, Mark, Track, make_bare_track, make_track
from voiceguide.units import Milliseconds, in_frames
from voiceguide.voice import find_voice

SESSION = make_routine(16_000)
SHORT = make_session([Stretch("close", 300, (Sound(100, 100),))])
TRACK = SESSION.track()
ID3 = {"mp3", "wav"}
VORBIS = {"flac", "opus", "ogg"}
MP4 = {"m4a", "m4b"}
SOUNDS = sorted({*ID3, *VORBIS, *MP4})


def written(name: str, folder: Path, track: Track = TRACK) -> Path:
    """Return a file of the made-up session that says of itself what the track says."""
    path = folder / f"session.{name}"
    load(name).write(path, track, SESSION.mixer().blocks())
    return path


def test_every_format_says_what_it_holds_in_one_of_three_ways() -> None:
    assert {*FORMATS} >= {*SOUNDS}


@pytest.mark.parametrize("name", SOUNDS)
def test_title_and_words_and_cover_are_read_back(name: str, tmp_path: Path) -> None:
    tags = mutagen.File(written(name, tmp_path)).tags
    texts = {"title": TRACK.title, "album": TRACK.title, "genre": "Speech", "comment": "Play it slowly."}
    words = "\n".join(line.text for line in TRACK.words)
    if name in ID3:
        keys = {"title": "TIT2", "album": "TALB", "genre": "TCON", "comment": "COMM::eng"}
        assert {key: str(tags[frame]) for key, frame in keys.items()} == texts
        assert str(tags["TLAN"]) == "eng"
        assert +tags["TLEN"] == TRACK.duration
        assert tags["USLT::eng"].text == words
        assert tags["SYLT::eng"].text == [(line.text, line.start) for line in TRACK.words]
        assert tags["APIC:"].data == TRACK.cover
        assert tags.version == (2, 3, 0)
    elif name in VORBIS:
        assert {key: tags[key] for key in texts} == {key: [text] for key, text in texts.items()}
        assert tags["language"] == ["en"]
        assert tags["lyrics"] == [make_lrc(TRACK)]
        assert tags["unsyncedlyrics"] == [words]
        if name == "flac":
            (picture,) = mutagen.File(tmp_path / "session.flac").pictures
        else:
            picture = mutagen.flac.Picture(base64.b64decode(tags["metadata_block_picture"][0]))
        assert (picture.data, picture.mime, picture.type) == (TRACK.cover, "image/png", 3)
    else:
        keys = {"title": "\xa9nam", "album": "\xa9alb", "genre": "\xa9gen", "comment": "\xa9cmt"}
        assert {key: tags[atom][0] for key, atom in keys.items()} == texts
        assert tags["\xa9lyr"] == [words]
        assert bytes(tags["covr"][0]) == TRACK.cover
        assert tags["stik"] == [2]
        with av.open(str(tmp_path / f"session.{name}")) as file:
            assert file.streams.audio[0].language == "eng"


@pytest.mark.parametrize("name", SOUNDS)
def test_every_stop_is_a_chapter_at_its_time(name: str, tmp_path: Path) -> None:
    file = mutagen.File(written(name, tmp_path))
    wanted = [(mark.start, mark.title) for mark in TRACK.chapters]
    if name in ID3:
        (toc,) = file.tags.getall("CTOC")
        by_id = {frame.element_id: frame for frame in file.tags.getall("CHAP")}
        found = [(by_id[one].start_time, str(by_id[one].sub_frames["TIT2"])) for one in toc.child_element_ids]
        assert [frame.end_time for frame in by_id.values()] == [mark.end for mark in TRACK.chapters]
    elif name in VORBIS:
        numbers = sorted(key.upper()[7:10] for key, _ in file.tags if key.upper().endswith("NAME"))
        found = [
            (in_milliseconds(file.tags[f"chapter{one}"][0]), file.tags[f"chapter{one}name"][0])
            for one in numbers
        ]
    else:
        found = [(round(chapter.start * 1000), chapter.title) for chapter in file.chapters]
    assert found == wanted


def in_milliseconds(clock: str) -> int:
    hours, minutes, seconds = clock.split(":")
    return (int(hours) * 60 + int(minutes)) * 60_000 + round(float(seconds) * 1000)


@pytest.mark.parametrize("name", SOUNDS)
def test_a_file_that_says_nothing_of_itself_has_no_tags(name: str, tmp_path: Path) -> None:
    file = mutagen.File(written(name, tmp_path, make_bare_track(SESSION.as_session)))
    assert not [value for value in dict(file.tags or {}).values() if "made" in str(value).lower()]
    assert not getattr(file, "pictures", [])


@pytest.mark.parametrize("name", SOUNDS)
def test_the_sound_is_the_same_with_and_without_tags(name: str, tmp_path: Path) -> None:
    with_tags, _ = decode(written(name, tmp_path))
    without, _ = decode(written(name, tmp_path, make_bare_track(SESSION.as_session)))
    assert np.array_equal(with_tags, without)


@pytest.mark.parametrize("name", sorted(LOSSLESS))
def test_the_same_session_gives_the_same_bytes_with_its_tags(name: str, tmp_path: Path) -> None:
    assert written(name, tmp_path).read_bytes() == written(name, tmp_path).read_bytes()


AWKWARD = [
    "x" * 3000,
    "ערב טוב · מזרן",
    "a\x00b\x1f\r\nc\u2028d",
    "\"<&>'--> [00:00.00]",
    "🧊 ice",
    "\ud800 night",
]


@pytest.mark.parametrize("name", SOUNDS)
def test_an_awkward_title_does_no_harm(name: str, tmp_path: Path) -> None:
    for title in AWKWARD:
        track = make_track(replace(SHORT, title=title).as_session)
        chapters = tuple(mark._replace(title=track.title) for mark in track.chapters)
        path = tmp_path / f"session.{name}"
        load(name).write(path, replace(track, chapters=chapters), SHORT.mixer().blocks())
        tags = mutagen.File(path).tags
        (read,) = tags["TIT2"].text if name in ID3 else tags["title" if name in VORBIS else "\xa9nam"]
        assert read == track.title == in_one_line(title)
        assert len(decode(path)[0]) >= track.frames


@given(st.text(max_size=1000))
def test_a_title_is_one_line_that_can_be_shown(text: str) -> None:
    line = in_one_line(text)
    assert len(line.splitlines()) <= 1
    assert line == line.strip()
    assert len(line) <= LONGEST_TEXT
    assert line.isprintable() or not text.isprintable()
    line.encode()


@pytest.mark.parametrize(("tag", "letters"), [("en", "eng"), ("pt-BR", "por"), ("gsw", "gsw"), ("xx", "und")])
def test_a_language_has_three_letters(tag: str, letters: str) -> None:
    assert three_letters(tag) == letters


def test_a_cover_is_a_square_and_the_same_every_time() -> None:
    from io import BytesIO

    from PIL import Image

    for title in ("Hands", "", "A title that goes on " * 40, "x" * 300, "ערב"):
        cover = make_cover(title)
        assert cover == make_cover(title)
        assert Image.open(BytesIO(cover)).size == (SIZE, SIZE)
        assert len(cover) < 30_000
    assert make_cover("Hands") != make_cover("Feet")


# ── whole sessions, by judges of other houses ──


@cache
def spoken_session(samplerate: int = 48_000) -> Session:
    voice = find_voice("espeak", rate=None)
    routine = load_routine(find_routine("hands"))
    session = compile_session(routine, load_points(), load_language("en"), voice)
    return replace(session, samplerate=samplerate)


@pytest.fixture(
    params=[(name, rate) for name in SOUNDS for rate in (24_000, 48_000)], ids=str, scope="module"
)
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A file of a whole session; its parent's name is its samplerate."""
    name, samplerate = request.param
    folder = tmp_path_factory.mktemp("whole") / str(samplerate)
    folder.mkdir()
    session = spoken_session(samplerate)
    path = folder / f"session.{name}"
    export(session, path, make_track(session, comment="Play it slowly.", cover=make_cover("Hands")))
    yield path
    shutil.rmtree(folder)


FRAME = {"mp3": 1152, "opus": 960, "ogg": 960, "m4a": 1024, "m4b": 1024}
"""Samples of a frame of the codec, which for MP3 below 32 kHz is half of that; for Opus always at 48 kHz."""


def codec_frame(path: Path) -> float:
    """Return the seconds of a frame of the codec; nothing for what is lossless."""
    name, samplerate = path.suffix[1:], int(path.parent.name)
    if name not in FRAME:
        return 0
    if name == "mp3" and samplerate < 32_000:
        return 576 / samplerate
    return FRAME[name] / (48_000 if name in {"opus", "ogg"} else samplerate)


@pytest.mark.slow
def test_ffprobe_reads_length_chapters_tags_and_cover(file: Path) -> None:
    command = ["ffprobe", "-v", "error", "-show_format", "-show_chapters", "-show_streams", "-of", "json"]
    told = json.loads(subprocess.run([*command, file], capture_output=True, check=True).stdout)
    session = spoken_session(int(file.parent.name))
    track = make_track(session)
    seconds = float(told["format"]["duration"])
    sound = next(one for one in told["streams"] if one["codec_type"] == "audio")
    encoder_delay = float(sound["start_time"]) if file.suffix == ".mp3" else 0.0
    assert seconds - encoder_delay == pytest.approx(track.duration / 1000, abs=codec_frame(file) + 1e-6)
    found = [(round(float(one["start_time"]) * 1000), one["tags"]["title"]) for one in told["chapters"]]
    assert found == [(mark.start, mark.title) for mark in track.chapters]
    tags = {**told["format"].get("tags", {}), **sound.get("tags", {})}
    said = {key.lower(): text for key, text in tags.items()}
    assert (said["title"], said["genre"], said["comment"]) == ("Hands", "Speech", "Play it slowly.")
    (cover,) = [one for one in told["streams"] if one["disposition"]["attached_pic"]]
    assert (cover["width"], cover["height"]) == (SIZE, SIZE)


@pytest.mark.slow
def test_decoded_by_ffmpeg_every_cue_starts_within_a_frame_of_the_codec(file: Path) -> None:
    samplerate = int(file.parent.name)
    session = spoken_session(samplerate)
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", file, "-map", "0:a", "-ar", str(samplerate), "-f", "s16le", "-"],
        capture_output=True,
        check=True,
    ).stdout
    heard = np.frombuffer(raw, np.int16).astype(np.float64)
    mixer = session.mixer()
    assert len(heard) == pytest.approx(mixer.frames, abs=codec_frame(file) * samplerate)
    most = max(round(codec_frame(file) * samplerate), 1)
    late = []
    for event in session.timeline.events:
        start, frames = (in_frames(time, samplerate) for time in (event.start, event.duration))
        clip = mixer.read(start, min(frames, samplerate * 2 // 5))
        late.append(find_offset(heard, clip, start, 2 * most))
    assert max(abs(one) for one in late) <= (0 if file.suffix[1:] in LOSSLESS else most)


def find_offset(heard: NDArray[np.float64], clip: NDArray[np.float32], start: int, reach: int) -> int:
    """Return how many frames later than `start` a clip is heard, looking `reach` frames to either side."""
    first = max(start - reach, 0)
    around = heard[first : start + len(clip) + reach]
    size = 1 << len(around).bit_length()
    fitting = np.fft.irfft(np.fft.rfft(around, size) * np.fft.rfft(clip, size).conj())
    return int(fitting[: len(around) - len(clip) + 1].argmax()) - (start - first)


def test_chapters_and_words_of_a_session_lie_inside_it_and_in_order() -> None:
    track: Any = make_track(spoken_session())
    assert track.chapters[0].start == 0
    assert track.chapters[-1].end == track.duration
    assert all(one.end == other.start for one, other in zip(track.chapters, track.chapters[1:], strict=False))
    assert all(one.end <= other.start for one, other in zip(track.words, track.words[1:], strict=False))
    assert isinstance(track.chapters[0], Mark)
    assert isinstance(track.words[0], Line)
    assert track.words[-1].end <= Milliseconds(track.duration)
