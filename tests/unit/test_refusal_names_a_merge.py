"""What can't be released is explained on one private page, which names a change that was tried and passes."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from compendium import proposals
from compendium.aggregate import Counts, Dimension, Origin, with_coarser
from compendium.disclosure import crossing, settle_counts, ways_that_pass
from compendium.disclosure.passing import with_changes
from compendium.disclosure.redesign import Change
from compendium.errors import DisclosureRefused
from compendium.paths import Root
from compendium.proposals import Proposal
from compendium.release.settle import settle
from tests.unit.candidate import EVEN, NAME, NOTEBOOK, ZONES, counts, propose

THIN = {(zone, form): number for zone in ZONES for form, number in (("image", 6), ("other", 7))}
GROUPS = with_coarser(
    {
        "group": Dimension("group", "Group", dict.fromkeys(["victims_survivors", "police", "health"], "")),
        "merged": Dimension(
            "merged",
            "Group, merged",
            dict.fromkeys(["lived", "work"], ""),
            "group",
            {"lived": ("victims_survivors", "police"), "work": ("health",)},
        ),
    }
)


def page(root: Root) -> Path:
    return root.private / NAME / "refusal.md"


def proposed_again(root: Root, table: Counts) -> None:
    proposals.write(root.proposals(NAME) / NOTEBOOK, Proposal("victims_by_area", NOTEBOOK, "Victims by area", table))


def test_a_refused_cycle_names_a_page_whose_change_then_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(crossing.cross.__kwdefaults__, "limit", 3)
    root = Root(tmp_path)
    locality = propose(root, EVEN)
    with pytest.raises(DisclosureRefused, match=r"What would pass: \.private/leeds/refusal\.md"):
        settle(root, locality, [NOTEBOOK])
    said = page(root).read_text("utf-8")
    assert "1. victims_by_area: without zone" in said.lower()
    assert not (root.outputs / NAME).exists()
    zone = counts(EVEN).dimensions[0]
    proposed_again(root, with_changes(counts(EVEN), [Change(zone, None)]))
    assert settle(root, locality, [NOTEBOOK]).lost == ()
    assert not page(root).exists()


def test_a_table_of_which_no_cell_is_shown_gets_the_page_until_the_named_change_is_made(tmp_path: Path) -> None:
    root = Root(tmp_path)
    locality = propose(root, THIN)
    assert settle(root, locality, [NOTEBOOK]).lost == ("victims_by_area",)
    assert "victims_by_area: without Form of harm would show cells." in page(root).read_text("utf-8")
    assert settle(root, locality, [NOTEBOOK]).lost == ("victims_by_area",)  # also when nothing has to be settled
    form = counts(THIN).dimensions[1]
    proposed_again(root, with_changes(counts(THIN), [Change(form, None)]))
    settled = settle(root, locality, [NOTEBOOK])
    assert (settled.lost, settled.hidden, page(root).exists()) == ((), 0, False)


def test_going_back_to_what_passed_before_a_refusal_takes_the_page_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Root(tmp_path)
    locality = propose(root, EVEN)
    settle(root, locality, [NOTEBOOK])
    with monkeypatch.context() as patched:
        patched.setitem(crossing.cross.__kwdefaults__, "limit", 3)
        with pytest.raises(DisclosureRefused):
            settle(root, locality, [NOTEBOOK], force=True)
    assert page(root).exists()
    settle(root, locality, [NOTEBOOK])
    assert not page(root).exists()


def test_victims_who_would_stand_alone_are_merged_by_the_declared_grouping() -> None:
    origin = Origin("w", "Workshops", "sensitive", "synthetic", "participants", "invented", units="participants")
    alone = Dimension(
        "group", "Group", GROUPS["group"].categories, "stakeholder_group", coarser=(_of_groups(GROUPS["merged"]),)
    )
    frame = pd.DataFrame([("victims_survivors", 12), ("police", 15), ("health", 20)], columns=["group", "count"])
    tables = {"attendance": Counts(frame, "attendance", (alone,), origin)}
    with pytest.raises(DisclosureRefused, match="never counted or shown alone"):
        settle_counts(tables)
    way, *_ = ways_that_pass(tables, settle_counts)["attendance"]
    assert str(way) == "attendance: Group in 2 groups (merged)"
    (shown,) = settle_counts(way.applied(tables)).frames.values()
    assert list(shown["count"]) == [27, 20, 47]


def _of_groups(grouping: Dimension) -> Dimension:
    return Dimension(
        grouping.name, grouping.title, grouping.categories, "stakeholder_group", grouping.members, coarser=()
    )


def test_a_merge_keeps_a_cell_impossible_only_when_all_that_it_holds_are() -> None:
    who = Dimension("who", "Who", dict.fromkeys(["adult", "child"], ""))
    rows = [
        (g, w, n)
        for g, pair in zip(GROUPS["group"].categories, [(3, 0), (4, 0), (5, 0)], strict=True)
        for w, n in zip(who.categories, pair, strict=True)
    ]
    zeros = frozenset({("victims_survivors", "child"), ("police", "child")})
    frame = pd.DataFrame(rows, columns=["group", "who", "count"])
    origin = Origin("c", "C", "sensitive", "synthetic", "threshold-10", "invented")
    table = Counts(frame, "person", (GROUPS["group"], who), origin, zeros)
    found = with_changes(table, [Change(GROUPS["group"], GROUPS["merged"])])
    assert found.structural_zeros == {("lived", "child")}
    assert found.frame.to_dict("list")["count"] == [7, 0, 5, 0]


def test_settling_leaves_advice_and_the_distance_from_the_least_loss_in_private(tmp_path: Path) -> None:
    root = Root(tmp_path)
    locality = propose(root, {**EVEN, ("Z05", "image"): 3})
    settle(root, locality, [NOTEBOOK])
    room = root.private / NAME
    mask = json.loads((room / "mask.json").read_text("utf-8"))["units"]["victim"]
    assert mask["tables"] == ["victims_by_area"]
    assert 0 < mask["bound"] <= mask["loss"]
    assert mask["gap"] == round(1 - mask["bound"] / mask["loss"], 4)
    assert "without Form of harm: 0 of 5" in (room / "advice.md").read_text("utf-8").replace("Without", "without")
    assert json.loads((room / "advice.json").read_text("utf-8"))["budgets"] == [
        "1 table counts 213 records by victim; they carry about 14."
    ]
    public = b"".join(file.read_bytes() for file in (root.outputs / NAME).rglob("*") if file.is_file())
    assert b'"bound"' not in public and b"bits of a record" not in public
