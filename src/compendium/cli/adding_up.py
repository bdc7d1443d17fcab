"""`compare --together`: places added up in the terminal, and the attack on sums and parts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import typer

from compendium.errors import CompendiumError, UnknownName, nearest
from compendium.paths import Root

if TYPE_CHECKING:
    from compendium.across.attacked import Attacked
    from compendium.across.sums import Apart, Line, Together

WIDEST = 52  # letters of a label
CAREFUL = (
    "From released tables only, no record. A sum is a number where every place shows its part, else the lowest and the "
    "highest that it can be. Nothing here is a ranking: how much gets recorded differs more than what happens."
)


def told(root: Root, ids: Sequence[str], table: str = "", *, machine: bool = False) -> None:
    """Print every sum of the localities `ids` (all when none is named), and what an attack on them came to."""
    from compendium.across.attacked import adds_nothing, attack_together
    from compendium.across.sums import add_up
    from compendium.report.laid_together import parts

    every = parts(root)
    chosen = [part for part in every if not ids or part.id in ids]
    lacking = [id for id in ids if id not in {part.id for part in chosen}]
    if lacking or len(chosen) < 2:
        said = f"{', '.join(lacking)}: nothing that may be shown." if lacking else "There are no two places to add up."
        raise CompendiumError(said, "Run them, or bring in the release of another team with `compendium gather`.")
    known = sorted({name for part in chosen for name in part.tables})
    if table and table not in known:
        raise UnknownName(f"No table is called {table[:60]}.", nearest(table, known))
    found, apart = add_up(chosen, table)
    if wrong := adds_nothing(found):
        raise CompendiumError(f"Sums don't follow from what the places show: {', '.join(wrong)}.", "Tell the makers.")
    attacked = attack_together(chosen, found)
    if attacked.learnt:
        raise CompendiumError(
            f"Sums tell more than their parts do, of {', '.join(attacked.learnt)}.", "Tell the makers."
        )
    if machine:
        typer.echo(json.dumps(_record(found, apart, attacked)))
        return
    lines = [CAREFUL, *(line for one in found for line in _lines(one)), "", _attack(attacked)]
    lines += ["", "Not added up:", *(f"  {one.what}: {one.why}" for one in apart)] if apart else []
    typer.echo("\n".join(lines))


def _attack(attacked: Attacked) -> str:
    return (
        f"{attacked.cells} hidden cells were attacked with {attacked.sums} sums beside their own tables: nothing more "
        "follows about any of them."
    )


def _lines(one: Together) -> Iterator[str]:
    from compendium.report.together_figures import number

    where = ", ".join(part.id for part in one.parts)
    yield from ("", f"{one.title} ({one.name}; unit: {one.unit}; {one.provenance}; {where})")
    rows = [(one.dimension.title, "Together", "Share")]
    rows += [(line.label, number(line.together), _share(one, line)) for line in (*one.lines, one.whole)]
    first = min(WIDEST, max(len(label) for label, *_ in rows))
    widths = [max(len(row[at]) for row in rows) for at in (1, 2)]
    for label, count, share in rows:
        short = label if len(label) <= first else f"{label[: first - 1]}…"
        yield f"  {short:<{first}}  {count:>{widths[0]}}  {share:>{widths[1]}}".rstrip()


def _share(one: Together, line: Line) -> str:
    """The share of all, and the pool where three places or more stand behind it."""
    from compendium.across import pools

    count, whole = line.together.count, one.whole.together.count
    share = f"{100 * count / whole:.0f}%" if count is not None and whole and line is not one.whole else ""
    span = pools.share(one, line).span if line is not one.whole else None
    return f"{share}  pooled {100 * span[0]:.0f} to {100 * span[1]:.0f}%".strip() if span else share


def _record(found: Sequence[Together], apart: Sequence[Apart], attacked: Attacked) -> dict[str, object]:
    return {
        "sums": [
            {
                "table": one.name,
                "unit": one.unit,
                "provenance": one.provenance,
                "dimension": one.dimension.name,
                "localities": [part.id for part in one.parts],
                "rows": [
                    {
                        "category": line.code,
                        "count": line.together.count,
                        "lowest": line.together.low,
                        "highest": line.together.high,
                    }
                    for line in (*one.lines, one.whole)
                ],
            }
            for one in found
        ],
        "apart": [{"what": one.what, "why": one.why} for one in apart],
        "attacked": {"cells": attacked.cells, "sums": attacked.sums, "learnt": list(attacked.learnt)},
    }
