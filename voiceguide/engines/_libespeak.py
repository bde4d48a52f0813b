"""libespeak-ng: where it is, how to load it afresh, and which voices it has. Shared by two engines.

The library keeps its state in static variables: what it says next depends on what it said before, by some
thirty samples here and there, and neither `espeak_Terminate` nor setting the voice again clears it. Loading
it afresh for every text does, for 5 to 7 ms. `loaded` is that: everything done inside one `with` starts from
the same state.
"""

from __future__ import annotations

import _ctypes
import atexit
import ctypes
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from voiceguide.errors import Unavailable, UnknownName

_SYSTEM = (
    ("libespeak-ng.dll", r"C:\Program Files\eSpeak NG\libespeak-ng.dll")
    if sys.platform == "win32"
    else ("/opt/homebrew/lib/libespeak-ng.1.dylib", "/usr/local/lib/libespeak-ng.1.dylib")
    if sys.platform == "darwin"
    else ("libespeak-ng.so.1",)
)
_IN_WHEEL = {"win32": "espeak-ng.dll", "darwin": "libespeak-ng.dylib"}.get(sys.platform, "libespeak-ng.so.1")

_SYNCHRONOUS = 2
"""espeak_AUDIO_OUTPUT: sound comes by callback, in the thread that asks."""
_DO_NOT_EXIT = 0x8000
"""Without it, espeak_Initialize ends the whole process when its data is missing."""
_LONGEST_DATA_PATH = 150
"""Bytes. Measured with 1.51 and 1.52: a path of 158 speaks, one of 165 is silent without an error."""

LISTING = "voiceguide list voices"
CLEAREST = {"en": "en-us", "en-us": "en-us"}
"""Language tag -> base voice, where there are several. Measured with a recogniser at 150 words a minute."""
CLEAREST_VARIANT = "f5"
"""No word was misheard with `en-us+f5`, one in nine with plain `en-us`. Only measured for English."""

_lock = threading.RLock()


@dataclass(frozen=True, slots=True)
class Library:
    """One libespeak-ng on this machine."""

    path: str
    """What the loader is given: a path, or a bare name that the system knows."""
    data: str | None
    """Its `espeak-ng-data` folder; None if it knows it itself."""
    origin: str
    """`system` or `wheel`."""


@dataclass(frozen=True, slots=True)
class Base:
    """A voice without a variant."""

    identifier: str
    """As the library has it, such as `gmw/en-US`."""
    title: str
    languages: tuple[tuple[str, int], ...]
    """Lower-case tag, such as `en-us`, and how far it is from the best voice for it; its own tag first."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Every voice of a library: any variant goes with any base, `en-us+f5`."""

    bases: dict[str, Base]
    """By the name people type, such as `en-us`."""
    variants: tuple[str, ...]

    def resolve(self, voice: str) -> tuple[Base, str]:
        """Return base and `+variant` (or nothing) of `en-us+f5` or `gmw/en-us+f5`, whatever the case.

        The library itself accepts any nonsense as a variant and speaks without it. Raises UnknownName.
        """
        name, plus, variant = voice.partition("+")
        by_name = {base.identifier.lower(): base for base in self.bases.values()} | self.bases
        base = by_name.get(name.lower())
        if base is None:
            raise UnknownName("voice", voice, [key + plus + variant for key in by_name], listing=LISTING)
        found = {known.lower(): known for known in self.variants}.get(variant.lower())
        if plus and found is None:
            raise UnknownName("voice", voice, [f"{name}+{known}" for known in self.variants], listing=LISTING)
        return base, f"+{found}" if found else ""

    def for_language(self, language: str) -> str:
        """Return the name of the voice for a BCP-47 tag; the part before the first `-` is enough."""
        tag = language.lower().replace("_", "-")
        while tag:
            ranked = [
                (distance, name)
                for name, base in self.bases.items()
                for known, distance in base.languages
                if known == tag
            ]
            if ranked:
                name = CLEAREST.get(tag, min(ranked)[1])
                return f"{name}+{CLEAREST_VARIANT}" if tag.partition("-")[0] == "en" else name
            tag = tag.rpartition("-")[0]
        raise Unavailable(f"espeak-ng has no voice for '{language}'", hint=f"choose one: `{LISTING}`.")


