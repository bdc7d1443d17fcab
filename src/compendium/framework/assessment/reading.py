"""A filled-in form as it comes back: JSON or CSV of the web page, or the spreadsheet. Read as text; nothing believed.

A file is a stranger's: its size, depth, encoding, archive and XML are bounded here and in `dictionary`, formulas are
refused, and no cell is repeated in a message.
"""

from __future__ import annotations

import json
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compendium.dictionary.raw import RawTable, read_raw
from compendium.dictionary.schema import Dictionary, Field
from compendium.errors import InputRefused, Problem, nearest
from compendium.framework.assessment.form import KIND

LARGEST_FILE = 1_000_000  # bytes: a filled-in form has about 10,000
MOST_ANSWERS = 1_000
HEAD = ("form_id", "form_version", "form_hash", "locality", "rater", "service_code", "pilot_area", "wave")
YOUTH = ("response", "free_to_rate")
ANSWER = ("criterion_id", "wording", "level")
CSV_COLUMNS = (*HEAD, *YOUTH, *ANSWER)
ANSWERS_SHEET, SERVICE_SHEET = "answers", "service"
SERVICE_COLUMNS = ("about", "entry", "name")
SHOWN = ("asked", "levels", "counted")  # as `Item.shown`
ANSWER_COLUMNS = ("criterion_id", "standard", "asked", "level", "levels", "counted", "wording")


@dataclass(frozen=True)
class Said:
    """One answer as written: where it stands, and its three parts as text (level None: left open)."""

    row: int | None
    criterion_id: str
    wording: str
    level: str | None
    place: str = ""  # of JSON: "answers, entry 3"
    shown: tuple[str, ...] = ()  # of a spreadsheet: the words that stood beside the answer


@dataclass(frozen=True)
class Filled:
    """A filled-in form as written: what its head says, where that stands, and its answers."""

    file: str
    head: Mapping[str, str]
    rows: Mapping[str, int]  # of the head's entries, where a spreadsheet has them
    answers: tuple[Said, ...]
    sheet: str = ""  # of the head, in a workbook

    def problem(self, key: str, message: str, remedy: str) -> Problem:
        """What is wrong with an entry of the head; never what it says."""
        where = f"{self.file}, sheet {self.sheet}" if self.sheet else self.file
        return Problem(where, self.rows.get(key), key, message, remedy)


def read_filled(path: Path) -> Filled:
    """Read one file. Raises `InputRefused` with everything that is wrong with its form."""
    file = path.name
    try:
        found = path.stat()
    except (OSError, ValueError):
        raise _refused(file, "The file isn't there.", "Check its name.") from None
    if not stat.S_ISREG(found.st_mode):
        raise _refused(file, "This isn't a file.", "Name the files themselves.")
    if found.st_size > LARGEST_FILE:
        raise _refused(
            file,
            f"The file is larger than {LARGEST_FILE // 1_000_000} MB: no filled-in form is.",
            "Is it the right file?",
        )
    kind = path.suffix.lower()
    if kind == ".json":
        return _from_json(path, file)
    if kind == ".csv":
        return _from_csv(path, file)
    if kind == ".xlsx":
        return _from_workbook(path, file)
    raise _refused(file, "Only .json, .csv and .xlsx files are read.", "Save the form as one of these.")


def _refused(file: str, message: str, remedy: str = "", **where: Any) -> InputRefused:
    return InputRefused(Problem(file, message=message, remedy=remedy, **where))


def _table(name: str, columns: Sequence[str]) -> Dictionary:
    """A table of a form, as the reader of tables wants it told: sensitive, so that no cell is repeated."""
    fields = tuple(Field(name=column) for column in columns)
    return Dictionary(name, name, "Filled in by people.", "answer", "sensitive", fields)


# CSV and workbook


def _from_csv(path: Path, file: str) -> Filled:
    raw = read_raw(path, _table("filled-in form", CSV_COLUMNS), file)
    rows = list(_rows(raw, CSV_COLUMNS))
    problems = [*raw.problems, *_too_many(file, len(rows))]
    for name in (*HEAD, *YOUTH):
        first = rows[0][1].get(name) if rows else None
        problems += [
            Problem(
                file, number, name, "It differs from the row above.", "A file holds one form: keep its rows together."
            )
            for number, cells in rows[1:]
            if cells.get(name) != first
        ][:1]
    if not rows and not problems:
        problems.append(Problem(file, message="The file holds no answers.", remedy="Save it again from the form."))
    _stop(problems)
    head = {name: rows[0][1].get(name) or "" for name in (*HEAD, *YOUTH)}
    return Filled(file, head, dict.fromkeys(head, rows[0][0]), tuple(_said(number, cells) for number, cells in rows))


