"""What a team that began with invented records puts in next: the first group of tables that is not its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compendium import dictionary
from compendium.beginning.groups import TEMPLATES, Group, groups
from compendium.dictionary.twin import FOLDER
from compendium.errors import Problem
from compendium.locality import load_locality
from compendium.paths import Root


@dataclass(frozen=True)
class Step:
    """How far a locality is: `left` of `of` tables are not its own yet; of `group`, which comes next, `missing`."""

    left: int
    of: int
    group: Group
    missing: tuple[str, ...]
    locality: str
    sensitive: bool

    def __str__(self) -> str:
        books = " and ".join(f"{TEMPLATES}/{name}" for name in dict.fromkeys(map(self.group.workbook, self.missing)))
        other = f", or use `{self.group.command}`" if self.group.command else ""
        where = " in a folder outside this one, named as data_root" if self.sensitive else ""
        begun = len(self.missing) < len(self.group.tables)  # then somebody wonders what is left
        rest = f" (left: {', '.join(self.missing)})" if begun else ""
        return (
            f"next: {self.group.title}{rest}. Fill in a copy of {books}{where}{other}; then name the file in "
            f"localities/{self.locality}/locality.yml. {self.left} of {self.of} tables are still synthetic or missing."
        )


def stale_twin(id: str, errors: Sequence[Problem]) -> str:
    """What to do when invented tables break the dictionaries of their locality, whose codes have changed since; else
    nothing.
    """
    folder = f"localities/{id}/{FOLDER.as_posix()}/"
    if not any(problem.file.startswith(folder) for problem in errors):
        return ""
    return (
        f"{id}: invented tables don't fit its dictionaries. If codes have changed there, `compendium twin {id}` "
        "makes them again, in those that stand there now."
    )


def help_of_another_country(root: Root, id: str) -> str:
    """What to do when a locality has offence codes of its own and its pages would send children to help lines of the
    United Kingdom; else nothing.
    """
    place = load_locality(root, id)
    if place.help.emergency or not {"offence_codes", "outcomes"}.intersection(place.dictionaries):
        return ""
    return (
        f"{id}: its pages name the emergency number and help lines of the United Kingdom. A child there can't use "
        f"them: write `help` and `help_lines` in localities/{id}/locality.yml."
    )


def next_step(root: Root, id: str) -> Step | None:
    """The next step of a locality that keeps its `templates/`; None when all its tables are its own.

    Raises `InputRefused` when its settings or the dictionaries are broken.
    """
    if not (root.localities / id / TEMPLATES).is_dir():
        return None
    place = load_locality(root, id)
    dictionaries = dictionary.load(root.dictionaries, place.dictionary_files())
    found = list(groups(dictionaries.groups))
    tables = [table for group in found for table in group.tables]
    left = {table for table in tables if table not in place.sources or place.sources[table].provenance == "synthetic"}
    for group in found:
        if missing := left.intersection(group.tables):
            sensitive = any(dictionaries[table].sensitive for table in missing)
            those = tuple(table for table in group.tables if table in missing)
            return Step(len(left), len(tables), group, those, id, sensitive)
    return None
