"""Finds and reads YAML: the user's folder first, then what is shipped. The only module that opens YAML.

It turns files into plain mappings and remembers the line of everything in them, so that the pure parsers
can name a fault by its path and the author is told its line.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import yaml

from voiceguide.errors import (
    InvalidContent,
    Problem,
    UnknownName,
    UsageError,
    VoiceguideError,
    did_you_mean,
)
from voiceguide.folders import user_folder
from voiceguide.scheduler.language import FILES, Language, parse_language
from voiceguide.scheduler.overlay import lay_over
from voiceguide.scheduler.point import POINT, Point, parse_point
from voiceguide.scheduler.routine import ROUTINE, Routine, parse_routine

if TYPE_CHECKING:
    from voiceguide.leaflet import Leaflet

SHIPPED = Path(__file__).parent / "data"
"""What comes with voiceguide."""
DEFAULT_ROUTINE = "lying-down"
SUFFIXES = (".yaml", ".yml")
"""What the name of a file of content ends with; where both are there, the first counts."""
LARGEST_FILE = 1_000_000
"""Bytes. The largest file of ours has a fiftieth of that."""
DEEPEST = 20
"""Levels of nesting; ours have nine."""

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_KINDS = "a routine has 'version', 'id' and 'steps', a point has 'methods' and more."
_NULLS = {"", "~", "null", "Null", "NULL"}
_FLAGS = {"true": True, "false": False}
Parsed = TypeVar("Parsed")
Named = TypeVar("Named", Point, Routine)
Keys = tuple[str | int, ...]
Lines = dict[Keys, int]


def routine_names() -> list[str]:
    """Return the sorted names of all routines, the user's own and the shipped."""
    return sorted(_files("routines"))


def language_names() -> list[str]:
    """Return the sorted tags of all languages, the user's own and the shipped."""
    return sorted({folder.name for kept in _folders("languages") for folder in _listed(kept, Path.is_dir)})


def find_routine(name: str) -> Path:
    """Return the file of a routine, given its name or a path to a YAML file.

    Raises
    ------
    UnknownName
        If there is no such routine.
    """
    if _is_path(name):
        return Path(name)
    files = _files("routines")
    if name not in files:
        raise UnknownName("routine", name, files, listing="voiceguide list routines")
    return files[name]


def find_content(name: str) -> Path:
    """Return the file of a routine or a point, given its name or a path.

    Raises
    ------
    UnknownName
        If there is neither.
    """
    files = _files("points") | _files("routines")
    if _is_path(name) or (name not in files and Path(name).exists()):
        return Path(name)
    if name not in files:
        raise UnknownName("routine or point", name, files, listing="voiceguide list")
    return files[name]


def all_content() -> list[Path]:
    """Return the files of every routine and every point there is."""
    return [*_files("routines").values(), *_files("points").values()]


def _is_path(name: str) -> bool:
    return name.lower().endswith(SUFFIXES) or os.sep in name or "/" in name


def load_routine(path: Path) -> Routine:
    """Return the routine in a file; raise `InvalidContent` with every problem and its line."""
    return _named_as_its_file(read(path, parse_routine), path)


def load_points() -> dict[str, Point]:
    """Return every point by its id, the user's own before the shipped.

    Raises
    ------
    InvalidContent
        If one of them is wrong.
    """
    return {name: load_point(path) for name, path in _files("points").items()}


def find_point(name: str) -> Path:
    """Return the file of a point, given its name; raise `UnknownName` if there is none."""
    if name not in (files := _files("points")):
        raise UnknownName("point", name, files, listing="voiceguide list points")
    return files[name]


def load_point(path: Path) -> Point:
    """Return the point in a file; raise `InvalidContent` with every problem and its line."""
    return _named_as_its_file(read(path, parse_point), path)


def _named_as_its_file(found: Named, path: Path) -> Named:
    if found.id != path.stem and path.parent.parent in _folders(""):  # elsewhere it is not found by name
        hint = f"rename the file to '{found.id}{path.suffix}', or change the id."
        problem = Problem(("id",), f"the id '{found.id}' is not the file's name", hint)
        raise located(InvalidContent([problem]), path, lines_of(path))
    return found


