"""A table of 1,000,000 rows and 12 columns is checked: each violation with its row, column and rule, by five tools.

    python -m benchmarks.check_tables [--rows 1000000] [--frictionless-rows 20000]

A table of cases with about 1.5 faults in a thousand rows (from a fixed seed). "by hand" is what one would write in
polars for this table alone, and looks at nothing else: no quotation marks, ragged rows, control characters, formulas.
Every way gives the list of violations, and the lists are compared; only frictionless misses a rule (`order`), for Table
Schema knows none across columns. It takes a minute for the whole table, so it gets fewer rows and so do we beside it.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import polars as pl

from benchmarks import harness, peers
from benchmarks.harness import Goal, Record, Taken, Timing, Way
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


def write_table(path: Path, rows: int, *, shuffled: bool = False) -> None:
    """Cases with about 1.5 faults in a thousand rows, each of one kind; `shuffled`: case numbers in no order."""
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
            at, wrong = draw.choice(FAULTS)
            cells[at] = wrong
        lines.append(",".join(cells))
    if shuffled:
        body = lines[1:]
        draw.shuffle(body)
        lines[1:] = body
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


HERE = ("ours", "by hand")  # the ways of this environment
Violation = tuple[int, str, str]  # row as a spreadsheet counts them, column, rule
MESSAGES = {  # how our problems begin or go on, by rule
    "The cell is empty": "required",
    "is not a declared code": "enum",
    "doesn't follow the pattern": "pattern",
    "is below the least": "minimum",
    "is above the most": "maximum",
    "is longer than": "maxLength",
    "must be unique": "unique",
    "The outcome is before": "order",
    "is not ": "type",
}


def by_hand(path: Path) -> list[Violation]:
    """The same rules as one would write them for this table alone."""
    raw = pl.read_csv(path, infer_schema=False)
    when = {name: pl.col(name).str.to_date("%Y-%m-%d", strict=False) for name in ("recorded_on", "outcome_on")}
    age, crimes = (pl.col(name).cast(pl.Int64, strict=False) for name in ("age", "crimes"))
    weight = pl.col("weight").cast(pl.Float64, strict=False)
    rules = {
        ("case_id", "required"): pl.col("case_id").is_null(),
        ("case_id", "pattern"): ~pl.col("case_id").str.contains("^C-[0-9]{7}$"),
        ("case_id", "unique"): ~pl.col("case_id").is_first_distinct(),
        ("recorded_on", "required"): pl.col("recorded_on").is_null(),
        ("recorded_on", "type"): when["recorded_on"].is_null() & pl.col("recorded_on").is_not_null(),
        ("recorded_on", "minimum"): when["recorded_on"] < pl.date(2000, 1, 1),
        ("outcome_on", "type"): when["outcome_on"].is_null() & pl.col("outcome_on").is_not_null(),
        ("outcome_on", "order"): when["recorded_on"] > when["outcome_on"],
        ("form", "required"): pl.col("form").is_null(),
        ("form", "enum"): ~pl.col("form").is_in(FORMS),
        ("route", "required"): pl.col("route").is_null(),
        ("route", "enum"): ~pl.col("route").is_in(ROUTES),
        ("zone", "enum"): ~pl.col("zone").is_in(ZONES),
        ("age", "type"): age.is_null() & pl.col("age").is_not_null(),
        ("age", "minimum"): age < 0,
        ("age", "maximum"): age > 17,
        ("crimes", "required"): pl.col("crimes").is_null(),
        ("crimes", "type"): crimes.is_null() & pl.col("crimes").is_not_null(),
        ("crimes", "minimum"): crimes < 1,
        ("crimes", "maximum"): crimes > 99,
        ("weight", "type"): weight.is_null() & pl.col("weight").is_not_null(),
        ("online", "type"): ~pl.col("online").is_in(["true", "false"]),
        ("safeguarding", "enum"): ~pl.col("safeguarding").is_in(ANSWERS),
        ("officer", "maxLength"): pl.col("officer").str.len_chars() > 12,
    }
    masks = raw.lazy().select(mask.alias(f"{column} {rule}") for (column, rule), mask in rules.items()).collect()
    found = zip(rules, masks.iter_columns(), strict=True)
    return [(row + 2, column, rule) for (column, rule), mask in found for row in mask.arg_true()]


def ours(path: Path) -> list[Violation]:
    table = read_one(parse_yaml(DICTIONARY, "cases.yml"))
    assert isinstance(table, dictionary.Dictionary)
    problems = dictionary.read(path, table)[1]
    return [(problem.row or 0, problem.column, _rule(problem.message)) for problem in problems]


def _rule(message: str) -> str:
    return next(rule for words, rule in MESSAGES.items() if words in message)


def alone(way: str, path: str) -> None:
    """One of the two ways of this environment, in a process of its own as the peers are: printed as they print it."""
    start = time.perf_counter()
    found = {"ours": ours, "by hand": by_hand}[way](Path(path))
    print(json.dumps({"seconds": time.perf_counter() - start, "found": found}))


def by(tool: str, path: Path) -> Taken:
    """A tool in a process of its own, whose start and imports aren't counted."""
    if tool in HERE:
        call = f"from benchmarks import check_tables; check_tables.alone({tool!r}, {str(path)!r})"
        said = harness.call([sys.executable, "-c", call], folder=Path(__file__).parents[1])
    else:
        lists = {"form": FORMS, "route": ROUTES, "zone": ZONES, "safeguarding": ANSWERS, "online": ["true", "false"]}
        script = str(Path(__file__).with_name("check_peers.py"))
        said = harness.call([peers.python(), script, tool, str(path), json.dumps(lists)])
    told = json.loads(said.splitlines()[-1])
    return Taken(told["seconds"], [tuple(one) for one in told["found"]])


