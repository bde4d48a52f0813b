"""A machine ear: pocketsphinx, given a clip as it needs it. For `hear.py` and for the tests."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

SAMPLERATE = 16_000
"""Hertz: what the recogniser's model was trained on."""
_AROUND = SAMPLERATE * 3 // 10
"""Samples of near-silence before and after: it looks for speech, and expects to hear it begin and end."""
PHONES = {
    "arm's": "AA R M Z",  # `arm` and Z
    "bed's": "B EH D Z",  # `bed` and Z
    "cloze": "K L OW Z",  # as `close`, for the eyes
    "painkillers": "P EY N K IH L ER Z",  # `pain` and `killers`
    "sacrum": "S EY K R AH M",  # as in `sacred`
    "sock's": "S AA K S",  # `sock` and S, as in `rock's`
    "inwards": "IH N W ER D Z",  # `inward` and Z
    "knee's": "N IY Z",  # `knee` and Z
    "nought": "N AO T",  # as `taught`
    "pocket's": "P AA K AH T S",  # `pocket` and S
    "thumb's": "TH AH M Z",  # `thumb` and Z
    "tingles": "T IH NG G AH L Z",  # `tingle` and Z
    "thinners": "TH IH N ER Z",  # `thinner` and Z
}
"""What the CMU dictionary lacks, put together from its nearest words."""


def in_words(text: str) -> list[str]:
    """Return the words as the dictionary spells them; `forty-six` is two."""
    return re.findall(r"[a-z0-9]+(?:'[a-z]+)*", text.lower().replace("’", "'"))


def teach(ear: Any, texts: Iterable[str]) -> list[str]:
    """Add to a decoder's dictionary what it lacks of these texts; return what `PHONES` lacks, too."""
    unknown = []
    for word in sorted({word for text in texts for word in in_words(text)}):
        if ear.lookup_word(word) is None:
            if word in PHONES:
                ear.add_word(word, PHONES[word], False)  # noqa: FBT003 - as its authors have it
            else:
                unknown.append(word)
    return unknown


def hear(ear: Any, clip: NDArray[np.float32]) -> str:
    """Return the words a decoder hears in a clip of 48 kHz, or an empty text."""
    sound = soxr.resample(clip, 48_000, SAMPLERATE)
    sound = np.pad(sound * (0.7 / np.abs(sound).max()), _AROUND) * 32_767
    # Dither, as digital silence has no logarithm; always the same, so that the result is.
    dice = np.random.default_rng(1)
    noise = dice.random(len(sound)) - dice.random(len(sound))
    ear.start_utt()
    ear.process_raw(np.rint(sound + noise).astype("<i2").tobytes(), full_utt=True)
    ear.end_utt()
    hypothesis = ear.hyp()
    # `the(2)` is the dictionary's second way to say `the`.
    return re.sub(r"\(\d+\)", "", hypothesis.hypstr) if hypothesis else ""
