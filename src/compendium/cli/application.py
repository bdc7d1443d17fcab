"""The application that every command registers with."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

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


class Grouped(TyperCommand):
    """Lists arguments, options of every use, then the options of each heading (`rich_help_panel`) below its own."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        headings: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
        for param in self.get_params(ctx):
            own = "Arguments" if param.param_type_name == "argument" else "Options"
            if record := param.get_help_record(ctx):
                headings.setdefault(getattr(param, "rich_help_panel", None) or own, []).append(record)
        for heading, records in headings.items():
            if records:
                with formatter.section(heading):
                    formatter.write_dl(records)


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
