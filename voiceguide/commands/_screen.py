"""What is seen while a session plays: a picture for a helper, lines for pipes and screen readers, nothing."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING, Protocol, Self

import click

from voiceguide.commands._page import broken, print_note
from voiceguide.controls import describe
from voiceguide.scheduler.bells import BELLS
from voiceguide.score import Score
from voiceguide.units import SECOND, clock

if TYPE_CHECKING:
    from voiceguide.player import Player
    from voiceguide.scheduler.timeline import Event

_NARROWEST, _LOWEST = 40, 10
"""Columns and lines; a smaller terminal gets lines."""
_WIDEST = 76
"""Columns of a line that is easily read."""
TO_BEGIN = "Space begins. q leaves."
_KEYS = "Space pauses    q, twice, ends    ? all keys"


class Screen(Protocol):
    """Where a session is shown. Entered before it plays and left when it is over."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(self, *_: object) -> None:
        """Leave the terminal as it was."""

    def show(self, player: Player) -> None:
        """Show where the session stands. Called many times a second."""

    def tell(self, text: str) -> None:
        """Show what a key did."""

    def warn(self, text: str) -> None:
        """Show what went wrong, or is right again."""

    def list_keys(self) -> None:
        """Show what each key does."""

    def clear(self) -> None:
        """Show the words again, where keys or a warning stand in their place."""


def screen_for(*, plain: bool, quiet: bool) -> Screen:
    """Return the screen that is asked for; lines where a picture would not be seen."""
    if quiet:
        return Nothing()
    is_terminal = sys.stdout is not None and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    # A console of Windows may print the codes that move the cursor instead of moving it.
    if plain or not is_terminal or sys.platform == "win32":
        return Lines()
    size = shutil.get_terminal_size()
    return Picture() if size.columns >= _NARROWEST and size.lines >= _LOWEST else Lines()


class Nothing:
    """Nothing while it plays, so that a screen reader never talks over the guide; only what went wrong."""

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing behind."""

    def show(self, player: Player) -> None:
        """Show nothing."""

    def tell(self, text: str) -> None:
        """Show nothing."""

    def warn(self, text: str) -> None:
        """Print it: the guide may have fallen silent."""
        print_note(text)

    def list_keys(self) -> None:
        """Print them: somebody asked."""
        for keys, what in describe():
            click.echo(f"{keys:22}  {what}", err=True)

    def clear(self) -> None:
        """Do nothing: nothing stands in anybody's way."""


class Lines(Nothing):
    """A line for each cue, once it was spoken; what keys did goes to stderr."""

    def __init__(self) -> None:
        self._spoken: tuple[str, Event] | None = None

    def __exit__(self, *_: object) -> None:
        """Print the last line."""
        self._print()

    def show(self, player: Player) -> None:
        """Print the cue that was over since the last call."""
        event = player.current_event()
        if self._spoken is not None and event is not self._spoken[1]:
            self._print()
        if event is not None and seen_as(event) and not is_answer(event) and self._spoken is None:
            # A way up that was not planned lies at no time of the session.
            time = "" if player.is_ending and not player.position else clock(player.position)
            self._spoken = time, event

    def tell(self, text: str) -> None:
        """Print it."""
        print_note(text)

    def _print(self) -> None:
        if self._spoken is not None:
            time, event = self._spoken
            click.echo(f"{time:>7}  {seen_as(event)}")
        self._spoken = None


