"""Who works with whom, counted by hand on a map of four services."""

from __future__ import annotations

import pandas as pd

from compendium.aggregate import CheckedTable, Dimension, Origin, TableGroup
from compendium.analysis import partners

KINDS = {"charity": "Charity", "police": "Police", "not_recorded": "Not recorded"}


def table(name: str, frame: pd.DataFrame, **dimensions: dict[str, str]) -> CheckedTable:
    origin = Origin(name, name, "sensitive", "synthetic", "services", "made up for a test", units="services")
    return CheckedTable(origin, "row", frame, {key: Dimension(key, key, labels) for key, labels in dimensions.items()})


def service_map() -> TableGroup:
    """Two charities' services, one of them closed, one of the police, one of nobody on record."""
    listed = {"id": ["S1", "S2", "S3", "S4"], "organization_id": ["O1", "O1", "O2", "O9"]}
    status = ["active", "defunct", "active", "active"]
    tables = {
        "organizations": table(
            "organizations", pd.DataFrame({"id": ["O1", "O2"], "kind": ["charity", "police"]}), kind=KINDS
        ),
        "services": table("services", pd.DataFrame({**listed, "status": status})),
        "referrals": table(
            "referrals", pd.DataFrame({"from_service_id": ["S1", "S3", "S3"], "to_service_id": ["S3", "S1", "S4"]})
        ),
    }
    return TableGroup("service_map", tables)


def test_services_are_counted_by_who_runs_them() -> None:
    found = partners.by_organisation(service_map()).frame.set_index(["organisation", "standing"])["count"]
    assert found["charity", "running"] == 1 and found["charity", "stopped"] == 1
    assert found["police", "running"] == 1 and found["not_recorded", "running"] == 1
    assert found.sum() == 4


def test_routes_are_counted_by_both_ends() -> None:
    found = partners.routes(service_map()).frame.set_index(["from_kind", "to_kind"])["count"]
    assert found["charity", "police"] == 1 and found["police", "charity"] == 1 and found["police", "not_recorded"] == 1
    assert found.sum() == 3
