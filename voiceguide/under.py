"""What lies under a session as it is heard: on output frames, whatever keys make of the session.

A background goes down for what is said, also beside the script, and further in a pause.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from voiceguide.clip import Block
from voiceguide.ducking import Ridden
from voiceguide.endless import Heard
from voiceguide.errors import Unavailable

if TYPE_CHECKING:
    from voiceguide.mixer import Mixer
    from voiceguide.tape import Piece


class Under:
    """Room tone and a background, or one of them, or nothing. For the thread that pulls."""

    def __init__(self, mixer: Mixer, silent_from: int) -> None:
        """From frame `silent_from` on the mixer's timeline is silence to be put in."""
        self._hush = Heard(mixer.room_tone) if mixer.room_tone else None
        self._bed = Heard(mixer.bed.sound) if mixer.bed else None
        self._ridden = Ridden(mixer.bed.ducking) if mixer.bed else None
        self._silent_from = silent_from
        self.lost: Unavailable | None = None
        """Why there is no background any more; None while there is, or if none was wanted."""

    @property
    def has_background(self) -> bool:
        """True while there is one."""
        return self._bed is not None

    def take_hush(self, frames: int, left: int | None) -> Block | float:
        """Return the next frames of room tone; `left` are the frames to the end, None if not in sight."""
        return self._hush.take(frames, left) if self._hush else 0.0

    def take_background(
        self, frames: int, left: int | None, *, fading: int, pieces: Sequence[Piece], is_paused: bool
    ) -> Block | float:
        """Return the next frames of the background.

        Parameters
        ----------
        frames
            How many.
        left
            Frames to the end; None if it is not in sight.
        fading
            How many of them are of what a key broke off.
        pieces
            What is heard after that; then, if frames are left, it is a pause.
        is_paused
            True if a pause had begun before: then silence that is put in is of it.
        """
        if self._bed is None or self._ridden is None:
            return 0.0
        try:
            sound = self._bed.take(frames, left)
        except Unavailable as error:  # the voice goes on, whatever becomes of a file
            self._bed, self.lost = None, error
            return 0.0
        gains = [self._ridden.stay(fading)]
        for piece in pieces:
            is_pause = is_paused and piece.start >= self._silent_from
            gains.append(self._ridden.take(None if is_pause else piece.start, piece.end - piece.start))
        gains.append(self._ridden.take(None, frames - sum(len(one) for one in gains)))
        return sound * np.concatenate(gains)
