"""Points + words -> a page for a helper: of each point the words, then the picture. One file, no network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from voiceguide.point_picture import PICTURE_STYLE, picture_in_page
from voiceguide.point_text import Words, point_sections
from voiceguide.scheduler.point import VIEWS, ZONES, Point
from voiceguide.svg import COLORS
from voiceguide.web_page import direction, escape, fill_in, load_page, policy

_FOLDER = Path(__file__).with_name("_points_sheet")


def in_body_order(points: Iterable[Point]) -> list[Point]:
    """Return points as one who looks for them gets to them: from the back to the feet, the nearest first."""

    def place(point: Point) -> tuple[int, int, int, int, str]:
        mark = point.picture
        where = (VIEWS.index(mark.view), mark.down, mark.across) if mark else (len(VIEWS), 0, 0)
        return ZONES.index(point.zone), *where, point.id

    return sorted(points, key=place)


def write_points_sheet(
    shown: Sequence[Point], points: Mapping[str, Point], words: Words, *, routine: str = ""
) -> str:
    """Return the page as HTML: these points in this order, with `points`, which are all, shown beside them.

    `routine` is the title of the one they are pressed in; empty if they are of none.
    """
    labels, tag = words.leaflet.pictures, words.language.tag
    page, style, script = load_page(_FOLDER)
    style += f"\n{COLORS}{PICTURE_STYLE}"
    of = [labels["sheet_routine"].format(routine=routine)] if routine else []
    lead = [f'<p class="before">{escape(labels["sheet_before"])}</p>']
    lead += [f"<p>{escape(line)}</p>" for line in (labels["sheet_helper"], *of)]
    values = {
        "direction": direction(tag),
        "language": escape(tag),
        "lead": "\n".join(lead),
        "links": "\n".join(
            f'<li><a href="#{one.id}">{escape(_called(one, words))}</a></li>' for one in shown
        ),
        "list": escape(labels["sheet_list"]),
        "points": "\n".join("".join(_point(one, points, words)) for one in shown),
        "policy": policy(script, style),
        "style": style,
        "title": escape(labels["sheet_title"]),
    }
    return fill_in(page, values)


def _title(point: Point, words: Words) -> str:
    own = words.leaflet.points.get(point.id)
    return own.title if own else point.id


def _called(point: Point, words: Words) -> str:
    return words.leaflet.pictures["title"].format(place=_title(point, words), codes=point.codes)


def _point(point: Point, points: Mapping[str, Point], words: Words) -> Iterator[str]:
    """Yield what stands of one point."""
    labels = words.leaflet.pictures
    found = {one.id: one for one in point_sections(point, words, lambda name: name)}
    # Whoever is helped is pressed by the helper; where nobody has that way, by the usual one.
    method = "friend" if "friend" in point.methods else next(iter(point.methods))
    to_the_helped = words.leaflet.methods["friend"].text
    yield f'<section aria-labelledby="{point.id}">\n<div>\n'
    yield f'<h2 id="{point.id}">{escape(_title(point, words))}</h2>\n'
    yield f'<p class="codes">{escape(point.codes)}</p>\n'
    for name in ("where", "how", method, "cautions"):
        if name in found:
            yield f"<h3>{escape(found[name].title)}</h3>\n"
            yield from (f"<p>{escape(line)}</p>\n" for line in found[name].text if line not in to_the_helped)
    yield "</div>\n"
    if point.picture is None:
        yield f"<p>{escape(labels['no_picture'])}</p>\n"
    else:
        both = [labels["both_sides"]] if point.laterality == "paired" else []
        caption = " ".join((labels[point.picture.view], *both))
        picture = picture_in_page(point, points.values(), words.leaflet)
        yield f"<figure>\n{picture}\n<figcaption>{escape(caption)}</figcaption>\n</figure>\n"
    yield "</section>"
