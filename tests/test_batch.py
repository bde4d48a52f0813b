"""Many sessions at once: only what changed is written, and what is not ours is never touched."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import soundfile

from tests.conftest import Run
from voiceguide.batch import LIST, WRITTEN, Ledger, Outcome
from voiceguide.library import SHIPPED, routine_names
from voiceguide.scheduler.routine import Routine
from voiceguide.session import Session, compile_session
from voiceguide.units import Milliseconds

MANY = ("--voice", "tone", "--jobs", "1")


@pytest.fixture
def own(stranger: Path) -> Callable[[str], None]:
    """Write a routine `mine` that holds one point for so long."""
    (stranger / "routines").mkdir()

    def write(dose: str) -> None:
        text = f"version: 1\nid: mine\nsteps:\n  - posture: sitting\n  - {{press: b54, dose: {dose}}}\n"
        (stranger / "routines" / "mine.yaml").write_text(text)

    write("30s")
    return write


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return the time and the content of every file of a folder but the list."""
    files = [path for path in folder.iterdir() if path.name != LIST]
    return {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


@pytest.mark.slow
def test_each_routine_at_each_length_in_each_voice_is_a_file(run: Run, tmp_path: Path) -> None:
    words = ("export", "hands", "feet-lying", "--into", str(tmp_path), "--as", "flac", "--jobs", "1")
    done = run(*words, "--lengths", "7,8:30", "--voices", "tone")
    assert done.code == 0
    names = [
        f"{routine} {length} tone.flac" for routine in ("feet-lying", "hands") for length in ("7 min", "8-30")
    ]
    assert sorted(contents(tmp_path)) == names
    assert [soundfile.info(tmp_path / name).duration for name in names] == [420, 510, 420, 510]
    assert done.out.splitlines() == [f"{name}: written" for name in names]
    assert "4 written" in done.err


@pytest.mark.usefixtures("own")
@pytest.mark.slow
def test_a_second_run_writes_nothing(run: Run, tmp_path: Path) -> None:
    words = ("export", "mine", "--into", str(tmp_path), "--as", "flac,mp3", *MANY)
    assert run(*words).out.count("written") == 2
    before = contents(tmp_path)
    again = run(*words)
    assert (again.code, again.out.count("unchanged")) == (0, 2)
    assert contents(tmp_path) == before


def test_only_what_changed_is_written_again(run: Run, tmp_path: Path, own: Callable[[str], None]) -> None:
    words = ("export", "hands", "mine", "--into", str(tmp_path), "--as", "wav", *MANY)
    run(*words)
    before = contents(tmp_path)
    own("40s")
    again = run(*words)
    assert again.out.splitlines() == ["hands.wav: unchanged", "mine.wav: written"]
    after = contents(tmp_path)
    assert after["hands.wav"] == before["hands.wav"]
    assert len(after["mine.wav"][1]) > len(before["mine.wav"][1])


@pytest.mark.slow
@pytest.mark.usefixtures("own")
@pytest.mark.parametrize("more", [("--rate", "100"), ("--samplerate", "24000"), ("--voice", "espeak")])
def test_another_option_writes_it_again(more: tuple[str, str], run: Run, tmp_path: Path) -> None:
    words = ("export", "mine", "--into", str(tmp_path), "--as", "wav", *MANY)
    run(*words)
    assert run(*words, *more).out == "mine.wav: written\n"


def test_what_is_asked_of_a_session_stands_in_its_name(run: Run, tmp_path: Path) -> None:
    words = ("export", "lower-back", "--into", str(tmp_path), "--as", "wav", "--length", "10", *MANY)
    done = run(*words, "--ice", "later", "--sore-side", "right")
    assert done.out == "lower-back sore-side right ice later 10 min.wav: written\n"


def test_a_length_that_is_named_twice_is_made_once(run: Run, tmp_path: Path) -> None:
    words = ("export", "hands", "--into", str(tmp_path), "--as", "wav", *MANY)
    assert run(*words, "--lengths", "8,8m,480s").out == "hands 8 min.wav: written\n"


@pytest.mark.slow
def test_a_bitrate_is_for_the_formats_that_have_one(run: Run, tmp_path: Path) -> None:
    words = ("export", "hands", "--into", str(tmp_path), "--as", "wav,mp3", *MANY)
    assert run(*words, "--bitrate", "32").code == 0
    small = (tmp_path / "hands.mp3").stat().st_size
    assert run(*words, "--bitrate", "64", "--force").code == 0
    assert (tmp_path / "hands.mp3").stat().st_size > 1.8 * small
    run("config", "set", "bitrate", "64")
    assert run("export", "hands", "-o", str(tmp_path / "kept.wav"), "--voice", "tone").code == 0
    assert run("export", "hands", "-o", str(tmp_path / "typed.wav"), "--bitrate", "64").code == 2


def test_two_runs_at_once_know_each_others_files(tmp_path: Path) -> None:
    first, second = Ledger(tmp_path), Ledger(tmp_path)
    for ledger, name in ((first, "one.wav"), (second, "two.wav")):
        ledger.claim(name, force=False)
        (tmp_path / name).write_text(name)
        ledger.note(Outcome(tmp_path / name, WRITTEN, "made", "", name, Milliseconds(1000)), "")
    second.save()
    first.save()
    assert {entry.name for entry in Ledger(tmp_path).entries()} == {"one.wav", "two.wav"}


def test_a_fault_in_one_session_costs_no_other_one(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_once(routine: Routine, *words: Any, **more: Any) -> Session:
        if routine.id == "hands":
            raise MemoryError("too much")
        return compile_session(routine, *words, **more)

    monkeypatch.setattr("voiceguide.batch.compile_session", fail_once)
    done = run("export", "hands", "feet-lying", "--into", str(tmp_path), "--as", "wav", *MANY)
    assert done.code == 1
    assert done.out.splitlines() == ["feet-lying.wav: written", "hands.wav: failed: MemoryError: too much"]


def test_a_file_that_was_lost_is_written_again(run: Run, tmp_path: Path) -> None:
    words = ("export", "hands", "--into", str(tmp_path), "--as", "wav", *MANY)
    run(*words)
    (tmp_path / "hands.wav").unlink()
    assert run(*words).out == "hands.wav: written\n"


def test_what_it_did_not_write_is_never_touched(run: Run, tmp_path: Path) -> None:
    (tmp_path / "hands.wav").write_text("somebody's own")
    (tmp_path / "diary.txt").write_text("dear diary")
    words = ("export", "hands", "feet-lying", "--into", str(tmp_path), "--as", "wav", *MANY)
    done = run(*words)
    assert done.code == 1
    assert "hands.wav' was not written here; add --force to replace it" in done.out
    assert "feet-lying.wav: written" in done.out
    assert (tmp_path / "hands.wav").read_text() == "somebody's own"
    forced = run(*words, "--force")
    assert forced.code == 0
    assert soundfile.info(tmp_path / "hands.wav").frames
    assert (tmp_path / "diary.txt").read_text() == "dear diary"


def test_a_file_that_somebody_changed_is_theirs_now(run: Run, tmp_path: Path) -> None:
    words = ("export", "hands", "--into", str(tmp_path), "--as", "wav", *MANY)
    run(*words)
    with (tmp_path / "hands.wav").open("ab") as file:
        file.write(b"a note of mine")
    done = run(*words, "--rate", "100")
    assert done.code == 1
    assert "was changed since it was written here" in done.out
    assert (tmp_path / "hands.wav").read_bytes().endswith(b"a note of mine")


def test_a_folder_that_was_copied_is_still_ours(run: Run, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    run("export", "hands", "--into", str(first), "--as", "wav", *MANY)
    shutil.copytree(first, second, copy_function=shutil.copyfile)
    assert run("export", "hands", "--into", str(second), "--as", "wav", *MANY).out == "hands.wav: unchanged\n"


@pytest.mark.parametrize("content", ["", "nonsense", "[]", '{"files": 3}', '{"files": {"hands.wav": 3}}'])
def test_a_damaged_list_is_an_empty_one(content: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / LIST).write_text(content)
    assert run("export", "hands", "--into", str(tmp_path), "--as", "wav", *MANY).code == 0
    assert set(json.loads((tmp_path / LIST).read_text())["files"]) == {"hands.wav"}


@pytest.mark.slow
def test_lengths_that_cannot_be_are_told_and_the_others_made(run: Run, tmp_path: Path) -> None:
    words = ("export", "hands", "quick-relief", "--into", str(tmp_path), "--as", "wav", *MANY)
    done = run(*words, "--lengths", "7,15")
    assert done.code == 0
    assert [line.partition(":")[0] for line in done.out.splitlines() if "impossible" in line] == [
        "hands 15 min.wav",
        "quick-relief 7 min.wav",
    ]
    assert sorted(contents(tmp_path)) == ["hands 7 min.wav", "quick-relief 15 min.wav"]
    assert run(*words, "--lengths", "5").code == 2


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("nosuch", "--into", "."), (2, "unknown routine 'nosuch'")),
        (("hands", "--into", "nowhere"), (1, "there is no folder 'nowhere'")),
        (("hands", "--into", ".", "--as", "xyz"), (2, "unknown format '.xyz'")),
        (("hands", "--into", ".", "--lengths", "abc"), (2, "abc")),
        (("hands", "--into", ".", "--lengths", "0"), (2, "0")),
        (("hands", "--into", ".", "--voices", "nosuch"), (2, "unknown engine 'nosuch'")),
        (("hands", "--into", ".", "--jobs", "0"), (2, "--jobs")),
        (("hands", "--into", ".", "-o", "x.wav"), (2, "-o or --into, not both")),
        (("hands", "--into", ".", "--split"), (2, "--split is for one session")),
        (("hands", "--into", ".", "--subtitles", "vtt"), (2, "--subtitles is for one session")),
        (("hands", "--index"), (2, "--into")),
        (("hands", "--as", "html", "-o", "x.wav"), (2, "--into")),
        (("hands", "--into", ".", "--as", ""), (2, "--as names no format")),
        (("hands", "--into", ".", "--lengths", "7", "--length", "8"), (2, "--length is for one session")),
        (("hands", "--into", ".", "--voices", "tone"), (2, "--voice is for one session")),
        (("hands", "--into", ".", "--as", "wav,flac", "--bitrate", "48"), (2, "has no bitrate to choose")),
        (("hands", "x.wav"), (2, "voiceguide export hands -o x.wav")),
        (("hands", "feet-lying", "-o", "x.wav"), (2, "--into")),
        (("hands", "--all", "--into", "."), (2, "--all")),
        (("--all", "-o", "x.wav"), (2, "--into")),
        (("hands", "--lengths", "7", "-o", "x.wav"), (2, "--into")),
        ((), (2, "-o")),
    ],
)
def test_what_does_not_go_together_is_told_before_anything_is_made(
    words: tuple[str, ...],
    expected: tuple[int, str],
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    more = () if "nosuch" in words else ("--voice", "tone")
    done = run("export", *words, *more)
    code, told = expected
    assert done.code == code
    assert told in done.err
    assert not list(tmp_path.iterdir())


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "voiceguide", "export", *words]


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.slow
def test_progress_is_a_bar_at_a_terminal_and_lines_elsewhere_or_if_plain_text_is_wished(
    own: Callable[[str], None], tmp_path: Path, *, plain: bool
) -> None:
    own("40s")
    pty = pytest.importorskip("pty", reason="there are no pseudo-terminals on Windows")
    screen, end = pty.openpty()
    words = command("mine", "--into", str(tmp_path), *MANY)
    wish = {"VOICEGUIDE_PLAIN": "on"} if plain else {}
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=end, env=os.environ | wish, check=False)
    os.close(end)
    shown = os.read(screen, 65_536).decode()
    os.close(screen)
    assert (done.returncode, done.stdout.decode().strip()) == (0, "mine.mp3: written")
    assert ("Writing: 100 percent" in shown) == plain
    assert bool(re.search(r"Writing.*\[#+\].*1/1", shown)) != plain


