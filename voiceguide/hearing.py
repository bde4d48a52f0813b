"""A recording -> which text of a script it is: an offline recogniser that knows these texts and no others.

It is asked one thing, whether somebody read the sentence beside the one that was meant. That it can tell for
voices of any kind, as only the texts of the script compete; how well they are read, only a person can say. So
it accuses only when it hears another text, whole, clearly better than the one that was meant. What it cannot
make out it says so, and somebody has to listen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from math import inf, log
from typing import Any

import numpy as np

from voiceguide.clip import FULL_SCALE, Block, Clip, resample
from voiceguide.errors import Unavailable
from voiceguide.units import SAMPLERATE

LANGUAGE = "en"
"""The only language of the model that comes with the recogniser."""
_RATE = 16_000
"""Hertz: what its model was trained on."""
_AROUND = _RATE * 3 // 10
"""Samples of near-silence before and after: it looks for speech, and expects to hear it begin and end."""
_PEAK = 0.7
_MARGIN = 0.05
"""By how much another text must be likelier, in the units of the recogniser."""
_RIVALS, _DECOYS, _NEIGHBOURS = 12, 60, 2
"""Texts of which the recogniser must tell one apart: the nearest in their words, some as long as it, and
those before and behind it in the script. Only if one of them is heard are all others asked, which takes ten
times as long."""
_WIDE = {"beam": 1e-120, "pbeam": 1e-120, "wbeam": 1e-100}
"""How unlikely a thought may become before it is given up: with few texts there is time for accents."""
_PHONES = {"nought": "N AO T", "sacrum": "S EY K R AH M"}
"""What the CMU dictionary lacks and cannot be put together: as in `taught`, and as in `sacred`."""
_ENDINGS = {"'s": "Z", "s'": "", "s": "Z"}
"""What a word of the dictionary may end with; Z for S is near enough for a recogniser."""


def check(language: str) -> None:
    """Return if the recogniser is here and knows a BCP-47 language; else raise Unavailable."""
    if language.partition("-")[0].lower() != LANGUAGE:
        raise Unavailable(
            f"the recogniser that finds wrong texts does not know the language '{language}'",
            hint="with --no-listen nobody checks what is said.",
        )
    try:
        import pocketsphinx  # noqa: F401
    except ImportError:
        raise Unavailable(
            "the recogniser that finds wrong texts is not here",
            hint='`pip install "voiceguide[packs]"` adds it; with --no-listen nobody checks what is said.',
        ) from None


def in_words(text: str) -> list[str]:
    """Return the words of a text as the dictionary spells them; `forty-six` is two."""
    return re.findall(r"[a-z0-9]+(?:'[a-z]+)*", text.lower().replace("’", "'"))


class Ear:
    """Knows the texts of one script. For one thread."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Block for a second per thousand texts; raise Unavailable if the recogniser is not here."""
        check(LANGUAGE)
        self._texts = {text: " ".join(in_words(text)) for text in texts}
        self._quick, self._patient = _decoder(), _decoder(**_WIDE)
        words = {word for sentence in self._texts.values() for word in sentence.split()}
        unknown = {word for word in sorted(words) if not self._learn(word)}
        self.unknown = tuple(
            text
            for text, sentence in self._texts.items()
            if not sentence or unknown.intersection(sentence.split())
        )
        """Texts with words that it does not know, and cannot judge."""
        for text in self.unknown:
            del self._texts[text]
        self._called = {sentence: text for text, sentence in self._texts.items()}
        self._words = {sentence: frozenset(sentence.split()) for sentence in self._called}
        if self._called:
            _set(self._quick, "script", self._called)

    def hear(self, speech: Block, text: str) -> str | None:
        """Return the text of the script that is heard at 48 kHz when `text` is expected; None if unsure.

        Blocks for a fraction of the length of the speech, and for seconds if it is not what is expected.
        """
        if text not in self._texts:
            return None
        sound, expected = _for_the_ear(speech), self._texts[text]
        rivals = self._rivals(expected)
        _set(self._quick, "few", dict.fromkeys([expected, *rivals, *self._decoys(expected)]))
        if _decode(self._quick, "few", sound)[0] == expected:
            return text
        first, _ = _decode(self._quick, "script", sound)
        if first == expected:
            return text
        _set(self._patient, "rivals", dict.fromkeys([expected, *rivals, *filter(self._called.get, [first])]))
        second, _ = _decode(self._patient, "rivals", sound)
        if second == expected:
            return text
        if second not in self._called:
            return None
        margin = self._score(second, sound) - self._score(expected, sound)
        return self._called[second] if margin > _MARGIN else None

    def _score(self, sentence: str, sound: bytes) -> float:
        """Return how likely a sentence is, if there is no other."""
        _set(self._patient, "one", [sentence])
        heard, score = _decode(self._patient, "one", sound)
        return score if heard == sentence else -inf

    def _rivals(self, expected: str) -> list[str]:
        """Return the texts whose words are most like those of one."""
        words = self._words[expected]

        def alike(sentence: str) -> float:
            other = self._words[sentence]
            return len(words & other) / len(words | other)

        others = [one for one in self._called if one != expected]
        return sorted(others, key=lambda one: (-alike(one), one))[:_RIVALS]

    def _decoys(self, expected: str) -> list[str]:
        """Return texts that somebody may have slipped to, and others that take as long to say."""
        others = list(self._called)
        place = others.index(expected)
        beside = others[max(place - _NEIGHBOURS, 0) : place + _NEIGHBOURS + 1]
        return [*beside, *sorted(others, key=lambda one: (abs(len(one) - len(expected)), one))[:_DECOYS]]

    def _learn(self, word: str) -> bool:
        """Return True if a word is in the dictionary, or can be put together from others."""
        if self._quick.lookup_word(word) is not None:
            return True
        phones = next(self._put_together(word), None)
        if phones is None:
            return False
        for decoder in (self._quick, self._patient):
            decoder.add_word(word, phones, False)  # noqa: FBT003 - as its authors have it
        return True

    def _put_together(self, word: str) -> Iterator[str]:
        if word in _PHONES:
            yield _PHONES[word]
        for ending, phone in _ENDINGS.items():
            stem = self._quick.lookup_word(word.removesuffix(ending)) if word.endswith(ending) else None
            if stem is not None:
                yield f"{stem} {phone}".rstrip()
        for cut in range(len(word) - 3, 2, -1):
            both = [self._quick.lookup_word(part) for part in (word[:cut], word[cut:])]
            if all(part is not None for part in both):
                yield " ".join(both)


