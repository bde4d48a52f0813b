"""mapping -> Routine: what the author wrote, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from voiceguide.errors import InvalidContent
from voiceguide.scheduler.actions import PACES
from voiceguide.scheduler.options import DETAILS, FOOT_BATHS, ICES, WISHES
from voiceguide.scheduler.point import GEAR, ID, METHODS, POSTURES
from voiceguide.scheduler.shape import Duration, Flag, OneOf, Path, Problems, Record, Seq, Table, Text, Whole
from voiceguide.units import Milliseconds

ICE_ZONES = ("back", "arms")
"""Parts of the body that can be iced."""


@dataclass(frozen=True, slots=True)
class TakePosture:
    """From here on the body sits, lies or stands."""

    posture: str
    """One of `point.POSTURES`."""
    path: Path
    """Where it stands in the file."""


@dataclass(frozen=True, slots=True)
class Press:
    """Press a point, or points as one, on both sides."""

    points: tuple[str, ...]
    """Ids."""
    method: str | None
    """How; None for the point's usual way in this posture."""
    rounds: int | None
    """How many rounds; None for the usual."""
    repeats: int | None
    """How often the hold comes back in a round; None for the usual."""
    dose: Milliseconds | None
    """Milliseconds of one press; None for the usual."""
    massage: Milliseconds | None
    """Milliseconds of the massage before it; None for the usual."""
    window: Milliseconds | None
    """Milliseconds in which the repeats are spread; None for the usual."""
    together: bool | None
    """False to press one side after the other where both could be pressed at once; None for the usual."""
    optional: int
    """0 if it is never left out for a shorter length; else the highest number goes first."""
    path: Path
    """Where it stands in the file."""


@dataclass(frozen=True, slots=True)
class Group:
    """Presses that belong together: all of one side, then all of the other."""

    presses: tuple[Press, ...]
    """In the order of the first side."""
    order: str
    """`there_and_back`: the other side in reverse, as on a path; `each_side`: in the same order again."""


@dataclass(frozen=True, slots=True)
class IceOn:
    """Ice parts of the body, after their work."""

    zones: tuple[str, ...]
    """One of `ICE_ZONES` each."""
    path: Path
    """Where it stands in the file."""


RoutineStep = TakePosture | Press | Group | IceOn


def presses_of(step: RoutineStep) -> tuple[Press, ...]:
    """Return the presses of one step: none, one, or those of a group."""
    if isinstance(step, Group):
        return step.presses
    return (step,) if isinstance(step, Press) else ()


@dataclass(frozen=True, slots=True)
class Routine:
    """A session as its author wrote it."""

    id: str
    """What it is called on the command line."""
    titles: Mapping[str, str]
    """Title by language tag."""
    summaries: Mapping[str, str]
    """One sentence by language tag: who it is for."""
    ready: tuple[str, ...]
    """What to have within reach: ids of `GEAR`."""
    steps: tuple[RoutineStep, ...]
    """In order."""
    by: str = ""
    """Who made it for somebody; empty if nobody says."""
    note: str = ""
    """What they want to be read before it; empty if nothing."""
    exclude: tuple[str, ...] = ()
    """Ids of points that are left out."""
    parted: tuple[str, ...] = ()
    """Ids of those among them that would be pressed as one with a point that stays."""
    length: Milliseconds | None = None
    """Milliseconds that it takes if nobody asks for another; None for what its doses take."""
    ice: str = "full"
    """What the ice is by default: one of `options.ICES`."""
    foot_bath: str = "after"
    """When a cold bath is offered for feet that are pressed: `before` or `after` (S56)."""
    detail: str = "auto"
    """How much is said: one of `options.DETAILS`."""
    pace: str = "usual"
    """How slowly one is led through it: one of `actions.PACES`."""
    fix: tuple[str, ...] = ()
    """Names of options that cannot be asked for: what they turn stays as it is here."""

    @property
    def presses(self) -> tuple[Press, ...]:
        """Every press in order, those of groups among them."""
        return tuple(press for step in self.steps for press in presses_of(step))

    def title(self, language: str) -> str:
        """Return the title in a language, or the id in words."""
        return self.titles.get(language) or self.id.replace("-", " ").capitalize()


