"""Settle: protect and attack all proposals of a locality together with all that was released before, then write it.

The settler is the only writer of `outputs/<locality>`; it works aside and renames the whole folder. Whoever calls it
holds the locality (`lock`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
from nbformat import NotebookNode

from compendium import disclosure, proposals
from compendium.aggregate import Counts, Origin, Released, Statistic
from compendium.disclosure.known import KnownTable
from compendium.disclosure.outside import read_outside
from compendium.disclosure.passing import Settle
from compendium.errors import DisclosureRefused
from compendium.locality import Locality
from compendium.paths import Root, contents, folder_aside, left_behind, write_whole
from compendium.proposals import Derivation, Proposal
from compendium.release import (
    datapackage,
    derived,
    gate,
    ledger_files,
    refusal,
    rules,
    secret,
    show,
    tables,
    typed,
    values,
)
from compendium.release.before import Before, before, in_public

DIFFERENCES = "differencing.txt"
Vet = Callable[[Mapping[str, Proposal], Path], None]


@dataclass(frozen=True)
class Settled:
    """What settling a locality came to."""

    locality: str
    tables: int
    hidden: int
    again: bool  # False: nothing had changed, the release stands as it was
    lost: tuple[str, ...] = ()  # tables of which no cell is shown; a private page names what would show some


def settle(
    root: Root, locality: Locality, notebooks: list[str], *, force: bool = False, vet: Vet | None = None
) -> Settled:
    """Settle the last proposals of all `notebooks`. Raises `DisclosureRefused` when they can't be released safely.

    `vet` sees the proposals and the folder that was made of them before it takes its place, and may refuse.
    """
    key = _key(root, locality, notebooks)
    note = root.private_room(locality.id) / "settled.json"
    done = _last(note)
    out = root.outputs / locality.id
    if not force and done.get("key") == key and done.get("files") == contents(out) and not left_behind(out):
        return Settled(locality.id, done["tables"], done["hidden"], again=False, lost=tuple(done.get("lost", ())))
    try:
        with folder_aside(out) as aside:
            made = make(root, locality, notebooks, aside)
            if vet:
                vet(made.found, aside)
    except refusal.Unsettled as why:
        note.unlink(missing_ok=True)  # so that a later settling that passes is not skipped
        raise refusal.refused(root, locality.id, why) from None
    lost = refusal.explained(root, locality, _counts(made.found), made.protected, made.settles)
    settled = Settled(locality.id, len(made.released), made.hidden, again=True, lost=lost)
    said = {"tables": settled.tables, "hidden": settled.hidden, "lost": settled.lost}
    write_whole(note, _json({"key": key, **said, "files": contents(out)}))
    return settled


@dataclass(frozen=True)
class Made:
    """What settling writes, and what stays behind: the proposals it was made from and the reasons for hiding."""

    found: Mapping[str, Proposal]
    released: Mapping[str, Released]
    protected: disclosure.Protected
    known: tuple[KnownTable, ...]  # from earlier releases and from outside
    earlier: Before
    settles: Settle  # protects other tables just so

    @property
    def hidden(self) -> int:
        """How many cells and margins are hidden."""
        frames = (item.frame for item in self.released.values() if "status" in item.frame)
        return sum(int((frame["status"] == "hidden").sum()) for frame in frames)


def make(root: Root, locality: Locality, notebooks: list[str], out: Path) -> Made:
    """Write into `out` what settling the last proposals of all `notebooks` gives."""
    found = proposals.by_name(proposals.read_all(root.proposals(locality.id), notebooks))
    if not found:
        raise DisclosureRefused(f"{locality.id}: no notebook has published anything.", "Run the notebooks first.")
    derivations = proposals.read_derivations(root.proposals(locality.id), notebooks)
    raw = {name: nbformat.read(root.raw_notebooks(locality.id) / f"{name}.ipynb", as_version=4) for name in notebooks}
    said: dict[str, Proposal | Derivation] = {**found, **{one.name: one for one in derivations}}
    wrong = [problem for name in notebooks for problem in typed.problems(raw[name], name, said)]
    read = {name: rules.tables_read(root.proposals(locality.id) / name) for name in notebooks}
    if wrong := [*wrong, *rules.problems(found, read, derivations)]:
        raise DisclosureRefused(wrong)
    seed = secret.tie_break(root, locality.id) if rests_on_real_records(found.values()) else None
    earlier = _before(root, locality, found)
    counts = _counts(found)
    outside = locality.outside_knowledge_file()
    known = (*earlier.known, *(read_outside(outside, counts) if outside else ()))
    settles = partial(
        disclosure.settle_counts,
        policy=locality.disclosure.policy or None,
        seed=seed,
        period=(locality.period.first, locality.period.last),
        known=known,
        hide=earlier.hide,
    )
    released, protected = release(found, earlier, settles)
    _write(out, root, locality, raw, {**released, **derived.derive(derivations, released)}, protected)
    return Made(found, released, protected, known, earlier, settles)


def _before(root: Root, locality: Locality, found: Mapping[str, Proposal]) -> Before:
    """What earlier releases ask of these proposals; what differencing would leave is written to a private file."""
    period = (locality.period.first, locality.period.last)
    real = rests_on_real_records(found.values())
    policy = locality.disclosure.policy or None
    earlier = before(ledger_files.read(root, locality.id), _counts(found), period, policy=policy, real=real)
    words = "".join(f"{difference}.\n" for difference in earlier.differences)
    write_whole(root.private_room(locality.id) / DIFFERENCES, words)
    return earlier


def _counts(found: Mapping[str, Proposal]) -> dict[str, Counts]:
    return {
        name: proposal.aggregate
        for name, proposal in found.items()
        if isinstance(proposal.aggregate, Counts) and not proposal.empty
    }


def rests_on_real_records(found: Iterable[Proposal]) -> bool:
    """Whether any of the proposals counts real persons."""
    return any(_is_real(proposal.aggregate.origin) and not proposal.empty for proposal in found)


def _is_real(origin: Origin) -> bool:
    return origin.sensitivity == "sensitive" and origin.provenance == "real"


def _last(note: Path) -> dict[str, Any]:
    """What the last settling wrote down; nothing when that can't be read."""
    try:
        done = json.loads(note.read_text("utf-8")) if note.exists() else {}
    except ValueError:
        return {}
    return done if isinstance(done, dict) and {"key", "tables", "hidden"} <= set(done) else {}


