"""The same verdicts as frictionless, the reference tool of Table Schema, on the rules that both know.

Left out, since ours is stricter on purpose: numbers and dates with blanks around them, NaN and infinity, dates that
aren't padded, cells that begin like a formula, control characters, rows without any cell, and what Python's own
reading lets through (see the last test).
"""

from __future__ import annotations

import csv
import json
import tempfile
from pathlib import Path

import pytest
import yaml
from frictionless import Dialect, Resource, Schema, formats
from hypothesis import given, settings
from hypothesis import strategies as st

from compendium import dictionary
from tests.dictionary_samples import table
from tests.shared import ROOT

SHIPPED = dictionary.load(ROOT / "data_dictionaries")
TABLE_SCHEMA = ("fields", "missingValues", "primaryKey", "foreignKeys")
FIELDS = [
    {"name": "id", "type": "string", "constraints": {"required": True}},
    {"name": "code", "type": "string", "constraints": {"enum": ["a", "b", "not_recorded"]}},
    {"name": "short", "type": "string", "constraints": {"minLength": 2, "maxLength": 3}},
    {"name": "shape", "type": "string", "constraints": {"pattern": "[A-C][0-9]+|x"}},
    {"name": "age", "type": "integer", "constraints": {"minimum": 0, "maximum": 17}},
    {"name": "once", "type": "integer", "constraints": {"unique": True}},
    {"name": "grade", "type": "integer", "constraints": {"enum": [1, 2, 3]}},
    {"name": "share", "type": "number", "constraints": {"minimum": 0.5, "maximum": 1000}},
    {"name": "flag", "type": "boolean", "constraints": {"required": True}},
    {"name": "answer", "type": "boolean", "trueValues": ["ja", "1"], "falseValues": ["nein", "0"]},
    {"name": "day", "type": "date", "constraints": {"minimum": "2022-01-01", "maximum": "2022-12-31"}},
    {"name": "local_day", "type": "date", "format": "%d/%m/%Y"},
    {"name": "month", "type": "yearmonth"},
    {"name": "since", "type": "year", "constraints": {"minimum": 1990, "maximum": 2030}},
]
NOT_GUESSED = Dialect(controls=[formats.CsvControl(delimiter=",", quote_char='"', skip_initial_space=False)])
MISSING = ["", "-", "n/a"]
CELLS = {
    "id": ["1", "2", "3", "é", "e\u0301", "\U0001f600", "a,b", 'a "b"', "two\nlines", " 1", "1 "],
    "code": ["a", "b", "not_recorded", "A", "c", " a", "á"],
    "short": ["ab", "äöü", "e\u0301", "\U0001f600\U0001f600", "a", "abcd", "a b", "a,"],
    "shape": ["A1", "C22", "x", "D1", "A", "xx", "\u0410" + "1", "A\u0661"],
    "age": ["0", "17", "18", "-1", "x", "1.5", "007", "1e1", "99999999999999999999"],
    "once": ["1", "2", "3", "01", "4", "5"],
    "grade": ["1", "3", "4", "03", "1.0"],
    "share": ["0.5", "0.49", "1e3", "1E3", "1e4", "5e-1", ".7", "7.", "1,5", "x", "1e999", "0x1"],
    "flag": ["true", "false", "True", "TRUE", "0", "1", "yes", "tRUE"],
    "answer": ["ja", "nein", "1", "0", "true", "Ja"],
    "day": [
        "2022-01-01",
        "2022-12-31",
        "2021-12-31",
        "2023-01-01",
        "2022-02-30",
        "2022-13-01",
        "31/12/2022",
        "20220101",
    ],
    "local_day": ["31/12/2022", "29/02/2024", "29/02/2023", "2022-12-31", "12/31/2022"],
    "month": ["2022-05", "2022-13", "2022", "x", "2022-00"],
    "since": ["1990", "1989", "2031", "x", "20222"],
}
YAML = (
    "name: x\ntitle: X\ndescription: d\nunit: u\nsensitivity: public\nprimaryKey: [id]\n"
    f"missingValues: {json.dumps(MISSING)}\nfields:\n"
)
ROWS = st.lists(
    st.tuples(*(st.sampled_from([*CELLS[field["name"]], *MISSING]) for field in FIELDS)), min_size=1, max_size=6
)


