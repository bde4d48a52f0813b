"""ClipCache: entries whole or not at all, nothing of others touched, and a bound that holds."""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.clip_cache import ClipCache, cache_folder


def key(name: str) -> str:
    return sha256(name.encode()).hexdigest()


def age(cache: ClipCache, name: str, seconds: int) -> None:
    """Make an entry look as if it was last used `seconds` after the epoch."""
    os.utime(cache.folder / f"{key(name)}.clip", (seconds, seconds))


def entries(cache: ClipCache) -> set[str]:
    return {path.name for path in cache.folder.iterdir()}


@given(samples=st.binary(min_size=1))
def test_what_is_stored_is_loaded(samples: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    cache = ClipCache(tmp_path_factory.mktemp("cache"))
    assert cache.store(key("a"), samples)
    assert ClipCache(cache.folder.parent).load(key("a")) == samples
    assert cache.load(key("b")) is None
    assert cache.notes == []


@given(data=st.data(), samples=st.binary(min_size=1, max_size=50))
def test_a_damaged_entry_does_not_exist(
    data: st.DataObject, samples: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cache = ClipCache(tmp_path_factory.mktemp("cache"))
    cache.store(key("a"), samples)
    path = cache.folder / f"{key('a')}.clip"
    sound = path.read_bytes()
    at = data.draw(st.integers(0, len(sound) - 1))
    damaged = data.draw(
        st.sampled_from(
            [
                sound[:at],
                sound + b"\0",
                sound[:at] + bytes([sound[at] ^ 1]) + sound[at + 1 :],
                b"\0" * len(sound),
            ]
        )
    )
    path.write_bytes(damaged)
    assert cache.load(key("a")) is None
    assert cache.store(key("a"), samples)
    assert cache.load(key("a")) == samples


def test_an_entry_under_the_name_of_another_does_not_exist(tmp_path: Path) -> None:
    cache = ClipCache(tmp_path)
    cache.store(key("a"), b"sound")
    (cache.folder / f"{key('a')}.clip").rename(cache.folder / f"{key('b')}.clip")
    assert cache.load(key("b")) is None


def test_the_oldest_used_go_first_until_it_fits(tmp_path: Path) -> None:
    before = ClipCache(tmp_path)
    for position, name in enumerate("abcd"):
        before.store(key(name), bytes(1000))
        age(before, name, 1_000_000 + position)
    now = ClipCache(tmp_path, limit=2500)
    assert now.load(key("a")) is not None
    now.prune()
    assert entries(now) == {f"{key('a')}.clip", f"{key('d')}.clip"}


def test_what_this_run_used_stays_even_above_the_limit(tmp_path: Path) -> None:
    cache = ClipCache(tmp_path, limit=1)
    for name in "ab":
        cache.store(key(name), bytes(1000))
        age(cache, name, 1_000_000)
    cache.prune()
    assert len(entries(cache)) == 2


def test_it_is_pruned_once_a_run(tmp_path: Path) -> None:
    cache = ClipCache(tmp_path, limit=1)
    cache.prune()
    ClipCache(tmp_path).store(key("a"), bytes(1000))
    cache.prune()
    assert len(entries(cache)) == 1


def test_files_of_others_are_left_alone(tmp_path: Path) -> None:
    cache = ClipCache(tmp_path, limit=0)
    cache.store(key("mine"), bytes(1000))
    others = [
        "holiday.clip",
        "notes.txt",
        f"{key('x')}.wav",
        f"{key('x')}.clip.bak",
        "x.tmp",
        key("x").upper() + ".clip",
    ]
    for name in others:
        (cache.folder / name).write_bytes(bytes(1000))
        os.utime(cache.folder / name, (1, 1))
    ClipCache(tmp_path, limit=0).prune()
    assert entries(cache) == set(others)


def test_what_a_killed_process_left_behind_goes_after_a_day(tmp_path: Path) -> None:
    cache = ClipCache(tmp_path)
    cache.store(key("a"), b"sound")
    old, new = f"{key('a')}.x1.tmp", f"{key('a')}.x2.tmp"
    for name in (old, new):
        (cache.folder / name).write_bytes(b"half")
    os.utime(cache.folder / old, (1, 1))
    cache.prune()
    assert entries(cache) == {new, f"{key('a')}.clip"}


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    cache = ClipCache(tmp_path / "nowhere")
    assert cache.load(key("a")) is None
    cache.prune()
    assert not (tmp_path / "nowhere").exists()


def test_a_folder_that_cannot_be_made_is_noted_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = ClipCache(tmp_path / "file")
    assert not cache.store(key("a"), b"sound")
    assert not cache.store(key("b"), b"sound")
    assert len(cache.notes) == 1


WRITER = """
import sys
from pathlib import Path
from voiceguide.clip_cache import ClipCache

cache = ClipCache(Path(sys.argv[1]), limit=200_000)
print("ready", flush=True)
sys.stdin.readline()
for turn in range(60):
    for number in range(8):
        key = f"{number:064x}"
        found = cache.load(key)
        assert found is None or found == bytes([number]) * 50_000, "half an entry"
        assert cache.store(key, bytes([number]) * 50_000)
    ClipCache(Path(sys.argv[1]), limit=200_000).prune()
assert not cache.notes
"""


def test_two_processes_at_once_never_see_half_an_entry(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for _ in range(2)
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    assert [(*writer.communicate(timeout=60), writer.returncode) for writer in writers] == [("", "", 0)] * 2
    assert not [name for name in entries(ClipCache(tmp_path)) if name.endswith(".tmp")]


def test_the_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VOICEGUIDE_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("VOICEGUIDE_CACHE")
    assert "voiceguide" in cache_folder().parts
