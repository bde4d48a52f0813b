"""`voiceguide routine`: one's own is made and changed, no fault slips in, and no file gets lost."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Outcome, Run
from voiceguide.library import SHIPPED, load_routine, routine_names

CONTENT, USAGE = 1, 2
ROOT = Path(__file__).parents[1]
SHIPPED_ROUTINES = sorted(path.stem for path in (SHIPPED / "routines").glob("*.yaml"))
WEIRD = 'Dr. "O\'Neil": 50% — {a}, [b] # c \\ é 休\nand more'
Edit = Callable[..., Outcome]
Answer = Callable[[str], int]


@pytest.fixture
def file(stranger: Path) -> Path:
    """Where a routine called `mine` is to be made."""
    return stranger / "routines" / "mine.yaml"


def assert_told(done: Outcome, code: int, complaint: str) -> None:
    """Assert that a command failed with this code, and said so in one error and one hint."""
    assert (done.code, done.out) == (code, "")
    error, hint = done.err.splitlines()
    assert (error.startswith("Error: "), hint.startswith("Hint:  ")) == (True, True), done.err
    assert complaint in done.err


# ── new ──


@pytest.mark.parametrize("name", SHIPPED_ROUTINES)
def test_a_copy_of_every_shipped_routine_is_fine_and_presses_the_same(
    name: str, run: Run, file: Path
) -> None:
    done = run("routine", "new", "mine", "--from", name)
    assert (done.code, done.out) == (0, f"{file}: fine, the routine 'Mine'.\n"), done.err
    assert run("check", "mine").code == 0
    made, found = load_routine(file), load_routine(SHIPPED / "routines" / f"{name}.yaml")
    assert (made.steps != (), made.ready, made.exclude) == (True, found.ready, found.exclude)
    assert len(made.steps) == len(found.steps)
    # The comment above it, and what is its own, are all that differs.
    own = (SHIPPED / "routines" / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    kept = [line for line in own if not line.startswith(("id:", "title:", "summary:"))]
    assert [line for line in file.read_text(encoding="utf-8").splitlines() if line in own] == kept


def test_what_can_be_done_next_is_told_as_it_can_be_typed(run: Run, file: Path) -> None:
    done = run("routine", "new", "mine", "--from", "hands")
    commands = re.findall(r"`voiceguide (.*)`", done.err)
    assert commands == ["routine edit mine", "check mine", "show mine", "play mine"]
    assert run(*commands[2].split(), "--voice", "tone").code == 0
    assert file.stem in routine_names()


def test_title_author_note_and_points_to_leave_out_are_written(run: Run, file: Path) -> None:
    words = ("--title", "For Maria", "--by", "Otto", "--note", "Twice a day.")
    points = ("--exclude", "b54", "--exclude", "toe,b53")
    assert run("routine", "new", "mine", "--from", "hands", *words, *points).code == 0
    made = load_routine(file)
    assert (made.titles, made.by, made.note) == ({"en": "For Maria"}, "Otto", "Twice a day.")
    assert made.exclude == ("b54", "toe", "b53")


def test_weird_words_are_read_back_as_they_were_given(run: Run, file: Path) -> None:
    words = ("--title", WEIRD, "--by", WEIRD, "--note", WEIRD)
    assert run("routine", "new", "mine", "--from", "hands", *words).code == 0
    made = load_routine(file)
    assert (made.titles, made.by, made.note) == ({"en": WEIRD}, WEIRD, WEIRD)
    assert b"\r" not in file.read_bytes()


def test_a_copy_of_a_copy_keeps_what_its_author_wanted(run: Run, stranger: Path) -> None:
    words = ("--by", "Otto", "--note", "Slowly.", "--exclude", "b54")
    run("routine", "new", "mine", "--from", "hands", *words)
    done = run("routine", "new", "other", "--from", "mine", "--exclude", "toe", "--by", "")
    assert done.code == 0
    made = load_routine(stranger / "routines" / "other.yaml")
    assert (made.by, made.note, made.exclude) == ("", "Slowly.", ("b54", "toe"))
    assert (stranger / "routines" / "other.yaml").read_text(encoding="utf-8").count("# Made from") == 1


def test_it_can_be_made_from_a_file_anywhere(run: Run, file: Path, tmp_path: Path) -> None:
    source = tmp_path / "hers.yaml"
    source.write_bytes(
        b"\xef\xbb\xbfversion: 1\r\nid: hers\r\nsteps:\r\n- posture: supine\r\n- press: li4\r\n"
    )
    assert run("routine", "new", "mine", "--from", str(source)).code == 0
    assert file.read_text(encoding="utf-8").endswith(
        '\n\nversion: 1\nid: mine\ntitle: {en: "Mine"}\nsteps:\n- posture: supine\n- press: li4\n'
    )


def test_the_example_in_the_comment_can_be_copied(run: Run, file: Path) -> None:
    run("routine", "new", "mine", "--from", "hands")
    text = file.read_text(encoding="utf-8")
    press, exclude = (
        re.findall(rf"^# .*({pattern})", text, re.MULTILINE)[0] for pattern in (r"\{.*\}", r"exclude: \[.*\]")
    )
    head = text[: text.index("steps:\n")]
    file.write_text(f"{head}{exclude}\nsteps:\n  - posture: sitting\n  - {press}\n", encoding="utf-8")
    assert run("check", "mine").err == ""


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        ("", USAGE, "Missing argument 'NAME'"),
        ("mine", USAGE, "`voiceguide routine new mine --from hands`"),
        ("My_Own.yaml --from hands", USAGE, "`voiceguide routine new my-own`"),
        ("../mine --from hands", USAGE, "'../mine' cannot be a routine's name"),
        ("-- --", USAGE, "`voiceguide routine new my-evening`"),
        ("hands --from hands", CONTENT, "a routine called 'hands' comes with voiceguide"),
        ("li4 --from hands", CONTENT, "'li4' is the name of a point"),
        ("mine --from hnds", USAGE, "did you mean 'hands'?"),
        ("mine --from nosuch.yaml", USAGE, "there is no file 'nosuch.yaml'"),
        ("mine --from hands --exclude li44", USAGE, "unknown point 'li44'"),
        ("mine --from hands --exclude li4", CONTENT, "leave in at least one point."),
        ("mine --from hands --by \udcff", USAGE, "not UTF-8 text"),
        (f"{'a' * 300} --from hands", CONTENT, "is too long for a file name"),
    ],
)
def test_what_cannot_be_made_is_told_and_nothing_is_written(
    words: str, code: int, complaint: str, run: Run, stranger: Path
) -> None:
    assert_told(run("routine", "new", *words.split()), code, complaint)
    assert not list(stranger.rglob("*.yaml"))


def test_a_routine_that_is_there_stays_as_it_is(run: Run, file: Path) -> None:
    file.parent.mkdir()
    for suffix in (".yaml", ".yml"):
        own = file.with_suffix(suffix)
        own.write_text("not even YAML: [")
        assert_told(
            run("routine", "new", "mine", "--from", "hands"), CONTENT, "`voiceguide routine edit mine`"
        )
        assert (list(file.parent.iterdir()), own.read_text()) == ([own], "not even YAML: [")
        own.unlink()


def test_what_is_wrong_with_the_routine_to_start_from_is_told_with_its_line(
    run: Run, stranger: Path, tmp_path: Path
) -> None:
    source = tmp_path / "hers.yaml"
    source.write_text("version: 1\nid: hers\nsteps:\n  - press: li4\n    rounds: 9\n")
    assert_told(
        run("routine", "new", "mine", "--from", str(source)), CONTENT, f"{source}:5: 9 is out of range"
    )
    source.write_text("version: 1\nid: hers\nsteps:\n  - posture: supine\n  - press: li4\n  - press: li4\n")
    assert_told(run("routine", "new", "mine", "--from", str(source)), CONTENT, f"{source}:6: li4 comes twice")
    assert not list(stranger.iterdir())


def test_a_folder_that_cannot_be_written_to_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("VOICEGUIDE_DATA", str(tmp_path / "file"))
    assert_told(run("routine", "new", "mine", "--from", "hands"), CONTENT, "VOICEGUIDE_DATA")


# ── questions ──


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Answer]:
    """Type answers into a terminal, which is standard input."""
    pty = pytest.importorskip("pty", reason="there are no pseudo-terminals on Windows")
    keyboard, end = pty.openpty()
    with open(end, closefd=False) as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        yield lambda text: os.write(keyboard, text.encode())
    os.close(end)
    os.close(keyboard)


def test_on_a_terminal_everything_is_asked_for(run: Run, file: Path, answer: Answer) -> None:
    answer("lower-back\nMy back: slowly\nOtto\nTwice a day.\nb54 toe\n")
    done = run("routine", "new", "mine")
    assert (done.code, done.out.strip()) == (0, f"{file}: fine, the routine 'My back: slowly'.")
    made = load_routine(file)
    assert (made.by, made.note, made.exclude) == ("Otto", "Twice a day.", ("b54", "toe"))
    assert "b23" in done.err
    assert [name for name in SHIPPED_ROUTINES if not re.search(rf"^  {name}  ", done.err, re.MULTILINE)] == []


def test_enter_takes_what_is_offered(run: Run, file: Path, answer: Answer) -> None:
    answer("\n \n\n\n \n")
    assert run("routine", "new", "mine").code == 0
    made = load_routine(file)
    assert (made.title("en"), made.by, made.note, made.exclude) == ("Mine", "", "", ())
    assert "'lying-down'" in file.read_text(encoding="utf-8")


def test_what_options_say_is_offered(run: Run, file: Path, answer: Answer) -> None:
    answer("hands\n\n\n\n\n")
    assert (
        run("routine", "new", "mine", "--title", "A", "--by", "B", "--note", "C", "--exclude", "toe").code
        == 0
    )
    made = load_routine(file)
    assert (made.title("en"), made.by, made.note, made.exclude) == ("A", "B", "C", ("toe",))


def test_a_wrong_answer_is_told_and_asked_for_again(run: Run, file: Path, answer: Answer) -> None:
    answer("hnds\nhands\n\n\n\nli44\nli4\ntoe\n")
    done = run("routine", "new", "mine")
    assert done.code == 0
    assert re.findall(r"Error: (.*?):", done.err)[:2] == ["unknown routine 'hnds'", "unknown point 'li44'"]
    assert "leave in at least one point." in done.err
    assert load_routine(file).exclude == ("toe",)


def test_whoever_stops_half_way_leaves_nothing_behind(run: Run, stranger: Path, answer: Answer) -> None:
    answer("hands\n\x04")
    assert run("routine", "new", "mine").code == 130
    assert not list(stranger.iterdir())


# ── edit ──


@pytest.fixture
def edit(tmp_path: Path, run: Run) -> Edit:
    """Edit `mine` with an editor that puts one text in the place of another."""
    run("routine", "new", "mine", "--from", "hands")
    script = tmp_path / "editor.py"
    script.write_text(
        "import pathlib, sys\n"
        "file = pathlib.Path(sys.argv[3])\n"
        "text = file.read_text(encoding='utf-8')\n"
        "assert sys.argv[1] in text\n"
        "file.write_text(text.replace(*sys.argv[1:3]), encoding='utf-8')\n"
    )

    def edit_mine(old: str, new: str) -> Outcome:
        editor = shlex.join([sys.executable, str(script), old, new])
        done = subprocess.run(
            [sys.executable, "-m", "voiceguide", "routine", "edit", "mine"],
            env={**os.environ, "PYTHONPATH": str(ROOT), "EDITOR": editor, "VISUAL": ""},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    return edit_mine


def test_what_was_edited_is_checked(edit: Edit, file: Path) -> None:
    done = edit("Mine", "Ours")
    assert (done.code, done.out, done.err) == (0, f"{file}: fine, the routine 'Ours'.\n", "")


def test_every_fault_that_was_edited_in_is_told_with_its_line(edit: Edit, file: Path) -> None:
    done = edit("press: li4", "{press: li4, with: thumb}\n  - press: nosuch\n    rounds: 9")
    lines = file.read_text(encoding="utf-8").splitlines()
    assert (done.code, done.out) == (1, "")
    assert re.findall(r"^Error: (.*)$", done.err, re.MULTILINE) == [
        f"{file}:{len(lines) - 2}: unknown method 'thumb'",
        f"{file}:{len(lines)}: 9 is out of range",
    ]
    assert done.err.splitlines()[-1] == "To mend it: `voiceguide routine edit mine`"


def test_what_no_body_could_do_is_told_after_editing(edit: Edit, file: Path) -> None:
    done = edit("supine", "standing")
    assert done.code == 1
    assert re.search(rf"^Error: {re.escape(str(file))}:\d+: li4 by thumbs cannot be done standing", done.err)


@pytest.mark.parametrize("name", ["hands", str(SHIPPED / "routines" / "hands.yaml")])
def test_a_shipped_routine_is_not_edited(name: str, run: Run) -> None:
    hint = "`voiceguide routine new my-hands --from hands`"
    assert_told(run("routine", "edit", name), CONTENT, hint)


@pytest.mark.parametrize(
    ("name", "complaint"),
    [("hnds", "did you mean 'hands'?"), ("nosuch", "unknown routine 'nosuch'"), ("./nosuch.yaml", "no file")],
)
def test_what_is_not_there_is_not_edited(name: str, complaint: str, run: Run) -> None:
    assert_told(run("routine", "edit", name), USAGE, complaint)


@pytest.mark.parametrize("editor", ["nosuch-editor", "'", f"{shlex.quote(sys.executable)} -c 1/0"])
def test_without_an_editor_that_works_the_file_is_named(
    editor: str, run: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("routine", "new", "mine", "--from", "hands")
    monkeypatch.setenv("VISUAL", editor)
    done = run("routine", "edit", "mine")
    assert_told(done, CONTENT, "the editor did not work")
    assert done.err.endswith(f"{file}\n")
