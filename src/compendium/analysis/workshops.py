"""How coders of the workshops agree, and what came of what was said: from code to priority to standard to criterion.

Never what anybody said: names of codes, and numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from compendium.aggregate import CheckedTable, Statistic
from compendium.analysis import agreement
from compendium.analysis.estimate import Undefined

FEWEST_UNITS = 10  # coded by two; of fewer, agreement is not shown
NOTHING = "nothing"  # kind of the end of evidence that the framework leaves aside on purpose
TRACE = {
    "from_id": "From",
    "from_label": "Name",
    "from_kind": "Kind",
    "to_id": "To",
    "to_label": "Name of end",
    "to_kind": "Kind of end",
}


def coder_agreement(table: CheckedTable, *, seed: int) -> Statistic:
    """Krippendorff's alpha (nominal) of coders over coded units, with its bootstrap interval (kind `agreement`).

    Beside it the share of units to which two coders or more gave a code at all: alpha is over these only. Nothing where
    they are fewer than ten.

    `table` has `unit_id`, `coder`, `code_id`: which code a coder gave a unit; a missing row or code is none.
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
    rows: list[tuple[Any, ...]] = []
    try:
        if ratings.shape[0] < 2:
            raise Undefined("Agreement needs two coders.")
        alpha = agreement.krippendorff(ratings.to_numpy(), "nominal", resamples=1000, seed=seed)
        if alpha.units < FEWEST_UNITS:
            raise Undefined("Agreement needs ten units that two coders coded.")
        rows.append(("Krippendorff's alpha (nominal)", float(alpha), alpha.low, alpha.high, alpha.units, alpha.raters))
        share = alpha.units / ratings.shape[1]
        rows.append(("Segments that two coders coded", share, None, None, ratings.shape[1], alpha.raters))
    except Undefined:
        pass  # one coder, one code or few units: an empty table says so
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
