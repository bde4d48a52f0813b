"""Makes the environment that `./scripts/voiceguide` and `./scripts/test` run in, once, and runs them.

`bootstrap.py run ARGS…` passes ARGS on to voiceguide; `bootstrap.py test [--all] ARGS…` checks everything
and passes ARGS on to pytest. Needs nothing but Python. Results are the program's own, on stdout; what is
said here goes to stderr, and nothing is said once the environment is there.

VOICEGUIDE_ENV           where to make the environment, instead of `.venv` in this folder
VOICEGUIDE_NO_BOOTSTRAP  set to 1: make nothing, use the Python that is running as it is
"""

from __future__ import annotations

import hashlib
import os
import signal
import sys

TYPE_CHECKING = False  # this runs before every command: typing, pathlib and contextlib would be felt
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType
    from typing import NoReturn

OLDEST = (3, 11)
UNAVAILABLE = 3
CHECKOUT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ON_WINDOWS = os.name == "nt"

CHECKS = (
    ("lint", ("-m", "ruff", "check")),
    ("format", ("-m", "ruff", "format", "--check")),
    ("spelling", ("-m", "codespell_lib")),
    ("types", ("-m", "mypy")),
    ("import contracts", ("-c", "from importlinter.cli import lint_imports_command as main; main()")),
)
"""What `./scripts/test` runs before pytest: a name, and what Python is to run."""


class SetupError(Exception):
    """The environment cannot be made. Its message is one line that says what to do."""


def main(arguments: Sequence[str]) -> int:
    """Set up if need be, then run `run` or `test`; return the exit code."""
    if sys.version_info < OLDEST:
        say(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}, at {sys.executable}")
        return UNAVAILABLE
    task, *rest = arguments
    try:
        python = environment(("all" if "--all" in rest else "dev") if task == "test" else "")
    except SetupError as error:
        say(str(error))
        return UNAVAILABLE
    except KeyboardInterrupt:
        say("set-up stopped half-way; the next run starts it again")
        return 130
    return test(python, rest) if task == "test" else become([python, "-P", "-m", "voiceguide", *rest])


def say(text: str) -> None:
    """Print one line to stderr."""
    print(f"voiceguide: {text}", file=sys.stderr, flush=True)


# ── the environment ──


def environment(group: str) -> str:
    """Return the Python of an environment that is up to date, making it first if need be.

    `group` is the dependency group it must hold besides voiceguide itself, or empty.
    """
    if os.environ.get("VOICEGUIDE_NO_BOOTSTRAP", "0") not in {"", "0"}:
        # This checkout, whether it is installed there or not.
        paths = [CHECKOUT, os.environ.get("PYTHONPATH", "")]
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
        return sys.executable
    place = os.path.abspath(os.environ.get("VOICEGUIDE_ENV") or os.path.join(CHECKOUT, ".venv"))
    if not up_to_date(place, group):
        claim(place)
        with Locked(place):
            if not up_to_date(place, group):  # another process may have made it meanwhile
                set_up(place, group)
    return python_in(place)


def python_in(place: str) -> str:
    """Return the path of the environment's Python."""
    return os.path.join(place, *(("Scripts", "python.exe") if ON_WINDOWS else ("bin", "python")))


