"""Rates: printed tables of exact limits, rates by hand, and what no rate is made of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compendium import intervals
from compendium.aggregate import Dimension, Origin, Released
from compendium.analysis.rates import children, comparators
from compendium.errors import CompendiumError
from compendium.release.derived.parts import aged, part, span
from compendium.release.derived.rates import rates
from tests.unit.charts_samples import counts

BANDS = {"0-9": "Under 10", "10-13": "10 to 13", "14-15": "14 or 15", "16-17": "16 or 17"}
AGE = Dimension("age_band", "Age", {**BANDS, "nr": "Not recorded"}, missing=("nr",))
CHILD_AGE = Dimension("age_band", "Age", BANDS)
OFFENCE = Dimension(
    "iccs_class",
    "Class",
    {"grooming": "88A", "rest": "Others"},
    "offence_code",
    {"grooming": ("88A",), "rest": ("86/2", "35")},
)
CHILDREN = replace(counts([CHILD_AGE], (16_505, 6_430, 3_148, 3_027)), name="children_by_age", unit="child")
VICTIMS = replace(counts([AGE], (14, 87, 70, 14, 18)), name="victims_by_age")
CRIMES = replace(counts([OFFENCE], (71, 159)), name="crimes_by_offence", unit="crime")
AREA = Dimension("area", "Part", {f"p{n}": f"Part {n}" for n in range(4)}, area=True)
LEFT_OUT = [{"label": "age not recorded", "table": "victims_by_age", "of": {"age_band": ["nr"]}}]


def asked(**row: Any) -> dict[str, Any]:
    frame, _ = rates([CRIMES, VICTIMS, CHILDREN], {"rows": [{"label": "A row", **row}]})
    return dict(frame.iloc[0])


@pytest.mark.parametrize(
    ("events", "low", "high"),
    [
        (0, 0, 3.689),
        (1, 0.0253, 5.572),
        (5, 1.6235, 11.668),
        (10, 4.795, 18.390),
        (20, 12.217, 30.888),
        (50, 37.111, 65.919),
        (100, 81.364, 121.627),
    ],
)
def test_the_exact_limits_of_garwood(events: int, low: float, high: float) -> None:
    """95 % limits of a Poisson mean as printed in Garwood's table and its many reprints."""
    assert intervals.poisson(events) == pytest.approx((low, high), abs=0.001)


