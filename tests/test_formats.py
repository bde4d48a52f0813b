"""Every format there is: what is read back is what was written."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path
from typing import cast

import av
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from tests.made_up import make_routine, peak_memory
from voiceguide import registry
from voiceguide.formats import Format
from voiceguide.track import make_bare_track

FORMATS = registry.names("voiceguide.formats")
LOSSLESS = {"wav", "flac"}


def decode(path: Path) -> tuple[NDArray[np.int16], int]:
    """Return the samples of a file and its samplerate, as another library reads them."""
    if path.suffix not in {".m4a", ".m4b"}:
        return cast("tuple[NDArray[np.int16], int]", soundfile.read(sound_of(path), dtype="int16"))
    with av.open(str(path)) as file:
        stream = file.streams.audio[0]
        to_int16 = av.AudioResampler(format="s16", layout="mono", rate=stream.rate)
        frames = [one for frame in file.decode(stream) for one in to_int16.resample(frame)]
        return np.concatenate([frame.to_ndarray()[0] for frame in frames]), stream.rate


def load(name: str) -> Format:
    """Return the format of that name."""
    made: Format = registry.find("voiceguide.formats", name).Format()
    return made


def sound_of(path: Path) -> Path | io.BytesIO:
    """Return what a decoder reads: the file, or the sound in a page."""
    if path.suffix != ".html":
        return path
    (sound,) = re.findall(rb'src="data:audio/mpeg;base64,([^"]+)"', path.read_bytes())
    return io.BytesIO(base64.b64decode(sound, validate=True))


def test_wav_and_flac_are_there() -> None:
    assert set(FORMATS) >= LOSSLESS


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_has_a_title_and_says_that_it_can_be_written(name: str) -> None:
    assert load(name).title
    load(name).check()


@pytest.mark.parametrize("samplerate", [16_000, 24_000, 48_000])
@pytest.mark.parametrize("name", FORMATS)
def test_another_decoder_reads_back_the_same_sound(name: str, samplerate: int, tmp_path: Path) -> None:
    session = make_routine(samplerate)
    path = tmp_path / f"session.{name}"
    load(name).write(path, make_bare_track(session.as_session), session.mixer().blocks())
    sound, rate = decode(path)
    assert rate == samplerate
    assert sound.ndim == 1
    if name in LOSSLESS:
        assert soundfile.info(path).subtype == "PCM_16"
        assert np.array_equal(sound, np.concatenate(list(session.mixer().blocks())))
    else:
        # An encoder may pad the end of its last packet; none is longer than 100 ms.
        assert len(sound) == pytest.approx(session.mixer().frames, abs=samplerate // 10)


@pytest.mark.parametrize("blocksize", [1, 4_799, 1_000_000])
@pytest.mark.parametrize("name", sorted(LOSSLESS))
def test_the_bytes_do_not_depend_on_the_blocksize(name: str, blocksize: int, tmp_path: Path) -> None:
    session = make_routine(8_000)
    written = []
    for size in (blocksize, 4_800):
        path = tmp_path / f"{size}.{name}"
        load(name).write(path, make_bare_track(session.as_session), session.mixer().blocks(size))
        written.append(path.read_bytes())
    assert written[0] == written[1]


def test_the_same_session_gives_the_same_wav_to_the_byte(tmp_path: Path) -> None:
    for name in ("one", "two"):
        session = make_routine()
        load("wav").write(tmp_path / name, make_bare_track(session.as_session), session.mixer().blocks())
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("name", FORMATS)
def test_what_was_in_the_file_before_is_gone(name: str, tmp_path: Path) -> None:
    session = make_routine(16_000)
    path = tmp_path / f"session.{name}"
    path.write_bytes(b"x" * 10_000_000)
    load(name).write(path, make_bare_track(session.as_session), session.mixer().blocks())
    assert path.stat().st_size < 1_000_000


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.slow
def test_memory_does_not_grow_with_the_length(name: str, tmp_path: Path) -> None:
    write = (
        f"__import__('voiceguide.formats.{name}', fromlist=['Format']).Format()"
        f".write(__import__('pathlib').Path({str(tmp_path / name)!r}), make_bare_track(session), blocks)"
    )
    # An hour is 115 MB, eight minutes 15; the clips of its session take 3. Small files take long to make.
    assert peak_memory(write, 60 if name in LOSSLESS else 8, 16_000) < 8_000_000


@pytest.mark.parametrize("name", FORMATS)
def test_a_path_that_cannot_be_written_is_an_os_error(name: str, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        load(name).write(tmp_path / "nowhere" / "x", make_bare_track(make_routine().as_session), iter(()))
