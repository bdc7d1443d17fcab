"""Every trap that the notes on the published files name is read right or reported (`SOURCES.md` of the data folder).

Control totals are in `test_importers_control_totals`; here stand the oddities, in the order of the notes.
"""

from __future__ import annotations

import csv
import json
import re

import pandas as pd
import pytest
import shapely

from compendium.importers import FORMATS, Imported
from compendium.importers.carry_over import FILES
from compendium.importers.street_outcomes import TYPES
from tests.shared import needs_shared
from tests.spec.test_importers_control_totals import BLACKPOOL, DATA, LANCASHIRE, imported, remarks

pytestmark = needs_shared
C2 = ("ons-csp-crime", "crime/policeforceareatablesyejune25final_TableC2_csp.csv")
COUNTS = ("police-uk-lsoa-counts", "crime/police_uk_blackpool_lsoa_month_type_counts.csv")
STREET = ("police-uk-street", "crime/police_uk_2020-01_lancashire_street_extract.csv")
OPEN_DATA = ("home-office-recorded-crime", "crime/homeoffice_prc-pfa_2024-25_btp_and_fraud_bodies.csv")
ALL_FORCES = ("home-office-outcomes", "crime/outcomes_england_wales_44_forces_by_year.csv")
FORCE = ("home-office-outcomes", "crime/outcomes_lancashire_by_year.csv")
BY_GROUP = ("home-office-outcomes-by-group", "crime/outcomes_lancashire_by_offence_group_extract.csv")
WORKBOOK = ("ons-pfa-workbook", "crime/pfatablesdec19.xlsx")
CSP_LOOKUP = ("lad-csp-pfa-lookup", "geography/lookup_lad24_csp24_pfa24_ew.csv")
EVERY = sorted({*FILES.values(), C2, STREET, OPEN_DATA, WORKBOOK, ("area-outlines", "geography/pfa20_ew.geojson")})


def located(found: Imported, text: str) -> list[tuple[int | None, str]]:
    return [(problem.row, problem.column) for problem in found.problems if text in problem.message]


@pytest.mark.parametrize(("format_", "file"), EVERY)
def test_every_column_of_a_published_file_is_read_or_declared_as_left_out(format_: str, file: str) -> None:
    found = imported(format_, file)
    assert not found.errors
    assert "does not know the column" not in remarks(found)
    assert all(len(why) > 10 for why in found.left_out.values())


@pytest.mark.parametrize(("format_", "file"), [entry for entry in EVERY if entry[1].endswith(".csv")])
def test_what_is_read_and_what_is_left_out_make_the_whole_header(format_: str, file: str) -> None:
    looks = FORMATS[format_].looks
    assert not isinstance(looks, str)
    with (DATA / file).open(encoding="utf-8-sig", newline="") as stream:
        rows = [[" ".join(cell.split()) for cell in row] for row in csv.reader(stream)]
    header = max(rows[:10], key=lambda row: len(looks.found(row)))
    read = {header[place] for place in looks.found(header).values()}
    assert read | set(imported(format_, file).left_out) == set(header)
    assert not read & set(imported(format_, file).left_out)


