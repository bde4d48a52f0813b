"""mapping -> Point: what is pressed, in which ways, and how long. Facts only: the words are in a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from voiceguide.errors import InvalidContent, Problem
from voiceguide.scheduler.actions import ACTIONS
from voiceguide.scheduler.shape import Duration, Flag, Problems, Record, Seq, Table, Text, Whole
from voiceguide.units import Milliseconds

METHODS = ("thumbs", "fingers", "ball", "heel", "friend")
POSTURES = ("standing", "sitting", "supine", "prone", "on_side")
ZONES = ("back", "hips", "hand", "arm", "knee", "foot")
CAUTIONS = (
    "pregnancy",
    "thinners",
    "osteoporosis",
    "clots",
    "varicose_veins",
    "artificial_hip",
    "poor_circulation",
    "broken_skin",
    "pulse",
    "never_on_spine",
)
WARNINGS = ("broken_skin", "pulse", "never_on_spine")
"""Cautions that are spoken, about a spot or a moment: they leave nothing out."""
ID = r"[a-z0-9]+(-[a-z0-9]+)*"


@dataclass(frozen=True, slots=True)
class Dose:
    """How long a point is pressed on one side."""

    smallest: Milliseconds
    """Milliseconds; the smallest dose a source names."""
    usual: Milliseconds
    """Milliseconds."""
    largest: Milliseconds
    """Milliseconds; never more."""


@dataclass(frozen=True, slots=True)
class Count:
    """How often."""

    smallest: int
    """Times."""
    usual: int
    """Times."""
    largest: int
    """Times."""


@dataclass(frozen=True, slots=True)
class Method:
    """One way to press a point."""

    name: str
    """One of `METHODS`."""
    action: str
    """The dosed action: `hold`, `roll` or `massage`."""
    dose: Dose
    """Of one press."""
    rounds: Count
    """How often press, dose and release are gone through in place."""
    repeats: Count
    """How often the hold comes back in one round, with `rest` between; 1 for most points."""
    rest: Milliseconds
    """Milliseconds between repeats, to the millisecond; 0 where nothing repeats."""
    press_in: Milliseconds
    """Milliseconds in which the pressure builds, after the words; 0 for the usual."""
    together: bool
    """True if both sides are pressed at once."""
    postures: tuple[str, ...]
    """Where the body may be, the best first."""


@dataclass(frozen=True, slots=True)
class Point:
    """One place on the body."""

    id: str
    """The lower-case code of the source documents."""
    code: str
    """The code as the source documents print it; empty where they print none."""
    who_code: str
    """The code of the WHO standard, which numbers some points otherwise."""
    who_name: str
    """Its name there."""
    nickname: str
    """What the source documents call it; empty where they have no name."""
    laterality: str
    """`paired` or `midline`."""
    joins: tuple[str, ...]
    """Ids of points that may be pressed with it as one."""
    methods: Mapping[str, Method]
    """By name, the usual one first."""
    release: str
    """`gradual`, or `at_once` where no source asks for more (S29: LI-4 alone)."""
    zone: str
    """Part of the body: one of `ZONES`."""
    prepare: tuple[str, ...]
    """What is done before it."""
    aftercare: tuple[str, ...]
    """What follows it: `ice`, `notice`, `foot_bath`."""
    cautions: tuple[str, ...]
    """Conditions under which it is left out, and warnings that come with it."""
    helps: tuple[str, ...]
    """What the sources say it is meant to help. Never a promise."""
    sources: tuple[str, ...]
    """Numbers of the facts it rests on."""

    @property
    def codes(self) -> str:
        """The source documents' code with the WHO code and name, which uses four of the codes elsewhere."""
        who = f"{self.who_code} {self.who_name}"
        return f"{self.code} ({who})" if self.code else who


def _three(shape: Any) -> Record:
    return Record({"min": shape, "usual": shape, "max": shape})


