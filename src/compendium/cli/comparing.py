"""`compare`: localities side by side in the terminal, from released tables."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from compendium.cli import adding_up, steps
from compendium.cli.application import app
from compendium.cli.options import Json, RootDir, examples

if TYPE_CHECKING:
    from compendium.report.comparing import Apart, Cell, Compared

WIDEST = 46  # letters of a label
CAREFUL = (
    "From released tables only; a share has its 95 % interval (Wilson). No test compares the areas, and none is better "
    "or worse than another: they differ in how much is recorded, and in who lives there."
)


@app.command(
    epilog=examples(
        "compendium compare blackpool demo_area_b",
        "compendium compare blackpool demo_area_b --table victims_by_form",
        "compendium compare blackpool demo_area_b --json",
        "compendium compare --together",
    )
)
def compare(
    context: typer.Context,
    localities: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="A B...", help="Two localities or more, gathered ones too; with --together none is all."
        ),
    ] = None,
    table: Annotated[str, typer.Option("--table", metavar="NAME", help="Only this table of counts.")] = "",
    together: Annotated[bool, typer.Option("--together", help="Add them up, and attack the sums.")] = False,
    machine: Json = False,
    root: RootDir = None,
) -> None:
    """Lay localities side by side: what their released tables count alike; with --together, added up."""
    from compendium.across import registry
    from compendium.report.comparing import compare as compared

    here = steps.here(context, root)
    ids = steps.named(here, localities, more=registry.ids(here)) if localities or not together else []
    if len(ids) < 2 and not (together and not localities):
        raise typer.BadParameter("Name two localities or more.")
    if together:
        adding_up.told(here, ids, table, machine=machine)
        return
    found, apart = compared(here, ids, table)
    if machine:
        typer.echo(json.dumps({"localities": ids, "compared": _records(found), "apart": list(map(asdict, apart))}))
        return
    typer.echo("\n".join([CAREFUL, *(line for one in found for line in _told(one, ids)), *_apart(apart)]))


def _records(found: list[Compared]) -> list[dict[str, object]]:
    return [
        {**asdict(one), "rows": [{**asdict(row), "shares": [cell.share for cell in row.cells]} for row in one.rows]}
        for one in found
    ]


def _told(one: Compared, ids: list[str]) -> list[str]:
    kinds = [f"{id}, {kind}" if kind != "real" else id for id, kind in zip(ids, one.provenance, strict=True)]
    body = [(row.label, [_cell(cell) for cell in row.cells]) for row in one.rows]
    first = max(len(one.by), *(min(len(label), WIDEST) for label, _ in body))
    widths = [max(len(kind), *(len(cells[at]) for _, cells in body)) for at, kind in enumerate(kinds)]
    lines = [(one.by, kinds), *body]
    return [
        "",
        f"{one.title} ({one.table}; unit: {one.unit})",
        *(_line(label, cells, first, widths) for label, cells in lines),
    ]


def _line(label: str, cells: list[str], first: int, widths: list[int]) -> str:
    short = label if len(label) <= WIDEST else f"{label[: WIDEST - 1]}…"
    return "  ".join([f"  {short:<{first}}", *(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))])


def _cell(cell: Cell) -> str:
    if cell.count is None:
        return "hidden"
    if cell.share is None or cell.count == cell.of:
        return f"{cell.count:,}"
    share, low, high = (f"{100 * part:.0f}" for part in cell.share)
    return f"{cell.count:,}  {share:>2}% ({low} to {high})"


def _apart(apart: list[Apart]) -> list[str]:
    return ["", "Not side by side:", *(f"  {one.table}: {one.why}" for one in apart)] if apart else []
