"""Keys: read one at a time and without Enter, and the terminal left as it was found."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest

if sys.platform == "win32":
    pytest.skip("there are no pseudo-terminals on Windows", allow_module_level=True)

import pty
import select
import subprocess
import termios

from tests.terminal import at_a_terminal
from voiceguide.keyboard import OTHER, OneByOne, _read_windows, keys, watched


@dataclass(frozen=True)
class Terminal:
    """A pseudo-terminal: what is typed into `keyboard` is read from `end`."""

    keyboard: int
    end: int

    def type(self, text: bytes) -> None:
        """Type, and return once it has arrived at the other end."""
        os.write(self.keyboard, text)
        select.select([self.end], [], [])

    @property
    def settings(self) -> list[object]:
        """How it treats what is typed."""
        return list(termios.tcgetattr(self.end))


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """A terminal, which is standard input."""
    keyboard, end = pty.openpty()
    with open(end, closefd=False) as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        yield Terminal(keyboard, end)
    os.close(end)
    os.close(keyboard)


def test_keys_are_read_without_enter_and_each_once(terminal: Terminal) -> None:
    with keys() as read_keys:
        assert read_keys() == []
        terminal.type(b"q")
        assert read_keys() == ["q"]
        assert read_keys() == []
        terminal.type(b" Q\t\r")
        assert read_keys() == ["space", "q", "tab", "enter"]


def test_the_terminal_is_restored_afterwards(terminal: Terminal) -> None:
    before = terminal.settings
    with keys():
        assert terminal.settings != before
    assert terminal.settings == before


@pytest.mark.parametrize("happens", [KeyboardInterrupt, SystemExit, RuntimeError])
def test_the_terminal_is_restored_whatever_happens(happens: type[BaseException], terminal: Terminal) -> None:
    before = terminal.settings
    with pytest.raises(happens), keys():
        raise happens
    assert terminal.settings == before


def test_ctrl_c_still_interrupts(terminal: Terminal) -> None:
    with keys():
        flags = termios.tcgetattr(terminal.end)[3]
    assert flags & termios.ISIG


@pytest.mark.parametrize(
    "sequence", [b"\x1b[1;5C", b"\x1bOQ", b"\x1b[15~", b"\x1bq"], ids=["ctrl-right", "F2", "F5", "alt-q"]
)
def test_keys_without_a_name_are_other_keys(sequence: bytes, terminal: Terminal) -> None:
    with keys() as read_keys:
        terminal.type(sequence)
        assert read_keys() == [OTHER]


@pytest.mark.parametrize(
    ("sequence", "name"),
    [
        (b"\x1b[A", "up"),
        (b"\x1bOB", "down"),
        (b"\x1b[C", "right"),
        (b"\x1b[D", "left"),
        (b"\x1b[5~", "pageup"),
        (b"\x1b[6~", "pagedown"),
    ],
)
def test_arrows_and_the_pages_of_a_presenter_have_names(
    sequence: bytes, name: str, terminal: Terminal
) -> None:
    with keys() as read_keys:
        terminal.type(sequence)
        assert read_keys() == [name]
        terminal.type(sequence + b"q")
        assert read_keys() == [name, "q"]


def test_escape_is_told_from_the_start_of_an_arrow(terminal: Terminal) -> None:
    with keys() as read_keys:
        terminal.type(b"\x1b")
        assert read_keys() == []
        assert read_keys() == ["escape"]
        terminal.type(b"\x1b")
        assert read_keys() == []
        terminal.type(b"[A")
        assert read_keys() == ["up"]
        terminal.type(b"\x1b")
        assert read_keys() == []
        terminal.type(b"\x1b")
        assert read_keys() + read_keys() == ["escape", "escape"]


def test_what_is_no_text_does_no_harm(terminal: Terminal) -> None:
    with keys() as read_keys:
        terminal.type(b"\xff \xc3")
        assert read_keys() == ["space"]


def test_a_terminal_that_was_closed_has_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    keyboard, end = pty.openpty()
    with open(end) as stream:  # noqa: PTH123 - a handle has no path
        monkeypatch.setattr(sys, "stdin", stream)
        with keys() as read_keys:
            os.close(keyboard)
            assert read_keys() == []


@pytest.mark.parametrize("stdin", [None, io.StringIO("q")], ids=["none", "a pipe"])
def test_without_a_terminal_there_are_no_keys(
    stdin: io.StringIO | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    with keys() as read_keys:
        assert read_keys() == []


def test_a_closed_input_has_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.StringIO("q")
    stdin.close()
    monkeypatch.setattr(sys, "stdin", stdin)
    with keys() as read_keys:
        assert read_keys() == []


def test_in_the_background_the_terminal_is_left_alone() -> None:
    # A shell's `voiceguide play &`: the terminal is ours, but another group of processes has it.
    program = """
