"""Golden timelines: what `voiceguide show` prints, for eyes that do not program.

After a change that is meant, write them anew as tests/README.md says, and read the difference.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from voiceguide.commands import cli
from voiceguide.library import routine_names

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", routine_names())
def test_a_routine_is_what_its_golden_timeline_shows(name: str, tmp_path: Path) -> None:
    environment = {"VOICEGUIDE_CACHE": str(tmp_path / "cache"), "VOICEGUIDE_DATA": str(tmp_path / "data")}
    shown = CliRunner().invoke(
        cli, ["show", name, "--voice", "tone"], env=environment, catch_exceptions=False
    )
    assert shown.stdout == (GOLDEN / f"{name}.en.txt").read_text(encoding="utf-8")
