"""Where the points are, drawn: `voiceguide point ID -o FILE.svg`, and the outlines behind it."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from math import dist
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import Run
from voiceguide.body_views import BODY, Place
from voiceguide.leaflet import Leaflet
from voiceguide.lettering import width_of
from voiceguide.library import SHIPPED, load_leaflet, load_points
from voiceguide.point_picture import picture_file, picture_in_page
from voiceguide.scheduler.point import HIGHEST, VIEWS, WIDEST, Mark, Point, parse_point
from voiceguide.svg import COLORS

POINTS = load_points()
ENGLISH = load_leaflet("en")
SHIPPED_POINTS = sorted(path.stem for path in (SHIPPED / "points").glob("*.yaml"))
PALM = {
    "version": 1,
    "id": "palm",
    "laterality": "paired",
    "methods": {
        "thumbs": {
            "action": "hold",
            "dose": {"min": "30s", "usual": "30s", "max": "60s"},
            "posture": "supine",
        }
    },
    "zone": "hand",
}
Tree = ET.Element


def mark_of(name: str) -> Mark:
    mark = POINTS[name].picture
    assert mark is not None
    return mark


def flat(told: str) -> list[Place]:
    """Return the corners of a path of straight lines and curves, each curve as twelve straight lines."""
    found: list[Place] = []
    for letter, numbers in re.findall(r"([MLC])([^A-Z]*)", told):
        values = [float(one) for one in re.findall(r"-?[\d.]+", numbers)]
        places = list(zip(values[::2], values[1::2], strict=True))
        if letter == "C":
            corners = [found[-1], *places]
            found += [bend(corners, step / 12) for step in range(1, 13)]
        else:
            found += places
    return found


def bend(corners: list[Place], share: float) -> Place:
    """Return the place so far along a curve, by de Casteljau's halving of what leads to it."""
    while len(corners) > 1:
        corners = [
            (one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1]))
            for one, other in pairwise(corners)
        ]
    return corners[0]


def is_inside(place: Place, outline: list[Place]) -> bool:
    """Return True if a ray from the place to the right leaves the outline an odd number of times."""
    x, y = place
    crossed = 0
    for (x1, y1), (x2, y2) in pairwise([*outline, outline[0]]):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            crossed += 1
    return crossed % 2 == 1


def tree_of(svg: str) -> Tree:
    return ET.fromstring(svg)  # noqa: S314 - our own


def places_of(tree: Tree, shape: str) -> list[Place]:
    """Return where shapes of a class are placed in the view."""
    name = "{http://www.w3.org/2000/svg}"
    return [
        (float(found[1]), float(found[2]))
        for group in tree.iter(f"{name}g")
        if any(one.get("class") == shape for one in group)
        and (found := re.fullmatch(r"translate\((\S+) (\S+)\)", group.get("transform", "")))
    ]


def said_in(tree: Tree) -> str:
    name = "{http://www.w3.org/2000/svg}"
    return " ".join(one.text or "" for one in tree.iter(f"{name}text"))


def plain(text: str) -> str:
    return " ".join(text.split())


# ── outlines and marks ──


def test_every_view_that_a_point_may_name_is_drawn_and_named() -> None:
    assert set(BODY) == set(VIEWS)
    assert set(VIEWS) <= set(ENGLISH.pictures)


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_stays_within_its_half(name: str) -> None:
    view = BODY[name]
    for part in (view.outline, *view.edges):
        for across, down in flat(part):
            assert -1 <= across <= WIDEST
            assert 0 <= down <= HIGHEST
    outline = flat(view.outline)
    # Never on the very edge, where nobody would see what is meant.
    assert all(not place[0] or is_inside((place[0] - 5, place[1]), outline) for place in view.never)
    assert all(-WIDEST <= note.at[0] <= WIDEST and 0 < note.at[1] < HIGHEST for note in view.notes)


@pytest.mark.parametrize("name", SHIPPED_POINTS)
def test_every_shipped_point_lies_on_the_body_and_where_it_may_be_pressed(name: str) -> None:
    mark = mark_of(name)
    view = BODY[mark.view]
    outline = flat(view.outline)
    around = ((0, 0), (-9, 0), (9, 0), (0, -9), (0, 9))  # the ring as it is drawn
    assert all(is_inside((mark.across + x, mark.down + y), outline) for x, y in around)
    for across, down in view.never:
        assert all(dist((side * mark.across, mark.down), (across, down)) > 14 for side in (-1, 1))