import os, pty, sys, termios
child, keyboard = pty.fork()
if child:
    said = b""
    while True:
        try:
            piece = os.read(keyboard, 1000)
        except OSError:
            break
        if not piece:
            break
        said += piece
    os.waitpid(child, 0)
    sys.stdout.write(said.decode())
else:
    inner = os.fork()
    if inner:
        os.waitpid(inner, 0)
        os._exit(0)
    os.setpgid(0, 0)
    from voiceguide.keyboard import keys
    before = termios.tcgetattr(0)
    with keys() as read_keys:
        print("untouched" if termios.tcgetattr(0) == before and read_keys() == [] else "touched", flush=True)
    os._exit(0)
"""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    told = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,  # the fault would be a process that stands still
    )
    assert told.stdout.strip() == "untouched"


def test_at_a_terminal_a_session_waits_for_a_key_and_can_be_paused_and_ended(tmp_path: Path) -> None:
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        **{f"VOICEGUIDE_{name}": str(tmp_path / name) for name in ("CACHE", "CONFIG", "DATA")},
    }
    keyboard, end = pty.openpty()
    words = ["play", "hands", "--as-guest", "--voice", "tone", "--backend", "null", "--no-journal"]
    player = subprocess.Popen(
        [sys.executable, "-m", "voiceguide", *words], stdin=end, stdout=end, stderr=end, env=environment
    )
    os.close(end)
    said = b""

    def read_until(text: bytes) -> None:
        nonlocal said
        while text not in said:
            said += os.read(keyboard, 1000)

    try:
        read_until(b"Space begins.")
        os.write(keyboard, b"?")
        read_until(b"where am I, how long is left")
        os.write(keyboard, b" ")
        read_until(b"The session is over. Well done.")
        assert player.wait(60) == 0
    finally:
        player.kill()
        player.wait(60)
        os.close(keyboard)
    assert b"Traceback" not in said


def test_before_it_begins_one_q_leaves() -> None:
    words = ["play", "hands", "--as-guest", "--voice", "tone", "--backend", "null", "--no-journal"]
    code, said = at_a_terminal(*words, "--plain", typed="q")
    assert code == 0
    assert "q leaves." in said
    assert "Stopping." in said
    assert "over. Well done." not in said


def test_keys_are_waited_for_one_at_a_time_and_what_is_left_is_for_the_next(terminal: Terminal) -> None:
    with keys() as read_keys:
        one_by_one = OneByOne(read_keys)
        waited = iter(one_by_one)
        terminal.type(b"5 q")
        assert next(waited) == "5"
        assert one_by_one.read() == ["space", "q"]
        terminal.type(b"\x1b")
        assert next(waited) == "escape", "nothing that could follow it did"
        assert one_by_one.read() == []


def test_a_terminal_that_was_closed_ends_the_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    keyboard, end = pty.openpty()
    with open(end) as stream:  # noqa: PTH123 - a handle has no path
        monkeypatch.setattr(sys, "stdin", stream)
        with keys() as read_keys:
            os.close(keyboard)
            assert list(OneByOne(read_keys)) == []


@pytest.mark.parametrize("typed", [b"a", b"\x1b[C"], ids=["a letter", "an arrow"])
def test_what_is_typed_is_told_at_once_and_once_until_it_is_read(typed: bytes, terminal: Terminal) -> None:
    told = Event()
    count = []

    def pressed() -> None:
        count.append("")
        told.set()

    with keys() as read, watched(pressed) as is_watching:
        assert is_watching
        terminal.type(typed)
        assert told.wait(60)
        assert len(read()) == 1
    assert len(count) == 1


def test_without_a_terminal_nothing_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with watched(lambda: None) as is_watching:
        assert not is_watching


def test_after_the_shell_has_put_the_terminal_back_keys_are_read_one_at_a_time_again(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voiceguide.keyboard._STOPPED", 0.0)
    before = termios.tcgetattr(terminal.end)
    with keys() as read_keys:
        ours = terminal.settings
        # As `fg` does, after Ctrl-Z.
        termios.tcsetattr(terminal.end, termios.TCSANOW, before)
        assert terminal.settings != ours
        read_keys()
        assert terminal.settings == ours
        terminal.type(b"q")
        assert read_keys() == ["q"]


class Console:
    """What a console of Windows hands on: characters, of which an arrow is two."""

    def __init__(self, typed: str) -> None:
        self.typed = list(typed)

    def kbhit(self) -> bool:
        return bool(self.typed)

    def getwch(self) -> str:
        return self.typed.pop(0)


def test_keys_of_windows_have_the_same_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "msvcrt", Console(" Q\r\t\x1b\xe0H\xe0P\xe0M\xe0K\0I\0Q+?\xe0\x85"))
    expected = ["space", "q", "enter", "tab", "escape", "up", "down", "right", "left", "pageup", "pagedown"]
    assert _read_windows() == [*expected, "+", "?", OTHER]
    assert _read_windows() == []
