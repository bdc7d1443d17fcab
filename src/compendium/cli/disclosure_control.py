"""`protect` and `audit`: disclosure control of any table of any project."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from compendium.cli.application import app
from compendium.cli.options import UnusedRoot, examples


@app.command(
    epilog=examples(
        "compendium protect counts.csv --rows district --columns form --count n --out protected",
        "compendium protect counts.csv --rows district --columns form --count n --out protected --explain "
        "--merge form=groups.csv",
    )
)
def protect(
    table: Annotated[Path, typer.Argument(help="A long CSV, a row a cell.")],
    rows: Annotated[str, typer.Option(help="Column of the row labels.")],
    columns: Annotated[str, typer.Option(help="Column of the column labels.")],
    count: Annotated[str, typer.Option(help="Column of the counts.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where protected.csv and certificate.json go.")],
    policy: Annotated[str, typer.Option(help="Name of a disclosure policy.")] = "threshold-10",
    private: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where the reasons for hiding go; never inside DIR.")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say which cells are hidden why, and which redesigns would hide less.")
    ] = False,
    merge: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN=FILE", help="A CSV (child,parent) that says how labels may be grouped."),
    ] = None,
    root: UnusedRoot = None,
) -> None:
    """Disclosure control of any table, alone. What --explain prints is private."""
    from compendium import disclosure

    merges = {column: Path(file) for column, _, file in (each.partition("=") for each in merge or [])}
    told = ""
    if explain or merges:  # first, so that a faulty --merge leaves nothing behind
        told = disclosure.explain_csv(table, rows=rows, columns=columns, count=count, policy_name=policy, merges=merges)
    typer.echo(
        disclosure.protect_csv(table, rows=rows, columns=columns, count=count, policy=policy, out=out, private=private)
    )
    if told:
        typer.echo(told)


@app.command(epilog=examples("compendium audit outputs/blackpool", "compendium audit protected"))
def audit(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of released tables, by any tool.")],
    count: Annotated[
        str, typer.Option(help="Column of the counts, for tables that do not say; else it is found.")
    ] = "",
    rounded: Annotated[
        int, typer.Option(min=0, metavar="N", help="What counts of other tools are rounded to, when they are.")
    ] = 0,
    root: UnusedRoot = None,
) -> None:
    """Attack what DIR publishes, from its files alone; exit 1 when any hidden cell is not protected."""
    from compendium import disclosure

    found = disclosure.audit_dir(folder, count=count, rounded=rounded)
    typer.echo(found.text)
    if not found.protected:
        raise typer.Exit(1)
