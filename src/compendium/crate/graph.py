"""The graph of a crate: entities by id, files with their size and hash, licences. Thin over the library rocrate."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from compendium import jsonfile
from compendium.crate.citation import Cited
from compendium.disclosure.ledger import Entry
from compendium.locality import Locality

if TYPE_CHECKING:
    from rocrate.rocrate import ROCrate

VERSION = "1.3"  # of RO-Crate: June 2026, the current one
NO_LICENCE = "#no-licence"
Ref = dict[str, str]
TYPES = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ipynb": "application/x-ipynb+json",
    ".md": "text/markdown",
    ".cff": "application/yaml",
    ".yml": "application/yaml",
    ".bib": "application/x-bibtex",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".geojson": "application/geo+json",
}
LICENCES = {  # SPDX id -> address, name
    "CC-BY-4.0": ("https://creativecommons.org/licenses/by/4.0/", "Creative Commons Attribution 4.0 International"),
    "CC-BY-SA-4.0": (
        "https://creativecommons.org/licenses/by-sa/4.0/",
        "Creative Commons Attribution Share Alike 4.0 International",
    ),
    "CC0-1.0": ("https://creativecommons.org/publicdomain/zero/1.0/", "Creative Commons Zero v1.0 Universal"),
    "OGL-UK-3.0": (
        "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
        "Open Government Licence v3.0",
    ),
    "MIT": ("https://spdx.org/licenses/MIT", "MIT License"),
}


@dataclass(frozen=True)
class Described:
    """A release that is to be described. `files`: all of the crate but its metadata and preview, by path."""

    locality: Locality
    entry: Entry
    files: Mapping[str, bytes]
    lineage: Mapping[str, Any]
    package: Mapping[str, Any]  # datapackage.json
    cited: Cited
    reruns: bool


class Graph:
    """Adds entity after entity; what is there already stays as it is."""

    def __init__(self, release: Described) -> None:
        from rocrate.rocrate import ROCrate

        self.release = release
        self.crate: ROCrate = ROCrate(version=VERSION)
        self.root = self.crate.root_dataset

    def text(self) -> str:
        """The metadata document: the same entities give the same text."""
        return jsonfile.text_of(self.crate.metadata.generate())

    def say_of_root(self, properties: Mapping[str, Any]) -> None:
        """What is said of the release itself."""
        for key, value in _compact(properties).items():
            self.root[key] = value

    def add(self, id: str, kind: str | list[str], **properties: Any) -> Ref:
        """Something that is no file: a person, a place, an action."""
        from rocrate.model import ContextEntity

        if self.crate.get(id) is None:
            self.crate.add(ContextEntity(self.crate, id, properties={"@type": kind, **_compact(properties)}))
        return {"@id": id}

    def file(self, name: str, said: Mapping[str, Any]) -> Ref:
        """A file of the crate, with what is said of it, its size and its hash."""
        from rocrate.model import File

        if self.crate.get(quote(name)) is None:
            data = self.release.files[name]
            properties = {
                "@type": "File",
                "encodingFormat": TYPES.get(PurePosixPath(name).suffix, "text/plain"),
                "contentSize": str(len(data)),
                "sha256": hashlib.sha256(data).hexdigest(),
                **_compact(said),
            }
            self.crate.add(File(self.crate, dest_path=name, properties=properties))
        return {"@id": quote(name)}

    def folder(self, name: str, said: Mapping[str, Any]) -> Ref:
        """A folder of the crate, for files that need no word each."""
        from rocrate.model import Dataset

        self.crate.add(Dataset(self.crate, dest_path=f"{name}/", properties=_compact(said)))
        return {"@id": f"{quote(name)}/"}

    def here(self, *names: str) -> list[Ref]:
        """References to those of these files that are in the crate."""
        return [{"@id": quote(name)} for name in names if name in self.release.files]

    def licence(self, spdx: str) -> Ref:
        """A licence by its SPDX id; of nothing: that nobody gave one."""
        if not spdx:
            words = "Nobody has given a licence for this release: ask the publisher before using it."
            return self.add(NO_LICENCE, "CreativeWork", name="No licence given", description=words)
        address, name = LICENCES[spdx]
        return self.add(address, "CreativeWork", name=name, identifier=spdx, description=f"{name} ({spdx}).")


def _compact(properties: Mapping[str, Any]) -> dict[str, Any]:
    """As RO-Crate recommends: one value is no list, no value is no property."""
    found = {}
    for key, value in properties.items():
        one = value[0] if isinstance(value, list) and len(value) == 1 and key != "@type" else value
        if one not in ([], "", None):
            found[key] = one
    return found
