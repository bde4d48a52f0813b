"""What a person reads before they type: the help of every command, and the command lines in README.md."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from tests.conftest import Run
from voiceguide import registry
from voiceguide.commands import cli
from voiceguide.errors import VoiceguideError
from voiceguide.library import routine_names

README = Path(__file__).parents[1] / "README.md"
COMMANDS = registry.names("voiceguide.commands")


def lines_shown(text: str) -> list[str]:
    """Return every command line of voiceguide that a text shows in a code block, as it would be typed.

    >>> lines_shown("```sh\\n$ ./scripts/voiceguide list points  # all\\nls\\n```\\nvoiceguide in words")
    ['list points']
    >>> lines_shown("```console\\nvoiceguide export \\\\\\n  -o a.wav | cat && voiceguide doctor\\n```")
    ['export -o a.wav', 'doctor']
    """
    blocks = re.findall(r"^ *```.*\n((?:.*\n)*?) *```", text, re.MULTILINE)
    typed = [line for block in blocks for line in re.sub(r"\\\n\s*", "", block).splitlines()]
    pattern = re.compile(
        r"(?:^|&& |; )\s*(?:[$>] )?(?:[A-Z_]+=\S* )*(?:\S*[/\\])?voiceguide(?= |$)([^#|;&<>]*)"
    )
    return [found[1].strip() for line in typed for found in pattern.finditer(line)]


MADE = re.findall(r"voiceguide routine new (\S+)", README.read_text(encoding="utf-8"))
"""Routines that the README has its reader make."""


def parse(command: click.Command, words: list[str]) -> None:
    """Parse a command line without running it; raise what is wrong with it."""
    if isinstance(command, click.Group) and words and not words[0].startswith("-"):
        inner = command.get_command(click.Context(command), words[0])
        assert inner is not None, f"there is no command '{words[0]}'"
        parse(inner, words[1:])
        return
    try:
        context = command.make_context(command.name, list(words))
    except click.exceptions.Exit:
        return  # --help, which was printed
    routine = context.params.get("routine")
    assert routine is None or routine in {*routine_names(), *MADE} or routine.endswith(".yaml")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_in_a_sentence_what_it_does(name: str, run: Run) -> None:
    done = run(name, "--help")
    assert done.code == 0
    sentence = done.out.splitlines()[2].strip()
    assert re.fullmatch(r"[A-Z].*\.", sentence), sentence


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_every_command_says_what_it_does(name: str) -> None:
    command: click.Command = registry.find("voiceguide.commands", name).command
    options = [option for option in command.params if isinstance(option, click.Option)]
    assert [option.name for option in options if not option.help] == []


def test_the_help_names_every_command(run: Run) -> None:
    listed = re.findall(r"^  ([a-z]+)  +\S", run("--help").out, re.MULTILINE)
    assert listed == COMMANDS


def test_the_help_says_of_every_command_what_it_says_itself() -> None:
    """Read from the text of its file, as click itself would find it by importing it."""
    read, imported = click.HelpFormatter(width=200), click.HelpFormatter(width=200)
    cli.format_commands(click.Context(cli), read)
    click.Group.format_commands(cli, click.Context(cli), imported)
    assert read.getvalue() == imported.getvalue()


def test_the_help_names_a_command_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    metadata = tmp_path / "hum-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: hum\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[voiceguide.commands]\nhum = hum_for_voiceguide\n")
    (tmp_path / "hum_for_voiceguide.py").write_text(
        'import click\n\n\n@click.command()\ndef command() -> None:\n    """Hum a tone."""\n'
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert re.search(r"^  hum +Hum a tone\.$", run("--help").out, re.MULTILINE)


def test_the_readme_names_every_command() -> None:
    text = README.read_text(encoding="utf-8")
    assert [name for name in COMMANDS if not re.search(rf"voiceguide {name}\b", text)] == []


def test_the_readme_shows_how_to_start() -> None:
    assert "play hands" in lines_shown(README.read_text(encoding="utf-8"))


@pytest.mark.parametrize("line", lines_shown(README.read_text(encoding="utf-8")) if README.exists() else [])
def test_every_command_line_in_the_readme_can_be_typed(line: str) -> None:
    parse(cli, shlex.split(line))


@pytest.mark.parametrize(
    "line", ["nosuch", "play --nosuch", "play nosuch", "show --rate fast", "config nosuch"]
)
def test_a_command_line_that_cannot_be_typed_would_be_noticed(line: str) -> None:
    with pytest.raises((click.UsageError, VoiceguideError, AssertionError)):
        parse(cli, shlex.split(line))


def test_the_sample_of_a_session_is_what_show_prints() -> None:
    """Times depend on the voice; what is done and said does not."""
    golden = (Path(__file__).parent / "scheduler" / "golden" / "hands.en.txt").read_text(encoding="utf-8")
    shown = [line[9:].split(" s ")[-1].split()[-6:] for line in golden.splitlines()]
    sample = README.read_text(encoding="utf-8").split("```")[3].strip("\n").splitlines()
    assert len(sample) > 8
    for line in sample:
        assert line.strip() == "…" or line[9:].split(" s ")[-1].split()[-6:] in shown, line
