"""Dictionaries, tables and workbooks that are seldom so: what is said of them, and that nothing stops without words."""

from __future__ import annotations

import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import polars as pl
import pytest

from compendium import dictionary
from compendium.dictionary import (
    cells,
    check,
    document,
    faulty,
    package,
    problem_book,
    raw,
    strays,
    template_lists,
    template_sheet,
    template_words,
    workbook,
)
from compendium.dictionary.load import _is_group, _reached
from compendium.dictionary.package import Texts, date_styles, read_small
from compendium.dictionary.sheet_reader import _day
from compendium.dictionary.twin_draw import Draw
from compendium.dictionary.twin_parameters import load_parameters
from compendium.errors import InputRefused, Problem
from tests.dictionary_samples import CASES, PUBLIC, VICTIMS, table

LATEST = CASES.replace('minimum: "2000-01-01"', 'minimum: "2000-01-01", maximum: "2030-12-31"')


def field_of(text: str, name: str) -> Any:
    return table(text).field(name)


def with_fields(*more: str, sensitivity: str = "public") -> str:
    text = PUBLIC.replace("  - {name: n, type: integer}\n", "".join(f"  - {one}\n" for one in more))
    return text.replace("sensitivity: public", f"sensitivity: {sensitivity}")


def test_bounds_of_dates_stand_in_the_comment_of_a_schema() -> None:
    assert "recorded_on: from 2000-01-01 to 2030-12-31." in str(dictionary.json_schema(table(LATEST)))


def test_codes_of_a_long_sensitive_list_are_left_to_the_codebook() -> None:
    victims = table(VICTIMS)
    codes = [f"P{n:03}" for n in range(cells.LISTED + 1)]
    assert cells.nearest_codes("P9", victims.field("person_id"), victims, codes) == (
        f"It has {len(codes)} codes: see the codebook."
    )
    assert cells.nearest_codes("P9", victims.field("person_id"), victims, codes[:2]) == "Known: P000, P001."


def test_a_million_different_days_are_read_like_few() -> None:
    field = field_of(CASES, "recorded_on")
    days = pl.date_range(pl.date(1990, 1, 1), pl.date(2120, 1, 1), eager=True).cast(pl.String)
    texts = days.rename("recorded_on")
    assert len(texts) >= check.MANY
    frame = texts.to_frame().select(check._typed(field, texts))
    assert frame.to_series().null_count() == 0


def load_all(folder: Path, **texts: str) -> Any:
    for name, text in texts.items():
        (folder / f"{name}.yml").write_text(text, "utf-8")
    return dictionary.load(folder)


def test_a_key_of_unlike_width_is_told_once(tmp_path: Path) -> None:
    unlike = VICTIMS.replace("{fields: [case_id], reference", "{fields: [case_id, age], reference")
    with pytest.raises(InputRefused) as refused:
        load_all(tmp_path, cases=CASES, victims=unlike)
    assert len(refused.value.problems) == 1


RELATED = """
  - id: with-its-case
    test: if note == 'x' then no cases by case_id has CONDITION
    message: Of one case.
"""


@pytest.mark.parametrize("condition", ["stage ==", "stage == nothing_here", "nothing_here == 'open'"])
def test_a_rule_on_another_table_that_cannot_be_judged_is_told_once(condition: str, tmp_path: Path) -> None:
    with pytest.raises(InputRefused) as refused:
        load_all(tmp_path, cases=CASES, victims=VICTIMS.rstrip("\n") + RELATED.replace("CONDITION", condition))
    assert len(refused.value.problems) == 1


def test_a_description_and_a_column_of_values_once_are_documented() -> None:
    text = with_fields("{name: doi, title: DOI, description: As registered., constraints: {unique: true}}")
    field = field_of(text, "doi")
    assert document._meaning(field) == "DOI. As registered."
    assert "each value once" in document._allowed(field)


