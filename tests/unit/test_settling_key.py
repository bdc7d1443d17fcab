"""An unchanged release stands as it was; a change in any code that makes it settles it again."""

from __future__ import annotations

import ast
from pathlib import Path

import compendium
from compendium.release.key import ROOMS, SHARED

PACKAGE = Path(compendium.__file__).parent
NO_BYTE_OF_A_RELEASE = {
    "bounded.py",
    "errors.py",
    "paths.py",
    "together.py",
    "unzipped.py",
    "writing.py",
}  # what is said, where it stands, how files are taken in and put in place; localities are keyed by their files


def modules_imported(path: Path) -> set[str]:
    """Modules of the package itself, outside its folders, that a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "compendium":
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("compendium."):
            names.add((node.module or "").split(".")[1])
    return {f"{name}.py" for name in names if (PACKAGE / f"{name}.py").is_file()}


def test_every_module_that_settles_or_draws_is_part_of_the_key() -> None:
    of_rooms = {name for room in ROOMS for path in (PACKAGE / room).rglob("*.py") for name in modules_imported(path)}
    assert of_rooms - NO_BYTE_OF_A_RELEASE == set(SHARED)


def test_what_those_modules_import_is_part_of_it_too() -> None:
    for name in SHARED:
        assert modules_imported(PACKAGE / name) <= {*SHARED, *NO_BYTE_OF_A_RELEASE}, name