_ONCE = {"min": 1, "usual": 1, "max": 1}
_METHOD = Record(
    {
        "action": Text(tuple(name for name, action in ACTIONS.items() if action.dosed), "action"),
        "dose": _three(Duration()),
        "rounds": _three(Whole(1, 5)),
        "repeats": _three(Whole(1, 10)),
        "rest": Duration(),
        "press_in": Duration(),
        "together": Flag(),
        "posture": Seq(Text(POSTURES, "posture"), single=True, smallest=1),
    },
    defaults={"rounds": _ONCE, "repeats": _ONCE, "rest": 0, "press_in": 0, "together": False},
)
POINT = Record(
    {
        "version": Whole(1, 1),
        "id": Text(pattern=ID, noun="point id"),
        "code": Text(),
        "who": Record({"code": Text(), "name": Text()}),
        "nickname": Text(),
        "laterality": Text(("paired", "midline"), "laterality"),
        "joins": Seq(Text(pattern=ID, noun="point id")),
        "methods": Table(_METHOD, keys=Text(METHODS, "method")),
        "release": Text(("gradual", "at_once"), "release"),
        "zone": Text(ZONES, "zone"),
        "prepare": Seq(Text()),
        "aftercare": Seq(Text(("ice", "notice", "foot_bath"), "aftercare")),
        "cautions": Seq(Text(CAUTIONS, "caution")),
        "helps": Seq(Text()),
        "sources": Seq(Text(pattern=r"[SX]\d{1,2}", noun="source number such as S17")),
    },
    defaults={
        "code": "",
        "nickname": "",
        "joins": (),
        "release": "gradual",
        "prepare": (),
        "aftercare": (),
        "cautions": (),
        "helps": (),
        "sources": (),
    },
)


def parse_point(mapping: object) -> Point:
    """Return the point a mapping describes.

    Raises
    ------
    InvalidContent
        With every problem at once.
    """
    problems: Problems = []
    found = POINT.read(mapping, (), problems)
    if found and not problems:
        for name, method in found["methods"].items():
            _check_method(method, ("methods", name), problems)
        if not found["methods"]:
            problems.append(Problem(("methods",), "there is no method", hint="add 'thumbs: …'."))
    if problems:
        raise InvalidContent(problems)
    return Point(
        id=found["id"],
        code=found["code"],
        who_code=found["who"]["code"],
        who_name=found["who"]["name"],
        nickname=found["nickname"],
        laterality=found["laterality"],
        joins=found["joins"],
        methods={name: _method(name, method) for name, method in found["methods"].items()},
        release=found["release"],
        zone=found["zone"],
        prepare=found["prepare"],
        aftercare=found["aftercare"],
        cautions=found["cautions"],
        helps=found["helps"],
        sources=found["sources"],
    )


def _check_method(method: Mapping[str, Any], path: tuple[str, ...], problems: Problems) -> None:
    for key in ("dose", "rounds", "repeats"):
        three = method[key]
        if not three["min"] <= three["usual"] <= three["max"]:
            problems.append(
                Problem(
                    (*path, key), f"'{key}' is not in order", hint="min, then usual, then max, none smaller."
                )
            )
    if method["repeats"]["max"] > 1 and not method["rest"]:
        problems.append(Problem(path, "'rest' is missing", hint="say how long it rests between repeats."))


def _method(name: str, found: Mapping[str, Any]) -> Method:
    return Method(
        name=name,
        action=found["action"],
        dose=Dose(found["dose"]["min"], found["dose"]["usual"], found["dose"]["max"]),
        rounds=Count(found["rounds"]["min"], found["rounds"]["usual"], found["rounds"]["max"]),
        repeats=Count(found["repeats"]["min"], found["repeats"]["usual"], found["repeats"]["max"]),
        rest=found["rest"],
        press_in=found["press_in"],
        together=found["together"],
        postures=found["posture"],
    )
