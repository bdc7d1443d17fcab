"""Policies as data: each says where it comes from; group disclosure; rounding instead of hiding."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from compendium.aggregate import Counts, Dimension, Origin
from compendium.disclosure import audit_dir, protect, protect_csv, settle_counts
from compendium.disclosure.policy import Policy, floor, policies, policy, policy_for
from compendium.disclosure.rounding import bounds_of
from compendium.errors import DisclosureRefused

COUNTS = pd.DataFrame(
    {
        "group": [g for g in ("21-30", "31-40", "41-50", "51+") for _ in range(2)],
        "answer": ["yes", "no"] * 4,
        "n": [3, 15, 8, 15, 16, 15, 23, 21],
    }
)


@pytest.mark.parametrize("entry", policies().values(), ids=lambda entry: entry.name)
def test_every_policy_names_its_source_version_and_the_day_it_was_checked(entry: Policy) -> None:
    assert entry.source and entry.version and entry.title
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", entry.date)
    assert "2026-11-22" in entry.checked


def test_the_policies_of_the_field_are_there() -> None:
    assert {"threshold-10", "ukllc", "sdap-10", "acro", "opensafely"} <= set(policies())
    assert {policy(name).zeros for name in ("ukllc", "acro")} == {"always"}


@pytest.mark.parametrize(
    ("units", "expected"), [("persons", "threshold-10"), ("participants", "participants"), ("services", "services")]
)
def test_each_kind_of_unit_has_its_floor(units: str, expected: str) -> None:
    assert floor(Origin("t", "T", "sensitive", "synthetic", "", "made up", units=units)).name == expected


def counts(policy: str = "threshold-10") -> Counts:
    dimension = Dimension("kind", "Kind", {"a": "A", "b": "B"})
    frame = pd.DataFrame({"kind": ["a", "b"], "count": [20, 30]})
    return Counts(frame, "case", (dimension,), Origin("t", "T", "sensitive", "synthetic", policy, "made up"))


def test_stricter_is_allowed_and_looser_is_an_error_that_names_the_floor() -> None:
    assert policy_for("t", counts(), "ukllc").name == "ukllc"
    with pytest.raises(DisclosureRefused, match="threshold-10 is looser than ukllc"):
        policy_for("t", counts("ukllc"), "threshold-10")


@pytest.mark.parametrize("rounding", ["opensafely", "opensafely-midpoint-6"])
def test_a_locality_cannot_swap_hiding_for_rounding(rounding: str) -> None:
    with pytest.raises(DisclosureRefused):
        policy_for("t", counts(), rounding)


def table(zero_in_a: int, policy: str = "sdap-10") -> Counts:
    """Two plain variables, no area: zeros are shown, unless they give a whole group away."""
    stage = Dimension("stage", "Stage", {"open": "Open", "closed": "Closed"})
    group = Dimension("group", "Group", {"a": "A", "b": "B", "c": "C"})
    frame = pd.DataFrame(
        {
            "group": ["a", "a", "b", "b", "c", "c"],
            "stage": ["open", "closed"] * 3,
            "count": [40, zero_in_a, 30, 35, 28, 44],
        }
    )
    return Counts(frame, "case", (group, stage), Origin("t", "T", "sensitive", "synthetic", policy, "made up"))


def test_all_of_a_group_in_one_category_is_not_told() -> None:
    settled = settle_counts({"t": table(0)})
    frame = settled.frames["t"].set_index(["group", "stage"])
    assert frame.loc[("a", "closed"), "status"] == "hidden"
    assert {cell["verdict"] for cell in settled.certificate["tables"]["t"]["cells"]} == {"protected"}
    assert set(settle_counts({"t": table(25)}).frames["t"]["status"]) == {"published"}
    # this project's default judges that by the attribute: neither variable here is sensitive
    assert set(settle_counts({"t": table(0, "threshold-10")}).frames["t"]["status"]) == {"published"}


def test_a_category_that_cannot_hold_anybody_tells_nothing_of_a_group() -> None:
    possible = table(0)
    impossible = Counts(
        possible.frame, possible.unit, possible.dimensions, possible.origin, frozenset({("a", "closed")})
    )
    assert set(settle_counts({"t": impossible}).frames["t"]["status"]) == {"published"}


def test_a_table_can_be_protected_by_redaction_and_rounding() -> None:
    """The published example: 3, 8, 16, 23 give redacted, 10, 15, 25; their total is 50, the sum of what is printed."""
    found = protect(COUNTS, rows="group", columns="answer", count="n", policy="opensafely")
    shown = found.published.set_index(["group", "answer"])["n"]
    assert pd.isna(shown["21-30", "yes"])
    assert [shown[g, "yes"] for g in ("31-40", "41-50", "51+", "Total")] == [10, 15, 25, 50]
    assert shown["21-30", "Total"] == 15
    assert found.certificate["cells"] == [
        {"group": "21-30", "answer": "yes", "lowest": 0, "highest": 7, "verdict": "protected"}
    ]
    assert "totals are sums" in found.certificate["rule"]


def test_midpoint_rounding_prints_every_cell_and_is_not_for_areas() -> None:
    found = protect(COUNTS, rows="group", columns="answer", count="n", policy="opensafely-midpoint-6")
    shown = found.published.set_index(["group", "answer"])["n"]
    assert [shown[g, "yes"] for g in ("21-30", "31-40", "41-50", "51+")] == [3, 9, 15, 21]
    assert shown["Total", "yes"] == 48
    for column, labels in (("Ward", COUNTS["group"]), ("group", ["E05001644"] * 2 + list(COUNTS["group"][2:]))):
        by_area = COUNTS.assign(group=labels).rename(columns={"group": column})
        with pytest.raises(DisclosureRefused, match="not for tables by area"):
            protect(by_area, rows=column, columns="answer", count="n", policy="opensafely-midpoint-6")


def test_rounded_counts_stand_for_the_intervals_that_opensafely_gives() -> None:
    assert bounds_of(10, policy("opensafely")) == (8, 12)
    assert bounds_of(15, policy("opensafely")) == (13, 17)
    assert bounds_of(9, policy("opensafely-midpoint-6")) == (7, 12)
    assert bounds_of(0, policy("opensafely-midpoint-6")) == (0, 0)


def test_the_audit_reads_rounded_counts_as_intervals(tmp_path: Path) -> None:
    source = tmp_path / "counts.csv"
    COUNTS.to_csv(source, index=False)
    out = tmp_path / "out"
    protect_csv(source, rows="group", columns="answer", count="n", policy="opensafely", out=out)
    assert audit_dir(out).protected
    # the true total of a column instead of the sum of what is printed: 50 less 10, 15 and 25 leaves 0 to 7, but the
    # true row total of 18, rounded to 20, less 15 leaves 1 to 9: nothing under 1
    text = (out / "protected.csv").read_text()
    (out / "protected.csv").write_text(text.replace("21-30,Total,15,", "21-30,Total,20,"))
    assert not audit_dir(out).protected
