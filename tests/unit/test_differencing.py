"""New releases beside earlier ones: what subtraction would leave, what may not change, what a correction hides."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pandas as pd
import pytest

from compendium import disclosure
from compendium.aggregate import Counts, Dimension, Origin
from compendium.disclosure.differencing import Numbers, contradictions, small_changes, small_differences, true_counts
from compendium.disclosure.known import KnownTable
from compendium.errors import DisclosureRefused
from compendium.paths import Root
from compendium.release.approve import approve, signed, withdraw
from compendium.release.settle import DIFFERENCES, settle
from tests.unit.candidate import EVEN, NAME, NOTEBOOK, candidate, dimensions, propose

FEBRUARY = signed(["Ann Lee", "Bo Okafor"], "2026-03-15", "", people=2)
MARCH = signed(["Ann Lee", "Bo Okafor"], "2026-04-15", "", people=2)
ONE_MORE = {**EVEN, ("Z07", "image"): 31}


def shown(root: Root) -> dict[tuple[str, str], int | None]:
    """What the candidate shows: zone and form (or Total) to the count, None where hidden."""
    frame = pd.read_csv(root.outputs / NAME / "tables" / "victims_by_area.csv")
    pairs = zip(frame["zone"], frame["form"], frame["count"], strict=True)
    return {(zone, form): None if pd.isna(count) else int(count) for zone, form, count in pairs}


def test_march_minus_february_never_leaves_one(tmp_path: Path) -> None:
    """By hand: 30 were shown for Zone 07 to February; 31 to March would tell that one child was added in March."""
    root, locality = candidate(tmp_path)
    assert shown(root)["Z07", "image"] == 30
    approve(root, locality, [NOTEBOOK], FEBRUARY)
    locality = propose(root, ONE_MORE, to="2026-03")
    settle(root, locality, [NOTEBOOK])
    now = shown(root)
    assert now["Z07", "image"] is None and now["Z07", "Total"] is None and now["Total", "Total"] is None
    told = (root.private / NAME / DIFFERENCES).read_text("utf-8")
    assert (
        "victims_by_area of January 2026 to March 2026 minus victims_by_area (release 1 of 2026-03-15) of January 2026 "
        "to February 2026 leaves 1 in Zone 07, Image of the child.\n"
    ) in told
    assert approve(root, locality, [NOTEBOOK], MARCH).entry.number == 2


def test_the_words_of_a_difference_name_tables_months_and_place() -> None:
    by_zone = (dimensions()[0],)
    new = Numbers("a", "victim", dimensions(), ("2026-03", "2026-03"), {("Z07", "Total"): 12, ("Z08", "Total"): 40}, 10)
    old = KnownTable("b", "earlier release", "victim", by_zone, ("2026-03", "2026-04"), {("Z07",): (13, 13)})
    assert [str(found) for found in small_differences(new, [old])] == [
        "b of March 2026 to April 2026 minus a of March 2026 leaves 1 in Zone 07"
    ]
    assert contradictions(new, [old]) == []


def test_fewer_in_more_months_is_a_contradiction_and_no_difference() -> None:
    new = Numbers("a", "victim", dimensions(), ("2026-01", "2026-03"), {("Z07", "image"): 29}, 10)
    old = KnownTable("b", "x", "victim", dimensions(), ("2026-01", "2026-02"), {("Z07", "image"): (30, 30)})
    assert small_differences(new, [old]) == []
    assert [found.said for found in contradictions(new, [old])] == ["Zone 07, Image of the child"]


def test_two_known_tables_of_one_name_and_other_months_are_each_subtracted() -> None:
    """A reply and its sequel bear one name; taken for the first, the second would look like a contradiction."""
    later = KnownTable("foi", "x", "victim", dimensions(), ("2026-01", "2026-04"), {("Z07", "image"): (40, 40)})
    earlier = KnownTable("foi", "x", "victim", dimensions(), ("2026-01", "2026-02"), {("Z07", "image"): (30, 30)})
    new = Numbers("a", "victim", dimensions(), ("2026-01", "2026-03"), {("Z07", "image"): 31}, 10)
    assert [found.left for found in small_differences(new, [later, earlier])] == [9, 1]


def test_other_units_and_other_months_are_not_subtracted() -> None:
    counts = {("Z07", "image"): 31}
    other_unit = KnownTable("b", "x", "case", dimensions(), ("2026-01", "2026-02"), {("Z07", "image"): (30, 30)})
    other_months = KnownTable("b", "x", "victim", dimensions(), ("2025-01", "2025-12"), {("Z07", "image"): (30, 30)})
    new = Numbers("a", "victim", dimensions(), ("2026-01", "2026-03"), counts, 10)
    assert small_differences(new, [other_unit, other_months]) == []


AT = ("Z07", "image")
MONTHS = [f"2026-{month:02}" for month in range(1, 5)]
PERIODS = [(first, last) for at, first in enumerate(MONTHS) for last in MONTHS[at:]]


def test_what_subtraction_tells_is_what_it_tells_for_every_two_periods_and_numbers() -> None:
    """Brute force over periods of four months and counts 28 to 42 beside 30, against the definition month by month.

    One period within the other: the months of the longer alone hold the difference. Fewer than none is a
    contradiction; 1 to 9 a small difference. Otherwise nothing is told.
    """
    for ours, theirs in product(PERIODS, PERIODS):
        held, known = ({m for m in MONTHS if first <= m <= last} for first, last in (ours, theirs))
        old = KnownTable("b", "x", "victim", dimensions(), theirs, {AT: (30, 30)})
        for count in (20, 21, 29, 30, 31, 39, 40):
            new = Numbers("a", "victim", dimensions(), ours, {AT: count}, 10)
            added = {held > known: count - 30, known > held: 30 - count}.get(True)
            same, nested = held == known, held >= known or known >= held
            assert bool(small_differences(new, [old])) == (added is not None and 0 < added < 10)
            assert bool(contradictions(new, [old])) == ((added is not None and added < 0) or (same and count != 30))
            assert bool(small_changes(new, [old])) == (nested and 0 < abs(count - 30) < 10)


def test_what_is_known_between_bounds_hidden_or_of_another_grouping_is_not_subtracted() -> None:
    zone, form = dimensions()
    new = Numbers("a", "victim", (zone, form), ("2026-01", "2026-03"), {AT: 31, ("Z07", "Total"): 60}, 10)
    coarse = Dimension("zone", "Zone", zone.categories, members={code: (code, f"{code}b") for code in zone.categories})
    for dims, cells in (
        ((zone, form), {AT: (29, 30)}),
        ((zone, form), {AT: (30, None)}),
        ((zone, form), {}),
        ((coarse, form), {AT: (30, 30)}),
    ):
        old = KnownTable("b", "x", "victim", dims, ("2026-01", "2026-02"), cells)
        assert small_differences(new, [old]) == contradictions(new, [old]) == []
    turned = KnownTable("b", "x", "victim", (form, zone), ("2026-01", "2026-02"), {AT[::-1]: (30, 30)})
    (found,) = small_differences(new, [turned])
    assert (found.table, found.earlier, found.labels, found.new, found.old) == ("a", "b", AT, 31, 30)
    assert str(found) == (
        "a of January 2026 to March 2026 minus b of January 2026 to February 2026 "
        "leaves 1 in Zone 07, Image of the child"
    )
    total = KnownTable("b", "x", "victim", (), ("2026-01", "2026-02"), {(): (58, 58)})
    everyone = Numbers("a", "victim", (zone,), ("2026-01", "2026-03"), {("Total",): 60}, 10)
    assert [found.said for found in small_differences(everyone, [total])] == ["the total"]


def test_margins_of_proposed_counts_are_added_up() -> None:
    frame = pd.DataFrame(
        [("Z07", "image", 3), ("Z07", "other", 4), ("Z08", "image", 5)], columns=["zone", "form", "count"]
    )
    origin = Origin("v", "V", "sensitive", "synthetic", "threshold-10", "invented")
    assert true_counts(Counts(frame, "victim", dimensions(), origin)) == {
        ("Z07", "image"): 3,
        ("Z07", "other"): 4,
        ("Z08", "image"): 5,
        ("Z07", "Total"): 7,
        ("Z08", "Total"): 5,
        ("Total", "image"): 8,
        ("Total", "other"): 4,
        ("Total", "Total"): 12,
    }


def test_records_that_contradict_a_standing_release_are_refused_with_the_pair_named(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path)
    approve(root, locality, [NOTEBOOK], FEBRUARY)
    locality = propose(root, ONE_MORE)
    with pytest.raises(DisclosureRefused) as refused:
        settle(root, locality, [NOTEBOOK])
    said = str(refused.value)
    assert "victims_by_area and victims_by_area (release 1 of 2026-03-15) contradict each other" in said
    assert "Zone 07" in said and "--withdraw 1" in said
    assert "31" not in said and "30" not in said
    assert shown(root)["Z07", "image"] == 30  # the old candidate lies there as it was


def test_after_a_withdrawal_a_small_correction_is_hidden_and_the_rest_is_shown(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path)
    approve(root, locality, [NOTEBOOK], FEBRUARY)
    locality = propose(root, ONE_MORE)
    withdraw(root, locality, 1, "A case was missing.", signed(["Ann Lee"], "2026-03-20", "", people=1))
    settle(root, locality, [NOTEBOOK])
    now = shown(root)
    assert now["Z07", "image"] is None and now["Z07", "Total"] is None and now["Total", "Total"] is None
    assert now["Z05", "image"] == 30
    assert approve(root, locality, [NOTEBOOK], MARCH).entry.number == 3


def test_the_same_records_keep_their_mask_even_with_another_secret(tmp_path: Path) -> None:
    """One small cell: which zone is hidden with it is a tie that the secret decides, until a release was approved."""
    small = {**EVEN, ("Z05", "image"): 3}

    def hidden(root: Root, digit: int) -> frozenset[tuple[str, str]]:
        (root.private / NAME / "seed").write_text(f"{digit:064x}\n")
        settle(root, locality, [NOTEBOOK], force=True)
        return frozenset(cell for cell, count in shown(root).items() if count is None)

    root, locality = candidate(tmp_path, small)
    masks = {digit: hidden(root, digit) for digit in range(3)}
    assert len(set(masks.values())) > 1
    hidden(root, 0)
    approve(root, locality, [NOTEBOOK], FEBRUARY)
    assert {hidden(root, digit) for digit in masks} == {masks[0]}


def test_a_release_of_synthetic_records_says_nothing_of_real_ones(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path, provenance="synthetic")
    approve(root, locality, [NOTEBOOK], FEBRUARY)
    locality = propose(root, ONE_MORE, provenance="real")
    settle(root, locality, [NOTEBOOK])
    assert shown(root)["Z07", "image"] == 31


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    root, locality = candidate(tmp_path)
    seed = root.private / NAME / "seed"
    content = seed.read_text("ascii")
    assert len(content.strip()) == 64 and seed.stat().st_mode & 0o077 == 0
    settle(root, locality, [NOTEBOOK], force=True)
    assert seed.read_text("ascii") == content
    assert content.strip() not in "".join(p.read_text("utf-8") for p in (root.outputs / NAME).rglob("*.json"))


def test_a_mask_that_forgot_an_earlier_release_is_noticed_by_plain_subtraction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, locality = candidate(tmp_path)
    approve(root, locality, [NOTEBOOK], FEBRUARY)
    locality = propose(root, ONE_MORE, to="2026-03")
    honest = disclosure.settle_counts
    monkeypatch.setattr(disclosure, "settle_counts", lambda tables, known, **how: honest(tables, **how))
    settle(root, locality, [NOTEBOOK])
    assert shown(root)["Z07", "image"] == 31
    with pytest.raises(DisclosureRefused, match="leaves a small number in"):
        approve(root, locality, [NOTEBOOK], MARCH)
