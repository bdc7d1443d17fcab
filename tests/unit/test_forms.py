"""Forms of text that a spreadsheet can check: which patterns become conditions, and which conditions."""

from __future__ import annotations

import re

import pytest

from compendium.dictionary import forms


def test_a_simple_pattern_becomes_an_example_that_follows_it() -> None:
    for pattern in ("C-[0-9]{5,15}", "P[0-9]{2}", "20[0-9]{2}/[0-9]{2}", "E01[0-9]{6}", "[0-9]{1,2}"):
        assert re.fullmatch(pattern, forms.example(pattern))


@pytest.mark.parametrize(
    "pattern", ["[A-Z][0-9]{2}", "a|b", "x*", "[0-9]{1,3}[A-Z]?", "[0-9]{2,3}/[0-9]{2}", "[0-9]{16}", r"10\.[0-9]{4}"]
)
def test_what_a_spreadsheet_could_not_check_exactly_is_not_turned(pattern: str) -> None:
    assert forms.conditions(pattern, "A2") == []
    assert forms.example(pattern) == ""


def test_the_conditions_of_an_id() -> None:
    assert forms.conditions("P[0-9]{2}", "A2") == [
        "LEN(A2)=3",
        'EXACT(MID(A2,1,1),"P")',
        'IFERROR(TEXT(VALUE(MID(A2,2,2)),"00")=MID(A2,2,2),FALSE)',
    ]
    assert forms.conditions("C-[0-9]{5,15}", "A2")[:2] == ["LEN(A2)>=7", "LEN(A2)<=17"]
