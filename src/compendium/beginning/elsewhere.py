"""What a town outside the United Kingdom begins with: its own dictionaries and code lists, to be written over.

Made from the dictionaries of the project, so that they always fit: as they stand they say what those say. Codes,
bands of age, levels and words are the team's to change; `compendium twin` then tells its invented records in them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any

from compendium.dictionary import Dictionary
from compendium.paths import Root

FOLDER = "dictionaries"
DATA = "data"
CODE_LISTS = ("offence_codes", "outcomes")  # tables in which a police force elsewhere has other rows
NOTES = {
    "area_id": "yours to change; the invented areas count on from `example`, which must be the code of no real area.",
    "level": "yours to change, from the whole locality down; cases are shown by the level right below it.",
    "age_band": "yours to change, youngest first; a code says its ages, such as 0-11, under-18 or 18-plus.",
    "outcome_type": "yours to change; of outcome_three keep charged, evidential and other_outcome.",
}
TABLES = ("areas", "area_population", "service_coverage", "cases", "crimes", "victims", "suspects", *CODE_LISTS)


def texts(root: Root, dictionaries: Mapping[str, Dictionary], id: str) -> dict[str, str]:
    """The files by their path below the folder of the locality `id`."""
    from jinja2 import Environment, StrictUndefined

    here = resources.files("compendium.beginning")
    made = Environment(undefined=StrictUndefined, trim_blocks=True, autoescape=False, keep_trailing_newline=True)  # noqa: S701 (YAML)
    made.globals["quoted"] = partial(json.dumps, ensure_ascii=False)
    page = made.from_string((here / "dictionary.yml.j2").read_text("utf-8"))
    local = frozenset(field.name for name in TABLES for field in dictionaries[name].fields if field.local_codes)
    found = {
        f"{FOLDER}/{name}.yml": page.render(
            id=id, table=dictionaries[name], notes=defaultdict(str, NOTES), **_said(dictionaries[name], local)
        )
        for name in TABLES
    }
    for name in CODE_LISTS:
        listed = Path(dictionaries[name].default_file)
        found[f"{DATA}/{name}.csv"] = (root.path / listed).read_text("utf-8")
    return found


def _said(table: Dictionary, local: frozenset[str]) -> dict[str, Any]:
    source = {key: said for key, said in vars(table.source).items() if said} if table.name in CODE_LISTS else {}
    return {
        "source": source,
        "fields": [*_fields(table)],
        "rules": [rule for rule in table.rules if _about_codes(rule.test, local)],
    }


def _fields(table: Dictionary) -> Iterator[Any]:
    """The columns whose codes or words are the team's to change."""
    for field in table.fields:
        if field.local_codes or field.labels:
            yield field


def _about_codes(test: str, local: frozenset[str]) -> bool:
    """Whether a rule names a code, which stands in quotes, of a column that has other codes elsewhere."""
    return "'" in test and any(name in test.split() for name in local)