class TestRecordedCrimeByPartnership:
    def test_partnerships_miss_two_force_totals_by_one_under_the_codes_as_printed(self) -> None:
        found = imported(*C2)
        assert "Gwent: 56961 printed, 56960 when rows are added by the force code printed" in remarks(found)
        assert "South Wales: 109798 printed, 109799 when rows are added by the force code printed" in remarks(found)
        assert len(located(found, "as printed")) + len(located(found, "when rows are added")) == 2

    def test_a_wrong_force_code_is_reported_where_it_stands(self) -> None:
        with (DATA / C2[1]).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream))
        for name in ("Unassigned Gwent", "unassigned Surrey"):
            row = next(number for number, cells in enumerate(rows, start=1) if cells[3].strip() == name)
            assert located(imported(*C2), f"{name} of") == [(row, "Police Force Area code")]

    def test_several_authorities_instead_of_a_code_are_reported_eleven_times(self) -> None:
        assert {column for _, column in located(imported(*C2), "several authorities")} == {"Local Authority code"}
        assert len(located(imported(*C2), "several authorities")) == 11

    def test_a_note_taken_off_a_name_is_reported(self) -> None:
        assert [column for _, column in located(imported(*C2), "note was taken off")] == ["Police Force Area name"]

    def test_lines_of_windows_and_breaks_in_the_header_do_not_matter(self) -> None:
        assert (DATA / C2[1]).read_bytes().count(b"\r\n") > 400
        assert imported(*C2).table["force_code"].str.fullmatch(r"E23\d{6}|W15\d{6}").all()

    def test_the_period_is_that_of_the_title(self) -> None:
        assert set(imported(*C2).table["period"]) == {"2025-06"}


class TestStreetCrime:
    def test_a_combination_without_incident_has_no_row(self) -> None:
        assert imported(*COUNTS).table["incidents"].min() == 1

    def test_violence_and_sexual_offences_are_one_type_and_anti_social_behaviour_has_its_own(self) -> None:
        kinds = set(imported(*COUNTS).table["incident_type"])
        assert {"violence_sexual", "asb"} <= kinds
        assert not any("sexual" in kind for kind in kinds - {"violence_sexual"})

    def test_the_areas_are_those_of_2011(self) -> None:
        lookup = imported("lsoa-lookup", "geography/lookup_lsoa11_lsoa21_lad22_lancashire_pfa.csv").table
        old = set(lookup.loc[lookup["relation"] == "lsoa11_lsoa21", "from_code"])
        assert set(imported(*COUNTS).table["area_code"]) <= old

    def test_anti_social_behaviour_without_identifier_counts(self) -> None:
        raw = pd.read_csv(DATA / STREET[1], dtype=str, keep_default_na=False)
        assert (raw["Crime ID"] == "").sum() == 737
        assert set(raw.loc[raw["Crime ID"] == "", "Crime type"]) == {"Anti-social behaviour"}
        table = imported(*STREET).table
        here = raw[(raw["Crime type"] == "Anti-social behaviour") & (raw["LSOA code"] != "")]
        assert table.loc[table["incident_type"] == "asb", "incidents"].sum() == len(here)

    def test_places_outside_the_force_stay_where_they_are(self) -> None:
        lookup = imported("lsoa-lookup", "geography/lookup_lsoa11_lsoa21_lad22_lancashire_pfa.csv").table
        inside = set(lookup.loc[lookup["relation"] == "lsoa11_lad22", "from_code"])
        table = imported(*STREET).table
        assert table.loc[~table["area_code"].isin(inside), "incidents"].sum() == 64

    def test_every_incident_is_counted_by_place_or_named_among_those_without(self) -> None:
        table = imported(*STREET).table
        placed = table.loc[table["incident_type"] == "violence_sexual", "incidents"].sum()
        without = next(str(p) for p in imported(*STREET).problems if "no location" in str(p))
        number = int(without.split(" Violence and sexual offences")[0].rsplit(" ", 1)[1])
        assert placed + number == 1_434

    def test_context_is_empty_and_both_kinds_of_public_interest_are_known_outcomes(self) -> None:
        raw = pd.read_csv(DATA / STREET[1], dtype=str, keep_default_na=False)
        assert set(raw["Context"]) == {""}
        last = set(raw["Last outcome category"]) - {""}
        assert last <= set(TYPES)
        assert len({TYPES[kind] for kind in last if kind.startswith("Further")}) == 2


