"""The commands: parse, call, print. Nothing heavy is imported before it is needed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

from compendium.cli import at_once


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command: exit 0 only when all that was asked is done; no traceback for what a user can mend."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if at_once.nothing_to_do(given):
        sys.exit(0)
    import typer

    from compendium import failures, quick_start
    from compendium.cli import commands  # noqa: F401
    from compendium.cli.application import app

    quick_start.without_grammars()
    command: Callable[..., Any] = typer.main.get_command(app)
    with failures.told():
        result = command(given, prog_name="compendium", standalone_mode=False)
    sys.exit(result if isinstance(result, int) else 0)