@pytest.mark.parametrize("name", ["b23", "b47", "b48", "g30"])
def test_no_point_of_back_and_hips_lies_on_spine_or_sacrum(name: str) -> None:
    mark = mark_of(name)
    sacrum = {"back": 24, "buttocks": 34}[mark.view]  # half as wide as the dimples are apart
    spine = 12
    assert mark.across - 9 > (spine if mark.view == "back" else sacrum)


def test_on_the_low_back_one_is_two_fingers_out_and_one_four_just_above_the_hip_bones() -> None:
    inner, outer = mark_of("b23"), mark_of("b47")
    fingers = [max(x for x, _ in corners(finger)) for finger in BODY["back"].hints]
    assert abs(inner.across - fingers[1]) < 3
    assert abs(outer.across - fingers[3]) < 3
    hip_bone = next(note.tip[1] for note in BODY["back"].notes if note.name == "hip_bone")
    assert inner.down == outer.down
    assert 0 < hip_bone - inner.down < 40


def corners(told: str) -> list[Place]:
    """Return what a path of relative lines passes, such as a finger's."""
    start = re.match(r"M(\S+) (\S+)", told)
    assert start
    x, y = float(start[1]), float(start[2])
    found = [(x, y)]
    for letter, numbers in re.findall(r"([hvq])([^a-zA-Z]*)", told):
        values = [float(one) for one in numbers.split()]
        across, down = {"h": (values[0], 0.0), "v": (0.0, values[0])}.get(letter, tuple(values[-2:]))
        x, y = x + across, y + down
        found.append((x, y))
    return found


def test_beside_the_sacrum_is_level_with_the_dimples_and_the_buttock_below_and_further_out() -> None:
    b48, g30 = mark_of("b48"), mark_of("g30")
    dimple = next(note.tip for note in BODY["buttocks"].notes if note.name == "dimple")
    assert abs(b48.down - dimple[1]) < 12
    assert b48.across > abs(dimple[0]) + 9
    assert (g30.across > b48.across, g30.down > b48.down) == (True, True)
    pocket = flat(BODY["buttocks"].hints[0])
    middle = sum(x for x, _ in pocket) / len(pocket), sum(y for _, y in pocket) / len(pocket)
    assert is_inside((g30.across, g30.down), pocket)
    assert dist((g30.across, g30.down), middle) < 12


def test_on_the_forearm_it_is_four_fingers_below_the_crease_on_the_thumbs_side() -> None:
    mark, view = mark_of("lu6"), BODY["forearms"]
    lowest = max(y for finger in view.hints for _, y in corners(finger))
    crease = max(y for _, y in flat(view.lines[0]))
    assert min(y for finger in view.hints for _, y in corners(finger)) >= 55
    assert crease < lowest < mark.down < lowest + 12
    thumb = next(note.tip[0] for note in view.notes if note.name == "thumb_side")
    assert mark.across > 92  # the middle of the forearm
    assert thumb > 92


def test_the_hand_is_pressed_between_the_thumb_and_the_long_bone_of_the_first_finger() -> None:
    mark, view = mark_of("li4"), BODY["hands"]
    bone = next(-note.tip[0] for note in view.notes if note.name == "long_bone")
    web = max(y for x, y in flat(view.edges[0]) if 60 < x < 80 and y < 260)
    assert mark.across < bone
    assert web + 9 < mark.down < web + 50


def test_on_the_foot_it_is_just_behind_the_web_of_the_big_and_the_second_toe() -> None:
    mark = mark_of("toe")
    web = max(
        ((x, y) for x, y in flat(BODY["feet"].outline) if 58 < x < 70 and y < 130), key=lambda at: at[1]
    )
    assert abs(mark.across - web[0]) < 5
    assert 9 < mark.down - web[1] < 30


def test_on_the_sole_it_is_a_third_of_the_way_from_the_webs_of_the_toes_to_the_heel() -> None:
    mark, outline = mark_of("sole"), flat(BODY["soles"].outline)
    heel = max(y for _, y in outline)
    web = max(y for x, y in outline if 93 < x < 99 and y < 130)
    assert (mark.down - web) / (heel - web) == pytest.approx(1 / 3, abs=0.02)


