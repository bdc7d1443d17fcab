"""Who was in the room and who was not, and how the workshops were prepared. Counts and words, never names.

Victims and survivors are always counted with parents and carers, never alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from compendium.aggregate import CheckedTable, Counts, Statistic
from compendium.analysis.counting import counted
from compendium.analysis.stakeholders import GROUP, MERGED, SIDE, category_of

CAME, INVITED, NOT_INVITED = "in the room", "invited, nobody came", "not invited"
NOT_THERE = "not in the room"
NOT_POINTS = ("workshop_id", "kind", "planned_for", "aim")  # columns of a plan that nobody meets or misses
PRESENCE = {
    "group": "Group code",
    "group_label": "Group",
    "preparatory": "Preparatory workshops",
    "joint": "Joint workshops",
    "reason": "Why not",
    "done": "What was done",
}
CHECKLIST = {
    "point": "Point code",
    "point_label": "Point of the plan",
    "yes": "Yes",
    "partly": "Partly",
    "no": "No",
    "workshops": "Workshops it is asked of",
}


def attendance(records: Any) -> Counts:
    """Attendances by kind of workshop and group. Somebody who came to two workshops is counted twice."""
    table, workshops = records["workshop_groups"], records["workshops"]
    dimensions = (workshops.dimensions["kind"], table.dimensions[SIDE])
    rows = table.frame.merge(workshops.frame[["workshop_id", "kind"]], on="workshop_id", validate="m:1")
    attended = pd.to_numeric(rows["attended"]).fillna(0).astype(int)
    return counted(table, rows.loc[rows.index.repeat(attended)], dimensions, "attendance")


def presence(records: Any) -> Statistic:
    """Each group of participants by kind of workshop: in the room, invited, not invited; then the groups that nobody
    represents, why, and what was done (kind `presence`).
    """
    table = records["workshop_groups"]
    rows = [*_groups(records), *_absences(records["workshop_absences"])] if table.supplied else []
    frame = pd.DataFrame(rows, columns=list(PRESENCE))
    return Statistic("presence", frame, PRESENCE, "group", len(rows), table.origin)


def prepared(plans: CheckedTable) -> Statistic:
    """How many workshops met each point of their plan: safety, consent, Lundy's four elements (kind `checklist`)."""
    rows = []
    for name in plans.frame.columns:
        if name in NOT_POINTS or not len(plans.frame):
            continue
        said = plans.frame[name].value_counts()
        counts = {answer: int(said.get(answer, 0)) for answer in ("yes", "partly", "no")}
        label = plans.labels.get(name, name)
        rows.append({"point": name, "point_label": label, **counts, "workshops": sum(counts.values())})
    return Statistic(
        "checklist", pd.DataFrame(rows, columns=list(CHECKLIST)), CHECKLIST, "workshop", len(plans.frame), plans.origin
    )


def _groups(records: Any) -> Iterator[dict[str, str]]:
    table, workshops = records["workshop_groups"], records["workshops"]
    merged = table.dimensions[MERGED]
    rows = table.frame.merge(workshops.frame[["workshop_id", "kind"]], on="workshop_id", validate="m:1")
    rows = rows.assign(group=rows[GROUP].map(category_of(merged)), attended=pd.to_numeric(rows["attended"]))
    came = rows.groupby(["group", "kind"])["attended"].sum()
    for group, label in merged.categories.items():
        seen = {kind: _status(came, group, kind) for kind in ("preparatory", "joint")}
        yield {"group": group, "group_label": label, **seen, "reason": "", "done": ""}


def _status(came: pd.Series, group: str, kind: str) -> str:
    if (group, kind) not in came.index:
        return NOT_INVITED
    return CAME if came[group, kind] > 0 else INVITED


def _absences(table: CheckedTable) -> Iterator[dict[str, str]]:
    words = {name: table.dimensions[name].categories for name in ("absent_group", "reason", "done") if len(table)}
    for row in table.frame.sort_values("absent_group").to_dict("records"):
        told = {name: words[name][str(row[name])] for name in words}
        yield {
            "group": str(row["absent_group"]),
            "group_label": told["absent_group"],
            "preparatory": NOT_THERE,
            "joint": NOT_THERE,
            "reason": told["reason"],
            "done": told["done"],
        }
