"""Templates: what a person finds who has to fill in a table.

A template is a workbook made from the dictionary: a guide, a sheet a table, what each column and each code means. What
is filled in is read back by `check` as the CSV of the same table would be, by sheet, row and cell.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from compendium import dictionary
from compendium.cli import main
from compendium.dictionary import template
from compendium.dictionary.strays import strays
from compendium.locality import load_locality
from compendium.paths import Root
from tests.shared import ROOT

DICTIONARIES = dictionary.load(ROOT / "data_dictionaries")
LOOKUPS = {name: ROOT / found.default_file for name, found in DICTIONARIES.items() if found.default_file}
CASE_FILES = DICTIONARIES.groups["case_files"]


@pytest.fixture(scope="module")
def every() -> dict[str, bytes]:
    return {one.name: template.workbook(one) for one in template.templates(DICTIONARIES, [], LOOKUPS)}


@pytest.fixture(scope="module")
def case_files(every: dict[str, bytes]) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(every["case_files"]))


def ended(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    return int(stopped.value.code or 0)


def checks(sheet) -> dict[str, object]:
    """The check of each column, by the name in its heading."""
    found = {str(one.sqref).rstrip("0123456789").split("2:")[0]: one for one in sheet.data_validations.dataValidation}
    return {sheet[f"{letters}1"].value: one for letters, one in found.items()}


def test_there_is_a_template_for_every_table_and_those_filled_in_together_share_one(every: dict[str, bytes]) -> None:
    tables = {name for one in template.templates(DICTIONARIES, [], {}) for name in (table.name for table in one.tables)}
    assert tables == set(DICTIONARIES)
    names = openpyxl.load_workbook(io.BytesIO(every["case_files"]), read_only=True).sheetnames
    assert names == ["Read me first", *CASE_FILES, "Columns", "Code lists"]


def test_every_empty_template_is_read_back_as_an_empty_table(every: dict[str, bytes], tmp_path: Path) -> None:
    for one in template.templates(DICTIONARIES, [], {}):
        path = tmp_path / f"{one.name}.xlsx"
        path.write_bytes(every[one.name])
        for table in one.tables:
            frame, problems = dictionary.read(path, table)
            assert problems == []
            assert frame.height == 0
            assert tuple(frame.columns) == table.names


def test_every_column_checks_what_is_typed_and_says_what_it_takes(every: dict[str, bytes]) -> None:
    """Excel shows 32 characters of a title, 255 of a note, and takes 255 of a condition."""
    for one in template.templates(DICTIONARIES, [], {}):
        book = openpyxl.load_workbook(io.BytesIO(every[one.name]))
        for table in one.tables:
            found = checks(book[table.name])
            assert tuple(found) == table.names
            for check in found.values():
                assert 0 < len(check.promptTitle) <= 32
                assert 0 < len(check.prompt) <= 255
                assert len(check.error) <= 225
                assert len(check.formula1 or "") <= 255
            for field, cell in zip(table.fields, book[table.name][1], strict=True):
                assert cell.comment.text.startswith(field.heading.upper())
            assert book[table.name].freeze_panes == "B2"


def test_a_column_of_codes_offers_exactly_its_codes_with_what_they_mean(case_files: openpyxl.Workbook) -> None:
    for name in CASE_FILES:
        found = checks(case_files[name])
        for field in DICTIONARIES[name].fields:
            if not field.codes:
                continue
            sheet, cells = found[field.name].formula1.split("!")
            assert sheet == "'Code lists'"
            rows = case_files["Code lists"][cells.replace("$", "").replace("C", "A", 1).replace(":C", ":D")]
            assert [str(row[2].value) for row in rows] == list(field.codes)
            assert {(row[0].value, row[1].value) for row in rows} == {(name, field.name)}
            if field.labels:
                assert [row[3].value for row in rows] == [field.label(code) for code in field.codes]


def test_codes_without_labels_of_their_own_take_those_of_their_lookup(case_files: openpyxl.Workbook) -> None:
    with (ROOT / "data_dictionaries/lookups/offence_codes.csv").open(encoding="utf-8") as stream:
        labels = {row["code"]: row["label"] for row in csv.DictReader(stream)}
    listed = {
        row[2].value: row[3].value
        for row in case_files["Code lists"].iter_rows(min_row=2)
        if row[1].value == "offence_code"
    }
    assert len(listed) == len(DICTIONARIES["crimes"].field("offence_code").codes)
    assert all(labels[code] == label for code, label in listed.items() if code in labels)
    assert set(listed) & set(labels)


def test_dates_numbers_and_ids_are_checked_by_their_kind(case_files: openpyxl.Workbook) -> None:
    victims, crimes = checks(case_files["victims"]), checks(case_files["crimes"])
    assert (victims["age"].type, victims["age"].formula1, victims["age"].formula2) == ("whole", "0", "17")
    assert crimes["recorded_on"].type == "date"
    assert victims["victim_row"].type == "custom"
    assert "COUNTIF($A$2:$A$20001,A2)=1" in victims["victim_row"].formula1
    assert victims["case_id"].formula1.startswith("OFFSET('cases'!$A$2")  # the ids typed on the sheet of cases
    assert victims["case_id"].errorStyle == "warning"  # which may be filled in later


def test_excel_makes_no_date_of_an_age_band(case_files: openpyxl.Workbook) -> None:
    sheet = case_files["victims"]
    letter = openpyxl.utils.get_column_letter(DICTIONARIES["victims"].names.index("age_band") + 1)
    assert sheet.column_dimensions[letter].number_format == "@"
    assert case_files["crimes"].column_dimensions["H"].number_format == "yyyy-mm-dd"


def test_what_must_be_filled_in_is_known_without_colour(case_files: openpyxl.Workbook) -> None:
    heads = {cell.value: cell for cell in case_files["victims"][1]}
    required, optional = heads["sex"], heads["age"]
    assert (required.font.bold, required.font.italic, required.border.bottom.style) == (True, False, "thick")
    assert (optional.font.bold, optional.font.italic, optional.border.bottom.style) == (False, True, "thin")
    assert "Must be filled in." in required.comment.text
    assert "May stay empty." in optional.comment.text
    words = {row[1].value: row[4].value for row in case_files["Columns"].iter_rows(min_row=2)}
    assert (words["sex"], words["age"]) == ("required", "may stay empty")


def test_the_guide_says_what_a_row_is_what_never_to_enter_and_where_it_goes(case_files: openpyxl.Workbook) -> None:
    guide = {row[0].value: row[1].value for row in case_files["Read me first"].iter_rows(min_row=3)}
    assert guide["Sheet victims"].startswith("One row for each child")
    assert all(word in guide["Never enter"] for word in ("Names", "addresses", "dates of birth", "sentences"))
    assert guide["Where it goes"].startswith("Nowhere")
    assert "not_recorded" in guide["Not known"]
    assert "compendium check" in guide["When you are done"]


def test_no_row_is_filled_in_as_an_example(case_files: openpyxl.Workbook) -> None:
    assert all(case_files[name].max_row == 1 for name in CASE_FILES)


def test_the_same_dictionaries_give_the_same_bytes_and_no_clock(every: dict[str, bytes]) -> None:
    (again,) = template.templates(DICTIONARIES, ["case_files"], LOOKUPS)
    assert template.workbook(again) == every["case_files"]
    with zipfile.ZipFile(io.BytesIO(every["case_files"])) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert core.count("1980-01-01T00:00:00Z") == 2
    assert f"{datetime.date.today().year}-" not in core


def filled(path: Path, tables: dict[str, Path], workbook: bytes) -> None:
    """Type the rows of CSV files into a template, as a person would: dates as dates, numbers as numbers."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    for name, file in tables.items():
        with file.open(encoding="utf-8") as stream:
            for at, row in enumerate(csv.DictReader(stream), start=2):
                for column, field in enumerate(DICTIONARIES[name].fields, start=1):
                    text: object = row[field.name]
                    if text and field.type == "date":
                        text = datetime.date.fromisoformat(str(text))
                    elif text and field.type == "integer":
                        text = int(str(text))
                    if text != "":
                        book[name].cell(at, column).value = text
    book.save(path)