def test_behind_the_knee_both_are_in_the_crease_the_outer_one_a_thumb_out_and_inside_the_cord() -> None:
    middle, outer, view = mark_of("b54"), mark_of("b53"), BODY["knees"]
    crease = flat(view.lines[0])
    for mark in (middle, outer):
        assert min(dist((mark.across, mark.down), place) for place in crease) < 6
    assert middle.across == pytest.approx((crease[0][0] + crease[-1][0]) / 2, abs=2)
    # A knee is about eleven centimetres wide, a thumb two: the same share of this one.
    edges = [min(flat(edge), key=lambda place: abs(place[1] - 200))[0] for edge in view.edges]
    thumb = 2 / 11 * (max(edges) - min(edges))
    assert outer.across - middle.across == pytest.approx(thumb, abs=5)
    cord = min(flat(view.lines[1]), key=lambda place: abs(place[1] - outer.down))[0]
    assert outer.across + 9 < cord


def test_left_and_right_are_those_of_a_body() -> None:
    """Seen from behind, and on one's own hands and feet from above, the left is on the left."""
    assert [name for name in VIEWS if BODY[name].faces] == ["forearms", "soles"]

    def inwards(view: str, note: str) -> bool:
        return next(abs(one.tip[0]) for one in BODY[view].notes if one.name == note) < 60

    assert inwards("hands", "thumb")  # seen from above; palms that are turned to us would have it outside
    assert not inwards("forearms", "thumb_side")
    assert inwards("feet", "big_toe")
    assert inwards("soles", "ball")  # the large one, of the big toe


# ── the drawing ──


@pytest.mark.parametrize("name", SHIPPED_POINTS)
def test_a_picture_tells_in_words_what_it_shows_and_asks_nothing_of_the_network(name: str) -> None:
    point, own = POINTS[name], ENGLISH.points[name]
    svg = picture_file(point, POINTS.values(), ENGLISH)
    tree = tree_of(svg)
    title, description = (
        tree.findtext(f"{{http://www.w3.org/2000/svg}}{one}") or "" for one in ("title", "desc")
    )
    assert title == f"{own.title}: {point.codes}"
    said = plain(said_in(tree))
    assert f"{own.title} " in said
    for line in (*own.where, *own.care, ENGLISH.pictures[mark_of(name).view]):
        assert line in description
        assert plain(line) in said
    assert not re.search(r"href|url\(|@import|<script|<image|https?:(?!//www\.w3\.org/2000/svg)", svg)


@pytest.mark.parametrize("name", SHIPPED_POINTS)
def test_every_mark_has_both_codes_and_a_shape_and_the_sides_have_names(name: str) -> None:
    point = POINTS[name]
    said = said_in(tree_of(picture_file(point, POINTS.values(), ENGLISH)))
    beside = [one for one in POINTS.values() if one.picture and one.picture.view == mark_of(name).view]
    for one in beside:
        assert one.code in one.codes
        assert f"{one.who_code} {one.who_name}" in one.codes
        assert one.codes in said
    assert {"left", "right"} <= set(said.split())


@pytest.mark.parametrize("name", SHIPPED_POINTS)
def test_what_is_pressed_with_it_is_shown_beside_it(name: str) -> None:
    shown = said_in(tree_of(picture_file(POINTS[name], POINTS.values(), ENGLISH)))
    assert [one for one in POINTS[name].joins if POINTS[one].codes not in shown] == []


@pytest.mark.parametrize(("name", "warned"), [("b23", "Never on the spine itself."), ("b53", "bony knob")])
def test_what_must_not_be_pressed_is_marked_and_said(name: str, warned: str) -> None:
    svg = picture_file(POINTS[name], POINTS.values(), ENGLISH)
    assert 'class="never"' in svg
    assert warned in said_in(tree_of(svg))
    assert ENGLISH.pictures["never"] in said_in(tree_of(svg))


@pytest.mark.parametrize("view", VIEWS)
def test_the_left_is_on_the_left_unless_one_faces_the_person(view: str) -> None:
    point = replace(POINTS["li4"], picture=Mark(view, 90, 200))
    svg = picture_file(point, (), ENGLISH)
    left, right = (float(re.search(rf'x="(\S+)"[^>]*>{side}<', svg)[1]) for side in ("left", "right"))  # type: ignore[index]
    assert (left < 0 < right) != BODY[view].faces
    assert left == -right


