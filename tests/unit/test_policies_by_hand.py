"""The rules of policies worked out by hand: which is stricter, what rounding prints, and what a printed count means."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pandas as pd
import pytest

from compendium.aggregate import TOTAL, Counts, Dimension, Origin
from compendium.disclosure import attack
from compendium.disclosure.attack import HiddenCell
from compendium.disclosure.findings import _as_rounded
from compendium.disclosure.intruder import Interval
from compendium.disclosure.policy import ZEROS, floor, policy, policy_for
from compendium.disclosure.rounding import (
    bounds_of,
    midpoint_6,
    numerators_of,
    redact_and_round,
    redacted_interval,
    rounded_table,
    rule_of,
)
from compendium.disclosure.settle import _candidate
from compendium.errors import DisclosureRefused

BASE = policy("threshold-10")
ORDER = {"never": 0, "when_sensitive": 1, "always": 2}  # by hand: each hides all that the one before it hides


def test_the_order_of_strictness_is_that_of_the_words() -> None:
    assert {word: ZEROS.index(word) for word in ORDER} == ORDER


@pytest.mark.parametrize("own", list(product((9, 10, 11), ORDER, ORDER)))
def test_a_policy_is_as_strict_as_another_when_it_hides_all_that_the_other_hides(own: tuple[int, str, str]) -> None:
    """By brute force over counts, sensitive or not, in a group or not."""
    one = replace(BASE, threshold=own[0], zeros=own[1], group_disclosure=own[2])  # type: ignore[arg-type]
    for threshold, zeros, groups in product((9, 10, 11), ORDER, ORDER):
        other = replace(BASE, threshold=threshold, zeros=zeros, group_disclosure=groups)  # type: ignore[arg-type]

        def hides(which: object, count: int, sensitive: bool, grouped: bool) -> bool:
            assert isinstance(which, type(BASE))
            if count:
                return count < which.threshold
            return which.hides_zeros(sensitive) or (grouped and which.hides_groups(sensitive))

        cases = list(product((0, 8, 9, 10, 11), (False, True), (False, True)))
        expected = all(hides(one, *case) or not hides(other, *case) for case in cases)
        assert one.at_least_as_strict_as(other) is expected, (one, other)


def test_published_figures_have_a_floor_of_their_own_and_no_words_of_a_dictionary_change_it() -> None:
    public = Origin("official", "Official", "public", "real", "threshold-10", "a publisher")
    assert floor(public).name == "public" and floor(public).method == "none"
    assert floor(replace(public, sensitivity="sensitive")).name == "threshold-10"
    assert floor(replace(public, sensitivity="sensitive", policy="", units="services")).name == "services"


def test_midpoints_of_six() -> None:
    """OpenSAFELY, midpoint 6 rounding: 0 stays; 1 to 6 print 3, 7 to 12 print 9, 13 to 18 print 15."""
    assert midpoint_6(range(20)) == [0, *[3] * 6, *[9] * 6, *[15] * 6, 21]
    assert all(isinstance(printed, int) for printed in midpoint_6([1, 7]))


def test_redaction_and_rounding_to_five() -> None:
    """OpenSAFELY, rounding counts: 7 and fewer are redacted, others go to the nearest 5."""
    assert redact_and_round(range(14)) == [0, *[None] * 7, 10, 10, 10, 10, 10, 15]


@pytest.mark.parametrize("name", ["opensafely", "opensafely-midpoint-6"])
def test_a_printed_count_stands_for_just_the_counts_that_are_printed_so(name: str) -> None:
    chosen = policy(name)
    way = midpoint_6 if chosen.method == "midpoint" else redact_and_round
    printed = dict(zip(range(100), way(range(100)), strict=True))
    for shown in {number for number in printed.values() if number is not None and number < 90}:
        meant = [count for count, told in printed.items() if told == shown]
        low, high = bounds_of(shown, chosen)
        assert isinstance(low, int) and isinstance(high, int)
        assert (low, high) == (min(meant), max(meant)), shown


def test_the_promise_of_a_rounding_policy_is_said_with_its_numbers() -> None:
    assert rule_of(policy("opensafely")) == (
        "A redacted count may be anything up to 7, a printed count x anything from x - 2 to x + 2; totals are sums of "
        "printed counts."
    )
    assert rule_of(policy("opensafely-midpoint-6")) == (
        "A printed count x above 0 stands for the 6 counts from x - 2 to x + 3; totals are sums of printed counts."
    )


def printed(name: str, numbers: list[int], impossible: frozenset[tuple[str, ...]] = frozenset()) -> list[int | None]:
    zone = Dimension("group", "Group", {code: code for code in "abc"})
    frame = pd.DataFrame({"group": list("abc"), "count": numbers})
    origin = Origin("t", "T", "sensitive", "synthetic", "threshold-10", "invented")
    candidate = _candidate("t", Counts(frame, "case", (zone,), origin, impossible), policy(name))
    found = rounded_table(candidate)
    return [found[code,] for code in (*"abc", TOTAL)]


def test_a_rounded_table_prints_cells_and_their_sum() -> None:
    assert printed("opensafely", [3, 8, 23]) == [None, 10, 25, 35]
    assert printed("opensafely-midpoint-6", [3, 8, 23]) == [3, 9, 21, 33]


def test_a_zero_is_redacted_where_zeros_are_and_never_where_none_can_be() -> None:
    shown = printed("opensafely", [0, 8, 23])
    hides = policy("opensafely").hides_zeros(False)
    assert shown[0] == (None if hides else 0)
    assert printed("opensafely", [0, 8, 23], frozenset({("a",)}))[0] == 0
    zone = Dimension("zone", "Zone", {code: code for code in "abc"}, area=True)
    frame = pd.DataFrame({"zone": list("abc"), "count": [0, 8, 23]})
    origin = Origin("t", "T", "sensitive", "synthetic", "threshold-10", "invented")
    by_area = _candidate("t", Counts(frame, "case", (zone,), origin), policy("opensafely"))
    redacted = policy("opensafely").hides_zeros(True)
    assert rounded_table(by_area)["a",] == (None if redacted else 0)
    assert redacted_interval(by_area).lowest == (0 if redacted else 1)
    assert redacted_interval(by_area).highest == 7


def test_an_attack_tells_by_name_and_labels_between_which_counts_a_hidden_cell_lies() -> None:
    """By hand: b and c hide 12 together, 0 to 12 each. One margin hidden leaves its cell without an upper end."""
    frame = pd.DataFrame(
        {
            "group": ["a", "b", "c", TOTAL],
            "count": [30, None, None, 42],
            "status": ["published", "hidden", "hidden", "published"],
        }
    )
    found = attack({"by_group": frame}, count="count", threshold=10)
    assert found[["group", "lowest", "highest", "verdict"]].to_numpy().tolist() == [
        ["b", 0, 12, "protected"],
        ["c", 0, 12, "protected"],
    ]
    assert set(found["table"]) == {"by_group"}
    assert set(attack([frame], count="count", threshold=10)["table"]) == {"0"}
    without = frame.assign(count=[30, None, None, None], status=["published", "hidden", "hidden", "hidden"])
    open_ = attack(without, count="count", threshold=10).set_index("group")["highest"]
    assert open_.isna().all() and len(open_) == 3


def test_tables_without_a_hidden_cell_are_attacked_in_vain_and_columns_a_table_lacks_are_totals() -> None:
    shown = pd.DataFrame({"group": ["a", TOTAL], "count": [30, 30], "status": "published"})
    none = attack(shown, count="count", threshold=10)
    assert list(none.columns) == ["table", "group", "lowest", "highest", "verdict"] and none.empty
    other = pd.DataFrame({"form": ["x", "y", TOTAL], "count": [None, None, 30]})
    other["status"] = ["hidden", "hidden", "published"]
    found = attack({"one": shown, "two": other}, count="count", threshold=10)
    assert found[["table", "group", "form"]].to_numpy().tolist() == [["two", TOTAL, "x"], ["two", TOTAL, "y"]]
    assert [str(found[name].dtype) for name in ("lowest", "highest")] == ["Int64", "Int64"]


def test_every_numerator_within_the_denominator_and_none_beyond() -> None:
    """12.5 % rounds to 12 (half to even) or 13 (half up): 1 of 8 either way; 100 % is all, 101 % none."""
    assert numerators_of(13.0, 8, decimals=0) == numerators_of(12.0, 8, decimals=0) == [1]
    assert numerators_of(100.0, 8, decimals=0) == [8] and numerators_of(0.0, 8, decimals=0) == [0]
    assert numerators_of(113.0, 8, decimals=0) == [] and numerators_of(112.0, 8, decimals=0) == []


def test_a_redacted_count_may_be_nobody_only_where_zeros_are_redacted() -> None:
    for area, least in ((False, 1), (True, 0)):
        zone = Dimension("zone", "Zone", {"a": "a", "b": "b"}, area=area)
        frame = pd.DataFrame({"zone": ["a", "b"], "count": [3, 20]})
        origin = Origin("t", "T", "sensitive", "synthetic", "threshold-10", "invented")
        made = _candidate("t", Counts(frame, "case", (zone,), origin), policy("opensafely"))
        assert (redacted_interval(made).lowest, redacted_interval(made).highest) == (least, 7)


@pytest.mark.parametrize("name", ["opensafely", "opensafely-midpoint-6"])
def test_counts_of_records_are_not_settled_under_a_policy_that_rounds(name: str) -> None:
    zone = Dimension("group", "Group", {"a": "a"})
    origin = Origin("t", "T", "sensitive", "synthetic", name, "invented")
    with pytest.raises(DisclosureRefused, match="rounds counts"):
        policy_for("t", Counts(pd.DataFrame({"group": ["a"], "count": [30]}), "case", (zone,), origin), None)


@pytest.mark.parametrize(
    ("lowest", "highest", "stands_for", "judged"),
    [(8, 12, (8, 12), "protected"), (9, 12, (8, 12), "narrow"), (9, 9, (8, 12), "exact"), (0, 0, (0, 0), "protected")],
)
def test_a_rounded_count_is_protected_while_nothing_narrows_what_it_stands_for(
    lowest: int, highest: int, stands_for: tuple[int, int], judged: str
) -> None:
    cell = HiddenCell("t", {"group": "a"}, Interval(lowest, highest, "protected"))
    assert _as_rounded(cell, stands_for).interval == Interval(lowest, highest, judged)  # type: ignore[arg-type]
