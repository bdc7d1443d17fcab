"""Read released tables back, for pages whose sentences follow from their rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from compendium.aggregate import TOTAL
from compendium.report.place import Place

Row = Mapping[str, Any]


def file(folder: Path, name: str, ending: str) -> Path | None:
    """A released file: its name has the provenance before its ending, unless it is real (`release.show.stem`)."""
    names = (f"{name}.{ending}", f"{name}.synthetic.{ending}", f"{name}.illustrative.{ending}")
    return next((folder / each for each in names if (folder / each).is_file()), None)


def released(place: Place, name: str) -> dict[str, Any] | None:
    """A released table as its JSON says it; None where this locality released none, or one without a row."""
    path = file(place.outputs / "tables", name, "json")
    found: dict[str, Any] | None = json.loads(path.read_text("utf-8")) if path else None
    return found if found and found["rows"] else None


def every(tables: Path) -> Iterator[dict[str, Any]]:
    """Each released table of a folder, as its JSON says it, by the names of the files."""
    for path in sorted(tables.glob("*.json")):
        yield json.loads(path.read_text("utf-8"))


def table(place: Place, name: str) -> dict[str, Any]:
    """The released table `name`: its title, rows and where it comes from; without rows when there is none."""
    none = {"name": name, "title": "", "rows": [], "provenance": "", "dimensions": []}
    return released(place, name) or none


def rows(place: Place, name: str) -> list[Row]:
    """The rows of a released table; none when there is no such table."""
    found: list[Row] = table(place, name)["rows"]
    return found


def count(place: Place, name: str, **labels: str) -> int | None:
    """A released count; a dimension that isn't named is summed over. None: hidden, or there is no such table."""
    found = table(place, name)
    names = [dimension if isinstance(dimension, str) else dimension["name"] for dimension in found["dimensions"]]
    wanted = {dimension: labels.get(dimension, TOTAL) for dimension in names}
    for row in found["rows"]:
        if all(str(row.get(dimension)) == label for dimension, label in wanted.items()):
            return int(row["count"]) if row.get("status") == "published" and row.get("count") is not None else None
    return None
