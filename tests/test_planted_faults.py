"""Faults planted in routine files: each is told at its line, with what to write instead, all in one run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import Run

ICED = "ready: [two_pillows, rolled_towel, cold_pack, thin_towel]"
BALL = "ready: [ball_in_sock]"

# The file, the line of the fault counted from 1 after the three lines of the head, and words of the message.
FAULTS = {
    "up-and-down": (
        (
            "steps:\n  - posture: supine\n  - press: li4\n  - posture: sitting\n  - press: b54\n"
            "  - posture: supine\n  - press: toe\n"
        ),
        7,
        "the body is lying on the back a second time",
    ),
    "no-ball": (
        "steps:\n  - posture: supine\n  - press: li4\n  - {press: b48, with: ball}\n",
        4,
        "b48 wants a ball nobody has placed",
    ),
    "busy-hand": (
        (
            f"{BALL}\nsteps:\n  - posture: supine\n  - {{press: b48, with: ball}}\n"
            "  - {press: [b23, b47], with: ball}\n"
        ),
        5,
        "the ball is in the right hand, and b23+b47.left is the other side",
    ),
    "cold-toes": (
        f"{ICED}\nsteps:\n  - posture: supine\n  - press: toe\n  - posture: on_side\n  - ice: [back]\n",
        6,
        "nothing on the back has been pressed before its ice",
    ),
    "one-side": ("steps:\n  - posture: supine\n  - press: li4\n    side: left\n", 4, "unknown key 'side'"),
    "no-release": (
        "steps:\n  - posture: sitting\n  - press: b54\n    release: none\n",
        4,
        "unknown key 'release'",
    ),
    "too-long": (
        "steps:\n  - posture: sitting\n  - press: b54\n    with: fingers\n    dose: 5m\n",
        5,
        "'dose: 300s' is out of range for b54",
    ),
    "twenty-times": (
        "steps:\n  - posture: supine\n" + "  - press: li4\n" * 20,
        4,
        "li4 comes twice",
    ),
    "repeated": (
        "steps:\n  - posture: supine\n  - press: li4\n    repeats: 20\n",
        4,
        "20 is out of range",
    ),
    "no-such-method": (
        "steps:\n  - posture: on_side\n  - press: g30\n    with: ball\n",
        4,
        "g30 has no method 'ball'",
    ),
    "no-words": ("steps:\n  - posture: supine\n  - press: quiet\n", 3, "has no words for the point 'quiet'"),
    "no-unit": (
        "steps:\n  - posture: sitting\n  - press: b54\n    dose: 30\n",
        4,
        "'30' is a duration without a unit",
    ),
    "no-point": ("steps:\n  - posture: supine\n  - press: li-44\n", 3, "unknown point 'li-44'"),
    "on-the-pack": (
        (
            f"{ICED[:-1]}, ball_in_sock]\nsteps:\n  - posture: supine\n  - {{press: b48, with: ball}}\n"
            "  - ice: [back]\n"
        ),
        5,
        "nobody may lie on an ice pack",
    ),
    "wrong-posture": (
        "steps:\n  - posture: on_side\n  - press: lu6\n",
        3,
        "cannot be done lying on the side",
    ),
    "excluded": ("exclude: [li-5]\nsteps:\n  - posture: supine\n  - press: li4\n", 1, "unknown point 'li-5'"),
}
HEAD = "# planted\nversion: 1\nid: {name}\n"


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return a file for each fault, beside a point of one's own that has no words."""
    monkeypatch.setenv("VOICEGUIDE_DATA", str(tmp_path / "own"))
    (tmp_path / "own" / "points").mkdir(parents=True)
    (tmp_path / "own" / "points" / "quiet.yaml").write_text(
        "version: 1\nid: quiet\nwho: {code: XX1, name: Quiet}\nlaterality: paired\nzone: hand\nmethods:\n"
        "  thumbs: {action: hold, dose: {min: 30s, usual: 30s, max: 60s}, posture: [supine]}\n",
        encoding="utf-8",
    )
    files = []
    for name, (text, _, _) in FAULTS.items():
        files.append(tmp_path / f"{name}.yaml")
        files[-1].write_text(HEAD.format(name=name) + text, encoding="utf-8")
    return files


def test_every_planted_fault_is_told_at_its_line_in_one_run(planted: list[Path], run: Run) -> None:
    done = run("check", *map(str, planted))
    assert done.code == 1
    errors = re.findall(r"^Error: (\S+\.yaml):(\d+): (.*)$", done.err, re.MULTILINE)
    hints = re.findall(r"^Hint:  .+$", done.err, re.MULTILINE)
    assert len(hints) == len(errors)
    assert len(FAULTS) >= 12
    for path, (_, line, words) in zip(planted, FAULTS.values(), strict=True):
        told = [(int(at), message) for file, at, message in errors if file == str(path)]
        assert told, path.name
        at, message = told[0]
        assert at == line + 3, (path.name, told)
        assert words in message, (path.name, told)
        assert len(told) == (19 if path.stem == "twenty-times" else 1), (path.name, told)
    assert "Traceback" not in done.err


def test_several_faults_in_one_file_are_told_in_the_order_of_their_lines(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "worst.yaml"
    text = HEAD.format(name="worst") + (
        "steps:\n  - posture: sitting\n  - {press: b54, dose: 10s}\n  - {press: b99}\n"
        "  - {press: li4, with: heel}\n"
    )
    path.write_text(text, encoding="utf-8")
    done = run("check", str(path))
    assert [int(at) for at in re.findall(r"worst\.yaml:(\d+):", done.err)] == [6, 7, 8]