def _decoder(**beams: float) -> Any:
    import pocketsphinx

    return pocketsphinx.Decoder(lm=None, cmn="batch", loglevel="FATAL", **beams)


def _set(decoder: Any, name: str, sentences: Iterable[str]) -> None:
    grammar = f"#JSGF V1.0; grammar {name}; public <text> = {' | '.join(sentences)};"
    decoder.add_jsgf_string(name, grammar)


def _decode(decoder: Any, name: str, sound: bytes) -> tuple[str, float]:
    """Return the words that are heard, which may be the beginning of a sentence, and how likely they are."""
    decoder.activate_search(name)
    decoder.start_utt()
    decoder.process_raw(sound, full_utt=True)
    decoder.end_utt()
    hypothesis = decoder.hyp()
    if hypothesis is None:
        return "", -inf
    # `the(2)` is the dictionary's second way to say `the`.
    return re.sub(r"\(\d+\)", "", hypothesis.hypstr), log(hypothesis.score) if hypothesis.score > 0 else -inf


def _for_the_ear(speech: Block) -> bytes:
    sound = resample(Clip(speech, SAMPLERATE), _RATE).samples
    sound = np.pad(sound * (_PEAK / max(float(np.abs(sound).max(initial=0.0)), 1e-9)), _AROUND) * FULL_SCALE
    # Dither, as digital silence has no logarithm; always the same, so that the verdict is.
    dice = np.random.default_rng(1)
    noise = dice.random(len(sound)) - dice.random(len(sound))
    return np.rint(sound + noise).astype("<i2").tobytes()