def _from_workbook(path: Path, file: str) -> Filled:
    about = read_raw(path, _table(SERVICE_SHEET, SERVICE_COLUMNS), file)
    given = read_raw(path, _table(ANSWERS_SHEET, ANSWER_COLUMNS), file)
    problems = list(dict.fromkeys([*about.problems, *given.problems]))
    _stop(problems)
    head, rows = dict.fromkeys((*HEAD, *YOUTH), ""), dict[str, int]()
    for number, cells in _rows(about, SERVICE_COLUMNS):
        name = cells.get("name") or ""
        if name in rows:
            problems.append(Problem(about.file, number, name, "It stands twice.", "Take one of the rows away."))
        elif name in HEAD:
            head[name], rows[name] = (cells.get("entry") or "").strip(), number
        else:
            message, remedy = "Nobody knows what this row is.", "Leave the column name as it was exported."
            problems.append(Problem(about.file, number, "name", message, remedy))
    answers = [(number, cells) for number, cells in _rows(given, ANSWER_COLUMNS)]
    _stop([*problems, *_too_many(given.file, len(answers))])
    said = tuple(_said(number, cells, SHOWN) for number, cells in answers)
    return Filled(file, head, rows, said, SERVICE_SHEET)


def _rows(raw: RawTable, columns: Sequence[str]) -> list[tuple[int, dict[str, str | None]]]:
    names = [name for name in columns if name in raw.frame.columns]
    return [
        (int(number), dict(zip(names, cells, strict=True)))
        for number, cells in zip(raw.rows, raw.frame.select(names).iter_rows() if names else (), strict=False)
    ]


def _said(number: int, cells: Mapping[str, str | None], shown: Sequence[str] = ()) -> Said:
    words = tuple(cells.get(name) or "" for name in shown)
    return Said(number, cells.get("criterion_id") or "", cells.get("wording") or "", cells.get("level"), shown=words)


def _too_many(file: str, rows: int) -> list[Problem]:
    if rows <= MOST_ANSWERS:
        return []
    return [Problem(file, message=f"It has {rows:,} answers: no form has.", remedy="Is it the right file?")]


def _stop(problems: Sequence[Problem]) -> None:
    if any(problem.level == "error" for problem in problems):
        raise InputRefused(problems)


# JSON


def _from_json(path: Path, file: str) -> Filled:
    try:
        data = json.loads(path.read_bytes().decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise _refused(file, "The text is not in UTF-8.", "Save the form again.") from None
    except _TwiceError:
        raise _refused(file, "A name stands twice in one object.", "Save the form again.") from None
    except json.JSONDecodeError as error:
        raise _refused(file, f"This is not JSON: {error.msg}.", "Save the form again.", row=error.lineno) from None
    except RecursionError:
        raise _refused(file, "The JSON is nested too deeply.", "Is it the right file?") from None
    except ValueError:
        raise _refused(file, "It holds a number that no form has.", "Save the form again.") from None
    if not isinstance(data, dict) or data.get("kind") != KIND:
        raise _refused(file, "This is no form of a self-assessment.", "Export one with `compendium assess export`.")
    problems, answers = list(_wrong_keys(data, file)), data.get("answers")
    if not isinstance(answers, list) or len(answers) > MOST_ANSWERS:
        message = f"The answers are no list of at most {MOST_ANSWERS:,}."
        raise InputRefused([*problems, Problem(file, column="answers", message=message, remedy="Save the form again.")])
    said = []
    for number, entry in enumerate(answers, start=1):
        one, wrong = _entry(entry, f"answers, entry {number}", file)
        said += one
        problems += wrong
    _stop(problems)
    return Filled(file, {name: data.get(name, "") for name in (*HEAD, *YOUTH)}, {}, tuple(said))


class _TwiceError(ValueError):
    pass


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _TwiceError
    return found


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _wrong_keys(data: Mapping[str, Any], file: str) -> list[Problem]:
    known = ("kind", *HEAD, *YOUTH, "answers", "asked")
    problems = [
        Problem(file, message="A key that no form has.", remedy=nearest(key[:40], known) if key.isidentifier() else "")
        for key in data
        if key not in known
    ]
    for name in (*HEAD, *YOUTH):
        if not isinstance(data.get(name, ""), str):
            problems.append(Problem(file, column=name, message="This is no text.", remedy="Put it in quotation marks."))
    return problems


def _entry(entry: Any, place: str, file: str) -> tuple[list[Said], list[Problem]]:
    """One answer; a level is a whole number, `cannot_say`, or null where the item was left open."""
    texts = (
        isinstance(entry, dict)
        and set(entry) == set(ANSWER)
        and all(isinstance(entry[name], str) for name in ANSWER[:2])
    )
    if not texts:
        message, remedy = "This is no answer.", f"An answer has {', '.join(ANSWER)} and nothing else."
        return [], [Problem(f"{file}, {place}", message=message, remedy=remedy)]
    level = entry["level"]
    if level is not None and (isinstance(level, bool) or not isinstance(level, int | str)):
        return [], [
            Problem(f"{file}, {place}", column="level", message="This is no level.", remedy="Write 0, 1, 2 or 3.")
        ]
    return [Said(None, entry["criterion_id"], entry["wording"], None if level is None else str(level), place)], []
