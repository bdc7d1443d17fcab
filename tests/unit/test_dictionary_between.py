"""What one table decides about another: rules that look elsewhere, and codes on the dates on which they were valid."""

from __future__ import annotations

from pathlib import Path

import pytest

from compendium import dictionary
from compendium.dictionary import Checked, Dictionaries
from compendium.errors import InputRefused
from tests.dictionary_samples import table

CRIMES = """
name: crimes
title: Crimes
description: One row a crime.
unit: crime
units: persons
sensitivity: sensitive
policy: threshold-10
primaryKey: [crime_id]
foreignKeys:
  - {fields: [offence], reference: {resource: offences, fields: [code]}, valid_on: recorded_on}
fields:
  - {name: crime_id, constraints: {required: true}}
  - {name: case_id}
  - name: offence
    role: dimension
    constraints: {enum: ["88A", "86/2", "99Z"], pattern: "[0-9]{1,3}[A-Z]?(/[0-9]{1,2})?"}
  - {name: recorded_on, type: date}
  - {name: weight, type: integer}
rules:
  - id: needs-an-adult
    fields: [offence]
    test: "if offence == '88A' then no suspects by case_id has age_band in ['10-13', '14-17']"
    level: warning
    message: This offence needs an adult.
  - id: has-a-suspect
    fields: [case_id]
    test: "if weight is not empty then some suspects by case_id has seen_on >= recorded_on and age_band is not empty"
    message: No suspect was seen after the record.
"""
SUSPECTS = """
name: suspects
title: Suspects
description: One row a person.
unit: suspect
units: persons
sensitivity: sensitive
policy: threshold-10
fields:
  - {name: case_id}
  - {name: age_band, sensitive: true, constraints: {enum: ["10-13", "14-17", 25-plus]}}
  - {name: seen_on, type: date}
"""
OFFENCES = """
name: offences
title: Offences
description: One row a version of a code.
unit: code
sensitivity: public
uniqueKeys: [[code, valid_from]]
fields:
  - {name: code, constraints: {required: true}}
  - {name: valid_from, type: date}
  - {name: valid_to, type: date}
"""
LOOKUP = "code,valid_from,valid_to\n88A,2017-04-03,\n86/2,,2010-12-31\n86/2,2015-01-01,2019-12-31\n"
HEADER = "crime_id,case_id,offence,recorded_on,weight"


def described(crimes: str = CRIMES) -> Dictionaries:
    return Dictionaries({"crimes": table(crimes), "suspects": table(SUSPECTS), "offences": table(OFFENCES)})


def check(folder: Path, crimes: str, suspects: str = "", offences: str = LOOKUP, *, text: str = CRIMES) -> Checked:
    files = {"crimes": f"{HEADER}\n{crimes}", "offences": offences}
    if suspects:
        files["suspects"] = f"case_id,age_band,seen_on\n{suspects}"
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    return dictionary.read_tables({name: folder / f"{name}.csv" for name in files}, described(text))


def told(checked: Checked) -> list[str]:
    return [str(problem) for problem in checked.problems]


def test_a_child_recorded_as_suspect_of_an_offence_that_needs_an_adult_is_a_warning_with_its_row(tmp_path):
    checked = check(
        tmp_path,
        "R1,C1,88A,2018-01-01,\nR2,C2,88A,2018-01-01,\nR3,C1,86/2,2018-01-01,\nR4,,88A,2018-01-01,",
        "C1,25-plus,\nC1,14-17,\nC2,25-plus,",
    )
    assert told(checked) == [
        "crimes.csv, row 2, column offence: This offence needs an adult. Correct one of the two tables."
    ]
    assert checked.problems[0].level == "warning"


def test_some_row_of_the_other_table_must_make_every_condition_true_at_once(tmp_path):
    """C1 has one suspect seen later without a band, and one with a band seen earlier: neither row has both."""
    checked = check(
        tmp_path,
        "R1,C1,86/2,2018-05-01,1\nR2,C2,86/2,2018-05-01,1\nR3,C3,86/2,2018-05-01,1\nR4,C1,86/2,2018-05-01,",
        "C1,,2018-06-01\nC1,14-17,2018-04-01\nC2,14-17,2018-05-01",
    )
    assert [problem.row for problem in checked.problems] == [2, 4]  # C3 has no suspect at all; R4 doesn't ask


def test_a_rule_is_left_alone_while_the_other_table_is_missing_or_broken(tmp_path):
    assert told(check(tmp_path, "R1,C1,86/2,2018-05-01,1")) == []
    broken = check(tmp_path, "R1,C1,86/2,2018-05-01,1", "C1,14-17")
    assert [problem.file for problem in broken.problems] == ["suspects.csv"]


