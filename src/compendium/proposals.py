"""What a notebook proposes for release: written by `study`, read by `release`. Private until settled."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from compendium import bounded, jsonfile
from compendium.aggregate import COUNT, Counts, Dimension, Origin, Statistic
from compendium.errors import CompendiumError, InputRefused
from compendium.paths import READS, STOPPED
from compendium.writing import write_whole

ORDER = "order_in_notebook"  # among the options while they are stored
NAME = re.compile(r"[a-z][a-z0-9_]{2,59}")  # of what is published: files are called so


@dataclass(frozen=True)
class Proposal:
    """One aggregate that a notebook wants to show, and how."""

    name: str
    notebook: str
    title: str
    aggregate: Counts | Statistic
    chart: str = ""
    caption: str = ""
    note: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    designs: tuple[tuple[str, ...], ...] = ()  # coarser forms of counts, the finest first: names of their dimensions
    forms: tuple[tuple[Dimension, ...], ...] = ()  # when settled: the dimensions as asked, and in each of `designs`

    @property
    def empty(self) -> bool:
        return self.aggregate.frame.empty


@dataclass(frozen=True)
class Derivation:
    """A table that is worked out from released tables, after they are settled: `of` names them, `kind` says how."""

    name: str
    notebook: str
    title: str
    kind: str
    of: tuple[str, ...]
    chart: str = ""
    caption: str = ""
    note: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


DERIVED = "derived"


def write_derivation(folder: Path, derivation: Derivation) -> None:
    """Store a derivation beside the proposals of its notebook."""
    record = {**asdict(derivation), "of": list(derivation.of), "record": DERIVED}
    write_whole(folder / f"{derivation.name}.json", json.dumps(record, sort_keys=True, indent=1))


def read_derivations(folder: Path, notebooks: Iterable[str]) -> list[Derivation]:
    """What the `notebooks` of a locality derive, in their order, then in that of publishing."""
    found = []
    for notebook in notebooks:
        records = [record for record in _records(folder / notebook, notebook) if record.get("record") == DERIVED]
        made = [(_derivation(record), int(record["options"].get(ORDER, 0))) for record in records]
        found += [one for one, _ in sorted(made, key=lambda pair: pair[1])]
    return found


def refuse_damaged(folder: Path, notebook: str) -> None:
    """Raises `CompendiumError` when what lies in the folder of a notebook's proposals was not written by `study`."""
    note_of(folder)
    for record in _records(folder, notebook):
        read = _derivation if record.get("record") == DERIVED else _proposal
        read(record)


def note_of(folder: Path) -> dict[str, Any]:
    """What a notebook noted of its reading, in the folder of its proposals."""
    note = _json(folder / READS)
    kinds = {"files": dict, "sources": dict, "tables": dict, "asked": list, "opened": dict, "code": dict}
    if any(not isinstance(note.get(key, kind()), kind) for key, kind in kinds.items()) or "files" not in note:
        raise _damaged(folder / READS)
    return note


def _records(folder: Path, notebook: str) -> list[dict[str, Any]]:
    """What the notebook published, each under its own name: a cell, or whoever fills a cache, can write files here."""
    found = []
    for path in sorted(folder.glob("*.json")):
        if path.name in (READS, STOPPED):
            continue
        record = _json(path)
        if not NAME.fullmatch(path.stem) or (record.get("name"), record.get("notebook")) != (path.stem, notebook):
            raise _damaged(path)
        found.append(record)
    return found


def _json(path: Path) -> dict[str, Any]:
    try:
        if path.is_symlink():
            raise ValueError
        record = jsonfile.of_stranger(bounded.bytes_of(path, jsonfile.LARGEST))
    except (InputRefused, ValueError):
        raise _damaged(path) from None
    if not isinstance(record, dict):
        raise _damaged(path)
    return record


def _damaged(path: Path) -> CompendiumError:
    return CompendiumError(
        f"notebooks/{path.parent.name}.ipynb: {path.name} in the folder of what it published is damaged.",
        "Run it again with --force; let only study.publish and study.derive write there.",
    )


def _proposal(record: Mapping[str, Any]) -> Proposal:
    try:
        texts = (record[key] for key in ("title", "chart", "caption", "note", "unit", "kind"))
        if not all(isinstance(text, str) for text in texts) or not isinstance(record["options"], dict):
            raise TypeError
        int(record["order"])
        return _decode(record)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise _damaged(Path(str(record["notebook"])) / f"{record['name']}.json") from None


def _derivation(record: Mapping[str, Any]) -> Derivation:
    known = {key: value for key, value in record.items() if key != "record"}
    try:
        options = {key: value for key, value in record["options"].items() if key != ORDER}
        found = Derivation(**{**known, "of": tuple(record["of"]), "options": options})
        if not all(isinstance(text, str) for text in (found.title, found.kind, found.chart, found.caption, found.note)):
            raise TypeError
        int(record["options"].get(ORDER, 0))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise _damaged(Path(str(record["notebook"])) / f"{record['name']}.json") from None
    return found


