"""Files from strangers: what is read right, what is refused, and where it says so."""

from __future__ import annotations

import csv
import io
import os
import random
import zipfile

import openpyxl
import pytest

from compendium import dictionary
from compendium.dictionary import layout
from tests.dictionary_samples import CASE_HEADER, PUBLIC, VICTIM_HEADER, both, check, table, told

GOOD = f"{CASE_HEADER}\nC-001,2022-05-01,,open\n"


def only(checked) -> str:
    assert len(checked.problems) == 1, told(checked)
    return str(checked.problems[0])


def test_cells_are_typed_and_empty_cells_are_missing(tmp_path):
    rows = f'{VICTIM_HEADER}\nV1,P1,C-001,12,0.5,true,"a, ""b"""\nV2,P2,C-001,,,,""\n'
    checked = check(tmp_path, cases=GOOD, victims=rows)
    assert checked.problems == []
    assert checked.tables["victims"].rows() == [
        ("V1", "P1", "C-001", 12, 0.5, True, 'a, "b"'),
        ("V2", "P2", "C-001", None, None, None, None),
    ]
    assert "C-001" not in repr(checked)


@pytest.mark.parametrize(
    "data",
    [
        GOOD.encode("utf-8-sig"),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.rstrip("\n").encode(),
        (GOOD + "\r\n\n\n").encode(),
        b"stage,case_id,recorded_on,outcome_on\nopen,C-001,2022-05-01,\n",
        b'"case_id","recorded_on","outcome_on","stage"\n"C-001","2022-05-01","","open"',
    ],
    ids=["byte order mark", "windows lines", "no last line end", "blank lines at the end", "other order", "all quoted"],
)
def test_the_usual_forms_of_a_csv_file_are_read_alike(tmp_path, data):
    checked = check(tmp_path, cases=data)
    assert checked.problems == []
    assert checked.tables["cases"].select("case_id", "stage").rows() == [("C-001", "open")]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "cases.csv: The file is empty. Its first row names case_id"),
        (b"\n\r\n", "The file is empty."),
        (b"\xef\xbb\xbf", "The file is empty."),
        (GOOD.encode("utf-16"), "The file is UTF-16, not UTF-8. Save it as CSV UTF-8."),
        (GOOD.encode("utf-16-le"), "The file is UTF-16"),
        (GOOD.replace("open", "öpen").encode("cp1252"), "row 2: The file isn't UTF-8 but looks like Windows-1252"),
        (GOOD.encode() + b"\x81\n", "The file isn't UTF-8 nor Windows-1252"),
        (GOOD.encode() + b"\xed\xa0\x80", "row 3: The file isn't UTF-8"),
        (GOOD.encode() + b"C\x00", "row 3: A NUL byte"),
        (b"PK\x03\x04rest", "a workbook or archive, not a CSV file"),
        (GOOD.replace("\n", "\r").encode(), "old Mac style"),
        (GOOD.replace(",", ";").encode(), "row 1: The cells are separated by semicolons. Save it with commas."),
        (GOOD.replace(",", "\t").encode(), "separated by tabs"),
        (GOOD.encode() + b'C-002,2022-05-01,,"open\n', "row 3: A quotation mark opens a cell and nothing closes it."),
        (GOOD.encode() + b'C-002,2022"05-01,,open\n', "row 3: A quotation mark stands inside a cell."),
        (GOOD.encode() + b'C-002,"2022-05-01"x,,open\n', "row 3: A quotation mark stands inside a cell."),
        (GOOD.encode() + b"C-002" * 300_000, "row 3: The row is longer than 1,048,576 bytes."),
    ],
)
def test_what_is_no_table_is_refused_with_its_kind(tmp_path, data, said):
    assert said in only(check(tmp_path, cases=data))


def test_rows_of_another_width_are_placed_and_the_others_still_checked(tmp_path):
    rows = "C-002,2022-05-01\nC-003,2022-05-01,,open,x\n\n,,,\nC-004,2022-05-01,,opn\n"
    found = told(check(tmp_path, cases=GOOD + rows))
    assert [line.split(":")[0] for line in found] == [
        "cases.csv, row 3",
        "cases.csv, row 4",
        "cases.csv, row 5",
        "cases.csv, row 6",
        "cases.csv, row 7, column stage",
    ]
    assert "The row has 2 cells, the header 4." in found[0]
    assert "The row is empty." in found[3]


def test_a_row_is_counted_as_a_spreadsheet_counts_it_when_cells_hold_line_ends(tmp_path):
    rows = f'{VICTIM_HEADER}\nV1,P1,C-001,1,,,"two\nlines"\nV2,P2,C-001,99,,,\n'
    assert "victims.csv, row 3, column age" in only(check(tmp_path, cases=GOOD, victims=rows))


