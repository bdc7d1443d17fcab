"""What the workshops left behind as numbers: who was there, how priorities rank, how coders agree, what came of voices.

Never what anybody said. Victims and survivors are always counted with parents and carers, never alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from compendium.aggregate import COUNT, CheckedTable, Counts, Dimension, Statistic
from compendium.analysis import agreement
from compendium.analysis.cases import categories, crossing
from compendium.analysis.consensus import CHILDREN, JOINT, SIDE
from compendium.analysis.estimate import Undefined

FEWEST_VOTERS = 10
NOTHING = "nothing"  # kind of the end of evidence that the framework leaves aside on purpose
RANKING = {
    "item": "Item",
    "item_label": "Priority",
    "group": "Who voted",
    "voters": "Voters",
    "points": "Points (nominal group)",
    "points_rank": "Rank by points",
    "borda": "Borda score",
    "borda_rank": "Rank by Borda",
}
TRACE = {
    "from_id": "From",
    "from_label": "Name",
    "from_kind": "Kind",
    "to_id": "To",
    "to_label": "Name of end",
    "to_kind": "Kind of end",
}


def attendance(records: Any) -> Counts:
    """Attendances by kind of workshop and group. Somebody who came to two workshops is counted twice."""
    table, workshops = records["workshop_groups"], records["workshops"]
    dimensions = (workshops.dimensions["kind"], table.dimensions[SIDE])
    rows = table.frame.merge(workshops.frame[["workshop_id", "kind"]], on="workshop_id", validate="m:1")
    attended = pd.to_numeric(rows["attended"]).fillna(0).astype(int)
    return _count(table, rows.loc[rows.index.repeat(attended)], dimensions, "attendance")


def suggestions(records: Any, by: Sequence[str] = (SIDE, "decision")) -> Counts:
    """Suggestions by who made them and what was decided: the answer that each is owed."""
    table = records["suggestions"]
    return _count(table, table.frame, tuple(table.dimensions[name] for name in by), "suggestion")


def ranking(records: Any) -> Statistic:
    """Priorities by nominal-group points and by Borda score, side by side; ties keep the same rank (kind `ranking`).

    Points: 5 for a voter's first choice to 1 for the fifth, summed. Borda: each voter ranks all n items, n - 1 for the
    first to 0 for the last; items a voter did not choose share the places that are left. Everyone together, and
    children by themselves where ten or more of them and of the others voted.
    """
    votes, items = records["votes"].frame, records["priorities"].frame["priority_id"].tolist()
    rows = _rank(votes, items, JOINT) if votes["voter_id"].nunique() >= FEWEST_VOTERS else []
    children = votes[votes["stakeholder_group"] == CHILDREN]
    others = votes["voter_id"].nunique() - children["voter_id"].nunique()
    if children["voter_id"].nunique() >= FEWEST_VOTERS and others >= FEWEST_VOTERS:
        rows += _rank(children, items, CHILDREN)
    titles = _titles(records)
    votes_dimension = records["votes"].dimensions[SIDE]
    who = {JOINT: "Everyone together", CHILDREN: votes_dimension.categories[CHILDREN]}
    labelled = [{**row, "item_label": titles[row["item"]], "group": who[row["group"]]} for row in rows]
    least = min((row["voters"] for row in rows), default=0)
    return Statistic(
        "ranking", pd.DataFrame(labelled, columns=list(RANKING)), RANKING, "voter", least, records["votes"].origin
    )


def borda(ballots: pd.DataFrame, items: Sequence[str]) -> dict[str, float]:
    """Borda score of each item; `ballots` has voter_id, item_id, points. Items not chosen share the places left."""
    points = ballots.pivot_table(index="voter_id", columns="item_id", values="points", aggfunc="sum")
    places = points.reindex(columns=list(items)).fillna(0).rank(axis=1, method="average") - 1
    return {str(item): float(score) for item, score in places.sum().items()}


def coder_agreement(table: CheckedTable, *, seed: int) -> Statistic:
    """Krippendorff's alpha (nominal) of coders over coded units, with its bootstrap interval (kind `agreement`).

    `table` has `unit_id`, `coder`, `code_id`: which code a coder gave a unit; a missing row is a missing rating.
    """
    columns = {
        "measure": "Measure",
        "estimate": "Estimate",
        "low": "Lowest, 95%",
        "high": "Highest, 95%",
        "units": "Units",
        "raters": "Coders",
    }
    codes = sorted(table.frame["code_id"].dropna().unique()) if len(table.frame) else []
    numbers = table.frame.assign(number=table.frame["code_id"].map({code: at for at, code in enumerate(codes)}))
    ratings = numbers.pivot(index="coder", columns="unit_id", values="number").astype(float)
    rows = []
    try:
        if ratings.shape[0] < 2:
            raise Undefined("Agreement needs two coders.")
        alpha = agreement.krippendorff(ratings.to_numpy(), "nominal", resamples=1000, seed=seed)
        rows.append(("Krippendorff's alpha (nominal)", float(alpha), alpha.low, alpha.high, alpha.units, alpha.raters))
    except Undefined:
        pass  # one coder, or one code: an empty table says so
    frame = pd.DataFrame(rows, columns=list(columns)).astype(object).replace({np.nan: None})
    return Statistic("agreement", frame, columns, "coded unit", ratings.shape[1], table.origin)


def trace(records: Any, links: CheckedTable) -> Statistic:
    """Code to priority to standard to criterion to measure: each link a row (kind `trace`). `links`: the framework's.

    What nothing takes up has a row with an empty end.
    """
    rows = (
        [*_from_codes(records), *_from_framework(records, links), *_loose(records, links)]
        if len(_titles(records))
        else []
    )
    return _trace(rows, records)


def orphans(records: Any, links: CheckedTable) -> Statistic:
    """What nothing takes up (kind `trace`, an empty end): codes, priorities, and evidence left aside on purpose."""
    return _trace([*_loose(records, links), *_left_aside(links)], records)


def _trace(rows: Sequence[tuple[str, ...]], records: Any) -> Statistic:
    frame = pd.DataFrame(list(rows), columns=list(TRACE))
    return Statistic("trace", frame, TRACE, "link", len(rows), records["code_links"].origin)


def _loose(records: Any, links: CheckedTable) -> list[tuple[str, ...]]:
    codes, linked = records["codes"].frame, set(records["code_links"].frame["code_id"])
    labels = dict(zip(codes["code_id"], codes["label"], strict=True))
    taken = set(links.frame["from_id"])
    loose = [
        *((code, label, "code") for code, label in labels.items() if code not in linked),
        *((priority, title, "priority") for priority, title in _titles(records).items() if priority not in taken),
    ]
    return [(*start, "", "Nothing takes it up", "") for start in sorted(loose)]


def _left_aside(links: CheckedTable) -> list[tuple[str, ...]]:
    """Evidence that the framework leaves aside on purpose, with its reason."""
    rows = links.frame[links.frame["to_kind"] == NOTHING]
    return [
        (study, label, "evidence", "", f"On purpose: {reason}", "")
        for study, label, reason in zip(rows["from_id"], rows["from_label"], rows["to_label"], strict=True)
    ]


def _rank(votes: pd.DataFrame, items: Sequence[str], group: str) -> list[dict[str, Any]]:
    ballots = votes.assign(points=pd.to_numeric(votes["points"]).fillna(0))
    points = ballots.groupby("item_id")["points"].sum().reindex(pd.Index(items), fill_value=0)
    scores = pd.Series(borda(ballots, items))
    ranks = points.rank(ascending=False, method="min"), scores.rank(ascending=False, method="min")
    return [
        {
            "item": item,
            "group": group,
            "voters": int(ballots["voter_id"].nunique()),
            "points": int(points[item]),
            "points_rank": int(ranks[0][item]),
            "borda": float(scores[item]),
            "borda_rank": int(ranks[1][item]),
        }
        for item in items
    ]


def _from_codes(records: Any) -> list[tuple[str, ...]]:
    codes, links = records["codes"].frame, records["code_links"].frame.sort_values(["code_id", "priority_id"])
    labels, titles = dict(zip(codes["code_id"], codes["label"], strict=True)), _titles(records)
    return [
        (code, labels.get(code, code), "code", priority, titles.get(priority, priority), "priority")
        for code, priority in zip(links["code_id"], links["priority_id"], strict=True)
    ]


def _from_framework(records: Any, links: CheckedTable) -> list[tuple[str, ...]]:
    """The framework's links without its evidence; priorities carry the titles the workshops gave them."""
    titles = _titles(records)
    kept = links.frame[links.frame["from_kind"] != "evidence"]
    columns = [kept[column] for column in ("from_id", "from_label", "from_kind", "to_id", "to_label", "to_kind")]
    return [(start, titles.get(start, label), *rest) for start, label, *rest in zip(*columns, strict=True)]


def _titles(records: Any) -> dict[str, str]:
    priorities = records["priorities"].frame
    return dict(zip(priorities["priority_id"], priorities["title"], strict=True))


def _count(table: CheckedTable, rows: pd.DataFrame, dimensions: tuple[Dimension, ...], unit: str) -> Counts:
    names = [dimension.name for dimension in dimensions]
    if not table.supplied:
        return Counts(pd.DataFrame(columns=[*names, COUNT]), unit, dimensions, table.origin)
    coded = pd.DataFrame({dimension.name: categories(rows, dimension) for dimension in dimensions})
    return Counts(crossing(coded, dimensions), unit, dimensions, table.origin)
