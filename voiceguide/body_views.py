"""Where the body is looked at: outlines, landmarks and where their names stand. Drawn by hand, as data.

A view is one half of a picture, measured from its middle outwards and from its top down; the other half
mirrors it. All are of one size, so that a mark lies in the picture whatever view it is on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from voiceguide.svg import curve

Place = tuple[float, float]
"""How far from the middle outwards, and how far from the top down."""


@dataclass(frozen=True, slots=True)
class Note:
    """A landmark's name, on one side of the picture only."""

    name: str
    """A line of the leaflet's group `pictures`."""
    at: Place
    """Where its first line stands; across, less than 0 is left of the middle."""
    tip: Place
    """What it names, in the same way."""
    anchor: str = "start"
    """`start`, `middle` or `end`: which part of the text stands there."""
    room: int = 100
    """How wide a line may be."""


@dataclass(frozen=True, slots=True)
class View:
    """A part of the body, seen from one direction: its right half, which is mirrored."""

    outline: str
    """What is filled, as the `d` of a path."""
    edges: tuple[str, ...]
    """What is drawn of the outline: all but where the body goes on."""
    lines: tuple[str, ...]
    """Bones, creases and cords."""
    hints: tuple[str, ...]
    """What is not of the body: fingers to measure with, a pocket."""
    never: tuple[Place, ...]
    """Where nobody presses."""
    notes: tuple[Note, ...]
    """What is called by its name."""
    side: Place
    """The middle of the name of the side, which stands on both."""
    faces: bool = False
    """True if the person's left is on the right of the picture, as for one who faces them."""


def _places(told: str) -> tuple[Place, ...]:
    """Return places as SVG tells them: `x,y` after `x,y`."""
    pairs = (pair.split(",") for pair in told.split())
    return tuple((float(across), float(down)) for across, down in pairs)


def _whole(points: Iterable[Place], **more: Any) -> View:
    """Return a view of something that is all in the picture."""
    line = curve(points, closed=True)
    return View(outline=line, edges=(line,), **more)


def _open(*edges: Iterable[Place], close: str = "", **more: Any) -> View:
    """Return a view of something that goes on beyond the picture, between its edges."""
    drawn = tuple(curve(edge) for edge in edges)
    joined = " L".join(one.removeprefix("M") for one in drawn)
    return View(outline=f"M{joined}{close} Z", edges=drawn, **more)


def _fingers(x: float, y: float, width: float, height: float, *, across: bool) -> tuple[str, ...]:
    """Return four fingers side by side, the first one's corner at a place, each as wide and as high."""
    right, down = (0, height) if across else (width, 0)
    return tuple(_finger(x + count * right, y + count * down, width, height) for count in range(4))


def _finger(x: float, y: float, width: float, height: float) -> str:
    r = min(width, height) / 2
    straight, tall = width - 2 * r, height - 2 * r
    return (
        f"M{x + r} {y} h{straight} q{r} 0 {r} {r} v{tall} q0 {r} {-r} {r} "
        f"h{-straight} q{-r} 0 {-r} {-r} v{-tall} q0 {-r} {r} {-r} Z"
    )


def _ring(x: float, y: float, radius: float) -> str:
    places = ((x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y))
    return curve(places, closed=True)


_BACK = _places("116,0 113,50 106,100 98,148 98,178 108,216 121,262 130,312 132,360 130,400")
_BUTTOCKS = _places("110,0 118,34 134,84 147,140 153,200 152,256 147,310 144,356 139,400")
_HAND = _places(
    "84,400 82,366 70,330 48,290 30,250 17,210 12,188 17,174 29,175 39,196 51,224 63,244 74,250 81,236 "
    "80,200 76,150 74,104 78,76 88,67 98,76 101,110 102,150 105,172 107,150 107,92 109,58 118,46 127,56 "
    "129,92 128,150 130,174 133,152 136,104 139,76 147,64 155,75 155,112 151,160 152,184 156,166 "
    "161,132 164,114 171,107 177,117 175,150 169,200 161,252 154,304 149,352 149,400"
)
_FOREARM_IN = _places("50,0 47,30 46,58 48,100 56,160 65,220 69,262 62,292 57,330 58,366 62,400")
_FOREARM_OUT = _places(
    "124,400 126,372 134,358 146,368 157,386 167,392 172,382 165,360 153,332 138,298 126,262 129,220 "
    "139,160 147,105 142,66 135,34 132,0"
)
_FOOT = _places(
    "52,400 46,372 44,340 38,280 29,220 23,168 24,126 26,88 31,58 43,46 56,54 61,82 61,106 64,118 "
    "67,104 68,68 77,53 87,64 89,104 91,121 94,106 96,82 104,70 113,81 112,116 114,131 118,116 121,101 "
    "128,92 136,102 133,130 135,144 139,131 143,120 150,115 156,126 153,152 149,184 146,228 137,280 "
    "126,330 126,356 118,378 116,400"
)
_SOLE = _places(
    "92,390 68,378 55,345 57,300 66,256 62,216 40,176 30,142 33,112 30,82 34,52 48,37 63,47 68,80 71,99 "
    "73,74 81,56 91,66 93,90 96,103 98,84 105,71 114,81 114,102 117,113 120,98 127,88 135,98 133,116 "
    "135,125 139,113 146,107 153,118 150,142 153,178 149,222 141,272 136,320 129,360 114,383"
)
_LEG_IN = _places("18,0 26,80 34,150 38,196 34,236 28,290 32,345 42,400")
_LEG_OUT = _places("112,400 126,345 135,290 131,238 126,198 129,150 137,80 142,0")


