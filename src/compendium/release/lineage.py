"""Where each released table comes from: notebook and cell, input tables, modules and their version, other tables.

Written beside the tables when they are settled; `compendium why` and the page on sources read it. Like all that is
released it holds nothing private: no path outside the root, no name of a file with real records, no plain hash of one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from compendium import __version__
from compendium.aggregate import Released
from compendium.paths import PACKAGE, Root
from compendium.proposals import Derivation, note_of
from compendium.release import derived, secret
from compendium.release.traced import DERIVE, Call, calls

NOT_OURS = "workflow/"  # how a kernel is started is no part of what a notebook does


def describe(
    root: Root,
    locality: str,
    raw: Mapping[str, NotebookNode],
    released: Mapping[str, Released],
    derivations: Iterable[Derivation],
) -> dict[str, Any]:
    """The lineage of all `released` tables: `tables`, `inputs` and `notebooks` by name, and the package's version."""
    notes = {name: _note(root, locality, name) for name in raw}
    made = {call.name: (name, call) for name, notebook in raw.items() for call in calls(notebook)}
    derives = {one.name: one for one in derivations}
    tables = {
        name: _table(item, *made[name], notes[made[name][0]], derives.get(name))
        for name, item in released.items()
        if name in made
    }
    used = {table for record in tables.values() for table in record["inputs"]}
    sources = {table: said for note in notes.values() for table, said in note.get("sources", {}).items()}
    return {
        "version": __version__,
        "notebooks": {name: _notebook(raw[name], notes[name]) for name in raw},
        "inputs": {table: _input(root, locality, said) for table, said in sources.items() if table in used},
        "tables": tables,
    }


def _note(root: Root, locality: str, notebook: str) -> dict[str, Any]:
    """What the notebook wrote down while it ran."""
    return note_of(root.proposals(locality) / notebook)


def _table(
    item: Released, notebook: str, call: Call, note: Mapping[str, Any], derivation: Derivation | None
) -> dict[str, Any]:
    record = {"notebook": notebook, "cell": call.cell, "inputs": [], "of": [], "how": call.source}
    if call.kind == DERIVE and derivation:
        maker = derived.KINDS[derivation.kind].__module__.split(".")[1:]
        module = Path(*maker).with_suffix(".py")
        file = module if (PACKAGE / module).is_file() else Path(*maker) / "__init__.py"
        return {**record, "how": derivation.kind, "of": list(derivation.of), "code": _hashed([file.as_posix()], {})}
    asked: Mapping[str, list[str]] = note.get("tables", {})
    inputs = {table for name in call.rests.tables for table in asked.get(name, ())}
    if item.origin.table in note.get("sources", {}):
        inputs.add(item.origin.table)
    supplied = sorted(table for table in inputs if table in note.get("sources", {}))
    return {**record, "inputs": supplied, "code": _hashed(call.rests.modules, note.get("code", {}))}


def _hashed(modules: Iterable[str], known: Mapping[str, str]) -> dict[str, str]:
    return {name: known.get(name) or _sha256((PACKAGE / name).read_bytes()) for name in sorted(modules)}


def _notebook(notebook: NotebookNode, note: Mapping[str, Any]) -> dict[str, Any]:
    """A notebook's title, and the version of all code of the project that it ran: one hash over every module."""
    modules = [name for name in note.get("modules", ()) if not name.startswith(NOT_OURS)]
    code = _hashed(modules, note.get("code", {}))
    lines = "".join(f"{name} {digest}\n" for name, digest in code.items())
    title = str(notebook.metadata.get("compendium", {}).get("title", ""))
    return {"title": title, "modules": list(code), "code": _sha256(lines.encode())}


def _input(root: Root, locality: str, said: Mapping[str, str]) -> dict[str, str]:
    """An input as readers may know it. Of real records no file is named, and the hash is keyed."""
    told = {key: said[key] for key in ("title", "provenance", "sensitivity", "source")}
    if said["provenance"] == "real" and said["sensitivity"] == "sensitive":
        return {**told, "file": "", "hash": secret.keyed(root, locality, said["sha256"].encode())}
    return {**told, "file": said["file"], "hash": f"sha256:{said['sha256']}"}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
