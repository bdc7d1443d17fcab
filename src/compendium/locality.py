"""One locality, parsed once from its `locality.yml` and frozen.

Paths of sources lie below the locality's own folder; records of real persons lie below `data_root`, which must be
outside the checkout. Whether a table is sensitive is known by its dictionary, so it is asked when a source is.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, Literal, NamedTuple, Protocol

from pydantic import ConfigDict, StrictInt, StrictStr
from pydantic import Field as Key
from pydantic.dataclasses import dataclass

from compendium.errors import InputRefused, Problem, UnknownName, nearest
from compendium.paths import Root
from compendium.yamlfile import Path_, YamlFile, read_yaml
from compendium.yamlrecord import validated

Provenance = Literal["real", "synthetic", "illustrative"]
ID = re.compile(r"[a-z][a-z0-9_]{1,39}")
FILE = "locality.yml"
RESERVED = ("site",)  # outputs/site is the site
_LIVE = re.compile(r"[<>{}\[\]\\`$|\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_WEB = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~/?&=%+,-]*)?")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_STRICT = ConfigDict(extra="forbid")


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


@dataclass(frozen=True, config=_STRICT)
class Place:
    """A code of an official list and its name."""

    code: StrictStr = ""
    name: StrictStr = ""


@dataclass(frozen=True, config=_STRICT)
class Area:
    """The whole locality as official tables know it."""

    code: StrictStr = ""
    level: StrictStr = ""
    vintage: StrictInt | None = None


@dataclass(frozen=True, config=_STRICT)
class Period:
    """Whole months, the last one included."""

    first: StrictStr = Key(alias="from")
    last: StrictStr = Key(alias="to")

    @property
    def months(self) -> tuple[str, ...]:
        """Every month of the period, as `2022-05`."""
        start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (self.first, self.last))
        return tuple(f"{month // 12:04}-{month % 12 + 1:02}" for month in range(start, end + 1))


@dataclass(frozen=True, config=_STRICT)
class Source:
    """The file of one table."""

    file: StrictStr
    provenance: Provenance


@dataclass(frozen=True, config=_STRICT)
class Disclosure:
    """A policy for the whole locality; a dictionary's floor is never made looser by it."""

    policy: StrictStr = ""


@dataclass(frozen=True, config=_STRICT)
class HelpLine:
    name: StrictStr
    phone: StrictStr = ""
    url: StrictStr = ""
    checked: StrictStr = ""  # the day when somebody last made sure that it is right
    note: StrictStr = ""


@dataclass(frozen=True, config=_STRICT)
class Limits:
    """What the kernel of a notebook may hold, and how long one of its cells may take."""

    memory_mb: StrictInt = Key(default=2048, ge=64)
    seconds: StrictInt = Key(default=300, ge=1)


@dataclass(frozen=True, config=_STRICT)
class Written:
    """The keys of `locality.yml`."""

    id: StrictStr
    name: StrictStr
    period: Period
    synthetic_note: StrictStr = ""
    force_area: Place = Key(default_factory=Place)
    area: Area = Key(default_factory=Area)
    area_level: StrictStr = "zone"
    sources: Mapping[str, Source] = Key(default_factory=dict)
    data_root: StrictStr = ""
    disclosure: Disclosure = Key(default_factory=Disclosure)
    help_lines: tuple[HelpLine, ...] = ()
    notebooks: Mapping[str, Mapping[str, Any]] = Key(default_factory=dict)
    limits: Limits = Key(default_factory=Limits)


@dataclass(frozen=True)
class Locality(Written):
    """A locality and where it lives."""

    root: Path = Path()

    @property
    def folder(self) -> Path:
        return self.root / "localities" / self.id

    @property
    def records(self) -> Path | None:
        """The folder of records of real persons, outside the checkout."""
        return (self.root / Path(self.data_root).expanduser()).resolve() if self.data_root else None

    def source(self, table: str, dictionaries: Mapping[str, Described]) -> Found | None:
        """The file of a table: the one named here, else its dictionary's default; None when there is neither.

        Raises `InputRefused` when the file lies where it must not, or real records lie inside the checkout.
        """
        described = dictionaries[table]
        named = self.sources.get(table)
        if named is None:
            if not described.default_file:
                return None
            path = self.root / described.default_file
            if not path.resolve().is_relative_to(self.root.resolve()):
                raise InputRefused(self._led_out(table))
            return Found(path, described.default_provenance)
        if refused := self._misplaced(table, named, described):
            raise InputRefused(refused)
        return Found(self._path(named, described), named.provenance)

    def problems(self, dictionaries: Mapping[str, Described]) -> list[Problem]:
        """What `sources` say that dictionaries contradict: tables nobody described, files where they must not lie."""
        found = []
        for table, named in self.sources.items():
            if table not in dictionaries:
                found.append(self._problem(f"sources: no table is called {table}.", nearest(table, dictionaries)))
            elif refused := self._misplaced(table, named, dictionaries[table]):
                found.append(refused)
        return found

    def _path(self, named: Source, described: Described) -> Path:
        private = described.sensitive and named.provenance == "real" and self.records
        return (self.records if private and self.records else self.folder) / named.file

    def _misplaced(self, table: str, named: Source, described: Described) -> Problem | None:
        if described.sensitive and named.provenance == "real" and (self.records is None or self._inside_checkout()):
            remedy = "Keep them in a folder outside the checkout and name it as data_root."
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
        top = next((folder for folder in (self.root, *self.root.parents) if (folder / ".git").exists()), self.root)
        return self.records is not None and self.records.is_relative_to(top.resolve())

    def _problem(self, message: str, remedy: str) -> Problem:
        return Problem(file=f"localities/{self.id}/{FILE}", message=message, remedy=remedy)


