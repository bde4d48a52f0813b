"""The registry: a file is a plugin, and nothing is imported before it is used."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from voiceguide.errors import Unavailable, UnknownName
from voiceguide.registry import find, names

PACKAGE = "voiceguide.engines"


@pytest.fixture(params=["choir-1.0.dist-info", "choir.egg-info"])
def installed(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the path with an installed distribution that brings two engines."""
    metadata = tmp_path / request.param
    metadata.mkdir()
    (metadata / ("METADATA" if metadata.suffix == ".dist-info" else "PKG-INFO")).write_text(
        "Metadata-Version: 2.1\nName: choir\nVersion: 1.0\n"
    )
    (metadata / "entry_points.txt").write_text(
        "[voiceguide.engines]\nchoir = choir_of_voices\nbroken = choir_that_is_not_there\n"
    )
    (tmp_path / "choir_of_voices.py").write_text("class Engine:\n    default_rate = 150\n")
    monkeypatch.delitem(sys.modules, "choir_of_voices", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_a_file_is_a_plugin_and_its_name_is_the_files() -> None:
    folder = Path(find(PACKAGE, "tone").__file__ or "").parent
    files = {path.stem for path in folder.glob("*.py") if not path.name.startswith("_")}
    assert names(PACKAGE) == sorted(files)
    assert {"espeak", "pyttsx3", "tone"} <= files


def test_a_plugin_is_found_by_its_name() -> None:
    assert find(PACKAGE, "tone").__name__ == "voiceguide.engines.tone"


def test_plugins_of_others_are_found_by_entry_points(installed: Path) -> None:
    assert "choir" in names(PACKAGE)
    assert find(PACKAGE, "choir").__file__ == str(installed / "choir_of_voices.py")


def test_plugins_of_others_are_found_in_an_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "choir.zip"
    with ZipFile(archive, "w") as file:
        file.writestr("choir-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: choir\nVersion: 1.0\n")
        file.writestr("choir-1.0.dist-info/entry_points.txt", "[voiceguide.engines]\nchoir = zipped_choir\n")
        file.writestr("zipped_choir.py", "class Engine:\n    default_rate = 150\n")
    monkeypatch.syspath_prepend(str(archive))
    assert find(PACKAGE, "choir").__name__ == "zipped_choir"


def test_a_plugin_without_its_library_is_unavailable(installed: Path) -> None:
    assert installed.is_dir()
    with pytest.raises(Unavailable, match="choir_that_is_not_there") as caught:
        find(PACKAGE, "broken")
    assert "doctor" in str(caught.value.hint)


def test_an_unknown_name_says_what_is_near_and_what_shows_all() -> None:
    with pytest.raises(UnknownName, match="unknown engine 'tune'") as caught:
        find(PACKAGE, "tune")
    assert caught.value.hint == "did you mean 'tone'? `voiceguide list engines` shows all."


@pytest.mark.parametrize("name", ["_libespeak", "__init__", "", "os", "tone.Engine", "../clip"])
def test_what_is_no_plugin_is_not_imported(name: str) -> None:
    with pytest.raises(UnknownName):
        find(PACKAGE, name)


def test_listing_names_imports_no_plugin() -> None:
    program = (
        "import sys\n"
        "from voiceguide.registry import names\n"
        "names('voiceguide.engines')\n"
        "assert not [name for name in sys.modules if name.startswith('voiceguide.engines.')]\n"
        "assert not {'numpy', 'importlib.metadata'} & set(sys.modules)\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)
