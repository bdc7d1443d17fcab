# ruff: noqa: E501  (a case a line)
"""What a locality says differently of a table: other codes and words where they are its own, never anything looser."""

from __future__ import annotations

from pathlib import Path

import pytest

from compendium import dictionary
from compendium.errors import InputRefused
from tests.acceptance.elsewhere import DICTIONARIES as NORDHAFEN
from tests.bare import bare, exit_code
from tests.shared import ROOT

FOLDER = ROOT / "data_dictionaries"


def refusal(folder: Path, table: str, text: str) -> str:
    path = folder / f"{table}.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputRefused) as refused:
        dictionary.load(FOLDER, {table: path})
    return str(refused.value)


@pytest.fixture
def nordhafen(tmp_path: Path) -> dictionary.Dictionaries:
    for table, text in NORDHAFEN.items():
        (tmp_path / f"{table}.yml").write_text(text, encoding="utf-8")
    return dictionary.load(FOLDER, {table: tmp_path / f"{table}.yml" for table in NORDHAFEN})


def test_a_locality_has_its_own_codes_labels_and_groupings(nordhafen: dictionary.Dictionaries) -> None:
    bands = nordhafen["victims"].dimension("age_band")
    assert bands.categories == {
        "0-11": "Unter 12", "12-15": "12 bis 15", "16-17": "16 oder 17", "not_recorded": "Nicht erfasst"
    }  # fmt: skip
    assert bands.missing == ("not_recorded",)
    assert nordhafen["victims"].dimension("age_group").members["12_17"] == ("12-15", "16-17")
    assert nordhafen["victims"].dimension("sex").categories["female"] == "Mädchen"
    assert nordhafen["victims"].dimension("sex").members == dictionary.load(FOLDER)["victims"].dimension("sex").members


def test_protection_keys_and_rules_are_the_same_everywhere(nordhafen: dictionary.Dictionaries) -> None:
    for name, ours in dictionary.load(FOLDER).items():
        there = nordhafen[name]
        assert (there.sensitivity, there.policy, there.units, there.unit) == (
            ours.sensitivity, ours.policy, ours.units, ours.unit
        )  # fmt: skip
        assert (there.primary_key, there.foreign_keys, there.names) == (ours.primary_key, ours.foreign_keys, ours.names)
        for field in ours.fields:
            other = there.field(field.name)
            assert (other.role, other.type, other.sensitive, other.area) == (
                field.role, field.type, field.sensitive, field.area
            )  # fmt: skip
            assert other.constraints.required == field.constraints.required
            assert other.constraints.unique == field.constraints.unique
    kept = {rule.id for rule in nordhafen["victims"].rules}
    assert {"age-16-or-17", "age-not-recorded", "no-home-when-unidentified", "age-under-12"} <= kept


def test_the_project_s_own_dictionaries_are_as_they_were(nordhafen: dictionary.Dictionaries) -> None:
    assert "0-11" in nordhafen["victims"].field("age_band").codes
    assert "0-11" not in dictionary.load(FOLDER)["victims"].field("age_band").codes


@pytest.mark.parametrize(
    ("table", "text", "said"),
    [
        ("victims", "name: victims\nsensitivity: public\n", "line 2: The key sensitivity isn't known here."),
        ("victims", "name: victims\npolicy: none\n", "The key policy isn't known here."),
        ("victims", "name: victims\nfields: [{name: age, role: text}]\n", "The key role isn't known here."),
        ("victims", "name: victims\nfields: [{name: age, constraints: {required: false}}]\n", "The key required isn't known here."),
        ("victims", "name: victims\nfields:\n  - name: relationship\n    sensitive: false\n", "line 4: relationship is sensitive everywhere."),
        ("victims", "name: victims\nfields: [{name: aeg}]\n", "victims has no column aeg. Did you mean age?"),
        ("victims", "name: suspects\n", "The file is about suspects, and stands for victims."),
        ("cases", "name: cases\nfields: [{name: stage, constraints: {enum: [a, b]}}]\n", "The codes of stage are those of this project everywhere: constraints can't be changed."),
        ("cases", "name: cases\nfields: [{name: stage, labels: {opn: Offen}}]\n", "stage has no code opn. Did you mean open?"),
        ("victims", "name: victims\nfields:\n  - name: age_band\n    constraints: {enum: [a, b]}\n    hierarchies: {other: {title: x, categories: {}}}\n", "age_band has other codes, and age_group doesn't group them."),
        ("victims", NORDHAFEN["victims"].replace("members: [0-11]", "members: []"), "line 10: 0-11 stands in no category."),
        ("victims", NORDHAFEN["victims"].replace(", age-14-or-15", ""), "14-15 is no code of age_band."),
        ("victims", NORDHAFEN["victims"].replace("without_rules: [", "without_rules: [age-not-recorded, "), "The rule age-not-recorded holds for the codes of this locality too and can't be left out."),
        ("victims", NORDHAFEN["victims"].replace("age-under-10", "age-under-9"), "victims has no rule age-under-9. Did you mean age-under-10?"),
        ("suspects", NORDHAFEN["suspects"], "Or leave the rule out: without_rules in the locality's own file of crimes."),
        ("victim", "name: victim\n", "dictionaries: no table is called victim. Did you mean victims?"),
    ],
)  # fmt: skip
def test_what_a_locality_may_not_say_is_refused_with_its_line(tmp_path: Path, table: str, text: str, said: str) -> None:
    assert said in refusal(tmp_path, table, text)


def test_a_file_that_is_not_there_is_told_by_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = bare(tmp_path / "compendium", more="dictionaries: {victims: {file: dictionaries/victims.yml}}\n")
    assert exit_code("check", "here", "--root", root) == 1
    assert "localities/here/dictionaries/victims.yml: The file can't be read." in capsys.readouterr().err
