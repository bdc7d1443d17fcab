"""`why`: from a number on the site back to input file, code and notebook cell."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from compendium.cli import steps
from compendium.cli.application import app
from compendium.cli.options import Json, RootDir, examples


@app.command(
    epilog=examples(
        "compendium why case_flow.total",
        "compendium why victims_by_form --locality blackpool",
        "compendium why 'victims_by_form[image,child]'",
        "compendium why places/blackpool/03_case_files.html#fig-victims-by-form",
        "compendium why study.cases",
        "compendium why --unused",
    )
)
def why(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            metavar="[NAME]", help="A number (table.name), a table, table[row,column], or the address of a page."
        ),
    ] = "",
    locality: Annotated[
        list[str] | None, typer.Option("--locality", metavar="ID", help="In this locality; may be repeated.")
    ] = None,
    unused: Annotated[bool, typer.Option("--unused", help="List the numbers that no page tells.")] = False,
    machine: Json = False,
    root: RootDir = None,
) -> None:
    """Say where a number on the site comes from: table, notebook cell, inputs, code, and which pages tell it."""
    if bool(name) == unused:
        raise typer.BadParameter("Name a number or table, or ask for --unused.")
    from compendium.report import facts, why_told
    from compendium.report import why as tracing

    here = steps.here(context, root)
    ids = steps.named(here, locality)
    if unused:
        left = tracing.unused(here, ids)
        typer.echo(_lines(left) if machine else "\n".join(why_told.unused(left)))
    elif fact := facts.find(here, name):
        typer.echo(_lines(fact.record()) if machine else fact.told())
    else:
        found = [answer.record(here) for answer in tracing.answers(here, name, ids, named=bool(locality))]
        typer.echo(_lines(*found) if machine else "\n\n".join(map(why_told.answer, found)))


def _lines(*records: Any) -> str:
    return "\n".join(json.dumps(record, ensure_ascii=False) for record in records)
