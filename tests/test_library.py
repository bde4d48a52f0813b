"""The library: which file a name stands for, and what an author is told of a file that is wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from voiceguide import library
from voiceguide.errors import InvalidContent, UnknownName, UsageError, VoiceguideError
from voiceguide.library import (
    SHIPPED,
    all_content,
    find_content,
    find_routine,
    is_point,
    lines_of,
    load_language,
    load_point,
    load_points,
    load_routine,
    read,
    routine_names,
)

ROUTINE = "version: 1\nid: {}\nsteps:\n  - posture: supine\n  - press: li4\n"


def write(path: Path, text: str) -> Path:
    """Write a file, with its folder if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def as_it_is(data: object) -> object:
    """Parse nothing."""
    return data


# ── names ──


def test_a_name_stands_for_a_shipped_file() -> None:
    assert find_routine("hands") == SHIPPED / "routines" / "hands.yaml"


def test_a_routine_of_ones_own_stands_before_the_shipped_one(stranger: Path) -> None:
    own = write(stranger / "routines" / "hands.yaml", ROUTINE.format("hands"))
    assert find_routine("hands") == own


def test_a_routine_of_ones_own_is_listed_with_the_shipped_ones(stranger: Path) -> None:
    shipped = routine_names()
    write(stranger / "routines" / "my-evening.yaml", ROUTINE.format("my-evening"))
    assert routine_names() == sorted([*shipped, "my-evening"])


def test_a_point_of_ones_own_stands_before_the_shipped_one(stranger: Path) -> None:
    shipped = (SHIPPED / "points" / "li4.yaml").read_text(encoding="utf-8")
    write(stranger / "points" / "li4.yaml", shipped.replace("max: 15s", "max: 12s"))
    assert load_points()["li4"].methods["thumbs"].dose.largest == 12_000


def test_both_suffixes_are_read_and_yaml_comes_first(stranger: Path) -> None:
    short = write(stranger / "routines" / "short.yml", ROUTINE.format("short"))
    write(stranger / "routines" / "both.yml", ROUTINE.format("both"))
    both = write(stranger / "routines" / "both.yaml", ROUTINE.format("both"))
    assert (find_routine("short"), find_routine("both")) == (short, both)


@pytest.mark.parametrize("name", [".#hands.yaml", "._hands.yaml", ".yaml", "notes.txt", "hands.yaml~"])
def test_what_editors_and_file_managers_leave_is_no_routine(name: str, stranger: Path) -> None:
    shipped = routine_names()
    write(stranger / "routines" / name, "no YAML: [")
    assert routine_names() == shipped


def test_a_file_where_the_folder_of_ones_own_should_be_is_no_folder(stranger: Path) -> None:
    write(stranger / "routines", "")
    assert "hands" in routine_names()


@pytest.mark.parametrize("name", ["my.yaml", "my.YML", "./my", "somewhere/my"])
def test_what_looks_like_a_path_is_one(name: str) -> None:
    assert find_routine(name) == Path(name)


def test_an_unknown_routine_says_what_is_near_and_what_shows_all() -> None:
    with pytest.raises(UnknownName, match="unknown routine 'lowerback'") as caught:
        find_routine("lowerback")
    assert caught.value.hint == "did you mean 'lower-back'? `voiceguide list routines` shows all."


@pytest.mark.parametrize(("name", "kind"), [("hands", "routines"), ("li4", "points")])
def test_content_is_found_by_name_whatever_it_is(name: str, kind: str) -> None:
    assert find_content(name) == SHIPPED / kind / f"{name}.yaml"


def test_content_is_found_by_the_name_of_a_file_without_a_suffix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "draft", ROUTINE.format("draft"))
    monkeypatch.chdir(tmp_path)
    assert find_content("draft") == Path("draft")


def test_all_content_is_every_routine_and_every_point(stranger: Path) -> None:
    own = write(stranger / "routines" / "my-evening.yaml", ROUTINE.format("my-evening"))
    shipped = {path for kind in ("routines", "points") for path in (SHIPPED / kind).glob("*.yaml")}
    assert set(all_content()) == shipped | {own}


@pytest.mark.parametrize("path", all_content(), ids=lambda path: path.stem)
def test_every_shipped_file_is_what_it_seems_and_can_be_read(path: Path) -> None:
    assert is_point(path) == (path.parent.name == "points")
    assert (load_point if is_point(path) else load_routine)(path).id == path.stem


# ── what a file holds ──


def test_words_numbers_and_flags_are_told_apart_and_quotes_make_text(tmp_path: Path) -> None:
    text = "a: word\nb: 12\nc: -3\nd: true\ne: '12'\nf: 'true'\ng: yes\nh: 1.5\ni: [1, two]\n"
    file = write(tmp_path / "a.yaml", text)
    assert read(file, as_it_is) == {
        "a": "word",
        "b": 12,
        "c": -3,
        "d": True,
        "e": "12",
        "f": "true",
        "g": "yes",
        "h": "1.5",
        "i": [1, "two"],
    }


