"""piper with voices made here: how one is added and removed, what is refused, and what comes of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.test_engines import digests, speak
from tests.tiny_voice import describe, make_model, write_voice
from voiceguide.engines import piper
from voiceguide.errors import Unavailable, UnknownName
from voiceguide.voice import find_voice

pytest.importorskip("piper", reason="is large and optional")

TEXT = "Slowly press down with your thumb, until you feel a dull ache. Then hold, and breathe out."
CARD = "# Model card for hum\n\n## Dataset\n\n* URL: https://example.org\n* License: CC0\n"


def kept(folder: Path) -> list[str]:
    """Return all files below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def test_a_voice_that_was_added_is_listed_with_its_licence_speaks_and_can_be_removed(
    run: Run, tmp_path: Path, stranger: Path
) -> None:
    model = write_voice(tmp_path / "got")
    (tmp_path / "got" / "MODEL_CARD").write_text(CARD)
    added = run("voices", "add", str(model))
    assert (added.code, added.out.splitlines()[1]) == (0, "Licence: CC0")
    assert kept(stranger / "piper") == ["hum/MODEL_CARD", "hum/hum.onnx", "hum/hum.onnx.json"]
    shutil.rmtree(tmp_path / "got")
    assert "piper:hum" in run("list", "voices").out
    assert "CC0" in next(line for line in run("list", "voices").out.splitlines() if "piper:hum" in line)
    assert run("say", "Now press.", "--voice", "piper:hum", "-o", str(tmp_path / "a.wav")).code == 0
    removed = run("voices", "remove", "piper:hum")
    assert (removed.code, kept(stranger / "piper")) == (0, [])
    assert run("say", "Now press.", "--voice", "piper:hum", "-o", str(tmp_path / "b.wav")).code == 3


def test_without_a_card_the_licence_is_said_to_be_unknown(run: Run, tmp_path: Path) -> None:
    assert "Licence: unknown" in run("voices", "add", str(write_voice(tmp_path))).out


def test_a_licence_is_one_line_that_does_no_harm_to_a_screen(run: Run, tmp_path: Path) -> None:
    model = write_voice(tmp_path, license="\x1b[2JMIT\n" + "x" * 1000)
    told = run("voices", "add", str(model)).out
    assert "\x1b" not in told
    assert max(map(len, told.splitlines())) < 300


