"""The key of a settling: what changes when its result could; and whether the last one still stands.

Imports nothing heavy: a run in which nothing changed comes no further than here.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compendium.locality import Locality
from compendium.paths import Root, contents, left_behind
from compendium.release import secret

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
)


@dataclass(frozen=True)
class Settled:
    """What settling a locality came to."""

    locality: str
    tables: int
    hidden: int
    again: bool  # False: nothing had changed, the release stands as it was
    lost: tuple[str, ...] = ()  # tables of which no cell is shown; a private page names what would show some


def still_stands(root: Root, locality: Locality, notebooks: list[str], key: str | None = None) -> Settled | None:
    """The last settling, when what it rests on and what it wrote are as they were."""
    done = _last(note(root, locality.id))
    out = root.outputs / locality.id
    if not done or done["key"] != (key or settling_key(root, locality, notebooks)):
        return None
    if done.get("files") != contents(out) or left_behind(out):
        return None
    return Settled(locality.id, done["tables"], done["hidden"], again=False, lost=tuple(done.get("lost", ())))


def note(root: Root, locality: str) -> Path:
    """Where a settling writes down what it came to."""
    return root.private_room(locality) / "settled.json"


def _last(path: Path) -> dict[str, Any]:
    """What the last settling wrote down; nothing when that can't be read."""
    try:
        done = json.loads(path.read_text("utf-8")) if path.exists() else {}
    except ValueError:
        return {}
    return done if isinstance(done, dict) and {"key", "tables", "hidden"} <= set(done) else {}


def settling_key(root: Root, locality: Locality, notebooks: list[str]) -> str:
    """Proposals, raw notebooks' sources, the locality's settings, the ledger, the code that settles and draws."""
    digest = hashlib.sha256(str(secret.tie_break(root, locality.id)).encode())
    package = Path(__file__).parents[1]
    code = [path for room in ROOMS for path in sorted((package / room).rglob("*.*")) if "__pycache__" not in path.parts]
    code += [package / name for name in SHARED]
    files = [
        *(path for notebook in notebooks for path in sorted((root.proposals(locality.id) / notebook).glob("*.json"))),
        root.localities / locality.id / "locality.yml",
        *sorted((root.localities / locality.id / LEDGER).glob("*.json")),
        *(path for path in [locality.outside_knowledge_file()] if path),
        *code,
    ]
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for notebook in notebooks:
        raw = json.loads((root.raw_notebooks(locality.id) / f"{notebook}.ipynb").read_bytes())
        digest.update(json.dumps([cell["source"] for cell in raw["cells"]]).encode())
    return digest.hexdigest()