_PRESS = Record(
    {
        "press": Seq(Text(), single=True, smallest=1),
        "with": Text(METHODS, "method"),
        "dose": Duration(),
        "rounds": Whole(1, 5),
        "repeats": Whole(1, 10),
        "window": Duration(),
        "massage": Duration(),
        "together": Flag(),
        "optional": Whole(1, 99),
    },
    defaults={
        **dict.fromkeys(("with", "dose", "rounds", "repeats", "window", "massage", "together")),
        "optional": 0,
    },
    refused={
        "release": "leave it out: what is held is always released, and how is the point's own affair.",
        "side": "leave it out: both sides are pressed, and for the same time.",
        "sides": "leave it out: both sides are pressed, and for the same time.",
    },
)
ORDERS = ("there_and_back", "each_side")
_GROUP = Record(
    {
        "group": Record({"order": Text(ORDERS, "order")}),
        "steps": Seq(OneOf({"press": _PRESS}), smallest=1),
    }
)
ROUTINE = Record(
    {
        "version": Whole(1, 1),
        "id": Text(pattern=ID, noun="routine id"),
        "title": Table(Text()),
        "summary": Table(Text()),
        "by": Text(),
        "note": Text(),
        "ready": Seq(Text(GEAR, "thing to have ready")),
        "exclude": Seq(Text(pattern=ID, noun="point id"), single=True),
        "length": Duration(),
        "ice": Text(ICES, "ice"),
        "foot_bath": Text(FOOT_BATHS, "time of a foot bath"),
        "detail": Text(DETAILS, "amount of talk"),
        "pace": Text(tuple(PACES), "pace"),
        "fix": Seq(Text(WISHES, "option"), single=True),
        "steps": Seq(
            OneOf(
                {
                    "posture": Record({"posture": Text(POSTURES, "posture")}),
                    "press": _PRESS,
                    "group": _GROUP,
                    "ice": Record({"ice": Seq(Text(ICE_ZONES, "zone to ice"), single=True, smallest=1)}),
                }
            ),
            smallest=1,
        ),
    },
    defaults={
        "title": {},
        "summary": {},
        "by": "",
        "note": "",
        "ready": (),
        "exclude": (),
        "length": None,
        "ice": "full",
        "foot_bath": "after",
        "detail": "auto",
        "pace": "usual",
        "fix": (),
    },
)


def parse_routine(mapping: object) -> Routine:
    """Return the routine a mapping describes; whether a body can do it is for `plan` to say.

    Raises
    ------
    InvalidContent
        With every problem at once.
    """
    problems: Problems = []
    found = ROUTINE.read(mapping, (), problems)
    if problems:
        raise InvalidContent(problems)
    return Routine(
        id=found["id"],
        titles=found["title"],
        summaries=found["summary"],
        ready=found["ready"],
        by=found["by"],
        note=found["note"],
        exclude=found["exclude"],
        parted=tuple(_parted(found)),
        length=found["length"],
        ice=found["ice"],
        foot_bath=found["foot_bath"],
        detail=found["detail"],
        pace=found["pace"],
        fix=found["fix"],
        steps=tuple(
            _step(step, ("steps", index), found["exclude"]) for index, step in enumerate(found["steps"])
        ),
    )


def _parted(found: Mapping[str, Any]) -> list[str]:
    presses = [inner for step in found["steps"] for inner in step.get("steps", (step,)) if "press" in inner]
    joints = [press["press"] for press in presses if set(press["press"]) - set(found["exclude"])]
    return [name for name in dict.fromkeys(found["exclude"]) if any(name in joint for joint in joints)]


def _step(found: Mapping[str, Any], path: Path, excluded: tuple[str, ...]) -> RoutineStep:
    if "posture" in found:
        return TakePosture(found["posture"], path)
    if "ice" in found:
        return IceOn(found["ice"], path)
    if "group" in found:
        presses = (
            _press(step, (*path, "steps", index), excluded) for index, step in enumerate(found["steps"])
        )
        return Group(tuple(presses), found["group"]["order"])
    return _press(found, path, excluded)


def _press(found: Mapping[str, Any], path: Path, excluded: tuple[str, ...]) -> Press:
    kept = tuple(name for name in found["press"] if name not in excluded)
    return Press(
        points=kept or found["press"],
        method=found["with"],
        rounds=found["rounds"],
        repeats=found["repeats"],
        dose=found["dose"],
        massage=found["massage"],
        window=found["window"],
        together=found["together"],
        optional=found["optional"],
        path=path,
    )
