from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scheduler.laws import LAWS, lay_out_routine
from voiceguide.earcons import EARCON_LENGTHS
from voiceguide.engines.tone import tone_length
from voiceguide.library import find_routine, load_language, load_points, load_routine, routine_names
from voiceguide.scheduler.fit import (
    Fit,
    _Choice,
    _combine,
    _first_reaching,
    _levels,
    find_ends,
    find_ranges,
    fit,
    shapes_of,
)
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.plan import Plan
from voiceguide.scheduler.point import Dose, parse_point
from voiceguide.scheduler.routine import Routine, parse_routine
from voiceguide.scheduler.ruler import FULL_DOSE, Ruler, Shape, moved, moves_of
from voiceguide.session import write_script
from voiceguide.units import SECOND, Milliseconds, up_to_seconds
from voiceguide.voice import find_voice

ENGLISH = load_language("en")
POINTS = load_points()
EXCEPT_ICE = [law for law in LAWS if law.__name__ != "ice_is_whole_and_checked_by_touch"]
WISHES = [
    Options(),
    Options(ice="later", pace="gentle", detail="brief"),
    Options(ice="10m", sore_side="right", one_side_at_a_time=True, detail="full"),
]


def ruler() -> Ruler:
    return Ruler(ENGLISH, tone_length, EARCON_LENGTHS)


def plan_of(routine: Routine | str, options: Options = WISHES[0]) -> Plan:
    routine = load_routine(find_routine(routine)) if isinstance(routine, str) else routine
    return write_script(routine, POINTS, ENGLISH, options)[0]


def lengths_of(name: str, options: Options, count: int) -> list[Milliseconds]:
    """Return lengths spread over what a routine can take, in whole seconds, both ends among them."""
    ranges = find_ranges(plan_of(name, options), ruler())
    spread = []
    for low, high in ranges:
        first, last = up_to_seconds(low) // SECOND, high // SECOND
        spread += [first + (last - first) * at // (count - 1) for at in range(count)]
    return [Milliseconds(at * SECOND) for at in sorted({*spread})]


def case(name: str, options: Options, count: int, *, is_slow: bool) -> object:
    marks = [pytest.mark.slow] if is_slow else []
    return pytest.param(name, options, count, marks=marks, id=f"{name}-{WISHES.index(options)}-{count}")


@pytest.mark.parametrize(
    ("name", "options", "count"),
    [
        case(name, options, count, is_slow=count > 3 or options != WISHES[0])
        for name, options, count in product(routine_names(), WISHES, (3, 50))
    ],
)
def test_a_session_is_as_long_as_was_asked_and_holds_to_all_laws(
    name: str, options: Options, count: int
) -> None:
    routine = load_routine(find_routine(name))
    for length in lengths_of(name, options, count):
        plan, timeline = lay_out_routine(routine, tone_length, replace(options, length=length))
        assert timeline.duration == length
        for law in EXCEPT_ICE if options.ice == "10m" else LAWS:
            law(timeline, plan)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        pytest.param(name, options, marks=[] if options == WISHES[0] else [pytest.mark.slow])
        for name, options in product(routine_names(), WISHES)
    ],
)
def test_a_second_beyond_either_end_is_too_much(name: str, options: Options) -> None:
    plan = plan_of(name, options)
    ranges = find_ranges(plan, ruler())
    shortest, longest = find_ends(plan, ruler())
    assert (shortest, longest) == (ranges[0][0], ranges[-1][1])
    for beyond in (shortest - SECOND, longest + SECOND, Milliseconds(1), Milliseconds(10**8)):
        assert fit(plan, Milliseconds(beyond), ruler()) is None
    for end in (shortest, longest):
        assert fit(plan, end, ruler()) is not None


@pytest.mark.parametrize("name", routine_names())
def test_the_usual_length_changes_nothing(name: str) -> None:
    plan = plan_of(name)
    usual = ruler().settled_total(plan, 0)
    found = fit(plan, usual, ruler())
    assert found is not None
    assert (found.fraction, {*found.paces}, {*found.extras}) == (0, {0}, {0})
    assert found.plan.visits == plan.visits


