"""Expressions made from a dictionary: one pass over a table, then only the cells that break a rule are looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from compendium.dictionary import cells, rules
from compendium.dictionary.conditions import RAW, holds, with_text
from compendium.dictionary.raw import LISTED, RawTable, not_listed
from compendium.dictionary.schema import Dictionary, Field, Rule
from compendium.errors import Problem

Told = tuple[str, str]  # message, remedy
MANY, FEW = 10_000, 8  # rows, and rows for each different text: below, nothing is gained


@dataclass(frozen=True)
class Check:
    """Where `broken` is true a rule is broken; `tell` puts the cell's text into words."""

    column: str
    broken: pl.Expr
    tell: Callable[[str], Told]
    level: Literal["error", "warning"] = "error"


def check_table(raw: RawTable, dictionary: Dictionary) -> tuple[pl.DataFrame, list[Problem]]:
    """The typed table and everything in it that breaks its dictionary, keys to other tables left out."""
    fields = [field for field in dictionary.fields if field.name in raw.frame.columns]
    frame = raw.frame.lazy().select(_typed(field, raw.frame[field.name]) for field in fields).collect()
    beside = with_text(frame, raw.frame, dictionary)
    checks = [check for field in fields for check in _field_checks(field, dictionary, raw.odd_characters)]
    checks += _rule_checks(dictionary, frozenset(raw.frame.columns))
    keys = [key for key in _keys(dictionary, frozenset(frame.columns)) if not _stands_once(frame, key)]
    problems = list(raw.problems)
    broken = [*(check.broken for check in checks), *map(_repeated, keys)]
    if broken and frame.height:  # all in one pass, so that they share what they look at and all processors
        masks = beside.lazy().select(one.alias(str(index)) for index, one in enumerate(broken)).collect().get_columns()
        for check, mask in zip(checks, masks, strict=False):
            problems += located(check, mask, raw)
        for key, again in zip(keys, masks[len(checks) :], strict=True):
            if again.any():
                problems += _told_again(frame, again, raw, key)
    told = {(problem.row, problem.column) for problem in raw.problems if problem.column}
    found = problems[len(raw.problems) :]  # of a cell that couldn't be read one thing is told, not that it is empty too
    return frame, [*raw.problems, *(one for one in found if not told or (one.row, one.column) not in told)]


def _typed(field: Field, texts: pl.Series) -> pl.Expr:
    """The column as its type. A million dates are a few thousand days: each different text is read once."""
    if field.type not in ("date", "yearmonth", "year") or len(texts) < MANY:
        return cells.typed(field)
    different = texts.unique()
    if len(different) > len(texts) // FEW:
        return cells.typed(field)
    read = different.to_frame().select(cells.typed(field)).to_series()
    return pl.col(field.name).replace_strict(different, read, return_dtype=read.dtype)


def located(check: Check, mask: pl.Series, raw: RawTable) -> Iterator[Problem]:
    """A problem for each row where the mask is true; beyond `LISTED` of them, one that says how many more."""
    at = mask.arg_true()
    listed = at.head(LISTED)
    texts = raw.frame[check.column].gather(listed)
    told: dict[str | None, Told] = {}
    for row, text in zip(raw.rows.gather(listed), texts, strict=True):
        if text not in told:
            told[text] = check.tell(text or "")
        yield Problem(raw.file, row, check.column, *told[text], level=check.level)
    if len(at) > LISTED:
        what = f"wrong like row {raw.rows[at[LISTED - 1]]}"
        yield from not_listed(raw.file, len(at), what, check.column, check.level)


def _field_checks(field: Field, dictionary: Dictionary, odd: bool) -> Iterator[Check]:
    value, limits = pl.col(field.name), field.constraints
    text = value if field.type == "string" else pl.col(RAW + field.name)

    def said(what: str, remedy: str) -> Callable[[str], Told]:
        return lambda cell: (f"{cells.spoken(cell, field, dictionary)} {what}", remedy)

    if limits.required or field.name in dictionary.primary_key:
        yield Check(field.name, text.is_null(), lambda _: ("The cell is empty.", _fill(field)))
    if field.type != "string":
        what, how = cells.wanted(field)
        yield Check(field.name, text.is_not_null() & value.is_null(), said(f"is not {what}.", how))
    if field.codes:
        yield Check(field.name, ~value.is_in(_codes(field)), lambda cell: _not_a_code(cell, field, dictionary))
    elif field.type == "string":
        yield from _text_checks(field, said, odd)
    if limits.pattern and not field.codes:  # every code follows the pattern
        message = f"doesn't follow the pattern {limits.pattern}."
        yield Check(field.name, ~value.str.contains(f"^(?:{limits.pattern})$"), said(message, _example(field)))
    if limits.minimum is not None:
        message = f"is below the least allowed, {limits.minimum}."
        yield Check(field.name, value < _limit(field, limits.minimum), said(message, "Correct it."))
    if limits.maximum is not None:
        message = f"is above the most allowed, {limits.maximum}."
        yield Check(field.name, value > _limit(field, limits.maximum), said(message, "Correct it."))


