"""mapping -> Point: what is pressed, in which ways, and how long. Facts only: the words are in a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from voiceguide.errors import InvalidContent, Problem
from voiceguide.scheduler.actions import LONG_REST
from voiceguide.scheduler.shape import Duration, Flag, Problems, Record, Seq, Table, Text, Whole
from voiceguide.units import SECOND, Milliseconds, in_seconds

METHODS = ("thumbs", "fingers", "ball", "heel", "friend")
POSTURES = ("standing", "sitting", "supine", "prone", "on_side")
ZONES = ("back", "hips", "hand", "arm", "knee", "foot")
CONDITIONS = (
    "serious_cause",
    "at_risk",
    "herniated_disc",
    "pregnancy",
    "thinners",
    "osteoporosis",
    "clots",
    "varicose_veins",
    "artificial_hip",
    "numbness",
    "poor_circulation",
)
"""Cautions for some people (X2 to X7, S2, S3): for them, what has the caution is left out."""
WARNINGS = ("broken_skin", "pulse", "nerve", "never_on_spine")
"""Cautions that are spoken, about a spot or a moment: they leave nothing out."""
CAUTIONS = (*CONDITIONS, *WARNINGS)
AT_EVERY_POINT = ("serious_cause", "at_risk")
"""Conditions that forbid all of it: asked for once, and not told anew at each place."""
NO_COLD = ("numbness", "poor_circulation")
"""Conditions of whoever gets neither ice nor a foot bath: they would not feel when it is too much (X7)."""
GEAR = (
    "helper",
    "chair",
    "clean_feet",
    "lotion",
    "ball_in_sock",
    "two_pillows",
    "rolled_towel",
    "cold_pack",
    "thin_towel",
)
"""What a person may be asked to have ready, in the order in which it is asked for."""
POSTURE_GEAR = {"prone": ("two_pillows",), "on_side": ("two_pillows",)}
"""What a posture asks for, whatever is done in it."""
AFTERCARE = ("ice", "notice", "foot_bath")
VIEWS = ("back", "buttocks", "hands", "forearms", "knees", "feet", "soles")
"""Parts of the body of which there is a picture, from one direction each."""
WIDEST, HIGHEST = 180, 400
"""Of half a view, from its middle outwards, and of all of it: as many pixels on a small phone."""
SOURCE = Text(pattern=r"[SX][0-9]{1,2}", noun="source number such as S17")
"""A number of the fact base."""
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
    """The dosed action: `hold` or `roll`."""
    dose: Dose
    """Of one press."""
    rounds: Count
    """How often press, dose and release are gone through in place."""
    repeats: Count
    """How often the hold comes back in one round, with `rest` between; 1 for most points."""
    rest: Milliseconds
    """Milliseconds between repeats, to the millisecond; 0 where nothing repeats, or a window spreads them."""
    window: Dose | None
    """From the start of the first hold to the end of the last, the repeats spread evenly; None for most."""
    massage: Dose | None
    """A massage of the place before it is looked for; None for most."""
    press_in: Milliseconds
    """Milliseconds in which the pressure builds, after the words; 0 for the usual."""
    together: bool
    """True if both sides are pressed at once."""
    gear: tuple[str, ...]
    """What it cannot be done without: ids of `GEAR`."""
    postures: tuple[str, ...]
    """Where the body may be, the best first."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a point lies on a view of the body; one that is paired lies on the other side as well."""

    view: str
    """One of `VIEWS`."""
    across: int
    """From the middle outwards, 0 to `WIDEST`."""
    down: int
    """From the top, 0 to `HIGHEST`."""


@dataclass(frozen=True, slots=True)
class Point:
    """One place on the body."""

    id: str
    """The lower-case code of the source documents."""
    code: str
    """The code as the source documents print it; empty where they print none."""
    who_code: str
    """The code of the WHO standard, which numbers some points otherwise; empty for one it does not have."""
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
    aftercare: tuple[str, ...]
    """What follows it: `ice`, `notice`, `foot_bath`."""
    cautions: tuple[str, ...]
    """Conditions under which it is left out, and warnings that come with it."""
    picture: Mark | None
    """Where it is in a picture; None if there is none."""
    helps: tuple[str, ...]
    """What the sources say it is meant to help. Never a promise."""
    sources: tuple[str, ...]
    """Numbers of the facts it rests on."""

    @property
    def codes(self) -> str:
        """The source documents' code with the WHO code and name, which uses four of the codes elsewhere.

        The id, for a point that has neither.
        """
        who = f"{self.who_code} {self.who_name}".strip()
        return f"{self.code} ({who})" if self.code else who or self.id


