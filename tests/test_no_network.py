"""Nothing of voiceguide needs a network, and nothing of it ever tries one."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import no_network

ROOT = Path(__file__).parents[1]
MODULES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("voiceguide/**/*.py"))
QUICK = (
    *(
        "list",
        "show hands --voice tone",
        "check hands",
        "about",
        "point li4",
        "plan --timezone UTC -o plan.ics",
    ),
    *(
        "data path",
        "data export -o mine.zip",
        "data erase --yes",
        "config list",
        "routine new mine --from hands",
    ),
    *("say hello --voice tone -o saying.wav", "export hands --voice tone -o hands.wav"),
)
MORE = (
    *("list voices", "list backends", "show hands", "doctor", "say hello --voice espeak -o other.wav"),
    *("export hands --voice tone -o hands.html", "play hands --voice tone --backend null --no-preflight"),
    *("journal add --minutes 6 --before 5 --after 4", "journal list", "progress", "progress -o progress.svg"),
    *("point b23 -o b23.svg", "points sheet -o points.html", "show hands --voice tone --plot hands.svg"),
    *("setup", "voices test tone -o voices", "pack script hands"),
)
BEFORE = {"progress -o progress.svg": "journal add --minutes 6 --before 5 --after 4"}
"""What a line needs to have been done, where it is run alone."""
TOO_LONG = 240
"""Seconds after which what was started hangs, and is given up; traced it is some ten times slower."""
MAY_FAIL = {"doctor", "setup"}
"""Says by its exit code that there is no sound device here, and that nobody answers."""
NETWORKS = {
    *("socket", "socketserver", "ssl", "http", "urllib.request", "urllib.robotparser", "ftplib", "smtplib"),
    *("poplib", "imaplib", "nntplib", "telnetlib", "xmlrpc", "asyncio", "webbrowser", "requests", "urllib3"),
    *("httpx", "aiohttp", "websockets", "distributed", "dask", "dbus_fast", "huggingface_hub"),
}
"""Modules that can reach beyond this process."""
ALLOWED = {
    "voiceguide/commands/_many.py": {"distributed"},  # a cluster that a person names, and no other
    "voiceguide/media_keys.py": {"asyncio", "dbus_fast"},  # MPRIS, over a socket of this desktop
}


def imported_in(text: str) -> Iterator[str]:
    """Yield what a module imports, wherever in it."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = ast.unparse(node.func).rpartition(".")[2]
            if called in {"import_module", "__import__"}:
                yield str(node.args[0].value)


def networks_in(text: str) -> set[str]:
    return {
        network
        for name in imported_in(text)
        for network in NETWORKS
        if name == network or name.startswith(f"{network}.")
    }


def test_no_module_imports_what_reaches_a_network_but_those_that_say_why() -> None:
    found = {module: networks_in((ROOT / module).read_text(encoding="utf-8")) for module in MODULES}
    assert {module: networks for module, networks in found.items() if networks} == ALLOWED


def test_an_import_of_a_network_would_be_noticed() -> None:
    assert networks_in("import os, socket") == {"socket"}
    assert networks_in("def f():\n    from urllib import request, parse") == {"urllib.request"}
    assert networks_in("from http.client import HTTPConnection") == {"http"}
    assert networks_in("import importlib\nimportlib.import_module('ssl')") == {"ssl"}
    assert networks_in("from urllib.parse import quote") == set()


# ── what a program tries ──


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.mark.parametrize("lines", [QUICK, pytest.param(MORE, marks=pytest.mark.slow)], ids=["quick", "more"])
def test_no_command_tries_a_network(lines: tuple[str, ...], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.no_network", *lines],
        env=environment(),
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        timeout=TOO_LONG,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    told = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert [(one["line"], one["tried"]) for one in told] == [(line, []) for line in lines]
    assert [one for one in told if one["code"] and one["line"] not in MAY_FAIL] == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="strace is of Linux")
@pytest.mark.parametrize("line", [*QUICK, *MORE])
def test_the_kernel_is_never_asked_for_a_network(line: str, tmp_path: Path) -> None:
    assert addresses(line, tmp_path) == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="strace is of Linux")
def test_the_kernel_would_have_told(tmp_path: Path) -> None:
    """Of what a library does by itself; 192.0.2.1 is nobody's address, by RFC 5737."""
    program = "import ctypes; c = ctypes.CDLL(None); s = c.socket(2, 2, 0); "
    program += "c.connect(s, bytes([2, 0, 0, 9, 192, 0, 2, 1]) + bytes(8), 16)"
    assert traced([sys.executable, "-c", program], tmp_path) == ["192.0.2.1"]


def addresses(line: str, folder: Path) -> list[str]:
    lines = [BEFORE[line], line] if line in BEFORE else [line]
    return [
        host for each in lines for host in traced([sys.executable, "-m", "voiceguide", *each.split()], folder)
    ]


def traced(words: list[str], folder: Path) -> list[str]:
    """Return every address of a network that a program and its children connect, bind or send to."""
    if not shutil.which("strace"):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("not here: strace")
    log = folder / "calls"
    calls = "trace=connect,bind,sendto,sendmsg,sendmmsg"
    subprocess.run(
        ["strace", "-f", "-qq", "-o", log, "-e", calls, *words],
        env=environment(),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        timeout=TOO_LONG,
        capture_output=True,
        check=not MAY_FAIL & {*words},
    )
    found = re.findall(
        r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"', log.read_text(encoding="utf-8")
    )
    hosts = [first or second for first, second in found]
    return [host for host in hosts if not no_network.is_local(host)]


@pytest.mark.parametrize(
    "host", ["192.0.2.1", "2001:db8::1", "voiceguide.example"], ids=["IPv4", "IPv6", "a name"]
)
def test_whatever_a_test_tries_fails_and_is_noticed(host: str) -> None:
    with pytest.raises(OSError, match="no network while testing"), socket.create_connection((host, 9)):
        pass
    assert no_network.TRIED
    no_network.TRIED.clear()  # meant


def test_what_is_on_this_computer_may_be_reached() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as end,
    ):
        assert end.getpeername() == server.getsockname()


def test_to_be_reached_from_elsewhere_is_noticed() -> None:
    with pytest.raises(OSError, match="no network while testing"), socket.create_server(("", 0)):
        pass
    no_network.TRIED.clear()  # meant
