"""The key of a settling: what changes when its result could; and whether the last one still stands.

Imports nothing heavy: a run in which nothing changed comes no further than here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from compendium import jsonfile
from compendium.locality import FILE as FILE_OF_SETTINGS
from compendium.locality import Locality
from compendium.paths import PACKAGE, Root
from compendium.release import secret
from compendium.seen import versions
from compendium.seen.digests import Digests
from compendium.writing import left_behind

FILE = "settled.json"
LEDGER = "ledger"  # a folder of the locality
ROOMS = ("release", "disclosure", "charts")  # the code that settles and draws, and what it is made with:
SHARED = (
    "aggregate.py",
    "csvfile.py",
    "intervals.py",
    "jsonfile.py",
    "markdown.py",
    "marks.py",
    "proposals.py",
    "sheets.py",
    "zipped.py",
)
LIBRARIES = (
    *("fonttools", "highspy", "matplotlib", "nbformat", "numpy", "openpyxl", "pandas", "pypandoc_binary", "scipy"),
    *("shapely", "typst", "python", "platform"),
)
Parts = dict[str, dict[str, str]]  # kind of content -> piece -> hash or version


@dataclass(frozen=True)
class Settled:
    """What settling a locality came to."""

    locality: str
    tables: int
    hidden: int
    again: bool  # False: nothing had changed, the release stands as it was
    lost: tuple[str, ...] = ()  # tables of which no cell is shown; a private page names what would show some


@dataclass(frozen=True)
class Done:
    """What the last settling wrote down: what it rested on, what it came to, the hash of each file it made."""

    key: str
    rested_on: Mapping[str, Mapping[str, str]]
    files: Mapping[str, str]
    settled: Settled


def still_stands(
    root: Root, locality: Locality, notebooks: list[str], key: str | None = None, digests: Digests | None = None
) -> Settled | None:
    """The last settling, when what it rests on and what it wrote are as they were."""
    digests = digests or Digests()
    done = last(root, locality.id)
    if not done or done.key != (key or settling_key(root, locality, notebooks, digests)):
        return None
    out = root.outputs / locality.id
    if dict(done.files) != digests.below(out, locality.id) or left_behind(out):
        return None
    return done.settled


def note(root: Root, locality: str) -> Path:
    """Where a settling writes down what it came to."""
    return root.private_room(locality) / FILE


def last(root: Root, locality: str) -> Done | None:
    """What the last settling wrote down; nothing when that can't be read."""
    path = root.private / locality / FILE
    try:
        said = json.loads(path.read_text("utf-8")) if path.exists() else {}
        settled = Settled(locality, said["tables"], said["hidden"], again=False, lost=tuple(said["lost"]))
        return Done(said["key"], said["rests_on"], said["files"], settled)
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def text_of(parts: Parts, came_to: Mapping[str, object], files: Mapping[str, str]) -> str:
    """What a settling writes down: all that it rests on, what it came to, and the hash of each file it made."""
    return jsonfile.text_of({"key": key_of(parts), "rests_on": parts, **came_to, "files": dict(files)})


def settling_key(root: Root, locality: Locality, notebooks: list[str], digests: Digests | None = None) -> str:
    """One hash of all that a settling rests on."""
    return key_of(rests_on(root, locality, notebooks, digests or Digests()))


def key_of(parts: Parts) -> str:
    """One hash of what `rests_on` gave."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def rests_on(root: Root, locality: Locality, notebooks: list[str], digests: Digests) -> Parts:
    """Proposals, raw notebooks' sources, the locality's settings, the ledger, the code that settles and draws."""
    asker = locality.id
    secret_of_it = str(secret.tie_break(root, locality.id)).encode()
    proposed = {
        f"{notebook}/{path.name}": digests.of(path, asker)
        for notebook in notebooks
        for path in digests.files(root.proposals(locality.id) / notebook, "*.json", asker)
    }
    digests.of(root.private / locality.id / secret.FILE, asker)
    ledger = digests.files(locality.folder / LEDGER, "*.json", asker)
    outside = [path for path in [locality.outside_knowledge_file()] if path]
    return {
        "proposal": proposed,
        "notebook": {notebook: _sources(root, locality, notebook, digests) for notebook in notebooks},
        "setting": {FILE_OF_SETTINGS: digests.of(locality.folder / FILE_OF_SETTINGS, asker)},
        "ledger": {path.name: digests.of(path, asker) for path in ledger},
        "outside knowledge": {path.name: digests.of(path, asker) for path in outside},
        "module": {name: digests.of(path, asker) for name, path in _code(digests, asker).items()},
        "library": versions.of(LIBRARIES),
        "secret": {"": hashlib.sha256(secret_of_it).hexdigest()},
    }


def _sources(root: Root, locality: Locality, notebook: str, digests: Digests) -> str:
    """The hash of what the cells of a raw notebook say, without what they gave."""
    path = root.raw_notebooks(locality.id) / f"{notebook}.ipynb"
    digests.of(path, locality.id)
    raw = json.loads(path.read_bytes())
    return hashlib.sha256(json.dumps([cell["source"] for cell in raw["cells"]]).encode()).hexdigest()


def _code(digests: Digests, asker: str) -> Mapping[str, Path]:
    """The modules that settle and draw, by name; that none is added is looked at too."""
    found = _modules()
    for folder in {path.parent for path in found.values()}:
        digests.of(folder, asker)
    return found


@cache
def _modules() -> Mapping[str, Path]:
    """Which files there are is asked once in a process."""
    paths = [path for room in ROOMS for path in sorted((PACKAGE / room).rglob("*.*")) if path.is_file()]
    paths = [path for path in paths if "__pycache__" not in path.parts] + [PACKAGE / name for name in SHARED]
    return {path.relative_to(PACKAGE).as_posix(): path for path in paths}