def release(
    found: Mapping[str, Proposal], earlier: Before, settles: Settle
) -> tuple[dict[str, Released], disclosure.Protected]:
    """What may be shown of `found`: counts protected together by `settles`, statistics each by the rule of its kind.

    `earlier`: what releases before this one ask.
    """
    counts = _counts(found)
    try:
        protected = settles(counts)
    except DisclosureRefused as refused:
        problems = [*refused.problems, *in_public(earlier.differences)]
        raise refusal.Unsettled(problems, lambda: disclosure.ways_that_pass(counts, settles)) from None
    disclosure.check_together(
        {name: proposal.aggregate for name, proposal in found.items() if isinstance(proposal.aggregate, Statistic)}
    )
    released = {}
    for name, proposal in found.items():
        aggregate = proposal.aggregate
        if proposal.empty:
            frame = aggregate.frame
        elif isinstance(aggregate, Statistic):
            frame = disclosure.settle_statistic(disclosure.beside_counts(aggregate, counts, protected.frames))
        else:
            frame = protected.frames[name]
        released[name] = _released(proposal, frame)
    return released, protected


def _released(proposal: Proposal, frame: pd.DataFrame) -> Released:
    aggregate = proposal.aggregate
    is_counts = isinstance(aggregate, Counts)
    columns = (
        {dimension.name: dimension.title for dimension in aggregate.dimensions}
        if isinstance(aggregate, Counts)
        else dict(aggregate.columns)
    )
    return Released(
        name=proposal.name,
        title=proposal.title,
        caption=proposal.caption,
        frame=frame.reset_index(drop=True),
        unit=aggregate.unit,
        kind="counts" if is_counts else aggregate.kind,  # type: ignore[union-attr]
        dimensions=aggregate.dimensions if isinstance(aggregate, Counts) else (),
        columns=columns,
        origin=aggregate.origin,
        policy="none: public figures" if aggregate.origin.sensitivity == "public" else aggregate.origin.policy,
        chart=proposal.chart,
        options=proposal.options,
        note=proposal.note,
    )


