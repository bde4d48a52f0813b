"""The command line. Each file is a command: `commands/<name>.py` holds `command`, a click command.

Only here is anything printed, and only here does the process exit: `main` is the one place where an error
becomes a message and an exit code.
"""

from __future__ import annotations

import gc
import io
import os
import re
import shlex
import signal
import sys
from contextlib import suppress
from typing import TextIO

import click

from voiceguide import registry
from voiceguide.errors import UnknownName, VoiceguideError

FAULT, USAGE, INTERRUPTED, TERMINATED = 1, 2, 130, 143
_MENDERS = {"about", "config", "data", "doctor", "point"}
"""Commands that must work while the settings are broken: to mend them, to get help, to erase."""
_ENDINGS = [signal.SIGTERM, *([signal.SIGHUP] if sys.platform != "win32" else [])]
"""Signals that end it, the second being a terminal that was closed: both leave nothing behind."""
_HELP = ["-h", "--help"]
TYPED = "voiceguide.typed"
"""Key of the context's `meta`: the words that were typed, the command first."""
_STOPPED = "Stopped. Nothing half done is left behind."
_DOCSTRING = re.compile(r'^def command\((?:(?!:\n).)*:\n    """(.*?)(?:\n\n|""")', re.DOTALL | re.MULTILINE)
"""The first paragraph of what `command` says of itself, in the text of a command's file."""


class _Commands(click.Group):
    """Finds the commands in this folder, and imports each only when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return registry.names(__name__)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002 - the same
        if not registry.has(__name__, name):
            return None
        command: click.Command = registry.find(__name__, name).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, self._summary(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def _summary(self, ctx: click.Context, name: str) -> str:
        """Return what a command does, in a sentence.

        It is read from the text of the command's file: to import all of them would be most of `--help`.
        """
        with suppress(OSError), open(f"{__path__[0]}/{name}.py", encoding="utf-8") as file:
            found = _DOCSTRING.search(file.read())
            if found:
                return " ".join(found[1].split())
        command = self.get_command(ctx, name)  # one of others, from another place
        return command.get_short_help_str(limit=1000) if command else ""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        # Not at the top, for the sake of `--help`: what they import takes longer than Python's own start.
        from voiceguide.library import routine_names
        from voiceguide.settings import settings_that_apply

        name = args[0]
        ctx.meta[TYPED] = [*args]
        if not registry.has(__name__, name):
            error = UnknownName("command", name, self.list_commands(ctx), listing="voiceguide --help")
            if name in routine_names():
                error.hint = f"`voiceguide play {name}` plays it, `voiceguide show {name}` shows it."
            raise error
        if name not in _MENDERS and not set(_HELP) & set(args):
            kept = {setting.replace("-", "_"): value for setting, value in settings_that_apply().items()}
            for several in kept.keys() & {"skip", "only"}:
                kept[several] = [kept[several]]
            ctx.default_map = {name: kept}
        return super().resolve_command(ctx, args)


_WELCOME = """\
voiceguide guides you through self-acupressure for a sore back, lying down, eyes closed.

  hands        six minutes, nothing to fetch: the one to try first
  lower-back   both thumbs on an achy low back, then ice
  lying-down   the whole session, with a ball and ice

Start with:   {called} play hands
More:         {called} --help
"""


def _print_version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:  # noqa: FBT001 - click's
    if asked:
        from voiceguide import __version__  # to look it up takes a twentieth of the start of `play`

        click.echo(f"voiceguide {__version__}")
        ctx.exit()


@click.group(cls=_Commands, invoke_without_command=True, context_settings={"help_option_names": _HELP})
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Show the version and exit.",
)
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Guide a self-acupressure session by voice, for a sore back, lying down, eyes closed."""
    if ctx.invoked_subcommand is None:
        click.echo(_WELCOME.format(called=_called()), nl=False)


def main(args: list[str] | None = None) -> None:
    """Run the command line and exit with its code: 0 done, 1 content, 2 usage, 3 no device, 130, 143."""
    # What a command makes at its start stays: to look for garbage in it takes a tenth of the start.
    gc.set_threshold(50_000)
    for number in _ENDINGS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as `nohup` wants it
            signal.signal(number, _terminate)
    for stream in (sys.stdout, sys.stderr):
        # A Windows console may be unable to show a character; a question mark is better than a traceback.
        # Either may be None: closed by whoever started this process.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    code = _run(args)
    for number in (signal.SIGINT, *_ENDINGS):
        # All is said and done: from here on a signal ends the process without a word.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    sys.exit(code)


def _terminate(*_: object) -> None:
    # A terminal that is closed may say so twice, and the second time must not break off the tidying up.
    for number in _ENDINGS:
        signal.signal(number, signal.SIG_IGN)
    sys.exit(TERMINATED)


def _run(args: list[str] | None) -> int:
    try:
        code = cli.main(args, prog_name="voiceguide", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
        code, lines = code if isinstance(code, int) else 0, []
    except VoiceguideError as error:
        code, lines = error.exit_code, error.lines()
    except click.exceptions.NoArgsIsHelpError as error:
        code, lines = USAGE, [error.format_message()]
    except click.ClickException as error:
        path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "voiceguide"
        hint = f"Hint:  `{path} --help` shows what it takes."
        code, lines = error.exit_code, [f"Error: {error.format_message()}", hint]
    except (click.Abort, KeyboardInterrupt):
        code, lines = INTERRUPTED, [_STOPPED]
    except SystemExit as end:
        # 1 is click's own way out when the reader of our output has gone, as in `voiceguide show | head`.
        code = 0 if end.code == 1 else int(end.code or 0)
        lines = [_STOPPED] if code == TERMINATED else []
    except BrokenPipeError:
        # The reader of our output has gone, as in `voiceguide show | head`: nobody is left to tell.
        print_no_more(sys.stdout, sys.stderr)
        code, lines = 0, []
    except OSError as error:
        # What a stage foresees it explains itself. This is the rest, such as output sent to a full disk.
        print_no_more(sys.stdout)
        fault = f"Error: {error.filename or 'the output'}: {error.strerror or error}"
        code, lines = FAULT, [fault, "Hint:  is there room, and may you read and write there?"]
    with suppress(OSError):  # the terminal may be closed by now
        for line in lines:
            click.echo(as_called(line), err=True)
    return code


def as_called(text: str) -> str:
    """Return the text with the commands in it as they can be typed here.

    From a checkout `voiceguide` is `./scripts/voiceguide`, and `pip` the one of this very Python.
    """
    here = f"`{shlex.quote(sys.executable)} -m pip install "
    return text.replace("`voiceguide ", f"`{_called()} ").replace("`pip install ", here)


def _called() -> str:
    return shlex.quote(os.environ.get("VOICEGUIDE_COMMAND") or "voiceguide")


def print_no_more(*streams: TextIO | None) -> None:
    """Lead streams nowhere, so that what they still hold does no harm when the process ends."""
    for stream in streams:
        if stream is not None:
            with suppress(OSError):
                stream.flush()
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
