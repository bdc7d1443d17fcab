"""How long it took: published curves, brute force, and what must hold whatever the data."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from compendium.analysis import survival
from compendium.analysis.survival import CENSORED, aalen_johansen, by_month, kaplan_meier, whole_months
from compendium.errors import CompendiumError
from tests.unit.case_files import case_files

# Remission of 21 children given 6-MP, in weeks (Freireich et al. 1963, Blood 21:699; Cox & Oakes 1984, table 1.1)
IN_REMISSION = [(6, 4), (7, 1), (9, 1), (10, 2), (11, 1), (13, 1), (16, 1), (17, 1), (19, 1), (20, 1)]
IN_REMISSION += [(22, 1), (23, 1), (25, 1), (32, 2), (34, 1), (35, 1)]  # week, how many until then
RELAPSED = {6: 3, 7: 1, 10: 1, 13: 1, 16: 1, 22: 1, 23: 1}  # week, how many of these relapsed
# Nine of 305 women (Satagopan et al. 2004, Br J Cancer 91:1229, table 2): months, E breast cancer, CR other, C alive
WOMEN = [(7, "C"), (10, "E"), (14, "C"), (16, "E"), (18, "CR"), (23, "E"), (24, "C"), (26, "CR"), (27, "E")]


def test_remission_of_children_with_leukaemia_as_published() -> None:
    """Survival and Greenwood's standard error in table 2.2 of Kleinbaum & Klein 2012 and Cox & Oakes 1984, ch. 4."""
    records = [(week, at < RELAPSED.get(week, 0)) for week, many in IN_REMISSION for at in range(many)]
    curve = kaplan_meier([week for week, _ in records], [relapsed for _, relapsed in records])
    assert curve["time"].tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve["at_risk"].tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert curve["events"].tolist() == [3, 1, 1, 1, 1, 1, 1]
    published = [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert curve["survival"].tolist() == pytest.approx(published, abs=5e-5)
    low, high = curve[["low", "high"]].iloc[-1]
    error = (np.log(-np.log(low)) - np.log(-np.log(high))) / (2 * 1.959964)  # on the log-log scale
    assert error * abs(0.4482 * np.log(0.4482)) == pytest.approx(0.1346, abs=5e-4)


def test_deaths_from_two_causes_as_published() -> None:
    """305 women: survival 99.7, 99.3, 99.0, 98.7, 98.3, 98.0; breast cancer 0.3, 0.6, 0.9, 1.2 percent."""
    known = {"C": CENSORED}
    times = [month for month, _ in WOMEN] + [28] * (305 - len(WOMEN))
    table = aalen_johansen(times, [known.get(end, end) for _, end in WOMEN] + [CENSORED] * (305 - len(WOMEN)))
    assert table["at_risk"].tolist() == [304, 302, 301, 300, 298, 297]
    assert (100 * table["survival"]).round(1).tolist() == [99.7, 99.3, 99.0, 98.7, 98.3, 98.0]
    breast = table.loc[table["events:E"] > 0, "incidence:E"]
    # the paper adds up rounded steps (0.3 four times): ours are 0.33, 0.66, 0.99, 1.32
    assert (100 * breast).tolist() == pytest.approx([0.3, 0.6, 0.9, 1.2], abs=0.13)
    assert float(breast.iloc[0]) == pytest.approx(1 / 304)


def test_incidence_and_survival_add_up_to_one_whatever_is_censored() -> None:
    random = np.random.RandomState(3)
    for _ in range(50):
        size = random.randint(1, 40)
        times = random.randint(0, 12, size)
        table = aalen_johansen(times, list(random.choice(["", "a", "b", "c"], size)))
        shares = table[[column for column in table if column.startswith("incidence:")]].sum(axis=1)
        assert (shares + table["survival"]).tolist() == pytest.approx([1.0] * len(table))


def test_without_censoring_a_curve_is_the_share_that_had_the_event() -> None:
    times, causes = [1, 1, 2, 3, 3, 3, 5, 8], list("abaabbab")
    table = aalen_johansen(times, causes).set_index("time")
    for month, cause in product(table.index, "ab"):
        share = sum(t <= month and c == cause for t, c in zip(times, causes, strict=True)) / len(times)
        assert table.loc[month, f"incidence:{cause}"] == pytest.approx(share)


def test_a_curve_is_what_passing_the_censored_on_gives() -> None:
    """Efron 1967: everyone censored hands their weight, in equal parts, to those who are left. Brute force."""
    random = np.random.RandomState(11)
    for _ in range(30):
        size = random.randint(3, 15)
        times = random.permutation(size) + 1  # no ties
        causes = list(random.choice(["", "a", "b"], size))
        weights = np.ones(size) / size
        for at in np.argsort(times):
            if causes[at] == CENSORED and (later := times > times[at]).any():
                weights[later] += weights[at] / later.sum()
                weights[at] = 0
        table = aalen_johansen(times, causes)
        for cause in set(causes) - {CENSORED}:
            mass = sum(weights[i] for i in range(size) if causes[i] == cause)
            assert float(table[f"incidence:{cause}"].iloc[-1]) == pytest.approx(mass)


def test_times_that_are_missing_or_negative_are_refused() -> None:
    with pytest.raises(CompendiumError, match="missing or negative"):
        kaplan_meier([1, -1], [True, True])
    with pytest.raises(CompendiumError, match="missing or negative"):
        aalen_johansen([1, float("nan")], ["a", "a"])


def test_nobody_with_an_event_is_an_empty_curve() -> None:
    assert aalen_johansen([3, 4], [CENSORED, CENSORED]).empty


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        ("2022-05-02", "2022-06-01", 0),
        ("2022-05-02", "2022-06-02", 1),
        ("2022-05-31", "2022-06-30", 1),  # June has no 31st: its last day completes the month
        ("2022-12-31", "2023-02-28", 2),
        ("2022-05-02", "2023-10-31", 17),
    ],
)
def test_months_are_counted_when_they_are_over(first: str, last: str, months: int) -> None:
    dates = [pd.Series(pd.to_datetime([day])) for day in (first, last)]
    assert whole_months(*dates).tolist() == [months]


