"""The steps that commands are made of: find the compendium, check, run, render, and say what goes on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from compendium import together
from compendium.cli import at_once
from compendium.errors import LISTED, CompendiumError, Problem, UnknownName, counted, errors_among, nearest
from compendium.paths import RECORD, Root, known_localities, unusable_folders
from compendium.progress import Piece, Progress
from compendium.release.lock import locked

if TYPE_CHECKING:
    from compendium.checks import CheckedFile
    from compendium.workflow.plan import Plan


def here(context: typer.Context, root: Path | None) -> Root:
    """The compendium that a command is about; in a team's own repository with all the parts that it shares."""
    found = beside(context, root)
    laid_out(found)
    return found


def beside(context: typer.Context, root: Path | None) -> Root:
    """The same as it stands, whichever version is installed."""
    given = root or context.obj
    if given and not Path(given).is_dir():
        raise CompendiumError(f"--root {Path(given).name}: there is no such folder.")
    return Root.find(given)


def laid_out(root: Root) -> None:
    """Lay out the shared parts where a folder has only a record of them. Another version is refused."""
    if (root.path / RECORD).is_file():
        from compendium.repository import laying

        laying.prepare(root.path, tell)


def named(root: Root, wanted: Sequence[str] | None, *, more: Sequence[str] = ()) -> list[str]:
    """The localities that are meant: all when none is named. Raises `UnknownName` for every id that nobody has.

    `more`: other ids that may be named, such as those of releases of other teams.
    """
    known = known_localities(root)
    unknown = [name for name in wanted or [] if name not in (*known, *more)]
    if unknown:
        raise UnknownName(
            [Problem(message=f"No locality is called {name}.", remedy=nearest(name, known)) for name in unknown]
        )
    if not known:
        raise CompendiumError("There are no localities.", "Restore the folder localities/.")
    names = list(dict.fromkeys(wanted)) if wanted else list(known)
    _make_good(root, names)
    return names


def _make_good(root: Root, names: Iterable[str]) -> None:
    """Finish what a killed import was putting in place, before anything of it is read. Raises `Busy`: it isn't dead."""
    for name in names:
        if together.is_begun(root.private / name):
            with locked(root.private_room(name)):
                tell(f"{name}: an import that had been killed is finished")


def passed_over(root: Root, names: list[str]) -> list[Problem]:
    """Folders that look like localities and are none, when all localities are asked for."""
    return unusable_folders(root) if set(names) == set(known_localities(root)) else []


def unnamed_records(root: Root) -> list[Problem]:
    """Files of the checkout that look like records of persons and that no locality names."""
    from compendium import dictionary
    from compendium.dictionary.strays import strays
    from compendium.locality import load_locality

    try:
        dictionaries = dictionary.load(root.dictionaries)
        localities = [load_locality(root, name) for name in known_localities(root)]
    except CompendiumError:
        return []  # told where each locality is checked
    named = {place.folder / source.file for place in localities for source in place.sources.values()}
    return strays(root, dictionaries, frozenset(path.resolve() for path in named))


def check(root: Root, names: list[str], progress: Progress, problem_book: Path | None = None) -> None:
    """Check localities. With `problem_book` the problems are also written there, as a workbook."""
    from compendium.beginning import help_of_another_country, next_step, stale_twin
    from compendium.checks import CheckedFile, check_locality
    from compendium.cli import problem_file

    if problem_book:
        problem_file.refuse_early(problem_book, root)
    files = list[CheckedFile]()
    with progress.stage("check", [Piece(name) for name in names]):
        problems = [*passed_over(root, names), *unnamed_records(root)]
        for name in names:
            progress.begin(Piece(name))
            found = check_locality(root, name)
            problems += found.problems
            files += found.files
            wrong = counted(errors_among(found.problems))
            progress.end(Piece(name), facts={"tables": found.tables, "rows": found.rows, "errors": wrong})
    problems = list(dict.fromkeys(problems))
    for problem in problems:
        if problem.level == "warning":
            progress.problem(problem)
    if problem_book:
        problems += _booked(problem_book, root, problems, files, progress)
    if errors := errors_among(problems):
        for name in names:
            if stale := stale_twin(name, errors):
                progress.note(stale)
        raise CompendiumError(errors)
    for name in names:
        if step := next_step(root, name):
            progress.note(f"{name}, {step}")
        if abroad := help_of_another_country(root, name):
            progress.note(abroad)


def _booked(
    path: Path, root: Root, problems: Sequence[Problem], files: Sequence[CheckedFile], progress: Progress
) -> Sequence[Problem]:
    """Write the workbook of problems; a refusal to do so is one more problem."""
    from compendium.cli import problem_file

    if not problems:
        progress.note(f"no problems: {path.name} was not written")
        return ()
    try:
        private = problem_file.write(path, root, problems, list(dict.fromkeys(files)))
    except CompendiumError as refused:
        return refused.problems
    warning = "; PRIVATE, it holds records: delete it when all is mended" if private else ""
    progress.note(f"{path.name}: {len(problems):,} {'problem' if len(problems) == 1 else 'problems'}{warning}")
    return ()


