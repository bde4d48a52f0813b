"""What is kept about a person in a file: written whole, for its owner alone, and read with a limit."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from voiceguide import appointments, bookmark, profile
from voiceguide.errors import VoiceguideError
from voiceguide.folders import private_folder
from voiceguide.private_files import alone_in, write_private
from voiceguide.whole_files import explained

READERS: dict[str, Callable[[Path], object]] = {
    profile.FILE: lambda folder: profile.load_profile(folder, date(2026, 3, 1)),
    appointments.FILE: appointments.load_appointments,
    bookmark.FILE: bookmark.load_bookmark,
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"version": 2}', "a newer voiceguide wrote it"),
        ('{"version": ' + "1" * 5_000 + "}", "it is no JSON"),
        ("{", "it is no JSON"),
        ('{"version": 1, "version": 1}', "something is said twice in it"),
        (" " * 100_001, "it is too large"),
    ],
    ids=range(5),
)
def test_every_reader_tells_in_the_same_words_what_it_cannot_use(
    name: str, text: str, told: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(VoiceguideError) as caught:
        READERS[name](tmp_path)
    assert caught.value.message.endswith(f"cannot be used: {told}")


@pytest.mark.skipif(os.name != "posix", reason="pipes as POSIX has them")
@pytest.mark.parametrize("name", READERS)
def test_no_reader_waits_for_a_pipe(name: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(VoiceguideError, match="it is no file"):
        READERS[name](tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="what a killed process leaves is known by its lock")
def test_what_a_killed_process_was_writing_is_removed_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / f".voiceguide-{'0' * 16}.json"
    left.write_text("half")
    os.utime(left, (time.time() - 60,) * 2)
    write_private(tmp_path / "plan.json", "whole")
    assert {one.name: one.read_text() for one in tmp_path.iterdir()} == {"plan.json": "whole"}


@pytest.mark.skipif(os.name != "posix", reason="a folder can be locked as on POSIX")
def test_only_one_at_a_time_is_alone_in_a_folder(tmp_path: Path) -> None:
    import fcntl

    folder = tmp_path / "private"
    with alone_in(folder):
        other = os.open(folder, os.O_RDONLY)
        with pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(other)


# ── where it lies ──


def test_a_folder_of_ones_own_may_begin_with_a_tilde(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("VOICEGUIDE_DATA", "~/x")
    assert private_folder() == tmp_path / "x" / "private"
    monkeypatch.setenv("VOICEGUIDE_DATA", "~nobody-of-that-name/x")
    assert private_folder() == Path("~nobody-of-that-name/x/private")


def test_a_place_of_ones_own_is_offered_as_a_shell_understands_it() -> None:
    denied = PermissionError(errno.EACCES, "Permission denied")
    hint = str(explained(denied, Path("/closed/my plan.csv")).hint)
    typed = hint.split("`")[1]
    assert typed == "-o ~/'my plan.csv'"
