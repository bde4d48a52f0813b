"""A private sound server without a sound card: what is played into it can be captured to the bit.

It has its own socket, cookie and ALSA configuration, needs neither systemd nor dbus nor a user session,
runs as root too, and several can run side by side.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SAMPLERATE = 48_000
PROGRAMS = ("pulseaudio", "pactl", "parec")


@dataclass(frozen=True)
class Rig:
    """A running server. `environment` makes any program, and this one, play into it."""

    environment: dict[str, str]
    folder: Path
    server: subprocess.Popen[bytes]

    @contextmanager
    def capture(self) -> Iterator[Path]:
        """Give the file into which everything is captured that plays meanwhile."""
        file = self.folder / "captured.raw"
        wire = f"--format=s16le --rate={SAMPLERATE} --channels=2 --latency-msec=20".split()
        with file.open("wb") as raw:
            parec = subprocess.Popen(
                ["parec", "-d", "rig.monitor", "--raw", *wire], stdout=raw, env=self._all()
            )
            try:
                # The monitor of an idle sink gives silence: once some has arrived, nothing is missed.
                while not file.stat().st_size:
                    self.ask("info")
                yield file
            finally:
                parec.send_signal(signal.SIGTERM)
                parec.wait(10)

    def ask(self, *words: str) -> bool:
        """Return True if the server answers this `pactl` command."""
        answer = subprocess.run(["pactl", *words], env=self._all(), capture_output=True, check=False)
        return answer.returncode == 0

    def kill(self) -> None:
        """Let the server die as in a crash."""
        self.server.kill()
        self.server.wait(10)

    def _all(self) -> dict[str, str]:
        return {**os.environ, **self.environment}


def is_installed() -> bool:
    """Return True if everything the rig needs is on the path."""
    return all(shutil.which(program) for program in PROGRAMS)


def nowhere(folder: Path) -> dict[str, str]:
    """Return an environment in which no sound device and no server can be found."""
    (folder / "alsa.conf").write_text("")
    return {
        "XDG_RUNTIME_DIR": str(folder),
        "PULSE_SERVER": f"unix:{folder / 'no server'}",
        "ALSA_CONFIG_PATH": str(folder / "alsa.conf"),
        "JACK_NO_START_SERVER": "1",
    }


@contextmanager
def run_rig(folder: Path, *, rate: int = SAMPLERATE) -> Iterator[Rig]:
    """Give a running rig with one sink, usually of just what the player sends, so nothing is converted."""
    runtime = folder / "runtime"
    (runtime / "pulse").mkdir(parents=True)
    runtime.chmod(0o700)
    socket = runtime / "pulse" / "native"
    (folder / "asound.conf").write_text("pcm.!default { type pulse }\nctl.!default { type pulse }\n")
    (folder / "alsa.conf").write_text(f"</usr/share/alsa/alsa.conf>\n<{folder}/asound.conf>\n")
    environment = {
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(runtime),
        "PULSE_RUNTIME_PATH": str(runtime / "pulse"),
        "PULSE_STATE_PATH": str(folder / "state"),
        "PULSE_COOKIE": str(folder / "cookie"),
        "PULSE_SERVER": f"unix:{socket}",
        "ALSA_CONFIG_PATH": str(folder / "alsa.conf"),
        "DBUS_SESSION_BUS_ADDRESS": "",
        "DISPLAY": "",
    }
    sink = f"module-null-sink sink_name=rig rate={rate} channels=2 format=s16le norewinds=1"
    options = "--daemonize=no --exit-idle-time=-1 --use-pid-file=no --system=0 --high-priority=0 --realtime=0"
    modules = ["-L", f"module-native-protocol-unix auth-anonymous=1 socket={socket}", "-L", sink]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            ["pulseaudio", "-n", *options.split(), *modules],
            env={**os.environ, **environment},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    rig = Rig(environment, folder, server)
    try:
        while not rig.ask("info"):
            if server.poll() is not None:
                raise RuntimeError((folder / "server.log").read_text())
        yield rig
    finally:
        rig.kill()


def read_capture(file: Path) -> NDArray[np.int16]:
    """Return what was captured, shape (frames, 2), from its first to its last frame that sounds."""
    captured = np.fromfile(file, "<i2")
    frames = captured[: len(captured) // 2 * 2].reshape(-1, 2)
    sounding = np.flatnonzero(frames.any(axis=1))
    return frames[sounding[0] : sounding[-1] + 1] if len(sounding) else frames[:0]