MARKS = st.builds(Mark, st.sampled_from(VIEWS), st.integers(0, WIDEST), st.integers(0, HIGHEST))


@settings(max_examples=60)
@given(mark=MARKS, other=MARKS, laterality=st.sampled_from(("paired", "midline")))
def test_a_mark_lies_in_the_picture_whatever_view_it_is_on_and_a_pair_is_mirrored(
    mark: Mark, other: Mark, laterality: str
) -> None:
    point = replace(POINTS["b23"], picture=mark, laterality=laterality)
    tree = tree_of(picture_file(point, [replace(POINTS["b47"], picture=other)], ENGLISH))
    _, _, width, height = map(float, (tree.get("viewBox") or "").split())
    heading, *marks = places_of(tree, "ring")
    assert 0 < heading[0] < width
    sides = (-1, 1) if laterality == "paired" else (1,)
    assert marks == [(side * mark.across, mark.down) for side in sides]
    assert all(-width / 2 <= x <= width / 2 and 0 <= y < height - 40 for x, y in marks)
    on_it = [
        place
        for place in places_of(tree, "other")
        if abs(place[0]) == other.across and place[1] == other.down
    ]
    assert bool(on_it) == (other.view == mark.view)


def test_a_picture_is_not_crowded_by_many_others() -> None:
    others = [
        replace(POINTS["b47"], id=f"own{number}", code="", who_code=f"X{number}") for number in range(9)
    ]
    said = said_in(tree_of(picture_file(POINTS["b23"], [*others, POINTS["b47"]], ENGLISH)))
    assert said.count("Beside it") == 3
    # Of those that do not fit, none is pressed together with it.
    assert POINTS["b47"].codes in said


