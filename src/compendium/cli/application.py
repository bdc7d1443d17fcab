"""The application that every command registers with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from compendium import __version__
from compendium.cli.options import RootDir

COMMANDS = {  # in the order in which people meet them
    "From inputs to a site": ("check", "run", "render", "report", "why"),
    "A locality and what comes in": ("new", "template", "import", "twin", "assess", "framework", "declare"),
    "Protection and release": ("protect", "audit", "release", "verify"),
    "Beside other places": ("compare", "gather"),
    "Upkeep": ("doctor", "same", "update"),
}
ORDER = tuple(name for names in COMMANDS.values() for name in names)
WHOLE = 200  # letters of a command's first sentence: all of it


class Commands(TyperGroup):
    """Lists its commands, each with the whole first sentence of its help."""

    def headings(self, ctx: Any) -> Mapping[str, Sequence[str]]:
        return {"Commands": self.list_commands(ctx)}

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        for heading, names in self.headings(ctx).items():
            told = {name: self.get_command(ctx, name) for name in names}
            with formatter.section(heading):
                formatter.write_dl([(name, one.get_short_help_str(WHOLE)) for name, one in told.items() if one])


class InOrder(Commands):
    """Lists the commands by what they are for."""

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(super().list_commands(ctx), key=ORDER.index)

    def headings(self, ctx: Any) -> Mapping[str, Sequence[str]]:
        return COMMANDS


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