def find() -> Library:
    """Return the library to use: the system's if it has one, else that of the espeakng-loader wheel."""
    known = libraries()
    if not known:
        raise Unavailable(
            "libespeak-ng is not on this machine",
            hint="type `pip install espeakng-loader`, or let your system install espeak-ng.",
        )
    return known[0]


@cache
def libraries() -> tuple[Library, ...]:
    """Return every library here that can be loaded, the one to use first."""
    candidates = [Library(path, None, "system") for path in _SYSTEM]
    wheel = find_spec("espeakng_loader")
    if wheel is not None and wheel.origin is not None:
        folder = Path(wheel.origin).parent
        candidates.append(Library(str(folder / _IN_WHEEL), str(folder / "espeak-ng-data"), "wheel"))
    return tuple(library for library in candidates if _loads(library))


def version(library: Library) -> str:
    """Return its version and what tells its build from another of the same version; blocks a millisecond."""
    with _lock:
        handle = ctypes.CDLL(library.path)
        handle.espeak_Info.restype = ctypes.c_char_p
        handle.espeak_Info.argtypes = [ctypes.c_void_p]
        number = (handle.espeak_Info(None) or b"unknown").decode("ascii", "replace")
        file = _file(handle) or library.path
        _unload(handle)
    with suppress(OSError):
        number += f" {Path(file).stat().st_size}"
    return " ".join([number, library.origin, os.environ.get("ESPEAK_DATA_PATH", "")]).strip()


@contextmanager
def loaded(library: Library) -> Iterator[tuple[ctypes.CDLL, int]]:
    """Load the library as if for the first time; yields it, initialised, and its samplerate in hertz.

    Holds a lock: the library is one set of static variables. Raises Unavailable if it does not start, or if
    it cannot start afresh: something else in this process holds it, or (with musl) nothing is ever unloaded.
    """
    with _lock:
        if _is_loaded(library):
            raise Unavailable(
                "libespeak-ng stays loaded in this process, so it cannot start afresh",
                hint="choose another engine: `voiceguide list engines` shows all.",
            )
        # 1.51 takes its noise from the C library's generator, which outlives the loading.
        if sys.platform != "win32":
            ctypes.CDLL(None).srand(1)
        handle = ctypes.CDLL(library.path)
        try:
            data = os.fsencode(short_path(library.data)) if library.data else None
            samplerate = handle.espeak_Initialize(_SYNCHRONOUS, 0, data, _DO_NOT_EXIT)
            if samplerate <= 0:
                raise Unavailable(
                    "libespeak-ng does not find its data",
                    hint="type `pip install --force-reinstall espeakng-loader`, or let your system install "
                    "espeak-ng-data.",
                )
            seed(handle)
            yield handle, samplerate
        finally:
            # Without it every loading leaks some memory. It is only safe right before unloading: in 1.51,
            # initialising again after it hangs.
            handle.espeak_Terminate()
            _unload(handle)


def seed(handle: ctypes.CDLL) -> None:
    """Give the library's own noise a fixed start; call it after initialising.

    1.52 has its own generator, and espeak_Initialize starts it from the clock, in whole seconds: voices with
    breath noise, such as f5, sound different every second. 1.51 has the call too, and no such generator.
    """
    if hasattr(handle, "espeak_ng_SetRandSeed"):
        handle.espeak_ng_SetRandSeed.argtypes = [ctypes.c_long]
        handle.espeak_ng_SetRandSeed(1)


