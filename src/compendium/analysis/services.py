"""The service map: who is offered what, where nothing is offered, who refers to whom, how fresh the records are.

Only services that are running count as provision. Nothing here is by area (`places` is, without confidential services);
services are shown by code, never by name.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

import pandas as pd

from compendium.aggregate import CheckedTable, Counts, Dimension, Statistic, TableGroup
from compendium.analysis.counting import counted
from compendium.errors import InputRefused, UnknownName, nearest

RUNNING = "active"
MONTHS_FRESH = 6  # how long a checked record counts as fresh unless a notebook says otherwise
PER = 1000
DASH = " – "  # between the name of a level of prevention and what it means
COVERAGE = {
    "form": "Form of harm",
    "level": "Level of prevention",
    "age_band": "Age",
    "services": "Services",
    "text": "Where",
}
FRESHNESS = {
    "fresh": "Checked recently",
    "stale": "Not checked recently",
    "never": "Never checked, or date not recorded",
}
ROUTES = {"running": "To a service that is running", "stopped": "To a service that is not running"}


def counts(service_map: TableGroup, by: Sequence[str], *, as_of: str = "", months: int = MONTHS_FRESH) -> Counts:
    """Number of services, running or not, by `service_status`, `setting`, `confidential` or `freshness`.

    `freshness` needs `as_of`, the day (`2023-04-30`) at which a record checked more than `months` earlier is stale.
    """
    services = service_map["services"]
    rows = services.frame.rename(
        columns={"status": "service_status"}
    )  # a released table has a column status of its own
    known = {name: dimension for name, dimension in services.dimensions.items() if name != "status"}
    standing = services.dimensions["status"]
    known["service_status"] = Dimension("service_status", standing.title, standing.categories)
    if "freshness" in by:
        rows = rows.assign(freshness=_freshness(rows["assured_date"], as_of, months))
        known["freshness"] = Dimension("freshness", "When the record was last checked", FRESHNESS, missing=("never",))
    return _counted(services, rows, by, known, unit="service")


def offers(service_map: TableGroup, by: Sequence[str]) -> Counts:
    """What running services cover, by `form_group`, `prevention_level`, `age_band` or `setting`.

    An offer is one form of harm at one level for one age band by one service: a service makes several.
    """
    covered, services = service_map["service_coverage"], service_map["services"]
    known = {**covered.dimensions, "setting": services.dimensions["setting"]}
    return _counted(covered, _offers(service_map), by, known, unit="offer")


def routes(service_map: TableGroup) -> Counts:
    """Referral routes by whether the service they lead to is running (`leads_to`)."""
    referrals = service_map["referrals"]
    running = _running(service_map)
    leads = referrals.frame["to_service_id"].isin(running).map({True: "running", False: "stopped"})
    known = {"leads_to": Dimension("leads_to", "Where the referral leads", ROUTES)}
    return _counted(referrals, referrals.frame.assign(leads_to=leads), ["leads_to"], known, unit="referral route")


def coverage(service_map: TableGroup) -> Statistic:
    """Running services for every form of harm, level of prevention and age band, gaps included (kind `coverage`).

    `text` says in which settings: `school 2, health 1`, or `nothing offered`.
    """
    return _coverage(service_map, _cells(service_map))


def gaps(service_map: TableGroup) -> Statistic:
    """The cells that no running service covers, in sentences; a row of ages that are all empty is one gap."""
    cells = _cells(service_map)
    empty, rows = cells[cells["services"] == 0], list[tuple[object, ...]]()
    ages = len(service_map["service_coverage"].dimensions["age_band"].categories)
    when = _when(service_map["service_coverage"].dimensions["prevention_level"])
    for (form, level), group in empty.groupby(["form", "level"], sort=False):
        whole = len(group) == ages
        for band in ["All ages"] if whole else group["age_band"]:
            rows.append((form, level, band, 0, f"{form}, {_lower(band)}: nothing {when[str(level)]}"))
    if not rows and len(cells):
        rows.append(
            ("Every form", "Every level", "All ages", int(cells["services"].min()), "No gap: every cell has a service")
        )
    return _coverage(service_map, pd.DataFrame(rows, columns=list(COVERAGE)), text="Gap")


def duplicated(service_map: TableGroup, *, least: int = 3) -> Statistic:
    """The cells that `least` running services or more cover, most first: where provision could be shared out."""
    cells = _cells(service_map)
    many = cells[cells["services"] >= least].sort_values("services", ascending=False, kind="stable")
    if many.empty and len(cells):
        most = int(cells["services"].max())
        none = ("Every form", "Every level", "All ages", most, f"No cell has {least} services or more")
        many = pd.DataFrame([none], columns=list(COVERAGE))
    return _coverage(service_map, many)


def access(service_map: TableGroup, population: CheckedTable) -> Statistic:
    """Running services for each age band per 1,000 children of the locality in it (kind `coverage`).

    A service that covers an age band counts once in it. The whole locality only: no rate by area.
    """
    rows = _offers(service_map)
    if rows.empty or population.frame.empty:
        return _coverage(service_map, pd.DataFrame(columns=list(COVERAGE)))
    children = population.frame.groupby("age_band")["persons"].sum()
    found = []
    for code, label in service_map["service_coverage"].dimensions["age_band"].categories.items():
        number, exposed = int(rows.loc[rows["age_band"] == code, "service_id"].nunique()), int(children.get(code, 0))
        rate = f"{PER * number / exposed:.1f} ({exposed:,} children)" if exposed else "no children recorded"
        found.append(("Any form", "Any level", label, number, rate))
    return _coverage(service_map, pd.DataFrame(found, columns=list(COVERAGE)), text="Per 1,000 children")


def network(service_map: TableGroup) -> Statistic:
    """Referrals between running services (kind `network`): routes in and out, betweenness, isolated or not.

    Betweenness is the share of shortest routes between other services that pass through (Freeman 1977), by the
    algorithm of Brandes 2001 on the directed graph, divided by (n - 1)(n - 2).
    """
    services, routes_frame = service_map["services"], service_map["referrals"].frame
    nodes = sorted(_running(service_map))
    inside = routes_frame[routes_frame["from_service_id"].isin(nodes) & routes_frame["to_service_id"].isin(nodes)]
    following: dict[str, list[str]] = {node: [] for node in nodes}
    for start, end in sorted(zip(inside["from_service_id"], inside["to_service_id"], strict=True)):
        following[start].append(end)
    arriving = inside["to_service_id"].value_counts()
    passing = betweenness(following)
    frame = pd.DataFrame(
        [
            {
                "service_code": node,
                "degree_in": int(arriving.get(node, 0)),
                "degree_out": len(following[node]),
                "betweenness": passing[node],
                "isolated": "no" if following[node] or arriving.get(node, 0) else "yes",
            }
            for node in nodes
        ],
        columns=["service_code", "degree_in", "degree_out", "betweenness", "isolated"],
    )
    columns = {
        "service_code": "Service",
        "degree_in": "Refer to it",
        "degree_out": "It refers to",
        "betweenness": "Betweenness",
        "isolated": "Isolated",
    }
    return Statistic("network", frame, columns, "service", len(nodes), services.origin)


def betweenness(following: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Share of shortest paths through each node of a directed graph (node -> nodes it leads to); Brandes 2001."""
    total = dict.fromkeys(following, 0.0)
    for source in following:
        order: list[str] = []
        before: dict[str, list[str]] = {node: [] for node in following}
        paths = dict.fromkeys(following, 0.0) | {source: 1.0}
        distance = {source: 0}
        waiting = deque([source])
        while waiting:
            here = waiting.popleft()
            order.append(here)
            for there in following[here]:
                if there not in distance:
                    distance[there] = distance[here] + 1
                    waiting.append(there)
                if distance[there] == distance[here] + 1:
                    paths[there] += paths[here]
                    before[there].append(here)
        share = dict.fromkeys(following, 0.0)
        for node in reversed(order):
            for earlier in before[node]:
                share[earlier] += paths[earlier] / paths[node] * (1 + share[node])
            if node != source:
                total[node] += share[node]
    pairs = max(1, (len(following) - 1) * (len(following) - 2))
    return {node: value / pairs for node, value in total.items()}


