"""Every importer reproduces the control totals printed beside the published files (`SOURCES.md` of the data folder).

The totals were counted from the publishers' files by others than the importers.
"""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest

from compendium import importers
from compendium.importers import Imported
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared
DATA = SHARED / "data"
BLACKPOOL = "E06000009"
LANCASHIRE = "E23000003"


@cache
def imported(format_: str, file: str) -> Imported:
    return importers.read(format_, DATA / file)


@cache
def blackpool_lsoas() -> frozenset[str]:
    lookup = imported("lsoa-lookup", "geography/lookup_lsoa11_lsoa21_lad22_lancashire_pfa.csv").table
    rows = lookup[(lookup["relation"] == "lsoa11_lad22") & (lookup["to_code"] == BLACKPOOL)]
    return frozenset(rows["from_code"])


def remarks(found: Imported) -> str:
    return "\n".join(str(problem) for problem in found.problems)


class TestRecordedCrimeByPartnership:
    @pytest.fixture
    def found(self) -> Imported:
        return imported("ons-csp-crime", "crime/policeforceareatablesyejune25final_TableC2_csp.csv")

    def test_blackpool_and_lancashire_stand_as_printed(self, found: Imported) -> None:
        table = found.accepted().set_index("area_code")
        assert tuple(table.loc["E22000151", ["total", "sexual_offences"]]) == (21_832, 1_022)
        assert tuple(table.loc[LANCASHIRE, ["total", "sexual_offences"]]) == (128_435, 5_834)

    def test_fourteen_partnerships_and_unassigned_crime_add_up_to_lancashire(self, found: Imported) -> None:
        parts = found.table[(found.table["force_code"] == LANCASHIRE) & (found.table["level"] != "force")]
        assert (parts["level"] == "csp").sum() == 14
        assert tuple(parts[["total", "sexual_offences"]].sum()) == (128_435, 5_834)
        unassigned = parts[parts["level"] == "unassigned"].iloc[0]
        assert (unassigned["total"], unassigned["sexual_offences"]) == (3_110, 246)

    def test_forces_and_partnerships_differ_by_the_city_of_london_only(self, found: Imported) -> None:
        table = found.table
        forces, rest = table[table["level"] == "force"], table[table["level"] != "force"]
        assert (len(table), len(forces), forces["total"].sum(), rest["total"].sum()) == (399, 42, 5_195_348, 5_204_149)
        city = table[table["level"] == "csp_and_force"]
        assert (list(city["area_name"]), city["total"].sum()) == (["City of London"], 8_801)

    def test_unassigned_rows_have_no_code_and_the_empty_one_stays_empty(self, found: Imported) -> None:
        unassigned = found.table[found.table["level"] == "unassigned"]
        assert len(unassigned) == 42
        assert (unassigned["area_code"] == "").all()
        assert list(unassigned.loc[unassigned["total"].isna(), "force_name"]) == ["Surrey"]

    def test_no_name_keeps_a_note_or_a_blank_at_its_end(self, found: Imported) -> None:
        names = pd.concat([found.table["area_name"], found.table["force_name"]])
        assert {"Humberside", "Wiltshire", "Dorset", "North Yorkshire", "Vale of Glamorgan"} <= set(names)
        assert not names.str.contains(r"\[|\s$", regex=True).any()

    def test_two_rows_under_another_forces_code_are_put_right_and_said(self, found: Imported) -> None:
        assert "Unassigned Gwent of Gwent stands under W15000003" in remarks(found)
        assert "unassigned Surrey of Surrey stands under E23000032" in remarks(found)
        per_code = found.table.groupby("force_code")["force_name"].nunique()
        assert per_code.max() == 1

    def test_with_the_codes_put_right_every_force_is_the_sum_of_its_parts(self, found: Imported) -> None:
        # Gwent and South Wales miss by one, in opposite directions, when the printed codes are followed
        assert "when its parts are added" not in remarks(found)

    def test_combined_authorities_are_no_code(self, found: Imported) -> None:
        csps = found.table[found.table["level"] == "csp"]
        assert (csps["district_code"] == "").sum() == 11
        assert list(found.table.loc[found.table["level"] == "other", "area_name"]) == ["Manchester Airport"]

    def test_every_partnership_is_known_to_the_lookup(self, found: Imported) -> None:
        lookup = imported("lad-csp-pfa-lookup", "geography/lookup_lad24_csp24_pfa24_ew.csv").table
        forces = lookup[lookup["relation"] == "csp24_pfa24"].set_index("from_code")["to_code"]
        csps = found.table[found.table["level"].isin(["csp", "csp_and_force"])]
        assert (forces.loc[csps["area_code"]].to_numpy() == csps["force_code"].to_numpy()).all()


