"""Published files that are not what they should be are refused by row and column; odd but true ones are read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from compendium import importers
from compendium.errors import InputRefused, UnknownName
from compendium.importers import FORMATS, Imported
from compendium.importers.outlines import as_text
from compendium.importers.population import AGES

COUNTS = "Month,Falls within,LSOA code,LSOA name,Crime type,n\n"
JANUARY = "2020-01,Lancashire Constabulary,E01012662,Blackpool 002A,Drugs,{n}\n"
OUTCOMES = ("t1", "t2", "t3", "t6", "t7", "t8", "t22", "oocd", "positive", "assigned")


def written(folder: Path, content: str | bytes, name: str = "published.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def places(found: Imported) -> list[tuple[int | None, str]]:
    return [(problem.row, problem.column) for problem in found.errors]


def said(found: Imported) -> str:
    return "\n".join(str(problem) for problem in found.problems)


def square(west: float, south: float, *, size: float = 0.01) -> list[list[list[float]]]:
    east, north = west + size, south + size
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def feature(code: str, coordinates: Any, kind: str = "Polygon") -> dict[str, Any]:
    properties = {"lsoa11_code": code, "lsoa11_name": "Somewhere 001A"}
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}


def collection(*features: dict[str, Any], **members: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features), **members})


def population_row(code: str, ages: list[str], total: str) -> str:
    return ",".join(["Somewhere", code, total, *ages])


class TestAnyFormat:
    def test_an_unknown_format_names_the_nearest(self, tmp_path: Path) -> None:
        with pytest.raises(UnknownName, match="Did you mean imd-2025"):
            importers.read("imd2025", tmp_path / "x.csv")

    @pytest.mark.parametrize("format_", [name for name in FORMATS if name != "ons-pfa-workbook"])
    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"", "empty"),
            (b"  \n\n", "empty"),
            ("Straße,1\n".encode("latin-1"), "not in UTF-8"),
            (b"PK\x03\x04rest", "workbook"),
            (b"a\x00b,c\n", "zero bytes"),
        ],
    )
    def test_what_is_no_text_file_is_refused(self, tmp_path: Path, format_: str, content: bytes, message: str) -> None:
        found = importers.read(format_, written(tmp_path, content))
        assert message in said(found)
        assert found.errors
        assert found.table.empty

    @pytest.mark.parametrize("format_", FORMATS)
    def test_a_file_that_is_not_there_is_said(self, tmp_path: Path, format_: str) -> None:
        assert "no such file" in said(importers.read(format_, tmp_path / "absent.csv"))

    @pytest.mark.parametrize("format_", FORMATS)
    def test_a_file_of_another_kind_is_refused(self, tmp_path: Path, format_: str) -> None:
        content = "\n".join(["some,other", "table,here", *["1,2"] * 20]) + "\n"
        found = importers.read(format_, written(tmp_path, content))
        assert found.errors
        assert found.table.empty

    @pytest.mark.parametrize("format_", FORMATS)
    def test_deeply_nested_text_is_refused_without_a_traceback(self, tmp_path: Path, format_: str) -> None:
        assert importers.read(format_, written(tmp_path, "[" * 100_000)).errors

    def test_refusing_gives_every_error_at_once(self, tmp_path: Path) -> None:
        path = written(tmp_path, COUNTS + JANUARY.format(n="x") + JANUARY.format(n="-1").replace("2662", "2663"))
        with pytest.raises(InputRefused) as refused:
            importers.read("police-uk-lsoa-counts", path).accepted()
        assert [(problem.row, problem.column) for problem in refused.value.problems] == [(2, "n"), (3, "n")]

    def test_a_thousand_wrong_rows_do_not_fill_the_screen(self, tmp_path: Path) -> None:
        path = written(tmp_path, COUNTS + JANUARY.format(n="many") * 1_000)
        found = importers.read("police-uk-lsoa-counts", path)
        assert len(found.problems) <= 201
        assert "more problems" in said(found)

    def test_a_huge_cell_is_no_problem_of_ours(self, tmp_path: Path) -> None:
        path = written(tmp_path, COUNTS + JANUARY.format(n="9" * 200_000))
        assert "not CSV" in said(importers.read("police-uk-lsoa-counts", path))

    def test_a_long_wrong_value_is_shown_short(self, tmp_path: Path) -> None:
        found = importers.read("police-uk-lsoa-counts", written(tmp_path, COUNTS + JANUARY.format(n="n" * 5_000)))
        assert max(len(problem.message) for problem in found.problems) < 200

    def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(self, tmp_path: Path) -> None:
        path = written(tmp_path, "\ufeff" + (COUNTS + JANUARY.format(n=3)).replace("\n", "\r\n"))
        assert list(importers.read("police-uk-lsoa-counts", path).accepted()["incidents"]) == [3]


class TestWorkbook:
    @pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04rest"])
    def test_what_is_no_workbook_is_refused(self, tmp_path: Path, content: bytes) -> None:
        found = importers.read("ons-pfa-workbook", written(tmp_path, content, "a.xlsx"))
        assert found.errors
        assert found.table.empty

    def test_text_among_the_numbers_is_refused_by_row_and_measure(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        for name in ("Table P1", "Table P3 "):
            sheet = book.create_sheet(name)
            for row in (
                ["Title1,2"],
                [None, None, "All crime3"],
                ["Area Code", "Area Name", None],
                [None, None, "Numbers"],
            ):
                sheet.append(row)
            sheet.append(["E23000003", "Lancashire ", "many" if name == "Table P1" else 7])
            sheet.append(["Source: Home Office"])
        path = tmp_path / "a.xlsx"
        book.save(path)
        assert places(importers.read("ons-pfa-workbook", path)) == [(5, "All crime")]


class TestStreetCrime:
    def test_a_wrong_month_code_and_type_are_each_found(self, tmp_path: Path) -> None:
        rows = "2020-13,x,E01012662,y,Drugs,1\n2020-01,x,E99999999,y,Drugs,1\n2020-01,x,E01012662,y,Drug,1\n"
        found = importers.read("police-uk-lsoa-counts", written(tmp_path, COUNTS + rows))
        assert places(found) == [(2, "Month"), (3, "LSOA code"), (4, "Crime type")]

    def test_a_combination_counted_twice_is_refused(self, tmp_path: Path) -> None:
        found = importers.read("police-uk-lsoa-counts", written(tmp_path, COUNTS + JANUARY.format(n=1) * 2))
        assert "more than once" in said(found)

    def test_a_row_with_a_cell_too_many_is_refused(self, tmp_path: Path) -> None:
        path = written(tmp_path, COUNTS + JANUARY.format(n=1) + "2020-01,x,E01012663,y,Drugs,1,1\n")
        assert places(importers.read("police-uk-lsoa-counts", path)) == [(3, "")]

    def test_a_missing_column_is_named(self, tmp_path: Path) -> None:
        found = importers.read("police-uk-lsoa-counts", written(tmp_path, "Month,LSOA code,n\n2020-01,E01012662,1\n"))
        assert places(found) == [(1, "Crime type")]

    def test_street_rows_are_counted_with_and_without_identifier(self, tmp_path: Path) -> None:
        header = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type\n"
        rows = (
            ",2020-01,a,a,1,2,On or near X,E01012662,b,Anti-social behaviour\n" * 2
            + "f00,2020-01,a,a,1,2,On or near X,E01012662,b,Drugs\n" * 2
            + "f01,2020-01,a,a,,,No Location,,,Drugs\n"
        )
        found = importers.read("police-uk-street", written(tmp_path, header + rows))
        assert found.accepted().to_dict("records") == [
            {"area_code": "E01012662", "month": "2020-01", "incident_type": "asb", "incidents": 2},
            {"area_code": "E01012662", "month": "2020-01", "incident_type": "drugs", "incidents": 2},
        ]
        assert "1 of 5 rows have no location" in said(found)
        assert "1 rows repeat" in said(found)


class TestPopulation:
    HEADER = ",".join(["lsoa11_name", "lsoa11_code", "total_population", *AGES]) + "\n"

    def test_counts_written_with_a_point_are_whole_numbers(self, tmp_path: Path) -> None:
        path = written(tmp_path, self.HEADER + population_row("E01000001", ["2.0"] * 91, "182.0") + "\n")
        table = importers.read("ons-population-lsoa", path).accepted()
        assert (len(table), table["persons"].sum(), table["age"].max()) == (91, 182, 90)

    def test_ages_that_miss_the_total_are_refused(self, tmp_path: Path) -> None:
        path = written(tmp_path, self.HEADER + population_row("E01000001", ["2.0"] * 91, "183.0") + "\n")
        found = importers.read("ons-population-lsoa", path)
        assert places(found) == [(2, "total_population")]
        assert "182" in said(found)

    def test_half_a_person_is_refused(self, tmp_path: Path) -> None:
        path = written(tmp_path, self.HEADER + population_row("E01000001", ["0.5", *["1"] * 90], "90") + "\n")
        assert (2, "0") in places(importers.read("ons-population-lsoa", path))

    def test_an_area_that_stands_twice_is_refused(self, tmp_path: Path) -> None:
        row = population_row("E01000001", ["1"] * 91, "91") + "\n"
        assert (3, "lsoa11_code") in places(
            importers.read("ons-population-lsoa", written(tmp_path, self.HEADER + row * 2))
        )


class TestDeprivation:
    NAMES = ("IMD", "Income", "Employment", "Education", "Health", "Crime", "Housing_and_Access", "Environment")

    def file(self, folder: Path, rank: str, decile: str) -> Path:
        columns = [f"{name}_{what}" for name in self.NAMES for what in ("decile", "rank")]
        cells = [decile, rank, *["5.0", "100.0"] * 7]
        return written(folder, ",".join(["lsoa11_code", *columns]) + "\nE01000001," + ",".join(cells) + "\n")

    def test_the_last_rank_of_the_first_tenth(self, tmp_path: Path) -> None:
        # 32,844 areas: the first tenth ends at rank 3,284 or 3,285 (3,284.4 rounded up)
        assert not importers.read("imd-2019", self.file(tmp_path, "3284.0", "1.0")).errors

    def test_a_rank_outside_its_decile_is_refused(self, tmp_path: Path) -> None:
        assert places(importers.read("imd-2019", self.file(tmp_path, "20000.0", "1.0"))) == [(2, "IMD_decile")]

    def test_the_other_edition_is_not_taken_for_this_one(self, tmp_path: Path) -> None:
        found = importers.read("imd-2025", self.file(tmp_path, "1.0", "1.0"))
        assert (1, "lsoa21_code") in places(found)


class TestOutcomes:
    def file(self, folder: Path, **changed: int) -> Path:
        cells = {f"{basis}_{name}": 0 for basis in ("closed", "recorded") for name in OUTCOMES}
        cells |= {
            "closed_t1": 3,
            "closed_t2": 2,
            "closed_oocd": 2,
            "closed_positive": 5,
            "closed_assigned": 9,
            **changed,
        }
        header, row = ",".join(["fy", *cells]), ",".join(["2024/25", *map(str, cells.values())])
        return written(folder, f"{header}\n{row}\n")

    def test_sums_that_hold_are_taken(self, tmp_path: Path) -> None:
        assert len(importers.read("home-office-outcomes", self.file(tmp_path)).accepted()) == 2

    def test_a_sum_that_does_not_hold_is_refused(self, tmp_path: Path) -> None:
        found = importers.read("home-office-outcomes", self.file(tmp_path, closed_positive=6))
        assert places(found) == [(2, "closed_positive")]


class TestOutlines:
    def test_an_outline_is_written_small_and_the_same_each_time(self, tmp_path: Path) -> None:
        path = written(tmp_path, collection(feature("E01012662", square(-3.0, 53.8))), "a.geojson")
        first, second = (as_text(importers.read("area-outlines", path).accepted()) for _ in range(2))
        assert first.equals(second)
        assert first.loc[0, "area_code"] == "E01012662"
        assert first.loc[0, "geometry"].startswith("MULTIPOLYGON (((-3")

    def test_latitude_first_is_refused(self, tmp_path: Path) -> None:
        path = written(tmp_path, collection(feature("E01012662", square(53.8, -3.0))), "a.geojson")
        found = importers.read("area-outlines", path)
        assert places(found) == [(1, "geometry")]
        assert "Latitude seems to stand first" in said(found)

    def test_a_line_that_crosses_itself_is_refused(self, tmp_path: Path) -> None:
        bow = [[[-3.0, 53.8], [-2.9, 53.9], [-2.9, 53.8], [-3.0, 53.9], [-3.0, 53.8]]]
        path = written(tmp_path, collection(feature("E01012662", square(-3.0, 53.8)), feature("E01012663", bow)))
        found = importers.read("area-outlines", path)
        assert places(found) == [(2, "geometry")]
        assert "Self-intersection" in said(found)

    @pytest.mark.parametrize(
        ("coordinates", "kind"),
        [([-3.0, 53.8], "Point"), ([[[-3.0]]], "Polygon"), ([], "Polygon"), ("abc", "Polygon"), (None, "MultiPolygon")],
    )
    def test_what_is_no_polygon_is_refused(self, tmp_path: Path, coordinates: Any, kind: str) -> None:
        path = written(tmp_path, collection(feature("E01012662", coordinates, kind)), "a.geojson")
        assert places(importers.read("area-outlines", path)) == [(1, "geometry")]

    def test_metres_of_the_national_grid_are_refused(self, tmp_path: Path) -> None:
        crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
        path = written(tmp_path, collection(feature("E01012662", square(-3.0, 53.8)), crs=crs), "a.geojson")
        assert (None, "crs") in places(importers.read("area-outlines", path))

    def test_a_code_that_stands_twice_is_refused(self, tmp_path: Path) -> None:
        path = written(tmp_path, collection(*[feature("E01012662", square(-3.0, 53.8))] * 2), "a.geojson")
        assert places(importers.read("area-outlines", path)) == [(2, "lsoa11_code")]


class TestCensus:
    def test_a_ward_without_a_topic_is_refused(self, tmp_path: Path) -> None:
        ages = {"Aged under 1 year": 1, "Aged 100 years and over": 1}
        ages |= {f"Aged {age} year{'s' if age > 1 else ''}": 1 for age in range(1, 100)}
        bands = {"Aged 4 years and under": 5, "Aged 85 years and over": 16, "Total: All usual residents": 101}
        deprived = ("is not deprived in any dimension", *(f"is deprived in {n} dimension" for n in ("one",)))
        deprived += tuple(f"is deprived in {n} dimensions" for n in ("two", "three", "four"))
        topics = {
            "age": {**bands, **ages},
            "sex": {"All persons": 2, "Female": 1, "Male": 1},
            "household_deprivation": {f"Household {what}": 1 for what in deprived},
        }
        data: dict[str, Any] = {
            "meta": {"ons_code": "E06000009"},
            "council_totals": topics,
            "wards": {"E05001643": topics},
        }
        good = importers.read("census-demographics", written(tmp_path, json.dumps(data), "a.json")).accepted()
        assert good.loc[good["topic"] == "age", "number"].sum() == 202  # the bands repeat the single years
        data["wards"] = {"E05001643": {"age": ages}}
        found = importers.read("census-demographics", written(tmp_path, json.dumps(data), "b.json"))
        assert [column for _, column in places(found)] == ["household_deprivation", "sex"]
