"""`new`: begin a locality."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from compendium.cli import steps
from compendium.cli.application import app
from compendium.cli.options import RootDir, examples


@app.command(
    epilog=examples(
        "compendium new leeds --force-area E23000010",
        'compendium new north_hill --name "North Hill" --force-area "West Yorkshire" --from 2024-04 --to 2025-03',
        "compendium new nordhafen --area-level district",
        "compendium new zwolle --elsewhere",
        "compendium new leeds --empty",
        "compendium new leeds --force-area E23000010 --into leeds-online-harm",
    )
)
def new(
    context: typer.Context,
    id: Annotated[str, typer.Argument(metavar="ID", help="Small letters, digits and _, such as leeds.")],
    name: Annotated[str, typer.Option("--name", help="As the pages say it; else made from the id.")] = "",
    force_area: Annotated[
        str,
        typer.Option(
            "--force-area",
            metavar="CODE",
            help="Of the police in England and Wales: a code or a name, such as E23000010.",
        ),
    ] = "",
    area_level: Annotated[
        str,
        typer.Option(
            "--area-level",
            metavar="zone|district",
            help="Invented areas to begin with: 21 zones, or six districts. Name levels of your own in locality.yml.",
        ),
    ] = "zone",
    first: Annotated[str, typer.Option("--from", metavar="MONTH", help="First month of the study.")] = "2022-05",
    last: Annotated[str, typer.Option("--to", metavar="MONTH", help="Last month of the study.")] = "2023-04",
    empty: Annotated[bool, typer.Option("--empty", help="Settings and templates only, no invented records.")] = False,
    elsewhere: Annotated[
        bool,
        typer.Option(
            "--elsewhere",
            help="Outside England and Wales: codes, ages, levels of area and words to write your own over.",
        ),
    ] = False,
    into: Annotated[
        Path | None, typer.Option("--into", metavar="DIR", help="Make a repository of your own for it, in this folder.")
    ] = None,
    root: RootDir = None,
) -> None:
    """Begin a locality: settings, templates, invented areas and its synthetic twin; it runs at once."""
    from compendium.beginning import Wanted
    from compendium.repository import starting

    wanted = Wanted(id, name, force_area, area_level, (first, last), empty, elsewhere)
    if into:
        starting.start(into, wanted, steps.tell)
        typer.echo(f"{into}: localities/{id}, and compendium.yml, which says where all else comes from")
        typer.echo(f"next: cd {into}; compendium {'check' if empty else 'report'}; then git init, and read README.md")
        return
    here = steps.here(context, root)
    made = starting.add(here, wanted)
    typer.echo(f"{here.relative(made)}: settings, templates{'' if empty else ', and records of an invented place'}")
    typer.echo(f"next: compendium {'check' if empty else 'report'} {id}; then read {here.relative(made)}/README.md")
