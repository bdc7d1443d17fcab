"""`assess`: the self-assessment form goes out, filled-in forms come in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compendium import failures
from compendium.cli import steps
from compendium.cli.application import Commands, app
from compendium.cli.options import RootDir, examples

if TYPE_CHECKING:
    from compendium.self_assessment import BroughtIn

assess = typer.Typer(
    cls=Commands,
    help="Self-assessment forms out, filled-in forms in.",
    no_args_is_help=True,
    epilog=examples(
        "compendium assess export blackpool --out forms",
        "compendium assess import blackpool assessment-A05-after-self.json",
    ),
)
app.add_typer(assess, name="assess")


@assess.callback()
def everywhere(context: typer.Context, root: RootDir = None) -> None:
    context.obj = root or context.obj


@assess.command(
    epilog=examples(
        "compendium assess export blackpool --out forms",
        "compendium assess export blackpool --out forms --root ~/compendium",
    )
)
def export(
    context: typer.Context,
    locality: Annotated[str, typer.Argument(metavar="LOCALITY", help="Id of the locality.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder for the forms.")] = Path("forms"),
    root: RootDir = None,
) -> None:
    """Make the form as a web page that works without a network, a spreadsheet and JSON; and young people's page."""
    from compendium.report import assessment

    here = steps.here(context, root)
    (name,) = steps.named(here, [locality])
    for path in assessment.export(here, name, out):
        typer.echo(str(path))


@assess.command(
    "import",
    epilog=examples(
        "compendium assess import blackpool assessment-A05-after-self.json",
        "compendium assess import leeds returned/*.json returned/*.xlsx --dry-run",
        "compendium assess import leeds older.csv --accept-older",
    ),
)
def import_(
    context: typer.Context,
    locality: Annotated[str, typer.Argument(metavar="LOCALITY", help="Id of the locality.")],
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Filled-in forms: .json, .csv or .xlsx.")],
    accept_older: Annotated[
        bool, typer.Option("--accept-older", help="Take the unchanged items of forms of an older version.")
    ] = False,
    few_raters: Annotated[
        bool, typer.Option("--few-raters", help="Take what fewer than five young people say of a service.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come in; write nothing.")] = False,
    root: RootDir = None,
) -> None:
    """Bring filled-in forms into the table of ratings. An error in any file leaves everything as it was, and what is
    on record is never overwritten. Young people's forms of one service and round come in together."""
    from compendium.self_assessment import bring_in

    here = steps.here(context, root)
    (name,) = steps.named(here, [locality])
    found = bring_in(here, name, files, accept_older=accept_older, few_raters=few_raters, dry_run=dry_run)
    failures.print_problems(found.remarks)
    for line in _said(found, "would add" if dry_run else "added"):
        typer.echo(line)


def _said(found: BroughtIn, verb: str) -> Iterator[str]:
    yield f"read        {found.forms['self']} of services, {found.forms['youth']} of young people"
    if found.cannot_say:
        yield f"left out    {found.cannot_say} answered with “can’t say”"
    if not found.added and not found.known:
        yield "nothing     no answer is a level: no rating comes of it"
        return
    if not found.added:
        yield f"unchanged   {found.file} holds these {found.known} ratings already"
        return
    services = len({rating.service_code for rating in found.added})
    of = "1 service" if services == 1 else f"{services} services"
    yield f"{verb:<11} {len(found.added)} ratings of {of} in {found.file}; {found.known} were there already"
