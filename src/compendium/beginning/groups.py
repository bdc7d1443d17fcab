"""The groups of tables that a locality gives, in the order in which a team can get hold of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

TEMPLATES = "templates"  # the folder of the workbooks in a locality
ORDER = (  # the group of dictionaries, or the tables; its title; how it comes in other than by hand
    ("service_map", "Services", "compendium import open-referral"),
    (("areas", "area_population", "area_groups"), "Areas, and the children who live in them", ""),
    ("case_files", "Case files of the police", "compendium import force-export"),
    (("fieldwork_sources", "fieldwork_codes"), "Interviews and focus groups, as counts of codes", ""),
    ("workshop_records", "Workshops", "compendium import ratings|votes|qdpx"),
    ("pilot_records", "Pilot", "compendium assess import, for the self-assessments"),
)


@dataclass(frozen=True)
class Group:
    """Tables that are replaced together; `templates` are the workbooks to fill in, `command` another way."""

    title: str
    tables: tuple[str, ...]
    templates: tuple[str, ...]
    command: str = ""

    def workbook(self, table: str) -> str:
        """The workbook that has a sheet for a table of the group."""
        return self.templates[0] if len(self.templates) == 1 else f"{table}.xlsx"


def groups(members: Mapping[str, tuple[str, ...]]) -> Iterator[Group]:
    """Every group; `members` are those of the dictionaries. Public and easy to get first, records of persons later."""
    for name, title, command in ORDER:
        if isinstance(name, str):
            yield Group(title, members[name], (f"{name}.xlsx",), command)
        else:
            yield Group(title, name, tuple(f"{table}.xlsx" for table in name), command)
