"""Options that several commands share, and how they become a session."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from functools import wraps
from itertools import compress
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from voiceguide import registry
from voiceguide.backends import Backend
from voiceguide.background import NONE
from voiceguide.commands import TYPED
from voiceguide.commands._speaking import LANGUAGE, is_kept, spoken, tell_what_waits
from voiceguide.commands._told import author_lines, explain
from voiceguide.errors import (
    ImpossibleLength,
    InvalidContent,
    NothingLeft,
    Unavailable,
    UnknownName,
    UsageError,
    VoiceguideError,
)
from voiceguide.known_settings import SETTINGS, points_in
from voiceguide.library import (
    DEFAULT_ROUTINE,
    find_routine,
    lines_of,
    load_language,
    load_points,
    load_routine,
    located,
)
from voiceguide.loops import NAMES
from voiceguide.scheduler.actions import PACES
from voiceguide.scheduler.options import DETAILS, FOOT_BATHS, ICES, WISHES, Options
from voiceguide.session import Session, compile_session, write_script
from voiceguide.settings import parse_setting, settings_that_apply, shown
from voiceguide.units import LONGEST_SESSION, SECOND, Milliseconds, clock, parse_length, parse_time_of_day
from voiceguide.voice import Voice

AUTO_BACKENDS = ("miniaudio", "sounddevice", "simpleaudio")
"""What `--backend auto` tries, the best first. Never one that plays to nobody."""
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

routine_argument = click.argument("routine", default=DEFAULT_ROUTINE)
"""ROUTINE is a name or a path; without one it is the default."""
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


class _Value(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """The value of a setting, checked on the command line as in the settings file."""

    name = "value"

    def __init__(self, setting: str) -> None:
        self._setting = setting

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ARG002 - click's signature
        """Return what the text stands for; raise a `VoiceguideError` if it stands for nothing."""
        called = param.opts[0] if param else self._setting
        return parse_setting(self._setting, value, called=called) if isinstance(value, str) else value


def setting_option(name: str, *, metavar: str) -> Decorator:
    """Return an option that can be kept in the settings file or the environment."""
    setting = SETTINGS[name]
    return click.option(
        f"--{name}", type=_Value(name), metavar=metavar, default=setting.default, help=f"{setting.help}."
    )


def points_option(name: str) -> Decorator:
    """Return an option that names points, once or often, and can be kept in the settings, too."""
    return click.option(
        f"--{name}", multiple=True, metavar="POINT", help=f"{SETTINGS[name].help}; may come often."
    )


def flag_option(name: str) -> Decorator:
    """Return an option that is on or off, and can be kept in the settings file or the environment."""
    default = SETTINGS[name].default == "on"
    return click.option(f"--{name}/--no-{name}", default=default, help=f"{SETTINGS[name].help}.")


def backend_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--backend` and `--device`."""
    function = setting_option("device", metavar="NAME")(function)
    return setting_option("backend", metavar="NAME")(function)


def time_of_day(text: str) -> time:
    """Return the time of day that was typed; raise `UsageError` if it is none."""
    try:
        return parse_time_of_day(text)
    except ValueError:
        hint = "write hours and minutes, such as 22:30."
        raise UsageError(f"'{text}' is no time of day", hint=hint) from None


def time_until(text: str, now: datetime) -> Milliseconds:
    """Return the milliseconds from now to the next time the local clock shows `HH:MM`.

    Right across a clock change: what is added is a day of the calendar, not 24 hours.

    Raises
    ------
    UsageError
        If that is no time of day, or further away than a session may be long.
    """
    at = time_of_day(text)
    here = now.astimezone()
    wanted = here.replace(tzinfo=None, hour=at.hour, minute=at.minute, second=0, microsecond=0)
    ends = next(end for day in (0, 1) if (end := (wanted + timedelta(days=day)).astimezone()) > now)
    length = Milliseconds(round((ends - now).total_seconds() * SECOND))
    if length > LONGEST_SESSION:
        raise UsageError(
            f"until {text} it is longer than a session can be",
            hint=f"a session takes at most {clock(LONGEST_SESSION)}.",
        )
    return length


