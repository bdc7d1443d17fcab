"""Areas side by side in the terminal: what both counted alike, hidden stays hidden, nothing that isn't released."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from compendium.cli.comparing import _told
from compendium.errors import CompendiumError, UnknownName
from compendium.paths import Root
from compendium.release import tables
from compendium.report import comparing
from tests.unit.released import released


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Root:
    """Two settled localities; the second has another design of one table, and a table of its own."""
    for name in ("alpha", "beta"):
        folder = tmp_path / "outputs" / name
        (folder / "tables").mkdir(parents=True)
        (folder / "values.json").write_text("{}", encoding="utf-8")
        (tmp_path / "localities" / name).mkdir(parents=True)
        (tmp_path / "localities" / name / "locality.yml").write_text("id: x\n", encoding="utf-8")
        put(folder, "victims_by_form")
    put(tmp_path / "outputs" / "alpha", "by_design")
    put(tmp_path / "outputs" / "beta", "by_design", categories=True)
    put(tmp_path / "outputs" / "beta", "only_here")
    return Root(tmp_path)


def put(folder: Path, name: str, categories: bool = False) -> None:
    record: dict[str, Any] = {**json.loads(tables.as_json(released(), {})), "name": name}
    if categories:
        for dimension in record["dimensions"]:
            dimension["categories"] = {**dimension["categories"], "more": "More"}
    (folder / "tables" / f"{name}.synthetic.json").write_text(json.dumps(record), encoding="utf-8")


def test_a_margin_stands_beside_the_same_margin_with_its_share_and_interval(root: Root) -> None:
    found, _ = comparing.compare(root, ["alpha", "beta"], "victims_by_form")
    who = next(one for one in found if one.by == "Person responsible")
    adult = who.rows[0].cells[0]
    assert (adult.count, adult.of) == (32, 80)
    assert adult.share == pytest.approx((0.4, 0.2996, 0.5097), abs=2e-4)  # Wilson's interval of 32 of 80
    assert [row.label for row in who.rows] == ["An adult", "A child", "All"]


def test_what_is_hidden_in_a_release_is_hidden_here(root: Root) -> None:
    found, _ = comparing.compare(root, ["alpha", "beta"], "victims_by_form")
    form = next(one for one in found if one.by == "Form of harm")
    hidden = next(row for row in form.rows if row.label.startswith("Other"))
    assert all(cell.count is None and cell.share is None for cell in hidden.cells)
    assert "hidden" in "\n".join(_told(form, ["alpha", "beta"]))


def test_what_cannot_stand_side_by_side_is_named_with_the_reason(root: Root) -> None:
    found, apart = comparing.compare(root, ["alpha", "beta"])
    assert {one.table for one in found} == {"victims_by_form"}
    why = {one.table: one.why for one in apart}
    assert why["only_here"] == "alpha released no such table"
    assert "with other categories" in why["by_design"]


def test_the_same_margin_of_several_tables_is_said_once(root: Root) -> None:
    for name in ("alpha", "beta"):
        put(root.outputs / name, "victims_again")
    found, _ = comparing.compare(root, ["alpha", "beta"])
    assert [one.table for one in found] == ["victims_again", "victims_again"]


def test_a_place_without_results_and_an_unknown_table_are_refused(root: Root) -> None:
    with pytest.raises(UnknownName, match="victims_by_form"):
        comparing.compare(root, ["alpha", "beta"], "victim_by_form")
    (root.outputs / "beta" / "values.json").unlink()
    with pytest.raises(CompendiumError, match="beta has nothing settled"):
        comparing.compare(root, ["alpha", "beta"])


def test_real_records_that_nobody_approved_are_not_shown(root: Root) -> None:
    path = root.outputs / "beta" / "tables" / "victims_by_form.synthetic.json"
    path.write_text(path.read_text("utf-8").replace('"provenance": "synthetic"', '"provenance": "real"'), "utf-8")
    with pytest.raises(CompendiumError, match="nobody approved"):
        comparing.compare(root, ["alpha", "beta"])
