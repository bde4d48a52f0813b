"""Session -> the timeline document: plain data that any program can read, and every test does.

It is the public interface of the product: adding keys is free, changing one is a breaking change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voiceguide.scheduler.options import WISHES
from voiceguide.scheduler.plan import DROPPED
from voiceguide.scheduler.timeline import Event, Segment
from voiceguide.scheduler.visit import Visit
from voiceguide.units import in_frames, in_seconds

if TYPE_CHECKING:
    from voiceguide.session import Session

DOCUMENT_VERSION = 1


def make_document(session: Session) -> dict[str, Any]:
    """Return the timeline document: plain data, in seconds, versioned.

    Adding keys is free; changing one is a breaking change.
    """
    timeline = session.timeline
    duration = in_seconds(timeline.duration)
    return {
        "version": DOCUMENT_VERSION,
        "routine": session.plan.routine.id,
        "title": session.title,
        "language": session.language.tag,
        "voice": session.voice.name,
        "samplerate": session.samplerate,
        "frames": in_frames(timeline.duration, session.samplerate),
        "duration": duration,
        "options": {
            "voice": session.voice.name,
            "rate": session.voice.rate,
            "first_side": session.plan.first_side,
            **{name: getattr(session.options, name) for name in WISHES},
            "length": in_seconds(session.options.length) if session.options.length else None,
        },
        "length": _length(session),
        "chapters": [
            {"start": in_seconds(chapter.start), "title": chapter.title, "stop": chapter.stop}
            for chapter in timeline.chapters
        ],
        "segments": [_segment(segment) for segment in timeline.segments],
        "events": [_event(event, timeline.segments[event.segment]) for event in timeline.events],
        "doses": {visit.stop: _dose(visit) for visit in session.plan.visits},
        "dropped": [one.id for one in session.plan.left_out if one.why == DROPPED],
        "left_out": [{"id": one.id, "why": one.why} for one in session.plan.left_out if one.why != DROPPED],
        "cues_dropped": [{"text": cue.text, "stop": cue.stop} for cue in timeline.cues_dropped],
        "detail": session.plan.detail,
        "by": session.plan.routine.by,
        "note": session.plan.routine.note,
    }


def _length(session: Session) -> dict[str, Any]:
    ranges, usual = session.find_lengths()
    asked = session.options.length
    length: dict[str, Any] = {
        "minimum": in_seconds(ranges[0][0]),
        "default": in_seconds(usual),
        "maximum": in_seconds(ranges[-1][1]),
        "requested": in_seconds(asked) if asked else None,
    }
    if len(ranges) > 1:
        length["ranges"] = [[in_seconds(end) for end in both] for both in ranges]
    return length


def _segment(segment: Segment) -> dict[str, Any]:
    return {
        "start": in_seconds(segment.start),
        "duration": in_seconds(segment.duration),
        "action": segment.action,
        "point": next(iter(segment.points), None),
        "points": list(segment.points),
        "side": segment.side,
        "method": segment.method,
        "posture": segment.posture,
        "lies_on": segment.lies_on,
        "zone": segment.zone,
        "stop": segment.stop,
        "chapter": segment.chapter,
        "repeat": segment.repeat,
        "wait": None if segment.wait is None else {"key": "any", "limit": in_seconds(segment.wait)},
        "also": None,
    }


def _event(event: Event, segment: Segment) -> dict[str, Any]:
    return {
        "start": in_seconds(event.start),
        "duration": in_seconds(event.duration),
        "kind": event.kind,
        "name": event.name,
        "text": event.text,
        "spoken": event.spoken,
        "action": segment.action,
        "point": next(iter(segment.points), None),
        "side": segment.side,
        "segment": event.segment,
        "required": event.required,
        "gain": event.gain,
    }


def _dose(visit: Visit) -> dict[str, Any]:
    return {
        "seconds": in_seconds(visit.chosen),
        "smallest": in_seconds(visit.dose.smallest),
        "usual": in_seconds(visit.dose.usual),
        "largest": in_seconds(visit.dose.largest),
        "repeats": visit.repeats,
        "rounds": visit.rounds,
        "window": in_seconds(visit.window),
        "massage": in_seconds(visit.massage),
    }
