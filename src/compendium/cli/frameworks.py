"""`framework`: versions of the quality standards, what differs between them, a framework of your own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compendium.cli import steps
from compendium.cli.application import Commands, app
from compendium.cli.options import RootDir, examples
from compendium.errors import UnknownName, nearest
from compendium.paths import Root

if TYPE_CHECKING:
    from compendium.framework.standards import Framework

frameworks = typer.Typer(
    cls=Commands,
    help="The quality standards: their versions, what differs between two, a framework of your own.",
    no_args_is_help=True,
    epilog=examples("compendium framework list", "compendium framework compare illustrative@0.9 illustrative@1.0"),
)
app.add_typer(frameworks, name="framework")


@frameworks.callback()
def everywhere(context: typer.Context, root: RootDir = None) -> None:
    context.obj = root or context.obj


@frameworks.command("list", epilog=examples("compendium framework list"))
def listed(context: typer.Context, root: RootDir = None) -> None:
    """List every version, and which framework each locality uses."""
    from compendium.framework import standards, versions
    from compendium.framework.local import framework_of
    from compendium.locality import known_localities, load_locality

    here = steps.here(context, root)
    kept = versions.released(here.framework)
    for name in standards.versions(here.framework):
        typer.echo(f"{name}: {f'released, {kept[name][:12]}' if name in kept else 'not released yet'}")
    for id in known_localities(here):
        typer.echo(f"{id}: {framework_of(here, load_locality(here, id)).how}")


@frameworks.command(
    epilog=examples(
        "compendium framework compare illustrative@0.9 illustrative@1.0",
        "compendium framework compare illustrative@1.0 leeds",
        "compendium framework compare illustrative@0.9 illustrative@1.0 --to markdown",
    )
)
def compare(
    context: typer.Context,
    before: Annotated[str, typer.Argument(metavar="A", help="A version, or a locality for its framework.")],
    after: Annotated[str, typer.Argument(metavar="B", help="The same.")],
    to: Annotated[str, typer.Option("--to", help="text, or markdown with a table of every difference.")] = "text",
    root: RootDir = None,
) -> None:
    """Say what was added, removed, moved, reworded, counted or rated otherwise between two frameworks."""
    from compendium.framework import compare as comparing
    from compendium.report.framework_page import history

    here = steps.here(context, root)
    if to not in ("text", "markdown"):
        raise typer.BadParameter("--to is text or markdown.")
    old, new = (_framework(here, name) for name in (before, after))
    if to == "markdown":
        typer.echo(history.compared(old, new))
        return
    for line in comparing.in_words(old, new):
        typer.echo(line)


@frameworks.command(
    epilog=examples(
        "compendium framework start leeds --adopt illustrative@1.0",
        "compendium framework start leeds --adapt illustrative@1.0",
        "compendium framework start leeds --write",
    )
)
def start(
    context: typer.Context,
    locality: Annotated[str, typer.Argument(help="Id of a locality.")],
    adopt: Annotated[str, typer.Option("--adopt", metavar="VERSION", help="Take a version as it stands.")] = "",
    adapt: Annotated[str, typer.Option("--adapt", metavar="VERSION", help="Begin a file of what differs.")] = "",
    write: Annotated[bool, typer.Option("--write", help="Begin a folder with standards of your own.")] = False,
    root: RootDir = None,
) -> None:
    """Begin a framework of your own: adopt a version, adapt one, or write anew. Nothing there is overwritten."""
    from compendium.framework import starting
    from compendium.locality import load_locality

    here = steps.here(context, root)
    (name,) = steps.named(here, [locality])
    if sum([bool(adopt), bool(adapt), write]) != 1:
        raise typer.BadParameter("Give one of --adopt, --adapt and --write.")
    way: starting.Way = "adopt" if adopt else "adapt" if adapt else "write"
    for line in starting.start(here, load_locality(here, name), way, adopt or adapt):
        typer.echo(line)


@frameworks.command(epilog=examples("compendium framework release illustrative@1.1"))
def release(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="VERSION", help="Such as illustrative@1.1.")],
    root: RootDir = None,
) -> None:
    """Write down the hash of a version: from then on an edit of it is an error, and a change is a new version."""
    from compendium.framework import standards, versions

    here = steps.here(context, root)
    typer.echo(f"{versions.release(here.framework, here.evidence, name)} is released")
    newest = standards.load(here.framework, here.evidence, name.split("@")[0])
    if newest.outline.id == standards.DEFAULT:
        _write_made(here)


@frameworks.command(epilog=examples("compendium framework links", "compendium framework links leeds"))
def links(
    context: typer.Context,
    locality: Annotated[str, typer.Argument(help="A locality with a framework of its own.")] = "",
    root: RootDir = None,
) -> None:
    """Make the tables that are made from a framework: its links for the trace, and its JSON Schemas; for a locality
    also the codes that its tables of ratings must know, named in its locality.yml."""
    from compendium.framework import recording
    from compendium.locality import load_locality

    here = steps.here(context, root)
    if not locality:
        _write_made(here)
        return
    (name,) = steps.named(here, [locality])
    for line in recording.record(here, load_locality(here, name)):
        typer.echo(line)


def _write_made(here: Root) -> None:
    from compendium.framework import links as linking
    from compendium.framework import standards
    from compendium.framework.as_json_schema import json_schemas
    from compendium.writing import write_whole

    made: dict[Path, str] = {here.framework / "schema" / name: text for name, text in json_schemas().items()}
    made[here.framework / "links.csv"] = linking.as_csv(standards.load(here.framework, here.evidence))
    for path, text in made.items():
        write_whole(path, text)
        typer.echo(here.relative(path))


def _framework(here: Root, name: str) -> Framework:
    from compendium.framework import standards
    from compendium.framework.local import framework_of
    from compendium.locality import known_localities, load_locality

    if name in known_localities(here):
        return framework_of(here, load_locality(here, name)).framework
    ids = {each.split("@")[0] for each in standards.versions(here.framework)}
    if "@" not in name and name not in ids:
        known = [*standards.versions(here.framework), *known_localities(here)]
        raise UnknownName(f"{name[:60]} is neither a version nor a locality.", nearest(name[:60], known))
    return standards.load(here.framework, here.evidence, name)