def test_every_month_has_a_row_for_every_outcome() -> None:
    """By hand: five followed for 1, 2, 2, 3, 3 months; charged in months 1 and 3, another decision in month 2."""
    outcomes = {"1": "Charged", "21": "Public interest", "22": "Diversion"}
    frame = by_month([1, 2, 2, 3, 3], ["1", "21", "", "1", ""], outcomes)
    assert frame.groupby("month")["at_risk"].first().tolist() == [5, 4, 2]
    charged = frame[frame["outcome"] == "1"]
    assert charged["events"].tolist() == [1, 0, 1]
    assert charged["incidence"].tolist() == pytest.approx([0.2, 0.2, 0.2 + 0.8 * 3 / 4 * 1 / 2])
    assert frame[frame["outcome"] == "22"]["incidence"].tolist() == [0.0, 0.0, 0.0]


def test_no_curve_is_proposed_of_a_handful_of_cases() -> None:
    assert survival.time_to_outcome(with_dates(), until="2023-10").frame.empty
    assert survival.delays(with_dates()).frame.empty


def test_a_case_is_followed_for_whole_months_and_withdrawn_records_stay_without_outcome(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Recorded 3 May, 31 July, 1 August, 28 February and, later cancelled, 30 April; kept up to the end of March."""
    monkeypatch.setattr(survival, "FEW", 1)
    stat = survival.time_to_outcome(with_dates(), until="2023-03")
    assert stat.contributors == 4  # the fifth was recorded after that
    rows = stat.frame[stat.frame["outcome"] == "1"].set_index("month")
    assert rows["at_risk"].tolist() == [4, 3, 2, 2, 1, 1, 1, 1]
    assert rows.loc[2, "events"] == 1  # 3 May to 20 June
    assert stat.frame[stat.frame["outcome"] == "22"]["events"].sum() == 0  # on 5 April: after the files were closed
    later = survival.time_to_outcome(with_dates(), until="2023-10")
    assert later.contributors == 5
    assert later.frame.groupby("outcome")["events"].sum().sum() == 3  # the cancelled one and the open one have none


def test_files_are_kept_up_to_the_end_of_the_period_unless_a_later_month_is_given() -> None:
    period = ("2022-05", "2023-04")
    assert survival.kept_until("", period) == "2023-04"
    assert survival.kept_until("2023-10", period) == "2023-10"
    assert survival.in_words("2023-10") == "October 2023"
    for wrong in ("2023-03", "2023-13", "October 2023"):
        with pytest.raises(CompendiumError, match="no month"):
            survival.kept_until(wrong, period)


def with_dates():  # type: ignore[no-untyped-def]
    """The hand-made files with days: C-00001 was charged on 20 June, C-00003 ended on 20 November, C-00004 late."""
    files = case_files()
    ends = {"C-00001": "2022-06-20", "C-00003": "2022-11-20", "C-00004": "2023-04-05"}
    crimes = files["crimes"].frame
    crimes["outcome_on"] = crimes["case_id"].map(ends).where(crimes["outcome_type"] != "")
    crimes["offence_to"] = "2022-01-01"
    return files
