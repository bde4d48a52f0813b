"""A routine made from another: other values, and every other line as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.errors import VoiceguideError
from voiceguide.library import SHIPPED, lines_of, load_routine
from voiceguide.routine_text import Value, with_hints, with_values
from voiceguide.scheduler.routine import Routine

STEPS = "steps:\n  - posture: supine\n  - press: li4\n"
SHIPPED_ROUTINES = sorted((SHIPPED / "routines").glob("*.yaml"))
WORDS = st.text(st.characters(exclude_categories=["Cs"])).filter(str.strip)


def changed(text: str, folder: Path, **values: Value | None) -> str:
    """Return the text of a routine with other values."""
    file = folder / "mine.yaml"
    file.write_text(text, encoding="utf-8", newline="")
    load_routine(file)
    return with_values(text, lines_of(file), values)


def routine(text: str, folder: Path) -> Routine:
    """Return the routine that a text describes."""
    file = folder / "mine.yaml"
    file.write_text(text, encoding="utf-8", newline="")
    return load_routine(file)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for as many examples as there are."""
    return tmp_path_factory.mktemp("examples")


def test_what_is_changed_is_replaced_and_what_is_new_stands_in_its_usual_place(tmp_path: Path) -> None:
    text = (
        f"# first\nversion: 1\nid: mine  # me\n\n# then\ntitle: {{en: Old}}\nready: [chair]\n# last\n{STEPS}"
    )
    assert changed(text, tmp_path, title={"en": "New: one"}, by="Otto", exclude=("b54", "toe")) == (
        '# first\nversion: 1\nid: mine  # me\n\n# then\ntitle: {en: "New: one"}\nby: "Otto"\nready: [chair]\n'
        f"exclude: [b54, toe]\n# last\n{STEPS}"
    )


@pytest.mark.parametrize("nothing", [None, "", (), {}])
def test_what_becomes_nothing_goes_and_leaves_no_line(nothing: Value | None, tmp_path: Path) -> None:
    text = f"version: 1\nid: mine\nby: Otto\n{STEPS}"
    assert changed(text, tmp_path, by=nothing, note=nothing) == f"version: 1\nid: mine\n{STEPS}"


@pytest.mark.parametrize("path", SHIPPED_ROUTINES, ids=lambda path: path.stem)
def test_a_routine_that_is_changed_keeps_every_line_but_those(path: Path, folder: Path) -> None:
    text = path.read_text(encoding="utf-8").replace(f"id: {path.stem}\n", "id: mine\n")
    lines = changed(text, folder, note="Slowly.", title={"en": "Mine"}).splitlines()
    assert [line for line in lines if not line.startswith(("note", "title"))] == [
        line for line in text.splitlines() if not line.startswith(("note", "title"))
    ]


LAYOUTS = {
    "as usual": f"version: 1\nid: mine\nnote: old\n{STEPS}",
    "in another order": f"{STEPS}note: old\nid: mine\nversion: 1\n",
    "without an end of line": f"{STEPS}version: 1\nnote: old\nid: mine",
    "with a document's marks": f"%YAML 1.1\n---\nversion: 1\n{STEPS}note: old\nid: mine\n...\n",
    "a text over several lines": f"version: 1\nid: mine\nnote: >\n  # this\n\n  # too\n# not this\n{STEPS}",
    "a quoted text over several lines": f'version: 1\nid: mine\nnote: "old\n\n  id: is\n  "\n{STEPS}',
    "a list in lines": f"version: 1\nid: mine\nexclude:\n- b54\n# why\n- toe\n{STEPS}",
    "keys in quotes": f"'version': 1\n\"id\": mine\n\"note\" : 'old'\n{STEPS}",
    "tabs and spaces": f"version: 1 \t\nid:\tmine\nnote:   old  # why\n  \n{STEPS}",
    "unusual ends of line": f"version: 1\nid: mine # a\u2028note: old\u0085{STEPS}",
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("key", ["by", "note", "exclude", "title"])
def test_whatever_the_layout_one_value_changes_and_no_other(layout: str, key: str, tmp_path: Path) -> None:
    values: dict[str, Value] = {"exclude": ("li4",), "title": {"en": "New"}}
    before = routine(layout, tmp_path)
    after = routine(changed(layout, tmp_path, **{key: values.get(key, "New")}), tmp_path)
    named = {"title": "titles"}.get(key, key)
    assert getattr(after, named) == values.get(key, "New")
    for one in ("id", "titles", "by", "note", "exclude", "ready"):
        assert one == named or getattr(after, one) == getattr(before, one), one
    assert len(after.steps) == len(before.steps)


@pytest.mark.parametrize(
    "text",
    [
        "{version: 1, id: mine, steps: [press: li4]}\n",
        f"? version\n: 1\n? id\n: mine\n{STEPS}",
        "  version: 1\n  id: mine\n  steps: [press: li4]\n",
    ],
)
def test_a_layout_without_lines_of_their_own_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(VoiceguideError, match="does not begin a line of its own"):
        changed(text, tmp_path, by="Otto")


@given(words=WORDS)
def test_whatever_words_are_given_are_read_back(words: str, folder: Path) -> None:
    text = changed(f"version: 1\nid: mine\n{STEPS}", folder, title={"en": words}, by=words, note=words)
    found = routine(text, folder)
    assert (found.titles, found.by, found.note) == ({"en": words}, words, words)
    assert len(text.splitlines()) == 8


@pytest.mark.parametrize(
    "words", ["true", "null", "~", "12", "-3", "1.5", "no", "a: b", "# a", "- a", "é", "\x00\ufeff"]
)
def test_words_that_yaml_takes_for_something_else_are_read_back_as_words(words: str, tmp_path: Path) -> None:
    text = changed(f"version: 1\nid: mine\n{STEPS}", tmp_path, by=words)
    assert routine(text, tmp_path).by == words


def test_hints_stand_above_the_file_once_however_often_it_is_copied() -> None:
    text = f"# of my own\nversion: 1\nid: mine\n{STEPS}"
    once = with_hints(text, name="mine", source="hands")
    assert once.endswith(f"\n\n{text}")
    assert all(line.startswith("#") for line in once.removesuffix(text).splitlines() if line)
    assert "`voiceguide check mine`" in once
    twice = with_hints(once, name="other", source="mine")
    assert twice == with_hints(text, name="other", source="mine")
