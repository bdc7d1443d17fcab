"""The PRISMA 2020 flow by its identities (`cases/prisma.json`)."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from compendium.analysis import screening
from compendium.errors import InputRefused
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared


def case(name: str) -> dict[str, Any]:
    cases = json.loads((SHARED / "cases" / "prisma.json").read_text())["cases"]
    return next(entry for entry in cases if entry["id"] == name)


@pytest.mark.parametrize("name", ["databases_only", "update_with_other_sources", "nothing_included"])
def test_a_consistent_flow_has_every_sum(name: str) -> None:
    entry = case(name)
    flow = screening.prisma_flow(entry["input"])
    expected = {box: number for box, number in entry["expected"].items() if box != "consistent"}
    assert {box: flow[box] for box in expected} == expected


def test_a_record_lost_between_screening_and_retrieval_is_named_with_both_boxes() -> None:
    with pytest.raises(InputRefused) as refused:
        screening.prisma_flow(case("inconsistent_by_one")["input"])
    message = str(refused.value)
    assert "Reports sought for retrieval (databases and registers) says 109" in message
    assert "Records screened (980) minus Records excluded (870) gives 110: 1 lost" in message
    assert len(refused.value.problems) == 1


def test_the_template_with_its_placeholders_loads_as_an_empty_flow() -> None:
    frame = pd.read_csv(SHARED / case("template_file")["input"]["file"])
    expected = case("template_file")["expected"]
    assert (len(frame), int(frame["data"].notna().sum())) == (expected["rows"], expected["rows_with_a_name_in_data"])
    counts = screening.counts_from_template(frame)
    assert [key for key in counts if isinstance(counts[key], dict)] == expected["text_in_n"]
    assert {number for number in counts.values() if not isinstance(number, dict)} == {0}
    assert screening.prisma_flow(counts)["total_reports"] == 0


def test_the_labels_of_a_real_review_fit_a_flow() -> None:
    labels = pd.read_csv(SHARED / case("nagtegaal_2019_labels")["input"]["file"])
    expected = case("nagtegaal_2019_labels")["expected"]
    assert len(labels) == expected["records"]
    flow = screening.prisma_flow(
        {
            "database_results": expected["records"],
            "duplicates": expected["labelled_duplicates"],
            "records_excluded": expected["records"]
            - expected["labelled_duplicates"]
            - expected["kept_after_title_and_abstract"],
            "dbr_excluded": {
                "not eligible at full text": expected["kept_after_title_and_abstract"] - expected["included"]
            },
            "new_studies": expected["included"],
        }
    )
    assert flow["new_reports"] == expected["included"]
