"""Settle: protect and attack all proposals of a locality together, then write what may be shown.

The settler is the only writer of `outputs/<locality>`; it works aside and renames the whole folder. Whoever calls it
holds the locality (`lock`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
from nbformat import NotebookNode

from compendium import disclosure, proposals
from compendium.aggregate import Counts, Released, Statistic
from compendium.errors import DisclosureRefused
from compendium.locality import Locality
from compendium.paths import Root, folder_aside, left_behind, write_whole
from compendium.proposals import Proposal
from compendium.release import gate, show, tables, typed, values


@dataclass(frozen=True)
class Settled:
    """What settling a locality came to."""

    locality: str
    tables: int
    hidden: int
    again: bool  # False: nothing had changed, the release stands as it was


def settle(root: Root, locality: Locality, notebooks: list[str], *, force: bool = False) -> Settled:
    """Settle the last proposals of all `notebooks`. Raises `DisclosureRefused` when they can't be released safely."""
    key = _key(root, locality, notebooks)
    note = root.private_room(locality.id) / "settled.json"
    done = _last(note)
    out = root.outputs / locality.id
    if not force and done.get("key") == key and out.exists() and not left_behind(out):
        return Settled(locality.id, done["tables"], done["hidden"], again=False)
    found = proposals.by_name(proposals.read_all(root.proposals(locality.id), notebooks))
    if not found:
        raise DisclosureRefused(f"{locality.id}: no notebook has published anything.", "Run the notebooks first.")
    raw = {name: nbformat.read(root.raw_notebooks(locality.id) / f"{name}.ipynb", as_version=4) for name in notebooks}
    if computed := [problem for name in notebooks for problem in typed.problems(raw[name], name, found)]:
        raise DisclosureRefused(computed)
    released, protected = release(found, locality)
    with folder_aside(out) as aside:
        _write(aside, root, locality, raw, released, protected)
    hidden = sum(int((item.frame["status"] == "hidden").sum()) for item in released.values() if "status" in item.frame)
    settled = Settled(locality.id, len(released), hidden, again=True)
    write_whole(root.private / locality.id / "reasons.json", _json(protected.reasons))
    write_whole(note, _json({"key": key, "tables": settled.tables, "hidden": settled.hidden}))
    return settled


def _last(note: Path) -> dict[str, Any]:
    """What the last settling wrote down; nothing when that can't be read."""
    try:
        done = json.loads(note.read_text("utf-8")) if note.exists() else {}
    except ValueError:
        return {}
    return done if isinstance(done, dict) and {"key", "tables", "hidden"} <= set(done) else {}


def release(found: Mapping[str, Proposal], locality: Locality) -> tuple[dict[str, Released], disclosure.Protected]:
    """What may be shown of `found`: counts protected together, statistics each by the rule of its kind."""
    counts = {
        name: proposal.aggregate
        for name, proposal in found.items()
        if isinstance(proposal.aggregate, Counts) and not proposal.empty
    }
    protected = disclosure.settle_counts(counts, policy=locality.disclosure.policy or None)
    released = {}
    for name, proposal in found.items():
        aggregate = proposal.aggregate
        if proposal.empty:
            frame = aggregate.frame
        elif isinstance(aggregate, Statistic):
            frame = disclosure.settle_statistic(aggregate)
        else:
            frame = protected.frames[name]
        released[name] = _released(proposal, frame)
    return released, protected


def _released(proposal: Proposal, frame: pd.DataFrame) -> Released:
    aggregate = proposal.aggregate
    is_counts = isinstance(aggregate, Counts)
    columns = (
        {dimension.name: dimension.title for dimension in aggregate.dimensions}
        if isinstance(aggregate, Counts)
        else dict(aggregate.columns)
    )
    return Released(
        name=proposal.name,
        title=proposal.title,
        caption=proposal.caption,
        frame=frame.reset_index(drop=True),
        unit=aggregate.unit,
        kind="counts" if is_counts else aggregate.kind,  # type: ignore[union-attr]
        dimensions=aggregate.dimensions if isinstance(aggregate, Counts) else (),
        columns=columns,
        origin=aggregate.origin,
        policy="none: public figures" if aggregate.origin.sensitivity == "public" else aggregate.origin.policy,
        chart=proposal.chart,
        options=proposal.options,
        note=proposal.note,
    )


def _write(
    out: Path,
    root: Root,
    locality: Locality,
    raw: Mapping[str, NotebookNode],
    released: Mapping[str, Released],
    protected: disclosure.Protected,
) -> None:
    reads = _reads(root, locality, list(raw))
    shown = {}
    for name, item in released.items():
        stem = show.stem(item)
        write_whole(out / "tables" / f"{stem}.csv", tables.as_csv(item))
        write_whole(out / "tables" / f"{stem}.json", tables.as_json(item, _inputs(item, reads)))
        shown[name] = show.as_markdown(item, out)
    found = values.derive(released.values())
    write_whole(out / "values.json", _json(found))
    write_whole(out / "certificate.json", _json(protected.certificate))
    write_whole(out / "datapackage.json", _json(_datapackage(locality, released)))
    for notebook, executed in raw.items():
        title = str(executed.metadata.get("compendium", {}).get("title", notebook))
        public = gate.pass_through(executed, shown, title=title, metadata={"locality": locality.id})
        write_whole(out / "notebooks" / f"{notebook}.ipynb", nbformat.writes(public) + "\n")


def _datapackage(locality: Locality, released: Mapping[str, Released]) -> dict[str, Any]:
    resources = [
        {
            "name": name.replace("_", "-"),
            "title": item.title,
            "path": f"tables/{show.stem(item)}.csv",
            "format": "csv",
            "encoding": "utf-8",
            "sources": [{"title": item.origin.source}],
            "provenance": item.origin.provenance,
        }
        for name, item in released.items()
    ]
    return {"name": locality.id.replace("_", "-"), "title": f"{locality.name}: released tables", "resources": resources}


def _reads(root: Root, locality: Locality, notebooks: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for notebook in notebooks:
        path = root.proposals(locality.id) / notebook / proposals.READS
        found |= json.loads(path.read_text("utf-8"))["files"]
    return found


def _inputs(item: Released, reads: Mapping[str, str]) -> dict[str, str]:
    """The hash of the input behind a table. Real, sensitive input isn't named: a hash lets guesses be tested."""
    origin = item.origin
    private = origin.sensitivity == "sensitive" and origin.provenance == "real"
    return {} if private or origin.file not in reads else {origin.file: reads[origin.file]}


def _key(root: Root, locality: Locality, notebooks: list[str]) -> str:
    """Proposals, raw notebooks' sources, the locality's settings and the code that settles and draws."""
    digest = hashlib.sha256()
    package = Path(__file__).parents[1]
    code = [
        path
        for room in ("release", "disclosure", "charts")
        for path in sorted((package / room).rglob("*.*"))
        if "__pycache__" not in path.parts
    ]
    code += [package / "aggregate.py", package / "proposals.py", package / "markdown.py"]
    files = [
        *(path for notebook in notebooks for path in sorted((root.proposals(locality.id) / notebook).glob("*.json"))),
        root.localities / locality.id / "locality.yml",
        *code,
    ]
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for notebook in notebooks:
        raw = nbformat.read(root.raw_notebooks(locality.id) / f"{notebook}.ipynb", as_version=4)
        digest.update("\0".join(cell.source for cell in raw.cells).encode())
    return digest.hexdigest()


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False) + "\n"
