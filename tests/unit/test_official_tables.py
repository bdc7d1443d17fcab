"""The committed official tables and the evidence register agree with their dictionaries, and with each other."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import shapely

from compendium import dictionary
from compendium.dictionary import Checked, Dictionaries
from compendium.errors import InputRefused
from compendium.importers.carry_over import carry_over
from tests.shared import ROOT, SHARED, needs_shared

OFFICIAL = ROOT / "localities" / "blackpool" / "data" / "official"


@pytest.fixture(scope="module")
def dictionaries() -> Dictionaries:
    return dictionary.load(ROOT / "data_dictionaries")


@pytest.fixture(scope="module")
def checked(dictionaries: Dictionaries) -> Checked:
    evidence = {path.stem: path for path in sorted((ROOT / "evidence").glob("*.csv"))}
    official = {path.stem: path for path in sorted(OFFICIAL.glob("*.csv"))}
    return dictionary.read_tables({**evidence, **official}, dictionaries)


def text(name: str) -> pd.DataFrame:
    return pd.read_csv(ROOT / "evidence" / f"{name}.csv", dtype=str, keep_default_na=False)


def test_no_table_has_anything_to_complain_about(checked: Checked) -> None:
    assert checked.problems == []
    assert len(checked.tables) == 18


def test_the_register_holds_what_its_note_says() -> None:
    studies, prevalence = text("studies"), text("prevalence")
    percent = prevalence.loc[prevalence["estimate_percent"] != "", "estimate_percent"].astype(float)
    assert (len(studies), len(prevalence), len(text("interventions")), len(text("quality_standards"))) == (
        99,
        147,
        20,
        97,
    )
    assert ((studies["year"] != "").sum(), (studies["doi"] == "").sum()) == (86, 63)
    assert (len(percent), round(percent.sum(), 1)) == (137, 2_004.5)


@needs_shared
@pytest.mark.parametrize("name", ["studies", "prevalence", "interventions", "quality_standards"])
def test_the_register_is_carried_over_unchanged(name: str) -> None:
    assert (ROOT / "evidence" / f"{name}.csv").read_bytes() == (SHARED / "data/evidence" / f"{name}.csv").read_bytes()


def test_every_report_says_how_it_was_read_and_none_in_full() -> None:
    reading = text("study_reading")
    assert set(reading["study_id"]) == set(text("studies")["study_id"])
    assert reading["read_as"].isin(["report", "abstract", "page", "press"]).all()


def test_a_sample_enters_a_set_once() -> None:
    sets = text("pooling_sets")
    assert not sets[sets["use"] == "yes"].duplicated(["set_id", "sample"]).any()


def test_what_may_be_pooled_has_a_number_asked() -> None:
    sets = text("pooling_sets").merge(text("prevalence"), on=["study_id", "outcome"], how="left")
    usable = sets[sets["use"] == "yes"]
    assert (usable["n"] != "").all()
    assert (usable["estimate_percent"] != "").all()


def test_the_printed_contradictions_stay_as_printed() -> None:
    prevalence = text("prevalence").set_index(["study_id", "outcome"])
    row = prevalence.loc[("ortegabaron2023", "online sexual solicitation by an adult")]
    assert (row["estimate_percent"], row["events"], row["n"]) == ("12.6", "448", "3578")  # 448 / 3578 is 12.5 %


def test_official_tables_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in OFFICIAL.iterdir()}
    assert max(sizes.values()) < 600_000
    assert sum(sizes.values()) < 1_500_000


def test_small_areas_have_one_outline_and_one_population(checked: Checked) -> None:
    outlines = pd.DataFrame(checked.tables["area_outlines"].to_dict(as_series=False))
    drawn = set(outlines.loc[outlines["level"] == "lsoa", "area_code"])
    residents = pd.DataFrame(checked.tables["area_population_official"].to_dict(as_series=False))
    assert len(drawn) == 94
    assert set(residents.loc[residents["level"] == "lsoa", "area_code"]) == drawn
    assert set(checked.tables["area_incidents"]["area_code"]) == drawn


def test_outlines_are_small_and_lie_around_blackpool(checked: Checked) -> None:
    assert (OFFICIAL / "area_outlines.csv").stat().st_size < 80_000
    outlines = pd.DataFrame(checked.tables["area_outlines"].to_dict(as_series=False))
    assert outlines.groupby(["level", "vintage"]).size().to_dict() == {
        ("lsoa", 2011): 94,
        ("ward", 2013): 21,
        ("ward", 2024): 21,
    }
    west, south, east, north = shapely.total_bounds(shapely.from_wkt(outlines["geometry"].to_numpy(dtype=object)))
    assert -3.07 < west < east < -2.97
    assert 53.77 < south < north < 53.89


def test_small_areas_add_up_to_their_authority(checked: Checked) -> None:
    residents = pd.DataFrame(checked.tables["area_population_official"].to_dict(as_series=False))
    by_age = residents[residents["level"] == "lsoa"].groupby("age")["persons"].sum()
    authority = residents[residents["area_code"] == "E06000009"].set_index("age")["persons"]
    assert (by_age == authority).all()


def test_the_readme_names_every_file_with_its_rows() -> None:
    readme = (OFFICIAL / "README.md").read_text(encoding="utf-8")
    for path in sorted(OFFICIAL.glob("*.csv")):
        rows = len(path.read_text(encoding="utf-8").splitlines()) - 1
        line = next(line for line in readme.splitlines() if f"`{path.name}`" in line and line.startswith("|"))
        assert line.endswith(f"| {rows:,} |")


@needs_shared
def test_carrying_over_again_gives_the_committed_bytes(tmp_path: Path) -> None:
    written = carry_over(SHARED / "data", tmp_path)
    assert [path.name for path in written] == sorted(
        path.name for path in OFFICIAL.iterdir() if path.name != "README.md"
    )
    for path in written:
        assert path.read_bytes() == (OFFICIAL / path.name).read_bytes(), path.name


def test_nothing_is_written_when_a_published_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(InputRefused) as refused:
        carry_over(tmp_path / "published", tmp_path / "out")
    assert len(refused.value.problems) == 17  # one a file, all at once
    assert not (tmp_path / "out").exists()
