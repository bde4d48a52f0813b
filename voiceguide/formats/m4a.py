"""M4A: the same file as .m4b, for music players. It needs PyAV."""

from __future__ import annotations

from voiceguide.formats import _pyav


class Format(_pyav.Mp4):
    """Mono AAC in MP4, by PyAV."""

    title = "M4A: the same file as .m4b, for music players"