BODY: Mapping[str, View] = {
    "back": _open(
        _BACK,
        close=" L0 400 L0 0",
        lines=(
            "M0 0 V262",
            curve(((30, 258), (38, 234), (58, 216), (82, 208), (108, 216))),
            _ring(30, 272, 5),
            curve(((0, 256), (14, 258), (24, 268))),
            curve(((27, 278), (18, 306), (0, 330))),
            "M0 332 V400",
            curve(((60, 0), (68, 30), (84, 46), (97, 34))),
        ),
        hints=_fingers(0.5, 122, 11.5, 44, across=False),
        never=((0, 40), (0, 90), (0, 186), (0, 230)),
        notes=(
            Note("spine", (-176, 44), (-6, 40), room=60),
            Note("hip_bone", (176, 150), (92, 207), "end", 60),
            Note("finger_widths", (-176, 128), (-46, 146), room=60),
            Note("dimple", (-78, 318), (-35, 276), "end"),
            Note("sacrum", (78, 318), (8, 290)),
        ),
        side=(156, 392),
    ),
    "buttocks": _open(
        _BUTTOCKS,
        close=" L0 400 L0 0",
        lines=(
            "M0 0 V116",
            curve(((34, 112), (46, 86), (70, 66), (98, 60), (126, 76))),
            _ring(34, 130, 6),
            curve(((0, 112), (16, 114), (28, 125))),
            curve(((30, 137), (20, 180), (0, 214))),
            "M0 216 V400",
            curve(((2, 340), (40, 354), (84, 350), (110, 336))),
            _ring(142, 236, 7),
        ),
        hints=("M52 170 L136 162 L134 240 L96 272 L57 244 Z",),
        never=((0, 40), (0, 90), (0, 160)),
        notes=(
            Note("spine", (-172, 20), (-6, 40), room=60),
            Note("hip_bone", (176, 36), (112, 62), "end", 60),
            Note("dimple", (-110, 112), (-41, 129), "end"),
            Note("sacrum", (46, 323), (6, 190), "middle"),
            Note("outer_hip", (-78, 300), (-137, 241), "middle"),
            Note("pocket", (96, 288), (96, 272), "middle"),
        ),
        side=(110, 384),
    ),
    "hands": _open(
        _HAND,
        lines=(
            curve(((20, 180), (24, 188), (31, 184))),
            curve(((81, 86), (88, 93), (95, 86))),
            curve(((112, 66), (118, 72), (124, 66))),
            curve(((142, 82), (147, 88), (152, 82))),
            curve(((166, 120), (170, 125), (175, 121))),
            curve(((84, 200), (92, 193), (100, 199))),
            curve(((91, 206), (93, 250), (99, 306))),
        ),
        hints=(),
        never=(),
        notes=(
            Note("thumb", (0, 160), (-24, 178), "middle"),
            Note("first_finger", (0, 82), (-72, 104), "middle", 60),
            Note("long_bone", (0, 350), (-95, 270), "middle", 90),
        ),
        side=(116, 392),
    ),
    "forearms": _open(
        _FOREARM_IN,
        _FOREARM_OUT,
        lines=(curve(((50, 55), (92, 61), (138, 55))), curve(((74, 262), (98, 266), (121, 262)))),
        hints=_fingers(84, 57, 58, 13, across=True),
        never=(),
        notes=(
            Note("elbow_crease", (0, 40), (-52, 54), "middle", 60),
            Note("four_fingers", (0, 140), (84, 92), "middle"),
            Note("thumb_side", (0, 330), (150, 350), "middle"),
        ),
        side=(92, 30),
        faces=True,
    ),
    "knees": _open(
        _LEG_IN,
        _LEG_OUT,
        lines=(
            curve(((44, 197), (82, 204), (120, 197))),
            curve(((110, 90), (115, 150), (116, 196), (118, 218))),
            curve(((52, 104), (49, 156), (48, 206))),
            _ring(119, 228, 9),
        ),
        hints=(),
        never=((119, 228),),
        notes=(
            Note("knee_crease", (0, 170), (-45, 197), "middle", 70),
            Note("cord", (178, 96), (115, 140), "end", 50),
            Note("knob", (-178, 196), (-126, 226), room=50),
        ),
        side=(80, 30),
    ),
    "feet": _open(
        _FOOT,
        lines=(
            curve(((32, 62), (43, 70), (54, 62))),
            curve(((71, 64), (77, 70), (84, 64))),
            curve(((99, 80), (104, 85), (109, 80))),
            curve(((124, 101), (128, 105), (133, 101))),
            curve(((146, 123), (150, 127), (154, 124))),
        ),
        hints=(),
        never=(),
        notes=(
            Note("big_toe", (0, 40), (-28, 60), "middle", 40),
            Note("second_toe", (84, 24), (78, 52), "middle"),
        ),
        side=(84, 392),
    ),
    "soles": _whole(
        _SOLE,
        lines=(
            curve(((42, 184), (60, 192), (74, 186), (86, 172))),
            curve(((92, 172), (106, 188), (124, 196), (146, 192))),
            curve(((64, 332), (92, 316), (124, 328))),
        ),
        hints=(),
        never=(),
        notes=(
            Note("ball", (0, 130), (-52, 162), "middle", 65),
            Note("hollow", (0, 236), (-78, 206), "middle", 65),
            Note("heel", (0, 362), (58, 356), "middle"),
        ),
        side=(95, 362),
        faces=True,
    ),
}
"""By the names that points use: `scheduler.point.VIEWS`."""
