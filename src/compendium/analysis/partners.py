"""Who works with whom: kinds of organisation that run services, and referral routes from one kind to another.

Organisations are counted by kind and never named.
"""

from __future__ import annotations

import pandas as pd

from compendium.aggregate import Counts, Dimension, TableGroup
from compendium.analysis.counting import counted

NOT_RECORDED = "not_recorded"
STANDING = {"running": "Running", "stopped": "Not running"}


def by_organisation(service_map: TableGroup) -> Counts:
    """Services by the kind of organisation that runs them, and whether they run (unit `service`)."""
    services = service_map["services"]
    rows = services.frame.assign(
        organisation=_kind(service_map, services.frame["id"]),
        standing=services.frame["status"].eq("active").map({True: "running", False: "stopped"}),
    )
    dimensions = (_kinds(service_map, "organisation", "Run by"), Dimension("standing", "Running", STANDING))
    return counted(services, rows, dimensions, "service")


def routes(service_map: TableGroup) -> Counts:
    """Referral routes by the kinds of organisation at both ends (unit `referral route`)."""
    referrals = service_map["referrals"]
    rows = referrals.frame.assign(
        from_kind=_kind(service_map, referrals.frame["from_service_id"]),
        to_kind=_kind(service_map, referrals.frame["to_service_id"]),
    )
    ends = (_kinds(service_map, "from_kind", "From"), _kinds(service_map, "to_kind", "To"))
    return counted(referrals, rows, ends, "referral route")


def _kind(service_map: TableGroup, services: pd.Series) -> pd.Series:
    """The kind of organisation that runs each of `services` (ids)."""
    run_by = service_map["services"].frame.set_index("id")["organization_id"]
    kinds = service_map["organizations"].frame.set_index("id")["kind"]
    return services.map(run_by.map(kinds)).fillna(NOT_RECORDED)


def _kinds(service_map: TableGroup, name: str, title: str) -> Dimension:
    kinds = service_map["organizations"].dimensions["kind"]
    return Dimension(name, title, kinds.categories, missing=(NOT_RECORDED,))
