"""What is read, not heard: `voiceguide about`, `voiceguide point`, and the words behind both."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from voiceguide.errors import InvalidContent, UnknownName, VoiceguideError
from voiceguide.leaflet import Leaflet, parse_leaflet
from voiceguide.leaflet_lines import LABELS
from voiceguide.library import SHIPPED, language_names, load_language, load_leaflet, load_points, read
from voiceguide.scheduler.visit import ICE_TIME

FILE = SHIPPED / "languages" / "en" / "leaflet.yaml"
TEN = ("b23", "b47", "b48", "b53", "b54", "g30", "li4", "lu6", "sole", "toe")
SHIPPED_POINTS = sorted(path.stem for path in (SHIPPED / "points").glob("*.yaml"))
NO_PROMISE = re.compile(
    r"\b(un)?(cur(e|es|ed|ing)|heal(s|ed|er|ing)?|guarantee\w*|saf(e|er|est|ely|ety))\b", re.IGNORECASE
)


@pytest.fixture
def leaflet() -> Leaflet:
    return load_leaflet("en")


def plain(text: str) -> str:
    """Return the text in one line, in lower case: where a line is broken says nothing."""
    return " ".join(text.split()).lower()


def document(run: Run, *words: str) -> Any:
    done = run(*words, "--json")
    assert (done.code, done.err) == (0, "")
    return json.loads(done.out)


def section(of: Any, name: str) -> str:
    """Return what stands in the section with an id, or nothing."""
    found = [one["text"] for one in of["sections"] if one["id"] == name]
    return plain(" ".join(found[0])) if found else ""


# ── the words ──


@pytest.mark.parametrize("tag", [tag for tag in language_names() if (SHIPPED / "languages" / tag).is_dir()])
def test_every_shipped_point_has_words_in_every_shipped_language(tag: str) -> None:
    assert set(SHIPPED_POINTS) <= set(load_leaflet(tag).points)


def test_the_ten_points_of_the_sources_have_words(leaflet: Leaflet) -> None:
    assert set(TEN) <= set(leaflet.points)


@pytest.mark.parametrize("name", SHIPPED_POINTS)
def test_whatever_the_facts_of_a_point_name_has_words(name: str, leaflet: Leaflet) -> None:
    point = load_points()[name]
    assert set(point.helps) <= set(leaflet.words["helps"])
    assert set(point.cautions) <= set(leaflet.words["cautions"])
    assert set(point.aftercare) <= set(leaflet.aftercare)
    assert set(point.methods) <= set(leaflet.methods)
    for method in point.methods.values():
        assert method.action in leaflet.words["actions"]
        assert set(method.postures) <= set(leaflet.words["postures"])
        assert set(method.gear) <= set(leaflet.words["gear"])


def test_nothing_is_worded_that_nothing_uses(leaflet: Leaflet) -> None:
    used = {one for point in load_points().values() for one in point.helps}
    assert set(leaflet.words["helps"]) == used


def test_nothing_promises_anything() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert NO_PROMISE.findall(text) == []
    assert NO_PROMISE.search("It is safely healed.")


def test_a_code_never_stands_alone(leaflet: Leaflet) -> None:
    """Four of the codes name other places today."""
    codes = {point.code: point.codes for point in load_points().values() if point.code}
    text = FILE.read_text(encoding="utf-8")
    named = list(re.finditer(r"\b[A-Z]{1,2}-\d+", text))
    assert named
    for code in named:
        assert text.startswith(codes[code[0]], code.start()), text[code.start() : code.end() + 40]
    others = {"BL47": "b47", "BL48": "b48", "BL53": "b53", "BL54": "b54"}
    for code_of_today, name in others.items():
        assert code_of_today in leaflet.points[name].codes


# ── about ──


NAMED = {
    "S1": ["a few days", "family doctor"],
    "S2": ["mechanical back pain only", "no treatment for cancer"],
    "S3": [
        *("osteomyelitis", "infection", "cancer", "osteoporosis", "fracture"),
        *("herniated disc", "kidney disease", "rheumatoid arthritis"),
    ],
    "S4": ["high fever", "weight that goes down fast", "bladder", "bowels", "lost its strength"],
    "S5": ["sprained joint", "irritated nerve", "strained muscle", "discs that wear"],
    "S6": ["not considered serious", "hurt a great deal"],
    "S7": ["may recommend anti-inflammatories", "for the doctor to say"],
    "S8": ["what you have", "what causes it", "which treatments"],
    "S9": ["no specialist for the spine", "orthopedist", "neurologist", "rheumatologist"],
    "S10": ["osteopath", "chiropractor", "physiotherapist", "massage therapist"],
    "S11": ["traditional chinese medicine", "acupuncturist", "costs more", "more capable hands", "uneasy"],
    "S12": ["perhaps pregnant", "foot massage"],
    "S13": ["three a week", "every other day", "two weeks"],
    "S14": ["not well established"],
    "S61": ["is thought to", "endorphins", "serotonin", "not a proof"],
    "S64": [
        *("examine your spine", "in your family", "what you eat", "how you live", "x-rays", "blood test"),
        *("bone scan", "mri", "ct", "ultrasound"),
    ],
    "X17": [
        *("both legs", "genitals", "cannot pee", "control of your bladder", "chest", "serious accident"),
        *("emergency number", "without your trying", "worse at night", "lump", "changed its shape"),
    ],
    "X18": ["gone up by two or more", "moved further down", "no more today"],
}


@pytest.mark.parametrize("fact", NAMED)
def test_about_names_what_a_fact_asks_for_where_it_says_that_it_does(fact: str, run: Run) -> None:
    text = plain(" ".join(" ".join(one["text"]) for one in document(run, "about") if fact in one["sources"]))
    assert [words for words in NAMED[fact] if words not in text] == []


def test_about_rests_on_all_it_has_to(run: Run) -> None:
    sources = {fact for one in document(run, "about") for fact in one["sources"]}
    assert {*(f"S{number}" for number in range(1, 12)), "S61", "S64", "X17", "X18"} <= sources


def test_about_begins_with_what_cannot_wait(run: Run) -> None:
    first, second, *_ = document(run, "about")
    assert (first["id"], second["id"]) == ("at-once", "doctor-soon")


def test_about_prints_every_heading_and_paragraph_in_lines_that_fit(run: Run) -> None:
    done = run("about")
    printed = plain(done.out)
    sections = document(run, "about")
    assert len({one["id"] for one in sections}) == len(sections)
    for one in sections:
        assert f"\n{one['title']}\n" in f"\n{done.out}"
        assert all(plain(paragraph) in printed for paragraph in one["text"])
    assert max(map(len, done.out.splitlines())) < 80
    assert done.out.isascii()


def test_about_recommends_no_medicine_by_name(run: Run) -> None:
    assert not re.search(r"aspirin|ibuprofen|paracetamol|naproxen|\bmg\b", run("about").out, re.IGNORECASE)


# ── point ──


@pytest.mark.parametrize("name", SHIPPED_POINTS)
def test_every_point_can_be_shown_and_its_codes_stand_together(name: str, run: Run) -> None:
    point = load_points()[name]
    done = run("point", name)
    assert (done.code, done.err) == (0, "")
    heading = done.out.splitlines()[0]
    assert heading.endswith(f": {point.codes}")
    assert point.code in heading
    assert f"{point.who_code} {point.who_name}" in heading
    assert max(map(len, done.out.splitlines())) < 80


@pytest.mark.parametrize("name", SHIPPED_POINTS)
def test_the_text_of_a_point_is_that_of_its_sections(name: str, run: Run) -> None:
    printed = plain(run("point", name).out)
    for one in document(run, "point", name)["sections"]:
        assert plain(one["title"]) in printed
        assert all(plain(line) in printed for line in one["text"])


@pytest.mark.parametrize("name", SHIPPED_POINTS)
def test_the_times_shown_are_those_of_the_facts(name: str, run: Run) -> None:
    language, found = load_language("en"), document(run, "point", name)
    for method in load_points()[name].methods.values():
        text = section(found, method.name)
        for three in filter(None, (method.dose, method.window, method.massage)):
            smallest, usual, largest = map(language.duration, (three.smallest, three.usual, three.largest))
            span = f"{smallest} to {largest}, usually {usual}."
            assert f": {usual}." in text if smallest == largest else span in text
        for count in (method.rounds, method.repeats):
            if count.largest > 1:
                low, usual, high = (
                    language.numbers[one] for one in (count.smallest, count.usual, count.largest)
                )
                assert f": {low} to {high}, usually {usual}." in text
        assert not method.rest or f"rest between them: {language.duration(method.rest)}." in text


def test_a_dose_that_somebody_changes_is_what_is_shown(stranger: Path, run: Run) -> None:
    own = stranger / "points" / "li4.yaml"
    own.parent.mkdir()
    shipped = (SHIPPED / "points" / "li4.yaml").read_text(encoding="utf-8")
    own.write_text(shipped.replace("max: 15s", "max: 12.5s"), encoding="utf-8")
    assert "ten seconds to 12.5 seconds, usually ten seconds." in plain(run("point", "li4").out)
    assert document(run, "point", "li4")["methods"][0]["dose"]["largest"] == 12.5


@pytest.mark.parametrize("name", SHIPPED_POINTS)
def test_a_point_says_what_it_is_meant_to_help_and_that_this_is_no_promise(name: str, run: Run) -> None:
    text, leaflet = section(document(run, "point", name), "helps"), load_leaflet("en")
    point = load_points()[name]
    for one in point.helps:
        assert leaflet.words["helps"][one].lower() in text
    assert point.helps or leaflet.labels["no_helps"].lower() in text
    assert "no promise" in text
    assert "away from the pain can ease it as well" in text


@pytest.mark.parametrize("name", SHIPPED_POINTS)
def test_every_caution_of_a_point_is_shown_and_to_let_go_when_it_is_sharp(name: str, run: Run) -> None:
    text = section(document(run, "point", name), "cautions")
    leaflet = load_leaflet("en")
    for caution in load_points()[name].cautions:
        assert leaflet.words["cautions"][caution].lower() in text
    assert "sharp, electric, shooting, numb or tingling: let go slowly" in text


@pytest.mark.parametrize("name", SHIPPED_POINTS)
def test_whoever_is_pregnant_is_told_at_every_point(name: str, run: Run) -> None:
    text = section(document(run, "point", name), "cautions")
    # LU-6 is the one that is left, and not without asking (X2).
    wanted = "midwife or doctor first" if name == "lu6" else "trying to be: leave this point out."
    assert "pregnant, perhaps pregnant" in text
    assert wanted in text


def test_what_is_iced_is_iced_as_long_as_in_a_session(run: Run) -> None:
    language = load_language("en")
    for name, zone in (("b23", "back"), ("b48", "back"), ("li4", "arms"), ("lu6", "arms")):
        text = section(document(run, "point", name), "aftercare")
        assert f"right away, for {language.duration(ICE_TIME[zone])}." in text
        assert "never put it on bare skin" in text
    assert "ice the place" not in section(document(run, "point", "toe"), "aftercare")
    assert "never put ice there" in section(document(run, "point", "b53"), "cautions")


@pytest.mark.parametrize(
    ("name", "where", "words"),
    [
        ("b23", "where", "two finger-widths"),
        ("b47", "where", "four finger-widths"),
        ("b48", "where", "dimples"),
        ("b48", "how", "towards the middle of your pelvis"),
        ("g30", "how", "towards the middle of the buttock"),
        ("g30", "cautions", "sciatic nerve"),
        ("g30", "differs", "nobody can promise you the spot"),
        ("li4", "where", "between thumb and first finger"),
        ("li4", "feel", "burning"),
        ("lu6", "where", "four finger-widths below the crease of the elbow"),
        ("lu6", "how", "the side of the body that hurts more"),
        ("toe", "where", "between the big toe and the second toe"),
        ("sole", "how", "wash your feet"),
        ("sole", "how", "peppermint"),
        ("sole", "thumbs", "massage first: two minutes to three minutes"),
        ("b54", "cautions", "feel a pulse"),
        ("b53", "how", "more lightly than anywhere else"),
        ("b53", "cautions", "bony knob"),
        ("b48", "ball", "never under the spine"),
        ("b23", "friend", "picture of the points"),
    ],
)
def test_a_point_says_what_only_holds_there(name: str, where: str, words: str, run: Run) -> None:
    assert words in section(document(run, "point", name), where)


def test_a_point_of_ones_own_is_shown_with_its_facts(stranger: Path, run: Run) -> None:
    own = stranger / "points" / "li11.yaml"
    own.parent.mkdir()
    own.write_text(
        "version: 1\nid: li11\nwho: {code: LI11, name: Quchi}\nlaterality: paired\njoins: [li12]\n"
        "methods:\n  thumbs: {action: hold, dose: {min: 20s, usual: 45s, max: 60s}, posture: sitting}\n"
        "zone: arm\naftercare: [ice]\ncautions: [thinners]\nhelps: [tennis_elbow]\n"
    )
    done = run("point", "li11")
    text = plain(done.out)
    assert (done.code, done.err, done.out.splitlines()[0]) == (0, "", "LI11 Quchi")
    assert "twenty seconds to one minute, usually forty-five seconds." in text
    assert "tennis elbow." in text
    assert "not until a doctor agrees" in text
    assert "pressed as one with li12." in text
    assert "no more words for this point" in text


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("li5", "did you mean 'li4'? `voiceguide list points` shows all."),
        ("hands", "`voiceguide list points` shows all."),
        ("LI-4", "'LI-4' is `voiceguide point li4` here: LI-4 (LI4 Hegu)."),
        ("BL53", "'BL53' is `voiceguide point b48` here: B-48 (BL53 Baohuang)."),
        ("lr3", "'lr3' is `voiceguide point toe` here: LR2/LR3 Xingjian/Taichong."),
        # The nearest id, b54, would be another place.
        ("bl54", "no point here has the WHO code BL54. `voiceguide list points` shows all."),
    ],
)
def test_a_point_that_is_not_there_is_told_with_a_way_on(typed: str, hint: str, run: Run) -> None:
    done = run("point", typed)
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines() == [f"Error: unknown point '{typed}'", f"Hint:  {hint}"]


# ── the file ──


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = FILE.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file = tmp_path / "leaflet.yaml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  thumbs:\n    title: With your thumbs\n", "  thumbs:\n", "'title' is missing"),
        ("  pulse: ", "  pulses: ", "unknown key 'pulses'"),
        (
            'gear: "You need: {gear}."',
            'gear: "You need a few things."',
            "the placeholders of 'You need a few",
        ),
        ('gear: "You need: {gear}."', 'gear: "You need: {things}."', "the placeholders of 'You need: {"),
        ('gear: "You need: {gear}."', 'gear: "You need: {gear."', "a brace is open in 'You need: {gear.'"),
        ("sources: [S10]", "sources: [10]", "is not text"),
    ],
)
def test_a_leaflet_that_is_wrong_is_refused_with_its_line(
    old: str, new: str, message: str, tmp_path: Path
) -> None:
    file = changed(tmp_path, old, new)
    with pytest.raises(InvalidContent) as caught:
        read(file, parse_leaflet)
    assert message in "\n".join(problem.message for problem in caught.value.problems)
    assert all(re.match(rf"{re.escape(str(file))}:\d+$", one.where or "") for one in caught.value.problems)


@pytest.mark.slow
def test_every_label_is_printed_by_some_point_or_plan_or_is_in_a_file(
    leaflet: Leaflet, run: Run, stranger: Path, tmp_path: Path
) -> None:
    """A label that nothing needs would be translated for nothing."""
    own = stranger / "points" / "li11.yaml"
    own.parent.mkdir()
    shipped = (SHIPPED / "points" / "li4.yaml").read_text(encoding="utf-8")
    own.write_text(shipped.replace("id: li4", "id: li11"), encoding="utf-8")
    printed = " ".join(run("point", name).out for name in load_points()) + leaflet.label("file_comment")
    routine = (SHIPPED / "routines" / "lying-down.yaml").read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(
        f"by: somebody\nexclude: [b48]\n{routine.replace('id: lying-down', 'id: mine')}", encoding="utf-8"
    )
    for name, *options in (
        ("lying-down", "--length", "40"),
        ("lying-down", "--skip", "b48", "--ice", "later"),
        (str(tmp_path / "mine.yaml"), "--ice", "full"),
    ):
        sound, plan = tmp_path / "session.wav", tmp_path / "plan.md"
        words = ("-o", str(sound), "--plan", str(plan), "--force", "--samplerate", "16000", "--voice", "tone")
        done = run("export", name, *options, *words)
        assert done.code == 0, done.err
        printed += done.err + plan.read_text(encoding="utf-8").replace("\\", "")
    sessions = tmp_path / "sessions"
    sessions.mkdir()
    for formats in ("wav", "html"):
        run(
            "export",
            "hands",
            "--into",
            str(sessions),
            "--as",
            formats,
            "--index",
            "--jobs",
            "1",
            "--voice",
            "tone",
        )
    printed += html.unescape((sessions / "index.html").read_text(encoding="utf-8"))
    printed = plain(printed)
    parts = {key: [plain(part) for part in re.split(r"\{\w+\}", leaflet.labels[key])] for key in LABELS}
    assert [key for key, words in parts.items() if not all(word in printed for word in words)] == []


def test_a_language_that_is_not_there_or_has_no_leaflet_is_told(stranger: Path) -> None:
    with pytest.raises(UnknownName):
        load_leaflet("nosuch")
    (stranger / "languages" / "de").mkdir(parents=True)
    with pytest.raises(VoiceguideError, match=r"the language 'de' has no leaflet\.yaml"):
        load_leaflet("de")


def test_a_leaflet_of_ones_own_stands_before_the_shipped_one(stranger: Path) -> None:
    own = stranger / "languages" / "en"
    own.mkdir(parents=True)
    changed(own, "title: The web of the thumb", "title: The thumb's web")
    assert load_leaflet("en").points["li4"].title == "The thumb's web"
