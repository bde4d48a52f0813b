"""Times voiceguide beside other ways to do the same work, and prints ratios and the targets beside them.

`bench.py [ROUNDS]`; five rounds without a number. In each, every contender runs once, one after the other,
in a process of its own, so that whatever else the machine does is shared by all; medians count. All write
the `lying-down` session as 48 kHz mono 16-bit WAV, the same words at the same times. The others are given
that timeline; only voiceguide has to work it out. Cold, espeak-ng speaks each distinct text; warm, the clips
are there. Needs espeak-ng, sox and pulseaudio; never part of the tests.
"""

from __future__ import annotations

import json
import os
import platform
import select
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import wave
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from typing import Any

RATE = 48_000
ROUTINE = "lying-down"


@dataclass(frozen=True)
class Cost:
    """What one process took."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds, with its children."""
    memory: float
    """MiB at most, of the process or the largest of its children."""


# ── contenders: each is `bench.py NAME FOLDER`, in a process of its own ──


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
        run("espeak-ng", "-v", "en-us+f5", "-s", 150, "-w", folder / "spoken" / name, "--", text)


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


def sox_cold(folder: Path) -> None:
    """Speak, bring each clip to the session's samplerate and its planned length, then do the same."""
    speak(folder)
    for _, frames, name in spans(read_document(folder)):
        ready = folder / "ready" / name
        if not ready.exists():
            spoken = folder / "spoken" / name
            source = spoken if spoken.exists() else folder / "clips" / name
            run("sox", source, ready, "rate", RATE, "pad", 0, f"{frames}s", "trim", 0, f"{frames}s")
    sox_warm(folder, "ready")


