"""What cannot be judged is refused in words that say what to do: broken folders, tables, policies, statements."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from compendium.aggregate import Counts, Dimension, Origin, Released, Statistic
from compendium.disclosure import KnownTable, attack, audit_dir, protect, protect_csv, settle_counts
from compendium.disclosure.advice import explain_csv
from compendium.disclosure.crossing import Shape, cross
from compendium.disclosure.floors import FLOORS
from compendium.disclosure.folder import load, read_csv, read_folder
from compendium.disclosure.ledger import Entry, known_tables, numbers_of
from compendium.disclosure.outside import read_outside
from compendium.disclosure.policy import policy
from compendium.disclosure.rounding import midpoint_6
from compendium.disclosure.settle import _candidate
from compendium.disclosure.statistics import settle_statistic
from compendium.disclosure.suppression import Candidate, suppress
from compendium.errors import DisclosureRefused, InputRefused, UnknownName

CASES = Origin("cases", "Cases", "sensitive", "synthetic", "threshold-10", "invented")
ZONE = Dimension("zone", "Zone", {"A": "A", "B": "B", "C": "C"})
FORM = Dimension("form", "Form", {"x": "x", "y": "y"})
SMALL = pd.DataFrame({"zone": ["A", "A", "B", "B"], "form": ["x", "y", "x", "y"], "n": [3, 20, 30, 40]})


def write(path: Path, frame: pd.DataFrame = SMALL) -> Path:
    frame.to_csv(path, index=False)
    return path


def test_the_audit_of_what_is_no_folder_says_what_to_name(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="is a file"):
        audit_dir(write(tmp_path / "table.csv"))
    with pytest.raises(InputRefused, match="There is no folder"):
        audit_dir(tmp_path / "nothing")


def test_a_file_cannot_be_written_into(tmp_path: Path) -> None:
    table = write(tmp_path / "table.csv")
    with pytest.raises(InputRefused, match="Name a folder"):
        protect_csv(table, rows="zone", columns="form", count="n", out=write(tmp_path / "out"))


def test_names_of_columns_may_be_a_list_and_an_absent_one_is_told_by_name(tmp_path: Path) -> None:
    table = write(tmp_path / "table.csv")
    protect_csv(table, rows=["zone"], columns=["form"], count="n", out=tmp_path / "out")
    assert (tmp_path / "out" / "protected.csv").exists()
    with pytest.raises(UnknownName, match="No column 'forms'"):
        protect_csv(table, rows="zone", columns="forms", count="n", out=tmp_path / "other")


@pytest.mark.parametrize(
    ("rows", "columns", "said"),
    [("zone", "zone", "given twice"), ("status", "form", r"name of a column of the result \(status\)")],
)
def test_a_column_is_named_once_and_not_like_one_of_the_result(rows: str, columns: str, said: str) -> None:
    with pytest.raises(InputRefused, match=said):
        protect(SMALL.assign(status="open"), rows=rows, columns=columns, count="n")


def test_a_table_without_rows_is_refused() -> None:
    with pytest.raises(InputRefused, match="no rows"):
        protect(SMALL.iloc[:0], rows="zone", columns="form", count="n")


def test_labels_that_differ_and_are_written_alike_are_refused() -> None:
    unlike = SMALL.astype({"zone": object}).assign(zone=[1, 1, "1", "1"])
    with pytest.raises(InputRefused, match="written alike"):
        protect(unlike, rows="zone", columns="form", count="n")


def test_a_frame_without_the_column_of_counts_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="no column 'm'"):
        attack(SMALL, count="m", threshold=10)


def test_a_description_without_dimensions_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "t.csv", SMALL.rename(columns={"n": "count"}).assign(status="published"))
    (tmp_path / "t.json").write_text(json.dumps({"unit": "victim", "dimensions": [{"named": "zone"}]}), "utf-8")
    with pytest.raises(InputRefused, match="does not say its dimensions"):
        read_folder(tmp_path, "", 0)


def test_a_description_of_columns_that_the_table_lacks_names_them(tmp_path: Path) -> None:
    write(tmp_path / "t.csv", SMALL.rename(columns={"n": "cases"}))
    said = {"unit": "victim", "dimensions": [{"name": "district", "categories": {"A": "A", "B": "B"}}]}
    (tmp_path / "t.json").write_text(json.dumps(said), "utf-8")
    with pytest.raises(InputRefused) as refused:
        read_folder(tmp_path, "", 0)
    assert [problem.column for problem in refused.value.problems] == ["district", "count"]
    assert "names a column that the table has not" in str(refused.value)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_a_description_that_holds_what_is_no_number_is_not_json(tmp_path: Path, number: str) -> None:
    (tmp_path / "t.json").write_text(f'{{"threshold": {number}}}', "utf-8")
    with pytest.raises(InputRefused, match="not JSON"):
        load(tmp_path / "t.json")


def test_a_table_that_is_gone_and_json_that_is_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="can't be read"):
        read_csv(tmp_path / "gone.csv")
    (tmp_path / "broken.json").write_text("{", "utf-8")
    with pytest.raises(InputRefused, match="not JSON"):
        load(tmp_path / "broken.json")


def test_which_column_counts_is_asked_when_none_can_be_told(tmp_path: Path) -> None:
    two = SMALL.assign(first=SMALL["n"], second=SMALL["n"] + 1).drop(columns="n")
    write(tmp_path / "two.csv", pd.concat([two, two.assign(first=9)]))
    with pytest.raises(InputRefused, match="can't be told"):
        audit_dir(tmp_path)


@pytest.mark.parametrize("count", [-1, 1.5])
def test_only_whole_counts_are_rounded(count: float) -> None:
    with pytest.raises(ValueError, match="whole number"):
        midpoint_6([count])  # type: ignore[list-item]


def by_zone(counts: Any, **changes: Any) -> Counts:
    frame = pd.DataFrame({"zone": ["A", "B", "C"], "count": counts})
    return Counts(frame.assign(**changes), "victim", (ZONE,), CASES)


def without(counts: Counts, column: str) -> Counts:
    return Counts(counts.frame.drop(columns=column), counts.unit, counts.dimensions, counts.origin)


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (without(by_zone([20, 30, 40]), "zone"), "column is missing"),
        (by_zone([20, 30, 40], zone=["A", "B", "Z"]), "not one of the dimension's"),
        (by_zone([20, 30, 4.5]), "whole number"),
        (by_zone(pd.array([20, 30, None], dtype="Int64")), "whole number"),
        (by_zone([20, 30, 2**60]), "at most"),
        (by_zone([20, 30, 40], zone=["A", "A", "C"]), "twice"),
    ],
    ids=["missing", "unknown code", "not whole", "a gap", "too large", "twice"],
)
def test_a_proposal_that_is_no_table_of_counts_is_refused(counts: Counts, said: str) -> None:
    with pytest.raises(InputRefused, match=said):
        settle_counts({"t": counts})


def test_a_category_called_total_is_refused() -> None:
    total = Dimension("zone", "Zone", {"A": "A", "B": "B", "C": "C", "Total": "All"})
    with pytest.raises(InputRefused, match="labelled Total") as refused:
        settle_counts({"t": Counts(by_zone([20, 30, 40]).frame, "victim", (total,), CASES)})
    assert [(problem.file, problem.row, problem.column) for problem in refused.value.problems] == [("t", None, "zone")]


def test_one_number_alone_is_settled() -> None:
    shown = settle_counts({"all": Counts(pd.DataFrame({"count": [25]}), "victim", (), CASES)}).frames["all"]
    assert shown["count"].tolist() == [25]


def candidate(impossible: frozenset[tuple[str, ...]]) -> Candidate:
    counts = Counts(by_zone([20, 30, 40]).frame, "victim", (ZONE,), CASES, impossible)
    return _candidate("t", counts, policy("threshold-10"))


def test_a_cell_declared_impossible_that_holds_records_is_refused() -> None:
    with pytest.raises(DisclosureRefused, match="declared impossible holds records"):
        suppress([candidate(frozenset({("B",)}))])


def test_an_earlier_number_that_says_nothing_of_its_place_is_refused() -> None:
    with pytest.raises(InputRefused, match="one label for each dimension"):
        KnownTable("k", "s", "victim", (ZONE,), ("2026-01", "2026-02"), {("A", "x"): (1, 2)})


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None], ids=["not UTF-8", "gone"])
def test_outside_knowledge_that_cannot_be_read_is_refused(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "outside.csv"
    if content:
        file.write_bytes(content)
    with pytest.raises(InputRefused, match=r"UTF-8|can't be read"):
        read_outside(file, {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,unit,name\na,victim,b\n", "name: The column stands twice"),
        ("name,unit\n\0,victim\n", "can't be read"),
        ('"name"x,unit\na,victim\n', "can't be read"),
    ],
    ids=["twice", "NUL", "quotes"],
)
def test_outside_knowledge_whose_columns_cannot_be_told_is_refused(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "outside.csv").write_text(text, "utf-8")
    with pytest.raises(InputRefused, match=said):
        read_outside(tmp_path / "outside.csv", {})


def released(name: str, kind: str, frame: pd.DataFrame, sensitivity: Any = "sensitive") -> Released:
    origin = Origin("cases", "Cases", sensitivity, "real", "threshold-10", "ours")
    dimensions = (ZONE,) if kind == "counts" else ()
    return Released(name, name, "", frame, "victim", kind, dimensions, {}, origin, "threshold-10")


def test_the_ledger_keeps_counts_and_statistics_and_no_public_figure() -> None:
    counted = pd.DataFrame({"zone": ["A"], "count": [20], "status": ["published"]})
    said = numbers_of(
        [
            released("t", "counts", counted),
            released("m", "median", pd.DataFrame({"median": [3.5]})),
            released("p", "counts", counted, "public"),
            released("e", "counts", counted.iloc[:0]),
        ]
    )
    assert list(said["tables"]) == ["t"]
    assert said["statistics"]["m"] == {**said["statistics"]["m"], "kind": "median", "columns": ["median"]}


def test_an_earlier_table_that_showed_nothing_is_not_known() -> None:
    table = {
        "unit": "victim",
        "dimensions": [{"name": "zone", "title": "Zone", "variable": "zone", "categories": {"A": "A"}, "members": {}}],
        "cells": [["A", None]],
    }
    record = {"kind": "release", "number": 1, "tables": {"t": table}, "date": "2026-03-01"}
    assert known_tables([Entry(record)]) == ()


def test_reasons_beyond_the_first_are_counted_and_groupings_offered(tmp_path: Path) -> None:
    many = pd.DataFrame({"zone": [f"Z{n}" for n in range(60)], "form": "x", "n": 3})
    said = _explained(write(tmp_path / "t.csv", many), {})
    assert " more" in said and "--merge" in said


def test_a_grouping_without_its_columns_is_refused_and_labels_the_table_lacks_are_passed_over(tmp_path: Path) -> None:
    table = write(tmp_path / "t.csv")
    with pytest.raises(InputRefused, match="child and parent"):
        _explained(table, {"zone": write(tmp_path / "wrong.csv", pd.DataFrame({"a": ["A"], "b": ["P"]}))})
    groups = pd.DataFrame({"child": ["A", "B", "Elsewhere"], "parent": ["P", "P", "Q"]})
    said = _explained(table, {"zone": write(tmp_path / "groups.csv", groups)})
    assert "--merge" not in said and "Elsewhere" not in said


def _explained(table: Path, merges: dict[str, Path]) -> str:
    return explain_csv(table, rows="zone", columns="form", count="n", policy_name="threshold-10", merges=merges)


def test_a_statistic_without_a_column_of_its_rule_is_refused() -> None:
    with pytest.raises(DisclosureRefused, match="column is missing"):
        settle_statistic(Statistic("median", pd.DataFrame({"n": [30]}), {}, "victim", 30, CASES))


def test_a_curve_of_concentration_stands_at_quintiles() -> None:
    curve = Statistic("lorenz", pd.DataFrame({"quintile": [0, 7]}), {}, "area", 30, CASES)
    with pytest.raises(DisclosureRefused, match="quintiles"):
        FLOORS["lorenz"](curve, curve.frame)


def test_categories_that_exclude_each_other_hold_nobody() -> None:
    young = Dimension("young", "Young", {"a": "a", "bc": "b or c"}, "age", {"a": ("a",), "bc": ("b", "c")})
    old = Dimension("old", "Old", {"ab": "a or b", "c": "c"}, "age", {"ab": ("a", "b"), "c": ("c",)})
    crossing = cross([Shape("t", (young, old))])
    number = crossing.where[0][("a", "c")]
    assert crossing.sums([number]).nnz == 0
