"""What `export` writes beside the sound, on request: the timeline, the plan and the subtitles."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from voiceguide.commands._options import command_line
from voiceguide.errors import UsageError
from voiceguide.exporter import folder_of, name_beside
from voiceguide.leaflet import Leaflet
from voiceguide.library import load_points
from voiceguide.session import Session
from voiceguide.sheet import make_sheet
from voiceguide.sheet_files import SHEETS
from voiceguide.subtitles import SUBTITLES
from voiceguide.track import Track
from voiceguide.whole_files import check_file_target, write_text


class _Output(NamedTuple):
    """A file that is asked for."""

    what: str
    """As a message calls it."""
    path: Path
    """Where it goes."""
    option: str
    """A way to give it another path, as it is typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The files that are asked for beside the sound."""

    target: Path
    """The sound."""
    is_split: bool
    """True if its parts go to a folder of their own, each with its subtitles."""
    timeline: Path | None
    """The timeline document."""
    plan: Path | None
    """The plan for a helper."""
    subtitles: tuple[str, ...]
    """Suffixes."""

    def check(self, *, force: bool) -> None:
        """Return if all can be expected to be written: to call before anything is synthesised.

        Raises
        ------
        UsageError
            If two are the same file, or one cannot be where it is asked for.
        ExportError
            If one exists (without `force`) or cannot be written.
        """
        if self.plan is not None and _suffix(self.plan) not in SHEETS:
            page = self.plan.parent / f"{self.plan.stem or self.target.stem}.html"
            raise UsageError(
                f"the plan '{self.plan}' ends neither in .html nor in .md",
                hint=f"`{command_line('--plan', page)}` prints well; .md is plain text.",
            )
        taken = {} if self.is_split else {_same(self.target): "the sound"}
        for output in self._outputs():
            other = taken.setdefault(_same(output.path), output.what)
            if other != output.what:
                raise UsageError(
                    f"'{output.path}' cannot hold both {other} and {output.what}",
                    hint=f"for example `{output.option}`.",
                )
            if self.is_split and _same(output.path.parent) == _same(folder_of(self.target)):
                raise UsageError(
                    f"'{output.path}' is in the folder of the parts",
                    hint=f"put {output.what} beside it: `{output.option}`.",
                )
            check_file_target(output.path, force=force)

    def write(self, session: Session, track: Track, leaflet: Leaflet, *, force: bool) -> Iterator[str]:
        """Write all of it, and yield a line for each file.

        Raises
        ------
        ExportError
            If one cannot be written.
        """
        for output in self._outputs():
            write_text(output.path, self._text(output.path, session, track, leaflet), force=force)
            yield f"{output.path}: {output.what}"

    def _outputs(self) -> Iterator[_Output]:
        if self.timeline is not None:
            option = command_line("--timeline", self.target.with_suffix(".json"))
            yield _Output("the timeline", self.timeline, option)
        if self.plan is not None:
            other = self.target.with_name(f"{self.target.stem}-plan{self.plan.suffix}")
            option = command_line("--plan", other)
            yield _Output("the plan", self.plan, option)
        for kind in () if self.is_split else self.subtitles:
            path = self.target.with_name(name_beside(self.target.name, kind))
            other = self.target.with_name(f"{self.target.stem}-sound{self.target.suffix}")
            option = command_line("-o", other)
            yield _Output(f"the words as {kind.upper()}", path, option)

    def _text(self, path: Path, session: Session, track: Track, leaflet: Leaflet) -> str:
        if path == self.timeline:
            return json.dumps(session.document(), indent=2, ensure_ascii=False) + "\n"
        if path == self.plan:
            return SHEETS[_suffix(path)](make_sheet(session, leaflet, load_points()))
        return SUBTITLES[_suffix(path)](track)


def _suffix(path: Path) -> str:
    return path.suffix.lower().removeprefix(".")


def _same(path: Path) -> str:
    """Return what is alike for two spellings of one place."""
    return os.path.normcase(path.resolve())
