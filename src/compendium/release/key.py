"""The key of a settling: what changes when its result could."""

from __future__ import annotations

import hashlib
from pathlib import Path

import nbformat

from compendium.locality import Locality
from compendium.paths import Root
from compendium.release import ledger_files, secret


def settling_key(root: Root, locality: Locality, notebooks: list[str]) -> str:
    """Proposals, raw notebooks' sources, the locality's settings, the ledger, the code that settles and draws."""
    head, seed = ledger_files.read(root, locality.id).head, secret.tie_break(root, locality.id)
    digest = hashlib.sha256(f"{head} {seed}".encode())
    package = Path(__file__).parents[1]
    code = [
        path
        for room in ("release", "disclosure", "charts")
        for path in sorted((package / room).rglob("*.*"))
        if "__pycache__" not in path.parts
    ]
    code += [package / "aggregate.py", package / "proposals.py", package / "markdown.py", package / "intervals.py"]
    files = [
        *(path for notebook in notebooks for path in sorted((root.proposals(locality.id) / notebook).glob("*.json"))),
        root.localities / locality.id / "locality.yml",
        *(path for path in [locality.outside_knowledge_file()] if path),
        *code,
    ]
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for notebook in notebooks:
        raw = nbformat.read(root.raw_notebooks(locality.id) / f"{notebook}.ipynb", as_version=4)
        digest.update("\0".join(cell.source for cell in raw.cells).encode())
    return digest.hexdigest()
