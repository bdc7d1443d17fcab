"""Where records come from is said by what was released: real is never called synthetic, nor the reverse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compendium.report import provenance

GROUPS = {"case_files": ("cases", "victims"), "service_map": ("services",), "workshop_records": ("ratings",)}
NOTEBOOK = {
    "cells": [
        {"cell_type": "raw", "source": '---\ntitle: "Case files"\nprovenance: synthetic\nprovenance-note: "old"\n---'},
        {"cell_type": "code", "source": 'study.publish(\n    "victims_by_form",\n    x)\nstudy.publish("crime", y)'},
    ]
}


def release(folder: Path, **tables: tuple[str, str, str]) -> Path:
    """Released tables by name: dictionary, provenance, sensitivity."""
    for name, (table, kind, sensitivity) in tables.items():
        record = {"table": table, "provenance": kind, "sensitivity": sensitivity, "rows": [{"count": 1}]}
        stem = name if kind == "real" else f"{name}.{kind}"
        (folder / f"{stem}.json").write_text(json.dumps(record), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("kind", "says", "never"),
    [
        ("synthetic", "The case files are synthetic", "are real"),
        ("real", "The case files are real", "synthetic"),
        ("illustrative", "The case files are illustrative", "synthetic"),
    ],
)
def test_a_page_says_what_the_released_tables_say(tmp_path: Path, kind: str, says: str, never: str) -> None:
    kinds = provenance.of_tables(release(tmp_path, a=("cases", kind, "sensitive")), GROUPS)
    said = provenance.words(kinds)["case_files"]
    assert says in said["statement"] and never not in said["statement"]
    assert said["is"] == kind


def test_where_both_stand_each_table_says_which(tmp_path: Path) -> None:
    tables = {"a": ("cases", "real", "sensitive"), "b": ("victims", "synthetic", "sensitive")}
    kinds = provenance.of_tables(release(tmp_path, **tables), GROUPS)
    assert kinds["case_files"] == "mixed"
    assert "Each table and figure says which" in provenance.words(kinds)["case_files"]["statement"]
    assert provenance.band(kind for kind in kinds.values() if kind != "none") == "mixed"


def test_a_locality_with_real_cases_and_a_synthetic_map_says_so_in_one_sentence(tmp_path: Path) -> None:
    tables = {"a": ("cases", "real", "sensitive"), "b": ("services", "synthetic", "sensitive")}
    said = provenance.words(provenance.of_tables(release(tmp_path, **tables), GROUPS))["all"]
    assert said["statement"] == (
        "The case files are **real**; the services are **synthetic**; the workshops are **not supplied**."
    )


def test_public_figures_do_not_make_records_real(tmp_path: Path) -> None:
    tables = {"a": ("cases", "synthetic", "sensitive"), "b": ("cases", "real", "public")}
    assert provenance.of_tables(release(tmp_path, **tables), GROUPS)["case_files"] == "synthetic"


@pytest.mark.parametrize(("kind", "band"), [("real", "records"), ("synthetic", "synthetic")])
def test_the_band_of_a_notebook_follows_what_it_shows(tmp_path: Path, kind: str, band: str) -> None:
    tables = release(tmp_path, victims_by_form=("victims", kind, "sensitive"), crime=("area_crime", "real", "public"))
    kinds = provenance.of_tables(tables, GROUPS)
    made = json.loads(provenance.with_band(json.dumps(NOTEBOOK), kinds, GROUPS, tables))
    front = made["cells"][0]["source"]
    assert f'provenance: "{band}"' in front
    assert f"The case files are {kind}" in front and "published figures are real" in front
    assert "old" not in front and front.count("provenance:") == 1
    assert front.endswith("---")


@pytest.mark.parametrize(("kind", "band"), [("real", "real"), ("illustrative", "illustrative")])
def test_a_demonstration_gives_way_to_a_review_of_the_localitys_own(tmp_path: Path, kind: str, band: str) -> None:
    words = '---\ntitle: "Review"\nprovenance: illustrative\nprovenance-note: "A demonstration."\n---'
    notebook = {"cells": [{"cell_type": "raw", "source": words}, NOTEBOOK["cells"][1]]}
    tables = release(tmp_path, victims_by_form=("screening", kind, "public"), crime=("merges", kind, "public"))
    made = json.loads(provenance.with_band(json.dumps(notebook), {}, GROUPS, tables))["cells"][0]["source"]
    assert f"provenance: {band}\n" in made
    assert ("A demonstration." in made) == (kind == "illustrative")


def test_a_notebook_without_records_keeps_its_own_words(tmp_path: Path) -> None:
    tables = release(tmp_path, victims_by_form=("studies", "real", "public"))
    assert provenance.with_band(json.dumps(NOTEBOOK), {}, GROUPS, tables) == json.dumps(NOTEBOOK)


def test_the_first_page_calls_nothing_synthetic_where_everything_is_real() -> None:
    real = provenance.for_the_site({"Leeds": {"case_files": "real"}})
    assert "synthetic" not in real.replace("What is real, synthetic and illustrative", "")
    mixed = provenance.for_the_site({"Leeds": {"case_files": "real"}, "Demo": {"case_files": "synthetic"}})
    assert "Some records shown here are real and some are not" in mixed
    made_up = provenance.for_the_site({"Demo": {"case_files": "synthetic"}})
    assert "No child, case or service shown here is a real one" in made_up


def test_no_notebook_or_page_says_by_hand_that_records_are_synthetic() -> None:
    root = Path(__file__).resolve().parents[2]
    texts = {
        path.name: path.read_text("utf-8") for path in [*root.glob("notebooks/*.ipynb"), *root.glob("report/_*.md")]
    }
    for name, text in texts.items():
        for phrase in ("are synthetic", "is synthetic", "are **synthetic**", "synthetic cases", "synthetic services"):
            assert phrase not in text, f"{name}: {phrase}"
