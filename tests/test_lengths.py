"""`--length` and `--until`, as a person types them."""

from __future__ import annotations

import io
import json
import re
import time
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import pytest
import soundfile

from tests.conftest import Run
from voiceguide.commands._options import time_until
from voiceguide.errors import UsageError
from voiceguide.units import MINUTE, SECOND, clock, parse_length

TONE = ("--voice", "tone")


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("20", 1200),
        ("20m", 1200),
        ("12:30", 750),
        ("750s", 750),
        ("1h", 3600),
        ("1:05:00", 3900),
        ("90:00", 5400),
    ],
)
def test_a_length_is_read_in_every_way_it_is_told(typed: str, seconds: int) -> None:
    assert parse_length(typed) == seconds * SECOND


WRONG = ["0", "-5m", "1e9h", "abc", "5mm", "1e-4s", "", "7h", "12:60", "0:00", "٣"]


@pytest.mark.parametrize("typed", WRONG)
@pytest.mark.parametrize("command", ["show", "export", "play"])
def test_what_is_no_length_is_refused_with_an_example(
    typed: str, command: str, run: Run, tmp_path: Path
) -> None:
    more = ("-o", str(tmp_path / "a.wav")) if command == "export" else ()
    done = run(command, "hands", *more, "--length", typed)
    assert done.code == 2
    assert "Error:" in done.err
    assert "20m" in done.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", ["wav", "flac"])
def test_a_file_has_exactly_the_frames_that_were_asked_for(suffix: str, run: Run, tmp_path: Path) -> None:
    file = tmp_path / f"hands.{suffix}"
    done = run("export", "hands", "-o", str(file), "--length", "8:17", *TONE)
    assert done.code == 0, done.err
    assert soundfile.info(file).frames == 497 * 48_000


def test_an_impossible_length_is_refused_with_the_range_and_commands_that_work(run: Run) -> None:
    done = run("show", "lying-down", "--length", "20m", *TONE)
    assert done.code == 2
    assert re.search(r"'lying-down' takes \d+:\d\d to 1:\d\d:\d\d, not 20:00", done.err)
    (tried,) = re.findall(r"`voiceguide show (.*?)` would do", done.err)
    assert run("show", *tried.split(), *TONE).code == 0


@pytest.mark.parametrize("name", ["hands", "lying-down", "arms"])
def test_both_ends_of_the_range_that_is_told_can_be_had_and_a_second_more_cannot(name: str, run: Run) -> None:
    low, high = re.findall(r"[\d:]{4,}", run("show", name, "--length", "5s", *TONE).err)[:2]
    for end, beyond in ((low, -SECOND), (high, SECOND)):
        assert run("show", name, "--length", end, *TONE).code == 0
        past = clock(parse_length(end) + beyond)  # type: ignore[arg-type]
        assert run("show", name, "--length", past, *TONE).code == 2


def test_a_length_can_be_kept_and_a_routine_can_have_its_own(run: Run, tmp_path: Path) -> None:
    assert run("config", "set", "length", "9m").code == 0
    assert run("show", "hands", *TONE).out.startswith("Hands · 9:00")
    assert run("show", "hands", *TONE, "--length", "8").out.startswith("Hands · 8:00")
    assert run("config", "unset", "length").code == 0
    file = tmp_path / "short.yaml"
    text = "version: 1\nid: short\nlength: 7m30s\nsteps:\n  - posture: supine\n  - press: li4\n"
    file.write_text(text, encoding="utf-8")
    assert run("show", str(file), *TONE).out.startswith("Short · 7:30")
    document = json.loads(run("show", str(file), *TONE, "--json").out)
    assert document["length"]["requested"] == 450


def test_length_and_until_do_not_go_together(run: Run) -> None:
    done = run("show", "hands", "--length", "8", "--until", "22:30")
    assert done.code == 2
    assert "do not go together" in done.err


@pytest.mark.parametrize("typed", ["25:00", "22.30", "22:60", "noon", "-1:00"])
def test_what_is_no_time_of_day_is_refused(typed: str, run: Run) -> None:
    done = run("show", "hands", "--until", typed)
    assert done.code == 2
    assert "22:30" in done.err


