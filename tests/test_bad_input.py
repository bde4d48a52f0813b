"""Whatever goes wrong is one clear line with a hint and the right exit code, and harms nothing.

In this process a traceback would fail the test by itself; in a process of its own it is looked for.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Outcome, Run
from tests.rig import nowhere
from voiceguide.library import SHIPPED

ROOT = Path(__file__).parents[1]
TONE = ("--voice", "tone")
CONTENT, USAGE, UNAVAILABLE = 1, 2, 3
TOP = "version: 1\nid: mine\n"
LI4 = "steps:\n  - posture: supine\n  - press: li4\n"
POINT = (SHIPPED / "points" / "li4.yaml").read_text(encoding="utf-8")


def assert_told(done: Outcome, code: int, complaint: str) -> None:
    """Assert that a command failed with this code, and said so in an error and a hint and nowhere else."""
    assert (done.code, done.out) == (code, ""), done.err
    lines = [line for line in done.err.splitlines() if "percent" not in line]
    assert lines[0].startswith("Error: "), done.err
    assert lines[1].startswith("Hint:  "), done.err
    assert len(lines[1]) > len("Hint:  ")
    assert complaint in done.err


# ── what is typed ──

TYPED = [
    ("nosuch", USAGE, "unknown command 'nosuch'"),
    ("hands", USAGE, "`voiceguide play hands` plays it"),
    ("--nosuch", USAGE, "No such option"),
    ("show --nosuch", USAGE, "No such option"),
    ("show hands hands", USAGE, "unexpected extra argument"),
    ("show nosuch", USAGE, "unknown routine 'nosuch'"),
    ("show hnds", USAGE, "did you mean 'hands'?"),
    ("show nosuch.yaml", USAGE, "there is no file 'nosuch.yaml'"),
    ("show ./", CONTENT, "cannot be read: Is a directory"),
    ("show hands --voice nosuch", USAGE, "unknown engine 'nosuch'"),
    ("show hands --voice tune:plain", USAGE, "did you mean 'tone'?"),
    ("show hands --voice tone:nosuch", USAGE, "unknown voice 'nosuch'"),
    ("show hands --voice espeak:nosuch", USAGE, "unknown voice 'nosuch'"),
    ("show hands --voice espeak:en-uss", USAGE, "did you mean 'en-us'?"),
    ("show hands --voice :", USAGE, "':' is not a value for '--voice'"),
    ("show hands --voice espeak:", USAGE, "'espeak:' is not a value for '--voice'"),
    ("show hands --voice=", USAGE, "'' is not a value for '--voice'"),
    ("show hands --rate abc", USAGE, "'abc' is not a value for '--rate'"),
    ("show hands --rate 9999", USAGE, "write a number from 80 to 300"),
    ("show hands --rate -5", USAGE, "'-5' is not a value for '--rate'"),
    ("play nosuch", USAGE, "unknown routine 'nosuch'"),
    ("play hands --backend nosuch", USAGE, "unknown backend 'nosuch'"),
    ("play hands --backend nul", USAGE, "did you mean 'null'?"),
    ("export", USAGE, "-o says where to"),
    ("export nosuch -o new.wav", USAGE, "unknown routine 'nosuch'"),
    ("export hands -o new", USAGE, "'new' has no suffix"),
    ("export hands -o new.xyz", USAGE, "unknown format '.xyz'"),
    ("export hands -o nosuch/new.wav", CONTENT, "there is no folder 'nosuch'"),
    ("export hands -o old.wav", CONTENT, "'old.wav' exists already"),
    ("export hands -o old.wav/new.wav", CONTENT, "'old.wav' is a file, not a folder"),
    ("export hands -o . --force", CONTENT, "'.' is a folder"),
    ("export hands -o folder.wav --force", CONTENT, "'folder.wav' is a folder"),
    ("export hands -o new.wav --timeline old.wav", CONTENT, "'old.wav' exists already"),
    ("export hands -o new.wav --timeline nosuch/new.json", CONTENT, "there is no folder 'nosuch'"),
    ("export hands -o new.wav --timeline ./new.wav", USAGE, "cannot hold both"),
    ("export hands -o new.wav --plan new.pdf", USAGE, "neither in .html nor in .md"),
    ("export hands -o new.wav --plan .", USAGE, "neither in .html nor in .md"),
    ("export hands -o new.wav --plan nosuch/new.md", CONTENT, "there is no folder 'nosuch'"),
    ("export hands -o new.wav --timeline new.md --plan ./new.md", USAGE, "cannot hold both the timeline"),
    ("export hands -o new.wav --timeline new.vtt --subtitles vtt", USAGE, "cannot hold both the timeline"),
    ("export hands -o new.wav --subtitles ass", USAGE, "There are: vtt, lrc, srt."),
    ("export hands -o new.wav --subtitles=", USAGE, "'' is not a value for '--subtitles'"),
    ("export hands -o new --split", USAGE, "'new' has no suffix"),
    ("export hands -o new.xyz --split", USAGE, "unknown format '.xyz'"),
    ("export hands -o folder.flac --split", CONTENT, "the folder 'folder' exists already"),
    ("export hands -o nosuch/new.wav --split", CONTENT, "there is no folder 'nosuch'"),
    ("export hands -o old.wav.flac --split --force", CONTENT, "'old.wav' is a file, not a folder"),
    ("export hands -o new.wav --split --timeline new/new.json", USAGE, "in the folder of the parts"),
    ("export hands -o folder.wav --split --force --plan folder/new.md", USAGE, "in the folder of the parts"),
    ("say", USAGE, "Missing argument 'TEXT'"),
    ("say ...", USAGE, "there is nothing to say"),
    ("say hello -o old.wav", CONTENT, "'old.wav' exists already"),
    ("say hello --backend nosuch", USAGE, "unknown backend 'nosuch'"),
    ("list nosuch", USAGE, "There are: routines, points, voices,"),
    ("list voice", USAGE, "did you mean 'voices'?"),
    ("check nosuch", USAGE, "unknown routine or point 'nosuch'"),
    ("check nosuch.yaml", USAGE, "there is no file 'nosuch.yaml'"),
    ("check old.wav", CONTENT, "not UTF-8 text"),
    ("config get", USAGE, "Missing argument 'NAME'"),
    ("config get nosuch", USAGE, "unknown setting 'nosuch'"),
    ("config set rte 100", USAGE, "did you mean 'rate'?"),
    ("config set rate fast", USAGE, "such as 150"),
    ("config unset nosuch", USAGE, "unknown setting 'nosuch'"),
    ("config nosuch", USAGE, "No such command 'nosuch'"),
]


@pytest.mark.parametrize("typed", TYPED, ids=[words for words, _, _ in TYPED])
def test_what_is_typed_wrong_is_told_and_harms_nothing(
    typed: tuple[str, int, str], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, code, complaint = typed
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.wav").write_bytes(b"\xff old")
    (tmp_path / "folder.wav").mkdir()
    (tmp_path / "folder").mkdir()
    assert_told(run(*words.split(" ")), code, complaint)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "folder.wav", "old.wav"]
    assert (tmp_path / "old.wav").read_bytes() == b"\xff old"


# ── routines that are wrong ──

ROUTINES = {
    "empty": ("", "the file is empty"),
    "only a comment": ("# mine\n", "the file is empty"),
    "nothing": ("~\n", "the file is empty"),
    "a list": ("- posture: supine\n", "mine.yaml:1: the file is not a mapping"),
    "a text": ("hello\n", "mine.yaml:1: the file is not a mapping"),
    "not YAML": (f"{TOP}steps: [\n", "mine.yaml:4: not valid YAML"),
    "tabs": ("version: 1\n\tid: mine\n", "mine.yaml:2: not valid YAML"),
    "two documents": (f"{TOP}{LI4}---\n{TOP}", "mine.yaml:6: not valid YAML"),
    "control characters": ("version: \x07\n", "not valid YAML"),
    "an unknown key": (f"{TOP}titles: x\n{LI4}", "mine.yaml:3: unknown key 'titles'"),
    "a merge key": (f"{TOP}<<: {{a: 1}}\n{LI4}", "mine.yaml:3: unknown key '<<'"),
    "a list as a key": (f"{TOP}? [a]\n: 1\n{LI4}", "mine.yaml:3: unknown key"),
    "a key twice": (f"{TOP}id: other\n{LI4}", "mine.yaml:3: 'id' stands here twice"),
    "a key twice inside": (f"{TOP}{LI4}    press: b54\n", "mine.yaml:6: 'press' stands here twice"),
    "a null": (f"{TOP}title:\n{LI4}", "mine.yaml:3: 'title' is empty"),
    "a null step": (f"{TOP}steps:\n  -\n", "mine.yaml:4: number 1 of 'steps' is empty"),
    "a missing key": (f"id: mine\n{LI4}", "mine.yaml:1: 'version' is missing"),
    "no steps": (f"{TOP}steps: []\n", "mine.yaml:3: the list is empty"),
    "only a posture": (f"{TOP}steps:\n  - posture: supine\n", "nothing is pressed"),
    "steps as a text": (f"{TOP}steps: supine\n", "mine.yaml:3: 'supine' is not a list"),
    "a step as a text": (f"{TOP}steps: [supine]\n", "mine.yaml:3: number 1 of 'steps' is not a mapping"),
    "a list as a title": (f"{TOP}title: [x]\n{LI4}", "mine.yaml:3: 'title' is not a mapping"),
    "a number as a title": (f"{TOP}title: {{en: 5}}\n{LI4}", "mine.yaml:3: '5' is not text"),
    "a version to come": (f"version: 2\nid: mine\n{LI4}", "mine.yaml:1: 2 is out of range"),
    "a huge version": (f"version: {'9' * 30}\nid: mine\n{LI4}", "is not a whole number"),
    "an id with spaces": (
        f"version: 1\nid: my evening\n{LI4}",
        "mine.yaml:2: 'my evening' is not a routine id",
    ),
    "an unknown step": (f"{TOP}steps:\n  - presses: li4\n", "mine.yaml:4: unknown step 'presses'"),
    "two steps in one": (
        f"{TOP}steps:\n  - posture: supine\n    press: li4\n",
        "posture and press in one step",
    ),
    "an unknown posture": (f"{TOP}steps:\n  - posture: supin\n", "mine.yaml:4: unknown posture 'supin'"),
    "an unknown point": (f"{TOP}steps:\n  - press: LI-44\n", "mine.yaml:4: unknown point 'LI-44'"),
    "an unknown point id": (f"{TOP}steps:\n  - press: li44\n", "mine.yaml:4: unknown point 'li44'"),
    "an unknown method": (f"{TOP}{LI4}    with: thumb\n", "mine.yaml:6: unknown method 'thumb'"),
    "negative rounds": (f"{TOP}{LI4}    rounds: -1\n", "mine.yaml:6: -1 is out of range"),
    "huge rounds": (f"{TOP}{LI4}    rounds: 99999999999\n", "mine.yaml:6: 99999999999 is out of range"),
    "rounds as a text": (f"{TOP}{LI4}    rounds: twice\n", "mine.yaml:6: 'twice' is not a whole number"),
    "rounds as a flag": (f"{TOP}{LI4}    rounds: true\n", "mine.yaml:6: 'true' is not a whole number"),
    "an anchor": (f"{TOP}a: &a [1]\n{LI4}", "mine.yaml:3: anchors and aliases are not used here"),
    "an alias": (f"{TOP}a: *a\n{LI4}", "mine.yaml:3: anchors and aliases are not used here"),
    "a bomb": (
        "a: &a [x, x]\n"
        + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)),
        "mine.yaml:1: anchors and aliases are not used here",
    ),
    "nested without end": ("[" * 100_000, "mine.yaml:1: nested deeper than 20 levels"),
    "larger than any": ("# x\n" * 300_000, "larger than 1000000 bytes"),
    # What no body could do.
    "a ball nobody placed": (
        f"{TOP}steps:\n  - {{press: b48, with: ball}}\n",
        "mine.yaml:4: b48 wants a ball nobody has placed",
    ),
    "ice nobody has ready": (
        f"{TOP}steps:\n  - posture: sitting\n  - press: b48\n  - posture: on_side\n  - ice: [back]\n",
        "mine.yaml:7: the ice wants things nobody has ready: two_pillows",
    ),
    "lying on the pack": (
        (
            f"{TOP}ready: [ball_in_sock, two_pillows, rolled_towel, cold_pack, thin_towel]\n"
            "steps:\n  - posture: supine\n  - {press: b48, with: ball}\n  - ice: [back]\n"
        ),
        "mine.yaml:7: nobody may lie on an ice pack",
    ),
    "back and forth between postures": (
        f"{TOP}{LI4}  - posture: sitting\n  - press: b54\n  - posture: supine\n  - press: toe\n",
        "mine.yaml:9: the body is lying on the back a second time",
    ),
    "a point twice": (f"{TOP}{LI4}  - press: li4\n", "mine.yaml:6: li4 comes twice"),
    "ice twice": (
        f"{TOP}ready: [two_pillows, rolled_towel, cold_pack, thin_towel]\n"
        "steps:\n  - posture: on_side\n  - press: g30\n" + "  - ice: [back]\n" * 2,
        "mine.yaml:8: ice on the back comes twice",
    ),
    "ice on what nothing touched": (
        f"{TOP}steps:\n  - posture: on_side\n  - ice: [back]\n",
        "mine.yaml:5: nothing on the back has been pressed before its ice",
    ),
    "a method the point does not have": (
        f"{TOP}{LI4}    with: ball\n",
        "mine.yaml:6: li4 has no method 'ball'",
    ),
    "a posture the method cannot be done in": (
        f"{TOP}steps:\n  - posture: supine\n  - {{press: b23, with: thumbs}}\n",
        "mine.yaml:5: b23 by thumbs cannot be done lying on the back",
    ),
    "too many rounds": (f"{TOP}{LI4}    rounds: 5\n", "mine.yaml:6: 'rounds: 5' is out of range for li4"),
    "points that do not join": (
        f"{TOP}steps:\n  - {{press: [li4, b54]}}\n",
        "mine.yaml:4: b54 and li4 cannot be pressed as one",
    ),
}


@pytest.mark.parametrize("command", ["check", "show", "play", "export"])
@pytest.mark.parametrize(("text", "complaint"), ROUTINES.values(), ids=ROUTINES)
def test_a_routine_that_is_wrong_is_told_by_every_command(
    text: str, complaint: str, command: str, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    options = {"check": (), "export": ("-o", str(tmp_path / "new.wav"), *TONE)}.get(command, TONE)
    done = run(command, str(file), *options)
    assert_told(done, CONTENT, complaint)
    assert all(str(file) in line for line in done.err.splitlines() if line.startswith("Error: "))
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("command", ["check", "show", "play", "export"])
def test_a_point_the_language_has_no_words_for_is_told_by_every_command(
    command: str, run: Run, stranger: Path, tmp_path: Path
) -> None:
    (stranger / "points").mkdir()
    point = POINT.replace("id: li4", "id: li11")
    (stranger / "points" / "li11.yaml").write_text(point, encoding="utf-8")
    file = tmp_path / "mine.yaml"
    file.write_text(f"{TOP}steps:\n  - posture: supine\n  - press: li11\n")
    options = {"check": (), "export": ("-o", str(tmp_path / "new.wav"), *TONE)}.get(command, TONE)
    done = run(command, str(file), *options)
    assert_told(done, CONTENT, f"{file}:5: the language 'en' has no words for the point 'li11'")
    assert list(tmp_path.iterdir()) == [file]


def test_a_device_that_is_missing_hides_no_fault_of_the_routine(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(f"{TOP}{LI4}  - press: li4\n")
    assert run("play", str(tmp_path / "mine.yaml"), "--backend", "miniaudio").code == CONTENT


def test_every_problem_of_a_routine_is_told_at_once_with_its_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(f"{TOP}{LI4}  - press: li4\n  - {{press: li4, with: ball}}\n  - press: nosuch\n")
    done = run("show", str(file), *TONE)
    assert re.findall(r"^Error: (.*)$", done.err, re.MULTILINE) == [
        f"{file}:6: li4 comes twice",
        f"{file}:7: li4 has no method 'ball'",
        f"{file}:8: unknown point 'nosuch'",
    ]
    assert done.err.count("Hint:  ") == 3


# ── points that are wrong ──

POINTS = {
    "a duration without a unit": ("usual: 10s", "usual: 10", "'10' is a duration without a unit"),
    "a negative duration": ("usual: 10s", "usual: -10s", "'-10s' is not a duration"),
    "a negative number": ("usual: 10s", "usual: -10", "'-10' is a duration without a unit"),
    "no duration at all": ("usual: 10s", "usual: 0s", "'0s' is out of range"),
    "longer than any session": ("max: 15s", "max: 7h", "'7h' is out of range"),
    "a huge duration": ("max: 15s", f"max: {'9' * 40}s", "is not a duration"),
    "a duration as a flag": ("max: 15s", "max: true", "'true' is a duration without a unit"),
    "a null duration": ("max: 15s", "max: ~", "'max' is empty"),
    "doses out of order": ("max: 15s", "max: 5s", "'dose' is not in order"),
    "repeats without a rest": ("    rest: 5s\n", "", "'rest' or 'window' is missing"),
    "an unknown method": ("  thumbs:", "  thumb:", "unknown method 'thumb'"),
    "an unknown caution": ("broken_skin", "broken_skins", "unknown caution 'broken_skins'"),
    "an unknown zone": ("zone: hand", "zone: hands", "unknown zone 'hands'"),
    "another version": ("version: 1", "version: 0", "0 is out of range"),
    "a code without its WHO code": (
        "who: {code: LI4, name: Hegu}\n",
        "",
        "'LI-4' stands without its WHO code",
    ),
    "another id": ("id: li4", "id: li5", "the id 'li5' is not the file's name"),
}


@pytest.mark.parametrize(("old", "new", "complaint"), POINTS.values(), ids=POINTS)
def test_a_point_that_is_wrong_is_told_with_its_line(
    old: str, new: str, complaint: str, run: Run, stranger: Path
) -> None:
    file = stranger / "points" / "li4.yaml"
    file.parent.mkdir()
    assert old in POINT
    file.write_text(POINT.replace(old, new), encoding="utf-8")
    for words in (("check", str(file)), ("show", "hands", *TONE)):
        done = run(*words)
        assert_told(done, CONTENT, complaint)
        assert re.match(rf"Error: {re.escape(str(file))}:\d+: ", done.err)


def test_a_file_that_is_neither_a_routine_nor_a_point_is_told_kindly(run: Run, tmp_path: Path) -> None:
    file = shutil.copy(SHIPPED / "languages" / "en" / "phrases.yaml", tmp_path)
    done = run("check", str(file))
    assert_told(done, CONTENT, "this is neither a routine nor a point")
    assert len(done.err.splitlines()) == 2


def test_a_session_of_more_than_six_hours_is_refused(run: Run, stranger: Path, tmp_path: Path) -> None:
    (stranger / "points").mkdir()
    text = POINT.replace("usual: 10s, max: 15s", "usual: 4h, max: 4h")
    (stranger / "points" / "li4.yaml").write_text(text, encoding="utf-8")
    for words in (("check", "hands"), ("show", "hands", *TONE)):
        assert_told(run(*words), USAGE, "a session takes at most 6:00:00")
    assert_told(run("export", "hands", "-o", str(tmp_path / "new.wav"), *TONE), USAGE, "at most 6:00:00")
    assert not list(tmp_path.iterdir())


# ── what the machine lacks ──


def start(words: str, folder: Path, **environment: str) -> subprocess.Popen[str]:
    """Start a command line in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "voiceguide", *words.split()],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def end(process: subprocess.Popen[str]) -> Outcome:
    """Wait for the end of a process; return what it did."""
    out, err = process.communicate()
    return Outcome(process.returncode, out, err)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the device cannot be taken away")
