"""Notebook 03 as it stands: its tables of cases and people, their designs, and the lists that must name them all."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import nbformat
import pytest

from compendium import dictionary
from compendium.disclosure.redesign import budget
from tests.shared import ROOT

TABLES = ("cases", "crimes", "victims", "suspects", "case_events")
ALONE = {"child_role", "known_before", "seen_again", "series", "event"}  # an overlap, flags, steps: never split further
BESIDE = {"outcomes_by_suspect", "cases_by_end"}  # they stand beside `case_flow`, which has the split by responsible
CASES = 185  # of the study


def calls(kind: str) -> Iterator[dict[str, ast.expr]]:
    notebook = nbformat.read(ROOT / "notebooks" / "03_case_files.ipynb", as_version=4)
    for cell in notebook.cells:
        for node in ast.walk(ast.parse(cell.source)) if cell.cell_type == "code" else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == kind:
                yield {"name": node.args[0], "second": node.args[1]} | {w.arg: w.value for w in node.keywords if w.arg}


def counted() -> dict[str, dict[str, object]]:
    """By table: what it counts, by what, and its coarser designs."""
    found = {}
    for call in calls("publish"):
        made = call["second"]
        if isinstance(made, ast.Call) and ast.unparse(made.func) == "cases.counts":
            words = {word.arg: word.value for word in made.keywords}
            found[ast.literal_eval(call["name"])] = {
                "unit": ast.literal_eval(words["unit"]),
                "by": ast.literal_eval(words["by"]),
                "designs": ast.literal_eval(call["designs"]) if "designs" in call else [],
            }
    return found


def named(table: str) -> set[str]:
    for call in calls("derive"):
        if ast.literal_eval(call["name"]) == table:
            return set(ast.literal_eval(call["of"]))
    raise AssertionError(f"{table} is not derived")


@pytest.mark.parametrize("table", ["units_reconcile", "case_designs"])
def test_every_table_of_cases_and_people_is_among_those_that_add_up_and_say_what_was_given_up(table: str) -> None:
    assert named(table) == set(counted())


def test_every_unit_of_the_five_tables_is_counted() -> None:
    assert {found["unit"] for found in counted().values()} == {"case", "crime", "victim", "suspect", "event"}


def test_no_unit_has_more_tables_than_so_many_cases_carry() -> None:
    units = [found["unit"] for found in counted().values()]
    assert {unit: units.count(unit) for unit in units if units.count(unit) > budget(CASES)} == {}


def test_the_first_split_is_by_who_was_responsible() -> None:
    """But for suspects, who are persons responsible themselves, and for what is shown as one number only."""
    without = {
        name
        for name, found in counted().items()
        if name not in BESIDE
        and "responsible" not in found["by"]
        and found["unit"] != "suspect"
        and not ALONE & set(found["by"])
    }
    assert without == set()


def test_a_table_in_detail_declares_what_it_may_be_made_coarser_into() -> None:
    assert [name for name, found in counted().items() if len(found["by"]) > 1 and not found["designs"]] == []


def test_no_grouping_of_the_case_files_hides_what_is_not_recorded() -> None:
    """A category that holds `not recorded` or `not known` says so in its label, whatever else it holds."""
    described = dictionary.load(ROOT / "data_dictionaries")
    silent = [
        f"{table}: {dimension.name}"
        for table in TABLES
        for field in described[table].fields
        for name in (field.name, *field.hierarchies)
        for dimension in [described[table].dimensions.get(name)]
        if dimension
        for category, members in dimension.members.items()
        if set(members) & set(field.missing_codes)
        and not re.search("not (recorded|known)", dimension.categories[category], re.IGNORECASE)
    ]
    assert silent == []
