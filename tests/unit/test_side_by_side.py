"""Areas side by side: by name, with intervals, without a test, and hidden stays hidden."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from compendium.report import side_by_side

ROW = {"measure": "Self-rating, before and after", "pairs": 7, "before": 1.0, "after": 1.2, "p_text": "p = 0.5"}
PAIRED = {"area": "Services of", "measure": "Measure", "pairs": "Services", "before": "Before", "after": "After"}
PAIRED |= {"shift": "Shift", "low": "Lowest", "high": "Highest", "p_text": "Exact test", "p_holm": "Corrected"}


def place(folder: Path, id: str, name: str, shifts: dict[str, float], hidden: bool = False) -> Any:
    rows = [
        {**ROW, "area": area, "shift": shift, "low": shift - 0.1, "high": shift + 0.1, "p_holm": "p = 1"}
        for area, shift in shifts.items()
    ]
    table(folder / id, "pilot_area_before_after", {"rows": rows, "columns": PAIRED, "kind": "paired", "dimensions": []})
    parts = {"assessed": "In the evaluation", "declined": "Asked and did not begin"}
    dimensions = [{"name": "pilot_area", "categories": {area: area for area in shifts}}]
    dimensions += [{"name": "part", "categories": parts}]
    counts = [
        {"pilot_area": area, "part": part, "count": None if hidden and part != "Total" else 4.0}
        for area in shifts
        for part in [*parts, "Total"]
    ]
    table(folder / id, "pilot_services_taking_part", {"rows": counts, "dimensions": dimensions, "kind": "counts"})
    return SimpleNamespace(locality=SimpleNamespace(id=id, name=name), outputs=folder / id)


def table(folder: Path, name: str, record: dict[str, Any]) -> None:
    more = {"provenance": "synthetic", "sensitivity": "sensitive", "policy": "services", "unit": "service"}
    more |= {"source": "invented", "table": "assessments", "columns": {}}
    path = folder / "tables" / f"{name}.synthetic.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**more, **record}), encoding="utf-8")


def page(tmp_path: Path, *places: Any) -> str:
    side_by_side.write(tmp_path / "page", places)
    return (tmp_path / "page" / "index.qmd").read_text("utf-8")


def lines(text: str, start: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(f"| {start}")]


def test_areas_stand_in_the_order_of_names_whatever_they_found(tmp_path: Path) -> None:
    text = page(
        tmp_path,
        place(tmp_path, "zeta", "Zeta", {"Pilot area 1": 0.9}),
        place(tmp_path, "alpha", "Alpha (a demonstration)", {"Pilot area 2": -0.5, "Pilot area 1": 0.1}),
    )
    named = [
        line.split(" | ")[0].strip("| ") for line in text.splitlines() if "Self-rating, before and after |" in line
    ]
    assert named == ["Alpha, Pilot area 1", "Alpha, Pilot area 2", "Zeta, Pilot area 1"]
    assert "“Alpha” is short for “Alpha \\(a demonstration\\)”." in text


def test_every_number_stands_beside_its_interval_and_no_column_compares_areas(tmp_path: Path) -> None:
    text = page(tmp_path, place(tmp_path, "alpha", "Alpha", {"Pilot area 1": 0.1, "Pilot area 2": 0.4}))
    (header,) = [line for line in text.splitlines() if line.startswith("| Area | Measure")]
    assert [cell.strip() for cell in header.strip("|").split("|")] == [
        *("Area", "Measure", "Services", "Before", "After", "Shift", "Lowest", "Highest", "Exact test")
    ]
    assert "No test compares them" in text


def test_what_is_hidden_in_the_release_is_hidden_here(tmp_path: Path) -> None:
    text = page(tmp_path, place(tmp_path, "alpha", "Alpha", {"Pilot area 1": 0.1}, hidden=True))
    assert lines(text, "Alpha, Pilot area 1")[0] == "| Alpha, Pilot area 1 | hidden | hidden | 4 |"


def test_synthetic_is_said_in_the_band_the_captions_and_the_name_of_each_figure(tmp_path: Path) -> None:
    text = page(tmp_path, place(tmp_path, "alpha", "Alpha", {"Pilot area 1": 0.1}))
    assert 'provenance: "synthetic"' in text
    assert (tmp_path / "page" / "figures" / "pilot_area_before_after.synthetic.svg").exists()
    assert all(
        "Synthetic data" in line for line in text.splitlines() if line.startswith((":", "!")) and "::" not in line
    )


def test_without_a_pilot_the_page_says_so(tmp_path: Path) -> None:
    (tmp_path / "alpha" / "tables").mkdir(parents=True)
    empty = SimpleNamespace(locality=SimpleNamespace(id="alpha", name="Alpha"), outputs=tmp_path / "alpha")
    text = page(tmp_path, empty)
    assert "No locality has a pilot to show yet." in text
    assert "provenance:" not in text


def test_the_page_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    alpha = place(tmp_path, "alpha", "Alpha", {"Pilot area 1": 0.1})
    assert page(tmp_path, alpha) == page(tmp_path, alpha)


@pytest.mark.parametrize("laid", side_by_side.LAID, ids=lambda laid: laid.name)
def test_every_table_of_the_page_is_published_by_the_notebook_for_it(laid: side_by_side.Laid) -> None:
    root = Path(__file__).resolve().parents[2]
    notebook = json.loads((root / "notebooks" / "05_pilot_evaluation.ipynb").read_text("utf-8"))
    cells = ["".join(cell["source"]) for cell in notebook["cells"]]
    (cell,) = [text for text in cells if f'"{laid.name}"' in text]
    assert '"on_page": ["Areas side by side", "../side-by-side/index.qmd"]' in cell
