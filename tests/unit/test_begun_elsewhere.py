"""A town outside the United Kingdom begins: codes, ages, levels and words of its own, and a twin told in them."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from compendium import dictionary
from compendium.beginning import Wanted, begin
from compendium.cli import commands  # noqa: F401 (importing them registers them)
from compendium.cli.application import app
from compendium.dictionary import twin
from compendium.errors import InputRefused
from compendium.locality import HelpLine, load_locality
from compendium.paths import Root
from compendium.report import helping
from tests.unit.dutch_town import CODE_LISTS, DICTIONARIES

OURS = Path(__file__).parents[2]
SETTINGS = "localities/zwolle/locality.yml"
OWN_HELP = """\
help_lines:
  - {name: Hulplijn, phone: "0800 0000", url: "https://example.org", checked: 2026-01-31}
help: {emergency: "112", only_own: true}
"""


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Root:
    """A compendium in which a Dutch town has begun, as `new --elsewhere` leaves it."""
    root = tmp_path_factory.mktemp("compendium")
    for name in ("data_dictionaries", "evidence", "framework", "notebooks"):
        shutil.copytree(OURS / name, root / name)
    shutil.copytree(OURS / "report", root / "report", ignore=shutil.ignore_patterns("*.qmd"))
    (root / "localities").mkdir()
    shutil.copy(OURS / "localities" / "twin_parameters.yml", root / "localities")
    (root / "_quarto.yml").write_text("project: {type: website}\n", encoding="utf-8")
    begin(Root(root), Wanted("zwolle", elsewhere=True))
    return Root(root)


@pytest.fixture(scope="module")
def dutch(begun: Root, tmp_path_factory: pytest.TempPathFactory) -> Root:
    """The same after the team has written its own over what was there, and told its twin in it."""
    root = Root(tmp_path_factory.mktemp("dutch") / "compendium")
    shutil.copytree(begun.path, root.path)
    folder = root.localities / "zwolle"
    for table, text in DICTIONARIES.items():
        (folder / "dictionaries" / f"{table}.yml").write_text(text, encoding="utf-8")
    for table, text in CODE_LISTS.items():
        (folder / "data" / f"{table}.csv").write_text(text, encoding="utf-8")
    path = root.path / SETTINGS
    text = path.read_text("utf-8").replace("area_level: zone ", "area_level: buurt ")
    text = text.replace("dictionaries:\n", "dictionaries:\n  costs: {file: dictionaries/costs.yml}\n")
    path.write_text(text + OWN_HELP, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def told(dutch: Root) -> Root:
    refused = said(dutch, "check", "zwolle")
    assert "`compendium twin zwolle` makes them again" in refused
    made = said(dutch, "twin", "zwolle")
    assert "templates/case_files.xlsx" in made
    return dutch


def said(root: Root, *arguments: str) -> str:
    ran = CliRunner().invoke(app, [*arguments, "--root", str(root.path)], standalone_mode=False)
    return ran.output + str(ran.exception or "")


def table(root: Root, name: str) -> pd.DataFrame:
    return pd.read_csv(root.localities / "zwolle" / twin.FOLDER / f"{name}.synthetic.csv", dtype=str)


def test_what_is_laid_out_to_write_over_says_what_the_project_says(begun: Root) -> None:
    place = load_locality(begun, "zwolle")
    ours = dictionary.load(begun.dictionaries)
    theirs = dictionary.load(begun.dictionaries, place.dictionary_files())
    assert len(place.dictionaries) == 9
    assert "compendium twin zwolle" in (place.folder / "README.md").read_text("utf-8")
    assert {name for name in ours if ours[name] != theirs[name]} == set()
    told = said(begun, "check", "zwolle")
    assert "no errors" in told
    assert "help lines of the United Kingdom. A child there can't use them" in told


def test_its_invented_records_are_told_in_its_codes_and_pass_its_check(told: Root) -> None:
    checked = said(told, "check", "zwolle")
    assert "no errors" in checked
    assert "United Kingdom" not in checked  # its own help lines are named
    assert set(table(told, "victims")["age_band"]) == {"0-11", "12-15", "16-17", "onbekend"}
    assert set(table(told, "suspects")["age_band"]) <= {"under-12", "12-17", "18-plus", "onbekend"}
    assert set(table(told, "crimes")["outcome_type"].dropna()) == {"DV", "TS", "BS", "HALT"}
    areas = table(told, "areas")
    assert list(areas.head(3)["area_id"]) == ["BU99990001", "BU99990002", "BU99990003"]
    assert Counter(areas["level"]) == {"gemeente": 1, "wijk": 3, "buurt": 21}
    assert list(areas["name"][[0, 1, 4]]) == ["Hele gemeente", "Wijk 1", "Buurt 1"]
    assert set(table(told, "cases")["zone"]) <= set(areas["area_id"])


def test_nobody_is_added_or_lost_when_records_are_told_in_other_codes(begun: Root, told: Root) -> None:
    for name in ("cases", "crimes", "victims", "suspects", "case_events", "services", "ratings"):
        assert len(table(told, name)) == len(table(begun, name)), name
    children = [int(table(root, "area_population")["persons"].astype(int).sum()) for root in (begun, told)]
    assert children == [29_110, 29_110]  # ONS mid-2020, aged 0 to 17: a parameter of the twin
    before, after = (table(root, "crimes")["offence_code"].tolist() for root in (begun, told))
    assert dict(zip(before, after, strict=True))["88A"] == "248e"
    aged = table(told, "victims").dropna(subset="age")
    assert all(int(age) <= 11 for age, band in zip(aged["age"], aged["age_band"], strict=True) if band == "0-11")


def test_what_the_how_to_shows_is_taken_beside_the_rest(told: Root, tmp_path: Path) -> None:
    page = (OURS / "docs" / "how-to" / "a-locality-outside-the-uk.md").read_text("utf-8")
    shown = dict(re.findall(r"```yaml\n# localities/zwolle/dictionaries/(\w+)\.yml\n(.*?)```", page, re.S))
    assert set(shown) == {"areas", "victims"}
    files = dict(load_locality(told, "zwolle").dictionary_files())
    for table, text in shown.items():
        files[table] = tmp_path / f"{table}.yml"
        files[table].write_text(text, encoding="utf-8")
    assert dictionary.load(told.dictionaries, files)["victims"].field("age_band").codes[-1] == "onbekend"


def test_the_twin_is_the_same_each_time(told: Root) -> None:
    before = {path.name: path.read_bytes() for path in (told.localities / "zwolle").rglob("*") if path.is_file()}
    said(told, "twin", "zwolle")
    assert {p.name: p.read_bytes() for p in (told.localities / "zwolle").rglob("*") if p.is_file()} == before


def test_blank_spreadsheets_offer_its_codes_and_a_filled_one_stays(told: Root) -> None:
    book = openpyxl.load_workbook(told.localities / "zwolle" / "templates" / "case_files.xlsx")
    shown = {str(cell.value) for row in book["Code lists"].iter_rows() for cell in row}
    assert {"248e", "Grooming", "12 tot en met 15", "BU99990005", "Meisje"} <= shown
    assert "88A" not in shown


def test_areas_without_an_example_of_their_codes_are_asked_for_one(dutch: Root, tmp_path: Path) -> None:
    root = Root(tmp_path / "compendium")
    shutil.copytree(dutch.path, root.path)
    path = root.localities / "zwolle" / "dictionaries" / "areas.yml"
    path.write_text(path.read_text("utf-8").replace("    example: BU99990001\n", ""), encoding="utf-8")
    assert "Give area_id an example that ends in digits" in said(root, "twin", "zwolle")
    settings = root.path / SETTINGS
    settings.write_text(settings.read_text("utf-8").replace("area_level: buurt", "area_level: zone"), encoding="utf-8")
    assert "localities/zwolle/locality.yml: area_level: zone is no level of areas" in said(root, "twin", "zwolle")


def test_groupings_take_other_words_and_never_other_members(told: Root, tmp_path: Path) -> None:
    place = load_locality(told, "zwolle")
    cases = dictionary.load(told.dictionaries, place.dictionary_files())["cases"]
    assert cases.dimension("form_group").categories["image"] == "Beeld van het kind"
    assert cases.dimension("form_three").title == "Form of harm (in three)"  # what nobody translated stays
    wrong = tmp_path / "cases.yml"
    text = DICTIONARIES["cases"].replace("members: [sexual_communication]", "members: [extortion]")
    wrong.write_text(text.replace("[extortion, exposure, other_online]", "[exposure, other_online]"), encoding="utf-8")
    with pytest.raises(InputRefused, match="form_group groups the codes of this project"):
        dictionary.load(told.dictionaries, {"cases": wrong})


def test_help_is_that_of_the_country(told: Root) -> None:
    place, lines = load_locality(told, "zwolle"), helping.load(told)
    for text in (helping.short(lines, place), helping.everywhere(lines, place)):
        assert "call 112" in text and "Hulplijn" in text and "0800 0000" in text
        assert "Childline" not in text and "999" not in text
    assert "Childline" not in "\n".join(helping.of_children(lines, place))
    assert "Childline" in helping.short(lines, replace(place, help=type(place.help)(), help_lines=()))


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("help: {only_own: true}\n", "there is none of your own that anybody can reach"),
        ('help: {emergency: "call us"}\n', "This is no emergency number."),
    ],
)
def test_help_that_nobody_can_reach_is_refused(begun: Root, tmp_path: Path, written: str, message: str) -> None:
    (tmp_path / "localities" / "zwolle").mkdir(parents=True)
    shutil.copytree(begun.notebooks, tmp_path / "notebooks")
    (tmp_path / SETTINGS).write_text((begun.path / SETTINGS).read_text("utf-8") + written, encoding="utf-8")
    with pytest.raises(InputRefused, match=message):
        load_locality(Root(tmp_path), "zwolle")


def test_a_line_of_help_without_a_country_is_unchanged() -> None:
    line = HelpLine(name="Advice", phone="01234 567890", checked="2026-11-20")
    place = replace(load_locality(Root(OURS), "blackpool"), help_lines=(line,))
    assert "call 999" in helping.short(helping.load(Root(OURS)), place)


PLATFORMS = """\
name: crimes
fields:
  - name: platform
    constraints: {enum: [instagram, hyves, other, onbekend]}
    labels: {instagram: Instagram, hyves: Hyves, other: Anders, onbekend: Niet bekend}
    missing_codes: [onbekend]
    hierarchies:
      platform_group:
        title: Platform (gegroepeerd)
        categories:
          instagram: {label: Instagram, members: [instagram]}
          others: {label: Anders, members: [hyves, other]}
          not_recorded: {label: Niet bekend, members: [onbekend]}
      platform_named:
        title: Of er een platform staat
        categories:
          some: {label: Ja, members: [instagram, hyves, other]}
          not_recorded: {label: Niet bekend, members: [onbekend]}
