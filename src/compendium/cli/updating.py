"""`update`: bring a team's own repository to the version that is installed."""

from __future__ import annotations

import json as jsonlib
from typing import TYPE_CHECKING, Annotated

import typer

from compendium.cli import steps
from compendium.cli.application import app
from compendium.cli.options import Json, RootDir, examples
from compendium.errors import LISTED, CompendiumError

if TYPE_CHECKING:
    from compendium.repository.updating import Update

TOLD = ("conflict", "merged", "yours", "added", "removed", "renewed")  # what needs somebody first
COUNTED = ("renewed", "added", "removed")  # of these many are no news


@app.command(epilog=examples("compendium update --dry-run", "compendium update", "compendium update --json"))
def update(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change; write nothing.")] = False,
    machine: Json = False,
    root: RootDir = None,
) -> None:
    """Bring a repository of your own to the installed version, without losing what you changed.

    What you left as it was is renewed. What you and the new version changed in different places is brought together.
    What both changed in the same place stays as it is; the new version's is laid beside it as FILE.new.
    """
    from compendium.repository import journal, laying, record, updating

    here = steps.beside(context, root).path
    if not record.is_own(here):
        raise CompendiumError(
            "This is a checkout of the project itself, not a repository of your own.",
            "Its new versions come by git; `compendium new ID --into DIR` makes a repository of your own.",
        )
    for line in journal.finish(here):
        steps.tell(line)
    planned = updating.plan(here)
    if not dry_run:
        updating.carry_out(here, planned)
        laying.prepare(here, lambda line: None)
    typer.echo(jsonlib.dumps(_record(planned, dry_run), ensure_ascii=False) if machine else _text(planned, dry_run))
    if planned.conflicts or planned.refused:
        raise typer.Exit(1)


def _record(planned: Update, dry_run: bool) -> dict[str, object]:
    return {
        "from": {"version": planned.old.version, "parts": planned.old.parts},
        "to": {"version": planned.new.version, "parts": planned.new.parts},
        "dry_run": dry_run,
        "unchanged": len(planned.of("unchanged")),
        "files": [
            {"path": change.path, "state": change.state, "aside": change.beside}
            for state in TOLD
            for change in planned.of(state)
        ],
        "problems": [str(problem) for problem in planned.refused],
    }


def _text(planned: Update, dry_run: bool) -> str:
    if planned.old == planned.new and not any(planned.of(state) for state in TOLD if state != "yours"):
        return f"{planned.new.version} is what this repository rests on: there is nothing to bring."
    lines = [f"{planned.old} to {planned.new}{', if it were done' if dry_run else ''}"]
    for state in TOLD:
        changes = planned.of(state)
        if state in COUNTED and len(changes) > LISTED:
            lines.append(f"{state:<9} {len(changes)} files")
        else:
            beside = (f": {change.beside}" if change.beside else "" for change in changes)
            lines += [
                f"{state:<9} {change.path} ({change.why}){more}" for change, more in zip(changes, beside, strict=True)
            ]
    lines += [f"problem   {problem}" for problem in planned.refused]
    if planned.conflicts:
        lines.append("next: bring what each .new says into the file without .new, delete it, then compendium report")
    elif not dry_run:
        lines.append("next: compendium check, compendium report; then commit what git shows")
    return "\n".join(lines)
