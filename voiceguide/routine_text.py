"""Text of a routine -> text of another one made from it: other values at its top, the rest as it was.

A routine is written by people, so what is made from it keeps their comments and their layout. It is changed
line by line, as writing parsed data anew would lose both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import dropwhile, pairwise

from voiceguide.errors import VoiceguideError
from voiceguide.scheduler.routine import ROUTINE

Lines = Mapping[tuple[str | int, ...], int]
Value = str | tuple[str, ...] | Mapping[str, str]
_HEAD = "# Made from "
_HINTS = """\
{head}'{source}'. What you can change:
#   steps      delete, move or add lines; `voiceguide list points` shows what can be pressed
#   press      {{press: [b23, b47], with: thumbs, dose: 90s, rounds: 2}}: how, how long, how often
#   optional   `optional: 2` goes before `optional: 1` when time is short; without it, a step always stays
#   exclude    points to leave out, whatever the steps say: exclude: [b54, toe]
#   by, note   who made it, and what to read before it starts
# Then type `voiceguide check {id}`: it names every fault with its line.

"""
_PLAIN = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_NOT_TEXT = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
"""Words that YAML, of one version or another, takes for something else."""


def with_values(text: str, lines: Lines, values: Mapping[str, Value | None]) -> str:
    """Return the text of a routine with other values at its top.

    Parameters
    ----------
    text
        A valid routine.
    lines
        The line of every path in it, as `library.lines_of` has them.
    values
        By key. What is None or empty goes; what is new stands where such a key usually stands.

    Raises
    ------
    VoiceguideError
        If the text is not laid out in lines that begin with a key.
    """
    parts = list(_parts(text.splitlines(keepends=True), lines))
    order = list(ROUTINE.fields)
    for key, value in values.items():
        line = f"{key}: {_written(value)}\n" if value else ""
        keys = [part for part, _ in parts]
        if key in keys:
            parts[keys.index(key)] = (key, line)
        else:
            before = order[: order.index(key)]
            parts.insert(max(index for index, part in enumerate(keys) if part in before) + 1, (key, line))
    return "".join(part for _, part in parts)


def with_hints(text: str, *, name: str, source: str) -> str:
    """Return the text of a routine below a comment that says what can be changed in it."""
    if text.startswith(_HEAD):
        # It was made from another one itself: one such comment is enough.
        text = "".join(dropwhile(lambda line: line.startswith("#"), text.splitlines(keepends=True)))
    return _HINTS.format(head=_HEAD, source=source, id=name) + text.lstrip("\n")


def _parts(text: list[str], lines: Lines) -> Iterator[tuple[str, str]]:
    """Yield the text in parts: each key with all that belongs to it, and, without a key, what is between."""
    starts = sorted((line - 1, path[0]) for path, line in lines.items() if len(path) == 1)
    yield "", "".join(text[: starts[0][0]])
    for (start, key), (end, _) in pairwise([*starts, (len(text), "")]):
        if not re.match(rf"""(["']?){key}\1\s*:""", text[start]):
            raise VoiceguideError(
                f"'{key}' does not begin a line of its own",
                hint="write each key at the top, such as id or steps, at the beginning of a line.",
            )
        last = end
        while _is_between(text[last - 1]):
            last -= 1
        block = "".join(text[start:last])
        yield str(key), block if block.endswith("\n") else f"{block}\n"
        yield "", "".join(text[last:end])


def _is_between(line: str) -> bool:
    """Return True for what belongs to no key: an empty line, a comment, the end of the document."""
    return not line.strip() or line.startswith(("#", "..."))


def _written(value: Value) -> str:
    """Return a value as YAML, in one line."""
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) and value not in _NOT_TEXT else _quoted(value)
    if isinstance(value, tuple):
        return f"[{', '.join(map(_written, value))}]"
    return f"{{{', '.join(f'{_written(key)}: {_written(item)}' for key, item in value.items())}}}"


def _quoted(text: str) -> str:
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    # Whatever cannot be seen is spelled out: YAML would refuse it, or take it for the end of a line.
    return letter if letter.isprintable() else {"\n": "\\n", "\t": "\\t"}.get(letter, f"\\U{ord(letter):08x}")
