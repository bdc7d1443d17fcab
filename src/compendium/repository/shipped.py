"""The parts that all localities share, as this version brings them: notebooks, dictionaries, pages, theme, standards.

They lie inside the package where it was installed from a wheel, and around it in a checkout of the project. The build
of the wheel reads this module too: it imports nothing of ours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FILES = (
    "CITATION.cff",
    "LICENSE",
    "_quarto.yml",
    "_variables.yml",
    "index.qmd",
    "localities/twin_parameters.yml",
    "outputs/README.md",
    "requirements/core.lock",
    "styles.css",
)
FOLDERS = (
    "LICENSES",
    "data_dictionaries",
    "docs/templates",
    "evidence",
    "framework",
    "notebooks",
    "report",
)
INSIDE = "shared"  # the folder of these parts in an installed package
_PACKAGE = Path(__file__).parents[1]
_LEFT_BEHIND = ("~", ".new", ".pyc", ".tmp")


def names(top: Path) -> list[str]:
    """Every shared part below `top` by its path there, in order."""
    found = [name for name in FILES if (top / name).is_file()]
    for folder in FOLDERS:
        below = (path for path in (top / folder).rglob("*") if path.is_file() and not path.name.endswith(_LEFT_BEHIND))
        paths = (path.relative_to(top) for path in below)
        found += [path.as_posix() for path in paths if not any(part[0] in "._" for part in path.parts[1:-1])]
    return sorted(name for name in found if not name.rpartition("/")[2].startswith("."))


def home() -> Path:
    """Where they lie."""
    inside = _PACKAGE / INSIDE
    return inside if inside.is_dir() else _PACKAGE.parents[1]


@cache
def parts() -> Mapping[str, bytes]:
    """The content of each by its path."""
    return {name: (home() / name).read_bytes() for name in names(home())}


@cache
def hashes() -> Mapping[str, str]:
    """The SHA-256 of each by its path."""
    return {name: sha256(content) for name, content in parts().items()}


@cache
def digest() -> str:
    """One hash for all of them."""
    return digest_of(hashes())


def digest_of(hashes: Mapping[str, str]) -> str:
    """One hash for many files: that of a list as `sha256sum` writes it, in the order of their paths."""
    return sha256("".join(f"{hashes[name]}  {name}\n" for name in sorted(hashes)).encode("utf-8"))


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
