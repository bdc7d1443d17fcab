"""Small releases of invented places, for tests of what lays places together."""

from __future__ import annotations

import json
import random
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from compendium import disclosure
from compendium.across.attacked import protected_tables
from compendium.across.part import Part, Table, table_of
from compendium.aggregate import TOTAL, Counts, Dimension, Origin, Released
from compendium.release import datapackage, show, tables

WHO = Dimension("responsible", "Person responsible", {"adult": "An adult", "child": "A child", "unknown": "Not known"})
FORM = Dimension("form", "Form of harm", {"image": "Image", "talk": "Communication", "other": "Other"})
TWO = Dimension(
    "form_two",
    "Form of harm, in two",
    {"image": "Image", "rest": "Anything else"},
    variable="form",
    members={"image": ("image",), "rest": ("talk", "other")},
)
MONTHS = ("2022-05", "2023-04")


def about(id: str, **more: Any) -> dict[str, Any]:
    said = {"id": id, "name": f"Place {id}", "area": {"code": "", "level": ""}, "force_area": {"code": "", "name": ""}}
    return {**said, "period": {"from": MONTHS[0], "to": MONTHS[1]}, **more}


def counts(cells: Mapping[tuple[str, ...], int], dimensions: Sequence[Dimension], kind: str = "synthetic") -> Counts:
    frame = pd.DataFrame(
        [(*labels, n) for labels, n in cells.items()], columns=[*(d.name for d in dimensions), "count"]
    )
    origin = Origin("victims", "Victims", "sensitive", kind, "threshold-10", "a test", file="v.csv")  # type: ignore[arg-type]
    return Counts(frame, "victim", tuple(dimensions), origin)


def drawn(seed: int, dimensions: Sequence[Dimension] = (FORM, WHO), most: int = 60) -> dict[tuple[str, ...], int]:
    """Counts of every combination, some of them small."""
    draw = random.Random(seed)
    combinations = [()]
    for dimension in dimensions:
        combinations = [(*before, code) for before in combinations for code in dimension.categories]  # type: ignore[misc]
    return {labels: draw.choice([0, 3, 7, 15, 20, 30, 41, most]) for labels in combinations}


def released(counted: Mapping[str, Counts]) -> list[Released]:
    """The tables as settling releases them: protected together."""
    protected = disclosure.settle_counts(counted)
    return [
        Released(
            name=name,
            title=name.replace("_", " ").capitalize(),
            caption="",
            frame=protected.frames[name].reset_index(drop=True),
            unit=one.unit,
            kind="counts",
            dimensions=one.dimensions,
            columns={d.name: d.title for d in one.dimensions},
            origin=one.origin,
            policy=one.origin.policy,
        )
        for name, one in counted.items()
    ]


def part(
    id: str, seed: int = 1, kind: str = "synthetic", dimensions: Sequence[Dimension] = (FORM, WHO), **more: Any
) -> Part:
    """A place that released one table of victims."""
    (item,) = released({"victims_by_form": counts(drawn(seed, dimensions), dimensions, kind)})
    return of_tables(id, [table_of(json.loads(tables.as_json(item, {})))], **more)


def of_tables(id: str, held: Sequence[Table], **more: Any) -> Part:
    bounded, faults = protected_tables(held)
    assert not faults
    return replace(Part(id, f"Place {id}", MONTHS, {table.name: table for table in bounded}), **more)


def plain(
    name: str, cells: Mapping[str, int | None], bounds: Mapping[str, tuple[int, int | None]] | None = None
) -> Table:
    """A table of one dimension written by hand: a count a category and the total."""
    labels = {code: code.capitalize() for code in cells if code != TOTAL}
    dimension = Dimension("answer", "Answer", labels)
    known = {(code,): count for code, count in cells.items()}
    held = {(code,): bound for code, bound in (bounds or {}).items()}
    return Table(name, name, "victim", "threshold-10", "synthetic", "sensitive", (dimension,), known, held)


def write(folder: Path, id: str, items: Sequence[Released], **said: Any) -> Path:
    """A folder of results as settling writes it, as far as others read it."""
    for item in items:
        stem = folder / "tables" / show.stem(item)
        stem.parent.mkdir(parents=True, exist_ok=True)
        Path(f"{stem}.csv").write_text(tables.as_csv(item), encoding="utf-8")
        Path(f"{stem}.json").write_text(tables.as_json(item, {}), encoding="utf-8")
    package = datapackage.describe(id, f"Place {id}", {item.name: item for item in items}, about=about(id, **said))
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    (folder / "values.json").write_text("{}", encoding="utf-8")
    return folder


def a_release(folder: Path, id: str = "leeds", seed: int = 1, kind: str = "synthetic", **said: Any) -> Path:
    return write(folder, id, released({"victims_by_form": counts(drawn(seed), (FORM, WHO), kind)}), **said)


def zipped(folder: Path, to: Path, below: str = "") -> Path:
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, f"{below}{path.relative_to(folder).as_posix()}")
    return to
