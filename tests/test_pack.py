"""A voice pack that anybody may have made: what is right is read, and nothing else is believed."""

from __future__ import annotations

import io
import json
import os
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import Run
from tests.packs import TEXTS, make_files, make_wav, write_folder, write_zip
from voiceguide.engines.pack import Engine
from voiceguide.errors import LacksWords, Unavailable, UnknownName, UsageError
from voiceguide.pack import LEVEL, LONGEST, MANIFEST, load_pack
from voiceguide.voice import Voice, find_voice, speaking_engine

Write = Callable[[Path, dict[str, bytes]], Path]


@pytest.fixture(params=["folder", "zip"])
def write(request: pytest.FixtureRequest) -> Write:
    """Writes a pack called `calm`, in one of its two forms."""
    if request.param == "folder":
        return lambda folder, files: write_folder(folder / "calm", files)
    return lambda folder, files: write_zip(folder / "calm.zip", files)


def find(name: str, cache: Path, **more: str) -> Voice:
    return find_voice(name, rate=None, cache=cache, **more)


def test_a_folder_and_a_zip_are_the_same_voice(write: Write, stranger: Path, tmp_path: Path) -> None:
    write(stranger / "packs", make_files("calm"))
    voice = find("pack:calm", tmp_path)
    assert (voice.name, voice.rate) == ("pack:calm", 140)
    assert [voice.known_length(text) for text in (*TEXTS, "Another.")] == [500, 500, 500, None]
    assert not list(tmp_path.iterdir()), "lengths are known before a clip is decoded"
    voice.prepare(TEXTS)
    for text in TEXTS:
        assert voice.clip(text).frames == 24_000
        assert voice.measure(text) == voice.clip(text).duration


def test_clips_of_ours_are_taken_as_they_are(write: Write, stranger: Path, tmp_path: Path) -> None:
    place = write(stranger / "packs", make_files("calm"))
    clip = find("pack:calm", tmp_path).clip("Press.")
    assert np.array_equal(clip.samples, np.float32(load_pack(place).read("Press.").samples * 32768 / 32767))


def test_other_clips_are_trimmed_and_brought_to_the_level_of_all(
    write: Write, stranger: Path, tmp_path: Path
) -> None:
    files = make_files("calm", level=LEVEL + 1)
    files["0.wav"] = make_wav(0.5, samplerate=22_050, channels=2, level=0.01)
    write(stranger / "packs", files)
    voice = find("pack:calm", tmp_path)
    assert voice.known_length("Press.") is None
    soft, loud = voice.clip("Press."), voice.clip("And let go.")
    assert soft.samplerate == loud.samplerate == 48_000
    assert abs(soft.duration - 500) <= 2
    ratio = np.abs(loud.samples).max() / np.abs(soft.samples).max()
    assert 1 / 3 < ratio < 3, "thirty times as loud in the pack"
    assert voice.known_length("Press.") == soft.duration


