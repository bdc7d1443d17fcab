"""`check --problems FILE.xlsx`: what the person finds who has to mend the cells."""

from __future__ import annotations

import io
import shutil
import stat
import zipfile
from pathlib import Path

import openpyxl
import pytest

from compendium import dictionary
from compendium.cli import main
from compendium.dictionary import faulty, problem_book
from compendium.dictionary.faulty import faulty_rows
from compendium.dictionary.problem_book import Marked
from compendium.errors import Problem
from tests.dictionary_samples import CASE_HEADER, CASES, VICTIM_HEADER, VICTIMS, both
from tests.shared import ROOT

LOCALITY = """
id: blackpool
name: Blackpool
period: {{from: 2022-05, to: 2023-04}}
data_root: {data_root}
sources:
  cases: {{file: cases.csv, provenance: {provenance}}}
  victims: {{file: victims.csv, provenance: {provenance}}}
"""
CASE_ROWS = f"{CASE_HEADER}\nC-001,2022-05-01,,open\nC-002,2022-05-02,,opened\n"
VICTIM_ROWS = f"{VICTIM_HEADER}\nV-1,P-1,C-001,12,,true,\nV-2,P-2,C-002,99,,true,\"=cmd|' /C calc'!A0\"\n"


class Desk:
    def __init__(self, path: Path, provenance: str) -> None:
        self.root, self.private = path / "checkout", path / "private"
        home = self.root / "localities" / "blackpool"
        for folder in (home, self.root / "data_dictionaries", self.root / "outputs", self.private):
            folder.mkdir(parents=True)
        (self.root / "notebooks").mkdir()
        shutil.copy(next((ROOT / "notebooks").glob("01_*.ipynb")), self.root / "notebooks")
        (self.root / "_quarto.yml").write_text("project: {type: website}\n")
        (self.root / "data_dictionaries/cases.yml").write_text(CASES)
        (self.root / "data_dictionaries/victims.yml").write_text(VICTIMS)
        real = provenance == "real"
        self.data = self.private if real else home
        text = LOCALITY.format(data_root=self.private if real else '""', provenance=provenance)
        (home / "locality.yml").write_text(text)
        (self.data / "cases.csv").write_text(CASE_ROWS)
        (self.data / "victims.csv").write_text(VICTIM_ROWS)

    def check(self, file: Path) -> int:
        with pytest.raises(SystemExit) as stopped:
            main(("check", "blackpool", "--problems", str(file), "--root", str(self.root)))
        return int(stopped.value.code or 0)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, "synthetic")


@pytest.fixture
def real(tmp_path: Path) -> Desk:
    return Desk(tmp_path, "real")


def test_all_problems_stand_in_a_list_that_leads_to_the_cells(desk: Desk, tmp_path: Path) -> None:
    assert desk.check(tmp_path / "mend.xlsx") == 1
    book = openpyxl.load_workbook(tmp_path / "mend.xlsx")
    assert book.sheetnames == ["Read me first", "All problems", "cases", "victims"]
    lines = list(book["All problems"].iter_rows(min_row=2))
    assert [(line[2].value, line[3].value, line[4].value) for line in lines] == [
        (3, "stage", "D3"),
        (3, "age", "D3"),
        (3, "note", "G3"),
    ]
    assert lines[1][5].value == "A text of 2 characters is above the most allowed, 17."
    assert all(line[6].value for line in lines)
    assert [line[4].hyperlink.location for line in lines] == ["'cases'!D3", "'victims'!D3", "'victims'!G3"]


def test_bad_cells_are_marked_where_they_stand_and_not_by_colour_alone(desk: Desk, tmp_path: Path) -> None:
    desk.check(tmp_path / "mend.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "mend.xlsx")["victims"]
    assert [[cell.value or "" for cell in row] for row in sheet.iter_rows()][:2] == [
        VICTIM_HEADER.split(","),
        ["V-1", "P-1", "C-001", "12", "", "true", ""],
    ]
    bad = sheet["D3"]
    assert bad.value == "99"
    assert bad.fill.fill_type == "solid"
    assert bad.border.left.style == bad.border.top.style == "thick"
    assert "is above the most allowed, 17." in bad.comment.text
    marked = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment}
    assert marked == {"D3", "G3"}


def test_a_text_that_looks_like_a_formula_stays_a_text(desk: Desk, tmp_path: Path) -> None:
    desk.check(tmp_path / "mend.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "mend.xlsx")["victims"]["G3"]
    assert (cell.value, cell.data_type) == ("=cmd|' /C calc'!A0", "s")
    assert cell.quotePrefix
    with zipfile.ZipFile(tmp_path / "mend.xlsx") as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert sheets
    assert not any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets)


