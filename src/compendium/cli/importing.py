"""`import`: a publisher's file, or a force's own export, becomes tables of a locality."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compendium import failures
from compendium.cli import steps
from compendium.cli.application import app
from compendium.cli.options import RootDir, examples
from compendium.errors import CompendiumError

if TYPE_CHECKING:
    from compendium.importers.bring_in import Plan


@app.command(
    "import",
    epilog=examples(
        "compendium import --list",
        "compendium import lsoa-lookup lookup.csv --to blackpool",
        "compendium import imd-2025 File_7_IoD2025.csv --to blackpool --dry-run",
    ),
)
def import_(
    context: typer.Context,
    format: Annotated[str, typer.Argument(help="Name of a format; --list names them all.")] = "",
    file: Annotated[Path | None, typer.Argument(help="The file, as its publisher or the force gave it.")] = None,
    to: Annotated[str, typer.Option("--to", metavar="LOCALITY", help="Id of the locality it is for.")] = "",
    listing: Annotated[bool, typer.Option("--list", help="List every format and end.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Let the new file take the place of another edition of the same rows.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be written; write nothing.")] = False,
    root: RootDir = None,
) -> None:
    """Bring in an official file or a force's own export. A file with an error leaves everything as it was."""
    if listing:
        _list()
        return
    if not (format and file and to):
        raise CompendiumError(
            "import needs a format, a file and a locality.",
            "Such as: compendium import imd-2025 FILE --to blackpool. `compendium import --list` lists the formats.",
        )
    here = steps.here(context, root)
    (name,) = steps.named(here, [to])
    from compendium import dictionary
    from compendium.importers import bring_in
    from compendium.locality import load_locality

    locality = load_locality(here, name)
    steps.tell(f"reading {file.name} as {format}")
    plan = bring_in.planned(format, file, locality, dictionary.load(here.dictionaries), replace=replace)
    failures.print_problems(plan.remarks)
    if plan.changes and not dry_run:
        bring_in.carry_out(plan, locality)
    for line in _summary(plan, name, dry_run=dry_run):
        typer.echo(line)


def _list() -> None:
    from compendium.importers.bring_in import listed

    for name, title, example, table in listed():
        typer.echo(name)
        typer.echo(f"    {title}")
        typer.echo(f"    such as {example}; fills {table or 'no table of a locality (compendium.importers.read only)'}")


def _summary(plan: Plan, locality: str, *, dry_run: bool) -> list[str]:
    merged, file = plan.merged, f"localities/{locality}/{plan.file}"
    said = [f"read       {plan.read:,} rows of {plan.table} from {plan.source}"]
    said += [f"left out   {line}" for line in plan.left_out]
    said += [f"filled in  {line}" for line in plan.filled_in]
    if not plan.changes:
        return [*said, f"unchanged  {file} holds these rows already"]
    verb = "would write" if dry_run else "wrote"
    numbers = (
        f"{merged.added:,} new, {merged.changed:,} changed, {merged.gone:,} gone, {merged.kept:,} of other editions"
    )
    said.append(f"{verb:<10} {file}: {len(merged.rows):,} rows ({numbers})")
    if plan.settings is not None:
        said.append(f"{verb:<10} localities/{locality}/locality.yml: {plan.table} under sources")
    return said
