"""How fast a table is checked: ours, polars expressions written by hand for the same rules, and frictionless.

    python benchmarks/check_tables.py [--rows 1000000] [--frictionless-rows 20000] [--rounds 3]

A table of cases with 12 columns and known faults (from a fixed seed). The ways take turns, round after round, so that
a busy machine slows all of them alike; ratios are of medians. Each must find the same number of faults.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from compendium import dictionary
from compendium.dictionary.load import read_one
from compendium.yamlfile import parse_yaml

FORMS = ["communication", "image", "extortion", "exposure", "other", "not_recorded"]
ROUTES = ["industry", "told", "parent", "school", "device", "not_recorded"]
ZONES = [f"Z{zone:02}" for zone in range(1, 22)]
ANSWERS = ["yes", "no", "not_recorded"]
FAULTS = [(1, "2022-13-01"), (3, "imagee"), (5, "Z99"), (6, "x"), (6, "18"), (7, ""), (2, "1999-01-01")]
DICTIONARY = f"""
name: cases
title: Cases
description: One row a case
unit: case
units: persons
sensitivity: sensitive
policy: threshold-10
primaryKey: [case_id]
fields:
  - {{name: case_id, constraints: {{required: true, pattern: "C-[0-9]{{7}}"}}}}
  - {{name: recorded_on, type: date, constraints: {{required: true, minimum: "2000-01-01"}}}}
  - {{name: outcome_on, type: date}}
  - {{name: form, constraints: {{required: true, enum: {FORMS}}}}}
  - {{name: route, constraints: {{required: true, enum: {ROUTES}}}}}
  - {{name: zone, constraints: {{enum: {ZONES}}}}}
  - {{name: age, type: integer, constraints: {{minimum: 0, maximum: 17}}}}
  - {{name: crimes, type: integer, constraints: {{required: true, minimum: 1, maximum: 99}}}}
  - {{name: weight, type: number}}
  - {{name: online, type: boolean}}
  - {{name: safeguarding, constraints: {{enum: ["yes", "no", not_recorded]}}}}
  - {{name: officer, constraints: {{maxLength: 12}}}}
rules:
  - {{id: order, fields: [outcome_on], test: recorded_on <= outcome_on, message: The outcome is before the record.}}
