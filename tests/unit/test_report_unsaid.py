"""The prose of a notebook serves a locality that is too small for some of its numbers."""

from __future__ import annotations

from typing import Any

from compendium.release.values import nested
from compendium.report.unsaid import with_unsaid


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
