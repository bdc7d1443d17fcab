"""Real context of Blackpool: control totals from the committed official tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compendium import Study
from compendium.analysis import context
from compendium.errors import UnknownName
from tests.shared import ROOT


@pytest.fixture(scope="module")
def study() -> Study:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPENDIUM_ROOT", str(ROOT))
        return Study.open("blackpool")


def test_29110_of_138381_residents_are_children(study: Study) -> None:
    table = context.population(study.table("area_population_official"), study.locality.area).frame
    numbers = {row["measure"]: int(row["value"].replace(",", "")) for row in table.to_dict("records")}
    assert (numbers["residents"], numbers["children"]) == (138_381, 29_110)
    assert sum(number for measure, number in numbers.items() if measure.startswith("aged")) == numbers["children"]


@pytest.mark.parametrize(("edition", "most_deprived"), [(2019, 39), (2025, 38)])
def test_small_areas_in_the_most_deprived_tenth_by_edition(study: Study, edition: int, most_deprived: int) -> None:
    indices, lookup = study.table("area_deprivation"), study.table("area_lookup")
    frame = context.deprivation(indices, lookup, study.locality.area, edition=edition).frame
    assert (frame["count"].iloc[0], frame["count"].sum(), len(frame)) == (most_deprived, 94, 10)


def test_an_edition_nobody_has_is_refused(study: Study) -> None:
    with pytest.raises(UnknownName, match="2019, 2025"):
        context.deprivation(
            study.table("area_deprivation"), study.table("area_lookup"), study.locality.area, edition=2015
        )


@pytest.mark.parametrize(("edition", "most_deprived"), [(2019, 39), (2025, 38)])
def test_the_map_holds_the_small_areas_of_the_table_each_with_an_outline(
    study: Study, edition: int, most_deprived: int
) -> None:
    tables = [study.table(name) for name in ("area_deprivation", "area_lookup", "area_outlines")]
    frame = context.deprivation_map(*tables, study.locality.area, edition=edition).frame
    assert ((frame["tenth"] == 1).sum(), len(frame)) == (most_deprived, 94)
    assert frame["outline"].str.startswith("MULTIPOLYGON").all()
    assert frame["area"].str.startswith("Blackpool 0").all()
    assert list(frame["area_code"]) == sorted(set(frame["area_code"]))  # by code, never by tenth


def test_a_small_area_that_was_split_has_no_outline_of_its_own_and_keeps_its_tenth(study: Study) -> None:
    indices, lookup, outlines = (study.table(name) for name in ("area_deprivation", "area_lookup", "area_outlines"))
    split = lookup.frame.copy()
    here = (split["relation"] == "lsoa11_lsoa21") & (split["from_code"] == "E01012662")
    split.loc[here, "change"] = "split"
    mapped = [
        context.deprivation_map(indices, replace(lookup, frame=split), outlines, study.locality.area, edition=edition)
        for edition in (2019, 2025)
    ]
    assert [found.frame["outline"].isna().sum() for found in mapped] == [0, 1]
    assert mapped[1].frame["tenth"].notna().all()


def test_a_locality_of_invented_areas_has_no_official_context() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPENDIUM_ROOT", str(ROOT))
        invented = Study.open("demo_area_b")
    assert context.population(invented.table("area_population_official"), invented.locality.area).frame.empty
    tables = [invented.table(name) for name in ("area_deprivation", "area_lookup", "area_outlines")]
    assert context.deprivation_map(*tables, invented.locality.area, edition=2025).frame.empty
