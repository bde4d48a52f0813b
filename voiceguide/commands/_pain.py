"""What `play` asks at a terminal, before a session and after it, and what follows for the rest of the day."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import click

from voiceguide.commands import as_called
from voiceguide.commands._page import print_note
from voiceguide.commands._speaking import LANGUAGE
from voiceguide.entry import AHEAD, LONGEST_NOTE, MOST_PAIN, stop_of_day
from voiceguide.errors import VoiceguideError
from voiceguide.journal import Journal
from voiceguide.journal_tables import LeftOut
from voiceguide.library import load_leaflet
from voiceguide.session_log import Log
from voiceguide.shown_text import tidied


@dataclass(frozen=True, slots=True)
class _Question:
    """One thing that is asked, and answered with one key."""

    field: str
    """The field of the entry that the answer is for."""
    about: str
    """What its words in the leaflet's `journal` are called, after `ask_` and `keys_`."""
    answers: Mapping[str, Any]
    """What each key stands for."""


_PAIN = {**{str(number): number for number in range(MOST_PAIN)}, "t": MOST_PAIN}
_BEFORE = _Question("pain_before", "pain", _PAIN)
_AFTER = (
    _Question("pain_after", "pain", _PAIN),
    _Question("leg_worse", "leg", {"y": True, "n": False}),
    _Question("side", "side", {"l": "left", "r": "right", "b": "both", "u": "unsure"}),
)
_RECENT = timedelta(weeks=12)
"""How long a stop is asked about: for as long as back pain counts as a new one. `play` reads no more."""
_SKIP, _SKIP_ALL = {"enter"}, {"q", "escape"}
_NO_TEXT = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1bO.|[\x00-\x1f\x7f-\x9f]")
"""What a terminal hands on in a line for arrows, function keys and Ctrl with a letter."""


class _NoMore(Exception):
    """Nobody wants to be asked anything else."""


def is_seen() -> bool:
    """Return True if somebody can read what is asked."""
    return sys.stderr is not None and sys.stderr.isatty()


def is_asked() -> bool:
    """Return True if somebody sits at a terminal, who can read what is asked and answer it."""
    return is_seen() and sys.stdin is not None and sys.stdin.isatty()


class Questions:
    """Asks about one session; each answer is stored at once, and each question may be passed over."""

    def __init__(self, log: Log, keys: Iterable[str]) -> None:
        """`keys` are waited for one at a time."""
        self._log = log
        self._keys = keys
        self._words = load_leaflet(LANGUAGE).journal

    def ask_before(self) -> None:
        """Ask how much it hurts, unless it is a session that goes on, of which that was told."""
        if self._log.entry.pain_before is None:
            with suppress(_NoMore):
                self._ask(_BEFORE)

    def ask_after(self) -> bool:
        """Ask how it is after the session, and return True if a note may follow."""
        self._say("kept", id=self._log.number)
        told = False
        try:
            for question in _AFTER:
                self._ask(question)
                if not told and self._log.means_stop():
                    told = True
                    self._say("stop_today")
        except _NoMore:
            return False
        return True

    def ask_note(self) -> None:
        """Ask for a note, in a line of its own; the terminal has to be one that hands on whole lines."""
        self._say("ask_note")
        try:
            note = tidied(_NO_TEXT.sub("", input().expandtabs(1))).strip()
        except (EOFError, UnicodeDecodeError):
            return
        if note.lower() not in {"", "q"}:
            self._log.keep(note=f"{self._log.entry.note}\n{note}".strip()[:LONGEST_NOTE])

    def _ask(self, question: _Question) -> None:
        keys = self._words[f"keys_{question.about}"]
        self._say(f"ask_{question.about}", keys=keys)
        for key in self._keys:
            if key in _SKIP:
                self._say("skipped")
                return
            if key in _SKIP_ALL:
                self._say("no_more")
                break
            if key in question.answers:
                answer = question.answers[key]
                print_note(self._told(answer))
                self._log.keep(**{question.field: answer})
                return
            self._say("wrong_key", keys=keys)
        raise _NoMore

    def _told(self, answer: Any) -> str:
        if isinstance(answer, bool):
            return f"{self._words['yes' if answer else 'no']}."
        if isinstance(answer, int):
            return self._words["pain"].format(pain=answer)
        return f"{self._words[answer].capitalize()}."

    def _say(self, line: str, **values: object) -> None:
        print_note(as_called(self._words[line].format(**values)))


def may_play(journal: Journal, now: datetime, *, asks: bool) -> bool:
    """Return True if a session may begin.

    After sessions that mean stop for today that is said; then, if `asks`, whoever lies there may choose.
    So it is on a later day, too, until there is a newer session.
    """
    unread: list[VoiceguideError] = []
    told, is_today = "", False
    try:
        told, is_today = _find_stop(journal, now, unread.append)
    except VoiceguideError as error:
        unread.append(error)
    if not told:
        # Whoever lies there wants to begin; and what this leaves unknown is said at the end of every session.
        for one in unread[:1]:
            hint = f" {one.hint}" if one.hint else ""
            print_note(as_called(f"Whether you should stop for today is not known: {one}.{hint}"))
        return True
    print_note(told)
    words = load_leaflet(LANGUAGE).journal
    if not asks or click.confirm(words["play_anyway" if is_today else "play_since"], default=False, err=True):
        return True
    print_note(words["not_played"])
    return False


def stop_that_holds(journal: Journal, now: datetime) -> str:
    """Return in words that sessions meant stop, today or before and none since; empty if none did.

    Raises
    ------
    VoiceguideError
        If the journal cannot be read.
    """
    told, _ = _find_stop(journal, now, lambda _: None)
    return told


def _find_stop(journal: Journal, now: datetime, left_out: LeftOut) -> tuple[str, bool]:
    """Return the words of it, and whether it was today."""
    recent = journal.entries(since=now - _RECENT, left_out=left_out)
    entries = [one for one in recent if one.began <= now + AHEAD]
    is_today = stop_of_day(entries, now) is not None
    stop = stop_of_day(entries, now if is_today or not entries else entries[-1].began)
    if stop is None:
        return "", False
    leaflet = load_leaflet(LANGUAGE)
    words = leaflet.journal
    day = leaflet.day(stop.began)
    return words["stopped_today"] if is_today else words["stopped_before"].format(day=day), is_today
