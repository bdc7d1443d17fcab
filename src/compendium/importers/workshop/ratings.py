"""Ratings as written become the table `ratings`: whole numbers of a declared scale, or "unable to score"."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from compendium.errors import Problem, UnknownName, errors_among, nearest
from compendium.importers.reading import Reading, UnreadableError
from compendium.importers.workshop import people
from compendium.importers.workshop.answers import Answer, Known, answers_of, shape_of
from compendium.importers.workshop.sheet import read_answers, remarks_of, shown

SCALES = {"1-9": (1, 9), "1-7": (1, 7), "1-5": (1, 5)}
COLUMNS = ("rater_id", "stakeholder_group", "round", "item_id", "rating", "unable", "scale")
UNABLE = frozenset(
    {"x", "unable", "unable to score", "unable to rate", "cannot score", "can't score", "cannot rate", "cannot say",
     "can't say", "cannot evaluate", "don't know", "do not know", "dk", "not able to score", "no opinion"}
)  # fmt: skip
YES, NO = ("yes", "y", "true", "1", "x"), ("no", "n", "false", "0", "")


@dataclass(frozen=True, repr=False)
class Ratings:
    """What a file of ratings says: the table, the number of each label, how many cells were empty, remarks."""

    table: pd.DataFrame
    people: Mapping[str, str]
    blank: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        return errors_among(self.problems)


def read_ratings(
    path: Path,
    *,
    items: Mapping[str, str] | None = None,
    groups: Mapping[str, str],
    scale: str = "1-9",
    group: str = "",
    round_: str = "",
    sheet: str = "",
    left_out: Collection[str] = (),
    numbers: Mapping[str, str] | None = None,
    taken: Collection[str] = (),
) -> Ratings:
    """Read ratings of any shape. `items` is number -> title (None: every other column is an item of its own name).

    An empty cell is no answer and gives no row; "unable to score" is an answer and does. Problems come back by row and
    column, and with an error among them the table is empty. Raises `UnknownName` for a scale nobody declared.
    """
    if scale not in SCALES:
        raise UnknownName(f"No scale is called {scale[:20]}.", nearest(scale[:20], SCALES))
    reading, known = Reading(path.name), Known(items or {}, groups)
    found: list[tuple[Answer, int | None]] = []
    blank = 0
    try:
        answers = read_answers(reading, path, sheet)
        shape = shape_of(reading, answers, known, left_out)
        for answer in answers_of(reading, answers, shape, known, group=group, round_=round_):
            if not answer.text and answer.unable.casefold() in NO:
                blank += 1
            elif (said := _said(reading, answer, SCALES[scale])) is not False:
                found.append((answer, said))
        remarks = remarks_of(answers)
    except UnreadableError:
        remarks = []
    _refuse_doubled(reading, [answer for answer, _ in found])
    codes = people.codes((answer.person for answer, _ in found), numbers or {}, taken)
    problems = sorted([*reading.problems, *remarks], key=lambda p: (p.row or 0, p.column, p.message))
    if any(problem.level == "error" for problem in problems) or not found:
        return Ratings(pd.DataFrame(columns=list(COLUMNS)), {}, blank, problems or [_nothing(path.name)])
    return Ratings(_table(found, codes, scale), codes, blank, problems)


def _said(reading: Reading, answer: Answer, ends: tuple[int, int]) -> int | bool | None:
    """The rating; None for "unable to score"; False, and an error, for what is neither."""
    text, place = answer.text.casefold(), shown(answer.column)
    if answer.unable and answer.unable.casefold() not in (*YES, *NO):
        reading.refuse("Unable to score is said with yes or no.", row=answer.row, column=place)
        return False
    if text in UNABLE or (not text and answer.unable.casefold() in YES):
        return None
    if answer.unable.casefold() in YES:
        reading.refuse("A person unable to score has a rating.", row=answer.row, column=place)
        return False
    if not re.fullmatch(r"\d{1,3}(?:\.0+)?", text):
        reading.refuse("This is no rating.", row=answer.row, column=place, remedy="A whole number, X, or nothing.")
        return False
    rating = int(float(text))
    if not ends[0] <= rating <= ends[1]:
        message = f"{rating} is outside the scale of {ends[0]} to {ends[1]}."
        reading.refuse(message, row=answer.row, column=place, remedy=f"Declare another with --scale: {_SCALES}.")
        return False
    return rating


_SCALES = ", ".join(SCALES)


def _refuse_doubled(reading: Reading, answers: list[Answer]) -> None:
    first: dict[tuple[str, str, str], int] = {}
    for answer in answers:
        key = people.plain(answer.person), answer.round, answer.item
        if key in first:
            message = f"The same person has an answer for this in row {first[key]} as well."
            reading.refuse(message, row=answer.row, column=shown(answer.column), remedy="Keep one of them.")
        first.setdefault(key, answer.row)


def _table(found: list[tuple[Answer, int | None]], codes: Mapping[str, str], scale: str) -> pd.DataFrame:
    rows = [
        (codes[people.plain(one.person)], one.group, int(one.round), one.item, rating, "no" if rating else "yes", scale)
        for one, rating in found
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"rating": "Int64"})
    return frame.sort_values(["round", "rater_id", "item_id"], ignore_index=True)


def _nothing(file: str) -> Problem:
    return Problem(file, message="The file holds no answer.", remedy="Is this the file of the answers?")
