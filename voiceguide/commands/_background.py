"""What can lie under the voice: the options of the commands that play and write a session."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from click.core import ParameterSource

from voiceguide.background import NONE, find_background
from voiceguide.commands._options import setting_option
from voiceguide.commands._speaking import is_kept
from voiceguide.errors import UsageError, VoiceguideError
from voiceguide.loops import NAMES


def background_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add what can lie under the voice, and hand it on as one `background`."""

    @wraps(function)
    def gathered(*args: Any, background: str, background_level: int, duck: int, **given: Any) -> Any:
        if background == NONE:
            for name in ("background_level", "duck"):
                if click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE:
                    option = f"--{name.replace('_', '-')}"
                    click.echo(f"Note: without --background, {option} changes nothing.", err=True)
        is_file = background not in {*NAMES, NONE}
        if is_file:
            click.echo(f"Listening through {background} once, to set its level.", err=True)
        try:
            found = find_background(background, level=background_level, duck=duck)
        except VoiceguideError as error:
            if is_kept("background") and isinstance(error, UsageError):
                error.hint = f"{error.hint} It is kept: `voiceguide config unset background` forgets it."
            raise
        return function(*args, background=found, **given)

    decorated: Callable[..., Any] = gathered
    decorated = setting_option("duck", metavar="LU")(decorated)
    decorated = setting_option("background-level", metavar="LU")(decorated)
    return setting_option("background", metavar=f"{'|'.join(NAMES)}|FILE|{NONE}")(decorated)
