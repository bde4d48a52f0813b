"""`voiceguide show`: a session to read before, or instead of, hearing it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from voiceguide.commands._options import (
    flag_option,
    json_option,
    open_session,
    routine_argument,
    session_options,
    voice_options,
)
from voiceguide.commands._person import for_the_person
from voiceguide.commands._picture import check_picture, write_picture
from voiceguide.commands._screen import in_brackets
from voiceguide.commands._speaking import LANGUAGE
from voiceguide.commands._told import author_lines
from voiceguide.library import load_leaflet, load_points
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.plan import DROPPED
from voiceguide.scheduler.timeline import Event, Segment
from voiceguide.scheduler.visit import Visit
from voiceguide.session import Session
from voiceguide.units import SECOND, clock, in_seconds, up_to_seconds

_PATH = click.Path(path_type=Path)


@click.command()
@routine_argument
@click.option("--explain", is_flag=True, help="Say what was changed for the length, and nothing else.")
@click.option("--plot", type=_PATH, metavar="FILE.svg", help="Draw it into a file, and print nothing else.")
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
@session_options
@for_the_person(tells=False)
@voice_options
@flag_option("plain")
@json_option
def command(
    routine: str,
    voice: str | None,
    rate: int | None,
    fill: str | None,
    *,
    options: Options,
    plain: bool,
    as_json: bool,
    explain: bool,
    plot: Path | None,
    force: bool,
) -> None:
    """Show a session in words and times.

    ROUTINE is a name or a path; without one it is lying-down.
    """
    if plot:
        check_picture(plot, force=force, others={"--explain": explain, "--json": as_json})
    session = open_session(routine, voice, rate, options, sounds=False, quiet=as_json, fill=fill)
    if plot:
        _draw(session, plot, force=force)
    elif explain:
        click.echo("\n".join(_explanation(session)))
    elif as_json:
        click.echo(json.dumps(session.document(), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_plain(session) if plain else _table(session)))


def _draw(session: Session, target: Path, *, force: bool) -> None:
    from voiceguide.timeline_picture import draw_timeline  # not needed for words

    picture = draw_timeline(session, load_leaflet(LANGUAGE), load_points())
    write_picture(target, picture, force=force)


def _table(session: Session) -> Iterator[str]:
    timeline = session.timeline
    yield f"{session.title} · {clock(timeline.duration)} · {session.voice.name}"
    yield from _outline(session)
    for index, chapter in enumerate(timeline.chapters):
        yield ""
        yield f"{clock(chapter.start):>7}  {chapter.title}"
        for segment, events in _segments(session, index):
            what = f"{segment.action.replace('_', ' ')} {_length(segment)}"
            lines = [(event.start, _said(event)) for event in events]
            if not lines or lines[0][0] - segment.start > SECOND:
                lines.insert(0, (segment.start, ""))
            for start, said in lines:
                yield f"{clock(start):>7}  {what:21}  {said}".rstrip()
                what = ""


def _plain(session: Session) -> Iterator[str]:
    timeline = session.timeline
    yield f"{session.title}, {clock(timeline.duration)}, voice {session.voice.name}."
    yield from _outline(session)
    for index, chapter in enumerate(timeline.chapters):
        yield f"Chapter {index + 1} of {len(timeline.chapters)} at {clock(chapter.start)}: {chapter.title}."
        for segment, events in _segments(session, index):
            yield f"{clock(segment.start)}: {segment.action.replace('_', ' ')}, {_length(segment)}."
            yield from (f"{clock(event.start)}: {_said(event)}" for event in events)


def _explanation(session: Session) -> Iterator[str]:
    """Yield what a length changed, as people understand it."""
    ranges, usual = session.find_lengths()
    told = " or ".join(f"{clock(up_to_seconds(low))} to {clock(high)}" for low, high in ranges)
    yield f"{session.title} takes {clock(usual)} as it is, and can take {told}."
    fitted = session.fitted
    if fitted is None:
        yield "No length was asked for: every dose is the usual one."
        return
    whose = "Its own length is" if session.plan.routine.length == session.options.length else "Asked for:"
    yield f"{whose} {clock(session.timeline.duration)}. It takes exactly that."
    gone = [one.id for one in session.plan.left_out if one.why == DROPPED]
    if gone:
        parts = ", ".join(_part(session, entry) for entry in gone if entry in session.language.points)
        yield f"Left out, as it would be too long with them: {parts}."
    if session.plan.detail != session.as_written.detail:
        yield "The words are brief, as there is no room for all of them."
    changes = [
        change for visit in session.plan.visits if visit.is_first for change in _changes(session, visit)
    ]
    yield from changes or ["Every dose is the usual one."]
    quickest, usual_pace, slowest = session.plan.pace
    change = fitted.paces[0] - usual_pace
    if change:
        way, most = ("longer", slowest - usual_pace) if change > 0 else ("shorter", usual_pace - quickest)
        part = round(100 * abs(change) / most)
        yield f"Pauses between the words are {way}: {part} percent of the way to the {way[:-2]}est."


def _changes(session: Session, visit: Visit) -> Iterator[str]:
    if visit.method is None:
        return
    part = _part(session, visit.entry)
    usual = visit.method
    if visit.chosen != visit.dose.usual:
        yield f"{part}: {in_seconds(visit.chosen):g} s a press, usually {in_seconds(visit.dose.usual):g} s."
    if visit.rounds != usual.rounds.usual:
        yield f"{part}: {visit.rounds} rounds, usually {usual.rounds.usual}."
    if visit.repeats != usual.repeats.usual:
        yield f"{part}: {visit.repeats} presses, usually {usual.repeats.usual}."
    for name, chosen, range_ in (
        ("spread over", visit.window, usual.window),
        ("massage", visit.massage, usual.massage),
    ):
        if range_ and chosen != range_.usual:
            yield f"{part}: {name} {clock(chosen)}, usually {clock(range_.usual)}."


def _outline(session: Session) -> Iterator[str]:
    """Yield whom it is for, what is pressed and iced, and what its author wants to be read first."""
    plan, routine = session.plan, session.plan.routine
    is_whole = plan.cautions.isdisjoint(one.why for one in plan.left_out)
    if is_whole and (summary := routine.summaries.get(session.language.tag)):
        yield f"For: {summary}."
    if by := session.options.assist:
        yield f"That is how it is written. Here every point goes by {by}."
    core, optional = ([_part(session, one) for one in entries] for entries in (plan.core, plan.optional))
    yield f"Presses: {', '.join([*core, *reversed(optional)])}."
    optional = optional if core else optional[:-1]  # something is pressed in any case
    if optional:
        yield f"Of these may be dropped, the first named first: {', '.join(optional)}."
    if plan.ice:
        yield "Ice: " + ", ".join(f"{one.zone} {clock(one.chosen)}" for one in plan.ice) + "."
    if session.options.tick:
        yield "A soft tone is heard every ten seconds of a hold and of ice."
    yield from author_lines(session)


def _part(session: Session, entry: str) -> str:
    return f"{session.language.point(entry).part['both']} ({entry})"


def _segments(session: Session, chapter: int) -> Iterator[tuple[Segment, list[Event]]]:
    """Yield a chapter's segments with what is heard in them, but not lead-ins and ticks: they say nothing."""
    heard = [event for event in session.timeline.events if event.name not in {"lead_in", "tick"}]
    for index, segment in enumerate(session.timeline.segments):
        if segment.chapter == chapter:
            yield segment, [event for event in heard if event.segment == index]


def _said(event: Event) -> str:
    return event.text or in_brackets(event)


def _length(segment: Segment) -> str:
    return f"{in_seconds(segment.duration):g} s"
