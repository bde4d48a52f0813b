"""`voiceguide show`: a session to read before, or instead of, hearing it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from voiceguide.commands._options import (
    author_lines,
    json_option,
    open_session,
    plain_option,
    routine_argument,
    session_options,
    voice_options,
)
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.timeline import Event, Segment
from voiceguide.session import Session
from voiceguide.units import SECOND, clock, in_seconds


@click.command()
@routine_argument
@session_options
@voice_options
@plain_option
@json_option
def command(
    routine: str, voice: str | None, rate: int | None, options: Options, *, plain: bool, as_json: bool
) -> None:
    """Show a session in words and times.

    ROUTINE is a name or a path; without one it is lying-down.
    """
    session = open_session(routine, voice, rate, options, sounds=False, quiet=as_json)
    if as_json:
        click.echo(json.dumps(session.document(), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_plain(session) if plain else _table(session)))


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


def _outline(session: Session) -> Iterator[str]:
    """Yield whom it is for, what is pressed and iced, and what its author wants to be read first."""
    plan, routine = session.plan, session.plan.routine
    if summary := routine.summaries.get(session.language.tag):
        yield f"For: {summary}."
    if by := session.options.assist:
        yield f"That is how it is written. Here every point goes by {by}."
    core, optional = ([_part(session, one) for one in entries] for entries in (plan.core, plan.optional))
    yield f"Presses: {', '.join([*core, *reversed(optional)])}."
    if optional:
        yield f"Of these may be dropped, the first named first: {', '.join(optional)}."
    if plan.ice:
        yield "Ice: " + ", ".join(f"{one.zone} {clock(one.chosen)}" for one in plan.ice) + "."
    yield from author_lines(session)


def _part(session: Session, entry: str) -> str:
    return f"{session.language.point(entry).part['both']} ({entry})"


def _segments(session: Session, chapter: int) -> Iterator[tuple[Segment, list[Event]]]:
    """Yield a chapter's segments with what is heard in them; lead-ins are left out, as they say nothing."""
    for index, segment in enumerate(session.timeline.segments):
        if segment.chapter == chapter:
            events = session.timeline.events
            yield segment, [event for event in events if event.segment == index and event.name != "lead_in"]


def _said(event: Event) -> str:
    return event.text or f"({event.name.replace('_', ' ')})"


def _length(segment: Segment) -> str:
    return f"{in_seconds(segment.duration):g} s"
