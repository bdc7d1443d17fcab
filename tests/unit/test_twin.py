"""The synthetic twin: the same bytes each time, a null scenario, nothing real in it, and every awkward thing there."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from scipy import stats

from compendium.dictionary import load, read_tables, twin
from compendium.dictionary.twin_cases import make_cases
from compendium.dictionary.twin_draw import Draw
from compendium.errors import UnknownName
from compendium.locality import load_locality
from compendium.paths import Root
from tests.shared import SHARED, needs_shared

ROOT = Root(Path(__file__).resolve().parents[2])
LOCALITIES = {"blackpool": "zone", "demo_area_b": "district"}
PERIOD = ("2022-05", "2023-04")


@cache
def twin_of(locality: str, seed: str = "") -> dict[str, pd.DataFrame]:
    parameters, dictionaries = twin.load_parameters(twin.parameters_path(ROOT)), load(ROOT.dictionaries)
    level = LOCALITIES.get(locality, "zone")
    return twin.make(locality, parameters, dictionaries, area_level=level, period=PERIOD, seed=seed)


def committed(locality: str) -> list[Path]:
    return sorted((ROOT.localities / locality / twin.FOLDER).glob("*.csv"))


@pytest.mark.parametrize("locality", LOCALITIES)
def test_the_committed_files_are_the_bytes_that_the_twin_makes(locality: str) -> None:
    made = {f"{name}.synthetic.csv": twin.as_csv(table) for name, table in twin_of(locality).items()}
    assert {path.name: path.read_bytes() for path in committed(locality)} == {
        name: text.encode("utf-8") for name, text in made.items()
    }
    assert not any("\r" in text for text in made.values())


@pytest.mark.parametrize("locality", LOCALITIES)
def test_every_synthetic_table_agrees_with_its_dictionary(locality: str) -> None:
    dictionaries, opened = load(ROOT.dictionaries), load_locality(ROOT, locality)
    names = {*twin_of(locality), "offence_codes", "outcomes"}
    paths = {name: found.path for name in sorted(names) if (found := opened.source(name, dictionaries))}
    assert set(paths) == names
    assert read_tables(paths, dictionaries).problems == []


def test_another_locality_or_seed_makes_other_cases() -> None:
    ours = twin_of("blackpool")["cases"]
    assert not ours.equals(twin_of("leeds")["cases"])
    assert not ours.equals(twin_of("blackpool", seed="2")["cases"])


def test_an_area_level_nobody_invented_is_refused_with_the_nearest() -> None:
    parameters = twin.load_parameters(twin.parameters_path(ROOT))
    with pytest.raises(UnknownName, match="zone"):
        twin.make("leeds", parameters, load(ROOT.dictionaries), area_level="zones", period=PERIOD)


def test_the_numbers_of_cases_victims_crimes_and_suspects_are_those_declared() -> None:
    tables = twin_of("blackpool")
    assert len(tables["cases"]) == 185  # Engelmann, Weirich & May-Chahal 2025
    assert len(tables["victims"]) == 185 + 14 + 2 * 2
    assert len(tables["crimes"]) == 185 + 43 + 2
    assert 140 <= len(tables["suspects"]) <= 160
    assert len(twin_of("demo_area_b")["cases"]) == 640


def test_all_dates_lie_in_the_twelve_months_of_the_period() -> None:
    months = {f"{day:%Y-%m}" for day in twin_of("blackpool")["cases"]["recorded_on"]}
    assert months == {f"2022-{month:02d}" for month in range(5, 13)} | {f"2023-{month:02d}" for month in range(1, 5)}


def test_cases_fall_in_zones_in_proportion_to_the_children_who_live_there() -> None:
    """Forty twins together: chi-squared below its 99.9 % point (20 degrees of freedom: 45.3)."""
    parameters = twin.load_parameters(twin.parameters_path(ROOT))
    children = twin_of("blackpool")["area_population"].groupby("area_id")["persons"].sum().to_dict()
    found: dict[str, int] = dict.fromkeys(children, 0)
    for seed in range(40):
        for case in make_cases("blackpool", parameters, children, PERIOD, Draw("test", seed)):
            found[case["zone"]] += 1
    expected = [40 * 185 * number / sum(children.values()) for number in children.values()]
    assert stats.chisquare(list(found.values()), expected).statistic < 45.3


@pytest.mark.parametrize("locality", LOCALITIES)
def test_the_pilot_shows_no_change_between_before_and_after(locality: str) -> None:
    """Per service, the exact signed-rank test finds nothing at 5 %."""
    ratings = twin_of(locality)["assessments"].query("rater == 'self'")
    means = ratings.pivot_table(index="service_code", columns="wave", values="level").dropna()
    assert len(means) == 15
    for wave in ("after", "then"):
        assert stats.wilcoxon(means["before"], means[wave], zero_method="pratt").pvalue > 0.05


def test_people_of_blackpool_are_as_many_as_the_published_children() -> None:
    assert twin_of("blackpool")["area_population"]["persons"].sum() == 29_110  # ONS mid-2020, ages 0 to 17


@pytest.mark.parametrize("locality", LOCALITIES)
def test_every_file_says_synthetic_and_holds_no_official_code(locality: str) -> None:
    for path in committed(locality):
        assert "synthetic" in path.name
        assert not re.search(r"\b[EW][0-9]{8}\b", path.read_text(encoding="utf-8")), path.name
    assert set(twin_of(locality)["areas"]["invented"]) == {"yes"}


@needs_shared
def test_no_real_ward_is_named_in_a_synthetic_file() -> None:
    lookup = SHARED / "data" / "geography" / "lookup_lsoa21_ward24_lad24_lancashire_pfa.csv"
    with lookup.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    names = {value for row in rows for key, value in row.items() if "name" in key.lower() or key.upper().endswith("NM")}
    assert len(names) > 200
    text = "\n".join(path.read_text(encoding="utf-8") for locality in LOCALITIES for path in committed(locality))
    words = set(re.findall(r"[^,\n\"]+", text))
    assert not names & words