def test_lying_down_has_one_range_with_its_ice_and_one_without() -> None:
    with_ice, without = (
        find_ranges(plan_of("lying-down", Options(ice=ice)), ruler()) for ice in ("full", "later")
    )
    assert len(with_ice) == len(without) == 1
    assert with_ice[0][1] >= 60 * 60 * SECOND
    assert without[0][1] >= 50 * 60 * SECOND


def test_lying_down_can_be_had_in_a_quarter_of_an_hour_by_the_usual_voice(shared_cache: Path) -> None:
    plan = plan_of("lying-down", Options(ice="later"))
    voice = find_voice(None, rate=None, cache=shared_cache)
    ((shortest, _),) = find_ranges(plan, Ruler(ENGLISH, voice.measure, EARCON_LENGTHS))
    assert shortest <= 15 * 60 * SECOND


@pytest.mark.parametrize(
    ("minutes", "dropped"),
    [(35, {"toe", "b54", "li4"}), (39, {"toe", "b54"}), (43, {"toe"}), (48, set())],
)
def test_what_is_optional_goes_in_the_order_its_author_gave(minutes: int, dropped: set[str]) -> None:
    plan = plan_of("lying-down", Options(detail="full"))
    found = fit(plan, Milliseconds(minutes * 60 * SECOND), ruler())
    assert found is not None
    assert {one.id for one in found.plan.left_out} == dropped
    assert found.plan.detail == "full"
    assert {visit.entry for visit in found.plan.visits} >= {"b23+b47", "b48"}


def test_the_words_are_brief_before_anything_is_left_out_and_full_again_where_there_is_room() -> None:
    plan = plan_of("lying-down")
    for minutes, detail, dropped in ((48, "full", 0), (43, "brief", 0), (40, "brief", 1), (38, "full", 2)):
        found = fit(plan, Milliseconds(minutes * 60 * SECOND), ruler())
        assert found is not None
        assert (found.plan.detail, len(found.plan.left_out)) == (detail, dropped)


@pytest.mark.parametrize(("name", "quickest", "slowest"), [("brisk", -1000, 0), ("gentle", 0, 1000)])
def test_a_length_never_takes_the_pace_to_the_other_side_of_the_usual(
    name: str, quickest: int, slowest: int
) -> None:
    options = Options(pace=name)
    plan = plan_of("hands", options)
    usual = ruler().settled_total(plan, plan.pace.usual)
    for length in (usual, *lengths_of("hands", options, 9)):
        found = fit(plan, length, ruler())
        assert found is not None
        assert quickest <= min(found.paces) <= max(found.paces) <= slowest
        assert length != usual or {*found.paces} == {plan.pace.usual}


def test_what_the_author_fixed_is_not_turned() -> None:
    mapping = {
        "version": 1,
        "id": "any",
        "steps": [{"posture": "sitting"}, {"press": ["b23", "b47"], "dose": "90s", "rounds": 1}],
    }
    plan = plan_of(parse_routine(mapping))
    for end in find_ends(plan, ruler()):
        found = fit(plan, end, ruler())
        assert found is not None
        assert {(visit.chosen, visit.rounds) for visit in found.plan.visits} == {(90_000, 1)}


def test_a_dose_that_is_no_whole_second_stays_as_it_is_while_no_dose_has_to_move() -> None:
    dose = {"min": "10s", "usual": "12.5s", "max": "15s"}
    own = parse_point(
        {
            "version": 1,
            "id": "li4",
            "laterality": "paired",
            "zone": "hand",
            "methods": {"thumbs": {"action": "hold", "dose": dose, "posture": "supine"}},
        }
    )
    routine = load_routine(find_routine("hands"))
    plan, _ = write_script(routine, {**POINTS, "li4": own}, ENGLISH)
    shortest, longest = find_ends(plan, ruler())
    for length, chosen in ((ruler().settled_total(plan, 0), 12_500), (shortest, 10_000), (longest, 15_000)):
        found = fit(plan, length, ruler())
        assert found is not None
        assert {visit.chosen for visit in found.plan.visits} == {chosen}


