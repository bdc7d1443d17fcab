"""Filled-in forms as people and strangers send them: what is wrong is told by file, row and item, all at once, without
repeating what was typed; a file that is something else does no harm."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from compendium.errors import InputRefused
from compendium.framework.assessment import Form, read_filled
from compendium.framework.assessment.workbook import workbook
from compendium.paths import Root
from compendium.self_assessment import bring_in
from tests import assessment_samples as samples
from tests.assessment_samples import PLACE, as_csv, as_json, as_workbook, filled
from tests.spec.hostile import MAIN, book, sheet

SECRET = "Kim told us that"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    return samples.compendium(tmp_path_factory.mktemp("compendium"))


@pytest.fixture(scope="module")
def form(root: Root) -> Form:
    return samples.forms(root)["self"]


def told(root: Root, *paths: Path) -> list[str]:
    """What is said about files that are refused; nothing of them may have come in."""
    with pytest.raises(InputRefused) as caught:
        bring_in(root, PLACE, paths)
    assert not (root.path / samples.TABLE).exists()
    assert not any(SECRET in str(problem) for problem in caught.value.problems)
    return [str(problem) for problem in caught.value.problems]


# What people get wrong


def test_everything_that_is_wrong_is_told_at_once_with_its_entry(root: Root, form: Form, tmp_path: Path) -> None:
    data = filled(form, service_code="", wave=SECRET, pilot_area=SECRET)
    entries = data["answers"]
    entries[1]["level"] = 7
    entries[2]["level"] = SECRET
    entries[3]["criterion_id"] = "9.9"
    entries[5]["criterion_id"] = entries[4]["criterion_id"]
    entries[5]["wording"] = entries[4]["wording"]
    entries[6]["wording"] = SECRET
    said = told(root, as_json(tmp_path, data), tmp_path / "absent.json")
    assert [line.split(": ")[0] for line in said] == [
        "form.json, column service_code",
        "form.json, column wave",
        "form.json, column pilot_area",
        "form.json, answers, entry 2, column level",
        "form.json, answers, entry 3, column level",
        "form.json, answers, entry 4, column criterion_id",
        "form.json, answers, entry 6, column criterion_id",
        "form.json, answers, entry 7, column wording",
        "absent.json",
    ]
    assert "Item 3.1 is answered twice. Keep one answer." in said[6]


def test_rows_of_a_csv_are_told_by_their_number(root: Root, form: Form, tmp_path: Path) -> None:
    data = filled(form)
    data["answers"][2]["level"] = 4
    assert told(root, as_csv(tmp_path, data)) == [
        "form.csv, row 4, column level: The answer to item 2.1 is no level. Choose one: 0, 1, 2, 3 or cannot_say."
    ]


def test_cells_of_the_spreadsheet_are_told_by_sheet_and_row(root: Root, form: Form, tmp_path: Path) -> None:
    path = as_workbook(tmp_path, form, filled(form))
    made = openpyxl.load_workbook(path)
    made["service"]["B2"] = SECRET
    made["answers"]["D5"] = "quite good"
    made.save(path)
    said = told(root, path)
    assert said[0].startswith(
        "form.xlsx, sheet service, row 2, column service_code: This is not the code of a service."
    )
    assert said[1].startswith("form.xlsx, row 5, column level: The answer to item 2.2 is no level.")


def test_two_forms_in_one_csv_are_refused(root: Root, form: Form, tmp_path: Path) -> None:
    first, second = as_csv(tmp_path, filled(form)), as_csv(tmp_path, filled(form, wave="after"), "second.csv")
    first.write_text(first.read_text() + second.read_text().split("\n", 1)[1])
    assert "form.csv, row 14, column wave: It differs from the row above." in told(root, first)[0]


def test_a_blank_form_is_told_as_that(root: Root, form: Form, tmp_path: Path) -> None:
    assert told(root, as_json(tmp_path, filled(form, None))) == [
        "form.json: Nothing is answered. Fill in the form, then save it."
    ]


# What is no form


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("[" * 200_000, "nested too deeply"),
        ('{"kind": ' * 30_000, "nested too deeply"),
        ('{"kind": "compendium-assessment", "kind": "x"}', "A name stands twice"),
        ('{"kind": "compendium-assessment", "answers": [{"level": NaN}]}', "a number that no form has"),
        ('{"kind": "compendium-assessment", "answers": [{"level": Infinity}]}', "a number that no form has"),
        ('{"kind": "compendium-assessment", "answers": [' + "9" * 5_000 + "]}", "a number that no form has"),
        ('{"kind": "something else"}', "no form of a self-assessment"),
        ("[]", "no form of a self-assessment"),
        ("null", "no form of a self-assessment"),
        ("{", "This is not JSON"),
        ("", "This is not JSON"),
        ('{"kind": "compendium-assessment", "answers": {"1.1": 2}}', "no list"),
        ('{"kind": "compendium-assessment", "answers": [[], 3, null]}', "entry 3: This is no answer"),
        ('{"kind": "compendium-assessment", "answers": [], "note": "Kim told us that"}', "A key that no form has"),
        ('{"kind": "compendium-assessment", "answers": [], "Kim told us that": 1}', "A key that no form has"),
        ('{"kind": "compendium-assessment", "answers": [], "wave": {"a": 1}}', "column wave: This is no text"),
        (
            '{"kind": "compendium-assessment", "answers": [' + ",".join(["{}"] * 1_001) + "]}",
            "no list of at most 1,000",
        ),
        (
            '{"kind": "compendium-assessment", "answers": [{"criterion_id": "1.1", "wording": "a", "level": true}]}',
            "This is no level",
        ),
        (
            '{"kind": "compendium-assessment", "answers": [{"criterion_id": "1.1", "wording": "a", "level": 2.5}]}',
            "This is no level",
        ),
        (
            '{"kind": "compendium-assessment", "answers": '
            '[{"criterion_id": "1.1", "wording": "a", "level": 2, "note": "Kim told us that"}]}',
            "This is no answer",
        ),
    ],
)
def test_json_that_is_no_form_is_refused(root: Root, tmp_path: Path, content: str, why: str) -> None:
    assert why in "\n".join(told(root, as_json(tmp_path, content)))


@pytest.mark.parametrize(
    ("data", "name", "why"),
    [
        (b"\xff\xfe" + '{"kind": 1}'.encode("utf-16-le"), "a.json", "not in UTF-8"),
        (b"\xff\xfe" + "a,b\n".encode("utf-16-le"), "a.csv", "UTF-16"),
        (b"form_id,level\n\xe9,1\n", "a.csv", "UTF-8"),
        (b"PK\x03\x04" + b"0" * 100, "a.csv", "workbook or archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 100, "a.xlsx", "locked with a password, or an old .xls"),
        (b"not a zip", "a.xlsx", "can't be read"),
        (b"{}", "a.html", "Only .json, .csv and .xlsx"),
        (b" " * 1_000_001, "a.json", "larger than 1 MB"),
        (b"", "a.csv", "The file is empty"),
        (b"a;b;c\n1;2;3\n", "a.csv", "separated by semicolons"),
        (b"<html><body>form_id</body></html>", "a.csv", "names no column of this table"),
    ],
)
def test_files_that_are_something_else_are_refused(
    root: Root, tmp_path: Path, data: bytes, name: str, why: str
) -> None:
    (tmp_path / name).write_bytes(data)
    assert why in "\n".join(told(root, tmp_path / name))


def test_a_folder_and_a_link_to_a_device_are_no_files(root: Root, tmp_path: Path) -> None:
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "device.json").symlink_to("/dev/zero")
    assert told(root, tmp_path / "folder.json", tmp_path / "device.json") == [
        "folder.json: This isn't a file. Name the files themselves.",
        "device.json: This isn't a file. Name the files themselves.",
    ]


# Workbooks of strangers


def test_a_formula_is_refused_whatever_it_shows(root: Root, form: Form, tmp_path: Path) -> None:
    path = as_workbook(tmp_path, form, filled(form))
    made = openpyxl.load_workbook(path)
    made["answers"]["D3"] = '="2 Partly in place"'
    made["service"]["B2"] = '=HYPERLINK("http://127.0.0.1:1/","A01")'
    made.save(path)
    assert told(root, path) == [
        "form.xlsx, sheet service, row 2, column entry (B2): A formula stands here. Write the value itself.",
        "form.xlsx, sheet answers, row 3, column level (D3): A formula stands here. Write the value itself.",
    ]


def test_a_zip_bomb_is_refused_before_it_unpacks(root: Root, tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook>" + b" " * 50_000_000)
    assert path.stat().st_size < 1_000_000
    assert told(root, path)[0].startswith("bomb.xlsx: ")


def test_a_sheet_with_an_entity_or_a_path_out_of_the_archive_is_refused(root: Root, tmp_path: Path) -> None:
    entity = f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
    xxe = book(tmp_path / "xxe.xlsx", entity, name="service")
    assert "can't be read" in told(root, xxe)[0]
    out = book(tmp_path / "out.xlsx", sheet(), name="service", more={"../../evil.xml": "x"})
    assert told(root, out)
    assert not (tmp_path.parent / "evil.xml").exists()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda book: book.remove(book["answers"]), "none is called answers"),
        (lambda book: setattr(book["answers"], "sheet_state", "hidden"), "The sheet answers is hidden"),
        (lambda book: book["answers"].cell(1, 4, "rating"), "column level: The column is missing"),
        (lambda book: book["service"].cell(2, 3, "wave"), "It stands twice"),
        (lambda book: book["service"].cell(2, 3, SECRET), "Nobody knows what this row is"),
        (lambda book: book["answers"].cell(3, 1, "1.1"), "Item 1.1 is answered twice"),
        (lambda book: book["answers"].cell(3, 7, "0" * 12), "Item 1.2 has another wording"),
        (lambda book: book["answers"].cell(3, 3, SECRET), "row 3, column asked: The words of item 1.2 were changed"),
        (lambda book: book["answers"].cell(4, 5, "3: easy"), "row 4, column asked: The words of item 2.1 were changed"),
        (lambda book: book["service"].cell(7, 2, "0" * 64), "This is not the form of version 1.0"),
        (lambda book: book["answers"].merge_cells("A2:B2"), "merged cells"),
        (lambda book: book["answers"].insert_rows(4), "The row is empty"),
    ],
)
def test_a_workbook_that_was_taken_apart_is_told(
    root: Root, form: Form, tmp_path: Path, change: Callable[[Any], Any], why: str
) -> None:
    path = as_workbook(tmp_path, form, filled(form))
    made = openpyxl.load_workbook(path)
    change(made)
    made.save(path)
    assert why in "\n".join(told(root, path))


# The spreadsheet


def test_the_spreadsheet_locks_all_but_the_cells_to_fill_in_and_offers_lists(form: Form, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(workbook(form))
    made = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert all(sheet.protection.sheet for sheet in made.worksheets)
    unlocked = {
        f"{sheet.title}!{cell.coordinate}"
        for sheet in made.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if not cell.protection.locked
    }
    items = len(form.items)
    assert unlocked == {"service!B2", "service!B3", "service!B4", *(f"answers!D{row}" for row in range(2, items + 2))}
    checks = made["answers"].data_validations.dataValidation
    assert [(str(one.sqref), one.type, one.formula1) for one in checks] == [
        (f"D2:D{items + 1}", "list", "=Levels!$A$2:$A$6")
    ]
    assert [made["Levels"].cell(row, 1).value for row in range(2, 7)] == [
        "0 Not started", "1 Planned", "2 Partly in place", "3 In place and checked with young people", "Can’t say",
    ]  # fmt: skip


def test_the_same_form_gives_the_same_workbook_and_nothing_in_it_names_a_person(form: Form, tmp_path: Path) -> None:
    assert workbook(form) == workbook(form)
    (tmp_path / "a.xlsx").write_bytes(workbook(form))
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert b"<dc:creator>compendium</dc:creator>" in archive.read("docProps/core.xml")


def test_a_form_is_read_back_as_it_was_filled_in(form: Form, tmp_path: Path) -> None:
    data = filled(form, 0)
    for path in (as_json(tmp_path, data), as_csv(tmp_path, data), as_workbook(tmp_path, form, data)):
        found = read_filled(path)
        assert [(one.criterion_id, (one.level or "")[:1]) for one in found.answers] == [
            (name, "0") for name in form.items
        ]
        assert {key: found.head[key] for key in ("service_code", "wave", "form_hash")} == {
            key: data[key] for key in ("service_code", "wave", "form_hash")
        }


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(root: Root, form: Form, tmp_path: Path) -> None:
    path = as_json(tmp_path, "")
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(filled(form), indent=1).replace("\n", "\r\n").encode())
    assert len(bring_in(root, PLACE, [path], dry_run=True).added) == len(form.items)
