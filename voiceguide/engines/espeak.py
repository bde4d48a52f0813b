"""espeak-ng in this process: the default on Linux. Small, quick (about 6 ms a cue), and nothing is fetched.

The system's libespeak-ng, else the one in the espeakng-loader wheel. The same text, voice and rate give the
same bytes, in any order and any process: `_libespeak.loaded` says how. The cost of that: C's `rand` of this
process is set to a fixed start with each text.
"""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from voiceguide.engines import VoiceInfo, _libespeak
from voiceguide.errors import Unavailable

if TYPE_CHECKING:
    from voiceguide.clip import Clip

_RATE = 1
"""espeak_PARAMETER: words a minute."""
_UTF8 = 1
"""espeak_Synth's flag for how the text is encoded; without more flags it is plain text, not markup."""

_OnSound = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


class Engine:
    """libespeak-ng, loaded afresh for every text."""

    default_rate = 150
    """Words a minute. Slower is not clearer: at 120 seven words in a hundred were misheard, at 150 none."""

    def __init__(self, library: _libespeak.Library | None = None) -> None:
        """`library` is one of `_libespeak.libraries()`, to be chosen when it is needed if None."""
        self._chosen = library

    @property
    def _library(self) -> _libespeak.Library:
        if self._chosen is None:
            self._chosen = _libespeak.find()
        return self._chosen

    def check(self) -> None:
        """Return if libespeak-ng starts and finds its data; else raise Unavailable. Blocks about 10 ms."""
        with _libespeak.loaded(self._library):
            pass

    def version(self) -> str:
        """Return the library's version and build, without starting it."""
        return _libespeak.version(self._library)

    def default_voice(self, language: str) -> str:
        """Return `en-us+f5` for English, else the language's own voice; raise Unavailable without one."""
        if language.lower() in _libespeak.CLEAREST:
            return f"{_libespeak.CLEAREST[language.lower()]}+{_libespeak.CLEAREST_VARIANT}"
        return _libespeak.listing(self._library).for_language(language)

    def voices(self) -> list[VoiceInfo]:
        """Return all voices and, as any variant goes with any voice, those of `en-us`; sorted by id."""
        listing = _libespeak.listing(self._library)
        infos = [VoiceInfo(name, base.title, _libespeak.bcp47(name)) for name, base in listing.bases.items()]
        infos += [
            VoiceInfo(f"en-us+{variant}", f"English (America), {variant}", "en-US")
            for variant in listing.variants
        ]
        return sorted(infos, key=lambda info: info.id)

    def check_voice(self, voice: str) -> None:
        """Return if language and variant are there; else raise UnknownName."""
        _libespeak.listing(self._library).resolve(voice)

    def synthesize(self, texts: Sequence[str], *, voice: str, rate: int) -> Iterator[Clip]:
        """Yield one clip a text, 22.05 kHz, in order; blocks about 6 ms each.

        Raises UnknownName for the voice, and Unavailable if the library refuses the text.
        """
        import numpy as np

        from voiceguide.clip import Clip

        base, variant = _libespeak.listing(self._library).resolve(voice)
        for text in texts:
            sound, samplerate = self._speak(text, (base.identifier + variant).encode(), rate)
            samples = np.frombuffer(sound, dtype=np.int16).astype(np.float32) / np.float32(32_768)
            yield Clip(samples, samplerate)

    def _speak(self, text: str, voice: bytes, rate: int) -> tuple[bytes, int]:
        sound: list[bytes] = []

        def collect(samples: int | None, count: int, _events: int | None) -> int:
            if samples and count > 0:
                sound.append(ctypes.string_at(samples, 2 * count))
            return 0  # Anything else stops it, and leaves the pitch wrong for what follows.

        on_sound = _OnSound(collect)
        # The library reads up to the first zero.
        encoded = text.replace("\0", " ").encode("utf-8", "replace")
        with _undisturbed(), _libespeak.loaded(self._library) as (handle, samplerate):
            handle.espeak_SetSynthCallback(on_sound)
            handle.espeak_Synth.argtypes = _SYNTH
            failed = (
                handle.espeak_SetVoiceByName(voice)
                or handle.espeak_SetParameter(_RATE, rate, 0)
                or handle.espeak_Synth(encoded, len(encoded) + 1, 0, 0, 0, _UTF8, None, None)
                or handle.espeak_Synchronize()
            )
        if failed:
            raise Unavailable(
                f"espeak-ng cannot say '{text}' with voice {voice.decode()} (its error {failed})",
                hint=f"choose another voice: `{_libespeak.LISTING}`.",
            )
        return b"".join(sound), samplerate


_SIGNALS = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM wait until the library is done, some 6 ms.

    What a signal's handler raises while the library calls back is swallowed: ctypes prints it, and goes on.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # Python runs handlers in the main thread only
        return
    came: list[int] = []
    before = {number: signal.signal(number, lambda it, _frame: came.append(it)) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            # None: put there by something that is not Python, which alone could put it back.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        if came:
            signal.raise_signal(came[0])


_SYNTH = (
    ctypes.c_char_p,
    ctypes.c_size_t,
    ctypes.c_uint,
    ctypes.c_int,
    ctypes.c_uint,
    ctypes.c_uint,
    ctypes.c_void_p,
    ctypes.c_void_p,
)
