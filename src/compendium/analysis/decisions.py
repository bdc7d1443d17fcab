"""What two screeners decided: how far they agree, where they differ, and what came of each record.

Unsure counts as include until both agreed. Where both leave a report out for different reasons and nothing else was
agreed, the reason that comes first in the declared order stands: the first that applies.
"""

from __future__ import annotations

import math

import pandas as pd
from scipy import stats

from compendium.aggregate import CheckedTable, Origin, Statistic, TableGroup
from compendium.analysis.agreement import cohen_kappa, gwet_ac1
from compendium.analysis.estimate import Undefined

AGREEMENT = {
    "measure": "Stage and measure",
    "estimate": "Estimate",
    "low": "Lower",
    "high": "Upper",
    "units": "Judged by both",
    "raters": "Screeners",
}
IN, OUT = "include", "exclude"


def outcomes(screening: CheckedTable, stage: str) -> pd.DataFrame:
    """A row a record judged at `stage` (index `record_id`): what `A`, `B` and both `agreed` said (empty: nothing),
    `decision` (`include`, `exclude`, or empty while they differ), `reason` and `differ` (of two that both decided).
    """
    rows = screening.frame[screening.frame["stage"] == stage]
    said = rows.pivot(index="record_id", columns="screener", values="decision")
    said = said.reindex(columns=["A", "B", "agreed"]).astype(object).where(lambda frame: frame.notna(), "")
    one, two = (said[screener].replace("unsure", IN) for screener in ("A", "B"))
    differ = (one != two) & (one != "") & (two != "")
    alone = one.where(one != "", two)
    decision = said["agreed"].where(said["agreed"] != "", alone.mask(differ, ""))
    reasons = {code: place for place, code in enumerate(screening.dimensions["reason"].categories)}
    final = said["agreed"] != ""
    last = rows.assign(place=rows["reason"].map(reasons))
    agreed_on = last[last["screener"] == "agreed"].set_index("record_id")["reason"]
    first = last.dropna(subset=["place"]).sort_values("place").drop_duplicates("record_id").set_index("record_id")
    reason = agreed_on.reindex(said.index).where(final, first["reason"].reindex(said.index))
    return said.assign(decision=decision, reason=reason.where(decision == OUT).fillna(""), differ=differ)


def agreement(review: TableGroup) -> Statistic:
    """How far two screeners agree before they talk, by stage (kind `agreement`).

    Share the same (Wilson), Cohen's kappa and Gwet's AC1 with 95 % intervals, over the records that both judged. Where
    few records are kept, kappa falls although most decisions are the same; AC1 does not (Gwet 2008).
    """
    screening = review["screening"]
    rows = []
    for stage, label in screening.dimensions["stage"].categories.items():
        judged = outcomes(screening, stage)
        both = judged[(judged["A"] != "") & (judged["B"] != "")]
        if both.empty:
            continue
        one, two = (both[screener].replace("unsure", IN).tolist() for screener in ("A", "B"))
        rows += [_row(f"{label}, {name}", *values, len(both)) for name, values in measures(one, two).items()]
    frame = pd.DataFrame(rows, columns=list(AGREEMENT))
    return Statistic("agreement", frame, AGREEMENT, "record", len(frame) and int(frame["units"].min()), _of(review))


def conflicts(review: TableGroup) -> Statistic:
    """Every record about which the screeners differed (kind `listing`), and what they agreed on; open ones too."""
    screening, records = review["screening"], review["records"]
    words = screening.dimensions["decision"].categories
    reasons = screening.dimensions["reason"].categories
    titles = records.frame.set_index("record_id")["title"]
    found = []
    for stage, label in screening.dimensions["stage"].categories.items():
        for number, row in (judged := outcomes(screening, stage))[judged["differ"]].iterrows():
            said = [words[row["A"]], words[row["B"]], words.get(row["agreed"], "Not agreed yet")]
            found.append((number, label, *said, reasons.get(row["reason"], ""), titles.get(number)))
    columns = {
        "record_id": "Record",
        "stage": "Stage",
        "a": "Screener A",
        "b": "Screener B",
        "agreed": "Agreed",
        "reason": "Reason",
        "title": "Title",
    }
    frame = pd.DataFrame(found, columns=list(columns))
    return Statistic("listing", frame, columns, "record", 0, _of(review))


def reasons(review: TableGroup) -> Statistic:
    """Why reports were left out at full text (kind `listing`): the reasons in their order, with the number of each."""
    screening = review["screening"]
    counted = outcomes(screening, "full_text")["reason"].value_counts()
    known = screening.dimensions["reason"].categories
    rows = [(label, int(counted[code])) for code, label in known.items() if counted.get(code, 0)]
    columns = {"label": "Reason", "value": "Reports"}
    return Statistic("listing", pd.DataFrame(rows, columns=list(columns)), columns, "report", 0, _of(review))


def measures(one: list[str], two: list[str]) -> dict[str, tuple[float, float, float]]:
    """Share decided alike, kappa and AC1 of two raters of the same units: estimate, lower, upper; nan where 0 / 0."""
    same, total = sum(a == b for a, b in zip(one, two, strict=True)), len(one)
    share = stats.binomtest(same, total).proportion_ci(method="wilson")
    measures = {"share decided alike": (same / total, float(share.low), float(share.high))}
    for name, coefficient in (("Cohen’s kappa", cohen_kappa), ("Gwet’s AC1", gwet_ac1)):
        try:
            found = coefficient(one, two)
            measures[name] = (found.estimate, found.low, found.high)
        except Undefined:  # everybody said the same throughout; shown as a dash
            measures[name] = (math.nan, math.nan, math.nan)
    return measures


def _row(measure: str, estimate: float, low: float, high: float, units: int) -> dict[str, object]:
    return {"measure": measure, "estimate": estimate, "low": low, "high": high, "units": units, "raters": 2}


def _of(review: TableGroup) -> Origin:
    return review["screening"].origin
