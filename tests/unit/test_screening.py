"""What a review team would notice about its flow."""

from __future__ import annotations

import pytest

from compendium.analysis.screening import prisma_flow
from compendium.errors import InputRefused

FLOW = {
    "database_results": 20,
    "duplicates": 5,
    "records_excluded": 10,
    "new_studies": 4,
    "dbr_excluded": {"adults": 1},
}


def test_the_table_names_every_box_and_every_reason() -> None:
    table = prisma_flow(FLOW).reported.set_index("label")["count"]
    assert table["Records screened"] == 15
    assert table["Reports of all included studies"] == 4
    assert table["Excluded: adults"] == 1


def test_records_may_become_another_number_of_reports_when_it_is_explained() -> None:
    reason = "two records held two reports each"
    flow = prisma_flow({**FLOW, "sought_difference": 2, "sought_difference_reason": reason})
    assert (flow["dbr_sought_reports"], flow.sought_difference) == (7, reason)
    with pytest.raises(InputRefused, match="not explained"):
        prisma_flow({**FLOW, "sought_difference": 2})


def test_more_studies_than_reports_are_refused() -> None:
    with pytest.raises(
        InputRefused, match=r"New studies included \(6\) can't be more than Reports .* \(4\): 2 too many"
    ):
        prisma_flow({**FLOW, "new_studies": 6})


def test_more_excluded_than_screened_are_refused() -> None:
    with pytest.raises(InputRefused, match="more leave than arrive, by 5"):
        prisma_flow({**FLOW, "records_excluded": 20, "new_studies": 0, "dbr_excluded": {}})


def test_every_broken_sum_is_listed_not_the_first() -> None:
    with pytest.raises(InputRefused) as refused:
        prisma_flow({**FLOW, "identified": 21, "records_screened": 14})
    assert [problem.column for problem in refused.value.problems] == ["identified", "records_screened"]


def test_single_databases_add_up_to_their_box() -> None:
    prisma_flow({**FLOW, "database_specific_results": "Scopus, 12; PsycINFO, 8"})
    with pytest.raises(InputRefused, match="add up to 19: 1 lost"):
        prisma_flow({**FLOW, "database_specific_results": {"Scopus": 12, "PsycINFO": 7}})


def test_a_meta_analysis_holds_no_more_studies_than_the_review() -> None:
    assert prisma_flow({**FLOW, "total_studies_ma": 3})["total_studies_ma"] == 3
    with pytest.raises(InputRefused, match="too many"):
        prisma_flow({**FLOW, "total_studies_ma": 9})


def test_unknown_keys_and_broken_numbers_are_named_together() -> None:
    with pytest.raises(InputRefused) as refused:
        prisma_flow({"databse_results": 3, "duplicates": -1, "excluded_other": 1.5, "register_results": "many"})
    text = str(refused.value)
    assert "Did you mean database_results?" in text
    assert {problem.column for problem in refused.value.problems} == {
        "databse_results",
        "duplicates",
        "excluded_other",
        "register_results",
    }
