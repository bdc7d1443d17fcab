"""What can happen while the compendium works, as records that become one line of JSON each.

The schema is stable: a field may be added, none is renamed or taken away without a new `SCHEMA`. An event holds names
and numbers; a problem's words never repeat a value of a sensitive column (`compendium.errors`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from compendium.errors import Problem

SCHEMA = 1
Stage = Literal["check", "notebooks", "settle", "pages", "pdf"]
Outcome = Literal["done", "stopped", "kept"]


@dataclass(frozen=True)
class Event:
    """One thing that happened. What it doesn't know is None, and left out of its JSON."""

    event: Annotated[str, "what happened, see above"]
    schema: Annotated[int | None, "version of these events"] = None
    command: Annotated[str | None, "`check`, `run`, `render` or `report`"] = None
    version: Annotated[str | None, "version of the program"] = None
    stage: Annotated[Stage | None, "`check`, `notebooks`, `settle`, `pages` or `pdf`"] = None
    locality: Annotated[str | None, "id of the locality"] = None
    notebook: Annotated[str | None, "name of the notebook"] = None
    page: Annotated[str | None, "page or PDF of the site"] = None
    cell: Annotated[
        int | None, "code cell, counted as error messages count them: from 1, injected parameters left out"
    ] = None
    cells: Annotated[int | None, "how many code cells the notebook has"] = None
    done: Annotated[int | None, "pieces of the stage that have ended"] = None
    of: Annotated[int | None, "pieces of the stage; absent while nobody knows"] = None
    outcome: Annotated[Outcome | None, "`done`, `stopped`, or `kept`: what it rests on had not changed"] = None
    runs: Annotated[bool | None, "whether the notebook would run"] = None
    fetched: Annotated[bool | None, "whether what it gives lies in the team's cache and is taken from there"] = None
    reason: Annotated[
        Mapping[str, Any] | None, "why: `kind`, `changes` (piece by piece), and `text` with the same in words"
    ] = None
    facts: Annotated[Mapping[str, int] | None, "numbers by name: tables, rows, errors, hidden (cells)"] = None
    seconds: Annotated[float | None, "how long the piece, the stage or everything took"] = None
    left: Annotated[float | None, "about how many seconds are left; an estimate, absent while nobody can tell"] = None
    text: Annotated[str | None, "a sentence"] = None
    level: Annotated[str | None, "`error` or `warning`"] = None
    file: Annotated[str | None, "file of the problem"] = None
    row: Annotated[int | None, "row of the problem; the header is row 1"] = None
    column: Annotated[str | None, "column of the problem"] = None
    sheet_cell: Annotated[str | None, "cell of a spreadsheet, such as C14"] = None
    message: Annotated[str | None, "what is wrong"] = None
    remedy: Annotated[str | None, "what to do"] = None
    times: Annotated[
        int | None, "how many problems it stands for, when more than one: those counted and not listed"
    ] = None
    path: Annotated[str | None, "what was made"] = None
    status: Annotated[int | None, "exit status"] = None
    problems: Annotated[int | None, "how many errors there were"] = None

    def as_json(self) -> str:
        """One line."""
        known = {name: value for name, value in vars(self).items() if value is not None}
        return json.dumps(known, ensure_ascii=False)


KINDS: Mapping[str, tuple[str, str]] = {
    "start": ("the first line", "schema command version"),
    "stage": ("a stage begins", "stage of left"),
    "begin": ("a locality, notebook or page of the stage begins", "stage locality notebook page done of left"),
    "cell": ("a code cell of a notebook begins", "stage locality notebook cell cells done of left"),
    "end": (
        "a locality, notebook or page has ended; of a notebook that stopped, `cell` says where",
        "stage locality notebook page cell outcome facts done of seconds left",
    ),
    "stage-end": ("a stage has ended", "stage done of facts seconds"),
    "plan": (
        "`run --explain`: whether a notebook would run or a locality be settled, and why",
        "stage locality notebook runs fetched reason",
    ),
    "note": ("a sentence worth reading", "stage locality text"),
    "problem": (
        "something is wrong",
        "level locality notebook cell file row column sheet_cell message remedy times",
    ),
    "result": ("something was made", "path"),
    "finish": ("the last line, whatever happened", "status problems seconds"),
}


@dataclass(frozen=True)
class Piece:
    """What a stage is made of: a locality, a notebook of it, or a page."""

    locality: str = ""
    notebook: str = ""
    page: str = ""

    @property
    def key(self) -> str:
        return "/".join(part for part in (self.locality, self.notebook, self.page) if part)

    def named(self) -> dict[str, Any]:
        """The fields of an event that say which piece it is about."""
        return {name: value for name, value in vars(self).items() if value}


def of_problem(problem: Problem) -> Event:
    """A problem as an event; a notebook that stopped is named with its cell."""
    return Event(
        "problem",
        level=problem.level,
        locality=problem.locality or None,
        notebook=problem.notebook or None,
        cell=problem.code_cell,
        file=problem.file or None,
        row=problem.row,
        column=problem.column or None,
        sheet_cell=problem.cell or None,
        message=problem.message,
        remedy=problem.remedy or None,
        times=problem.times if problem.times > 1 else None,
    )


HEAD = """# What `--json` says

Made from `compendium/progress/events.py`; a test compares them.

`check`, `run`, `render` and `report` take `--json`: standard output then holds one JSON object a line and nothing else.
The exit status is what it is without. Fields without a value are left out; pass over events and fields you don't know.
A mistake on the command line itself (exit status 2) is told in words on standard error: nothing has begun.
"""
_TYPES = {str: "text", int: "whole number", float: "number", bool: "true or false"}


def reference() -> Iterator[str]:
    """The lines of docs/reference/events.md: every event and every field."""
    yield from HEAD.splitlines()
    yield from (
        f"This is schema {SCHEMA}: a field may be added, none is renamed or taken away without a new number.",
        "",
    )
    yield from ("| event | when | its fields |", "|---|---|---|")
    for name, (when, names) in KINDS.items():
        yield f"| `{name}` | {when} | {', '.join(f'`{one}`' for one in names.split())} |"
    yield from ("", "| field | type | what |", "|---|---|---|")
    for name, hint in get_type_hints(Event, include_extras=True).items():
        inner, said = get_args(hint)
        kind = next(one for one in get_args(inner) or (inner,) if one is not type(None))
        word = "object" if get_origin(kind) is Mapping else _TYPES.get(kind, "text")
        yield f"| `{name}` | {word} | {said} |"