class TestOtherCrimeFigures:
    def test_fraud_bodies_and_outcomes_without_offence_are_marked(self) -> None:
        table = imported(*OPEN_DATA).table
        fraud = table[table["body"] != "British Transport Police"]
        assert (len(fraud), fraud["offences"].sum()) == (12, 1_281_354)
        named = table["offence"].str.contains("outcome only")
        assert named.any()
        assert (table["outcome_only"].eq("yes") == named).all()

    def test_bodies_without_area_are_named(self) -> None:
        assert "never part of an area's total: Action Fraud, British Transport Police" in remarks(imported(*OPEN_DATA))

    def test_type_22_starts_late_and_type_7_is_never_given_in_lancashire(self) -> None:
        closed = imported(*ALL_FORCES).table.query("basis == 'closed'").set_index("financial_year")
        assert len(closed) == 12
        assert list(closed["t22"].iloc[:6]) == [0, 1, 2, 2, 44, 7_659]  # in use since April 2019
        force = imported(*FORCE).table
        assert (force["t7"] == 0).all()
        assert (force["financial_year"].min(), force["financial_year"].nunique()) == ("2018/19", 8)

    def test_what_still_grows_and_what_is_no_full_table_is_said(self) -> None:
        assert "still grow" in remarks(imported(*FORCE))
        assert "Not a full cross-table: fewer than 9 offence groups in 2015/16 (1)" in remarks(imported(*BY_GROUP))
        assert len(imported(*BY_GROUP).table) == 2 * 19


class TestWorkbookOfTheOlderLayout:
    def test_all_six_tables_are_read_also_from_sheets_whose_names_end_in_blanks(self) -> None:
        found = imported(*WORKBOOK)
        assert set(found.table["table"]) == {f"Table P{number}" for number in range(1, 7)}
        assert list(found.left_out) == ["sheet Notes"]

    def test_marks_in_number_cells_are_kept_beside_empty_values(self) -> None:
        table = imported(*WORKBOOK).table
        assert {"..", "-", "+", "NA"} <= set(table["mark"])
        assert table.loc[table["mark"] != "", "value"].isna().all()
        assert table.loc[table["mark"] == "", "value"].notna().all()

    def test_no_measure_keeps_a_note_and_repeated_headers_carry_their_group(self) -> None:
        table = imported(*WORKBOOK).table
        measures = set(table["measure"])
        assert {"Stalking and harassment", "Robbery: % involving a knife"} <= measures
        assert not any(re.search(r"[a-z)]\d", measure) for measure in measures)
        assert not table.duplicated(["table", "area_code", "area_name", "measure"]).any()

    def test_greater_manchester_is_missing_where_the_titles_say_so(self) -> None:
        table = imported(*WORKBOOK).table
        gaps = table[(table["area_name"] == "Greater Manchester") & (table["mark"] == "..")]
        assert {"Table P1", "Table P2", "Table P6"} <= set(gaps["table"])

    def test_regions_that_miss_their_forces_are_said(self) -> None:
        """By hand from P3: the rounded households of the Welsh forces add up to 1,358,800, Wales says 1,349,900."""
        assert "WALES: 1349900 printed, 1358800 when its forces are added" in remarks(imported(*WORKBOOK))
        assert not located(imported(*WORKBOOK), "Table P1,")  # numbers of offences add up in every region


