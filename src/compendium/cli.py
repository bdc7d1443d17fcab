"""The commands: parse, call, print. Nothing heavy is imported before it is needed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from compendium import __version__, failures
from compendium.errors import CompendiumError, Problem, UnknownName, nearest
from compendium.paths import Root

app = typer.Typer(
    name="compendium",
    help="From checked inputs to a site that cannot point at a child.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

RootDir = Annotated[
    Path | None, typer.Option("--root", metavar="DIR", help="The compendium's folder; else the nearest one above here.")
]
UnusedRoot = Annotated[
    Path | None, typer.Option("--root", metavar="DIR", help="Taken as everywhere; files are named from here.")
]
Localities = Annotated[
    list[str] | None, typer.Argument(metavar="[LOCALITY]...", help="Ids, such as blackpool; none means all.")
]
Jobs = Annotated[
    int, typer.Option("--jobs", "-j", min=1, max=64, help="Notebooks at once; else one for each processor.")
]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="NOTEBOOK", help="Such as case_files, 03 or 03_case_files; may be repeated."),
]
Engine = Annotated[Literal["auto", "quarto", "pandoc"], typer.Option("--engine", help="What renders the site.")]
CORES = os.cpu_count() or 1


def examples(*lines: str) -> str:
    """The end of a command's help."""
    return "\n\n".join(["Examples:", *lines])


@app.callback(invoke_without_command=True)
def everywhere(
    context: typer.Context,
    root: RootDir = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False,
) -> None:
    context.obj = root
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command(epilog=examples("compendium check", "compendium check blackpool"))
def check(context: typer.Context, localities: Localities = None, root: RootDir = None) -> None:
    """Read and check every input; list all errors, not the first."""
    here = _root(context, root)
    _check(here, _named(here, localities))


@app.command(
    epilog=examples("compendium run", "compendium run blackpool --only case_files", "compendium run --explain")
)
def run(
    context: typer.Context,
    localities: Localities = None,
    root: RootDir = None,
    everything: Annotated[bool, typer.Option("--all", help="All localities (the same as naming none).")] = False,
    only: Only = None,
    jobs: Jobs = CORES,
    force: Annotated[bool, typer.Option("--force", help="Run every notebook, changed or not.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say why each notebook would run or not; run nothing.")
    ] = False,
) -> None:
    """Run the notebooks that have to run, then settle what may be shown."""
    here = _root(context, root)
    if everything and localities:
        raise typer.BadParameter("Name localities or give --all, not both.")
    names = _named(here, localities)
    _run(here, names, only=only, jobs=jobs, force=force, explain=explain)


@app.command(
    epilog=examples(
        "compendium render", "compendium render --engine pandoc", "compendium render --root path/to/a/quarto/project"
    )
)
def render(context: typer.Context, root: RootDir = None, engine: Engine = "auto") -> None:
    """Render the site of this compendium, or of any Quarto website project inside the subset (--root DIR)."""
    given = root or context.obj
    folder = Path(given) if given else Root.find().path
    if not (folder / "_quarto.yml").exists():
        raise CompendiumError(
            f"There is no _quarto.yml in {folder.name or folder}.", "Name a Quarto project with --root DIR."
        )
    _render(folder, engine, force=True)


@app.command(epilog=examples("compendium report", "compendium report blackpool --jobs 4"))
def report(
    context: typer.Context,
    localities: Localities = None,
    root: RootDir = None,
    jobs: Jobs = CORES,
    force: Annotated[bool, typer.Option("--force", help="Run every notebook, changed or not.")] = False,
    engine: Engine = "auto",
) -> None:
    """Check, run and render: the main job, from inputs to site."""
    here = _root(context, root)
    names = _named(here, localities)
    _check(here, names)
    _run(here, names, only=None, jobs=jobs, force=force, explain=False)
    _render(here.path, engine, force=force)


@app.command(epilog=examples("compendium twin blackpool"))
def twin(
    context: typer.Context, locality: Annotated[str, typer.Argument(help="Id of a locality.")], root: RootDir = None
) -> None:
    """Make a locality's synthetic tables again from localities/twin_parameters.yml."""
    from compendium.dictionary import twin as synthetic
    from compendium.locality import load_locality

    here = _root(context, root)
    (name,) = _named(here, [locality])
    found = load_locality(here, name)
    period = (found.period.first, found.period.last)
    for path in synthetic.write(here, name, area_level=found.area_level, period=period):
        typer.echo(here.relative(path))


