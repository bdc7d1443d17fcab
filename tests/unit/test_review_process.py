"""Appraisal, extraction, merges and update of the demonstration, and that it can be taken for nothing real."""

from __future__ import annotations

import csv
import subprocess
import sys

import pandas as pd
import pytest

from compendium import Study
from compendium.aggregate import TableGroup
from compendium.analysis import appraisal, decisions, extraction, meta, protocol, review_flow, updates
from compendium.analysis.deduplication import deduplicate, precision_and_recall
from compendium.errors import InputRefused
from tests.shared import ROOT
from tests.unit.review_tables import changed, demonstration, with_frame

DEMONSTRATION = ROOT / "evidence" / "demonstration"


@pytest.fixture(scope="module")
def study() -> Study:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPENDIUM_ROOT", str(ROOT))
        return Study.open("blackpool")


@pytest.fixture(scope="module")
def review(study: Study) -> TableGroup:
    return demonstration(study)


def test_no_demonstration_study_carries_the_id_or_the_title_of_a_real_one(study: Study, review: TableGroup) -> None:
    real = study.table("studies").frame
    made = review["review_studies"].frame
    assert made["study_id"].str.startswith("demo").all()
    assert not set(made["study_id"]) & set(real["study_id"])
    assert set(made["demonstration"]) == {"yes"}
    assert made["register_id"].isna().all()
    titles = review["records"].frame["title"]
    assert (titles.str.startswith("Demonstration ") & titles.str.endswith("(invented)")).all()
    assert not set(titles.str.lower()) & set(real["title"].dropna().str.lower())
    assert review["records"].frame["doi"].dropna().str.startswith("10.5555/demo.").all()
    assert {table.origin.provenance for table in review.tables.values()} == {"illustrative"}


def test_the_larger_tables_are_what_their_script_makes(tmp_path: object) -> None:
    before = {path.name: path.read_bytes() for path in DEMONSTRATION.glob("*.csv")}
    code = (
        "import runpy, pathlib, shutil, sys; room = pathlib.Path(sys.argv[2]);"
        "[shutil.copy(p, room) for p in pathlib.Path(sys.argv[1]).iterdir() if p.is_file()];"
        "runpy.run_path(str(room / 'make.py'), run_name='__main__')"
    )
    subprocess.run([sys.executable, "-c", code, str(DEMONSTRATION), str(tmp_path)], check=True)
    assert {name: (ROOT / str(tmp_path) / name).read_bytes() for name in before} == before


def test_the_merge_list_holds_what_the_rules_find(review: TableGroup) -> None:
    records = review["records"].frame.astype(object).where(lambda frame: frame.notna(), "").astype(str)
    found = deduplicate(records)
    listed = review["merges"].frame
    precision, recall = precision_and_recall(
        found.merges["record_id"], listed.loc[listed["undone"] == "no", "record_id"]
    )
    assert (precision, recall) == (1.0, 1.0)


def test_a_merge_taken_back_stays_in_the_list_and_counts_apart(review: TableGroup) -> None:
    frame = protocol.merges(review).frame
    assert len(frame) == 81 + 31 + 5 + 1  # databases first and update, other sources, taken back
    back = frame[frame["undone"] == "Yes"]
    assert back["note"].str.contains("A reply").tolist() == [True]
    counted = protocol.merges_by_rule(review).frame
    assert counted.loc[counted["undone"] == "yes", "count"].sum() == 1


def test_all_sixteen_items_of_prisma_s_are_there(review: TableGroup) -> None:
    frame = protocol.prisma_s(review).frame.set_index("item")["value"]
    assert list(frame.index) == [str(item) for item in range(1, 17)]
    assert (frame["1"], frame["7"], frame["12"], frame["15"]) == ("6 of 6", "none of this kind", "4 of 4", "12 of 12")
    rows = review["searches"].frame["search_id"] == "H-003"
    without = protocol.prisma_s(changed(review, "searches", rows, strategy=None)).frame.set_index("item")["value"]
    assert without["8"] == "6 of 7"


def test_a_plan_shows_what_was_fixed_beside_what_it_says_now(review: TableGroup) -> None:
    frame = protocol.plan(review).frame
    row = frame[frame["part"] == "Plan for synthesis"].iloc[0]
    assert (row["fixed_on"], row["now"]) == ("2025-02-17", "A sample enters a pool once")
    assert protocol.amendments(review).frame["known_then"].tolist() == ["Titles and abstracts", "Full texts", "Results"]