@pytest.mark.parametrize(
    ("offence", "day", "wrong"),
    [
        ("88A", "2017-04-03", False),
        ("88A", "2017-04-02", True),
        ("88A", "2030-01-01", False),  # in use still
        ("86/2", "1999-01-01", False),  # since when is not known
        ("86/2", "2010-12-31", False),
        ("86/2", "2012-06-01", True),  # between two versions
        ("86/2", "2019-12-31", False),
        ("86/2", "2020-01-01", True),
        ("88A", "", False),
    ],
)
def test_a_code_is_held_against_the_day_of_the_record(tmp_path, offence, day, wrong):
    checked = check(tmp_path, f"R1,C1,{offence},{day},")
    assert bool(checked.problems) == wrong
    if wrong:
        (problem,) = checked.problems
        assert (problem.level, problem.row, problem.column) == ("warning", 2, "offence")
        assert f"'{offence}' was not in use on the date in recorded_on: valid" in problem.message


def test_the_span_of_a_code_is_not_told_where_it_would_give_a_sensitive_cell_away(tmp_path):
    secret = CRIMES.replace("    role: dimension\n", "    role: dimension\n    sensitive: true\n")
    (said,) = told(check(tmp_path, "R1,C1,88A,2016-01-01,", text=secret))
    assert "88A" not in said
    assert "2017" not in said
    assert "The code was not in use on the date in recorded_on." in said


def test_an_unknown_offence_code_is_told_with_the_nearest_and_a_name_in_its_place_is_not(tmp_path):
    code, name = told(check(tmp_path, "R1,C1,88B,2018-01-01,\nR2,C1,Jane Doe,2018-01-01,"))
    assert (
        code
        == "crimes.csv, row 2, column offence: '88B' is not a declared code. Did you mean 88A? Known: 86/2, 88A, 99Z."
    )
    assert (
        name
        == "crimes.csv, row 3, column offence: A text of 8 characters is not a declared code. Known: 86/2, 88A, 99Z."
    )


def test_the_nearest_code_is_not_told_where_it_would_betray_a_sensitive_cell(tmp_path):
    (said,) = told(check(tmp_path, "R1,C1,86/2,2018-01-01,", "C1,14-1,"))
    assert "Did you mean" not in said
    assert "Known: 10-13, 14-17, 25-plus." in said


def test_a_declared_code_that_the_list_lacks_is_told_once(tmp_path):
    (said,) = told(check(tmp_path, "R1,C1,99Z,2018-01-01,"))
    assert said == "crimes.csv, row 2, column offence: '99Z' isn't in offences.csv, column code. Known: 86/2, 88A."


def refused(tmp_path: Path, old: str, new: str, offences: str = OFFENCES) -> str:
    assert old in CRIMES
    for name, text in {"crimes": CRIMES.replace(old, new), "suspects": SUSPECTS, "offences": offences}.items():
        (tmp_path / f"{name}.yml").write_text(text, encoding="utf-8")
    with pytest.raises(InputRefused) as found:
        dictionary.load(tmp_path)
    return str(found.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "no suspects by",
            "no suspect by",
            "The rule looks into suspect, which has no dictionary. Did you mean suspects?",
        ),
        (
            "has age_band in ['10-13'",
            "has age_bnd in ['10-13'",
            "suspects has no column age_bnd. Did you mean age_band?",
        ),
        ("['10-13', '14-17']", "['10-14', '14-17']", "10-14 is no code of age_band. Did you mean 10-13?"),
        (
            "by case_id has age_band",
            "by recorded_on to case_id has age_band",
            "recorded_on and suspects.case_id have different types.",
        ),
        (
            "by case_id has age_band",
            "by case has age_band",
            "The rule names case, which is no field. Did you mean case_id?",
        ),
        ("by case_id has age_band", "by case_id, offence to case_id has age_band", "by and to name as many columns"),
        (
            "seen_on >= recorded_on",
            "seen_on >= recorded",
            "The rule names recorded, which is no field. Did you mean recorded_on?",
        ),
        ("seen_on >= recorded_on", "seen_on >= weight", "seen_on and weight have different types."),
        ("valid_on: recorded_on", "valid_on: recorded", "recorded is no field. Did you mean recorded_on?"),
        ("valid_on: recorded_on", "valid_on: weight", "weight is no date."),
        ('"99Z"]', '"X9"]', "The code 'X9' doesn't follow the pattern."),
    ],
)
def test_a_rule_that_looks_nowhere_is_refused_with_its_line(tmp_path, old, new, said):
    message = refused(tmp_path, old, new)
    assert said in message
    assert "crimes.yml: line " in message


def test_a_list_of_codes_says_when_each_is_valid(tmp_path):
    message = refused(tmp_path, "title: Crimes", "title: Crime", OFFENCES.replace("valid_to", "until"))
    assert "offences doesn't say when a code is valid." in message