def test_header_faults_are_told_together(tmp_path):
    data = "case_id,recorded_on,recorded_on,stagge,\nC-001,2022-05-01,x,open,\n"
    found = told(check(tmp_path, cases=data))
    assert "cases.csv, row 1, column outcome_on: The column is missing." in found[0] + found[1]
    assert any("column stagge: Nobody declared this column. Did you mean stage?" in line for line in found)
    assert any("column recorded_on: The column stands twice." in line for line in found)
    assert any("The column has no name." in line for line in found)


def test_a_sensitive_file_without_header_does_not_show_its_first_person(tmp_path):
    found = only(check(tmp_path, cases="C-001,2022-05-01,Alice Example,open\n"))
    assert "names no column of this table" in found
    assert "Alice" not in found


def test_a_public_file_without_header_names_what_stands_there(tmp_path):
    found = told(check(tmp_path, studies="s1,england,\x1b[31m" + "x" * 60 + "\n"))
    assert any("column s1" in line for line in found)
    assert not any("\x1b" in line for line in found)


def test_a_missing_file_names_the_one_that_lies_beside_it(tmp_path):
    (tmp_path / "cases.csv").write_text(GOOD)
    checked = dictionary.read_tables({"cases": tmp_path / "case.csv"}, both(), labels={"cases": "data/case.csv"})
    assert only(checked).startswith("data/case.csv: The file isn't there.")
    assert "Did you mean cases.csv?" in only(checked)
    assert "isn't there" in only(dictionary.read_tables({"cases": tmp_path / "no" / "x.csv"}, both()))
    assert "isn't there" in only(dictionary.read_tables({"cases": tmp_path / "a\x00b.csv"}, both()))


def test_what_is_no_regular_file_is_refused_without_waiting_for_it(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    assert "This isn't a file." in only(dictionary.read_tables({"cases": tmp_path / "pipe.csv"}, both()))
    assert "This isn't a file." in only(dictionary.read_tables({"cases": tmp_path}, both()))
    (tmp_path / "x.ods").write_bytes(b"x")
    assert "Only .csv and .xlsx" in only(dictionary.read_tables({"cases": tmp_path / "x.ods"}, both()))


def test_too_large_a_file_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("compendium.dictionary.raw.LARGEST_FILE", 10)
    assert "The file is larger than" in only(check(tmp_path, cases=GOOD))


def test_too_many_rows_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("compendium.dictionary.raw.MOST_ROWS", 0)
    assert "The table has more than 0 rows." in only(check(tmp_path, cases=GOOD))


def test_a_table_with_a_header_and_no_rows_is_a_table(tmp_path):
    checked = check(tmp_path, cases=CASE_HEADER)
    assert checked.problems == []
    assert checked.tables["cases"].shape == (0, 4)


def test_the_layout_agrees_with_the_csv_module_on_any_table(monkeypatch):
    """The standard library as the oracle; chunks of seven bytes so that every border is crossed."""
    monkeypatch.setattr(layout, "_CHUNK", 7)
    draw = random.Random(4)
    for _ in range(200):
        rows = [
            ["".join(draw.choices('ab," \né', k=draw.randrange(5))) for _ in range(draw.randrange(1, 5))]
            for _ in range(6)
        ]
        rows = [row if any(row) else ["x"] for row in rows]
        text = io.StringIO()
        csv.writer(text, lineterminator=draw.choice(["\n", "\r\n"])).writerows(rows)
        found = layout.survey(text.getvalue().encode(), "x.csv")
        assert found.problems == ()
        assert found.widths.tolist() == [len(row) for row in rows]
        assert list(found.header) == rows[0]


def test_a_cell_longer_than_a_chunk_keeps_its_commas_and_line_ends(monkeypatch):
    monkeypatch.setattr(layout, "_CHUNK", 7)
    found = layout.survey(b'a,b\n"' + b"x,\n" * 20 + b'",2\n', "x.csv")
    assert found.widths.tolist() == [2, 2]


def test_a_file_that_vanishes_or_cannot_be_opened_is_told(tmp_path, monkeypatch):
    def fail(self):
        raise PermissionError

    monkeypatch.setattr("pathlib.Path.read_bytes", fail)
    (tmp_path / "cases.csv").write_text(GOOD)
    assert "The file can't be opened." in only(dictionary.read_tables({"cases": tmp_path / "cases.csv"}, both()))


def workbook(path, rows, *, sheet="cases", change=None):
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    book.save(path)
    return dictionary.read_tables({"cases": path}, both())


def test_a_workbook_is_read_as_the_csv_of_the_same_table(tmp_path):
    import datetime

    day = datetime.datetime(2022, 5, 1)
    rows = [CASE_HEADER.split(","), ["C-001", day, None, "open"], ["C-002", "2022-05-02", None, "open"], [None] * 4]
    checked = workbook(tmp_path / "cases.xlsx", rows)
    assert checked.problems == []
    assert checked.tables["cases"]["recorded_on"].to_list() == [datetime.date(2022, 5, 1), datetime.date(2022, 5, 2)]


def test_numbers_and_booleans_of_a_workbook_become_their_plain_text(tmp_path):
    rows = [["study_id", "country", "n"], ["a", "wales", 3.0], [True, None, 2.5], ["b", None, 1e3]]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "x.xlsx")
    frame, problems = dictionary.read(tmp_path / "x.xlsx", table(PUBLIC))
    assert frame["study_id"].to_list() == ["a", "true", "b"]
    assert [str(problem) for problem in problems] == [
        "x.xlsx, sheet Sheet, row 3, column n (C3): '2.5' is not a whole number. Write digits only, such as 14."
    ]


