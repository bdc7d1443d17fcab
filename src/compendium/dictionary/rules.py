"""The small language of cross-field rules: parsed strictly, never evaluated as code.

    recorded_on <= outcome_on
    if online == 'yes' then platform is not empty
    if stage == 'open' then outcome_type is empty and outcome_on is empty
    if responsible in ['child'] then relationship not in ['professional']
    exactly one principal == true per case_id
    if offence_code == '88A' then no suspects by case_id has age_band in ['10-13', '14-17']
    some protocol by part, number has fixed_on <= amended_on
    if kept_id is not empty then some records by kept_id to record_id has removed == 'no'

A comparison with an empty cell holds: say `is not empty` where a value is needed. `per` counts rows of a group, with
`exactly one`, `at most one` or `at least one`. `some` and `no` look into another table (or the same one): rows whose
columns after `to` equal this row's columns after `by`, of the same names where `to` is left out. There a condition must
be true, so an empty cell fulfils none; left of a sign stands a column of the other table, right of it one of this row
or a value. A row whose own columns after `by` are empty is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Scalar = str | int | float | bool
Quantity = Literal["exactly one", "at most one", "at least one"]

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>-?\d+(?:\.\d+)?)(?![\w.])|(?P<word>[A-Za-z_]\w*)|(?P<sign><=|>=|==|!=|<|>|\[|\]|,))"
)
_COMPARISONS = ("<=", "<", ">=", ">", "==", "!=")
_WORDS = {"if", "then", "and", "in", "not", "is", "empty", "true", "false", "per"}


class RuleError(ValueError):
    """A test that isn't in the language; says where it stops making sense."""


@dataclass(frozen=True)
class Column:
    name: str


@dataclass(frozen=True)
class Comparison:
    """`left` stands in the relation `sign` to `right`; holds when either is empty."""

    left: Column
    sign: str
    right: Column | Scalar


@dataclass(frozen=True)
class Membership:
    left: Column
    values: tuple[Scalar, ...]
    inside: bool


@dataclass(frozen=True)
class Emptiness:
    left: Column
    empty: bool


Condition = Comparison | Membership | Emptiness


@dataclass(frozen=True)
class Related:
    """Some (or no) row of `table` whose columns `theirs` equal `own` makes all of `has` true."""

    table: str
    own: tuple[str, ...]
    theirs: tuple[str, ...]
    has: tuple[Condition, ...]
    some: bool

    def literals(self) -> Iterator[tuple[str, Scalar]]:
        """Every value that a column of the other table is compared with."""
        return _literals(self.has)


