"""Bad input: what happens when a file isn't what its dictionary says.

Each section is one thing that goes wrong in practice. Every message names the file, the row as a spreadsheet counts it
(the header is row 1), the column, what is wrong and what to do. Cells of sensitive tables are never repeated. All that
is wrong in all files is told at once, so that a person mends a file in one go.
"""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path

import pytest

from compendium import dictionary
from compendium.checks import check_locality
from compendium.errors import InputRefused, UnknownName, nearest
from compendium.locality import load_locality
from compendium.paths import Root
from tests.dictionary_samples import CASE_HEADER, CASES, VICTIM_HEADER, VICTIMS

CANARY = "Zebedee"  # a person who must never turn up in a message
CASE_ROWS = f"{CASE_HEADER}\nC-001,2022-05-01,2022-06-01,outcome\nC-002,2022-05-02,,open\n"
VICTIM_ROWS = f"{VICTIM_HEADER}\nV-1,{CANARY},C-001,12,,true,\nV-2,P-2,C-002,15,,true,\n"
LOCALITY = """
    id: blackpool
    name: Blackpool
    period: {from: 2022-05, to: 2023-04}
    sources:
      cases: {file: data/cases.csv, provenance: synthetic}
      victims: {file: data/victims.csv, provenance: synthetic}
"""


class Desk:
    """A compendium with two tables; `check` gives the lines a user would read."""

    def __init__(self, path):
        self.root = Root(path)
        self.data = self.root.localities / "blackpool" / "data"
        self.data.mkdir(parents=True)
        self.root.dictionaries.mkdir()
        (self.root.dictionaries / "cases.yml").write_text(CASES)
        (self.root.dictionaries / "victims.yml").write_text(VICTIMS)
        (self.data.parent / "locality.yml").write_text(textwrap.dedent(LOCALITY))
        self.write("cases", CASE_ROWS)
        self.write("victims", VICTIM_ROWS)

    def write(self, table: str, content: str | bytes) -> None:
        (self.data / f"{table}.csv").write_bytes(content.encode() if isinstance(content, str) else content)

    def check(self) -> list[str]:
        dictionaries = dictionary.load(self.root.dictionaries)
        locality = load_locality(self.root, "blackpool")
        sources = {name: locality.source(name, dictionaries) for name in dictionaries}
        paths = {name: source.path for name, source in sources.items() if source}
        shown = {name: self.root.relative(path).split("blackpool/")[1] for name, path in paths.items()}
        checked = dictionary.read_tables(paths, dictionaries, labels=shown)
        lines = [str(problem) for problem in checked.problems]
        assert CANARY not in "\n".join(lines)
        return lines


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_good_files_have_no_problems(desk):
    assert desk.check() == []


# Columns


def test_a_column_of_another_name_is_both_missing_and_unknown(desk):
    desk.write("cases", CASE_ROWS.replace("outcome_on", "outcome_date"))
    assert desk.check() == [
        "data/cases.csv, row 1, column outcome_on: The column is missing. Add it, even when its cells are empty.",
        "data/cases.csv, row 1, column outcome_date: Nobody declared this column. Did you mean outcome_on? "
        "Known: case_id, outcome_on, recorded_on, stage.",
    ]


def test_a_file_without_a_header_does_not_show_its_first_row(desk):
    desk.write("victims", VICTIM_ROWS.split("\n", 1)[1])
    assert desk.check() == [
        "data/victims.csv, row 1: The first row names no column of this table. "
        "Its first row must name victim_row, person_id, case_id, age, weight, identified, note."
    ]


# Cells


def test_a_cell_of_the_wrong_type(desk):
    desk.write("victims", VICTIM_ROWS.replace(",12,", f",{CANARY},"))
    assert desk.check() == [
        "data/victims.csv, row 2, column age: A text of 7 characters is not a whole number. "
        "Write digits only, such as 14."
    ]


def test_a_code_that_nobody_declared(desk):
    desk.write("cases", CASE_ROWS.replace(",open", ",opened"))
    assert desk.check() == [
        "data/cases.csv, row 3, column stage: A text of 6 characters is not a declared code. "
        "Did you mean open? Known: not_recorded, open, outcome."
    ]


def test_an_empty_cell_where_one_is_needed_names_the_code_for_not_known(desk):
    desk.write("cases", CASE_ROWS.replace(",open", ","))
    assert desk.check() == [
        "data/cases.csv, row 3, column stage: The cell is empty. Fill it in; where it isn't known write not_recorded."
    ]


def test_dates_in_the_wrong_order(desk):
    desk.write("cases", CASE_ROWS.replace("2022-06-01", "2022-04-01"))
    assert desk.check() == [
        "data/cases.csv, row 2, column outcome_on: The outcome is dated before the record. "
        "Correct one of the two dates."
    ]


def test_a_day_that_does_not_exist_and_a_day_written_the_english_way(desk):
    desk.write("cases", CASE_ROWS.replace("2022-06-01", "2022-06-31").replace("2022-05-02", "02/05/2022"))
    remedy = "Write year-month-day, such as 2023-04-30."
    assert desk.check() == [
        f"data/cases.csv, row 2, column outcome_on: A text of 10 characters is not a date. {remedy}",
        f"data/cases.csv, row 3, column recorded_on: A text of 10 characters is not a date. {remedy}",
    ]


def test_a_cell_that_a_spreadsheet_would_run(desk):
    desk.write("victims", VICTIM_ROWS.replace("true,\n", f'true,"=HYPERLINK(""{CANARY}"")"\n', 1))
    assert desk.check() == [
        "data/victims.csv, row 2, column note: A text of 21 characters would be run as a formula by a spreadsheet. "
        "Write it without the sign at its beginning."
    ]