@pytest.mark.slow
def test_a_page_lists_what_is_there(run: Run, tmp_path: Path) -> None:
    words = ("export", "hands", "--into", str(tmp_path), *MANY, "--index")
    assert run(*words, "--as", "wav", "--sore-side", "right").out.splitlines()[1] == "index.html: written"
    assert run(*words, "--as", "wav,html", "--lengths", "7").code == 0
    page = (tmp_path / "index.html").read_text()
    assert re.findall(r'href="([^"]+)"', page) == [
        "hands%20sore-side%20right.wav",
        "hands%207%20min.html",
        "hands%207%20min.wav",
    ]
    assert "Hands" in page
    assert "sore-side right" in page
    assert "ask a doctor first" in page
    assert "http" not in page
    (tmp_path / "hands 7 min.wav").unlink()
    run(*words, "--as", "html", "--lengths", "7")
    assert "hands%207%20min.wav" not in (tmp_path / "index.html").read_text()


@pytest.mark.slow
def test_all_of_them_in_several_processes(tmp_path: Path) -> None:
    words = command(
        "--all", "--into", str(tmp_path), "--as", "flac", "--voice", "tone", "--samplerate", "16000"
    )
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert f"{len(routine_names())} written" in done.stderr
    assert {path.stem for path in tmp_path.glob("*.flac")} == {*routine_names()}
    again = subprocess.run(words, capture_output=True, text=True, check=True)
    assert f"{len(routine_names())} unchanged" in again.stderr
    assert len(list((SHIPPED / "routines").glob("*.yaml"))) == len(routine_names())


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_what_breaks_in_leaves_no_half_file_and_the_next_run_goes_on(number: int, tmp_path: Path) -> None:
    words = command("--all", "--into", str(tmp_path), "--as", "wav", "--voice", "tone", "--jobs", "2")
    begun = subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert begun.stdout is not None
    assert begun.stderr is not None
    for line in begun.stderr:
        if "percent" in line and " 0 percent" not in line:
            break
    if number == signal.SIGINT:
        os.killpg(begun.pid, number)  # as Ctrl-C does
    else:
        begun.send_signal(number)
    begun.communicate(timeout=60)
    assert begun.returncode == (-number if number == signal.SIGKILL else 128 + number)
    whole = [path for path in tmp_path.glob("*.wav") if not path.name.startswith(".")]
    assert whole
    assert all(soundfile.info(path).frames > 48_000 * 240 for path in whole)
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert "failed" not in done.stdout
    assert not list(tmp_path.glob(".voiceguide-*"))
    assert {path.stem for path in tmp_path.glob("*.wav")} == {*routine_names()}


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="a script for a shell")
def test_the_sessions_to_tap_are_pages_and_files_and_a_page_that_lists_them(tmp_path: Path) -> None:
    script = Path(__file__).parents[1] / "scripts" / "release-sessions"
    subprocess.run([script, tmp_path], env={**os.environ, "VOICEGUIDE_VOICE": "tone"}, check=True)
    stems = {
        "hands",
        "lying-down 35 min",
        "lying-down 40 min",
        "lying-down ice later 25 min",
        "lying-down ice later 40 min",
    }
    files = {f"{stem}.{suffix}" for stem in stems for suffix in ("html", "mp3")}
    assert {path.name for path in tmp_path.iterdir() if path.name != LIST} == files | {"index.html"}
    linked = re.findall(r'href="([^"]+)"', (tmp_path / "index.html").read_text())
    assert {unquote(one) for one in linked} == files
    assert (tmp_path / "lying-down 40 min.mp3").stat().st_size < 16_000_000
    assert (tmp_path / "lying-down 40 min.html").stat().st_size < 25_000_000


CLUSTER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""
"""A cluster of two on this machine, until its standard input is closed."""


@pytest.mark.slow
def test_a_cluster_makes_the_same_files(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    words = ("hands", "feet-lying", "--as", "flac,wav", "--voice", "tone")
    # In a process of its own, which takes along all that it has started.
    with subprocess.Popen(
        [sys.executable, "-c", CLUSTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as cluster:
        assert cluster.stdout is not None
        address = cluster.stdout.readline().strip()
        for folder, more in ((here, ()), (there, ("--scheduler", address))):
            folder.mkdir()
            subprocess.run(command(*words, "--into", str(folder), *more), capture_output=True, check=True)
        cluster.communicate()
    made = [{name: content for name, (_, content) in contents(folder).items()} for folder in (here, there)]
    assert made[0] == made[1]
    assert len(made[0]) == 4
