"""Settle: protect and attack all proposals of a locality together with all that was released before, then write it.

The settler is the only writer of `outputs/<locality>`; it works aside and renames the whole folder. Whoever calls it
holds the locality (`lock`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
from nbformat import NotebookNode

from compendium import disclosure, jsonfile, proposals
from compendium.aggregate import Counts, Origin, Released, Statistic
from compendium.disclosure.known import KnownTable
from compendium.disclosure.outside import read_outside
from compendium.disclosure.passing import Settle
from compendium.errors import DisclosureRefused
from compendium.locality import Locality
from compendium.paths import Root
from compendium.proposals import Derivation, Proposal
from compendium.release import (
    datapackage,
    derived,
    designs,
    gate,
    ledger_files,
    lineage,
    refusal,
    rules,
    secret,
    show,
    tables,
    typed,
    values,
)
from compendium.release.before import Before, before, in_public
from compendium.release.drawings import NOTE, Drawings
from compendium.release.kept import LINEAGE, VALUES
from compendium.release.key import Settled, key_of, note, rests_on, still_stands, text_of
from compendium.release.ledger_files import Ledger
from compendium.seen.digests import Digests
from compendium.writing import folder_aside, write_whole

DIFFERENCES = "differencing.txt"
Vet = Callable[[Mapping[str, Proposal], Path], None]


def settle(
    root: Root, locality: Locality, notebooks: list[str], *, force: bool = False, vet: Vet | None = None
) -> Settled:
    """Settle the last proposals of all `notebooks`. Raises `DisclosureRefused` when they can't be released safely.

    `vet` sees the proposals and the folder that was made of them before it takes its place, and may refuse.
    """
    digests = Digests()
    parts = rests_on(root, locality, notebooks, digests)
    key = key_of(parts)
    if not force and (stands := still_stands(root, locality, notebooks, key, digests)):
        return stands
    out, written = root.outputs / locality.id, note(root, locality.id)
    try:
        with folder_aside(out) as aside:
            drawings = kept_drawings(root, locality)
            made = make(root, locality, notebooks, aside, drawings.draw)
            if vet:
                vet(made.found, aside)
    except refusal.Unsettled as why:
        written.unlink(missing_ok=True)  # so that a later settling that passes is not skipped
        raise refusal.refused(root, locality.id, why) from None
    drawings.close()
    lost = refusal.explained(root, locality, _counts(made.found), made.protected, made.settles)
    settled = Settled(locality.id, len(made.released), made.hidden, again=True, lost=lost)
    said = {"tables": settled.tables, "hidden": settled.hidden, "lost": settled.lost}
    digests.forget_below(out)
    write_whole(written, text_of(parts, said, digests.below(out, locality.id)))
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


def kept_drawings(root: Root, locality: Locality) -> Drawings:
    """The drawings of the last settling."""
    return Drawings(root.private_room(locality.id) / NOTE, root.outputs / locality.id / show.FIGURES)


def make(root: Root, locality: Locality, notebooks: list[str], out: Path, draw: show.Draw = show.drawn_now) -> Made:
    """Write into `out` what settling the last proposals of all `notebooks` gives."""
    asked = proposals.by_name(proposals.read_all(root.proposals(locality.id), notebooks))
    if not asked:
        raise DisclosureRefused(f"{locality.id}: no notebook has published anything.", "Run the notebooks first.")
    derivations = proposals.read_derivations(root.proposals(locality.id), notebooks)
    raw = {name: nbformat.read(root.raw_notebooks(locality.id) / f"{name}.ipynb", as_version=4) for name in notebooks}
    said: dict[str, Proposal | Derivation] = {**asked, **{one.name: one for one in derivations}}
    wrong = [problem for name in notebooks for problem in typed.problems(raw[name], name, said)]
    read = {name: rules.tables_read(root.proposals(locality.id) / name) for name in notebooks}
    if wrong := [*wrong, *rules.problems(asked, read, derivations)]:
        raise DisclosureRefused(wrong)
    real = rests_on_real_records(asked.values())
    ledger = ledger_files.read(root, locality.id)
    _before(ledger, locality, _counts(asked), real=real)  # no coarser design gets around a contradiction
    seed = secret.tie_break(root, locality.id) if real else None

    outside = locality.outside_knowledge_file()
    told = read_outside(outside, designs.in_every_design(asked)) if outside else ()

    def protecting(counts: Mapping[str, Counts]) -> tuple[Before, tuple[KnownTable, ...], Settle]:
        earlier = _before(ledger, locality, counts, real=real)
        known = (*earlier.known, *told)
        period = (locality.period.first, locality.period.last)
        policy = locality.disclosure.policy or None
        settles = partial(
            disclosure.settle_counts, policy=policy, seed=seed, period=period, known=known, hide=earlier.hide
        )
        return earlier, known, settles

    found = designs.chosen(asked, ledger, lambda counts: protecting(counts)[2](counts), real=real)
    earlier, known, settles = protecting(_counts(found))
    words = "".join(f"{difference}.\n" for difference in earlier.differences)
    write_whole(root.private_room(locality.id) / DIFFERENCES, words)
    released, protected = release(found, earlier, settles)
    every = {**released, **derived.derive(derivations, released)}
    _write(out, root, locality, raw, every, protected, draw)
    whence = lineage.describe(root, locality.id, raw, every, derivations)
    write_whole(out / LINEAGE, jsonfile.text_of(whence))
    return Made(found, released, protected, known, earlier, settles)


def _before(ledger: Ledger, locality: Locality, counts: Mapping[str, Counts], *, real: bool) -> Before:
    """What earlier releases ask of these counts."""
    period = (locality.period.first, locality.period.last)
    return before(ledger, counts, period, policy=locality.disclosure.policy or None, real=real)


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
        if proposal.empty:  # without rows, and without the columns that are checked and not shown
            frame = disclosure.settle_statistic(aggregate) if isinstance(aggregate, Statistic) else aggregate.frame
        elif isinstance(aggregate, Statistic):
            frame = disclosure.settle_statistic(disclosure.beside_counts(aggregate, counts, protected.frames))
            frame = disclosure.without_numbers_told(aggregate, frame, counts, protected.frames)
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
        forms=proposal.forms,
    )


def _write(
    out: Path,
    root: Root,
    locality: Locality,
    raw: Mapping[str, NotebookNode],
    released: Mapping[str, Released],
    protected: disclosure.Protected,
    draw: show.Draw,
) -> None:
    reads = _reads(root, locality, list(raw))
    shown = {}
    for name, item in released.items():
        stem = show.stem(item)
        write_whole(out / "tables" / f"{stem}.csv", tables.as_csv(item))
        write_whole(out / "tables" / f"{stem}.json", tables.as_json(item, _inputs(root, locality, item, reads)))
        shown[name] = show.as_markdown(item, out, draw)
    found = values.derive(released.values())
    write_whole(out / VALUES, jsonfile.text_of(found))
    write_whole(out / "certificate.json", jsonfile.text_of(protected.certificate))
    write_whole(out / disclosure.WITNESSES, disclosure.witnesses_text(protected.witnesses))
    package = datapackage.describe(locality.id, locality.name, released, about=_about(locality))
    write_whole(out / "datapackage.json", jsonfile.text_of(package))
    for notebook, executed in raw.items():
        title = str(executed.metadata.get("compendium", {}).get("title", notebook))
        public = gate.pass_through(executed, shown, title=title, metadata={"locality": locality.id})
        write_whole(out / "notebooks" / f"{notebook}.ipynb", nbformat.writes(public) + "\n")


def _about(locality: Locality) -> dict[str, Any]:
    """Which place and months a release is about."""
    return {
        "id": locality.id,
        "name": locality.name,
        "area": {"code": locality.area.code, "level": locality.area.level},
        "force_area": {"code": locality.force_area.code, "name": locality.force_area.name},
        "period": {"from": locality.period.first, "to": locality.period.last},
    }


def _reads(root: Root, locality: Locality, notebooks: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for notebook in notebooks:
        found |= proposals.note_of(root.proposals(locality.id) / notebook)["files"]
    return found


def _inputs(root: Root, locality: Locality, item: Released, reads: Mapping[str, str]) -> dict[str, str]:
    """The hash of the input behind a table. Of real records it is keyed: a plain one lets guesses be tested."""
    origin = item.origin
    if _is_real(origin):
        found = [digest for file, digest in reads.items() if Path(file).name == Path(origin.file).name]
        return {origin.table: secret.keyed(root, locality.id, "".join(sorted(found)).encode())} if found else {}
    return {origin.file: reads[origin.file]} if origin.file in reads else {}
