"""What a released table says as CSV, JSON, markdown and in numbers for prose."""

from __future__ import annotations

import csv
import dataclasses
import io
import json

import pandas as pd
import pytest

from compendium.aggregate import Released, Statistic
from compendium.errors import CompendiumError
from compendium.proposals import Proposal, by_name, read_all, write
from compendium.release import tables, values
from tests.unit.released import ORIGIN, counts, released


def test_csv_has_a_row_a_cell_and_says_synthetic_on_each() -> None:
    rows = list(csv.DictReader(io.StringIO(tables.as_csv(released()))))
    assert len(rows) == 9
    assert {row["provenance"] for row in rows} == {"synthetic"}
    assert [row["count"] for row in rows if row["status"] == "hidden"] == ["", "", ""]
    assert rows[0]["form_label"] == "Image of the child"


def test_text_that_a_spreadsheet_would_run_is_quoted() -> None:
    frame = pd.DataFrame({"label": ["=1+1", "plain"], "estimate": [0.5, 0.25]})
    found = dataclasses.replace(
        released(), kind="estimates", frame=frame, dimensions=(), columns={"label": "Study", "estimate": "Estimate"}
    )
    assert "'=1+1" in tables.as_csv(found)


def test_a_reader_sees_totals_and_the_word_hidden() -> None:
    text = tables.as_markdown(released())
    assert "| Image of the child | 20 | 30 | 50 |" in text
    assert "hidden | hidden | hidden" in text
    assert "| Total | 32 | 48 | 80 |" in text
    assert "{#tbl-victims-by-form}" in text
    assert "Synthetic data" in text


def test_a_column_that_says_nothing_is_not_shown() -> None:
    frame = pd.DataFrame([("Shift", -0.5, "")], columns=["measure", "observed", "p_text"])
    assert "| measure | observed |" in tables.as_markdown(_statistic("paired", frame))
    assert "| Shift | −0.5 |" in tables.as_markdown(_statistic("paired", frame))


def test_a_table_behind_a_figure_has_no_number_of_its_own() -> None:
    assert "{#tbl-" not in tables.as_markdown(released(), behind_figure=True)
    assert "Synthetic data" in tables.as_markdown(released(), behind_figure=True)


@pytest.mark.parametrize(
    ("column", "written"),
    [
        ([6.5, 11.0, 0.6, None], ["6.5", "11.0", "0.6", "–"]),
        ([0.713, 0.0426, 0.245], ["0.713", "0.043", "0.245"]),
        ([0.424, 0.48], ["0.424", "0.480"]),
        ([0.918, 0.0004], ["0.918", "0.0004"]),
        ([5.0, 18.0, 0.0], ["5", "18", "0"]),
        ([0.856, 0.9, 1.0], ["0.856", "0.900", "1.000"]),
        ([0.409, 0.146, 2.68, 10.71], ["0.41", "0.15", "2.68", "10.71"]),
        ([1234.5, -2.0], ["1,234.5", "−2.0"]),
        ([3, "hidden"], ["3", "hidden"]),
    ],
)
def test_numbers_of_a_column_have_the_same_decimals(column: list[object], written: list[str]) -> None:
    assert tables.written_alike(column) == written


def test_labels_from_data_are_inert_in_markdown() -> None:
    assert "Other \\| &lt;b&gt;" in tables.as_markdown(released())


def test_json_says_how_many_have_no_known_category() -> None:
    record = json.loads(tables.as_json(released(), {"v.csv": "abc"}))
    assert record["not_recorded"] == {"form": {"other": None}}
    assert record["provenance"] == "synthetic"
    assert record["inputs"] == {"v.csv": "abc"}


def test_values_come_from_released_cells_only() -> None:
    found = values.derive([released()])
    assert found["victims_by_form.total"]["text"] == "80"
    assert found["victims_by_form.form.image"]["value"] == 50
    assert found["victims_by_form.form.image_percent"]["text"] == "62%"  # 50 of 80
    assert found["victims_by_form.form.other"] == {"text": "hidden", "value": None, "table": "victims_by_form"}
    assert found["victims_by_form.form.other_percent"]["text"] == "hidden"