def test_what_was_decoded_once_is_kept(write: Write, stranger: Path, tmp_path: Path) -> None:
    place = write(stranger / "packs", make_files("calm"))
    told: list[tuple[int, int]] = []
    find("pack:calm", tmp_path).prepare(TEXTS, lambda done, of: told.append((done, of)))
    find("pack:calm", tmp_path).prepare(TEXTS, lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert (place if place.is_dir() else place.parent).is_dir()
    assert {path.name for path in (stranger / "packs").rglob("*.clip")} == set()


def test_a_pack_that_changes_is_another_voice(write: Write, stranger: Path, tmp_path: Path) -> None:
    place = write(stranger / "packs", make_files("calm"))
    before = find("pack:calm", tmp_path)
    before.prepare(TEXTS)
    files = make_files("calm")
    files["0.wav"] = make_wav(level=0.1)
    if place.is_dir():
        (place / "0.wav").write_bytes(files["0.wav"])
        os.utime(place / "0.wav", (1, 1))
    else:
        write_zip(place, files)
    after = find("pack:calm", tmp_path)
    assert after.identity != before.identity
    assert np.abs(after.clip("Press.").samples).max() < 0.2


def test_what_a_pack_lacks_is_named_with_what_to_do(write: Write, stranger: Path, tmp_path: Path) -> None:
    write(stranger / "packs", make_files("calm"))
    with pytest.raises(LacksWords) as caught:
        find("pack:calm", tmp_path).prepare([*TEXTS, "One.", "Two.", "Three.", "Four.", "One."])
    assert caught.value.texts == ("One.", "Two.", "Three.", "Four.")
    assert "4 of the sentences, the first of them 'One.', 'Two.', 'Three.'" in caught.value.message
    assert f"`--fill {speaking_engine()}`" in str(caught.value.hint)
    assert caught.value.exit_code == 3


def test_another_voice_says_what_a_pack_lacks_if_one_is_named_and_that_is_told(
    write: Write, stranger: Path, tmp_path: Path
) -> None:
    write(stranger / "packs", make_files("calm"))
    voice = find("pack:calm", tmp_path, fill="tone")
    voice.prepare(TEXTS)
    assert voice.notes == []
    assert voice.known_length("Two words.") is None
    voice.prepare(["Press.", "Two words.", "Three more words."])
    assert voice.known_length("Two words.") == voice.measure("Two words.") == 1000
    assert voice.clip("Two words.").duration == 1000
    (note,) = voice.notes
    assert "tone:plain says 2 of the sentences" in note
    assert "pack:calm has no clip for: 'Two words.'" in note
    assert voice.identity != find("pack:calm", tmp_path).identity


def test_a_pack_has_one_rate(write: Write, stranger: Path, tmp_path: Path) -> None:
    write(stranger / "packs", make_files("calm"))
    with pytest.raises(UsageError) as caught:
        find_voice("pack:calm", rate=120, cache=tmp_path)
    assert "was recorded" in caught.value.message
    assert "--voice" in str(caught.value.hint)


def test_ones_own_pack_comes_before_the_shipped_one_of_that_name(tmp_path: Path) -> None:
    write_folder(tmp_path / "own" / "calm", make_files("calm", title="Mine"))
    write_zip(tmp_path / "shipped" / "calm.zip", make_files("calm", title="Shipped"))
    write_zip(tmp_path / "shipped" / "other.zip", make_files("other", language="de-DE"))
    engine = Engine([tmp_path / "own", tmp_path / "shipped"])
    assert [(one.id, one.title) for one in engine.voices()] == [
        ("calm", "Mine, spoken by Nobody"),
        ("other", "A tone, spoken by Nobody"),
    ]
    assert engine.default_voice("de") == "other"
    with pytest.raises(Unavailable, match="in the language 'fr'"):
        engine.default_voice("fr")
    with pytest.raises(UnknownName):
        engine.check_voice("nosuch")
    with pytest.raises(Unavailable, match="no voice pack"):
        Engine([tmp_path / "empty"]).check()


def manifest(files: dict[str, bytes], **changes: object) -> dict[str, bytes]:
    """Return the files with another manifest."""
    written = json.loads(files[MANIFEST]) | changes
    return files | {MANIFEST: json.dumps(written).encode()}


def with_clip(**clip: object) -> dict[str, bytes]:
    return manifest(make_files("calm"), clips={"Press.": {"file": "0.wav", "frames": 24_000} | clip})


def without(name: str) -> dict[str, bytes]:
    return {key: content for key, content in make_files("calm").items() if key != name}


@pytest.mark.parametrize(
    ("files", "what"),
    [
        (without("1.wav"), "1.wav"),
        (manifest(make_files("calm"), version=2), "newer voiceguide"),
        (manifest(make_files("calm"), version="1"), "no right 'version'"),
        (manifest(make_files("calm"), id="other"), "calls itself 'other'"),
        (manifest(make_files("calm"), id=["other"]), "no right 'id'"),
        (manifest(make_files("calm"), licence=None), "no right 'licence'"),
        (manifest(make_files("calm"), rate=True), "no right 'rate'"),
        (manifest(make_files("calm"), clips={}), "no right 'clips'"),
        (manifest(make_files("calm"), clips=[1]), "no right 'clips'"),
        (manifest(make_files("calm"), clips={"Press.": "0.wav"}), "no right clip for 'Press.'"),
        (with_clip(frames=0), "no right clip"),
        (with_clip(frames=LONGEST + 1), "no right clip"),
        (with_clip(frames=24_000.5), "no right clip"),
        (with_clip(file="../0.wav"), "no file inside the pack"),
        (with_clip(file="/etc/passwd"), "no file inside the pack"),
        (with_clip(file="a/../../0.wav"), "no file inside the pack"),
        (with_clip(file="..\\0.wav"), "no file inside the pack"),
        (with_clip(file="C:0.wav"), "no file inside the pack"),
        (with_clip(file="0.wav\0.png"), "no file inside the pack"),
        (make_files("calm") | {MANIFEST: b"{"}, "not valid JSON"),
        (make_files("calm") | {MANIFEST: b"\xff\xfe"}, "not valid JSON"),
        (make_files("calm") | {MANIFEST: b"[" * 100_000}, "not valid JSON"),
        (make_files("calm") | {MANIFEST: b"[]"}, "holds no manifest"),
    ],
)
def test_a_pack_that_is_wrong_says_where_what_and_what_to_do(
    files: dict[str, bytes], what: str, write: Write, tmp_path: Path
) -> None:
    place = write(tmp_path, files)
    with pytest.raises(Unavailable) as caught:
        load_pack(place)
    assert what in caught.value.message
    assert caught.value.where == str(place)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "no sound that can be read"),
        (b"RIFF" + bytes(40), "no sound that can be read"),
        (make_wav()[:200], "frames"),
        (make_wav(0.4), "19200 frames"),
        (make_wav(samplerate=44_100), "44100 Hz"),
        (make_wav(LONGEST / 48_000 + 1, samplerate=8_000), "longer than 120 seconds"),
    ],
)
def test_a_sound_that_is_broken_is_named(
    content: bytes, what: str, write: Write, stranger: Path, tmp_path: Path
) -> None:
    place = write(stranger / "packs", make_files("calm") | {"0.wav": content})
    with pytest.raises(Unavailable) as caught:
        find("pack:calm", tmp_path).prepare(["Press."])
    assert "0.wav" in caught.value.message
    assert what in caught.value.message
    assert caught.value.where == str(place)


