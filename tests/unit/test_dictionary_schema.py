# ruff: noqa: E501  (a case a line)
"""Dictionaries: what they must say, and how a mistake in one is told."""

from __future__ import annotations

import pytest

from compendium import dictionary
from compendium.errors import InputRefused, UnknownName
from tests.dictionary_samples import CASES, PUBLIC, VICTIMS, table


def refusal(old: str, new: str, text: str = CASES) -> str:
    assert old in text
    with pytest.raises(InputRefused) as refused:
        table(text.replace(old, new))
    return str(refused.value)


def folder_of(path, **texts: str):
    for name, text in texts.items():
        (path / f"{name}.yml").write_text(text, encoding="utf-8")
    return path


def test_a_folder_of_dictionaries_is_a_mapping_by_table(tmp_path):
    found = dictionary.load(
        folder_of(tmp_path, cases=CASES, victims=VICTIMS, files="name: files\ngroup: [cases, victims]")
    )
    assert list(found) == ["cases", "victims"]
    assert found.groups == {"files": ("cases", "victims")}
    assert found["victims"].references == {"cases"}
    assert len(found) == 2
    with pytest.raises(UnknownName, match="Did you mean victims"):
        found.named("victim")
    with pytest.raises(KeyError):
        found["victim"]


def test_a_changed_file_is_read_again(tmp_path):
    folder_of(tmp_path, cases=CASES)
    assert dictionary.load(tmp_path)["cases"].title == "Cases"
    folder_of(tmp_path, cases=CASES.replace("title: Cases", "title: All cases"))
    assert dictionary.load(tmp_path)["cases"].title == "All cases"


def test_a_dimension_and_its_hierarchy_carry_labels_members_and_missing_categories():
    cases = table(CASES)
    stage, known = cases.dimension("stage"), cases.dimension("known")
    assert stage.categories == {"open": "Open", "outcome": "Has an outcome", "not_recorded": "Not recorded"}
    assert stage.missing == ("not_recorded",)
    assert known.variable == "stage"
    assert known.members == {"known": ("open", "outcome"), "not_recorded": ("not_recorded",)}
    assert known.missing == ("not_recorded",)
    with pytest.raises(UnknownName, match="Did you mean stage"):
        cases.dimension("stages")
    with pytest.raises(UnknownName, match="Did you mean case_id"):
        cases.field("caseid")


