"""How a release is cited: `CITATION.cff` of the release, and what a repository such as Zenodo asks of a deposit."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from compendium import __version__, jsonfile
from compendium.disclosure.ledger import Entry
from compendium.errors import CompendiumError
from compendium.locality import Locality
from compendium.yamlfile import parse_yaml

FILE, DEPOSIT = "CITATION.cff", "zenodo.json"
NOBODY = "The compendium authors"
SYNTHETIC = "Synthetic: about no real child, case, service or place. "
USUAL_LICENCE = "CC-BY-4.0"
KEYWORDS = ("online child sexual victimisation", "statistical disclosure control", "reproducible research")


@dataclass(frozen=True)
class Cited:
    """What a citation of a release says. `licence`: an SPDX id, or nothing when nobody gave one."""

    title: str
    abstract: str
    licence: str
    authors: tuple[Mapping[str, str], ...]  # as CITATION.cff writes persons and organisations
    software: Mapping[str, Any]


def cited(locality: Locality, entry: Entry, project: bytes | None) -> Cited:
    """The citation of a release. `project`: the `CITATION.cff` of the project, if it has one."""
    software = _software(project)
    people = tuple(_person(one) for one in locality.publication.people)
    kind = "" if entry.real else SYNTHETIC
    first, last = entry.period
    return Cited(
        title=f"{locality.name}: released tables, {first} to {last} (release {entry.number})",
        abstract=(
            f"{kind}Tables, figures and notebooks about online child sexual victimisation in {locality.name}, "
            f"{first} to {last}, under statistical disclosure control, with what is needed to check them."
        ),
        licence=locality.publication.licence or ("" if entry.real else USUAL_LICENCE),
        authors=people or tuple(software["authors"]),
        software=software,
    )


def as_cff(said: Cited, entry: Entry) -> str:
    """Citation File Format 1.2.0."""
    record = {
        "cff-version": "1.2.0",
        "message": "If you use these tables, please cite them, and the software that made them.",
        "type": "dataset",
        "title": said.title,
        "abstract": said.abstract,
        "version": str(entry.number),
        "date-released": entry.date,
        **({"license": said.licence} if said.licence else {}),
        "authors": [dict(author) for author in said.authors],
        "keywords": list(KEYWORDS),
        "identifiers": [{"type": "other", "value": f"sha256:{entry.release}", "description": "Hash of the release"}],
        "references": [{"type": "software", **said.software}],
    }
    return str(yaml.safe_dump(record, sort_keys=False, allow_unicode=True, width=110))


def as_deposit(said: Cited, locality: Locality, entry: Entry) -> str:
    """The metadata of a deposit in Zenodo (deposit API), ready to be sent by hand or by a workflow."""
    first, last = entry.period
    end = calendar.monthrange(int(last[:4]), int(last[5:]))[1]
    metadata = {
        "upload_type": "dataset",
        "title": said.title,
        "description": said.abstract,
        "creators": [_creator(author) for author in said.authors],
        "publication_date": entry.date,
        "version": str(entry.number),
        "access_right": "open",
        **({"license": said.licence.lower()} if said.licence else {}),
        "keywords": list(KEYWORDS),
        "dates": [{"type": "collected", "start": f"{first}-01", "end": f"{last}-{end}"}],
        "notes": f"Hash of the release: sha256:{entry.release}. Locality {locality.id}, release {entry.number}.",
    }
    return jsonfile.text_of({"metadata": metadata})


def _person(one: Any) -> dict[str, str]:
    said = {
        "family-names": one.family_names,
        "given-names": one.given_names,
        "orcid": one.orcid,
        "affiliation": one.affiliation,
    }
    return {key: value for key, value in said.items() if value}


def _creator(author: Mapping[str, str]) -> dict[str, str]:
    names = [author[key] for key in ("family-names", "given-names") if author.get(key)]
    said = {
        "name": ", ".join(names) or author.get("name", NOBODY),
        "orcid": author.get("orcid", "").removeprefix("https://orcid.org/"),
        "affiliation": author.get("affiliation", ""),
    }
    return {key: value for key, value in said.items() if value}


def _software(project: bytes | None) -> dict[str, Any]:
    """What the project's own `CITATION.cff` says, as far as a reference needs it."""
    try:
        said = parse_yaml(project.decode("utf-8"), FILE).data if project else {}
    except (CompendiumError, UnicodeDecodeError):
        said = {}
    said = said if isinstance(said, dict) else {}
    listed = said.get("authors")
    authors = [
        {key: str(one[key]) for key in ("family-names", "given-names", "name", "orcid", "affiliation") if one.get(key)}
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict)
    ]
    record = {
        "title": str(said.get("title") or "OCSV compendium"),
        "version": __version__,
        "license": said.get("license"),
        "repository-code": said.get("repository-code"),
        "doi": said.get("doi"),
        "authors": [one for one in authors if one] or [{"name": NOBODY}],
    }
    return {key: value for key, value in record.items() if value}
