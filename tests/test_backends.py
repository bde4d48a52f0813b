"""Every backend there is: it pulls what it plays, or it says why it does not."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.conftest import Run
from tests.made_up import make_routine
from tests.rig import nowhere
from voiceguide import registry
from voiceguide.backends import Backend, _device, simpleaudio
from voiceguide.backends import miniaudio as for_devices
from voiceguide.backends import null as without_device
from voiceguide.commands._options import find_backend
from voiceguide.errors import Unavailable, UnknownName, UsageError
from voiceguide.player import Player, play

SAMPLERATE = 48_000
BACKENDS = registry.names("voiceguide.backends")


class Source:
    """Sound that remembers what was asked of it."""

    def __init__(self, breaks_at: int | None = None) -> None:
        self.asked: list[int] = []
        self.breaks_at = breaks_at

    def pull(self, frames: int) -> NDArray[np.int16]:
        """Return a low hum, or raise once `breaks_at` frames were pulled."""
        if self.breaks_at is not None and sum(self.asked) >= self.breaks_at:
            raise LookupError("the source broke")
        self.asked.append(frames)
        return np.full(frames, 100, np.int16)


@pytest.fixture
def no_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in nowhere(tmp_path).items():
        monkeypatch.setenv(name, value)


def test_every_backend_we_ship_is_there() -> None:
    assert {"miniaudio", "null", "simpleaudio", "sounddevice"} <= set(BACKENDS)


def test_a_device_is_chosen_by_its_name_or_by_a_part_that_only_it_has() -> None:
    names = ["Built-in Audio", "USB Headset", "usb speakers", "USB"]
    assert [_device.choose_device(wanted, names) for wanted in ("built", "headset", "usb")] == [0, 1, 3]
    for wanted in ("u", "bluetooth"):
        with pytest.raises(UnknownName, match=f"unknown device '{wanted}'"):
            _device.choose_device(wanted, names)


def test_what_is_no_device_is_told() -> None:
    with pytest.raises(UnknownName):
        for_devices.Backend("no such thing", systems=["NULL"]).check()
    assert len(for_devices.Backend(systems=["NULL"]).devices()) == 1
    for name in ("null", "simpleaudio"):
        with pytest.raises(UsageError, match="device"):
            registry.find("voiceguide.backends", name).Backend("headphones")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the devices of a machine cannot be hidden")
@pytest.mark.usefixtures("no_device")
def test_without_a_device_no_backend_is_chosen_by_itself() -> None:
    with pytest.raises(Unavailable, match="no sound device"):
        find_backend("auto")
    assert find_backend("null")[0] == "null", "only whoever asks for it plays to nobody"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the devices of a machine cannot be hidden")
@pytest.mark.usefixtures("no_device")
def test_a_list_of_devices_says_why_there_are_none(run: Run) -> None:
    listed = run("list", "devices")
    assert (listed.code, listed.out) == (3, "")
    assert "no sound device" in listed.err


def test_a_chunk_is_cut_where_it_is_quietest_and_nothing_is_lost() -> None:
    loud = np.full(SAMPLERATE, 1000, np.int16)
    loud[30_000:31_000] = 3
    chunk, left = simpleaudio._cut(loud, SAMPLERATE)
    assert 30_000 <= len(chunk) <= 31_000
    assert np.array_equal(np.concatenate((chunk, left)), loud)
    silent = np.zeros(SAMPLERATE, np.int16)
    assert len(simpleaudio._cut(silent, SAMPLERATE)[0]) == SAMPLERATE, "as long as can be"


@pytest.mark.parametrize("name", BACKENDS)
def test_loading_and_making_a_backend_loads_no_library(name: str) -> None:
    code = f"""