def search(plan: Plan, length: Milliseconds) -> tuple[tuple[str, ...], object, int, int] | None:
    """Return what the definition asks for, by trying everything in its order: the oracle."""
    measure = ruler()
    measure.make_room_for(length)
    for level in _levels(plan):
        entries = list(dict.fromkeys(visit.entry for visit in level.visits if visit.points))
        firsts = {visit.entry: visit for visit in reversed(level.visits) if visit.points}
        combined = product(*(shapes_of(firsts[entry]) for entry in entries))
        for chosen in sorted(combined, key=lambda one: sum(cost for cost, _ in one)):
            shapes = {entry: shape for entry, (_, shape) in zip(entries, chosen, strict=True)}
            for size, sign in product(range(FULL_DOSE + 1), (1, -1)):
                varied = measure.vary(level, shapes, sign * size)
                quickest, _, slowest = plan.pace
                if not measure.total(varied, quickest) <= length <= measure.total(varied, slowest):
                    continue
                pace = max(p for p in range(quickest, slowest + 1) if measure.total(varied, p) <= length)
                left = (level.detail, *(one.id for one in level.left_out))
                return left, [visit.chosen for visit in varied.visits], sign * size, pace
    return None


def told(found: Fit | None) -> tuple[tuple[str, ...], object, int, int] | None:
    if found is None:
        return None
    left = (found.plan.detail, *(one.id for one in found.plan.left_out))
    return left, [visit.chosen for visit in found.plan.visits], found.fraction, min(found.paces)


@st.composite
def small_routines(draw: st.DrawFn) -> Routine:
    """Any routine of one or two points, one of them perhaps optional, some of it perhaps fixed."""
    steps: list[dict[str, object]] = [{"posture": "sitting"}]
    points = draw(st.sampled_from([["b54"], ["b23"], ["b54", "b23"], ["li4"], ["li4", "b53"]]))
    for number, point in enumerate(points):
        own: dict[str, object] = {"optional": 1} if number == 0 and len(points) > 1 else {}
        if point == "b23" and draw(st.booleans()):
            own |= {"rounds": draw(st.integers(1, 2))}
        steps.append({"press": point, **own})
    return parse_routine({"version": 1, "id": "any", "steps": steps})


@given(small_routines(), st.floats(-0.02, 1.02), st.sampled_from(["brisk", "usual", "gentle"]))
@settings(max_examples=12, deadline=None)
def test_nothing_better_is_found_by_trying_everything(routine: Routine, where: float, pace: str) -> None:
    plan = plan_of(routine, Options(pace=pace))
    shortest, longest = find_ends(plan, ruler())
    length = Milliseconds(int(shortest + (longest - shortest) * where))
    assert told(fit(plan, length, ruler())) == search(plan, length)


@st.composite
def choices(draw: st.DrawFn) -> list[list[_Choice]]:
    """Some shapes for each of a few points, the usual one first, as it costs nothing."""
    costs = st.lists(st.integers(1, 4), max_size=3).map(lambda more: [0, *sorted(more)])
    lengths = st.integers(-50, 50)
    return [
        [_Choice(Shape(1, 1, Milliseconds(cost)), cost, draw(lengths), draw(lengths)) for cost in some]
        for some in draw(st.lists(costs, max_size=4))
    ]


