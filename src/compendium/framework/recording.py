"""What the tables of a locality must know of its own framework: the links for the trace, its criteria and version."""

from __future__ import annotations

import json
from collections.abc import Iterator

from compendium import dictionary
from compendium.dictionary import Dictionary
from compendium.dictionary.schema import Hierarchy
from compendium.errors import Problem
from compendium.framework import links
from compendium.framework.local import framework_of
from compendium.framework.standards import Framework
from compendium.locality import FILE, Locality, Provenance
from compendium.locality.naming import with_dictionaries, with_sources
from compendium.paths import Root
from compendium.writing import write_whole

LINKS = "framework_links"
CRITERION, VERSION = "criterion_id", "form_version"
TABLES = {"assessments": (CRITERION, VERSION), "adaptations": (CRITERION,)}  # and their columns that hold such codes
FOLDER = "dictionaries"


def record(root: Root, locality: Locality) -> list[str]:
    """Write the table of links, and a dictionary for each table that could not hold the framework's codes; name them
    in locality.yml. Says what was done, a line each.

    A dictionary that the locality has already is left to its people: what it lacks is said. Raises `InputRefused`.
    """
    framework = framework_of(root, locality).framework
    settings = locality.folder / FILE
    text = settings.read_text(encoding="utf-8")
    named = locality.sources.get(LINKS)
    file = named.file if named else links.OWN_FILE
    provenance: Provenance = "illustrative" if framework.outline.status == "illustrative" else "real"
    write_whole(locality.folder / file, links.as_csv(framework))
    said = [root.relative(locality.folder / file)]
    new = text if named else with_sources(text, {LINKS: (file, provenance)})
    known = dictionary.load(root.dictionaries, locality.dictionary_files())
    for table, columns in TABLES.items():
        lacking = list(_lacking(known[table], columns, framework))
        if not lacking:
            continue
        if table in locality.dictionaries:
            own = locality.dictionaries[table].file
            said.append(
                f"{own}: it lacks {', '.join(map(' '.join, lacking))}; add what is missing, the version in use last"
            )
            continue
        own, kept = f"{FOLDER}/{table}.yml", table in locality.sources
        if not (locality.folder / own).exists():
            write_whole(locality.folder / own, _dictionary(known[table], columns, framework, kept=kept))
        new = with_dictionaries(new, {table: own})
        said.append(root.relative(locality.folder / own))
    if new != text:
        write_whole(settings, new)
        said.append(f"{root.relative(settings)}: names what was made")
    return said


def undeclared(known: dictionary.Dictionaries, framework: Framework, locality: str) -> Iterator[Problem]:
    """Warnings of codes that a table of ratings doesn't declare: no form can be made until it does."""
    for table, columns in TABLES.items():
        for column, code in _lacking(known[table], columns, framework) if table in known else ():
            message = f"{code} of {framework.name} is not declared: no form of it can be made or come in."
            remedy = f"Add it in data_dictionaries/{table}.yml, or here alone: compendium framework links {locality}"
            yield Problem(table, column=column, message=message, remedy=remedy, level="warning")


def _codes(framework: Framework) -> dict[str, list[str]]:
    return {CRITERION: [one.id for one in framework.criteria], VERSION: [framework.outline.version]}


def _lacking(table: Dictionary, columns: tuple[str, ...], framework: Framework) -> Iterator[tuple[str, str]]:
    codes = _codes(framework)
    for column in columns:
        declared = table.field(column).codes
        yield from ((column, code) for code in codes[column] if code not in declared)


def _dictionary(table: Dictionary, columns: tuple[str, ...], framework: Framework, *, kept: bool) -> str:
    """What is different about a table here. `kept`: there are records already, and their codes stay."""
    lines = [
        f"# What {table.name} must know of {framework.name}. Made by `compendium framework links`; yours from now on.",
        f"name: {table.name}",
        "fields:",
    ]
    for column in columns:
        field = table.field(column)
        codes = list(dict.fromkeys([*(field.codes if kept else ()), *_codes(framework)[column]]))
        if column == CRITERION:
            codes.sort(key=lambda code: [int(part) for part in code.split(".")])
        lines += [f"  - name: {column}", f"    constraints: {{enum: {json.dumps(codes)}}}"]
        if column == VERSION:
            lines.append(f"    labels: {json.dumps({code: f'Version {code}' for code in codes})}")
        lines += ["    hierarchies:"] if field.hierarchies else []
        for name, hierarchy in field.hierarchies.items():
            lines += [f"      {name}:", f"        title: {_text(hierarchy.title)}"]
            lines += ["        categories:", *_standards(codes, framework, hierarchy)]
    return "\n".join(lines) + "\n"


def _standards(codes: list[str], framework: Framework, before: Hierarchy) -> Iterator[str]:
    for number in dict.fromkeys(code.split(".")[0] for code in codes):
        standard = framework.standard(f"S{number}")
        label = f"{number} {standard.title}" if standard else before.categories[f"S{number}"].label
        members = [code for code in codes if code.split(".")[0] == number]
        yield f"          S{number}: {{label: {_text(label)}, members: {json.dumps(members)}}}"


def _text(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)