@pytest.mark.parametrize(
    ("words", "way_out"),
    [
        ("play hands --voice tone", "`voiceguide export hands -o session.wav --voice tone`"),
        (
            "play hands --background rain --duck 4 --no-room-tone --ice skip",
            "`voiceguide export hands -o session.wav --ice skip --background rain --duck 4 --no-room-tone`",
        ),
        ("say hello", "`voiceguide say hello -o saying.wav`"),
    ],
)
def test_without_a_device_there_is_a_way_out(words: str, way_out: str, tmp_path: Path) -> None:
    done = end(start(words, tmp_path, **nowhere(tmp_path)))
    assert_told(done, UNAVAILABLE, way_out)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the device cannot be taken away")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("play hands --length 3 --voice tone", "'hands' takes"),
        ("play hands --voice pack:rns", "did you mean 'rms'?"),
    ],
)
def test_without_a_device_what_would_stop_the_way_out_is_told_first(
    words: str, told: str, tmp_path: Path
) -> None:
    done = end(start(words, tmp_path, **nowhere(tmp_path)))
    assert_told(done, USAGE, told)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit to the size of a file")
@pytest.mark.parametrize("options", ["-o new.wav", "-o old.wav --force"])
def test_a_full_disk_is_told_and_harms_nothing(options: str, tmp_path: Path) -> None:
    (tmp_path / "old.wav").write_text("old")
    # A limit to the size of a file is the full disk that every machine has.
    program = """
import resource, signal, sys
from voiceguide.commands import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))
main(sys.argv[1:])
"""
    done = subprocess.run(
        [sys.executable, "-c", program, "export", "hands", *options.split(), *TONE],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (CONTENT, "", False)
    assert re.search(r"Error: '\w+\.wav' was not written: no room left", done.stderr)
    assert "Hint:  make room" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["old.wav"]
    assert (tmp_path / "old.wav").read_text() == "old"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no folder is closed to everybody")
def test_a_folder_that_may_not_be_written_to_is_told(run: Run) -> None:
    # Not even root may write here.
    assert_told(run("export", "hands", "-o", "/sys/new.wav", *TONE), CONTENT, "may not be written to")


# ── Ctrl-C and SIGTERM ──

SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]