import sys
from voiceguide import registry
registry.find("voiceguide.backends", {name!r}).Backend()
sys.exit(str({{"numpy", "miniaudio", "sounddevice", "simpleaudio"}} & set(sys.modules) or ""))
"""
    told = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert told.stderr.strip() == ""


@pytest.mark.parametrize("name", [name for name in BACKENDS if name != "null"])
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the devices of a machine cannot be hidden")
@pytest.mark.usefixtures("no_device")
def test_without_a_device_it_says_so_and_offers_to_export(
    name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    backend: Backend = registry.find("voiceguide.backends", name).Backend()
    source = Source()
    for attempt in (backend.check, lambda: backend.open(source.pull, samplerate=SAMPLERATE)):
        with pytest.raises(Unavailable) as caught:
            attempt()
        assert "voiceguide export -o session.wav" in (caught.value.hint or "")
    assert source.asked == []
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    "backend",
    [without_device.Backend(), for_devices.Backend(systems=["NULL"])],
    ids=["null", "miniaudio's own null"],
)
class TestEveryBackendThatOpens:
    def test_it_pulls_while_it_is_waited_for(self, backend: Backend) -> None:
        source = Source()
        backend.check()
        stream = backend.open(source.pull, samplerate=SAMPLERATE)
        try:
            stream.wait(0.3)
        finally:
            stream.close()
        # A device fills its buffer first; none is more than a second ahead or behind.
        assert 0.1 < sum(source.asked) / SAMPLERATE < 1.3

    def test_what_the_source_raises_is_raised_by_wait(self, backend: Backend) -> None:
        source = Source(breaks_at=1)
        stream = backend.open(source.pull, samplerate=SAMPLERATE)
        with pytest.raises(LookupError, match="the source broke"):
            stream.wait(10)
        stream.close()

    def test_after_close_nothing_is_pulled_and_closing_again_is_fine(self, backend: Backend) -> None:
        source = Source()
        stream = backend.open(source.pull, samplerate=SAMPLERATE)
        stream.wait(0.1)
        stream.close()
        pulled = sum(source.asked)
        stream.close()
        stream.wait(0.1)
        assert sum(source.asked) == pulled

    def test_a_session_plays_to_its_end(self, backend: Backend) -> None:
        session = make_routine()
        player = Player(session.as_session)
        # The last three seconds only: a device takes as long as they last.
        player.pull(9_000 * 48)
        play(player, backend, samplerate=SAMPLERATE)
        assert player.ended
        assert player.position == session.timeline.duration


def test_null_pulls_exactly_the_frames_waited_for_in_no_time() -> None:
    source = Source()
    stream = without_device.Backend().open(source.pull, samplerate=SAMPLERATE)
    for seconds in (0.05, 0.0, 3600.001):
        stream.wait(seconds)
    stream.drain()
    assert sum(source.asked) == stream.frames == 2_400 + 3600 * SAMPLERATE + 48
    assert max(source.asked) <= 4_800


def test_null_keeps_nothing_of_what_it_pulled() -> None:
    stream = without_device.Backend().open(lambda frames: np.zeros(frames, np.int16), samplerate=SAMPLERATE)
    tracemalloc.start()
    stream.wait(600)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 100_000


def test_a_device_that_wakes_slowly_has_not_gone() -> None:
    stream = _device.DeviceStream(Source().pull, lambda: None)
    stream._silent = 1.7
    stream.wait(0.01)
    stream._silent = 1.8
    with pytest.raises(Unavailable, match="stopped answering"):
        stream.wait(0.01)


def test_a_device_that_fell_silent_has_gone_after_a_second_of_waiting_whatever_the_clock_says() -> None:
    stream = _device.DeviceStream(Source().pull, lambda: None)
    stream._calls = stream._calls_seen = 5
    # As many slices of waiting as just do not make a second, without the waiting.
    stream._silent = _device.SILENT_FOR - 0.015
    stream.wait(0.01)
    with pytest.raises(Unavailable, match="stopped answering"):
        stream.wait(0.01)
    stream.close()


def test_a_device_that_comes_back_in_time_is_forgiven() -> None:
    stream = for_devices.Backend(systems=["NULL"]).open(Source().pull, samplerate=SAMPLERATE)
    stream._silent = _device.SILENT_FOR - 0.001
    stream.wait(0.3)
    assert stream._silent < _device.SILENT_FOR / 2
    stream.close()