@cache
def listing(library: Library) -> Listing:
    """Return every voice the library has, in its own order; blocks about 30 ms the first time."""
    with loaded(library) as (handle, _):
        bases: dict[str, Base] = {}
        for voice in _list_voices(handle, None):
            # The first tag is what people know (`en-gb`); where two voices share one, the file's name.
            name = voice.languages[0][0] if voice.languages else voice.identifier
            name = name if name not in bases else voice.identifier.rpartition("/")[2].lower()
            bases[name] = voice
        variants = [voice.identifier.removeprefix("!v/") for voice in _list_voices(handle, b"variant")]
    return Listing(bases, tuple(sorted(variants)))


def short_path(data: str) -> str:
    """Return a path to the data folder that is short enough for the library, linking to it if need be."""
    if len(os.fsencode(data)) <= _LONGEST_DATA_PATH:
        return data
    link = Path(_links()) / "data"
    if len(os.fsencode(link)) > _LONGEST_DATA_PATH:
        raise Unavailable(
            f"the path of espeak-ng's data is too long: {data}", hint="set TMPDIR to a short path."
        )
    if not link.exists():
        link.symlink_to(data, target_is_directory=True)
    return str(link)


@cache
def _links() -> str:
    folder = tempfile.mkdtemp(prefix="voiceguide-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _loads(library: Library) -> bool:
    try:
        handle = ctypes.CDLL(library.path)
    except OSError:
        return False
    _unload(handle)
    return True


def _is_loaded(library: Library) -> bool:
    if sys.platform == "win32":
        return False
    try:
        handle = ctypes.CDLL(library.path, mode=os.RTLD_NOLOAD | os.RTLD_NOW)
    except OSError:
        return False
    _unload(handle)
    return True


class _Place(ctypes.Structure):
    """Dl_info of dlfcn.h."""

    _fields_ = (
        ("file", ctypes.c_char_p),
        ("base", ctypes.c_void_p),
        ("symbol", ctypes.c_char_p),
        ("address", ctypes.c_void_p),
    )


def _file(handle: ctypes.CDLL) -> str | None:
    """Return where a library was found that was loaded by its bare name."""
    if sys.platform == "win32":
        return None
    place = _Place()
    found = ctypes.CDLL(None).dladdr(ctypes.cast(handle.espeak_Info, ctypes.c_void_p), ctypes.byref(place))
    return os.fsdecode(place.file) if found and place.file else None


def _unload(handle: ctypes.CDLL) -> None:
    # There is no public way, and on Windows it has another name.
    if sys.platform == "win32":
        _ctypes.FreeLibrary(handle._handle)  # noqa: SLF001
    else:
        _ctypes.dlclose(handle._handle)  # noqa: SLF001


class _Voice(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_void_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("reserved", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


def _list_voices(handle: ctypes.CDLL, language: bytes | None) -> list[Base]:
    handle.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
    handle.espeak_ListVoices.argtypes = [ctypes.POINTER(_Voice)]
    wanted = None
    if language is not None:
        name = ctypes.create_string_buffer(language)
        wanted = ctypes.byref(_Voice(languages=ctypes.addressof(name)))
    found = handle.espeak_ListVoices(wanted)
    voices = []
    for index in range(100_000):
        if not found[index]:
            break
        voice = found[index].contents
        identifier, title = voice.identifier.decode(), voice.name.decode("utf-8", "replace")
        voices.append(Base(identifier, title, _tags(voice.languages)))
    return voices


def _tags(address: int) -> tuple[tuple[str, int], ...]:
    # A byte for the distance and a string ended by zero, over and over, until the byte is zero.
    tags = []
    while distance := ctypes.string_at(address, 1)[0]:
        tag = ctypes.string_at(address + 1)
        tags.append((tag.decode("ascii", "replace").lower(), distance))
        address += 2 + len(tag)
    return tuple(tags)


def bcp47(tag: str) -> str:
    """Return `en-US` for `en-us`: regions in capitals, scripts with one."""
    first, *rest = tag.split("-")
    cased = {2: str.upper, 4: str.title}
    return "-".join([first, *(cased.get(len(part), str.lower)(part) for part in rest)])