def session_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add what can be asked of a session, and hand it on as one `options`."""

    @wraps(function)
    def gathered(*args: Any, **given: Any) -> Any:
        asked = {name: given.pop(name) for name in WISHES}
        until = given.pop("until")
        given_end: datetime | None = None
        kept = frozenset(name for name in WISHES if is_kept(name))
        if asked["length"] is not None:
            asked["length"] = parse_length(asked["length"])
        if until is not None and asked["length"] is not None and "length" not in kept:
            raise UsageError("--length and --until do not go together", hint="one of the two says it.")
        if until is not None:
            now = datetime.now(tz=UTC)
            asked["length"] = time_until(until, now)
            given_end = now + timedelta(milliseconds=asked["length"])
            kept -= {"length"}
        if asked["assist"] == "none":
            asked["assist"] = None
        for name in ("skip", "only"):
            asked[name] = tuple(dict.fromkeys(point for text in asked[name] for point in points_in(text)))
        asked["never"] = points_in(settings_that_apply().get("skip", ""))
        if "skip" in kept:
            asked["skip"] = ()
        cautions = frozenset({"pregnancy"} if given.pop("pregnant") else ())
        options = Options(**asked, cautions=cautions, ends=given_end, standing=kept - {"skip"})
        return function(*args, options=options, **given)

    decorated: Callable[..., Any] = gathered
    for decorate in reversed(
        (
            setting_option("sore-side", metavar="left|right|unsure"),
            setting_option("assist", metavar="thumbs|ball|friend|none"),
            setting_option("length", metavar="20|20m|12:30|1h|750s"),
            click.option("--until", metavar="HH:MM", help="When it is to end, by the clock here."),
            setting_option("ice", metavar="|".join(ICES)),
            points_option("skip"),
            points_option("only"),
            setting_option("detail", metavar="|".join(DETAILS)),
            setting_option("pace", metavar="|".join(PACES)),
            click.option(
                "--one-side-at-a-time/--both-sides-at-once",
                default=False,
                help=f"{SETTINGS['one-side-at-a-time'].help}.",
            ),
            setting_option("foot-bath", metavar="|".join(FOOT_BATHS)),
            flag_option("pregnant"),
            flag_option("tick"),
            setting_option("earcons", metavar="on|off"),
        )
    ):
        decorated = decorate(decorated)
    return decorated


def voice_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--voice`, `--fill` and `--rate`."""
    function = setting_option("rate", metavar="WPM")(function)
    function = setting_option("fill", metavar="ENGINE:VOICE")(function)
    return setting_option("voice", metavar="ENGINE:VOICE")(function)


@contextmanager
def located_in(path: Path) -> Iterator[None]:
    """Add the routine's file, and the line where it is known, to what a stage after reading finds."""
    try:
        yield
    except InvalidContent as error:
        if any(problem.where for problem in error.problems):
            raise
        raise located(error, path, lines_of(path)) from None
    except (NothingLeft, Unavailable, UsageError):
        raise  # not the file's fault
    except VoiceguideError as error:
        error.where = error.where or str(path)
        raise


def check_routine(routine: str, options: Options) -> None:
    """Raise what is wrong with a routine, before anything slow or loud is done for it."""
    path = find_routine(routine)
    found = load_routine(path)
    try:
        with located_in(path):
            write_script(found, load_points(), load_language(LANGUAGE), options)
    except NothingLeft as error:
        raise explain(error, options) from None


def open_session(
    routine: str,
    voice: str | None,
    rate: int | None,
    options: Options,
    *,
    sounds: bool = True,
    live: bool = False,
    quiet: bool = False,
    fill: str | None = None,
) -> Session:
    """Return the session that the options ask for, saying on stderr what takes time, and who speaks."""
    path = find_routine(routine)
    found = load_routine(path)

    def compiled(speaker: Voice) -> Session:
        progress = None if quiet else Steps("Preparing the voice")
        with located_in(path):
            return compile_session(
                found,
                load_points(),
                load_language(LANGUAGE),
                speaker,
                options,
                sounds=sounds,
                live=live,
                progress=progress,
            )

    try:
        session = spoken(compiled, voice, rate, fill)
    except NothingLeft as error:
        raise explain(error, options) from None
    except ImpossibleLength as error:
        _offer(error, options)
        raise
    say_notes(session.voice)
    if sounds:
        tell_what_waits()
        for line in author_lines(session):
            click.echo(line, err=True)
    return session


