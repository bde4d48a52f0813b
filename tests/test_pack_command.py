"""`voiceguide pack`, `--fill`, and who speaks if nobody was asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import Run
from tests.packs import TEXTS, make_files, repertoire_of, write_folder
from voiceguide.clip import Block, Clip
from voiceguide.errors import ExportError
from voiceguide.loudness import HIGHEST_PEAK, loudness, true_peak
from voiceguide.ogg import encode
from voiceguide.pack import MANIFEST, Facts, load_pack
from voiceguide.pack_maker import NOTICE, check_pack_target, make_pack
from voiceguide.voice import find_voice, speaking_engine

TITLE = ("--title", "Tones", "--licence", "CC0")
FACTS = Facts(id="tones", title="Tones", language="en", speaker="", licence="CC0", source="")


@pytest.fixture
def few_words(stranger: Path) -> Path:
    """The place of a pack that hides the shipped one, and has a few words only."""
    return write_folder(stranger / "packs" / "rms", make_files("rms"))


def test_a_script_is_every_sentence_numbered(run: Run) -> None:
    texts = repertoire_of("feet-lying")
    lines = run("pack", "script", "feet-lying").out.splitlines()
    assert [line.split(maxsplit=1) for line in lines] == [[str(n), text] for n, text in enumerate(texts, 1)]
    rows = json.loads(run("pack", "script", "feet-lying", "--json").out)
    assert [(row["number"], row["text"]) for row in rows] == list(enumerate(texts, start=1))
    assert rows[11]["file"] == "0012.wav"
    assert len(set(texts)) == len(texts)


def test_a_script_of_all_is_for_all_and_names_none_beside_it(run: Run) -> None:
    assert run("pack", "script", "--all", "hands").code == 2
    assert run("pack", "script", "nosuch").code == 2


@pytest.mark.slow
def test_a_pack_that_was_made_speaks_the_whole_routine(run: Run, stranger: Path, tmp_path: Path) -> None:
    (stranger / "packs").mkdir()
    place = stranger / "packs" / "tones.zip"
    made = run("pack", "render", "hands", "--voice", "tone", "-o", str(place), *TITLE)
    assert made.code == 0, made.err
    assert f"{len(repertoire_of('hands'))} sentences" in made.out
    pack = load_pack(place)
    assert {*pack.clips} == {*repertoire_of("hands")}
    for words in (("--detail", "full"), ("--sore-side", "right", "--length", "8"), ("--length", "11:11")):
        shown = run("show", "hands", "--voice", "pack:tones", "--json", *words)
        assert shown.code == 0, shown.err
        assert json.loads(shown.out)["voice"] == "pack:tones"
    file = tmp_path / "hands.wav"
    exported = run("export", "hands", "-o", str(file), "--voice", "pack:tones")
    assert exported.code == 0, exported.err
    again = run("pack", "render", "hands", "--voice", "tone", "-o", str(place), *TITLE)
    assert again.code == 1
    assert "--force" in again.err


@pytest.mark.parametrize("target", ["tones", "tones.zip"])
def test_a_pack_is_the_same_bytes_each_time_and_never_replaced_unasked(target: str, tmp_path: Path) -> None:
    places = [tmp_path / name / target for name in ("one", "other")]
    voice = find_voice("tone", rate=None)
    for place, texts in zip(places, (TEXTS, TEXTS[::-1]), strict=True):
        place.parent.mkdir()
        make_pack(place, texts, voice, FACTS, notice="Do as you like.\n")
    files = [sorted(place.rglob("*")) if place.is_dir() else [place] for place in places]
    assert [one.read_bytes() for one in files[0]] == [one.read_bytes() for one in files[1]]
    with pytest.raises(ExportError, match="exists already"):
        check_pack_target(places[0], force=False)
    with pytest.raises(ExportError, match="exists already"):
        make_pack(places[0], TEXTS, voice, FACTS)
    make_pack(places[0], TEXTS[:1], voice, FACTS, force=True)
    pack = load_pack(places[0])
    assert [*pack.clips] == [TEXTS[0]]
    assert (pack.title, pack.licence, pack.rate) == ("Tones", "CC0", 150)
    assert [path.name for path in places[0].parent.iterdir()] == [target], "nothing is left beside it"


def test_a_folder_that_is_replaced_keeps_nothing_of_the_old_pack_and_all_of_others(tmp_path: Path) -> None:
    place, voice = tmp_path / "tones", find_voice("tone", rate=None)
    make_pack(place, TEXTS, voice, FACTS, notice="Do as you like.\n")
    others = {"notes.txt": b"mine", "mine.opus": b"mine, too", "cover.jpg": b"a picture"}
    for name, content in others.items():
        (place / name).write_bytes(content)
    make_pack(place, TEXTS[:1], voice, FACTS, force=True)
    pack = load_pack(place)
    assert {path.name for path in place.iterdir()} == {MANIFEST, pack.clips[TEXTS[0]].file, *others}
    assert all((place / name).read_bytes() == content for name, content in others.items())


def test_in_a_folder_that_was_no_pack_nothing_is_removed(tmp_path: Path) -> None:
    place, voice = tmp_path / "tones", find_voice("tone", rate=None)
    files = {
        NOTICE: b"of something else",
        "0.opus": b"mine",
        MANIFEST: b'{"clips": {"a": {"file": "0.opus"}}}',
    }
    write_folder(place, files)
    make_pack(place, TEXTS[:1], voice, FACTS, force=True)
    assert {path.name for path in place.iterdir()} == {*files, load_pack(place).clips[TEXTS[0]].file}
    assert (place / NOTICE).read_bytes() == b"of something else"


def test_what_a_manifest_names_outside_of_its_folder_or_in_a_format_of_others_stays(tmp_path: Path) -> None:
    names = ("deep/0.opus", "1.wav", "2.opus")
    clips = {text: {"file": name, "frames": 9} for text, name in zip(TEXTS, names, strict=True)}
    place = tmp_path / "tones"
    (place / "deep").mkdir(parents=True)
    (place / MANIFEST).write_bytes(make_files("tones", clips=clips)[MANIFEST])
    for name in names:
        (place / name).write_bytes(b"a sound")
    make_pack(place, TEXTS[:1], find_voice("tone", rate=None), FACTS, force=True)
    assert [(place / name).exists() for name in names] == [True, True, False]


def test_a_folder_that_cannot_be_replaced_is_as_it_was(tmp_path: Path) -> None:
    place, voice = tmp_path / "tones", find_voice("tone", rate=None)
    make_pack(place, TEXTS[:2], voice, FACTS, notice="Do as you like.\n")
    new = tmp_path / "new" / "tones"
    new.parent.mkdir()
    make_pack(new, TEXTS[2:], voice, FACTS)
    (place / load_pack(new).clips[TEXTS[2]].file).mkdir()
    before = {path: path.read_bytes() for path in place.iterdir() if path.is_file()}
    with pytest.raises(ExportError, match="is a folder"):
        make_pack(place, TEXTS[1:], voice, FACTS, force=True)
    assert {path: path.read_bytes() for path in place.iterdir() if path.is_file()} == before


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("-o", "tones.zip", *TITLE), "--voice says who speaks"),
        (("-o", "My Tones.zip", "--voice", "tone", *TITLE), "no name for a pack"),
        (
            ("-o", "tones.zip", "--id", "other", "--voice", "tone", *TITLE),
            "would not be found as 'tones.zip'",
        ),
        (("-o", "nowhere/tones.zip", "--voice", "tone", *TITLE), "no folder"),
    ],
)
def test_what_would_be_no_pack_is_refused_before_it_is_spoken(
    words: tuple[str, ...], what: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    refused = run("pack", "render", "feet-lying", *words)
    assert refused.code in {1, 2}
    assert what in refused.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "words",
    [
        ("render", "feet-lying", "--voice", "tone", *TITLE),
        ("build", "recordings", "--script", "script.json", "--speaker", "Somebody", *TITLE),
    ],
)
@pytest.mark.parametrize(
    "notice",
    [("utf-16.txt", "'utf-16.txt' is no text in UTF-8"), (".", "is a directory"), ("nosuch", "not exist")],
)
def test_a_notice_that_cannot_be_read_is_told_before_anything_else_is_read(
    words: tuple[str, ...], notice: tuple[str, str], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, what = notice
    monkeypatch.chdir(tmp_path)
    Path("utf-16.txt").write_text("Do as you like.", encoding="utf-16")
    Path("recordings").mkdir()
    Path("script.json").write_text("no script at all")
    refused = run("pack", *words, "-o", "tones.zip", "--notice", name)
    assert refused.code == 2
    assert what in refused.err
    assert not Path("tones.zip").exists()


def test_whoever_reads_aloud_is_named(run: Run, tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text("[]")
    words = ("pack", "build", str(tmp_path), "--script", str(script), "-o", str(tmp_path / "tones.zip"))
    refused = run(*words, *TITLE)
    assert refused.code == 2
    assert "--speaker" in refused.err


def test_a_clip_of_a_pack_is_about_as_loud_as_what_it_was_made_of_and_its_peaks_no_higher(
    tmp_path: Path,
) -> None:
    voice = find_voice("espeak", rate=None)
    make_pack(tmp_path / "tones.zip", TEXTS, voice, FACTS)
    pack = load_pack(tmp_path / "tones.zip")
    for text in TEXTS:
        clip, was = pack.read(text), voice.clip(text)
        assert abs(clip.frames - was.frames) < 3
        assert 20 * np.log10(true_peak(clip.samples)) <= HIGHEST_PEAK
        # Where a peak is as high as it may be, and encoding makes it higher, a clip becomes a little softer.
        assert -2 < (loudness(clip.samples) or 0) - (loudness(was.samples) or 0) < 0.5


class _Speaker:
    """Says one sound, whatever the text."""

    rate = 150

    def __init__(self, samples: Block) -> None:
        self._samples = samples

    def prepare(self, texts: Iterable[str]) -> None:
        """Need nothing."""

    def clip(self, spoken: str) -> Clip:
        """Return the sound."""
        assert spoken
        return Clip(self._samples, 48_000)

    def forget(self, texts: Iterable[str]) -> None:
        """Keep nothing."""


@pytest.mark.parametrize(
    ("tone", "bitrate", "samplerate"),
    [(100, 32, 24_000), (620, 16, 16_000), (1_270, 16, 16_000), (2_180, 16, 16_000), (2_440, 16, 16_000)],
)
def test_not_even_what_encoding_makes_much_higher_goes_over_the_bound(
    tone: int, bitrate: int, samplerate: int, tmp_path: Path
) -> None:
    times = np.arange(24_000) / 48_000
    square = (0.84 * np.sign(np.sin(2 * np.pi * tone * times + 0.1))).astype(np.float32)
    place = tmp_path / "tones.zip"
    make_pack(place, TEXTS[:1], _Speaker(square), FACTS, bitrate=bitrate, samplerate=samplerate)
    clip = load_pack(place).read(TEXTS[0])
    assert -9 < 20 * np.log10(true_peak(clip.samples)) <= HIGHEST_PEAK


def test_opus_of_the_same_sound_is_the_same_bytes() -> None:
    noise = np.random.default_rng(7).uniform(-0.3, 0.3, 12_345).astype(np.float32)
    assert encode(noise, 16) == encode(noise, 16)
    assert encode(noise, 16) != encode(noise[::-1].copy(), 16)


@pytest.mark.usefixtures("few_words")
def test_a_pack_that_was_asked_for_is_never_replaced_and_the_error_offers_to_fill_it(
    run: Run, tmp_path: Path
) -> None:
    target = tmp_path / "hands.wav"
    refused = run("export", "hands", "-o", str(target), "--voice", "pack:rms")
    assert refused.code == 3
    assert "the voice pack:rms has no clip for" in refused.err
    assert f"`--fill {speaking_engine()}`" in refused.err
    assert not target.exists()
    filled = run("export", "hands", "-o", str(target), "--voice", "pack:rms", "--fill", "tone")
    assert filled.code == 0, filled.err
    (note,) = [line for line in filled.err.splitlines() if "which pack:rms has no clip for" in line]
    assert note.startswith("Note: tone:plain says ")


@pytest.mark.usefixtures("few_words")
def test_who_fills_can_be_kept(run: Run) -> None:
    assert run("config", "set", "fill", "tone").code == 0
    shown = run("show", "hands", "--json", "--voice", "pack:rms")
    assert json.loads(shown.out)["voice"] == "pack:rms"
    assert "tone:plain says" in shown.err
    assert run("config", "set", "fill", "nosuch").code == 2