@pytest.mark.parametrize(
    ("samplerate", "channels"), [(3, 1), (7_999, 1), (192_001, 1), (600_000, 1), (48_000, 3), (8_000, 300)]
)
@pytest.mark.parametrize("level", [LEVEL, LEVEL + 1])
def test_a_sound_that_speech_never_has_is_refused(
    samplerate: int, channels: int, level: int, tmp_path: Path
) -> None:
    files = make_files("calm", level=level)
    files["0.wav"] = make_wav(1, samplerate=samplerate, channels=channels)
    with pytest.raises(Unavailable, match=f"0.wav has {channels} channels at {samplerate} Hz"):
        load_pack(write_zip(tmp_path / "calm.zip", files)).read("Press.")


@pytest.mark.parametrize(("seconds", "channels"), [(119, 1), (119, 2), (0.5, 2)])
def test_a_small_file_of_much_silence_is_refused_before_it_grows(
    seconds: float, channels: int, tmp_path: Path
) -> None:
    file = io.BytesIO()
    silence = np.zeros((round(48_000 * seconds), channels), np.int16)
    soundfile.write(file, silence, 48_000, format="FLAC")
    pack = load_pack(write_folder(tmp_path / "calm", make_files("calm") | {"0.wav": file.getvalue()}))
    pack.read("And let go.")  # what is imported for the first time is not counted
    tracemalloc.start()
    try:
        with pytest.raises(Unavailable, match=r"0.wav has .* frames .*, not 24000"):
            pack.read("Press.")
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_a_link_out_of_a_pack_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.wav"
    secret.write_bytes(make_wav())
    place = write_folder(tmp_path / "calm", without("0.wav"))
    (place / "0.wav").symlink_to(secret)
    with pytest.raises(Unavailable, match="no file inside the pack"):
        load_pack(place).read("Press.")
    (place / "0.wav").unlink()
    (place / "0.wav").symlink_to(place / "1.wav")
    assert load_pack(place).read("Press.").frames == 24_000
    (place / "0.wav").unlink()
    os.mkfifo(place / "0.wav")
    with pytest.raises(Unavailable, match="no file inside the pack"):
        load_pack(place).read("Press.")


