"""What a reader of the register would notice. The register is the committed one; numbers come from its notes."""

from __future__ import annotations

import pandas as pd
import pytest

from compendium import Study
from compendium.analysis import evidence, pools
from compendium.errors import UnknownName
from tests.shared import ROOT


@pytest.fixture(scope="module")
def study() -> Study:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPENDIUM_ROOT", str(ROOT))
        return Study.open("blackpool")


def flow(study: Study) -> pd.Series:
    names = ("studies", "study_reading", "prevalence", "pooling_sets")
    return evidence.flow(*(study.table(name) for name in names)).frame.set_index("box")["count"]


def test_the_flow_starts_at_a_register_of_99_and_never_claims_a_full_text(study: Study) -> None:
    boxes = flow(study)
    assert (boxes["register"], boxes["full_text"]) == (99, 0)
    assert boxes.filter(like="read_").sum() == boxes["register"]


def test_every_step_of_the_flow_adds_up(study: Study) -> None:
    boxes = flow(study)
    assert boxes["in_a_set"] - boxes["without_n"] == boxes["with_n"]
    assert boxes["with_n"] - boxes["ranges"] == boxes["pooled"]


def test_ten_solicitation_estimates_with_mixed_recall_are_never_pooled(study: Study) -> None:
    found = pools.verdicts(study.table("pooling_sets"), study.table("prevalence")).frame.set_index("measure")
    assert (found.loc["solicitation", "verdict"], found.loc["solicitation", "estimates"]) == ("range", 10)
    assert found.loc["solicitation", "value"] == "5% to 19%"
    assert found[found["verdict"] == "pooled"].index.tolist() == ["ocsea_clear"]


def test_percentages_that_do_not_follow_from_their_counts_are_those_of_the_notes(study: Study) -> None:
    found = evidence.printed_against_counts(study.table("prevalence"), study.table("studies")).frame
    assert found[["printed", "computed"]].to_numpy().tolist() == [
        ["12.6%", "12.5%"],
        ["33.9%", "34.0%"],
        ["5.8%", "6.4%"],
    ]


def test_the_gap_map_draws_its_empty_cells_and_names_its_reports(study: Study) -> None:
    frame = evidence.gap_map(study.table("studies"), study.table("study_reading")).frame
    assert (frame["studies"] == 0).sum() > (frame["studies"] > 0).sum()
    assert (frame["members"].str.split("; ").map(lambda names: len([n for n in names if n])) == frame["studies"]).all()
    cell = frame[(frame["form"] == "Sexual exploitation") & (frame["studies"] > 0)]
    assert cell["members"].tolist() == ["greenlights2022; lefevre2020"]


def test_no_report_of_the_register_is_called_appraised(study: Study) -> None:
    frame = evidence.register(study.table("studies"), study.table("study_reading"), study.table("prevalence")).frame
    assert set(frame["appraisal"]) == {evidence.NOT_APPRAISED}
    assert len(frame) == 99
    assert frame["study"].is_unique


def test_published_pools_are_quoted_as_printed(study: Study) -> None:
    frame = pools.published(study.table("prevalence"), study.table("studies"), ["madigan2018sol"]).frame
    assert frame[["estimate", "low", "high"]].iloc[0].tolist() == pytest.approx([0.115, 0.094, 0.136])


def test_an_unknown_dimension_is_answered_with_the_nearest(study: Study) -> None:
    with pytest.raises(UnknownName, match="Did you mean read_as"):
        evidence.counts(study.table("studies"), study.table("study_reading"), by=["readas"])


def test_programmes_are_told_without_words_that_blame_children(study: Study) -> None:
    text = " ".join(evidence.interventions(study.table("interventions")).frame.astype(str).stack())
    assert "sexting" not in text.lower()
    assert "risky" not in text.lower()
