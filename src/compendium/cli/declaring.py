"""`declare`: the progression criteria of a pilot, with the fingerprints by which a later change is found."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from compendium import csvfile
from compendium.cli import steps
from compendium.cli.application import app
from compendium.cli.options import RootDir, examples
from compendium.errors import CompendiumError, InputRefused, Problem, refuse_errors
from compendium.paths import Root
from compendium.writing import write_whole

COLUMNS = ("criterion", "declared_on", "fingerprint")
NAMED = ("progression_criteria", "pilot_protocol", "pilot_waves", "pilot_services", "assessments")


@app.command(
    epilog=examples(
        "compendium declare leeds",
        "compendium declare leeds --out localities/leeds/data/pilot_protocol.csv",
    )
)
def declare(
    context: typer.Context,
    locality: Annotated[str, typer.Argument(metavar="LOCALITY", help="Id of the locality.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The file of the protocol; else it is printed.")
    ] = None,
    root: RootDir = None,
) -> None:
    """Declare a pilot's progression criteria before its first rating: the rows of its protocol, with fingerprints."""
    from compendium import declared

    here = steps.here(context, root)
    (name,) = steps.named(here, [locality])
    tables = _read(here, name)
    criteria = tables["progression_criteria"]
    protocol = [
        {"criterion": row["criterion"], "declared_on": row["declared_on"], "fingerprint": declared.fingerprint(row)}
        for row in criteria
    ]
    first = min((row["began_on"] for row in tables["pilot_waves"]), default=None)
    rated = bool(tables["assessments"])
    wrong = declared.broken(criteria, tables["pilot_protocol"] if rated else protocol, first)
    if wrong:
        raise InputRefused([Problem(f"table {one.table}", None, "criterion", one.message, one.remedy) for one in wrong])
    text = csvfile.text_of(COLUMNS, [[row[name] for name in COLUMNS] for row in protocol])
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_whole(out, text)
        typer.echo(str(out))
    typer.echo(f"all criteria together: {declared.of_all(row['fingerprint'] for row in protocol)}", err=out is None)


def _read(root: Root, name: str) -> dict[str, list[dict[str, Any]]]:
    from compendium import dictionary
    from compendium.locality import load_locality

    place = load_locality(root, name)
    dictionaries = dictionary.load(root.dictionaries, place.dictionary_files())
    found = {table: place.source(table, dictionaries) for table in NAMED}
    paths = {table: source.path for table, source in found.items() if source and source.path.is_file()}
    if "progression_criteria" not in paths:
        raise CompendiumError(
            f"{name} has no progression criteria.",
            "Fill in `compendium template progression_criteria` and name the file.",
        )
    checked = dictionary.read_tables(paths, dictionaries, labels={t: root.relative(p) for t, p in paths.items()})
    refuse_errors(checked.problems)
    return {table: checked.tables[table].to_dicts() if table in paths else [] for table in NAMED}
