"""Each answer of a file: who, of which group, in which round, about which item, and the cell as written.

Long: a column says which item. Wide: a column an item, in one round, or in several (`Waiting (R2)`, `R2: Waiting`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from compendium.errors import nearest
from compendium.importers.reading import Reading, UnreadableError
from compendium.importers.workshop import people
from compendium.importers.workshop.sheet import Answers, shown

RATER = (
    *("rater", "rater id", "participant", "participant id", "person", "person id", "voter", "voter id", "id"),
    *("respondent", "respondent id", "panellist", "panelist", "number", "no", "code"),
)
GROUP = ("group", "stakeholder group", "stakeholder", "group of participants", "role", "panel")
ROUND = ("round", "delphi round", "wave")
ITEM = ("item", "item id", "priority", "priority id", "statement", "question")
VALUE = ("rating", "score", "answer", "response", "points", "rank", "vote", "value")
UNABLE = ("unable", "unable to score", "cannot score")
MOST_ROUNDS = 9
_BEFORE = re.compile(r"(?:r|round)[ _.]?([1-9])\s*[:._ –-]\s*(.+)", re.IGNORECASE)
_AFTER = re.compile(r"(.+?)\s*[(\[_: –-]+\s*(?:r|round)[ _.]?([1-9])\s*[)\]]?", re.IGNORECASE)
_ORDINAL = re.compile(r"\d+(?:\.\d+)*[.)]\s+")


@dataclass(frozen=True)
class Answer:
    """One cell. `person` is what the file calls somebody; empty text: nothing was answered."""

    row: int
    column: str
    person: str
    group: str
    round: str
    item: str
    text: str
    unable: str = ""


@dataclass(frozen=True)
class Shape:
    """Where the columns of a file stand."""

    rater: int | None
    group: int | None
    round: int | None
    items: Mapping[int, tuple[str, str]]  # column -> item, round; a wide file
    item: int | None = None  # a long file
    value: int | None = None
    unable: int | None = None


@dataclass(frozen=True)
class Known:
    """What a locality knows: items by number with their titles (none: every column is an item), groups with labels."""

    items: Mapping[str, str]
    groups: Mapping[str, str]

    def item(self, text: str) -> str:
        """The number of an item named by number or title; empty when it is none."""
        wanted = _bare(text)
        return next((code for code, title in self.items.items() if wanted in (_bare(code), _bare(title))), "")

    def group(self, text: str) -> str:
        wanted = _bare(text.replace("_", " "))
        found = (c for c, label in self.groups.items() if wanted in (_bare(c.replace("_", " ")), _bare(label)))
        return next(found, "")


def shape_of(reading: Reading, answers: Answers, known: Known, left_out: Collection[str]) -> Shape:
    """Which columns are what. Every column must be known, or be named among those to leave out."""
    header = answers.header
    plain = [_bare(name.replace("_", " ")) for name in header]
    at = {kind: next((plain.index(name) for name in names if name in plain), None) for kind, names in _KINDS.items()}
    for name in sorted(set(left_out) - set(header)):
        reading.refuse("--leave-out names a column that the file does not have.", column=shown(name))
    item, value = at["item"], at["value"]
    if item is not None and value is not None:
        shape = Shape(at["rater"], at["group"], at["round"], {}, item, value, at["unable"])
        used = {index for index in at.values() if index is not None}
    else:
        used = {index for kind in ("rater", "group", "round") if (index := at[kind]) is not None}
        rest = [index for index, name in enumerate(header) if index not in used and name not in left_out]
        shape = Shape(at["rater"], at["group"], at["round"], dict(_items(reading, header, rest, known)))
        used |= set(shape.items)
    for index, name in enumerate(header):
        _refuse_personal(reading, name, used=index in used or name in left_out)
        if shape.item is not None and index not in used and name not in left_out:
            reading.refuse("What is this column?", row=1, column=shown(name), remedy=_LEAVE)
    if reading.problems:
        raise UnreadableError("columns")
    if shape.item is None and not shape.items:
        raise reading.stop("No column is one of the priorities.", "Name columns by their numbers or titles.")
    return shape


_KINDS = {"rater": RATER, "group": GROUP, "round": ROUND, "item": ITEM, "value": VALUE, "unable": UNABLE}
_LEAVE = "Name it with --leave-out when it is not to be read, or call it as the dictionary does."


def _items(
    reading: Reading, header: Sequence[str], rest: Sequence[int], known: Known
) -> Iterator[tuple[int, tuple[str, str]]]:
    for index in rest:
        name = header[index]
        for item, number in _with_round(name):
            found = known.item(item) if known.items else item
            if found:
                yield index, (found, number)
                break
        else:
            hint = nearest(shown(name), known.items.values()).partition("?")[0]
            close = f" {hint}?" if hint.startswith("Did you mean") else ""
            if not people.looks_personal(name):
                reading.refuse(
                    f"No priority has this number or title.{close}", row=1, column=shown(name), remedy=_LEAVE
                )


def _with_round(name: str) -> Iterator[tuple[str, str]]:
    """A heading as an item, and as an item with its round."""
    if found := _BEFORE.fullmatch(name):
        yield found[2], found[1]
    if found := _AFTER.fullmatch(name):
        yield found[1], found[2]
    yield name, ""


def _refuse_personal(reading: Reading, name: str, *, used: bool) -> None:
    if people.looks_personal(name) and not used:
        message = "The column looks as if it held names, addresses or the like."
        reading.refuse(message, row=1, column=shown(name), remedy="Delete it from the file: it has no place here.")


def answers_of(
    reading: Reading, answers: Answers, shape: Shape, known: Known, *, group: str = "", round_: str = ""
) -> Iterator[Answer]:
    """Every cell that could hold an answer, empty ones included. `group` and `round_` hold for the whole file."""
    if shape.rater is None:
        reading.remark(
            "No column says who answered: people are numbered by row, and can't be followed into another round.",
            remedy="Add a column rater with a number for each person.",
        )
    _refuse_both(reading, shape, group, round_)
    groups: dict[str, str] = {}
    for row, cells in answers.rows:
        person = cells[shape.rater] if shape.rater is not None else f"row {row}"
        if shape.rater is not None and (wrong := people.wrong_with(person)):
            reading.refuse(wrong, row=row, column=shown(answers.header[shape.rater]), remedy=people.REMEDY)
            continue
        told = group or (cells[shape.group] if shape.group is not None else "")
        code = known.group(told)
        if not code:
            where = shown(answers.header[shape.group]) if shape.group is not None else "group"
            message = "The group is missing." if not told else "No group of participants has this name."
            reading.refuse(message, row=row, column=where, remedy=f"Known: {', '.join(known.groups)}.")
            continue
        if groups.setdefault(people.plain(person), code) != code:
            reading.refuse("The same person stands in two groups.", row=row, remedy="A number for each person.")
        yield from _of_row(reading, answers, shape, known, row, cells, person, code, round_)


def _refuse_both(reading: Reading, shape: Shape, group: str, round_: str) -> None:
    for option, given, column in (("--group", group, shape.group), ("--round", round_, shape.round)):
        if given and column is not None:
            raise reading.stop(f"{option} was given, and the file has such a column.", f"Leave out {option}.")
        if option == "--group" and not given and column is None:
            raise reading.stop("Nothing says of which group people are.", "Add a column group, or give --group.")
    if round_ and any(number for _, number in shape.items.values()):
        raise reading.stop("--round was given, and headings name rounds.", "Leave out --round.")


def _of_row(
    reading: Reading, answers: Answers, shape: Shape, known: Known, row: int, cells: Sequence[str], person: str,
    group: str, round_: str,
) -> Iterator[Answer]:  # fmt: skip
    number = cells[shape.round] if shape.round is not None else round_ or "1"
    number = re.sub(r"(?i)^(?:r|round)\s*", "", number).removesuffix(".0")
    if not (number.isascii() and number.isdigit() and 1 <= int(number) <= MOST_ROUNDS):
        where = shown(answers.header[shape.round]) if shape.round is not None else "--round"
        reading.refuse(f"A round is a number from 1 to {MOST_ROUNDS}.", row=row, column=where)
        return
    if shape.item is not None and shape.value is not None:
        item = known.item(cells[shape.item]) if known.items else cells[shape.item]
        if not item:
            message = "No priority has this number or title."
            reading.refuse(message, row=row, column=shown(answers.header[shape.item]), remedy="See priorities.csv.")
            return
        unable = cells[shape.unable] if shape.unable is not None else ""
        yield Answer(row, answers.header[shape.value], person, group, number, item, cells[shape.value], unable)
    for index, (item, own) in shape.items.items():
        yield Answer(row, answers.header[index], person, group, own or number, item, cells[index])


def _bare(text: str) -> str:
    """Without blanks and capitals, and without a number in front such as `11.1. `."""
    return _ORDINAL.sub("", " ".join(text.split()).casefold(), count=1).rstrip("?.: ")