@pytest.fixture
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A place where the clocks change, as they did on 25 October 2026 at three in the morning."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.usefixtures("in_berlin")
@pytest.mark.parametrize(
    ("now", "typed", "minutes"),
    [
        (at(2026, 7, 1, 20, 0), "22:30", 30),  # summer time: it is 22:00 there
        (at(2026, 7, 1, 20, 30), "22:30", 24 * 60),  # exactly then: tomorrow's
        (at(2026, 7, 1, 22, 50), "1:10", 20),
        (at(2026, 10, 25, 0, 30), "3:30", 120),  # it is 2:30, and will be so again before it is three
        (at(2026, 3, 29, 0, 30), "3:30", 60),  # it is 1:30, and after 1:59 comes 3:00
    ],
)
def test_until_goes_by_the_local_clock_across_its_changes(now: datetime, typed: str, minutes: int) -> None:
    if minutes > 6 * 60:
        with pytest.raises(UsageError, match="longer than a session"):
            time_until(typed, now)
    else:
        assert time_until(typed, now) == minutes * MINUTE


def test_show_explains_what_a_length_changed(run: Run) -> None:
    short = run("show", "lying-down", "--length", "40", "--detail", "full", "--explain", *TONE).out
    assert "It takes exactly that." in short
    assert "Left out, as it would be too long with them: knees (b54), feet (toe)." in short
    assert re.search(r"Pauses between the words are shorter: \d+ percent of the way to the shortest\.", short)
    brief = run("show", "lying-down", "--length", "43", "--explain", *TONE).out
    assert "The words are brief, as there is no room for all of them." in brief
    long = run("show", "arms", "--length", "35", "--explain", *TONE).out
    assert "forearms (lu6): spread over 7:00, usually 5:00." in long
    assert "No length was asked for" in run("show", "hands", "--explain", *TONE).out


