"""The language of rules: what it reads, and where it says that it stops making sense."""

from __future__ import annotations

import pytest

from compendium.dictionary.rules import Column, Comparison, Emptiness, Membership, RuleError, parse


def test_a_comparison_of_two_columns():
    test = parse("recorded_on <= outcome_on")
    assert test.then == (Comparison(Column("recorded_on"), "<=", Column("outcome_on")),)
    assert test.columns == ("recorded_on", "outcome_on")


def test_a_condition_and_what_follows_from_it():
    test = parse("if online == 'yes' and age < 10 then platform is not empty")
    assert test.given == (Comparison(Column("online"), "==", "yes"), Comparison(Column("age"), "<", 10))
    assert test.then == (Emptiness(Column("platform"), empty=False),)


def test_lists_of_values():
    test = parse("if a in ['x', 'y'] then b not in [1, 2.5, true]")
    assert test.given == (Membership(Column("a"), ("x", "y"), inside=True),)
    assert test.then == (Membership(Column("b"), (1, 2.5, True), inside=False),)
    assert list(test.literals()) == [("a", "x"), ("a", "y"), ("b", 1), ("b", 2.5), ("b", True)]


def test_how_many_rows_of_a_group():
    test = parse("exactly one principal == true per case_id")
    assert (test.quantity, test.per, test.columns) == ("exactly one", "case_id", ("principal", "case_id"))


def test_a_text_that_looks_like_a_word_of_the_language_stays_a_text():
    assert parse("a == 'then'").then == (Comparison(Column("a"), "==", "then"),)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "ends too early"),
        ("a", "ends too early"),
        ("a <=", "ends too early"),
        ("a = b", "can't be read"),
        ("a == x y", "isn't expected here"),
        ("if a == 1", "the end stands where then"),
        ("a in 'x'", "stands where [ is expected"),
        ("a in []", "stands where a value is expected"),
        ("a in ['x' 'y']", "stands where ] is expected"),
        ("a is 3", "stands where empty is expected"),
        ("a is not 3", "stands where empty is expected"),
        ("a not 3", "stands where in is expected"),
        ("3 < a", "stands where a column is expected"),
        ("if == 3", "stands where a column is expected"),
        ("a then b", "stands where one of"),
        ("a == 3x", "can't be read"),
        ("a == 'x", "can't be read"),
        ("__import__('os').system('x')", "can't be read"),
        ("a == b; drop", "can't be read"),
        ("exactly one a == 1", "the end stands where per"),
        ("exactly one a == 1 per 3", "stands where a column is expected"),
    ],
)
def test_anything_else_is_refused_where_it_stops_making_sense(text, why):
    with pytest.raises(RuleError) as refused:
        parse(text)
    assert why in str(refused.value)