def encode(folder: Path) -> None:
    """Encode the finished WAV as FLAC, block by block."""
    import soundfile

    with soundfile.SoundFile(folder / "flac.flac", "w", RATE, 1, "PCM_16") as file:
        for block in soundfile.blocks(folder / "export.wav", RATE // 10, dtype="int16"):
            file.write(block)


def compiling(_folder: Path) -> None:
    """Print the seconds it takes to compile the session with every clip at hand, imports aside."""
    from voiceguide.library import find_routine, load_language, load_points, load_routine
    from voiceguide.session import compile_session
    from voiceguide.voice import find_voice

    took = 0.0
    for _ in range(2):  # the first one imports
        began = time.perf_counter()
        voice = find_voice("espeak", rate=None)
        compile_session(
            load_routine(find_routine(ROUTINE)), load_points(), load_language("en"), voice, sounds=False
        )
        took = time.perf_counter() - began
    print(took)


def fitting(points: int) -> None:
    """Print the seconds it takes to fit a routine to a length, the mean of twenty lengths.

    The routine is `full`, or a made-up one that presses copies of four points, so many in all.
    """
    from voiceguide.earcons import EARCON_LENGTHS
    from voiceguide.engines.tone import tone_length
    from voiceguide.library import find_routine, load_language, load_points, load_routine
    from voiceguide.scheduler.fit import find_ends, fit
    from voiceguide.scheduler.routine import parse_routine
    from voiceguide.scheduler.ruler import Ruler
    from voiceguide.session import write_script
    from voiceguide.units import Milliseconds

    known, language = dict(load_points()), load_language("en")
    routine = load_routine(find_routine("full"))
    if points:
        words = dict(language.points)
        steps: list[dict[str, object]] = [{"posture": "sitting"}]
        for number, kind in zip(range(points), cycle(("b54", "lu6", "li4", "b23")), strict=False):
            name = f"{kind}-{number}"
            known[name], words[name] = replace(known[kind], id=name), words[kind]
            steps.append({"press": name, **({"optional": number + 1} if number % 5 == 4 else {})})
        language = replace(language, points=words)
        routine = parse_routine({"version": 1, "id": "long", "steps": steps})
    plan, _ = write_script(routine, known, language)

    def ruler() -> Ruler:
        return Ruler(language, tone_length, EARCON_LENGTHS)

    shortest, longest = find_ends(plan, ruler())
    lengths = [Milliseconds(shortest + (longest - shortest) * at // 19) for at in range(20)]
    began = time.perf_counter()
    for length in lengths:
        if fit(plan, length, ruler()) is None:
            sys.exit(f"{length} ms cannot be had")
    print((time.perf_counter() - began) / len(lengths))


def mix(minutes: int) -> None:
    """Mix a made-up session to nowhere; print how many times faster than it would play."""
    from tests.made_up import make_long

    mixer = make_long(minutes).mixer()
    began = time.perf_counter()
    for _ in mixer.blocks():
        pass
    print(60 * minutes / (time.perf_counter() - began))


def listening(minutes: int) -> None:
    """Play a made-up session to nobody, as fast as it goes; only its memory matters."""
    from tests.made_up import make_long
    from voiceguide import registry
    from voiceguide.player import Player, play

    backend = registry.find("voiceguide.backends", "null").Backend()
    play(Player(make_long(minutes).as_session), backend, samplerate=RATE)


def first_samples(folder: Path) -> None:
    """Print the seconds from the command `play`, warm, to the first samples that a sound server pulls."""
    print(_with_server(folder, _time_first_pull))


def playing(folder: Path) -> None:
    """Print the percentage of a core that `play` takes at a sound server, with its screen in a terminal."""
    print(_with_server(folder, _cpu_of_playing))


FIRST_PULL = """
import os, time
from voiceguide.backends._device import DeviceStream
from voiceguide.commands import main

def take(stream, frames):
    os.write(1, str(time.time()).encode())
    os._exit(0)

DeviceStream.take = take
main("play hands --no-preflight --voice espeak".split())
"""
"""`play` that prints when the first samples are pulled, and ends."""


def _with_server(folder: Path, look: Callable[[], float]) -> float:
    from tests.rig import run_rig

    with tempfile.TemporaryDirectory() as place, run_rig(Path(place)) as rig:
        os.environ.update(rig.environment)
        os.environ["VOICEGUIDE_CACHE"] = str(folder / "cache")
        os.environ["VOICEGUIDE_DATA"] = place
        # Every clip is there before it counts.
        play = "play hands --no-preflight --backend null --voice espeak".split()
        subprocess.run([sys.executable, "-m", "voiceguide", *play], capture_output=True, check=True)
        return look()


def _time_first_pull() -> float:
    times = []
    for _ in range(5):
        began = time.time()
        told = subprocess.run(
            [sys.executable, "-c", FIRST_PULL], stdin=subprocess.DEVNULL, capture_output=True, check=True
        )
        times.append(float(told.stdout.split()[-1]) - began)
    return statistics.median(times)


def _cpu_of_playing() -> float:
    import pty

    command = [sys.executable, "-m", "voiceguide", "play", "hands", "--no-preflight", "--voice", "espeak"]
    child, terminal = pty.fork()
    if not child:
        os.execv(command[0], command)  # noqa: S606 - our own program

    def wait_and_read(seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if select.select([terminal], [], [], left)[0]:
                os.read(terminal, 65536)

    def used() -> float:
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    wait_and_read(5)
    before = used()
    wait_and_read(20)
    percent = 100 * (used() - before) / 20
    os.kill(child, signal.SIGTERM)
    os.waitpid(child, 0)
    return percent


CONTENDERS: dict[str, Callable[[Path], None]] = {
    "cut": cut,
    "numpy cold": numpy_cold,
    "numpy warm": numpy_warm,
    "sox cold": sox_cold,
    "sox warm": sox_warm,
    "encode": encode,
    "compile": compiling,
    "fit": lambda _folder: fitting(0),
    "fit 1000": lambda _folder: fitting(64),
    "mix 30": lambda _folder: mix(30),
    "mix 240": lambda _folder: mix(240),
    "listen 30": lambda _folder: listening(30),
    "listen 90": lambda _folder: listening(90),
    "first samples": first_samples,
    "playing": playing,
}


# ── measuring: no numpy here, as a child's memory counts from what its parent had ──


COLD = {"voiceguide cold": ["cache"], "numpy cold": ["spoken"], "sox cold": ["spoken", "ready"]}
"""The folders that are empty when these start."""


def measure(command: list[str]) -> tuple[Cost, str]:
    """Run a command; return what it took and what it printed."""
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as printed:
        process = subprocess.Popen(command, stdout=printed, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"exit code {process.returncode}: {' '.join(command)}")
        printed.seek(0)
        return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024), printed.read()


def commands(folder: Path) -> dict[str, list[str]]:
    """Return what runs in each round, by name."""
    voiceguide = [sys.executable, "-m", "voiceguide"]
    export = [*voiceguide, "export", ROUTINE, "--voice", "espeak", "--force", "-o"]
    return {
        "voiceguide cold": [*export, str(folder / "ours.wav")],
        "voiceguide warm": [*export, str(folder / "ours.wav")],
        "voiceguide flac": [*export, str(folder / "ours.flac")],
        "python": [sys.executable, "-c", "pass"],
        "help": [*voiceguide, "--help"],
        **{name: [sys.executable, __file__, name, str(folder)] for name in CONTENDERS if name != "cut"},
    }


def run_rounds(folder: Path, rounds: int) -> tuple[dict[str, Cost], dict[str, float]]:
    """Return the medians of all costs, and of the numbers that some print."""
    costs: dict[str, list[Cost]] = {}
    numbers: dict[str, list[float]] = {}
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
        for name, command in commands(folder).items():
            for made in COLD.get(name, ()):
                shutil.rmtree(folder / made, ignore_errors=True)
                (folder / made).mkdir()
            for _ in range(4 if name in {"python", "help"} else 1):
                cost, printed = measure(command)
                costs.setdefault(name, []).append(cost)
                if name.startswith(("compile", "fit", "mix", "first", "playing")):
                    numbers.setdefault(name, []).append(float(printed))
    medians = {
        name: Cost(
            *(statistics.median(getattr(cost, what) for cost in some) for what in ("wall", "cpu", "memory"))
        )
        for name, some in costs.items()
    }
    return medians, {name: statistics.median(some) for name, some in numbers.items()}


def report(cost: dict[str, Cost], number: dict[str, float]) -> None:
    """Print the costs, then the ratios beside their targets."""
    print(f"\n{'':16}{'wall s':>8}{'CPU s':>8}{'MiB':>6}")
    for name, one in cost.items():
        print(f"{name:16}{one.wall:8.3f}{one.cpu:8.3f}{one.memory:6.0f}")

    def cpu(one: str, other: str) -> float:
        return cost[f"voiceguide {one}"].cpu / cost[other].cpu

    rows: list[tuple[str, float, float | None, float | None]] = [
        ("cold WAV, CPU, against sox concat", cpu("cold", "sox cold"), 0.4, 0.2),
        ("cold WAV, CPU, against numpy", cpu("cold", "numpy cold"), 0.3, 0.15),
        ("warm WAV, CPU, against numpy", cpu("warm", "numpy warm"), 0.5, 0.3),
        ("warm WAV, CPU, against sox concat", cpu("warm", "sox warm"), None, None),
        ("warm FLAC, CPU, against encoding the WAV", cpu("flac", "encode"), 1.4, 0.5),
        ("--help against python -c pass", cost["help"].wall / cost["python"].wall, 6, 4.5),
        (
            "mixer's peak memory, 240 min against 30",
            cost["mix 240"].memory / cost["mix 30"].memory,
            1.1,
            1.05,
        ),
        (f"compiling {ROUTINE}, warm, in ms (targets: 60 min)", number["compile"] * 1000, 200, 50),
        ("fitting `full` (123 segments) to a length, in ms", number["fit"] * 1000, 10, 2),
        ("fitting a routine of 1000 segments, in ms", number["fit 1000"] * 1000, 500, 250),
        ("`play hands` to the first samples, warm, in ms", number["first samples"] * 1000, 400, 150),
        ("playing, percent of a core", number["playing"], 2, None),
        (
            "player's peak memory, 90 min against 30",
            cost["listen 90"].memory / cost["listen 30"].memory,
            1.1,
            1.05,
        ),
        ("mixer, times faster than it plays", number["mix 30"], None, None),
    ]
    print(f"\n{'':52}{'measured':>10}{'must':>7}{'aim':>7}")
    for what, measured, must, aim in rows:
        print(f"{what:52}{measured:10.2f}{must or '':>7}{aim or '':>7}")


def main(rounds: int) -> None:
    """Prepare, measure, report."""
    with tempfile.TemporaryDirectory(prefix="voiceguide-bench-") as name:
        folder = Path(name)
        os.environ["VOICEGUIDE_CACHE"] = str(folder / "cache")
        os.environ["VOICEGUIDE_CONFIG"] = str(folder / "none.toml")
        # Compiled once, as where it is installed, and without a trace in the checkout.
        os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        (folder / "clips").mkdir()
        export = commands(folder)["voiceguide cold"][:-1]
        measure([*export, str(folder / "export.wav"), "--timeline", str(folder / "timeline.json")])
        measure([sys.executable, __file__, "cut", str(folder)])
        document = read_document(folder)
        machine = (platform.platform(), platform.machine(), f"{os.cpu_count()} CPUs")
        print(*machine, f"load {os.getloadavg()[0]:.1f}", f"Python {platform.python_version()}", sep=", ")
        clips = len(list((folder / "clips").iterdir()))
        minutes = round(document["duration"] / 60)
        print(f"{ROUTINE}: {minutes} min, {len(document['events'])} events, {clips} clips, {rounds} rounds")
        report(*run_rounds(folder, rounds))


if __name__ == "__main__":
    if len(sys.argv) == 3:
        CONTENDERS[sys.argv[1]](Path(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