def load_language(tag: str) -> Language:
    """Return a language by its tag: the words that are shipped, and the user's own laid over them.

    Raises
    ------
    UnknownName
        If there is no such language.
    VoiceguideError
        If its files are not all there, or wrong: every problem with its file and line.
    """
    if tag not in language_names():
        raise UnknownName("language", tag, language_names(), listing="voiceguide list languages")
    files = language_files(tag)
    missing = [f"{name}.yaml" for name in FILES if name not in {file.stem for file in files}]
    if missing:
        shipped, own = _folders(f"languages/{tag}")
        raise VoiceguideError(
            f"the language '{tag}' has no {', '.join(missing)}",
            where=str(own if own.is_dir() else shipped),
            hint=f"copy what is missing from {SHIPPED / 'languages' / 'en'}, and translate it.",
        )
    return _language(tag, tuple((file, _read_text(file)) for file in files))


def language_files(tag: str) -> list[Path]:
    """Return the files of a language that are read, the shipped ones before those that are laid over them."""
    folders = [{file.stem: file for file in _content_of(folder)} for folder in _folders(f"languages/{tag}")]
    return [files[name] for files in folders for name in FILES if name in files]


@lru_cache(maxsize=8)  # by the text of its files, so that no change of them is missed
def _language(tag: str, files: tuple[tuple[Path, str], ...]) -> Language:
    data: dict[str, Any] = {}
    places: dict[Keys, tuple[Path, int]] = {}
    problems: list[Problem] = []
    for file, text in files:
        found, lines, doubled = _load(file, text)
        if found is None:
            raise VoiceguideError("the file is empty", where=str(file), hint="write into it, or remove it.")
        places |= {(file.stem, *path): (file, line) for path, line in lines.items()}
        problems += [replace(problem, path=(file.stem, *problem.path)) for problem in doubled]
        data[file.stem] = lay_over(file.stem, data.get(file.stem), found, problems)
    try:
        return _parsed(partial(parse_language, tag=tag), data, problems)
    except InvalidContent as error:
        raise _placed(error, places) from None


def load_leaflet(tag: str) -> Leaflet:
    """Return the words of a language that are read, not heard, the user's own file before the shipped.

    Raises
    ------
    UnknownName
        If there is no such language.
    VoiceguideError
        If it has no leaflet, or a wrong one.
    """
    if tag not in language_names():
        raise UnknownName("language", tag, language_names(), listing="voiceguide list languages")
    shipped, own = (folder / "leaflet.yaml" for folder in _folders(f"languages/{tag}"))
    if not own.is_file() and not shipped.is_file():
        hint = f"copy it from {SHIPPED / 'languages' / 'en'}, and translate it."
        raise VoiceguideError(f"the language '{tag}' has no leaflet.yaml", where=str(own.parent), hint=hint)
    from voiceguide.leaflet import parse_leaflet  # not needed to play

    return read(own if own.is_file() else shipped, parse_leaflet)


def read(path: Path, parse: Callable[[object], Parsed]) -> Parsed:
    """Return what `parse` makes of a file, with the file and line added to every problem it finds."""
    data, lines, problems = _load(path)
    if data is None:
        raise VoiceguideError("the file is empty", where=str(path), hint=_KINDS)
    try:
        return _parsed(parse, data, problems)
    except InvalidContent as error:
        raise located(error, path, lines) from None


def _parsed(parse: Callable[[Any], Parsed], data: object, problems: list[Problem]) -> Parsed:
    """Return what `parse` makes of the data; raise these problems together with those that it finds."""
    try:
        found = parse(data)
    except InvalidContent as error:
        raise InvalidContent([*problems, *error.problems]) from None
    if problems:
        raise InvalidContent(problems)
    return found


def lines_of(path: Path) -> Lines:
    """Return the line of every path in a file, counted from 1."""
    return _load(path)[1]


def located(error: InvalidContent, path: Path, lines: Mapping[Keys, int]) -> InvalidContent:
    """Return the error with `file:line` in each problem, in the order of the file."""
    return _placed(error, {(): (path, 1)} | {keys: (path, line) for keys, line in lines.items()})


def _placed(error: InvalidContent, places: Mapping[Keys, tuple[Path, int]]) -> InvalidContent:
    """Return the error with the place in each problem: its own, or that of the nearest thing around it."""
    found = []
    for problem in error.problems:
        path = problem.path
        while path not in places:
            path = path[:-1]
        found.append((*places[path], problem))
    found.sort(key=lambda one: one[:2])
    # Both sides of a point may have the same fault: once is enough.
    return InvalidContent(
        dict.fromkeys(replace(problem, where=f"{file}:{line}") for file, line, problem in found)
    )


def _files(kind: str) -> dict[str, Path]:
    """Return the files of a kind by name; a person's own stand before the shipped ones."""
    return {path.stem: path for folder in _folders(kind) for path in _content_of(folder)}


def _folders(kind: str) -> tuple[Path, Path]:
    """Return the folders of a kind, what is shipped before a person's own."""
    return SHIPPED / kind, user_folder() / kind