def test_a_zip_that_would_grow_beyond_measure_is_refused(tmp_path: Path) -> None:
    files = make_files("calm") | {"more.bin": bytes(70_000_000)}
    with pytest.raises(Unavailable, match="far more than sound does"):
        load_pack(write_zip(tmp_path / "calm.zip", files))
    lying = write_zip(tmp_path / "other" / "calm.zip", make_files("calm") | {"0.wav": bytes(1_000_000)})
    content = bytearray(lying.read_bytes())
    # Its directory says that the member is small.
    for found in (content.find(b"0.wav"), content.rfind(b"0.wav")):
        size = found - (8 if found < len(content) // 2 else 22)
        content[size : size + 4] = (1000).to_bytes(4, "little")
    lying.write_bytes(content)
    with pytest.raises(Unavailable):
        load_pack(lying).read("Press.")


@pytest.mark.parametrize("cut", [0, 10, 500, -30])
def test_a_broken_zip_is_damaged(cut: int, tmp_path: Path) -> None:
    place = write_zip(tmp_path / "calm.zip", make_files("calm"))
    place.write_bytes(place.read_bytes()[:cut])
    with pytest.raises(Unavailable, match="damaged"):
        load_pack(place)


@given(data=st.data())
def test_whatever_byte_of_a_zip_is_wrong_nothing_else_is_raised(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("packs") / "calm.zip"
    how = data.draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
    write_zip(place, make_files("calm"), how)
    content = bytearray(place.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    place.write_bytes(content)
    with suppress(Unavailable):
        pack = load_pack(place)
        for text in pack.clips:
            pack.read(text)


def test_threads_read_one_zip_at_a_time(tmp_path: Path) -> None:
    pack = load_pack(write_zip(tmp_path / "calm.zip", make_files("calm")))
    wanted = {text: pack.read(text).samples for text in TEXTS}
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(pack.read, TEXTS * 60))
    finally:
        sys.setswitchinterval(usual)
    assert all(np.array_equal(one.samples, wanted[text]) for one, text in zip(found, TEXTS * 60, strict=True))


def squeezed(place: Path) -> Path:
    """Write a zip whose manifest is squeezed in another way than zips are, and is broken."""
    write_zip(place, make_files(place.stem), zipfile.ZIP_LZMA)
    content = bytearray(place.read_bytes())
    start = content.find(MANIFEST.encode()) + len(MANIFEST)
    content[start + 9 : start + 60] = b"\xff" * 51
    place.write_bytes(content)
    return place


@pytest.mark.parametrize("how", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_zip_that_is_squeezed_in_another_way_is_refused(how: int, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"the pack is damaged: manifest.json .* squeezed") as caught:
        load_pack(write_zip(tmp_path / "calm.zip", make_files("calm"), how))
    assert caught.value.hint
    with pytest.raises(Unavailable, match="damaged"):
        load_pack(squeezed(tmp_path / "torn.zip"))


def test_a_voice_of_one_pack_touches_no_other(stranger: Path, run: Run, tmp_path: Path) -> None:
    write_folder(stranger / "packs" / "calm", make_files("calm"))
    write_folder(stranger / "packs" / "german", make_files("german", language="de-DE"))
    place = squeezed(stranger / "packs" / "torn.zip")
    voice = find("pack:calm", tmp_path)
    assert isinstance(voice._engine, Engine)
    assert {*voice._engine._loaded} == {"calm"}
    assert voice.notes == []
    assert "is a voice for 'de-DE'" in find("pack:german", tmp_path).notes[0]
    listed = run("list", "voices")
    assert listed.code == 0
    assert {"pack:calm", "pack:german"} < {line.split()[0] for line in listed.out.splitlines()}
    assert "pack:torn" not in listed.out
    assert f"{place}: the pack is damaged" in listed.err


def test_voices_are_listed_with_their_licence_and_a_broken_pack_hides_no_other(
    stranger: Path, run: Run
) -> None:
    write_folder(stranger / "packs" / "calm", make_files("calm"))
    write_zip(stranger / "packs" / "torn.zip", {MANIFEST: b"{"})
    listed = run("list", "voices")
    assert "pack:calm" in listed.out
    assert "A tone, spoken by Nobody  en  CC0" in listed.out
    assert "torn.zip: the pack is damaged" in listed.err
    rows = {row["id"]: row for row in json.loads(run("list", "voices", "--json").out)}
    assert rows["pack:calm"]["licence"] == "CC0"
