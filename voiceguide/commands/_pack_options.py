"""What all commands that write a voice pack are told: where to, and what its manifest says."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from voiceguide.commands._options import Decorator
from voiceguide.commands._speaking import LANGUAGE
from voiceguide.errors import UsageError
from voiceguide.pack import Facts
from voiceguide.pack_maker import check_pack_target
from voiceguide.scheduler.point import ID


@dataclass(frozen=True, slots=True, kw_only=True)
class PackOrder:
    """A pack as it was asked for."""

    target: Path
    """A folder that can be written, or a zip."""
    force: bool
    """True if it may take the place of what is there."""
    title: str
    """What a person calls it."""
    speaker: str
    """Whose voice it is; empty if nobody says."""
    licence: str
    """Who may do what with it."""
    notice: str
    """Its licence, written out; empty for none."""
    source: str
    """How it was made; empty if nobody says."""

    def facts(self, source: str) -> Facts:
        """Return what its manifest tells; `source` is how it was made, if nobody says."""
        return Facts(
            id=_named(self.target),
            title=self.title,
            language=LANGUAGE,
            speaker=self.speaker,
            licence=self.licence,
            source=self.source or source,
        )


_OPTIONS = (
    click.option(
        "-o",
        "--output",
        "target",
        type=click.Path(path_type=Path),
        required=True,
        help="A folder, or a file whose name ends with .zip.",
    ),
    click.option("--force", is_flag=True, help="Replace what is there."),
    click.option(
        "--id", "name", metavar="NAME", help="As in --voice pack:NAME; the target's own name if none."
    ),
    click.option("--title", metavar="TEXT", required=True, help="What a person calls it."),
    click.option("--licence", metavar="TEXT", required=True, help="Who may do what with it."),
    click.option(
        "--notice",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar="FILE",
        help="Its licence, written out.",
    ),
    click.option("--source", metavar="TEXT", default="", help="How it was made."),
)


def pack_options(*, needs_speaker: bool) -> Decorator:
    """Return what adds the options of a pack; its function gets an `order`, checked before anything slow."""

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def ordered(*, target: Path, force: bool, name: str | None, notice: Path | None, **more: Any) -> Any:
            facts = {fact: more.pop(fact) for fact in ("title", "speaker", "licence", "source")}
            _check_name(target, name)
            check_pack_target(target, force=force)
            order = PackOrder(target=target, force=force, notice=_read_notice(notice), **facts)
            return function(order=order, **more)

        # An option with a default is never missing.
        needed: dict[str, Any] = {"required": True} if needs_speaker else {"default": ""}
        speaker = click.option("--speaker", metavar="TEXT", help="Whose voice it is.", **needed)
        for option in (speaker, *reversed(_OPTIONS)):
            ordered = option(ordered)
        return ordered

    return add


def _named(target: Path) -> str:
    return target.name.removesuffix(".zip")


def _check_name(target: Path, name: str | None) -> None:
    """Return if a pack can be called as its folder or zip is, and is to be. Raises `UsageError` if not."""
    own = _named(target)
    if not re.fullmatch(ID, own):
        hint = "name the folder or zip with a-z, 0-9 and single hyphens, such as calm.zip."
        raise UsageError(f"'{own}' is no name for a pack", hint=hint)
    if name not in {None, own}:
        hint = f"write it to '{target.with_name(f'{name}{target.suffix}')}'."
        raise UsageError(f"the pack '{name}' would not be found as '{target.name}'", hint=hint)


def _read_notice(notice: Path | None) -> str:
    try:
        return notice.read_text(encoding="utf-8") if notice else ""
    except UnicodeDecodeError:
        raise UsageError(f"'{notice}' is no text in UTF-8", hint="save it as plain text.") from None
    except OSError as error:
        told = f"'{notice}' cannot be read: {error.strerror or error}"
        raise UsageError(told, hint="name a file of plain text.") from None