class TestGeography:
    def test_the_fourteen_authorities_of_lancashire_have_its_residents(self) -> None:
        lookup = imported(*CSP_LOOKUP).table
        csps = set(lookup.loc[lookup["to_code"] == LANCASHIRE, "from_code"])
        districts = set(lookup.loc[lookup["to_code"].isin(csps), "from_code"])
        table = imported("ons-population-lad", "geography/population_mid2020_lad21_single_year_age.csv").table
        here = table[table["area_code"].isin(districts)]
        assert (here["area_code"].nunique(), here["persons"].sum()) == (14, 1_515_487)
        assert set(table["vintage"]) == {2021}

    def test_the_edition_of_2019_has_no_scores_here_and_they_stay_empty(self) -> None:
        assert imported("imd-2019", "geography/imd2019_lsoa11_lancashire_pfa.csv").table["imd_score"].isna().all()

    def test_values_and_ranks_of_districts_are_not_mixed_up(self) -> None:
        table = imported("imd-2025-lad", "geography/imd2025_england_lad24.csv").table
        ranks = [name for name in table if name.startswith("rank")]
        assert all(table[name].between(1, 296).all() for name in ranks)
        assert table["share_most_deprived_tenth"].between(0, 1).all()
        assert len(imported("imd-2025-lad", "geography/imd2025_england_lad24.csv").left_out) == 58 - 8

    def test_many_to_many_and_names_that_differ_between_publications(self) -> None:
        lookup, crime = imported(*CSP_LOOKUP).table, imported(*C2).table
        up = lookup[lookup["relation"] == "lad24_csp24"]
        names = up.groupby("to_name")["from_code"].nunique(), up.groupby("from_name")["to_code"].nunique()
        assert (names[0]["Cwm Taf"], names[1]["Cumberland"]) == (2, 3)
        assert "Devon & Cornwall" in set(lookup["to_name"])
        assert "Devon and Cornwall" in set(crime["force_name"])

    def test_best_fit_and_change_are_marked(self) -> None:
        wards = imported("lsoa-ward-lookup", "geography/lookup_lsoa21_ward24_lad24_lancashire_pfa.csv").table
        assert set(wards.loc[wards["relation"] == "lsoa21_ward24", "change"]) == {"best fit"}

    def test_wards_of_the_census_carry_the_codes_of_2013_and_no_band_is_added_to_single_years(self) -> None:
        table = imported("census-demographics", "geography/blackpool_demographics.json").table
        wards = table[table["level"] == "ward"]
        outlines = imported("area-outlines", "geography/wards2013_blackpool.geojson").table
        assert set(wards["area_code"]) == set(outlines["area_code"])
        assert set(wards["vintage"]) == {2013}
        assert table[table["topic"] == "age"].groupby("area_code").size().eq(101).all()

    @pytest.mark.parametrize(
        ("file", "points"),
        [
            ("lsoa11_blackpool", 780),
            ("pfa20_ew", 8_202),
            ("wards2013_blackpool", 585),
            ("wards2024_blackpool_bsc", 214),
        ],
    )
    def test_points_of_the_outlines(self, file: str, points: int) -> None:
        def count(coordinates: list[object]) -> int:
            if isinstance(coordinates[0], int | float):
                return 1
            return sum(count(inner) for inner in coordinates if isinstance(inner, list))

        raw = json.loads((DATA / f"geography/{file}.geojson").read_text(encoding="utf-8"))
        assert sum(count(feature["geometry"]["coordinates"]) for feature in raw["features"]) == points
        drawn = imported("area-outlines", f"geography/{file}.geojson").table["geometry"]
        kept = sum(shapely.get_num_coordinates(outline) for outline in drawn)
        assert kept <= points
        assert kept == points or file == "pfa20_ew"  # over 5,000 points: simplified

    def test_longitude_stands_first_and_names_in_welsh_are_left_out(self) -> None:
        found = imported("area-outlines", "geography/wards2013_blackpool.geojson")
        assert shapely.total_bounds(found.table["geometry"].to_numpy(dtype=object))[0] < 0  # degrees west
        assert "WD13NMW" in found.left_out

    def test_there_is_no_outline_of_the_british_transport_police(self) -> None:
        names = set(imported("area-outlines", "geography/pfa20_ew.geojson").table["area_name"])
        assert len(names) == 43
        assert not any("Transport" in name for name in names)

    def test_wards_of_one_name_have_other_bounds_in_2024(self) -> None:
        old, new = (
            imported("area-outlines", f"geography/{name}.geojson").table.set_index("area_name")["geometry"]
            for name in ("wards2013_blackpool", "wards2024_blackpool_bsc")
        )
        assert old["Anchorsholme"].bounds != new["Anchorsholme"].bounds
        assert BLACKPOOL not in set(imported("area-outlines", "geography/lsoa11_blackpool.geojson").table["area_code"])
