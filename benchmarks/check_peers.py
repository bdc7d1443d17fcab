"""The rules of `check_tables` as each known tool says them. Runs in the peers' environment, without this project.

    python check_peers.py TOOL FILE LISTS

prints seconds (libraries imported, from the file to the list of violations), and the violations as [row, column, rule],
rows as a spreadsheet counts them. LISTS: the codes of each column, as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Violation = tuple[int, str, str]
Lists = Mapping[str, list[str]]
PATTERN = "^C-[0-9]{7}$"
DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def by_pandera(path: str, lists: Lists) -> Callable[[], list[Violation]]:
    """pandas columns of text with a check each, `lazy=True`: types with coercion take minutes where one cell fails."""
    import pandas as pd
    import pandera.pandas as pa

    def dates(text: Any) -> Any:
        return pd.to_datetime(text.where(text.str.match(DATE)), format="%Y-%m-%d", errors="coerce")

    def number(name: str, low: float | None, high: float | None) -> Iterator[Any]:
        yield pa.Check(lambda text: text.isna() | pd.to_numeric(text, errors="coerce").notna(), name="type")
        if low is not None:
            yield pa.Check(lambda text: ~(pd.to_numeric(text, errors="coerce") < low), name="minimum")
            yield pa.Check(lambda text: ~(pd.to_numeric(text, errors="coerce") > high), name="maximum")

    def codes(name: str) -> Any:
        return pa.Check(lambda text: text.isna() | text.isin(lists[name]), name="enum")

    def column(*checks: Any, needed: bool = False) -> Any:
        required = [pa.Check(lambda text: text.notna(), name="required", ignore_na=False)] if needed else []
        return pa.Column(str, [*required, *checks], nullable=True)

    is_date = pa.Check(lambda text: text.isna() | dates(text).notna(), name="type")
    late = pa.Check(lambda text: ~(dates(text) < pd.Timestamp("2000-01-01")), name="minimum")
    schema = pa.DataFrameSchema(
        {
            "case_id": column(
                pa.Check(lambda text: text.isna() | text.str.match(PATTERN), name="pattern"),
                pa.Check(lambda text: text.isna() | ~text.duplicated(), name="unique"),
                needed=True,
            ),
            "recorded_on": column(is_date, late, needed=True),
            "outcome_on": column(is_date),
            "form": column(codes("form"), needed=True),
            "route": column(codes("route"), needed=True),
            "zone": column(codes("zone")),
            "age": column(*number("age", 0, 17)),
            "crimes": column(*number("crimes", 1, 99), needed=True),
            "weight": column(*number("weight", None, None)),
            "online": column(pa.Check(lambda text: text.isna() | text.isin(lists["online"]), name="type")),
            "safeguarding": column(codes("safeguarding")),
            "officer": column(pa.Check(lambda text: ~(text.str.len() > 12), name="maxLength")),
        },
        checks=pa.Check(lambda table: ~(dates(table["recorded_on"]) > dates(table["outcome_on"])), name="order"),
    )

    def run() -> list[Violation]:
        table = pd.read_csv(path, dtype=str)
        try:
            schema.validate(table, lazy=True)
        except pa.errors.SchemaErrors as found:
            cases = found.failure_cases
            whole = cases["check"] == "order"  # told for each column of the row: once is meant
            cases = cases.assign(column=cases["column"].where(~whole, "outcome_on")).drop_duplicates(
                ["index", "column", "check"]
            )
            return [
                (int(row) + 2, str(column), str(check))
                for row, column, check in zip(cases["index"], cases["column"], cases["check"], strict=True)
            ]
        return []

    return run


def by_pointblank(path: str, lists: Lists) -> Callable[[], list[Violation]]:
    """Steps over a polars table with each typed column beside its text; the rows that fail come from the extracts."""
    import pointblank as pb
    import polars as pl

    def run() -> list[Violation]:
        text = pl.read_csv(path, infer_schema=False)
        day = {name: pl.col(name).str.to_date("%Y-%m-%d", strict=False) for name in ("recorded_on", "outcome_on")}
        typed = {
            **{name: pl.when(pl.col(name).str.contains(DATE)).then(one) for name, one in day.items()},
            **{name: pl.col(name).cast(pl.Int64, strict=False) for name in ("age", "crimes")},
            "weight": pl.col("weight").cast(pl.Float64, strict=False),
        }
        table = text.with_columns(one.alias(f"{name}_typed") for name, one in typed.items())
        told: list[tuple[str, str]] = []
        steps = pb.Validate(data=table)

        def step(made: Any, column: str, rule: str) -> Any:
            told.append((column, rule))
            return made

        for name in ("case_id", "recorded_on", "form", "route", "crimes"):
            steps = step(steps.col_vals_not_null(name), name, "required")
        steps = step(steps.col_vals_regex("case_id", PATTERN, na_pass=True), "case_id", "pattern")
        steps = step(steps.col_vals_expr(pl.col("case_id").is_first_distinct()), "case_id", "unique")
        for name in typed:
            is_typed = pl.col(name).is_null() | pl.col(f"{name}_typed").is_not_null()
            steps = step(steps.col_vals_expr(is_typed), name, "type")
        for name in ("form", "route", "zone", "safeguarding"):
            known = pl.col(name).is_null() | pl.col(name).is_in(lists[name])
            steps = step(steps.col_vals_expr(known), name, "enum")
        steps = step(
            steps.col_vals_expr(pl.col("online").is_null() | pl.col("online").is_in(lists["online"])), "online", "type"
        )
        for name, low, high in (("age", 0, 17), ("crimes", 1, 99)):
            steps = step(steps.col_vals_ge(f"{name}_typed", low, na_pass=True), name, "minimum")
            steps = step(steps.col_vals_le(f"{name}_typed", high, na_pass=True), name, "maximum")
        early = pl.col("recorded_on_typed") < pl.date(2000, 1, 1)
        steps = step(steps.col_vals_expr(~early.fill_null(False)), "recorded_on", "minimum")
        long = pl.col("officer").str.len_chars() > 12
        steps = step(steps.col_vals_expr(~long.fill_null(False)), "officer", "maxLength")
        order = (pl.col("recorded_on_typed") > pl.col("outcome_on_typed")).fill_null(False)
        steps = step(steps.col_vals_expr(~order), "outcome_on", "order")
        done = steps.interrogate(extract_limit=10_000_000)
        found: list[Violation] = []
        for number, (column, rule) in enumerate(told, 1):
            extract = done.get_data_extracts(number, frame=True)
            if extract is not None and len(extract):
                found += [(int(row) + 1, column, rule) for row in extract["_row_num_"]]
        return found

    return run


def by_frictionless(path: str, lists: Lists) -> Callable[[], list[Violation]]:
    """Table Schema knows no rule across columns: `order` is missing from what it finds."""
    from pathlib import Path

    from frictionless import Resource, Schema, system

    limits: dict[str, dict[str, Any]] = {
        "case_id": {"required": True, "pattern": "C-[0-9]{7}"},
        "recorded_on": {"required": True, "minimum": "2000-01-01"},
        "form": {"required": True, "enum": lists["form"]},
        "route": {"required": True, "enum": lists["route"]},
        "zone": {"enum": lists["zone"]},
        "age": {"minimum": 0, "maximum": 17},
        "crimes": {"required": True, "minimum": 1, "maximum": 99},
        "safeguarding": {"enum": lists["safeguarding"]},
        "officer": {"maxLength": 12},
    }
    kinds = {
        **{"recorded_on": "date", "outcome_on": "date", "age": "integer", "crimes": "integer"},
        **{"weight": "number", "online": "boolean"},
    }
    names = [
        *("case_id", "recorded_on", "outcome_on", "form", "route", "zone", "age", "crimes", "weight", "online"),
        *("safeguarding", "officer"),
    ]
    fields = [{"name": one, "type": kinds.get(one, "string"), "constraints": limits.get(one, {})} for one in names]
    schema = Schema.from_descriptor({"fields": fields, "primaryKey": ["case_id"]})
    file = Path(path)

    def run() -> list[Violation]:
        with system.use_context(trusted=True):
            resource = Resource(path=file.name, basepath=str(file.parent), schema=schema)
            tasks = resource.validate(limit_errors=10_000_000).tasks
        return [_of_frictionless(error) for task in tasks for error in task.errors]

    return run


def _of_frictionless(error: Any) -> Violation:
    said = {"type-error": "type", "primary-key": "unique", "unique-error": "unique"}
    rule = said.get(error.type) or str(error.note).split('"')[1]  # constraint "minimum" is …
    return int(error.row_number), str(getattr(error, "field_name", "case_id")), rule


TOOLS = {"pandera": by_pandera, "pointblank": by_pointblank, "frictionless": by_frictionless}


def main() -> None:
    tool, path, lists = sys.argv[1:4]
    run = TOOLS[tool](path, json.loads(lists))
    start = time.perf_counter()
    found = run()
    print(json.dumps({"seconds": time.perf_counter() - start, "found": found}))


if __name__ == "__main__":
    main()
