"""Indices of harm: sums of released counts and weights, by hand, with bounds and what stays outside."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from compendium.aggregate import CheckedTable, Dimension, Origin, Released
from compendium.analysis.harm import indices, weights
from compendium.errors import CompendiumError
from compendium.release.derived.harm import harm
from tests.unit.charts_samples import ZONE, counts, statistic

ROOT = Path(__file__).resolve().parents[2]
CODES = ("86/2", "86/10", "88A", "35")
OFFENCE = Dimension("offence_code", "Offence", {code: code for code in CODES})
GROUPED = Dimension(
    "offence_group",
    "Offence",
    {"image": "Image", "rest": "Rest"},
    "offence_code",
    {"image": CODES[:2], "rest": CODES[2:]},
)
INDICES = statistic("listing", "index title weight leaves_out source", [("one", "Index one", "Days", "Much", "Here")])
WEIGHTS = statistic(
    "listing",
    "index offence_code weight basis",
    [("one", "86/2", 10.0, ""), ("one", "86/10", 5.0, ""), ("one", "35", 2.0, ""), ("two", "88A", 99.0, "")],
)


def sums(crimes: Released) -> dict[str, str]:
    row = harm([crimes, INDICES, WEIGHTS], {})[0].iloc[0]
    return {name: str(row[name]) for name in ("crimes", "weighed_text", "outside_text", "estimate", "mean_text")}


def test_a_sum_by_hand() -> None:
    """20 x 10 + 12 x 5 + 15 x 2 = 290 for 47 crimes; 30 crimes of 88A have no weight in this index."""
    found = sums(counts([OFFENCE], (20, 12, 30, 15)))
    assert found == {"crimes": "77", "weighed_text": "47", "outside_text": "30", "estimate": "290", "mean_text": "6"}


def test_hidden_crimes_give_bounds_that_hold_whatever_they_are() -> None:
    """12 and 15 are hidden: 27 crimes of 86/10 or 35, so between 27 x 2 and 27 x 5 beside 200."""
    found = sums(counts([OFFENCE], (20, 12, 30, 15), hide=[("86/10",), ("35",)]))
    assert (found["weighed_text"], found["estimate"]) == ("47", "254 to 335")
    assert 254 <= 290 <= 335


def test_a_hidden_crime_without_weight_may_be_outside() -> None:
    """88A and 35 are hidden: 45 crimes that weigh 0 or 2."""
    found = sums(counts([OFFENCE], (20, 12, 30, 15), hide=[("88A",), ("35",)]))
    assert (found["weighed_text"], found["outside_text"]) == ("32 to 77", "0 to 45")
    assert found["estimate"] == "260 to 350"


def test_a_group_of_codes_gives_bounds() -> None:
    """32 images weigh 5 or 10 each; of the 45 others some have no weight: 160 + 0 to 320 + 90."""
    found = sums(counts([GROUPED], (32, 45)))
    assert (found["weighed_text"], found["outside_text"], found["estimate"]) == ("32 to 77", "0 to 45", "160 to 410")


def test_a_hidden_total_leaves_the_sum_open_above() -> None:
    found = sums(counts([OFFENCE], (20, 12, 30, 15), hide=[("35",), ("Total",)]))
    assert (found["crimes"], found["estimate"]) == ("hidden", "260 or more")


def test_without_a_weight_nothing_is_summed() -> None:
    none = replace(WEIGHTS, frame=WEIGHTS.frame.assign(index="another"))
    row = harm([counts([OFFENCE], (20, 12, 30, 15)), INDICES, none], {})[0].iloc[0]
    assert (row["estimate"], row["outside_text"]) == ("no weight was read", "77")


def test_harm_is_never_summed_by_area() -> None:
    crimes = counts([OFFENCE, ZONE], range(32))
    with pytest.raises(CompendiumError, match="never summed by area"):
        harm([crimes, INDICES, WEIGHTS], {})


def test_each_weight_that_ships_says_where_it_was_read_and_each_offence_is_spoken_of() -> None:
    lookups = ROOT / "data_dictionaries" / "lookups"
    with (lookups / "harm_weights.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with (lookups / "offence_codes.csv").open(encoding="utf-8") as file:
        codes = {row["code"] for row in csv.DictReader(file)}
    with (lookups / "harm_indices.csv").open(encoding="utf-8") as file:
        indices = {row["index"]: row["leaves_out"] for row in csv.DictReader(file)}
    assert {(row["index"], row["offence_code"]) for row in rows} == {(i, code) for i in indices for code in codes}
    assert all(row["basis"] for row in rows)
    for words in ("proactive", "company", "earlier years", "image"):
        assert words in indices["cambridge_chi"]


def test_a_reader_sees_the_name_of_an_index_and_never_its_short_name() -> None:
    origin = Origin("harm", "Harm", "public", "real", "published", "Publisher")
    listed = {
        "index": ["ons_css"],
        "title": ["Crime Severity Score"],
        "weight": [""],
        "leaves_out": [""],
        "source": [""],
    }
    read = {"index": ["ons_css"], "offence_code": ["86/2"], "weight": [10.0], "basis": ["Read"]}
    named = CheckedTable(origin, "index", pd.DataFrame(listed))
    weighed = CheckedTable(origin, "weight", pd.DataFrame(read))
    assert weights(weighed, named).frame["index_label"].tolist() == ["Crime Severity Score"]
    assert "index" not in indices(named).columns