@pytest.fixture(autouse=True)
def heeded() -> Iterator[None]:
    """Heed Ctrl-C, also where the tests run in the background: what is ignored there, a child ignores too."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt(process: subprocess.Popen[str], line: str, number: signal.Signals) -> Outcome:
    """Send a signal as soon as a line that begins so is printed to stderr; return what was done."""
    assert process.stderr is not None
    said = []
    for one in process.stderr:
        said.append(one)
        if one.startswith(line):
            process.send_signal(number)
            break
    done = end(process)
    return Outcome(done.code, done.out, "".join([*said, done.err]))


def assert_stopped(done: Outcome, code: int) -> None:
    """Assert that it stopped as it should, with one line and no more."""
    assert (done.code, done.out) == (code, ""), done.err
    lines = [line for line in done.err.splitlines() if line and "percent" not in line]
    assert [line for line in lines if not line.startswith("Voice: ")] == [
        "Stopped. Nothing half done is left behind."
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such signals")
@pytest.mark.parametrize("options", ["-o new.flac", "-o old.flac --force"])
@pytest.mark.parametrize(("number", "code"), SIGNALS)
@pytest.mark.slow
def test_an_export_that_is_interrupted_leaves_everything_as_it_was(
    number: signal.Signals, code: int, options: str, tmp_path: Path
) -> None:
    (tmp_path / "old.flac").write_text("old")
    process = start(f"export lying-down {options} --no-profile --voice tone", tmp_path)
    assert_stopped(interrupt(process, "Writing", number), code)
    assert [path.name for path in tmp_path.iterdir()] == ["old.flac"]
    assert (tmp_path / "old.flac").read_text() == "old"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such signals")
@pytest.mark.parametrize(("number", "code"), SIGNALS)
@pytest.mark.slow
def test_parts_that_are_interrupted_leave_everything_as_it_was(
    number: signal.Signals, code: int, tmp_path: Path
) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "01 Get ready.flac").write_text("old")
    for options in ("-o new.flac", "-o old.flac --force --subtitles vtt --plan plan.html"):
        process = start(f"export lying-down --split {options} --no-profile --voice tone", tmp_path)
        assert_stopped(interrupt(process, "Writing", number), code)
    assert [path.name for path in sorted(tmp_path.rglob("*"))] == ["old", "01 Get ready.flac"]
    assert (tmp_path / "old" / "01 Get ready.flac").read_text() == "old"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such signals")
@pytest.mark.parametrize("engine", ["tone", "espeak", "flite", "pyttsx3"])
@pytest.mark.parametrize(("number", "code"), SIGNALS)
@pytest.mark.slow
def test_an_engine_that_is_interrupted_leaves_everything_as_it_was(
    number: signal.Signals, code: int, engine: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    # With an empty cache there is something to prepare.
    cache = tmp_path_factory.mktemp("cache")
    process = start(f"export -o new.flac --voice {engine}", tmp_path, VOICEGUIDE_CACHE=str(cache))
    done = interrupt(process, "Preparing", number)
    if done.code == UNAVAILABLE:
        pytest.skip(f"{engine} is not here")
    assert_stopped(done, code)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such signals")
@pytest.mark.parametrize(("number", "code"), SIGNALS)
@pytest.mark.slow
def test_what_was_prepared_before_the_interruption_is_of_use_afterwards(
    number: signal.Signals, code: int, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cache = tmp_path_factory.mktemp("cache")
    process = start("export hands -o new.flac --voice tone", tmp_path, VOICEGUIDE_CACHE=str(cache))
    assert interrupt(process, "Preparing", number).code == code
    again = end(start("export hands -o new.flac --voice tone", tmp_path, VOICEGUIDE_CACHE=str(cache)))
    assert (again.code, [path.name for path in tmp_path.iterdir()]) == (0, ["new.flac"])
