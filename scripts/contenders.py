"""Other ways to write a session of which every time is known, for `bench.py` to compare with.

Each is what somebody would write today with that program: espeak-ng's command and, to put its clips
together, numpy, sox, ffmpeg or pydub; or espeak-ng alone, whose SSML knows breaks but not how long the words
between them are. They find the timeline and the clips in a folder, and write a WAV file there.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import wave
import zlib
from collections.abc import Callable
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

RATE = 48_000
VOICE = ("-v", "en-us+f5", "-s", "150")
"""Of espeak-ng: the voice and the words a minute that the session is made in."""


def clip_name(event: dict[str, Any]) -> str:
    """Return a file name for what an event sounds like, the same in every process."""
    return f"{zlib.crc32((event['spoken'] or event['name']).encode()):08x}.wav"


def spans(document: dict[str, Any]) -> list[tuple[int, int, str]]:
    """Return the first frame, the number of frames and the clip of each event."""
    return [
        (round(e["start"] * 1000) * 48, round(e["duration"] * 1000) * 48, clip_name(e))
        for e in document["events"]
    ]


def read_document(folder: Path) -> dict[str, Any]:
    """Return the timeline."""
    document: dict[str, Any] = json.loads((folder / "timeline.json").read_text("utf-8"))
    return document


def cut(folder: Path) -> None:
    """Cut the clips of the warm contenders out of an export, and the sounds that nobody has to speak."""
    document = read_document(folder)
    with wave.open(str(folder / "export.wav")) as file:
        for start, frames, name in spans(document):
            file.setpos(start)
            with wave.open(str(folder / "clips" / name), "wb") as clip:
                clip.setparams((1, 2, RATE, frames, "NONE", ""))
                clip.writeframes(file.readframes(frames))


def run(program: str, *arguments: object) -> None:
    """Run a program; stop if it is missing or fails."""
    subprocess.run([shutil.which(program) or program, *map(str, arguments)], check=True)


def speak(folder: Path) -> None:
    """Speak every distinct text by espeak-ng's command."""
    texts = {clip_name(e): e["spoken"] for e in read_document(folder)["events"] if e["spoken"]}
    for name, text in texts.items():
        run("espeak-ng", *VOICE, "-w", folder / "spoken" / name, "--", text)


def numpy_warm(folder: Path, clips: str = "clips") -> None:
    """Put the clips into one array as long as the session, and write it."""
    import numpy as np
    import soundfile
    import soxr

    document = read_document(folder)
    session = np.zeros(document["frames"], np.float32)
    read: dict[str, Any] = {}
    for start, frames, name in spans(document):
        if name not in read:
            path = folder / clips / name
            sound, rate = soundfile.read(path if path.exists() else folder / "clips" / name, dtype="float32")
            read[name] = sound if rate == RATE else soxr.resample(sound, rate, RATE)
        session[start : start + frames][: len(read[name])] = read[name][:frames]
    soundfile.write(folder / "numpy.wav", session, RATE, subtype="PCM_16")


def numpy_cold(folder: Path) -> None:
    """Speak, then do the same."""
    speak(folder)
    numpy_warm(folder, "spoken")


def sox_warm(folder: Path, clips: str = "clips") -> None:
    """Let sox join the clips and pad them with the silences between, in one go."""
    document = read_document(folder)
    files, pads, joined, now = [], [], 0, 0
    for start, frames, name in spans(document):
        pads.append(f"{start - now}s@{joined}s")
        files.append(folder / clips / name)
        joined, now = joined + frames, start + frames
    pads.append(f"{document['frames'] - now}s@{joined}s")
    no_gaps = [pad for pad in pads if not pad.startswith("0s")]
    run("sox", *files, folder / "sox.wav", "pad", *no_gaps)


def make_ready(folder: Path, convert: Callable[[Path, int, Path], None]) -> None:
    """Bring each clip, once, to the session's samplerate and to as many frames as are planned for it."""
    for _, frames, name in spans(read_document(folder)):
        ready, spoken = folder / "ready" / name, folder / "spoken" / name
        if not ready.exists():
            convert(spoken if spoken.exists() else folder / "clips" / name, frames, ready)


def sox_cold(folder: Path) -> None:
    """Speak, make the clips ready, then do the same."""

    def convert(source: Path, frames: int, ready: Path) -> None:
        run("sox", source, ready, "rate", RATE, "pad", 0, f"{frames}s", "trim", 0, f"{frames}s")

    speak(folder)
    make_ready(folder, convert)
    sox_warm(folder, "ready")


