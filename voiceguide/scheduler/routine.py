"""mapping -> Routine: what the author wrote, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from voiceguide.errors import InvalidContent
from voiceguide.scheduler.point import ID, METHODS, POSTURES
from voiceguide.scheduler.shape import OneOf, Path, Problems, Record, Seq, Table, Text, Whole

GEAR = ("ball_in_sock", "two_pillows", "rolled_towel", "cold_pack", "thin_towel")
"""What a person may be asked to have within reach."""
ICE_ZONES = ("back",)
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
    optional: int
    """0 if it is never left out for a shorter length; else the highest number goes first."""
    path: Path
    """Where it stands in the file."""


@dataclass(frozen=True, slots=True)
class Group:
    """Presses that share a path under the body: one side there, the other side back."""

    presses: tuple[Press, ...]
    """In the order of the first side."""


@dataclass(frozen=True, slots=True)
class IceOn:
    """Ice parts of the body, after their work."""

    zones: tuple[str, ...]
    """One of `ICE_ZONES` each."""
    path: Path
    """Where it stands in the file."""


RoutineStep = TakePosture | Press | Group | IceOn


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

    def title(self, language: str) -> str:
        """Return the title in a language, or the id in words."""
        return self.titles.get(language) or self.id.replace("-", " ").capitalize()


_PRESS = Record(
    {
        "press": Seq(Text(), single=True, smallest=1),
        "with": Text(METHODS, "method"),
        "rounds": Whole(1, 5),
        "optional": Whole(1, 99),
    },
    defaults={"with": None, "rounds": None, "optional": 0},
)
_GROUP = Record(
    {
        "group": Record({"order": Text(("there_and_back",), "order")}),
        "steps": Seq(OneOf({"press": _PRESS}), smallest=1),
    }
)
ROUTINE = Record(
    {
        "version": Whole(1, 1),
        "id": Text(pattern=ID, noun="routine id"),
        "title": Table(Text()),
        "summary": Table(Text()),
        "ready": Seq(Text(GEAR, "thing to have ready")),
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
    defaults={"title": {}, "summary": {}, "ready": ()},
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
        steps=tuple(_step(step, ("steps", index)) for index, step in enumerate(found["steps"])),
    )


def _step(found: Mapping[str, Any], path: Path) -> RoutineStep:
    if "posture" in found:
        return TakePosture(found["posture"], path)
    if "ice" in found:
        return IceOn(found["ice"], path)
    if "group" in found:
        return Group(
            tuple(_press(step, (*path, "steps", index)) for index, step in enumerate(found["steps"]))
        )
    return _press(found, path)


def _press(found: Mapping[str, Any], path: Path) -> Press:
    return Press(found["press"], found["with"], found["rounds"], found["optional"], path)
