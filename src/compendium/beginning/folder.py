"""Make the folder of a new locality: settings with a comment a key, templates, and a synthetic twin."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any

from compendium import dictionary
from compendium.beginning import elsewhere
from compendium.beginning.blanks import write_blanks
from compendium.beginning.groups import TEMPLATES, groups
from compendium.csvfile import rows_of
from compendium.dictionary import twin
from compendium.errors import InputRefused, Problem, nearest
from compendium.locality import FILE, ID, RESERVED, Place, known_localities
from compendium.locality.mistakes import MONTH, mistakes
from compendium.locality.written import Written
from compendium.paths import Root
from compendium.writing import folder_aside, write_whole
from compendium.yamlfile import parse_yaml
from compendium.yamlrecord import validated

FORCES = "force_areas"
LEVELS = ("zone", "district")


@dataclass(frozen=True)
class Wanted:
    """What a new locality is to be; `force_area` is a code or a name, `period` its first and last whole month."""

    id: str
    name: str = ""
    force_area: str = ""
    area_level: str = "zone"
    period: tuple[str, str] = ("2022-05", "2023-04")
    empty: bool = False
    elsewhere: bool = False  # outside the United Kingdom: dictionaries and code lists of its own, to be written over

    @property
    def title(self) -> str:
        return self.name or " ".join(word.capitalize() for word in self.id.split("_"))


def begin(root: Root, wanted: Wanted) -> Path:
    """The folder of the new locality, whole or not at all.

    Raises `InputRefused` with everything that is wrong with what is wanted; a folder that exists is never touched.
    """
    if problems := [*_force(root, wanted.force_area)[1], *_problems(root, wanted)]:
        raise InputRefused(problems)
    target = root.localities / wanted.id
    with folder_aside(target) as aside:
        if target.exists():  # somebody was quicker
            raise InputRefused(_taken(wanted.id))
        fill(aside, root, wanted)
    return target


def fill(folder: Path, root: Root, wanted: Wanted) -> None:
    """Write what a locality begins with into an empty folder. Raises `InputRefused` when its settings make no sense."""
    force, problems = _force(root, wanted.force_area)
    if problems:
        raise InputRefused(problems)
    dictionaries = dictionary.load(root.dictionaries)
    found = list(groups(dictionaries.groups))
    texts = _texts(wanted, force, found)
    if wanted.elsewhere:
        texts |= elsewhere.texts(root, dictionaries, wanted.id)
    source = parse_yaml(texts[FILE], f"localities/{wanted.id}/{FILE}")
    if wrong := mistakes(validated(Written, source), wanted.id, root, source):
        raise InputRefused(wrong)
    for name, text in texts.items():
        write_whole(folder / name, text)
    write_whole(folder / "ledger" / ".gitkeep", "")
    if not wanted.empty:
        parameters = twin.load_parameters(twin.parameters_path(root))
        tables = twin.make(wanted.id, parameters, dictionaries, area_level=wanted.area_level, period=wanted.period)
        for table, frame in tables.items():
            write_whole(folder / twin.FOLDER / f"{table}.synthetic.csv", twin.as_csv(frame))
    lookups = {name: root.path / one.default_file for name, one in dictionaries.items() if one.default_file}
    if not wanted.empty:  # lists in the workbooks offer the codes of its own areas
        lookups["areas"] = folder / twin.FOLDER / "areas.synthetic.csv"
    write_blanks(folder / TEMPLATES, dictionaries, lookups)


def _texts(wanted: Wanted, force: Place, found: list[Any]) -> dict[str, str]:
    from jinja2 import Environment, StrictUndefined

    made_up = f"They say nothing about {wanted.title}, and no child, case or service in them exists."
    note = f"They were made by a program, in invented areas. {made_up}"
    said = {
        "id": wanted.id,
        "name": wanted.title,
        "note": f"  {note}",
        "about": f"Its records are synthetic. {note}"
        if not wanted.empty
        else "No records yet: the first table that is named makes the first page.",
        "force": force,
        "area_level": wanted.area_level,
        "period": wanted.period,
        "groups": found,
        "twin": not wanted.empty,
        "elsewhere": elsewhere.TABLES if wanted.elsewhere else (),
        "code_lists": elsewhere.CODE_LISTS if wanted.elsewhere else (),
    }
    here = resources.files("compendium.beginning")
    made = Environment(undefined=StrictUndefined, trim_blocks=True, autoescape=False, keep_trailing_newline=True)  # noqa: S701 (YAML)
    made.globals["quoted"] = partial(json.dumps, ensure_ascii=False)
    return {
        name: made.from_string((here / f"{name}.j2").read_text("utf-8")).render(said) for name in (FILE, "README.md")
    }


def _force(root: Root, wanted: str) -> tuple[Place, list[Problem]]:
    """The police force area by its code or its name in the official list; none is a place without one."""
    if not wanted:
        return Place(), []
    listed = dictionary.load(root.dictionaries)[FORCES].default_file
    _, rows = rows_of((root.path / listed).read_text("utf-8"))
    for code, name in rows:
        if wanted.casefold() in (code.casefold(), name.casefold()):
            return Place(code=code, name=name), []
    remedy = f"{nearest(wanted, [word for row in rows for word in row])} Outside England and Wales leave it out."
    return Place(), [Problem(message=f"--force-area: no police force area is {wanted[:40]}.", remedy=remedy)]


def _problems(root: Root, wanted: Wanted) -> list[Problem]:
    found = []
    if not ID.fullmatch(wanted.id) or wanted.id in RESERVED:
        form = "two to forty small letters, digits and _, a letter first"
        found.append(Problem(message=f"{wanted.id[:40]} can't be an id.", remedy=f"Write {form}, such as north_hill."))
    elif wanted.id in known_localities(root) or (root.localities / wanted.id).exists():
        found.append(_taken(wanted.id))
    if wanted.area_level not in LEVELS:
        remedy = f"The twin has {' and '.join(LEVELS)}; name your own level in {FILE} when your own areas come in."
        found.append(Problem(message=f"--area-level: {wanted.area_level[:40]} is no level of the twin.", remedy=remedy))
    if wanted.elsewhere and wanted.force_area:
        message = "--elsewhere and --force-area can't both hold: police force areas are those of England and Wales."
        found.append(Problem(message=message, remedy="Leave one of them out."))
    return found + list(_period_problems(wanted.period))


def _period_problems(period: tuple[str, str]) -> Iterator[Problem]:
    """What is wrong with the months, in the words of the command: the settings are not written yet."""
    wrong = [
        (option, month) for option, month in zip(("--from", "--to"), period, strict=True) if not MONTH.fullmatch(month)
    ]
    for option, month in wrong:
        yield Problem(message=f"{option}: {month[:40]} is no month.", remedy="Write year-month, such as 2022-05.")
    if not wrong and period[0] > period[1]:
        message = f"--from and --to: the months end before they begin, {period[0]} to {period[1]}."
        yield Problem(message=message, remedy="Name both: the months of the study, the last one included.")


def _taken(id: str) -> Problem:
    return Problem(
        message=f"localities/{id} is there already.",
        remedy="Choose another id, or `compendium twin` makes its tables again.",
    )
