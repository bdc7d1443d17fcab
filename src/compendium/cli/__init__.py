"""The commands: parse, call, print. Nothing heavy is imported before it is needed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import typer

from compendium import failures
from compendium.cli import (  # noqa: F401 (the order of --help)
    assessing,
    beginning,
    comparing,
    data_in,
    declaring,
    disclosure_control,
    frameworks,
    importing,
    machine,
    main_job,
    releasing,
    templates,
    tracing,
)
from compendium.cli.application import app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command: exit 0 only when all that was asked is done; no traceback for what a user can mend."""
    command: Callable[..., Any] = typer.main.get_command(app)
    given = list(arguments) if arguments is not None else None
    with failures.told():
        result = command(given, prog_name="compendium", standalone_mode=False)
    sys.exit(result if isinstance(result, int) else 0)
