"""The form as data: its items, levels and choices, made from the standards and the dictionary of the ratings.

Every shape (web page, spreadsheet, JSON, young people's page) is made from this one value, and what comes back is held
against it. An item carries a hash of its wording, so that an answer says which wording it answers: a filled-in form of
an older version is still good for the items that have not changed since.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Literal

from compendium import dictionary
from compendium.dictionary import Dictionary
from compendium.errors import CompendiumError, Problem
from compendium.framework.local import framework_of
from compendium.framework.schema import Criterion
from compendium.framework.standards import Framework
from compendium.locality import Locality
from compendium.paths import Root

Rater = Literal["self", "youth"]
RATERS: tuple[Rater, ...] = ("self", "youth")
CANNOT_SAY = "cannot_say"
LONGEST_HASH = 12  # characters of a wording's hash: enough to tell wordings of one item apart
KIND = "compendium-assessment"  # what a file of ours says that it is
_ROUNDS: Mapping[Rater, tuple[str, ...]] = {"self": ("before", "after", "then"), "youth": ("before", "after")}


@dataclass(frozen=True)
class Choice:
    """One level of rating, as the rater reads it."""

    level: int
    name: str
    meaning: str


@dataclass(frozen=True)
class Item:
    """One criterion as the rater reads it, and the hash of that wording (levels included)."""

    criterion_id: str
    text: str
    hint: str  # what is counted and where; empty on the young people's form
    kind: str
    levels: tuple[Choice, ...]
    wording: str

    @property
    def shown(self) -> tuple[str, str, str]:
        """What is asked, what each level looks like, what is counted: as the cells of a spreadsheet say it."""
        return self.text, "\n".join(f"{choice.level}: {choice.meaning}" for choice in self.levels), self.hint


@dataclass(frozen=True)
class Section:
    """A standard and its items."""

    standard_id: str
    title: str
    text: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Form:
    """What is asked, of whom, in which version. `rounds` and `areas` are codes with their labels."""

    id: str
    version: str
    rater: Rater
    locality: str
    title: str
    statement: str
    illustrative: bool
    levels: tuple[Choice, ...]
    sections: tuple[Section, ...]
    rounds: Mapping[str, str]
    areas: Mapping[str, str]
    service_pattern: str
    versions: tuple[str, ...]  # whose answers the table of ratings can hold

    @cached_property
    def items(self) -> dict[str, Item]:
        """Items by the id of their criterion, in order."""
        return {item.criterion_id: item for section in self.sections for item in section.items}

    @property
    def hash(self) -> str:
        """A hash of every wording of the form, and of nothing else: the same standards give the same form."""
        return _hash(
            [self.id, self.version, self.rater, [[item.criterion_id, item.wording] for item in self.items.values()]]
        )

    def blank(self) -> dict[str, object]:
        """The form as JSON, with nothing filled in."""
        return {
            "kind": KIND,
            "form_id": self.id,
            "form_version": self.version,
            "form_hash": self.hash,
            "locality": self.locality,
            "rater": self.rater,
            "service_code": "",
            "pilot_area": "",
            "wave": "",
            "response": "",
            "free_to_rate": "",
            "answers": [
                {"criterion_id": item.criterion_id, "wording": item.wording, "level": None}
                for item in self.items.values()
            ],
        }

    def as_json(self) -> str:
        """The blank form for programs: what is asked beside where the answers go."""
        asked = {
            "title": self.title,
            "items": {
                item.criterion_id: {"text": item.text, "levels": [asdict(choice) for choice in item.levels]}
                for item in self.items.values()
            },
            "rounds": dict(self.rounds),
            "areas": dict(self.areas),
        }
        return json.dumps({**self.blank(), "asked": asked}, indent=1, ensure_ascii=False) + "\n"


def forms_of(root: Root, locality: Locality) -> dict[Rater, Form]:
    """The two forms of a locality: for its services, and for young people."""
    dictionaries = dictionary.load(root.dictionaries, locality.dictionary_files())
    framework = framework_of(root, locality).framework
    return {rater: form_of(framework, rater, locality.id, dictionaries) for rater in RATERS}


def form_of(framework: Framework, rater: Rater, locality: str, dictionaries: Mapping[str, Dictionary]) -> Form:
    """The form for a locality. Raises `CompendiumError` when the table of ratings could not hold its answers."""
    outline, ratings, services = framework.outline, dictionaries["assessments"], dictionaries["pilot_services"]
    levels = tuple(
        Choice(
            one.level, one.plain_name if rater == "youth" else one.name, one.plain if rater == "youth" else one.meaning
        )
        for one in outline.levels
    )
    sections = tuple(
        Section(
            standard.id,
            standard.title,
            standard.audiences.children if rater == "youth" else standard.statement,
            tuple(_item(criterion, rater, levels) for criterion in standard.criteria),
        )
        for standard in framework.standards
    )
    wave, area = ratings.field("wave"), services.field("pilot_area")
    form = Form(
        outline.id,
        outline.version,
        rater,
        locality,
        outline.title,
        outline.statement,
        outline.status == "illustrative",
        levels,
        sections,
        {code: wave.label(code) for code in wave.codes if code in _ROUNDS[rater]},
        {code: area.label(code) for code in area.codes},
        services.field("service_code").constraints.pattern,
        tuple(ratings.field("form_version").codes),
    )
    if problems := _cannot_be_kept(form, ratings):
        raise CompendiumError(problems)
    return form


def _item(criterion: Criterion, rater: Rater, general: tuple[Choice, ...]) -> Item:
    """A service reads what each level looks like for this criterion; young people what the levels mean in general."""
    if rater == "youth":
        text, hint, levels = criterion.plain, "", general
    else:
        text, meanings = criterion.text, {one.level: one.meaning for one in criterion.levels}
        hint = f"Counted as {criterion.numerator}, out of {criterion.denominator} ({criterion.source})."
        levels = tuple(Choice(one.level, one.name, meanings[one.level]) for one in general)
    said = [criterion.id, text, hint, [[one.level, one.name, one.meaning] for one in levels]]
    return Item(criterion.id, text, hint, criterion.kind, levels, _hash(said)[:LONGEST_HASH])


def _cannot_be_kept(form: Form, ratings: Dictionary) -> list[Problem]:
    """Criteria and the version that the dictionary of ratings does not declare: answers could never come in."""
    declared = {"criterion_id": list(form.items), "form_version": [form.version]}
    remedy = f"Add it to the enum, in data_dictionaries/{ratings.name}.yml or in what the locality says differently."
    return [
        Problem(ratings.name, column=name, message=f"{code} of the form is not declared.", remedy=remedy)
        for name, codes in declared.items()
        for code in codes
        if code not in ratings.field(name).codes
    ]


def _hash(said: object) -> str:
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
