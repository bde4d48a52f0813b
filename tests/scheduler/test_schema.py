"""An editor that holds to the schema says what the checker says, no less and no more."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from voiceguide.leaflet import LEAFLET
from voiceguide.library import SHIPPED, read
from voiceguide.scheduler.language import FILES
from voiceguide.scheduler.point import POINT
from voiceguide.scheduler.routine import ROUTINE
from voiceguide.scheduler.schema import make_schema
from voiceguide.scheduler.shape import Duration, Either, Problems, Record, Seq, Shape, Text

SHAPES: dict[str, Shape] = {"routines": ROUTINE, "points": POINT}
WORDS: dict[str, Shape] = {**FILES, "leaflet": LEAFLET}
CONTENT = sorted(path for kind in SHAPES for path in (SHIPPED / kind).glob("*.yaml"))
LANGUAGES = sorted((SHIPPED / "languages").glob("*/*.yaml"))


def plain(path: Path) -> Any:
    """Return what a file holds, as an editor sees it."""
    return read(path, lambda data: data)


def shape_of(path: Path) -> Shape:
    """Return the shape of a shipped file."""
    return SHAPES.get(path.parent.name) or WORDS[path.stem]


def passes_the_checker(shape: Shape, data: Any) -> bool:
    problems: Problems = []
    shape.read(data, (), problems)
    return not problems


def passes_the_schema(shape: Shape, data: Any) -> bool:
    return bool(Draft202012Validator(make_schema(shape, "")).is_valid(data))


@pytest.mark.parametrize("shape", [*SHAPES.values(), *WORDS.values()], ids=[*SHAPES, *WORDS])
def test_a_schema_is_one_by_the_rules_of_json_schema(shape: Shape) -> None:
    schema = make_schema(shape, "a title")
    Draft202012Validator.check_schema(schema)
    assert (schema["$schema"], schema["title"]) == (Draft202012Validator.META_SCHEMA["$id"], "a title")


@pytest.mark.parametrize("path", [*CONTENT, *LANGUAGES], ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_shipped_file_is_right_by_its_schema(path: Path) -> None:
    Draft202012Validator(make_schema(shape_of(path), "")).validate(plain(path))


def test_what_may_stand_there_is_offered_word_by_word() -> None:
    """An editor completes from `enum` and `properties`."""
    schema = make_schema(Record({"fruit": Text(("apple", "pear"), "fruit")}), "")
    assert schema["properties"]["fruit"]["enum"] == ["apple", "pear"]


# ── faults ──


def step(**keys: Any) -> dict[str, Any]:
    return {"version": 1, "id": "mine", "steps": [keys]}


def point(**keys: Any) -> dict[str, Any]:
    return {**plain(SHIPPED / "points" / "li4.yaml"), **keys}


def words(name: str, **keys: Any) -> dict[str, Any]:
    return {**plain(SHIPPED / "languages" / "en" / f"{name}.yaml"), **keys}


FAULTS: dict[str, tuple[Shape, Any]] = {
    "nothing": (ROUTINE, None),
    "a list": (ROUTINE, []),
    "a text": (ROUTINE, "hello"),
    "an unknown key": (ROUTINE, {**step(press="li4"), "colour": "red"}),
    "a missing key": (ROUTINE, {"version": 1, "id": "mine"}),
    "a version to come": (ROUTINE, {**step(press="li4"), "version": 2}),
    "a flag as a version": (ROUTINE, {**step(press="li4"), "version": True}),
    "an id with spaces": (ROUTINE, {**step(press="li4"), "id": "my evening"}),
    "an id with two hyphens": (ROUTINE, {**step(press="li4"), "id": "my--evening"}),
    "a number as a title": (ROUTINE, {**step(press="li4"), "title": {"en": 5}}),
    "a text for all languages": (ROUTINE, {**step(press="li4"), "title": "Mine"}),
    "a language without a name": (ROUTINE, {**step(press="li4"), "title": {" ": "Mine"}}),
    "a note of spaces": (ROUTINE, {**step(press="li4"), "note": " \n"}),
    "a null": (ROUTINE, {**step(press="li4"), "by": None}),
    "an unknown thing to have ready": (ROUTINE, {**step(press="li4"), "ready": ["bal_in_sock"]}),
    "no steps": (ROUTINE, {**step(press="li4"), "steps": []}),
    "a step as a text": (ROUTINE, {**step(press="li4"), "steps": ["supine"]}),
    "an empty step": (ROUTINE, step()),
    "an unknown step": (ROUTINE, step(presses="li4")),
    "two kinds in one step": (ROUTINE, step(posture="supine", press="li4")),
    "an unknown posture": (ROUTINE, step(posture="supin")),
    "nothing pressed": (ROUTINE, step(press=[])),
    "a number pressed": (ROUTINE, step(press=["li4", 5])),
    "an unknown method": (ROUTINE, step(press="li4", **{"with": "thumb"})),
    "a time without a unit": (ROUTINE, step(press="li4", dose=90)),
    "a time as a text without a unit": (ROUTINE, step(press="li4", dose="90")),
    "a time with another unit": (ROUTINE, step(press="li4", dose="2d")),
    "units in the wrong order": (ROUTINE, step(press="li4", dose="30s1m")),
    "a negative time": (ROUTINE, step(press="li4", dose="-5s")),
    "no time at all": (ROUTINE, step(press="li4", dose="0m0.0s")),
    "too many rounds": (ROUTINE, step(press="li4", rounds=6)),
    "no rounds": (ROUTINE, step(press="li4", rounds=0)),
    "rounds as a text": (ROUTINE, step(press="li4", rounds="twice")),
    "rounds as a flag": (ROUTINE, step(press="li4", rounds=True)),
    "a flag as a text": (ROUTINE, step(press="li4", together="yes")),
    "a flag as a number": (ROUTINE, step(press="li4", together=1)),
    "a key that is refused on purpose": (ROUTINE, step(press="li4", release="gradual")),
    "ice nowhere": (ROUTINE, step(ice=[])),
    "a posture in a group": (ROUTINE, step(group={"order": "each_side"}, steps=[{"posture": "supine"}])),
    "an unknown zone": (POINT, point(zone="hands")),
    "an unknown way to press": (POINT, point(methods={"thumb": {}})),
    "a way to press without a dose": (POINT, point(methods={"thumbs": {"action": "hold"}})),
    "one time for three": (POINT, point(methods={"thumbs": {"action": "hold", "dose": "10s"}})),
    "a source without its number": (POINT, point(sources=["S"])),
    "one zone in a list": (POINT, point(zone=["hand"])),
    "too few numbers": (FILES["language"], words("language", numbers=["zero", "one"])),
    "a unit without its plural": (FILES["lexicon"], words("lexicon", units={"s": {"one": "second"}})),
    "no lines": (FILES["phrases"], words("phrases", phrases={"open": {"safety": []}})),
    "a line that says nothing": (
        FILES["phrases"],
        words("phrases", phrases={"open": {"safety": {"gap": 1}}}),
    ),
    "a gap too large": (
        FILES["phrases"],
        words("phrases", phrases={"open": {"safety": [{"say": "Hello.", "gap": 21}]}}),
    ),
    "a point called with spaces": (FILES["points"], words("points", points={"li4 + li5": {}})),
}


@pytest.mark.parametrize(("shape", "data"), FAULTS.values(), ids=FAULTS)
def test_what_the_checker_refuses_the_schema_refuses(shape: Shape, data: Any) -> None:
    assert (passes_the_checker(shape, data), passes_the_schema(shape, data)) == (False, False)


@pytest.mark.parametrize(
    "time", ["90s", "2m", "1m30s", "1h", "0.7s", "0h0m1s", " 5s ", "0.001s", "000000010s", "6h", "360m"]
)
def test_every_way_to_write_a_time_is_right_by_the_schema(time: str) -> None:
    assert (passes_the_checker(Duration(), time), passes_the_schema(Duration(), time)) == (True, True)


@pytest.mark.parametrize("value", ["a", ["a"], ["a", "b"]])
def test_one_value_stands_for_a_list_of_one_only_where_it_may(value: Any) -> None:
    for single in (True, False):
        shape = Seq(Text(), single=single)
        assert passes_the_schema(shape, value) == passes_the_checker(shape, value)


@pytest.mark.parametrize("value", ["a", {"say": "a"}, {}, {"sya": "a"}, 5, ["a"]])
def test_a_short_form_and_a_long_one_are_both_right(value: Any) -> None:
    shape = Either(Text(), Record({"say": Text()}))
    assert passes_the_schema(shape, value) == passes_the_checker(shape, value)


def test_only_a_time_too_long_is_left_to_the_checker() -> None:
    assert (passes_the_checker(Duration(), "7h"), passes_the_schema(Duration(), "7h")) == (False, True)


def test_a_shape_without_a_schema_would_be_noticed() -> None:
    with pytest.raises(NotImplementedError, match="Shape has no schema"):
        make_schema(Shape(), "")


# ── faults nobody thought of ──

# No control characters: YAML has none, and the `$` of Python, unlike that of JSON Schema, overlooks a "\n".
TEXTS = st.text(st.characters(exclude_categories=["C"]), max_size=8)
# None of them is too long, which is the one thing that a schema does not say.
TIMES = st.from_regex(r"([0-4]h)?([0-9]{1,2}m)?([0-9]{1,2}(\.[0-9]{1,4})?s)?", fullmatch=True)
SCALARS = st.none() | st.booleans() | st.integers(-5, 105) | TEXTS | TIMES
KEYS = st.sampled_from(
    (
        "version id title summary by note ready exclude steps posture press with dose rounds repeats window "
        "massage together optional group order ice en min usual max action rest gear zone methods sources"
    ).split()
)
WORTH_TRYING = st.sampled_from(
    "li4 b23 sitting supine thumbs ball each_side there_and_back back arms hold roll hand".split()
)
VALUES = st.recursive(
    SCALARS | WORTH_TRYING,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | TEXTS, inner, max_size=3),
    max_leaves=6,
)


PLAIN = {path: plain(path) for path in CONTENT}


def places(data: Any) -> list[tuple[Any, Any]]:
    """Return every mapping and list in the data, with each key or index in it."""
    if not isinstance(data, dict | list):
        return []
    keys = list(data) if isinstance(data, dict) else list(range(len(data)))
    return [(data, key) for key in keys] + [place for key in keys for place in places(data[key])]


@st.composite
def changed_files(draw: st.DrawFn) -> tuple[Shape, Any]:
    """Return the shape of a shipped file, and its data with a thing or three deleted, replaced or renamed."""
    path = draw(st.sampled_from(CONTENT))
    data = copy.deepcopy(PLAIN[path])
    for _ in range(draw(st.integers(1, 3))):
        holder, key = draw(st.sampled_from(places(data)))
        way = draw(st.sampled_from(["delete", "replace", "rename"]))
        old = holder.pop(key)
        if way == "replace" and isinstance(holder, list):
            holder.insert(key, draw(VALUES))
        elif way == "replace":
            holder[key] = draw(VALUES)
        elif way == "rename" and isinstance(holder, dict):
            holder[draw(KEYS | TEXTS)] = old
    return shape_of(path), data


@settings(suppress_health_check=[HealthCheck.too_slow])  # to choose what is changed takes its time
@given(changed_files())
def test_whatever_is_changed_in_a_file_schema_and_checker_agree(changed: tuple[Shape, Any]) -> None:
    shape, data = changed
    assert passes_the_schema(shape, data) == passes_the_checker(shape, data)
