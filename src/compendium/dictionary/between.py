"""What holds between tables: keys that lead to rows, codes used while they are valid, rules that look elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from compendium.dictionary import rules
from compendium.dictionary.cells import may_be_said, nearest_codes, spoken
from compendium.dictionary.check import Check, Told, located
from compendium.dictionary.conditions import columns_of, condition, holds, with_text
from compendium.dictionary.raw import RawTable
from compendium.dictionary.schema import VALID_FROM, VALID_TO, Dictionary, ForeignKey, Rule
from compendium.errors import Problem

FEW = 500  # codes of a table among which the nearest is looked for
_AT, _OTHER = "row number", "other "  # a column, and the prefix of columns of the table that is looked into


@dataclass(frozen=True, repr=False)
class ReadTables:
    """Every table that was read, by name: its dictionary, its text and its typed cells."""

    dictionaries: Mapping[str, Dictionary]
    raws: Mapping[str, RawTable]
    tables: Mapping[str, pl.DataFrame]

    def has(self, table: str, columns: Iterable[str]) -> bool:
        """Whether all of these columns of a table were read."""
        return table in self.tables and set(columns) <= set(self.tables[table].columns)


def problems_between(name: str, read: ReadTables) -> Iterator[Problem]:
    """What rows of one table break that another table decides. A table that is not whole decides nothing."""
    dictionary = read.dictionaries[name]
    for key in dictionary.foreign_keys:
        yield from _of_key(key, dictionary, read)
    for rule in dictionary.rules:
        test = rules.parse(rule.test)
        if test.related:
            yield from _of_rule(rule, test, test.related, dictionary, read)


def _of_key(key: ForeignKey, dictionary: Dictionary, read: ReadTables) -> Iterator[Problem]:
    raw, target = read.raws[dictionary.name], key.reference.resource
    if target not in read.tables:
        message = f"The table {target} isn't supplied, so this column can't be held against it."
        yield Problem(raw.file, None, key.fields[-1], message, f"Supply {target}.", "warning")
        return
    if not read.raws[target].whole or not read.has(dictionary.name, key.fields):
        return  # what is missing there is reported there
    frame, other = read.tables[dictionary.name], read.tables[target]
    strays = _strays(frame, other, key, dictionary)
    if strays.any():
        yield from located(_stray_check(key, dictionary, read), strays, raw)
    if key.valid_on and read.has(dictionary.name, (key.valid_on,)):
        outdated = _outdated(frame, other, key)
        if outdated.any():
            yield from located(_validity_check(key, dictionary, other), outdated, raw)


def _strays(frame: pl.DataFrame, other: pl.DataFrame, key: ForeignKey, dictionary: Dictionary) -> pl.Series:
    """Rows whose whole key isn't in the other table; what is no declared code is reported as that already."""
    own, theirs = list(key.fields), list(key.reference.fields)
    if len(own) == 1:
        known = other[theirs[0]].drop_nulls().unique()
        stray = pl.col(own[0]).is_not_null() & ~pl.col(own[0]).is_in(known.implode())
        if codes := dictionary.field(own[0]).constraints.enum:
            stray &= pl.col(own[0]).is_in(list(codes))
        return frame.select(stray.alias(_AT)).to_series()
    known_rows = other.select(pl.col(theirs)).unique().with_columns(pl.lit(True).alias("found"))
    joined = frame.select(own).join(known_rows, left_on=own, right_on=theirs, how="left", maintain_order="left")
    return joined.select(pl.col("found").is_null() & pl.all_horizontal(pl.col(own).is_not_null())).to_series()


def _stray_check(key: ForeignKey, dictionary: Dictionary, read: ReadTables) -> Check:
    target = read.dictionaries[key.reference.resource]
    column, file = dictionary.field(key.fields[-1]), read.raws[target.name].file
    names = ", ".join(key.reference.fields)
    known = read.tables[target.name][key.reference.fields[-1]].drop_nulls().unique().sort()
    few = not target.sensitive and len(known) <= FEW and known.dtype == pl.String

    def tell(cell: str) -> Told:
        message = f"{spoken(cell, column, dictionary)} isn't in {file}, column {names}."
        remedy = f"Add it to {target.name} or correct it here."
        return message, nearest_codes(cell, column, dictionary, known.to_list()) if few else remedy

    return Check(column.name, pl.lit(False), tell)


