"""What others know already: the file of a locality, and what it changes in a release."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from compendium.aggregate import Counts, Dimension, Origin
from compendium.disclosure import settle_counts
from compendium.disclosure.known import KnownTable
from compendium.disclosure.outside import read_outside
from compendium.errors import DisclosureRefused, InputRefused

HEADER = (
    "row_id,name,unit,dimension_1,category_1,dimension_2,category_2,dimension_3,category_3,"
    "lowest,highest,period_from,period_to,source_kind,source,seen_on\n"
)
PERIOD = ("2022-05", "2023-04")
CASES = Origin("cases", "Cases", "sensitive", "synthetic", "threshold-10", "invented")
HALF = Dimension(
    "half",
    "Half",
    {"N": "North", "S": "South"},
    variable="zone",
    members={"N": ("Z1", "Z2"), "S": ("Z3", "Z4")},
    area=True,
)


def row(number: int, cell: str, bounds: str, *, name: str = "foi_2023_114", to: str = "2023-04") -> str:
    return f"W-{number:04},{name},case,{cell},,,,,{bounds},2022-05,{to},foi_reply,Reply 114,2026-10-01\n"


def file_of(folder: Path, *rows: str) -> Path:
    path = folder / "outside.csv"
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return path


def tables(north: int, south: int) -> dict[str, Counts]:
    frame = pd.DataFrame({"half": ["N", "S"], "count": [north, south]})
    return {"by_half": Counts(frame, "case", (HALF,), CASES)}


def test_rows_of_one_name_are_one_table_with_its_source(tmp_path: Path) -> None:
    path = file_of(tmp_path, row(1, "half,N", "21,21"), row(2, "half,Total", "40,"), row(3, ",", "0,4", name="press"))
    first, second = read_outside(path, tables(21, 19))
    assert first.name == "foi_2023_114"
    assert first.source == "outside knowledge: reply to a freedom of information request"
    assert first.period == PERIOD
    assert first.cells == {("N",): (21, 21), ("Total",): (40, None)}
    assert second.cells == {(): (0, 4)}


def test_a_finer_area_than_any_table_shows_is_understood_by_its_variable(tmp_path: Path) -> None:
    """Zone Z1 is known to hold 18 of the 21 of the north, so the rest of the north would be 3: hidden."""
    shown = settle_counts(tables(21, 30), period=PERIOD)
    assert set(shown.frames["by_half"]["status"]) == {"published"}
    path = file_of(tmp_path, row(1, "zone,Z1", "18,18"))
    known = read_outside(path, tables(21, 30))
    assert set(known[0].dimensions[0].categories) == {"Z1", "Z2", "Z3", "Z4"}
    settled = settle_counts(tables(21, 30), period=PERIOD, known=known)
    assert settled.certificate["known"][0]["name"] == "foi_2023_114"
    frame = settled.frames["by_half"].set_index("half")
    assert frame.loc["N", "status"] == "hidden"


def test_a_dimension_of_no_table_still_counts_the_same_records(tmp_path: Path) -> None:
    path = file_of(tmp_path, row(1, "platform,game", "12,12"))
    known = read_outside(path, tables(21, 30))
    assert set(known[0].dimensions[0].categories) == {"game", "all_others"}
    settled = settle_counts(tables(21, 30), period=PERIOD, known=known)
    assert set(settled.frames["by_half"]["status"]) == {"published"}


def test_every_wrong_row_is_named_at_once_and_no_number_repeated(tmp_path: Path) -> None:
    path = file_of(
        tmp_path,
        row(1, "half,West", "7,7"),
        row(2, "half,N", "9,8"),
        row(3, "half,S", "some,8"),
        row(4, "half,Total", "51,51"),
        row(5, "half,Total", "51,51"),
    )
    with pytest.raises(InputRefused) as refused:
        read_outside(path, tables(21, 30))
    assert [problem.row for problem in refused.value.problems] == [2, 3, 4, 6]
    assert "51" not in str(refused.value)


def test_figures_that_are_no_numbers_to_a_machine_are_refused(tmp_path: Path) -> None:
    path = file_of(tmp_path, row(1, "half,N", "\u00b2,7"), row(2, "half,S", f"1,{'9' * 5000}"))
    with pytest.raises(InputRefused) as refused:
        read_outside(path, tables(21, 30))
    assert [(problem.row, problem.column) for problem in refused.value.problems] == [(2, "lowest"), (3, "lowest")]


def test_a_file_without_its_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "outside.csv"
    path.write_text("name,lowest\nx,3\n", encoding="utf-8")
    with pytest.raises(InputRefused) as refused:
        read_outside(path, tables(21, 30))
    assert {problem.column for problem in refused.value.problems} >= {"unit", "highest", "period_from"}


def test_the_example_of_the_how_to_is_read_as_it_says(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "known-from-outside.md").read_text(encoding="utf-8")
    (tmp_path / "outside.csv").write_text(page.split("```csv\n")[1].split("```")[0], encoding="utf-8")
    zones = Dimension("zone", "Zone", {f"Z{n:02}": "" for n in range(1, 22)}, area=True)
    cases = Counts(pd.DataFrame({"zone": list(zones.categories), "count": 12}), "case", (zones,), CASES)
    foi, press = read_outside(tmp_path / "outside.csv", {"cases": cases})
    assert foi.cells == {("Z07",): (3, 3)} and foi.period == PERIOD
    assert press.cells == {(): (1, None)} and press.unit == "victim"
    with pytest.raises(DisclosureRefused, match="cases and foi_2023_114 contradict"):
        settle_counts({"cases": cases}, period=PERIOD, known=[foi, press])


def problems_of(path: Path) -> list[tuple[str, int | None, str]]:
    with pytest.raises(InputRefused) as refused:
        read_outside(path, tables(21, 30))
    assert all(problem.message for problem in refused.value.problems)
    return [(problem.file, problem.row, problem.column) for problem in refused.value.problems]


def test_each_wrong_row_is_told_with_its_place_and_what_to_write_instead(tmp_path: Path) -> None:
    rows = [row(1, "half,Nort", "7,7"), row(2, "half,N", "9,8"), row(3, "half,S", "x,8"), row(4, "half,S", "8,x")]
    rows += [row(5, ",", "8,"), row(6, ",", "8,"), row(7, ",,half,West", "-1,").replace(",,,,,-1", ",,,-1")]
    path = file_of(tmp_path, *rows)
    assert problems_of(path) == [
        ("outside.csv", 2, "category_1"),
        ("outside.csv", 3, "highest"),
        ("outside.csv", 4, "lowest"),
        ("outside.csv", 5, "lowest"),
        ("outside.csv", 7, ""),
        ("outside.csv", 8, "category_1"),
        ("outside.csv", 8, "lowest"),
    ]
    with pytest.raises(InputRefused, match="Did you mean N") as refused:
        read_outside(file_of(tmp_path, row(1, "half,n", "7,7")), tables(21, 30))
    assert "'half' has no such category" in refused.value.problems[0].message


def test_all_that_a_file_says_is_read_cell_for_cell(tmp_path: Path) -> None:
    """Two dimensions, the second of no table; a total written as nothing; the same name over other months is another
    table; spaces do not count."""
    lines = [
        "W-1, foi ,case,half,N,platform,game,,, 3 ,4,2022-05,2023-04,court,,",
        "W-2,foi,case,half,,platform,Total,,,3,3,2022-05,2023-04,court,,",
        "W-3,foi,case,half,S,,,,,5,,2022-05,2023-04,review,,",
        "W-4,foi,case,half,S,,,,,5,,2022-06,2023-04,police_uk,,",
        "W-5,foi,victim,half,E,,,,,6,6,2022-05,2023-04,other,,",
        "W-6,foi,case,form,image,half,N,platform,film,7,7,2022-05,2023-04,told,,",
    ]
    path = file_of(tmp_path, *(line + "\n" for line in lines))
    platform = Dimension(
        "platform", "platform", {"film": "film", "game": "game", "all_others": "All others"}, variable="platform"
    )
    form = Dimension("form", "form", {"image": "image", "all_others": "All others"}, variable="form")
    east = {"E": "E", "N": "N", "S": "S", "all_others": "All others"}
    said = "outside knowledge: "
    earlier, later = ("2022-05", "2023-04"), ("2022-06", "2023-04")
    assert read_outside(path, tables(21, 30)) == (
        KnownTable("foi", said + "court", "case", (HALF, platform), earlier, {
            ("N", "game"): (3, 4), ("Total", "Total"): (3, 3),
        }),
        KnownTable("foi", said + "published review", "case", (HALF,), earlier, {("S",): (5, None)}),
        KnownTable("foi", said + "police.uk", "case", (HALF,), later, {("S",): (5, None)}),
        KnownTable("foi", said + "other", "victim", (Dimension("half", "half", east),), earlier, {("E",): (6, 6)}),
        KnownTable("foi", said + "told", "case", (form, HALF, platform), earlier, {("image", "N", "film"): (7, 7)}),
    )  # fmt: skip


def test_finest_categories_of_an_area_are_areas_too_and_of_others_not(tmp_path: Path) -> None:
    zone = read_outside(file_of(tmp_path, row(1, "zone,Z1", "18,18")), tables(21, 30))[0].dimensions[0]
    assert zone == Dimension("zone", "zone", {f"Z{n}": f"Z{n}" for n in range(1, 5)}, area=True)
    age = Dimension("young", "Young", {"yes": "Yes"}, "age", {"yes": ("0-9", "10-17")})
    frame = pd.DataFrame({"half": ["N", "S"], "young": "yes", "count": 20})
    both = {"by_age": Counts(frame, "case", (HALF, age), CASES)}
    found = read_outside(file_of(tmp_path, row(1, "age,0-9", "18,18")), both)[0].dimensions[0]
    assert found == Dimension("age", "age", {"0-9": "0-9", "10-17": "10-17"})


def test_columns_that_are_missing_or_stand_twice_are_all_named(tmp_path: Path) -> None:
    path = tmp_path / "outside.csv"
    path.write_text("name,unit,unit,lowest,name\n", encoding="utf-8")
    assert problems_of(path) == [("outside.csv", 1, "name"), ("outside.csv", 1, "unit")]
    path.write_text("source,seen_on\nx,2026-01-01\n", encoding="utf-8")
    wanted = [f"{what}_{n}" for what in ("category", "dimension") for n in (1, 2, 3)]
    wanted += ["highest", "lowest", "name", "period_from", "period_to", "source_kind", "unit"]
    assert problems_of(path) == [("outside.csv", 1, column) for column in wanted]
    path.write_text("", encoding="utf-8")
    assert len(problems_of(path)) == len(wanted)


def test_a_file_that_is_no_csv_is_refused_and_a_file_of_no_rows_knows_nothing(tmp_path: Path) -> None:
    for text in (HEADER + row(1, "half,N", "21,21") + "\0", HEADER + '"open'):
        path = tmp_path / "outside.csv"
        path.write_text(text, encoding="utf-8")
        assert problems_of(path) == [("outside.csv", None, "")]
        with pytest.raises(InputRefused, match="Save it as UTF-8"):
            read_outside(path, tables(21, 30))
    assert read_outside(file_of(tmp_path), tables(21, 30)) == ()
    short = file_of(tmp_path, row(1, "half,N", "21,21"), "W-2,foi\n")
    assert problems_of(short) == [("outside.csv", 3, "lowest")]
