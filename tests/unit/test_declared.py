"""Progression criteria as declared: what a fingerprint sees, and what is told of a criterion that moved."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compendium.declared import CONTENT, broken, fingerprint, of_all
from tests.unit.pilot_tables import criterion, declared

FIRST = dt.date(2024, 5, 13)


def test_the_fingerprint_is_sha_256_of_a_line_a_field() -> None:
    """Made once outside this code: printf of the eight lines without a last newline, into sha256sum."""
    text = (
        "criterion=Services stay\nmeasure=services_completed\ngreen=0.8\namber=0.6\ndeclared_on=2024-04-15\n"
        "owner=Pilot lead\nremedy=Visit those that left\ndue_on=2025-01-31"
    )
    assert fingerprint(criterion()) == "bcff3f2bb9dbe3215b9f8c9eff5c99f541ed9a44401f404aebcdbb67336fe6bd"
    assert len(text.split("\n")) == len(CONTENT)


def test_the_same_content_written_otherwise_has_the_same_fingerprint() -> None:
    otherwise = criterion(green=0.80, declared_on="2024-04-15", remedy="Visit  those that left ", due_on="2025-01-31")
    assert fingerprint(otherwise) == fingerprint(criterion())


@pytest.mark.parametrize(
    "change",
    [
        {"green": 0.79},
        {"amber": 0.61},
        {"measure": "criteria_rated"},
        {"owner": "Somebody else"},
        {"remedy": "Nothing"},
        {"due_on": dt.date(2026, 1, 31)},
        {"declared_on": dt.date(2024, 4, 14)},
    ],
)
def test_every_change_of_content_is_found_and_named(change: dict[str, object]) -> None:
    (found,) = broken([criterion(**change)], declared([criterion()]), FIRST)
    assert (found.table, found.row) == ("progression_criteria", 0)
    assert "Services stay: this criterion was changed" in found.message


@given(st.floats(0, 1), st.floats(0, 1))
def test_limits_that_differ_have_fingerprints_that_differ(one: float, other: float) -> None:
    same = f"{one:.10g}" == f"{other:.10g}"
    assert (fingerprint(criterion(green=one)) == fingerprint(criterion(green=other))) is same


def test_a_criterion_that_was_added_or_taken_out_is_named() -> None:
    old, new = criterion(), criterion(criterion="A new one")
    found = broken([new], declared([old]), FIRST)
    assert [(one.table, one.criterion) for one in found] == [
        ("progression_criteria", "A new one"),
        ("pilot_protocol", "Services stay"),
    ]


def test_a_criterion_declared_on_the_first_day_of_rating_or_later_is_refused() -> None:
    for day, times in ((12, 0), (13, 1), (14, 1)):
        late = criterion(declared_on=dt.date(2024, 5, day))
        assert len(broken([late], declared([late]), FIRST)) == times
    assert broken([late], declared([late]), None) == []  # no wave yet


def test_all_together_do_not_depend_on_the_order() -> None:
    assert of_all(["b", "a"]) == of_all(["a", "b"]) != of_all(["a", "c"])