def _text_checks(field: Field, said: Callable[[str, str], Callable[[str], Told]], odd: bool) -> Iterator[Check]:
    value, limits = pl.col(field.name), field.constraints
    longest = min(limits.max_length or cells.LONGEST_CELL, cells.LONGEST_CELL)
    yield Check(
        field.name, value.str.len_chars() > longest, said(f"is longer than {longest} characters.", "Shorten it.")
    )
    if limits.min_length is not None:
        short = value.str.len_chars() < limits.min_length
        yield Check(field.name, short, said(f"is shorter than {limits.min_length} characters.", "Complete it."))
    remedy = "Write it without the sign at its beginning."
    yield Check(
        field.name, value.str.contains(cells.FORMULA), said("would be run as a formula by a spreadsheet.", remedy)
    )
    if odd:
        message = "holds control characters that nobody can see."
        yield Check(field.name, value.str.contains(cells.ODD), said(message, "Type it again."))


def _codes(field: Field) -> list[object]:
    return [cells.literal(field, code) for code in field.constraints.enum]


def _limit(field: Field, value: object) -> pl.Expr:
    return pl.lit(cells.literal(field, value))


def _fill(field: Field) -> str:
    return f"Fill it in; where it isn't known write {field.missing_codes[0]}." if field.missing_codes else "Fill it in."


def _example(field: Field) -> str:
    return f"Write it like {field.example}." if field.example else "Correct it."


def _not_a_code(cell: str, field: Field, dictionary: Dictionary) -> Told:
    if cell.strip() in field.codes:
        return f"{cells.spoken(cell, field, dictionary)} is a code with blanks around it.", "Remove the blanks."
    hint = cells.nearest_codes(cell, field, dictionary, field.codes)
    return f"{cells.spoken(cell, field, dictionary)} is not a declared code.", hint


def _keys(dictionary: Dictionary, columns: frozenset[str]) -> list[tuple[str, ...]]:
    """Every key that the table has all columns of, once each."""
    single = [(field.name,) for field in dictionary.fields if field.constraints.unique]
    every = dict.fromkeys(key for key in (dictionary.primary_key, *dictionary.unique_keys, *single) if key)
    return [key for key in every if set(key) <= columns]


def _stands_once(frame: pl.DataFrame, key: Sequence[str]) -> bool:
    """Whether no key is repeated, told at little cost: each is above the one before, as in most files, or their hashes
    all differ. Two alike hashes prove nothing, and a key of several columns isn't tried: `_repeated` looks closely.
    """
    if len(key) > 1:
        return False
    value = frame[key[0]]
    rises = (value > value.shift()).slice(1).fill_null(False).all()
    return bool(rises) or value.hash().n_unique() == len(value)


def _repeated(key: Sequence[str]) -> pl.Expr:
    """Rows whose whole key stands in an earlier row already."""
    value = pl.col(key[0]) if len(key) == 1 else pl.struct(key)
    return pl.all_horizontal(pl.col(key).is_not_null()) & ~value.is_first_distinct()


def _told_again(frame: pl.DataFrame, again: pl.Series, raw: RawTable, key: Sequence[str]) -> Iterator[Problem]:
    whole = frame.select(pl.all_horizontal(pl.col(key).is_not_null())).to_series()
    values = frame.select(pl.col(key[0]) if len(key) == 1 else pl.struct(key)).to_series()
    yield from _told_repeats(values.alias("key"), again, whole, raw, key)


def _told_repeats(
    values: pl.Series, again: pl.Series, whole: pl.Series, raw: RawTable, key: Sequence[str]
) -> Iterator[Problem]:
    table = pl.DataFrame({"key": values, "row": raw.rows}).filter(whole)
    first = table.group_by("key").agg(pl.col("row").min().alias("first"))
    found = pl.DataFrame({"key": values, "row": raw.rows}).filter(again).join(first, on="key", how="left").sort("row")
    what = "This value stands" if len(key) == 1 else f"These values of {', '.join(key)} stand"
    for row, earlier in found.head(LISTED).select("row", "first").iter_rows():
        remedy = "Remove one of the rows, or correct the value."
        yield Problem(raw.file, row, key[-1], f"{what} already in row {earlier}; a row must be unique.", remedy)
    yield from not_listed(raw.file, found.height, "repeated", key[-1])


def _rule_checks(dictionary: Dictionary, columns: frozenset[str]) -> Iterator[Check]:
    for rule in dictionary.rules:
        test = rules.parse(rule.test)
        if not test.related and set(test.columns) <= columns:
            yield _rule_check(rule, test, dictionary)


def _rule_check(rule: Rule, test: rules.Test, dictionary: Dictionary) -> Check:
    column = (rule.fields or test.columns)[-1]
    then = holds(test.then, dictionary)
    if test.per:
        size = then.fill_null(False).sum().over(test.per)
        wrong = {"exactly one": size != 1, "at most one": size > 1, "at least one": size < 1}[str(test.quantity)]
        broken = wrong & pl.col(test.per).is_not_null() & pl.col(test.per).is_first_distinct()
    else:
        broken = ~then.fill_null(True)
        if test.given:
            broken = holds(test.given, dictionary).fill_null(False) & broken
    remedy = rule.remedy or "Correct one of these cells."
    return Check(column, broken, lambda _: (rule.message, remedy), rule.level)