def test_what_may_never_be_shown():
    assert table(CASES).hides("stage")
    assert not table(PUBLIC).hides("country")
    assert table(PUBLIC.replace("name: n,", "name: n, sensitive: true,")).hides("n")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title: Stage", "titel: Stage", "line 15: The key titel isn't known here. Did you mean title?"),
        ("unit: case\n", "", "The key unit is missing. Add it."),
        ("sensitivity: sensitive", "sensitivity: secret", "It should be 'public' or 'sensitive'"),
        ("{required: true, pattern", "{requird: true, pattern", "Did you mean required?"),
        ("{label: Known, members", "{labels: Known, members", "Did you mean label?"),
        ("title: Cases", "title: 3", "Quote it if it is text."),
        ("policy: threshold-10\n", "", "A sensitive table needs a policy."),
        ("units: persons\n", "", "whose floor counts"),
        ("name: cases", "name: Cases!", "is no name for a table"),
        ("name: case_id", "name: Case ID", "is no name for a column"),
        ("name: outcome_on", "name: recorded_on", "The name recorded_on is taken twice."),
        ("      known:\n", "      stage:\n", "The name stage is taken twice."),
        ("      known:\n", "      Known:\n", "is no name for a hierarchy"),
        ("primaryKey: [case_id]", "primaryKey: [caseid]", "The key names caseid, which is no field. Did you mean case_id?"),
        ("type: date, role: date}", "type: date, constraints: {enum: [x]}}", "The code 'x' is no date."),
        ("type: date, role: date}", "type: dat}", "It should be 'string'"),
        ("minimum: \"2000-01-01\"", "minimum: 2000", "2000 is no date"),
        ("minimum: \"2000-01-01\"", "pattern: x", "pattern and lengths are for strings"),
        ('pattern: "C-[0-9]{3}"', 'pattern: "C-["', "The pattern can't be read."),
        ('pattern: "C-[0-9]{3}"', 'pattern: "(?!x)C"', "without look-around"),
        ('pattern: "C-[0-9]{3}"', "minimum: 3", "A string has no minimum"),
        ("enum: [open, outcome, not_recorded]", "enum: [open, outcome, 3]", "Quote it if it is text."),
        ("enum: [open, outcome, not_recorded]", "enum: [open, open, outcome, not_recorded]", "A code stands twice."),
        ("enum: [open, outcome, not_recorded]", 'enum: [open, outcome, not_recorded, ""]', "both a code and a missing value"),
        ("labels: {open: Open, ", "labels: {opn: Open, ", "labels names opn, which isn't in enum. Did you mean open?"),
        ("labels: {open: Open, ", "labels: {", "No label for open."),
        ("missing_codes: [not_recorded]", "missing_codes: [not_recordd]", "Did you mean not_recorded?"),
        ("members: [open, outcome]", "members: [open]", "outcome stands in no category."),
        ("members: [open, outcome]", "members: [open, outcom]", "outcom isn't a code of stage."),
        ("members: [not_recorded]", "members: [not_recorded, open]", "open stands in two categories."),
        ("title: Whether the stage is known", "title: x\n        missing: [lost]", "lost is no category"),
        ("test: recorded_on <= outcome_on", "test: recorded_on =< outcome_on", "The test can't be read"),
        ("test: recorded_on <= outcome_on", "test: recorded <= outcome_on", "Did you mean recorded_on?"),
        ("test: recorded_on <= outcome_on", "test: recorded_on <= stage", "have different types"),
        ("test: recorded_on <= outcome_on", "test: recorded_on <= 3", "recorded_on is a date, and 3 is none."),
        ("test: recorded_on <= outcome_on", "test: stage != 'opn'", "opn is no code of stage. Did you mean open?"),
        ("fields: [recorded_on, outcome_on]", "fields: [recorded_on, outcom]", "The rule names outcom"),
        ("policy: threshold-10", 'policy: threshold-10\nmissingValues: ["NA"]', "The empty cell must be among"),
        ("policy: threshold-10", "policy: threshold-10\ndefault_file: ../x.csv", "must lie below the root"),
        ("policy: threshold-10", "policy: threshold-10\ndefault_file: x.csv", "no default file of real records"),
        ("title: Stage", "title: Stage\n    format: '%d'", "has no such format"),
        ("title: Stage", "title: yes", "A bare yes, no, on or off"),
        ("outcome, not_recorded]}", "outcome, no]}", "A bare yes, no, on or off"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_and_the_nearest_known_name(old, new, said):
    message = refusal(old, new)
    assert said in message
    assert "sample.yml: line " in message


def test_all_mistakes_of_a_file_are_told_at_once():
    message = refusal(
        "units: persons\npolicy: threshold-10",
        "units: none",
        CASES.replace("sensitivity: sensitive\n", "")
        .replace("units: persons\n", "sensitivity: sensitive\nunits: persons\n")
        .replace("case_id]", "caseid]"),
    )
    assert len(message.splitlines()) == 3


def test_two_rules_of_one_id_are_refused():
    again = "  - {id: outcome-after-record, test: stage is not empty, message: x}\n"
    with pytest.raises(InputRefused, match="Two rules are called outcome-after-record"):
        table(CASES + again)


def test_a_file_that_is_a_list_is_refused():
    with pytest.raises(InputRefused, match="isn't a mapping of keys"):
        table("- a\n- b")


def test_a_table_without_fields_is_refused():
    with pytest.raises(InputRefused, match="at least one field"):
        table("name: a\ntitle: A\ndescription: d\nunit: u\nsensitivity: public\nfields: []")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("resource: cases", "resource: case", "leads to case, which has no dictionary. Did you mean cases?"),
        ("reference: {resource: cases, fields: [case_id]", "reference: {resource: cases, fields: [id]", "cases has no column id"),
        ("reference: {resource: cases, fields: [case_id]", "reference: {resource: cases, fields: [stage]", "stage is no key of cases"),
        ("{fields: [case_id], ref", "{fields: [age], ref", "age and cases.case_id have different types"),
        ("{fields: [case_id], ref", "{fields: [case_id, age], ref", "Both sides name as many fields"),
    ],
)  # fmt: skip
def test_a_foreign_key_must_lead_to_a_key(tmp_path, old, new, said):
    assert old in VICTIMS
    with pytest.raises(InputRefused) as refused:
        dictionary.load(folder_of(tmp_path, cases=CASES, victims=VICTIMS.replace(old, new)))
    assert said in str(refused.value)


def test_what_leads_to_a_broken_file_is_not_told_again(tmp_path):
    with pytest.raises(InputRefused) as refused:
        group = "name: files\ngroup: [cases, victim]"
        dictionary.load(folder_of(tmp_path, cases=CASES.replace("unit: case\n", ""), victims=VICTIMS, files=group))
    lines = str(refused.value).splitlines()
    assert len(lines) == 2
    assert "unit is missing" in lines[0]
    assert "No table is called victim. Did you mean victims?" in lines[1]


def test_a_file_bears_the_name_of_its_table(tmp_path):
    with pytest.raises(InputRefused, match=r"Name the file cases\.yml"):
        dictionary.load(folder_of(tmp_path, other=CASES))


def test_a_mistake_in_another_table_stops_nobody_whose_tables_do_not_lead_to_it(tmp_path):
    texts = {"cases": CASES, "victims": VICTIMS, "other": "name: [", "files": "name: files\ngroup: [cases, victims]"}
    folder = folder_of(tmp_path, **texts)
    found = dictionary.load(folder, only=["victims"])
    assert list(found) == ["cases", "victims"]
    assert dictionary.load(folder, only=["files"]).groups == found.groups == {"files": ("cases", "victims")}
    for asked in (["other"], None):
        with pytest.raises(InputRefused, match=r"other\.yml"):
            dictionary.load(folder, only=asked)