@dataclass(frozen=True)
class Test:
    """When all of `given` are true, all of `then` must hold; with `per`, so many rows of each group fulfil `then`.

    With `related`, `then` is empty and the condition is about rows of another table.
    """

    then: tuple[Condition, ...]
    given: tuple[Condition, ...] = ()
    quantity: Quantity | None = None
    per: str = ""
    related: Related | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the table itself that is named, in order."""
        names = [name for condition in (*self.given, *self.then) for name in _columns(condition)]
        if self.related:
            names += self.related.own
            names += [right.name for right in _right_columns(self.related.has)]
        return tuple(dict.fromkeys([*names, self.per] if self.per else names))

    def literals(self) -> Iterator[tuple[str, Scalar]]:
        """Every value that a column is compared with."""
        return _literals((*self.given, *self.then))


def _literals(conditions: Iterable[Condition]) -> Iterator[tuple[str, Scalar]]:
    for condition in conditions:
        if isinstance(condition, Comparison) and not isinstance(condition.right, Column):
            yield condition.left.name, condition.right
        elif isinstance(condition, Membership):
            yield from ((condition.left.name, value) for value in condition.values)


def _right_columns(conditions: Iterable[Condition]) -> Iterator[Column]:
    for condition in conditions:
        if isinstance(condition, Comparison) and isinstance(condition.right, Column):
            yield condition.right


def parse(text: str) -> Test:
    """Read a test. Raises `RuleError`."""
    return _Parser(text).test()


def _columns(condition: Condition) -> Iterator[str]:
    yield condition.left.name
    if isinstance(condition, Comparison) and isinstance(condition.right, Column):
        yield condition.right.name


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.at = 0

    def test(self) -> Test:
        if quantity := self._quantity():
            then = self._conditions()
            self._expect("per")
            found = Test(then, quantity=quantity, per=self._column().name)
        elif self._accept("if"):
            given = self._conditions()
            self._expect("then")
            found = self._then(given)
        else:
            found = self._then(())
        if self.at < len(self.tokens):
            raise RuleError(f"{self.tokens[self.at][1]} isn't expected here")
        return found

    def _then(self, given: tuple[Condition, ...]) -> Test:
        if self._looks_elsewhere():
            return Test((), given, related=self._related())
        return Test(self._conditions(), given)

    def _looks_elsewhere(self) -> bool:
        """`some` or `no`, a word, `by`: a column may bear any of these names by itself."""
        words = [word for _, word in self.tokens[self.at : self.at + 3]]
        return len(words) == 3 and words[0] in ("some", "no") and words[2] == "by"

    def _related(self) -> Related:
        some = self._next()[1] == "some"
        table = self._column().name
        self._expect("by")
        own = self._names()
        theirs = self._names() if self._accept("to") else own
        if len(own) != len(theirs):
            raise RuleError("by and to name as many columns")
        self._expect("has")
        return Related(table, own, theirs, self._conditions(), some)

    def _names(self) -> tuple[str, ...]:
        found = [self._column().name]
        while self._accept(","):
            found.append(self._column().name)
        return tuple(found)

    def _quantity(self) -> Quantity | None:
        words = " ".join(word for _, word in self.tokens[:3])
        for quantity in ("exactly one", "at most one", "at least one"):
            if words == quantity or words.startswith(f"{quantity} "):
                self.at += len(quantity.split())
                return quantity  # type: ignore[return-value]
        return None

    def _conditions(self) -> tuple[Condition, ...]:
        found = [self._condition()]
        while self._accept("and"):
            found.append(self._condition())
        return tuple(found)

    def _condition(self) -> Condition:
        left = self._column()
        if self._accept("is"):
            negated = self._accept("not")
            self._expect("empty")
            return Emptiness(left, not negated)
        if self._accept("not"):
            self._expect("in")
            return Membership(left, self._list(), inside=False)
        if self._accept("in"):
            return Membership(left, self._list(), inside=True)
        kind, sign = self._next()
        if kind != "sign" or sign not in _COMPARISONS:
            raise RuleError(f"{sign} stands where one of {' '.join(_COMPARISONS)}, in, not in, is empty is expected")
        return Comparison(left, sign, self._operand())

    def _operand(self) -> Column | Scalar:
        kind, word = self._next()
        if kind == "word" and word not in _WORDS:
            return Column(word)
        return _scalar(kind, word)

    def _list(self) -> tuple[Scalar, ...]:
        self._expect("[")
        values = [_scalar(*self._next())]
        while self._accept(","):
            values.append(_scalar(*self._next()))
        self._expect("]")
        return tuple(values)

    def _column(self) -> Column:
        kind, word = self._next()
        if kind != "word" or word in _WORDS:
            raise RuleError(f"{word} stands where a column is expected")
        return Column(word)

    def _next(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise RuleError("it ends too early")
        self.at += 1
        return self.tokens[self.at - 1]

    def _accept(self, word: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at][0] != "text" and self.tokens[self.at][1] == word:
            self.at += 1
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._accept(word):
            found = self.tokens[self.at][1] if self.at < len(self.tokens) else "the end"
            raise RuleError(f"{found} stands where {word} is expected")


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if not match:
            raise RuleError(f"{text[at:].strip()[:20]} can't be read")
        yield str(match.lastgroup), match.group(str(match.lastgroup))
        at = match.end()


def _scalar(kind: str, word: str) -> Scalar:
    if kind == "text":
        return word[1:-1]
    if kind == "number":
        return float(word) if "." in word else int(word)
    if word in ("true", "false"):
        return word == "true"
    raise RuleError(f"{word} stands where a value is expected: text stands in quotation marks")