# Rows and tables


def test_an_id_that_stands_twice(desk):
    desk.write("victims", VICTIM_ROWS.replace("V-2", "V-1"))
    assert desk.check() == [
        "data/victims.csv, row 3, column victim_row: This value stands already in row 2; a row must be unique. "
        "Remove one of the rows, or correct the value."
    ]


def test_a_victim_of_a_case_that_is_not_there(desk):
    desk.write("victims", VICTIM_ROWS.replace("C-002", "C-020"))
    assert desk.check() == [
        "data/victims.csv, row 3, column case_id: A text of 5 characters isn't in data/cases.csv, column case_id. "
        "Add it to cases or correct it here."
    ]


def test_a_row_with_a_cell_too_many(desk):
    desk.write("victims", VICTIM_ROWS + f"V-3,{CANARY}, aged 9,C-001,9,,true,\n")
    assert desk.check() == [
        "data/victims.csv, row 4: The row has 8 cells, the header 7. "
        "Fill up or remove cells; a comma inside a cell needs quotation marks around the cell."
    ]


# Files


def test_a_file_that_is_not_there_names_the_one_beside_it(desk):
    (desk.data / "victims.csv").rename(desk.data / "victim.csv")
    assert desk.check() == [
        "data/victims.csv: The file isn't there. Put it there, or correct its name in locality.yml. "
        "Did you mean victim.csv?"
    ]


def test_an_empty_file(desk):
    desk.write("cases", "")
    assert desk.check() == [
        "data/cases.csv: The file is empty. Its first row names case_id, recorded_on, outcome_on, stage."
    ]


def test_an_encoding_that_is_not_utf8_is_named(desk):
    desk.write("victims", VICTIM_ROWS.replace("P-2", "José").encode("cp1252"))
    desk.write("cases", CASE_ROWS.encode("utf-16"))
    assert desk.check() == [
        "data/cases.csv: The file is UTF-16, not UTF-8. Save it as CSV UTF-8.",
        "data/victims.csv, row 3: The file isn't UTF-8 but looks like Windows-1252 (cp1252), the plain CSV of Excel. "
        "Save it as CSV UTF-8.",
    ]


def test_everything_that_is_wrong_is_told_at_once(desk):
    desk.write("cases", CASE_ROWS.replace(",open", ",opened").replace("2022-06-01", "2022-04-01"))
    desk.write("victims", VICTIM_ROWS.replace("V-2", "V-1").replace("C-002", "C-020").replace(",15,", ",51,"))
    assert [line.split(":")[0] for line in desk.check()] == [
        "data/cases.csv, row 2, column outcome_on",
        "data/cases.csv, row 3, column stage",
        "data/victims.csv, row 3, column victim_row",
        "data/victims.csv, row 3, column case_id",
        "data/victims.csv, row 3, column age",
    ]


def test_a_case_recorded_outside_the_period_is_named(desk):
    path = desk.data.parent / "locality.yml"
    path.write_text(re.sub(r"period: .*", "period: {from: 2019-01, to: 2019-12}", path.read_text()))
    lines = [str(problem) for problem in check_locality(desk.root, "blackpool").problems if problem.column]
    assert lines[0] == (
        "localities/blackpool/data/cases.csv, row 2, column recorded_on: The date lies outside the period of the study "
        "(2019-01 to 2019-12). Correct the date, leave the case out, or set period in locality.yml."
    )


# Names


def test_an_unknown_locality_names_the_nearest(desk):
    with pytest.raises(UnknownName) as refused:
        load_locality(desk.root, "blackpol")
    assert str(refused.value) == "No locality is called 'blackpol'. Did you mean blackpool? Known: blackpool."


def test_an_unknown_key_of_a_locality_names_the_nearest_and_its_line(desk):
    path = desk.data.parent / "locality.yml"
    path.write_text(path.read_text().replace("sources:", "source:"))
    with pytest.raises(InputRefused) as refused:
        load_locality(desk.root, "blackpool")
    assert "line 5: The key source isn't known here. Did you mean sources?" in str(refused.value)


def test_problems_are_records_that_other_tools_can_use(desk):
    desk.write("cases", CASE_ROWS.replace(",open", ",opened"))
    dictionaries = dictionary.load(desk.root.dictionaries)
    checked = dictionary.read_tables({"cases": desk.data / "cases.csv"}, dictionaries)
    problem = checked.problems[0]
    assert (problem.file, problem.row, problem.column, problem.level) == ("cases.csv", 3, "stage", "error")
    assert json.dumps([problem.message, problem.remedy])


def test_a_crime_is_early_only_where_the_day_of_its_case_is_known(tmp_path):
    """The first case has a day, the second one that can't be read, the third isn't there: told there, and once."""
    rest = "extortion,adult,school,B01,yes,advice,open,no"
    cases = f"C-00001,2022-05-03,{rest}\nC-00002,14/06/2022,{rest}\n"
    crimes = "".join(f"R-0000{n},C-0000{n},true,88A,yes,,,2022-05-01,,,other\n" for n in (1, 2, 3))
    described = dictionary.load(Root(Path(__file__).parents[2]).dictionaries)
    paths = {}
    for name, rows in {"cases": cases, "crimes": crimes}.items():
        paths[name] = tmp_path / f"{name}.csv"
        paths[name].write_text(",".join(field.name for field in described[name].fields) + f"\n{rows}")
    told = [problem for problem in dictionary.read_tables(paths, described).problems if problem.level == "warning"]
    assert [problem.row for problem in told if "before the case" in problem.message] == [2]


def test_a_name_in_other_capitals_is_the_first_suggestion():
    assert nearest("88a", ["88A", "88C", "88E"]).startswith("Did you mean 88A?")
