"""Case files beside others: marks where recording changed, published figures, national codes in international terms."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from compendium import Study
from compendium.aggregate import Dimension, Released
from compendium.analysis import international, official, recording
from compendium.charts import draw
from compendium.errors import CompendiumError
from compendium.marks import began_in, months_of
from compendium.release import words
from compendium.release.derived.beside_published import beside_published
from compendium.release.derived.marked_series import marked_series
from tests.shared import ROOT
from tests.unit.charts_samples import RESPONSIBLE, counts, origin, statistic

LANCASHIRE = "E23000003"
QUARTERS = Dimension(
    "quarter",
    "Quarter",
    {"q1": "January to March 2019", "q2": "April to June 2019"},
    "month",
    {"q1": ("2019-01", "2019-02", "2019-03"), "q2": ("2019-04", "2019-05", "2019-06")},
    ordered=True,
)
BEGAN = [
    ("A", "January 2016", "Type 21 begins", "outcomes", "2016-01", ""),
    ("B", "November 2018 to May 2019", "More gets recorded", "accuracy", "2018-11", "2019-05"),
    ("C", "April 2019", "Type 22 begins", "outcomes", "2019-04", ""),
    ("D", "June 2019", "The flag is used more", "flag", "2019-06", ""),
    ("E", "July 2019", "After these months", "flag", "2019-07", ""),
]
CHANGES = replace(statistic("listing", "mark when what series first last", BEGAN), origin=origin("real", "public"))
ENDS = Dimension(
    "end_flow",
    "Outcome",
    {"charged": "Charged", "evidential": "Evidence", "other": "Other or open"},
    "end",
    {"charged": ("1",), "evidential": ("14", "15", "16", "18"), "other": ("21", "22", "open")},
)
FIGURES = statistic(
    "listing",
    "figure number of_number of_what area period",
    [
        ("a-1", 23, 244, "crimes listed", "Elsewhere", "2021/22"),
        ("a-14", 21, 244, "crimes listed", "Elsewhere", "2021/22"),
        ("a-15", 36, 244, "crimes listed", "Elsewhere", "2021/22"),
        ("b-21", 600, 673, "crimes with one of five outcomes", "Another place", "2021"),
    ],
)


@pytest.fixture(scope="module")
def study() -> Study:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPENDIUM_ROOT", str(ROOT))
        return Study.open("blackpool")


@pytest.fixture(scope="module")
def changes(study: Study) -> Any:
    return recording.changes(study.table("recording_changes"), force=LANCASHIRE)


def by_quarter(**more: Any) -> Released:
    return counts([QUARTERS, RESPONSIBLE], (20, 12, 11, 30, 14, 16), **more)


def test_a_change_is_marked_in_the_period_in_which_it_began() -> None:
    frame, columns = marked_series([by_quarter(), CHANGES], {})
    assert list(frame["mark"]) == ["B", "C, D"]  # B was under way when the months begin; A and E lie outside
    assert frame["changed"].iloc[1] == "C (April 2019): Type 22 begins; D (June 2019): The flag is used more"
    assert [columns[name] for name in ("n1", "n2", "n3", "n4")] == ["Adult", "Child", "Not known", "Total"]
    assert list(frame["n4"]) == ["43", "60"]


def test_only_changes_about_these_numbers_are_marked() -> None:
    frame, _ = marked_series([by_quarter(), CHANGES], {"about": ["outcomes"]})
    assert list(frame["mark"]) == ["", "C"]


def test_a_hidden_month_stays_hidden_beside_its_mark() -> None:
    frame, _ = marked_series([by_quarter(hide=[("q2", "child"), ("q2", "nk")]), CHANGES], {})
    assert list(frame.loc[1, ["n1", "n2", "n3", "n4"]]) == ["30", "hidden", "hidden", "60"]


def test_the_chart_tells_each_mark_in_words() -> None:
    frame, columns = marked_series([by_quarter(hide=[("q2", "child"), ("q2", "nk")]), CHANGES], {})
    drawing = draw(
        replace(by_quarter(), kind="marked_series", frame=frame, columns=columns, dimensions=(), chart="timeline")
    )
    svg = drawing.svg.decode()
    for told in (
        "C (April 2019): Type 22 begins",
        "D (June 2019): The flag is used more",
        "B (November 2018 to May 2019)",
    ):
        assert told in svg and told in drawing.alt
    assert "Hatched means hidden" in svg


def test_counts_that_are_not_over_time_have_no_marks() -> None:
    with pytest.raises(CompendiumError, match="not by months"):
        marked_series([counts([ENDS], (12, 93, 80)), CHANGES], {})


def test_a_financial_year_runs_from_april_to_march() -> None:
    assert months_of("2019/20") == ("2019-04", "2020-03")
    assert months_of("2020-03") == ("2020-03", "2020-03")
    with pytest.raises(CompendiumError):
        months_of("2019")
    assert began_in(CHANGES.frame, ("2019-04", "2020-03"), earliest=False)[0] == "C, D, E"


def test_letters_follow_the_months(changes: Any) -> None:
    frame = changes.frame
    assert list(frame["first"]) == sorted(frame["first"])
    assert list(frame["mark"]) == list("ABCDEFGHIJKLMNOPQRSTUVWXYZ")[: len(frame)]


def test_what_was_not_read_says_check(study: Study) -> None:
    table = study.table("published_counts")
    shown = official.figures(table, force=LANCASHIRE).frame.set_index("figure")["stated"]
    unread = set(table.frame.loc[table.frame["read"] == "notes", "figure"])
    assert unread == {figure for figure, read in shown.items() if read.endswith("(check)")}
    assert "csae-2022" in unread and "west-yorkshire-2021-21" not in unread


def test_marks_of_a_force_are_for_that_force_alone(study: Study) -> None:
    table = study.table("recording_changes")
    here, there = (set(recording.changes(table, force=code).frame["area"]) for code in (LANCASHIRE, "E23000036"))
    assert here == {"England and Wales", "Lancashire"} and there == {"England and Wales"}
    assert recording.changes(table, force="").frame.empty
    assert recording.changes(table, force="DE600").frame.empty


def test_the_flag_in_lancashire_is_printed_with_both_papers(study: Study, changes: Any) -> None:
    row = changes.frame.set_index("what").loc["Far more child sexual offences carry the online flag"]
    assert all(number in row["effect"] for number in ("67", "66", "419", "252"))
    printed = official.figures(study.table("published_counts"), force=LANCASHIRE, topics=["flagged"]).frame
    assert dict(zip(printed["period"], printed["number"], strict=True)) == {
        "2017/18": 67,
        "2018/19": 66,
        "2019/20": 419,
    }


def test_published_figures_add_up_as_printed(study: Study) -> None:
    """244 crimes of 88A listed; the six years of image offences 4,819; five outcomes in each year of West Yorkshire."""
    rows = study.table("published_counts").frame
    totals = rows.groupby(["topic", "area", "period"])["number"].sum()
    assert totals["outcomes_88a", "Avon and Somerset", "2021/22"] == 244
    assert rows.loc[rows["topic"] == "images", "number"].sum() == 4_819
    assert [totals["outcomes_under_18", "West Yorkshire", year] for year in ("2019", "2020", "2021")] == [553, 653, 673]
    assert totals["platforms", "Lancashire", "May 2018 to April 2019"] == 207


def test_a_year_that_nobody_printed_is_not_a_zero(study: Study, changes: Any) -> None:
    found = official.figures_by_year(
        study.table("published_counts"), changes, force=LANCASHIRE, topics=["images", "flagged"], about=["flag"]
    ).frame
    assert list(found["period"]) == ["2016/17", "2017/18", "2018/19", "2019/20", "2020/21", "2021/22"]
    assert list(found["flagged"]) == ["not published", "67", "66", "419", "not published", "not published"]
    assert found.set_index("period").loc["2019/20", "mark"] == "G"


def test_type_22_is_marked_where_it_began(study: Study, changes: Any) -> None:
    """All forces: 44 in 2018/19, 7,659 in 2019/20 (Home Office, crime outcomes open data)."""
    found = official.outcomes_by_year(study.table("area_outcomes"), changes, force=LANCASHIRE, about=["outcomes"]).frame
    years = found.set_index("period")
    assert list(years.loc[["2018/19", "2019/20"], "type_22_all"]) == ["44", "7,659"]
    assert "Outcome type 22 begins" in years.loc["2019/20", "changed"]
    assert years.loc["2017/18", "charged"] == "not published"


def test_shares_beside_published_ones_say_whose_they_are() -> None:
    """12 of 185 is 6.5 % (Wilson 3.7 to 11.0); 23 of 244 is 9.4 % (6.4 to 13.7)."""
    cases = counts([ENDS], (12, 93, 80))
    frame, _ = beside_published(
        [cases, FIGURES],
        {"because": "of other offences", "groups": [{"label": "Charged", "of": {"end": ["1"]}, "published": ["a-1"]}]},
    )
    ours, theirs = frame.to_dict("records")
    assert ours["whose"] == "These case files (synthetic)" and theirs["whose"] == "Elsewhere, 2021/22 (real)"
    assert [ours[key] for key in ("number", "whole", "share", "low", "high")] == ["12", "185", 6.5, 3.7, 11.0]
    assert [theirs[key] for key in ("number", "whole", "share", "low", "high")] == ["23", "244", 9.4, 6.4, 13.7]
    assert theirs["comparable"] == "Not comparable, because of other offences"


def test_an_outcome_that_was_merged_has_no_share() -> None:
    frame, _ = beside_published(
        [counts([ENDS], (12, 93, 80)), FIGURES],
        {"groups": [{"label": "21", "of": {"end": ["21"]}, "published": ["b-21"]}]},
    )
    assert frame["number"].iloc[0] == "not shown apart" and pd.isna(frame["share"].iloc[0])
    assert frame["share"].iloc[1] == 89.2  # 600 of 673


def test_figures_of_two_wholes_are_never_added() -> None:
    cases = counts([ENDS], (12, 93, 80))
    group = {"label": "x", "of": {"end": ["1"]}, "published": ["a-1", "b-21"]}
    with pytest.raises(CompendiumError, match="several wholes"):
        beside_published([cases, FIGURES], {"groups": [group]})
    with pytest.raises(CompendiumError, match="a-99"):
        beside_published([cases, FIGURES], {"groups": [{**group, "published": ["a-99"]}]})


def test_every_code_has_a_class_or_says_that_none_holds_it(study: Study) -> None:
    frame = international.codes(study.table("offence_codes"), study.table("international_terms")).frame.set_index(
        "code"
    )
    assert len(frame) == 11
    assert frame.loc["88A", "iccs"] == "030223" and frame.loc["86/2", "iccs"] == "030221"
    assert frame.loc["88C", "iccs"] == international.NONE
    assert (frame["differs"] != "").all() and (frame["read"] != "").all()
    assert "needs an adult" in frame.loc["88A", "child"]


def test_the_groups_of_crimes_are_the_classes_of_the_codes(study: Study) -> None:
    """What the labels of the groupings print is what the lookup says of every code in them."""
    dimensions = study.table("case_files")["crimes"].dimensions
    with (ROOT / "data_dictionaries/lookups/offence_codes.csv").open(encoding="utf-8") as file:
        iccs = {row["code"]: row["iccs"] for row in csv.DictReader(file)}
    for code, members in dimensions["iccs_class"].members.items():
        label = dimensions["iccs_class"].categories[code]
        for member in members:
            assert f"(ICCS {iccs[member]})" in label if iccs[member] else label.startswith("No single class")
    assert all(iccs[code].startswith("0302") for code in dimensions["iccs_three"].members["exploitation"])


def test_codes_of_a_place_elsewhere_keep_their_own_class(study: Study) -> None:
    codes = study.table("offence_codes")
    abroad = replace(codes, frame=pd.DataFrame([("N-11", "Anbahnung", "030223")], columns=["code", "label", "iccs"]))
    row = international.codes(abroad, study.table("international_terms")).frame.iloc[0]
    assert (row["iccs"], row["term"], row["read"]) == ("030223", "", "")


@pytest.mark.parametrize("name", ["recording_changes", "published_counts", "international_terms", "terms_to_avoid"])
def test_no_word_that_pages_refuse_stands_in_the_lists(study: Study, name: str) -> None:
    frame = study.table(name).frame
    text = " \n ".join(str(value) for value in frame.to_numpy().ravel())
    assert [hit.word for hit in words.refused(text)] == []