def _content_of(folder: Path) -> list[Path]:
    found = _listed(folder, lambda path: path.suffix in SUFFIXES)
    return sorted(found, key=lambda path: (path.stem, path.suffix == SUFFIXES[0]))


def _listed(folder: Path, wanted: Callable[[Path], bool]) -> list[Path]:
    try:
        # Editors and file managers leave files of their own beside ours, with names that begin with a dot.
        return [path for path in folder.iterdir() if path.name[0] != "." and wanted(path)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        hint = "VOICEGUIDE_DATA names another folder for content of your own."
        raise VoiceguideError(f"cannot be read: {error.strerror}", where=str(folder), hint=hint) from None


def _load(path: Path, text: str | None = None) -> tuple[object, Lines, list[Problem]]:
    """Return the plain data in a file, the line of every path in it, and the keys that stand there twice."""
    text = _read_text(path) if text is None else text
    try:
        if SHIPPED not in path.parents:  # ours cannot, as a test says, and to look takes a tenth of a start
            _refuse_bombs(text, path)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        what = error.problem or error.context or "it cannot be read"
        raise VoiceguideError(
            f"not valid YAML: {what}",
            where=where,
            hint="check the indentation and the brackets of this line.",
        ) from None
    except yaml.YAMLError as error:
        raise VoiceguideError(
            f"not valid YAML: {str(error).splitlines()[0]}",
            where=str(path),
            hint="save it as plain UTF-8 text.",
        ) from None
    lines: Lines = {}
    problems: list[Problem] = []
    data = _plain(node, (), lines, problems) if node is not None else None
    return data, lines, problems


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            hint = "is it the right file?"
            raise VoiceguideError(f"larger than {LARGEST_FILE} bytes", where=str(path), hint=hint)
        return content.decode("utf-8-sig")
    except FileNotFoundError:
        known = [one.name for one in path.parent.iterdir()] if path.parent.is_dir() else []
        near = did_you_mean(path.name, [name for name in known if name.endswith(SUFFIXES)])
        hint = near or "`voiceguide list routines` shows all that have a name."
        raise UsageError(f"there is no file '{path}'", hint=hint) from None
    except UnicodeDecodeError:
        raise VoiceguideError("not UTF-8 text", where=str(path), hint="is it the right file?") from None
    except OSError as error:
        hint = "is it a file, and may you read it? `voiceguide list routines` shows all that have a name."
        raise VoiceguideError(f"cannot be read: {error.strerror}", where=str(path), hint=hint) from None


def _refuse_bombs(text: str, path: Path) -> None:
    """Refuse what a few bytes can blow up: aliases, and nesting deeper than any of ours."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        where = f"{path}:{event.start_mark.line + 1}" if event.start_mark else str(path)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            what = "anchors and aliases are not used here"
            raise VoiceguideError(what, where=where, hint="write it out in full.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                what = f"nested deeper than {DEEPEST} levels"
                raise VoiceguideError(what, where=where, hint="write it flatter.")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _plain(node: yaml.Node, path: Keys, lines: Lines, problems: list[Problem]) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return dict(_pairs(node, path, lines, problems))
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, index), lines, problems) for index, item in enumerate(node.value)]
    if not isinstance(node, yaml.ScalarNode) or node.style:
        return node.value
    if node.value in _NULLS:
        return None
    if re.fullmatch(r"-?\d{1,18}", node.value):
        return int(node.value)
    return _FLAGS.get(node.value, node.value)


def _pairs(
    node: yaml.MappingNode, path: Keys, lines: Lines, problems: list[Problem]
) -> Iterator[tuple[str, Any]]:
    seen: set[str] = set()
    for key_node, value_node in node.value:
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else str(key_node.tag)
        inner = (*path, key)
        line = key_node.start_mark.line + 1
        if key in seen:
            again = (*path, f"{key} ")
            lines[again] = line
            problems.append(Problem(again, f"'{key}' stands here twice", hint="keep one of them."))
            continue
        seen.add(key)
        lines[inner] = line
        yield key, _plain(value_node, inner, lines, problems)


def is_point(path: Path) -> bool:
    """Return True if a file describes a point, and False if it describes a routine, by the keys it has.

    Raises
    ------
    VoiceguideError
        If it describes neither.
    """
    data = _load(path)[0]
    if not isinstance(data, dict):
        return False
    routine, point = (len(data.keys() & shape.fields.keys() - {"version"}) for shape in (ROUTINE, POINT))
    if not routine and not point:
        raise VoiceguideError("this is neither a routine nor a point", where=str(path), hint=_KINDS)
    return point > routine
