"""What pages are put together from that need no network."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from voiceguide.shown_text import in_one_line

_STYLE = Path(__file__).with_suffix(".css")
"""Colours and type, the same on every page."""
_RIGHT_TO_LEFT = {"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"}
"""Languages, by the first part of their tag."""


def load_page(folder: Path) -> tuple[str, str, str]:
    """Return the page, the style and the script in a folder; the style begins with that of all pages.

    The script is empty where there is none.
    """
    page, style = ((folder / f"page.{suffix}").read_text(encoding="utf-8") for suffix in ("html", "css"))
    code = folder / "page.js"
    script = code.read_text(encoding="utf-8") if code.is_file() else ""
    return page, f"{_STYLE.read_text(encoding='utf-8')}\n{style}", script


def escape(text: str) -> str:
    """Return a text as it may stand in HTML, inside quotes as well; HTML has no way to spell a control."""
    return html.escape(in_one_line(text))


def direction(language: str) -> str:
    """Return the `dir` of a page in a language, a BCP-47 tag."""
    return "rtl" if language.partition("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"


def policy(script: str, style: str, **more: str) -> str:
    """Return a content security policy that allows this script and this style, by hash, and no network.

    Where the script is empty, none may run. `more` are rules of its own, such as `img_src="data:"`.
    """
    rules = dict.fromkeys(("default-src", "base-uri", "form-action"), "'none'")
    rules |= {name.replace("_", "-"): allowed for name, allowed in more.items()}
    rules |= {"script-src": _hash(script) if script else "'none'", "style-src": _hash(style)}
    return "; ".join(f"{name} {allowed}" for name, allowed in rules.items())


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"


def fill_in(page: str, values: Mapping[str, str]) -> str:
    """Return a page with each `{{name}}` of it replaced once, whatever the values hold; unknown ones go."""
    return re.sub(r"\{\{([\w.]+)\}\}", lambda found: values.get(found[1], ""), page)
