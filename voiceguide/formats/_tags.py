"""Track -> what a file says of itself, by mutagen: tags, chapters, cover and words in each container."""

from __future__ import annotations

import base64
import errno
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voiceguide.subtitles import make_lrc
from voiceguide.track import ARTIST, GENRE

if TYPE_CHECKING:
    from voiceguide.track import Track

_FRONT_COVER = 3
_LYRICS, _MILLISECONDS = 1, 2
"""Of an ID3 frame `SYLT`: what the words are, and what their times are counted in."""
_LATIN = 0
_UTF_16 = 1
"""All that ID3v2.3 knows beyond Latin-1; later versions are unknown to Windows and to many cars."""
_AUDIOBOOK = 2
"""Of an MP4 atom `stik`: a player then keeps its place in it."""
_REPLAYGAIN, _R128 = -18.0, -23.0
"""LUFS that a player brings a file to: ReplayGain 2.0 (https://wiki.hydrogenaud.io/index.php?title=
ReplayGain_2.0_specification), and for Opus RFC 7845, section 5.2.1."""
_ITUNES = "----:com.apple.iTunes:"
_BY_THREE_LETTERS: Mapping[str, str] = {
    "ar": "ara", "bg": "bul", "cs": "ces", "da": "dan", "de": "deu", "el": "ell", "en": "eng", "es": "spa",
    "et": "est", "fa": "fas", "fi": "fin", "fr": "fra", "he": "heb", "hi": "hin", "hu": "hun", "id": "ind",
    "it": "ita", "ja": "jpn", "ko": "kor", "nb": "nob", "nl": "nld", "nn": "nno", "no": "nor", "pl": "pol",
    "pt": "por", "ro": "ron", "ru": "rus", "sk": "slk", "sl": "slv", "sv": "swe", "th": "tha", "tr": "tur",
    "uk": "ukr", "ur": "urd", "vi": "vie", "zh": "zho",
}  # fmt: skip
"""ISO 639-2 by ISO 639-1: ID3 and MP4 want three letters."""


def three_letters(tag: str) -> str:
    """Return a language as ID3 and MP4 name it; `und`, undetermined, for one that is not known here."""
    language = tag.partition("-")[0].lower()
    return language if len(language) == 3 else _BY_THREE_LETTERS.get(language, "und")


@contextmanager
def _told_as_os_errors() -> Iterator[None]:
    """Raise what mutagen makes of a full disk as what it was."""
    from mutagen import MutagenError

    try:
        yield
    except MutagenError as error:
        cause = error.args[0] if error.args and isinstance(error.args[0], OSError) else None
        raise cause or OSError(errno.EIO, f"{error}; is the disk full?") from error


@_told_as_os_errors()
def add_mp3(path: Path, track: Track) -> None:
    """Put what the track says of itself before the sound of an MP3 file."""
    if not track.title:
        return
    from mutagen.id3 import ID3

    tags = ID3()
    for frame in _id3_frames(track):
        tags.add(frame)
    tags.save(path, v1=0, v2_version=3, padding=_no_padding)


@_told_as_os_errors()
def add_wav(path: Path, track: Track) -> None:
    """Put what the track says of itself behind the sound of a WAV file."""
    if not track.title:
        return
    from mutagen.wave import WAVE

    file = WAVE(path)
    file.add_tags()
    for frame in _id3_frames(track):
        file.tags.add(frame)
    file.save(v1=0, v2_version=3, padding=_no_padding)


@_told_as_os_errors()
def add_flac(path: Path, track: Track) -> None:
    """Put what the track says of itself before the sound of a FLAC file."""
    if not track.title:
        return
    from mutagen.flac import FLAC

    file = FLAC(path)
    if file.tags is None:
        file.add_tags()
    file.tags.clear()  # libsndfile puts its own name there
    for name, value in (*_comments(track, first_chapter=1), *_replaygain(track).items()):
        file.tags[name] = value
    if track.cover:
        file.add_picture(_picture(track))
    file.save(padding=_no_padding)


@_told_as_os_errors()
def add_opus(path: Path, track: Track) -> None:
    """Put what the track says of itself into the second packet of an Opus file."""
    if not track.title:
        return
    from mutagen.oggopus import OggOpus

    file = OggOpus(path)
    file.tags.clear()  # libsndfile puts its own name there
    for name, value in _comments(track, first_chapter=0):
        file.tags[name] = value
    if track.loudness is not None:
        # In 256ths of a decibel; RFC 7845 wants neither the other names nor a peak.
        file.tags["R128_TRACK_GAIN"] = str(round(256 * (_R128 - track.loudness)))
    if track.cover:
        file.tags["METADATA_BLOCK_PICTURE"] = base64.b64encode(_picture(track).write()).decode("ascii")
    file.save(padding=_no_padding)


