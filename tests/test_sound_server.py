"""What arrives at a real sound server, in real time: the samples of an export, to the bit."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from random import Random
from threading import RLock

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from tests.made_up import make_long, make_routine
from tests.rig import SAMPLERATE, Rig, is_installed, nowhere, read_capture, run_rig
from voiceguide import registry
from voiceguide.backends import Backend
from voiceguide.bookmark import Keeper
from voiceguide.commands._listening import Seat
from voiceguide.commands._screen import Lines
from voiceguide.errors import Unavailable
from voiceguide.journal import Journal
from voiceguide.keyboard import keys
from voiceguide.library import find_routine, load_language, load_points, load_routine
from voiceguide.player import Player, play
from voiceguide.score import Score
from voiceguide.session import Session, compile_session
from voiceguide.session_log import Log
from voiceguide.voice import find_voice

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


def ran_alone(name: str, request: pytest.FixtureRequest) -> bool:
    """Return True if the test passed in a process of its own, which PortAudio wants.

    It and ALSA look at their settings once, and tests before this one have hidden all devices from them.
    """
    if name != "sounddevice" or os.environ.get("VOICEGUIDE_TEST_ALONE"):
        return False
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "", request.node.nodeid],
        cwd=request.config.rootpath,
        env={**os.environ, "VOICEGUIDE_TEST_ALONE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
    return True


def onsets(sound: NDArray[np.int16]) -> NDArray[np.int64]:
    """Return the frames at which something sounds after a tenth of a second of silence."""
    sounding = np.flatnonzero(sound)
    after_silence = np.flatnonzero(np.diff(sounding) > SAMPLERATE // 10)
    return np.concatenate((sounding[:1], sounding[after_silence + 1]))


@pytest.mark.parametrize(
    ("name", "device"), [("miniaudio", ""), ("sounddevice", ""), ("sounddevice", "pulse")]
)
def test_what_is_played_is_what_would_be_exported(
    name: str, device: str, rig: Rig, request: pytest.FixtureRequest
) -> None:
    if ran_alone(name, request):
        return
    session = make_long(2)
    player = Player(session.as_session)
    first = (90 if name == "sounddevice" else 60) * SAMPLERATE  # as much of it as is enough
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


def make_hands(folder: Path) -> Session:
    """Return the session `hands`, by the tone, to be played live."""
    routine, voice = load_routine(find_routine("hands")), find_voice("tone", rate=None, cache=folder)
    return compile_session(routine, load_points(), load_language("en"), voice, live=True)


class Recorded(Player):
    """A player that remembers what was asked of it, in order."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, is_answered=True)
        self.asked: list[Callable[[Player], NDArray[np.int16] | None]] = []
        self._one_at_a_time = RLock()

    def pull(self, frames: int) -> NDArray[np.int16]:
        with self._one_at_a_time:
            self.asked.append(lambda player: player.pull(frames))
            return super().pull(frames)

    def turn(self, change: Callable[[Score], Score]) -> None:
        with self._one_at_a_time:
            self.asked.append(lambda player: player.turn(change))
            super().turn(change)

    def make_louder(self, steps: int) -> None:
        with self._one_at_a_time:
            self.asked.append(lambda player: player.make_louder(steps))
            super().make_louder(steps)


