"""How a command ends when something is wrong: every problem in words, an exit status that is never 0, no traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer

from compendium.errors import CompendiumError, Problem, counted


@contextmanager
def told() -> Iterator[None]:
    """Turn what is raised inside into words on standard error and an exit status: 1, 2 (usage), 70 (ours), 130."""
    try:
        yield
    except CompendiumError as refused:
        print_problems(refused.problems)
        count = counted(refused.problems)
        said, them = ("problem", "it") if count == 1 else ("problems", "them")
        _tell(f"{count:,} {said}. Nothing that rests on {them} was made.")
        sys.exit(1)
    except typer.TyperException as usage:
        usage.show()  # type: ignore[attr-defined]
        sys.exit(2)
    except (typer.Abort, KeyboardInterrupt):
        _tell("Stopped; what had finished is kept.")
        sys.exit(130)
    except OSError as broken:
        reason = broken.strerror or type(broken).__name__
        where = f"{Path(str(broken.filename)).name}: " if broken.filename else ""
        _tell(f"error: {where}the system refused ({reason}). Is the disk full, or a folder not writable?")
        sys.exit(1)
    except Exception as unexpected:
        if os.environ.get("COMPENDIUM_DEBUG"):
            raise
        _tell(f"error: a fault of the program itself ({type(unexpected).__name__} {_place(unexpected)}).")
        _tell("Nothing was released. Please report it.")
        _tell("With COMPENDIUM_DEBUG=1 the whole traceback is shown: it may hold records, so keep it private.")
        sys.exit(70)


def print_problems(problems: Sequence[Problem]) -> None:
    """A line a problem."""
    for problem in problems:
        _tell(f"{problem.level}: {problem}")


def _tell(text: str) -> None:
    typer.echo(text, err=True)


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"in {Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno}" if trace else ""
