"""What arrives at a real sound server, in real time: the samples of an export, to the bit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from tests.made_up import make_long
from tests.rig import SAMPLERATE, Rig, is_installed, nowhere, read_capture, run_rig
from voiceguide import registry
from voiceguide.backends import Backend
from voiceguide.errors import Unavailable
from voiceguide.player import Player, play

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not is_installed(), reason="needs pulseaudio and its tools"),
]


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    with run_rig(tmp_path) as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        yield running


def make_backend(name: str = "miniaudio", device: str = "") -> Backend:
    """Return a backend; without a name, the default one."""
    made: Backend = registry.find("voiceguide.backends", name).Backend(device)
    return made


def onsets(sound: NDArray[np.int16]) -> NDArray[np.int64]:
    """Return the frames at which something sounds after a tenth of a second of silence."""
    sounding = np.flatnonzero(sound)
    after_silence = np.flatnonzero(np.diff(sounding) > SAMPLERATE // 10)
    return np.concatenate((sounding[:1], sounding[after_silence + 1]))


@pytest.mark.parametrize(
    ("name", "device"), [("miniaudio", ""), ("sounddevice", ""), ("sounddevice", "pulse")]
)
def test_what_is_played_is_what_would_be_exported(name: str, device: str, rig: Rig) -> None:
    session = make_long(2)
    player = Player(session.as_session)
    first = (90 if name == "sounddevice" else 0) * SAMPLERATE  # half a minute of it is enough of that
    player.pull(first)
    with rig.capture() as file:
        play(player, make_backend(name, device), samplerate=session.samplerate)
    captured = read_capture(file)
    exported = np.concatenate(list(session.mixer().blocks()))
    exported = exported[first:]
    sounding = np.flatnonzero(exported)
    exported = exported[sounding[0] : sounding[-1] + 1]
    assert np.array_equal(captured[:, 0], captured[:, 1])
    assert np.array_equal(captured[:, 0], exported)


def test_simpleaudio_plays_every_cue_within_twenty_milliseconds_and_does_not_drift(rig: Rig) -> None:
    session = make_long(2)
    player = Player(session.as_session)
    player.pull(60 * SAMPLERATE)
    with rig.capture() as file:
        play(player, make_backend("simpleaudio"), samplerate=session.samplerate)
    captured = read_capture(file)
    exported = np.concatenate(list(session.mixer().blocks()))[60 * SAMPLERATE :]
    wanted, came = onsets(exported), onsets(captured[:, 0])
    assert len(wanted) == len(came) > 3
    late = (came - came[0]) - (wanted - wanted[0])
    assert np.abs(late).max() <= 0.02 * SAMPLERATE, late / SAMPLERATE


def test_the_devices_of_every_backend_are_listed(rig: Rig, tmp_path: Path) -> None:
    told = subprocess.run(
        command("list", "devices", "--plain"),
        env={**at_home_in(tmp_path), **rig.environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "pulse: sounddevice" in told.stdout
    assert ": miniaudio, the default" in told.stdout


@pytest.mark.parametrize("name", ["miniaudio", "sounddevice", "simpleaudio"])
def test_a_sound_server_that_dies_is_told_and_nothing_hangs(name: str, rig: Rig) -> None:
    session = make_long(1)
    player = Player(session.as_session)

    def kill_after_a_second() -> None:
        if player.position > 1000 and rig.server.poll() is None:
            rig.kill()

    with pytest.raises(Unavailable, match="stopped answering") as caught:
        play(player, make_backend(name), samplerate=session.samplerate, poll=kill_after_a_second)
    assert "voiceguide export" in (caught.value.hint or "")
    with pytest.raises(Unavailable, match="no sound device"):
        make_backend(name).check()


@pytest.mark.parametrize("name", ["miniaudio", "sounddevice", "simpleaudio"])
def test_a_server_that_comes_back_goes_on_with_the_session(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_long(1)
    player = Player(session.as_session)
    player.pull(45 * 48_000)  # the last quarter is enough
    told: list[int] = []
    running: list[Rig] = []
    with ExitStack() as rigs:
        first = rigs.enter_context(run_rig(tmp_path / "first"))
        for variable, value in first.environment.items():
            monkeypatch.setenv(variable, value)

        def kill_once() -> None:
            if player.position > 48_000 and first.server.poll() is None:
                first.kill()

        def lost(_: Unavailable) -> None:
            told.append(player.position)
            assert player.is_paused
            running.append(rigs.enter_context(run_rig(tmp_path / "second")))
            for variable, value in running[0].environment.items():
                monkeypatch.setenv(variable, value)

        backend = make_backend(name)
        play(player, backend, samplerate=48_000, poll=kill_once, lost=lost, found=player.resume)
    assert len(told) == len(running) == 1
    assert 47_000 < told[0] < 53_000
    assert player.ended


def command(*arguments: str) -> list[str]:
    """Return voiceguide's command line, run by this Python."""
    return [sys.executable, "-m", "voiceguide", *arguments]


