"""`ro-crate-metadata.json`: what is in a release, where it comes from, who stands behind it.

RO-Crate 1.3 with the profile Process Run Crate 0.6. Inputs that may not travel are named with a keyed hash, no more.
"""

from __future__ import annotations

import hashlib
from typing import Any

from compendium import __version__
from compendium.crate import citation, files, whence
from compendium.crate.contents import CODE, MADE_ON, MADE_WITH, PROJECT
from compendium.crate.graph import Described, Graph, Ref
from compendium.locality.publication import Person

FILE, PREVIEW = "ro-crate-metadata.json", "ro-crate-preview.html"
PROFILE = "https://w3id.org/ro/wfrun/process/0.6"
HASH = "#release-hash"
_CREDIT = "https://credit.niso.org/"


def describe(release: Described) -> str:
    """The text of `ro-crate-metadata.json`."""
    graph = Graph(release)
    publisher = _publisher(graph)
    _root(graph, publisher)
    software = _software(graph)
    files.describe(graph)
    whence.describe(graph, software, publisher)
    return graph.text()


def _root(graph: Graph, publisher: Ref) -> None:
    release = graph.release
    first, last = release.entry.period
    people = [_person(graph, number, one) for number, one in enumerate(release.locality.publication.people, 1)]
    sha = release.entry.release
    properties: dict[str, Any] = {
        "name": release.cited.title,
        "description": release.cited.abstract,
        "datePublished": release.entry.date,
        "version": str(release.entry.number),
        "inLanguage": "en-GB",
        "temporalCoverage": f"{first}/{last}",
        "spatialCoverage": _place(graph),
        "keywords": list(citation.KEYWORDS),
        "license": graph.licence(release.cited.licence),
        "publisher": publisher,
        "conformsTo": graph.add(PROFILE, ["CreativeWork", "Profile"], name="Process Run Crate", version="0.6"),
        "identifier": graph.add(
            HASH, "PropertyValue", name="Hash of the release", propertyID="sha256", value=f"sha256:{sha}"
        ),
    }
    graph.say_of_root({**properties, "author": people, "contributor": _roles(graph, people)})


def _place(graph: Graph) -> Ref:
    locality = graph.release.locality
    code = locality.area.code or locality.force_area.code
    said = {"identifier": code} if code else {}
    invented = {} if graph.release.entry.real else {"description": "Synthetic records: about nobody who lives here."}
    return graph.add("#place", "Place", name=locality.name, **said, **invented)


def _publisher(graph: Graph) -> Ref:
    publisher = graph.release.locality.publication.publisher
    if not publisher:
        names = [author["name"] for author in graph.release.cited.software["authors"] if "name" in author]
        return graph.add("#publisher", "Organization", name=(names or [citation.NOBODY])[0])
    id = publisher.url if publisher.url.startswith("https://ror.org/") else "#publisher"
    contact: list[Ref] = []
    if publisher.email:
        said = {"name": publisher.name, "contactType": "questions about this release", "email": publisher.email}
        contact = [graph.add(f"mailto:{publisher.email}", "ContactPoint", **said)]
    return graph.add(id, "Organization", name=publisher.name, url=publisher.url, contactPoint=contact)


def _person(graph: Graph, number: int, one: Person) -> Ref:
    said: dict[str, Any] = {"name": one.name, "givenName": one.given_names, "familyName": one.family_names}
    publisher = graph.release.locality.publication.publisher
    if one.affiliation and publisher and one.affiliation == publisher.name:
        said["affiliation"] = _publisher(graph)
    elif one.affiliation:
        id = f"#affiliation-{hashlib.sha256(one.affiliation.encode()).hexdigest()[:12]}"
        said["affiliation"] = graph.add(id, "Organization", name=one.affiliation)
    return graph.add(one.orcid or f"#person-{number}", "Person", **said)


def _roles(graph: Graph, people: list[Ref]) -> list[Ref]:
    """What each person did, in words of CRediT: schema.org has a role stand between a work and its contributor."""
    pairs = zip(graph.release.locality.publication.people, people, strict=True)
    return [
        graph.add(
            f"#role-{number}",
            "Role",
            name=", ".join(one.roles),
            roleName=list(one.roles),
            contributor=person,
            url=_CREDIT,
        )
        for number, (one, person) in enumerate(pairs, 1)
        if one.roles
    ]


def _software(graph: Graph) -> Ref:
    software = graph.release.cited.software
    return graph.add(
        "#compendium",
        "SoftwareApplication",
        name=software["title"],
        version=__version__,
        url=software.get("repository-code") or {"@id": f"{PROJECT}/{CODE}/"},
        license=graph.licence("MIT"),
        softwareRequirements=graph.here(f"{PROJECT}/requirements/core.lock"),
        runtimePlatform=graph.release.entry.record[MADE_WITH][MADE_ON],
    )