FAULTS: dict[str, tuple[Any, str]] = {
    "no description": (lambda model: Path(f"{model}.json").unlink(), "there is no file"),
    "no model": (lambda model: model.unlink(), "there is no file"),
    "a truncated model": (lambda model: model.write_bytes(make_model()[:500]), "cannot speak"),
    "an empty model": (lambda model: model.write_bytes(b""), "cannot speak"),
    "no model at all": (lambda model: model.write_text("<html>404</html>"), "cannot speak"),
    "another model": (
        lambda model: model.write_bytes(make_model().replace(b"scales", b"shapes")),
        "cannot speak",
    ),
    "a silent model": (
        lambda model: model.write_bytes(make_model().replace(b"\x9a\x99\x99\x3e", bytes(4))),
        "says nothing",
    ),
    "no JSON": (lambda model: Path(f"{model}.json").write_text("<html>"), "does not describe a voice"),
    "a list": (lambda model: Path(f"{model}.json").write_text("[]"), "does not describe a voice"),
    "deep JSON": (lambda model: Path(f"{model}.json").write_text("[" * 100_000), "does not describe a voice"),
    "bytes": (lambda model: Path(f"{model}.json").write_bytes(b"\xff\xfe"), "does not describe a voice"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_no_voice_is_refused_and_nothing_of_it_is_left(
    fault: str, run: Run, tmp_path: Path, stranger: Path
) -> None:
    model = write_voice(tmp_path)
    spoil, said = FAULTS[fault]
    spoil(model)
    refused = run("voices", "add", str(model))
    assert refused.code == 1
    assert said in refused.err
    assert "Hint:" in refused.err
    assert kept(stranger) == []


@pytest.mark.parametrize(
    ("description", "said"),
    [
        ({"audio": {"sample_rate": 0}}, "audio.sample_rate"),
        ({"audio": None}, "audio.sample_rate"),
        ({"espeak": {}}, "espeak.voice"),
        ({"phoneme_id_map": []}, "phoneme_id_map"),
        ({"num_speakers": "two"}, "num_speakers"),
        ({"phoneme_type": "pinyin"}, "reads by 'pinyin'"),
        ({"espeak": {"voice": "no-such-language"}}, "cannot speak"),
    ],
)
def test_a_description_that_lacks_something_is_told_by_its_key(
    description: dict[str, Any], said: str, run: Run, tmp_path: Path, stranger: Path
) -> None:
    refused = run("voices", "add", str(write_voice(tmp_path, **description)))
    assert (refused.code, kept(stranger)) == (1, [])
    assert said in refused.err


@pytest.mark.parametrize("name", ["../hum", "a/b", ".hidden", "-o", "a:b", "a+b", ""])
def test_a_name_that_would_lead_elsewhere_is_refused(
    name: str, run: Run, tmp_path: Path, stranger: Path
) -> None:
    model = write_voice(tmp_path / "got")
    refused = run("voices", "add", f"--name={name}", str(model))
    assert (refused.code, kept(stranger), kept(tmp_path)) == (2, [], ["got/hum.onnx", "got/hum.onnx.json"])
    assert run("voices", "remove", "--", name).code == 2


def test_a_voice_is_replaced_only_when_asked_for_and_with_it_its_licence(
    run: Run, tmp_path: Path, stranger: Path
) -> None:
    run("voices", "add", str(write_voice(tmp_path, license="first")))
    model = write_voice(tmp_path / "other")
    assert run("voices", "add", str(model)).code == 1
    assert "first" in run("list", "voices").out
    assert "Licence: unknown" in run("voices", "add", str(model), "--force").out
    assert "first" not in run("list", "voices").out
    assert run("voices", "add", str(model), "--name", "second").code == 0
    assert {path.name for path in (stranger / "piper").iterdir()} == {"hum", "second"}


def test_what_a_replaced_voice_said_is_spoken_anew(run: Run, tmp_path: Path) -> None:
    run("voices", "add", str(write_voice(tmp_path)))
    before = find_voice("piper:hum", rate=None, cache=tmp_path).identity
    assert find_voice("piper:hum", rate=None, cache=tmp_path).identity == before
    model = write_voice(tmp_path)
    model.write_bytes(make_model().replace(b"\x9a\x99\x99\x3e", b"\x9a\x99\x19\x3e"))
    run("voices", "add", str(model), "--force")
    assert find_voice("piper:hum", rate=None, cache=tmp_path).identity != before


def test_a_voice_that_is_damaged_later_is_told_with_what_to_do(
    run: Run, tmp_path: Path, stranger: Path
) -> None:
    run("voices", "add", str(write_voice(tmp_path)))
    (stranger / "piper" / "hum" / "hum.onnx").write_bytes(make_model()[:100])
    spoken = run("say", "Now press.", "--voice", "piper:hum", "-o", str(tmp_path / "a.wav"))
    assert (spoken.code, (tmp_path / "a.wav").exists()) == (3, False)
    assert "get it anew" in spoken.err
    (stranger / "piper" / "hum" / "hum.onnx.json").unlink()
    spoken = run("say", "Now press.", "--voice", "piper:hum", "-o", str(tmp_path / "a.wav"))
    assert spoken.code == 3
    assert "voices remove hum" in spoken.err


def test_a_voice_speaks_as_quickly_as_it_is_asked_to(tmp_path: Path) -> None:
    piper.add(write_voice(tmp_path))
    for rate in (100, 150, 250):
        (clip,) = speak(piper.Engine(), [TEXT], "hum", rate)
        assert abs(len(TEXT.split()) * 60_000 / clip.duration - rate) < 0.02 * rate


def test_each_speaker_of_a_model_is_a_voice(tmp_path: Path) -> None:
    piper.add(write_voice(tmp_path, num_speakers=2, speaker_id_map={"ann": 0, "bob": 1}))
    engine = piper.Engine()
    assert [voice.id for voice in engine.voices()] == ["hum", "hum+ann", "hum+bob"]
    first, ann, bob = (digests(speak(engine, [TEXT], voice)) for voice in ("hum", "hum+ann", "hum+bob"))
    assert first == ann != bob
    with pytest.raises(UnknownName) as caught:
        engine.check_voice("hum+anne")
    assert "'hum+ann'" in str(caught.value.hint)


def test_what_stands_in_double_brackets_is_text_too(tmp_path: Path) -> None:
    piper.add(write_voice(tmp_path))
    double, single = digests(speak(piper.Engine(), ["Press [[here]].", "Press [here]]."]))
    assert double == single


def test_a_language_finds_its_voice(tmp_path: Path) -> None:
    for name, code in (("a", "de_DE"), ("b", "en_GB"), ("c", "en_US")):
        piper.add(write_voice(tmp_path, name, language={"code": code}))
    engine = piper.Engine()
    tags = {"en": "b", "en-US": "c", "en-AU": "b", "de": "a"}
    assert {tag: engine.default_voice(tag) for tag in tags} == tags
    with pytest.raises(Unavailable, match="no voice for 'fr'"):
        engine.default_voice("fr")


def test_a_voice_of_another_language_is_added_and_that_is_said(run: Run, tmp_path: Path) -> None:
    added = run("voices", "add", str(write_voice(tmp_path, language={"code": "de_DE"})))
    assert (added.code, "it speaks 'de-DE'" in added.err) == (0, True)
    spoken = run("say", "Now press.", "--voice", "piper:hum", "-o", str(tmp_path / "a.wav"))
    assert "a voice for 'de-DE', and the words are in 'en'" in spoken.err


def test_a_broken_link_among_the_files_of_a_voice_stops_nothing(stranger: Path) -> None:
    write_voice(stranger / "piper" / "hum")
    before = piper.Engine().version()
    (stranger / "piper" / "hum" / "notes.txt").symlink_to(stranger / "nosuch")
    assert piper.Engine().version() == before
    assert find_voice("piper:hum", rate=None).identity


def test_nothing_that_a_maker_wrote_steers_a_screen(run: Run, stranger: Path) -> None:
    write_voice(
        stranger / "piper" / "hum",
        dataset="a \x1b[2Jcalm\u202e one",
        language={"code": "en_\x1b]0;US"},
        num_speakers=2,
        speaker_id_map={"one\x1b[31m": 0, "two": 1},
    )
    shown = run("list", "voices", "--json").out + run("list", "voices").out
    assert "calm one, neural" in shown
    assert all(letter.isprintable() or letter == "\n" for letter in shown)
    rows = json.loads(run("list", "voices", "--json").out)
    ids = [row["id"] for row in rows if "hum" in row["id"]]
    assert len(ids) == 3
    assert all(find_voice(id_, rate=None).name == id_ for id_ in ids)


def test_without_a_voice_or_without_piper_the_hint_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Unavailable, match="no voice yet") as caught:
        piper.Engine().check()
    assert "voices add" in str(caught.value.hint)
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(Unavailable, match="not installed") as caught:
        piper.Engine().check()
    assert "pip install piper-tts" in str(caught.value.hint)
    with pytest.raises(Unavailable, match="not installed"):
        piper.add(write_voice(tmp_path))


@pytest.mark.skipif(sys.platform != "linux", reason="looks where onnxruntime keeps its reports on Linux")
def test_nothing_is_kept_to_be_sent_to_anybody(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from voiceguide.engines import piper\n"
        "piper.add(Path(sys.argv[1]))\n"
        "print(sorted(map(str, Path.home().rglob('*'))))\n"
    )
    # Nothing that says that this is a test: onnxruntime would keep still by itself.
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(tmp_path / "home"),
        "VOICEGUIDE_DATA": str(tmp_path / "data"),
    }
    (tmp_path / "home").mkdir()
    told = subprocess.run(
        [sys.executable, "-c", program, write_voice(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (told.stdout.strip(), told.stderr) == ("[]", "")


def test_the_voice_that_the_tests_make_is_described_as_one_of_piper_s() -> None:
    from piper.config import PiperConfig

    assert PiperConfig.from_dict(describe()).sample_rate == 22_050