def test_a_csv_that_breaks_off_in_quotes_has_the_rows_before(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n" + '"' + "x" * (faulty.LONGEST_ROW + 10), "utf-8")
    assert [number for number, _ in faulty._lines(path, table(PUBLIC))][:2] == [1, 2]


def test_a_file_that_is_gone_describes_no_group(tmp_path: Path) -> None:
    assert _is_group(tmp_path / "gone.yml", 0, 0) is False


def test_a_broken_dictionary_leads_nowhere_and_others_are_read(tmp_path: Path) -> None:
    (tmp_path / "cases.yml").write_text("name: [", "utf-8")
    (tmp_path / "studies.yml").write_text(PUBLIC, "utf-8")
    paths = {name: tmp_path / f"{name}.yml" for name in ("cases", "studies")}
    assert _reached(paths, {}, ["cases", "studies"]) == {"cases", "studies"}


def archive(path: Path, **parts: str) -> Path:
    with zipfile.ZipFile(path, "w") as written:
        for name, text in parts.items():
            written.writestr(name, text)
    return path


def test_a_part_that_is_missing_or_large_is_unsafe(tmp_path: Path) -> None:
    with zipfile.ZipFile(archive(tmp_path / "a.zip", part="<a/>")) as opened:
        with pytest.raises(package.UnsafeXmlError, match="no other"):
            read_small(opened, "other", Texts())
        with pytest.raises(package.UnsafeXmlError, match="too large"):
            read_small(opened, "part", Texts(), largest=1)
        assert date_styles(opened, "") == frozenset()


def test_texts_without_end_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MOST_TEXTS", 1)
    reader = Texts()
    for name in ("si", "t"):
        reader.start(name, {})
    reader.text("one")
    reader.end("t")
    reader.end("si")
    reader.start("si", {})
    with pytest.raises(package.UnsafeXmlError, match="without end"):
        reader.end("si")
    assert reader.found == ["one"]


def test_a_cell_marked_without_a_note_has_a_frame() -> None:
    sheet = openpyxl.Workbook().active
    assert problem_book._mark(sheet, (2, 1), [Problem("f", 2, "a", "Wrong.")], noted=False) == "A2"  # type: ignore[arg-type]
    assert sheet["A2"].comment is None  # type: ignore[index]
    problem_book._mark(sheet, (3, 1), [Problem("f", 3, "a", "Wrong.")], noted=True)  # type: ignore[arg-type]
    assert sheet["A3"].comment is not None  # type: ignore[index]


def test_a_csv_wider_than_any_table_is_refused() -> None:
    found = raw._unfit([f"c{n}" for n in range(raw.MOST_COLUMNS + 1)], "t.csv")
    assert found is not None and "wider than" in found.message
    assert raw._unfit(["a", "b"], "t.csv") is None


def test_rows_that_a_quick_look_took_for_even_are_read_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = SimpleNamespace(header=("a",), rows=2)

    def fails(*_: Any, **__: Any) -> Any:
        raise pl.exceptions.ComputeError("wider")

    monkeypatch.setattr(pl, "read_csv", fails)
    assert raw._parse_even(b"a\n1,2\n3\n", plain) is None  # type: ignore[arg-type]


def test_the_day_that_never_was_is_counted_as_excel_does() -> None:
    import datetime

    first = datetime.datetime(1899, 12, 30)
    assert _day(1, first) == "1900-01-01" and _day(61, first) == "1900-03-01"


def test_reading_aids_in_a_cell_are_left_out(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "t"  # type: ignore[union-attr]
    book.active["A1"] = "head"  # type: ignore[index]
    book.save(tmp_path / "plain.xlsx")
    with zipfile.ZipFile(tmp_path / "plain.xlsx") as source, zipfile.ZipFile(tmp_path / "aid.xlsx", "w") as target:
        for name in source.namelist():
            text = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                aid = b'<rPh sb="0" eb="1"><t>aid</t></rPh>'
                cell = b'<row r="1"><c r="A1" t="inlineStr"><is><t>head</t>' + aid + b"</is></c></row>"
                start, end = text.index(b"<sheetData>"), text.index(b"</sheetData>")
                text = text[:start] + b"<sheetData>" + cell + text[end:]
            target.writestr(name, text)
    assert workbook.grid(tmp_path / "aid.xlsx", "t", "aid.xlsx") == [(1, ["head"])]


def test_a_file_that_cannot_be_opened_holds_no_table(tmp_path: Path) -> None:
    assert strays._table_of(tmp_path, [table(CASES)]) == ""  # a folder


def test_a_broken_lookup_gives_no_codes(tmp_path: Path) -> None:
    studies = table(PUBLIC)
    leading = VICTIMS.replace("resource: cases, fields: [case_id]", "resource: studies, fields: [study_id]")
    described = dictionary.Dictionaries({"studies": studies, "victims": table(leading)})
    file = tmp_path / "studies.csv"
    file.write_text("study_id,country,n\nS1,nowhere,3\n", "utf-8")
    assert template_lists.lookups(["victims"], described, {"studies": file}) == {}
    file.write_text("study_id,country,n\nS1,wales,3\n", "utf-8")
    assert template_lists.lookups(["victims"], described, {"studies": file}) == {"studies": {"S1": "S1"}}
    secret = dictionary.Dictionaries({"cases": table(CASES), "victims": table(VICTIMS)})
    assert template_lists.lookups(["victims"], secret, {"cases": file}) == {}


def test_yes_and_no_are_a_list() -> None:
    victims = table(VICTIMS)
    found = list(template_lists._entries(victims.field("identified"), victims, {}))
    assert found == [("true", "true"), ("false", "false")]


def test_limits_of_a_cell_are_said_and_tested_in_the_spreadsheet() -> None:
    text = with_fields(
        "{name: short, constraints: {minLength: 3}}",
        "{name: most, type: integer, constraints: {maximum: 5}}",
        '{name: day, type: date, constraints: {minimum: "2020-02-01"}}',
    )
    described = table(text)
    assert "LEN(B2)>=3" in template_sheet._text_tests(described.field("short"), described, "B2")
    assert "at most 5" in template_words.allowed(described.field("most"), described)
    assert template_sheet._day("2020-02-01", "1") == "DATE(2020,2,1)"
    assert template_sheet._day(None, "1") == "1"


def test_a_draw_that_rounding_leaves_over_takes_the_last_that_weighs(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = Draw.__new__(Draw)
    monkeypatch.setattr(Draw, "uniform", lambda self: 1.0)
    assert draw.choose({"a": 1.0, "b": 2.0, "c": 0.0}) == "b"


@pytest.mark.parametrize(("text", "said"), [("version: one\n", "lacks version"), ("parameters: []\n", "lacks version")])
def test_a_file_of_parameters_begins_with_its_version(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "p.yml").write_text(text, "utf-8")
    with pytest.raises(InputRefused, match=said):
        load_parameters(tmp_path / "p.yml")


def test_a_parameter_that_stands_twice_is_refused(tmp_path: Path) -> None:
    from tests.shared import ROOT

    text = (ROOT / "localities" / "twin_parameters.yml").read_text("utf-8")
    start = text.index("  - id:") if "  - id:" in text else text.index("- id:")
    entry = text[start : text.index("- id:", start + 8)].rstrip(" ")
    (tmp_path / "p.yml").write_text(f"{text.rstrip()}\n{entry}", "utf-8")
    with pytest.raises(InputRefused, match="there twice"):
        load_parameters(tmp_path / "p.yml")


def grid_of(*cells_: tuple[int, int, str]) -> workbook._Grid:
    reader = workbook._Grid(workbook.Shared())
    for row, column, text in cells_:
        reader.row, reader.column = row, column
        reader.cell(text, "text")  # type: ignore[arg-type]
    return reader


def test_empty_cells_and_rows_take_no_place_in_a_grid() -> None:
    reader = grid_of((1, 1, ""), (1, workbook.MOST_COLUMNS + 1, "far"))
    reader.row_ends()
    assert reader.grid() == []


def sheets(path: Path, *names: str, hidden: str = "") -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name in names:
        sheet = book.create_sheet(name)
        sheet.append(["case_id", "recorded_on"])
        sheet.sheet_state = "hidden" if name == hidden else "visible"
    book.save(path)
    return path


def test_only_wanted_and_visible_sheets_are_read(tmp_path: Path) -> None:
    path = sheets(tmp_path / "b.xlsx", "one", "two", "three", hidden="two")
    assert [name for name, _ in workbook.grids(path, "b.xlsx", lambda name: name != "three")] == ["one"]
    assert workbook.grid(path, "one", "b.xlsx") == [(1, ["case_id", "recorded_on"])]


def test_two_sheets_of_one_name_are_refused(tmp_path: Path) -> None:
    path = sheets(tmp_path / "b.xlsx", "cases", "cases ")
    (problem,) = workbook.read_sheet(path, table(CASES), "b.xlsx").problems
    assert "Two sheets are called cases" in problem.message


def test_faults_beyond_those_told_are_counted_and_a_header_ends_at_its_last_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_TOLD", 1)
    book = openpyxl.Workbook()
    book.active.title = "cases"  # type: ignore[union-attr]
    book.active.append(["case_id", "recorded_on", " "])  # type: ignore[union-attr]
    for _ in range(3):
        book.active.append(["=1+1", "2020-01-01"])  # type: ignore[union-attr]
    book.save(tmp_path / "b.xlsx")
    found = workbook.read_sheet(tmp_path / "b.xlsx", table(CASES), "b.xlsx")
    assert found.header == ("case_id", "recorded_on")
    assert any("2 more cells hold formulas" in problem.message for problem in found.problems)


def test_a_missing_category_of_a_grouping_is_one_of_it() -> None:
    missing = CASES.replace("title: Whether the stage is known", "title: Known or not\n        missing: [not_recorded]")
    assert table(missing).field("stage").hierarchies["known"].missing == ("not_recorded",)


def test_nobody_is_harmed_twice_where_there_is_nobody() -> None:
    from compendium.dictionary.twin_people import _repeat_suspects, _repeat_victims

    draw = SimpleNamespace(shuffled=lambda given: given)
    for repeat in (_repeat_victims, _repeat_suspects):
        cases: list[Any] = []
        repeat(cases, 0.5, draw)  # type: ignore[arg-type]
        assert cases == []


def test_a_local_description_of_a_broken_table_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "studies.yml").write_text(PUBLIC, "utf-8")
    (tmp_path / "own.yml").write_text("name: [", "utf-8")
    paths = {"studies": tmp_path / "studies.yml"}
    assert _reached(paths, {"studies": tmp_path / "own.yml"}, ["studies"]) == {"studies"}
