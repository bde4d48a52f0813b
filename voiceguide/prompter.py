"""A script -> a page that shows one text at a time to whoever reads it aloud; one file, no network."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from voiceguide.reading import file_name
from voiceguide.web_page import direction, escape, fill_in, load_page, policy

_FOLDER = Path(__file__).with_name("_prompter")


def write_prompter(script: Mapping[int, str], labels: Mapping[str, str], language: str) -> str:
    """Return the page as HTML: texts by number, in the words of `labels`, which are a leaflet's `prompter`.

    `language` is a BCP-47 tag. Without scripts the page is a list of all texts.
    """
    page, style, code = load_page(_FOLDER)
    count = max(script, default=0)
    texts = "\n".join(
        f'<li id="n{number}"><a href="#n{number}"><span class="file">{file_name(number, count)}</span> '
        f'<span class="text" dir="auto">{escape(text)}</span></a></li>'
        for number, text in script.items()
    )
    values = {f"label.{name}": escape(label) for name, label in labels.items()} | {
        "count": str(len(script)),
        "direction": direction(language),
        "language": escape(language),
        "policy": policy(code, style),
        "script": code,
        "script_id": sha256(json.dumps(list(script.items())).encode()).hexdigest()[:16],
        "style": style,
        "texts": texts,
    }
    return fill_in(page, values)
