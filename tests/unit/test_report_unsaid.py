"""The prose of a notebook serves a locality that is too small for some of its numbers."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

from compendium.release.values import nested
from compendium.report.filled import SOME_GONE
from compendium.report.unsaid import not_supplied, sayable_notebook, with_unsaid


def value(text: str, table: str) -> dict[str, Any]:
    return {"text": text, "value": None, "table": table}


VALUES = {
    "cases.form.extortion": value("hidden", "cases"),
    "cases.total": value("185", "cases"),
    "concentration.rows": value("0", "concentration"),
    "crimes_by_form.total": value("not supplied", "crimes_by_form"),
    "scores.rows": value("3", "scores"),
}


def test_a_number_of_a_table_without_rows_is_not_shown() -> None:
    text = "Gini {{< meta values.concentration.gini >}}, images {{< meta values.crimes_by_form.form.image_percent >}}"
    found = nested(with_unsaid(VALUES, [text]))
    assert found["concentration"] == {"rows": "0", "gini": "not shown"}
    assert found["crimes_by_form"] == {"total": "not supplied", "form": {"image_percent": "not shown"}}


def test_a_name_that_a_table_with_rows_does_not_have_stays_unknown() -> None:
    asked = ("cases.form.extorsion", "case.total", "concentration", "scores.mean")
    assert with_unsaid(VALUES, [f"{{{{< meta values.{name} >}}}}" for name in asked]) == VALUES


def test_what_is_known_of_a_table_without_rows_stays_as_it_is() -> None:
    assert with_unsaid(VALUES, ["{{< meta values.concentration.rows >}}"]) == VALUES


def prose_of(text: str, absent: Collection[str] = (), told: Mapping[str, dict[str, Any]] = MappingProxyType({})) -> str:
    notebook = {"cells": [{"cell_type": "markdown", "source": text.splitlines(keepends=True)}]}
    cell = json.loads(sayable_notebook(json.dumps(notebook), absent, told))["cells"][0]
    return "".join(cell["source"])


def test_prose_about_figures_that_a_locality_does_not_supply_is_left_out() -> None:
    known, unknown = "{{< meta values.cases.total >}} cases.", "Published: {{< meta values.incidents.total >}}."
    text = f"## Where\n\nNo area is named.\n\n{unknown}\n\nThey leave out much.\n\n{known}\n\nThe end."
    assert prose_of(text, {"incidents"}) == f"## Where\n\nNo area is named.\n\n{known}\n\nThe end."
    assert prose_of(text, {"others"}) == text


def test_a_paragraph_with_another_number_and_a_lead_stay() -> None:
    both = "{{< meta values.cases.total >}} cases and {{< meta values.incidents.total >}} incidents."
    lead = "::: {.lead}\nOf {{< meta values.incidents.total >}} incidents.\n:::"
    assert prose_of(f"{lead}\n\n{both}", {"incidents"}) == f"{lead}\n\n{both}"


TOTAL, HIDDEN = (
    "Of all victims {{< meta values.known.total >}}",
    "{{< meta values.known.two_or_more >}} have two or more",
)
KNOWN = {
    "known.total": {"text": "203", "value": 203, "table": "known"},
    "known.two_or_more": value("hidden", "known"),
}


def test_a_sentence_whose_number_is_hidden_is_left_out_and_the_page_says_so() -> None:
    text = f"{TOTAL} are here.\nOf these {HIDDEN}. So few that it says little.\nA record is not a child.\n\nThe end."
    assert prose_of(text, told=KNOWN) == f"{TOTAL} are here.\nA record is not a child.\n\n{SOME_GONE}\n\nThe end."
    assert prose_of(f"{HIDDEN}.\n\nThe end.", told=KNOWN) == f"{SOME_GONE}\n\nThe end."


def test_a_lead_loses_the_line_with_a_hidden_number_and_keeps_its_frame() -> None:
    lead = f"::: {{.lead}}\n{TOTAL}.\n{HIDDEN}.\n:::"
    assert prose_of(f"# Cases\n\n{lead}", told=KNOWN) == f"# Cases\n\n::: {{.lead}}\n{TOTAL}.\n:::\n\n{SOME_GONE}"


def test_a_sentence_with_a_name_that_no_table_has_stays_for_the_build_to_refuse() -> None:
    text = "Of all {{< meta values.unknown.total >}}."
    assert prose_of(text, told=KNOWN) == text


def test_in_no_notebook_does_a_line_begin_or_go_on_what_a_line_with_a_number_says() -> None:
    """A line with a number may be left out: the next begins a sentence, and points back at nothing."""
    for path in sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            lines = "".join(cell["source"]).splitlines() if cell["cell_type"] == "markdown" else []
            for line, after in pairwise(lines):
                if "{{< meta values." in line and line.endswith((".", "!", "?")):
                    pointing = (
                        after.startswith(("That ", "So ", "This ", "It ", "They ", "Both ")) or after[:1].islower()
                    )
                    assert not pointing, f"{path.name}: {after}"


def test_a_table_without_rows_that_rests_on_a_file_is_supplied(tmp_path: Path) -> None:
    for name, rows, inputs in (("cases", [{"n": 1}], {"f": "1"}), ("few", [], {"f": "1"}), ("none", [], {})):
        (tmp_path / f"{name}.json").write_text(json.dumps({"name": name, "rows": rows, "inputs": inputs}))
    assert not_supplied(tmp_path) == {"none"}
