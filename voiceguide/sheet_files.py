"""Sheet -> text of a file: Markdown to read or change, HTML to print."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from voiceguide.sheet import Listing, Sheet, Stop

_STYLE = """\
:root { color-scheme: light; }
body { color: #1a1a1a; background: #fff; max-width: 70rem; margin: 2rem auto; padding: 0 1rem;
  font: 1rem/1.45 "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .4rem; }
h2, caption { font-size: 1.1rem; font-weight: 600; text-align: left; margin: 1.2rem 0 .3rem; }
p { margin: .2rem 0; max-width: 45rem; }
ul { margin: .2rem 0; padding-left: 1.2rem; }
.before { columns: 2 22rem; column-gap: 2rem; margin-top: 1rem; }
section { break-inside: avoid; }
section > h2 { margin-top: 0; }
section > ul { margin-bottom: 1rem; }
.wide { overflow-x: auto; margin: 0 0 1.2rem; }
caption { padding-bottom: .3rem; }
table { border-collapse: collapse; width: 100%; min-width: 48rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; font-weight: normal; }
thead th { font-weight: 600; border-bottom: 2px solid #1a1a1a; }
tbody tr { border-bottom: 1px solid #c4c4c4; break-inside: avoid; }
td:first-child { font-variant-numeric: tabular-nums; white-space: nowrap; }
td p, th p { margin: 0 0 .15rem; }
th strong { display: block; }
.last { margin-top: 1.2rem; border: 1px solid #1a1a1a; padding: .5rem .8rem; font-weight: 600; }
@page { margin: 13mm 12mm; }
@media print {
  body { font-size: 8.5pt; line-height: 1.3; margin: 0; padding: 0; max-width: none; }
  h1 { font-size: 15pt; }
  h2, caption { font-size: 10pt; }
  .before { columns: 2; margin-top: 4pt; }
  section > ul { margin-bottom: 3pt; }
  .wide { overflow: visible; margin: 2pt 0 8pt; }
  table { min-width: 0; }
  thead { display: table-header-group; }
  th, td { padding: 2pt 7pt 1.5pt 0; }
  td p, th p { margin: 0; }
  h2 { break-after: avoid; margin-bottom: 0; }
  .last { break-inside: avoid; margin-top: 6pt; }
}
"""
"""Calm on a screen and on paper, A4 or Letter; on paper small, so that most plans take two sides at most."""
_WIDTHS = (5, 19, 14, 17, 12, 33)
"""Percent of the columns, so that every printed plan has them at the same places."""
_MARKUP = re.compile(r"([\\`*_\[\]<>|#&~])")
_BEGINS_A_LIST = re.compile(r"^(\d+)([.)])|^([-+=])")


def write_markdown(sheet: Sheet) -> str:
    """Return the plan as Markdown, with the table of GitHub (https://github.github.com/gfm/)."""
    return "\n".join(_markdown(sheet)) + "\n"


def _markdown(sheet: Sheet) -> Iterator[str]:
    yield f"# {_plain(sheet.title)}"
    for line in sheet.lead:
        yield f"\n{_plain(line)}"
    yield from _markdown_lists(sheet.before)
    yield f"\n## {_plain(sheet.caption)}\n"
    yield _row(map(_plain, sheet.columns))
    yield _row("---" for _ in sheet.columns)
    yield from (_row(_markdown_cells(stop)) for stop in sheet.stops)
    yield from _markdown_lists(sheet.after)
    yield f"\n**{_plain(sheet.last)}**"


def _markdown_lists(listings: Iterable[Listing]) -> Iterator[str]:
    for listing in listings:
        yield f"\n## {_plain(listing.title)}\n"
        yield from (f"- {_plain(line)}" for line in listing.lines)


def _markdown_cells(stop: Stop) -> Iterator[str]:
    yield stop.start
    named = ", ".join(filter(None, (f"**{_plain(stop.part)}**", _plain(stop.codes))))
    yield ". ".join(filter(None, (named, _plain(stop.where))))
    for lines in (stop.how, stop.lasts, (stop.release,), stop.care):
        yield " ".join(map(_plain, lines))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _plain(text: str) -> str:
    """Return a text in one line in which nothing is taken for markup."""
    escaped = _MARKUP.sub(r"\\\1", " ".join(text.split()))
    return _BEGINS_A_LIST.sub(lambda at: f"{at[1]}\\{at[2]}" if at[1] else f"\\{at[3]}", escaped)


def write_html(sheet: Sheet) -> str:
    """Return the plan as a page that needs nothing else: no script, no picture, no network."""
    title = html.escape(sheet.title)
    return (
        f'<!DOCTYPE html>\n<html lang="{html.escape(sheet.language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{title}</h1>\n{_paragraphs(sheet.lead)}\n"
        f'<div class="before">\n{_sections(sheet.before)}</div>\n{_table(sheet)}{_sections(sheet.after)}'
        f'<p class="last">{html.escape(sheet.last)}</p>\n</main>\n</body>\n</html>\n'
    )


def _sections(listings: Iterable[Listing]) -> str:
    return "".join(
        f"<section>\n<h2>{html.escape(listing.title)}</h2>\n<ul>\n"
        + "".join(f"<li>{html.escape(line)}</li>\n" for line in listing.lines)
        + "</ul>\n</section>\n"
        for listing in listings
    )


def _table(sheet: Sheet) -> str:
    caption = html.escape(sheet.caption)
    widths = "".join(f'<col style="width: {width}%">' for width in _WIDTHS)
    heads = "".join(f'<th scope="col">{html.escape(column)}</th>' for column in sheet.columns)
    rows = "".join(f"<tr>{_html_cells(stop)}</tr>\n" for stop in sheet.stops)
    return (
        # A region that keys can scroll, as on a phone it is wider than the screen.
        f'<div class="wide" role="region" tabindex="0" aria-labelledby="stops">\n<table>\n'
        f'<caption id="stops">{caption}</caption>\n<colgroup>{widths}</colgroup>\n'
        f"<thead>\n<tr>{heads}</tr>\n</thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n"
    )


def _html_cells(stop: Stop) -> str:
    place = _paragraphs(line for line in (stop.codes, stop.where) if line)
    cells = [f"<td>{html.escape(stop.start)}</td>"]
    cells.append(f'<th scope="row"><strong>{html.escape(stop.part)}</strong>{place}</th>')
    rest = (stop.how, stop.lasts, (stop.release,) if stop.release else (), stop.care)
    cells += [f"<td>{_paragraphs(lines)}</td>" for lines in rest]
    return "".join(cells)


def _paragraphs(lines: Iterable[str]) -> str:
    return "".join(f"<p>{html.escape(line)}</p>" for line in lines)


SHEETS: Mapping[str, Callable[[Sheet], str]] = {"md": write_markdown, "html": write_html}
"""What writes a plan, by suffix."""
