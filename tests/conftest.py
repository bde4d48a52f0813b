"""What every test stands on: nothing of the person who runs it is read or written."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests import no_network
from tests.browser import start, what_is_missing
from voiceguide import commands
from voiceguide.known_settings import SETTINGS

# How long an example takes says something of the machine, and nothing of what is tested.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_configure() -> None:
    """Let nobody's own content take part where the tests look round before they begin."""
    os.environ["VOICEGUIDE_DATA"] = os.devnull
    sys.addaudithook(no_network.watch)  # for good: nobody can take it away again
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # As a shell has it for what it starts in the background; what is started here would ignore it, too.
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together what shares a written session: in a random order it would be written for every test."""
    first: dict[tuple[str, str], int] = {}

    def place(numbered: tuple[int, pytest.Item]) -> tuple[int, int]:
        index, item = numbered
        params = (
            item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        )
        shared = next((str(params[name]) for name in ("exported", "spoken") if name in params), None)
        if shared is None:
            return index, index
        return first.setdefault((item.path.name, shared), index), index

    items[:] = [item for _, item in sorted(enumerate(items), key=place)]


@dataclass(frozen=True)
class Outcome:
    """What a command did."""

    code: int
    out: str
    err: str


Run = Callable[..., Outcome]
"""Runs a command line in this process; takes its words."""


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for clips, so that no text is spoken twice in a run of the tests, by any of its workers."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "cache"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(autouse=True)
def stranger(
    shared_cache: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The folder of somebody without settings, routines or points of their own, where these may be put."""
    folder = tmp_path_factory.mktemp("stranger")
    monkeypatch.setenv("VOICEGUIDE_CACHE", str(shared_cache))
    monkeypatch.setenv("VOICEGUIDE_CONFIG", str(folder / "config.toml"))
    monkeypatch.setenv("VOICEGUIDE_DATA", str(folder))
    for name, setting in SETTINGS.items():
        monkeypatch.delenv(setting.environment(name), raising=False)
    return folder


@pytest.fixture(autouse=True)
def unplugged() -> Iterator[None]:
    """Fail a test in which anything wanted to leave this computer, however it took the refusal."""
    no_network.TRIED.clear()
    yield
    assert no_network.TRIED == []


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A Chromium; where every proof is due, it has to be there."""
    if missing := what_is_missing():
        told = f"not here: {', '.join(missing)}"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(told)
    with start() as started:
        yield started


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line as `main` does, up to the exit."""

    def run_words(*words: str) -> Outcome:
        capsys.readouterr()
        code = commands._run(list(words))
        return Outcome(code, *capsys.readouterr())

    return run_words
