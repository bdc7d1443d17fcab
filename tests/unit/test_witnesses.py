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
from compendium.disclosure.addition import HOW, MOST, Checked, check, compact
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
    for damage in (
        {"first": ["x"]},
        {"first": [2**70]},
        {"variables": {}},
        {"variables": []},
        {"within": None},
        {"cliques": []},
        {"cliques": [["unheard of"]]},
        {"changes": [[[10**6, 1]]]},
        {"cells": [["form_zone", "image"]]},
        {"cells": [[*unit["cells"][0][:-1], 10**6]]},  # type: ignore[index]
    ):
        with pytest.raises(InputRefused, match="damaged") as refused:
            check({**unit, **damage}, as_read(found))
        assert [(p.file, bool(p.remedy)) for p in refused.value.problems] == [(WITNESSES, True)]


def test_a_file_of_more_tables_than_can_be_added_up_is_refused_before_they_are_made() -> None:
    found, unit = settled()
    with pytest.raises(InputRefused, match="too many to be added up"):
        check({**unit, "changes": [[]] * (1 + MOST // len(unit["first"]))}, as_read(found))  # type: ignore[arg-type]


SEX = Dimension("sex", "Sex", {"girl": "", "boy": ""})
AGE = Dimension("age", "Age", {"young": "", "old": ""}, "years", {"young": ("0-9", "10-13"), "old": ("14-17",)})


def by_hand(**changed: object) -> dict[str, object]:
    """Two tables of sex by years, that show two cells protected: girls, young 0 or 10, and boys, old 11 or 21.

    The witnesses, girls 0-9 and 10-13 as one, then 14-17; boys: [0, 20, 20, 11] and [10, 10, 10, 21].
    """
    proof: dict[str, object] = {
        "unit": "victim",
        "variables": {"sex": [["girl"], ["boy"]], "years": [["0-9", "10-13"], ["14-17"]]},
        "within": {},
        "cliques": [["sex", "years"]],
        "first": [0, 20, 20, 11],
        "changes": [[[0, 10], [1, 10], [2, 10], [3, 21]]],
        "cells": [["t", "girl", "young", 0, 1], ["t", "boy", "old", 0, 1]],
    }
    return {**proof, **changed}


def printed(girls: int = 20) -> ReleasedTable:
    counts = {("girl", "Total"): girls, ("boy", "Total"): 31, ("Total", "young"): 20, ("Total", "old"): 31}
    hidden = tuple(product(SEX.categories, AGE.categories))
    return ReleasedTable(Shape("t", (SEX, AGE)), {**counts, ("Total", "Total"): 51}, hidden, 10)


def test_witnesses_by_hand_show_what_they_show_and_no_more() -> None:
    assert check(by_hand(), [printed()]) == Checked(2, ())
    assert check(by_hand(cells=[]), [printed()]) == Checked(0, ())  # four hidden cells without a proof
    assert check(by_hand(), [printed(girls=21)]).wrong == ("t: a witness table does not give girl, Total",)
    one_off = by_hand(changes=[[[0, 10], [1, 10], [2, 10], [3, 20]]])
    assert check(one_off, [printed()]).wrong == tuple(
        f"t: a witness table does not give {cell}" for cell in ("boy, Total", "Total, old", "Total, Total")
    )
    nothing = ReleasedTable(Shape("t", (SEX, AGE)), {}, (), 10)
    assert check(by_hand(cells=[]), [nothing]) == Checked(0, ())
    assert check(by_hand(), []) == Checked(0, ("t: the proof names a table that is not there",))


@pytest.mark.parametrize(
    ("low", "high", "proved"),
    [
        (0, 10, True), (0, 9, False), (10, 0, False), (1, 11, False), (9, 11, False), (10, 11, True),
        (11, 10, True), (10, 10, False), (12, 12, False), (0, 0, False), (11, 9, False),
    ],
)  # fmt: skip
def test_a_cell_is_proved_by_nobody_and_the_threshold_or_by_two_counts_from_there_on(
    low: int, high: int, proved: bool
) -> None:
    table = ReleasedTable(Shape("t", (SEX,)), {("Total",): 30}, (("girl",), ("boy",)), 10)
    said = by_hand(variables={"sex": [["girl"], ["boy"]]}, cliques=[["sex"]], first=[low, 30 - low])
    said |= {"changes": [[[0, high], [1, 30 - high]]], "cells": [["t", "girl", 0, 1]]}
    wrong = () if proved else ("t: the tables named do not show girl protected",)
    assert check(said, [table]) == Checked(int(proved), wrong)


def test_counts_that_only_add_up_because_they_overflow_prove_nothing() -> None:
    """2**63 - 1 twice and 22 more are 20 to a machine of 64 bits."""
    huge = 2**63 - 1
    table = ReleasedTable(Shape("t", (ZONE,)), {("Total",): 20}, tuple((code,) for code in ZONE.categories), 10)
    said = by_hand(
        variables={"zone": [[code] for code in ZONE.categories]}, cliques=[["zone"]], first=[0, huge, huge, 22]
    )
    said |= {"changes": [[[0, 22], [3, 0]]], "cells": [["t", "Z1", 0, 1]]}
    assert check(said, [table]).wrong[0] == "a witness table has counts too large to be added up"


def test_what_is_wrong_with_a_proof_itself_is_said() -> None:
    short = "a witness table has a count below 0, or too few or too many counts"
    assert short in check(by_hand(first=[0, 20, 20, 11, 0], changes=[]), []).wrong
    assert short in check(by_hand(first=[0, 20, 20], changes=[]), []).wrong
    twice = by_hand(variables={"sex": [["girl"], ["boy", "girl"]], "years": [["0-9", "10-13"], ["14-17"]]})
    assert "a category stands twice among those of its variable" in check(twice, []).wrong
    parted = by_hand(variables={"sex": [["girl"], ["boy"]], "years": [["0-9"], ["10-13", "14-17"]]})
    with pytest.raises(InputRefused, match="damaged"):  # a cell that holds a part of a category
        check(parted, [printed()])


def test_records_of_one_kind_alone_are_added_up_where_the_proof_says_so() -> None:
    """All records are of 2025: only its counts belong to the table, whatever the witness holds for 2024."""
    table = ReleasedTable(Shape("t", (SEX,)), {("Total",): 30}, (("girl",), ("boy",)), 10)
    said = by_hand(variables={"sex": [["girl"], ["boy"]], "year": [["2024"], ["2025"]]}, within={"year": ["2025"]})
    said |= {"cliques": [["sex", "year"]], "first": [7, 0, 8, 30], "changes": [[[1, 10], [3, 20]]]}
    said |= {"cells": [["t", "girl", 0, 1]]}
    assert check(said, [table]) == Checked(1, ())
    assert check(said | {"within": {}}, [table]).wrong


def test_the_cliques_that_disagree_are_named_by_their_numbers() -> None:
    said = by_hand(variables={"sex": [["girl"], ["boy"]], "years": [["a"], ["b"]], "zone": [["c"], ["d"]]}, cells=[])
    said |= {"cliques": [["sex", "years"], ["years", "zone"], ["years"]], "changes": []}
    agreeing = said | {"first": [1, 2, 3, 4, 4, 0, 5, 1, 4, 6]}
    assert check(agreeing, []).wrong == ()
    assert check(agreeing | {"first": [1, 2, 3, 4, 4, 0, 5, 1, 6, 4]}, []).wrong == (
        "witness tables do not agree on what cliques 1 and 3 share",
        "witness tables do not agree on what cliques 2 and 3 share",
    )
    turned = said | {
        "cliques": [["sex", "years"], ["years", "sex"], ["years"]],
        "first": [1, 2, 3, 4, 1, 3, 2, 4, 4, 6],
    }
    assert not any("do not agree" in fault for fault in check(turned, []).wrong)


def test_the_file_has_a_line_for_each_table_and_each_cell_in_letters_as_they_are() -> None:
    said = {"unit": "Mädchen", "within": {}, "changes": [[[0, 1]], []], "cells": [["t", "Mädchen", 0, 1]], "first": []}
    text = compact({"how": HOW, "units": [said, {"unit": "x", "changes": []}]})
    assert json.loads(text) == {"how": HOW, "units": [said, {"unit": "x", "changes": []}]}
    assert text.splitlines()[1:] == [
        '"units": [{"unit": "Mädchen",',
        '"within": {},',
        '"changes": [',
        "[[0,1]],",
        "[]",
        "],",
        '"cells": [',
        '["t","Mädchen",0,1]',
        "],",
        '"first": []},',
        '{"unit": "x",',
        '"changes": []}]}',
    ]


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
