"""The proof beside a release: checked by addition, and not to be talked round."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from compendium.aggregate import Counts, Dimension, Origin
from compendium.disclosure import WITNESSES, audit_dir, protect_csv, settle_counts, witnesses_text
from compendium.disclosure.addition import check
from compendium.disclosure.attack import ReleasedTable, read_released
from compendium.disclosure.crossing import Shape
from compendium.disclosure.settle import Protected
from compendium.errors import InputRefused

ORIGIN = Origin("t", "T", "sensitive", "illustrative", "threshold-10", "made up")
FORM = Dimension("form", "Form", {"image": "", "talk": "", "other": ""}, sensitive=True)
WHO = Dimension("who", "Who", {"adult": "", "child": ""})
ZONE = Dimension("zone", "Zone", {f"Z{i}": "" for i in range(1, 5)}, area=True)
HALF = Dimension("half", "Half", {"N": "", "S": ""}, "zone", {"N": ("Z1", "Z2"), "S": ("Z3", "Z4")}, area=True)
TABLES = {"form_zone": (FORM, ZONE), "who_half": (WHO, HALF), "form_who": (FORM, WHO)}
PLACE = {"form": 0, "who": 1, "zone": 2}


def counts(seed: int) -> dict[str, Counts]:
    """Three tables of one crossing (form, who, zone): together they close a cycle of variables."""
    whole = np.random.default_rng(seed).negative_binomial(2, 0.15, size=(3, 2, 4))
    found = {}
    for name, dimensions in TABLES.items():
        rows = []
        for labels in product(*(d.categories for d in dimensions)):
            inside = whole
            for d, label in zip(dimensions, labels, strict=True):
                finest = list({"form": FORM, "who": WHO, "zone": ZONE}[d.variable].categories)
                held = [finest.index(code) for code in d.members[label]]
                inside = np.take(inside, held, axis=PLACE[d.variable])
            rows.append((*labels, int(inside.sum())))
        frame = pd.DataFrame(rows, columns=[*(d.name for d in dimensions), "count"])
        found[name] = Counts(frame, "victim", dimensions, ORIGIN)
    return found


def as_read(settled: Protected) -> list[ReleasedTable]:
    return [
        read_released(name, Shape(name, TABLES[name]), frame.astype({"count": object}), "count", 10)
        for name, frame in settled.frames.items()
    ]


def settled(seed: int = 3) -> tuple[Protected, dict[str, object]]:
    found = settle_counts(counts(seed))
    (unit,) = json.loads(witnesses_text(found.witnesses))["units"]
    return found, unit


@pytest.mark.parametrize("seed", [0, 2, 3])
def test_every_hidden_cell_of_linked_tables_is_shown_protected_by_addition(seed: int) -> None:
    found, unit = settled(seed)
    hidden = sum(int((frame["status"] == "hidden").sum()) for frame in found.frames.values())
    checked = check(unit, as_read(found))
    assert hidden > 0
    assert (checked.cells, checked.wrong) == (hidden, ())


def test_a_witness_says_nothing_of_the_true_counts_but_what_is_shown() -> None:
    """Two sets of records that publish the same: the same witnesses, whichever is true."""
    low, high = (
        pd.DataFrame({"zone": list(ZONE.categories), "count": numbers}) for numbers in ([3, 7, 40, 50], [7, 3, 40, 50])
    )
    one, other = (settle_counts({"t": Counts(f, "victim", (ZONE,), ORIGIN)}) for f in (low, high))
    pd.testing.assert_frame_equal(one.frames["t"], other.frames["t"])
    assert one.witnesses == other.witnesses


def test_one_count_changed_in_a_witness_is_noticed() -> None:
    found, unit = settled()
    place, count = unit["changes"][0][0]
    unit["changes"][0][0] = [place, count + 1]
    assert check(unit, as_read(found)).wrong


def test_a_witness_below_zero_is_noticed() -> None:
    found, unit = settled()
    unit["first"][0] = -1
    assert any("below 0" in fault for fault in check(unit, as_read(found)).wrong)


def test_cliques_that_do_not_agree_are_noticed() -> None:
    """A table of its own for each clique would prove nothing about the tables together."""
    one = {
        "unit": "victim",
        "variables": {"form": [["image"], ["talk"]], "who": [["adult"], ["child"]], "zone": [["Z1"], ["Z2"]]},
        "within": {},
        "cliques": [["form", "who"], ["who", "zone"]],
        "first": [5, 5, 5, 5, 2, 2, 8, 8],
        "changes": [],
        "cells": [],
    }
    assert any("share" in fault for fault in check(one, []).wrong)
    cycle = {**one, "cliques": [["form", "who"], ["who", "zone"], ["form", "zone"]], "first": [5] * 12}
    assert any("triangulated" in fault for fault in check(cycle, []).wrong)


def test_a_pair_of_tables_that_shows_nothing_is_noticed() -> None:
    found, unit = settled()
    unit["cells"] = [[*cell[:-2], cell[-2], cell[-2]] for cell in unit["cells"]]
    assert any("do not show" in fault for fault in check(unit, as_read(found)).wrong)


def test_a_damaged_file_of_witnesses_is_refused() -> None:
    found, unit = settled()
    for damage in ({"first": ["x"]}, {"variables": {}}, {"cliques": []}, {"cells": [["form_zone", "image"]]}):
        with pytest.raises(InputRefused, match="damaged"):
            check({**unit, **damage}, as_read(found))


def released(folder: Path) -> Path:
    source = folder / "counts.csv"
    rows = [("A", "x", 3), ("A", "y", 25), ("B", "x", 30), ("B", "y", 28), ("C", "x", 14), ("C", "y", 6)]
    pd.DataFrame(rows, columns=["district", "form", "n"]).to_csv(source, index=False)
    protect_csv(source, rows="district", columns="form", count="n", out=folder / "out")
    return folder / "out"


def test_the_audit_adds_the_witnesses_of_a_protected_table_up(tmp_path: Path) -> None:
    out = released(tmp_path)
    found = audit_dir(out)
    assert found.protected
    assert f"{len(found.cells)} hidden cells are shown protected by witness tables" in found.text


def test_each_hidden_cell_given_back_makes_the_audit_fail(tmp_path: Path) -> None:
    """By the mask of this table every hidden cell is needed; the witnesses fail as well, each time."""
    out = released(tmp_path)
    truth = {("A", "x"): 3, ("A", "y"): 25, ("B", "x"): 30, ("B", "y"): 28, ("C", "x"): 14, ("C", "y"): 6}
    lines = (out / "protected.csv").read_text().splitlines()
    hidden = [n for n, line in enumerate(lines) if line.endswith(",hidden") and "Total" not in line]
    assert hidden
    for n in hidden:
        district, form, *_ = lines[n].split(",")
        changed = [*lines[:n], f"{district},{form},{truth[district, form]},published", *lines[n + 1 :]]
        (out / "protected.csv").write_text("\n".join(changed) + "\n")
        found = audit_dir(out)
        assert not found.protected
        assert any("witness table does not give" in fault for fault in found.open)


def test_the_file_of_witnesses_is_the_same_whenever_it_is_made(tmp_path: Path) -> None:
    first = (released(tmp_path) / WITNESSES).read_bytes()
    assert (released(tmp_path) / WITNESSES).read_bytes() == first