def _three(shape: Any) -> Record:
    return Record({"min": shape, "usual": shape, "max": shape})


_ONCE = {"min": 1, "usual": 1, "max": 1}
_METHOD = Record(
    {
        "action": Text(("hold", "roll"), "action"),
        "dose": _three(Duration()),
        "rounds": _three(Whole(1, 5)),
        "repeats": _three(Whole(1, 10)),
        "rest": Duration(),
        "window": _three(Duration()),
        "massage": _three(Duration()),
        "press_in": Duration(),
        "together": Flag(),
        "gear": Seq(Text(GEAR, "thing to have ready")),
        "posture": Seq(Text(POSTURES, "posture"), single=True, smallest=1),
    },
    defaults={
        "rounds": _ONCE,
        "repeats": _ONCE,
        "rest": 0,
        "window": None,
        "massage": None,
        "press_in": 0,
        "together": False,
        "gear": (),
    },
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
        "aftercare": Seq(Text(AFTERCARE, "aftercare")),
        "cautions": Seq(Text(CAUTIONS, "caution")),
        "picture": Record(
            {"view": Text(VIEWS, "view of the body"), "across": Whole(0, WIDEST), "down": Whole(0, HIGHEST)}
        ),
        "helps": Seq(Text()),
        "sources": Seq(SOURCE),
    },
    defaults={
        "code": "",
        "who": {"code": "", "name": ""},
        "nickname": "",
        "joins": (),
        "release": "gradual",
        "aftercare": (),
        "cautions": (),
        "picture": None,
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
            if found["release"] == "at_once" and method["repeats"]["min"] == 1:
                hint = "leave 'release' out: every hold but a short, repeated one is let go gradually."
                problems.append(Problem(("release",), f"{name} would be let go at once", hint=hint))
        if found["code"] and not found["who"]["code"]:
            hint = "add 'who: {code: …, name: …}': the same code may name another place today."
            problems.append(Problem(("code",), f"'{found['code']}' stands without its WHO code", hint=hint))
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
        aftercare=found["aftercare"],
        cautions=found["cautions"],
        picture=Mark(**found["picture"]) if found["picture"] else None,
        helps=found["helps"],
        sources=found["sources"],
    )


def _check_method(method: Mapping[str, Any], path: tuple[str, ...], problems: Problems) -> None:
    for key in ("dose", "rounds", "repeats", "window", "massage"):
        three = method[key]
        if three and not three["min"] <= three["usual"] <= three["max"]:
            problems.append(
                Problem(
                    (*path, key), f"'{key}' is not in order", hint="min, then usual, then max, none smaller."
                )
            )
    if method["repeats"]["max"] > 1 and bool(method["rest"]) == bool(method["window"]):
        hint = "either 'rest', how long it rests between repeats, or 'window', in which they are spread."
        problems.append(Problem(path, "'rest' or 'window' is missing, or both are there", hint=hint))
    if method["window"]:
        _check_window(method, path, problems)


def _check_window(method: Mapping[str, Any], path: tuple[str, ...], problems: Problems) -> None:
    """Note what keeps presses from being spread: each needs a release, a rest and a press after it."""
    repeats = method["repeats"]
    if repeats["min"] < 2:
        hint = "'repeats: {min: 2, …}', or leave 'window' out."
        problems.append(Problem((*path, "window"), "one press cannot be spread over a window", hint=hint))
    if method["rounds"]["max"] > 1:
        hint = "leave 'rounds' out; 'repeats' says how often."
        problems.append(Problem((*path, "rounds"), "there are no rounds in a window", hint=hint))
    least = repeats["max"] * method["dose"]["max"] + (repeats["max"] - 1) * LONG_REST
    if method["window"]["min"] < least:
        hint = (
            f"at least {in_seconds(Milliseconds(least)):g}s: the presses, and {LONG_REST // SECOND}s between."
        )
        problems.append(Problem((*path, "window"), "the window is too short for its presses", hint=hint))


def _method(name: str, found: Mapping[str, Any]) -> Method:
    return Method(
        name=name,
        action=found["action"],
        dose=_dose(found["dose"]),
        rounds=Count(found["rounds"]["min"], found["rounds"]["usual"], found["rounds"]["max"]),
        repeats=Count(found["repeats"]["min"], found["repeats"]["usual"], found["repeats"]["max"]),
        rest=found["rest"],
        window=_dose(found["window"]) if found["window"] else None,
        massage=_dose(found["massage"]) if found["massage"] else None,
        press_in=found["press_in"],
        together=found["together"],
        gear=found["gear"],
        postures=found["posture"],
    )


def _dose(found: Mapping[str, Any]) -> Dose:
    return Dose(found["min"], found["usual"], found["max"])
