"""Curves of outcomes that exclude one another: how they are made anew, and what they tell beside tables of counts."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from compendium.aggregate import TOTAL, Counts, Dimension, Origin, Statistic
from compendium.disclosure import beside_counts, settle_counts, settle_statistic
from compendium.disclosure.competing import NONE, OTHERS
from compendium.disclosure.rounding import midpoint_6
from compendium.errors import DisclosureRefused

CASES = Origin("cases", "Cases", "sensitive", "synthetic", "threshold-10", "invented")
CODES = ("1", "18", "21", "22", "open")
RESPONSIBLE = Dimension("responsible", "Responsible", {"adult": "An adult", "child": "A child"})
END = Dimension(
    "end_group",
    "Outcome",
    {"charged": "Charged", "evidential": "Evidential", "decision": "21 or 22", "open": "Open"},
    "end",
    {"charged": ("1",), "evidential": ("18",), "decision": ("21", "22"), "open": ("open",)},
)


def curves(events: dict[str, list[int]], at_risk: list[int]) -> Statistic:
    """Monthly events of each outcome, of cases followed."""
    rows = [
        ("all", code, f"Outcome {code}", month, at_risk[month - 1], happened, 0.0)
        for code, months in events.items()
        for month, happened in enumerate(months, 1)
    ]
    columns = ["group", "outcome", "outcome_label", "month", "at_risk", "events", "incidence"]
    return Statistic("competing", pd.DataFrame(rows, columns=columns), {}, "case", at_risk[0], CASES)


def wide(settled: pd.DataFrame, column: str = "incidence") -> pd.DataFrame:
    return settled.pivot(index="month", columns="outcome", values=column)


def table(numbers: dict[tuple[str, str], int]) -> Counts:
    rows = [(*cell, numbers.get(cell, 0)) for cell in product(RESPONSIBLE.categories, END.categories)]
    return Counts(pd.DataFrame(rows, columns=["responsible", "end_group", "count"]), "case", (RESPONSIBLE, END), CASES)


def test_curves_are_made_anew_from_rounded_counts() -> None:
    """By hand: at risk 100 and 80 are 99 and 81. Charged 4 then 12 in all are 3 and 9; no case to answer 11, 14: 9, 15.

    Month 1: 3/99 and 9/99. Month 2: 87/99 is left, of which 6/81 and 6/81 follow: 9.54 % and 15.60 %, and 74.86 % left.
    75 % are left then, and of the other 25 the outcome that lacks more has the last.
    """
    settled = settle_statistic(curves({"1": [4, 8], "18": [11, 3]}, [100, 80]))
    assert wide(settled, "events")[["1", "18"]].to_numpy().tolist() == [[3, 9], [6, 6]]
    assert wide(settled)[["1", "18", NONE]].to_numpy() == pytest.approx(
        np.array([[0.03, 0.09, 0.88], [0.09, 0.16, 0.75]])
    )


def test_rare_outcomes_do_not_vanish_into_those_without_outcome() -> None:
    """Four outcomes of 3 in 639 (0.47 %), rounded each by itself, would be none at all; together they are 1.9 %."""
    settled = settle_statistic(curves({code: [3] for code in CODES[:4]}, [640]))
    assert wide(settled)[NONE].tolist() == [0.98]


def test_the_shares_of_a_month_add_up_to_one_whatever_was_rounded() -> None:
    random = np.random.RandomState(5)
    for _ in range(60):
        months = random.randint(1, 9)
        events = {code: random.randint(0, 12, months).tolist() for code in CODES[:4]}
        leaving = np.sum(list(events.values()), axis=0) + random.randint(0, 5, months)
        at_risk = (leaving.sum() + 10 - np.concatenate([[0], leaving.cumsum()[:-1]])).tolist()
        settled = settle_statistic(curves(events, at_risk))
        shares = wide(settled)
        assert (100 * shares).round().sum(axis=1).tolist() == [100] * len(shares)
        assert ((shares >= 0) & (shares <= 1)).to_numpy().all()
        assert (shares[list(events)].diff().dropna() >= -1e-9).to_numpy().all()  # none comes back


def test_rounded_curves_are_near_the_true_ones() -> None:
    """185 cases like those shipped: no share is off by more than 4 in 100."""
    random = np.random.RandomState(1)
    for _ in range(20):
        ends = random.choice(["1", "18", "21", ""], 185, p=[0.08, 0.5, 0.2, 0.22])
        months = np.minimum(random.geometric(0.25, 185), 12)
        months[ends == ""] = 12
        events = {
            code: [int(((ends == code) & (months == m)).sum()) for m in range(1, 13)] for code in ("1", "18", "21")
        }
        at_risk = [int((months >= m).sum()) for m in range(1, 13)]
        shares = wide(settle_statistic(curves(events, at_risk)))
        for code, happened in events.items():
            true = np.cumsum(happened)[: len(shares)] / 185
            assert np.abs(shares[code] - true).max() <= 0.04


def test_months_with_few_left_end_the_curves() -> None:
    settled = settle_statistic(curves({"1": [10, 60, 5, 1], "18": [5, 16, 0, 0]}, [100, 85, 9, 4]))
    assert sorted(set(settled["month"])) == [1, 2]
    assert settled["at_risk"].min() >= 10
    edge = settle_statistic(curves({"1": [10, 60, 1], "18": [5, 13, 0]}, [100, 85, 12]))  # 12 would be shown as 9
    assert edge["at_risk"].min() >= 10


def test_steps_that_are_not_whole_months_are_refused() -> None:
    stat = curves({"1": [4, 8], "18": [11, 3]}, [100, 80])
    stat.frame["month"] = [0.5, 1.25, 0.5, 1.25]
    with pytest.raises(DisclosureRefused, match="the date of an event"):
        settle_statistic(stat)
    uneven = curves({"1": [4, 8], "18": [11, 3]}, [100, 80])
    uneven.frame.loc[3, "at_risk"] = 70
    with pytest.raises(DisclosureRefused, match="the same whole months"):
        settle_statistic(uneven)


def test_an_outcome_that_the_tables_do_not_show_has_no_curve_of_its_own() -> None:
    """13 and 8 decisions stand together in the table, 21 in all; so they do in the curves, though 21 has 13 alone."""
    numbers = {("adult", "charged"): 15, ("adult", "evidential"): 40, ("adult", "open"): 20, ("adult", "decision"): 0}
    numbers |= {("child", "charged"): 0, ("child", "evidential"): 12, ("child", "open"): 20, ("child", "decision"): 21}
    counts = {"case_flow": table(numbers)}
    stat = curves({"1": [15], "18": [52], "21": [13], "22": [8]}, [128])
    beside = beside_counts(stat, counts, settle_counts(counts).frames)
    assert beside.frame["outcome"].tolist() == ["charged", "evidential", "decision"]
    assert beside.frame["events"].tolist() == [15, 52, 21]


def test_without_a_table_that_shows_outcomes_there_is_no_curve() -> None:
    stat = curves({"1": [15], "18": [52], "21": [13], "22": [8]}, [128])
    assert beside_counts(stat, {}, {}).frame.empty
    assert settle_statistic(beside_counts(stat, {}, {})).empty


def test_no_curve_undoes_a_hidden_cell_of_the_tables() -> None:
    """Random tables: what the curves tell of each total, the tables alone tell already.

    A curve's cumulative events x mean at least x - 2 cases with these outcomes. Brute force: that number is never
    above what the published totals give for the same outcomes. Without the step beside the tables it often is.
    """
    random = np.random.RandomState(8)
    undone = 0
    for _ in range(40):
        scale = random.choice([3, 12, 30], len(END.categories))
        numbers = {
            (who, end): int(random.poisson(scale[at]))
            for who in RESPONSIBLE.categories
            for at, end in enumerate(END.categories)
        }
        counts = {"case_flow": table(numbers)}
        frames = settle_counts(counts).frames
        totals = {end: sum(numbers[who, end] for who in RESPONSIBLE.categories) for end in END.categories}
        first = {"1": totals["charged"], "18": totals["evidential"], "21": totals["decision"] // 2}
        events = {code: [number, 0] for code, number in (first | {"22": totals["decision"] - first["21"]}).items()}
        stat = curves(events, [sum(numbers.values())] * 2)
        margin = frames["case_flow"].query(f"responsible == '{TOTAL}'").set_index("end_group")["count"]
        undone += any(pd.isna(margin[end]) and totals[end] > 2 for end in ("charged", "evidential", "decision"))
        settled = settle_statistic(beside_counts(stat, counts, frames))
        if settled.empty:
            continue
        told = settled[settled["outcome"] != NONE].groupby("outcome")["events"].sum()
        shown = [code for code in told.index if code != OTHERS]
        for code in shown:
            assert margin[code] >= max(10, told[code] - 2)
        if OTHERS in told.index:
            rest = margin[TOTAL] - margin["open"] - sum(margin[code] for code in shown)
            assert rest >= max(10, told[OTHERS] - 2)
    assert undone >= 5  # there was something to undo


def test_one_event_more_shows_in_one_month_of_six() -> None:
    before, changed = None, 0
    for events in range(20, 80):
        told = settle_statistic(curves({"1": [events]}, [200]))["events"].iloc[0]
        changed += before is not None and told != before
        before = told
    assert changed == 10
    assert midpoint_6([20])[0] == 21


SHOWN = {"charged": 30, "evidential": 12, "decision": 11, "open": 20}


def beside(shown: dict[str, int | None], total: int | None, end: Dimension = END, **named: object) -> pd.DataFrame:
    """The curves beside one table whose totals are shown so; its other cells are not looked at."""
    rows = [(TOTAL, end, count) for end, count in shown.items()] + [(TOTAL, TOTAL, total), ("adult", "charged", 1)]
    frame = pd.DataFrame(rows, columns=["responsible", "end_group", "count"])
    proposed = Counts(
        frame.iloc[:0], str(named.get("unit", "case")), (RESPONSIBLE, end), ORIGINS[named.get("of", "cases")]
    )
    stat = curves({"1": [5, 0], "18": [4, 3], "21": [2, 0], "22": [1, 1]}, [99, 80])
    stat.frame["incidence"] = 0.25
    return beside_counts(stat, {"flow": proposed}, {"flow": frame}).frame


ORIGINS = {"cases": CASES, "events": Origin("events", "Events", "sensitive", "synthetic", "threshold-10", "invented")}


@pytest.mark.parametrize(
    ("hidden", "total", "apart"),
    [
        ({}, 73, ["charged", "evidential", "decision"]),
        ({"decision": 10}, 72, ["charged", "evidential", "decision"]),
        ({"decision": 0}, 62, ["charged", "evidential"]),  # nobody: nothing to add to the others
        ({"decision": 9}, 71, ["charged"]),  # nine alone would stand under a name of their own
        ({"decision": None}, 72, ["charged", "evidential"]),  # ten, hidden: had from the others anyway
        ({"decision": None}, 71, ["charged"]),
        ({"decision": None}, 62, ["charged", "evidential"]),
        ({"charged": 5, "decision": None}, 42, ["evidential"]),  # 42 - 12 - 20: ten together
        ({"charged": 5, "decision": None}, 41, []),
        ({"charged": 12, "decision": 3}, 47, ["evidential"]),  # of two as large, the first by its code goes
        ({"charged": 12, "evidential": 30, "decision": 3}, 65, ["evidential"]),
        ({"open": 0}, 53, ["charged", "evidential", "decision"]),
    ],
)
def test_which_outcomes_stand_apart_by_the_totals_that_are_shown(
    hidden: dict[str, int | None], total: int, apart: list[str]
) -> None:
    found = beside(SHOWN | hidden, total)
    assert list(dict.fromkeys(found["outcome"])) == [*apart, *([] if len(apart) == 3 else [OTHERS])]


@pytest.mark.parametrize(
    ("shown", "total"),
    [
        (SHOWN, None),
        (SHOWN | {"open": None}, 73),
        ({"charged": 4, "evidential": None, "decision": 2, "open": 20}, 29),  # nine in all
    ],
)
def test_no_curve_where_not_even_all_outcomes_together_can_be_shown(
    shown: dict[str, int | None], total: int | None
) -> None:
    assert beside(shown, total).empty


def test_curves_that_stand_together_are_summed_month_by_month() -> None:
    found = beside(SHOWN | {"evidential": None, "decision": None}, 60)
    columns = ["group", "outcome", "outcome_label", "month", "at_risk", "events", "incidence"]
    other = "Another outcome (too few of a kind to stand apart)"
    assert list(found.columns) == columns
    assert found.to_numpy().tolist() == [
        ["all", "charged", "Charged", 1, 99, 5, 0.25],
        ["all", "charged", "Charged", 2, 80, 0, 0.25],
        ["all", OTHERS, other, 1, 99, 7, 0.75],
        ["all", OTHERS, other, 2, 80, 4, 0.75],
    ]
    assert list(found.index) == [0, 1, 2, 3]


def test_only_a_table_of_the_same_records_that_holds_every_outcome_says_what_stands_together() -> None:
    assert beside(SHOWN, 73, unit="victim").empty
    assert beside(SHOWN, 73, of="events").empty
    lacking = Dimension("end_group", "Outcome", END.categories, "end", {**END.members, "decision": ("21",)})
    assert beside(SHOWN, 73, lacking).empty
    mixed = Dimension("end_group", "Outcome", END.categories, "end", {**END.members, "charged": ("1", "withdrawn")})
    assert beside(SHOWN, 73, mixed).empty


def test_the_table_that_tells_most_outcomes_apart_is_followed() -> None:
    coarse = Dimension("two", "Two", {"any": "Any", "open": "Open"}, "end", {"any": CODES[:4], "open": ("open",)})
    frames = {
        "a": pd.DataFrame({"two": ["any", "open", TOTAL], "count": [53, 20, 73]}),
        "b": pd.DataFrame({"end_group": [*SHOWN, TOTAL], "count": [*SHOWN.values(), 73]}),
        "c": pd.DataFrame({"two": ["any", "open", TOTAL], "count": [53, 20, 73]}),
    }
    counts = {
        name: Counts(frame.iloc[:0], "case", (END if name == "b" else coarse,), CASES) for name, frame in frames.items()
    }
    stat = curves({"1": [5], "18": [4], "21": [2], "22": [1]}, [99])
    assert len(beside_counts(stat, counts, frames).frame) == 3
    assert len(beside_counts(stat, {"a": counts["a"]}, frames).frame) == 1


def test_curves_of_groups_go_and_other_statistics_stay() -> None:
    frames = {"b": pd.DataFrame({"end_group": [*SHOWN, TOTAL], "count": [*SHOWN.values(), 73]})}
    counts = {"b": Counts(frames["b"].iloc[:0], "case", (END,), CASES)}
    stat = curves({"1": [5, 6], "18": [4, 2], "21": [2, 1], "22": [1, 1]}, [99, 80])
    stat.frame["group"] = ["girls", "boys"] * 4
    assert beside_counts(stat, counts, frames).frame.empty
    public = Origin("cases", "Cases", "public", "real", "", "the register")
    for other in (
        Statistic("survival", stat.frame, {}, "case", 99, CASES),
        Statistic("competing", stat.frame, {}, "case", 99, public),
        Statistic("competing", stat.frame.iloc[:0], {}, "case", 99, CASES),
    ):
        assert beside_counts(other, counts, frames) is other


def test_groups_have_curves_of_their_own_in_the_order_and_columns_given() -> None:
    """By hand: 40 and 13 at risk are 39 and 15; 8 events and 4 more are 9, then 9 and 3 (12 in all are 9, of 15: 12).

    Months: 9/39 = 23 %, then 30/39 left of which none follows (8 and 12 are both 9)."""
    stat = curves({"18": [8, 4], "1": [0, 0]}, [40, 13])
    other = stat.frame.assign(group="second", at_risk=[100, 12, 100, 12])
    both = pd.concat([stat.frame, other])[
        ["month", "at_risk", "group", "outcome", "incidence", "outcome_label", "events"]
    ]
    found = settle_statistic(Statistic("competing", both, {}, "case", 99, CASES))
    assert list(found.columns) == list(both.columns)
    assert list(found.index) == list(range(9))
    none = "No outcome (open, or record withdrawn)"
    assert found.astype(object).where(found.notna(), None).to_numpy().tolist() == [
        [1, 39, "all", "18", 0.23, "Outcome 18", 9],
        [2, 39 - 24, "all", "18", 0.23, "Outcome 18", 0],
        [1, 39, "all", "1", 0.0, "Outcome 1", 0],
        [2, 15, "all", "1", 0.0, "Outcome 1", 0],
        [1, 39, "all", NONE, 0.77, none, None],
        [2, 15, "all", NONE, 0.77, none, None],
        [1, 99, "second", "18", 0.09, "Outcome 18", 9],
        [1, 99, "second", "1", 0.0, "Outcome 1", 0],
        [1, 99, "second", NONE, 0.91, none, None],
    ]
    assert {column: str(found[column].dtype) for column in ("month", "at_risk", "events")} == {
        "month": "int64",
        "at_risk": "Int64",
        "events": "Int64",
    }


def test_nothing_follows_a_month_of_few_and_rounding_takes_nobody_twice() -> None:
    """At risk 100, 12, 100: the second is shown as 9, so the third goes too. 13 at risk, 6 and 7 events: 15 at risk,
    18 events (cumulative 3 and 21), so all are taken and none is left."""
    few = settle_statistic(curves({"1": [3, 0, 4]}, [100, 12, 100]))
    assert few["month"].tolist() == [1, 1]
    all_gone = settle_statistic(curves({"1": [6, 13]}, [24, 13]))
    assert wide(all_gone)[["1", NONE]].to_numpy().tolist() == [[0.14, 0.86], [1.0, 0.0]]
    assert settle_statistic(curves({"1": [3]}, [12])).empty


@pytest.mark.parametrize("months", [[0, 1], [1, 1.5], [-1, 1]])
def test_months_are_whole_and_begin_at_one(months: list[float]) -> None:
    stat = curves({"1": [4, 8]}, [100, 80])
    stat.frame["month"] = months
    with pytest.raises(DisclosureRefused, match="of cases are not by the same whole months") as refused:
        settle_statistic(stat)
    assert refused.value.problems[0].remedy


def test_every_outcome_has_the_same_months() -> None:
    stat = curves({"1": [4, 8], "18": [11, 3]}, [100, 80])
    with pytest.raises(DisclosureRefused, match="the same whole months"):
        settle_statistic(Statistic("competing", stat.frame.iloc[:3], {}, "case", 100, CASES))