class TestStreetCrime:
    @pytest.fixture
    def counts(self) -> Imported:
        return imported("police-uk-lsoa-counts", "crime/police_uk_blackpool_lsoa_month_type_counts.csv")

    @pytest.fixture
    def street(self) -> Imported:
        return imported("police-uk-street", "crime/police_uk_2020-01_lancashire_street_extract.csv")

    def test_totals_of_the_counts(self, counts: Imported) -> None:
        table = counts.accepted()
        by_type = table.groupby("incident_type")["incidents"].sum()
        assert (len(table), table["incidents"].sum(), table["area_code"].nunique()) == (18_231, 87_862, 94)
        assert (by_type["violence_sexual"], by_type["asb"]) == (27_836, 31_180)
        assert table.loc[table["month"] == "2020-01", "incidents"].sum() == 2_458

    def test_the_three_missing_months_are_named_and_not_zero(self, counts: Imported) -> None:
        assert counts.table["month"].nunique() == 32
        assert "2020-06, 2020-08, 2020-09: missing, not zero" in remarks(counts)

    def test_the_raw_month_counted_by_us_gives_exactly_the_published_counts(
        self, counts: Imported, street: Imported
    ) -> None:
        january = counts.table[counts.table["month"] == "2020-01"].reset_index(drop=True)
        ours = street.accepted()
        ours = ours[ours["area_code"].isin(blackpool_lsoas())].reset_index(drop=True)
        pd.testing.assert_frame_equal(ours, january, check_dtype=False)

    def test_rows_without_place_and_repeated_identifiers_are_said(self, street: Imported) -> None:
        assert "1387 of 3909 rows have no location" in remarks(street)
        assert "2 rows repeat the identifier" in remarks(street)
        assert street.table["incidents"].sum() == 3_909 - 1_387


class TestOtherCrimeFigures:
    def test_bodies_without_area_are_marked_and_codes_stay_text(self) -> None:
        file = "crime/homeoffice_prc-pfa_2024-25_btp_and_fraud_bodies.csv"
        found = imported("home-office-recorded-crime", file)
        table = found.accepted()
        transport = table[table["body"] == "British Transport Police"]
        assert (len(table), table["offences"].sum()) == (588, 1_363_350)
        assert (len(transport), transport["offences"].sum()) == (576, 81_996)
        assert (table["has_area"] == "no").all()
        assert table["offence_code"].nunique() == 147
        assert {"71", "88A", "AF", "UK Finance"} <= set(table["offence_code"])

    @pytest.mark.parametrize(
        ("file", "t1", "positive"),
        [
            ("crime/outcomes_lancashire_by_year.csv", 13_941, 27_907),
            ("crime/outcomes_england_wales_44_forces_by_year.csv", 476_698, 724_170),
        ],
    )
    def test_outcomes_of_2024_25(self, file: str, t1: int, positive: int) -> None:
        table = imported("home-office-outcomes", file).accepted()
        year = table[(table["financial_year"] == "2024/25") & (table["basis"] == "closed")].iloc[0]
        assert (year["t1"], year["positive"]) == (t1, positive)

    def test_all_outcomes_assigned_since_2014(self) -> None:
        table = imported("home-office-outcomes", "crime/outcomes_england_wales_44_forces_by_year.csv").table
        assert table.loc[table["basis"] == "closed", "assigned"].sum() == 57_210_139

    def test_the_nine_offence_groups_of_2024_25_add_up_to_the_year(self) -> None:
        file = "crime/outcomes_lancashire_by_offence_group_extract.csv"
        table = imported("home-office-outcomes-by-group", file).accepted()
        year = table[table["financial_year"] == "2024/25"]
        closed, recorded = (year[year["basis"] == basis] for basis in ("closed", "recorded"))
        assert (len(closed), closed["oocd"].sum(), closed["charged"].sum()) == (9, 13_966, 13_941)
        assert (recorded["oocd"].sum(), recorded["charged"].sum()) == (13_639, 13_293)
        sexual = closed[closed["offence_group"] == "Sexual offences"]
        assert sexual["charged"].sum() == 544


