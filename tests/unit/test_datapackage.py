"""The description of what is released: valid for other tools, column by column, and silent about hidden cells."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
from frictionless import Package

from compendium.aggregate import Dimension, Origin, Released
from compendium.release import datapackage, show, tables

FORM = Dimension("form", "Form of harm", {"image": "Image of the child", "other": "Other"}, missing=("other",))
BAND = Dimension("band", "Age", {"0-9": "Under 10", "10-17": "10 to 17"}, ordered=True)
SENSITIVE = Origin("victims", "Victims", "sensitive", "synthetic", "threshold-10", "generator", "Not published")
PUBLIC = Origin("area_crime", "Crime", "public", "real", "", "Office: Table 1", "Open Government Licence v3.0")


def counts(*cells: tuple[str, str, int | None]) -> Released:
    frame = pd.DataFrame(
        [(form, band, number, "hidden" if number is None else "published") for form, band, number in cells],
        columns=["form", "band", "count", "status"],
    ).astype({"count": "Int64"})
    return Released(
        "victims_by_form", "Victims by form", "Caption", frame, "victim", "counts", (FORM, BAND), {}, SENSITIVE, "t-10"
    )


def estimates() -> Released:
    frame = pd.DataFrame({"measure": ["Gini", "-x"], "value": [0.29, None], "places": [21, 21], "note": ["", "a,b"]})
    columns = {"measure": "Measure", "value": "Value", "places": "Areas", "note": "Note"}
    return Released("unevenness", "Unevenness", "", frame, "case", "concentration", (), columns, PUBLIC, "public")


def written(folder: Path, *items: Released) -> dict[str, object]:
    (folder / "tables").mkdir()
    for item in items:
        (folder / "tables" / f"{show.stem(item)}.csv").write_text(tables.as_csv(item), encoding="utf-8")
    package = datapackage.describe("demo_area_b", "Demo area B", {item.name: item for item in items})
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    return package


def test_another_tool_reads_the_package_and_finds_every_cell_as_described(tmp_path: Path) -> None:
    written(tmp_path, counts(("image", "0-9", None), ("other", "10-17", 12), ("Total", "Total", 30)), estimates())
    report = Package(str(tmp_path / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "fieldName", "note"])
    assert [task.stats["rows"] for task in report.tasks] == [3, 2]


def test_a_table_of_several_units_says_each_on_its_row_and_is_valid(tmp_path: Path) -> None:
    """Rates stand on crimes in one row and on victims in another: both are units of the file."""
    several = estimates()
    written(tmp_path, replace(several, frame=several.frame.assign(unit=["crime", "victim"])))
    report = Package(str(tmp_path / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "fieldName", "note"])
    assert (tmp_path / "tables" / "unevenness.csv").read_text("utf-8").count(",victim,") == 1


def test_another_tool_notices_when_a_released_file_was_changed(tmp_path: Path) -> None:
    written(tmp_path, counts(("image", "0-9", 12), ("Total", "Total", 30)))
    path = tmp_path / "tables" / "victims_by_form.synthetic.csv"
    path.write_text(path.read_text().replace("12", "1e"), encoding="utf-8")
    found = Package(str(tmp_path / "datapackage.json")).validate().flatten(["type", "fieldName"])
    assert ["type-error", "count"] in found
    assert "hash-count" in {kind for kind, _ in found}


def test_codes_come_with_their_labels_and_order(tmp_path: Path) -> None:
    (resource,) = written(tmp_path, counts(("image", "0-9", None)))["resources"]  # type: ignore[misc]
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    assert fields["form"]["categories"][0] == {"value": "image", "label": "Image of the child"}
    assert fields["form"]["constraints"]["enum"] == ["image", "other", "Total"]
    assert "Not known: Other" in fields["form"]["description"]
    assert fields["band"]["categoriesOrdered"]
    assert resource["schema"]["primaryKey"] == ["form", "band"]
    assert [field["title"] for field in fields.values()][:2] == ["Form of harm", "Form of harm (label)"]


def test_types_are_those_of_the_written_cells_and_each_column_has_a_title(tmp_path: Path) -> None:
    (resource,) = written(tmp_path, estimates())["resources"]  # type: ignore[misc]
    fields = resource["schema"]["fields"]
    assert [(field["name"], field["type"]) for field in fields][:4] == [
        ("measure", "string"), ("value", "number"), ("places", "integer"), ("note", "string"),
    ]  # fmt: skip
    assert all(field["title"] and field["description"] for field in fields)
    assert resource["licenses"][0]["name"] == "OGL-UK-3.0"


def test_yes_and_no_of_a_released_table_are_read_as_such_by_another_tool(tmp_path: Path) -> None:
    item = estimates()
    frame = item.frame.assign(recordable=[True, False])
    item = replace(item, frame=frame, columns={**item.columns, "recordable": "Could have been written down"})
    written(tmp_path, item)
    package = Package(str(tmp_path / "datapackage.json"))
    assert package.validate().valid
    assert [row["recordable"] for row in package.resources[0].read_rows()] == [True, False]


def test_a_package_says_which_place_and_months_it_is_about_and_stays_valid(tmp_path: Path) -> None:
    place = {"id": "demo_area_b", "area": {"code": "E06000009"}, "period": {"from": "2022-05", "to": "2023-04"}}
    written(tmp_path, counts(("Total", "Total", 30)))
    package = datapackage.describe("demo_area_b", "Demo area B", {"t": counts(("Total", "Total", 30))}, about=place)
    (tmp_path / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    assert package["locality"] == place
    assert Package(str(tmp_path / "datapackage.json")).validate().valid
