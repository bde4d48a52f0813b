"""Ogg: the same file as `.opus`, under the name that older programs look for."""

from __future__ import annotations

from voiceguide.formats import _opus


class Format(_opus.Opus):
    """Mono Opus, by libsndfile."""

    title = "Ogg: Opus under the name that older programs look for"
