"""`same`: whether two folders of results are the same, and which cell differs when they are not."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from compendium.cli.application import app
from compendium.cli.options import Json, UnusedRoot, examples


@app.command(epilog=examples("compendium same outputs ../elsewhere/outputs", "compendium same first.pdf second.pdf"))
def same(
    one: Annotated[Path, typer.Argument(metavar="ONE", help="A folder of results, or a file.")],
    other: Annotated[Path, typer.Argument(metavar="OTHER", help="The one to hold against it.")],
    as_json: Json = False,
    root: UnusedRoot = None,
) -> None:
    """Whether two runs gave the same bytes; exit 1 and which cell of what differs when not."""
    from compendium.sameness import compare

    found = compare(one, other)
    if as_json:
        different = {
            name: [asdict(each) if found.values else {"place": each.place} for each in places]
            for name, places in found.different.items()
        }
        said = {"same": found.same, "only_one": found.only_one, "only_other": found.only_other, "different": different}
        typer.echo(json.dumps(said, ensure_ascii=False))
    else:
        for line in found.lines():
            typer.echo(line)
    if not found.alike:
        raise typer.Exit(1)
