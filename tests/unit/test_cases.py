"""Counting case files: the hand-made files of `case_files.py`, counted by eye."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from compendium.aggregate import TableGroup
from compendium.analysis import case_dimensions, cases
from compendium.errors import CompendiumError, UnknownName
from tests.unit import case_files as made


def counted(*by: str, unit: str = "victim") -> dict[tuple[str, ...], int]:
    found = cases.counts(made.case_files(), by, unit, areas=made.areas(), period=made.PERIOD)
    rows = found.frame.set_index(list(by))["count"].to_dict()
    return {key if isinstance(key, tuple) else (key,): value for key, value in rows.items() if value}


def test_a_victim_is_counted_once_in_each_case() -> None:
    assert counted("form_group", "responsible") == {
        ("communication", "adult"): 2,
        ("communication", "not_known"): 1,
        ("other", "adult"): 1,
        ("other", "child"): 2,
    }


def test_every_combination_has_a_row_zeros_included() -> None:
    found = cases.counts(made.case_files(), ["form", "responsible"], "case")
    assert len(found.frame) == 3 * 3
    assert found.frame["count"].sum() == 5


def test_one_case_of_three_crimes_is_one_case_with_the_outcome_of_its_principal_crime() -> None:
    assert counted("outcome_group", unit="case") == {
        ("charged",): 1,
        ("open",): 1,
        ("public_interest_21",): 1,
        ("diversion_22",): 1,
        ("cancelled",): 1,
    }
    assert counted("outcome_group", unit="crime")[("evidential",)] == 1
    assert counted("outcome_group", unit="crime")[("open",)] == 2


def test_open_cases_are_not_outcomes_and_21_and_22_are_not_added_to_evidential() -> None:
    assert counted("end_group", unit="case") == {
        ("charged",): 1,
        ("public_interest_21",): 1,
        ("other_decision",): 1,
        ("open",): 1,
        ("withdrawn",): 1,
    }
    assert counted("stage_group", unit="case") == {("outcome",): 3, ("open",): 1, ("withdrawn",): 1}


def test_stage_and_outcome_are_groupings_of_one_variable_so_that_they_are_protected_together() -> None:
    found = cases.counts(made.case_files(), ["stage", "end_group", "outcome_group"], "case")
    assert {dimension.variable for dimension in found.dimensions} == {"end"}
    finest = [sorted(code for members in d.members.values() for code in members) for d in found.dimensions]
    assert finest[0] == finest[1] == finest[2]


def test_quarters_begin_with_the_period_not_with_the_year() -> None:
    assert counted("quarter", unit="case") == {("q1",): 2, ("q2",): 1, ("q4",): 2}
    labels = cases.counts(made.case_files(), ["quarter"], "case", period=made.PERIOD).dimensions[0].categories
    assert list(labels.values())[1:3] == ["August to October 2022", "November 2022 to January 2023"]


def test_areas_are_counted_by_the_largest_parts_of_the_locality() -> None:
    assert counted("area", unit="case") == {("T1",): 3, ("T2",): 2}


def test_a_child_who_is_also_a_suspect_in_another_case_is_found_by_person() -> None:
    assert counted("child_role") == {("also_suspect",): 1, ("victim_only",): 4, ("not_identified",): 1}
    assert counted("child_known") == {("identified",): 5, ("not_identified",): 1}


def test_the_delay_runs_from_the_last_day_of_the_offence_or_the_first_where_that_is_all_there_is() -> None:
    assert counted("delay", unit="case") == {
        (code,): 1 for code in ("week", "month", "year", "non_recent", "not_recorded")
    }
    assert counted("delay_bands")[("week",)] == 2  # both children of the first case


@pytest.mark.parametrize(
    ("days", "band"),
    [(-3, "week"), (7, "week"), (8, "month"), (31, "month"), (32, "quarter"), (92, "quarter"), (93, "year"),
     (365, "year"), (366, "non_recent")],
)  # fmt: skip
def test_a_day_belongs_to_one_band_of_delay(days: int, band: str) -> None:
    recorded = pd.Series(["2023-04-30"])
    ended = pd.Series([str((pd.Timestamp("2023-04-30") - pd.Timedelta(days=days)).date())])
    assert list(case_dimensions.delay_codes(ended, recorded)) == [band]


def test_a_blank_is_counted_as_not_recorded() -> None:
    assert counted("age_band")[("not_recorded",)] == 1


def test_totals_of_a_unit_agree_whatever_it_is_counted_by() -> None:
    for by in (["form"], ["responsible", "end_group"], ["quarter"], ["area", "age_band"], ["child_role"], ["delay"]):
        assert sum(counted(*by).values()) == 6


def test_an_adult_only_offence_with_no_child_responsible_is_empty_by_law() -> None:
    found = cases.counts(made.case_files(), ["responsible", "offence_code"], "crime")
    assert found.structural_zeros == {("child", "88A")}


def test_an_unknown_dimension_names_the_nearest_known_one() -> None:
    with pytest.raises(UnknownName, match="Did you mean responsible"):
        cases.counts(made.case_files(), ["responsable"])


def test_a_record_outside_the_period_is_never_silently_left_out() -> None:
    with pytest.raises(CompendiumError, match="1 rows have no category of quarter"):
        cases.counts(made.case_files(), ["quarter"], "case", period=("2022-05", "2023-03"))


def test_a_locality_without_case_files_gives_an_empty_table() -> None:
    given = made.case_files()
    empty = {
        name: type(table)(table.origin, table.unit, table.frame.iloc[:0], table.dimensions, supplied=False)
        for name, table in given.tables.items()
    }
    found = cases.counts(TableGroup("case_files", empty), ["form", "quarter"], "victim", period=made.PERIOD)
    assert found.frame.empty
    assert list(found.frame.columns) == ["form", "quarter", "count"]


def test_areas_that_lie_in_no_other_are_the_parts_of_a_locality_without_a_row_of_its_own() -> None:
    areas = pd.DataFrame({"area_id": ["A", "B"], "level": ["zone", "sub_zone"], "parent_id": ["", "A"]})
    assert case_dimensions.largest_parts(areas) == "zone"
    assert case_dimensions.largest_parts(areas.assign(parent_id=[None, "A"])) == "zone"
    with pytest.raises(CompendiumError, match="parent_id"):
        case_dimensions.largest_parts(areas.iloc[:1].assign(level="locality"))


def test_a_table_that_a_locality_does_not_supply_is_not_counted_as_nobody() -> None:
    files = made.case_files()
    without = replace(files["case_events"], supplied=False)
    found = cases.counts(replace(files, tables={**files.tables, "case_events": without}), ["responsible"], "event")
    assert found.frame.empty