class TestWorkbookOfTheOlderLayout:
    @pytest.fixture
    def found(self) -> Imported:
        return imported("ons-pfa-workbook", "crime/pfatablesdec19.xlsx")

    def value(self, found: Imported, table: str, area: str, measure: str) -> float:
        rows = found.accepted().query("table == @table and area_name == @area and measure == @measure")
        assert len(rows) == 1
        return float(rows["value"].iloc[0])

    def test_numbers_of_offences(self, found: Imported) -> None:
        total = "Total recorded crime (excluding fraud)"
        assert self.value(found, "Table P1", "ENGLAND AND WALES", total) == 5_013_284
        assert self.value(found, "Table P1", "Lancashire", total) == 148_288
        assert self.value(found, "Table P1", "Lancashire", "Sexual offences") == 4_661

    def test_population(self, found: Imported) -> None:
        measure = "Population figures (mid-2018) rounded to 100"
        assert self.value(found, "Table P3", "Lancashire", measure) == 1_498_300

    def test_greater_manchester_is_not_available_and_not_zero(self, found: Imported) -> None:
        rows = found.table[(found.table["area_name"] == "Greater Manchester") & (found.table["table"] == "Table P1")]
        assert set(rows["mark"]) == {".."}
        assert rows["value"].isna().all()
        assert "Greater Manchester" in remarks(found)

    def test_footnotes_do_not_stick_to_names(self, found: Imported) -> None:
        assert not found.table["area_name"].str.contains(r"\d|\s$", regex=True).any()
        assert set(found.table.loc[found.table["level"] == "body", "area_name"]) == {"British Transport Police"}


class TestPopulation:
    def test_small_areas_of_2011(self) -> None:
        file = "geography/population_mid2020_lsoa11_single_year_age_lancashire_pfa.csv"
        table = imported("ons-population-lsoa", file).accepted()
        assert (table["area_code"].nunique(), table["persons"].sum()) == (941, 1_515_487)
        here = table[table["area_code"].isin(blackpool_lsoas())]
        assert (here["area_code"].nunique(), here["persons"].sum()) == (94, 138_381)
        assert here.loc[here["age"] <= 17, "persons"].sum() == 29_110

    def test_local_authorities_of_2021(self) -> None:
        table = imported("ons-population-lad", "geography/population_mid2020_lad21_single_year_age.csv").accepted()
        assert (table["area_code"].nunique(), table["persons"].sum()) == (331, 59_719_724)
        assert table.loc[table["area_code"] == BLACKPOOL, "persons"].sum() == 138_381

    def test_census_with_its_perturbed_totals(self) -> None:
        found = imported("census-demographics", "geography/blackpool_demographics.json")
        sums = found.accepted().groupby(["level", "topic"])["number"].sum()
        assert (sums["district", "age"], sums["ward", "age"], sums["district", "sex"]) == (141_033, 141_017, 141_036)
        assert sums["district", "household_deprivation"] == 64_789
        assert "cells are perturbed" in remarks(found)
        young = found.table[
            (found.table["topic"] == "age") & (found.table["category"].isin([str(a) for a in range(18)]))
        ]
        assert dict(young.groupby("level")["number"].sum()) == {"district": 27_894, "ward": 27_895}
        worst = found.table[(found.table["topic"] == "household_deprivation") & (found.table["category"] == "4")]
        assert worst.loc[worst["level"] == "district", "number"].sum() == 302


