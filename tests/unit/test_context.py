"""Real context of Blackpool: the control totals of METHODS, sections 1 and 2, from the committed official tables."""

from __future__ import annotations

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


def test_a_locality_of_invented_areas_has_no_official_context() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPENDIUM_ROOT", str(ROOT))
        invented = Study.open("demo_area_b")
    assert context.population(invented.table("area_population_official"), invented.locality.area).frame.empty
