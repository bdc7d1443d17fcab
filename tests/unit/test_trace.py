"""From voice to result and back: nothing is lost, what leads nowhere is said, what is hidden stays hidden."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from compendium import charts
from compendium.aggregate import Origin, Released
from compendium.errors import CompendiumError
from compendium.framework import standards
from compendium.framework.local import Local
from compendium.locality import load_locality
from compendium.paths import Root
from compendium.release import show, tables
from compendium.release.derived.trace import LINKS, trace_backwards, trace_forwards, trace_results
from compendium.report import framework_page
from compendium.report.place import Place
from tests.bare import bare
from tests.shared import ROOT

ORIGIN = Origin("code_links", "Links", "sensitive", "synthetic", "participants", "records made for a test")
ROWS = [
    ("K01", "Waiting | #x", "code", "P05", "Help begins <b>", "priority"),
    ("K02", "Alone", "code", "P05", "Help begins <b>", "priority"),
    ("K03", "Companies", "code", "", "Nothing takes it up", ""),
    ("P05", "Help begins <b>", "priority", "S3", "Help", "standard"),
    ("S3", "Help", "standard", "3.1", "First contact in time", "criterion"),
    ("S3", "Help", "standard", "3.2", "A named worker", "criterion"),
    ("3.1", "First contact in time", "criterion", "M3.1", "in time / referred", "measure"),
    ("3.2", "A named worker", "criterion", "M3.2", "with a worker / supported", "measure"),
]
SCORES = {"measure": "Measure", "group": "Rated by", "n": "Services", "mean": "Mean", "low": "From", "high": "To"}


def released(name: str, rows: list[tuple], columns: dict[str, str], kind: str) -> Released:
    frame = pd.DataFrame(rows, columns=list(columns))
    return Released(name, name, name, frame, "link", kind, (), columns, ORIGIN, "participants")


TRACE = released("voice_to_standard", ROWS, LINKS, "trace")
LEVELS = released(
    "pilot_levels",
    [
        ("Criterion 3.1", "The service itself", 12, 1.64, 1.2, 2.04),
        ("Criterion 3.1", "Young evaluators", None, None, None, None),
    ],
    SCORES,
    "scores",
)


def test_forwards_shows_every_way_and_the_theme_that_leads_nowhere() -> None:
    frame, _ = trace_forwards([TRACE, LEVELS], {})
    assert list(zip(frame["code"], frame["criterion"], strict=True)) == [
        ("Waiting | #x", "3.1 First contact in time"),
        ("Waiting | #x", "3.2 A named worker"),
        ("Alone", "3.1 First contact in time"),
        ("Alone", "3.2 A named worker"),
        ("Companies", "–"),
    ]
    assert frame["priority"].iloc[-1] == "Nothing takes it up"


def test_backwards_names_all_that_led_to_a_result() -> None:
    frame, columns = trace_backwards([TRACE, LEVELS], {})
    assert next(iter(columns)) == "result"
    assert frame["code"].tolist() == ["Waiting | #x; Alone"] * 2
    assert frame["standard"].tolist() == ["3 Help"] * 2


def test_a_hidden_level_stays_hidden_and_one_that_was_not_released_says_so() -> None:
    frame, _ = trace_results([TRACE, LEVELS], {})
    results = dict(zip(frame["from_id"], frame["to_label"], strict=True))
    assert results["M3.1"] == "Services 1.6 (1.2 to 2.0); Young people: hidden"
    assert results["M3.2"] == "Nothing is released"


def test_a_table_without_levels_is_refused() -> None:
    with pytest.raises(CompendiumError, match="voice_to_standard holds no scores"):
        trace_results([TRACE, TRACE], {})


def test_both_drawings_together_hold_the_whole_chain() -> None:
    frame, _ = trace_results([TRACE, LEVELS], {})
    whole = replace(TRACE, frame=frame, kind="trace_results")
    first = charts.draw(replace(whole, options={"kinds": ["code", "priority", "standard", "criterion"]}))
    second = charts.draw(replace(whole, options={"kinds": ["standard", "criterion", "measure", "result"]}))
    assert first.alt.startswith("3 codes, 1 priority, 1 standard and 2 criteria")
    assert "Not taken up: Companies" in first.alt
    assert second.alt.startswith("1 standard, 2 criteria, 2 measures and 2 results")
    assert "Not taken up" not in second.alt
    assert b"Services 1.6" in second.svg


@pytest.fixture
def page(tmp_path: Path) -> str:
    """The appendix of a place with a released trace and levels."""
    root = Root(bare(tmp_path))
    out = tmp_path / "outputs" / "here"
    (out / "tables").mkdir(parents=True)
    for item in (replace(TRACE, chart="trace", options={"kinds": ["code", "priority"]}), LEVELS):
        (out / "tables" / f"{show.stem(item)}.json").write_text(tables.as_json(item, {}), encoding="utf-8")
        show.as_markdown(item, out)
    for name, work in (("trace_from_voice", trace_forwards), ("trace_from_result", trace_backwards)):
        frame, columns = work([TRACE, LEVELS], {})
        item = replace(TRACE, name=name, frame=frame, columns=columns, kind=name)
        (out / "tables" / f"{show.stem(item)}.json").write_text(tables.as_json(item, {}), encoding="utf-8")
    values = {"suggestions_by_decision.total": {"text": "36", "value": 36, "table": "suggestions_by_decision"}}
    place = Place(load_locality(root, "here"), out, values, ())
    names = standards.versions(ROOT / "framework")
    every = [standards.load(ROOT / "framework", ROOT / "evidence", name) for name in names]
    return framework_page.page(place, Local(every[-1]), every, records="Synthetic records.")


def test_the_appendix_shows_what_was_released_and_says_what_was_not(page: str) -> None:
    flat = " ".join(page.split())
    assert "related: Suggestions recorded in the workshops: 36" in flat
    assert "Victims whose route to notice is not recorded: not released" in flat
    assert flat.count("not counted yet") == 12, "no measure has been counted anywhere"
    assert "| 3.1 | children offered first contact within 10 working days / children referred" in flat
    assert "1.6 (1.2 to 2.0); 12 services | hidden |" in flat
    without = "[11 of 12 criteria](numbers.qmd#from-pilot-levels){.number}"
    assert f"For {without} no rating by young people is released." in flat
    assert "fig-alt=" in page
    assert "print: true" in page
    assert json.dumps("Illustrative standards. Synthetic records.") in page


def test_labels_from_workshops_are_inert_in_the_appendix(page: str) -> None:
    assert "Waiting \\| \\#x" in page
    assert "Help begins &lt;b&gt;" in page
    assert "<b>" not in page


def test_every_section_a_funder_prints_is_there(page: str) -> None:
    for name in ("glance", "standard-1", "standard-6", "conformance", "trace", "crosswalk", "history"):
        assert f"{{#sec-{name}}}" in page
    assert "### From illustrative\\@0.9 to illustrative\\@1.0" in page
    assert page.count("Written for this software; no workshop decided it.") >= 12, "each entry says who decided it"
