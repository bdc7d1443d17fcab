"""The JSON Schema of a table and the table's own check give the same verdict on a row, on the rules both know.

JSON has no keys and no limits of dates, so those are left out here; so is what only we refuse (formulas, blanks around
a cell, control characters).
"""

from __future__ import annotations

import contextlib
import csv
import datetime
import json
import tempfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compendium import dictionary
from tests.dictionary_samples import table
from tests.shared import ROOT

FIELDS = [
    {"name": "id", "constraints": {"required": True, "pattern": "[A-C][0-9]+|x"}},
    {"name": "code", "constraints": {"enum": ["a", "b", "not_recorded"]}},
    {"name": "short", "constraints": {"minLength": 2, "maxLength": 3}},
    {"name": "age", "type": "integer", "constraints": {"minimum": 0, "maximum": 17}},
    {"name": "share", "type": "number", "constraints": {"required": True, "minimum": 0.5}},
    {"name": "flag", "type": "boolean"},
    {"name": "day", "type": "date"},
    {"name": "month", "type": "yearmonth"},
    {"name": "since", "type": "year"},
]
RULES = [
    "if code == 'a' then age is not empty",
    "if flag is not empty and age >= 10 then code in ['a', 'b']",
    "if short not in ['ab'] then code != 'not_recorded'",
    "age != 3",
    "share <= 100",
    "if month is empty then day is empty and since is empty",
]
CELLS = {
    "id": ["A1", "C22", "x", "D1", "xx", "Ä1", ""],
    "code": ["a", "b", "not_recorded", "A", ""],
    "short": ["ab", "äöü", "\U0001f600\U0001f600\U0001f600", "a", "abcd", ""],
    "age": ["0", "3", "9", "10", "17", "18", "-1", "x", ""],
    "share": ["0.5", "0.49", "1e2", "1e3", "100.5", "x", ""],
    "flag": ["true", "false", "yes", ""],
    "day": ["2022-01-01", "2022-02-30", "2024-02-29", "31/12/2022", ""],
    "month": ["2022-05", "2022-13", "x", ""],
    "since": ["2022", "0001", "22", ""],
}
YAML = (
    "name: x\ntitle: X\ndescription: d\nunit: u\nsensitivity: public\nfields:\n"
    + "".join(f"  - {json.dumps(field)}\n" for field in FIELDS)
    + "rules:\n"
    + "".join(f"  - {json.dumps({'id': f'r{at}', 'test': test, 'message': 'm'})}\n" for at, test in enumerate(RULES))
)
TABLE = table(YAML)


def as_json(cell: str, kind: str) -> Any:
    """A cell as JSON has it; what isn't of its type stays text. Years have four digits, as Table Schema writes them."""
    if not cell:
        return None
    if kind == "boolean":
        return {"true": True, "false": False}.get(cell, cell)
    with contextlib.suppress(ValueError):
        if kind == "integer" or (kind == "year" and len(cell) == 4):
            return int(cell)
        if kind == "number":
            return float(cell)
    return cell


@settings(max_examples=100, deadline=None)
@given(row=st.fixed_dictionaries({name: st.sampled_from(cells) for name, cells in CELLS.items()}))
def test_a_row_passes_the_json_schema_exactly_when_it_passes_the_dictionary(row: dict[str, str]) -> None:
    schema = dictionary.json_schema(TABLE)
    instance = [{field.name: as_json(row[field.name], field.type) for field in TABLE.fields}]
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        with path.open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([list(row), list(row.values())])
        problems = dictionary.read(path, TABLE)[1]
    if any(row.values()):  # a row without any cell is refused by us alone
        assert validator.is_valid(instance) == (not problems), [str(problem) for problem in problems]


def test_a_column_too_many_or_too_few_is_refused() -> None:
    good = {field.name: None for field in TABLE.fields} | {"id": "A1", "share": 1}
    validator = jsonschema.Draft202012Validator(dictionary.json_schema(TABLE))
    assert validator.is_valid([good])
    assert not validator.is_valid([good | {"name": "Jane"}])
    assert not validator.is_valid([{key: value for key, value in good.items() if key != "code"}])


@pytest.mark.parametrize("name", sorted(dictionary.load(ROOT / "data_dictionaries")))
def test_every_table_that_ships_has_a_valid_json_schema(name: str) -> None:
    found = dictionary.load(ROOT / "data_dictionaries")[name]
    schema = dictionary.json_schema(found)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert list(schema["items"]["properties"]) == list(found.names)
    assert json.loads(json.dumps(schema)) == schema


@pytest.mark.parametrize("name", ["cases", "crimes", "victims", "suspects", "fieldwork_sources", "assessments"])
def test_the_synthetic_records_pass_their_json_schema(name: str) -> None:
    found = dictionary.load(ROOT / "data_dictionaries")[name]
    frame, problems = dictionary.read(ROOT / f"localities/demo_area_b/data/synthetic/{name}.synthetic.csv", found)
    assert not problems
    rows = [{key: _dated(value) for key, value in row.items()} for row in frame.head(60).to_dicts()]
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(dictionary.json_schema(found), format_checker=checker).validate(rows)


def _dated(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date) else value
