"""A file for each stop: cut where the stops begin, called what any system can keep, all of them or none."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import soundfile
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mutagen import File
from numpy.typing import NDArray

from tests.made_up import MadeUp, Sound, Stretch, make_routine, make_session
from tests.test_exporter import interrupted
from voiceguide.errors import ExportError, UnknownName, UsageError
from voiceguide.exporter import check_parts_target, export, export_parts
from voiceguide.playlist import make_playlist, name_part
from voiceguide.track import Line, Mark, Part, Track, split_track
from voiceguide.units import NOTHING, Milliseconds, in_frames

SESSION = make_routine()


def track_of(session: MadeUp, title: str = "Evening") -> Track:
    """Return what a file of a made-up session says of itself."""
    timeline = session.timeline
    ends = [*(chapter.start for chapter in timeline.chapters[1:]), timeline.duration]
    return Track(
        samplerate=session.samplerate,
        frames=in_frames(timeline.duration, session.samplerate),
        title=title,
        album=title,
        language="en",
        comment="Play it slowly.",
        chapters=tuple(
            Mark(one.start, end, one.title) for one, end in zip(timeline.chapters, ends, strict=True)
        ),
        words=tuple(
            Line(event.start, Milliseconds(event.start + event.duration), event.text)
            for event in timeline.events
            if event.text
        ),
    )


def samples(path: Path) -> NDArray[np.int16]:
    return np.asarray(soundfile.read(path, dtype="int16")[0])


# ── cutting ──


@st.composite
def sessions(draw: st.DrawFn) -> MadeUp:
    """Any session: chapters anywhere, sound up to their very edges."""
    stretches = []
    for number in range(draw(st.integers(1, 6))):
        duration = draw(st.integers(1, 400))
        sounds, now = [], 0
        for gap, length in draw(st.lists(st.tuples(st.integers(0, 90), st.integers(1, 150)), max_size=4)):
            if now + gap + length <= duration:
                sounds.append(Sound(now + gap, length))
                now += gap + length
        chapter = draw(st.sampled_from([None, f"Chapter {number}", "Again", "a/b: “c”?"]))
        stretches.append(Stretch("hold", duration, tuple(sounds), chapter=chapter))
    return make_session(stretches, draw(st.sampled_from([16_000, 24_000, 48_000])))


@given(sessions())
@settings(deadline=None)
def test_parts_tile_the_whole_and_keep_every_word_at_its_place(session: MadeUp) -> None:
    track = track_of(session)
    parts = split_track(track)
    now, words = 0, []
    for number, part in enumerate(parts, start=1):
        assert in_frames(part.start, track.samplerate) == now
        now += part.track.frames
        assert (part.track.number, part.track.count) == (number, len(parts))
        assert (part.track.album, part.track.chapters) == ("Evening", ())
        assert all(0 <= line.start <= line.end <= part.track.duration for line in part.track.words)
        words += [
            Line(Milliseconds(line.start + part.start), Milliseconds(line.end + part.start), line.text)
            for line in part.track.words
        ]
    assert now == track.frames
    assert tuple(words) == track.words
    assert [part.track.title for part in parts] == [chapter.title for chapter in session.timeline.chapters]


@given(sessions(), st.integers(1, 5_000), st.data())
@settings(deadline=None)
def test_a_stretch_of_blocks_is_that_stretch_of_all_blocks(
    session: MadeUp, blocksize: int, data: st.DataObject
) -> None:
    mixer = session.mixer()
    whole = np.concatenate([block.copy() for block in mixer.blocks()])
    start = data.draw(st.integers(0, mixer.frames))
    end = data.draw(st.integers(start, mixer.frames))
    found = [
        np.zeros(0, np.int16),
        *(block.copy() for block in mixer.blocks(blocksize, start=start, end=end)),
    ]
    assert np.array_equal(np.concatenate(found), whole[start:end])


def test_a_track_without_chapters_is_one_part() -> None:
    track = replace(track_of(SESSION), chapters=())
    assert split_track(track) == (Part(NOTHING, track),)


def test_a_chapter_without_a_title_is_called_like_the_whole() -> None:
    track = replace(track_of(SESSION), chapters=(Mark(NOTHING, SESSION.timeline.duration, ""),))
    assert [part.track.title for part in split_track(track)] == ["Evening"]


# ── names ──


def part_called(title: str, number: int = 1, count: int = 12) -> Part:
    return Part(NOTHING, Track(samplerate=48_000, frames=72_000, title=title, number=number, count=count))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Get ready", "01 Get ready.flac"),
        ("Left foot · LR2/LR3 Xingjian/Taichong", "01 Left foot · LR2-LR3 Xingjian-Taichong.flac"),
        ('a<b>c"d?e*f#g%h', "01 abcdefgh.flac"),
        ("a\x00b\tc\u202ed\n", "01 abcd.flac"),
        ("The end. . .", "01 The end.flac"),
        ("  wide   apart ", "01 wide apart.flac"),
        ("..", "01.flac"),
        ("", "01.flac"),
        ("CON", "01 CON.flac"),
        ("Ελληνικά, עברית, 日本語", "01 Ελληνικά, עברית, 日本語.flac"),
        ("u\u0308ber", "01 über.flac"),
    ],
)
def test_a_part_is_called_by_its_number_and_what_any_system_keeps(title: str, name: str) -> None:
    assert name_part(part_called(title), ".flac") == name


def test_numbers_have_as_many_digits_as_the_last_of_them() -> None:
    assert name_part(part_called("a", 7, 99), ".wav") == "07 a.wav"
    assert name_part(part_called("a", 7, 100), ".wav") == "007 a.wav"


@given(st.text(max_size=120), st.integers(1, 999), st.sampled_from([".flac", ".m4a", ".FLAC"]))
@example("日" * 60, 1, ".flac")
@example("e" * 71 + "\u0330\u0301", 1, ".flac")
def test_no_name_is_too_long_or_holds_what_some_system_does_not(title: str, number: int, suffix: str) -> None:
    name = name_part(part_called(title, number, 999), suffix)
    assert len(name.encode()) <= 80
    assert not set(name) & set('<>:"/\\|?*#%')
    assert not any(unicodedata.category(letter).startswith("C") for letter in name)
    assert name.startswith(f"{number:03d}")
    stem = name.removesuffix(suffix)
    assert stem == stem.rstrip(". ")
    kept = stem[4:]
    safe = unicodedata.normalize("NFC", title)
    # A letter is kept with its accents or not at all.
    assert not kept or not unicodedata.combining(kept[0]) or unicodedata.combining(safe.strip()[0])


def test_a_name_is_cut_before_a_letter_not_in_the_middle_of_one() -> None:
    assert name_part(part_called("日" * 60), ".flac") == f"01 {'日' * 24}.flac"
    letter = "q\u0330\u0301"  # no code of its own in Unicode
    for before in ("", "x", "xx", "xxx", "xxxx"):
        stem = name_part(part_called(before + letter * 40), ".flac").removesuffix(".flac")
        assert stem == f"01 {before}{letter * ((75 - 3 - len(before)) // 5)}"


def test_a_playlist_names_the_files_in_order_with_whole_seconds() -> None:
    parts = [part_called("One, two"), part_called("עברית", 2)]
    assert make_playlist(parts, ["01 One, two.mp3", "02 עברית.mp3"]) == (
        "#EXTM3U\n#EXTINF:2,One, two\n01 One, two.mp3\n#EXTINF:2,עברית\n02 עברית.mp3\n"
    )


# ── files ──


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
@given(session=sessions())
@example(session=SESSION)
@settings(max_examples=12, deadline=None)
def test_joined_the_parts_are_the_whole_to_the_sample(suffix: str, session: MadeUp) -> None:
    with TemporaryDirectory() as name:
        folder, track = Path(name), track_of(session)
        export(session.as_session, folder / f"whole{suffix}", track)
        written = export_parts(session.as_session, folder / f"parts{suffix}", track)
        parts = [samples(path) for path in written if path.suffix == suffix]
        assert len(parts) == len(track.chapters)
        assert np.array_equal(np.concatenate(parts), samples(folder / f"whole{suffix}"))


@pytest.mark.parametrize("suffix", [".flac", ".mp3", ".opus", ".m4a"])
def test_every_part_says_what_it_is_and_of_what(suffix: str, tmp_path: Path) -> None:
    export_parts(SESSION.as_session, tmp_path / f"evening{suffix}", track_of(SESSION))
    for number, chapter in enumerate(SESSION.timeline.chapters, start=1):
        path = next((tmp_path / "evening").glob(f"{number:02d} *{suffix}"))
        tags = File(path, easy=True)
        assert tags is not None
        assert (tags["title"], tags["album"]) == ([chapter.title], ["Evening"])
        assert tags["tracknumber"][0].split("/")[0] == str(number)


def test_the_folder_holds_the_parts_their_words_and_a_playlist_of_files_that_are_there(
    tmp_path: Path,
) -> None:
    written = export_parts(
        SESSION.as_session, tmp_path / "my evening.wav", track_of(SESSION), subtitles=("vtt", "lrc")
    )
    folder = tmp_path / "my evening"
    assert sorted(written) == sorted(folder.iterdir())
    assert list(tmp_path.iterdir()) == [folder]
    listed = (folder / "my evening.m3u8").read_text(encoding="utf-8").splitlines()
    names = [line for line in listed if not line.startswith("#")]
    assert names == sorted(path.name for path in folder.glob("*.wav"))
    assert names[1] == "02 Hand, left.wav"
    hand = (folder / "02 Hand, left.vtt").read_text(encoding="utf-8")
    assert "00:00:00.100 --> 00:00:00.300" in hand
    assert len(list(folder.glob("*.lrc"))) == len(names)


def test_progress_is_told_over_the_whole(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    export_parts(
        SESSION.as_session,
        tmp_path / "a.wav",
        track_of(SESSION),
        progress=lambda *frames: told.append(frames),
    )
    frames = SESSION.mixer().frames
    assert (told[0], told[-1]) == ((0, frames), (frames, frames))
    assert told == sorted(set(told))


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_that_exists_is_refused_and_with_force_only_its_parts_are_replaced(tmp_path: Path) -> None:
    track, folder = track_of(SESSION), tmp_path / "evening"
    written = export_parts(SESSION.as_session, tmp_path / "evening.wav", track)
    right = contents(folder)
    written[0].write_text("damaged")
    (folder / "mine.txt").write_text("mine")
    (folder / "sub").mkdir()
    (folder / "sub" / "01 Get ready.wav").write_text("mine, too")
    for attempt in (check_parts_target, lambda target: export_parts(SESSION.as_session, target, track)):
        with pytest.raises(ExportError, match=r"the folder '.*evening' exists already") as caught:
            attempt(tmp_path / "evening.wav")
        assert "--force" in (caught.value.hint or "")
    assert written[0].read_text() == "damaged"
    export_parts(SESSION.as_session, tmp_path / "evening.wav", track, force=True)
    mine = {"mine.txt": b"mine", str(Path("sub", "01 Get ready.wav")): b"mine, too"}
    assert contents(folder) == right | mine
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.parametrize("happens", [KeyboardInterrupt(), SystemExit(143), OSError(28, "No space left")])
def test_what_breaks_in_leaves_no_folder_and_an_old_one_untouched(
    happens: BaseException,
    is_there: bool,  # noqa: FBT001
    tmp_path: Path,
) -> None:
    if is_there:
        export_parts(SESSION.as_session, tmp_path / "evening.wav", track_of(SESSION, "Old"))
    before = contents(tmp_path)
    with pytest.raises((type(happens), ExportError)):
        export_parts(
            interrupted(happens).as_session, tmp_path / "evening.wav", track_of(SESSION), force=is_there
        )
    assert contents(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == ["evening"] * is_there


def test_where_one_part_cannot_be_moved_in_none_is(tmp_path: Path) -> None:
    written = export_parts(SESSION.as_session, tmp_path / "evening.wav", track_of(SESSION, "Old"))
    last = next(path for path in written if path.name.startswith("05"))
    last.unlink()
    last.mkdir()
    (last / "mine.txt").write_text("mine")
    written[0].write_text("old")
    before = contents(tmp_path)
    with pytest.raises(ExportError, match=r"05 End\.wav' is a folder"):
        export_parts(SESSION.as_session, tmp_path / "evening.wav", track_of(SESSION), force=True)
    assert contents(tmp_path) == before
    assert not list(tmp_path.rglob(".*"))


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_folder_that_appears_meanwhile_is_not_replaced(what: str, tmp_path: Path) -> None:
    folder = tmp_path / "evening"

    def appear(done: int, frames: int) -> None:
        if done == frames:
            folder.mkdir() if what == "folder" else folder.write_text("somebody else's")

    with pytest.raises(ExportError, match="exists already"):
        export_parts(
            SESSION.as_session, tmp_path / "evening.wav", track_of(SESSION), force=True, progress=appear
        )
    assert list(tmp_path.iterdir()) == [folder]
    assert folder.is_dir() == (what == "folder")


def bad_targets(folder: Path) -> Iterator[tuple[Path, type[Exception], str]]:
    (folder / "file").write_text("mine")
    yield folder / "file.wav", ExportError, "is a file, not a folder"
    yield folder / "no such folder" / "evening.wav", ExportError, "there is no folder"
    yield folder / "file" / "evening.wav", ExportError, "is a file, not a folder"
    yield folder / f"{'long' * 100}.wav", ExportError, "too long"
    yield folder / "evening", UsageError, "no suffix"
    yield folder / "evening.xyz", UnknownName, r"unknown format '\.xyz'"
    if sys.platform == "linux":
        yield Path("/sys/evening.wav"), ExportError, "may not be written to"


def test_every_bad_target_is_refused_before_anything_is_rendered(tmp_path: Path) -> None:
    for target, kind, complaint in bad_targets(tmp_path):
        for attempt in (
            check_parts_target,
            lambda bad: export_parts(interrupted(AssertionError()).as_session, bad, track_of(SESSION)),
        ):
            with pytest.raises(kind, match=complaint):
                attempt(target)
        assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_bitrate_is_checked_for_parts_too(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no bitrate"):
        check_parts_target(tmp_path / "evening.wav", bitrate=64)