def _running(service_map: TableGroup) -> set[str]:
    services = service_map["services"].frame
    return set(services.loc[services["status"] == RUNNING, "id"])


def _offers(service_map: TableGroup) -> pd.DataFrame:
    """The rows of what is covered that belong to running services, with the setting of the service."""
    services = service_map["services"].frame
    running = services.loc[services["status"] == RUNNING, ["id", "setting"]].rename(columns={"id": "service_id"})
    return service_map["service_coverage"].frame.merge(running, on="service_id", how="inner", validate="m:1")


def _cells(service_map: TableGroup) -> pd.DataFrame:
    """Every form x level x age band with its running services, in the order of the dictionary, as labels."""
    covered, settings = service_map["service_coverage"], service_map["services"].dimensions["setting"].categories
    if not covered.supplied:
        return pd.DataFrame(columns=list(COVERAGE))
    rows = _offers(service_map)
    forms, levels, ages = (
        covered.dimensions[name].categories for name in ("form_group", "prevention_level", "age_band")
    )
    found = []
    for form, form_label in forms.items():
        for level, level_label in levels.items():
            for age, age_label in ages.items():
                here = rows[
                    (rows["form_group"] == form) & (rows["prevention_level"] == level) & (rows["age_band"] == age)
                ]
                numbers = {label: int((here["setting"] == code).sum()) for code, label in settings.items()}
                where = ", ".join(f"{_lower(label)} {number}" for label, number in numbers.items() if number)
                found.append(
                    (form_label, level_label.partition(DASH)[0], age_label, len(here), where or "nothing offered")
                )
    return pd.DataFrame(found, columns=list(COVERAGE))


