"""Golden timelines: what `voiceguide show` prints, for eyes that do not program.

After a change that is meant, write them anew as tests/README.md says, and read the difference.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run
from voiceguide.library import routine_names

GOLDEN = Path(__file__).parent / "golden"
LENGTHS = {"hands": ("6m", "9m", "12m"), "lying-down": ("38m", "60m", "75m"), "full": ("30m", "60m", "110m")}
SHOWN = [(name, "", "") for name in routine_names()]
SHOWN += [(name, "--length", length) for name, lengths in LENGTHS.items() for length in lengths]
SHOWN += [("lying-down", "--detail", detail) for detail in ("brief", "bells")]


@pytest.mark.parametrize(("name", "option", "value"), SHOWN, ids=[f"{one[0]} {one[2]}" for one in SHOWN])
def test_a_routine_is_what_its_golden_timeline_shows(name: str, option: str, value: str, run: Run) -> None:
    shown = run("show", name, "--voice", "tone", *((option, value) if option else ()))
    golden = GOLDEN / f"{name}{f'.{value}' if value else ''}.en.txt"
    assert shown.out == golden.read_text(encoding="utf-8")
