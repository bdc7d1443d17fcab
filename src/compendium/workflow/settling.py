"""Settle the localities of a run, several side by side: each is settled by itself, in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

from compendium import quick_start
from compendium.errors import CompendiumError, Problem
from compendium.locality import Locality
from compendium.paths import Root
from compendium.progress import Piece, Progress
from compendium.release.key import Settled, still_stands
from compendium.seen.digests import Digests
from compendium.workflow import notebooks as nb

Settling = Settled | Sequence[Problem]  # what it came to, or why it was refused


@dataclass
class Ran:
    """What a run came to: each task's name, and every problem met."""

    done: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)


def settle_all(
    root: Root, localities: Sequence[Locality], ran: Ran, progress: Progress, jobs: int, digests: Digests
) -> None:
    """Settle each locality whose last settling doesn't stand any more, `jobs` at once. Results come in their order."""
    names = list(nb.load(root))
    ready = {one.id: [name for name in names if (root.proposals(one.id) / name).exists()] for one in localities}
    stands = {one.id: still_stands(root, one, ready[one.id], digests=digests) for one in localities if ready[one.id]}
    anew = [one for one in localities if not stands.get(one.id)]
    with progress.stage("settle", [Piece(one.id) for one in localities], workers=min(jobs, len(anew) or 1)):
        for name, settled in stands.items():
            if settled:
                progress.end(Piece(name), "kept", _facts(settled))
        found = dict(zip((one.id for one in anew), _side_by_side(root, anew, ready, progress, jobs), strict=True))
        for one in localities:
            outcome: Settling = stands.get(one.id) or found[one.id]
            if not isinstance(outcome, Settled):
                outcome = [*outcome, *_not_run(one.id, [name for name in names if name not in ready[one.id]])]
            _told(one.id, outcome, ran, progress)


def _side_by_side(
    root: Root, anew: Sequence[Locality], ready: dict[str, list[str]], progress: Progress, jobs: int
) -> list[Settling]:
    """In this process when there is one; else in processes begun for it, which a thread each waits for."""

    def one(locality: Locality, settle: Callable[[Root, Locality, list[str]], Settling]) -> Settling:
        progress.begin(Piece(locality.id))
        try:
            settled = settle(root, locality, ready[locality.id])
        except BrokenExecutor:
            message = f"{locality.id}: the process that settled it was ended, perhaps for want of memory."
            settled = [Problem(message=message, remedy="Run again with --jobs 1: what finished is kept.")]
        facts = _facts(settled) if isinstance(settled, Settled) else None
        progress.end(Piece(locality.id), "done" if facts else "stopped", facts)
        return settled

    if len(anew) < 2 or jobs < 2:
        return [one(locality, settled_anew) for locality in anew]
    workers = min(jobs, len(anew))
    spawned = ProcessPoolExecutor(workers, get_context("spawn"), quick_start.without_grammars)
    with spawned as processes, ThreadPoolExecutor(workers) as waiting:
        try:
            return list(
                waiting.map(lambda each: one(each, lambda *told: processes.submit(settled_anew, *told).result()), anew)
            )
        except BaseException:  # somebody stopped us: begin no further one
            waiting.shutdown(cancel_futures=True)
            raise


def settled_anew(root: Root, locality: Locality, ready: list[str]) -> Settling:
    """Why it was refused comes as a value: an error that carries problems doesn't travel between processes."""
    from compendium.release.settle import settle
    from compendium.workflow import vetting

    try:
        return settle(root, locality, ready, vet=vetting.of(root, locality))
    except CompendiumError as refused:
        return refused.problems


def _not_run(name: str, missing: Sequence[str]) -> Sequence[Problem]:
    """Why a table may be missing that another one rests on, and what to type."""
    if not missing:
        return ()
    message = f"{name}: never run here: {', '.join(missing)}; a table that one of them makes may be what is missing."
    return [Problem(message=message, remedy=f"Type `compendium run {name}`: it runs those and no others.")]


def _facts(settled: Settled) -> dict[str, int]:
    return {"tables": settled.tables, "hidden": settled.hidden}


def _told(name: str, settled: Settling, ran: Ran, progress: Progress) -> None:
    if not isinstance(settled, Settled):
        ran.problems += settled
        return
    ran.settled.append(settled)
    if settled.lost:
        from compendium.release import refusal

        what = "1 table shows" if len(settled.lost) == 1 else f"{len(settled.lost)} tables show"
        progress.note(f"{name}: {what} no cell; {refusal.name(name)} names the merge that would", name)
