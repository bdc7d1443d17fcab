"""How a command ends when something is wrong: every problem in words, an exit status that is never 0, no traceback."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer

from compendium.errors import CompendiumError, Problem, counted
from compendium.writing import without_locks

NO_LOCKS = (
    "the file system knows no locks there, as some network drives: two commands at once could spoil each other's work. "
    "Give one at a time, or keep the compendium on a disk of this machine."
)
_MENDED_BY = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "The disk is full: make room"),
    **dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), "Make the folder and the file writable for yourself"),
    **dict.fromkeys((errno.EMFILE, errno.ENFILE), "Too many files are open: close other programs"),
}


@dataclass(frozen=True)
class Ending:
    """How an error ends a command."""

    status: int
    problems: tuple[Problem, ...]
    said: tuple[str, ...] = ()  # to people, after the problems


def ending(error: BaseException) -> Ending | None:
    """Exit status 1 (something to mend), 70 (a fault of ours) or 130 (stopped); None for what isn't told in our words.

    Of a fault of ours only its kind and place are named: its own words may hold a record.
    """
    if isinstance(error, CompendiumError):
        count = counted(error.problems)
        said, them = ("problem", "it") if count == 1 else ("problems", "them")
        return Ending(1, error.problems, (f"{count:,} {said}. Nothing that rests on {them} was made.",))
    if isinstance(error, typer.Abort | KeyboardInterrupt):
        return Ending(130, (), ("Stopped; what had finished is kept.",))
    if isinstance(error, OSError):
        reason = error.strerror or type(error).__name__
        where = f"{Path(str(error.filename)).name}: " if error.filename else ""
        remedy = (
            f"{_MENDED_BY.get(error.errno or 0, 'Mend that')}, then give the command again: what had finished is kept."
        )
        return Ending(1, (Problem(message=f"{where}the system refused ({reason}).", remedy=remedy),))
    if not isinstance(error, Exception) or isinstance(error, typer.TyperException | typer.Exit):
        return None
    if os.environ.get("COMPENDIUM_DEBUG"):
        return None
    message = f"a fault of the program itself ({type(error).__name__} {_place(error)})."
    traceback = "With COMPENDIUM_DEBUG=1 the whole traceback is shown: it may hold records, so keep it private."
    return Ending(70, (Problem(message=message),), ("Nothing was released. Please report it.", traceback))


@contextmanager
def told() -> Iterator[None]:
    """Turn what is raised inside into words on standard error and an exit status: 1, 2 (usage), 70 (ours), 130."""
    try:
        yield
    except typer.TyperException as usage:
        usage.show()  # type: ignore[attr-defined]
        sys.exit(2)
    except BaseException as error:
        if (end := ending(error)) is None:
            raise
        print_problems(end.problems)
        for line in end.said:
            _tell(line)
        sys.exit(end.status)
    finally:
        if without_locks:
            _tell(f"warning: {min(path.resolve().name for path in without_locks)}/: {NO_LOCKS}")
            without_locks.clear()


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
