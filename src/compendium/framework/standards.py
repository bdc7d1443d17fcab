"""Read a version of a framework and check that everything it leans on is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from compendium.errors import InputRefused, Problem, UnknownName, nearest
from compendium.framework.published import Item, published
from compendium.framework.reading import read_record, read_rows
from compendium.framework.schema import Criterion, Outline, Standard

DEFAULT = "illustrative"  # what a locality adopts that names nothing


@dataclass(frozen=True)
class Framework:
    """The outline, its standards in order, and the cited items of published frameworks by key."""

    outline: Outline
    standards: tuple[Standard, ...]
    items: Mapping[str, Item]
    evidence: Mapping[str, str]  # study id -> a short name of the study

    @property
    def name(self) -> str:
        return self.outline.name

    def standard(self, id: str) -> Standard | None:
        return next((one for one in self.standards if one.id == id), None)

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return tuple(criterion for standard in self.standards for criterion in standard.criteria)


def versions(folder: Path) -> tuple[str, ...]:
    """Every version in `framework/`, as `illustrative@1.0`, oldest first."""
    found = [
        (path.parent.parent.name, *map(int, path.parent.name.split(".")))
        for path in folder.glob("*/*/framework.yml")
        if all(part.isdigit() for part in path.parent.name.split("."))
    ]
    return tuple(f"{id}@{'.'.join(map(str, numbers))}" for id, *numbers in sorted(found))


def load(folder: Path, evidence: Path, name: str = DEFAULT) -> Framework:
    """The framework called `illustrative@1.0`, or the newest version of `illustrative`.

    Its ids must resolve in `evidence`. Raises `UnknownName`, `InputRefused` with every fault.
    """
    known = versions(folder)
    matching = [each for each in known if name in (each, each.split("@")[0])]
    if not matching:
        raise UnknownName(f"No framework is called {name[:60]}.", nearest(name[:60], known))
    id, version = matching[-1].split("@")
    return read(folder / id / version, f"framework/{id}/{version}", folder, evidence, (id, version))


def read(home: Path, label: str, folder: Path, evidence: Path, called: tuple[str, str] | None = None) -> Framework:
    """The framework in the folder `home` (`framework.yml`, `standards/*.yml`), `label` in messages.

    `called`: the id and version that its folders promise. Raises `InputRefused` with every fault.
    """
    problems: list[Problem] = []
    outline = read_record(home / "framework.yml", f"{label}/framework.yml", Outline, problems)
    names = {path: f"{label}/standards/{path.name}" for path in sorted((home / "standards").glob("*.yml"))}
    found = [(names[path], one) for path in names if (one := read_record(path, names[path], Standard, problems))]
    if not names:
        problems.append(Problem(f"{label}/standards", message="It holds no standard.", remedy="Write one, S1."))
    if outline is None:
        raise InputRefused(problems)
    if called and called != (outline.id, outline.version):
        message = f"It says {outline.name}, and its folder {'@'.join(called)}."
        problems.append(Problem(f"{label}/framework.yml", message=message, remedy="Rename one of them."))
    whole = assembled(outline, (standard for _, standard in found), folder, evidence)
    problems += faults(whole, {standard.id: name for name, standard in found}, f"{label}/framework.yml")
    if len({standard.id for _, standard in found}) < len(found):
        problems.append(Problem(f"{label}/standards", message="Two files hold one standard.", remedy="Keep one."))
    if problems:
        raise InputRefused(problems)
    return whole


def assembled(outline: Outline, standards: Iterable[Standard], folder: Path, evidence: Path) -> Framework:
    """Standards in the order of their numbers, with the items and studies that they may cite; nothing is checked."""
    studies = {row["study_id"]: _short(row) for row in read_rows(evidence / "studies.csv")}
    ordered = tuple(sorted(standards, key=lambda standard: int(standard.id[1:])))
    return Framework(outline, ordered, published(outline.sources, folder, evidence), studies)


def faults(framework: Framework, files: Mapping[str, str], outline: str) -> Iterator[Problem]:
    """What leads nowhere or contradicts itself. `files`: where each standard was read."""
    for study in framework.outline.orphans.evidence_ids:
        if study not in framework.evidence:
            yield _unknown(outline, "orphans.evidence_ids", study, framework.evidence)
    if [level.level for level in framework.outline.levels] != [0, 1, 2, 3]:
        yield Problem(outline, column="levels", message="The levels are 0 to 3, in order.")
    seen: set[str] = set()
    for standard in framework.standards:
        file = files.get(standard.id, outline)
        yield from _unresolved(file, standard, framework)
        for criterion in standard.criteria:
            if criterion.id in seen:
                message = f"Criterion {criterion.id} stands twice."
                yield Problem(file, column="criteria", message=message, remedy="Give one another id.")
            seen.add(criterion.id)


def _unresolved(file: str, standard: Standard, framework: Framework) -> Iterator[Problem]:
    for study in standard.evidence_ids:
        if study not in framework.evidence:
            yield _unknown(file, "evidence_ids", study, framework.evidence)
    for column in ("guidance", "equality_guidance"):
        for item in getattr(standard, column):
            if item not in framework.items:
                yield _unknown(file, column, item, framework.items)
    if standard.changes[-1].version != standard.version:
        message = f"The last change is not of version {standard.version}."
        yield Problem(file, column="changes", message=message, remedy="Add it: what changed, and who decided it.")
    for criterion in standard.criteria:
        if criterion.id.split(".")[0] != standard.id[1:]:
            message = f"Criterion {criterion.id} stands in standard {standard.id}."
            yield Problem(file, column="criteria", message=message, remedy="Number it after its standard.")
        if [level.level for level in criterion.levels] != [0, 1, 2, 3]:
            yield Problem(
                file, column="criteria", message=f"Criterion {criterion.id}: the levels are 0 to 3, in order."
            )


def _unknown(file: str, column: str, name: str, known: Iterable[str]) -> Problem:
    message, remedy = f"{name[:60]} leads nowhere.", nearest(name[:60], known).split(" Known:")[0]
    return Problem(file, column=column, message=message, remedy=remedy)


def _short(row: Mapping[str, str]) -> str:
    author = row["authors"].split(";")[0].split(" ")[0] if row["authors"] else row["study_id"]
    return f"{author} {row['year']}".strip()
