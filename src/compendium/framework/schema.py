"""The records of `framework/`: what a standard, a criterion and a framework are made of. Unknown keys are errors."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

_NUMBERS = r"(0|[1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})"
Version = Annotated[str, Field(pattern=f"^{_NUMBERS}$")]
StandardId = Annotated[str, Field(pattern=r"^S[1-9][0-9]?$")]
CriterionId = Annotated[str, Field(pattern=r"^[1-9][0-9]?\.[1-9][0-9]?$")]
FrameworkId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
Text = Annotated[str, Field(min_length=1)]
Part = Literal["core", "adaptable"]
Status = Literal["illustrative", "co-produced"]
LEVELS = 4  # 0 not started, 1 planned, 2 partly in place, 3 in place and checked with young people


class Record(BaseModel):
    """A frozen record without unknown keys; blanks are no text."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Level(Record):
    """A level of rating; `plain_name` and `plain` say the same to young people."""

    level: int = Field(ge=0, le=3)
    name: Text
    meaning: Text
    plain_name: Text
    plain: Text


class CriterionLevel(Record):
    """What a level looks like for one criterion."""

    level: int = Field(ge=0, le=3)
    meaning: Text


class Definition(Record):
    """A word of the standards and what it means there."""

    term: Text
    meaning: Text


class Measure(Record):
    """Structure, process, outcome or balancing measure; a counted one has numerator and denominator."""

    kind: Literal["structure", "process", "outcome", "balancing"]
    text: Text
    numerator: str = ""
    denominator: str = ""
    source: str = ""
    frequency: str = ""


class Related(Record):
    """A released number that says something about a criterion and is not its measure: its name among the values."""

    text: Text
    value: Annotated[str, Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)+$")]


class Criterion(Record):
    """One thing to rate from 0 to 3, with what is counted to rate it; `plain` asks young people the same.

    `levels` says what each level looks like here; the outline says what the levels mean in general.
    """

    id: CriterionId
    text: Text
    plain: Text
    kind: Part
    numerator: Text
    denominator: Text
    source: Text
    frequency: Text
    levels: tuple[CriterionLevel, ...] = Field(min_length=LEVELS, max_length=LEVELS)
    related: tuple[Related, ...] = ()


class Change(Record):
    """What changed in a version, when, and which workshop decided it."""

    version: Version
    dated: datetime.date
    what: Text
    decided_by: Text


class Audiences(Record):
    """What a standard means for each of those it is written for, in their words."""

    children: Text
    practitioners: Text
    commissioners: Text


class Standard(Record):
    """One standard, one concept. Never edited in place: a change is a new version with an entry in `changes`."""

    id: StandardId
    version: Version
    title: Text
    statement: Text
    rationale: Text
    priority_ids: tuple[str, ...]
    evidence_ids: tuple[str, ...]
    guidance: tuple[str, ...]
    equality_guidance: tuple[str, ...]
    definitions: tuple[Definition, ...]
    equality: Text
    audiences: Audiences
    measures: tuple[Measure, ...]
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    evidence_note: Text
    changes: tuple[Change, ...] = Field(min_length=1)

    def criterion(self, id: str) -> Criterion | None:
        return next((one for one in self.criteria if one.id == id), None)


class Orphans(Record):
    """Evidence that no standard takes up, on purpose."""

    reason: Text
    evidence_ids: tuple[str, ...]


class Outline(Record):
    """The framework itself: its version, its levels, and the short names of the frameworks it cites."""

    id: FrameworkId
    version: Version
    title: Text
    dated: datetime.date
    status: Status
    statement: Text
    levels: tuple[Level, ...] = Field(min_length=LEVELS, max_length=LEVELS)
    sources: dict[str, str]
    orphans: Orphans

    @property
    def name(self) -> str:
        """`illustrative@1.0`."""
        return f"{self.id}@{self.version}"


class CriterionAdaptation(Record):
    """What of a criterion is said differently here; what is left out stays as it was."""

    id: CriterionId
    text: str = ""
    plain: str = ""
    numerator: str = ""
    denominator: str = ""
    source: str = ""
    frequency: str = ""
    levels: tuple[CriterionLevel, ...] = ()


class StandardAdaptation(Record):
    """What of a standard is said differently here, why, and who decided it.

    Its title, statement and core criteria are core: they may be changed only where `core_change` says why.
    """

    id: StandardId
    why: Text
    decided_by: Text
    core_change: str = ""
    title: str = ""
    statement: str = ""
    rationale: str = ""
    equality: str = ""
    priority_ids: tuple[str, ...] | None = None
    audiences: Audiences | None = None
    criteria: tuple[CriterionAdaptation, ...] = ()


class LeftOut(Record):
    """A standard that a locality does not use, why, and who decided it."""

    id: StandardId
    why: Text
    decided_by: Text


class Adaptation(Record):
    """A locality's own framework, as what differs from a version of another: `localities/<id>/framework.yml`."""

    base: Annotated[str, Field(pattern=f"^[a-z][a-z0-9_]{{1,39}}@{_NUMBERS}$")]
    id: FrameworkId
    version: Version
    title: Text
    dated: datetime.date
    status: Status
    statement: Text
    adapt: tuple[StandardAdaptation, ...] = ()
    add: tuple[Standard, ...] = ()
    leave_out: tuple[LeftOut, ...] = ()
