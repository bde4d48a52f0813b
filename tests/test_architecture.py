"""What holds the house up and no linter sees: short files, and a start-up without numpy."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(ROOT.glob("voiceguide/**/*.py"))
LONGEST = 400
"""Lines; past this something wants a room of its own."""


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_is_short_enough_to_read_at_a_sitting(module: Path) -> None:
    lines = len(module.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST, f"{module.name} has {lines} lines: what in it wants a room of its own?"


def test_the_map_stays_a_map() -> None:
    assert len((ROOT / "voiceguide/__init__.py").read_text(encoding="utf-8").splitlines()) < 60


@pytest.mark.parametrize(
    "arguments",
    [
        *("", "--help", "--version", "list", "list points", "check", "check --schema", "about", "point b48"),
        *("plan --timezone UTC", "data path"),
        "routine new mine --from hands",
    ],
)
def test_what_should_be_quick_imports_no_numpy(arguments: str, tmp_path: Path) -> None:
    imported = imported_by(arguments, tmp_path)
    assert "voiceguide.commands" in imported
    assert "numpy" not in imported


@pytest.mark.parametrize("arguments", ["", "--help", "--version"])
def test_what_only_names_commands_imports_none_of_them(arguments: str, tmp_path: Path) -> None:
    imported = imported_by(arguments, tmp_path)
    assert "voiceguide.commands" in imported
    assert [name for name in imported if name.startswith("voiceguide.commands.")] == []
    assert imported.isdisjoint({"yaml", "voiceguide.library", "voiceguide.settings"})


def imported_by(arguments: str, folder: Path) -> set[str]:
    """Return the names of all modules that a command line imports."""
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "voiceguide", *arguments.split()],
        env={**os.environ, "HOME": str(folder), "PYTHONPATH": str(ROOT)},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    said = [line for line in run.stderr.splitlines() if not line.startswith("import time:")]
    assert run.returncode == 0, said
    return set(re.findall(r"^import time:.*\| +(\S+)$", run.stderr, re.MULTILINE))


def test_every_script_can_be_run_as_it_is() -> None:
    files = [path for path in (ROOT / "scripts").iterdir() if path.is_file()]
    scripts = [path for path in files if path.read_bytes().startswith(b"#!")]
    assert {"test", "voiceguide"} <= {path.name for path in scripts}
    if os.name == "posix":
        assert [path.name for path in scripts if not os.access(path, os.X_OK)] == []
