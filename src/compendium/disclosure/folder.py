"""What a folder publishes, as its readers have it: released tables with what they say of themselves, or bare CSVs."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from compendium import bounded
from compendium.aggregate import COUNT, TOTAL, Dimension
from compendium.disclosure.addition import WITNESSES
from compendium.disclosure.attack import ReleasedTable, read_released
from compendium.disclosure.crossing import Shape
from compendium.disclosure.foreign import read_foreign
from compendium.disclosure.known import Bounds
from compendium.disclosure.policy import Policy, policies, policy
from compendium.disclosure.protect import FILE
from compendium.disclosure.rounding import bounds_of
from compendium.errors import InputRefused, Problem

CERTIFICATE = "certificate.json"
LEAST = "threshold-10"  # the policy of a table that names none
PERSONS = re.compile(r"person|people|victim|suspect|offender|child|case|crime|participant|patient", re.IGNORECASE)
TABLES = (".csv", ".tsv", ".xlsx", ".xls", ".ods", ".parquet")
LARGEST = 64 << 20  # bytes of a released table or of its description
MOST_COLUMNS = 500
MOST_ROWS = 500_000  # an attack over more cells than 200,000 is refused anyhow
NAMED = 5  # files that a note lists


@dataclass(frozen=True)
class Together:
    """Tables that are attacked together. `unit`: what they count, when they say so.

    `policy`: set when the counts are rounded by it. `certain`: whether they are known to count the same records.
    """

    unit: str
    tables: tuple[ReleasedTable, ...]
    policy: Policy | None = None
    certain: bool = True


def read_folder(folder: Path, count: str, rounded: int) -> list[Together]:
    """The tables of a folder, by what they count. Public tables are left out: nothing in them is hidden."""
    if folder.is_file():
        raise InputRefused(f"{folder.name} is a file.", "Put it into a folder of its own and name that.")
    if not folder.is_dir():
        raise InputRefused(f"There is no folder {folder.name}.", "Name a folder of released tables.")
    least = policy(LEAST).threshold
    place = folder / "tables" if (folder / "tables").is_dir() else folder
    units: dict[str, list[ReleasedTable]] = {}
    alone: list[Together] = []
    foreign: list[ReleasedTable] = []
    for path in sorted(place.glob("*.csv")):
        beside = path.with_name(path.name.removesuffix(".csv") + ".json")
        if path.name == FILE:
            own = _protected(path, count)
            if own.policy is None:
                foreign.append(own.tables[0])
            else:
                alone.append(own)
        elif not beside.exists():
            table = read_foreign(path.name, read_csv(path), count, least)
            foreign.append(in_steps(table, rounded) if rounded else table)
        else:
            said = load(beside)
            if not _left_out(said) and not read_csv(path).empty:
                units.setdefault(str(said.get("unit", "")), []).append(_described(path, said))
    found = [Together(unit, tuple(tables)) for unit, tables in sorted(units.items())]
    found += alone
    for tables in linked(foreign):
        own_name = FILE if [table.shape.name for table in tables] == [FILE] else ""
        found.append(Together(own_name, tables, certain=len(tables) == 1))
    if not found:
        raise InputRefused(
            f"{folder.name} holds no released table.", f"Name a folder with tables/*.csv or {FILE}, or any CSV."
        )
    return found


def left_aside(folder: Path) -> list[str]:
    """What a folder holds and no attack was made on, in sentences: public figures, statistics, other kinds of files."""
    place = folder / "tables" if (folder / "tables").is_dir() else folder
    read = set(place.glob("*.csv"))
    public = [p.name for p in sorted(read) if _says(p).get("sensitivity") == "public"]
    other = [p.name for p in sorted(read) if _says(p).get("kind", "counts") != "counts" and p.name not in public]
    unread = sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path not in read and path.suffix.casefold() in TABLES and path.is_file()
    )
    return [
        f"Not attacked, {why}: {', '.join(names[:NAMED])}"
        + (f" and {len(names) - NAMED} more." if names[NAMED:] else ".")
        for why, names in (
            ("since they say that they are public", public),
            ("since they say that they hold statistics, not counts", other),
            (f"since only *.csv in {place.name} are read", unread),
        )
        if names
    ]


def _says(path: Path) -> dict[str, Any]:
    beside = path.with_name(path.name.removesuffix(".csv") + ".json")
    return load(beside) if beside.exists() and path.name != FILE else {}


def _left_out(said: dict[str, Any]) -> bool:
    return said.get("kind", "counts") != "counts" or said.get("sensitivity") == "public"


def linked(tables: Sequence[ReleasedTable], *, alike: bool = False) -> list[tuple[ReleasedTable, ...]]:
    """Bare tables in groups that hang together by columns of the same name and the same labels.

    Unless they have to be `alike`, two labels in common are enough: a tool may leave out what it hides.
    """
    left, groups = list(tables), []
    while left:
        group = [left.pop(0)]
        for table in group:
            near = [other for other in left if _same_column(table, other, alike)]
            group += near
            left = [other for other in left if other not in near]
        group = [replace(table, shape=replace(table.shape, partial=not alike and len(group) > 1)) for table in group]
        groups.append(tuple(sorted(group, key=lambda table: table.shape.name)))
    return groups


def _same_column(one: ReleasedTable, other: ReleasedTable, alike: bool) -> bool:
    labels = {d.name: set(d.categories) for d in one.shape.dimensions}
    return any(
        labels[d.name] == set(d.categories) or (not alike and len(labels[d.name] & set(d.categories)) > 1)
        for d in other.shape.dimensions
        if d.name in labels
    )


def in_steps(table: ReleasedTable, base: int) -> ReleasedTable:
    """The table with every shown count read as rounded to the nearest multiple of `base`; a 0 stays what it is."""
    bounds: dict[tuple[str, ...], Bounds] = dict(table.bounds)
    for labels, shown in table.counts.items():
        if shown:
            bounds[labels] = (max(0, shown - base // 2), shown + base // 2)
    return replace(table, counts={key: shown for key, shown in table.counts.items() if not shown}, bounds=bounds)


def _protected(path: Path, count: str) -> Together:
    """`protected.csv` with its certificate, which names the policy; a looser threshold of its own is not believed."""
    beside = path.with_name(CERTIFICATE)
    said = load(beside) if beside.exists() else {}
    chosen = _policy(str(said.get("policy", "")))
    rounds = chosen.method in ("round", "midpoint")
    threshold = chosen.threshold if rounds or chosen.method == "suppress" else policy(LEAST).threshold
    table = read_foreign(path.name, read_csv(path), str(said.get("count", count)), threshold)
    return Together(FILE, (_rounded(table, chosen),), chosen) if rounds else Together(FILE, (table,))


def _rounded(table: ReleasedTable, chosen: Policy) -> ReleasedTable:
    """Printed counts as intervals. A margin that is the sum of what is printed says nothing; others are counts."""
    redacted = (0 if chosen.zeros != "never" else 1, chosen.threshold - 1 if chosen.method == "round" else None)
    bounds: dict[tuple[str, ...], Bounds] = dict.fromkeys(table.hidden, redacted)
    for labels, printed in table.counts.items():
        held = [n for key, n in table.counts.items() if TOTAL not in key and _in(key, labels)]
        if TOTAL not in labels or printed != sum(held):
            bounds[labels] = bounds_of(printed, chosen)
    inner = tuple(key for key in table.counts if TOTAL not in key)
    return replace(table, counts={}, bounds=bounds, hidden=(*table.hidden, *inner))


def _in(cell: tuple[str, ...], margin: tuple[str, ...]) -> bool:
    return all(a in (b, TOTAL) for a, b in zip(margin, cell, strict=True))


def _described(path: Path, said: dict[str, Any]) -> ReleasedTable:
    """A table with its description. Where persons are counted, no policy is believed that hides nothing."""
    try:
        dimensions = _dimensions(said)
    except (KeyError, TypeError, ValueError, AttributeError):
        message = "The description beside the table does not say its dimensions and their categories."
        raise InputRefused(
            Problem(path.name, message=message, remedy="Remove it to have the CSV read as it is.")
        ) from None
    name, frame = str(said.get("name", path.stem)), read_csv(path)
    if absent := [column for column in (*(d.name for d in dimensions), COUNT) if column not in frame.columns]:
        message = "The description beside the table names a column that the table has not."
        raise InputRefused([Problem(path.name, 1, column[:40], message) for column in absent])
    chosen = _policy(str(said.get("policy", "")))
    persons = chosen.units != "services" or PERSONS.search(str(said.get("unit", "")))
    bare = chosen.method != "suppress" and persons
    threshold = policy(LEAST).threshold if bare else chosen.threshold
    return read_released(name, Shape(name, dimensions), frame, COUNT, threshold)


def _dimensions(said: dict[str, Any]) -> tuple[Dimension, ...]:
    return tuple(
        Dimension(
            str(entry["name"]),
            str(entry.get("title", entry["name"])),
            dict(entry["categories"]),
            variable=str(entry.get("variable", "")),
            members={code: tuple(members) for code, members in (entry.get("members") or {}).items()},
        )
        for entry in said["dimensions"]
    )


def _policy(name: str) -> Policy:
    return policies().get(name, policy(LEAST))


def witnesses(folder: Path) -> dict[str, Any]:
    """By unit, the proof that lies beside a release; empty when it has none."""
    path = folder / WITNESSES
    if not path.exists():
        return {}
    units = load(path).get("units")
    if not isinstance(units, list):
        raise InputRefused(Problem(path.name, message="The file of witnesses is damaged.", remedy="Settle again."))
    return {str(unit.get("unit")) or FILE: unit for unit in units if isinstance(unit, dict)}


def read_csv(path: Path) -> pd.DataFrame:
    """A CSV with a header, as texts. Raises `InputRefused` for anything else."""
    text = bounded.text_of(path, LARGEST)
    header = text.partition("\n")[0].rstrip("\r").split(",")
    what = "holds NUL bytes" if "\0" in text else ""
    what = what or (f"has more than {MOST_COLUMNS} columns" if len(header) > MOST_COLUMNS else "")
    what = what or (f"has more than {MOST_ROWS:,} rows" if text.count("\n") > MOST_ROWS else "")
    what = what or ("has a column that stands twice" if len(set(header)) < len(header) else "")
    if what:
        raise InputRefused(Problem(path.name, message=f"The file {what}.", remedy="Save it as CSV (UTF-8)."))
    try:
        return pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, na_values=[""])
    except (ValueError, pd.errors.ParserError, pd.errors.EmptyDataError):
        message = "The file is not a CSV with a header."
        raise InputRefused(Problem(path.name, message=message, remedy="Save it as CSV (UTF-8).")) from None


def _no_constant(name: str) -> float:
    raise ValueError(name)


def load(path: Path) -> dict[str, Any]:
    """A JSON object. Raises `InputRefused` for anything else."""
    try:
        return dict(json.loads(bounded.bytes_of(path, LARGEST), parse_constant=_no_constant))
    except (ValueError, TypeError, RecursionError):
        raise InputRefused(Problem(path.name, message="The file is not JSON.")) from None
