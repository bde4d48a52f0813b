"""Words of one's own: what is laid over what, how a fault in them is told, and what `check` says of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import Run
from voiceguide.errors import InvalidContent, UnknownName, VoiceguideError
from voiceguide.library import SHIPPED, language_files, language_names, load_language
from voiceguide.scheduler.language import FILES

ENGLISH = SHIPPED / "languages" / "en"
ROUTINE = "version: 1\nid: mine\nsteps:\n  - posture: supine\n  - press: {}\n"
PALM = """version: 1
points:
  palm:
    part: {left: left palm, right: right palm, both: palms}
    three: the {side} palm
    methods:
      thumbs: {place: Find the palm., press: Press., release: Let go.}
"""


def write(path: Path, text: str) -> Path:
    """Write a file, with its folder if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def mine(stranger: Path) -> Path:
    """The folder for English words of one's own; not there yet."""
    return stranger / "languages" / "en"


@pytest.fixture
def dutch(stranger: Path) -> Path:
    """The folder of a language of one's own, `nl`, with the words of English."""
    folder = Path(shutil.copytree(ENGLISH, stranger / "languages" / "nl"))
    english = (folder / "language.yaml").read_text(encoding="utf-8")
    write(folder / "language.yaml", english.replace("tag: en", "tag: nl").replace("English", "Nederlands"))
    return folder


def faults(tag: str = "en") -> list[tuple[str | None, str]]:
    """Return where and what is wrong with a language."""
    with pytest.raises(InvalidContent) as caught:
        load_language(tag)
    return [(problem.where, problem.message) for problem in caught.value.problems]


# ── what is laid over what ──


def test_a_point_of_ones_own_stands_beside_the_shipped_ones(mine: Path) -> None:
    shipped = load_language("en").points
    write(mine / "points.yaml", PALM)
    points = load_language("en").points
    assert points.keys() == {*shipped, "palm"}
    assert points["palm"].methods["thumbs"]["press"][0].say == "Press."
    assert {entry: points[entry] for entry in shipped} == dict(shipped)


def test_one_more_method_stands_beside_those_of_the_point(mine: Path) -> None:
    shipped = load_language("en").point("li4")
    method = "{place: Here., press: Press., release: {say: Go., required: true}}"
    write(mine / "points.yaml", f"points: {{li4: {{methods: {{heel: {method}}}}}}}\n")
    words = load_language("en").point("li4")
    assert words.methods.keys() == {*shipped.methods, "heel"}
    assert (words.part, words.three) == (shipped.part, shipped.three)
    assert words.methods["thumbs"] == shipped.methods["thumbs"]


def test_the_lines_of_one_moment_are_replaced_together_and_all_others_stay(mine: Path) -> None:
    shipped = load_language("en").method("li4", "thumbs")
    write(mine / "points.yaml", "points:\n  li4:\n    methods:\n      thumbs: {hold: Quiet.}\n")
    lines = load_language("en").method("li4", "thumbs")
    assert [line.say for line in lines["hold"]] == ["Quiet."]
    assert len(shipped["hold"]) > 1
    assert {moment: lines[moment] for moment in lines if moment != "hold"} == {
        moment: shipped[moment] for moment in shipped if moment != "hold"
    }


def test_a_part_of_the_body_can_be_renamed_on_its_own(mine: Path) -> None:
    write(mine / "points.yaml", "points: {li4: {part: {both: both webs}}}\n")
    assert load_language("en").point("li4").part == {
        "left": "left hand",
        "right": "right hand",
        "both": "both webs",
    }


def test_a_phrase_is_replaced_by_its_section_and_key(mine: Path) -> None:
    shipped = load_language("en").phrases
    write(mine / "phrases.yaml", "phrases: {chapter: {end: The end}}\n")
    phrases = load_language("en").phrases
    assert phrases.keys() == shipped.keys()
    assert {key for key in shipped if phrases[key] != shipped[key]} == {"chapter.end"}
    assert phrases["chapter.end"][0].say == "The end"


@pytest.mark.parametrize(("text", "key"), [("repeet: {again: X.}", "repeet"), ("repeat: {agen: X.}", "agen")])
def test_a_phrase_that_is_never_said_is_a_fault(mine: Path, text: str, key: str) -> None:
    write(mine / "phrases.yaml", f"phrases: {{{text}}}\n")
    with pytest.raises(InvalidContent, match=f"nothing is ever said under '{key}'") as caught:
        load_language("en")
    assert "did you mean" in str(caught.value.hint)


def test_a_line_in_braces_takes_nothing_from_the_line_it_replaces(mine: Path) -> None:
    write(mine / "points.yaml", "points: {li4: {methods: {thumbs: {release: {say: Go., required: true}}}}}\n")
    (line,) = load_language("en").method("li4", "thumbs")["release"]
    assert (line.say, line.required, line.gap) == ("Go.", True, 1)