def test_formulas_and_errors_in_a_workbook_are_told_by_cell(tmp_path):
    rows = [
        CASE_HEADER.split(","),
        ["C-001", "2022-05-01", None, '=HYPERLINK("http://x")'],
        ["C-002", "#N/A", None, "open"],
    ]
    found = told(workbook(tmp_path / "cases.xlsx", rows))
    assert any("row 2, column stage (D2): A formula stands here." in line for line in found)
    assert any("row 3, column recorded_on (B3): An error of Excel stands here." in line for line in found)
    assert not any("HYPERLINK" in line for line in found)


def test_merged_cells_two_sheets_and_wide_rows_are_refused(tmp_path):
    rows = [CASE_HEADER.split(","), ["C-001", "2022-05-01", None, "open"]]
    merged = workbook(tmp_path / "a.xlsx", rows, change=lambda book: book.active.merge_cells("A2:B2"))
    assert "a.xlsx, sheet cases: The sheet has merged cells." in only(merged)
    two = workbook(tmp_path / "b.xlsx", rows, sheet="x", change=lambda book: book.create_sheet("y"))
    assert "2 visible sheets and none is called cases" in only(two)
    wide = workbook(tmp_path / "c.xlsx", [*rows, ["C-002", "2022-05-01", None, "open", "extra"]])
    assert "row 3: The row has 5 cells, the header 4." in only(wide)
    assert "The sheet is empty." in only(workbook(tmp_path / "d.xlsx", []))


def test_a_hidden_sheet_is_neither_read_nor_passed_over_in_silence(tmp_path):
    def hide(book):
        other = book.create_sheet("shown")
        other.append(CASE_HEADER.split(","))
        book["cases"].sheet_state = "hidden"

    checked = workbook(tmp_path / "cases.xlsx", [["secret"]], change=hide)
    assert "The sheet cases is hidden." in only(checked)
    assert checked.tables["cases"].height == 0


def packed(path, parts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return only(dictionary.read_tables({"cases": path}, both()))


def test_bombs_macros_and_broken_archives_are_refused_before_they_are_opened(tmp_path):
    assert "unpacks to far more than it is" in packed(
        tmp_path / "a.xlsx", {"xl/worksheets/sheet1.xml": b"0" * 5_000_000}
    )
    assert "unpacks to far more" in packed(tmp_path / "b.xlsx", {f"{part}.xml": b"" for part in range(2001)})
    assert "macros, links or embedded" in packed(tmp_path / "c.xlsx", {"xl/vbaProject.bin": b"x"})
    assert "macros, links or embedded" in packed(tmp_path / "d.xlsx", {"xl/externalLinks/externalLink1.xml": b"x"})
    assert "can't be read" in packed(tmp_path / "e.xlsx", {"x": b"x"})
    (tmp_path / "f.xlsx").write_bytes(b"case_id,stage")
    assert "can't be read" in only(dictionary.read_tables({"cases": tmp_path / "f.xlsx"}, both()))


def test_external_entities_in_a_workbook_are_not_followed(tmp_path):
    good = tmp_path / "good.xlsx"
    workbook(good, [CASE_HEADER.split(",")])
    secret = tmp_path / "secret.txt"
    secret.write_text("CANARY")
    with zipfile.ZipFile(good) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    entity = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = entity.encode() + parts[sheet].replace(b"<v>0</v>", b"<v>&e;</v>")
    found = packed(tmp_path / "bad.xlsx", parts)
    assert "CANARY" not in found
