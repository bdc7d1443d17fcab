"""What LibreOffice makes of our workbooks: its own reading of the checks, and a template saved and read again."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from compendium import dictionary
from compendium.dictionary import forms, template
from tests.shared import ROOT

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed here"),
]
PATTERNS = ("C-[0-9]{5,15}", "P[0-9]{2}", "20[0-9]{2}/[0-9]{2}", "E01[0-9]{6}", "[0-9]{1,2}", "SL[0-9]{2,3}")
TEXTS = (
    *("C-00001", "c-00001", "C-0001", "C-1E100", "C- 1234", "C--1234", "C-12.34", "C-0000O", "C-123456789012345"),
    *("C-1234567890123456", "P01", "P1", "P1E", "2023/24", "2123/24", "E01012345", "7", "77", "777", "1.", "SL123", ""),
)


def converted(path: Path, to: str, folder: Path) -> Path:
    """The file as LibreOffice saves it in another format."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [str(OFFICE), "--headless", profile, "--convert-to", to, "--outdir", str(folder / to), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return folder / to / f"{path.stem}.{to}"


def test_the_conditions_of_an_id_are_true_for_just_the_texts_of_its_pattern(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for at, text in enumerate(TEXTS, start=1):
        cell = book.active.cell(at, 1)
        cell.value, cell.data_type, cell.number_format = text, "s", "@"
        for column, pattern in enumerate(PATTERNS, start=2):
            conditions = ",".join(forms.conditions(pattern, f"$A{at}"))
            book.active.cell(at, column).value = f"=IF(AND({conditions}),1,0)"
    book.save(tmp_path / "forms.xlsx")
    with converted(tmp_path / "forms.xlsx", "csv", tmp_path).open(encoding="utf-8") as stream:
        computed = [[cell == "1" for cell in row[1:]] for row in csv.reader(stream)]
    assert computed == [[bool(re.fullmatch(pattern, text)) for pattern in PATTERNS] for text in TEXTS]


def test_a_template_keeps_its_lists_and_checks_when_it_is_saved_as_another_format_and_back(tmp_path: Path) -> None:
    dictionaries = dictionary.load(ROOT / "data_dictionaries")
    (one,) = template.templates(dictionaries, ["case_files"], {})
    path = tmp_path / "case_files.xlsx"
    path.write_bytes(template.workbook(one))
    again = converted(converted(path, "ods", tmp_path), "xlsx", tmp_path)
    ours, theirs = openpyxl.load_workbook(path), openpyxl.load_workbook(again)
    assert theirs.sheetnames == ours.sheetnames
    for table in one.tables:
        before, after = (book[table.name].data_validations.dataValidation for book in (ours, theirs))
        assert len(before) == len(after) == len(table.names)
        kept = {str(check.sqref)[:1]: check for check in after}
        for check in before:
            same = kept[str(check.sqref)[:1]]
            assert (same.type, same.prompt) == (check.type, check.prompt)
            if check.type == "list":
                assert same.formula1.replace("'", "") == check.formula1.replace("'", "")
        frame, problems = dictionary.read(again, table)
        assert problems == []
        assert frame.height == 0