def test_the_lexicon_takes_single_entries(mine: Path) -> None:
    write(mine / "lexicon.yaml", "words: {belly: bell ee}\ncodes: {LI4: large four}\n")
    lexicon = load_language("en").lexicon
    assert lexicon.respell("belly, qi, LI4, LU6, 10 s") == "bell ee, chee, large four, L U six, 10 seconds"


def test_a_file_of_a_language_need_not_be_whole(mine: Path) -> None:
    shipped = load_language("en")
    write(mine / "language.yaml", "name: My English\nunits: {time: {one: one time}}\n")
    language = load_language("en")
    assert (language.name, language.numbers) == ("My English", shipped.numbers)
    assert [language.count("time", number) for number in (1, 2)] == ["one time", "two times"]


def test_what_was_loaded_before_a_file_changed_is_not_given_again(mine: Path) -> None:
    for name in ("One", "Two"):
        write(mine / "language.yaml", f"name: {name}\n")
        assert load_language("en").name == name
    shutil.rmtree(mine)
    assert load_language("en").name == "English"


def test_of_a_file_with_both_suffixes_yaml_is_read(mine: Path) -> None:
    write(mine / "language.yml", "name: short\n")
    assert load_language("en").name == "short"
    write(mine / "language.yaml", "name: long\n")
    assert load_language("en").name == "long"


# ── a language of one's own ──


def test_a_language_of_ones_own_is_a_language(dutch: Path) -> None:
    assert language_names() == ["en", "nl"]
    assert {file.parent for file in language_files("nl")} == {dutch}
    language = load_language("nl")
    assert (language.tag, language.name) == ("nl", "Nederlands")
    assert language.points == load_language("en").points


def test_what_editors_and_file_managers_leave_is_no_language(stranger: Path) -> None:
    write(stranger / "languages" / ".git" / "config", "")
    write(stranger / "languages" / "notes.txt", "")
    assert language_names() == ["en"]


def test_a_tag_that_leads_out_of_the_folder_is_unknown(stranger: Path) -> None:
    shutil.copytree(ENGLISH, stranger / "xx")
    with pytest.raises(UnknownName):
        load_language("../xx")


@pytest.mark.parametrize("name", FILES)
def test_a_language_of_ones_own_needs_every_file(name: str, dutch: Path) -> None:
    (dutch / f"{name}.yaml").unlink()
    with pytest.raises(VoiceguideError, match=rf"the language 'nl' has no {name}\.yaml$") as caught:
        load_language("nl")
    assert caught.value.where == str(dutch)
    assert str(ENGLISH) in (caught.value.hint or "")


def test_all_files_that_are_missing_are_named_at_once(stranger: Path) -> None:
    write(stranger / "languages" / "nl" / "points.yaml", PALM)
    with pytest.raises(VoiceguideError, match=r"has no language\.yaml, phrases\.yaml, lexicon\.yaml$"):
        load_language("nl")


# ── faults ──


def test_faults_are_told_in_the_file_and_line_where_they_stand(mine: Path) -> None:
    points = write(mine / "points.yaml", f"# mine\n{PALM}  li4:\n    methods:\n      thumbs: {{plaice: x}}\n")
    phrases = write(
        mine / "phrases.yaml", "phrases:\n  open:\n    total: {say: '{minuts}', required: true}\n"
    )
    assert faults() == [
        (f"{phrases}:3", "unknown placeholder '{minuts}'"),
        (f"{points}:11", "unknown key 'plaice'"),
    ]


def test_a_moment_that_a_new_method_lacks_is_told_where_the_method_stands(mine: Path) -> None:
    file = write(mine / "points.yaml", "points:\n  li4:\n    methods:\n      heel: {place: x, press: x}\n")
    assert faults() == [(f"{file}:4", "'release' is missing")]


@pytest.mark.parametrize(
    ("text", "line", "complaint"),
    [
        ("name: A\nname: B\n", 2, "'name' stands here twice"),
        ("version: 1\nname:\n", 2, "'name' is empty"),
        ("version: 2\n", 1, "2 is out of range"),
        ("colour: red\n", 1, "unknown key 'colour'"),
        ("- name\n", 1, "'language' is not a mapping"),
        ("units: none\n", 1, "'units' is not a mapping"),
        ("tag: nl\n", 1, "the tag 'nl' is not the folder's name"),
    ],
)
def test_every_rule_holds_for_words_of_ones_own(text: str, line: int, complaint: str, mine: Path) -> None:
    file = write(mine / "language.yaml", text)
    assert faults() == [(f"{file}:{line}", complaint)]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("name: &a B\n", "anchors and aliases are not used here"),
        ("name: [\n", "not valid YAML"),
        ("", "the file is empty"),
        ("# nothing yet\n", "the file is empty"),
    ],
)
def test_a_file_of_words_that_cannot_be_read_is_told_by_its_name(
    text: str, complaint: str, mine: Path
) -> None:
    file = write(mine / "language.yaml", text)
    with pytest.raises(VoiceguideError, match=complaint) as caught:
        load_language("en")
    assert (caught.value.where or "").startswith(str(file))