def known_localities(root: Root) -> tuple[str, ...]:
    """The ids of every locality of a compendium, in order."""
    return tuple(folder.name for folder in _folders(root) if _is_id(folder.name) and (folder / FILE).exists())


def unusable_folders(root: Root) -> list[Problem]:
    """Folders in `localities/` that would be passed over in silence: no usable id, or no `locality.yml`."""
    found = []
    for folder in _folders(root):
        file = f"localities/{folder.name}"
        if not _is_id(folder.name):
            remedy = "Rename it: 2 to 40 of a-z, 0-9 and _, a letter first; not site."
            found.append(Problem(file, message="The name of this folder can't be an id.", remedy=remedy))
        elif not (folder / FILE).exists():
            found.append(Problem(file, message=f"It has no {FILE}.", remedy="Write one, or move the folder away."))
    return found


def _folders(root: Root) -> list[Path]:
    """The folders of localities; those whose name begins with a dot or _ are nobody's business."""
    if not root.localities.is_dir():
        return []
    return sorted(path for path in root.localities.iterdir() if path.is_dir() and path.name[0] not in "._")


def _is_id(name: str) -> bool:
    return bool(ID.fullmatch(name)) and name not in RESERVED


def load_locality(root: Root, id: str) -> Locality:
    """Read `localities/<id>/locality.yml`.

    Raises `UnknownName` with the nearest locality, `InputRefused` with every mistake of the file and its line.
    """
    known = known_localities(root)
    if id not in known:
        raise UnknownName(f"No locality is called {id[:40]!r}.", nearest(id[:40], known))
    name = f"localities/{id}/{FILE}"
    path = root.localities / id / FILE
    if not path.resolve().is_relative_to(root.path.resolve()):
        raise InputRefused(
            Problem(name, message="The file leads out of the compendium.", remedy="Copy it; links are refused.")
        )
    source = read_yaml(path, name)
    written = validated(Written, source)
    found = [
        *_contradictions(written, id, source),
        *_live_text(written, source),
        *_unknown_notebooks(written, root, source),
    ]
    if found:
        raise InputRefused(found)
    return Locality(**{key.name: getattr(written, key.name) for key in dataclasses.fields(written)}, root=root.path)


def _contradictions(written: Written, id: str, source: YamlFile) -> Iterator[Problem]:
    if written.id != id:
        yield source.problem(("id",), f"The id {written.id!r} stands in the folder {id}.", f"Write id: {id}.")
    if not written.name.strip():
        yield source.problem(("name",), "The name is empty.", "Write the name that readers know.")
    months = {"from": written.period.first, "to": written.period.last}
    wrong = [key for key, month in months.items() if not _MONTH.fullmatch(month)]
    for key in wrong:
        yield source.problem(("period", key), "A period is made of whole months.", "Write year-month, such as 2022-05.")
    if not wrong and written.period.first > written.period.last:
        yield source.problem(("period",), "The period ends before it begins.", "Exchange from and to.")
    for table, named in written.sources.items():
        file = PurePosixPath(named.file)
        if not named.file or file.is_absolute() or ".." in file.parts or "\\" in named.file or "\x00" in named.file:
            remedy = "Write a path below the locality's folder (or below data_root), such as data/cases.csv."
            yield source.problem(("sources", table, "file"), f"The file of {table} lies outside.", remedy)


def _live_text(written: Written, source: YamlFile) -> Iterator[Problem]:
    """Names and notes stand in titles, menus and pages: what pandoc, Quarto or a browser would carry out is refused."""
    texts: dict[Path_, str] = {
        ("name",): written.name,
        ("synthetic_note",): written.synthetic_note,
        ("force_area", "name"): written.force_area.name,
    }
    for number, line in enumerate(written.help_lines):
        texts |= {("help_lines", number, key): getattr(line, key) for key in ("name", "phone", "note")}
        if line.url and not _WEB.fullmatch(line.url):
            yield source.problem(("help_lines", number, "url"), "This is no safe address.", "It begins with https://.")
        if not _is_day(line.checked):
            yield source.problem(("help_lines", number, "checked"), "This is no date.", "Write it as 2026-11-22.")
    for path, text in texts.items():
        if _LIVE.search(text.rstrip("\n")):
            yield source.problem(path, "The text holds markup.", "Leave out < > { } [ ] \\ ` $ | and line breaks.")


def _is_day(text: str) -> bool:
    try:
        return not text or date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _unknown_notebooks(written: Written, root: Root, source: YamlFile) -> Iterator[Problem]:
    known = sorted(path.stem for path in root.notebooks.glob("*.ipynb")) if root.notebooks.is_dir() else []
    for name in written.notebooks:
        if known and name not in known:
            yield source.problem(("notebooks", name), f"No notebook is called {name}.", nearest(name, known))
