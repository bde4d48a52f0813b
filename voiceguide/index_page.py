"""Files of a folder -> a page that lists them, to be tapped. Pure."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import quote

from voiceguide.units import Milliseconds, clock

_STYLE = """\
:root { color-scheme: dark; --night: #0f1420; --dusk: #2e4262; --glow: #e2be92; --text: #e9e6e0; }
body { background: var(--night); color: var(--text); font: 1.125rem/1.5 system-ui, sans-serif; margin: 0 auto;
  max-width: 40rem; padding: 1.5rem 1rem 4rem; overflow-wrap: anywhere; }
h1, h2 { color: var(--glow); font-weight: 500; line-height: 1.25; }
h2 { margin: 2.5rem 0 .5rem; }
ul { list-style: none; margin: 0; padding: 0; }
li { border-top: 1px solid var(--dusk); padding: .5rem 0; }
p.about { margin: 0; }
a { border-radius: .5rem; color: var(--glow); display: inline-block; min-height: 1.75rem;
  padding: .5rem .75rem; }
a:focus-visible { outline: 3px solid var(--glow); }
"""
"""The cover's colours; what can be tapped is at least 44 pixels high, for a thumb."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the folder."""

    name: str
    """Of the file."""
    title: str
    """Of the session."""
    asked: str
    """What was asked of it beside its length; empty if nothing was."""
    duration: Milliseconds
    """Milliseconds."""
    size: int
    """Bytes."""


def make_index(entries: Iterable[Entry], labels: Mapping[str, str], language: str) -> str:
    """Return the page as HTML: a heading for each title, under it each session with the files there are."""
    found = sorted(entries, key=lambda one: (one.title, one.duration, one.asked, one.name))
    sessions = "\n".join(
        f"<h2>{html.escape(title)}</h2>\n<ul>\n{_sessions(list(some), labels)}\n</ul>"
        for title, some in groupby(found, key=lambda one: one.title)
    )
    heading, before = html.escape(labels["index_title"]), html.escape(labels["index_before"])
    return (
        f'<!doctype html>\n<html lang="{html.escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{heading}</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{heading}</h1>\n<p>{before}</p>\n{sessions}\n</main>\n</body>\n</html>\n"
    )


def _sessions(entries: list[Entry], labels: Mapping[str, str]) -> str:
    items = []
    for (duration, asked), files in groupby(entries, key=lambda one: (one.duration, one.asked)):
        about = html.escape(" · ".join(part for part in (clock(duration), asked) if part))
        links = " ".join(_link(one, about, labels) for one in files)
        items.append(f'<li><p class="about">{about}</p>{links}</li>')
    return "\n".join(items)


def _link(entry: Entry, about: str, labels: Mapping[str, str]) -> str:
    suffix = entry.name.rpartition(".")[2]
    what = labels["index_play"] if suffix == "html" else labels["index_file"].format(suffix=suffix.upper())
    size = f"{entry.size / 1_000_000:.1f} MB"
    # A name read out alone, as a list of links is, must say which session it is.
    spoken = html.escape(f"{what}, {entry.title}, ") + about
    return (
        f'<a href="{quote(entry.name)}" aria-label="{spoken}, {size}">{html.escape(what)}</a>'
        f'<span aria-hidden="true">{size}</span>'
    )
