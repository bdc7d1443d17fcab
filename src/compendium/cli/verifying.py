"""`verify`: whether a release that travelled is whole, from its files alone."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from compendium.cli import steps
from compendium.cli.application import app
from compendium.cli.options import UnusedRoot, examples
from compendium.errors import CompendiumError


@app.command(
    epilog=examples(
        "compendium verify leeds-release-1.zip",
        "compendium verify dist/leeds-release-1.zip --same-as outputs/leeds",
        "compendium verify outputs/leeds",
    )
)
def verify(
    release: Annotated[Path, typer.Argument(metavar="FILE|DIR", help="A release: its zip, its folder, its tables.")],
    root: UnusedRoot = None,
    same_as: Annotated[
        Path | None,
        typer.Option("--same-as", metavar="DIR", help="What a rerun made: must be the same, byte for byte."),
    ] = None,
    machine: Annotated[bool, typer.Option("--json", help="For programs: one JSON object on standard output.")] = False,
) -> None:
    """Check a release from its files alone: bag, crate, tables, hash; exit 1 when anything is not as it was."""
    from compendium.crate.verify import verify as examine

    found = examine(release, same_as)
    if machine:
        problems = [asdict(problem) for problem in found.problems]
        said = {"release": found.release, "file": found.file, "checked": found.checked, "problems": problems}
        typer.echo(json.dumps(said))
        raise typer.Exit(code=1 if problems else 0)
    for line in found.checked:
        steps.tell(line)
    if found.problems:
        raise CompendiumError(found.problems)
    if found.bagged:
        steps.tell("Nothing is missing, added or changed.")
    else:
        steps.tell("What is described is there and unchanged. Whether a file was added, the hash alone can tell.")
    if found.file:
        steps.tell(
            "A program travels along, which the hash below doesn't hold. Before you run it, compare the whole file:"
        )
        steps.tell(f"sha256 {found.file}")
    steps.tell("Compare this hash of the release with the one in the ledger or the publication:")
    typer.echo(found.release)
