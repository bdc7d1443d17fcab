"""`check --problems FILE.xlsx`: where the workbook of problems may lie, and its writing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from compendium.errors import CompendiumError, Problem
from compendium.paths import Root
from compendium.writing import write_new

if TYPE_CHECKING:
    from compendium.checks import CheckedFile


def refuse_early(path: Path, root: Root) -> None:
    """Refuse a file that can't be the workbook, before an hour is spent on checking."""
    if path.suffix.lower() != ".xlsx":
        raise CompendiumError(f"--problems {path.name}: the problems are a workbook.", "End its name with .xlsx.")
    if path.exists() or path.is_symlink():
        raise CompendiumError(f"--problems {path.name}: the file is there already.", "Name another, or delete it.")
    if not path.parent.is_dir():
        raise CompendiumError(f"--problems {path.name}: its folder isn't there.", "Make the folder first.")
    folder = path.parent.resolve()
    if any(folder.is_relative_to(published.resolve()) for published in (root.outputs, root.places)):
        remedy = "Name a file elsewhere: it holds rows of the inputs."
        raise CompendiumError(f"--problems {path.name}: it would lie among what may be published.", remedy)


def write(path: Path, root: Root, problems: Sequence[Problem], files: Sequence[CheckedFile]) -> bool:
    """Write the workbook; whether it may hold records of real persons. Refuses those inside the checkout."""
    from compendium.dictionary.faulty import faulty_rows
    from compendium.dictionary.problem_book import Marked, problem_book
    from compendium.locality.folders import checkout_around

    at_fault = {file: tuple(problem for problem in problems if problem.file == file.name) for file in files}
    at_fault = {file: wrong for file, wrong in at_fault.items() if any(one.row is not None for one in wrong)}
    private = any(file.private for file in at_fault)
    if private and path.parent.resolve().is_relative_to(checkout_around(root.path)):
        remedy = "Name a file outside the checkout, where the records themselves are kept."
        raise CompendiumError(f"--problems {path.name}: it would hold real records inside the checkout.", remedy)
    tables = [
        Marked(file.table, file.name, wrong, faulty_rows(file.path, file.described, wrong, file.rows))
        for file, wrong in at_fault.items()
    ]
    try:
        write_new(path, problem_book(problems, tables, real=private))
    except FileExistsError as taken:
        raise CompendiumError(f"--problems {path.name}: the file is there already.", "Name another.") from taken
    return private
