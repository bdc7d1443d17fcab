"""The reference of dictionaries agrees with the code: no key, role, type or rule that only one of them knows."""

from __future__ import annotations

import dataclasses
import re
from typing import get_args

import pytest

from compendium import dictionary
from compendium.dictionary import rules, schema
from tests.shared import ROOT

TEXT = (ROOT / "docs" / "reference" / "dictionaries.md").read_text("utf-8")
WORDS = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`\n]+)`", TEXT))))


def written(record: type) -> set[str]:
    """Keys as the YAML writes them: Table Schema's own in its own spelling."""
    names = {field.name for field in dataclasses.fields(record)}
    camel = {
        name: re.sub(r"_(\w)", lambda found: found[1].upper(), name)
        for name in ("missing_values", "primary_key", "unique_keys", "foreign_keys", "true_values", "false_values",
                     "min_length", "max_length")
    }  # fmt: skip
    return {camel.get(name, name) for name in names}


@pytest.mark.parametrize(
    "record",
    [schema.Dictionary, schema.Field, schema.Constraints, schema.Rule, schema.Source],
    ids=lambda one: one.__name__,
)
def test_every_key_is_explained(record: type) -> None:
    assert not written(record) - WORDS


def test_every_type_and_role_is_named() -> None:
    assert not {*get_args(schema.FieldType), *get_args(schema.Role)} - WORDS


def test_every_rule_that_the_reference_shows_can_be_read() -> None:
    shown = re.findall(r"```\n(.*?)```", TEXT, re.DOTALL)
    tests = [rules.parse(line) for block in shown for line in block.splitlines()]
    assert len(tests) >= 6
    assert any(test.related for test in tests)


def test_every_group_that_ships_is_named() -> None:
    assert not set(dictionary.load(ROOT / "data_dictionaries").groups) - WORDS
