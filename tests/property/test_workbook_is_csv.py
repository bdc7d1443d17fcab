"""A workbook and the CSV of the same cells get the same table and the same verdicts, whatever stands in the cells."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import openpyxl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from compendium import dictionary
from tests.dictionary_samples import VICTIM_HEADER, both

IDS = st.sampled_from(["V-1", "V-2", "V-3", "", " V-1"])
WORDS = st.text(alphabet=st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=12)
CELLS = st.one_of(
    st.sampled_from(
        ["", "0", "12", "17", "18", "-1", "1,234", "0.5", "1e308", "1e309", "true", "TRUE", "=A1", "+44 1"]
    ),
    WORDS,
)
ROWS = st.lists(st.tuples(IDS, CELLS, CELLS, CELLS, CELLS, CELLS, CELLS), min_size=1, max_size=8)


def verdicts(problems: list) -> list[tuple[object, ...]]:
    return [(problem.row, problem.column, problem.message, problem.remedy, problem.level) for problem in problems]


@settings(max_examples=25, deadline=None)
@given(ROWS)
@example([("",) * 7])
def test_a_workbook_and_the_csv_of_its_cells_are_judged_alike(rows: list[tuple[str, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        in_csv, in_book = Path(folder) / "victims.csv", Path(folder) / "victims.xlsx"
        with in_csv.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([VICTIM_HEADER.split(","), *rows])
        book = openpyxl.Workbook()
        book.active.title = "victims"
        for at, row in enumerate([VICTIM_HEADER.split(","), *rows], start=1):
            for column, text in enumerate(row, start=1):
                if text:
                    cell = book.active.cell(at, column)
                    cell.value, cell.data_type = text, "s"
        book.save(in_book)
        ours, said = dictionary.read(in_book, both()["victims"])
        theirs, same = dictionary.read(in_csv, both()["victims"])
    # empty rows below the last one are no rows of a sheet; a CSV file has them
    last = max((number for number, row in enumerate(rows, start=2) if any(row)), default=1)
    assert verdicts(said) == [one for one in verdicts(same) if (one[0] or 0) <= last]
    assert ours.equals(theirs)
