"""The flow of the demonstration review. Numbers were added up by hand from the declared fates of its records.

Databases and register: 92 + 71 + 84 + 12 = 259 records; duplicates 38 + 41 + 2; tools 4 + 3 + 2; other 3; sought
20 + 9 + 8 + 1.
"""

from __future__ import annotations

import pytest

from compendium import Study
from compendium.aggregate import TableGroup
from compendium.analysis import decisions, review_flow
from compendium.errors import InputRefused
from tests.shared import ROOT
from tests.unit.review_tables import changed, demonstration, with_frame


@pytest.fixture(scope="module")
def review() -> TableGroup:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPENDIUM_ROOT", str(ROOT))
        return demonstration(Study.open("blackpool"))


def boxes(review: TableGroup, round: int | None = None) -> dict[str, int]:
    frame = review_flow.prisma(review, round).frame
    return dict(zip(frame["box"], frame["count"], strict=True))


def test_the_first_search_adds_up_as_by_hand(review: TableGroup) -> None:
    found = boxes(review, 0)
    assert (found["identified"], found["duplicates"], found["excluded_automatic"], found["excluded_other"]) == (
        259,
        81,
        9,
        3,
    )
    assert (found["records_screened"], found["records_excluded"], found["dbr_sought_reports"]) == (166, 128, 38)
    assert (found["dbr_notretrieved_reports"], found["dbr_assessed"], found["dbr_excluded_reports"]) == (3, 35, 24)
    assert (found["other_identified"], found["other_not_pursued"], found["other_sought_reports"]) == (43, 36, 7)
    assert (found["new_studies"], found["new_reports"]) == (12, 14)
    assert "previous_studies" not in found


def test_the_update_has_the_first_search_as_its_previous_studies(review: TableGroup) -> None:
    found = boxes(review)
    assert (found["previous_studies"], found["previous_reports"]) == (12, 14)
    assert (found["identified"], found["duplicates"], found["records_screened"]) == (63, 31, 32)
    assert (found["new_studies"], found["new_reports"]) == (3, 4)  # one new report is of an old study
    assert (found["total_studies"], found["total_reports"]) == (15, 18)


def test_a_record_lost_after_the_search_is_an_error_that_names_both_boxes(review: TableGroup) -> None:
    records = review["records"].frame
    lost = with_frame(review, "records", records[records["record_id"] != "N-000088"])
    with pytest.raises(InputRefused) as refused:
        review_flow.prisma(lost, 0)
    text = str(refused.value)
    assert "Records identified from databases says 247, but the single sources add up to 246: 1 lost" in text
    assert "Records identified from databases and registers says 258" in text


def test_a_report_judged_in_but_given_to_no_study_is_lost(review: TableGroup) -> None:
    rows = review["records"].frame["study_id"] == "demo_s02"
    with pytest.raises(InputRefused, match=r"Reports included .* says 10, but .* gives 11: 1 lost"):
        review_flow.prisma(changed(review, "records", rows, study_id=None), 0)


def test_a_record_left_out_and_yet_sought_is_found(review: TableGroup) -> None:
    screening = review["screening"].frame
    rows = (screening["record_id"] == "N-000001") & (screening["stage"] == "title_abstract")
    with pytest.raises(InputRefused, match=r"sought for retrieval .* says 38, but .* gives 37: 1 too many"):
        review_flow.prisma(changed(review, "screening", rows, decision="exclude"), 0)


def test_a_review_under_way_shows_what_waits_and_loses_nothing(review: TableGroup) -> None:
    records = review["records"].frame
    update = records["search_id"].isin(["H-009", "H-010", "H-011", "H-012"])
    screening = review["screening"].frame
    begun = changed(review, "records", update, study_id=None)
    begun = changed(begun, "records", update, retrieval="not_sought")
    begun = with_frame(begun, "screening", screening[~screening["record_id"].isin(records.loc[update, "record_id"])])
    found = boxes(begun)
    assert (found["awaiting_screening"], found["records_screened"], found["other_awaiting"]) == (32, 0, 5)
    assert (found["new_studies"], found["total_studies"]) == (0, 12)


def test_screeners_who_differ_and_agreed_on_nothing_leave_the_record_waiting(review: TableGroup) -> None:
    screening = review["screening"].frame
    open_ones = screening[(screening["screener"] != "agreed") | (screening["record_id"] != "N-000031")]
    found = boxes(with_frame(review, "screening", open_ones), 0)
    assert (found["awaiting_screening"], found["records_screened"]) == (1, 165)
    listed = decisions.conflicts(with_frame(review, "screening", open_ones)).frame.set_index("record_id")
    assert listed.loc["N-000031", "agreed"] == "Not agreed yet"


def test_a_review_without_searches_has_no_flow(review: TableGroup) -> None:
    bare = with_frame(review, "searches", review["searches"].frame.iloc[:0])
    assert review_flow.prisma(bare).frame.empty


def test_a_round_that_never_was_is_refused(review: TableGroup) -> None:
    with pytest.raises(InputRefused, match="no round 4"):
        review_flow.prisma(review, 4)


def test_unsure_counts_as_include_and_the_first_reason_stands(review: TableGroup) -> None:
    judged = decisions.outcomes(review["screening"], "title_abstract")
    unsure = judged[(judged["A"] == "include") & (judged["B"] == "unsure")]
    assert len(unsure) > 0
    assert set(unsure["decision"]) == {"include"}
    assert not unsure["differ"].any()
    screening = review["screening"].frame
    read = decisions.outcomes(review["screening"], "full_text")
    pick = read[(read["reason"] == "design") & (read["agreed"] == "")].index[0]
    rows = (screening["record_id"] == pick) & (screening["screener"] == "B") & (screening["stage"] == "full_text")
    other = changed(review, "screening", rows, reason="population")
    assert decisions.outcomes(other["screening"], "full_text").loc[pick, "reason"] == "population"


def test_agreement_is_cohens_and_gwets_of_the_two_by_two_table(review: TableGroup) -> None:
    """The formulas of Cohen 1960 and Gwet 2008, written out for the two-by-two table of 241 records."""
    judged = decisions.outcomes(review["screening"], "title_abstract")
    one, two = (judged[name].replace("unsure", "include") for name in ("A", "B"))
    a, b = int(((one == "include") & (two == "include")).sum()), int(((one == "include") & (two == "exclude")).sum())
    c, d = int(((one == "exclude") & (two == "include")).sum()), int(((one == "exclude") & (two == "exclude")).sum())
    n = a + b + c + d
    assert (n, b + c) == (241, 24)
    observed = (a + d) / n
    chance = ((a + b) * (a + c) + (c + d) * (b + d)) / n**2
    prevalence = ((a + b) + (a + c)) / (2 * n)
    ac1_chance = 2 * prevalence * (1 - prevalence)
    frame = decisions.agreement(review).frame.set_index("measure")["estimate"]
    assert frame["Title and abstract, Cohen’s kappa"] == pytest.approx((observed - chance) / (1 - chance))
    assert frame["Title and abstract, Gwet’s AC1"] == pytest.approx((observed - ac1_chance) / (1 - ac1_chance))
