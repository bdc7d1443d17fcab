"""The same verdicts as frictionless, the reference tool of Table Schema, on the rules that both know.

Left out, since ours is stricter on purpose: cells with blanks around them, NaN and infinity, dates that
aren't padded, formulas, control characters, rows without any cell.
"""

from __future__ import annotations

import csv
import json
import tempfile
from pathlib import Path

import yaml
from frictionless import Resource, Schema
from hypothesis import given, settings
from hypothesis import strategies as st

from compendium import dictionary
from tests.dictionary_samples import table
from tests.shared import ROOT

TABLE_SCHEMA = ("fields", "missingValues", "primaryKey", "foreignKeys")
FIELDS = [
    {"name": "id", "type": "string", "constraints": {"required": True}},
    {"name": "code", "type": "string", "constraints": {"enum": ["a", "b", "not_recorded"]}},
    {"name": "short", "type": "string", "constraints": {"minLength": 2, "maxLength": 3}},
    {"name": "shape", "type": "string", "constraints": {"pattern": "[A-C][0-9]+|x"}},
    {"name": "age", "type": "integer", "constraints": {"minimum": 0, "maximum": 17}},
    {"name": "once", "type": "integer", "constraints": {"unique": True}},
    {"name": "share", "type": "number", "constraints": {"minimum": 0.5}},
    {"name": "flag", "type": "boolean", "constraints": {"required": True}},
    {"name": "day", "type": "date", "constraints": {"minimum": "2022-01-01", "maximum": "2022-12-31"}},
    {"name": "month", "type": "yearmonth"},
]
CELLS = {
    "id": ["1", "2", "3", "4", "5", "é", ""],
    "code": ["a", "b", "not_recorded", "A", "c", ""],
    "short": ["ab", "äöü", "a", "abcd", ""],
    "shape": ["A1", "C22", "x", "D1", "A", "xx", ""],
    "age": ["0", "17", "18", "-1", "x", "1.5", "", "99999999999999999999"],
    "once": ["1", "2", "3", "4", "5", "6", ""],
    "share": ["0.5", "0.49", "1e3", ".7", "x", "1,5", ""],
    "flag": ["true", "false", "True", "0", "1", "yes", ""],
    "day": ["2022-01-01", "2022-12-31", "2021-12-31", "2023-01-01", "2022-02-30", "31/12/2022", ""],
    "month": ["2022-05", "2022-13", "2022", "x", ""],
}
YAML = "name: x\ntitle: X\ndescription: d\nunit: u\nsensitivity: public\nprimaryKey: [id]\nfields:\n"
ROWS = st.lists(st.tuples(*(st.sampled_from(CELLS[field["name"]]) for field in FIELDS)), min_size=1, max_size=6)


def ours(path: Path) -> set[tuple[int, str]]:
    found = table(YAML + "".join(f"  - {json.dumps(field)}\n" for field in FIELDS))
    return {(int(problem.row or 0), problem.column) for problem in dictionary.read(path, found)[1]}


def theirs(path: Path) -> set[tuple[int, str]]:
    schema = Schema.from_descriptor({"fields": FIELDS, "primaryKey": ["id"]})
    report = Resource(path=path.name, basepath=str(path.parent), schema=schema).validate()
    errors = report.flatten(["type", "rowNumber", "fieldName"])
    return {(row, "id" if kind == "primary-key" else name) for kind, row, name in errors}


@settings(max_examples=60, deadline=None)
@given(rows=ROWS)
def test_ours_and_frictionless_find_the_same_cells(rows):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        with path.open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([[field["name"] for field in FIELDS], *(row for row in rows if any(row))])
        assert ours(path) == theirs(path)


def test_the_dictionaries_that_ship_are_table_schema_and_frictionless_agrees_on_the_register():
    """Other tools can read them: a schema without errors, and no fault in the files of the evidence register."""
    dictionaries = dictionary.load(ROOT / "data_dictionaries")
    assert dictionaries
    for name, found in dictionaries.items():
        descriptor = yaml.safe_load((ROOT / "data_dictionaries" / f"{name}.yml").read_text("utf-8"))
        schema = Schema.from_descriptor({key: descriptor[key] for key in TABLE_SCHEMA if key in descriptor})
        assert [field.name for field in schema.fields] == list(found.names)
        if found.default_file:
            schema.foreign_keys = []  # they need all tables at once
            file = ROOT / found.default_file
            report = Resource(path=file.name, basepath=str(file.parent), schema=schema).validate()
            assert report.valid, report.flatten(["rowNumber", "fieldName", "note"])[:5]
