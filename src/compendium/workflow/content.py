"""What the result of a notebook rests on, by content: never a time stamp, never a folder's name.

Which files were read and which of the project's modules were imported is observed while the notebook runs (`study`
writes it down), so that a changed imported module is seen however deep it lies.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from threading import Lock
from typing import Any

from compendium.paths import READS, Root, write_whole
from compendium.workflow.notebooks import Notebook

PACKAGE = Path(__file__).parents[1]
LIBRARIES = ("numpy", "pandas", "scipy", "polars", "krippendorff", "ipykernel", "nbclient", "papermill", "pydantic")

KINDS = ("notebook", "parameters", "inputs", "code", "versions", "results")
Parts = dict[str, dict[str, str]]
_WRITING = Lock()  # notebooks end in threads of their own; on a cluster, in processes of their own


@dataclass(frozen=True)
class Reason:
    """Why a notebook has to run, as data first: which kind of content changed, and which pieces."""

    kind: str  # one of KINDS, "never run", "forced" or "unchanged"
    pieces: tuple[str, ...] = ()

    def __str__(self) -> str:
        names = ", ".join(self.pieces[:4]) + (f" and {len(self.pieces) - 4} more" if len(self.pieces) > 4 else "")
        return {
            "unchanged": "nothing it rests on has changed",
            "never run": "it has not been run here yet",
            "forced": "you asked for it",
            "notebook": "the notebook itself changed",
            "parameters": f"parameters changed: {names}",
            "inputs": f"inputs changed: {names}",
            "code": f"imported code changed: {names}",
            "versions": f"versions changed: {names}",
            "results": "what its last run left here is damaged",
        }[self.kind]


def parts(root: Root, locality: str, notebook: Notebook, given: Mapping[str, Any], reads: Mapping[str, Any]) -> Parts:
    """Content by kind and piece, for the files and modules named in `reads`, and of what the last run left."""
    return {
        "notebook": {notebook.name: _digest(notebook.sources.encode())},
        "parameters": {name: json.dumps(value, sort_keys=True) for name, value in given.items()},
        "inputs": {name: _file(root.path / name) for name in reads.get("files", {})},
        "code": {name: _file(PACKAGE / name) for name in reads.get("modules", [])},
        "versions": dict(_versions()),
        "results": _results(root, locality, notebook.name),
    }


def reason(root: Root, locality: str, notebook: Notebook, given: Mapping[str, Any]) -> Reason:
    """Why `notebook` has to run for `locality`, or that it hasn't."""
    entry = lock_file(root, locality).get(notebook.name)
    if entry is None:
        return Reason("never run")
    now = parts(root, locality, notebook, given, {"files": entry["inputs"], "modules": list(entry["code"])})
    for kind, pieces in now.items():
        changed = tuple(sorted(name for name in {*pieces, *entry[kind]} if pieces.get(name) != entry[kind].get(name)))
        if changed:
            return Reason(kind, changed)
    return Reason("unchanged")


def record(root: Root, locality: str, notebook: Notebook, given: Mapping[str, Any]) -> None:
    """Write down what the finished run of `notebook` rests on, in the locality's lock file."""
    reads = json.loads((root.proposals(locality) / notebook.name / READS).read_text("utf-8"))
    seen = parts(root, locality, notebook, given, reads)
    seen["inputs"] = dict(reads["files"])  # as they were when they were read: one may have changed since
    with _alone(root, locality):
        _write(root, locality, {**lock_file(root, locality), notebook.name: seen})


def forget(root: Root, locality: str, name: str) -> None:
    """Drop a notebook from the lock file: what its last run left is about to be replaced."""
    with _alone(root, locality):
        entries = lock_file(root, locality)
        if entries.pop(name, None) is not None:
            _write(root, locality, entries)


@contextmanager
def _alone(root: Root, locality: str) -> Iterator[None]:
    """While nobody else changes the lock file."""
    with _WRITING, _lock_path(root, locality).with_suffix(".held").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def lock_file(root: Root, locality: str) -> dict[str, Parts]:
    """The lock file of a locality; one that can't be read counts as none, so everything runs."""
    path = _lock_path(root, locality)
    try:
        entries = json.loads(path.read_text("utf-8")) if path.exists() else {}
        return {name: {kind: dict(entry[kind]) for kind in KINDS} for name, entry in entries.items()}
    except (ValueError, TypeError, KeyError, AttributeError):  # cut short, or of another version
        return {}


def _write(root: Root, locality: str, entries: Mapping[str, Parts]) -> None:
    write_whole(_lock_path(root, locality), json.dumps(entries, sort_keys=True, indent=1) + "\n")


def _lock_path(root: Root, locality: str) -> Path:
    return root.private / locality / "lock.json"


def _results(root: Root, locality: str, name: str) -> dict[str, str]:
    """Proposals and raw notebook, as far as they are there."""
    folder = root.proposals(locality) / name
    raw = root.raw_notebooks(locality) / f"{name}.ipynb"
    return {path.name: _file(path) for path in (*sorted(folder.glob("*.json")), raw)}


def _file(path: Path) -> str:
    return _digest(path.read_bytes()) if path.exists() else "missing"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    return (("python", platform.python_version()), *((name, metadata.version(name)) for name in LIBRARIES))