def _offer(error: ImpossibleLength, options: Options) -> None:
    """Put commands that would work into an error: what was typed, with another length or an option more."""
    if not error.nearest:
        return
    words = click.get_current_context().find_root().meta.get(TYPED, [])
    typed_words = without_length(words)
    length = clock(options.length) if options.length else error.nearest
    lines = [(*typed_words, "--length", length, *remedy.split()) for remedy in error.remedies]
    lines = lines or [(*typed_words, "--length", error.nearest)]
    error.hint = " or ".join(f"`{command_line('voiceguide', *line)}`" for line in lines) + " would do."


def words_to_go_on(routine: str, options: Options) -> list[str]:
    """Return what was typed after the command, so that it means the same whenever and wherever it is said."""
    context = click.get_current_context()
    words = context.find_root().meta.get(TYPED, [])[1:]
    kept = without_length(words)
    background = context.params.get("background")
    # A name is none of a file, also where there is a file that is called so.
    is_file = (find_routine(routine) == Path(routine), background not in {None, NONE, *NAMES})
    for name in compress((routine, str(background)), is_file):
        path = Path(name)
        if path.is_file():
            whole = str(path.resolve())
            kept = [whole if word == name else word.replace(f"={name}", f"={whole}") for word in kept]
    is_typed = options.length is not None and "length" not in options.standing
    return [*kept, *(("--length", clock(options.length)) if is_typed and options.length else ())]


def without_length(words: Sequence[str]) -> list[str]:
    """Return what was typed without what asks for a length."""
    return [word for at, word in enumerate(words) if not _sets_the_length(words, at)]


def _sets_the_length(words: Sequence[str], at: int) -> bool:
    """Return True for a word that asks for a length, or is the value of one that does."""
    names = ("--length", "--until")
    return words[at].startswith(tuple(f"{name}=" for name in names)) or bool(
        {words[at], *words[max(at - 1, 0) : at]} & {*names}
    )


def find_backend(name: str, device: str | None = None) -> tuple[str, Backend]:
    """Return the backend that is asked for, after its name, once its device was seen to open.

    Raises
    ------
    Unavailable
        If no device opens.
    UnknownName
        If there is no such device.
    """
    errors: list[VoiceguideError] = []
    is_fixed = device is not None and is_kept("device")
    for candidate in AUTO_BACKENDS if name == "auto" else (name,):
        try:
            make = registry.find("voiceguide.backends", candidate).Backend
            try:
                backend: Backend = make(device or "")
            except UsageError:
                if not is_fixed:
                    raise
                backend = make()  # what is kept gives way where there is no choice
            backend.check()
        except (Unavailable, UnknownName, UsageError) as error:
            errors.append(error)
        else:
            return candidate, backend
    if is_fixed and isinstance(errors[0], UnknownName):
        errors[0].hint = f"{errors[0].hint} It is kept: `voiceguide config unset device` forgets it."
    raise errors[0]


def say_notes(voice: Voice) -> None:
    """Print what the voice has to tell, such as a cache that cannot be kept."""
    for note in voice.notes:
        click.echo(f"Note: {note}", err=True)


class Steps:
    """Progress as plain lines on stderr, a line each quarter: readable by eye, ear and log alike."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._next = 0

    def __call__(self, done: int, total: int) -> None:
        """Print a line if another quarter is done."""
        percent = 100 * done // max(total, 1)
        if percent >= self._next:
            click.echo(f"{self._what}: {percent} percent", err=True)
            self._next = percent - percent % 25 + 25


def typed(options: Options) -> list[str]:
    """Return the options as they are typed, without those that ask for nothing."""
    context = click.get_current_context(silent=True)
    source = context.get_parameter_source("pregnant") if context else None
    words = ["--pregnant"] if source is ParameterSource.COMMANDLINE else []
    for name, value in options.wishes.items():
        if name in {*options.standing, "never"}:
            continue  # kept, and so it applies to the next command, too
        option = f"--{name.replace('_', '-')}"
        if value is True:
            words.append(option)
        else:
            values = (
                value if isinstance(value, tuple) else (clock(value) if name == "length" else shown(value),)
            )
            words += [word for each in values for word in (option, each)]
    return words


def command_line(*words: object) -> str:
    """Return a command ready to copy."""
    line = [str(word) for word in words if word is not None]
    return " ".join(line) if sys.platform == "win32" else shlex.join(line)