@_told_as_os_errors()
def add_mp4(path: Path, track: Track) -> None:
    """Put what the track says of itself beside the sound of an MP4 file; its chapters are there already."""
    if not track.title:
        return
    from mutagen.mp4 import MP4, MP4Cover, MP4FreeForm

    file = MP4(path)
    if file.tags is None:
        file.add_tags()
    tags: dict[str, Any] = {
        "\xa9nam": track.title,
        "\xa9alb": track.album,
        "\xa9ART": ARTIST,
        "aART": ARTIST,
        "\xa9gen": GENRE,
        "\xa9cmt": track.comment,
        "\xa9lyr": track.lyrics,
        "trkn": [(track.number, track.count)],
        "stik": [_AUDIOBOOK],
    }
    if track.cover:
        tags["covr"] = [MP4Cover(track.cover, imageformat=MP4Cover.FORMAT_PNG)]
    for name, value in _replaygain(track).items():
        tags[_ITUNES + name.lower()] = [MP4FreeForm(value.encode("ascii"))]
    file.tags.update({name: value for name, value in tags.items() if value})
    file.save(padding=_no_padding)


def _id3_frames(track: Track) -> Iterable[Any]:
    """Yield the frames of ID3v2.3 (https://id3.org/id3v2.3.0) and of its chapters."""
    from mutagen import id3

    language = three_letters(track.language)
    texts = {
        id3.TIT2: track.title,
        id3.TALB: track.album,
        id3.TPE1: ARTIST,
        id3.TPE2: ARTIST,
        id3.TCON: GENRE,
        id3.TLAN: language,
        id3.TLEN: str(track.duration),
        id3.TRCK: f"{track.number}/{track.count}",
    }
    for frame, text in texts.items():
        yield frame(encoding=_UTF_16, text=[text])
    for name, value in _replaygain(track).items():
        yield id3.TXXX(encoding=_LATIN, desc=name, text=[value])
    if track.comment:
        yield id3.COMM(encoding=_UTF_16, lang=language, desc="", text=[track.comment])
    if track.words:
        yield id3.USLT(encoding=_UTF_16, lang=language, desc="", text=track.lyrics)
        lines = [(line.text, line.start) for line in track.words]
        yield id3.SYLT(
            encoding=_UTF_16, lang=language, format=_MILLISECONDS, type=_LYRICS, desc="", text=lines
        )
    if track.cover:
        yield id3.APIC(encoding=_UTF_16, mime="image/png", type=_FRONT_COVER, desc="", data=track.cover)
    # Some readers take chapters as they come, and mutagen sorts frames by length: the names make that equal.
    sizes = [len(mark.title.encode("utf-16")) for mark in track.chapters]
    names = [f"chp{number:03d}" + "-" * (max(sizes) - size) for number, size in enumerate(sizes)]
    if names:
        flags = id3.CTOCFlags.TOP_LEVEL | id3.CTOCFlags.ORDERED
        yield id3.CTOC(element_id="toc", flags=flags, child_element_ids=names, sub_frames=[])
    for name, mark in zip(names, track.chapters, strict=True):
        yield id3.CHAP(
            element_id=name,
            start_time=mark.start,
            end_time=mark.end,
            sub_frames=[id3.TIT2(encoding=_UTF_16, text=[mark.title])],
        )


def _replaygain(track: Track) -> dict[str, str]:
    """Return how much louder or softer a player should be, and the peak it then has to mind."""
    gains = {}
    if track.loudness is not None:
        gains["REPLAYGAIN_TRACK_GAIN"] = f"{_REPLAYGAIN - track.loudness:.2f} dB"
    if track.peak is not None:
        gains["REPLAYGAIN_TRACK_PEAK"] = f"{track.peak:.6f}"
    return gains


def _comments(track: Track, *, first_chapter: int) -> Iterable[tuple[str, str]]:
    """Yield Vorbis comments (https://wiki.xiph.org/VorbisComment and https://wiki.xiph.org/Chapter_Extension)."""
    comments = {
        "TITLE": track.title,
        "ALBUM": track.album,
        "ARTIST": ARTIST,
        "ALBUMARTIST": ARTIST,
        "GENRE": GENRE,
        "LANGUAGE": track.language,
        "TRACKNUMBER": str(track.number),
        "TRACKTOTAL": str(track.count),
        # Programs differ in the name under which they look for it.
        "COMMENT": track.comment,
        "DESCRIPTION": track.comment,
        "LYRICS": make_lrc(track) if track.words else "",
        "UNSYNCEDLYRICS": track.lyrics,
    }
    yield from ((name, value) for name, value in comments.items() if value)
    for number, mark in enumerate(track.chapters, start=first_chapter):
        minutes, rest = divmod(mark.start, 60_000)
        time = f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
        yield f"CHAPTER{number:03d}", time
        yield f"CHAPTER{number:03d}NAME", mark.title


def _picture(track: Track) -> Any:
    from mutagen.flac import Picture

    picture = Picture()
    picture.data, picture.type, picture.mime = track.cover, _FRONT_COVER, "image/png"
    return picture


def _no_padding(_: Any) -> int:
    return 0
