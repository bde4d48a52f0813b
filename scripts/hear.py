"""Lets a machine ear listen to voices and prints how many words in a hundred it gets wrong.

`hear.py [--words] [ENGINE:VOICE[@RATE]]…`; without voices, the default one of every engine that is here. Each
says the same forty cues. `closed` is the error with a recogniser that knows the words of these cues and which
of them follow each other, `open` with one that expects any American English: absolute numbers mean little,
the order of the voices does. A US model is unfair to other accents. `--words` adds which words were lost.
Needs pocketsphinx; a minute a voice, and never part of the tests.
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from scripts.ear import hear, in_words, teach
from voiceguide import registry
from voiceguide.errors import VoiceguideError
from voiceguide.library import find_routine, load_language, load_points, load_routine, routine_names
from voiceguide.session import compile_session
from voiceguide.voice import Voice, find_voice

CUES = 40
_SHORTEST = 5
"""Words of a cue: shorter ones say little of a voice."""
_SEEN = 0.5
"""How likely it is that a word follows another one as in the cues; else it may be any of their words."""


@dataclass(frozen=True)
class Verdict:
    """What the ear made of a voice."""

    name: str
    rate: int
    """Words a minute that were asked for."""
    quickness: float
    """Words a minute that it spoke."""
    closed: float
    """Words in a hundred that were wrong, when only these cues were expected."""
    open: float
    """The same, when anything was."""
    lost: Counter[str]
    """Words that were not heard, and how often, over both."""


def choose_cues(ear: Any) -> list[str]:
    """Return forty cues out of all routines, evenly over the alphabet; only words that a dictionary has."""
    silent = find_voice("tone", rate=None)
    points, language = load_points(), load_language("en")
    spoken = {
        event.spoken
        for name in routine_names()
        for event in compile_session(
            load_routine(find_routine(name)), points, language, silent, sounds=False
        ).timeline.events
        if event.kind == "speech"
    }
    fit = sorted(
        text
        for text in spoken
        if len(in_words(text)) >= _SHORTEST and all(ear.lookup_word(word) for word in in_words(text))
    )
    return [fit[index * len(fit) // CUES] for index in range(CUES)]


def write_language_model(cues: Iterable[str], path: Path) -> None:
    """Write a bigram model of the cues' own words, in the format of ARPA."""
    sentences = [["<s>", *in_words(cue), "</s>"] for cue in cues]
    words = Counter(word for sentence in sentences for word in sentence)
    pairs = Counter(pair for sentence in sentences for pair in pairwise(sentence))
    total = sum(words.values()) - words["<s>"]
    lines = ["\\data\\", f"ngram 1={len(words)}", f"ngram 2={len(pairs)}", "", "\\1-grams:"]
    for word, count in sorted(words.items()):
        likely = -99.0 if word == "<s>" else math.log10(count / total)
        lines.append(f"{likely:.4f}\t{word}\t{math.log10(1 - _SEEN):.4f}")
    lines += ["", "\\2-grams:"]
    for (one, other), count in sorted(pairs.items()):
        lines.append(f"{math.log10(_SEEN * count / words[one]):.4f}\t{one} {other}")
    path.write_text("\n".join([*lines, "", "\\end\\", ""]), encoding="utf-8")


def compare(said: Sequence[str], heard: Sequence[str]) -> tuple[int, list[str]]:
    """Return how many words must be changed, added or left out, and which of what was said were not heard.

    >>> compare("press and hold it".split(), "press in hold".split())
    (2, ['and', 'it'])
    """
    # best[j]: the fewest changes, and the words lost with them, from what was said so far to heard[:j].
    best: list[tuple[int, list[str]]] = [(j, []) for j in range(len(heard) + 1)]
    for word in said:
        row = [(best[0][0] + 1, [*best[0][1], word])]
        for j, other in enumerate(heard):
            same = word == other
            changed = (best[j][0] + (not same), best[j][1] + ([] if same else [word]))
            dropped = (best[j + 1][0] + 1, [*best[j + 1][1], word])
            added = (row[j][0] + 1, row[j][1])
            row.append(min(changed, dropped, added, key=lambda way: way[0]))
        best = row
    return best[-1]


def judge(voice: Voice, cues: Sequence[str], ears: Sequence[Any]) -> Verdict:
    """Return what each ear makes of a voice, the closed one first."""
    voice.prepare(cues)
    clips = {cue: voice.clip(cue) for cue in cues}
    words = sum(len(in_words(cue)) for cue in cues)
    minutes = sum(clip.duration for clip in clips.values()) / 60_000
    lost: Counter[str] = Counter()
    errors = []
    for ear in ears:
        wrong = 0
        for cue, clip in clips.items():
            changes, missing = compare(in_words(cue), hear(ear, clip.samples).split())
            wrong += changes
            lost.update(missing)
        errors.append(100 * wrong / words)
    return Verdict(voice.name, voice.rate, words / minutes, errors[0], errors[1], lost)


def find(spec: str) -> Voice:
    """Return the voice that `ENGINE:VOICE@RATE` names; raise `VoiceguideError` if it cannot speak here."""
    name, at, rate = spec.partition("@")
    return find_voice(name, rate=int(rate) if at else None)


def main(arguments: Sequence[str]) -> int:
    """Print the table; return the exit code."""
    from pocketsphinx import Decoder

    shows_words = "--words" in arguments
    specs = [one for one in arguments if one != "--words"] or registry.names("voiceguide.engines")
    anything = Decoder(cmn="batch", loglevel="FATAL")
    cues = choose_cues(anything)
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder, "cues.lm")
        write_language_model(cues, model)
        these = Decoder(lm=str(model), cmn="batch", loglevel="FATAL")
    teach(these, cues)
    print(f"{'voice':<30} rate   wpm  closed   open   (words in a hundred that were wrong, {CUES} cues)")
    failed = False
    for spec in specs:
        try:
            told = judge(find(spec), cues, (these, anything))
        except VoiceguideError as error:
            print(f"{spec:<30} {error}")
            failed = failed or spec in arguments
            continue
        numbers = f"{told.quickness:>5.0f} {told.closed:>7.1f} {told.open:>6.1f}"
        print(f"{told.name:<30} {told.rate:>4} {numbers}", flush=True)
        if shows_words:
            print("    " + ", ".join(f"{word} {count}" for word, count in told.lost.most_common(30)))
    return 3 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