@given(choices(), st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
def test_shapes_are_tried_by_what_they_cost_and_none_is_passed_over(
    choices: list[list[_Choice]], least: int, most: int, length: int
) -> None:
    everything = sorted(product(*choices), key=lambda some: sum(one.cost for one in some))
    possible = [
        some
        for some in everything
        if any(one.cost for one in some)
        and least + sum(one.least for one in some) <= length <= most + sum(one.most for one in some)
    ]
    assert list(_combine(choices, least, most, length)) == possible


@given(st.lists(st.integers(0, 90), min_size=2).map(sorted), st.integers(1, 100))
def test_the_first_that_reaches_is_found_however_unevenly_values_grow(values: list[int], target: int) -> None:
    values[0] = 0
    expected = next((at for at, value in enumerate(values) if value >= target), len(values) - 1)
    assert _first_reaching(values.__getitem__, target, 0, len(values) - 1) == expected


@pytest.mark.parametrize("name", ["lower-back-one-side", "tennis-ball"])
def test_the_opening_has_room_for_the_words_of_this_very_length(name: str) -> None:
    # Slowly spoken, "thirty-one minutes" needs a longer slot than the "thirty" of a total four seconds less.
    def slowly(spoken: str) -> Milliseconds:
        return Milliseconds(115 * len(spoken))

    routine = load_routine(find_routine(name))
    ((low, high),) = find_ranges(plan_of(name), Ruler(ENGLISH, slowly, EARCON_LENGTHS))
    for minutes in range(low // 60_000 + 2, high // 60_000 - 1, 3):
        for seconds in range(29, 36):
            length = Milliseconds((minutes * 60 + seconds) * SECOND)
            _, timeline = lay_out_routine(routine, slowly, Options(length=length))
            assert timeline.duration == length


@pytest.mark.parametrize("name", ["hands", "lower-back", "tennis-ball"])
def test_every_millisecond_between_two_paces_can_be_had(name: str) -> None:
    plan = plan_of(name, Options(ice="later", detail="full", one_side_at_a_time=True))
    usual = ruler().settled_total(plan, 0)
    for length in range(usual - 90, usual + 90):
        found = fit(plan, Milliseconds(length), ruler())
        assert found is not None
        assert (
            sum(
                ruler().lay(found.plan, step).at(pace, extra).duration
                for step, pace, extra in zip(found.plan.steps, found.paces, found.extras, strict=True)
            )
            == length
        )


@pytest.mark.parametrize("pace", ["brisk", "gentle"])
@pytest.mark.parametrize("name", routine_names())
def test_every_length_in_a_range_that_is_told_can_be_had(name: str, pace: str) -> None:
    plan = plan_of(name, Options(pace=pace, ice="later", detail="brief"))
    for low, high in find_ranges(plan, ruler()):
        for part in range(21):
            length = Milliseconds(low + (high - low) * part // 20)
            assert fit(plan, length, ruler()) is not None, length


def test_a_window_that_moves_by_odd_steps_reaches_both_its_ends() -> None:
    method = {"action": "hold", "dose": {"min": "30s", "usual": "30s", "max": "30s"}, "posture": "sitting"}
    method |= {"repeats": {"min": 3, "usual": 3, "max": 3}}
    method |= {"window": {"min": "300s", "usual": "330s", "max": "590s"}}
    point = {"version": 1, "id": "lu6", "laterality": "paired", "zone": "arm", "methods": {"thumbs": method}}
    routine = parse_routine({"version": 1, "id": "any", "steps": [{"posture": "sitting"}, {"press": "lu6"}]})
    plan, _ = write_script(routine, {**POINTS, "lu6": parse_point(point)}, ENGLISH)
    ((low, high),) = find_ranges(plan, ruler())
    for part in range(101):
        assert fit(plan, Milliseconds(low + (high - low) * part // 100), ruler()) is not None


@given(
    st.lists(st.integers(1, 200_000) | st.integers(1, 200).map(lambda seconds: seconds * SECOND), min_size=3),
    st.sampled_from((-1, 1)),
    st.sampled_from((SECOND, 10 * SECOND)),
)
def test_no_dose_moves_but_at_the_fractions_that_are_tried(times: list[int], sign: int, unit: int) -> None:
    dose = Dose(*(Milliseconds(time) for time in sorted(times[:3])))
    doses = [moved(dose, sign * size, unit) for size in range(FULL_DOSE + 1)]
    turning = {size for size in range(1, FULL_DOSE + 1) if doses[size] != doses[size - 1]}
    assert turning <= moves_of(dose, sign, unit)