def _coverage(service_map: TableGroup, frame: pd.DataFrame, text: str = "Where") -> Statistic:
    origin, columns = service_map["service_coverage"].origin, {**COVERAGE, "text": text}
    return Statistic("coverage", frame.reset_index(drop=True), columns, "service", 0, origin)


def _counted(
    table: CheckedTable, rows: pd.DataFrame, by: Sequence[str], known: Mapping[str, Dimension], unit: str
) -> Counts:
    for name in by:
        if name not in known:
            raise UnknownName(f"There is no dimension {name} of a {unit}.", nearest(name, known))
    return counted(table, rows, [known[name] for name in by], unit)


def day_of(as_of: str) -> pd.Timestamp:
    """The day from which the age of a record is counted. Raises `InputRefused`."""
    day = pd.to_datetime(as_of, format="%Y-%m-%d", errors="coerce")
    if pd.isna(day):
        raise InputRefused(f"as_of says {as_of!r}: not a day.", "Give the day of the report, such as 2023-04-30.")
    return pd.Timestamp(day)


def _freshness(assured: pd.Series, as_of: str, months: int) -> pd.Series:
    day = day_of(as_of)
    checked = pd.to_datetime(assured)
    fresh = checked.ge(day - pd.DateOffset(months=months))
    return fresh.map({True: "fresh", False: "stale"}).mask(checked.isna(), "never")


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def _when(level: Dimension) -> dict[str, str]:
    """`after harm (tertiary)` by the name of a level whose label is `Tertiary – after harm`."""
    parts = [label.partition(DASH) for label in level.categories.values()]
    return {name: f"{when} ({_lower(name)})" if when else f"at the level {_lower(name)}" for name, _, when in parts}
