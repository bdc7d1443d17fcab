"""A locality's file of what others know already, as tables for the attacker: one row a number, by its dictionary."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from compendium import bounded
from compendium.aggregate import TOTAL, Counts, Dimension
from compendium.disclosure.known import OUTSIDE, Bounds, KnownTable, Labels, Period
from compendium.errors import InputRefused, Problem, nearest

LARGEST = 16 << 20  # bytes: numbers that somebody typed
OTHERS = "all_others"  # the categories that a dimension has beside those which the file names
PLACES = (1, 2, 3)  # dimension_1 and category_1, and so on
KINDS = {
    "foi_reply": "reply to a freedom of information request",
    "official_table": "official table",
    "police_uk": "police.uk",
    "review": "published review",
    "court": "court",
    "press": "press",
    "other": "other",
}
WHOLE = re.compile(r"[0-9]{1,12}")
Row = tuple[int, dict[str, str]]
Key = tuple[str, str, Period, tuple[str, ...]]


def read_outside(file: Path, tables: Mapping[str, Counts]) -> tuple[KnownTable, ...]:
    """The numbers of an `outside_knowledge` file as known tables, one for each name, unit, period and dimensions.

    `tables`: the tables of the locality that will be released; their dimensions, and the finest categories of their
    variables, say what the codes of the file mean. A dimension that no table of the unit has is kept as far as the
    file names its categories. Raises `InputRefused` with every wrong row.
    """
    problems: list[Problem] = []
    found: dict[Key, dict[Labels, Bounds]] = {}
    meant: dict[Key, tuple[Dimension, ...]] = {}
    kinds: dict[Key, str] = {}
    rows = list(_rows(file))
    named = _named(rows)
    for line, row in rows:
        pairs = [(row[f"dimension_{n}"], row[f"category_{n}"]) for n in PLACES if row.get(f"dimension_{n}")]
        names = tuple(name for name, _ in pairs)
        key = (row["name"], row["unit"], (row["period_from"], row["period_to"]), names)
        dimensions = tuple(_dimension(name, row["unit"], tables, named) for name in names)
        labels = tuple(label or TOTAL for _, label in pairs)
        wrong = _wrong(file, line, row, dimensions, labels)
        if labels in found.get(key, {}):
            wrong.append(Problem(file.name, line, message="The number of this cell stands in the file twice."))
        problems += wrong
        if not wrong:
            found.setdefault(key, {})[labels] = (int(row["lowest"]), int(row["highest"]) if row["highest"] else None)
            meant[key] = dimensions
            kinds.setdefault(key, KINDS.get(row["source_kind"], row["source_kind"]))
    if problems:
        raise InputRefused(problems)
    return tuple(
        KnownTable(key[0], f"{OUTSIDE}: {kinds[key]}", key[1], meant[key], key[2], cells)
        for key, cells in found.items()
    )


def _rows(file: Path) -> Iterator[Row]:
    """Each row with its line; lines as in a spreadsheet whose header is row 1."""
    wanted = {"name", "unit", "lowest", "highest", "period_from", "period_to", "source_kind"}
    wanted |= {f"{what}_{place}" for what in ("dimension", "category") for place in PLACES}
    text = bounded.text_of(file, LARGEST)
    try:
        with io.StringIO(text, newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            header = reader.fieldnames or []
            if "\0" in text:
                raise csv.Error("NUL bytes")
            if twice := sorted({column for column in header if header.count(column) > 1}):
                raise InputRefused([Problem(file.name, 1, column, "The column stands twice.") for column in twice])
            if absent := sorted(wanted - set(header)):
                raise InputRefused([Problem(file.name, 1, column, "The column is missing.") for column in absent])
            for line, row in enumerate(reader, 2):
                yield line, {str(name): (text or "").strip() for name, text in row.items() if name}
    except csv.Error:
        raise InputRefused(Problem(file.name, message="The file can't be read.", remedy="Save it as UTF-8.")) from None


def _named(rows: Sequence[Row]) -> dict[str, set[str]]:
    """By dimension, the categories that the file names."""
    found: dict[str, set[str]] = {}
    for _, row in rows:
        for n in PLACES:
            if row.get(f"dimension_{n}"):
                found.setdefault(row[f"dimension_{n}"], set()).add(row[f"category_{n}"] or TOTAL)
    return found


def _dimension(name: str, unit: str, tables: Mapping[str, Counts], named: Mapping[str, set[str]]) -> Dimension:
    """A dimension of a table of the unit; else the finest categories of a variable; else what the file names."""
    dimensions = [d for counts in tables.values() if counts.unit == unit for d in counts.dimensions]
    for dimension in dimensions:
        if dimension.name == name:
            return dimension
    finest = {
        code: code for d in dimensions if d.variable == name for members in d.members.values() for code in members
    }
    if finest:
        return Dimension(name, name, finest, area=any(d.area for d in dimensions if d.variable == name))
    return Dimension(name, name, {**{code: code for code in sorted(named[name] - {TOTAL})}, OTHERS: "All others"})


def _wrong(
    file: Path, line: int, row: Mapping[str, str], dimensions: Sequence[Dimension], labels: Labels
) -> list[Problem]:
    problems = []
    for place, (dimension, label) in enumerate(zip(dimensions, labels, strict=True), 1):
        if label != TOTAL and label not in dimension.categories:
            message = f"'{dimension.name}' has no such category in the tables of this locality."
            remedy = nearest(label, list(dimension.categories))
            problems.append(Problem(file.name, line, f"category_{place}", message, remedy))
    if not WHOLE.fullmatch(row["lowest"]) or not WHOLE.fullmatch(row["highest"] or "0"):
        problems.append(Problem(file.name, line, "lowest", "Lowest and highest are whole numbers, 0 or more."))
    elif row["highest"] and int(row["highest"]) < int(row["lowest"]):
        problems.append(Problem(file.name, line, "highest", "The highest is below the lowest."))
    return problems