def write(folder: Path, proposal: Proposal) -> None:
    """Store a proposal in `folder` as `<name>.json`, in sorted JSON."""
    write_whole(
        folder / f"{proposal.name}.json", json.dumps(_encode(proposal), sort_keys=True, indent=1, allow_nan=False)
    )


def read_all(folder: Path, notebooks: Iterable[str] | None = None) -> Iterator[Proposal]:
    """The proposals of a locality's `notebooks` (all that have some), in their order, then in that of publishing."""
    if notebooks is None:
        notebooks = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.exists() else []
    for notebook in notebooks:
        records = [record for record in _records(folder / notebook, notebook) if record.get("record") != DERIVED]
        made = [(_proposal(record), int(record["order"])) for record in records]
        yield from (one for one, _ in sorted(made, key=lambda pair: pair[1]))


def by_name(proposals: Iterator[Proposal]) -> dict[str, Proposal]:
    """Proposals by name; a name proposed by two notebooks is an error."""
    named: dict[str, Proposal] = {}
    for proposal in proposals:
        if proposal.name in named:
            raise CompendiumError(
                f"Two notebooks publish {proposal.name}: {named[proposal.name].notebook} and {proposal.notebook}.",
                "Give one of them another name.",
            )
        named[proposal.name] = proposal
    return named


def _encode(proposal: Proposal) -> dict[str, Any]:
    aggregate = proposal.aggregate
    record: dict[str, Any] = {
        "name": proposal.name,
        "order": int(proposal.options.get(ORDER, 0)),
        "notebook": proposal.notebook,
        "title": proposal.title,
        "chart": proposal.chart,
        "caption": proposal.caption,
        "note": proposal.note,
        "options": {key: value for key, value in proposal.options.items() if key != ORDER},
        "unit": aggregate.unit,
        "origin": asdict(aggregate.origin),
        "columns": list(aggregate.frame.columns),
        "rows": [[_plain(value) for value in row] for row in aggregate.frame.itertuples(index=False)],
    }
    if isinstance(aggregate, Counts):
        record |= {
            "kind": "counts",
            "dimensions": [
                encode_dimension(dimension)
                | {
                    "coarser": [encode_dimension(other) for other in dimension.coarser],
                    "outlines": list(dimension.outlines.items()),
                }
                for dimension in aggregate.dimensions
            ],
            "structural_zeros": sorted(map(list, aggregate.structural_zeros)),
            "designs": [list(design) for design in proposal.designs],
        }
    else:
        record |= {
            "kind": aggregate.kind,
            "titles": list(aggregate.columns.items()),
            "contributors": aggregate.contributors,
        }
    return record


def _decode(record: Mapping[str, Any]) -> Proposal:
    frame = pd.DataFrame(record["rows"], columns=record["columns"])
    origin = Origin(**record["origin"])
    aggregate: Counts | Statistic
    if record["kind"] == "counts":
        if not frame.empty:
            frame[COUNT] = frame[COUNT].astype("int64")
        dimensions = tuple(decode_dimension(item) for item in record["dimensions"])
        zeros = frozenset(map(tuple, record["structural_zeros"]))
        aggregate = Counts(frame, record["unit"], dimensions, origin, zeros)
    else:
        titles = dict(record["titles"])
        aggregate = Statistic(record["kind"], frame, titles, record["unit"], record["contributors"], origin)
    keys = ("name", "notebook", "title", "chart", "caption", "note", "options")
    designs = tuple(map(tuple, record.get("designs", ())))
    return Proposal(aggregate=aggregate, designs=designs, **{key: record[key] for key in keys})


def encode_dimension(dimension: Dimension) -> dict[str, Any]:
    """A dimension as JSON keeps it: categories and members as lists of pairs, since their order means something.

    Without what it may be merged into, and without outlines: a released table does not say.
    """
    record = asdict(replace(dimension, coarser=(), outlines={}))
    del record["coarser"], record["outlines"]
    record["categories"] = list(dimension.categories.items())
    record["members"] = [[code, list(members)] for code, members in dimension.members.items()]
    record["missing"] = list(dimension.missing)
    return record


def decode_dimension(record: Mapping[str, Any]) -> Dimension:
    """The inverse of `encode_dimension`."""
    return Dimension(
        **{
            **record,
            "categories": dict(record["categories"]),
            "members": {code: tuple(members) for code, members in record["members"]},
            "missing": tuple(record["missing"]),
            "coarser": tuple(decode_dimension(other) for other in record.get("coarser", ())),
            "outlines": dict(record.get("outlines", ())),
        }
    )


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return None
    return value.item() if hasattr(value, "item") else value