def test_a_mixed_methods_study_is_rated_in_three_sets_and_nothing_is_summed(review: TableGroup) -> None:
    frame = appraisal.mmat(review).frame
    rows = frame[frame["study"] == "Demonstration 10 (invented)"]
    assert rows["set"].tolist() == ["Qualitative", "Descriptive", "Mixed methods"]
    assert frame.loc[frame["study"] == "Demonstration 8 (invented)", "set"].tolist() == ["Randomised"]
    assert not any(pd.api.types.is_numeric_dtype(column) for _, column in frame.items())


def test_a_mixed_study_without_its_fifteen_criteria_is_named(review: TableGroup) -> None:
    frame = review["appraisal"].frame
    short = frame[~((frame["study_id"] == "demo_s10") & frame["item"].str.startswith("4."))]
    with pytest.raises(
        InputRefused, match=r"demo_s10 lacks 4\.1, 4\.2, 4\.3, 4\.4, 4\.5: its design asks for 15 criteria"
    ):
        appraisal.mmat(with_frame(review, "appraisal", short))


def test_emmie_scores_are_refused_for_a_single_evaluation(review: TableGroup) -> None:
    assert len(appraisal.emmie_q(review).frame) == 2
    frame = review["appraisal"].frame
    scored = frame.assign(study_id=frame["study_id"].where(frame["tool"] != "emmie_q", "demo_s08"))
    scored = scored.drop_duplicates(["study_id", "tool", "item", "appraiser"])
    with pytest.raises(InputRefused, match="demo_s08: EMMIE-Q scores a single evaluation"):
        appraisal.emmie_q(with_frame(review, "appraisal", scored))


def test_jbi_has_nine_answers_for_every_prevalence_study(review: TableGroup) -> None:
    frame = appraisal.jbi(review).frame
    assert (len(frame), frame.shape[1]) == (7, 10)
    whole = review["appraisal"].frame
    short = whole[~((whole["study_id"] == "demo_s01") & (whole["item"] == "Q9"))]
    with pytest.raises(InputRefused, match="demo_s01 lacks Q9"):
        appraisal.jbi(with_frame(review, "appraisal", short))


def test_appraisers_who_differ_and_agreed_on_nothing_have_no_answer(review: TableGroup) -> None:
    frame = review["appraisal"].frame
    rows = (frame["study_id"] == "demo_s01") & (frame["item"] == "Q1")
    apart = changed(review, "appraisal", rows & (frame["appraiser"] == "A"), answer="no")
    apart = changed(apart, "appraisal", rows & (frame["appraiser"] == "B"), answer="yes")
    left = apart["appraisal"].frame
    apart = with_frame(apart, "appraisal", left[~(rows & (left["appraiser"] == "agreed"))])
    assert appraisal.jbi(apart).frame.iloc[0]["q1"] == "not agreed"


def test_certainty_has_four_components_each_with_its_reason(review: TableGroup) -> None:
    frame = appraisal.cerqual(review).frame
    assert frame["overall"].str.split(":").str[0].tolist() == [
        "Low confidence",
        "Very low confidence",
        "Moderate confidence",
    ]
    assert all(": " in cell for name in ("methods", "coherence", "adequacy", "relevance") for cell in frame[name])
    short = review["certainty"].frame
    short = short[~((short["summary_id"] == "M-02") & (short["component"] == "adequacy"))]
    with pytest.raises(InputRefused, match="M-02 lacks Adequacy of data"):
        appraisal.cerqual(with_frame(review, "certainty", short))


def test_the_five_slips_of_the_extractors_are_found_and_no_other(review: TableGroup) -> None:
    frame = extraction.differences(review).frame
    assert len(frame) == 5
    row = frame[frame["study"] == "Demonstration 2 (invented)"].iloc[0]
    assert (row["field"], row["a"], row["b"], row["agreed"]) == ("Events", "148", "184", "148")
    twice = extraction.double(review).frame.set_index("measure")["value"]
    assert twice["Fields taken down alike"] == f"{17 * 12 - 5} of {17 * 12}"


def test_two_reports_of_one_sample_enter_a_pool_once(review: TableGroup) -> None:
    """The sample of 480 lies in that of 1,530: the pool before the update has three samples, not four."""
    frame = updates.before_and_after(review).frame
    pooled = frame[frame["role"] == "pooled"]
    assert pooled["k_or_n"].tolist() == ["k = 3", "k = 5"]
    three = meta.pool_proportions([212, 148, 390], [1040, 905, 1530])
    assert pooled["estimate"].iloc[0] == pytest.approx(three.estimate)
    same = frame[frame["label"].str.contains("same sample")]
    assert same["weight"].isna().all()
    assert frame[frame["role"] == "prediction"]["group"].nunique() == 1  # from five studies on