@dataclass(frozen=True)
class How:
    """How notebooks are run."""

    jobs: int
    force: bool = False
    kernel: Literal["auto", "warm", "ordinary"] = "auto"
    cluster: str = ""
    cache: Path | None = None  # a folder of results that a team shares; None: that of COMPENDIUM_CACHE, if any
    verify: bool = False  # compare everything by content, whatever a glance tells


def run(
    root: Root,
    names: list[str],
    progress: Progress,
    how: How,
    *,
    only: list[str] | None = None,
    explain: bool = False,
) -> None:
    """Run and settle what has to; with `explain` say what would. Raises `CompendiumError` with all that stopped."""
    from compendium.workflow import glance
    from compendium.workflow.cache import Cache
    from compendium.workflow.plan import plan
    from compendium.workflow.run import run as run_tasks

    if problems := passed_over(root, names):
        raise CompendiumError(problems)
    standing = {} if explain or how.verify or how.force else glance.standing(root, names, only)
    cache = Cache.open(how.cache, root)
    planned = plan(root, names, only=only, force=how.force, cache=cache, standing=standing)
    if explain:
        explained(root, planned, progress)
        return
    _say_what_runs(planned, progress)
    kind = None if how.kernel == "auto" else how.kernel
    ran = run_tasks(root, planned, jobs=how.jobs, progress=progress, kind=kind, cluster=how.cluster)
    if ran.problems:
        raise CompendiumError(ran.problems)


def explained(root: Root, planned: Plan, progress: Progress) -> None:
    """Say why each notebook would run or not, and each locality be settled or not; as data with --json."""
    from compendium.workflow.plan import settling

    for task in planned:
        piece = Piece(task.locality.id, task.notebook.name)
        if progress.machine:
            progress.plan(piece, runs=task.runs, fetched=task.hit is not None, reason=task.reason.record())
        else:
            would = "run  " if task.runs else "fetch" if task.hit else "keep "
            typer.echo(f"{would} {task.name}: {task.reason}")
    for locality in planned.localities:
        reason = settling(root, planned, locality)
        if progress.machine:
            progress.plan(Piece(locality.id), runs=not reason.stands, reason=reason.record(), stage="settle")
        else:
            typer.echo(f"{'keep ' if reason.stands else 'settle'} {locality.id}: {reason}")


def _say_what_runs(planned: Plan, progress: Progress) -> None:
    every = len(planned) + planned.passed_over
    if fetched := sum(task.hit is not None for task in planned):
        progress.note(f"{fetched} of {every} notebooks are taken from the team's cache")
    waiting = groupby((task for task in planned if task.runs), key=lambda task: (task.locality.id, str(task.reason)))
    lines = [(locality, reason, list(tasks)) for (locality, reason), tasks in waiting]
    for locality, reason, tasks in lines[:LISTED]:
        which = tasks[0].name if len(tasks) == 1 else f"{locality}: {len(tasks)} notebooks"
        progress.note(f"runs: {which}: {reason}", locality)
    if more := sum(len(tasks) for _, _, tasks in lines[LISTED:]):
        progress.note(f"{more} more run; --explain says why of each")
    if kept := sum(task.reason.stands for task in planned) + planned.passed_over:
        progress.note(at_once.kept(kept, every))


def render(
    folder: Path,
    engine: Literal["auto", "quarto", "pandoc"],
    progress: Progress,
    *,
    force: bool,
    to: Literal["html", "pdf"] = "html",
) -> None:
    """Render the project in `folder`: a compendium with its localities, or any other Quarto website."""
    if (folder / "localities").exists():
        from compendium.report import standing
        from compendium.report.build import build, printed

        here = Root(folder)
        made_file = printed(here, progress) if to == "pdf" else build(here, progress, engine=engine, force=force)
        progress.result(str(made_file))
        if to == "pdf" or not standing.is_noted(here):
            _withheld(here)
        return
    from compendium import site

    with progress.stage("pdf" if to == "pdf" else "pages"):
        made = site.render(folder, engine=engine, to=to, progress=progress.counted)
    progress.result(str(made.output_dir / (made.pages[0] if to == "pdf" else "index.html")))


def _withheld(root: Root) -> None:
    """Raises `CompendiumError` when a locality has results that may not be shown."""
    from compendium.report.places import withheld_problems
    from compendium.report.shown import withheld

    if kept_back := withheld(root):
        raise CompendiumError(withheld_problems(kept_back))


def durations(root: Root) -> Path | None:
    """Where the seconds of the last run are kept; nowhere in a project that isn't a compendium."""
    return root.private / "durations.json" if root.localities.exists() else None


def tell(text: str) -> None:
    """Progress goes to standard error, results to standard output."""
    typer.echo(text, err=True)