def test_wilsons_interval_as_newcombe_prints_it() -> None:
    """Newcombe 1998 (Statistics in Medicine 17:857-872), table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    printed = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (number, whole), limits in printed.items():
        assert intervals.wilson(number, whole) == pytest.approx(limits, abs=0.00005)


def test_sexual_communication_is_set_beside_children_under_16() -> None:
    """71 / (16,505 + 6,430 + 3,148) x 1,000 = 2.72; exact limits of 71: 55.45 and 89.56."""
    row = asked(table="crimes_by_offence", of=[{"offence_code": ["88A"]}], ages=[0, 15])
    assert (row["counted"], row["numerator"], row["denominator"], row["rate"]) == ("crimes", "71", "26,083", 2.72)
    assert (row["low"], row["high"]) == pytest.approx((55.45 / 26.083, 89.56 / 26.083), abs=0.005)
    assert row["left_out"] == "nobody"


def test_a_rate_of_ages_takes_victims_and_children_of_the_same_ages() -> None:
    """(87 + 70 + 14) / (6,430 + 3,148 + 3,027) x 1,000 = 13.57; with the 18 without age 189 / 12.605 = 14.99."""
    row = asked(table="victims_by_age", aged=True, ages=[10, 17], left_out=LEFT_OUT)
    assert (row["numerator"], row["denominator"], row["rate"], row["if_counted"]) == ("171", "12,605", 13.57, 14.99)
    assert row["left_out"] == "age not recorded: 18"


def test_each_row_says_whose_number_of_children_it_is() -> None:
    assert asked(table="victims_by_age", aged=True, ages=[0, 17])["whose"] == CHILDREN.origin.source


def test_ages_that_no_released_bands_make_up_are_not_estimated() -> None:
    row = asked(table="victims_by_age", aged=True, ages=[12, 17])
    assert (row["numerator"], row["denominator"]) == ("not shown apart", "not shown apart")
    assert pd.isna(row["rate"])


def test_no_rate_on_fewer_than_ten() -> None:
    few = replace(counts([AGE], (9, 87, 70, 10, 18)), name="victims_by_age")
    frame, _ = rates(
        [few, CHILDREN],
        {
            "rows": [
                {"label": "x", "table": "victims_by_age", "aged": True, "ages": ages} for ages in ([0, 9], [16, 17])
            ]
        },
    )
    assert pd.isna(frame["rate"].iloc[0])
    assert frame["rate"].iloc[1] == 3.3  # 10 of 3,027


def test_nothing_is_worked_out_from_a_hidden_number() -> None:
    hidden = replace(counts([AGE], (14, 87, 70, 14, 18), hide=[("14-15",), ("nr",)]), name="victims_by_age")
    frame, _ = rates(
        [hidden, CHILDREN],
        {
            "rows": [
                {"label": "x", "table": "victims_by_age", "aged": True, "ages": [10, 17], "left_out": LEFT_OUT},
                {"label": "y", "table": "victims_by_age", "aged": True, "ages": [10, 13], "left_out": LEFT_OUT},
            ]
        },
    )
    assert list(frame["numerator"]) == ["hidden", "87"]
    assert pd.isna(frame["rate"].iloc[0]) and frame["rate"].iloc[1] == 13.53
    assert frame["if_counted"].isna().all()
    assert frame["left_out"].iloc[1] == "age not recorded: hidden"


def test_no_rate_is_made_by_areas_smaller_than_a_third() -> None:
    by_area = replace(counts([AREA], (20, 20, 20, 20)), name="cases_by_area")
    with pytest.raises(CompendiumError, match="smaller than a third"):
        rates([by_area, CHILDREN], {"rows": [{"label": "x", "table": "cases_by_area", "of": [{}], "ages": [0, 17]}]})


def test_a_table_nobody_named_is_told_with_the_nearest() -> None:
    with pytest.raises(CompendiumError, match="victims_by_aeg"):
        rates([VICTIMS, CHILDREN], {"rows": [{"label": "x", "table": "victims_by_aeg", "of": [{}], "ages": [0, 17]}]})


def test_a_table_that_is_not_supplied_has_no_rates() -> None:
    empty = replace(VICTIMS, frame=VICTIMS.frame.iloc[:0])
    assert rates([empty, CHILDREN], {"rows": [{}]})[0].empty


def test_codes_are_found_in_whatever_groups_were_released() -> None:
    assert part(CRIMES, {"offence_code": ["88A"]}).count == 71
    assert part(CRIMES, {"offence_code": ["86/2", "35"]}).count == 159
    assert part(CRIMES, {"offence_code": ["35"]}).absent  # merged with images: nobody can say how many
    assert part(CRIMES, {"iccs_class": ["grooming", "rest"]}).count == 230
    assert part(CRIMES, {"platform": ["x"]}).absent


@given(
    st.lists(st.integers(10, 500), min_size=5, max_size=5),
    st.sampled_from([(0, 9), (0, 15), (0, 17), (10, 17), (14, 17)]),
)
def test_ages_add_up_to_what_counting_them_one_by_one_gives(values: list[int], ages: tuple[int, int]) -> None:
    table: Released = counts([AGE], values)
    spans = {code: span(code) for code in BANDS}
    by_hand = sum(
        n
        for code, n in zip(AGE.categories, values, strict=True)
        if (s := spans.get(code)) and ages[0] <= s[0] <= s[1] <= ages[1]
    )
    assert aged(table, "age_band", *ages).count == by_hand


def test_official_groups_are_never_called_comparable() -> None:
    """Blackpool 1,022 and Lancashire 5,834 sexual offences (Table C2, year ending June 2025)."""
    from compendium import Study
    from tests.shared import ROOT

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPENDIUM_ROOT", str(ROOT))
        study = Study.open("blackpool")
        table, people = study.table("area_crime"), study.table("area_population")
    frame = comparators(table, district="E06000009").frame
    sexual = frame[frame["measure"] == "Sexual offences"]
    assert list(sexual["value"]) == [1_022, 5_834]
    assert frame["comparable"].str.startswith("Not comparable, because ").all()
    assert frame["comparable"].str.contains("images of children").any()
    assert frame["table"].str.contains("Table C2").all() and (frame["period"] == "year ending June 2025").all()
    assert children(people).frame["count"].sum() == 29_110


def test_origin_says_whose_children_they_are() -> None:
    origin = Origin("area_population", "Children", "public", "real", "", "Office for National Statistics")
    frame, _ = rates(
        [VICTIMS, replace(CHILDREN, origin=origin)],
        {"rows": [{"label": "x", "table": "victims_by_age", "of": [{}], "ages": [0, 17]}]},
    )
    assert frame["whose"].iloc[0] == "Office for National Statistics"
    assert frame["numerator"].iloc[0] == "203"


def test_a_row_about_the_law_of_england_is_another_where_nobody_has_its_code() -> None:
    row = {
        **{"table": "crimes_by_offence", "of": [{"iccs_class": ["grooming"]}], "ages": [0, 15], "code": "88A"},
        "elsewhere": {"label": "Grooming", "ages": [0, 17], "note": ""},
    }
    here = asked(**row, note="nobody by age: the law sets it")
    assert (here["label"], here["ages"], here["left_out"]) == (
        "A row",
        "aged 0 to 15",
        "nobody by age: the law sets it",
    )
    dutch = replace(OFFENCE, members={"grooming": ("248e",), "rest": ("240b",)})
    frame, _ = rates([replace(CRIMES, dimensions=(dutch,)), CHILDREN], {"rows": [{"label": "A row", **row}]})
    assert frame[["label", "ages", "left_out"]].to_numpy().tolist() == [["Grooming", "aged 0 to 17", "nobody"]]
