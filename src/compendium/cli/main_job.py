"""`check`, `run`, `render`, `report`: the main job and its parts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from compendium.cli import steps
from compendium.cli.application import app
from compendium.cli.options import (
    CORES,
    Cache,
    Cluster,
    Engine,
    Form,
    Jobs,
    Json,
    Kernel,
    Localities,
    Only,
    Quiet,
    RootDir,
    Verify,
    examples,
)
from compendium.cli.telling import telling
from compendium.errors import CompendiumError
from compendium.paths import Root
from compendium.progress import Progress


@app.command(
    epilog=examples(
        "compendium check",
        "compendium check blackpool",
        "compendium check blackpool --problems ~/private/to-mend.xlsx",
    )
)
def check(
    context: typer.Context,
    localities: Localities = None,
    problems: Annotated[
        Path | None,
        typer.Option("--problems", metavar="FILE.xlsx", help="Also write a workbook with the bad cells marked."),
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
    root: RootDir = None,
) -> None:
    """Read and check every input; list all errors, not the first."""
    with telling("check", machine=json, quiet=quiet) as progress:
        here = _here(context, root, progress)
        steps.check(here, steps.named(here, localities), progress, problems)


@app.command(
    epilog=examples(
        "compendium run",
        "compendium run blackpool --only case_files",
        "compendium run --explain",
        "compendium run --cache /srv/team/cache",
        "compendium run --all --cluster tcp://10.0.0.5:8786",
    )
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
    kernel: Kernel = "auto",
    cluster: Cluster = "",
    cache: Cache = None,
    verify: Verify = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Run the notebooks that have to run, then settle what may be shown."""
    if everything and localities:
        raise typer.BadParameter("Name localities or give --all, not both.")
    with telling("run", machine=json, quiet=quiet) as progress:
        here = _here(context, root, progress)
        names = steps.named(here, localities)
        how = steps.How(jobs, force=force, kernel=kernel, cluster=cluster, cache=cache, verify=verify)
        steps.run(here, names, progress, how, only=only, explain=explain)


@app.command(
    epilog=examples(
        "compendium render",
        "compendium render --engine pandoc",
        "compendium render --to pdf",
        "compendium render --root path/to/a/quarto/project",
    )
)
def render(
    context: typer.Context,
    root: RootDir = None,
    engine: Engine = "auto",
    to: Form = "html",
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Render the site of this compendium, or of any Quarto website project inside the subset (--root DIR).

    With --to pdf the pages become chapters of books to print beside the site: report.pdf of all of them, and one in the
    folder of each locality. Rendering the site again removes them.
    """
    with telling("render", machine=json, quiet=quiet) as progress:
        given = root or context.obj
        folder = Path(given).resolve() if given else Root.find().path
        steps.laid_out(Root(folder))
        if not (folder / "_quarto.yml").exists():
            raise CompendiumError(
                f"There is no _quarto.yml in {folder.name or folder}.", "Name a Quarto project with --root DIR."
            )
        progress.remember(steps.durations(Root(folder)))
        steps.render(folder, engine, progress, force=False, to=to)


@app.command(epilog=examples("compendium report", "compendium report blackpool --jobs 4"))
def report(
    context: typer.Context,
    localities: Localities = None,
    root: RootDir = None,
    jobs: Jobs = CORES,
    force: Annotated[bool, typer.Option("--force", help="Run every notebook, changed or not.")] = False,
    engine: Engine = "auto",
    kernel: Kernel = "auto",
    cache: Cache = None,
    verify: Verify = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Check, run and render: the main job, from inputs to site."""
    with telling("report", machine=json, quiet=quiet) as progress:
        here = _here(context, root, progress)
        names = steps.named(here, localities)
        progress.expect("pages")
        steps.check(here, names, progress)
        steps.run(here, names, progress, steps.How(jobs, force=force, kernel=kernel, cache=cache, verify=verify))
        steps.render(here.path, engine, progress, force=force)


def _here(context: typer.Context, root: Path | None, progress: Progress) -> Root:
    here = steps.here(context, root)
    progress.remember(steps.durations(here))
    return here
