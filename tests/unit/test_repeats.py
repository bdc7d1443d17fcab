"""More than once: who is seen again, cases that share a suspect, and what chance alone gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from compendium.aggregate import Dimension
from compendium.analysis import cases, repeats
from compendium.errors import CompendiumError
from compendium.release.derived.repeats import repeated_by_chance, repeats_beside_chance
from tests.unit import case_files as made
from tests.unit.charts_samples import counts as released

AGAIN = Dimension("seen_again", "In more than one case", {"again": "Again", "once": "Once"}, sensitive=True)
CHILDREN = Dimension("age_band", "Age", {"0-9": "0 to 9", "10-17": "10 to 17"})


def test_a_person_who_is_twice_in_one_case_is_not_seen_again() -> None:
    persons = pd.DataFrame({"person_id": ["P1", "P1", "P2", "P2"], "case_id": ["C1", "C1", "C1", "C2"]})
    assert repeats.seen_again(persons).tolist() == ["once", "once", "again", "again"]


def test_a_series_is_two_cases_with_one_recorded_suspect() -> None:
    suspects = pd.DataFrame({"person_id": ["P1", "P1", "P2"], "case_id": ["C1", "C3", "C2"]})
    found = repeats.in_series(pd.DataFrame({"case_id": ["C1", "C2", "C3", "C4"]}), suspects)
    assert found.tolist() == ["again", "once", "again", "once"]


def test_each_unit_is_counted_by_who_is_seen_again() -> None:
    """Totals are those of the tables: nobody is left out, nobody counted twice."""
    files = made.case_files()
    for unit, by in (("victim", "seen_again"), ("suspect", "seen_again"), ("case", "series")):
        found = cases.counts(files, by=[by], unit=unit)
        assert found.frame["count"].sum() == len(files[cases.UNITS[unit]].frame)
        assert found.dimensions[0].sensitive


def test_chance_gives_the_repeats_that_drawing_by_hand_gives() -> None:
    """Two records among two people: the same person with probability 1/2, and then both are repeats: mean 1."""
    mean, low, high = repeated_by_chance(2, 2, seed=1)
    assert (mean, low, high) == (1, 0, 2)
    assert repeated_by_chance(1, 10, seed=1) == (0, 0, 0)


@pytest.mark.parametrize(("records", "people"), [(300, 2_000), (2_500, 30_000)])
def test_the_band_of_chance_is_that_of_a_simulation(records: int, people: int) -> None:
    """Drawn, up to 2,000 records, or by the exact mean and variance beyond: either way near what dealing out gives."""
    dice = np.random.default_rng(8)
    found = []
    for _ in range(400):
        held = np.bincount(dice.integers(0, people, records))
        found.append(held[held > 1].sum())
    mean, low, high = repeated_by_chance(records, people, seed=2)
    width = np.std(found)
    assert mean == pytest.approx(np.mean(found), abs=width / 5)
    assert [low, high] == pytest.approx(np.percentile(found, [2.5, 97.5]), abs=width / 2)


def test_a_hidden_number_stays_hidden_beside_chance() -> None:
    seen = released([AGAIN], (4, 96), hide=[("again",), ("once",)])
    children = replace(released([CHILDREN], (900, 1100)), unit="child")
    row = repeats_beside_chance([seen, children], {"seed": 3})[0].iloc[0]
    assert (row["records"], row["observed"], row["people"]) == ("100", "hidden", "2,000")
    assert row["chance"] == pytest.approx(100 * (1 - (1 - 1 / 2000) ** 99))


def test_without_a_total_there_is_no_chance() -> None:
    seen = released([AGAIN], (4, 96), hide=[("again",), ("once",), ("Total",)])
    children = released([CHILDREN], (900, 1100))
    row = repeats_beside_chance([seen, children], {})[0].iloc[0]
    assert pd.isna(row["chance"])


def test_other_tables_are_refused() -> None:
    with pytest.raises(CompendiumError):
        repeats_beside_chance([released([CHILDREN], (1, 2))], {})
