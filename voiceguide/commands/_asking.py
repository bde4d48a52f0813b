"""The conversation of `voiceguide setup`: a question a line, an answer a line, by hand or through a pipe."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path

import click

from voiceguide.commands import as_called, print_no_more
from voiceguide.commands._outcomes import outcome, standing
from voiceguide.commands._page import WIDTH, broken
from voiceguide.commands._speaking import LANGUAGE
from voiceguide.errors import VoiceguideError
from voiceguide.folders import private_folder
from voiceguide.gate import CHANGED, SIDES, STANDING, UNSURE, YES, Question, Walk
from voiceguide.leaflet import Leaflet
from voiceguide.library import load_leaflet
from voiceguide.profile import Profile, load_profile, put_profile_aside, save_profile
from voiceguide.shown_text import shown

Speak = Callable[[str], None]
_SHORT = {"y": "yes", "n": "no", "l": "left", "r": "right", "u": "unsure", "b": "back"}
"""What may be typed in place of a word."""
_CHOICES = re.compile(r" \[[a-z/]+\]$")
"""The answers there are, after a question."""
_PATIENCE = 5
"""Wrong answers in a row, after which what comes through a pipe is taken for no person."""


def set_up(day: date, *, speak: Speak | None = None, results_to_stderr: bool = False) -> Profile:
    """Return what a person answers to all questions, once it is kept, and tell what follows from it.

    Parameters
    ----------
    day
        The date of today, here.
    speak
        Called with each text, to be heard; None if it is only read.
    results_to_stderr
        True where standard output is for something else.

    Raises
    ------
    VoiceguideError
        If the answers end before the questions do: then nothing is kept.
    ExportError
        If they cannot be kept.
    """
    folder, leaflet = private_folder(), load_leaflet(LANGUAGE)
    talk = _Talk(leaflet, speak)
    old: Profile | None = None
    is_unusable = False
    try:
        old = load_profile(folder, day)
    except VoiceguideError as error:
        talk.tell(f"Note: {error}.")
        is_unusable = True
    try:
        answers = talk.ask(old)
    except KeyboardInterrupt:
        talk.tell("Nothing is kept.", is_heard=False)
        raise
    profile = Profile(answers, day)
    aside: Path | None = None
    try:
        aside = put_profile_aside(folder) if is_unusable else None
        path = save_profile(folder, profile)
    finally:
        # Also if nothing can be kept: where to get help has to be told.
        talk.tell("")
        for text in outcome(profile):
            talk.tell(text, is_result=not results_to_stderr)
    if not profile.stop:  # then the last thing that is said is where to get help
        talk.tell(leaflet.setup["kept"].format(file=path), is_heard=False)
    if aside:
        talk.tell(leaflet.setup["aside"].format(file=aside), is_heard=False)
    return profile


class _Talk:
    """What is told, and what is answered to it."""

    def __init__(self, leaflet: Leaflet, speak: Speak | None) -> None:
        self._leaflet = leaflet
        self._words = leaflet.setup
        self._speak = speak
        if isinstance(sys.stdin, io.TextIOWrapper):
            with suppress(OSError):  # something was read already, and so it is text
                sys.stdin.reconfigure(errors="replace")

    def tell(self, text: str, *, is_result: bool = False, is_heard: bool = True) -> None:
        """Print a text, broken between words, and speak it."""
        text = as_called(text)
        try:
            click.echo("\n".join(broken(text, WIDTH, indent="  ")), err=not is_result)
        except BrokenPipeError:
            # Nobody reads any more, as in `setup | head`; what was answered is kept all the same.
            print_no_more(sys.stdout if is_result else sys.stderr)
        if self._speak and is_heard and text:
            self._speak(_CHOICES.sub("", text.replace("`", "")))

    def ask(self, old: Profile | None) -> Mapping[str, str]:
        """Return all answers; raise `VoiceguideError` if they end before the questions."""
        kept = {name: old.answers[name] for name in STANDING if name in old.answers} if old else {}
        walk = Walk(kept=kept)
        self.tell(self._words["intro"])
        while (question := walk.question) is not None:
            self.tell("")
            self.tell(self._words["place"].format(number=walk.number, count=walk.count))
            if question.kind == CHANGED and old:
                self.tell(self._words["again"].format(when=self._leaflet.day(old.when)))
                for line in standing(old, self._leaflet):
                    self.tell(line)
                self.tell(self._words["again_more"].format(count=walk.more))
            answer = self._answer(question, walk.number)
            if answer != "back":
                walk = walk.answered(answer)
            elif walk.answers:
                self.tell(self._words["go_back"])
                walk = walk.back()
            else:
                self.tell(self._words["first"])
        return walk.found

    def _answer(self, question: Question, number: int) -> str:
        """Return one of the answers that a question takes, echoed, or `back`; asked until it is one."""
        is_yes_no = YES in question.takes
        choices = "y/n/u" if is_yes_no else "/".join(question.takes)
        asked = f"{self._words[f'ask_{question.id}']} [{choices}]"
        self.tell(asked)
        wrong_ones = 0
        while True:
            line = _read_line()
            if not line:
                raise VoiceguideError(
                    f"the answers end before question {number} is answered: nothing is kept",
                    hint="`voiceguide setup` begins again.",
                )
            word = line.strip().lower()
            answer = _SHORT.get(word, word)
            if answer == "both" and question.takes == SIDES:
                self.tell(self._words[answer])
                return UNSURE
            if answer == "back":
                return answer
            if answer in {*question.takes, UNSURE}:
                taken = question.careful if answer == UNSURE else answer
                self.tell(self._words[answer if answer == taken else f"{answer}_{taken}"])
                return taken
            wrong_ones += word != "?"
            if wrong_ones == _PATIENCE and not (sys.stdin and sys.stdin.isatty()):
                # A program that answers always the same would be asked for ever.
                raise VoiceguideError(
                    f"question {number} was answered {_PATIENCE} times by what is no answer: nothing is kept",
                    hint=f"it takes {choices}. `voiceguide setup` begins again.",
                )
            if word != "?":
                wrong = self._words["wrong_yes_no" if is_yes_no else "wrong_side"]
                self.tell(wrong.format(text=shown(word)))
            self.tell(asked)


def _read_line() -> str:
    """Return the next line that is typed, or that comes through a pipe; empty if there is none."""
    if sys.stdin is None:
        return ""
    return sys.stdin.readline()
