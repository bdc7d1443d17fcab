"""`doctor`: what this machine has."""

from __future__ import annotations

import typer

from compendium.cli.application import app
from compendium.cli.options import RootDir, examples


@app.command(epilog=examples("compendium doctor"))
def doctor(context: typer.Context, root: RootDir = None) -> None:
    """What is installed, what is missing, which engine and which kernel would be used."""
    from compendium.doctor import examine

    found = examine(root or context.obj)
    for line in found:
        typer.echo(f"{'ok     ' if line.good else 'optional' if line.optional else 'MISSING'} {line.what}: {line.text}")
    if any(not line.good and not line.optional for line in found):
        raise typer.Exit(1)
