"""Finds plugins: a file in a plural folder is a plugin, and its name is the file's name.

Plugins outside this package come by entry points whose group is the folder's dotted name, such as
`voiceguide.engines`. Names are listed without importing anything; a plugin is imported when it is used.
"""

from __future__ import annotations

import os
import pkgutil
import sys
from contextlib import suppress
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from voiceguide.errors import Unavailable, UnknownName

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


def names(package: str) -> list[str]:
    """Return the sorted names of all plugins of a package, such as `voiceguide.engines`."""
    return sorted(_inside(package) | set(_outside(package)))


def has(package: str, name: str) -> bool:
    """Return True if there is a plugin of that name; quick if it is one of ours."""
    return name in _inside(package) or name in _outside(package)


def find(package: str, name: str) -> ModuleType:
    """Return the module of one plugin, importing it now.

    Raises
    ------
    UnknownName
        If there is no such plugin.
    Unavailable
        If its library is not installed.
    """
    kind = package.rpartition(".")[2]
    if not has(package, name):
        raise UnknownName(kind.removesuffix("s"), name, names(package), listing=f"voiceguide list {kind}")
    try:
        is_ours = name in _inside(package)
        module = import_module(f"{package}.{name}") if is_ours else _outside(package)[name].load()
    except ImportError as error:
        raise Unavailable(
            f"{kind.removesuffix('s')} '{name}' needs a library that is not here: {error}",
            hint="`voiceguide doctor` says how to add it.",
        ) from error
    assert isinstance(module, ModuleType)
    return module


def _inside(package: str) -> set[str]:
    folder = import_module(package).__path__
    return {module.name for module in pkgutil.iter_modules(folder) if not module.name.startswith("_")}


def _outside(package: str) -> dict[str, EntryPoint]:
    return _outside_on(package, tuple(sys.path))


@cache
def _outside_on(package: str, path: tuple[str, ...]) -> dict[str, EntryPoint]:
    """Return the plugins of others."""
    if not any(_mentions(folder, package) for folder in path):
        return {}
    from importlib.metadata import entry_points

    return {entry.name: entry for entry in entry_points(group=package)}


def _mentions(folder: str, package: str) -> bool:
    """Return False if nothing that is installed in a folder can have a plugin for a package.

    To import what knows for certain takes longer than this, and a third of `--help`.
    """
    if os.path.isfile(folder):
        return True  # an archive: whoever can look into it may say
    with suppress(OSError):
        for name in os.listdir(folder or "."):
            if name.lower().endswith(("dist-info", "egg-info")):
                with suppress(OSError), open(os.path.join(folder, name, "entry_points.txt"), "rb") as file:
                    if package.encode() in file.read():
                        return True
    return False
