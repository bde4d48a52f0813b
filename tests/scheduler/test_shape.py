from __future__ import annotations

from typing import Any

import pytest

from voiceguide.scheduler.shape import Duration, Flag, OneOf, Problems, Record, Seq, Shape, Table, Text, Whole

FRUIT = Record(
    {
        "name": Text(),
        "kind": Text(("apple", "pear"), "fruit"),
        "ripe": Flag(),
        "after": Duration(),
        "n": Whole(1, 9),
    },
    defaults={"ripe": False, "after": 0, "n": 1},
)


def problems_of(shape: Shape, value: Any) -> list[tuple[tuple[str | int, ...], str]]:
    problems: Problems = []
    shape.read(value, (), problems)
    assert all(problem.hint for problem in problems)
    return [(problem.path, problem.message) for problem in problems]


def test_a_right_value_is_read_with_its_defaults() -> None:
    problems: Problems = []
    found = FRUIT.read({"name": "x", "kind": "pear", "after": "1m30s"}, (), problems)
    assert found == {"name": "x", "kind": "pear", "ripe": False, "after": 90_000, "n": 1}
    assert not problems


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("name", None, "'name' is empty"),
        ("name", "  ", "the text is empty"),
        ("name", 5, "'5' is not text"),
        ("name", ["a"], "a list is not text"),
        ("kind", "pair", "unknown fruit 'pair'"),
        ("ripe", "yes", "'yes' is neither true nor false"),
        ("after", 90, "'90' is a duration without a unit"),
        ("after", "90", "'90' is not a duration: write it with a unit, such as 90s, 2m or 1m30s"),
        ("after", "-5s", "'-5s' is not a duration: write it with a unit, such as 90s, 2m or 1m30s"),
        ("after", "0s", "'0s' is out of range"),
        ("after", "7h", "'7h' is out of range"),
        ("n", 0, "0 is out of range"),
        ("n", True, "'true' is not a whole number"),
        ("n", "two", "'two' is not a whole number"),
        ("colour", "red", "unknown key 'colour'"),
    ],
)
def test_a_wrong_value_is_named_with_its_path(key: str, value: Any, message: str) -> None:
    assert problems_of(FRUIT, {"name": "x", "kind": "pear", key: value}) == [((key,), message)]


def test_all_problems_are_found_at_once() -> None:
    found = problems_of(FRUIT, {"nam": "x", "kind": "pair", "n": 99})
    assert [message for _, message in found] == [
        "unknown key 'nam'",
        "'name' is missing",
        "unknown fruit 'pair'",
        "99 is out of range",
    ]


def test_a_near_miss_is_guessed() -> None:
    problems: Problems = []
    FRUIT.read({"nmae": "x", "kind": "pear"}, (), problems)
    assert problems[0].hint == "did you mean 'name'?"


@pytest.mark.parametrize("value", [[], "text", 5])
def test_what_is_not_a_mapping_is_said_so(value: Any) -> None:
    assert problems_of(FRUIT, value) == [((), "the file is not a mapping")]


def test_an_empty_file_is_said_so() -> None:
    assert problems_of(FRUIT, None) == [((), "the file is empty")]


def test_one_value_stands_for_a_list_of_one_only_where_it_may() -> None:
    problems: Problems = []
    assert Seq(Text(), single=True).read("a", (), problems) == ("a",)
    assert not problems
    assert problems_of(Seq(Text()), "a") == [((), "'a' is not a list")]


def test_a_list_too_short_is_said_so() -> None:
    assert problems_of(Seq(Text(), smallest=1), []) == [((), "the list is empty")]


def test_a_table_checks_keys_and_values() -> None:
    table = Table(Whole(1, 9), keys=Text(("a", "b"), "letter"))
    assert problems_of(table, {"a": 1, "c": 2, "b": 99}) == [
        (("c",), "unknown letter 'c'"),
        (("b",), "99 is out of range"),
    ]


def test_kinds_are_told_apart_by_their_key() -> None:
    kinds = OneOf({"walk": Record({"walk": Text()}), "rest": Record({"rest": Duration()})})
    assert problems_of(kinds, {"rest": "5s"}) == []
    assert problems_of(kinds, {"wlak": "far"}) == [(("wlak",), "unknown step 'wlak'")]
    assert problems_of(kinds, {"walk": "far", "rest": "5s"}) == [((), "walk and rest in one step")]
