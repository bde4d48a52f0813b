"""AAC in MP4, by PyAV. `m4b.py` and `m4a.py` are two names for it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.errors import Unavailable
from voiceguide.formats import _tags

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from voiceguide.track import Track

_ENOUGH = 64
"""Kilobits a second: at half of it, FFmpeg's AAC makes a voice gurgle; silence takes next to nothing."""


class Mp4:
    """Mono AAC in MP4."""

    bitrates = range(24, 257)

    def check(self) -> None:
        """Return if PyAV is here; else raise `Unavailable`."""
        try:
            import av
        except ImportError as error:
            raise Unavailable(
                f"formats 'm4b' and 'm4a' need PyAV, a large library that is not here: {error}",
                hint="`pip install av` adds it; .mp3 has chapters, too, and needs nothing.",
            ) from error
        if not hasattr(av.container.OutputContainer, "set_chapters"):
            raise Unavailable(
                f"this PyAV ({av.__version__}) cannot write chapters", hint="`pip install --upgrade av` does."
            )

    def write(self, path: Path, track: Track, blocks: Iterator[NDArray[np.int16]]) -> None:
        """Write the blocks to `path`, replacing it. Blocks until done; memory stays constant.

        Raises
        ------
        OSError
            If the disk is full or `path` cannot be written.
        """
        import av

        try:
            # `faststart`: a phone can play it while it is still being fetched.
            with av.open(str(path), "w", format="ipod", options={"movflags": "+faststart"}) as file:
                stream = file.add_stream("aac", rate=track.samplerate, layout="mono")
                if track.language:
                    stream.metadata["language"] = _tags.three_letters(track.language)
                stream.bit_rate = (track.bitrate or _ENOUGH) * 1000
                file.set_chapters(
                    [
                        {
                            "id": number,
                            "start": mark.start,
                            "end": mark.end,
                            "time_base": Fraction(1, 1000),
                            "metadata": {"title": mark.title},
                        }
                        for number, mark in enumerate(track.chapters)
                    ]
                )
                file.start_encoding()  # opens the file, also for a session without a single block
                done = 0
                for block in blocks:
                    frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), format="s16", layout="mono")
                    frame.sample_rate = track.samplerate
                    frame.pts, frame.time_base = done, Fraction(1, track.samplerate)
                    done += len(block)
                    file.mux(stream.encode(frame))
                file.mux(stream.encode(None))
        except av.FFmpegError as error:
            # PyAV's own errors are OSErrors, too, but for a few that name no number.
            number = getattr(error, "errno", None) or errno.EIO
            raise OSError(number, os.strerror(number), str(path)) from error
        _tags.add_mp4(path, track)
