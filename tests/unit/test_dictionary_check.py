# ruff: noqa: E501  (a case a line)
"""Every kind of rule: broken once, found once, placed and told without a sensitive value."""

from __future__ import annotations

import polars as pl
import pytest

from compendium import dictionary
from compendium.errors import UnknownName, counted
from tests.dictionary_samples import CASE_HEADER, VICTIM_HEADER, both, check, table, told

CASE = "C-001,2022-05-01,,open"


def cases(tmp_path, *rows: str) -> list[str]:
    return told(check(tmp_path, cases="\n".join([CASE_HEADER, *rows])))


def victims(tmp_path, *rows: str) -> list[str]:
    good = f"{CASE_HEADER}\n{CASE}"
    return told(check(tmp_path, cases=good, victims="\n".join([VICTIM_HEADER, *rows])))


def problems_of(tmp_path, text: str, content: str) -> list[str]:
    path = tmp_path / "x.csv"
    path.write_text(content)
    return [str(problem) for problem in dictionary.read(path, table(text))[1]]


FIELD = "name: x\ntitle: X\ndescription: d\nunit: u\nsensitivity: public\nfields:\n  - {name: id}\n  - "


@pytest.mark.parametrize(
    ("field", "good", "bad", "said"),
    [
        ("{name: a, constraints: {required: true}}", "x", "", "The cell is empty. Fill it in."),
        ("{name: a, type: integer}", "-12", "1.5", "'1.5' is not a whole number. Write digits only"),
        ("{name: a, type: integer}", "+3", "9" * 30, "is not a whole number"),
        ("{name: a, type: integer, constraints: {enum: [1, 2]}}", "2", "3", "'3' is not a declared code. Known: 1, 2."),
        ("{name: a, type: number}", "1e308", "1e309", "'1e309' is not a number."),
        ("{name: a, type: number}", "-.5", "nan", "'nan' is not a number."),
        ("{name: a, type: number, constraints: {minimum: 0.5}}", "0.5", "0.4", "is below the least allowed, 0.5."),
        ("{name: a, type: boolean}", "TRUE", "yes", "'yes' is not true or false. Write true or false."),
        ("{name: a, type: boolean, trueValues: [ja], falseValues: [nein]}", "ja", "true", "Write ja or nein."),
        ("{name: a, type: date}", "2024-02-29", "2023-02-29", "'2023-02-29' is not a date. Write year-month-day"),
        ("{name: a, type: date}", "0001-01-01", "0000-01-01", "is not a date"),
        ("{name: a, type: date}", "2022-01-01", "01/02/2022", "is not a date"),
        ("{name: a, type: date}", "2022-01-01", "2022-1-1", "is not a date"),
        ("{name: a, type: date, format: '%d/%m/%Y'}", "30/04/2023", "04/30/2023", "Write it as 30/04/2023."),
        ('{name: a, type: date, constraints: {maximum: "2022-12-31"}}', "2022-12-31", "2023-01-01", "above the most allowed, 2022-12-31"),
        ("{name: a, type: year}", "2022", "22", "is not a year"),
        ("{name: a, type: yearmonth}", "2022-05", "2022-13", "is not a month"),
        ('{name: a, type: yearmonth, constraints: {minimum: "2022-05"}}', "2022-05", "2022-04", "below the least allowed, 2022-05"),
        ("{name: a, constraints: {minLength: 2}}", "xy", "x", "is shorter than 2 characters"),
        ("{name: a, constraints: {maxLength: 3}}", "äöü", "xyzz", "is longer than 3 characters"),
        ('{name: a, example: A-1, constraints: {pattern: "A-[0-9]|B"}}', "B", "B-1", "'B-1' doesn't follow the pattern A-[0-9]|B. Write it like A-1."),
        ('{name: a, constraints: {enum: ["yes", "no"]}}', "yes", "yse", "'yse' is not a declared code. Did you mean yes?"),
        ('{name: a, constraints: {enum: ["yes", "no"]}}', "no", "no ", "is a code with blanks around it. Remove the blanks."),
        ("{name: a}", "+44 1253 000000", "=1+1", "would be run as a formula by a spreadsheet"),
        ("{name: a}", "-", "@SUM(A1)", "would be run as a formula"),
        ("{name: a}", "-5", "-2+3+cmd|' /C calc'!A0", "would be run as a formula"),
        ("{name: a}", "a=b", "+cmd|x", "would be run as a formula"),
        ("{name: a}", "<b>{{< env HOME >}}", "x\x07", "holds control characters that nobody can see"),
        ("{name: a}", "naïve – ‘x’", "abc\u202etxt", "holds control characters"),
        ("{name: a}", "x", "y" * 32_768, "is longer than 32767 characters"),
    ],
)  # fmt: skip
def test_each_rule_of_a_field_finds_the_cell_that_breaks_it(tmp_path, field, good, bad, said):
    found = problems_of(tmp_path, FIELD + field, f"id,a\n1,{good}\n2,{bad}\n3,{good}\n")
    assert len(found) == 1, found
    assert found[0].startswith("x.csv, row 3, column a: ")
    assert said in found[0]


