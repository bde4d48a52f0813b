"""Lexicon: what an engine is given to say, where the written words would be misread.

It runs before every engine, so that all of them say the same: no markup, only plain words. What a screen
shows is left as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Respellings of one language."""

    words: Mapping[str, str]
    """Written word or abbreviation, in lower case -> what is spoken instead."""
    codes: Mapping[str, str]
    """Point code, in upper case -> its letters and numbers in words. Only ours: `B 12` is a vitamin."""
    ranges: str
    """What stands for the dash in `2-3`."""
    fractions: Mapping[str, str]
    """Fraction such as `1/2` -> words."""
    units: Mapping[str, Mapping[str, str]]
    """Unit after a number, such as `s` -> its words for `one` and `other`."""
    _respelled: dict[str, str] = field(default_factory=dict, compare=False, repr=False)
    """What was respelled before: a session that is fitted to a length asks for the same lines many times."""

    def respell(self, text: str) -> str:
        """Return the text as an engine should be given it: same meaning, one spelling, single spaces."""
        if text not in self._respelled:
            self._respelled[text] = self._respell(text)
        return self._respelled[text]

    def _respell(self, text: str) -> str:
        text = re.sub(r"\b(\d+)\s*[-–]\s*(\d+)\b", rf"\1 {self.ranges} \2", text)
        for written, spoken in self.fractions.items():
            text = re.sub(rf"(?<!\d){re.escape(written)}(?!\d)", spoken, text)
        text = re.sub(r"\b(\d+)\s?([^\W\d_]+)\b\.?", self._unit, text)
        codes = (re.sub(r"(?<=[A-Za-z])(?=\d)", "[- ]?", code) for code in self.codes)
        text = _replace(text, codes, {_key(code): spoken for code, spoken in self.codes.items()})
        words = {_key(word): spoken for word, spoken in self.words.items()}
        text = _replace(text, map(re.escape, self.words), words)
        return " ".join(text.split())

    def _unit(self, match: re.Match[str]) -> str:
        number, unit = match.groups()
        words = self.units.get(unit.lower())
        if words is None:
            return match.group()
        ending = "." if match.group().endswith(".") and match.end() == len(match.string) else ""
        return f"{number} {words['one' if number == '1' else 'other']}{ending}"


def _replace(text: str, patterns: Iterable[str], spoken: Mapping[str, str]) -> str:
    """Return the text with every whole match of a pattern, the longest first, given as `spoken` has it."""
    longest_first = "|".join(sorted(patterns, key=len, reverse=True))
    if not longest_first:
        return text
    found = rf"(?<![\w-])(?:{longest_first})(?!\w)"

    def respell(match: re.Match[str]) -> str:
        written, said = match.group(), spoken[_key(match.group())]
        # An engine rests after a full stop only if a capital follows.
        starts_a_sentence = written[0].isupper() and not written.isupper()
        return said[:1].upper() + said[1:] if starts_a_sentence else said

    return re.sub(found, respell, text, flags=re.IGNORECASE)


def _key(written: str) -> str:
    return re.sub(r"[- ]", "", written).lower()
