"""Headset buttons and media keys: which keys of ours they are, and what a desktop is shown of a session."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run
from voiceguide.media_keys import PLAYER, ROOT, MediaKeys, Showing, media_keys
from voiceguide.units import Milliseconds

PLAYING = Showing("Hands", "Left hand", 2, Milliseconds(400_000), is_playing=True)
PAUSED = Showing("Hands", "Left hand", 2, Milliseconds(400_000), is_playing=False)


def pressed(showing: Showing, *methods: str) -> list[str]:
    found = MediaKeys(lambda: Milliseconds(0), showing)
    for method in methods:
        assert found.press(method), method
    keys = found.read()
    assert found.read() == []
    return keys


def test_a_button_that_toggles_always_does() -> None:
    assert pressed(PLAYING, "PlayPause", "Next", "Previous") == ["space", "right", "left"]
    assert pressed(PAUSED, "PlayPause") == ["space"]


def test_a_button_that_plays_or_pauses_does_nothing_that_is_done_already() -> None:
    assert pressed(PLAYING, "Play") == pressed(PAUSED, "Pause", "Stop") == []
    assert pressed(PLAYING, "Pause") == pressed(PLAYING, "Stop") == pressed(PAUSED, "Play") == ["space"]


def test_two_at_once_do_not_undo_each_other() -> None:
    assert pressed(PLAYING, "Pause", "Pause", "Stop") == ["space"]
    assert pressed(PAUSED, "Play", "Play") == ["space"]
    assert pressed(PLAYING, "Pause", "Play") == ["space", "space"]


def test_what_would_leave_the_session_is_answered_and_does_nothing() -> None:
    assert pressed(PLAYING, "Seek", "SetPosition", "OpenUri") == []
    assert not MediaKeys(lambda: Milliseconds(0), PLAYING).press("Explode")


def test_the_stop_the_length_and_the_position_are_shown() -> None:
    found = MediaKeys(lambda: Milliseconds(90_500), PLAYING)
    assert found.properties(PLAYER)["PlaybackStatus"] == ("s", "Playing"), "from the start on"
    told: list[str] = []
    found.changed = lambda: told.append("")
    for showing in (PAUSED, PAUSED, PLAYING):
        found.show(showing)
    assert len(told) == 2, "what stays the same is not told again"
    shown = found.properties(PLAYER)
    assert shown["PlaybackStatus"] == ("s", "Playing")
    assert shown["Position"] == ("x", 90_500_000)
    assert shown["Metadata"][1]["xesam:title"] == ("s", "Left hand")
    assert shown["Metadata"][1]["mpris:length"] == ("x", 400_000_000)
    assert found.properties(ROOT)["Identity"] == ("s", "voiceguide")


@pytest.mark.parametrize("address", ["", "unix:path=/nowhere/at/all", "nonsense"])
def test_without_a_bus_there_are_no_such_keys_and_nothing_is_said(
    address: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    with media_keys(lambda: Milliseconds(0), PLAYING) as found:
        assert found.read() == []
    said = run("say", "hello", "--backend", "null", "--voice", "tone")
    assert said.code == 0


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("dbus-daemon"), reason="needs dbus-daemon")
def test_a_bus_that_goes_away_is_no_news_to_who_lies_there(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert bus.stdout is not None
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.stdout.readline().strip())
        with media_keys(lambda: Milliseconds(0), PLAYING) as found:
            connected = found.changed
            bus.kill()
            bus.wait(10)
            for showing in (PAUSED, PLAYING, PAUSED):
                found.show(showing)
        assert found.changed is not connected, "it was on the bus"
    finally:
        bus.kill()
        bus.communicate()
    assert capfd.readouterr() == ("", "")


SCRIPT = """
set -eu
"$PYTHON" -m voiceguide play hands --voice tone --no-preflight >played 2>said &
player=$!
ask() { playerctl --player "voiceguide.instance$player" "$@"; }
until ask status >/dev/null 2>&1; do kill -0 $player; sleep 0.1; done
ask status
ask metadata xesam:title
ask metadata xesam:album
ask pause; until [ "$(ask status)" = Paused ]; do sleep 0.05; done; ask status
before=$(ask position); sleep 1; [ "$before" = "$(ask position)" ] && echo stands
ask play; until [ "$(ask status)" = Playing ]; do sleep 0.05; done; ask status
until [ "$(ask metadata xesam:title)" != 'Get ready' ]; do ask next; sleep 1; done
ask metadata xesam:title
kill $player; wait $player || echo "ended with $?"
"""


@pytest.mark.slow
@pytest.mark.skipif(
    not (shutil.which("playerctl") and shutil.which("dbus-run-session")), reason="needs playerctl and dbus"
)
def test_playerctl_on_a_bus_of_its_own_pauses_goes_on_skips_and_reads_title_and_position(
    tmp_path: Path,
) -> None:
    from tests.rig import run_rig

    with run_rig(tmp_path / "rig") as rig:
        environment = {**os.environ, **rig.environment, "PYTHON": sys.executable}
        environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        environment |= {f"VOICEGUIDE_{name}": str(tmp_path / name) for name in ("CACHE", "CONFIG", "DATA")}
        told = subprocess.run(
            ["dbus-run-session", "--", "sh", "-c", SCRIPT],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert told.stdout.splitlines() == [
        "Playing",
        "Get ready",
        "Hands",
        "Paused",
        "stands",
        "Playing",
        "Left hand · LI-4 (LI4 Hegu)",
        "ended with 143",
    ], (told.stdout, told.stderr, (tmp_path / "said").read_text())