@app.command(epilog=examples("compendium protect counts.csv --rows district --columns form --count n --out protected"))
def protect(
    table: Annotated[Path, typer.Argument(help="A long CSV, a row a cell.")],
    rows: Annotated[str, typer.Option(help="Column of the row labels.")],
    columns: Annotated[str, typer.Option(help="Column of the column labels.")],
    count: Annotated[str, typer.Option(help="Column of the counts.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where protected.csv and certificate.json go.")],
    policy: Annotated[str, typer.Option(help="Name of a disclosure policy.")] = "threshold-10",
    private: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where the reasons for hiding go; never inside DIR.")
    ] = None,
    root: UnusedRoot = None,
) -> None:
    """Disclosure control of any table, alone."""
    from compendium import disclosure

    typer.echo(
        disclosure.protect_csv(table, rows=rows, columns=columns, count=count, policy=policy, out=out, private=private)
    )


@app.command(epilog=examples("compendium audit outputs/blackpool", "compendium audit protected"))
def audit(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of released tables, by any tool.")],
    count: Annotated[
        str, typer.Option(help="Column of the counts, for tables that do not say; else it is found.")
    ] = "",
    root: UnusedRoot = None,
) -> None:
    """Attack what DIR publishes, from its files alone; exit 1 when any hidden cell is not protected."""
    from compendium import disclosure

    found = disclosure.audit_dir(folder, count=count)
    typer.echo(found.text)
    if not found.protected:
        raise typer.Exit(1)


@app.command(epilog=examples("compendium doctor"))
def doctor(context: typer.Context, root: RootDir = None) -> None:
    """What is installed, what is missing, which engine and which kernel would be used."""
    from compendium.doctor import examine

    found = examine(root or context.obj)
    for line in found:
        typer.echo(f"{'ok     ' if line.good else 'optional' if line.optional else 'MISSING'} {line.what}: {line.text}")
    if any(not line.good and not line.optional for line in found):
        raise typer.Exit(1)


def _root(context: typer.Context, root: Path | None) -> Root:
    given = root or context.obj
    if given and not Path(given).is_dir():
        raise CompendiumError(f"--root {Path(given).name}: there is no such folder.")
    return Root.find(given)


def _named(root: Root, wanted: Sequence[str] | None) -> list[str]:
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


def _passed_over(root: Root, names: list[str]) -> list[Problem]:
    """Folders that look like localities and are none, when all localities are asked for."""
    from compendium.locality import known_localities, unusable_folders

    return unusable_folders(root) if set(names) == set(known_localities(root)) else []


def _check(root: Root, names: list[str]) -> None:
    from compendium.checks import check_locality

    problems = _passed_over(root, names)
    for name in names:
        found = check_locality(root, name)
        problems += found.problems
        wrong = sum(problem.level == "error" for problem in found.problems)
        _tell(
            f"{name}: {found.tables} tables checked, {found.rows:,} rows, "
            f"{wrong or 'no'} error{'' if wrong == 1 else 's'}"
        )
    failures.print_problems([problem for problem in dict.fromkeys(problems) if problem.level == "warning"])
    errors = [problem for problem in dict.fromkeys(problems) if problem.level == "error"]
    if errors:
        raise CompendiumError(errors)


def _run(root: Root, names: list[str], *, only: list[str] | None, jobs: int, force: bool, explain: bool) -> None:
    from compendium.workflow.run import plan
    from compendium.workflow.run import run as run_tasks

    if problems := _passed_over(root, names):
        raise CompendiumError(problems)
    tasks = plan(root, names, only=only, force=force)
    if explain:
        for task in tasks:
            typer.echo(f"{'run ' if task.runs else 'keep'} {task.name}: {task.reason}")
        return
    waiting = [task for task in tasks if task.runs]
    for task in waiting:
        _tell(f"to run: {task.name} ({task.reason})")
    if len(tasks) > len(waiting):
        _tell(f"{len(tasks) - len(waiting)} of {len(tasks)} notebooks rest on nothing that changed")
    ran = run_tasks(root, tasks, jobs=jobs, tell=_tell)
    if ran.problems:
        raise CompendiumError(ran.problems)


def _render(folder: Path, engine: Literal["auto", "quarto", "pandoc"], *, force: bool) -> None:
    if (folder / "localities").exists():
        from compendium.report.build import build
        from compendium.report.places import withheld, withheld_problems

        typer.echo(str(build(Root(folder), engine=engine, force=force, tell=_tell)))
        if kept_back := withheld(Root(folder)):
            raise CompendiumError(withheld_problems(kept_back))
        return
    from compendium import site

    made = site.render(folder, engine=engine, progress=_tell)
    _tell(f"site: {len(made.pages)} pages")
    typer.echo(str(made.output_dir / "index.html"))


def _tell(text: str) -> None:
    """Progress goes to standard error, results to standard output."""
    typer.echo(text, err=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command: exit 0 only when all that was asked is done; no traceback for what a user can mend."""
    command: Callable[..., Any] = typer.main.get_command(app)
    given = list(arguments) if arguments is not None else None
    with failures.told():
        result = command(given, prog_name="compendium", standalone_mode=False)
    sys.exit(result if isinstance(result, int) else 0)