def luminance(color: str) -> float:
    """Return how light a colour is, by WCAG 2."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("part", [0, 1], ids=["by day", "by night"])
def test_lines_marks_and_words_stand_out_from_paper_and_skin(part: int) -> None:
    told = COLORS.split("@media")
    colors = dict(re.findall(r"--(\w+): (#\w{6})", told[0])) | dict(
        re.findall(r"--(\w+): (#\w{6})", told[part])
    )
    for ground in ("paper", "skin"):
        assert contrast(colors["ink"], colors[ground]) >= 4.5
        for line in ("soft", "mark"):
            assert contrast(colors[line], colors[ground]) >= 3


@pytest.fixture
def hostile() -> Leaflet:
    from tests.test_page import NASTY

    own = replace(ENGLISH.points["li4"], title=NASTY, where=(NASTY * 20,))
    return replace(ENGLISH, points={"li4": own}, pictures={**ENGLISH.pictures, "thumb": NASTY, "left": NASTY})


def test_what_somebody_wrote_stays_text(hostile: Leaflet) -> None:
    name = "{http://www.w3.org/2000/svg}"
    for svg in (
        picture_file(POINTS["li4"], POINTS.values(), hostile),
        picture_in_page(POINTS["li4"], POINTS.values(), hostile),
    ):
        tags = {one.tag.removeprefix(name) for one in tree_of(svg).iter()}
        assert tags <= {"svg", "title", "desc", "style", "g", "path", "circle", "rect", "text"}


@pytest.mark.parametrize(
    "said",
    ["腰" * 60, "THE WEB OF THE THUMB, MOMMY", "ten letters " * 9, "x" * 99],
    ids=["wide", "capitals", "long", "one word"],
)
def test_words_fit_into_the_picture_whatever_they_are_written_in(said: str) -> None:
    own = replace(ENGLISH.points["li4"], title=said, where=(said,))
    leaflet = replace(ENGLISH, points={"li4": own}, pictures={**ENGLISH.pictures, "thumb": said})
    others = [replace(POINTS["li4"], id="own", code="", who_name=said)]
    tree = tree_of(picture_file(replace(POINTS["li4"], who_name=said), others, leaflet))
    lines = [one for one in tree.iter("{http://www.w3.org/2000/svg}text") if one.get("class") == "said"]
    for line in lines:
        assert float(line.get("x", "")) + width_of(line.text or "", float(line.get("font-size", ""))) <= 348
    assert said_in(tree).replace(" ", "").count(said.replace(" ", "")) >= 3  # the title, where it is, a name


# ── the command ──


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_picture_is_written_and_never_over_another_one(tmp_path: Path, run: Run) -> None:
    target = tmp_path / "b23.svg"
    done = run("point", "b23", "-o", str(target))
    assert (done.code, done.err) == (0, "")
    assert done.out == f"{target}: Picture of B-23 (BL23 Shenshu)\n"
    written = target.read_text(encoding="utf-8")
    assert written == picture_file(POINTS["b23"], POINTS.values(), ENGLISH)
    target.write_text("mine", encoding="utf-8")
    again = run("point", "b23", "-o", str(target))
    assert (again.code, again.out) == (1, "")
    assert "exists already" in again.err
    assert target.read_text(encoding="utf-8") == "mine"
    assert run("point", "b23", "-o", str(target), "--force").code == 0
    assert target.read_text(encoding="utf-8") == written


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("b23", "-o", "b23.png"), 2, ["'b23.png' does not end in .svg", "-o b23.svg"]),
        (("b23", "-o", "."), 2, ["does not end in .svg", "-o voiceguide.svg"]),
        (("b23", "-o", "nowhere/b23.svg"), 1, ["there is no folder 'nowhere'"]),
        (("b23", "-o", "b23.svg", "--json"), 2, ["a picture and --json do not go together"]),
        (("BL53", "-o", "b.svg"), 2, ["unknown point 'BL53'", "voiceguide point b48"]),
    ],
)
@pytest.mark.usefixtures("elsewhere")
def test_what_cannot_be_drawn_is_told_and_nothing_is_written(
    words: tuple[str, ...], code: int, told: list[str], run: Run
) -> None:
    done = run("point", *words)
    assert (done.code, done.out) == (code, "")
    assert all(one in done.err for one in told)
    assert list(Path().iterdir()) == []


def own_point(stranger: Path, more: str) -> None:
    folder = stranger / "points"
    folder.mkdir()
    (folder / "palm.yaml").write_text(
        "version: 1\nid: palm\nlaterality: paired\nzone: hand\n"
        "methods:\n  thumbs: {action: hold, dose: {min: 30s, usual: 30s, max: 60s}, posture: supine}\n"
        f"{more}",
        encoding="utf-8",
    )


def test_a_point_without_a_picture_says_so_and_how_to_give_it_one(
    stranger: Path, tmp_path: Path, run: Run
) -> None:
    own_point(stranger, "")
    done = run("point", "palm", "-o", str(tmp_path / "palm.svg"))
    assert (done.code, done.out) == (1, "")
    assert "there is no picture of palm yet" in done.err
    assert "voiceguide point palm" in done.err
    assert "picture: {view: …, across: …, down: …}" in done.err
    assert not (tmp_path / "palm.svg").exists()


def test_a_point_of_ones_own_has_a_mark_where_its_file_says(stranger: Path, tmp_path: Path, run: Run) -> None:
    own_point(stranger, "picture: {view: hands, across: 110, down: 260}\n")
    done = run("point", "palm", "-o", str(tmp_path / "palm.svg"))
    assert (done.code, done.err) == (0, "")
    tree = tree_of((tmp_path / "palm.svg").read_text(encoding="utf-8"))
    assert places_of(tree, "ring")[1:] == [(-110, 260), (110, 260)]
    assert POINTS["li4"].codes in said_in(tree)


@pytest.mark.parametrize(
    ("picture", "told"),
    [
        ({"view": "hnads", "across": 1, "down": 1}, "unknown view of the body 'hnads'"),
        ({"view": "hands", "across": 181, "down": 1}, "181 is out of range"),
        ({"view": "hands", "across": 1, "down": -1}, "-1 is out of range"),
        ({"view": "hands", "across": 1}, "'down' is missing"),
    ],
)
def test_a_mark_that_is_wrong_is_refused(picture: dict[str, Any], told: str) -> None:
    with pytest.raises(Exception, match=told):
        parse_point(PALM | {"picture": picture})


def test_a_point_may_have_no_mark() -> None:
    point: Point = parse_point(PALM)
    assert point.picture is None
    with pytest.raises(ValueError, match="'palm' has no picture"):
        picture_file(point, (), ENGLISH)
