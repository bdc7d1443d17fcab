"""What a reader of the pools and ranges would notice."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from compendium.aggregate import CheckedTable, Dimension, Origin
from compendium.analysis import pools
from compendium.errors import InputRefused, UnknownName

ORIGIN = Origin("pooling_sets", "Sets", "public", "real", "public", "made up for a test")
DIMENSIONS = {
    "set_id": Dimension("set_id", "Set", {"a": "Set A"}),
    "recall": Dimension(
        "recall", "Recall", {"past_year": "Past year", "before_18": "Before 18", "not_printed": "Not printed"}
    ),
    "definition": Dimension("definition", "Definition", {"any": "By anyone", "adult": "By an adult"}),
    "use": Dimension("use", "Use", {"yes": "Yes", "no": "No"}),
}
Row = tuple[str, float | None, float | None, float | None]


def tables(rows: list[Row], **changes: list[str]) -> tuple[CheckedTable, CheckedTable]:
    """`rows`: study, percent, events, n. `changes`: columns of the set table that differ from one good set."""
    size = len(rows)
    base = {"recall": ["past_year"] * size, "definition": ["any"] * size, "use": ["yes"] * size}
    names = [row[0] for row in rows]
    sets = pd.DataFrame(
        {
            "set_id": "a",
            "study_id": names,
            "outcome": "asked",
            "label": names,
            "sample": names,
            **base,
            "note": "",
            **changes,
        }
    )
    prevalence = pd.DataFrame(rows, columns=["study_id", "estimate_percent", "events", "n"]).assign(
        outcome="asked", ci_low=math.nan, ci_high=math.nan
    )
    return CheckedTable(ORIGIN, "estimate", sets, DIMENSIONS), CheckedTable(ORIGIN, "estimate", prevalence)


THREE: list[Row] = [("one", 10, None, 200), ("two", 20, 41, 200), ("three", 30, None, 100)]


def test_three_samples_of_one_definition_and_recall_are_pooled() -> None:
    frame = pools.forest(*tables(THREE)).frame
    assert frame["role"].tolist() == ["study", "study", "study", "pooled"]
    assert frame["weight"].sum() == pytest.approx(1)
    assert frame.loc[frame["label"] == "two", "estimate"].item() == pytest.approx(
        41 / 200
    )  # a printed count goes first


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"recall": ["past_year", "past_year", "before_18"]}, "Recall periods differ (past year, before 18)"),
        ({"recall": ["past_year", "past_year", "not_printed"]}, "Recall period not printed for some"),
        ({"definition": ["any", "adult", "any"]}, "Definitions differ (by anyone, by an adult)"),
        ({"use": ["yes", "no", "yes"]}, "2 estimates with the number asked may be pooled; a pool needs 3"),
    ],
)
def test_unlike_estimates_get_a_range_and_the_reason(changes: dict[str, list[str]], why: str) -> None:
    verdict = pools.verdicts(*tables(THREE, **changes)).frame.iloc[0]
    assert (verdict["verdict"], verdict["value"], verdict["why"]) == ("range", "10% to 30%", why)
    frame = pools.forest(*tables(THREE, **changes)).frame
    assert frame["role"].tolist()[-1] == "range"
    assert frame["weight"].isna().all()


def test_an_estimate_without_the_number_asked_is_shown_but_has_no_part_in_the_pool() -> None:
    frame = pools.forest(*tables([*THREE, ("four", 50, None, None)])).frame
    assert frame["k_or_n"].tolist() == ["n = 200", "n = 200", "n = 100", "n not printed", "k = 3", "k = 4"]
    last = frame.iloc[-1]
    assert (last["role"], last["low"], last["high"]) == ("range", 0.1, 0.5)


def test_a_prediction_is_shown_from_five_studies_on() -> None:
    five: list[Row] = [(name, 10 + place, None, 300) for place, name in enumerate("vwxyz")]
    assert pools.forest(*tables(five)).frame["role"].tolist()[-2:] == ["pooled", "prediction"]


def test_a_sample_that_would_enter_one_pool_twice_is_refused() -> None:
    with pytest.raises(InputRefused, match="a sample enters once"):
        pools.read_sets(*tables(THREE, sample=["same", "same", "other"]))


def test_sensitivity_of_a_range_has_no_rows() -> None:
    assert pools.sensitivity(*tables(THREE[:2]), "a").frame.empty
    with pytest.raises(UnknownName):
        pools.sensitivity(*tables(THREE), "b")
