"""The set-up that `./scripts/voiceguide` does at its first run, as far as it goes without a network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="runs the scripts for sh")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout, in a path with spaces, whose voiceguide says what it was told."""
    place = tmp_path / "a check out"
    shutil.copytree(ROOT / "scripts", place / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", place)
    (place / "voiceguide").mkdir()
    (place / "voiceguide/__init__.py").touch()
    (place / "voiceguide/__main__.py").write_text(
        "import sys\nprint(sys.argv[1:])\nsys.exit(len(sys.argv) - 1)\n"
    )
    return place


@pytest.fixture
def bootstrap(checkout: Path) -> ModuleType:
    """Return the bootstrap of that checkout."""
    spec = spec_from_file_location("bootstrap", checkout / "scripts/bootstrap.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(script: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a script by this Python, which is first on the path, and with no settings but these."""
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    return subprocess.run(
        [script, *arguments],
        env={"PATH": path, **settings},
        cwd=script.parents[2],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def finish(bootstrap: ModuleType, place: Path, *groups: str) -> None:
    """Make an environment such as a finished set-up leaves, but with nothing installed."""
    if not place.exists():
        bootstrap.claim(str(place))
        venv.create(place, with_pip=False, symlinks=True)
    bootstrap.finish(str(place), *groups)


def test_once_set_up_nothing_is_said_and_everything_is_passed_on(
    bootstrap: ModuleType, checkout: Path
) -> None:
    finish(bootstrap, checkout / ".venv")
    (
        checkout / ".venv/lib" / f"python{bootstrap.python_version()}" / "site-packages/checkout.pth"
    ).write_text(str(checkout))
    done = run(checkout / "scripts/voiceguide", "two words", "--flag", "")
    assert (done.stdout, done.stderr, done.returncode) == ("['two words', '--flag', '']\n", "", 3)


def test_with_no_bootstrap_this_python_is_used_and_nothing_is_made(checkout: Path) -> None:
    done = run(checkout / "scripts/voiceguide", "list", VOICEGUIDE_NO_BOOTSTRAP="1")
    assert (done.stdout, done.stderr, done.returncode) == ("['list']\n", "", 1)
    assert not (checkout / ".venv").exists()


def test_a_link_to_the_script_finds_the_checkout(checkout: Path, tmp_path: Path) -> None:
    folder = tmp_path / "some where" / "bin"
    folder.mkdir(parents=True)
    (folder / "voiceguide").symlink_to(checkout / "scripts/voiceguide")
    assert run(folder / "voiceguide", VOICEGUIDE_NO_BOOTSTRAP="1").stdout == "[]\n"


def test_a_file_of_the_user_is_not_taken_for_a_library(checkout: Path) -> None:
    (checkout.parent / "sys.py").touch()
    (checkout.parent / "voiceguide.py").write_text("raise SystemExit('the wrong one')")
    assert run(checkout / "scripts/voiceguide", VOICEGUIDE_NO_BOOTSTRAP="1").stdout == "[]\n"


def test_an_environment_is_kept_until_what_it_was_made_from_changes(
    bootstrap: ModuleType, checkout: Path
) -> None:
    place = checkout / "environment"
    assert not bootstrap.up_to_date(str(place), "")
    finish(bootstrap, place)
    assert bootstrap.up_to_date(str(place), "")
    assert not bootstrap.up_to_date(str(place), "dev"), "the tests' needs are not there yet"
    finish(bootstrap, place, "dev")
    assert bootstrap.up_to_date(str(place), "dev")
    assert bootstrap.up_to_date(str(place), "")
    with (checkout / "pyproject.toml").open("a") as file:
        file.write("# another need\n")
    assert not bootstrap.up_to_date(str(place), "")


def test_an_environment_whose_python_has_gone_is_made_again(bootstrap: ModuleType, checkout: Path) -> None:
    place = checkout / "environment"
    finish(bootstrap, place)
    Path(bootstrap.python_in(str(place))).unlink()
    assert not bootstrap.up_to_date(str(place), "")


def test_what_could_not_be_added_spoils_nothing_that_was_there(bootstrap: ModuleType, checkout: Path) -> None:
    place = checkout / ".venv"
    finish(bootstrap, place)
    done = run(
        checkout / "scripts/test"
    )  # there is no pip in it, and so it fails as it would without a network
    assert done.returncode == 3
    assert "could not install" in done.stderr
    assert bootstrap.up_to_date(str(place), "")
    assert not bootstrap.up_to_date(str(place), "dev")


def test_a_folder_that_is_not_ours_is_left_alone(checkout: Path) -> None:
    theirs = checkout / "theirs"
    theirs.mkdir()
    (theirs / "letter.txt").touch()
    done = run(checkout / "scripts/voiceguide", VOICEGUIDE_ENV=str(theirs))
    assert done.returncode == 3
    assert done.stderr.startswith(f"voiceguide: {theirs} is there already and was not made by this script")
    assert [path.name for path in theirs.iterdir()] == ["letter.txt"]


def test_a_place_that_cannot_be_written_is_said_in_one_line(checkout: Path) -> None:
    (checkout / "file").touch()
    done = run(checkout / "scripts/voiceguide", VOICEGUIDE_ENV=str(checkout / "file/environment"))
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "VOICEGUIDE_ENV" in done.stderr


def test_without_venv_one_line_says_what_to_install(checkout: Path, bootstrap: ModuleType) -> None:
    without = (
        "import importlib.util as u, runpy, shutil, sys\n"
        "find = u.find_spec\n"
        "u.find_spec = lambda name: None if name == 'ensurepip' else find(name)\n"
        "shutil.which = lambda name: '/usr/bin/apt' if name == 'apt' else None\n"
        f"sys.argv = ['bootstrap.py', 'run']\nrunpy.run_path({bootstrap.__file__!r}, run_name='__main__')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", without], env={}, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 3, done.stderr
    assert done.stderr.count("\n") == 1
    assert f"`apt install python{bootstrap.python_version()}-venv` or install uv" in done.stderr
    assert not bootstrap.up_to_date(str(checkout / ".venv"), ""), "the next run tries again"


def test_an_older_python_is_told_so(checkout: Path) -> None:
    script = str(checkout / "scripts/bootstrap.py")
    older = (
        "import runpy, sys\nsys.version_info = (3, 8, 18)\nsys.version = '3.8.18 (made up)'\n"
        f"sys.argv = ['bootstrap.py', 'run']\nrunpy.run_path({script!r}, run_name='__main__')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", older], env={}, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 3
    assert done.stderr.startswith("voiceguide: Python 3.11 or newer is needed; this is 3.8.18")


def test_an_interrupted_set_up_is_cleared_but_a_held_lock_is_waited_for(
    bootstrap: ModuleType, checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = checkout / "environment"
    bootstrap.claim(str(place))
    (place / "bin").mkdir()
    (place / "bin/half").touch()
    (place / "lib64").symlink_to(checkout)
    with bootstrap.Locked(str(place)):
        waiting = subprocess.Popen(
            [sys.executable, "-c", _TAKE_THE_LOCK, str(bootstrap.__file__), place],
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        assert waiting.stderr
        assert waiting.stderr.readline() == "voiceguide: another set-up is at work; waiting for it\n"
        bootstrap.clear(str(place))
        assert [path.name for path in place.iterdir()] == ["voiceguide.lock"]
        assert waiting.poll() is None
    assert waiting.communicate(timeout=30)[0] == "mine\n"
    assert (checkout / "scripts").exists(), "what a link points to is not cleared"
    assert capsys.readouterr().err == ""


_TAKE_THE_LOCK = """
import runpy, sys
with runpy.run_path(sys.argv[1])["Locked"](sys.argv[2]):
    print("mine")
"""
