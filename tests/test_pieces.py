"""Sound put together from pieces: nothing is lost, nothing is heard where they meet, and less is encoded."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.made_up import MadeUp, Sound, Stretch, make_session
from tests.test_formats import load, sound_of
from voiceguide.exporter import export
from voiceguide.formats import _libsndfile, _opus, _pieces, _steady_mp3
from voiceguide.formats._pieces import Frames
from voiceguide.library import find_routine, load_language, load_points, load_routine
from voiceguide.room_tone import RoomTone
from voiceguide.session import compile_session
from voiceguide.track import Track, make_bare_track, make_track
from voiceguide.voice import find_voice

Samples = NDArray[np.int16]
SIZE = 20
"""Samples of a piece of the plain codec: two frames."""
PIECED = ["mp3", "opus"]
VOICE = 10_000
"""Of 32 767: about how loud speech is, at its peaks."""


class Plain:
    """A codec whose frames are the samples themselves, so that nothing can be lost unnoticed."""

    samples, count = SIZE // 2, 2

    def __init__(self, *, may_part: Callable[[int], bool] = lambda frames: frames >= 0) -> None:
        self.encoded = 0
        self.through_files = 0
        self._may_part = may_part

    def encode(self, blocks: Iterable[Samples], path: Path | None, *, quiet: bool) -> Frames[bytes]:
        sound = np.concatenate([*blocks, np.empty(0, np.int16)])
        self.encoded += len(sound)
        if path:
            assert not quiet
            path.write_bytes(sound.tobytes())
            self.through_files += 1
        return (sound[at : at + self.samples].tobytes() for at in range(0, len(sound), self.samples))

    def may_part(self, frames: Iterable[bytes]) -> bool:
        return self._may_part(sum(map(sum, frames)))


def put_together(blocks: Iterable[Samples], codec: Plain) -> bytes:
    """Return all frames of a sound none of which goes through a file."""
    frames: list[bytes] = list(_pieces.encode(blocks, codec, Path("unused")))
    return b"".join(frames)


LEVELS = st.sampled_from([0, 0, 0, 5, -192, 192, 193, -193, 9_000])
STRETCHES = st.lists(st.tuples(LEVELS, st.integers(1, 30 * SIZE)), max_size=12)


def in_blocks(sound: Samples, size: int = 4_800) -> Iterator[Samples]:
    for at in range(0, len(sound), size):
        yield sound[at : at + size]


@given(STRETCHES, st.integers(1, 3 * SIZE), st.sampled_from([1, 2, 7]))
def test_whatever_the_sound_each_frame_comes_once_and_in_order(
    stretches: list[tuple[int, int]], blocksize: int, picky: int
) -> None:
    sound = np.concatenate([np.full(length, level, np.int16) for level, length in [(0, 0), *stretches]])
    codec = Plain(may_part=lambda total: total % picky == 0)
    found = put_together(in_blocks(sound, blocksize), codec)
    assert found == sound.tobytes()


def test_a_quiet_that_comes_again_is_not_encoded_again() -> None:
    loop = np.arange(7 * SIZE, dtype=np.int16)
    codec = Plain()
    found = put_together(in_blocks(np.tile(loop, 1_000)), codec)
    assert found == np.tile(loop, 1_000).tobytes()
    assert codec.encoded < 10 * len(loop)


def test_quiet_between_other_sounds_is_another_quiet() -> None:
    """What an encoder makes of a piece depends on what is around it."""
    rng = np.random.default_rng(1)
    one, other, after = rng.integers(-100, 100, (3, 40 * SIZE), dtype=np.int16)
    same = rng.integers(-100, 100, SIZE, dtype=np.int16)
    sound = np.concatenate([one, same, after, other, same, after])
    codec = Plain()
    assert put_together([sound], codec) == sound.tobytes()
    assert codec.encoded >= 2 * len(one) + SIZE + len(after)


def test_a_run_without_a_rest_goes_through_a_file_that_is_gone_afterwards(tmp_path: Path) -> None:
    noise = np.full(1_000 * SIZE + 3, 9_000, np.int16)
    sound = np.concatenate([np.zeros(50 * SIZE, np.int16), noise, np.zeros(50 * SIZE, np.int16)])
    codec = Plain()
    frames = _pieces.encode(in_blocks(sound), codec, tmp_path / "session.x")
    found = [next(frames) for _ in range(300)]
    (beside,) = tmp_path.iterdir()
    assert beside.name.startswith(".session.x-")
    assert b"".join([*found, *frames]) == sound.tobytes()
    assert codec.through_files == 1
    assert list(tmp_path.iterdir()) == []


def test_what_is_given_up_leaves_nothing(tmp_path: Path) -> None:
    sound = np.full(1_000 * SIZE, 9_000, np.int16)
    frames = _pieces.encode(in_blocks(sound), Plain(), tmp_path / "session.x")
    next(frames)
    frames.close()
    assert list(tmp_path.iterdir()) == []


def test_a_fault_in_a_run_is_told() -> None:
    class Faulty(Plain):
        def encode(self, blocks: Iterable[Samples], path: Path | None, *, quiet: bool) -> Frames[bytes]:
            del blocks, path, quiet
            raise OSError(5, "a fault")

    with pytest.raises(OSError, match="a fault"):
        list(_pieces.encode([np.full(SIZE, 9_000, np.int16)], Faulty(), Path("unused")))


# ── the codecs ──


def make_spoken(samplerate: int) -> tuple[Samples, NDArray[np.bool_]]:
    """Return 20 s of room tone with a few words in it, and where nothing but room tone is heard."""
    length, rng = 20 * samplerate, np.random.default_rng(2)
    sound = RoomTone(samplerate).read(0, length) * 32767
    quiet = np.ones(length, np.bool_)
    for start, seconds in ((1.0, 0.7), (4.03, 1.5), (9.5, 0.1), (18.337, 0.7)):
        first, frames = int(start * samplerate), int(seconds * samplerate)
        word = rng.normal(0, VOICE / 3, frames) * np.hanning(frames)
        smooth = np.convolve(word, np.hanning(8) / 4, "same")  # no voice has much at the highest pitches
        sound[first : first + frames] += smooth.astype(np.float32)
        quiet[max(first - samplerate // 5, 0) : first + frames + samplerate // 5] = False
    return np.clip(sound, -32_767, 32_767).astype(np.int16), quiet


def codec_of(name: str, track: Track) -> Any:
    return _steady_mp3._Codec(track, 48) if name == "mp3" else _opus._Codec(track)


def write_pieced(name: str, sound: Samples, samplerate: int, path: Path) -> Samples:
    """Return what is heard of a sound written by the format of that name."""
    load(name).write(path, Track(samplerate=samplerate, frames=len(sound)), in_blocks(sound))
    return np.asarray(soundfile.read(path, dtype="int16")[0])


def write_whole(name: str, sound: Samples, samplerate: int, path: Path) -> Samples:
    """Return what is heard of a sound encoded from its beginning to its end."""
    track = Track(samplerate=samplerate, frames=len(sound))
    if name == "opus":
        _libsndfile.write(path, track, in_blocks(sound), **codec_of(name, track)._how)
        return np.asarray(soundfile.read(path, dtype="int16")[0])
    how = codec_of(name, track)._how
    _libsndfile.write(path, track, in_blocks(sound), bitrate_mode="CONSTANT", **how)
    first = _steady_mp3._first_frame(path.read_bytes()[:4], path.stat().st_size, track)
    return np.asarray(soundfile.read(io.BytesIO(first + path.read_bytes()), dtype="int16")[0])


def level(sound: NDArray[Any]) -> float:
    return float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))


@pytest.mark.parametrize("samplerate", [16_000, 24_000, 48_000])
@pytest.mark.parametrize("name", PIECED)
@pytest.mark.slow
def test_nothing_is_heard_where_pieces_meet(name: str, samplerate: int, tmp_path: Path) -> None:
    sound, quiet = make_spoken(samplerate)
    pieced = write_pieced(name, sound, samplerate, tmp_path / "pieced")
    whole = write_whole(name, sound, samplerate, tmp_path / "whole")
    assert len(pieced) == len(whole) == len(sound)
    # Each piece of the quiet is next to another one: all of it is looked at, not the joints alone.
    errors = [np.abs(heard.astype(int) - sound)[quiet].max() for heard in (pieced, whole)]
    assert errors[0] < max(1.5 * errors[1], VOICE / 100)
    steps = [np.abs(np.diff(heard.astype(int)))[quiet[1:]].max() for heard in (pieced, whole)]
    assert steps[0] <= steps[1] + VOICE / 1000
    levels = [level(heard[quiet]) for heard in (pieced, whole)]
    assert levels[0] == pytest.approx(levels[1], rel=0.05)
    misses = [level((heard.astype(float) - sound)[~quiet]) for heard in (pieced, whole)]
    assert misses[0] < 1.05 * misses[1], "the words are as true as if all was encoded at once"


@pytest.mark.parametrize("name", ["mp3", "opus", "html"])
def test_the_bytes_do_not_depend_on_the_number_of_cores(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound, _ = make_spoken(16_000)
    written = []
    for cores, blocksize in ((1, 4_800), (5, 333)):
        monkeypatch.setattr(_pieces, "_count_workers", lambda cores=cores: cores)
        path = tmp_path / f"{cores}.{name}"
        load(name).write(path, Track(samplerate=16_000, frames=len(sound)), in_blocks(sound, blocksize))
        written.append(path.read_bytes())
    assert written[0] == written[1]


@pytest.mark.parametrize("name", PIECED)
def test_two_minutes_of_quiet_cost_no_more_than_one_turn_of_the_room_tone(name: str, tmp_path: Path) -> None:
    tone = RoomTone(16_000)
    track = Track(samplerate=16_000, frames=120 * 16_000)
    codec, encoded = codec_of(name, track), []
    encode = codec.encode

    def count(blocks: Iterable[Samples], path: Path | None, *, quiet: bool) -> Any:
        blocks = list(blocks)
        encoded.append(sum(map(len, blocks)))
        return encode(blocks, path, quiet=quiet)

    codec.encode = count
    blocks = in_blocks(np.concatenate([tone.read_rounded(0, tone.frames)] * 11)[: track.frames])
    assert sum(1 for _ in _pieces.encode(blocks, codec, tmp_path / "x")) >= track.frames // codec.samples
    assert sum(encoded) < 2 * tone.frames


@pytest.mark.parametrize("bitrate", [32, 40, 160])
@pytest.mark.parametrize("samplerate", [16_000, 48_000])
def test_mp3_is_in_step_at_every_bitrate(bitrate: int, samplerate: int, tmp_path: Path) -> None:
    """Where too little room is left in its frames for a joint, there is none."""
    sound, _ = make_spoken(samplerate)
    path = tmp_path / "x.mp3"
    track = Track(samplerate=samplerate, frames=len(sound), bitrate=bitrate)
    load("mp3").write(path, track, in_blocks(sound))
    heard = soundfile.read(path, dtype="int16")[0].astype(float)
    assert len(heard) == len(sound)
    fitting = np.fft.irfft(np.fft.rfft(heard) * np.fft.rfft(sound.astype(float)).conj(), len(sound))
    assert min(fitting.argmax(), len(sound) - fitting.argmax()) * 1000 <= samplerate


def test_what_goes_through_a_file_is_whole_and_leaves_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_pieces, "_LONGEST", 10)
    words = tuple(Sound(at, 400, f"word {at % 7}") for at in range(0, 5_000, 500))
    session: MadeUp = make_session([Stretch("open", 5_000, words)], 16_000)
    for name in PIECED:
        path = tmp_path / f"x.{name}"
        load(name).write(path, make_bare_track(session.as_session), session.mixer().blocks())
        assert soundfile.info(path).frames == session.mixer().frames
    assert {path.name for path in tmp_path.iterdir()} == {f"x.{name}" for name in PIECED}


# ── a whole session, by a judge of another house ──


@cache
def speak() -> Any:
    voice = find_voice("espeak", rate=None)
    return compile_session(load_routine(find_routine("hands")), load_points(), load_language("en"), voice)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mp3", "opus", "html"])
def test_ffmpeg_finds_no_fault_in_the_stream(name: str, tmp_path: Path) -> None:
    session = speak()
    path = tmp_path / f"hands.{name}"
    export(session, path, make_track(session))
    found = sound_of(path)
    if isinstance(found, io.BytesIO):
        path = tmp_path / "hands.mp3"
        path.write_bytes(found.getvalue())
    command = ["ffmpeg", "-v", "error", "-xerror", "-err_detect", "explode", "-i", path, "-f", "s16le", "-"]
    done = subprocess.run([str(word) for word in command], capture_output=True, check=True)
    assert done.stderr == b""
    assert len(done.stdout) // 2 == pytest.approx(session.mixer().frames, abs=1152)
