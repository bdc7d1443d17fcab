"""Concentration beside chance, on places counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from compendium.aggregate import Origin
from compendium.analysis import concentration
from compendium.analysis.concentration.measures import quotient_spreads
from compendium.analysis.estimate import Undefined
from tests.unit import case_files as made


def places(
    events: list[int], exposure: list[float] | None = None, sensitivity: str = "sensitive"
) -> concentration.Places:
    origin = Origin("cases", "Cases", sensitivity, "synthetic", "threshold-10", "made by hand")  # type: ignore[arg-type]
    return concentration.Places(np.array(events), np.array(exposure or [1.0] * len(events)), "case", origin)


def test_cases_of_a_part_of_a_zone_are_counted_in_the_zone() -> None:
    found = concentration.case_places(made.case_files(), made.areas(), made.population(), level="zone")
    assert found.events.tolist() == [1, 2, 2]
    assert found.exposure.tolist() == [100, 300, 600]


def test_the_level_of_area_is_an_argument() -> None:
    found = concentration.case_places(made.case_files(), made.areas(), made.population(), level="third")
    assert found.events.tolist() == [3, 2]
    assert found.exposure.tolist() == [400, 600]


def test_places_show_no_numbers_when_printed() -> None:
    assert "17" not in repr(places([17, 3, 5]))


def test_equal_places_are_less_uneven_than_chance() -> None:
    found = concentration.beside_chance(places([20] * 12), seed=1).frame.set_index("measure")
    assert found.loc["Gini", "observed"] == pytest.approx(0)
    assert found.loc["Gini", "low"] > 0


def test_a_share_of_five_areas_is_left_out_where_there_are_fewer_than_ten() -> None:
    six, twelve = (concentration.beside_chance(places([20] * n), seed=1).frame["measure"].tolist() for n in (6, 12))
    assert "Share of the five highest areas" not in six
    assert "Share of the five highest areas" in twelve


def test_the_same_seed_gives_the_same_envelope() -> None:
    first, again = (concentration.beside_chance(places([3, 9, 30, 14]), seed=5).frame for _ in range(2))
    assert first.equals(again)


def test_each_step_of_a_lorenz_curve_of_case_files_rests_on_ten_cases() -> None:
    """Ten places: fifths hold 0, 3, 7, 40, 50. From the top: 50, 40, then 7 + 3 + 0 = 10 together."""
    found = concentration.lorenz_beside_chance(places([0, 0, 1, 2, 3, 4, 20, 20, 25, 25]), seed=1)
    assert found.frame["quintile"].tolist() == [0, 3, 4, 5]
    assert found.frame["share_of_events"].tolist() == pytest.approx([0, 0.1, 0.5, 1])
    assert found.contributors == 10


def test_public_figures_keep_every_fifth() -> None:
    found = concentration.lorenz_beside_chance(places([0, 0, 1, 2, 3, 4, 20, 20, 25, 25], sensitivity="public"), seed=1)
    assert found.frame["quintile"].tolist() == [0, 1, 2, 3, 4, 5]


def test_no_step_of_a_lorenz_curve_is_a_single_place() -> None:
    found = concentration.lorenz_beside_chance(places([30, 40, 50, 60, 70, 80]), seed=1)
    assert found.frame["share_of_places"].tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1])


def test_nothing_recorded_gives_empty_tables() -> None:
    assert concentration.beside_chance(places([0, 0]), seed=1).frame.empty
    assert concentration.lorenz_beside_chance(places([0, 0]), seed=1).frame.empty


def test_location_quotient_by_hand() -> None:
    """6 of 10 events among 200 of 1,000 children: 0.6 / 0.2 = 3; 4 of 10 among 800: 0.5."""
    assert concentration.location_quotient([6, 4], [200, 800]).tolist() == pytest.approx([3, 0.5])
    with pytest.raises(Undefined):
        concentration.location_quotient([0, 0], [200, 800])


@pytest.mark.parametrize("k", [0, 4])
def test_a_share_of_more_places_than_there_are_is_undefined(k: int) -> None:
    with pytest.raises(Undefined):
        concentration.top_share([1, 2, 3], k)


def test_nine_cases_give_no_measure_and_no_curve() -> None:
    few, enough = places([4, 5]), places([5, 5])
    for found in (concentration.beside_chance(few, seed=1), concentration.lorenz_beside_chance(few, seed=1)):
        assert found.frame.empty
    assert not concentration.beside_chance(enough, seed=1).frame.empty


def test_the_reach_of_location_quotients_by_hand() -> None:
    """Equal exposure, 0 to 4 events in five places of ten: quotients 0, 0.5, 1, 1.5, 2; quartiles 0.5 and 1.5."""
    spread = quotient_spreads([1, 1, 1, 1, 1])
    assert spread(np.array([[0, 1, 2, 3, 4]])).tolist() == pytest.approx([1.0])


def test_quartiles_of_areas_are_left_out_where_there_are_fewer_than_twenty() -> None:
    few, enough = (
        concentration.beside_chance(places([20] * n), seed=1).frame["measure"].str.contains("quotient").any()
        for n in (19, 20)
    )
    assert (few, enough) == (False, True)


def test_cases_dealt_out_by_chance_lie_within_the_band_about_19_times_in_20() -> None:
    """200 lots of 185 cases over 94 places: the band is left in 10 on average, in over 22 once in a thousand times."""
    exposure = np.random.RandomState(3).randint(100, 600, 94)
    band = concentration.gini_by_chance(185, exposure, seed=1)
    lots = np.random.RandomState(4).multinomial(185, exposure / exposure.sum(), 200)
    outside = sum(not band.low <= float(concentration.gini(lot)) <= band.high for lot in lots)
    assert 1 <= outside <= 22


def test_few_areas_stand_outside_their_own_bands_by_chance() -> None:
    """94 areas: each leaves its band at most once in twenty."""
    exposure = np.random.RandomState(3).randint(100, 600, 94)
    lots = np.random.RandomState(5).multinomial(5000, exposure / exposure.sum(), 50)
    outside = [sum(concentration.beyond_own_band(lot, exposure)) for lot in lots]
    assert 1 < np.mean(outside) < 94 / 20


def test_the_lowest_and_highest_rate_by_chance_enclose_every_rate() -> None:
    lowest, highest = concentration.rate_range_by_chance(100, [500, 1000], seed=1)
    assert lowest.estimate < 100 / 1.5 < highest.estimate
