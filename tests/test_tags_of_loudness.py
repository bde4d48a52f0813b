"""What a file says of its loudness: every player comes to the same level, whichever name it looks for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import mutagen
import pytest

from tests.conftest import Run
from tests.made_up import make_routine
from voiceguide import registry
from voiceguide.track import Track, make_bare_track

FORMATS = [name for name in registry.names("voiceguide.formats") if name != "html"]  # a page has no tags
NAMED = replace(make_bare_track(make_routine().as_session), title="Hands", loudness=-16.25, peak=0.75)


def tags_of(path: Path, track: Track) -> dict[str, str]:
    """Return what a file written with this track says of its loudness, by name in capitals."""
    written = registry.find("voiceguide.formats", path.suffix[1:]).Format()
    written.write(path, track, make_routine().mixer().blocks())
    return gains_in(path)


def gains_in(path: Path) -> dict[str, str]:
    tags: Any = mutagen.File(path).tags
    found = {}
    for name, value in tags.items():
        said = value[0] if isinstance(value, list) else getattr(value, "text", [value])[0]
        short = name.split(":")[-1].upper()
        if "GAIN" in short:
            found[short] = said.decode() if isinstance(said, bytes) else str(said)
    return found


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in {"opus", "ogg"}])
def test_a_file_has_the_gain_of_replaygain_and_its_peak(name: str, tmp_path: Path) -> None:
    expected = {"REPLAYGAIN_TRACK_GAIN": "-1.75 dB", "REPLAYGAIN_TRACK_PEAK": "0.750000"}
    assert tags_of(tmp_path / f"x.{name}", NAMED) == expected


@pytest.mark.parametrize("name", ["opus", "ogg"])
def test_opus_has_its_own_gain_in_256ths_and_no_other(name: str, tmp_path: Path) -> None:
    assert tags_of(tmp_path / f"x.{name}", NAMED) == {"R128_TRACK_GAIN": str(round(-6.75 * 256))}


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_not_known_is_not_said(name: str, tmp_path: Path) -> None:
    assert tags_of(tmp_path / f"x.{name}", replace(NAMED, loudness=None, peak=None)) == {}


@pytest.mark.parametrize(("options", "gain"), [((), -2.0), (("--loudness", "-22"), 4.0)])
def test_an_export_says_how_loud_it_is(
    run: Run, options: tuple[str, ...], gain: float, tmp_path: Path
) -> None:
    target = tmp_path / "hands.flac"
    done = run("export", "hands", "-o", str(target), "--voice", "tone", *options)
    assert done.code == 0, done.err
    tags = gains_in(target)
    assert float(tags["REPLAYGAIN_TRACK_GAIN"].removesuffix(" dB")) == pytest.approx(gain, abs=0.5)
    assert 0 < float(tags["REPLAYGAIN_TRACK_PEAK"]) < 0.85


def test_a_sentence_can_be_said_softer(run: Run, tmp_path: Path) -> None:
    import numpy as np
    import soundfile

    peaks = []
    for name, options in (("usual", ()), ("soft", ("--loudness", "-26"))):
        target = tmp_path / f"{name}.wav"
        assert run("say", "Now press.", "-o", str(target), "--voice", "tone", *options).code == 0
        peaks.append(float(np.abs(soundfile.read(target)[0]).max()))
    assert 20 * np.log10(peaks[1] / peaks[0]) == pytest.approx(-10, abs=0.05)


@pytest.mark.parametrize("wrong", ["-31", "-9", "0", "-18.5", "loud", ""])
def test_a_loudness_that_cannot_be_is_refused_with_one_that_can(run: Run, wrong: str, tmp_path: Path) -> None:
    done = run("export", "hands", "-o", str(tmp_path / "x.wav"), "--loudness", wrong)
    assert done.code == 2
    assert "from -30 to -10, such as -18" in done.err


def test_a_loudness_can_be_kept_though_it_begins_with_a_minus(run: Run) -> None:
    assert run("config", "set", "loudness", "-20").code == 0
    assert run("config", "get", "loudness").out == "-20\n"
