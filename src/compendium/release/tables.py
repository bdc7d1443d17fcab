"""A released table as CSV, JSON and markdown. Everything here reads released cells only."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from compendium import csvfile, jsonfile
from compendium.aggregate import TOTAL, Dimension, Released
from compendium.charts.words import plural
from compendium.markdown import escape, label, pipe_table
from compendium.proposals import encode_dimension
from compendium.release import links

HIDDEN = "hidden"
PROVENANCE_WORDS = {"real": "Published figures", "synthetic": "Synthetic data", "illustrative": "Illustrative"}
_NUMBER = r"-?[\d,.]+%?"
_FORMULA = ("=", "+", "-", "@")
SHARES = frozenset(  # columns of parts of a whole: read as percentages, kept as fractions in the files
    {
        "share",
        "share_high",
        "share_low",
        "share_of_events",
        "share_of_places",
        "incidence",
        "moved",
        "top_five",
        "same_five",
    }
)
SHARES_OF = {"forest": ("estimate", "low", "high", "weight"), "lorenz": ("chance_low", "chance_high")}  # by chart


def as_frame(released: Released) -> pd.DataFrame:
    """What the CSV file holds: a row a cell, labels beside codes, unit and provenance on every row."""
    frame = released.frame.copy()
    for dimension in released.dimensions:
        labels = {**dimension.categories, TOTAL: TOTAL}
        frame.insert(
            list(frame.columns).index(dimension.name) + 1, f"{dimension.name}_label", frame[dimension.name].map(labels)
        )
    if "unit" not in frame:  # a derived table of several units says it row by row
        frame["unit"] = released.unit
    frame["provenance"] = released.origin.provenance
    return frame


def as_csv(released: Released) -> str:
    """Long CSV, a row a cell: labels beside codes, and the provenance in words on every row."""
    frame = as_frame(released)
    return csvfile.text_of(
        frame.columns, ([_csv_cell(value) for value in row] for row in frame.itertuples(index=False))
    )


def as_json(released: Released, inputs: Mapping[str, str]) -> str:
    """Everything a released object says of itself, in sorted JSON."""
    record = {
        "name": released.name,
        "title": released.title,
        "caption": released.caption,
        "note": released.note,
        "unit": released.unit,
        "kind": released.kind,
        "chart": released.chart,
        "dimensions": [_dimension(dimension) for dimension in released.dimensions],
        "columns": dict(released.columns),
        "policy": released.policy,
        "provenance": released.origin.provenance,
        "sensitivity": released.origin.sensitivity,
        "source": released.origin.source,
        "licence": released.origin.licence,
        "table": released.origin.table,
        "inputs": dict(inputs),
        "not_recorded": not_recorded(released),
        "rows": json.loads(released.frame.to_json(orient="records")),
    }
    return jsonfile.text_of(record)


def not_recorded(released: Released) -> dict[str, dict[str, int | None]]:
    """For each dimension, how many units have no known category: None where that is hidden."""
    return {
        dimension.name: {code: released.count(**{dimension.name: code}) for code in dimension.missing}
        for dimension in released.dimensions
        if dimension.missing
    }


def as_markdown(released: Released, *, behind_figure: bool = False) -> str:
    """The table as a reader sees it, with caption and provenance, as a pipe table.

    One behind a figure has no number of its own and leaves the caption to the figure.
    """
    header, rows, right = _counts_rows(released) if released.kind == "counts" else _statistic_rows(released)
    anchor = "" if behind_figure else label("tbl", released.name)
    return pipe_table(header, rows, right=right, caption=_caption(released, behind_figure), anchor=anchor)


def _caption(released: Released, behind_figure: bool) -> str:
    parts = [released.title]
    if not behind_figure and released.caption.rstrip(".") != released.title.rstrip("."):
        parts.append(released.caption)
    if released.kind == "counts":
        parts.append(f"Counts of {plural(released.unit)}")
    records = released.origin.provenance == "real" and released.origin.sensitivity == "sensitive"
    words = "Real records" if records else PROVENANCE_WORDS[released.origin.provenance]
    parts.append(f"{words}: {released.origin.source}")
    return " ".join(f"{escape(part.rstrip('.'))}." for part in parts if part)


def count_text(value: int | None) -> str:
    """A count as prose and tables print it: thousands separated, a hidden one in a word."""
    return HIDDEN if value is None else f"{value:,}"


Body = tuple[list[str], list[list[str]], list[int]]


def _counts_rows(released: Released) -> Body:
    """One dimension down, a second across, totals last; further dimensions are joined down the side."""
    two = len(released.dimensions) > 1
    down = list(released.dimensions[:-1] if two else released.dimensions)
    across = released.dimensions[-1] if two else None
    codes = [*across.categories, TOTAL] if across else [TOTAL]
    labels = {**across.categories, TOTAL: TOTAL} if across else {TOTAL: "Number"}
    header = [escape(dimension.title) for dimension in down] + [escape(labels[code]) for code in codes]
    rows = []
    for names, combination in _combinations(down):
        cells = {**combination, **({across.name: TOTAL} if across else {})}
        counts = [released.count(**{**cells, **({across.name: code} if across else {})}) for code in codes]
        rows.append([*map(escape, names), *map(count_text, counts)])
    return header, rows, list(range(len(down), len(header)))


def _combinations(dimensions: list[Dimension]) -> list[tuple[list[str], dict[str, str]]]:
    found: list[tuple[list[str], dict[str, str]]] = [([], {})]
    for dimension in dimensions:
        labels = {**dimension.categories, TOTAL: TOTAL}
        found = [
            ([*names, text], {**codes, dimension.name: code}) for names, codes in found for code, text in labels.items()
        ]
    return found


def _statistic_rows(released: Released) -> Body:
    columns = [name for name in released.columns if name in released.frame.columns and not _empty(released.frame[name])]
    columns = [
        name for name in columns if f"{name}_label" not in columns
    ]  # the code is in the files; people read words
    header = [escape(released.columns[name]) for name in columns]
    right = [i for i, name in enumerate(columns) if _is_number(released.frame[name])]
    shares = shares_among(released)
    written = {
        name: (written_as_shares if name in shares else written_alike)(released.frame[name].tolist())
        for name in columns
    }
    rows = []
    for at, row in enumerate(released.frame.to_dict("records")):
        cells = [links.cell(released, name, row) or written[name][at] for name in columns]
        rows.append([links.anchored(released, cells[0], row), *cells[1:]] if cells else cells)
    return header, rows, right


def _empty(column: pd.Series) -> bool:
    return bool((column.isna() | (column.astype(str) == "")).all())


def _is_number(column: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(column) or column.astype(str).str.fullmatch(_NUMBER).all())


def shares_among(released: Released) -> frozenset[str]:
    """Columns whose numbers are parts of a whole, so that a table and its chart write them the same way."""
    drawn = SHARES_OF.get(released.chart, ()) if released.options.get("percent", True) else ()
    named = (SHARES | set(drawn)) & set(released.frame.columns)
    return frozenset(name for name in named if released.frame[name].dropna().map(_is_share).all())


def _is_share(value: Any) -> bool:
    return isinstance(value, float | int) and 0 <= value <= 1


def written_as_shares(values: Sequence[Any]) -> list[str]:
    """Parts of a whole as percentages: whole ones where all of them are, else with one decimal."""
    known = [100 * value for value in values if not pd.isna(value)]
    places = 0 if all(abs(value - round(value)) < 1e-6 for value in known) else 1
    return ["–" if pd.isna(value) else f"{100 * value:.{places}f}%" for value in values]


def written_alike(values: Sequence[Any]) -> list[str]:
    """The cells of one column as text, with as many decimals each: what the largest below 1 needs to show three digits
    where none is above 1, else two at most. A number that would keep fewer than two digits has its own two.
    """
    floats = [abs(value) for value in values if isinstance(value, float) and not pd.isna(value)]
    small = max((value for value in floats if value < 1), default=0.0)
    most = _places(small, 3) if max(floats, default=0.0) <= 1 else min(2, _places(small, 3))
    large = max((_needed(value, 2) for value in floats if value >= 1), default=0)
    places = max(large, max((_needed(value, most) for value in floats if value < 1), default=0))
    return [_cell(value, places) for value in values]


def _needed(value: float, most: int) -> int:
    """Decimals that a number has when it is rounded to so many at most."""
    return len(f"{value:.{most}f}".rstrip("0").partition(".")[2]) if most else 0


def _places(value: float, digits: int) -> int:
    """Decimals that give a number below 1 so many digits."""
    return digits - 1 - int(f"{value:e}".partition("e")[2]) if value else 0


def _cell(value: Any, least: int) -> str:
    if value is None or pd.isna(value):
        return "–"
    if isinstance(value, float):
        size = abs(value)
        places = least if size >= 1 else max(least, _needed(size, _places(size, 2)))
        return f"{value:,.{places}f}".replace("-", "−")
    if isinstance(value, int):
        return f"{value:,}"
    return escape(value)


def _csv_cell(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it."""
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _dimension(dimension: Dimension) -> dict[str, Any]:
    record = encode_dimension(dimension)
    return {**record, "categories": dict(record["categories"]), "members": dict(record["members"])}
