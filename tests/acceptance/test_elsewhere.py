"""A locality outside the United Kingdom is a folder: other codes, ages, words and areas, and no line of code."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.acceptance.elsewhere import make
from tests.acceptance.project import compendium, copy_project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with Nordhafen, its records brought in from its force's export and its notebooks run."""
    folder = tmp_path_factory.mktemp("elsewhere")
    here = copy_project(folder / "project")
    make(here, folder / "export.csv", folder / "mapping.yml")
    words = ("import", "force-export", "../export.csv", "--to", "nordhafen", "--mapping", "../mapping.yml")
    brought = compendium(here, *words, "--new-key", "../key", "--synthetic")
    assert brought.returncode == 0, brought.stderr
    assert "cases 640, crimes 790, victims 703, suspects 520" in brought.stdout  # as many as the twin has
    return here


@pytest.fixture(scope="module")
def released(project: Path) -> Path:
    ran = compendium(project, "run", "nordhafen", "--jobs", "2")
    assert ran.returncode == 0, ran.stderr
    return project / "outputs" / "nordhafen" / "tables"


def cells(released: Path, name: str) -> list[dict[str, str]]:
    with (released / f"{name}.synthetic.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_codes_ages_words_and_areas_of_elsewhere_pass_the_check(project: Path) -> None:
    checked = compendium(project, "check", "nordhafen")
    assert checked.returncode == 0, checked.stderr
    assert "no errors" in checked.stderr


def test_codes_of_england_are_refused_there(project: Path) -> None:
    file = project / "localities/nordhafen/data/imported/crimes.synthetic.csv"
    before = file.read_text(encoding="utf-8")
    file.write_text(before.replace("N-11", "88A", 1), encoding="utf-8")
    checked = compendium(project, "check", "nordhafen")
    file.write_text(before, encoding="utf-8")
    assert checked.returncode == 1
    assert "column offence_code: A text of 3 characters is not a declared code." in checked.stderr


def test_another_locality_keeps_its_own_codes(project: Path) -> None:
    assert compendium(project, "check", "demo_area_b").returncode == 0


def test_ages_are_counted_in_the_bands_of_the_place(released: Path) -> None:
    found = cells(released, "victims_by_age")
    assert {row["age_band"] for row in found} == {"0-11", "12-15", "16-17", "not_recorded", "Total"}
    whole = [row for row in found if row["age_band"] == row["responsible"] == "Total"]
    assert [row["count"] for row in whole] == ["703"]


def test_outcomes_are_counted_in_the_groups_of_the_place(released: Path) -> None:
    written = json.dumps(json.loads((released / "case_flow.synthetic.json").read_text("utf-8")), ensure_ascii=False)
    assert "Einstellung mangels Tatnachweis" in written
    assert "Charged or summonsed" not in written


def test_areas_of_another_level_are_those_over_which_cases_are_dealt_out(released: Path) -> None:
    assert {row["places"] for row in cells(released, "case_concentration")} == {"6"}


def test_official_tables_of_england_are_said_not_to_be_supplied(released: Path) -> None:
    for name in ("official_comparators", "deprivation_2019", "deprivation_2025", "children_living_here"):
        assert len((released / f"{name}.csv").read_text(encoding="utf-8").splitlines()) <= 1


def test_what_is_published_is_protected(project: Path, released: Path) -> None:
    assert compendium(project, "audit", "outputs/nordhafen").returncode == 0
