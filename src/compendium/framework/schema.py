"""The records of `framework/`: what a standard, a criterion and a framework are made of. Unknown keys are errors."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Version = Annotated[str, Field(pattern=r"^\d+\.\d+$")]


class Record(BaseModel):
    """A frozen record without unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Level(Record):
    """A level of rating; `plain_name` and `plain` say the same to young people."""

    level: int = Field(ge=0, le=3)
    name: str
    meaning: str
    plain_name: str
    plain: str


class Definition(Record):
    term: str
    meaning: str


class Measure(Record):
    """Structure, process, outcome or balancing measure; a counted one has numerator and denominator."""

    kind: Literal["structure", "process", "outcome", "balancing"]
    text: str
    numerator: str = ""
    denominator: str = ""
    source: str = ""
    frequency: str = ""


class Criterion(Record):
    """One thing to rate from 0 to 3, with what is counted to rate it; `plain` asks young people the same."""

    id: str = Field(pattern=r"^\d+\.\d+$")
    text: str
    plain: str
    kind: Literal["core", "adaptable"]
    numerator: str
    denominator: str
    source: str
    frequency: str


class Change(Record):
    """What changed in a version, when, and which workshop decided it."""

    version: Version
    dated: datetime.date
    what: str
    decided_by: str


class Audiences(Record):
    children: str
    practitioners: str
    commissioners: str


class Standard(Record):
    """One standard, one concept. Never edited in place: a change is a new version with an entry in `changes`."""

    id: str = Field(pattern=r"^S\d+$")
    version: Version
    title: str
    statement: str
    rationale: str
    priority_ids: tuple[str, ...]
    evidence_ids: tuple[str, ...]
    guidance: tuple[str, ...]
    equality_guidance: tuple[str, ...]
    definitions: tuple[Definition, ...]
    equality: str
    audiences: Audiences
    measures: tuple[Measure, ...]
    criteria: tuple[Criterion, ...]
    evidence_note: str
    changes: tuple[Change, ...]


class Orphans(Record):
    reason: str
    evidence_ids: tuple[str, ...]


class Outline(Record):
    """The framework itself: its version, its levels, and the short names of the frameworks it cites."""

    id: str
    version: Version
    title: str
    dated: datetime.date
    status: Literal["illustrative", "co-produced"]
    statement: str
    levels: tuple[Level, ...]
    sources: dict[str, str]
    orphans: Orphans
