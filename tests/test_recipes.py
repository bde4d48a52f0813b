"""The recipes in voiceguide/data/README.md: whoever follows them to the letter gets what they promise."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from voiceguide.library import SHIPPED, load_language

ROOT = Path(__file__).parents[1]
README = SHIPPED / "README.md"


@dataclass
class Recipe:
    """One section of the page."""

    steps: list[str] = field(default_factory=list)
    """Its numbered lines."""
    files: dict[str, str] = field(default_factory=dict)
    """What to save, by name."""
    commands: str = ""
    """What to type."""


def read_recipes(text: str) -> dict[str, Recipe]:
    """Return the recipes of a page by their headings: a block is YAML below its file's name, or commands.

    >>> read_recipes("# Food\\n## Tea\\n1. Boil.\\n`a.yaml`\\n\\n```yaml\\na: 1\\n```\\n```sh\\nls\\n```\\n")
    {'Tea': Recipe(steps=['Boil.'], files={'a.yaml': 'a: 1\\n'}, commands='ls\\n')}
    """
    recipes = {}
    for section in text.split("\n## ")[1:]:
        heading, _, rest = section.partition("\n")
        recipe = recipes[heading] = Recipe(re.findall(r"^\d\. (.*)$", rest, re.MULTILINE))
        for name, kind, block in re.findall(
            r"(?:`(\S+)`\n\n)?^```(.*)\n((?:.*\n)*?)```$", rest, re.MULTILINE
        ):
            if kind == "sh":
                recipe.commands += block
            else:
                assert (kind, bool(name)) == ("yaml", True), f"in '{heading}', a block without a file's name"
                recipe.files[name] = block
    return recipes


RECIPES = read_recipes(README.read_text(encoding="utf-8"))
ROUTINE, POINT, METHOD, WORDS, LANGUAGE = RECIPES
PROMISED = {
    ROUTINE: ["my-evening: fine, the routine 'My evening'.", "Again. Press."],
    POINT: [
        "palm: fine, the point palm with thumbs.",
        "Left palm · palm",
        "Right thumb: press into the palm",
    ],
    METHOD: [
        "li4: fine, the point LI-4 (LI4 Hegu) with thumbs, fingers.",
        "with two fingers of the right hand.",
    ],
    WORDS: ["fine, the language English with your own phrases.yaml, lexicon.yaml.", "Once more. Press."],
    LANGUAGE: ["nl: fine, the language Nederlands.", "nl  Nederlands  "],
}


@pytest.fixture
def own(stranger: Path) -> Path:
    """The folder of a newcomer whose shell knows `voiceguide`."""
    command = stranger / "bin" / "voiceguide"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m voiceguide "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return stranger


def follow(recipe: Recipe, own: Path) -> subprocess.CompletedProcess[str]:
    """Save the files of a recipe, type its commands, and return what came of it."""
    for name, content in recipe.files.items():
        (own / name).parent.mkdir(parents=True, exist_ok=True)
        (own / name).write_text(content, encoding="utf-8")
    path = f"{own / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-eu", "-c", recipe.commands],
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)},
        cwd=own,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


needs_sh = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no sh")


def test_there_is_a_recipe_for_all_that_can_be_added() -> None:
    headings = " ".join(RECIPES).lower()
    assert [
        what for what in ("routine", "point", "method", "words", "language") if what not in headings
    ] == []


@pytest.mark.parametrize("heading", RECIPES)
def test_a_recipe_is_five_lines_that_fit_a_screen(heading: str) -> None:
    steps = RECIPES[heading].steps
    assert len(steps) == 5
    assert [step for step in steps if len(step) > 120] == []


@needs_sh
@pytest.mark.parametrize("heading", RECIPES)
def test_a_recipe_gives_what_it_promises_without_a_complaint(heading: str, own: Path) -> None:
    done = follow(RECIPES[heading], own)
    complaints = [line for line in done.stderr.splitlines() if not line.startswith("Preparing the voice: ")]
    assert (done.returncode, complaints) == (0, [])
    assert [what for what in PROMISED[heading] if what not in done.stdout] == []


@needs_sh
@pytest.mark.parametrize(
    ("heading", "name"), [(heading, name) for heading, recipe in RECIPES.items() for name in recipe.files]
)
def test_a_recipe_that_is_wrong_would_be_noticed(heading: str, name: str, own: Path) -> None:
    right = RECIPES[heading]
    files = {**right.files, name: f"{right.files[name]}nonsense: 1\n"}
    done = follow(Recipe(files=files, commands=right.commands), own)
    line = right.files[name].count("\n") + 1
    assert done.returncode == 1
    assert f"Error: {own / name}:{line}: unknown key 'nonsense'\n" in done.stderr


@needs_sh
def test_without_its_words_a_point_cannot_be_pressed(own: Path) -> None:
    recipe = RECIPES[POINT]
    files = {name: content for name, content in recipe.files.items() if not name.startswith("languages")}
    done = follow(Recipe(files=files, commands=recipe.commands), own)
    assert (done.returncode, "has no words for the point 'palm'" in done.stderr) == (1, True)


@needs_sh
def test_the_language_of_the_recipe_is_one_with_words_of_its_own(own: Path) -> None:
    follow(RECIPES[LANGUAGE], own)
    language, english = load_language("nl"), load_language("en")
    assert (language.tag, language.name) == ("nl", "Nederlands")
    assert language.phrases.keys() == english.phrases.keys()
    assert language.lines("repeat.again")[0].say == "Nog een keer."
    assert english.lines("repeat.again")[0].say == "Again. Press."
