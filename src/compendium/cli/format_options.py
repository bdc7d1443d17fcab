"""The options of `import` that only some formats know, each under the heading of its formats."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer


def _of(heading: str, metavar: str | None, says: str, *names: str) -> Any:
    return typer.Option(*names, metavar=metavar, help=says, rich_help_panel=heading)


FORCE = "Case files of a force (force-export)"
SERVICES = "Services (open-referral)"
OFFICIAL = "Official files that do not say it themselves"
REFERENCES = "References (ris and other exports of a search)"
WORKSHOPS = "Workshops (ratings, votes)"

Mapping = Annotated[Path | None, _of(FORCE, "FILE", "What the columns and codes of the export mean.")]
Key = Annotated[Path | None, _of(FORCE, "FILE", "The key that makes numbers of persons and cases.")]
NewKey = Annotated[Path | None, _of(FORCE, "FILE", "Make a key in FILE, outside the checkout, and use it.")]
Classes = Annotated[Path | None, _of(SERVICES, "FILE", "Setting, kind and confidentiality by service.")]
Area = Annotated[str, _of(OFFICIAL, "NAME", "Whose figures these are; else the force's.")]
AreaCode = Annotated[str, _of(OFFICIAL, "CODE", "The official code of --area, where it has one.")]
Search = Annotated[str, _of(REFERENCES, "NUMBER", "The search they come from, as in the table searches.")]
Round = Annotated[str, _of(WORKSHOPS, "N", "Ratings: the round, for the whole file.", "--round")]
Scale = Annotated[str, _of(WORKSHOPS, "FROM-TO", "Ratings: 1-9 (usual), 1-7 or 1-5.")]
Group = Annotated[str, _of(WORKSHOPS, "GROUP", "The group of participants, for the whole file.")]
Sheet = Annotated[str, _of(WORKSHOPS, "NAME", "The sheet of a workbook.")]
LeaveOut = Annotated[list[str] | None, _of(WORKSHOPS, "COLUMN", "A column not to be read; repeat it.")]
Ranks = Annotated[bool, _of(WORKSHOPS, None, "Votes: numbers are ranks, 1 is best.", "--ranks")]
