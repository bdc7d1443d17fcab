"""The PRISMA 2020 flow of a review, counted from its tables: searches, records, merges, screening, studies.

Each box is counted by itself (what a search says it found, what stands in `records`, what was decided, what was sought,
which reports belong to a study) and handed to `prisma_flow`, whose identities name both boxes where one record is lost.
An update has the studies of earlier rounds as "previous studies" (Page et al. 2021).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from compendium.aggregate import Statistic, TableGroup
from compendium.analysis.decisions import IN, OUT, outcomes
from compendium.analysis.screening import BOXES, REASONS, SELDOM, PrismaFlow, prisma_flow
from compendium.errors import InputRefused

COLUMNS = {"label": "Box", "count": "Number", "note": "Note"}
DATABASES = {"database": "database_results", "register": "register_results"}
OTHERS = {
    "website": "website_results",
    "organisation": "organisation_results",
    "citations": "citations_results",
    "contact": "contacts_results",
    "other": "elsewhere_results",
}
# The diagram from top to bottom: box and the column it stands in (`…_out`: what leaves, beside the box before it).
DIAGRAM = (
    *(("previous_studies", "previous"), ("previous_reports", "previous")),
    *(("identified", "main"), ("duplicates", "main_out"), ("excluded_automatic", "main_out")),
    *(("excluded_other", "main_out"), ("awaiting_screening", "main_out")),
    *(("records_screened", "main"), ("records_excluded", "main_out"), ("awaiting_retrieval", "main_out")),
    *(("dbr_sought_reports", "main"), ("dbr_notretrieved_reports", "main_out"), ("awaiting_assessment", "main_out")),
    *(("dbr_assessed", "main"), ("dbr_excluded", "main_out")),
    *(("other_identified", "other"), ("other_not_pursued", "other_out"), ("other_awaiting", "other_out")),
    *(("other_sought_reports", "other"), ("other_notretrieved_reports", "other_out")),
    *(("other_awaiting_assessment", "other_out"), ("other_assessed", "other"), ("other_excluded", "other_out")),
    *(("new_studies", "included"), ("new_reports", "included")),
    *(("total_studies", "total"), ("total_reports", "total")),
)


def prisma(review: TableGroup, round: int | None = None) -> Statistic:
    """The flow of one `round` of searching, 0 the first; left out, the latest. Kind `flow`, no rows without searches.

    Columns: box, label, count, column (`previous`, `main`, `other`, each with `_out`, `included`, `total`), note.
    Raises `InputRefused` with every broken identity: both boxes and the number that is lost or too many.
    """
    searches = review["searches"]
    rows: list[tuple[Any, ...]] = []
    if len(searches):
        at = int(searches.frame["round"].max()) if round is None else round
        given = counts(review, at)
        rows = _rows(prisma_flow(given), first=at == 0)
    frame = pd.DataFrame(rows, columns=["box", "label", "count", "column", "note"])
    return Statistic("flow", frame, COLUMNS, "record", 0, searches.origin)


def counts(review: TableGroup, round: int) -> dict[str, Any]:
    """The counts of one round as `prisma_flow` takes them: what was given, and under `stated` what the tables hold."""
    searches, records = review["searches"].frame, review["records"].frame
    if round not in set(searches["round"]):
        raise InputRefused(f"There is no round {round} in searches.", "0 is the first search, 1 the first update.")
    kind, of_round = (
        records["search_id"].map(searches.set_index("search_id")[name]) for name in ("source_kind", "round")
    )
    labels = review["screening"].dimensions["reason"].categories
    first, second = (outcomes(review["screening"], stage) for stage in ("title_abstract", "full_text"))
    rows = records.assign(
        kind=kind,
        first=records["record_id"].map(first["decision"]).astype(object).fillna(""),
        second=records["record_id"].map(second["decision"]).astype(object).fillna(""),
        reason=records["record_id"].map(second["reason"]).map(labels),
    )
    now = rows[of_round == round]
    said = searches[searches["round"] == round]
    main, other = now[now["kind"].isin(DATABASES)], now[now["kind"].isin(OTHERS)]
    found: dict[str, Any] = {
        box: int(said.loc[said["source_kind"] == name, "records"].sum())
        for name, box in {**DATABASES, **OTHERS}.items()
    }
    given, stated = _databases(main, labels.values())
    other_given, other_stated = _others(other, labels.values())
    studies, all_stated = _studies(rows.assign(round=of_round), round)
    sources = main.groupby(main["search_id"].map(searches.set_index("search_id")["source_name"]))
    by_kind: dict[str, dict[str, int]] = {box: {} for box in DATABASES.values()} | {
        DATABASES[kind]: {str(name): len(part) for name, part in sources if (part["kind"] == kind).all()}
        for kind in DATABASES
    }
    specific = {f"{box.removesuffix('_results')}_specific_results": named for box, named in by_kind.items()}
    stated |= {"identified": len(main), "other_identified": len(other)}
    return {**found, **specific, **given, **other_given, **studies, "stated": stated | other_stated | all_stated}


def _databases(main: pd.DataFrame, labels: Iterable[str]) -> tuple[dict[str, Any], dict[str, int]]:
    kept = main[main["removed"] == "no"]
    let_through = kept[kept["first"] == IN]
    assessed = kept[(kept["retrieval"] == "retrieved") & (kept["second"] != "")]
    given = {
        "duplicates": (main["removed"] == "duplicate").sum(),
        "excluded_automatic": (main["removed"] == "automation").sum(),
        "excluded_other": (main["removed"] == "other").sum(),
        "awaiting_screening": (kept["first"] == "").sum(),
        "records_excluded": (kept["first"] == OUT).sum(),
        "awaiting_retrieval": (let_through["retrieval"] == "not_sought").sum(),
        "dbr_notretrieved_reports": (kept["retrieval"] == "not_retrieved").sum(),
        "awaiting_assessment": ((kept["retrieval"] == "retrieved") & (kept["second"] == "")).sum(),
    }
    stated = {
        "records_screened": (kept["first"] != "").sum(),
        "dbr_sought_reports": (kept["retrieval"] != "not_sought").sum(),
        "dbr_assessed": len(assessed),
        "reports_included_db": main["study_id"].notna().sum(),
    }
    return {**_whole(given), "dbr_excluded": _by_reason(assessed, labels)}, _whole(stated)


def _others(other: pd.DataFrame, labels: Iterable[str]) -> tuple[dict[str, Any], dict[str, int]]:
    sought = other["retrieval"] != "not_sought"
    left = (other["removed"] != "no") | (other["first"] == OUT)
    assessed = other[(other["retrieval"] == "retrieved") & (other["second"] != "")]
    given = {
        "other_not_pursued": left.sum(),
        "other_awaiting": (~left & ~sought).sum(),
        "other_notretrieved_reports": (other["retrieval"] == "not_retrieved").sum(),
        "other_awaiting_assessment": ((other["retrieval"] == "retrieved") & (other["second"] == "")).sum(),
    }
    stated = {
        "other_sought_reports": sought.sum(),
        "other_assessed": len(assessed),
        "reports_included_other": other["study_id"].notna().sum(),
    }
    return {**_whole(given), "other_excluded": _by_reason(assessed, labels)}, _whole(stated)


def _studies(rows: pd.DataFrame, round: int) -> tuple[dict[str, int], dict[str, int]]:
    """Studies and reports of earlier rounds, and studies first found in this one."""
    reports = rows[rows["study_id"].notna() & (rows["round"] <= round)]
    found_in = reports.groupby("study_id")["round"].min()
    given = {
        "previous_studies": (found_in < round).sum(),
        "previous_reports": (reports["round"] < round).sum(),
        "new_studies": (found_in == round).sum(),
    }
    stated = {
        "new_reports": (reports["round"] == round).sum(),
        "total_studies": reports["study_id"].nunique(),
        "total_reports": len(reports),
    }
    return _whole(given), _whole(stated)


def _by_reason(assessed: pd.DataFrame, labels: Iterable[str]) -> dict[str, int]:
    counted = assessed.loc[assessed["second"] == OUT, "reason"].value_counts()
    return {label: int(counted[label]) for label in labels if counted.get(label, 0)}


def _whole(counts: Mapping[str, Any]) -> dict[str, int]:
    return {name: int(number) for name, number in counts.items()}


def _rows(flow: PrismaFlow, *, first: bool) -> list[tuple[Any, ...]]:
    """The boxes that this flow has, in the order of the diagram; each reason is a row of its own."""
    rows: list[tuple[Any, ...]] = []
    other = flow["other_identified"] > 0
    for box, column in DIAGRAM:
        seldom = box in SELDOM and not flow[box]
        if seldom or (first and column in ("previous", "total")) or (not other and column.startswith("other")):
            continue
        if box in REASONS:
            label = BOXES[REASONS[box]]
            rows.append((REASONS[box], label, flow[REASONS[box]], column, ""))
            rows += [(box, reason, number, column, "of these") for reason, number in flow.reasons[box].items()]
        else:
            rows.append((box, BOXES[box], flow[box], column, _note(box, flow)))
    return rows


def _note(box: str, flow: PrismaFlow) -> str:
    parts = {"identified": DATABASES, "other_identified": OTHERS}.get(box, {})
    named = [f"{BOXES[part].removeprefix('Records identified ')} {flow[part]}" for part in parts.values() if flow[part]]
    return "; ".join(named)[:1].upper() + "; ".join(named)[1:]
