"""The steps that commands are made of: find the compendium, check, run, render, and say what goes on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from compendium import failures
from compendium.errors import CompendiumError, Problem, UnknownName, counted, errors_among, nearest
from compendium.paths import Root

if TYPE_CHECKING:
    from compendium.checks import CheckedFile


def here(context: typer.Context, root: Path | None) -> Root:
    """The compendium that a command is about."""
    given = root or context.obj
    if given and not Path(given).is_dir():
        raise CompendiumError(f"--root {Path(given).name}: there is no such folder.")
    return Root.find(given)


def named(root: Root, wanted: Sequence[str] | None) -> list[str]:
    """The localities that are meant: all when none is named. Raises `UnknownName` for every id that nobody has."""
    from compendium.locality import known_localities

    known = known_localities(root)
    unknown = [name for name in wanted or [] if name not in known]
    if unknown:
        raise UnknownName(
            [Problem(message=f"No locality is called {name}.", remedy=nearest(name, known)) for name in unknown]
        )
    if not known:
        raise CompendiumError("There are no localities.", "Restore the folder localities/.")
    return list(dict.fromkeys(wanted)) if wanted else list(known)


def passed_over(root: Root, names: list[str]) -> list[Problem]:
    """Folders that look like localities and are none, when all localities are asked for."""
    from compendium.locality import known_localities, unusable_folders

    return unusable_folders(root) if set(names) == set(known_localities(root)) else []


def unnamed_records(root: Root) -> list[Problem]:
    """Files of the checkout that look like records of persons and that no locality names."""
    from compendium import dictionary
    from compendium.dictionary.strays import strays
    from compendium.locality import known_localities, load_locality

    try:
        dictionaries = dictionary.load(root.dictionaries)
        localities = [load_locality(root, name) for name in known_localities(root)]
    except CompendiumError:
        return []  # told where each locality is checked
    named = {place.folder / source.file for place in localities for source in place.sources.values()}
    return strays(root, dictionaries, frozenset(path.resolve() for path in named))


def check(root: Root, names: list[str], problem_book: Path | None = None) -> None:
    """Check localities. With `problem_book` the problems are also written there, as a workbook."""
    from compendium.checks import CheckedFile, check_locality
    from compendium.cli import problem_file

    if problem_book:
        problem_file.refuse_early(problem_book, root)
    problems, files = [*passed_over(root, names), *unnamed_records(root)], list[CheckedFile]()
    for name in names:
        found = check_locality(root, name)
        problems += found.problems
        files += found.files
        wrong = counted(errors_among(found.problems))
        tell(
            f"{name}: {found.tables} tables checked, {found.rows:,} rows, "
            f"{f'{wrong:,}' if wrong else 'no'} error{'' if wrong == 1 else 's'}"
        )
    problems = list(dict.fromkeys(problems))
    failures.print_problems([problem for problem in problems if problem.level == "warning"])
    if problem_book:
        problems += _booked(problem_book, root, problems, files)
    if errors := errors_among(problems):
        raise CompendiumError(errors)


def _booked(path: Path, root: Root, problems: Sequence[Problem], files: Sequence[CheckedFile]) -> Sequence[Problem]:
    """Write the workbook of problems; a refusal to do so is one more problem."""
    from compendium.cli import problem_file

    if not problems:
        tell(f"no problems: {path.name} was not written")
        return ()
    try:
        private = problem_file.write(path, root, problems, list(dict.fromkeys(files)))
    except CompendiumError as refused:
        return refused.problems
    warning = "; PRIVATE, it holds records: delete it when all is mended" if private else ""
    tell(f"{path.name}: {len(problems):,} {'problem' if len(problems) == 1 else 'problems'}{warning}")
    return ()


def run(
    root: Root,
    names: list[str],
    *,
    only: list[str] | None,
    jobs: int,
    force: bool,
    explain: bool,
    kernel: Literal["auto", "warm", "ordinary"] = "auto",
    cluster: str = "",
) -> None:
    from compendium.workflow.plan import plan
    from compendium.workflow.run import run as run_tasks

    if problems := passed_over(root, names):
        raise CompendiumError(problems)
    tasks = plan(root, names, only=only, force=force)
    if explain:
        for task in tasks:
            typer.echo(f"{'run ' if task.runs else 'keep'} {task.name}: {task.reason}")
        return
    waiting = [task for task in tasks if task.runs]
    for task in waiting:
        tell(f"to run: {task.name} ({task.reason})")
    if len(tasks) > len(waiting):
        tell(f"{len(tasks) - len(waiting)} of {len(tasks)} notebooks rest on nothing that changed")
    kind = None if kernel == "auto" else kernel
    ran = run_tasks(root, tasks, jobs=jobs, tell=tell, kind=kind, cluster=cluster)
    if ran.problems:
        raise CompendiumError(ran.problems)


def render(
    folder: Path, engine: Literal["auto", "quarto", "pandoc"], *, force: bool, to: Literal["html", "pdf"] = "html"
) -> None:
    if (folder / "localities").exists():
        from compendium.report.build import build, printed
        from compendium.report.places import withheld_problems
        from compendium.report.shown import withheld

        here = Root(folder)
        made_file = printed(here, tell=tell) if to == "pdf" else build(here, engine=engine, force=force, tell=tell)
        typer.echo(str(made_file))
        if kept_back := withheld(Root(folder)):
            raise CompendiumError(withheld_problems(kept_back))
        return
    from compendium import site

    made = site.render(folder, engine=engine, to=to, progress=tell)
    tell(f"site: {len(made.pages)} pages")
    typer.echo(str(made.output_dir / (made.pages[0] if to == "pdf" else "index.html")))


def tell(text: str) -> None:
    """Progress goes to standard error, results to standard output."""
    typer.echo(text, err=True)
