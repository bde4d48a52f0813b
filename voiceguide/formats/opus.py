"""Opus: the smallest, for phones and computers of the last ten years."""

from __future__ import annotations

from voiceguide.formats import _opus


class Format(_opus.Opus):
    """Mono Opus, by libsndfile."""

    title = "Opus: the smallest (0.2 MB a minute), for phones and computers of the last ten years"