"""
LEVELS = (
    "name: areas\nfields:\n  - {name: level, constraints: {enum: [stad, buurt]}, labels: {stad: Stad, buurt: Buurt}}\n"
)
CODES = "name: areas\nfields:\n  - {name: area_id, example: BU0001, constraints: {pattern: 'BU[0-9]{4}'}}\n"


def drawn(folder: Path, area_level: str, **texts: str) -> dict[str, pd.DataFrame]:
    """The twin as a place with these files would have it."""
    files = {table: folder / f"{table}.yml" for table in texts}
    for table, text in texts.items():
        files[table].write_text(text, encoding="utf-8")
    ours = dictionary.load(OURS / "data_dictionaries")
    local = dictionary.load(OURS / "data_dictionaries", files)
    parameters = twin.load_parameters(OURS / "localities" / "twin_parameters.yml")
    return twin.make("here", parameters, ours, area_level=area_level, period=("2022-05", "2023-04"), local=local)


def test_levels_of_areas_may_differ_alone_and_so_may_their_codes(tmp_path: Path) -> None:
    areas = drawn(tmp_path, "buurt", areas=LEVELS)["areas"]
    assert areas[["area_id", "name", "level"]].to_numpy().tolist()[:2] == [
        ["A00", "Stad", "stad"],
        ["B01", "Buurt 1", "buurt"],
    ]
    areas = drawn(tmp_path, "zone", areas=CODES)["areas"]
    assert areas["area_id"].tolist()[:2] == ["BU0001", "BU0002"]
    assert areas["level"].tolist()[-1] == "sub_zone" and areas["name"].tolist()[4] == "Zone 01"


def test_a_code_that_stays_is_kept_and_one_without_a_like_becomes_any(tmp_path: Path) -> None:
    told = drawn(tmp_path, "zone", crimes=PLATFORMS)["crimes"]["platform"]
    ours = drawn(tmp_path, "zone", areas=CODES)["crimes"]["platform"]
    pairs = set(zip(ours, told, strict=True))
    assert {("instagram", "instagram"), ("not_recorded", "onbekend")} <= pairs
    assert {there for here, there in pairs if here in ("facebook", "snapchat", "whatsapp")} <= {
        "instagram",
        "hyves",
        "other",
    }


def test_a_grouping_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    text = DICTIONARIES["cases"].replace("form_group:", "form_grupp:")
    with pytest.raises(InputRefused, match=r"form has no grouping form_grupp\. Did you mean form_group"):
        drawn(tmp_path, "zone", cases=text)


def test_a_twin_in_the_codes_of_the_project_is_the_twin(begun: Root) -> None:
    before = table(begun, "crimes"), table(begun, "areas")
    said(begun, "twin", "zwolle")
    after = table(begun, "crimes"), table(begun, "areas")
    assert all(old.equals(new) for old, new in zip(before, after, strict=True))
