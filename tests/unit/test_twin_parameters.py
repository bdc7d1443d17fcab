"""Every parameter of the twin says where it comes from, and the table of them is safe to put on a page."""

from __future__ import annotations

from pathlib import Path

import pytest

from compendium.dictionary import twin
from compendium.dictionary.twin_draw import apportion, month_days
from compendium.dictionary.twin_parameters import Parameter, Parameters
from compendium.errors import InputRefused, UnknownName
from tests.unit.test_twin import ROOT

PARAMETERS = twin.load_parameters(twin.parameters_path(ROOT))


def test_every_parameter_has_a_source_and_a_reason() -> None:
    assert all(entry.source and entry.reason and entry.title for entry in PARAMETERS)
    assert {entry.basis for entry in PARAMETERS} == {"published", "assumption"}


def test_published_outcomes_add_up_to_those_printed() -> None:
    """Avon & Somerset FOI 1247-22: 244 listed with 53 open and one incident report; 190 have an outcome."""
    outcomes = {**PARAMETERS["crimes.outcome_suspect"], **PARAMETERS["crimes.outcome_no_suspect"]}
    assert sum(outcomes.values()) == 245 - 53 - 1 - 1  # printed sum less open, incident, and the one that is not listed
    assert (outcomes["18"], outcomes["15"], outcomes["1"], outcomes["14"]) == (84, 36, 23, 21)


def test_platforms_named_in_lancashire_add_up() -> None:
    assert sum(PARAMETERS["crimes.platform"].values()) == 207  # of 252, year to April 2019


def test_an_unknown_parameter_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"cases\.number"):
        PARAMETERS["cases.numbers"]


def test_a_parameter_without_a_source_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "twin_parameters.yml"
    file.write_text("version: 1\nparameters:\n  - {id: a, title: A, value: 1, basis: guess, reason: none}\n", "utf-8")
    with pytest.raises(InputRefused) as refused:
        twin.load_parameters(file)
    told = str(refused.value)
    assert "line 3" in told
    assert "source" in told
    assert "basis" in told


def test_a_key_that_is_misspelt_is_named_with_its_line_and_the_nearest(tmp_path: Path) -> None:
    file = tmp_path / "twin_parameters.yml"
    file.write_text("version: 1\nparameters: []\nparameter: []\n", "utf-8")
    with pytest.raises(InputRefused, match=r"line 3.*The key parameter isn't known here.*parameters"):
        twin.load_parameters(file)


def test_the_page_of_assumptions_cannot_carry_out_markdown() -> None:
    hostile = "{{< env HOME >}} `x` $y$ [z](u) *w* @v"
    for value in (hostile, {"A|B": hostile}, {"A": {hostile: 0.5, "c": 0.5}}, {"A|B": {"c": hostile}}):
        entry = Parameter("a.b", "A|B", value, "published", hostile, f"{hostile}\nR", borrowed=True)
        page = twin.twin_assumptions_markdown(Parameters(1, (entry,)))
        assert r"A\|B" in page
        assert "{{<" not in page
        for sign in "`$[@":
            assert f"\\{sign}" in page
            assert sign not in page.replace(f"\\{sign}", "")
        assert "*Published, borrowed from elsewhere.*" in page


def test_every_parameter_stands_on_the_page_with_its_source_and_reason() -> None:
    page = twin.twin_assumptions_markdown(PARAMETERS).replace("\\", "")
    for entry in PARAMETERS:
        assert page.count(entry.title) >= 1, entry.id
        assert entry.reason in page, entry.id
        assert entry.source.rstrip(".") in page, entry.id
    published = [entry for entry in PARAMETERS if entry.basis == "published"]
    assert f"{len(PARAMETERS.entries)} parameters: {len(published)} published" in page
    assert "## Other" not in page


def test_shares_are_shown_as_percentages_and_counts_as_counts() -> None:
    page = twin.twin_assumptions_markdown(PARAMETERS)
    assert "| sexual communication | 54% | 5% | 41% |" in page.replace("\\", "")  # cases.responsible
    assert "instagram: 90, facebook: 58" in page
    assert "| 21.7% |" in page  # cases.open


def test_shares_are_given_out_whole_and_add_up() -> None:
    """Hand calculation: 10 over 1/3, 1/3, 1/3 is 4, 3, 3 (the first tie gets the rest)."""
    assert apportion({"a": 1, "b": 1, "c": 1}, 10) == {"a": 4, "b": 3, "c": 3}
    assert apportion({"a": 0.5, "b": 0.25, "c": 0.25}, 4) == {"a": 2, "b": 1, "c": 1}


def test_a_period_ends_on_the_last_day_of_its_last_month() -> None:
    assert [str(day) for day in month_days("2023-11", "2023-12")] == ["2023-11-01", "2023-12-31"]
    assert str(month_days("2024-01", "2024-02")[1]) == "2024-02-29"
