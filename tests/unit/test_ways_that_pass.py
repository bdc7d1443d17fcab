"""Which changes are tried for tables that can't be settled, in which order, and which of them are named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest

from compendium.aggregate import TOTAL, Counts, Dimension, Origin, with_coarser
from compendium.disclosure import passing, ways_that_pass
from compendium.disclosure.passing import shows_cells, with_changes
from compendium.disclosure.redesign import Change
from compendium.disclosure.settle import Protected
from compendium.errors import DisclosureRefused

CASES = Origin("cases", "Cases", "sensitive", "synthetic", "threshold-10", "invented")
PUBLIC = replace(CASES, sensitivity="public")
ZONES = with_coarser(
    {
        "zone": Dimension("zone", "Zone", dict.fromkeys(["Z1", "Z2", "Z3"], "")),
        "half": Dimension("half", "Half", dict.fromkeys("NS", ""), "zone", {"N": ("Z1", "Z2"), "S": ("Z3",)}),
    }
)
ZONE, HALF = ZONES["zone"], ZONES["half"]
FORM = Dimension("form", "Form", dict.fromkeys("xy", ""))


def counts(*dimensions: Dimension, origin: Origin = CASES, unit: str = "case") -> Counts:
    cells = list(product(*(dimension.categories for dimension in dimensions)))
    frame = pd.DataFrame(cells, columns=[d.name for d in dimensions]).assign(count=range(1, len(cells) + 1))
    return Counts(frame, unit, dimensions, origin)


TABLES = {"both": counts(ZONE, FORM), "zones": counts(ZONE), "areas": counts(FORM, origin=PUBLIC, unit="area")}
Said = tuple[tuple[str, tuple[str, ...]], ...]
FIRST = [
    (("both", ("half", "form")), ("zones", ("zone",))),
    (("both", ("zone", "form")), ("zones", ("half",))),
    (("both", ("half", "form")), ("zones", ("half",))),
    (("both", ("zone",)), ("zones", ("zone",))),
    (("both", ("form",)), ("zones", ("zone",))),
    (("zones", ("zone",)),),
    (("both", ("zone", "form")),),
    (("both", ("half",)), ("zones", ("zone",))),
]
NAMES = [
    "both: Zone in 2 groups (half)",
    "zones: Zone in 2 groups (half)",
    "both, zones: Zone in 2 groups (half)",
    "both: without Form",
    "both: without Zone",
    "without the table both",
    "without the table zones",
    "both: Zone in 2 groups (half) and without Form",
]


def settling(
    passes: Callable[[Said], bool], tried: list[Said], shown: Callable[[str], bool] = lambda name: True
) -> Callable[[Mapping[str, Counts]], Protected]:
    def settle(tables: Mapping[str, Counts]) -> Protected:
        said = tuple((n, tuple(d.name for d in t.dimensions)) for n, t in tables.items() if n != "areas")
        assert "areas" in tables  # public tables are known to every attacker
        tried.append(said)
        if not passes(said):
            raise DisclosureRefused("No mask protects them.")
        frames = {
            name: table.frame.assign(status="published" if shown(name) else "hidden") for name, table in tables.items()
        }
        return Protected(frames, {}, [], {})  # type: ignore[arg-type]

    return settle


def test_groupings_are_tried_first_then_everywhere_then_omissions_then_all_together() -> None:
    tried: list[Said] = []
    assert ways_that_pass(TABLES, settling(lambda said: False, tried)) == {"case": ()}
    assert tried == [(("both", ("zone", "form")), ("zones", ("zone",))), *FIRST]


def test_three_ways_that_pass_are_named_in_the_order_of_trying() -> None:
    for good in ([6], [2, 7], [0, 3, 4], [1, 2, 4, 5, 7]):
        tried: list[Said] = []
        found = ways_that_pass(TABLES, settling(lambda said, good=good: said in [FIRST[at] for at in good], tried))
        assert [str(way) for way in found["case"]] == [NAMES[at] for at in good[:3]]
        assert len(tried) == 1 + (good[2] + 1 if len(good) > 2 else len(FIRST))  # no more than is needed


def test_a_way_after_which_the_changed_table_shows_nothing_is_none() -> None:
    good = [FIRST[at] for at in (0, 1, 2, 5)]
    found = ways_that_pass(TABLES, settling(lambda said: said in good, [], lambda name: name == "zones"))
    assert [str(way) for way in found["case"]] == [NAMES[1], NAMES[5]]  # `both` would show no cell in the others


def test_units_are_tried_apart_and_what_passes_is_left_alone() -> None:
    tables = {**TABLES, "people": counts(FORM, unit="victim"), "events": counts(ZONE, unit="event")}
    found = ways_that_pass(tables, settling(lambda said: said != (("events", ("zone",)),), []))
    assert {unit: [str(way) for way in ways] for unit, ways in found.items()} == {
        "event": ["events: Zone in 2 groups (half)"]
    }


def test_of_large_tables_fewer_ways_are_tried_but_never_under_a_least_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells and margins of a settling: 4 x 3 of both, 4 of zones, 3 of the third, 3 of areas: 22."""
    tables = {**TABLES, "third": counts(FORM)}

    def tried_of(least: int, most: int, cells: int) -> int:
        monkeypatch.setattr(passing, "LEAST", least)
        monkeypatch.setattr(passing, "TRIED", most)
        monkeypatch.setattr(passing, "CELLS", cells)
        tried: list[Said] = []
        ways_that_pass(tables, settling(lambda said: False, tried))
        return len(tried) - 1

    assert [tried_of(2, 60, cells) for cells in (1, 22 * 3, 22 * 4 - 1, 22 * 4)] == [2, 3, 3, 4]
    assert [tried_of(2, most, 22 * 60) for most in (1, 5, 60)] == [2, 5, len(FIRST) + 1]


def test_a_change_sums_the_cells_it_merges_and_keeps_the_rest() -> None:
    """Z1 x 1, y 2; Z2 3, 4; Z3 5, 6."""
    table = counts(ZONE, FORM)
    grouped = with_changes(table, [Change(ZONE, HALF)])
    assert grouped.dimensions == (HALF, FORM)
    assert grouped.frame.to_numpy().tolist() == [["N", "x", 4], ["N", "y", 6], ["S", "x", 5], ["S", "y", 6]]
    assert list(grouped.frame.columns) == ["half", "form", "count"]
    dropped = with_changes(table, [Change(ZONE, HALF), Change(FORM, None)])
    assert dropped.dimensions == (HALF,)
    assert dropped.frame.to_numpy().tolist() == [["N", 10], ["S", 11]]
    assert (dropped.unit, dropped.origin) == ("case", CASES)
    assert with_changes(table, []).frame.to_numpy().tolist() == table.frame.to_numpy().tolist()


def test_a_settled_table_shows_cells_when_one_inside_is_published() -> None:
    def frame(*rows: tuple[str, str, float, str]) -> pd.DataFrame:
        return pd.DataFrame(rows, columns=["a", "b", "count", "status"])

    margins = [("x", TOTAL, 12, "published"), (TOTAL, "y", 12, "published"), (TOTAL, TOTAL, 12, "published")]
    assert not shows_cells(frame(("x", "y", np.nan, "hidden"), *margins))
    assert shows_cells(frame(("x", "y", np.nan, "hidden"), ("x", "z", 12, "published"), *margins))
    assert shows_cells(frame().iloc[:0])
    assert shows_cells(pd.DataFrame({"count": [12], "status": "published"}))
    assert not shows_cells(pd.DataFrame({"count": [np.nan], "status": "hidden"}))
