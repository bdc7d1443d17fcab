"""What the result of a notebook rests on, by content: never a time stamp, never a folder's name.

Which files were read and which modules and libraries were imported is observed while the notebook runs (`study` writes
it down), so that a changed imported module is seen however deep it lies.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from compendium.errors import NotebookFailed, Problem
from compendium.locality import Locality
from compendium.paths import PACKAGE, READS, Root
from compendium.seen import versions
from compendium.seen.digests import Digests
from compendium.workflow import lock_file
from compendium.workflow.lock_file import Entry
from compendium.workflow.notebooks import Notebook
from compendium.workflow.reasons import Reason, between, between_cells

OURS = "compendium/"  # before the names of modules of the package; others are named from the root
OUTSIDE = "<data_root>/"  # before the names of records that lie outside the checkout


def reason(
    root: Root,
    locality: Locality,
    notebook: Notebook,
    given: Mapping[str, Any],
    digests: Digests,
    entries: Mapping[str, Entry],
) -> Reason:
    """Why `notebook` has to run for `locality`, or that it hasn't: everything that changed since its entry was made."""
    before = entries.get(notebook.name)
    if before is None:
        return Reason("never run")
    now = present(root, locality, notebook, given, like=before, digests=digests)
    return changes(before, lock_file.protected(root, locality, now, before), notebook)


def changes(before: Entry, now: Entry, notebook: Notebook) -> Reason:
    """What differs between two entries of a notebook, as a reason to run or none."""
    found = [
        *between_cells(before.source, now.source),
        *between("parameter", before.parameters, now.parameters, values=True, untold=notebook.sensitive),
        *between("setting", before.settings, now.settings, values=True),
        *between("input", before.inputs, now.inputs),
        *between("module", before.modules, now.modules),
        *between("library", before.libraries, now.libraries, values=True),
        *between("result", before.results, now.results),
    ]
    return Reason("changed", tuple(found)) if found else Reason("unchanged")


def present(
    root: Root, locality: Locality, notebook: Notebook, given: Mapping[str, Any], *, like: Entry, digests: Digests
) -> Entry:
    """What a notebook would rest on now, for the files, modules and libraries named in `like`; hashes are plain."""
    asker = locality.id
    return Entry(
        source=cells(notebook),
        parameters=_parameters(root, locality, notebook, given),
        settings=_as_stored(locality.seen_settings(like.asked)),
        inputs={name: digests.of(_path(root, locality, name), asker) for name in like.inputs if _inside(name)},
        modules={name: digests.of(_module(root, name), asker) for name in like.modules if _inside(name)},
        libraries=versions.of(like.libraries),
        results=_results(root, locality, notebook.name, digests),
        keyed=like.keyed,
        asked=like.asked,
    )


def observed(root: Root, locality: Locality, notebook: Notebook, given: Mapping[str, Any], digests: Digests) -> Entry:
    """What the run of `notebook` that has just ended rests on, as it was when it was read; hashes are plain."""
    reads = json.loads((root.proposals(locality.id) / notebook.name / READS).read_text("utf-8"))
    names = {file: _name(locality, file) for file in reads["files"]}
    inputs = {names[file]: digest for file, digest in reads["files"].items() if not _is_settings(locality, file)}
    real = [told for told in reads["sources"].values() if _is_real(told)]
    files = {Path(told["file"]).name for told in real} | {file for file in reads["files"] if Path(file).is_absolute()}
    return Entry(
        source=cells(notebook),
        parameters=_parameters(root, locality, notebook, given),
        settings=_as_stored(locality.seen_settings(reads["asked"])),
        inputs={**_without_settings(locality, reads["opened"]), **inputs},
        modules={**{OURS + name: digest for name, digest in reads["code"].items()}, **reads["beside"]},
        libraries=versions.imported(reads["libraries"]),
        results=_results(root, locality, notebook.name, digests),
        keyed=tuple(sorted(names[file] for file in names if file in files or (real and Path(file).name in files))),
        asked=tuple(reads["asked"]),
    )


def record(root: Root, locality: Locality, notebook: Notebook, given: Mapping[str, Any], digests: Digests) -> Entry:
    """Write down what the finished run of `notebook` rests on, in the locality's lock file.

    Raises `NotebookFailed` when what was noted while it ran can't be read: a cell can write there too.
    """
    try:
        seen = observed(root, locality, notebook, given, digests)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        message = f"notebooks/{notebook.name}.ipynb ({locality.id}): the note of what it read is damaged."
        remedy = "A cell wrote into the folder of its proposals: leave that to study.publish."
        raise NotebookFailed(Problem(message=message, remedy=remedy)) from None
    lock_file.write(root, locality, notebook.name, seen)
    return seen


def cells(notebook: Notebook) -> tuple[tuple[str, str, str], ...]:
    """Type, id and hash of each cell as stored: what is executed, without outputs and metadata."""
    return tuple((kind, id_, digest_of(source)) for kind, id_, source in notebook.cells)


def digest_of(text: str) -> str:
    """The SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _parameters(root: Root, locality: Locality, notebook: Notebook, given: Mapping[str, Any]) -> dict[str, Any]:
    secret = notebook.sensitive
    return {name: lock_file.sealed(root, locality, value) if name in secret else value for name, value in given.items()}


def _as_stored(settings: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(settings))
    return found


def _name(locality: Locality, file: str) -> str:
    """A file as the lock file names it: no folder of a machine stands there."""
    records = locality.records
    path = Path(file)
    if not path.is_absolute():
        return file
    return OUTSIDE + (path.relative_to(records).as_posix() if records and path.is_relative_to(records) else path.name)


def _inside(name: str) -> bool:
    """Whether a name leads nowhere else: a lock file may be committed, and an entry of a cache is anybody's."""
    return name.isprintable() and not name.startswith("/") and ".." not in name.split("/")


def _path(root: Root, locality: Locality, name: str) -> Path:
    if name.startswith(OUTSIDE):
        return (locality.records or root.path) / name.removeprefix(OUTSIDE)
    return root.path / name


def _module(root: Root, name: str) -> Path:
    return PACKAGE / name.removeprefix(OURS) if name.startswith(OURS) else root.path / name


def _is_settings(locality: Locality, file: str) -> bool:
    return file == f"localities/{locality.id}/locality.yml"


def _without_settings(locality: Locality, files: Mapping[str, str]) -> dict[str, str]:
    return {name: digest for name, digest in files.items() if not _is_settings(locality, name)}


def _is_real(told: Mapping[str, str]) -> bool:
    return told["provenance"] == "real" and told["sensitivity"] == "sensitive"


def _results(root: Root, locality: Locality, name: str, digests: Digests) -> dict[str, str]:
    """Proposals and raw notebook, as far as they are there."""
    folder = root.proposals(locality.id) / name
    raw = root.raw_notebooks(locality.id) / f"{name}.ipynb"
    paths = [*digests.files(folder, "*.json", locality.id), raw]
    return {path.name: digests.of(path, locality.id) for path in paths}
