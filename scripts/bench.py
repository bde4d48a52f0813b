"""Times voiceguide beside other ways to do the same work, and prints ratios and the targets beside them.

`bench.py [ROUNDS]`; five rounds without a number. In each, every contender runs once, one after the other,
in a process of its own, so that whatever else the machine does is shared by all; medians count. All write
the `lying-down` session as 48 kHz mono 16-bit WAV, the same words at the same times. The others are given
that timeline; only voiceguide has to work it out. Cold, espeak-ng speaks each distinct text; warm, the clips
are there. Needs espeak-ng, sox and pulseaudio; never part of the tests.
"""

from __future__ import annotations

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
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path

from scripts.contenders import CONTENDERS, RATE, cut, read_document

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


# ── our own parts: each is `bench.py NAME FOLDER`, in a process of its own ──


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

    words = "play hands --as-guest --no-preflight --voice espeak"  # at a terminal it would ask first
    command = [sys.executable, "-m", "voiceguide", *words.split()]
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


PARTS: dict[str, Callable[[Path], None]] = {
    **CONTENDERS,
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
"""What runs in each round beside the exports, by name."""


# ── measuring: no numpy here, as a child's memory counts from what its parent had ──


MADE = {"cold": ["cache", "spoken", "ready"], "warm": ["ready"]}
"""The folders that are empty when one that is cold, or warm, starts."""


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
    # WAV without a room tone, which the others do not have; small files as they ship, with it.
    wav = [str(folder / "ours.wav"), "--no-room-tone"]
    return {
        "voiceguide cold": [*export, *wav],
        "voiceguide warm": [*export, *wav],
        **{f"voiceguide {kind}": [*export, str(folder / f"ours.{kind}")] for kind in ("flac", "mp3", "opus")},
        "python": [sys.executable, "-c", "pass"],
        "help": [*voiceguide, "--help"],
        **{name: [sys.executable, __file__, name, str(folder)] for name in PARTS},
    }


def run_rounds(folder: Path, rounds: int) -> tuple[dict[str, Cost], dict[str, float], dict[str, float]]:
    """Return the medians of all costs, of the numbers that some print, and the worst onsets."""
    costs: dict[str, list[Cost]] = {}
    onsets: dict[str, float] = {}
    numbers: dict[str, list[float]] = {}
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
        for name, command in commands(folder).items():
            for made in MADE.get(name.rpartition(" ")[2], ()):
                shutil.rmtree(folder / made, ignore_errors=True)
                (folder / made).mkdir()
            for _ in range(4 if name in {"python", "help"} else 1):
                cost, printed = measure(command)
                costs.setdefault(name, []).append(cost)
                if name not in onsets and name.endswith((" cold", " warm")):
                    onsets[name] = tell_onset(folder, name.partition(" ")[0])
                if name.startswith(("compile", "fit", "mix", "first", "playing")):
                    numbers.setdefault(name, []).append(float(printed))
    medians = {
        name: Cost(
            *(statistics.median(getattr(cost, what) for cost in some) for what in ("wall", "cpu", "memory"))
        )
        for name, some in costs.items()
    }
    return medians, {name: statistics.median(some) for name, some in numbers.items()}, onsets


def tell_onset(folder: Path, name: str) -> float:
    """Return the worst onset in a file, in milliseconds, found in a process of its own."""
    file = "ours" if name == "voiceguide" else name
    look = "import sys, pathlib; from scripts.contenders import onset_error"
    look += "; print(onset_error(pathlib.Path(sys.argv[1]), sys.argv[2]))"
    return float(measure([sys.executable, "-c", look, str(folder), file])[1])


def report(cost: dict[str, Cost], number: dict[str, float], onsets: dict[str, float]) -> None:
    """Print the costs and the worst onsets, then the ratios beside their targets."""
    print(f"\n{'':16}{'wall s':>8}{'CPU s':>8}{'MiB':>6}{'worst onset, ms':>17}")
    for name, one in cost.items():
        onset = f"{onsets[name]:17.2f}" if name in onsets else ""
        print(f"{name:16}{one.wall:8.3f}{one.cpu:8.3f}{one.memory:6.0f}{onset}")

    def cpu(one: str, other: str) -> float:
        return cost[f"voiceguide {one}"].cpu / cost[other].cpu

    pydub: list[tuple[str, float, float | None, float | None]] = []
    if "pydub cold" in cost:
        pydub = [("cold WAV, CPU, against pydub", cpu("cold", "pydub cold"), 0.08, 0.04)]
    else:
        print("Without pydub, which is not installed here: `python -m pip install pydub` adds it.")
    rows: list[tuple[str, float, float | None, float | None]] = [
        ("cold WAV, CPU, against sox concat", cpu("cold", "sox cold"), 0.4, 0.2),
        ("cold WAV, CPU, against numpy", cpu("cold", "numpy cold"), 0.3, 0.15),
        *pydub,
        ("cold WAV, CPU, against ffmpeg concat", cpu("cold", "ffmpeg cold"), None, None),
        ("warm WAV, CPU, against numpy", cpu("warm", "numpy warm"), 0.5, 0.3),
        ("warm WAV, CPU, against sox concat", cpu("warm", "sox warm"), None, None),
        ("warm FLAC, CPU, against encoding the WAV", cpu("flac", "encode flac"), 1.4, 0.5),
        ("warm MP3, CPU, against encoding the WAV", cpu("mp3", "encode mp3"), 1.2, 0.5),
        ("warm Opus, CPU, against encoding the WAV", cpu("opus", "encode opus"), 1.2, 0.5),
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
        export = commands(folder)["voiceguide cold"][:-2]
        timeline = ["--timeline", str(folder / "timeline.json")]
        measure([*export, str(folder / "export.wav"), "--no-room-tone", *timeline])
        measure([*export, str(folder / "with room tone.wav")])
        cut(folder)
        document = read_document(folder)
        machine = (platform.platform(), platform.machine(), f"{os.cpu_count()} CPUs")
        print(*machine, f"load {os.getloadavg()[0]:.1f}", f"Python {platform.python_version()}", sep=", ")
        clips = len(list((folder / "clips").iterdir()))
        minutes = round(document["duration"] / 60)
        print(f"{ROUTINE}: {minutes} min, {len(document['events'])} events, {clips} clips, {rounds} rounds")
        report(*run_rounds(folder, rounds))


if __name__ == "__main__":
    if len(sys.argv) == 3:
        PARTS[sys.argv[1]](Path(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
