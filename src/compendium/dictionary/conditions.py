"""The conditions of rules as polars expressions over a typed table with its text beside."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from compendium.dictionary import cells, rules
from compendium.dictionary.schema import Dictionary

RAW = "text of "  # prefix of a column that keeps the text beside the typed one


def with_text(frame: pl.DataFrame, text: pl.DataFrame, dictionary: Dictionary) -> pl.DataFrame:
    """The typed table, and beside each column that isn't text what its cells said."""
    other = [name for name in frame.columns if dictionary.field(name).type != "string"]
    return frame.hstack(text.select(pl.col(name).alias(RAW + name) for name in other)) if other else frame


def holds(conditions: Sequence[rules.Condition], dictionary: Dictionary, prefix: str = "") -> pl.Expr:
    """Whether all of them are true; null where that hangs on a cell that is empty or can't be read."""
    return pl.all_horizontal([condition(one, dictionary, prefix) for one in conditions])


def condition(one: rules.Condition, dictionary: Dictionary, prefix: str = "") -> pl.Expr:
    """One condition; `prefix` stands before the columns of `dictionary`, not before those on the right of a sign.

    Null where a cell that is compared is empty or can't be read.
    """
    field = dictionary.field(one.left.name)
    left = pl.col(prefix + field.name)
    if isinstance(one, rules.Emptiness):
        text = left if field.type == "string" else pl.col(f"{prefix}{RAW}{field.name}")  # unreadable isn't empty
        return text.is_null() if one.empty else text.is_not_null()
    if isinstance(one, rules.Membership):
        inside = left.is_in([cells.literal(field, value) for value in one.values])
        return inside if one.inside else ~inside
    right = one.right
    other = pl.col(right.name) if isinstance(right, rules.Column) else pl.lit(cells.literal(field, right))
    signs = {"<=": left <= other, "<": left < other, ">=": left >= other, ">": left > other}
    return {**signs, "==": left == other, "!=": left != other}[one.sign]


def columns_of(one: rules.Condition, dictionary: Dictionary) -> list[str]:
    """The columns of `dictionary`, with their text where emptiness is asked, that a condition looks at."""
    name = one.left.name
    texts = isinstance(one, rules.Emptiness) and dictionary.field(name).type != "string"
    return [name, RAW + name] if texts else [name]