def test_a_long_or_odd_public_value_is_shown_short_and_plain(tmp_path):
    found = problems_of(tmp_path, FIELD + "{name: a, type: integer}", "id,a\n1,\x1b" + "9" * 50 + "x\n")
    assert "'?" + "9" * 39 + "…'" in found[0]


def test_missing_values_other_than_the_empty_cell(tmp_path):
    text = FIELD.replace("fields:", 'missingValues: ["", NA]\nfields:') + "{name: a, type: integer}"
    assert problems_of(tmp_path, text, "id,a\n1,NA\n2,3\n") == []


def test_no_message_about_a_sensitive_table_shows_a_cell(tmp_path):
    canary = "Zebedee"
    found = victims(
        tmp_path, f"V1,{canary},{canary},{canary},{canary},{canary},={canary}", f"V1,{canary},{canary},1,,,"
    )
    assert len(found) == 8
    assert canary not in "\n".join(found)
    assert "victims.csv, row 2, column age: A text of 7 characters is not a whole number." in "\n".join(found)


def test_a_key_that_stands_again_names_the_first_row(tmp_path):
    found = cases(tmp_path, CASE, CASE.replace("001", "002"), CASE, CASE)
    assert [line.split(": ")[0] for line in found] == [
        "cases.csv, row 4, column case_id",
        "cases.csv, row 5, column case_id",
    ]
    assert "already in row 2" in found[1]


def test_an_empty_key_is_an_empty_cell_and_no_repeat(tmp_path):
    found = cases(tmp_path, ",2022-05-01,,open", ",2022-05-01,,open")
    assert [line.split(": ", 1)[1] for line in found] == ["The cell is empty. Fill it in."] * 2


def test_a_key_of_two_columns(tmp_path):
    found = victims(tmp_path, "V1,P1,C-001,1,,,", "V2,P1,C-001,2,,,", "V3,P2,C-001,2,,,")
    assert found == [
        "victims.csv, row 3, column case_id: These values of person_id, case_id stand already in row 2; a row must be "
        "unique. Remove one of the rows, or correct the value."
    ]


def test_a_unique_field_ignores_empty_cells(tmp_path):
    found = problems_of(tmp_path, FIELD + "{name: a, constraints: {unique: true}}", "id,a\n1,\n2,\n3,x\n4,x\n")
    assert len(found) == 1
    assert "row 5, column a" in found[0]


def test_a_key_that_leads_nowhere(tmp_path):
    found = victims(tmp_path, "V1,P1,C-009,1,,,")
    assert len(found) == 1
    assert "row 2, column case_id: A text of 5 characters isn't in cases.csv, column case_id." in found[0]


def test_a_table_that_is_not_supplied_is_a_warning(tmp_path):
    checked = check(tmp_path, victims=f"{VICTIM_HEADER}\nV1,P1,C-009,1,,,")
    assert [problem.level for problem in checked.problems] == ["warning"]
    assert checked.errors == []
    assert "The table cases isn't supplied" in told(checked)[0]


def test_a_table_that_could_not_be_read_whole_is_not_held_against_others(tmp_path):
    checked = check(tmp_path, cases="", victims=f"{VICTIM_HEADER}\nV1,P1,C-009,1,,,")
    assert [problem.file for problem in checked.problems] == ["cases.csv"]


def test_a_foreign_key_of_two_columns(tmp_path):
    parent = "name: p\ntitle: P\ndescription: d\nunit: u\nsensitivity: public\nprimaryKey: [a, b]\nfields: [{name: a}, {name: b}]"
    child = parent.replace("name: p\n", "name: c\n").replace(
        "primaryKey: [a, b]", "foreignKeys: [{fields: [a, b], reference: {resource: p, fields: [a, b]}}]"
    )
    tables = dictionary.Dictionaries({"p": table(parent), "c": table(child)})
    (tmp_path / "p.csv").write_text("a,b\n1,2\n3,4\n")
    (tmp_path / "c.csv").write_text("a,b\n1,2\n1,4\n3,\n")
    checked = dictionary.read_tables({name: tmp_path / f"{name}.csv" for name in tables}, tables)
    assert told(checked) == ["c.csv, row 3, column b: '4' isn't in p.csv, column a, b. Did you mean 4? Known: 2, 4."]