@pytest.fixture
def sources() -> dict[str, Path]:
    place = load_locality(Root(ROOT), "blackpool")
    found = {name: place.source(name, DICTIONARIES) for name in CASE_FILES}
    return {name: one.path for name, one in found.items() if one}


def test_a_filled_template_is_the_same_table_as_its_csv(
    every: dict[str, bytes], sources: dict[str, Path], tmp_path: Path
) -> None:
    filled(tmp_path / "case_files.xlsx", sources, every["case_files"])
    ours = dictionary.read_tables(dict.fromkeys(CASE_FILES, tmp_path / "case_files.xlsx"), DICTIONARIES)
    theirs = dictionary.read_tables(sources, DICTIONARIES)
    assert ours.errors == theirs.errors == []
    assert all(ours.tables[name].equals(theirs.tables[name]) for name in CASE_FILES)


def test_wrong_cells_get_the_same_verdicts_as_in_csv_and_the_name_of_their_cell(
    every: dict[str, bytes], sources: dict[str, Path], tmp_path: Path
) -> None:
    for name in CASE_FILES:
        (tmp_path / f"{name}.csv").write_bytes(sources[name].read_bytes())
    rows = list(csv.reader((tmp_path / "victims.csv").read_text().splitlines()))
    rows[13][3], rows[14][4], rows[15][5], rows[16][0], rows[17][2] = "99", "10–13", "", rows[3][0], "C-99999"
    with (tmp_path / "victims.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)
    files = {name: tmp_path / f"{name}.csv" for name in CASE_FILES}
    filled(tmp_path / "case_files.xlsx", files, every["case_files"])
    ours = dictionary.read_tables(dict.fromkeys(CASE_FILES, tmp_path / "case_files.xlsx"), DICTIONARIES)
    theirs = dictionary.read_tables(files, DICTIONARIES)

    def verdicts(checked: dictionary.Checked) -> list[tuple[object, ...]]:
        said = [(one.row, one.column, one.message.split(" isn't in ")[0], one.level) for one in checked.problems]
        return [one for one in said if one[0]]

    assert len(verdicts(theirs)) >= 5
    assert verdicts(ours) == verdicts(theirs)
    lines = [str(problem) for problem in ours.errors]
    assert any(line.startswith("case_files.xlsx, sheet victims, row 14, column age (D14): A text of") for line in lines)


# The command


def test_template_writes_what_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended("template", "case_files", "studies", "--out", str(tmp_path), "--root", str(ROOT)) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["case_files.xlsx", "studies.xlsx"]
    assert ended("template", "victims", "--to", "csv", "--out", str(tmp_path), "--root", str(ROOT)) == 0
    assert (tmp_path / "victims.csv").read_text() == ",".join(DICTIONARIES["victims"].names) + "\n"
    assert ended("template", "victims", "--to", "json-schema", "--out", str(tmp_path), "--root", str(ROOT)) == 0
    schema = json.loads((tmp_path / "victims.schema.json").read_text(encoding="utf-8"))
    assert tuple(schema["items"]["properties"]) == DICTIONARIES["victims"].names


def test_a_locality_s_own_areas_stand_in_the_lists(tmp_path: Path) -> None:
    out = ("--out", str(tmp_path), "--root", str(ROOT))
    assert ended("template", "case_files", "--locality", "blackpool", *out) == 0
    book = openpyxl.load_workbook(tmp_path / "case_files.xlsx")
    assert checks(book["cases"])["zone"].type == "list"
    zones = [row[3].value for row in book["Code lists"].iter_rows() if row[1].value == "zone"]
    assert "Zone 01" in zones


def test_a_filled_template_is_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("template", "cases", "--out", str(tmp_path), "--root", str(ROOT))
    assert ended(*asked) == 0
    assert ended(*asked) == 0  # nobody has touched it
    (tmp_path / "cases.xlsx").write_bytes(b"a day's work")
    assert ended(*asked) == 1
    assert "cases.xlsx: The file is there already." in capsys.readouterr().err
    assert (tmp_path / "cases.xlsx").read_bytes() == b"a day's work"


def test_a_filled_template_left_in_the_checkout_is_told_and_an_empty_one_is_not(
    every: dict[str, bytes], tmp_path: Path
) -> None:
    path = tmp_path / "templates" / "case_files.xlsx"
    path.parent.mkdir()
    path.write_bytes(every["case_files"])
    (path.parent / "victims.csv").write_text(",".join(DICTIONARIES["victims"].names) + "\n")
    assert strays(Root(tmp_path), DICTIONARIES, frozenset()) == []
    book = openpyxl.load_workbook(path)
    book["victims"]["A2"] = "V-00001"
    book["victims"].sheet_state = "hidden"
    book.save(path)
    (problem,) = strays(Root(tmp_path), DICTIONARIES, frozenset())
    assert problem.file == "templates/case_files.xlsx"
    assert "It has the columns of victims" in problem.message


def test_an_unknown_table_names_the_nearest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended("template", "victms", "--out", str(tmp_path / "new"), "--root", str(ROOT)) == 1
    assert "Did you mean victims?" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
