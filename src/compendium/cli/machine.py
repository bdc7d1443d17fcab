"""`doctor`: what this machine has."""

from __future__ import annotations

import typer

from compendium.cli.application import app
from compendium.cli.options import RootDir, examples


@app.command(epilog=examples("compendium doctor"))
def doctor(context: typer.Context, root: RootDir = None) -> None:
    """What is installed, what is missing, how notebooks are held here, and whether git holds private files.

    `optional`: much goes without. `MISSING`: nothing runs without. `MEND`: something is where it must not be. The last
    two end with status 1.
    """
    from compendium.doctor import examine
    from compendium.doctor.line import MEND, MISSING

    found = examine(root or context.obj)
    for line in found:
        typer.echo(f"{line.standing:8} {line.what}: {line.text}")
    if any(line.standing in (MISSING, MEND) for line in found):
        raise typer.Exit(1)