def ours(path: Path) -> set[tuple[int, str]]:
    found = table(YAML + "".join(f"  - {json.dumps(field)}\n" for field in FIELDS))
    return {(int(problem.row or 0), problem.column) for problem in dictionary.read(path, found)[1]}


def theirs(path: Path) -> set[tuple[int, str]]:
    schema = Schema.from_descriptor({"fields": FIELDS, "primaryKey": ["id"], "missingValues": MISSING})
    report = Resource(path=path.name, basepath=str(path.parent), schema=schema, dialect=NOT_GUESSED).validate()
    errors = report.flatten(["type", "rowNumber", "fieldName"])
    return {(row, "id" if kind == "primary-key" else name) for kind, row, name in errors}


@settings(max_examples=40, deadline=None)
@given(rows=ROWS)
def test_ours_and_frictionless_find_the_same_cells(rows):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        with path.open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows(
                [[field["name"] for field in FIELDS], *(row for row in rows if set(row) - set(MISSING))]
            )
        assert ours(path) == theirs(path)


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_every_dictionary_that_ships_is_a_table_schema_to_other_tools(name: str) -> None:
    """The file as it is, what is ours included: no fault, the same columns, keys and codes."""
    found = SHIPPED[name]
    descriptor = yaml.safe_load((ROOT / "data_dictionaries" / f"{name}.yml").read_text("utf-8"))
    schema = Schema.from_descriptor(descriptor)
    assert not list(schema.metadata_validate(schema.to_descriptor()))
    assert [field.name for field in schema.fields] == list(found.names)
    assert schema.primary_key == list(found.primary_key)
    assert [key["fields"] for key in schema.foreign_keys] == [list(key.fields) for key in found.foreign_keys]
    for field in found.fields:
        assert [*schema.get_field(field.name).constraints.get("enum", ())] == [*field.constraints.enum]


def test_every_table_says_its_unit_floor_and_source() -> None:
    for found in SHIPPED.values():
        assert found.unit
        assert found.source.title
        assert found.source.publisher
        assert found.source.licence
        assert bool(found.policy) == found.sensitive
        assert all(field.heading != field.name for field in found.fields), found.name
        assert all(field.description for field in found.fields), found.name


FILES = [
    *((name, found.default_file) for name, found in SHIPPED.items()),
    *((path.name.split(".")[0], f"localities/demo_area_b/data/synthetic/{path.name}")
      for path in sorted((ROOT / "localities/demo_area_b/data/synthetic").glob("*.csv"))),
]  # fmt: skip


@pytest.mark.parametrize(("name", "file"), [(name, file) for name, file in FILES if file])
def test_frictionless_agrees_that_the_files_that_ship_have_no_fault(name: str, file: str) -> None:
    descriptor = yaml.safe_load((ROOT / "data_dictionaries" / f"{name}.yml").read_text("utf-8"))
    schema = Schema.from_descriptor({key: descriptor[key] for key in TABLE_SCHEMA if key in descriptor})
    schema.foreign_keys = []  # they need all tables at once
    path = ROOT / file
    report = Resource(path=path.name, basepath=str(path.parent), schema=schema).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "note"])[:5]


@pytest.mark.parametrize(("column", "cell"), [("age", "1_0"), ("age", "\u0661"), ("share", "1_0"), ("shape", "A1\n")])
def test_ours_refuses_what_only_python_takes_for_a_number_or_the_end_of_a_text(
    tmp_path: Path, column: str, cell: str
) -> None:
    """Underscores and other scripts' digits are no numbers in Table Schema; a pattern is about the whole cell."""
    row = [
        cell if field["name"] == column else {"id": "k", "flag": "true"}.get(str(field["name"]), "") for field in FIELDS
    ]
    path = tmp_path / "x.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([[field["name"] for field in FIELDS], row])
    assert {place for _, place in ours(path)} == {column}
    assert theirs(path) == set()