@pytest.mark.parametrize("nothing", ["", "~", "null", "Null", "NULL"])
def test_every_spelling_of_nothing_is_nothing(nothing: str, tmp_path: Path) -> None:
    assert read(write(tmp_path / "a.yaml", f"a: {nothing}\n"), as_it_is) == {"a": None}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_file_from_any_system_is_read_with_the_right_lines(newline: str, mark: str, tmp_path: Path) -> None:
    file = write(tmp_path / "a.yaml", mark + newline.join(["# first", "a: 1", "b:", "  - c", "  - d: 2", ""]))
    assert read(file, as_it_is) == {"a": 1, "b": ["c", {"d": 2}]}
    lines = lines_of(file)
    assert [lines[path] for path in [("a",), ("b",), ("b", 0), ("b", 1, "d")]] == [2, 3, 4, 5]


def problems_of(file: Path) -> list[tuple[str | None, str]]:
    """Return where and what is wrong with a routine."""
    with pytest.raises(InvalidContent) as caught:
        load_routine(file)
    return [(problem.where, problem.message) for problem in caught.value.problems]


def test_every_problem_is_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = "version: 2\nid: x\nid: y\nready: [bal_in_sock]\nsteps:\n  - press: li4\n    rounds: 9\n"
    file = write(tmp_path / "a.yaml", text)
    assert problems_of(file) == [
        (f"{file}:1", "2 is out of range"),
        (f"{file}:3", "'id' stands here twice"),
        (f"{file}:4", "unknown thing to have ready 'bal_in_sock'"),
        (f"{file}:7", "9 is out of range"),
    ]


def test_what_is_missing_is_told_where_its_mapping_begins(tmp_path: Path) -> None:
    file = write(tmp_path / "a.yaml", "# mine\n\nversion: 1\nsteps:\n  - posture: supine\n")
    assert problems_of(file) == [(f"{file}:3", "'id' is missing")]


def test_a_point_in_the_folder_is_called_as_its_file(tmp_path: Path, stranger: Path) -> None:
    text = (SHIPPED / "points" / "li4.yaml").read_text(encoding="utf-8")
    assert load_point(write(tmp_path / "li5.yaml", text)).id == "li4", "by its path it is found all the same"
    (stranger / "points").mkdir()
    file = write(stranger / "points" / "li5.yaml", text)
    with pytest.raises(InvalidContent, match="the id 'li4' is not the file's name") as caught:
        load_point(file)
    assert caught.value.where == f"{file}:2"
    assert caught.value.hint == "rename the file to 'li4.yaml', or change the id."


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("id: x\nsteps: []", False),
        ("step: []\nid: x", False),
        ("id: x\nmethods: {}", True),
        ("id: x\nmethod: {}\nzone: back", True),
        ("- a list", False),
    ],
)
def test_a_file_is_a_point_or_a_routine_by_most_of_its_keys(text: str, point: bool, tmp_path: Path) -> None:  # noqa: FBT001
    assert is_point(write(tmp_path / "a.yaml", text)) is point


@pytest.mark.parametrize("name", ["language", "phrases", "points", "lexicon"])
def test_a_file_of_a_language_is_neither_routine_nor_point(name: str) -> None:
    with pytest.raises(VoiceguideError, match="neither a routine nor a point"):
        is_point(SHIPPED / "languages" / "en" / f"{name}.yaml")


def test_a_file_that_is_not_there_says_which_one_is_near(tmp_path: Path) -> None:
    write(tmp_path / "my-evening.yaml", "")
    with pytest.raises(UsageError, match="there is no file") as caught:
        load_routine(tmp_path / "my-evenin.yaml")
    assert caught.value.hint == "did you mean 'my-evening.yaml'?"


# ── languages ──


@pytest.fixture
def other_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of another language, `xx`, with the words of English."""
    monkeypatch.setattr(library, "SHIPPED", tmp_path)
    folder = shutil.copytree(SHIPPED / "languages" / "en", tmp_path / "languages" / "xx")
    english = (folder / "language.yaml").read_text(encoding="utf-8")
    (folder / "language.yaml").write_text(english.replace("tag: en", "tag: xx"), encoding="utf-8")
    return folder


def test_an_unknown_language_says_what_shows_all() -> None:
    with pytest.raises(UnknownName, match="unknown language 'e'") as caught:
        load_language("e")
    assert "`voiceguide list languages` shows all." in (caught.value.hint or "")


@pytest.mark.parametrize("name", ["language", "phrases", "points", "lexicon"])
def test_a_language_without_one_of_its_files_is_told_by_its_name(name: str, other_words: Path) -> None:
    (other_words / f"{name}.yaml").unlink()
    with pytest.raises(VoiceguideError, match=f"the language 'xx' has no {name}.yaml") as caught:
        load_language("xx")
    assert (caught.value.exit_code, caught.value.where) == (1, str(other_words))


def test_a_fault_in_a_language_is_told_with_its_file_and_line(other_words: Path) -> None:
    file = other_words / "language.yaml"
    lines = [*file.read_text(encoding="utf-8").splitlines(), "colour: red", "tag: xx"]
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InvalidContent) as caught:
        load_language("xx")
    assert {(problem.where, problem.message) for problem in caught.value.problems} == {
        (f"{file}:{len(lines) - 1}", "unknown key 'colour'"),
        (f"{file}:{len(lines)}", "'tag' stands here twice"),
    }