def ffmpeg_warm(folder: Path, clips: str = "clips") -> None:
    """Write a file for each length of silence, and let ffmpeg's concat demuxer join everything."""
    document = read_document(folder)
    lines, now = [], 0

    def add_silence(frames: int) -> None:
        path = folder / "ready" / f"silence-{frames}.wav"
        if frames and not path.exists():
            with wave.open(str(path), "wb") as file:
                file.setparams((1, 2, RATE, frames, "NONE", ""))
                file.writeframes(bytes(2 * frames))
        if frames:
            lines.append(f"file '{path}'")

    for start, frames, name in spans(document):
        add_silence(start - now)
        lines.append(f"file '{folder / clips / name}'")
        now = start + frames
    add_silence(document["frames"] - now)
    (folder / "ready" / "list").write_text("\n".join(lines))
    quiet = ("-y", "-v", "error", "-f", "concat", "-safe", 0)
    run("ffmpeg", *quiet, "-i", folder / "ready" / "list", folder / "ffmpeg.wav")


def ffmpeg_cold(folder: Path) -> None:
    """Speak, make the clips ready, then do the same."""

    def convert(source: Path, frames: int, ready: Path) -> None:
        fit = f"aresample={RATE},apad=whole_len={frames},atrim=end_sample={frames}"
        run("ffmpeg", "-y", "-v", "error", "-i", source, "-af", fit, ready)

    speak(folder)
    make_ready(folder, convert)
    ffmpeg_warm(folder, "ready")


def pydub_warm(folder: Path, clips: str = "clips") -> None:
    """Add clips and silences to one another, as pydub's own examples do."""
    from pydub import AudioSegment

    document = read_document(folder)
    session = AudioSegment.empty().set_frame_rate(RATE)
    read: dict[str, Any] = {}
    now = 0
    for start, frames, name in spans(document):
        if name not in read:
            path = folder / clips / name
            source = path if path.exists() else folder / "clips" / name
            read[name] = AudioSegment.from_wav(source).set_frame_rate(RATE)
        session += AudioSegment.silent((start - now) / 48, RATE) + read[name][: frames / 48]
        now = start + len(read[name][: frames / 48]) * 48
    session += AudioSegment.silent((document["frames"] - now) / 48, RATE)
    session.export(folder / "pydub.wav", format="wav")


def pydub_cold(folder: Path) -> None:
    """Speak, then do the same."""
    speak(folder)
    pydub_warm(folder, "spoken")


def ssml_cold(folder: Path) -> None:
    """Let espeak-ng say everything with breaks for the silences, as nobody knows how long the words are."""
    now, parts = 0.0, []
    for event in read_document(folder)["events"]:
        if event["spoken"]:
            parts.append(f'<break time="{round((event["start"] - now) * 1000)}ms"/>{escape(event["spoken"])}')
            now = event["start"]
    text = folder / "session.ssml"
    text.write_text(f"<speak>{' '.join(parts)}</speak>", "utf-8")
    run("espeak-ng", *VOICE, "-m", "-f", text, "-w", folder / "ssml.wav")


def onset_error(folder: Path, name: str) -> float:
    """Return the milliseconds by which the worst cue in `<name>.wav` starts early or late.

    Where only espeak-ng knows when it says what, it is how much too long the whole of it is.
    """
    import numpy as np
    import soundfile

    document, path = read_document(folder), folder / f"{name}.wav"
    if name == "ssml":
        return abs(float(soundfile.info(path).duration) - float(document["duration"])) * 1000
    worst, over = 0, 0
    with soundfile.SoundFile(path) as file:
        for start, frames, _ in spans(document):
            file.seek(over)
            sounding = np.flatnonzero(file.read(start + frames - over, dtype="int16"))
            worst = max(worst, abs(over + int(sounding[0]) - start)) if len(sounding) else RATE
            over = start + frames
    return worst / RATE * 1000


def encode(folder: Path, kind: str, **how: Any) -> None:
    """Encode the finished WAV, room tone and all, by libsndfile, block by block."""
    import soundfile

    subtype = {"FLAC": "PCM_16", "MP3": "MPEG_LAYER_III", "OGG": "OPUS"}[kind]
    target = folder / f"encoded.{kind.lower()}"
    with soundfile.SoundFile(target, "w", RATE, 1, subtype, format=kind, **how) as file:
        for block in soundfile.blocks(folder / "with room tone.wav", RATE // 10, dtype="int16"):
            file.write(block)


CONTENDERS: dict[str, Callable[[Path], None]] = {
    "ssml cold": ssml_cold,
    "numpy cold": numpy_cold,
    "numpy warm": numpy_warm,
    "sox cold": sox_cold,
    "sox warm": sox_warm,
    "ffmpeg cold": ffmpeg_cold,
    "ffmpeg warm": ffmpeg_warm,
    "pydub cold": pydub_cold,
    "pydub warm": pydub_warm,
    "encode flac": lambda folder: encode(folder, "FLAC"),
    "encode mp3": lambda folder: encode(folder, "MP3", bitrate_mode="CONSTANT", compression_level=0.944),
    "encode opus": lambda folder: encode(folder, "OGG", compression_level=0.896),
}
if find_spec("pydub") is None:
    CONTENDERS = {name: do for name, do in CONTENDERS.items() if not name.startswith("pydub")}
"""What is done, by name; what is cold speaks first."""