class Picture(Nothing):
    """The words now, what comes next, where it stands and how long is left; drawn anew where it changes.

    It switches nothing about the terminal that would have to be switched back, so that whatever ends the
    process, or stops it for a while, leaves it usable.
    """

    def __init__(self) -> None:
        self._drawn: list[str] = []
        self._size = (0, 0)
        self._said = ""
        self._told = ""
        self._warned = ""
        self._keys = False
        self._now: tuple[object, ...] = ()

    def __enter__(self) -> Self:
        """Draw all of it anew after the process was stopped for a while and goes on."""
        if hasattr(signal, "SIGCONT"):
            signal.signal(signal.SIGCONT, self._draw_anew)
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the cursor below."""
        if hasattr(signal, "SIGCONT"):
            signal.signal(signal.SIGCONT, signal.SIG_DFL)
        if self._drawn:
            _write("\n")

    def show(self, player: Player) -> None:
        """Draw the lines that have changed."""
        event, score = player.current_event(), player.score
        seen = "" if event is None or is_answer(event) else seen_as(event)
        if seen and seen != self._said:
            self._said, self._told = seen, ""
        size = shutil.get_terminal_size()
        if size != self._size:
            self._drawn, self._size = [], (size.columns, size.lines)
        told = self._warned or tell_state(score) or self._told
        said = self._said
        if score.is_waiting:
            said = TO_BEGIN if score.is_paused else "It begins by itself, soon. Space begins now. q leaves."
        seconds = score.frames_left // player.tape.frame(SECOND)
        now = seconds, score.segment.chapter, said, told, self._keys
        if self._drawn and now == self._now:
            return
        self._now = now
        keys = [f"{keys:22}  {what}" for keys, what in describe()] if self._keys else []
        self._draw(compose(score, said, told, size=(size.columns, size.lines - 1), keys=keys))

    def tell(self, text: str) -> None:
        """Show it at the bottom until something else is said."""
        self._told, self._warned = text, ""

    def warn(self, text: str) -> None:
        """Show it at the bottom until something else is told."""
        self._warned = text

    def list_keys(self) -> None:
        """Show them instead of the words, or the words again."""
        self._keys = not self._keys

    def clear(self) -> None:
        """Show the words again, and all keys at the bottom."""
        self._keys, self._warned = False, ""

    def _draw(self, lines: list[str]) -> None:
        codes = []
        if not self._drawn:
            codes.append("\x1b[2J")
        for number, line in enumerate(lines):
            if number >= len(self._drawn) or self._drawn[number] != line:
                codes.append(f"\x1b[{number + 1};1H\x1b[2K{line}")
        if codes:
            _write("".join((*codes, f"\x1b[{len(lines) + 1};1H")))
        self._drawn = lines

    def _draw_anew(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - as signals want it
        self._drawn = []


def _write(codes: str) -> None:
    """Print what moves the cursor. A terminal that was closed is no reason to stop: a signal says so."""
    with suppress(OSError):
        click.echo(codes, nl=False, color=True)


def is_answer(event: Event) -> bool:
    """Return True for what is said as an answer to a key: it is heard, and not shown too."""
    return event.name.startswith("player.")


def seen_as(event: Event) -> str:
    """Return what is seen of an event: its words, or which bell it is; nothing of other earcons."""
    return event.text or (in_brackets(event) if event.name in BELLS else "")


def in_brackets(event: Event) -> str:
    """Return the name of an earcon, as those who only read are told what is heard."""
    return f"({event.name.replace('bell_', 'bell: ').replace('_', ' ')})"


def tell_state(score: Score) -> str:
    """Return what a session that does not go on is waiting for; empty if it goes on."""
    if score.is_alarm:
        return "Take the ice off. Any key ends the alarm."
    if score.is_waiting or score.is_ending:
        return ""
    if score.is_paused and score.left is not None:
        return "Paused. Space goes on without this point, Left tries it again."
    if score.is_paused:
        return "Paused. Space goes on."
    return "Space goes on." if score.staying is not None else ""


def compose(score: Score, said: str, told: str, *, size: tuple[int, int], keys: Sequence[str]) -> list[str]:
    """Return the lines of the picture, so many, none longer than it is wide.

    Parameters
    ----------
    score
        Where the session stands.
    said
        The words now.
    told
        What the last key did.
    size
        Columns and lines.
    keys
        What each key does; empty if that is not asked for.
    """
    width, height = size
    tape = score.tape
    chapters = tape.session.chapters
    here = score.segment.chapter
    title = chapters[here].title if chapters and not score.is_ending else "Ending"
    end = tape.end_of_chapter(here)
    left_here, left = tape.time(score.frames_to(end)), tape.time(score.frames_left)
    whole = end - tape.frame(chapters[here].start) if chapters else tape.end
    foot = [
        _bar("here", 1 - tape.frame(left_here) / max(whole, 1), clock(left_here), width),
        _bar("in all", 1 - tape.frame(left) / max(tape.end, 1), clock(left), width),
        "",
        *(line[:width] for line in broken(told or _KEYS, width)[: max(height - 7, 1)]),
    ]
    following = next((one.title for one in chapters[here + 1 : here + 2] if not score.is_ending), "the end")
    head = [_bold(title[:width]), f"Next: {following}"[:width], ""]
    room = height - len(head) - len(foot)
    words = [line[:width] for line in keys] if keys else [*_large(said, width)]
    if len(words) > room:
        words = [word for word in words if word]  # the air goes before the words do
    above = max((room - len(words)) // 2, 0)
    middle = [*[""] * above, *words][:room]
    return [*head, *middle, *[""] * (room - len(middle)), *foot][:height]


def _large(text: str, width: int) -> Iterator[str]:
    """Yield the words, each line in the middle and with air below: to be read from further off."""
    for line in textwrap.wrap(text, min(width, _WIDEST) - 4):
        yield _bold(line.center(width).rstrip())
        yield ""


def _bold(text: str) -> str:
    return f"\x1b[1m{text}\x1b[0m" if text else ""


def _bar(name: str, part: float, left: str, width: int) -> str:
    """Return a bar such as `here    ######------  1:20 left`."""
    end = f"  {left} left"
    room = width - len(end) - 8
    full = min(max(round(part * room), 0), room)
    return f"{name:<8}{'#' * full}{'-' * (room - full)}{end}"[:width]
