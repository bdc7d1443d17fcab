"""Votes as written become the table `votes`: points of the nominal group technique, 5 for the first choice to 1."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from compendium.errors import Problem, errors_among
from compendium.importers.reading import Reading, UnreadableError
from compendium.importers.workshop import people
from compendium.importers.workshop.answers import Answer, Known, Shape, answers_of, shape_of
from compendium.importers.workshop.sheet import Answers, read_answers, remarks_of, shown

MOST_POINTS = 5
COLUMNS = ("voter_id", "stakeholder_group", "item_id", "points")
_CHOICE = re.compile(r"(?:choice|rank|vote|place)\s*([1-5])|([1-5])\s*(?:st|nd|rd|th)?\s*(?:choice|vote|place)?", re.I)
_WORDS = ("first", "second", "third", "fourth", "fifth")


@dataclass(frozen=True, repr=False)
class Votes:
    """What a file of votes says: the table, the number of each label, remarks."""

    table: pd.DataFrame
    people: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        return errors_among(self.problems)


def read_votes(
    path: Path,
    *,
    items: Mapping[str, str],
    groups: Mapping[str, str],
    ranks: bool = False,
    group: str = "",
    sheet: str = "",
    left_out: Collection[str] = (),
    numbers: Mapping[str, str] | None = None,
    taken: Collection[str] = (),
) -> Votes:
    """Read votes: a row a vote, a row a voter with a column an item, or with columns `1st choice` to `5th choice`.

    Numbers are points (5 is most) unless `ranks` (1 is best). Problems come back by row and column.
    """
    reading, known = Reading(path.name), Known(items, groups)
    votes: list[tuple[Answer, int]] = []
    remarks: list[Problem] = []
    try:
        answers = read_answers(reading, path, sheet)
        remarks = remarks_of(answers)
        votes = list(_votes(reading, answers, known, left_out, group, ranks=ranks))
    except UnreadableError:
        pass  # said among the problems
    _refuse_uneven(reading, votes)
    codes = people.codes((vote.person for vote, _ in votes), numbers or {}, taken)
    problems = sorted([*reading.problems, *remarks], key=lambda p: (p.row or 0, p.column, p.message))
    if any(problem.level == "error" for problem in problems) or not votes:
        nothing = Problem(path.name, message="The file holds no vote.", remedy="Is this the file of the votes?")
        return Votes(pd.DataFrame(columns=list(COLUMNS)), {}, problems or [nothing])
    rows = [(codes[people.plain(vote.person)], vote.group, vote.item, points) for vote, points in votes]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return Votes(frame.sort_values(["voter_id", "points"], ascending=[True, False], ignore_index=True), codes, problems)


def _votes(
    reading: Reading, answers: Answers, known: Known, left_out: Collection[str], group: str, *, ranks: bool
) -> Iterator[tuple[Answer, int]]:
    choices = {index: place for index, name in enumerate(answers.header) if (place := _place(name))}
    if choices:
        yield from _ballots(reading, answers, choices, known, left_out, group)
        return
    shape = shape_of(reading, answers, known, left_out)
    for answer in answers_of(reading, answers, shape, known, group=group):
        if answer.text in ("", "0", "0.0"):
            continue
        if not re.fullmatch(r"[1-5](?:\.0+)?", answer.text):
            message = "A vote is a whole number from 1 to 5, or nothing."
            reading.refuse(message, row=answer.row, column=shown(answer.column))
            continue
        number = int(float(answer.text))
        yield answer, MOST_POINTS + 1 - number if ranks else number


def _ballots(
    reading: Reading,
    answers: Answers,
    choices: Mapping[int, int],
    known: Known,
    left_out: Collection[str],
    group: str,
) -> Iterator[tuple[Answer, int]]:
    """A row a voter, a column a choice, an item in each cell."""
    others = [index for index in range(len(answers.header)) if index not in choices]
    rest = Answers(
        answers.file,
        tuple(answers.header[index] for index in others),
        [(row, tuple(cells[index] for index in others)) for row, cells in answers.rows],
    )
    cells_of = dict(answers.rows)
    outer = _who(reading, rest, left_out)
    for voter in answers_of(reading, rest, outer, known, group=group):
        for index, place in choices.items():
            text = cells_of[voter.row][index]
            if not text:
                continue
            item, column = known.item(text), shown(answers.header[index])
            if item:
                yield replace(voter, item=item, column=column), MOST_POINTS + 1 - place
            else:
                message = "No priority has this number or title."
                reading.refuse(message, row=voter.row, column=column, remedy="See priorities.csv.")


def _who(reading: Reading, rest: Answers, left_out: Collection[str]) -> Shape:
    """The shape of the columns beside the choices: who and of which group; one empty answer for each row."""
    first = shape_of(reading, Answers(rest.file, (*rest.header, "item", "points"), []), Known({}, {}), left_out)
    return replace(first, item=None, value=None, items={0: ("", "")})


def _place(heading: str) -> int:
    """Which choice a column holds: 1 to 5; 0 when it holds none."""
    words = heading.casefold().replace("_", " ").split()
    if words and words[0] in _WORDS and words[1:] in ([], ["choice"], ["vote"], ["place"]):
        return _WORDS.index(words[0]) + 1
    found = _CHOICE.fullmatch(" ".join(words))
    return int(found[1] or found[2]) if found and not heading.strip().isdigit() else 0


def _refuse_uneven(reading: Reading, votes: list[tuple[Answer, int]]) -> None:
    """Nobody votes twice for an item, or gives the same points twice."""
    for what, given in (
        ("the same item twice", [(people.plain(vote.person), vote.item) for vote, _ in votes]),
        ("the same points twice", [(people.plain(vote.person), str(points)) for vote, points in votes]),
    ):
        times = Counter(given)
        first = dict(zip(reversed(given), (vote for vote, _ in reversed(votes)), strict=True))
        for key, vote in first.items():
            if times[key] > 1:
                reading.refuse(f"The person gives {what}.", row=vote.row, column=shown(vote.column))