def compared(path: Path, tools: list[str], asked: argparse.Namespace) -> dict[str, Timing]:
    """Seconds of each way, in turns. Raises `AssertionError` where two of them don't find the same violations."""
    there = [tool for tool in tools if peers.version(tool)]
    ways = [Way(tool, partial(by, tool, path)) for tool in (*HERE, *there)]
    timings = harness.in_turns(ways, pairs=asked.pairs, memory=True, say="check_tables")
    expected = sorted(timings["by hand"].found)
    for timing in timings.values():
        found = expected if timing.name != "frictionless" else [one for one in expected if one[2] != "order"]
        assert sorted(timing.found) == found, f"{timing.name} finds other violations"
    return timings


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--frictionless-rows", type=int, default=20_000)


def records(asked: argparse.Namespace) -> Iterator[Record]:
    rows, few = (20_000, 2_000) if asked.quick else (asked.rows, asked.frictionless_rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cases.csv"
        write_table(path, rows)
        timings = compared(path, ["pandera", "pointblank"], asked)
        yield Record(
            f"{rows:,} rows x 12 columns, {len(timings['ours'].found):,} violations: each way finds the same ones",
            tables=[_table(timings)],
            goals=[Goal("times polars by hand", timings["ours"].times(timings["by hand"]), at_most=1.5)],
            notes=[
                "By hand checks nothing but these rules. What ours does besides: quotation marks, the width of each "
                "row, control characters, formulas, and the typed table that analyses take."
            ],
            uses=["polars"],
            peers=["pandera", "pointblank"],
        )
        write_table(path, rows, shuffled=True)
        shuffled = compared(path, [], asked)
        yield Record(
            f"The same in no order: {rows:,} case numbers that don't rise have to be hashed, by both ways",
            tables=[_table(shuffled)],
            goals=[Goal("times polars by hand", shuffled["ours"].times(shuffled["by hand"]), at_most=1.5)],
            uses=["polars"],
        )
        write_table(path, few)
        slow = compared(path, ["frictionless"], asked)
        faster = slow["frictionless"].times(slow["ours"]) if "frictionless" in slow else None
        yield Record(
            f"{few:,} rows: frictionless takes time by the row, ours mostly what it takes to begin",
            tables=[_table(slow)],
            goals=[
                Goal(f"times faster than frictionless at {few:,} rows", faster, at_least=1),
                Goal(
                    f"times faster than frictionless at {rows:,} rows (its seconds at {few:,}, times {rows // few})",
                    None if faster is None else slow["frictionless"].median * rows / few / timings["ours"].median,
                    at_least=40,
                ),
            ],
            uses=["polars"],
            peers=["frictionless"],
        )


def _table(timings: dict[str, Timing]) -> str:
    counted = {name: replace(timing, found=len(timing.found)) for name, timing in timings.items()}
    return harness.times_table(counted, "ours", found="violations")


if __name__ == "__main__":
    harness.main(__doc__, records, options)
