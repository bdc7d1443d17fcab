"""Who stands behind what is released, and under which licence: `publication` of a `locality.yml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from pydantic import ConfigDict, StrictStr
from pydantic import Field as Key
from pydantic.dataclasses import dataclass

Licence = Literal["CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0", "OGL-UK-3.0"]
# CRediT, the Contributor Role Taxonomy: ANSI/NISO Z39.104-2022
Role = Literal[
    "Conceptualization",
    "Data curation",
    "Formal analysis",
    "Funding acquisition",
    "Investigation",
    "Methodology",
    "Project administration",
    "Resources",
    "Software",
    "Supervision",
    "Validation",
    "Visualization",
    "Writing - original draft",
    "Writing - review & editing",
]
_STRICT = ConfigDict(extra="forbid")
_WEB = re.compile(r"https://[A-Za-z0-9.-]+(/[A-Za-z0-9._~/?&=%+,-]*)?")
_MAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_ORCID = re.compile(r"https://orcid\.org/((?:[0-9]{4}-){3}[0-9]{3}[0-9X])")


@dataclass(frozen=True, config=_STRICT)
class Publisher:
    """An organisation: its name, and an address that stands for it, best of all https://ror.org/…"""

    name: StrictStr
    url: StrictStr = ""
    email: StrictStr = ""  # for questions; published


@dataclass(frozen=True, config=_STRICT)
class Person:
    """Somebody who is credited, in the order of the list; never one whom records are about."""

    given_names: StrictStr
    family_names: StrictStr
    orcid: StrictStr = ""
    affiliation: StrictStr = ""
    roles: tuple[Role, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.given_names} {self.family_names}"


@dataclass(frozen=True, config=_STRICT)
class Publication:
    """What a release says of itself when it travels: in its crate, its citation, its deposit in a repository."""

    licence: Licence | Literal[""] = ""  # of tables, figures and words; nothing: CC-BY-4.0, if no record was real
    publisher: Publisher | None = None
    people: tuple[Person, ...] = Key(default_factory=tuple)

    def texts(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every free text and its place in the file."""
        if self.publisher:
            yield ("publication", "publisher", "name"), self.publisher.name
        for number, person in enumerate(self.people):
            for key in ("given_names", "family_names", "affiliation"):
                yield ("publication", "people", number, key), getattr(person, key)

    def mistakes(self) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
        """Place, message and remedy of each mistake beyond keys and types."""
        if self.publisher and not self.publisher.name.strip():
            yield (
                ("publication", "publisher", "name"),
                "The publisher has no name.",
                "Write it, or leave publisher out.",
            )
        if self.publisher and self.publisher.url and not _WEB.fullmatch(self.publisher.url):
            yield ("publication", "publisher", "url"), "This is no safe address.", "It begins with https://."
        if self.publisher and self.publisher.email and not _MAIL.fullmatch(self.publisher.email):
            yield ("publication", "publisher", "email"), "This is no address of mail.", "Write name@organisation.org."
        for number, person in enumerate(self.people):
            if not (person.given_names.strip() and person.family_names.strip()):
                yield ("publication", "people", number), "A name is empty.", "Write given_names and family_names."
            if person.orcid and not is_orcid(person.orcid):
                remedy = (
                    "Copy it from the person's page: https://orcid.org/0000-0002-1825-0097, its last sign included."
                )
                yield ("publication", "people", number, "orcid"), "This is no ORCID.", remedy


def is_orcid(text: str) -> bool:
    """Whether this is the address of an ORCID iD whose check digit holds (ISO/IEC 7064, MOD 11-2)."""
    found = _ORCID.fullmatch(text)
    if not found:
        return False
    digits = found[1].replace("-", "")
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11] == digits[-1]
