"""Commands about what comes in: `twin`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from compendium.cli import steps
from compendium.cli.application import app
from compendium.cli.options import RootDir, examples


@app.command(epilog=examples("compendium twin blackpool", "compendium twin blackpool --adversarial --out edge_cases"))
def twin(
    context: typer.Context,
    locality: Annotated[str, typer.Argument(help="Id of a locality.")],
    adversarial: Annotated[
        bool, typer.Option("--adversarial", help="Every legal edge case instead, for tests; needs --out.")
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the edge cases, outside localities/.")] = None,
    root: RootDir = None,
) -> None:
    """Make a locality's synthetic tables again, in the codes that it has now, and its blank spreadsheets."""
    from compendium.beginning import blanks_again
    from compendium.dictionary import twin as synthetic
    from compendium.dictionary.twin_adversarial import write_adversarial
    from compendium.locality import load_locality

    if adversarial != (out is not None):
        raise typer.BadParameter(
            "--adversarial and --out DIR belong together: edge cases never become a locality's data."
        )
    here = steps.here(context, root)
    (name,) = steps.named(here, [locality])
    found = load_locality(here, name)
    period = (found.period.first, found.period.last)
    if out is None:
        own = found.dictionary_files()
        written = synthetic.write(here, name, area_level=found.area_level, period=period, own=own)
        written += blanks_again(here, name)
    else:
        written = write_adversarial(here, name, out, area_level=found.area_level, period=period)
    for path in written:
        typer.echo(here.relative(path) if out is None else path)