def test_real_records_are_copied_outside_the_checkout_only_and_called_private(
    real: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    for inside in (real.root / "mend.xlsx", real.root / "localities" / "mend.xlsx"):
        assert real.check(inside) == 1
        assert "it would hold real records inside the checkout" in capsys.readouterr().err
        assert not inside.exists()
    assert real.check(real.private / "mend.xlsx") == 1
    said = capsys.readouterr().err
    assert "PRIVATE" in said
    assert "P-2" not in said
    book = openpyxl.load_workbook(real.private / "mend.xlsx")
    assert book["Read me first"]["A1"].value == "PRIVATE: this workbook holds records of persons"
    assert stat.S_IMODE((real.private / "mend.xlsx").stat().st_mode) == 0o600


def test_a_link_into_the_checkout_is_inside_the_checkout(real: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    (real.private / "way-in").symlink_to(real.root / "localities")
    assert real.check(real.private / "way-in" / "mend.xlsx") == 1
    assert "inside the checkout" in capsys.readouterr().err
    assert not (real.root / "localities" / "mend.xlsx").exists()


def test_nothing_is_written_over_another_file_among_what_is_published_or_without_need(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mend.xlsx").write_bytes(b"mine")
    assert desk.check(tmp_path / "mend.xlsx") == 1
    assert (tmp_path / "mend.xlsx").read_bytes() == b"mine"
    assert desk.check(tmp_path / "mend.csv") == 1
    assert desk.check(tmp_path / "nowhere" / "mend.xlsx") == 1
    assert desk.check(desk.root / "outputs" / "mend.xlsx") == 1
    assert not list((desk.root / "outputs").iterdir())
    (desk.data / "cases.csv").write_text(CASE_ROWS.replace("opened", "open"))
    (desk.data / "victims.csv").write_text(VICTIM_ROWS.split("\nV-2", maxsplit=1)[0] + "\n")
    capsys.readouterr()
    assert desk.check(tmp_path / "none.xlsx") == 0
    assert "no problems: none.xlsx was not written" in capsys.readouterr().err
    assert not (tmp_path / "none.xlsx").exists()


def test_the_same_problems_give_the_same_bytes(desk: Desk, tmp_path: Path) -> None:
    desk.check(tmp_path / "a.xlsx")
    desk.check(tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def book_of(path: Path, height: int) -> openpyxl.Workbook:
    cases = both()["cases"]
    checked = dictionary.read_tables({"cases": path}, both())
    rows = faulty_rows(path, cases, checked.problems, height)
    marked = Marked("cases", "cases.csv", tuple(checked.problems), rows)
    return openpyxl.load_workbook(io.BytesIO(problem_book.problem_book(checked.problems, [marked], real=False)))


def test_of_a_large_table_only_faulty_rows_and_their_neighbours_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faulty, "WHOLE_CELLS", 100)
    rows = [f"C-{number:03d},2022-05-01,,open" for number in range(1, 501)]
    rows[199], rows[399] = "C-200,2022-05-01,,opened", "C-400,2022-05-01,,shut"
    path = tmp_path / "cases.csv"
    path.write_text("\n".join([CASE_HEADER, *rows]) + "\n")
    book = book_of(path, 500)
    sheet = book["cases"]
    assert [row[0].value for row in sheet.iter_rows()] == ["row in the file", 200, 201, 202, 400, 401, 402]
    assert sheet["B3"].value == "C-200"
    assert {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment} == {"E3", "E6"}
    line = book["All problems"][2]
    assert (line[2].value, line[4].value, line[4].hyperlink.location) == (201, "D201", "'cases'!E3")


def test_a_table_of_faults_is_cut_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faulty, "WHOLE_CELLS", 100)
    monkeypatch.setattr(faulty, "MOST_ROWS", 10)
    monkeypatch.setattr(problem_book, "MOST_LISTED", 50)
    path = tmp_path / "cases.csv"
    path.write_text("\n".join([CASE_HEADER, *(f"C-{number:03d},2022-05-01,,shut" for number in range(1, 201))]) + "\n")
    book = book_of(path, 200)
    assert book["cases"].max_row == 12  # the heading, ten rows at fault, and the row below the last
    guide = [row[1].value or "" for row in book["Read me first"].iter_rows(min_row=3)]
    assert any("There was no room for 190 more faulty rows." in text for text in guide)
    assert book["All problems"]["F52"].value == "150 more problems: mend these, then check again."


def test_faults_of_a_workbook_are_marked_in_its_own_cells(tmp_path: Path) -> None:
    source = openpyxl.Workbook()
    source.active.title = "cases"
    for row in (CASE_HEADER.split(","), ["C-001", "2022-05-01", None, "open"], ["C-002", "2022-05-01", None, "=A1"]):
        source.active.append(row)
    source.save(tmp_path / "cases.xlsx")
    sheet = book_of(tmp_path / "cases.xlsx", 2)["cases"]
    assert sheet["D3"].comment.text == "A formula stands here. Write the value itself."
    assert sheet["D3"].value is None


def test_a_problem_of_a_whole_row_or_of_the_header_finds_its_place() -> None:
    rows = faulty.Faulty(["case_id", "stage"], [(2, ["a", "b"]), (5, ["c"])], whole=False)
    assert rows.place(Problem("f", 5, "", "The row has 1 cells.")) == (3, 2)
    assert rows.place(Problem("f", 1, "number 2", "The column has no name.")) == (1, 3)
    assert rows.place(Problem("f", 9, "stage", "Not copied.")) is None
    assert rows.place(Problem("f", None, "stage", "1,000 more rows have this problem.")) is None
