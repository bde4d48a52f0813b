"""The table of numbered requirements, and what their checks ask of a session."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache

from tests.scheduler.laws import lay_out_routine, speech_of
from voiceguide.engines.tone import tone_length
from voiceguide.errors import InvalidContent
from voiceguide.library import find_routine, load_language, load_points, load_routine, routine_names
from voiceguide.scheduler.options import AMOUNTS, Options
from voiceguide.scheduler.plan import Plan
from voiceguide.scheduler.point import GEAR
from voiceguide.scheduler.routine import parse_routine
from voiceguide.scheduler.timeline import Segment, Timeline
from voiceguide.session import write_script

Check = Callable[[], None]
CHECKS: dict[str, tuple[str, Check]] = {}
SECOND = 1000
ENGLISH = load_language("en")
POINTS = load_points()


def requirement(number: str, what: str) -> Callable[[Check], Check]:
    """Enter a check into the table under a number."""

    def enter(check: Check) -> Check:
        assert number not in CHECKS
        CHECKS[number] = what, check
        return check

    return enter


@cache
def laid_out(name: str, options: Options = Options()) -> tuple[Plan, Timeline]:  # noqa: B008 - it is frozen
    return lay_out_routine(load_routine(find_routine(name)), tone_length, options)


def everything() -> list[tuple[Plan, Timeline]]:
    return [laid_out(name) for name in routine_names()]


def everything_however_told() -> list[tuple[Plan, Timeline]]:
    """Return every routine, in full, in brief and with bells."""
    return [laid_out(name, Options(detail=detail)) for name in routine_names() for detail in AMOUNTS]


def stop(name: str, stop_id: str, options: Options = Options()) -> list[Segment]:  # noqa: B008 - it is frozen
    return [segment for segment in laid_out(name, options)[1].segments if segment.stop == stop_id]


def text(name: str, stop_id: str, *actions: str, options: Options = Options()) -> str:  # noqa: B008 - frozen
    """Return what is said at a stop during these actions, in one line."""
    timeline = laid_out(name, options)[1]
    segments = [one for one in stop(name, stop_id, options) if one.action in actions or not actions]
    return " ".join(event.text for segment in segments for event in speech_of(timeline, segment))


def all_said(name: str, options: Options = Options()) -> str:  # noqa: B008 - it is frozen
    return " ".join(event.text for event in laid_out(name, options)[1].events if event.text)


def held(name: str, stop_id: str) -> list[int]:
    return [one.duration for one in stop(name, stop_id) if one.action in {"hold", "roll"}]


def holds_then_releases(name: str, stop_id: str, seconds: int) -> None:
    segments = stop(name, stop_id)
    last = max(index for index, one in enumerate(segments) if one.action == "release")
    assert [one.action for one in segments[last - 3 : last + 1]] == ["locate", "press", "hold", "release"]
    assert held(name, stop_id) == [seconds * SECOND]
    assert segments[last].duration >= 8 * SECOND


def usual_of(point: str, method: str = "thumbs") -> tuple[int, int, int]:
    dose = POINTS[point].methods[method].dose
    return dose.smallest // SECOND, dose.usual // SECOND, dose.largest // SECOND


def faults(*steps: Mapping[str, object], ready: Iterable[str] = GEAR) -> list[str]:
    """Return the key that each fault of a routine of these steps lies at; none if it can be done."""
    mapping = {"version": 1, "id": "x", "ready": list(ready), "steps": list(steps)}
    try:
        write_script(parse_routine(mapping), POINTS, ENGLISH)
    except InvalidContent as error:
        return [str(problem.path[-1]) for problem in error.problems]
    return []


def text_of_action(name: str, *actions: str) -> str:
    timeline = laid_out(name)[1]
    wanted = [one for one in timeline.segments if one.action in actions]
    return " ".join(event.text for one in wanted for event in speech_of(timeline, one))
