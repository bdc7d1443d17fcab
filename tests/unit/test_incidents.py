"""The real concentration result: all published incidents of a district's small areas, from the committed files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from compendium.aggregate import CheckedTable, Dimension, Origin
from compendium.analysis import concentration
from compendium.study import Study

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = Origin("area_incidents", "Incidents", "public", "real", "public", "made by hand")


@pytest.fixture(scope="module")
def study() -> Iterator[Study]:
    before = os.environ.get("COMPENDIUM_ROOT")
    os.environ["COMPENDIUM_ROOT"] = str(ROOT)
    yield Study.open("blackpool")
    os.environ.pop("COMPENDIUM_ROOT")
    if before is not None:
        os.environ["COMPENDIUM_ROOT"] = before


@pytest.fixture(scope="module")
def incidents(study: Study) -> CheckedTable:
    table: CheckedTable = study.table("area_incidents")
    return table


@pytest.fixture(scope="module")
def residents(study: Study) -> CheckedTable:
    table: CheckedTable = study.table("area_population_official")
    return table


def table(frame: pd.DataFrame, **labels: str) -> CheckedTable:
    kinds = {"incident_type": Dimension("incident_type", "Type", labels)}
    return CheckedTable(PUBLIC, "incident count", frame, kinds)


def made(rows: list[tuple[str, str, str, int]]) -> CheckedTable:
    frame = pd.DataFrame(rows, columns=["area_code", "month", "incident_type", "incidents"])
    return table(frame, a="A kind", b="Another kind")


def people(**counts: int) -> CheckedTable:
    rows = [(code, "lsoa", age, count) for code, count in counts.items() for age in (5, 40)]
    return table(pd.DataFrame(rows, columns=["area_code", "level", "age", "persons"]))


def test_the_committed_file_holds_every_published_incident(incidents: CheckedTable, residents: CheckedTable) -> None:
    """Control totals of the files: 87,862 incidents, 94 small areas, 32 months; 29,110 residents under 18."""
    everyone = concentration.incident_places(incidents, residents)
    children = concentration.incident_places(incidents, residents, ages=concentration.CHILDREN)
    assert (len(everyone.events), everyone.events.sum(), everyone.exposure.sum()) == (94, 87_862, 138_381)
    assert (children.events.sum(), children.exposure.sum()) == (87_862, 29_110)
    assert incidents.frame["month"].nunique() == 32


def test_each_figure_of_the_real_result_stands_beside_its_band(
    incidents: CheckedTable, residents: CheckedTable
) -> None:
    """Gini and share of five: values of the check cases (0.448905, 0.253101)."""
    places = concentration.incident_places(incidents, residents)
    found = concentration.beside_chance(places, seed=1).frame.set_index("measure")
    assert found.loc["Gini", "observed"] == pytest.approx(0.448905, abs=1e-6)
    assert found.loc["Share of the five highest areas", "observed"] == pytest.approx(0.253101, abs=1e-6)
    assert (found["low"] < found["high"]).all()
    assert (found["observed"] > found["high"]).all()
    curve = concentration.lorenz_in_full(places, seed=1, draws=200).frame
    assert curve["place"].tolist() == list(range(95))
    below = curve["share_of_events"].iloc[1:-1] < curve["chance_low"].iloc[1:-1]
    assert below.all()


def test_months_that_were_not_published_are_no_zeros(incidents: CheckedTable, residents: CheckedTable) -> None:
    found = concentration.by_month(incidents, residents, seed=1).frame.set_index("group")
    assert len(found) == 35
    assert found.index[found["gini"].isna()].tolist() == ["2020-06", "2020-08", "2020-09"]
    assert found.loc["2020-01", "events"] == 2_458
    assert found["events"].sum() == 87_862


def test_violence_and_sexual_offences_are_never_captioned_as_sexual_offences(
    incidents: CheckedTable, residents: CheckedTable
) -> None:
    found = concentration.by_type(incidents, residents, seed=1).frame.set_index("group")
    assert found["events"].sum() == 87_862
    assert found.loc["Violence and sexual offences (one type)", "events"] == 27_836
    assert found.loc["Anti-social behaviour (not a crime)", "events"] == 31_180
    assert not [label for label in found.index if label.lower().startswith("sexual")]


def test_the_five_highest_areas_of_a_year_are_followed_into_the_next() -> None:
    """Six areas; in 2021 the five of 2020 hold 5 + 4 + 3 + 2 + 1 = 15 of 6 months x 21: by hand 15/21."""
    first, later = (60, 50, 40, 30, 20, 10), (5, 4, 3, 2, 1, 6)
    rows = [
        (f"E{area}", f"{year}-{month:02}", "a", count)
        for year, counts in (("2020", first), ("2021", later))
        for month in range(1, 7)
        for area, count in enumerate(counts)
    ]
    found = concentration.by_year(made(rows), people(**{f"E{n}": 50 for n in range(6)}), seed=1).frame
    assert found["months"].tolist() == [6, 6]
    assert found["events"].tolist() == [6 * 210, 6 * 21]
    assert found["same_five"].isna().tolist() == [True, False]
    assert found["same_five"].iloc[1] == pytest.approx(15 / 21)


def test_a_year_of_which_less_than_half_is_published_is_left_out() -> None:
    rows = [("E1", f"2020-{month:02}", "a", 3) for month in range(1, 6)]
    assert concentration.by_year(made(rows), people(E1=5, E2=5), seed=1).frame.empty


def test_areas_are_counted_beside_their_own_bands_and_never_named() -> None:
    """Binomial(100, 1/4): 95 % lies in 17 to 34, so 10 is fewer, 60 more; 15 is fewer."""
    rows = [
        ("E1", "2020-01", "a", 10),
        ("E2", "2020-01", "a", 60),
        ("E3", "2020-01", "a", 15),
        ("E4", "2020-01", "a", 15),
    ]
    found = concentration.beyond_chance(made(rows), people(E1=5, E2=5, E3=5, E4=5))
    assert found.frame["value"].tolist() == [3, 0, 1]
    assert "area_code" not in found.frame


def test_a_locality_without_official_figures_gets_empty_tables() -> None:
    none = made([]), people()
    results = [
        concentration.by_type(*none, seed=1),
        concentration.by_month(*none, seed=1),
        concentration.by_year(*none, seed=1),
        concentration.beyond_chance(*none),
        concentration.lorenz_in_full(concentration.incident_places(*none), seed=1),
        concentration.beside_chance(concentration.incident_places(*none), seed=1),
    ]
    assert all(result.frame.empty for result in results)


def test_what_chance_alone_gives_needs_no_case(study: Study, residents: CheckedTable) -> None:
    """The figures of the method: Gini 0.41 (0.35-0.46), 14.6 % (12.4-17.8), wards from 2.7 to 10.7 per 1,000."""
    found = concentration.chance_alone(residents, study.table("area_lookup"), seed=7).frame.set_index("measure")
    gini, share = found.iloc[0], found.iloc[1]
    assert [gini["estimate"], gini["low"], gini["high"]] == pytest.approx([0.41, 0.35, 0.46], abs=0.006)
    assert [share["estimate"], share["low"], share["high"]] == pytest.approx([0.146, 0.124, 0.178], abs=0.0055)
    assert found["estimate"].iloc[2:].tolist() == pytest.approx([2.7, 10.7], abs=0.05)
    assert set(found["events"]) == {185}


def test_wards_are_left_out_where_an_area_has_none(residents: CheckedTable) -> None:
    lookup = table(pd.DataFrame(columns=["relation", "from_code", "to_code"]))
    assert len(concentration.chance_alone(residents, lookup, seed=1).frame) == 2