def _outdated(frame: pl.DataFrame, other: pl.DataFrame, key: ForeignKey) -> pl.Series:
    """Rows whose code is known, but in no version that is valid on the row's date."""
    own = list(dict.fromkeys((*key.fields, key.valid_on)))
    versions = other.select(
        *(pl.col(name).alias(f"{_OTHER}{name}") for name in (*key.reference.fields, VALID_FROM, VALID_TO))
    )
    rows = frame.select(own).with_row_index(_AT).drop_nulls()
    pairs = rows.join(
        versions, left_on=list(key.fields), right_on=[f"{_OTHER}{name}" for name in key.reference.fields], how="inner"
    )
    began = (pl.col(f"{_OTHER}{VALID_FROM}") <= pl.col(key.valid_on)).fill_null(True)
    lasts = (pl.col(key.valid_on) <= pl.col(f"{_OTHER}{VALID_TO}")).fill_null(True)
    wrong = pairs.group_by(_AT).agg((began & lasts).any().alias("valid")).filter(~pl.col("valid"))
    return _mask(frame.height, wrong[_AT])


def _validity_check(key: ForeignKey, dictionary: Dictionary, other: pl.DataFrame) -> Check:
    column = dictionary.field(key.fields[-1])
    spans: dict[str, list[str]] = {}
    for code, began, ended in other.select(key.reference.fields[-1], VALID_FROM, VALID_TO).iter_rows():
        since, until = f" from {began}" if began else "", f" to {ended}" if ended else ""
        spans.setdefault(str(code), []).append(f"{since}{until}".strip() or "always")

    def tell(cell: str) -> Told:
        remedy = f"Check the code and the date in {key.valid_on}, or complete {key.reference.resource}."
        if not may_be_said(cell, column, dictionary):  # the span alone could say which code it is
            return f"The code was not in use on the date in {key.valid_on}.", remedy
        valid = " and ".join(spans.get(cell, ["never"]))
        return f"'{cell}' was not in use on the date in {key.valid_on}: valid {valid}.", remedy

    return Check(column.name, pl.lit(False), tell, "warning")


def _of_rule(
    rule: Rule, test: rules.Test, related: rules.Related, dictionary: Dictionary, read: ReadTables
) -> Iterator[Problem]:
    if not read.has(dictionary.name, test.columns) or related.table not in read.tables:
        return
    if not read.raws[related.table].whole:
        return
    raw = read.raws[dictionary.name]
    frame = with_text(read.tables[dictionary.name], raw.frame, dictionary)
    own = pl.all_horizontal(pl.col(name).is_not_null() for name in related.own)
    asked = own & holds(test.given, dictionary).fill_null(False) if test.given else own
    rows = frame.with_row_index(_AT).filter(asked)
    found = _related_rows(rows, related, read)
    known = pl.col(_AT).is_in(found.implode())
    broken = _mask(frame.height, rows.filter(~known if related.some else known)[_AT])
    if broken.any():
        column = (rule.fields or test.columns)[-1]
        remedy = rule.remedy or "Correct one of the two tables."
        yield from located(Check(column, pl.lit(False), lambda _: (rule.message, remedy), rule.level), broken, raw)


def _related_rows(rows: pl.DataFrame, related: rules.Related, read: ReadTables) -> pl.Series:
    """Numbers of the rows for which the other table has a row that makes every condition true."""
    target = read.dictionaries[related.table]
    # only what is asked for is joined; the other table's columns bear a prefix, as both may have the same names
    theirs = [*related.theirs, *(name for one in related.has for name in columns_of(one, target))]
    others = with_text(read.tables[target.name], read.raws[target.name].frame, target)
    others = others.select(pl.col(name).alias(_OTHER + name) for name in dict.fromkeys(theirs)).unique()
    literal = [one for one in related.has if not _compares(one)]
    if literal:
        others = others.filter(
            pl.all_horizontal(condition(one, target, prefix=_OTHER).fill_null(False) for one in literal)
        )
    pairs = rows.join(
        others,
        left_on=list(related.own),
        right_on=[f"{_OTHER}{name}" for name in related.theirs],
        how="inner",
        coalesce=False,
    )
    comparing = [condition(one, target, prefix=_OTHER).fill_null(False) for one in related.has if _compares(one)]
    if comparing:
        pairs = pairs.filter(pl.all_horizontal(comparing))
    return pairs[_AT].unique()


def _compares(one: rules.Condition) -> bool:
    """Whether a condition holds a column of the other table against one of this table."""
    return isinstance(one, rules.Comparison) and isinstance(one.right, rules.Column)


def _mask(height: int, at: pl.Series) -> pl.Series:
    return pl.select(pl.int_range(height, dtype=pl.UInt32).is_in(at.implode()).alias(_AT)).to_series()
