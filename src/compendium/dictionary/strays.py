"""Files in a checkout that look like records of persons and that no locality names: nobody would check them."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from compendium.dictionary.schema import Dictionary
from compendium.dictionary.workbook import sheet_with_rows
from compendium.errors import Problem
from compendium.paths import Root

# made by a run, or another's: not searched
PASSED_OVER = frozenset({"outputs", "places", "node_modules", "data_dictionaries", "evidence", "tests", "framework"})
SHEETS = (".xlsx", ".xlsm", ".xls", ".ods", ".parquet", ".sav", ".dta", ".sqlite", ".db")
MADE = "blank.json"  # beside templates that `compendium new` made: what each of them is as long as it is blank
SYNTHETIC = ".synthetic."  # stands in the name of every file that a generator made
HEAD = 4096  # bytes in which a header ends and a row begins
FEWEST = 3  # columns in common
ALIKE = 0.6  # share of a table's columns that make a file one of that table


def strays(root: Root, dictionaries: Mapping[str, Dictionary], named: frozenset[Path]) -> list[Problem]:
    """Files below `root` with the columns of a sensitive table that are not `named`, and spreadsheets in localities.

    `named` holds every file that a locality names. A folder whose name begins with a dot is not searched.
    """
    sensitive = [described for described in dictionaries.values() if described.sensitive]
    found = []
    for path in _files(root.path):
        if path.resolve() in named or SYNTHETIC in path.name:
            continue
        kind = path.suffix.lower()
        table = _table_of(path, sensitive) if kind in (".csv", ".tsv", ".txt") else ""
        if kind in (".xlsx", ".xlsm"):
            table = sheet_with_rows(path, {described.name for described in sensitive})
        if table:
            message = f"It has the columns of {table}, and no locality names it: are these records of real persons?"
            remedy = "Move it out of the checkout; what is made up has .synthetic. in its name."
            found.append(Problem(root.relative(path), message=message, remedy=remedy))
        elif kind in SHEETS and path.is_relative_to(root.localities) and not _blank(path):
            message = "A spreadsheet that no locality names: nobody checks what is in it."
            remedy = "Name it under sources, or move it out of the checkout."
            found.append(Problem(root.relative(path), message=message, remedy=remedy))
    return found


def _blank(path: Path) -> bool:
    """Whether a workbook is still as `compendium new` made it, byte for byte: nobody has begun to fill it in."""
    made = path.with_name(MADE)
    try:
        return path.name in (known := json.loads(made.read_bytes())) and known[path.name] == digest(path.read_bytes())
    except (OSError, ValueError, TypeError):
        return False


def digest(content: bytes) -> str:
    """How a blank template is known again."""
    return hashlib.sha256(content).hexdigest()


def _files(top: Path) -> Iterator[Path]:
    for folder, below, files in os.walk(top):
        below[:] = sorted(name for name in below if name not in PASSED_OVER and not name.startswith("."))
        yield from (Path(folder) / name for name in sorted(files))


def _table_of(path: Path, sensitive: list[Dictionary]) -> str:
    """The sensitive table whose columns the first line names, with a row below it; or nothing."""
    try:
        with path.open("rb") as stream:
            first, _, below = stream.read(HEAD).partition(b"\n")
            if not below.strip():
                return ""  # a heading alone, as a template has it
            head = first.decode("utf-8-sig", errors="replace")
    except OSError:
        return ""
    columns = {name.strip().strip('"') for sign in (",", ";", "\t") for name in head.split(sign)}
    shared = {described.name: len(columns & set(described.names)) for described in sensitive}
    alike = {table.name: shared[table.name] / len(table.names) for table in sensitive if shared[table.name] >= FEWEST}
    best = max(alike, key=lambda name: alike[name], default="")
    return best if best and alike[best] >= ALIKE else ""
