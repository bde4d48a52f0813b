"""What every timeline must hold to, whatever the routine and however long the words: one function a law."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import groupby, pairwise

from voiceguide.earcons import EARCON_LENGTHS
from voiceguide.library import load_language, load_points
from voiceguide.scheduler.bells import BELLS
from voiceguide.scheduler.fit import fit
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.plan import Plan
from voiceguide.scheduler.routine import Routine
from voiceguide.scheduler.ruler import Ruler
from voiceguide.scheduler.script import write_words
from voiceguide.scheduler.timeline import Event, Segment, Timeline, lay_out
from voiceguide.session import USUAL, write_script
from voiceguide.units import Milliseconds

Measure = Callable[[str], Milliseconds]

DOSED = {"hold", "roll", "massage"}
ASKING = {"move", "locate", "press", "release", "switch_sides", "ready", "ice_on", "ice_off", "wait", "close"}
"""Actions in which the person is to do something."""


def lay_out_routine(routine: Routine, measure: Measure, options: Options = USUAL) -> tuple[Plan, Timeline]:
    """Return the plan and timeline of a routine in English, by some measure of its words."""
    language = load_language("en")
    plan, words = write_script(routine, load_points(), language, options)
    if options.length is None:
        return plan, lay_out(plan, words, language, measure, earcon_lengths=EARCON_LENGTHS)
    found = fit(plan, options.length, Ruler(language, measure, EARCON_LENGTHS))
    assert found is not None
    words = [write_words(step, found.plan, language) for step in found.plan.steps]
    return found.plan, lay_out(
        found.plan,
        words,
        language,
        measure,
        earcon_lengths=EARCON_LENGTHS,
        paces=found.paces,
        extras=found.extras,
        total_slot=found.total_slot,
    )


def end(one: Segment | Event) -> int:
    return one.start + one.duration


def events_of(timeline: Timeline, segment: Segment) -> list[Event]:
    return [event for event in timeline.events if timeline.segments[event.segment] is segment]


def speech_of(timeline: Timeline, segment: Segment) -> list[Event]:
    return [event for event in events_of(timeline, segment) if event.kind == "speech"]


def cues_of(timeline: Timeline, segment: Segment) -> list[Event]:
    """Return what is said in a segment, and the bells that stand for words."""
    return [event for event in events_of(timeline, segment) if event.kind == "speech" or event.name in BELLS]


def segments_tile_the_session(timeline: Timeline, _: Plan) -> None:
    assert timeline.segments[0].start == 0
    assert all(end(before) == after.start for before, after in pairwise(timeline.segments))
    assert end(timeline.segments[-1]) == timeline.duration
    assert all(segment.duration > 0 for segment in timeline.segments)


def chapters_tile_the_session(timeline: Timeline, _: Plan) -> None:
    starts = [chapter.start for chapter in timeline.chapters]
    assert starts[0] == 0
    assert starts == sorted(set(starts))
    first = [next(s.start for s in timeline.segments if s.chapter == index) for index in range(len(starts))]
    assert first == starts
    assert [segment.chapter for segment in timeline.segments] == sorted(s.chapter for s in timeline.segments)


def every_event_lies_inside_its_segment(timeline: Timeline, _: Plan) -> None:
    for event in timeline.events:
        segment = timeline.segments[event.segment]
        assert segment.start <= event.start
        assert end(event) <= end(segment), (event, segment)


def no_event_overlaps_another(timeline: Timeline, _: Plan) -> None:
    assert all(end(before) <= after.start for before, after in pairwise(timeline.events))


def every_dose_is_true(timeline: Timeline, plan: Plan) -> None:
    doses = {visit.stop: visit for visit in plan.visits}
    for before, segment in pairwise(timeline.segments):
        if segment.action in DOSED:
            assert segment.stop is not None
            visit = doses[segment.stop]
            assert visit.method is not None
            if segment.action == "massage":
                assert before.action == "locate"
                chosen, dose = visit.massage, visit.method.massage
            else:
                assert before.action == ("rest" if segment.repeat > 1 and visit.method.rest else "press")
                chosen, dose = visit.chosen, visit.dose
            assert dose is not None
            assert segment.duration == chosen
            assert dose.smallest <= segment.duration <= dose.largest


def both_sides_are_equal(timeline: Timeline, plan: Plan) -> None:
    held: dict[str, dict[str | None, list[int]]] = {}
    for segment in timeline.segments:
        if segment.action in DOSED:
            sides = held.setdefault("+".join(segment.points), {})
            sides.setdefault(segment.side, []).append(segment.duration)
    for sides in held.values():
        assert set(sides) in ({"left", "right"}, {"both"}, {None})
        assert len({tuple(times) for times in sides.values()}) == 1
    assert len(held) == len({visit.entry for visit in plan.visits if visit.points})


def every_hold_that_owes_a_release_has_one(timeline: Timeline, _: Plan) -> None:
    for segment, after in pairwise(timeline.segments):
        is_repeated = (segment.stop or "").startswith("li4") and after.action == "rest"
        if segment.action in {"hold", "roll"} and not is_repeated:
            assert after.action == "release"
            assert after.stop == segment.stop
            said = cues_of(timeline, after)
            assert said[0].start == after.start
            words = sum(event.duration for event in said)
            assert after.duration >= 8_000
            assert after.duration <= 15_000 or after.duration - words <= 8_000


def repeats_are_ten_on_and_five_off(timeline: Timeline, plan: Plan) -> None:
    chosen = {visit.stop: visit for visit in plan.visits}
    for stop in ("li4.left", "li4.right"):
        inside = [s for s in timeline.segments if s.stop == stop and s.action in {"hold", "rest"}]
        if not inside:
            continue
        visit = chosen[stop]
        assert 3 <= visit.repeats <= 5
        assert 10_000 <= visit.chosen <= 15_000
        assert [s.action for s in inside] == ["hold", "rest"] * (visit.repeats - 1) + ["hold"]
        assert [s.duration for s in inside] == [visit.chosen, 5_000] * (visit.repeats - 1) + [visit.chosen]
        for rest in inside[1::2]:
            let_go, again = cues_of(timeline, rest)
            told = (
                ("bell_let_go", "bell_press") if plan.detail == "bells" else ("And let go.", "Again. Press.")
            )
            assert (let_go.text or let_go.name, let_go.start) == (told[0], rest.start)
            assert (again.text or again.name, end(again)) == (told[1], end(rest))


def spread_presses_fill_their_window(timeline: Timeline, plan: Plan) -> None:
    for visit in plan.visits:
        if not visit.window:
            continue
        inside = [s for s in timeline.segments if s.stop == visit.stop]
        holds = [s for s in inside if s.action == "hold"]
        assert len(holds) == visit.repeats
        assert {s.duration for s in holds} == {30_000}
        assert end(holds[-1]) - holds[0].start == visit.window
        gaps = [after.start - end(before) for before, after in pairwise(holds)]
        assert max(gaps) - min(gaps) <= 2
        assert [s.action for s in inside if s.action == "locate"] == ["locate"]
        for rest in (s for s in inside if s.action == "rest"):
            said = speech_of(timeline, rest)
            if not said and plan.detail == "bells" and rest.duration < 40_000:
                continue
            told = next(e.text for e in said if "A quiet rest" in e.text)
            told_as = [at for at in range(10, 300, 5) if f"about {seconds_in_words(at)}." in told]
            assert abs(told_as[0] * 1000 - rest.duration) <= 5_000
            if rest.duration >= 40_000:
                assert (said[-1].text, end(rest) - said[-1].start) == ("Ten seconds more.", 10_000)


def seconds_in_words(at: int) -> str:
    return load_language("en").duration(Milliseconds(at * 1000))


def words_keep_clear_of_the_start_of_a_hold(timeline: Timeline, _: Plan) -> None:
    for segment in timeline.segments:
        said = speech_of(timeline, segment) if segment.action in DOSED else []
        if segment.stop is not None and segment.stop.startswith("li4"):
            assert len(said) <= 1
            continue
        assert all(event.start - segment.start >= 8_000 for event in said)


def segments_leave_room_for_a_lead_in(timeline: Timeline, _: Plan) -> None:
    for segment in timeline.segments:
        said = cues_of(timeline, segment)
        if segment.action == "release" or (
            segment.action == "rest" and (segment.stop or "").startswith("li4")
        ):
            continue
        if said and segment.action not in DOSED:
            assert said[0].start - segment.start >= 700


def speech_after_silence_has_a_lead_in(timeline: Timeline, _: Plan) -> None:
    for before, event in pairwise(timeline.events):
        if event.kind == "speech" or event.name in BELLS:
            assert event.start - end(before) < 5_000
    for lead_in, event in pairwise(timeline.events):
        if lead_in.name == "lead_in":
            assert lead_in.duration <= 500
            assert event.start - lead_in.start <= 700


def no_quiet_lasts_over_a_minute(timeline: Timeline, _: Plan) -> None:
    sounds = [0, *(at for event in timeline.events for at in (event.start, end(event))), timeline.duration]
    assert all(after - before <= 60_000 for before, after in zip(sounds[::2], sounds[1::2], strict=True))


def ice_is_whole_and_checked_by_touch(timeline: Timeline, plan: Plan) -> None:
    for index, segment in enumerate(timeline.segments):
        if segment.action != "ice":
            continue
        if segment.zone == "back":
            assert (segment.duration, segment.posture) == (900_000, "on_side")
        else:
            assert (segment.duration, segment.zone) == (600_000, "arms")
            assert segment.posture in {"sitting", "on_side"}
        words = " ".join(event.text.lower() for event in speech_of(timeline, segment))
        assert "look" not in words
        said = speech_of(timeline, segment)
        checks = [event.start - segment.start for event in said if "Can the skin feel" in event.text]
        assert all(after - before <= 300_000 for before, after in pairwise([0, *checks, segment.duration]))
        assert speech_of(timeline, segment)[-1].start == end(segment) - 60_000
        on = timeline.segments[index - 1]
        releases = [
            s for s in timeline.segments[:index] if s.action == "release" and s.zone in {"back", "hips"}
        ]
        assert on.action == "ice_on"
        if segment.zone == "back":
            assert on.start - end(releases[-1]) <= 60_000
    assert sum(s.action == "ice" for s in timeline.segments) == sum(not v.points for v in plan.visits)


def ice_is_called_off_five_times_after_a_tone(timeline: Timeline, _: Plan) -> None:
    for segment in timeline.segments:
        if segment.action != "ice_off":
            continue
        tones = [event for event in events_of(timeline, segment) if event.name == "alarm"]
        calls = speech_of(timeline, segment)
        assert [tone.start - segment.start for tone in tones] == [0, 10_000, 20_000, 40_000, 60_000]
        assert all(call.text.startswith("Take the ice off now") for call in calls)
        assert [call.start - tone.start for tone, call in zip(tones, calls, strict=True)] == [700] * 5
        assert all(0 <= tone.gain <= 6 for tone in tones)
        assert segment.wait == 300_000


def each_posture_stands_in_one_run(timeline: Timeline, _: Plan) -> None:
    postures = [s.posture for s in timeline.segments if s.stop is not None]
    runs = [posture for posture, _ in groupby(postures)]
    assert len(runs) == len(set(runs))


def nobody_lies_on_what_is_pressed(timeline: Timeline, _: Plan) -> None:
    for segment in timeline.segments:
        if segment.lies_on is not None and segment.action in DOSED:
            assert segment.side not in {segment.lies_on, "both"}
        assert (segment.lies_on is not None) == (segment.posture == "on_side")


def eyes_are_opened_before_getting_up_or_down(timeline: Timeline, plan: Plan) -> None:
    lying = {"supine", "prone", "on_side"}
    for step in plan.steps:
        changes = step.origin and (step.origin in lying) != (step.posture in lying)
        if step.kind == "rise" or step.rolls_over or (step.kind == "move" and changes):
            said = [cue.text for cue in write_words(step, plan, load_language("en"))["say"]]
            assert any("Open your eyes" in text for text in said)
    assert timeline.segments[-1].action == "close"


def a_switch_belongs_to_no_side_and_is_announced(timeline: Timeline, plan: Plan) -> None:
    for before, segment in pairwise(timeline.segments):
        if segment.action == "switch_sides":
            assert segment.side is None
            # Nothing is timed before the other side is pressed: a bell is warning enough.
            rung = plan.detail == "bells" and cues_of(timeline, segment)[0].name == "bell_other_side"
            assert rung or "Next, the" in speech_of(timeline, before)[-1].text
            assert segment.duration >= 6_000


def the_second_side_is_found_in_no_less_than_half_the_time(timeline: Timeline, _: Plan) -> None:
    silences: dict[str, dict[str | None, list[int]]] = {}
    for segment in timeline.segments:
        if segment.action == "locate":
            said = sum(event.duration for event in speech_of(timeline, segment))
            sides = silences.setdefault("+".join(segment.points), {})
            sides.setdefault(segment.side, []).append(segment.duration - said)
    for sides in silences.values():
        first, *others = sides.values()
        for second in others:
            assert all(2 * after >= before for before, after in zip(first, second, strict=True))


def the_safety_lines_come_first(timeline: Timeline, _: Plan) -> None:
    opening = [event for event in speech_of(timeline, timeline.segments[0]) if event.required]
    text = " ".join(event.text for event in opening[:4])
    first = "ordinary sore back, pregnant, blood thinners, weak bones, blood clot, ask a doctor"
    assert all(word in text.lower() for word in first.split(", "))
    assert all(word in text for word in ("Fever", "numb or weak legs", "bladder trouble", "medical help"))
    spoken = [event.text for event in timeline.events if event.required]
    rule = next(text for text in spoken if "Sharp, electric, numb" in text)
    closing = next(event.text for event in timeline.events if "close your eyes" in event.text.lower())
    texts = [event.text for event in timeline.events]
    assert texts.index(rule) < texts.index(closing)


def sentences_are_short(timeline: Timeline, _: Plan) -> None:
    for event in texts(timeline):
        assert all(len(sentence.split()) <= 12 for sentence in re.split(r"[.?!]", event.text)), event.text


def ice_comes_right_after_its_work_or_the_backs_ice(timeline: Timeline, _: Plan) -> None:
    zones = {"back": {"back", "hips"}, "arms": {"arm"}}
    stops = [(s.stop, s.zone or "", bool(s.points)) for s in timeline.segments if s.stop is not None]
    for before, after in pairwise(dict.fromkeys(stops)):
        if not after[2]:
            assert before[0] == "ice.back" or before[1] in zones[after[1]]


def the_opening_says_the_true_length(timeline: Timeline, _: Plan) -> None:
    total = next(event for event in timeline.events if event.name == "open.total")
    language = load_language("en")
    about = [n * 60_000 for n in range(1, 361) if language.about(Milliseconds(n * 60_000)) in total.text]
    assert min(abs(timeline.duration - minutes) for minutes in about) <= 30_000


def bells_are_rung_only_where_they_stand_for_words(timeline: Timeline, plan: Plan) -> None:
    rung = [event for event in timeline.events if event.name in BELLS]
    assert bool(rung) == (plan.detail == "bells")
    assert all(event.required and event.kind == "earcon" and not event.text for event in rung)
    begun = {"bell_move": "move", "bell_find": "locate", "bell_other_side": "switch_sides"}
    begun |= {"bell_press": "press", "bell_let_go": "release"}
    for segment in timeline.segments:
        names = [event.name for event in events_of(timeline, segment) if event.name in BELLS]
        if segment.action not in {"open", "rest"}:
            assert [begun[name] for name in names] in ([], [segment.action])
            assert names or not rung or segment.action not in {"press", "release"}


def a_hold_starts_when_the_press_has_been_told(timeline: Timeline, _: Plan) -> None:
    for before, segment in pairwise(timeline.segments):
        if segment.action not in {"hold", "roll"}:
            continue
        last = cues_of(timeline, before)[-1]
        assert end(last) <= segment.start
        assert before.action != "press" or segment.start - end(last) >= 3_000


def nothing_that_asks_something_is_silent(timeline: Timeline, _: Plan) -> None:
    for segment in timeline.segments:
        if segment.action in ASKING:
            begins = next(event for event in events_of(timeline, segment) if event.name != "lead_in")
            assert begins.text or begins.name in {*BELLS, "alarm"}, segment
            assert begins.start - segment.start <= 700, segment


LAWS = (
    segments_tile_the_session,
    chapters_tile_the_session,
    every_event_lies_inside_its_segment,
    no_event_overlaps_another,
    every_dose_is_true,
    both_sides_are_equal,
    every_hold_that_owes_a_release_has_one,
    repeats_are_ten_on_and_five_off,
    spread_presses_fill_their_window,
    words_keep_clear_of_the_start_of_a_hold,
    segments_leave_room_for_a_lead_in,
    speech_after_silence_has_a_lead_in,
    no_quiet_lasts_over_a_minute,
    ice_is_whole_and_checked_by_touch,
    ice_is_called_off_five_times_after_a_tone,
    each_posture_stands_in_one_run,
    nobody_lies_on_what_is_pressed,
    eyes_are_opened_before_getting_up_or_down,
    a_switch_belongs_to_no_side_and_is_announced,
    the_second_side_is_found_in_no_less_than_half_the_time,
    the_safety_lines_come_first,
    the_opening_says_the_true_length,
    ice_comes_right_after_its_work_or_the_backs_ice,
    sentences_are_short,
    bells_are_rung_only_where_they_stand_for_words,
    a_hold_starts_when_the_press_has_been_told,
    nothing_that_asks_something_is_silent,
)


def texts(timeline: Timeline) -> Iterator[Event]:
    """Yield the first event of every distinct text."""
    yield from {event.text: event for event in reversed(timeline.events) if event.text}.values()