class TestDeprivation:
    def test_2019(self) -> None:
        table = imported("imd-2019", "geography/imd2019_lsoa11_lancashire_pfa.csv").accepted()
        here = table[table["area_code"].isin(blackpool_lsoas())]
        assert (len(table), len(here), (here["imd_decile"] == 1).sum()) == (941, 94, 39)

    def test_2025(self) -> None:
        table = imported("imd-2025", "geography/imd2025_lsoa21_lancashire_pfa.csv").accepted()
        here = table[table["area_code"].isin(blackpool_lsoas())]  # Blackpool's codes are the same in 2011 and 2021
        assert (len(table), (table["imd_decile"] == 1).sum()) == (945, 182)
        assert (len(here), (here["imd_decile"] == 1).sum(), here["imd_rank"].min()) == (94, 38, 2)
        assert table["imd_score"].sum() == pytest.approx(25_440.158, abs=5e-4)

    def test_the_editions_name_themselves_and_the_vintage_of_their_areas(self) -> None:
        old = imported("imd-2019", "geography/imd2019_lsoa11_lancashire_pfa.csv").table
        new = imported("imd-2025", "geography/imd2025_lsoa21_lancashire_pfa.csv").table
        assert set(zip(old["edition"], old["vintage"], strict=True)) == {(2019, 2011)}
        assert set(zip(new["edition"], new["vintage"], strict=True)) == {(2025, 2021)}

    def test_local_authorities(self) -> None:
        table = imported("imd-2025-lad", "geography/imd2025_england_lad24.csv").accepted()
        here = table[table["area_code"] == BLACKPOOL].iloc[0]
        assert (len(table), here["rank_of_average_score"]) == (296, 1)
        assert here["share_most_deprived_tenth"] == pytest.approx(38 / 94, abs=5e-5)


class TestLookups:
    def test_lsoa_2011_to_2021(self) -> None:
        found = imported("lsoa-lookup", "geography/lookup_lsoa11_lsoa21_lad22_lancashire_pfa.csv")
        pairs = found.accepted().query("relation == 'lsoa11_lsoa21'")
        assert (len(pairs), pairs["from_code"].nunique(), pairs["to_code"].nunique()) == (950, 941, 945)
        assert dict(pairs["change"].value_counts()) == {"unchanged": 924, "split": 16, "merged": 10}
        here = pairs[pairs["from_code"].isin(blackpool_lsoas())]
        assert (len(here), set(here["change"])) == (94, {"unchanged"})
        assert "16 split, 10 merged" in remarks(found)

    def test_lsoa_2021_to_ward_2024(self) -> None:
        table = imported("lsoa-ward-lookup", "geography/lookup_lsoa21_ward24_lad24_lancashire_pfa.csv").accepted()
        areas, wards = (table[table["relation"] == name] for name in ("lsoa21_ward24", "ward24_lad24"))
        here = set(wards.loc[wards["to_code"] == BLACKPOOL, "from_code"])
        assert (len(areas), areas["to_code"].nunique(), wards["to_code"].nunique()) == (945, 253, 14)
        assert (len(here), areas["to_code"].isin(here).sum()) == (21, 94)

    def test_authority_to_partnership_to_force(self) -> None:
        table = imported("lad-csp-pfa-lookup", "geography/lookup_lad24_csp24_pfa24_ew.csv").accepted()
        up, on = (table[table["relation"] == name] for name in ("lad24_csp24", "csp24_pfa24"))
        assert (len(up), up["from_code"].nunique(), up["to_code"].nunique()) == (332, 318, 314)
        assert on["to_code"].nunique() == 43
        here = sorted(on.loc[on["to_code"] == LANCASHIRE, "from_code"])
        assert (len(here), here[0], here[-1]) == (14, "E22000150", "E22000163")


@pytest.mark.parametrize(
    ("file", "features", "level", "vintage"),
    [
        ("lsoa11_blackpool", 94, "lsoa", 2011),
        ("wards2013_blackpool", 21, "ward", 2013),
        ("wards2024_blackpool_bsc", 21, "ward", 2024),
        ("pfa20_ew", 43, "force", 2020),
    ],
)
def test_outlines_are_valid_and_complete(file: str, features: int, level: str, vintage: int) -> None:
    table = imported("area-outlines", f"geography/{file}.geojson").accepted()
    assert (len(table), set(table["level"]), set(table["vintage"])) == (features, {level}, {vintage})
    assert all(outline.is_valid and not outline.is_empty for outline in table["geometry"])


def test_wards_of_2013_and_2024_share_names_and_no_code() -> None:
    old, new = (
        imported("area-outlines", f"geography/{name}.geojson").table
        for name in ("wards2013_blackpool", "wards2024_blackpool_bsc")
    )
    assert {"E05001643", "E05015186"} <= set(old["area_code"]) | set(new["area_code"])
    assert not set(old["area_code"]) & set(new["area_code"])
    assert "Anchorsholme" in set(old["area_name"]) & set(new["area_name"])