@pytest.mark.slow
def test_at_a_terminal_play_asks_whether_the_ice_can_wait(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    line = ("play", "lying-down", "--length", "20m", "--no-preflight", "--backend", "null", *TONE)
    assert run(*line).code == 2, "nobody is there to ask"
    for answer, code in (("y\n", 0), ("\n", 0), ("n\n", 2)):
        terminal = io.StringIO(answer)
        monkeypatch.setattr(terminal, "isatty", lambda: True)
        monkeypatch.setattr("sys.stdin", terminal)
        monkeypatch.setattr("voiceguide.commands._listening.keys", lambda: nullcontext(lambda: ""))
        done = run(*line)
        assert "Leave the ice to do on your own afterwards?" in done.err + done.out
        assert done.code == code, done.err


def test_points_kept_to_be_skipped_are_skipped_wherever_they_would_be_pressed(run: Run) -> None:
    assert run("config", "set", "skip", "toe, b54").code == 0
    shown = run("show", "lying-down", *TONE).out
    assert "Left out: b54 (skipped), toe (skipped)." in shown
    hands = run("show", "hands", *TONE)
    assert (hands.code, "Left out" in hands.out) == (0, False)
    asked = run("show", "hands", "--skip", "toe", *TONE)
    assert asked.code == 2
    assert "'hands' does not press 'toe'" in asked.err
    assert run("config", "set", "skip", "tow").code == 2
    more = run("show", "lying-down", "--skip", "li4,b48", *TONE).out
    assert "Left out: b54 (skipped), li4 (skipped), toe (skipped), b48 (skipped)." in more
    only = run("show", "lying-down", "--only", "toe,li4", *TONE).out
    assert "Presses: hands (li4), feet (toe)." in only


FIXED = """version: 1
id: fixed
length: {length}
fix: [length, ice]
ready: [two_pillows, rolled_towel, cold_pack, thin_towel]
steps:
  - posture: sitting
  - press: [b23, b47]
  - posture: on_side
  - ice: back
"""


def test_what_a_routine_fixes_stays_and_a_setting_for_it_is_told_to_be_unused(
    run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "fixed.yaml"
    file.write_text(FIXED.format(length="26m"), encoding="utf-8")
    assert run("show", str(file), *TONE).out.startswith("Fixed · 26:00")
    for option in (("--length", "25"), ("--until", "23:59"), ("--ice", "skip")):
        refused = run("show", str(file), *option, *TONE)
        assert refused.code == 2
        assert "does not take" in refused.err or "longer than a session" in refused.err
        assert "Traceback" not in refused.err
    assert run("config", "set", "ice", "skip").code == 0
    kept = run("show", str(file), *TONE)
    assert kept.code == 0
    assert "Passed over here, though you keep it: ice." in kept.out


def test_check_tells_of_a_length_that_a_routine_cannot_have_with_its_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "fixed.yaml"
    file.write_text(FIXED.format(length="5m"), encoding="utf-8")
    done = run("check", str(file))
    assert done.code == 1
    assert re.search(r"fixed\.yaml:3: it takes about \d+:\d\d to \d+:\d\d, not 5:00", done.err)


def test_brief_and_gentle_can_be_asked_for_and_kept(run: Run) -> None:
    full, brief = (run("show", "hands", "--detail", detail, *TONE).out for detail in ("full", "brief"))
    assert "A slight ache or burning is often the right spot." in full
    assert "A slight ache or burning is often the right spot." not in brief
    assert run("config", "set", "pace", "gentle").code == 0
    assert run("show", "hands", *TONE).out > ""
    document = json.loads(run("show", "hands", "--json", *TONE).out)
    assert document["options"]["pace"] == "gentle"
    assert (
        document["duration"]
        > json.loads(run("show", "hands", "--json", "--pace", "usual", *TONE).out)["duration"]
    )


@pytest.mark.parametrize(("option", "value"), [("--detail", "gongs"), ("--pace", "quick"), ("--ice", "5m")])
def test_a_wish_nobody_can_have_is_refused_with_those_that_can_be_had(
    option: str, value: str, run: Run
) -> None:
    done = run("show", "hands", option, value)
    assert done.code == 2
    assert f"'{value}' is not a value for '{option}'" in done.err


@pytest.mark.parametrize(
    "typed",
    [
        ("lying-down", "--ice", "skip", "--length", "14"),
        ("lying-down", "--only", "b48", "--length=15"),
        ("lying-down", "--skip", "toe", "--pace", "gentle", "--length", "79"),
        ("lower-back", "--assist", "friend", "--length", "5"),
        ("hands", "--detail", "full", "--length", "3"),
    ],
)
def test_what_is_offered_instead_keeps_everything_else_that_was_typed(
    typed: tuple[str, ...], run: Run
) -> None:
    done = run("show", *typed, *TONE)
    assert done.code == 2
    offered = re.findall(r"`voiceguide (.*?)`", done.err)
    assert offered
    for line in offered:
        words = line.split()
        assert {word for word in typed if not re.search("[0-9]$|^--length", word)} <= {*words}
        assert run(*words).code == 0, line


def test_a_kept_length_gives_way_to_until_and_where_it_cannot_be_had(run: Run) -> None:
    assert run("config", "set", "length", "40").code == 0
    shown = run("show", "hands", *TONE)
    assert shown.code == 0
    assert "Passed over here, though you keep it: length." in shown.out
    assert "do not go together" not in run("show", "hands", "--until", "12:00", *TONE).err


def test_what_is_kept_gives_way_where_it_would_leave_nothing_and_adds_to_what_is_typed(run: Run) -> None:
    for kept, value, name in (("skip", "li4", "skip"), ("only", "toe", "only"), ("assist", "ball", "assist")):
        assert run("config", "set", kept, value).code == 0
        shown = run("show", "hands", *TONE)
        assert shown.code == 0, kept
        assert f"Passed over here, though you keep it: {name}." in shown.out
        assert run("config", "unset", kept).code == 0
    assert run("config", "set", "skip", "li4").code == 0
    both = run("show", "lying-down", "--skip", "toe", *TONE).out
    assert "Left out: li4 (skipped), toe (skipped)." in both
    assert run("show", "lying-down", "--only", "li4", *TONE).code == 0, "what is typed comes first"


def test_one_of_points_pressed_as_one_brings_the_other_along(run: Run) -> None:
    assert "Presses: low back (b23+b47)." in run("show", "lying-down", "--only", "b23", *TONE).out


def test_a_helper_can_be_had_for_what_is_left(run: Run) -> None:
    refused = run("show", "lying-down", "--assist", "friend", *TONE)
    assert refused.code == 2
    (skip,) = re.findall(r"`(--skip \S+)` leaves them out", refused.err)
    assert run("show", "lying-down", "--assist", "friend", *skip.split(), *TONE).code == 0


def test_a_fixed_length_that_cannot_be_had_offers_no_command_that_is_refused(
    run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "fixed.yaml"
    file.write_text(FIXED.format(length="33m"), encoding="utf-8")
    done = run("show", str(file), *TONE)
    assert done.code == 2
    assert "which it states itself" in done.err
    assert "change the `length` there" in done.err