"""
HEADER = "case_id,recorded_on,outcome_on,form,route,zone,age,crimes,weight,online,safeguarding,officer"


def write_table(path: Path, rows: int) -> None:
    """Cases with about 1.5 faults in a thousand rows, each of one kind."""
    draw = random.Random(20250101)
    lines = [HEADER]
    for number in range(rows):
        cells = [
            f"C-{number:07}",
            f"20{draw.randrange(10, 24)}-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}",
            "" if draw.random() < 0.3 else f"2024-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}",
            draw.choice(FORMS),
            draw.choice(ROUTES),
            draw.choice(ZONES),
            str(draw.randrange(18)),
            str(draw.randrange(1, 4)),
            f"{draw.random():.4f}",
            draw.choice(["true", "false"]),
            draw.choice(ANSWERS),
            f"U{draw.randrange(400)}",
        ]
        if draw.random() < 0.0015:
            at, wrong = draw.choice(
                [(1, "2022-13-01"), (3, "imagee"), (5, "Z99"), (6, "x"), (6, "18"), (7, ""), (2, "1999-01-01")]
            )
            cells[at] = wrong
        lines.append(",".join(cells))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def by_hand(path: Path) -> int:
    """The same rules as one would write them for this table alone; counts and locates."""
    raw = pl.read_csv(path, infer_schema=False)
    when = {name: pl.col(name).str.to_date("%Y-%m-%d", strict=False) for name in ("recorded_on", "outcome_on")}
    age, crimes = (pl.col(name).cast(pl.Int64, strict=False) for name in ("age", "crimes"))
    weight = pl.col("weight").cast(pl.Float64, strict=False)
    masks = raw.lazy().select(
        a=~pl.col("case_id").str.contains("^C-[0-9]{7}$"),
        b=~pl.col("case_id").is_first_distinct(),
        c=pl.col("recorded_on").is_null(),
        d=when["recorded_on"].is_null() & pl.col("recorded_on").is_not_null(),
        e=when["outcome_on"].is_null() & pl.col("outcome_on").is_not_null(),
        f=when["recorded_on"] > when["outcome_on"],
        g=~pl.col("form").is_in(FORMS),
        h=~pl.col("route").is_in(ROUTES),
        i=~pl.col("zone").is_in(ZONES),
        j=age.is_null() & pl.col("age").is_not_null(),
        k=~age.is_between(0, 17),
        m=pl.col("crimes").is_null(),
        n=crimes.is_null() & pl.col("crimes").is_not_null(),
        o=~crimes.is_between(1, 99),
        p=weight.is_null() & pl.col("weight").is_not_null(),
        q=~pl.col("online").is_in(["true", "false"]),
        r=~pl.col("safeguarding").is_in(ANSWERS),
        s=pl.col("officer").str.len_chars() > 12,
        t=when["recorded_on"].dt.year() < 2000,
    )
    return sum(len(mask.arg_true()) for mask in masks.collect().iter_columns())


def ours(path: Path, table: dictionary.Dictionary) -> int:
    return len(dictionary.read(path, table)[1])


def by_frictionless(path: Path, table: dictionary.Dictionary) -> int:
    """Table Schema knows no rule across columns: those faults are missing from its count."""
    from frictionless import Resource, Schema

    fields = []
    for field in table.fields:
        limits = field.constraints
        known = {
            "required": limits.required or None,
            "pattern": limits.pattern or None,
            "enum": list(limits.enum) or None,
            "minimum": limits.minimum,
            "maximum": limits.maximum,
            "maxLength": limits.max_length,
        }
        constraints = {name: value for name, value in known.items() if value is not None}
        fields.append({"name": field.name, "type": field.type, "constraints": constraints})
    schema = Schema.from_descriptor({"fields": fields, "primaryKey": list(table.primary_key)})
    resource = Resource(path=path.name, basepath=str(path.parent), schema=schema)
    return int(resource.validate(limit_errors=10_000_000).stats["errors"])


def measure(ways: dict[str, Callable[[], int]], rounds: int) -> dict[str, tuple[float, int]]:
    """Seconds (median) and faults of each way, taking turns."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    faults: dict[str, int] = {}
    for _ in range(rounds):
        for name, way in ways.items():
            start = time.perf_counter()
            faults[name] = way()
            taken[name].append(time.perf_counter() - start)
    return {name: (statistics.median(times), faults[name]) for name, times in taken.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--frictionless-rows", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    table = read_one(parse_yaml(DICTIONARY, "cases.yml"))
    assert isinstance(table, dictionary.Dictionary)
    with tempfile.TemporaryDirectory() as folder:
        large, small = Path(folder) / "cases.csv", Path(folder) / "few.csv"
        write_table(large, given.rows)
        write_table(small, given.frictionless_rows)
        print("| rows | way | seconds | faults found | times ours |\n|--:|---|--:|--:|--:|")
        report(
            given.rows, measure({"ours": lambda: ours(large, table), "by hand": lambda: by_hand(large)}, given.rounds)
        )
        few = {"ours": lambda: ours(small, table), "frictionless": lambda: by_frictionless(small, table)}
        report(given.frictionless_rows, measure(few, given.rounds))


def report(rows: int, measured: dict[str, tuple[float, int]]) -> None:
    base = measured["ours"][0]
    for name, (seconds, faults) in measured.items():
        print(f"| {rows:,} | {name} | {seconds:.2f} | {faults:,} | {seconds / base:.2f} |")


if __name__ == "__main__":
    main()
