"""What a notebook sees: open a locality, read checked tables, propose aggregates for release."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from compendium import dictionary, proposals
from compendium.aggregate import CheckedTable, Counts, Statistic, TableGroup
from compendium.errors import CompendiumError, UnknownName, nearest, refuse_errors
from compendium.locality import Locality, known_localities, load_locality
from compendium.paths import READS, STOPPED, Root
from compendium.proposals import NAME, ORDER, Derivation, Proposal
from compendium.seen import noted
from compendium.writing import write_whole


@dataclass(repr=False)
class Study:
    """One locality, opened by one notebook."""

    root: Root
    locality: Locality
    notebook: str
    proposals_folder: Path | None  # None: nobody runs us, so publish shows a preview
    _published: list[str] = field(default_factory=list)
    _reads: dict[str, str] = field(default_factory=dict)
    _tables: dict[str, list[str]] = field(default_factory=dict)  # what a notebook asked for -> the tables it got
    _sources: dict[str, dict[str, str]] = field(default_factory=dict)  # table -> where its rows came from
    _code: dict[str, str] = field(default_factory=dict)  # module of the project -> hash of its source
    _asked: set[str] = field(default_factory=set)  # tables that were looked for, supplied or not

    @classmethod
    def open(cls, locality: str = "") -> Study:
        """Open a locality by id; with an empty id the only one there is. Works from any folder of the compendium."""
        root = Root.find()
        known = known_localities(root)
        if not locality and len(known) != 1:
            raise UnknownName("No locality was named.", f"Give the parameter locality one of: {', '.join(known)}.")
        folder = os.environ.get("COMPENDIUM_PROPOSALS")
        study = cls(
            root=root,
            locality=load_locality(root, locality or known[0]).as_notebooks_see_it(),
            notebook=os.environ.get("COMPENDIUM_NOTEBOOK", "interactive"),
            proposals_folder=Path(folder) if folder else None,
        )
        study._note_read(root.localities / study.locality.id / "locality.yml")
        study._record_after_each_cell()
        return study

    @property
    def name(self) -> str:
        return self.locality.name

    @property
    def area_level(self) -> str:
        """The level of area by which case files are counted here: an argument of the analyses, never a constant."""
        return self.locality.area_level

    @property
    def period(self) -> tuple[str, str]:
        """First and last month, as `2022-05`."""
        return self.locality.period.first, self.locality.period.last

    def table(self, name: str) -> Any:
        """A table (`CheckedTable`) or group of tables (`TableGroup`) that agrees with its dictionary, or a refusal.

        A table that this locality does not supply comes without rows, with `supplied` false.
        """
        own = self.locality.dictionary_files()
        dictionaries = dictionary.load(self.root.dictionaries, own, only=[name])
        if name in dictionaries.groups:
            self._note_read(self.root.dictionaries / f"{name}.yml")
            found = self._read(dictionaries.groups[name], dictionaries)
            self._tables[name] = sorted(found)
            return TableGroup(name, found)
        if name not in dictionaries:
            known = dictionary.load(self.root.dictionaries, own)
            raise UnknownName(f"No table is called {name}.", nearest(name, [*known, *known.groups]))
        self._tables[name] = [name]
        return self._read((name,), dictionaries)[name]

    def publish(
        self,
        name: str,
        aggregate: Counts | Statistic,
        *,
        title: str,
        chart: str = "",
        caption: str = "",
        note: str = "",
        options: Mapping[str, Any] | None = None,
        designs: Sequence[Sequence[str]] = (),
    ) -> None:
        """Propose an aggregate for release under `name` and leave a placeholder; nothing is shown until it is settled.

        `chart` names a kind of chart as data; `options` are that kind's. `designs`: coarser forms of counts, the finest
        first, each by the names of its dimensions or of their declared groupings; the first that hides little enough is
        shown. In JupyterLab, where nothing is settled, a preview is shown and marked as one.
        """
        self._check_name(name)
        if not isinstance(aggregate, Counts | Statistic):
            raise CompendiumError(
                f"{name} is a {type(aggregate).__name__}: only counts and statistics can be proposed.",
                "Aggregate it first, with a function of compendium.analysis.",
            )
        _check_designs(name, aggregate, designs)
        given = {**(options or {}), ORDER: self._nth_published(name)}
        ladder = tuple(map(tuple, designs))
        proposal = Proposal(name, self.notebook, title, aggregate, chart, caption, note, given, ladder)
        if self.proposals_folder:
            proposals.write(self.proposals_folder, proposal)
        _display(proposal, preview=self.proposals_folder is None)

    def derive(
        self,
        name: str,
        kind: str,
        *,
        of: Sequence[str],
        title: str,
        chart: str = "",
        caption: str = "",
        note: str = "",
        options: Mapping[str, Any] | None = None,
    ) -> None:
        """Ask for a table that is worked out from the released tables named in `of`, after they are settled.

        `kind` names how, such as `need_beside_provision`. No number is made here: what is hidden stays hidden.
        """
        self._check_name(name)
        given = {**(options or {}), ORDER: self._nth_published(name)}
        derivation = Derivation(name, self.notebook, title, kind, tuple(of), chart, caption, note, given)
        if self.proposals_folder:
            proposals.write_derivation(self.proposals_folder, derivation)
        _display_derivation(derivation, preview=self.proposals_folder is None)

    def _check_name(self, name: str) -> None:
        if not isinstance(name, str) or not NAME.fullmatch(name):  # not repeated: it may have come from a record
            raise CompendiumError(
                f"{_nth(len(self._published) + 1)} thing published has no usable name.",
                "Use 3 to 60 of a-z, 0-9 and _, a letter first.",
            )

    def _nth_published(self, name: str) -> int:
        if name in self._published and self.proposals_folder:
            raise CompendiumError(f"This notebook publishes {name} twice.", "Give one of them another name.")
        self._published.append(name)
        return len(self._published)

    def _read(self, names: Sequence[str], dictionaries: dictionary.Dictionaries) -> dict[str, CheckedTable]:
        """These tables, read together with those that they lead to, each file once; empty where not supplied."""
        supplied = {name: found for name in names if (found := self.locality.source(name, dictionaries))}
        wanted = list(dict.fromkeys([*names, *(t for name in names for t in sorted(dictionaries[name].references))]))
        self._asked |= set(wanted)
        for table in (*wanted, *(group for group, members in dictionaries.groups.items() if set(members) & set(names))):
            self._note_read(self.root.dictionaries / f"{table}.yml")
            if own := self.locality.dictionary_files().get(table):
                self._note_read(own)
        needed = list(
            dict.fromkeys([*supplied, *(t for name in supplied for t in sorted(dictionaries[name].references))])
        )
        sources = {table: self.locality.source(table, dictionaries) for table in needed}
        paths = {table: found.path for table, found in sources.items() if found}
        for path in paths.values():
            self._note_read(path)
        shown = {table: self.root.relative(path) for table, path in paths.items()}
        checked = dictionary.read_tables(paths, dictionaries, labels=shown)
        refuse_errors(checked.problems)
        given = {
            name: dictionary.to_checked(
                dictionaries[name],
                checked.tables[name],
                provenance=supplied[name].provenance,
                file=shown[name],
                reference=checked.tables,
            )
            if name in supplied
            else dictionary.empty(dictionaries[name])
            for name in names
        }
        for name in supplied:
            said = asdict(given[name].origin)
            told = {key: said[key] for key in ("title", "file", "provenance", "sensitivity", "source")}
            self._sources[name] = {**told, "sha256": self._reads[self._name_read(paths[name])]}
        return given

    def _note_read(self, path: Path) -> None:
        if path.exists():
            self._reads[self._name_read(path)] = hashlib.sha256(path.read_bytes()).hexdigest()

    def _name_read(self, path: Path) -> str:
        """Its path from the root; of records outside the checkout their whole path, which stays private."""
        inside = path.resolve().is_relative_to(self.root.path)
        return self.root.relative(path) if inside else str(path.resolve())

    def _record_after_each_cell(self) -> None:
        """After each cell, write down which files were read and which modules of the project were imported."""
        if self.proposals_folder is None:
            return
        from IPython.core.getipython import get_ipython

        if shell := get_ipython():
            shell.events.register("post_run_cell", self._after_cell)
            noted.watch()

    def _after_cell(self, result: Any) -> None:
        assert self.proposals_folder is not None
        if told := _of_ours(result.error_in_exec):
            write_whole(self.proposals_folder / STOPPED, json.dumps(told))
        package = Path(__file__).parent
        ours = [module for name, module in list(sys.modules.items()) if name.split(".")[0] == "compendium"]
        files = sorted(str(module.__file__) for module in ours if getattr(module, "__file__", None))
        modules = [Path(file).relative_to(package).as_posix() for file in files]
        for name in set(modules) - set(self._code):  # as they are now: one may be changed before all is settled
            self._code[name] = hashlib.sha256((package / name).read_bytes()).hexdigest()
        record = {
            "files": self._reads,
            "modules": modules,
            "code": self._code,
            "tables": self._tables,
            "sources": self._sources,
            "asked": sorted(self._asked),
            "opened": noted.opened(self.root.path),
            "beside": noted.modules_beside(self.root.path),
            "libraries": noted.libraries(),
        }
        write_whole(self.proposals_folder / READS, json.dumps(record, sort_keys=True, indent=1))


def _of_ours(error: BaseException | None) -> dict[str, Any]:
    """Kind and problems of an error that our own code raised; what a cell raises by hand may hold a record."""
    if not isinstance(error, CompendiumError):
        return {}
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    if trace is None or not Path(trace.tb_frame.f_code.co_filename).is_relative_to(Path(__file__).parent):
        return {}
    return {"kind": type(error).__name__, "problems": [asdict(problem) for problem in error.problems]}


def _check_designs(name: str, aggregate: Counts | Statistic, designs: Sequence[Sequence[str]]) -> None:
    dimensions = aggregate.dimensions if isinstance(aggregate, Counts) else ()
    known = [form.name for dimension in dimensions for form in (dimension, *dimension.coarser)]
    for design in designs:
        for form in design:
            if form not in known:
                raise UnknownName(f"{name} has no dimension or declared grouping {form}.", nearest(form, known))


def _nth(number: int) -> str:
    return {1: "The first", 2: "The second", 3: "The third"}.get(number, f"The {number}th")


def _display_derivation(derivation: Derivation, *, preview: bool) -> None:
    from IPython.display import display

    when = "worked out from released tables when it is settled" if preview else "derived; shown after it is settled"
    metadata = {} if preview else {"compendium": {"publish": derivation.name}}
    display({"text/markdown": f"*{derivation.name}: {when}.*"}, raw=True, metadata=metadata)


def _display(proposal: Proposal, *, preview: bool) -> None:
    from IPython.display import display

    if not preview:
        placeholder = {"text/markdown": f"*{proposal.name}: proposed; shown after it is settled.*"}
        display(placeholder, raw=True, metadata={"compendium": {"publish": proposal.name}})
        return
    frame = proposal.aggregate.frame
    head = f"**Preview, not released: {proposal.title}** ({proposal.aggregate.origin.provenance}; {len(frame)} rows)"
    display({"text/markdown": head, "text/plain": head}, raw=True)
    display(frame)