def wanted() -> list[str]:
    """Return what an environment is made from: Python's version, the checkout's place, pyproject.toml."""
    with open(os.path.join(CHECKOUT, "pyproject.toml"), "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    return [f"python {python_version()}", f"checkout {CHECKOUT}", f"pyproject {digest}"]


def python_version() -> str:
    """Return such as `3.11`."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def stamp(place: str) -> list[str]:
    """Return what the environment was made from, one fact a line, and last its groups; [] if not finished."""
    try:
        with open(os.path.join(place, "voiceguide.stamp"), encoding="utf-8") as file:
            return file.read().splitlines()
    except OSError:
        return []


def groups(place: str) -> list[str]:
    """Return the dependency groups that the environment holds."""
    return [word for line in stamp(place) if line.startswith("groups") for word in line.split()[1:]]


def up_to_date(place: str, group: str) -> bool:
    """Return whether the environment was finished, from what is wanted now, and holds the group."""
    finished = stamp(place)[:-1] == wanted() and os.path.exists(python_in(place))
    return finished and (not group or group in groups(place))


def claim(place: str) -> None:
    """Make the folder with the lock file in it, by which an environment of ours is known.

    Raises
    ------
    SetupError
        If something else is there, which is not ours to clear away.
    """
    lock = os.path.join(place, "voiceguide.lock")
    try:
        os.makedirs(place, exist_ok=True)
        if os.listdir(place) and not os.path.exists(lock):
            raise SetupError(
                f"{place} is there already and was not made by this script: remove it, name another place "
                "in VOICEGUIDE_ENV, or set VOICEGUIDE_NO_BOOTSTRAP=1 to use the Python on the path"
            )
        with open(lock, "ab"):
            pass
    except OSError as error:
        raise SetupError(f"cannot make {place} ({error.strerror}): name another in VOICEGUIDE_ENV") from error


def set_up(place: str, group: str) -> None:
    """Make the environment, or bring it up to date. What is interrupted or fails, the next run does again."""
    python = python_in(place)
    everything = sorted({*groups(place), group} - {""})
    afresh = stamp(place)[:2] != wanted()[:2] or not os.path.exists(python)
    make = way_to_make(place) if afresh else []
    size = "300 MB" if everything else "130 MB"
    if afresh:
        say(f"setting up in {place}: once, a minute or two, about {size}, from the Python package index")
        say(f"to remove it: {'rmdir /s' if ON_WINDOWS else 'rm -r'} {quoted(place)}")
    else:
        say(f"bringing {place} up to date")
    signal.signal(signal.SIGTERM, stop)  # so that pip stops with us
    if afresh:
        clear(place)
        if run(make) != 0:
            raise SetupError(f"could not make an environment in {place}; the reason is above")
    pip = [python, "-m", "pip", "-qq", "--no-input", "--disable-pip-version-check", "install"]
    if stamp(place)[:-1] != wanted():
        install("voiceguide and what it needs", [*pip, "--editable", CHECKOUT])
        finish(place)
    if everything:
        install("a pip that knows dependency groups", [*pip, "pip>=25.1"])
        install("what the tests need", [*pip, *(part for name in everything for part in ("--group", name))])
        finish(place, *everything)
    say("ready")


def install(what: str, command: Sequence[str]) -> None:
    """Run one step of pip, which prints nothing but errors."""
    say(f"installing {what}")
    if run(command) != 0:
        raise SetupError(f"could not install {what}; the reason is above (no network?)")


def finish(place: str, *names: str) -> None:
    """Write the stamp: the environment is whole, and holds these groups."""
    unfinished = os.path.join(place, "voiceguide.stamp.part")
    with open(unfinished, "w", encoding="utf-8") as file:
        file.write("\n".join([*wanted(), " ".join(["groups", *names])]) + "\n")
    os.replace(unfinished, os.path.join(place, "voiceguide.stamp"))


def way_to_make(place: str) -> list[str]:
    """Return the command for an empty environment with pip in it: `venv`, or `uv` where Python has none.

    Raises
    ------
    SetupError
        If there is neither.
    """
    from importlib.util import find_spec
    from shutil import which

    # Run from the environment that is to be made anew, this is the Python below it.
    below = getattr(sys, "_base_executable", None) or sys.executable
    uv = which("uv")
    if find_spec("venv") and find_spec("ensurepip"):
        return [below, "-m", "venv", place]
    if uv:
        return [uv, "venv", "--quiet", "--seed", "--allow-existing", "--python", below, place]
    apt = f"`apt install python{python_version()}-venv` or " if which("apt") else ""
    raise SetupError(f"{below} has no venv: {apt}install uv (https://docs.astral.sh/uv/), then try again")


def clear(place: str) -> None:
    """Take away the stamp first, and then whatever the folder holds but the lock."""
    import shutil

    for name in sorted(os.listdir(place), key=lambda name: name != "voiceguide.stamp"):
        path = os.path.join(place, name)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        elif name != "voiceguide.lock":
            os.remove(path)


class Locked:
    """Holds the lock of an environment; the system lets it go when the process ends, however it ends."""

    def __init__(self, place: str) -> None:
        self._file = open(os.path.join(place, "voiceguide.lock"), "r+b")  # noqa: SIM115 - closed in __exit__

    def __enter__(self) -> None:
        if not self._take(wait=False):
            say("another set-up is at work; waiting for it")
            while not self._take(wait=True):
                pass

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _take(self, *, wait: bool) -> bool:
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(self._file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(self._file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def stop(signum: int, _: FrameType | None) -> NoReturn:
    """End as a signal asks for."""
    sys.exit(128 + signum)


# ── running ──


def run(command: Sequence[str]) -> int:
    """Run a step of the set-up in the checkout; return its exit code. What it prints goes to stderr."""
    import subprocess

    # What a person set for their own Python must not reach into this one.
    clean = {key: value for key, value in os.environ.items() if key not in {"PYTHONHOME", "PYTHONPATH"}}
    clean["PIP_USER"] = "0"
    return subprocess.call(command, cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=sys.stderr, env=clean)


def become(command: list[str]) -> int:
    """Put the command in the place of this process, so that keys and signals are its own."""
    if not ON_WINDOWS:
        os.execv(command[0], command)  # noqa: S606 - no shell is meant
    import subprocess

    process = subprocess.Popen(command)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # the child gets the same Ctrl-C, and decides
            continue


def test(python: str, arguments: Sequence[str]) -> int:
    """Run the checks, then pytest; stop at the first that fails and return its exit code."""
    import subprocess

    os.chdir(CHECKOUT)
    # What is slow plays in real time, which two at once would disturb.
    slow = ["-m", ""] if "--all" in arguments else ["-n", "2"]
    for name, command in CHECKS:
        print(f"== {name}", flush=True)
        code = subprocess.call([python, *command])
        if code:
            print(f"== {name} failed", file=sys.stderr, flush=True)
            return code
    print("== tests", flush=True)
    return become([python, "-m", "pytest", *slow, *(word for word in arguments if word != "--all")])


def quoted(path: str) -> str:
    """Return a path as it can be pasted into a shell."""
    from shlex import quote

    return f'"{path}"' if ON_WINDOWS else quote(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
