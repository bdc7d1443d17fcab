"""The commands `protect` and `audit` without the command line: files in, files or a finding out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from compendium.aggregate import STATUS
from compendium.disclosure.addition import WITNESSES, check, compact
from compendium.disclosure.attack import HiddenCell
from compendium.disclosure.findings import left_standing, look_at
from compendium.disclosure.folder import CERTIFICATE, LEAST, left_aside, read_csv, read_folder, witnesses
from compendium.disclosure.protect import FILE, protect
from compendium.errors import DisclosureRefused, InputRefused, Problem
from compendium.writing import write_whole

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

    Several label columns are separated by commas. Which cells were small themselves, and how far the choice is from
    the least loss, goes to `private` only, which may not lie inside `out`. Nothing is written when the input or the
    place of `private` is refused.
    """
    if private is not None and private.resolve().is_relative_to(out.resolve()):
        raise DisclosureRefused(
            f"The reasons for hiding ({private.name}) are private and may not lie inside {out.name}.",
            "Name a file outside the folder that is published.",
        )
    _check_out(out, table)
    frame = read_csv(table)
    _check_long(frame, table, _several(rows, frame), _several(columns, frame))
    try:
        found = protect(frame, rows=_several(rows, frame), columns=_several(columns, frame), count=count, policy=policy)
    except InputRefused as refused:
        raise InputRefused(
            Problem(table.name, p.row, p.column, p.message, p.remedy, p.level) for p in refused.problems
        ) from None
    out.mkdir(parents=True, exist_ok=True)
    write_whole(out / FILE, found.published.to_csv(index=False, lineterminator="\n"))
    write_whole(out / CERTIFICATE, _json(found.certificate))
    write_whole(out / WITNESSES, compact(found.witnesses))
    if private is not None:
        names = found.certificate["columns"]
        why = [{**dict(zip(names, cell, strict=True)), "reason": reason} for cell, reason in found.reasons.items()]
        write_whole(private, _json({"private": "Never publish this file.", "mask": found.mask, "cells": why}))
    hidden, cells = int((found.published[STATUS] == "hidden").sum()), len(found.published)
    note = found.certificate["note"] or f"{hidden} of {cells} cells and margins are hidden; every one is protected."
    return f"{note}\nWritten to {out.name}: {FILE}, {CERTIFICATE}, {WITNESSES}."


def _check_out(out: Path, table: Path) -> None:
    """Everything in `out` may be published: true counts may not lie there."""
    if out.exists() and not out.is_dir():
        raise InputRefused(f"{out.name} is a file.", "Name a folder to write into, a new one for preference.")
    if table.resolve().is_relative_to(out.resolve()):
        raise DisclosureRefused(
            f"{table.name} holds the true counts and lies inside {out.resolve().name}, which is to be published.",
            "Name a folder of its own for what may be published.",
        )


def _check_long(frame: pd.DataFrame, table: Path, rows: Sequence[str], columns: Sequence[str]) -> None:
    """A row a cell: of a wide table one column of counts would pass as labels and be published as it stands."""
    header = [str(name) for name in frame.columns]
    if len(header) == 1 and (mark := next((mark for mark in (";", "\t", "|") if mark in header[0]), "")):
        said = {";": "semicolons", "\t": "tabs", "|": "bars"}[mark]
        raise InputRefused(Problem(table.name, 1, message=f"Columns are separated by {said}.", remedy="Use commas."))
    if not {*rows, *columns} <= set(header):
        return  # told by name later
    counts_alike = [n for n in columns if frame[n].nunique() > 1 and frame[n].str.fullmatch(r"\d+").fillna(False).all()]
    if counts_alike and not frame.duplicated(list(rows)).any():
        raise InputRefused(
            Problem(
                table.name,
                column=counts_alike[0],
                message="This looks like a column of counts in a wide table; as labels they would be published.",
                remedy="Write a row a cell: a column for each kind of label, one column for the count.",
            )
        )


def audit_dir(folder: Path, *, count: str = "", rounded: int = 0) -> Audit:
    """Attack what a folder publishes, from its files alone: tables of one unit together.

    The folder holds `protected.csv` with its certificate, or released tables (`tables/*.csv` or `*.csv`) each with a
    JSON file of the same name that gives unit, dimensions, policy and sensitivity. A CSV without one, by any tool, is
    read as `foreign.py` says, with `count` as its column of counts, under threshold-10; those with a column in common
    are attacked together when they can count the same records. `rounded`: what bare CSVs are rounded to, when it is
    known. Witness tables beside a release are added up too, and what one unit tells of another is looked for.
    """
    groups = read_folder(folder, count, rounded)
    proofs = witnesses(folder)
    cells: list[HiddenCell] = []
    faults: list[str] = []
    notes: list[str] = []
    proved = 0
    for group in groups:
        found = look_at(group)
        cells += found.cells
        faults += found.faults
        notes += found.notes
        proved_by = FILE if any(table.shape.name == FILE for table in group.tables) else group.unit
        if proved_by in proofs:
            proving = [table for table in group.tables if proved_by != FILE or table.shape.name == FILE]
            checked = check(proofs[proved_by], proving)
            proved += checked.cells
            faults += checked.wrong
    faults += left_standing({group.unit: group.tables for group in groups if group.certain and group.unit})
    number = sum(len(group.tables) for group in groups)
    kind = "hidden or rounded" if any(group.policy for group in groups) else "hidden"
    head = f"{number} {'table' if number == 1 else 'tables'}, {len(cells)} {kind} cells and margins attacked."
    if proofs:
        notes.append(f"{proved} hidden cells are shown protected by witness tables that add up to what is published.")
    notes += left_aside(folder)
    more = [f"… and {len(faults) - LISTED} more"] if len(faults) > LISTED else []
    said = "Every one is protected." if not faults else f"{len(faults)} faults:"
    text = "\n".join([f"{head} {said}", *faults[:LISTED], *more, *notes])
    return Audit(not faults, text, tuple(cells), tuple(faults))


def _several(names: str | Sequence[str], frame: pd.DataFrame) -> list[str]:
    if not isinstance(names, str):
        return list(names)
    return [names] if names in frame.columns else [name.strip() for name in names.split(",")]


def _json(content: Any) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False, default=str) + "\n"
