"""Concentration: the cases of `concentration.json`, and what chance alone gives in Blackpool."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from compendium.analysis import concentration
from compendium.analysis.concentration.measures import top_shares
from compendium.analysis.estimate import Undefined
from tests.shared import SHARED, needs_shared

FILE = SHARED / "cases" / "concentration.json"
CASES = json.loads(FILE.read_text("utf-8"))["cases"] if FILE.exists() else []
LSOAS = SHARED / "data" / "geography" / "population_mid2020_lsoa11_single_year_age_lancashire_pfa.csv"
LATER = LSOAS.with_name("lookup_lsoa11_lsoa21_lad22_lancashire_pfa.csv")
WARDS = LSOAS.with_name("lookup_lsoa21_ward24_lad24_lancashire_pfa.csv")
MEASURES = {
    "gini": concentration.gini,
    "gini_generalised": concentration.gini_generalised,
    "gini_unbiased": concentration.gini_unbiased,
    "share_top_1": lambda counts: concentration.top_share(counts, 1),
    "share_top_2": lambda counts: concentration.top_share(counts, 2),
    "share_top_5": lambda counts: concentration.top_share(counts, 5),
}


def counts_of(case: dict[str, Any]) -> list[float]:
    given = case["input"]
    if "counts" in given:
        return list(given["counts"])
    rows = pd.read_csv(SHARED / given["file"])
    places = rows[given["group"]].unique()
    assert len(places) == given["places"]
    for column, value in given.get("filter", {}).items():
        rows = rows[rows[column] == value]
    return rows.groupby(given["group"])["n"].sum().reindex(places, fill_value=0).tolist()


@needs_shared
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_published_concentration(case: dict[str, Any]) -> None:
    counts, expected = counts_of(case), case["expected"]
    tolerance = case.get("tolerance", {})
    for output, value in expected.items():
        allowed = tolerance.get(output, tolerance.get("abs", 0))
        if value == "undefined":
            with pytest.raises(Undefined):
                MEASURES[output](counts)
        elif output == "lorenz_from_smallest":
            assert concentration.lorenz(counts) == pytest.approx(value, abs=allowed)
        elif output in MEASURES:
            assert float(MEASURES[output](counts)) == pytest.approx(value, abs=allowed)
        else:
            facts = {
                "places": len(counts),
                "crimes": sum(counts),
                "places_with_any": sum(count > 0 for count in counts),
            }
            assert facts[output] == value


def by_ward(lsoas: pd.DataFrame, children: pd.Series) -> pd.Series:
    """Children by ward of 2024; the 94 LSOAs of 2011 are unchanged in 2021."""
    lookup = pd.read_csv(LATER)
    later = lookup[lookup["lsoa11_code"].isin(lsoas["lsoa11_code"])].set_index("lsoa11_code")["lsoa21_code"]
    ward = pd.read_csv(WARDS).set_index("lsoa21_code")["ward24_code"]
    wards = children.groupby(lsoas["lsoa11_code"].map(later).map(ward)).sum()
    assert (len(wards), wards.sum()) == (21, 29_110)
    return wards


@needs_shared
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_185_cases_over_blackpools_children_are_unevenly_spread_by_chance_alone(seed: int) -> None:
    """Gini 0.41 (0.35-0.46), top five areas 14.6 % (12.4-17.8), printed to these digits; lowest and highest of 21 wards
    2.7 and 10.7 per 1,000: the median over draws of the lowest and of the highest.
    """
    lsoas = pd.read_csv(LSOAS)
    blackpool = lsoas[lsoas["lsoa11_name"].str.startswith("Blackpool")]
    children = blackpool[[str(age) for age in range(18)]].sum(axis=1)
    assert (len(blackpool), children.sum()) == (94, 29_110)

    uneven = concentration.gini_by_chance(185, children, seed=seed)
    highest = concentration.by_chance(185, children, top_shares(5), seed=seed)

    lowest, highest_ward = concentration.rate_range_by_chance(185, by_ward(blackpool, children), seed=seed)
    assert [lowest.estimate, highest_ward.estimate] == pytest.approx([2.7, 10.7], abs=0.05)
    assert [uneven.estimate, uneven.low, uneven.high] == pytest.approx([0.41, 0.35, 0.46], abs=0.006)
    assert [highest.estimate, highest.low, highest.high] == pytest.approx([0.146, 0.124, 0.178], abs=0.0055)
