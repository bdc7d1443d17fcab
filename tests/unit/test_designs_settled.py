"""A design through settling: what is written, what prose can say, what an approved release keeps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from compendium import proposals
from compendium.aggregate import Counts, Released, with_coarser
from compendium.disclosure import settle_counts
from compendium.disclosure.outside import read_outside
from compendium.errors import CompendiumError, DisclosureRefused
from compendium.locality import Locality, load_locality
from compendium.paths import Root
from compendium.proposals import Proposal
from compendium.release import designs, ledger_files
from compendium.release.approve import approve, signed
from compendium.release.derived.given_up import given_up
from compendium.release.derived.units import units_reconcile
from compendium.release.settle import settle
from compendium.release.values import derive
from tests.unit.candidate import EVEN, NAME, NOTEBOOK, ZONES, Table, counts, dimensions, propose

TWO = signed(["Ann Lee", "Zoë Ó Briain"], "2026-03-15", "", people=2)
ZONE, FORM = dimensions()
HALVES = with_coarser(
    {
        "zone": ZONE,
        "half": replace(
            ZONE,
            name="half",
            title="Half",
            categories={"n": "North", "s": "South"},
            variable="zone",
            members={"n": ("Z05", "Z06"), "s": ("Z07", "Z08")},
        ),
    }
)
THIN: Table = {(zone, form): number for zone in ZONES for form, number in (("image", 6), ("other", 7))}
DESIGNS = (("half", "form"), ("half",))


def proposed(root: Root, table: Table, designs: object = DESIGNS, to: str = "2026-02", **more: object) -> None:
    propose(root, table, to=to)
    aggregate = replace(counts(table), dimensions=(HALVES["zone"], FORM))
    said = Proposal("victims_by_area", NOTEBOOK, "Victims by area", aggregate, designs=designs, **more)  # type: ignore[arg-type]
    proposals.write(root.proposals(NAME) / NOTEBOOK, said)
    words = "".join(f", {key}={json.dumps(value)}" for key, value in more.items())
    call = f'study.publish("victims_by_area", by, title="Victims by area", designs={designs!r}{words})'
    raw = root.raw_notebooks(NAME) / f"{NOTEBOOK}.ipynb"
    cells = [nbformat.v4.new_code_cell(call, id="c1")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"compendium": {"title": "Case files"}}), raw)


def settled(root: Root, *args: object, **more: object) -> Mapping[str, object]:
    proposed(root, *args, **more)  # type: ignore[arg-type]
    settle(root, _locality(root), [NOTEBOOK])
    text = (root.outputs / NAME / "tables" / "victims_by_area.json").read_text("utf-8")
    found: Mapping[str, object] = json.loads(text)
    return found


def _locality(root: Root) -> Locality:
    return load_locality(root, NAME)


def _names(found: Mapping[str, object]) -> list[str]:
    return [dimension["name"] for dimension in found["dimensions"]]  # type: ignore[attr-defined]


def test_a_table_whose_numbers_are_large_is_released_as_asked(tmp_path: Path) -> None:
    assert _names(settled(Root(tmp_path), EVEN)) == ["zone", "form"]


def test_a_thin_table_is_released_in_the_first_coarser_design_and_its_chart_follows(tmp_path: Path) -> None:
    options = {"x": "zone", "split": "form", "stages": ["zone", "form"]}
    found = settled(Root(tmp_path), THIN, options=options)
    assert _names(found) == ["half", "form"]
    assert all(row["status"] == "published" for row in found["rows"])  # type: ignore[attr-defined]
    proposed(Root(tmp_path), THIN, designs=(("half",),), options=options)
    root = Root(tmp_path)
    asked, ledger = _asked(root), ledger_files.read(root, NAME)
    shown = designs.chosen(asked, ledger, settle_counts, real=True)["victims_by_area"]
    assert shown.options["x"] == "half" and shown.options["stages"] == ["half"] and "split" not in shown.options


def test_nothing_that_is_written_holds_the_finer_table(tmp_path: Path) -> None:
    root = Root(tmp_path)
    settled(root, THIN)
    written = "".join(p.read_text("utf-8") for p in (root.outputs / NAME).rglob("*") if p.suffix in (".json", ".csv"))
    assert "Zone 05" not in written and '"half"' in written


def test_an_approved_design_is_kept_when_later_records_would_pick_another(tmp_path: Path) -> None:
    root = Root(tmp_path)
    assert _names(settled(root, THIN)) == ["half", "form"]
    approve(root, _locality(root), [NOTEBOOK], TWO)
    later: Table = {cell: number + 40 for cell, number in THIN.items()}
    assert _names(settled(root, later, to="2026-03")) == ["half", "form"]


def test_a_kept_design_that_the_notebook_declares_no_more_is_chosen_anew(tmp_path: Path) -> None:
    root = Root(tmp_path)
    settled(root, THIN)
    approve(root, _locality(root), [NOTEBOOK], TWO)
    later: Table = {cell: number + 40 for cell, number in THIN.items()}
    assert _names(settled(root, later, designs=(("half",),), to="2026-03")) == ["zone", "form"]


def test_no_coarser_design_gets_around_a_number_that_contradicts_the_ledger(tmp_path: Path) -> None:
    root = Root(tmp_path)
    settled(root, EVEN)
    approve(root, _locality(root), [NOTEBOOK], TWO)
    swapped = dict(EVEN) | {("Z05", "image"): 40, ("Z06", "image"): 20}  # the halves are as they were
    with pytest.raises(DisclosureRefused, match="contradict"):
        settled(root, swapped)


def test_what_others_know_by_a_grouping_that_is_not_shown_still_takes_part(tmp_path: Path) -> None:
    """Shown by zone; known from outside by half. Linked, it is one equation more, as every shown total is."""
    root = Root(tmp_path)
    proposed(root, EVEN)
    known = read_outside(_told(tmp_path), designs.in_every_design(_asked(root)))
    assert known[0].dimensions[0].variable == "zone"
    assert known[0].dimensions[0].members["n"] == ("Z05", "Z06")


def _asked(root: Root) -> dict[str, Proposal]:
    return proposals.by_name(proposals.read_all(root.proposals(NAME), [NOTEBOOK]))


def _told(folder: Path) -> Path:
    path = folder / "outside.csv"
    rows = [
        "name,unit,dimension_1,category_1,dimension_2,category_2,dimension_3,category_3,lowest,highest,"
        "period_from,period_to,source_kind",
        "FOI 1,victim,half,n,,,,,60,60,2026-01,2026-02,foi_reply",
    ]
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return path


def test_the_same_proposals_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = Root(tmp_path / "a"), Root(tmp_path / "b")
    settled(first, THIN)
    settled(second, THIN)
    held = [sorted((p.name, p.read_bytes()) for p in (r.outputs / NAME / "tables").iterdir()) for r in (first, second)]
    assert held[0] == held[1]


def test_a_computed_design_is_refused_as_a_computed_title_is(tmp_path: Path) -> None:
    root = Root(tmp_path)
    proposed(root, THIN)
    cells = [nbformat.v4.new_code_cell('study.publish("victims_by_area", by, title="Victims by area")', id="c1")]
    path = root.raw_notebooks(NAME) / f"{NOTEBOOK}.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"compendium": {"title": "x"}}), path)
    with pytest.raises(DisclosureRefused, match="its designs is computed"):
        settle(root, _locality(root), [NOTEBOOK])


def test_a_design_that_is_not_declared_names_the_notebook_and_the_table(tmp_path: Path) -> None:
    root = Root(tmp_path)
    proposed(root, THIN, designs=(("halves",),))
    with pytest.raises(CompendiumError, match=r"03_case_files\.ipynb: victims_by_area: halves is no declared"):
        settle(root, _locality(root), [NOTEBOOK])


def released(table: Counts, name: str = "t", forms: tuple = (), hide: tuple = ()) -> Released:  # type: ignore[type-arg]
    names = [dimension.name for dimension in table.dimensions]
    frame = table.frame.copy()
    for column in names:
        others = [other for other in names if other != column]
        sums = frame.groupby(others, as_index=False)["count"].sum() if others else frame[["count"]].sum().to_frame().T
        frame = pd.concat([frame, sums.assign(**{column: "Total"})], ignore_index=True)
    frame["count"] = frame["count"].astype("Int64")
    frame["status"] = "published"
    covered = frame[names].apply(tuple, axis=1).isin(hide)
    frame.loc[covered, "count"], frame.loc[covered, "status"] = pd.NA, "hidden"
    return Released(
        name, "Victims by area", "", frame, table.unit, "counts", table.dimensions, {}, table.origin, "", forms=forms
    )


def one_way(numbers: Mapping[str, int], unit: str = "victim") -> Counts:
    frame = pd.DataFrame([(zone, number) for zone, number in numbers.items()], columns=["zone", "count"])
    return replace(counts(EVEN), frame=frame, dimensions=(HALVES["zone"],), unit=unit)


def test_prose_that_names_a_coarser_grouping_gets_the_sum_of_what_is_shown_and_hidden_where_a_part_is() -> None:
    table = one_way({"Z05": 30, "Z06": 20, "Z07": 12, "Z08": 38})
    half = HALVES["zone"].coarser[0]
    found = derive([released(table, forms=((HALVES["zone"],), (half,), (FORM,)), hide=(("Z07",),))])
    assert found["t.half.n"]["value"] == 50 and found["t.half.n_percent"]["text"] == "50%"
    assert found["t.half.s"]["text"] == "hidden"
    assert found["t.form.image"]["text"] == "not shown"


def test_what_was_given_up_is_said_in_words_and_never_where_small_numbers_were() -> None:
    table = one_way({"Z05": 30, "Z06": 20, "Z07": 12, "Z08": 38})
    asked = ((HALVES["zone"], FORM), (HALVES["zone"].coarser[0],))
    coarse = replace(
        table,
        frame=pd.DataFrame([("n", 50), ("s", 50)], columns=["half", "count"]),
        dimensions=(HALVES["zone"].coarser[0],),
    )
    frame, _ = given_up([released(coarse, forms=asked), released(table)])
    assert list(frame["asked"]) == ["zone (4) by form of harm (2)", "zone (4)"]
    assert list(frame["shown"]) == ["half (2)", "zone (4)"]
    assert list(frame["given_up"]) == ["Zone in 2 groups, not 4; the split by form of harm", "Nothing"]
    assert list(frame["hidden"]) == ["0 of 3", "0 of 5"]
    assert list(frame["unit"]) == [table.unit] * 2


def test_totals_of_a_unit_agree_and_stand_beside_the_cases() -> None:
    cases = one_way({"Z05": 30, "Z06": 20, "Z07": 10, "Z08": 40}, "case")
    crimes = one_way({"Z05": 60, "Z06": 60, "Z07": 60, "Z08": 20}, "crime")
    victims = one_way({"Z05": 30, "Z06": 20, "Z07": 10, "Z08": 45}, "victim")
    frame, _ = units_reconcile(
        [released(cases, "a"), released(cases, "b"), released(crimes, "c"), released(victims, "d")]
    )
    assert frame[["counted", "total", "tables"]].to_numpy().tolist() == [
        ["Cases", "100", 2], ["Crimes", "200", 1], ["Victims", "105", 1],
    ]  # fmt: skip
    assert list(frame["unit"]) == ["case", "crime", "victim"]  # each row says its own in the file too
    assert list(frame["carries"]) == ["about 6", "about 13", "about 7"]
    assert frame["beside"][1].startswith("100 more: a case can hold several crimes")
    assert frame["beside"][2].startswith("about as many")  # five more: few enough to be a few known children


def test_two_tables_of_a_unit_with_different_totals_stop_the_release() -> None:
    one, other = (
        one_way({"Z05": 30, "Z06": 20, "Z07": 10, "Z08": 40}),
        one_way({"Z05": 30, "Z06": 20, "Z07": 10, "Z08": 41}),
    )
    with pytest.raises(DisclosureRefused, match="a and b both count by victim"):
        units_reconcile([released(one, "a"), released(other, "b")])


def test_a_step_that_stands_once_for_each_case_must_be_as_many_as_cases() -> None:
    cases = one_way({"Z05": 30, "Z06": 20, "Z07": 10, "Z08": 40}, "case")
    steps = one_way({"Z05": 99, "Z06": 20, "Z07": 10, "Z08": 40}, "event")
    options = {"each_case": ["steps", "zone", "Z05"]}
    with pytest.raises(DisclosureRefused, match="not one Z05 step for each case"):
        units_reconcile([released(cases, "cases"), released(steps, "steps")], options)


def test_a_hidden_total_and_a_table_without_records_are_no_difference() -> None:
    one = released(one_way({"Z05": 1, "Z06": 0, "Z07": 0, "Z08": 0}), "a", hide=(("Total",),))
    empty = replace(one, name="b", frame=one.frame.iloc[:0])
    frame, _ = units_reconcile([one, empty])
    assert frame[["total", "tables", "agree", "beside"]].to_numpy().tolist() == [["hidden", 1, "hidden", ""]]