def test_dates_in_the_wrong_order(tmp_path):
    found = cases(
        tmp_path, "C-001,2022-05-02,2022-05-01,open", "C-002,2022-05-02,2022-05-02,open", "C-003,x,2000-01-01,open"
    )
    assert found[0] == (
        "cases.csv, row 2, column outcome_on: The outcome is dated before the record. Correct one of the two dates."
    )
    assert len(found) == 2  # a date that can't be read is told once, and no order is made of it


def test_a_warning_of_a_conditional_rule(tmp_path):
    found = victims(tmp_path, "V1,P1,C-001,,,true,", "V2,P2,C-001,,,false,", "V3,P3,C-001,,,,", "V4,P4,C-001,3,,true,")
    assert found == ["victims.csv, row 2, column age: An identified child has an age. Correct one of these cells."]


@pytest.mark.parametrize(
    ("test", "rows"),
    [
        ("a < b", [2, 3]),
        ("a != b", [2]),
        ("a == 1", [2, 3, 6]),
        ("a >= b and a > 0", []),
        ("a in [1, 2]", [6]),
        ("a not in [3]", [6]),
        ("b is empty", [2, 3]),
        ("if a > 1 then b is empty", [2, 3]),
        ("if c == 'x' then a <= 1", [3]),
        ("exactly one c == 'x' per g", [4]),
        ("at most one c == 'x' per g", []),
        ("at least one c == 'x' per g", [4]),
    ],
)  # fmt: skip
def test_what_a_rule_finds(tmp_path, test, rows):
    """By hand: row 2 is (2, 2, y, g1), 3 (2, 1, x, g1), 4 (-, -, y, g2), 5 (1, -, -, g2), 6 (3, -, y, -)."""
    text = FIELD.replace("  - {name: id}\n  - ", "") + (
        "  - {name: a, type: integer}\n  - {name: b, type: integer}\n  - {name: c}\n  - {name: g}\n"
        f'rules: [{{id: r, test: "{test}", message: Broken.}}]'
    )
    found = problems_of(tmp_path, text, "a,b,c,g\n2,2,y,g1\n2,1,x,g1\n,,y,g2\n1,,,g2\n3,,y,\n")
    expected = [2] if test == "a != b" else rows
    assert [int(line.split("row ")[1].split(",")[0]) for line in found] == expected


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        ("n{at},x\n", "column a: 7 more rows are wrong like row 10001."),
        ("n{at},1,2\n", "7 more rows are of another width than the header."),
        (",\n", "7 more rows are empty."),
        ("same,1\n", "column id: 7 more rows are repeated."),
    ],
)
def test_of_thousands_of_faults_of_one_kind_ten_thousand_are_listed_and_the_others_counted(tmp_path, rows, kind):
    extra = 8 if rows.startswith("same") else 7  # the first of them is no repetition
    body = "".join(rows.format(at=at) for at in range(10_000 + extra))
    path = tmp_path / "x.csv"
    path.write_text("id,a\n" + body + "last,1\n")
    found = dictionary.read(
        path, table(FIELD.replace("{name: id}", "{name: id, constraints: {unique: true}}") + "{name: a, type: integer}")
    )[1]
    assert len(found) == 10_001
    assert counted(found) == 10_007
    assert kind in str(found[-1])


def test_problems_come_by_table_row_and_column(tmp_path):
    found = victims(tmp_path, "V1,P1,C-001,x,y,true,", ",,C-001,1,z,true,")
    places = [line.split(": ")[0].removeprefix("victims.csv, ") for line in found]
    assert places == [
        "row 2, column age", "row 2, column weight", "row 3, column victim_row", "row 3, column person_id", "row 3, column weight"
    ]  # fmt: skip


def test_an_unknown_table_is_an_error(tmp_path):
    with pytest.raises(UnknownName, match="Did you mean cases"):
        dictionary.read_tables({"case": tmp_path / "x.csv"}, both())


def test_typed_columns_have_the_types_of_the_dictionary(tmp_path):
    checked = check(tmp_path, cases=f"{CASE_HEADER}\n{CASE}", victims=f"{VICTIM_HEADER}\nV1,P1,C-001,1,1,true,x")
    assert checked.tables["victims"].dtypes == [
        pl.String,
        pl.String,
        pl.String,
        pl.Int64,
        pl.Float64,
        pl.Boolean,
        pl.String,
    ]
    assert checked.tables["cases"]["recorded_on"].dtype == pl.Date
