"""Read the framework and check that everything it leans on is there."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from compendium.errors import InputRefused, Problem, nearest
from compendium.framework.schema import Outline, Record, Standard
from compendium.yamlfile import YamlFile, read_yaml

Kind = TypeVar("Kind", bound=Record)


@dataclass(frozen=True)
class Item:
    """One item of a published framework that a standard cites, such as `WHO2015:8`."""

    key: str
    framework: str
    number: str
    name: str


@dataclass(frozen=True)
class Framework:
    """The outline, its standards in order, and the cited items of published frameworks by key."""

    outline: Outline
    standards: tuple[Standard, ...]
    items: dict[str, Item]
    evidence: dict[str, str]  # study id -> a short name of the study


def load(folder: Path, evidence: Path) -> Framework:
    """The framework in `folder`; its ids must resolve in `evidence`. Raises `InputRefused` with every fault."""
    problems: list[Problem] = []
    outline = _read(folder / "framework.yml", Outline, problems)
    paths = sorted((folder / "standards").glob("*.yml"))
    found = [(path, standard) for path in paths if (standard := _read(path, Standard, problems))]
    if outline is None:
        raise InputRefused(problems)
    studies = {row["study_id"]: _short(row) for row in _rows(evidence / "studies.csv")}
    items = _items(outline, evidence)
    for path, standard in found:
        problems += _unresolved(f"framework/standards/{path.name}", standard, studies, items)
    for study in outline.orphans.evidence_ids:
        if study not in studies:
            problems.append(_unknown("framework/framework.yml", "orphans.evidence_ids", study, studies))
    problems += _repeated([standard for _, standard in found])
    if problems:
        raise InputRefused(problems)
    standards = tuple(sorted((standard for _, standard in found), key=lambda standard: int(standard.id[1:])))
    return Framework(outline, standards, items, studies)


def _read(path: Path, model: type[Kind], problems: list[Problem]) -> Kind | None:
    label = (
        f"framework/{path.relative_to(path.parents[1] if path.parent.name == 'standards' else path.parent).as_posix()}"
    )
    try:
        source: YamlFile = read_yaml(path, label)
        return model.model_validate(source.data)
    except InputRefused as refused:
        problems += refused.problems
    except ValidationError as wrong:
        for error in wrong.errors(include_url=False):
            where = ".".join(str(part) for part in error["loc"])
            remedy = nearest(str(error["loc"][-1]), model.model_fields) if error["type"] == "extra_forbidden" else ""
            problems.append(source.problem(tuple(error["loc"]), f"{where}: {error['msg']}.", remedy))
    return None


def _items(outline: Outline, evidence: Path) -> dict[str, Item]:
    names = {name: key for key, name in outline.sources.items()}
    found = {}
    for row in _rows(evidence / "quality_standards.csv"):
        if key := names.get(row["framework"]):
            found[f"{key}:{row['item_no']}"] = Item(
                f"{key}:{row['item_no']}", row["framework"], row["item_no"], row["item_name"]
            )
    return found


def _unresolved(file: str, standard: Standard, studies: dict[str, str], items: dict[str, Item]) -> Iterator[Problem]:
    for study in standard.evidence_ids:
        if study not in studies:
            yield _unknown(file, "evidence_ids", study, studies)
    for item in (*standard.guidance, *standard.equality_guidance):
        if item not in items:
            yield _unknown(file, "guidance", item, items)
    if standard.changes[-1].version != standard.version:
        yield Problem(
            file, column="changes", message=f"The last change is not of version {standard.version}.", remedy="Add it."
        )
    number = standard.id[1:]
    for criterion in standard.criteria:
        if criterion.id.split(".")[0] != number:
            yield Problem(
                file, column="criteria", message=f"Criterion {criterion.id} stands in standard {standard.id}."
            )


def _repeated(standards: list[Standard]) -> Iterator[Problem]:
    seen: set[str] = set()
    for standard in standards:
        for name in (standard.id, *(criterion.id for criterion in standard.criteria)):
            if name in seen:
                yield Problem("framework/standards", message=f"{name} stands twice.", remedy="Give one another id.")
            seen.add(name)


def _unknown(file: str, column: str, name: str, known: dict[str, str] | dict[str, Item]) -> Problem:
    return Problem(
        file, column=column, message=f"{name} leads nowhere.", remedy=nearest(name, known).split(" Known:")[0]
    )


def _short(row: dict[str, str]) -> str:
    author = row["authors"].split(";")[0].split(" ")[0] if row["authors"] else row["study_id"]
    return f"{author} {row['year']}".strip()


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
