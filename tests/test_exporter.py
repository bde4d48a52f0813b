"""Exporting: the whole file or none, and a way out of everything that can go wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from tests.made_up import MadeUp, make_routine
from voiceguide import registry
from voiceguide.errors import ExportError, Unavailable, UnknownName, UsageError, VoiceguideError
from voiceguide.exporter import check_target, export
from voiceguide.mixer import BLOCKSIZE, Mixer
from voiceguide.whole_files import check_file_target, write_text

FORMATS = registry.names("voiceguide.formats")
SESSION = make_routine()
SOUND = np.concatenate(list(SESSION.mixer().blocks()))


class Breaking(Mixer):
    """A mixer during whose work something happens, after half a second."""

    happens: BaseException

    def blocks(
        self, blocksize: int = BLOCKSIZE, *, start: int = 0, end: int | None = None
    ) -> Iterator[NDArray[np.int16]]:
        for number, block in enumerate(super().blocks(blocksize, start=start, end=end)):
            if number == 5:
                raise self.happens
            yield block


@dataclass(frozen=True)
class Interrupted(MadeUp):
    """A session with such a mixer."""

    happens: BaseException = field(kw_only=True)

    def mixer(self) -> Mixer:
        mixer = Breaking(self.timeline, self.speech, self.earcons, self.samplerate)
        mixer.happens = self.happens
        return mixer


def interrupted(happens: BaseException) -> Interrupted:
    """Return the session during which this is raised."""
    return Interrupted(SESSION.timeline, SESSION.speech, SESSION.earcons, SESSION.samplerate, happens=happens)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".WAV"])
def test_the_suffix_picks_the_format(suffix: str, tmp_path: Path) -> None:
    target = tmp_path / f"my session{suffix}"
    export(SESSION.as_session, target)
    assert np.array_equal(soundfile.read(target, dtype="int16")[0], SOUND)
    assert soundfile.info(target).format == suffix[1:].upper()
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("check", [check_target, check_file_target])
def test_checking_a_good_target_leaves_nothing_behind(check: object, tmp_path: Path) -> None:
    assert callable(check)
    check(tmp_path / "session.wav")
    assert not list(tmp_path.iterdir())


def test_an_unknown_suffix_names_the_nearest_and_all_there_are(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=r"unknown format '\.wave'") as caught:
        check_target(tmp_path / "session.wave")
    assert "did you mean '.wav'?" in (caught.value.hint or "")
    with pytest.raises(UnknownName) as caught:
        check_target(tmp_path / "session.xyz")
    assert ".flac" in (caught.value.hint or "")
    assert ".wav" in (caught.value.hint or "")


@pytest.mark.parametrize("name", ["session", ".wav", "session."])
def test_a_name_without_a_suffix_is_shown_with_one(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no suffix") as caught:
        check_target(tmp_path / name)
    assert ".wav" in (caught.value.hint or "")


def bad_targets(folder: Path) -> Iterator[tuple[Path, str, str]]:
    """Yield targets nothing can be written to, what is said of them and what the hint names."""
    (folder / "old.wav").write_text("old")
    (folder / "folder.wav").mkdir()
    yield folder / "old.wav", "exists already", "--force"
    yield folder / "folder.wav", "is a folder", "folder.wav/session.wav"
    yield folder / "no such folder" / "x.wav", "there is no folder", "mkdir -p '"
    yield folder / "old.wav" / "x.wav", "is a file, not a folder", "another place"
    yield folder / f"{'long' * 100}.wav", "too long", "shorter"
    if sys.platform == "linux":
        os.mkfifo(folder / "pipe.wav")
        yield folder / "pipe.wav", "is a device or a pipe", "session.wav"
        yield Path("/proc/x.wav"), "was not written", "choose"


def test_every_bad_target_is_refused_before_anything_is_rendered(tmp_path: Path) -> None:
    nothing_rendered = interrupted(AssertionError())
    for target, complaint, advice in bad_targets(tmp_path):
        before = sorted(tmp_path.iterdir())
        for attempt in (
            check_target,
            partial(export, nothing_rendered.as_session),
            partial(write_text, text=""),
        ):
            with pytest.raises(ExportError) as caught:
                attempt(target)
            assert complaint in str(caught.value)
            assert advice in (caught.value.hint or "")
        assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / "old.wav").read_text() == "old"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no folder is closed to everybody")
def test_a_folder_closed_to_everybody_is_refused() -> None:
    with pytest.raises(ExportError, match="may not be written"):
        check_target(Path("/sys/session.wav"))


def test_force_replaces_a_file_but_not_a_folder_or_a_pipe(tmp_path: Path) -> None:
    for target, complaint, _ in bad_targets(tmp_path):
        if complaint != "exists already":
            with pytest.raises(ExportError):
                export(SESSION.as_session, target, force=True)
    export(SESSION.as_session, tmp_path / "old.wav", force=True)
    assert soundfile.info(tmp_path / "old.wav").frames == len(SOUND)


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("happens", [KeyboardInterrupt(), SystemExit(143), RuntimeError("a fault")])
def test_what_breaks_in_leaves_no_file_and_the_old_one_untouched(
    happens: BaseException, suffix: str, tmp_path: Path
) -> None:
    old = tmp_path / f"old.{suffix}"
    old.write_text("old")
    for target, force in ((old, True), (tmp_path / f"new.{suffix}", False)):
        with pytest.raises(type(happens)):
            export(interrupted(happens).as_session, target, force=force)
    assert list(tmp_path.iterdir()) == [old]
    assert old.read_text() == "old"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit to the size of a file")
@pytest.mark.parametrize(
    ("suffix", "short_by"),
    [
        *product(("wav", "flac"), (1, 1_000, 1_000_000)),
        *product(sorted({*FORMATS} - {"wav", "flac"}), (5_000,)),
    ],
)
@pytest.mark.slow
def test_a_full_disk_is_told_and_leaves_nothing_behind(suffix: str, short_by: int, tmp_path: Path) -> None:
    whole = tmp_path / f"whole.{suffix}"
    export(SESSION.as_session, whole, SESSION.track())
    target = tmp_path / f"session.{suffix}"
    # A limit to the size of a file is the full disk that every machine has; it needs a process of its own.
    program = f"""
        import resource, signal
        from pathlib import Path
        from tests.made_up import make_routine
        from voiceguide.errors import ExportError
        from voiceguide.exporter import export
        session = make_routine()
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        limit = max({whole.stat().st_size - short_by}, 1000)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        try:
            export(session.as_session, Path({str(target)!r}), session.track())
        except ExportError as error:
            print(error, error.hint)
    """
    told = subprocess.run([sys.executable, "-c", dedent(program)], capture_output=True, text=True, check=True)
    assert f"'{target}' was not written" in told.stdout
    assert "room" in told.stdout
    assert list(tmp_path.iterdir()) == [whole]


@pytest.mark.parametrize("links", [True, False], ids=["hard links", "no hard links"])
def test_a_file_that_appears_meanwhile_is_not_replaced(
    links: bool,  # noqa: FBT001
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = tmp_path / "session.wav"

    def no_links(source: Path, place: Path) -> None:
        raise PermissionError(1, "Operation not permitted", source, None, place)

    if not links:
        # What FAT answers; mounting one takes more rights than a test has.
        monkeypatch.setattr(os, "link", no_links)

    def appear(done: int, frames: int) -> None:
        if done == frames:
            target.write_text("somebody else's")

    with pytest.raises(ExportError, match="exists already"):
        export(SESSION.as_session, target, progress=appear)
    assert target.read_text() == "somebody else's"
    assert list(tmp_path.iterdir()) == [target]
    target.unlink()
    export(SESSION.as_session, target)
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("umask", [0o022, 0o077])
@pytest.mark.parametrize("suffix", ["wav", "flac", "json"])
def test_the_file_may_be_read_by_whom_the_umask_says(umask: int, suffix: str, tmp_path: Path) -> None:
    target = tmp_path / f"session.{suffix}"
    before = os.umask(umask)
    try:
        if suffix == "json":
            write_text(target, "{}")
        else:
            export(SESSION.as_session, target)
    finally:
        os.umask(before)
    assert target.stat().st_mode & 0o777 == 0o666 & ~umask


def test_where_the_target_is_a_link_the_file_it_leads_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "link.wav").symlink_to(tmp_path / "file.wav")
    export(SESSION.as_session, tmp_path / "link.wav")
    export(SESSION.as_session, tmp_path / "link.wav", force=True)
    assert (tmp_path / "link.wav").is_symlink()
    assert soundfile.info(tmp_path / "file.wav").frames == len(SOUND)
    with pytest.raises(ExportError, match="exists already"):
        export(SESSION.as_session, tmp_path / "link.wav")


def test_progress_is_told_at_every_percent(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    export(SESSION.as_session, tmp_path / "session.wav", progress=lambda *frames: told.append(frames))
    assert told[0] == (0, len(SOUND))
    assert told[-1] == (len(SOUND), len(SOUND))
    assert told == sorted(set(told))
    assert 90 <= len(told) <= 101


def test_text_is_written_as_it_is(tmp_path: Path) -> None:
    target = tmp_path / "timeline.json"
    write_text(target, "{“one”: 1}\n")
    assert target.read_bytes() == "{“one”: 1}\n".encode()
    with pytest.raises(VoiceguideError, match="exists already"):
        write_text(target, "two")
    write_text(target, "two", force=True)
    assert target.read_text() == "two"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    "name", ["a b.wav", 'it\'s "said".wav', "🧊 ice.wav", "ערב.wav", "-o.wav", "a\nb.wav"]
)
def test_an_awkward_name_is_a_name(name: str, tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    target = tmp_path / "inside" / ".." / name
    export(SESSION.as_session, target)
    assert {path.name for path in tmp_path.iterdir()} == {"inside", name}
    with pytest.raises(ExportError, match="exists already"):
        export(SESSION.as_session, target)


@pytest.mark.parametrize(("suffix", "library"), [("m4b", "av"), ("m4a", "av"), ("mp3", "soundfile")])
def test_a_format_without_its_library_says_what_adds_it(
    suffix: str, library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(Unavailable) as caught:
        check_target(tmp_path / f"session.{suffix}")
    assert f"pip install {'' if library == 'av' else '--upgrade '}{library}" in (caught.value.hint or "")
    assert not list(tmp_path.iterdir())


def test_a_relative_target_is_written_where_we_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    export(SESSION.as_session, Path("session.wav"))
    assert (tmp_path / "session.wav").exists()


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_writes_is_not(tmp_path: Path) -> None:
    program = f"""
        import os, signal
        from pathlib import Path
        from tests.made_up import make_routine
        from voiceguide.exporter import export
        export(make_routine().as_session, Path({str(tmp_path / "killed.wav")!r}),
               progress=lambda done, _: done and os.kill(os.getpid(), signal.SIGKILL))
    """
    subprocess.run([sys.executable, "-c", dedent(program)], check=False)
    (left,) = tmp_path.iterdir()
    own = tmp_path / ".voiceguide-notes.txt"
    own.write_text("a name like ours")
    for path in (left, own):
        os.utime(path, (0, 0))

    def look(done: int, _: int) -> None:
        assert not left.exists()
        (writing,) = (path for path in tmp_path.glob(".voiceguide-*.wav"))
        os.utime(writing, (0, 0))
        check_target(tmp_path / "another.wav")  # looks for what was left, too
        assert writing.exists()
        assert done >= 0

    export(SESSION.as_session, tmp_path / "session.wav", progress=look)
    assert sorted(tmp_path.iterdir()) == [own, tmp_path / "session.wav"]
