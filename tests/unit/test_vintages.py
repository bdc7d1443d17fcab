"""Counts carried to the areas of another year: what goes whole goes, what can't be shared out is said to be lost."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict

import pandas as pd
import pytest

from compendium import Study, importers
from compendium.analysis import context, vintages
from compendium.errors import CompendiumError, UnknownName
from tests.shared import ROOT, SHARED, needs_shared

GEOGRAPHY = SHARED / "data" / "geography"
LOOKUP = pd.DataFrame(
    [
        ("old_new", "A", "A1", "unchanged"),
        ("old_new", "B", "M1", "merged"),
        ("old_new", "C", "M1", "merged"),
        ("old_new", "D", "D1", "split"),
        ("old_new", "D", "D2", "split"),
        ("old_new", "E", "E1", "irregular"),
    ],
    columns=["relation", "from_code", "to_code", "change"],
)


def test_what_goes_whole_is_added_up_and_what_is_split_is_lost() -> None:
    carried = vintages.carried_over({"A": 5, "B": 7, "C": 8, "D": 100, "E": 3, "F": 1}, LOOKUP, "old_new")
    assert carried.counts.to_dict("list") == {"area_code": ["A1", "M1"], "count": [5, 15]}
    assert carried.kept.to_dict("split")["data"] == [
        ["unchanged", 1, 1, 5, True],
        ["merged", 2, 1, 15, True],
        ["split", 1, 2, 100, False],
        ["irregular", 1, 1, 3, False],
        ["not in the lookup", 1, 0, 1, False],
    ]
    assert carried.lost == 104
    assert repr(carried) == "<2 areas; 104 in 3 areas not carried over>"


def test_nothing_disappears() -> None:
    counts = {"A": 5, "B": 7, "C": 8, "D": 100, "E": 3, "F": 1}
    carried = vintages.carried_over(counts, LOOKUP, "old_new")
    assert carried.counts["count"].sum() + carried.lost == sum(counts.values())


def test_a_merged_area_of_which_a_part_is_missing_gets_no_count() -> None:
    carried = vintages.carried_over({"B": 7}, LOOKUP, "old_new")
    assert carried.counts.empty
    assert carried.lost == 7


def test_an_area_in_several_others_is_split_whatever_the_lookup_calls_it() -> None:
    wrong = LOOKUP.assign(change=LOOKUP["change"].replace("split", "unchanged"))
    assert vintages.carried_over({"D": 100}, wrong, "old_new").lost == 100


def test_areas_without_a_lookup_are_never_joined() -> None:
    with pytest.raises(UnknownName, match="No lookup says how to go ward13_ward24"):
        vintages.carried_over({"E05001643": 1}, LOOKUP, "ward13_ward24")


def test_two_editions_of_the_index_never_stand_in_one_column() -> None:
    mixed = pd.DataFrame({"area_code": ["E1", "E1"], "vintage": [2011, 2021], "edition": [2019, 2025]})
    with pytest.raises(CompendiumError, match="edition 2019, 2025 stand in one column"):
        context.one_vintage(mixed, "edition")
    context.one_vintage(mixed[mixed["edition"] == 2019], "vintage", "edition")


@needs_shared
def test_all_lancashire_is_carried_over_but_for_seven_areas_that_were_split() -> None:
    file = GEOGRAPHY / "lookup_lsoa11_lsoa21_lad22_lancashire_pfa.csv"
    residents = GEOGRAPHY / "population_mid2020_lsoa11_single_year_age_lancashire_pfa.csv"
    counts = importers.read("ons-population-lsoa", residents).accepted().groupby("area_code")["persons"].sum()
    lookup = importers.read("lsoa-lookup", file).accepted()
    carried = vintages.carried_over({str(code): int(n) for code, n in counts.items()}, lookup, "lsoa11_lsoa21")

    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert Counter(row["change_code"] for row in rows) == {"U": 924, "S": 16, "M": 10}  # SOURCES.md
    by_hand: dict[str, int] = defaultdict(int)
    for row in rows:
        if row["change_code"] in "UM":
            by_hand[row["lsoa21_code"]] += int(counts[row["lsoa11_code"]])
    split = {row["lsoa11_code"] for row in rows if row["change_code"] == "S"}
    assert dict(zip(carried.counts["area_code"], carried.counts["count"], strict=True)) == by_hand
    assert carried.kept[["change", "areas", "later", "carried"]].to_numpy().tolist() == [
        ["unchanged", 924, 924, True],
        ["merged", 10, 5, True],
        ["split", 7, 16, False],
    ]
    assert carried.lost == int(counts[sorted(split)].sum())
    assert carried.counts["count"].sum() + carried.lost == int(counts.sum())


@needs_shared
def test_wards_of_2013_and_2024_have_the_same_names_and_no_code_in_common() -> None:
    old, new = (
        importers.read("area-outlines", GEOGRAPHY / file).accepted()
        for file in ("wards2013_blackpool.geojson", "wards2024_blackpool_bsc.geojson")
    )
    assert set(old["area_name"]) == set(new["area_name"])
    assert not set(old["area_code"]) & set(new["area_code"])


def test_blackpool_s_94_small_areas_are_all_unchanged() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPENDIUM_ROOT", str(ROOT))
        study, other = Study.open("blackpool"), Study.open("demo_area_b")
    tables = [study.table(name) for name in ("area_population_official", "area_lookup")]
    frame = vintages.small_areas_2011_to_2021(*tables, study.locality.area).frame
    assert frame.to_numpy().tolist() == [["Unchanged", 94, 94, "138,381", "yes"]]
    invented = [other.table(name) for name in ("area_population_official", "area_lookup")]
    assert vintages.small_areas_2011_to_2021(*invented, other.locality.area).frame.empty