@pytest.mark.parametrize("lines", ["Have fun.", "[Have fun.]", "{say: Have fun., required: false}"])
def test_what_must_be_heard_cannot_become_such_as_may_be_dropped(lines: str, mine: Path) -> None:
    file = write(mine / "phrases.yaml", f"phrases:\n  open:\n    safety: {lines}\n")
    assert faults() == [(f"{file}:3", "'safety' has a line that must be heard, and here none must")]


# ── what the commands make of it ──


def test_a_routine_presses_a_point_of_ones_own_with_words_of_ones_own(stranger: Path, run: Run) -> None:
    li4 = (SHIPPED / "points" / "li4.yaml").read_text(encoding="utf-8")
    write(stranger / "points" / "palm.yaml", li4.replace("id: li4", "id: palm"))
    write(stranger / "languages" / "en" / "points.yaml", PALM)
    write(stranger / "routines" / "mine.yaml", ROUTINE.format("palm"))
    checked = run("check", "palm", "mine")
    assert (checked.code, checked.err, checked.out.count(": fine, ")) == (0, "", 2)
    shown = run("show", "mine", "--voice", "tone")
    assert (shown.code, "Find the palm." in shown.out) == (0, True)
    listed = {row["id"]: row for row in json.loads(run("list", "points", "--json").out)}
    assert listed["palm"]["title"] == "palms"
    assert run("point", "palm").code == 0


def test_a_point_that_has_no_code_is_called_by_its_id(stranger: Path, run: Run) -> None:
    lines = (SHIPPED / "points" / "li4.yaml").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(("code:", "who:"))]
    write(stranger / "points" / "palm.yaml", "\n".join(kept).replace("id: li4", "id: palm"))
    assert run("check", "palm").out == "palm: fine, the point palm with thumbs.\n"
    described = run("point", "palm")
    assert (described.code, "WHO" in described.out) == (0, False)


def test_a_fault_in_words_of_ones_own_is_told_once_however_many_routines_it_harms(
    mine: Path, run: Run
) -> None:
    file = write(mine / "points.yaml", "points: {li4: {colour: x}}\n")
    for words in (["check"], ["check", str(mine), "hands"], ["show", "hands", "--voice", "tone"]):
        done = run(*words)
        assert done.code == 1
        assert [line for line in done.err.splitlines() if line.startswith("Error: ")] == [
            f"Error: {file}:1: unknown key 'colour'"
        ]


@pytest.mark.parametrize("name", ["", "points.yaml"])
def test_check_takes_words_by_their_folder_or_file(name: str, mine: Path, dutch: Path, run: Run) -> None:
    write(mine / "points.yaml", PALM)
    done = run("check", str(mine / name), str(dutch / name), str(ENGLISH / name))
    assert (done.code, done.out.splitlines()) == (
        0,
        [
            f"{mine / name}: fine, the language English with your own points.yaml.",
            f"{dutch / name}: fine, the language Nederlands.",
            f"{ENGLISH / name}: fine, the language English with your own points.yaml.",
        ],
    )


def test_check_notes_words_that_nobody_hears(mine: Path, run: Run) -> None:
    write(mine / "points.yaml", PALM)
    write(mine / "point.yaml", PALM)
    done = run("check", str(mine))
    assert (done.code, done.err.splitlines()) == (
        0,
        [
            f"Note: {mine}: nothing reads point.yaml: did you mean 'points'?",
            f"Note: {mine}: it has words for 'palm', and there is no such point.",
        ],
    )


def test_check_notes_points_that_another_language_has_no_words_for(
    stranger: Path, dutch: Path, run: Run
) -> None:
    li4 = (SHIPPED / "points" / "li4.yaml").read_text(encoding="utf-8")
    write(stranger / "points" / "palm.yaml", li4.replace("id: li4", "id: palm"))
    assert run("check", str(dutch)).err == f"Note: {dutch}: it has no words for palm yet.\n"


def test_every_language_is_listed_with_its_folders(mine: Path, dutch: Path, run: Run) -> None:
    write(mine / "points.yaml", PALM)
    assert json.loads(run("list", "languages", "--json").out) == [
        {"id": "en", "title": "English", "folders": [str(ENGLISH), str(mine)]},
        {"id": "nl", "title": "Nederlands", "folders": [str(dutch)]},
    ]


def test_a_language_that_is_wrong_keeps_nobody_from_the_others(dutch: Path, run: Run) -> None:
    (dutch / "points.yaml").unlink()
    done = run("list", "languages")
    assert (done.code, done.out.startswith("en  English")) == (0, True)
    assert f"Error: {dutch}: the language 'nl' has no points.yaml" in done.err


def test_the_folders_are_listed(stranger: Path, run: Run) -> None:
    assert run("list", "folders", "--plain").out.splitlines() == [f"own: {stranger}", f"shipped: {SHIPPED}"]
