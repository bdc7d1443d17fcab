"""One locality, parsed once from its `locality.yml` and frozen.

Paths of sources lie below the locality's own folder; records of real persons lie below `data_root`, which must be
outside the checkout. Whether a table is sensitive is known by its dictionary, so it is asked when a source is.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from pydantic.dataclasses import dataclass

from compendium.errors import InputRefused, Problem, UnknownName, nearest
from compendium.locality.folders import in_checkout, wrong_with_records
from compendium.locality.mistakes import mistakes
from compendium.locality.written import Area, Disclosure, HelpLine, Limits, Period, Place, Provenance, Source, Written
from compendium.paths import ID, RESERVED, SETTINGS, Root, is_locality, known_localities, unusable_folders
from compendium.yamlfile import read_yaml
from compendium.yamlrecord import validated

__all__ = [
    "ID",
    "RESERVED",
    "Area",
    "Described",
    "Disclosure",
    "Found",
    "HelpLine",
    "Limits",
    "Locality",
    "Period",
    "Place",
    "Provenance",
    "Source",
    "known_localities",
    "load_locality",
    "unusable_folders",
]

NOT_SEEN = (
    *("disclosure", "framework", "help", "help_lines", "limits", "notebooks", "outside_knowledge", "publication"),
    "runs",
)
BY_TABLE = ("sources", "dictionaries")
FILE = SETTINGS


class Described(Protocol):
    """What a dictionary tells a locality about its table."""

    @property
    def sensitive(self) -> bool: ...
    @property
    def default_file(self) -> str: ...
    @property
    def default_provenance(self) -> Provenance: ...


class Found(NamedTuple):
    """Where the file of a table is, and where its rows come from."""

    path: Path
    provenance: Provenance


@dataclass(frozen=True)
class Locality(Written):
    """A locality and where it lives."""

    root: Path = Path()

    @property
    def folder(self) -> Path:
        return self.root / "localities" / self.id

    @property
    def room(self) -> Path:
        """Its private folder, for what never leaves; it need not be there yet."""
        return Root(self.root).private / self.id

    def as_notebooks_see_it(self) -> Locality:
        """Without what no notebook's result may rest on: a change of it makes none run again."""
        return dataclasses.replace(self, **{key: getattr(_UNSEEN, key) for key in NOT_SEEN})

    def seen_settings(self, tables: Iterable[str]) -> dict[str, Any]:
        """What this says, by key, as far as a notebook that asked for these `tables` could see it, as plain values.

        A table that isn't named here comes from its dictionary's default unless another of its group is named: then all
        names count.
        """
        asked = sorted(tables)
        said = {key.name: getattr(self, key.name) for key in dataclasses.fields(Written)}
        found = {key: _plain(value) for key, value in said.items() if key not in (*NOT_SEEN, *BY_TABLE, "data_root")}
        for key in BY_TABLE:
            found |= {f"{key}.{table}": _plain(said[key][table]) for table in asked if table in said[key]}
        if not self.sources.keys() >= set(asked):
            found["sources"] = sorted(self.sources)
        return found

    @property
    def records(self) -> Path | None:
        """The folder of records of real persons, outside the checkout."""
        return self._records_as_written.resolve() if self.data_root else None

    @property
    def safe_records(self) -> bool:
        """Whether there is a place outside the checkout for records of real persons."""
        return self.records is not None and not self._inside_checkout()

    @property
    def _records_as_written(self) -> Path:
        return self.root / Path(self.data_root).expanduser()

    def source(self, table: str, dictionaries: Mapping[str, Described]) -> Found | None:
        """The file of a table: the one named here, else its dictionary's default; None when there is neither.

        A group comes from one place: who names one of its tables gets no default of the others, so that a team's own
        records never meet decisions of a demonstration. Raises `InputRefused` when the file lies where it must not, or
        real records lie inside the checkout.
        """
        described = dictionaries[table]
        named = self.sources.get(table)
        if named is None:
            if not described.default_file or self._names_one_of_its_group(table, dictionaries):
                return None
            path = self.root / described.default_file
            if not path.resolve().is_relative_to(self.root.resolve()):
                raise InputRefused(self._led_out(table))
            return Found(path, described.default_provenance)
        if refused := self._misplaced(table, named, described):
            raise InputRefused(refused)
        return Found(self._path(named, described), named.provenance)

    def _names_one_of_its_group(self, table: str, dictionaries: Mapping[str, Described]) -> bool:
        groups: Mapping[str, tuple[str, ...]] = getattr(dictionaries, "groups", {})
        return any(table in members and not self.sources.keys().isdisjoint(members) for members in groups.values())

    def outside_knowledge_file(self) -> Path | None:
        """The file that `outside_knowledge` names, below the locality's folder. Raises `InputRefused` for a link."""
        return self._own_file("outside_knowledge", self.outside_knowledge.file) if self.outside_knowledge else None

    def dictionary_files(self) -> dict[str, Path]:
        """The file of each table that is described differently here. Raises `InputRefused` for a link."""
        return {table: self._own_file(table, named.file) for table, named in self.dictionaries.items()}

    def _own_file(self, what: str, file: str) -> Path:
        path = self.folder / file
        if not path.resolve().is_relative_to(self.root.resolve()):
            raise InputRefused(self._led_out(what))
        return path

    def problems(self, dictionaries: Mapping[str, Described]) -> list[Problem]:
        """What `sources` say that dictionaries contradict: tables nobody described, files where they must not lie."""
        found = []
        for table, named in self.sources.items():
            if table not in dictionaries:
                found.append(self._problem(f"sources: no table is called {table}.", nearest(table, dictionaries)))
            elif refused := self._misplaced(table, named, dictionaries[table]):
                found.append(refused)
        if self.records and self.safe_records and self.real_records(dictionaries):
            found += wrong_with_records(self.records, f"localities/{self.id}/{FILE}")
        try:
            self.outside_knowledge_file()
        except InputRefused as led_out:
            found += led_out.problems
        return found

    def _path(self, named: Source, described: Described) -> Path:
        private = described.sensitive and named.provenance == "real" and self.records
        return (self.records if private and self.records else self.folder) / named.file

    def _misplaced(self, table: str, named: Source, described: Described) -> Problem | None:
        if described.sensitive and named.provenance == "real" and not self.safe_records:
            remedy = "Keep them in a folder outside the checkout and name it as data_root."
            if self.data_root:  # such as a path without its beginning, or one of another system
                remedy = "data_root, as it is written, lies in there: write the path of a folder outside the checkout."
            return self._problem(f"sources: {table} holds real records inside the checkout.", remedy)
        path = self._path(named, described)
        home = self.records if self.records and path.is_relative_to(self.records) else self.root
        if not path.resolve().is_relative_to(home.resolve()):
            return self._led_out(table)
        return None

    def _led_out(self, table: str) -> Problem:
        return self._problem(
            f"sources: the file of {table} leads out of its folder.", "Copy it there; links are refused."
        )

    def _inside_checkout(self) -> bool:
        return in_checkout(self._records_as_written, self.root)

    def real_records(self, dictionaries: Mapping[str, Described]) -> dict[str, Path]:
        """Where each table of records of real persons lies by what is said here, in the checkout too."""
        return {
            table: self._path(named, dictionaries[table])
            for table, named in self.sources.items()
            if named.provenance == "real" and table in dictionaries and dictionaries[table].sensitive
        }

    def _problem(self, message: str, remedy: str) -> Problem:
        return Problem(file=f"localities/{self.id}/{FILE}", message=message, remedy=remedy)


_UNSEEN = Written(id="", name="", period=Period(**{"from": "", "to": ""}))


def _plain(value: Any) -> Any:
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else value


def load_locality(root: Root, id: str) -> Locality:
    """Read `localities/<id>/locality.yml`.

    Raises `UnknownName` with the nearest locality, `InputRefused` with every mistake of the file and its line.
    """
    if not is_locality(root, id):
        raise UnknownName(f"No locality is called {id[:40]!r}.", nearest(id[:40], known_localities(root)))
    name = f"localities/{id}/{FILE}"
    path = root.localities / id / FILE
    if not path.resolve().is_relative_to(root.path.resolve()):
        raise InputRefused(
            Problem(name, message="The file leads out of the compendium.", remedy="Copy it; links are refused.")
        )
    source = read_yaml(path, name)
    written = validated(Written, source)
    if found := mistakes(written, id, root, source):
        raise InputRefused(found)
    return Locality(**{key.name: getattr(written, key.name) for key in dataclasses.fields(written)}, root=root.path)
