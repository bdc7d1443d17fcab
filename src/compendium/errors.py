"""Every error that a user can see: what is wrong, where, and what to do.

A message names a file, a row, a column and a *kind* of value. It never holds a value of a sensitive column.
Errors are raised where the fact is known and caught once, in `cli.py`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

# signs that a terminal carries out, or that turn the order of letters round: control signs but line ends, halves of
# characters, line and paragraph separators, marks and overrides of direction
STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
LISTED = 12  # names in a message; more are noise
ALIKE = 0.5  # difflib's ratio from which a name is worth naming


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong: where it is, what it is, what to do about it."""

    file: str = ""
    row: int | None = None  # as a spreadsheet shows it: the header is row 1
    column: str = ""
    message: str = ""
    remedy: str = ""
    level: Literal["error", "warning"] = "error"
    cell: str = ""  # of a spreadsheet, such as C14
    times: int = 1  # how many it stands for: more where they are counted and not listed, 0 for what waits for others
    locality: str = ""  # of a notebook that stopped, whose place the message says in words: which, and where
    notebook: str = ""
    code_cell: int | None = None

    @property
    def place(self) -> str:
        """`cases.csv, row 7, column form (C7)`, as much of it as is known."""
        parts = [self.file] if self.file else []
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column:
            parts.append(f"column {self.column}{f' ({self.cell})' if self.cell else ''}")
        return ", ".join(parts)

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        todo = f" {self.remedy}" if self.remedy else ""
        return STEERING.sub("?", f"{where}{self.message}{todo}")  # a stranger may have named the file or the column


def errors_among(problems: Iterable[Problem]) -> list[Problem]:
    """Those for which something is refused; the others are remarks."""
    return [problem for problem in problems if problem.level == "error"]


def counted(problems: Iterable[Problem]) -> int:
    """How many things are wrong, those that are not listed one by one included."""
    return sum(problem.times for problem in problems)


class CompendiumError(Exception):
    """Something a user can mend. Carries every problem found, not the first."""

    def __init__(self, problems: Problem | str | Iterable[Problem], remedy: str = "") -> None:
        if isinstance(problems, str):
            problems = Problem(message=problems, remedy=remedy)
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class InputRefused(CompendiumError):
    """An input file breaks its dictionary, or isn't a file that can be read."""


def refuse_errors(problems: Iterable[Problem]) -> None:
    """Raises `InputRefused` with the errors among the problems of an input, if there are any."""
    if errors := errors_among(problems):
        raise InputRefused(errors)


class UnknownName(CompendiumError):
    """A locality, notebook, parameter, table, key or code that nobody declared."""


class NotebookFailed(CompendiumError):
    """A notebook stopped: named by notebook and cell, without its traceback."""


class DisclosureRefused(CompendiumError):
    """What was proposed can't be released safely; names what would pass."""


class RenderRefused(CompendiumError):
    """A page uses something outside the supported subset, or a reference leads nowhere."""


class Busy(CompendiumError):
    """Another command holds the locality."""


def nearest(name: str, known: Iterable[str]) -> str:
    """`Did you mean X? Known: X, Y.` for a name nobody knows; of many known names only the closest."""
    names: Sequence[str] = sorted(known)
    alike = [each for each in names if each.casefold() == name.strip().casefold()]  # only written otherwise
    close = alike or difflib.get_close_matches(name, names, n=1)
    hint = f"Did you mean {close[0]}? " if close else ""
    if len(names) > LISTED:
        like = sorted(difflib.get_close_matches(name, names, n=LISTED, cutoff=ALIKE))
        return (
            f"{hint}Among those known: {', '.join(like)}."
            if like
            else f"None of {len(names):,} known names is like it."
        )
    return f"{hint}Known: {', '.join(names) if names else 'none'}."
