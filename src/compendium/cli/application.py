"""The application that every command registers with."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from compendium import __version__
from compendium.cli.options import RootDir

ORDER = (
    *("check", "run", "render", "report", "new", "twin", "template", "import"),
    *("protect", "audit", "same", "release", "verify", "framework", "compare", "gather"),
    *("why", "assess", "declare", "update", "doctor"),
)


class InOrder(TyperGroup):
    """Lists the commands in the order in which people meet them."""

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(super().list_commands(ctx), key=ORDER.index)


app = typer.Typer(
    name="compendium",
    cls=InOrder,
    help="From checked inputs to a site that cannot point at a child.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def everywhere(
    context: typer.Context,
    root: RootDir = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False,
) -> None:
    """What holds for every command: the root that was given, the version."""
    context.obj = root
    if version:
        typer.echo(__version__)
        raise typer.Exit
