"""Whom a session is for: what somebody answered in `voiceguide setup` applies to what is asked of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import wraps
from typing import Any

import click
from click.core import ParameterSource

from voiceguide.commands import as_called
from voiceguide.commands._options import Decorator, check_routine
from voiceguide.commands._speaking import LANGUAGE, tell_later, tell_what_waits
from voiceguide.errors import NothingLeft, VoiceguideError
from voiceguide.folders import private_folder
from voiceguide.gate import NEVER_LIFTED
from voiceguide.library import load_leaflet
from voiceguide.profile import Profile, load_profile
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.point import CONDITIONS
from voiceguide.settings import settings_that_apply

_SUGGESTED = ("sore_side", "assist")
"""Options that follow from answers where nothing else says them."""
NO_ANSWERS = (
    "Note: you have not been asked about your health. `voiceguide setup` asks, and leaves out what is not "
    "for you; else read `voiceguide about` first."
)
_OLD_ANSWERS = (
    "Note: your answers about your health are more than two weeks old. They apply; `voiceguide setup` asks "
    "again."
)
_GUEST = "Note: no answers about health apply to a guest, who should read `voiceguide about` first."
Find = Callable[[click.Context, Options], Profile | None]
"""Whose answers apply; None for nobody's."""


def for_whoever_lies_there(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--as-guest`; apply what was answered, and ask at a terminal where nothing was, or long ago.

    It stands below `session_options`, whose `options` it changes.
    """
    option = click.option(
        "--as-guest",
        is_flag=True,
        help="Somebody else lies there: your answers in `setup` do not apply, and nothing is asked.",
    )
    return option(_applied(function, "as_guest", _of_the_player))


def for_the_person(*, tells: bool) -> Decorator:
    """Return what adds `--no-profile` and applies what was answered; `tells` if it says that nothing was."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        option = click.option(
            "--no-profile", is_flag=True, help="For others: your answers in `setup` do not apply."
        )
        return option(_applied(function, "no_profile", _of_the_owner(tells=tells)))

    return decorate


def _applied(function: Callable[..., Any], leaves_away: str, find: Find) -> Callable[..., Any]:
    @wraps(function)
    def gathered(*args: Any, options: Options, **given: Any) -> Any:
        context = click.get_current_context()
        is_left_away = given.pop(leaves_away)
        if given.get("resume"):
            # It runs the command again as it was typed then, which comes through here with all that is asked.
            return function(*args, options=options, **given)
        if is_left_away and leaves_away == "as_guest":
            tell_later(as_called(_GUEST))
        profile = None if is_left_away else find(context, options)
        if profile is not None:
            options = _with_answers(profile, options, context)
        try:
            done = function(*args, options=options, **given)
        except NothingLeft as error:
            if profile is not None and profile.cautions & error.why:
                from voiceguide.commands._outcomes import as_answered

                as_answered(error, profile)
                may_lift = not profile.cautions & error.why <= {*NEVER_LIFTED}
                agreed = ", or has a doctor agreed" if may_lift else ""
                error.hint = f"{error.hint} Has something changed{agreed}? `voiceguide setup` asks again."
            raise
        tell_what_waits()
        return done

    return gathered


def _of_the_player(context: click.Context, options: Options) -> Profile | None:
    day = today()
    profile = load_profile(private_folder(), day)
    is_old = profile is not None and profile.is_old(day)
    if profile is None or is_old:
        if _is_at_a_terminal():
            from voiceguide.commands._asking import set_up

            check_routine(context.params["routine"], options)  # nobody is asked for what cannot be played
            profile = set_up(day, results_to_stderr=True)
            if profile.stop:
                raise click.exceptions.Exit(1)
        else:
            tell_later(as_called(_OLD_ANSWERS if is_old else NO_ANSWERS))
    if profile is not None and profile.stop:
        from voiceguide.commands._outcomes import refusal

        raise refusal(profile)
    return profile


def _of_the_owner(*, tells: bool) -> Find:
    def find(_: click.Context, __: Options) -> Profile | None:
        profile = profile_without_a_sign()
        if tells and profile is None:
            tell_later(as_called(NO_ANSWERS))
        elif tells and profile is not None and profile.is_old(today()):
            tell_later(as_called(_OLD_ANSWERS))
        return profile

    return find


def own_conditions() -> frozenset[str]:
    """Return the conditions that this person's answers and settings say; all of them after a sign.

    Answers that cannot be used are told, and nothing is known then.
    """
    kept = frozenset({"pregnancy"}) if settings_that_apply().get("pregnant") else frozenset()
    try:
        profile = load_profile(private_folder(), today())
    except VoiceguideError as error:
        for line in error.lines():
            click.echo(as_called(line), err=True)
        return kept
    if profile is None:
        return kept
    return frozenset(CONDITIONS) if profile.stop else kept | profile.cautions


def said_first(conditions: frozenset[str]) -> Iterator[str]:
    """Yield what whoever has these conditions, as `own_conditions` returns them, should read first."""
    if conditions == frozenset(CONDITIONS):
        from voiceguide.commands._outcomes import refusal

        profile = load_profile(private_folder(), today())
        if profile is not None and profile.stop:
            yield from refusal(profile).lines()
    elif "pregnancy" in conditions:
        yield load_leaflet(LANGUAGE).appointments["ask_first"]


def profile_without_a_sign() -> Profile | None:
    """Return the answers that are kept; None if there are none.

    Raises
    ------
    VoiceguideError
        If they hold a sign of something serious: with where to get help. If they cannot be used.
    """
    profile = load_profile(private_folder(), today())
    if profile is not None and profile.stop:
        from voiceguide.commands._outcomes import refusal

        raise refusal(profile)
    return profile


def _with_answers(profile: Profile, options: Options, context: click.Context) -> Options:
    """Return the options with what answers leave out, and what they suggest where nothing else says."""
    suggested = {
        name: getattr(profile, name)
        for name in _SUGGESTED
        if context.get_parameter_source(name) is ParameterSource.DEFAULT
        and getattr(profile, name) != getattr(options, name)
    }
    if profile.agreed:
        from voiceguide.commands._outcomes import agreed_line

        tell_later(agreed_line(profile))
    return replace(
        options,
        **suggested,
        cautions=options.cautions | profile.cautions,
        standing=options.standing.union(suggested),
        suggested=frozenset(suggested),
    )


def _is_at_a_terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def today() -> date:
    """Return the date here."""
    return date.today()  # noqa: DTZ011 - the day that the person has
