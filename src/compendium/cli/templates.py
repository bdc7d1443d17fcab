"""`template`: files to fill in, made from the dictionaries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from compendium.cli import steps
from compendium.cli.application import app
from compendium.cli.options import RootDir, examples
from compendium.paths import Root

if TYPE_CHECKING:
    from compendium.dictionary import Dictionaries

Wanted = Annotated[
    list[str] | None,
    typer.Argument(metavar="[TABLE|GROUP]...", help="Such as victims or case_files; none means all."),
]


@app.command(
    epilog=examples(
        "compendium template case_files --out templates",
        "compendium template case_files --locality blackpool --out templates",
        "compendium template --to csv --out templates",
        "compendium template victims --to json-schema --out schemas",
    )
)
def template(
    context: typer.Context,
    tables: Wanted = None,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder for the templates.")] = Path(
        "templates"
    ),
    to: Annotated[Literal["xlsx", "csv", "json-schema"], typer.Option("--to", help="What is made.")] = "xlsx",
    locality: Annotated[
        str, typer.Option("--locality", metavar="LOCALITY", help="Offer the codes of its own areas in the lists.")
    ] = "",
    root: RootDir = None,
) -> None:
    """Make spreadsheet templates with drop-down lists, checks and a guide; also CSV headings or JSON Schema."""
    from compendium.dictionary import template as templates

    here = steps.here(context, root)
    dictionaries, lookups = _described(here, locality)
    for path in templates.write(templates.templates(dictionaries, tables or [], lookups), out, to):
        typer.echo(str(path))


def _described(here: Root, locality: str) -> tuple[Dictionaries, dict[str, Path]]:
    """The dictionaries, and where the public tables lie whose codes can be offered: a locality's own where one is
    named, else the defaults."""
    from compendium import dictionary
    from compendium.locality import load_locality

    if not locality:
        dictionaries = dictionary.load(here.dictionaries)
        files = {name: here.path / found.default_file for name, found in dictionaries.items() if found.default_file}
        return dictionaries, {name: path for name, path in files.items() if path.is_file()}
    (name,) = steps.named(here, [locality])
    place = load_locality(here, name)
    dictionaries = dictionary.load(here.dictionaries, place.dictionary_files())
    public = [table for table, found in dictionaries.items() if not found.sensitive]
    sources = {table: place.source(table, dictionaries) for table in public}
    return dictionaries, {table: found.path for table, found in sources.items() if found and found.path.is_file()}