def _write(
    out: Path,
    root: Root,
    locality: Locality,
    raw: Mapping[str, NotebookNode],
    released: Mapping[str, Released],
    protected: disclosure.Protected,
) -> None:
    reads = _reads(root, locality, list(raw))
    shown = {}
    for name, item in released.items():
        stem = show.stem(item)
        write_whole(out / "tables" / f"{stem}.csv", tables.as_csv(item))
        write_whole(out / "tables" / f"{stem}.json", tables.as_json(item, _inputs(root, locality, item, reads)))
        shown[name] = show.as_markdown(item, out)
    found = values.derive(released.values())
    write_whole(out / "values.json", _json(found))
    write_whole(out / "certificate.json", _json(protected.certificate))
    write_whole(out / disclosure.WITNESSES, disclosure.witnesses_text(protected.witnesses))
    write_whole(out / "datapackage.json", _json(datapackage.describe(locality.id, locality.name, released)))
    for notebook, executed in raw.items():
        title = str(executed.metadata.get("compendium", {}).get("title", notebook))
        public = gate.pass_through(executed, shown, title=title, metadata={"locality": locality.id})
        write_whole(out / "notebooks" / f"{notebook}.ipynb", nbformat.writes(public) + "\n")


def _reads(root: Root, locality: Locality, notebooks: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for notebook in notebooks:
        path = root.proposals(locality.id) / notebook / proposals.READS
        found |= json.loads(path.read_text("utf-8"))["files"]
    return found


def _inputs(root: Root, locality: Locality, item: Released, reads: Mapping[str, str]) -> dict[str, str]:
    """The hash of the input behind a table. Of real records it is keyed: a plain one lets guesses be tested."""
    origin = item.origin
    if _is_real(origin):
        found = [digest for file, digest in reads.items() if Path(file).name == Path(origin.file).name]
        return {origin.table: secret.keyed(root, locality.id, "".join(sorted(found)).encode())} if found else {}
    return {origin.file: reads[origin.file]} if origin.file in reads else {}


def _key(root: Root, locality: Locality, notebooks: list[str]) -> str:
    """Proposals, raw notebooks' sources, the locality's settings, the ledger, the code that settles and draws."""
    head, seed = ledger_files.read(root, locality.id).head, secret.tie_break(root, locality.id)
    digest = hashlib.sha256(f"{head} {seed}".encode())
    package = Path(__file__).parents[1]
    code = [
        path
        for room in ("release", "disclosure", "charts")
        for path in sorted((package / room).rglob("*.*"))
        if "__pycache__" not in path.parts
    ]
    code += [package / "aggregate.py", package / "proposals.py", package / "markdown.py", package / "intervals.py"]
    files = [
        *(path for notebook in notebooks for path in sorted((root.proposals(locality.id) / notebook).glob("*.json"))),
        root.localities / locality.id / "locality.yml",
        *(path for path in [locality.outside_knowledge_file()] if path),
        *code,
    ]
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for notebook in notebooks:
        raw = nbformat.read(root.raw_notebooks(locality.id) / f"{notebook}.ipynb", as_version=4)
        digest.update("\0".join(cell.source for cell in raw.cells).encode())
    return digest.hexdigest()


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False) + "\n"
