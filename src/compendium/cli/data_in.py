"""Commands about what comes in: `twin`."""

from __future__ import annotations

from typing import Annotated

import typer

from compendium.cli import steps
from compendium.cli.application import app
from compendium.cli.options import RootDir, examples


@app.command(epilog=examples("compendium twin blackpool"))
def twin(
    context: typer.Context, locality: Annotated[str, typer.Argument(help="Id of a locality.")], root: RootDir = None
) -> None:
    """Make a locality's synthetic tables again from localities/twin_parameters.yml."""
    from compendium.dictionary import twin as synthetic
    from compendium.locality import load_locality

    here = steps.here(context, root)
    (name,) = steps.named(here, [locality])
    found = load_locality(here, name)
    period = (found.period.first, found.period.last)
    for path in synthetic.write(here, name, area_level=found.area_level, period=period):
        typer.echo(here.relative(path))