def at_home_in(folder: Path) -> dict[str, str]:
    """Return this environment with nothing of the person who runs the tests: settings, clips, routines."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("VOICEGUIDE_")},
        "VOICEGUIDE_CACHE": str(folder / "cache"),
        "VOICEGUIDE_CONFIG": str(folder / "config.toml"),
        "VOICEGUIDE_DATA": str(folder / "data"),
    }


def test_two_minutes_of_the_command_play_are_what_the_command_export_writes(rig: Rig, tmp_path: Path) -> None:
    environment = {**at_home_in(tmp_path), **rig.environment}
    speak = ("hands", "--voice", "espeak")
    exported = tmp_path / "hands.wav"
    subprocess.run(command("export", *speak, "-o", str(exported)), env=environment, check=True)
    captured_seconds, compared_seconds = 135, 125  # the first is more by the start and the silence before
    with rig.capture() as file:
        player = subprocess.Popen(command("play", *speak), env=environment, stdin=subprocess.DEVNULL)
        try:
            # How much has arrived decides; it ends by itself, and the comparison fails, if nothing does.
            while file.stat().st_size < captured_seconds * SAMPLERATE * 4 and player.poll() is None:
                with suppress(subprocess.TimeoutExpired):
                    player.wait(1)
            player.send_signal(signal.SIGTERM)
            assert player.wait(10) == 143
        finally:
            player.kill()
    heard = read_capture(file)[: compared_seconds * SAMPLERATE]
    written, _ = soundfile.read(exported, dtype="int16")
    written = written[np.flatnonzero(written)[0] :][: compared_seconds * SAMPLERATE]
    assert len(heard) == len(written) == compared_seconds * SAMPLERATE
    assert np.array_equal(heard[:, 0], heard[:, 1])
    # Where they part is worth knowing: a gap in the sound is a machine that was too busy for real time.
    assert np.flatnonzero(heard[:, 0] != written)[:1].tolist() == []


def test_without_a_device_play_names_the_export_command_and_libraries_stay_quiet(
    tmp_path: Path,
) -> None:
    environment = {**at_home_in(tmp_path), **nowhere(tmp_path)}
    told = subprocess.run(
        command("play", "hands", "--voice", "espeak"),
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert told.returncode == 3
    assert not told.stdout
    error, hint = told.stderr.splitlines()
    assert error.startswith("Error: no sound device")
    assert "`voiceguide export hands -o session.wav --voice espeak`" in hint
    # Left to itself, ALSA says a good deal more than that on the same screen.
    alone = "import miniaudio as m; m.PlaybackDevice(backends=[m.Backend.ALSA])"
    spam = subprocess.run([sys.executable, "-c", alone], env=environment, capture_output=True, check=False)
    assert b"ALSA lib" in spam.stderr
