"""`gather`: releases of other teams into the registry, checked; only what they released."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compendium.cli import steps
from compendium.cli.application import app
from compendium.cli.options import Json, RootDir, examples

if TYPE_CHECKING:
    from compendium.across.part import Part


@app.command(
    epilog=examples(
        "compendium gather leeds-release-1.zip --link https://leeds.example.org/",
        "compendium gather ../leeds/localities/leeds/ledger",
        "compendium gather ../york/outputs/york --dry-run",
        "compendium gather --list",
        "compendium gather --remove leeds",
    )
)
def gather(
    context: typer.Context,
    releases: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[RELEASE]...", help="Another team's release: folder, zip, or its ledger folder."),
    ] = None,
    as_id: Annotated[str, typer.Option("--as", metavar="ID", help="Keep it under another id.")] = "",
    digest: Annotated[
        str, typer.Option("--hash", metavar="HASH", help="How its hash must begin: 12 signs of the one they publish.")
    ] = "",
    link: Annotated[str, typer.Option("--link", metavar="URL", help="Their site, https://…; the page links it.")] = "",
    remove: Annotated[str, typer.Option("--remove", metavar="ID", help="Take one out of the registry.")] = "",
    listed: Annotated[bool, typer.Option("--list", help="Print what was brought in.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check, and write nothing.")] = False,
    machine: Json = False,
    root: RootDir = None,
) -> None:
    """Bring in releases of other teams: checked by hash, attacked, kept in registry/."""
    from compendium.across import registry

    here = steps.here(context, root)
    given = releases or []
    if sum([bool(given), bool(remove), listed]) != 1:
        raise typer.BadParameter("Give releases, or --list, or --remove ID.")
    if (as_id or digest or link) and len(given) != 1:
        raise typer.BadParameter("--as, --hash and --link are about one release.")
    if remove:
        registry.remove(here, remove)
        steps.tell(f"{remove}: taken out. The next `compendium render` shows the places without it.")
        return
    if listed:
        found = registry.brought(here)
        if not found and not machine:
            steps.tell("Nothing was brought in yet: `compendium gather RELEASE` does.")
        for part in found:
            typer.echo(json.dumps(_record(part)) if machine else _told(part))
        return
    found = [_checked(path, as_id, digest, link) for path in given]  # all of them before any is written
    for part in found:
        result = registry.keep(here, part, dry_run=dry_run)
        if machine:
            typer.echo(json.dumps({**_record(part), "result": result, "written": not dry_run and result != "same"}))
        else:
            typer.echo(f"{_told(part)}: {_said(result, dry_run=dry_run)}")


def _checked(path: Path, as_id: str, digest: str, link: str) -> Part:
    from compendium.across import carried, checking
    from compendium.paths import ID

    if as_id and not ID.fullmatch(as_id):
        raise typer.BadParameter("An id is 2 to 40 of a-z, 0-9 and _, a letter first.")
    part = checking.checked(carried.read(path), digest)
    return replace(part, id=as_id or part.id, link=link)


def _said(result: str, *, dry_run: bool) -> str:
    if result == "same":
        return "here already, nothing changed"
    done = {"new": "brought in", "replaced": "brought in, in place of an earlier release"}[result]
    return f"sound; would be {done}" if dry_run else f"{done}; commit registry/"


def _told(part: Part) -> str:
    kinds = " and ".join(sorted(part.kinds)) or "public figures alone"
    hidden = sum(len(table.hidden) for table in part.tables.values())
    return (
        f"{part.id}: {part.name}, {part.period[0]} to {part.period[1]}, {kinds}; {len(part.tables)} tables of counts, "
        f"{hidden} hidden cells; release {part.release[:12]}"
    )


def _record(part: Part) -> dict[str, object]:
    return {
        "id": part.id,
        "name": part.name,
        "from": part.period[0],
        "to": part.period[1],
        "records": sorted(part.kinds),
        "tables": len(part.tables),
        "release": part.release,
        "link": part.link,
    }
