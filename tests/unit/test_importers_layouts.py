"""The layouts in which publishers themselves bring their tables out: workbooks, preambles, their own column names."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from compendium import importers
from compendium.importers import FORMATS, recognised
from tests.shared import ROOT, SHARED, needs_shared
from tests.unit.test_importers import feature, places, said, square, written

C2 = SHARED / "data/crime/policeforceareatablesyejune25final_TableC2_csp.csv"
TITLE = "Table P1: Police recorded crime by offence group and police force area, year ending June 2025 [note 1]"
PREAMBLE = (
    (TITLE,),
    ("Police recorded crime statistics are not accredited official statistics",),
    ("This worksheet contains one table. Some cells refer to notes on the notes worksheet.",),
    ("Some shorthand is used in this table. [x] indicates data are unavailable.",),
    ("Link to Notes page",),
    ("Link to Table of contents",),
    ("Source: Police recorded crime from the Home Office",),
)


def workbook(folder: Path, **sheets: Sequence[Sequence[object]]) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "Cover_sheet"
    for name, rows in sheets.items():
        sheet = book.create_sheet(name.replace("_", " "))
        for row in rows:
            sheet.append(list(row))
    path = folder / "policeforceareatables.xlsx"
    book.save(path)
    return path


def printed() -> list[list[str]]:
    with C2.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def new_layout(*, header: Sequence[object], rows: Sequence[Sequence[object]]) -> list[Sequence[object]]:
    return [*PREAMBLE, header, *rows]


@needs_shared
class TestWorkbookOfTheNewerLayout:
    """Facts of the table of June 2025, laid out as the sheets of that workbook."""

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        cells = printed()
        header = [" ".join(cell.split()) for cell in cells[7]]
        forces = [row for row in cells[8:] if row[0] and not row[2].strip() and not row[3].strip()]
        rows = [[row[0], row[1], *(int(cell.strip().replace(",", "")) for cell in row[6:])] for row in sorted(forces)]
        rows.insert(3, [])  # blank rows stand between blocks
        rows.append(["", "British Transport Police [note 5]", "81,996 ", *["[x]"] * (len(rows[0]) - 3)])
        measures = [f"{name}\n[note 3]" if name == "Sexual offences" else name for name in header[6:]]
        return workbook(
            tmp_path,
            Notes=[["Note number", "Note text"], ["note 4", "Humberside changed its system"]],
            Table_P1=new_layout(header=["Area Code", "Area Name", *measures], rows=rows),
            Table_C2=[[cell if cell else None for cell in row] for row in cells],
        )

    def test_forces_of_table_p1_are_read_with_notes_taken_off(self, path: Path) -> None:
        table = importers.read("ons-pfa-workbook", path).accepted()
        rows = table[(table["area_code"] == "E23000003") & (table["table"] == "Table P1")].set_index("measure")["value"]
        assert (rows["Total recorded crime (excluding fraud)"], rows["Sexual offences"]) == (128_435, 5_834)
        assert {"Humberside", "British Transport Police"} <= set(table["area_name"])
        forces = table[(table["level"] == "force") & (table["measure"] == "Total recorded crime (excluding fraud)")]
        assert (len(forces), forces["value"].sum()) == (42, 5_195_348)

    def test_shorthand_is_a_mark_and_a_number_as_text_with_a_blank_is_a_number(self, path: Path) -> None:
        table = importers.read("ons-pfa-workbook", path).accepted()
        body = table[table["level"] == "body"].set_index("measure")
        assert body.at["Total recorded crime (excluding fraud)", "value"] == 81_996
        assert body.at["Sexual offences", "mark"] == "[x]"

    def test_a_missing_force_and_the_sheets_that_are_not_read_are_said(self, path: Path) -> None:
        found = importers.read("ons-pfa-workbook", path)
        assert "Table P1 has 42 police forces of 43" in said(found)  # the City of London has no row of its own there
        assert set(found.left_out) == {"sheet Cover_sheet", "sheet Notes", "sheet Table C2"}

    def test_table_c2_of_the_workbook_is_the_table_of_the_csv(self, path: Path) -> None:
        ours, theirs = importers.read("ons-csp-crime", path), importers.read("ons-csp-crime", C2)
        assert ours.accepted().equals(theirs.accepted())
        assert [(p.row, p.column, p.message) for p in ours.problems] == [
            (p.row, p.column, p.message) for p in theirs.problems
        ]

    def test_a_workbook_of_both_tables_is_recognised_as_both(self, path: Path) -> None:
        assert recognised(path) == ["ons-csp-crime", "ons-pfa-workbook"]


def sums(tmp_path: Path, *, region: int) -> Path:
    rows = [
        ["E12000002", "North West", region],
        ["E23000006", "Cheshire", 300],
        ["E23000003", "Lancashire", 400],
        ["W92000004", "WALES", 500],
        ["W15000002", "Gwent", 500],
    ]
    return workbook(tmp_path, Table_P1=new_layout(header=["Area Code", "Area Name", "All"], rows=rows))


class TestTotalsOfTheWorkbook:
    def test_a_region_that_misses_its_forces_by_one_stays_as_printed_and_is_said(self, tmp_path: Path) -> None:
        found = importers.read("ons-pfa-workbook", sums(tmp_path, region=701))
        assert "North West: 701 printed, 700 when its forces are added" in said(found)
        table = found.accepted().set_index("area_name")
        assert table.at["North West", "value"] == 701

    def test_a_region_that_is_the_sum_of_its_forces_is_not_mentioned(self, tmp_path: Path) -> None:
        assert "when its forces are added" not in said(importers.read("ons-pfa-workbook", sums(tmp_path, region=700)))

    def test_a_force_that_stands_twice_is_refused(self, tmp_path: Path) -> None:
        rows = [["E23000003", "Lancashire", 1]] * 2
        path = workbook(tmp_path, Table_P1=new_layout(header=["Area Code", "Area Name", "All"], rows=rows))
        assert places(importers.read("ons-pfa-workbook", path)) == [(10, "")]

    def test_a_table_cut_off_before_its_sources_is_refused(self, tmp_path: Path) -> None:
        rows = [["Title"], [], ["", "", "All"], ["Area Code", "Area Name", ""], ["E23000003", "Lancashire", 1]]
        found = importers.read("ons-pfa-workbook", workbook(tmp_path, Table_P1=rows))
        assert "rows may be missing" in said(found)


OUTCOMES = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Outcome type\n"
CHARGED = "{id},2020-01,a,a,1,2,On or near X,E01012662,Blackpool 002A,{what}\n"


class TestOutcomesOfPoliceUk:
    def test_decisions_are_counted_by_area_and_type(self, tmp_path: Path) -> None:
        rows = CHARGED.format(id="f0", what="Suspect charged") * 2 + CHARGED.format(id="f0", what="Offender fined")
        rows += "f2,2020-01,a,a,,,No Location,,,Local resolution\n"
        found = importers.read("police-uk-outcomes", written(tmp_path, OUTCOMES + rows))
        assert found.accepted().to_dict("records") == [
            {"area_code": "E01012662", "month": "2020-01", "outcome_type": "charged", "outcomes": 2},
            {"area_code": "E01012662", "month": "2020-01", "outcome_type": "fined", "outcomes": 1},
        ]
        assert "1 of 4 rows have no location and can't be counted by area: 1 Local resolution" in said(found)
        assert "2 rows are further outcomes of a crime" in said(found)
        assert set(found.left_out) == {
            "Falls within",
            "LSOA name",
            "Latitude",
            "Location",
            "Longitude",
            "Reported by",
        }

    def test_an_outcome_nobody_knows_is_refused_by_row(self, tmp_path: Path) -> None:
        path = written(tmp_path, OUTCOMES + CHARGED.format(id="f0", what="Suspect charmed"))
        assert places(importers.read("police-uk-outcomes", path)) == [(2, "Outcome type")]

    def test_a_file_without_any_place_gives_an_empty_table_that_is_said(self, tmp_path: Path) -> None:
        rows = "f2,2020-01,a,a,,,No Location,,,Local resolution\n"
        assert "no location" in said(importers.read("police-uk-outcomes", written(tmp_path, OUTCOMES + rows)))


FILE_7_DOMAINS = (
    "Index of Multiple Deprivation (IMD)",
    "Income",
    "Employment",
    "Education, Skills and Training",
    "Health Deprivation and Disability",
    "Crime",
    "Barriers to Housing and Services",
    "Living Environment",
)


def file_7(vintage: int, authorities: int) -> tuple[list[str], list[object]]:
    header = [f"LSOA code ({vintage})", f"LSOA name ({vintage})"]
    header += [f"Local Authority District {what} ({authorities})" for what in ("code", "name")]
    row: list[object] = ["E01012670", "Blackpool 006A", "E06000009", "Blackpool"]
    for domain in (*FILE_7_DOMAINS, "Income Deprivation Affecting Children Index (IDACI)"):
        rate = " (rate)" if domain in ("Income", "Employment") or "IDACI" in domain else ""
        header += [f"{domain} Score{rate}", f"{domain} Rank (where 1 is most deprived)"]
        header += [f"{domain} Decile (where 1 is most deprived 10% of LSOAs)"]
        row += [80.5, 17, 1]
    return [*header, "Total population: mid 2015 (excluding prisoners)"], [*row, 1_500]


class TestDeprivationAsThePublisherBringsItOut:
    @pytest.mark.parametrize(
        ("format_", "vintage", "authorities"), [("imd-2019", 2011, 2019), ("imd-2025", 2021, 2024)]
    )
    def test_file_7_is_read_with_its_score(self, tmp_path: Path, format_: str, vintage: int, authorities: int) -> None:
        path = tmp_path / "File_7.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(file_7(vintage, authorities))
        found = importers.read(format_, path)
        row = found.accepted().iloc[0]
        assert (row["area_code"], row["imd_rank"], row["imd_score"], row["housing_decile"]) == (
            "E01012670",
            17,
            80.5,
            1,
        )
        assert not found.problems
        assert "Income Deprivation Affecting Children Index (IDACI) Rank (where 1 is most deprived)" in found.left_out
        assert recognised(path) == [format_]


AGE_COLUMNS = [*range(90), "90+"]


class TestPopulationAsThePublisherBringsItOut:
    def test_the_sheet_of_small_areas(self, tmp_path: Path) -> None:
        header = ["LSOA Code", "LSOA Name", "LA Code (2018 boundaries)", "LA name (2018 boundaries)"]
        header += ["LA Code (2021 boundaries)", "LA name (2021 boundaries)", "All Ages", *AGE_COLUMNS]
        row = ["E01012670", "Blackpool 006A", "E06000009", "Blackpool", "E06000009", "Blackpool", 182, *[2] * 91]
        path = workbook(tmp_path, **{"Mid-2020_Persons": [["Title"], ["Persons"], ["Source: ONS"], [], header, row]})
        found = importers.read("ons-population-lsoa", path)
        assert (len(found.accepted()), found.accepted()["persons"].sum()) == (91, 182)
        assert not found.problems
        assert set(found.left_out) == set(header[1:6])

    def test_the_sheet_of_authorities_with_countries_and_regions_between_them(self, tmp_path: Path) -> None:
        header = ["Code", "Name", "Geography", "All ages", *AGE_COLUMNS]
        areas = [("K02000001", "UNITED KINGDOM"), ("E12000002", "NORTH WEST"), ("E06000009", "Blackpool")]
        areas += [
            ("S12000033", "Aberdeen City"),
            ("W92000004", "WALES"),
            ("E11000001", "Greater Manchester (Met County)"),
        ]
        rows = [[code, name, "Kind", 91, *[1] * 91] for code, name in areas]
        path = workbook(tmp_path, **{"MYE2_-_Persons": [["MYE2"], [], header, *rows]})
        found = importers.read("ons-population-lad", path)
        assert set(found.accepted()["area_code"]) == {"E06000009"}
        assert "5 rows are of other levels or countries" in said(found)


class TestLookupsOfTheOpenGeographyPortal:
    @pytest.mark.parametrize(
        ("format_", "header", "row", "rows"),
        [
            (
                "lsoa-lookup",
                "LSOA11CD,LSOA11NM,CHGIND,LSOA21CD,LSOA21NM,LAD22CD,LAD22NM,LAD22NMW,ObjectId",
                "E01012670,a,U,E01012670,a,E06000009,Blackpool,,1",
                2,
            ),
            (
                "lsoa-ward-lookup",
                "LSOA21CD,LSOA21NM,LSOA21NMW,WD24CD,WD24NM,WD24NMW,LAD24CD,LAD24NM,ObjectId",
                "E01012670,a,,E05015186,Anchorsholme,,E06000009,Blackpool,1",
                2,
            ),
            (
                "lad-csp-pfa-lookup",
                "LAD24CD,LAD24NM,CSP24CD,CSP24NM,PFA24CD,PFA24NM,ObjectId",
                "E06000009,Blackpool,E22000151,Blackpool,E23000003,Lancashire,1",
                2,
            ),
        ],
    )
    def test_their_own_names_of_columns_are_known(
        self, tmp_path: Path, format_: str, header: str, row: str, rows: int
    ) -> None:
        path = written(tmp_path, f"\ufeff{header}\n{row}\n")
        found = importers.read(format_, path)
        assert (len(found.accepted()), found.problems) == (rows, [])
        assert "ObjectId" in found.left_out

    def test_a_wrong_code_is_told_with_the_name_that_stands_in_the_file(self, tmp_path: Path) -> None:
        header = "LAD24CD,LAD24NM,CSP24CD,CSP24NM,PFA24CD,PFA24NM\n"
        path = written(tmp_path, header + "E06000009,Blackpool,E23000003,Blackpool,E23000003,Lancashire\n")
        assert places(importers.read("lad-csp-pfa-lookup", path)) == [(2, "CSP24CD")]

    @pytest.mark.parametrize(
        ("code", "name", "level", "vintage"),
        [
            ("LSOA21CD", "LSOA21NM", "lsoa", 2021),
            ("WD24CD", "WD24NM", "ward", 2024),
            ("LAD24CD", "LAD24NM", "district", 2024),
            ("PFA23CD", "PFA23NM", "force", 2023),
            ("pfa20_code", "pfa20_name", "force", 2020),
        ],
    )
    def test_outlines_say_level_and_year_of_their_codes(
        self, tmp_path: Path, code: str, name: str, level: str, vintage: int
    ) -> None:
        area = feature("", square(-3.0, 53.8)) | {"properties": {"FID": 1, code: "E01012670", name: "Here"}}
        path = written(tmp_path, json.dumps({"type": "FeatureCollection", "features": [area]}), "a.geojson")
        found = importers.read("area-outlines", path)
        row = found.accepted().iloc[0]
        assert (row["area_name"], row["level"], row["vintage"], list(found.left_out)) == (
            "Here",
            level,
            vintage,
            ["FID"],
        )


def test_the_reference_names_every_official_format() -> None:
    page = (ROOT / "docs" / "reference" / "official-files.md").read_text(encoding="utf-8")
    official = {name for name, entry in FORMATS.items() if entry.table.startswith("area_") or entry.table == ""}
    assert {name for name in official if f"`{name}`" not in page} == set()
