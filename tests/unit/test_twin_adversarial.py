"""The twin of edge cases: every legal oddity at least once, no error, and never among a locality's own data."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from compendium.dictionary import Dictionaries, Dictionary, load, read_tables
from compendium.dictionary.twin_adversarial import make_adversarial, write_adversarial
from compendium.errors import InputRefused
from tests.unit.test_twin import LOCALITIES, PERIOD, ROOT

NEVER = {
    ("areas", "invented", "no"): "a twin has invented areas only",
    ("young_evaluators", "uses_service", "yes"): "a rule refuses it: nobody rates a service they use",
}
LABELS = {
    "areas": "name",
    "organizations": "name",
    "services": "name",
    "priorities": "title",
    "codes": "label",
    "progression_criteria": "criterion",
}


@cache
def adversarial(locality: str) -> dict[str, dict[str, pd.DataFrame]]:
    return make_adversarial(locality, ROOT, area_level=LOCALITIES[locality], period=PERIOD)


@cache
def loaded() -> Dictionaries:
    return load(ROOT.dictionaries)


def both(name: str) -> pd.DataFrame:
    return pd.concat([tables[name].astype(object) for tables in adversarial("blackpool").values()])


def texts(name: str, column: str) -> set[str]:
    cells = both(name)[column]
    return {str(cell).lower() if isinstance(cell, bool) else str(cell) for cell in cells[cells.notna() & (cells != "")]}


def fields() -> Iterator[tuple[str, Dictionary, str]]:
    dictionaries = loaded()
    for name in sorted(adversarial("blackpool")["full"]):
        for field in dictionaries[name].fields:
            yield name, dictionaries[name], field.name


@pytest.mark.parametrize("locality", LOCALITIES)
@pytest.mark.parametrize("kind", ["full", "bare"])
def test_edge_cases_agree_with_their_dictionaries(locality: str, kind: str, tmp_path: Path) -> None:
    write_adversarial(ROOT, locality, tmp_path, area_level=LOCALITIES[locality], period=PERIOD)
    dictionaries = loaded()
    paths = {path.name.split(".")[0]: path for path in (tmp_path / kind).iterdir()}
    assert all("synthetic" in path.name for path in paths.values())
    for lookup in ("offence_codes", "outcomes"):
        paths[lookup] = ROOT.path / dictionaries[lookup].default_file
    problems = read_tables(paths, dictionaries).problems
    assert [problem for problem in problems if problem.level == "error"] == []


def test_every_code_of_every_column_occurs() -> None:
    missing = {
        (name, column, code)
        for name, dictionary, column in fields()
        for code in dictionary.field(column).codes
        if code not in texts(name, column)
    }
    assert missing == set(NEVER)


def test_every_optional_column_is_filled_somewhere_and_empty_somewhere() -> None:
    for name, dictionary, column in fields():
        if not dictionary.field(column).constraints.required:
            cells = both(name)[column]
            empty = cells.isna() | (cells == "")
            assert empty.any(), f"{name}.{column} is never empty"
            assert not empty.all(), f"{name}.{column} is never filled"


def test_every_declared_bound_is_reached() -> None:
    for name, dictionary, column in fields():
        bounds = dictionary.field(column).constraints
        numbers = pd.to_numeric(both(name)[column], errors="coerce")
        for bound, reached in ((bounds.minimum, numbers.min()), (bounds.maximum, numbers.max())):
            if bound is not None:
                assert reached == bound, f"{name}.{column} does not reach {bound}"
        if bounds.max_length is not None:
            longest = max(len(text) for text in texts(name, column))
            assert longest == bounds.max_length, f"{name}.{column}: the longest text has {longest} characters"


@pytest.mark.parametrize(("table", "column"), LABELS.items())
def test_labels_have_letters_of_other_alphabets(table: str, column: str) -> None:
    assert any(not text.isascii() for text in texts(table, column))


def test_labels_hold_what_markdown_and_html_read_as_their_own() -> None:
    assert set("|*_`$[]<>&\"'") <= set("".join(texts("services", "name")))


@pytest.mark.parametrize("locality", LOCALITIES)
def test_the_bare_twin_has_one_row_a_table_and_every_optional_cell_empty(locality: str) -> None:
    dictionaries, tables = loaded(), adversarial(locality)["bare"]
    assert {name: len(table) for name, table in tables.items() if len(table) != 1} == {"services": 2}
    assert set(tables) == set(adversarial(locality)["full"])
    for name, table in tables.items():
        for field in dictionaries[name].fields:
            if not field.constraints.required:
                assert (table[field.name].isna() | (table[field.name] == "")).all(), f"{name}.{field.name}"


class TestRelationsBetweenPersonsAndCases:
    @pytest.fixture
    def tables(self) -> dict[str, pd.DataFrame]:
        return adversarial("blackpool")["full"]

    def test_a_child_is_victim_and_suspect_of_one_case_and_of_two(self, tables: dict[str, pd.DataFrame]) -> None:
        joined = tables["victims"].merge(tables["suspects"], on="person_id", suffixes=("_victim", "_suspect"))
        same = joined["case_id_victim"] == joined["case_id_suspect"]
        assert same.any()
        assert not same.all()

    def test_a_child_is_harmed_in_three_cases_and_a_suspect_recorded_in_six(
        self, tables: dict[str, pd.DataFrame]
    ) -> None:
        assert tables["victims"]["person_id"].value_counts().max() >= 3
        assert tables["suspects"]["person_id"].value_counts().max() >= 6

    def test_four_siblings_are_victims_of_one_case(self, tables: dict[str, pd.DataFrame]) -> None:
        homes = tables["victims"].groupby(["case_id", "home_zone"]).size()
        assert homes.max() >= 4

    def test_every_age_of_a_child_occurs(self, tables: dict[str, pd.DataFrame]) -> None:
        assert set(tables["victims"]["age"].dropna()) == set(range(18))

    @pytest.mark.parametrize("table", ["crimes", "victims", "suspects", "case_events"])
    def test_a_case_lacks_each_of_the_other_tables(self, tables: dict[str, pd.DataFrame], table: str) -> None:
        assert set(tables["cases"]["case_id"]) - set(tables[table]["case_id"])

    def test_one_case_has_a_crime_of_every_outcome(self, tables: dict[str, pd.DataFrame]) -> None:
        outcomes = tables["crimes"].groupby("case_id")["outcome_type"].nunique()
        assert outcomes.max() >= 22

    def test_offences_run_over_midnight_of_a_year_on_a_leap_day_from_long_ago_and_without_dates(
        self, tables: dict[str, pd.DataFrame]
    ) -> None:
        crimes = tables["crimes"]
        begins, ends = crimes["offence_from"].map(str), crimes["offence_to"].map(str)
        assert (begins.str.endswith("-12-31") & ends.str.endswith("-01-01")).any()
        assert ((begins == "2020-02-29") & (ends == "2020-02-29")).any()
        assert (begins == "1901-01-01").any()
        lost = crimes["offence_from"].isna(), crimes["offence_to"].isna()
        assert (lost[0] & lost[1]).any()
        assert (lost[0] & ~lost[1]).any()
        assert (~lost[0] & lost[1]).any()

    def test_cases_were_recorded_on_the_first_and_the_last_day_of_the_period(
        self, tables: dict[str, pd.DataFrame]
    ) -> None:
        assert {"2022-05-01", "2023-04-30", "2022-12-31", "2023-01-01"} <= set(tables["cases"]["recorded_on"].map(str))


def test_edge_cases_are_the_same_bytes_each_time(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        write_adversarial(ROOT, "blackpool", tmp_path / folder, area_level="zone", period=PERIOD)
    one, two = (
        {path.relative_to(tmp_path / folder): path.read_bytes() for path in (tmp_path / folder).rglob("*.csv")}
        for folder in ("one", "two")
    )
    assert one == two
    assert len(one) == 2 * len(adversarial("blackpool")["full"])


@pytest.mark.parametrize("below", ["", "blackpool", "blackpool/data/synthetic", "elsewhere/../blackpool"])
def test_edge_cases_are_never_written_among_the_localities(below: str) -> None:
    with pytest.raises(InputRefused, match="not data of a locality"):
        write_adversarial(ROOT, "blackpool", ROOT.localities / below, area_level="zone", period=PERIOD)
    assert not (ROOT.localities / below / "full").exists()
