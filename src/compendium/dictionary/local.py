"""What a locality says differently of a table: codes, labels and groupings of its own, never anything looser.

A police force elsewhere has other offence codes, other bands of age and another language. It writes

    name: victims
    fields:
      - name: age_band
        constraints: {enum: [0-11, 12-15, 16-17, not_recorded]}
        labels: {0-11: Unter 12, …}
        hierarchies: {age_group: {title: …, categories: {…}}}
    without_rules: [age-under-10]

in a file that its `locality.yml` names under `dictionaries`. Only a column marked `local_codes` takes other codes; any
column takes other words. Sensitivity, floors, keys, types and what is required stay as they are.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, StrictBool, StrictStr
from pydantic import Field as Key
from pydantic.dataclasses import dataclass

from compendium.dictionary.schema import Code, Hierarchy, Rule, Source
from compendium.errors import InputRefused, Problem, nearest
from compendium.yamlfile import Path_, YamlFile, read_yaml
from compendium.yamlrecord import validated

_STRICT = ConfigDict(extra="forbid")
CODED = ("constraints", "missing_codes", "example")  # keys that need `local_codes`


@dataclass(frozen=True, config=_STRICT)
class LocalConstraints:
    """Which values a column takes here."""

    enum: tuple[Code, ...] | None = None
    pattern: StrictStr | None = None
    minimum: Code | None = None
    maximum: Code | None = None


@dataclass(frozen=True, config=_STRICT)
class LocalField:
    """What is different about a column here."""

    name: StrictStr
    title: StrictStr | None = None
    description: StrictStr | None = None
    example: Code | None = None
    sensitive: StrictBool | None = None
    constraints: LocalConstraints | None = None
    labels: Mapping[str, StrictStr] | None = None
    missing_codes: tuple[StrictStr, ...] | None = None
    hierarchies: Mapping[str, Hierarchy] | None = None


@dataclass(frozen=True, config=_STRICT)
class Local:
    """What is different about a table here."""

    name: StrictStr
    title: StrictStr | None = None
    description: StrictStr | None = None
    source: Source | None = None
    fields: tuple[LocalField, ...] = ()
    rules: tuple[Rule, ...] = ()  # in the place of the rule of the same id, or further ones
    without_rules: tuple[StrictStr, ...] = Key(default=())  # rules about codes that there are none of here


def localised(base: YamlFile, path: Path, name: str) -> tuple[YamlFile, Local]:
    """The YAML of a dictionary with what the file at `path` says differently; lines are those of that file.

    Raises `InputRefused` with everything that it says and may not.
    """
    own = read_yaml(path, name)
    local = validated(Local, own)
    found = [*_wrong(base.data, local, own)]
    if found:
        raise InputRefused(found)
    merged = dict(base.data) | {key: own.data[key] for key in ("title", "description", "source") if key in own.data}
    fields, lines = _fields(base.data["fields"], own)
    rules, rule_lines = _rules(base.data.get("rules") or [], own, set(local.without_rules))
    data = {**merged, "fields": fields, "rules": rules}
    unquoted = own.unquoted  # those of the base were looked at when it was read by itself
    return dataclasses.replace(own, data=data, lines={**lines, **rule_lines, (): 1}, unquoted=unquoted), local


def _wrong(base: Mapping[str, Any], local: Local, own: YamlFile) -> Iterator[Problem]:
    if local.name != base["name"]:
        yield own.problem(("name",), f"The file is about {local.name}, and stands for {base['name']}.", "Correct it.")
    known = {field["name"]: field for field in base["fields"]}
    for index, field in enumerate(local.fields):
        path: Path_ = ("fields", index)
        if field.name not in known:
            yield own.problem(
                (*path, "name"), f"{base['name']} has no column {field.name}.", nearest(field.name, known)
            )
            continue
        yield from _wrong_field(known[field.name], field, path, own)
    ids = {rule["id"] for rule in base.get("rules") or []}
    for id in local.without_rules:
        if id not in ids:
            yield own.problem(("without_rules",), f"{base['name']} has no rule {id}.", nearest(id, ids))


def _wrong_field(base: Mapping[str, Any], field: LocalField, path: Path_, own: YamlFile) -> Iterator[Problem]:
    if not base.get("local_codes"):
        for key in CODED:
            if getattr(field, key) is not None:
                message = f"The codes of {field.name} are those of this project everywhere: {key} can't be changed."
                yield own.problem((*path, key), message, "Change labels, or use the codes that there are.")
        codes = (base.get("constraints") or {}).get("enum") or []
        for code in field.labels or {}:
            if code not in [_text(known) for known in codes]:
                known = [_text(known) for known in codes]
                yield own.problem((*path, "labels", code), f"{field.name} has no code {code}.", nearest(code, known))
        yield from _regrouped(base, field, path, own)
    if field.sensitive is False and base.get("sensitive"):
        message = f"{field.name} is sensitive everywhere."
        yield own.problem((*path, "sensitive"), message, "Take the line out: protection is never made looser.")
    if field.hierarchies is not None and base.get("local_codes"):
        missing = sorted(set(base.get("hierarchies") or {}) - set(field.hierarchies))
        if missing:
            message = f"{field.name} has other codes, and {', '.join(missing)} doesn't group them."
            yield own.problem((*path, "hierarchies"), message, "Notebooks count by it: write every grouping again.")


def _regrouped(base: Mapping[str, Any], field: LocalField, path: Path_, own: YamlFile) -> Iterator[Problem]:
    """Groupings of a column with the codes of this project take other words only."""
    known = base.get("hierarchies") or {}
    for name, grouping in (field.hierarchies or {}).items():
        at: Path_ = (*path, "hierarchies", name)
        if name not in known:
            yield own.problem(at, f"{field.name} has no grouping {name}.", nearest(name, known))
            continue
        ours = {code: [_text(one) for one in said["members"]] for code, said in known[name]["categories"].items()}
        if {code: list(said.members) for code, said in grouping.categories.items()} != ours:
            message = f"{name} groups the codes of this project, the same everywhere."
            yield own.problem(at, message, "Keep its categories and their members, and change title and labels.")


def _text(code: object) -> str:
    return str(code).lower() if isinstance(code, bool) else str(code)


def _fields(base: list[dict[str, Any]], own: YamlFile) -> tuple[list[dict[str, Any]], dict[Path_, int]]:
    """The columns with the local keys in place, and the lines of the local ones under the place of the column."""
    changed = {field["name"]: (index, field) for index, field in enumerate(own.data.get("fields") or [])}
    fields: list[dict[str, Any]] = []
    lines: dict[Path_, int] = {("fields",): own.line(("fields",))}
    for place, field in enumerate(base):
        index, local = changed.get(field["name"], (-1, {}))
        found = field | local
        if "hierarchies" in local and not field.get("local_codes"):
            found["hierarchies"] = (field.get("hierarchies") or {}) | _words_of(field, local["hierarchies"])
        if "constraints" in local:
            found["constraints"] = (field.get("constraints") or {}) | local["constraints"]
        if "labels" in local and "enum" not in (local.get("constraints") or {}):
            found["labels"] = (field.get("labels") or {}) | local["labels"]
        elif "enum" in (local.get("constraints") or {}):
            found["labels"] = local.get("labels") or {}
            found["missing_codes"] = local.get("missing_codes") or []
        fields.append(found)
        if index >= 0:
            below = {path: line for path, line in own.lines.items() if path[:2] == ("fields", index)}
            lines |= {("fields", place, *path[2:]): line for path, line in below.items()}
    return fields, lines


def _words_of(field: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Groupings as the base has them, under the titles and labels of the locality."""
    return {name: field["hierarchies"][name] | grouping for name, grouping in said.items()}


def _rules(
    base: list[dict[str, Any]], own: YamlFile, without: set[str]
) -> tuple[list[dict[str, Any]], dict[Path_, int]]:
    written = {rule["id"]: (index, rule) for index, rule in enumerate(own.data.get("rules") or [])}
    rules = [written[rule["id"]][1] if rule["id"] in written else rule for rule in base if rule["id"] not in without]
    rules += [rule for _, rule in written.values() if rule not in rules]
    lines: dict[Path_, int] = {("rules",): own.line(("rules",))}
    for place, rule in enumerate(rules):
        index = written.get(rule["id"], (-1, {}))[0]
        below = {path: line for path, line in own.lines.items() if path[:2] == ("rules", index)}
        lines |= {("rules", place, *path[2:]): line for path, line in below.items()}
    return rules, lines
