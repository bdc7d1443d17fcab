"""The commands `protect` and `audit` without the command line: files in, files or a finding out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from compendium.aggregate import COUNT, Dimension
from compendium.disclosure.addition import WITNESSES, compact
from compendium.disclosure.attack import HiddenCell, ReleasedTable, attack_tables, read_released, subtracted
from compendium.disclosure.crossing import Shape
from compendium.disclosure.foreign import read_foreign
from compendium.disclosure.policy import Policy, policies, policy
from compendium.disclosure.protect import FILE, protect
from compendium.disclosure.settle import STATUS
from compendium.errors import DisclosureRefused, InputRefused, Problem
from compendium.paths import write_whole

PROTECTED, CERTIFICATE = FILE, "certificate.json"
LEAST = "threshold-10"  # the policy of a table that names none
LISTED = 20  # cells of a finding that the text lists


@dataclass(frozen=True)
class Audit:
    """What an attack on a folder found. `text` is for people: it says how many cells, and lists those not protected."""

    protected: bool
    text: str
    cells: tuple[HiddenCell, ...]
    open: tuple[str, ...]  # what is wrong, one line each


def protect_csv(
    table: Path,
    *,
    rows: str | Sequence[str],
    columns: str | Sequence[str],
    count: str,
    policy: str = LEAST,
    out: Path,
    private: Path | None = None,
) -> str:
    """Protect a long CSV, a row a cell; write `protected.csv` and `certificate.json` to `out`. Gives a summary.

    Several label columns are separated by commas. Which cells were small themselves goes to `private` only, which may
    not lie inside `out`. Nothing is written when the input or the place of `private` is refused.
    """
    if private is not None and private.resolve().is_relative_to(out.resolve()):
        raise DisclosureRefused(
            f"The reasons for hiding ({private.name}) are private and may not lie inside {out.name}.",
            "Name a file outside the folder that is published.",
        )
    frame = _read_csv(table)
    try:
        found = protect(frame, rows=_several(rows, frame), columns=_several(columns, frame), count=count, policy=policy)
    except InputRefused as refused:
        raise InputRefused(
            Problem(table.name, p.row, p.column, p.message, p.remedy, p.level) for p in refused.problems
        ) from None
    out.mkdir(parents=True, exist_ok=True)
    write_whole(out / PROTECTED, found.published.to_csv(index=False, lineterminator="\n"))
    write_whole(out / CERTIFICATE, _json(found.certificate))
    write_whole(out / WITNESSES, compact(found.witnesses))
    if private is not None:
        names = found.certificate["columns"]
        why = [{**dict(zip(names, cell, strict=True)), "reason": reason} for cell, reason in found.reasons.items()]
        write_whole(private, _json({"private": "Never publish this file.", "cells": why}))
    hidden, cells = int((found.published[STATUS] == "hidden").sum()), len(found.published)
    note = found.certificate["note"] or f"{hidden} of {cells} cells and margins are hidden; every one is protected."
    return f"{note}\nWritten to {out.name}: {PROTECTED}, {CERTIFICATE}."


def audit_dir(folder: Path, *, count: str = "") -> Audit:
    """Attack what a folder publishes, from its files alone: tables of one unit together.

    The folder holds `protected.csv` with its certificate, or released tables (`tables/*.csv` or `*.csv`) each with a
    JSON file of the same name that gives unit, dimensions, policy and sensitivity. A CSV without one, by any tool, is
    read as `foreign.py` says, with `count` as its column of counts, and attacked alone under threshold-10.
    """
    if not folder.is_dir():
        raise InputRefused(f"There is no folder {folder.name}.", "Name a folder of released tables.")
    units = _tables(folder, count)
    if not units:
        raise InputRefused(
            f"{folder.name} holds no released table.", "Name a folder with tables/*.csv or protected.csv."
        )
    cells: list[HiddenCell] = []
    faults: list[str] = []
    for _, tables in sorted(units.items()):
        faults += [fault for table in tables for fault in _small_counts(table)]
        try:
            found = attack_tables(tables)
            away = subtracted(tables)
        except DisclosureRefused as refused:
            faults.append(str(refused))
            continue
        cells += found
        if away:
            faults.append(f"{away} groups under the threshold follow from unlike groupings by subtraction")
        faults += [
            f"{cell.table}: {_said(cell)} is {cell.interval.verdict}: at least {cell.interval.lowest}, "
            f"at most {'any number' if cell.interval.highest is None else cell.interval.highest}"
            for cell in found
            if cell.interval.verdict != "protected"
        ]
    number = sum(len(tables) for tables in units.values())
    head = f"{number} tables, {len(cells)} hidden cells and margins attacked."
    if not faults:
        return Audit(True, f"{head} Every one is protected.", tuple(cells), ())
    more = [f"… and {len(faults) - LISTED} more"] if len(faults) > LISTED else []
    return Audit(
        False, "\n".join([f"{head} {len(faults)} faults:", *faults[:LISTED], *more]), tuple(cells), tuple(faults)
    )


def _tables(folder: Path, count: str) -> dict[str, list[ReleasedTable]]:
    """The tables to attack, by unit. Public tables are not attacked: nothing in them is hidden."""
    least = policy(LEAST).threshold
    place = folder / "tables" if (folder / "tables").is_dir() else folder
    units: dict[str, list[ReleasedTable]] = {}
    for path in sorted(place.glob("*.csv")):
        beside = path.with_name(path.name.removesuffix(".csv") + ".json")
        if path.name == PROTECTED:
            beside = path.with_name(CERTIFICATE)
            said = _load(beside) if beside.exists() else {}
            chosen = _policy(str(said.get("policy", "")))
            threshold = chosen.threshold if chosen.method == "suppress" else least
            frame, named = _read_csv(path), str(said.get("count", count))
            units.setdefault(path.name, []).append(read_foreign(path.name, frame, named, threshold))
            continue
        if not beside.exists():
            units.setdefault(path.name, []).append(read_foreign(path.name, _read_csv(path), count, least))
            continue
        said = _load(beside)
        if said.get("kind", "counts") == "counts" and said.get("sensitivity") != "public" and said.get("rows", True):
            units.setdefault(str(said["unit"]), []).append(_described(path, said))
    return units


def _described(path: Path, said: dict[str, Any]) -> ReleasedTable:
    dimensions = tuple(
        Dimension(
            str(entry["name"]),
            str(entry.get("title", entry["name"])),
            dict(entry["categories"]),
            variable=str(entry.get("variable", "")),
            members={code: tuple(members) for code, members in (entry.get("members") or {}).items()},
        )
        for entry in said["dimensions"]
    )
    name = str(said.get("name", path.stem))
    chosen = _policy(str(said.get("policy", "")))
    return read_released(name, Shape(name, dimensions), _read_csv(path), COUNT, chosen.threshold)


def _policy(name: str) -> Policy:
    return policies().get(name, policy(LEAST))


def _small_counts(table: ReleasedTable) -> list[str]:
    """Counts from 1 up to the threshold that are not hidden at all."""
    names = [dimension.name for dimension in table.shape.dimensions]
    return [
        f"{table.shape.name}: {', '.join(f'{n} {c}' for n, c in zip(names, labels, strict=True))} shows a count under "
        f"{table.threshold}"
        for labels, count in table.counts.items()
        if 0 < count < table.threshold
    ]


def _said(cell: HiddenCell) -> str:
    return ", ".join(f"{name} {label}" for name, label in cell.labels.items())


def _several(names: str | Sequence[str], frame: pd.DataFrame) -> list[str]:
    if not isinstance(names, str):
        return list(names)
    return [names] if names in frame.columns else [name.strip() for name in names.split(",")]


def _read_csv(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""], encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputRefused(Problem(path.name, message="There is no such file.")) from None
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        kind = "is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else "is not a CSV with a header"
        raise InputRefused(Problem(path.name, message=f"The file {kind}.", remedy="Save it as CSV (UTF-8).")) from None


def _load(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, UnicodeDecodeError):
        raise InputRefused(Problem(path.name, message="The file is not JSON.")) from None


def _json(content: Any) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False, default=str) + "\n"