def test_values_nest_as_pages_ask_for_them() -> None:
    assert values.nested(values.derive([released()]))["victims_by_form"]["responsible"]["adult"] == "32"


def test_an_estimate_is_written_with_its_interval() -> None:
    frame = pd.DataFrame([("Pooled", 0.1178, 0.1008, 0.1373)], columns=["label", "estimate", "low", "high"])
    found = values.derive([_statistic("estimates", frame)])
    assert found["x.pooled"]["text"] == "11.8% (10.1 to 13.7)"


@pytest.mark.parametrize(
    ("chance", "low", "high", "words"),
    [
        (0.23, 0.17, 0.3, "0.23 (0.17 to 0.30)"),
        (0.0, -0.08, 0.12, "0.00 (−0.08 to 0.12)"),
        (4.88, 0, 12, "4.88 (0 to 12)"),
    ],
)
def test_an_interval_has_the_same_decimals_at_both_ends(chance: float, low: float, high: float, words: str) -> None:
    frame = pd.DataFrame(
        [{"measure": "Gini", "observed": 0.29, "chance": chance, "low": low, "high": high, "events": 9}]
    )
    assert values.derive([_statistic("concentration", frame)])["x.gini_by_chance"]["text"] == words


def test_a_statistic_that_is_no_proportion_has_no_percent_sign() -> None:
    frame = pd.DataFrame([("Gini", 0.4489, 0.35, 0.46)], columns=["measure", "observed", "low", "high"])
    assert values.derive([_statistic("concentration", frame)])["x.gini"]["text"] == "0.45 (0.35 to 0.46)"


@pytest.mark.parametrize(
    ("observed", "words"),
    [
        (0.40, "within what chance gives"),
        (0.47, "more than chance gives"),
        (0.30, "less than chance gives"),
        ("1,600", "more than chance gives"),
        ("hidden", "not shown"),
    ],
)
def test_a_figure_beside_chance_says_so_in_words(observed: object, words: str) -> None:
    frame = pd.DataFrame(
        [("Gini", observed, 0.4, 0.35, 0.46, 94, 87_862)],
        columns=["measure", "observed", "chance", "low", "high", "places", "events"],
    )
    found = values.derive([_statistic("concentration", frame)])
    assert found["x.gini_verdict"]["text"] == words
    assert (found["x.places"]["text"], found["x.events"]["text"]) == ("94", "87,862")


def test_a_proposal_is_the_same_after_writing_and_reading(tmp_path) -> None:
    aggregate = counts()
    write(tmp_path / "03", Proposal("victims_by_form", "03", "Title", aggregate, "bars", "Caption", "", {"x": 1}))
    (found,) = read_all(tmp_path)
    pd.testing.assert_frame_equal(found.aggregate.frame, aggregate.frame)
    assert found.aggregate.dimensions == aggregate.dimensions
    assert found.aggregate.origin == ORIGIN
    assert found.options == {"x": 1}


def test_a_name_published_by_two_notebooks_is_refused(tmp_path) -> None:
    statistic = Statistic("listing", pd.DataFrame({"a": [1]}), {"a": "A"}, "study", 1, ORIGIN)
    for notebook in ("01", "02"):
        write(tmp_path / notebook, Proposal("listing", notebook, "Title", statistic))
    with pytest.raises(CompendiumError, match="01 and 02"):
        by_name(read_all(tmp_path))


def _statistic(kind: str, frame: pd.DataFrame) -> Released:
    columns = {name: name for name in frame.columns}
    return dataclasses.replace(released(), name="x", kind=kind, frame=frame, dimensions=(), columns=columns)


@pytest.mark.parametrize(
    ("column", "written"),
    [
        ([0.25, 1.0, None], ["25%", "100%", "–"]),
        ([0.0057, 0.029, 0.111], ["0.6%", "2.9%", "11.1%"]),
    ],
)
def test_parts_of_a_whole_are_read_as_percentages(column: list[float | None], written: list[str]) -> None:
    assert tables.written_as_shares(column) == written