def test_a_hundred_pauses_and_other_keys_sound_just_as_the_model_says(
    rig: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_hands(tmp_path)
    player = Recorded(session)
    backend = make_backend()
    monkeypatch.setattr(type(backend), "quickest", 9.0)  # ticks of their own would be heard beside it
    others = [b"\r", b"\x1b[C", b"\t", b"\x1b[D", b"+", b"\x1b[A", b"\x1b[C", b"\x1b[B"]
    typed = {12 * n + k: b" " for n in range(100) for k in (0, 6)}
    typed |= {12 * n + 9: others[n % len(others)] for n in range(100)} | {1200: b"qqq"}
    looks = 0
    keyboard, end = pty.openpty()
    with open(end, closefd=False) as stdin, Journal(tmp_path) as journal, Lines() as screen:
        monkeypatch.setattr(sys, "stdin", stdin)
        log = Log(journal, make_routine().entry, tell=screen.warn)
        with keys() as read_keys:
            seat = Seat(player, read_keys, screen, log=log, keeper=Keeper(tmp_path, (), tell=screen.warn))

            def poll() -> None:
                nonlocal looks
                os.write(keyboard, typed.get(looks, b""))
                looks += 1
                seat.poll()

            with rig.capture() as file:
                play(player, backend, samplerate=SAMPLERATE, poll=poll)
    captured = read_capture(file)
    again = Player(session, is_answered=True)
    again.ticks = ""
    said = [block for ask in player.asked if (block := ask(again)) is not None]
    model = np.concatenate(said)
    sounding = np.flatnonzero(model)
    assert len(sounding) > 10 * SAMPLERATE
    assert np.array_equal(captured[:, 0], model[sounding[0] : sounding[-1] + 1])


def test_simpleaudio_plays_every_cue_within_twenty_milliseconds_and_does_not_drift(
    rig: Rig, tmp_path: Path
) -> None:
    session = make_hands(tmp_path)
    exported = np.concatenate(list(session.mixer().blocks()))
    first = len(exported) - 45 * SAMPLERATE
    player = Player(session)
    player.pull(first)
    with rig.capture() as file:
        play(player, make_backend("simpleaudio"), samplerate=SAMPLERATE)
    wanted, came = onsets(exported[first:]), onsets(read_capture(file)[:, 0])
    assert len(wanted) == len(came) >= 6
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
def test_a_sound_server_that_dies_is_told_and_nothing_hangs(
    name: str, rig: Rig, request: pytest.FixtureRequest
) -> None:
    if ran_alone(name, request):
        return
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
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    if ran_alone(name, request):
        return
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


def test_twenty_of_twenty_kills_are_reported_within_two_seconds_of_waiting_and_recovered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    player = Player(make_long(2).as_session)
    moments = Random(20)
    waited: list[int] = []
    looks, kill_at, killed_at = 0, 10, 0
    with ExitStack() as rigs:

        def run(number: int) -> Rig:
            running = rigs.enter_context(run_rig(tmp_path / str(number)))
            for variable, value in running.environment.items():
                monkeypatch.setenv(variable, value)
            return running

        server = run(0)

        def poll() -> None:
            nonlocal looks, killed_at
            looks += 1
            if looks >= kill_at and not killed_at:
                server.kill()
                killed_at = looks

        def lost(_: Unavailable) -> None:
            nonlocal server
            assert player.is_paused
            waited.append(looks - killed_at)
            server = run(len(waited))

        def found() -> None:
            nonlocal kill_at, killed_at
            kill_at, killed_at = looks + moments.randrange(2, 30), 0
            player.resume()
            if len(waited) == 20:
                player.stop()

        play(player, make_backend(), samplerate=SAMPLERATE, poll=poll, tick=0.05, lost=lost, found=found)
    assert len(waited) == 20
    assert max(waited) <= 2 / 0.05


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


@pytest.mark.parametrize("name", ["miniaudio", "sounddevice"])
def test_a_device_that_has_another_samplerate_plays_it_as_long(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    if ran_alone(name, request):
        return
    session = make_hands(tmp_path)
    exported = np.concatenate(list(session.mixer().blocks()))
    first = len(exported) - 15 * SAMPLERATE
    player = Player(session)
    player.pull(first)
    with run_rig(tmp_path / "rig", rate=44_100) as rig:
        for variable, value in rig.environment.items():
            monkeypatch.setenv(variable, value)
        with rig.capture() as file:
            play(player, make_backend(name), samplerate=SAMPLERATE)
    wanted, came = onsets(exported[first:]), onsets(loud(read_capture(file)[:, 0]))
    assert len(wanted) == len(came)
    late = (came - came[0]) - (wanted - wanted[0])
    assert np.abs(late).max() <= 0.02 * SAMPLERATE, late / SAMPLERATE


def loud(sound: NDArray[np.int16]) -> NDArray[np.int16]:
    """Return a sound without what a conversion lets ring before and after it."""
    return np.where(np.abs(sound) > 8, sound, 0).astype(np.int16)


def test_told_to_end_twice_it_lets_the_device_go_and_ends(rig: Rig, tmp_path: Path) -> None:
    environment = {**at_home_in(tmp_path), **rig.environment}
    words = command("play", "hands", "--voice", "tone")
    for _ in range(3):
        with rig.capture() as file:
            player = subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL)
            try:
                while not read_capture(file).any():
                    with suppress(subprocess.TimeoutExpired):
                        player.wait(0.2)
                # A terminal that is closed says so twice: once itself, and once by the shell.
                player.send_signal(signal.SIGHUP)
                player.send_signal(signal.SIGHUP)
                assert player.wait(20) == 143
            finally:
                player.kill()


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
