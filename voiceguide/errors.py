"""The one tree of errors: where it went wrong, what is wrong, and what to do next.

Everything a user can cause is one of these. They are raised anywhere and printed in one
place, `voiceguide.commands`, which also turns `exit_code` into the process's exit code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class VoiceguideError(Exception):
    """Something a user can act on. Never shown as a traceback."""

    exit_code = 1

    def __init__(self, message: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message

    def lines(self) -> list[str]:
        """Return the lines to print: `Error: …`, and `Hint:  …` if there is one."""
        lines = [f"Error: {self}"]
        if self.hint:
            lines.append(f"Hint:  {self.hint}")
        return lines


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in authored content."""

    path: tuple[str | int, ...]
    """Keys and indices that lead from the top of the file to the fault."""
    message: str
    """What is wrong, in lower case, quoting what was written."""
    hint: str | None = None
    """What to write instead."""
    where: str | None = None
    """`file:line`, filled in by whoever knows the file."""


class InvalidContent(VoiceguideError):
    """Authored content (a routine, point, language or settings file) is wrong: all problems at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__(first.message, where=first.where, hint=first.hint)

    def lines(self) -> list[str]:
        """Return `Error:` and `Hint:` lines for every problem, in the order of the file."""
        return [
            line
            for problem in self.problems
            for line in VoiceguideError(problem.message, where=problem.where, hint=problem.hint).lines()
        ]


class NothingLeft(VoiceguideError):
    """A session of which nothing is left to press, for whom it is for or as it was asked for."""

    def __init__(self, routine: str, why: Iterable[str]) -> None:
        """`routine` is its id, `why` what took its points out: conditions of a person, and other reasons."""
        self.routine = routine
        self.why = frozenset(why)
        reasons = ", ".join(sorted(one.replace("_", " ") for one in self.why))
        super().__init__(
            f"nothing of '{routine}' is left to press: {reasons}",
            hint="`voiceguide list routines` shows the others.",
        )


class UnknownName(VoiceguideError):
    """A routine, point, voice, engine, backend, format or setting that does not exist."""

    exit_code = 2

    def __init__(self, kind: str, name: str, known: Iterable[str], *, listing: str | None = None) -> None:
        """`kind` is the noun of the thing, `listing` the command that shows all; without it the hint does."""
        known = list(known)
        everything = f"`{listing}` shows all." if listing else f"There are: {', '.join(known)}."
        hint = f"{did_you_mean(name, known) or ''} {everything}".lstrip()
        super().__init__(f"unknown {kind} '{name}'", hint=hint)


class UsageError(VoiceguideError):
    """Options that do not go together, or a value out of its range."""

    exit_code = 2


class ImpossibleLength(UsageError):
    """A session that cannot be made as long as was asked for."""

    remedies: tuple[str, ...] = ()
    """Options, as they are typed, with any one of which it could."""
    nearest: str = ""
    """The nearest length it can have, as it is typed; empty if another one cannot be asked for."""


_FEW = 3
"""So many examples tell a person what is missing."""


class Unavailable(VoiceguideError):
    """An engine, voice or device that is not there, or stopped working."""

    exit_code = 3


class LacksWords(Unavailable):
    """A voice that was recorded has no clip for some of the words."""

    def __init__(self, voice: str, texts: Iterable[str], *, engine: str = "", fills: str = "") -> None:
        """`voice` is as `--voice` takes it, `texts` are what it cannot say.

        `engine` can say them, if it is asked to; `fills` is for whom this voice was to say them.
        """
        self.texts = tuple(dict.fromkeys(texts))
        first = ", ".join(f"'{text}'" for text in self.texts[:_FEW])
        many = len(self.texts)
        also = f", {first}" if many <= _FEW else f", the first of them {first}"
        lacks = f"{many} of the sentences{also}"
        offer = f"add `--fill {engine}`, and that voice says them; or " if engine else ""
        told = f"the voice {voice} has no clip for {lacks}"
        if fills:
            told = f"{voice}, which is to say what {fills} has no clip for, lacks {lacks}"
            offer = f"`--fill {engine}` in place of `--fill {voice}` says them; or " if engine else ""
        super().__init__(
            told, hint=f"{offer}choose another voice for all: `voiceguide list voices` shows them."
        )


class ExportError(VoiceguideError):
    """A target that exists already or cannot be written."""


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """Return "did you mean 'x'?" for the nearest known name, or None if none is near."""
    from difflib import get_close_matches  # seldom needed

    close = get_close_matches(name.lower(), list(known), n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'?" if close else None
