"""Line + values -> Cue: what is left open in a line is filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from voiceguide.scheduler.cue import Cue
from voiceguide.scheduler.language import Language
from voiceguide.scheduler.line import Line


def fill_in(name: str, line: Line, values: Mapping[str, str], language: Language) -> Cue:
    """Return the cue of a line, with values for its placeholders."""
    # By identity, as to hash a line takes longer than to fill it in; the language keeps it alive.
    key = name, id(line), *(values[field] for field in line.fields)
    made: Cue | None = language.filled_in.get(key)
    if made is None:
        text = line.say.format_map(values)
        text = text[0].upper() + text[1:]
        made = Cue(name, text, language.lexicon.respell(text), line.required, line.gap, line.pause)
        language.filled_in[key] = made
    return made


class Values(dict[str, str]):
    """What stands for each placeholder, found when it is first asked for; `Side` is `side` with a capital."""

    def __init__(self, find: Callable[[str], str]) -> None:
        """`find` returns what stands for a placeholder without capitals."""
        super().__init__()
        self._find = find

    def __missing__(self, name: str) -> str:
        small = name.lower()
        found = self[name] = self._find(name) if name == small else self[small].capitalize()
        return found