def test_what_an_update_changed_is_said_with_its_new_studies_and_why(review: TableGroup) -> None:
    row = updates.changes(review).frame.set_index("label").loc["Knew of the invented help point (past year)"]
    before = meta.pool_proportions([212, 148, 390], [1040, 905, 1530])
    after = meta.pool_proportions([212, 148, 390, 96, 410], [1040, 905, 1530, 1210, 1180])
    assert row["before"].startswith(f"{100 * before.estimate:.1f}% ")
    assert row["value"].startswith(f"{100 * after.estimate:.1f}% ")
    assert row["new"] == "Demonstration 13 (invented); Demonstration 14 (invented)"
    moved = f"{100 * (after.estimate - before.estimate):+.1f}".replace("-", "−")
    assert row["why"].startswith(f"{moved} percentage points; the interval is wider")


def test_one_sample_and_another_recall_period_are_never_pooled(review: TableGroup) -> None:
    frame = extraction.summary(review).frame
    ever = frame[frame["outcome"].str.contains(r"\(ever\)")].iloc[0]
    assert (ever["value"], ever["how"]) == ("37.5%, 1 sample, not pooled", "One study")
    past = frame[frame["outcome"].str.contains(r"\(past year\)")].iloc[0]
    assert past["people"] == f"{1040 + 905 + 1530 + 1210 + 1180:,}"


def test_a_pool_of_three_is_not_taken_apart_further(review: TableGroup) -> None:
    assert len(updates.without_each(review).frame) == 1 + 5
    searches = review["searches"].frame
    first = with_frame(review, "searches", searches.assign(round=0))
    assert updates.changes(first).frame.empty  # no update, nothing changed


def test_a_team_that_names_one_table_gets_no_decisions_of_the_demonstration(tmp_path: object) -> None:
    from compendium import dictionary
    from compendium.locality import load_locality
    from compendium.paths import Root

    dictionaries = dictionary.load(ROOT / "data_dictionaries")
    place = load_locality(Root(ROOT), "blackpool")
    assert place.source("screening", dictionaries) is not None
    from dataclasses import replace

    own = replace(place, sources={**place.sources, "searches": place.sources["areas"]})  # type: ignore[call-arg]
    assert own.source("screening", dictionaries) is None
    assert own.source("studies", dictionaries) is not None


def everything(review: TableGroup) -> dict[str, int]:
    """Rows of all that the page publishes."""
    rooms = (
        *(protocol.status, protocol.plan, protocol.amendments, protocol.shortcuts, protocol.searched),
        *(protocol.prisma_s, protocol.merges, protocol.merges_by_rule, review_flow.prisma, decisions.agreement),
        *(decisions.conflicts, decisions.reasons, appraisal.mmat, appraisal.jbi, appraisal.emmie_q),
        *(appraisal.cerqual, appraisal.agreement, extraction.differences, extraction.double, extraction.summary),
        *(updates.changes, updates.before_and_after, updates.without_each),
    )
    return {f"{room.__module__}.{room.__name__}": len(room(review).frame) for room in rooms}


def test_a_review_that_has_only_searched_so_far_can_be_shown(review: TableGroup) -> None:
    begun = review
    for name in ("screening", "review_studies", "appraisal", "findings", "certainty", "protocol", "amendments"):
        begun = with_frame(begun, name, review[name].frame.iloc[:0])
    every = review["records"].frame["record_id"].notna()
    found = everything(changed(begun, "records", every, study_id=None, retrieval="not_sought"))
    assert found["compendium.analysis.protocol.searched"] == 12
    assert found["compendium.analysis.extraction.double"] == 0


def test_a_locality_without_a_review_shows_none(review: TableGroup) -> None:
    empty = review
    for name in review.tables:
        empty = with_frame(empty, name, review[name].frame.iloc[:0])
    found = everything(empty)
    assert found.pop("compendium.analysis.protocol.merges_by_rule") == 10  # a count of nothing, in every category
    assert set(found.values()) == {0}


def test_every_row_of_the_demonstration_says_that_it_is_one() -> None:
    with (DEMONSTRATION / "review_studies.csv").open(encoding="utf-8", newline="") as stream:
        assert {row["label"].split()[0] for row in csv.DictReader(stream)} == {"Demonstration"}
