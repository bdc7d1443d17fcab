"""What a notebook proposes is held against dictionaries and records: nothing forged, nothing of a record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from compendium import dictionary
from compendium.aggregate import Counts, Origin, Statistic
from compendium.dictionary.table import origin_of
from compendium.errors import DisclosureRefused
from compendium.locality import Locality, load_locality
from compendium.paths import Root
from compendium.proposals import Proposal
from compendium.workflow import vetting
from tests.unit.released import WHO

ROOT = Root(Path(__file__).resolve().parents[2])
ID = "demo_area_b"


@pytest.fixture(scope="module")
def locality() -> Locality:
    return load_locality(ROOT, ID)


@pytest.fixture(scope="module")
def search(locality: Locality) -> Callable[[Path], None]:
    return vetting.record_search(ROOT, locality)


def origin(locality: Locality, table: str) -> Origin:
    dictionaries = dictionary.load(ROOT.dictionaries)
    source = locality.source(table, dictionaries)
    assert source
    return origin_of(dictionaries[table], source.provenance, ROOT.relative(source.path))


def proposed(where: Origin, *, rows: int = 1) -> dict[str, Proposal]:
    frame = pd.DataFrame({"responsible": ["adult"] * rows, "count": [20] * rows})
    return {"a_table": Proposal("a_table", "03_case_files", "A table", Counts(frame, "victim", (WHO,), where))}


def test_a_table_that_says_what_its_dictionary_says_passes(locality: Locality) -> None:
    for table in ("victims", "studies"):
        assert vetting.origins(ROOT, locality, proposed(origin(locality, table))) == []


@pytest.mark.parametrize(
    "lie",
    [
        {"sensitivity": "public"},
        {"policy": ""},
        {"units": "none"},
        {"units": "services"},
        {"provenance": "real"},
        {"source": "P-86429"},
        {"title": "P-86429"},
        {"licence": "P-86429"},
        {"file": "P-86429"},
        {"table": "studies"},
        {"table": "nobody_described_it"},
    ],
    ids=lambda lie: " ".join(f"{key} {value}" for key, value in lie.items()),
)
def test_a_table_that_says_anything_else_is_refused(locality: Locality, lie: dict[str, Any]) -> None:
    (problem,) = vetting.origins(ROOT, locality, proposed(replace(origin(locality, "victims"), **lie)))
    assert "P-86429" not in str(problem)


def test_statistics_are_held_against_it_too(locality: Locality) -> None:
    forged = replace(origin(locality, "victims"), sensitivity="public")
    statistic = Statistic("listing", pd.DataFrame({"label": ["x"]}), {"label": "Label"}, "victim", 99, forged)
    assert vetting.origins(ROOT, locality, {"a": Proposal("a", "03_case_files", "A", statistic)})


def first(table: str, column: str) -> str:
    path = ROOT.localities / ID / "data" / "synthetic" / f"{table}.synthetic.csv"
    return str(pd.read_csv(path, dtype=str)[column].dropna().iloc[0])


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("victims", "victim_row"),
        ("victims", "person_id"),
        ("suspects", "suspect_row"),
        ("suspects", "person_id"),
        ("cases", "case_id"),
        ("crimes", "crime_id"),
        ("case_events", "event_id"),
        ("ratings", "rater_id"),
        ("votes", "voter_id"),
        ("acceptability", "respondent"),
        ("services", "name"),
        ("services", "description"),
        ("organizations", "name"),
    ],
)
def test_an_identifier_or_free_text_in_what_is_about_to_leave_is_refused(
    tmp_path: Path, search: Callable[[Path], None], table: str, column: str
) -> None:
    value = first(table, column)
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "a.json").write_text(f'{{"rows": [{{"label": "{value}"}}]}}', "utf-8")
    with pytest.raises(DisclosureRefused) as refused:
        search(tmp_path)
    assert f"column {column}" in str(refused.value)
    assert value not in str(refused.value)


def test_what_is_meant_to_be_shown_passes(tmp_path: Path, search: Callable[[Path], None]) -> None:
    shown = [first("priorities", "title"), first("codes", "label"), first("pilot_services", "service_code"), "Zone 01"]
    (tmp_path / "a.md").write_text("\n".join(shown), "utf-8")
    search(tmp_path)
